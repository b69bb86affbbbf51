"""All steps of training in order: pairs, tokenizer, start vectors, learning, int8 files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.models.quantise import write_model
from sinkqa.index.models.static import StaticEncoder
from sinkqa.index.training.corpus import made_questions, read_pairs
from sinkqa.index.training.crossing import measure_crossing
from sinkqa.index.training.initialise import TEACHER, damped, load_teacher, start_vectors
from sinkqa.index.training.tables import tabulate
from sinkqa.index.training.train import TrainingParams, token_rarity, train
from sinkqa.index.training.vocabulary import VocabularySize, build_tokenizer


def make_model(
    data: Path,
    out: Path,
    *,
    name: str,
    params: TrainingParams,
    size: VocabularySize,
    report: Callable[[str], None],
) -> StaticEncoder:
    """Trains on ``data/pairs`` and writes the int8 model to ``out``."""
    pairs = list(read_pairs(data))
    pairs += list(made_questions(pairs))
    report(f"{len(pairs)} pairs")
    tokenizer = build_tokenizer(pairs, size)
    report(f"{tokenizer.get_vocab_size()} tokens")
    tables, counts = tabulate(pairs, tokenizer)
    report(", ".join(f"{len(table.cumulative)} {kind}" for kind, table in tables.items()))
    teacher = load_teacher()
    if teacher is None:
        report(f"{TEACHER} is not installed: starting from random vectors, which costs about five points of nDCG@10")
    start = damped(start_vectors(tokenizer, pairs, teacher, dim=params.dim), counts)
    report("start vectors made")
    vectors = train(start, tables, counts, params, report)
    encoder = write_model(
        out,
        vectors,
        token_weight=token_weight(vectors, counts),
        tokenizer=tokenizer.to_str().encode("utf-8"),
        name=name,
        crossing=measure_crossing(vectors, counts, tokenizer.get_vocab()),
    )
    report(f"wrote {out}")
    return encoder


def token_weight(vectors: Floats, counts: Floats) -> Floats:
    """Weight of a token in late interaction: its rarity times the length of its vector, about 1 on average."""
    lengths = np.linalg.norm(vectors, axis=1)
    return np.asarray(token_rarity(counts) * lengths / lengths[2:].mean(), np.float32)
