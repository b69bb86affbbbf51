"""Measures other libraries in the same run as SinkQA, over the same passages and questions, with the same encoder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from sinkqa.eval.data.gold import DEPTH, Question, Recall, evidence_recall
from sinkqa.eval.peers import search as peer_search
from sinkqa.eval.ranking.recall import sha256_of
from sinkqa.eval.speed.calls import time_calls
from sinkqa.eval.speed.processes import Usage, measure
from sinkqa.index.hit import Hit, Why
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import BUNDLED_MODEL
from sinkqa.index.models.passage_text import vector_text
from sinkqa.ingest.readers import find_files

SYSTEMS = (("txtai", "dense"), ("txtai", "hybrid"), ("haystack", "lexical"), ("haystack", "hybrid"))
"""The systems that are compared with SinkQA: the library, and its way of searching."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The costs of a system, and its ``recall`` by the questions' language.

    ``ingest_cpu_s``: SinkQA starts from files, a peer from ready passages; imports do not count. ``all_cpu_s`` and
    ``peak_mb`` cover all processes from start to the last question. They are None for SinkQA, which adds and answers in
    separate processes.
    """

    system: str
    ingest_cpu_s: float
    p50_ms: float
    p50_cpu_ms: float
    all_cpu_s: float | None
    peak_mb: float
    recall: dict[str, Recall]


def compare_peers(
    questions: Sequence[Question], *, documents: Sequence[Path], beside: Sequence[Path], python: Path
) -> Iterator[Peer]:
    """Measures SinkQA first, then each of SYSTEMS with a Python in which they are installed.

    Raises:
        RuntimeError: adding or a peer failed. The message holds its output.
        IngestError: a path holds no file.
    """
    asked = [question for question in questions if question.evidence]
    about = [sha256_of(path) for path in find_files(documents)]
    with TemporaryDirectory(prefix="sinkqa-peers-") as name:
        folder = Path(name)
        add = ["-m", "sinkqa.service.cli", "add", "--library", str(folder / "library")]
        adding = measure([*add, *map(str, [*documents, *beside])], allowed=(0, 1))
        with Library.open(folder / "library") as library:
            yield _ours(library, asked, about, adding)
            save_encoder(folder / "model")
            passages = {
                passage.passage_id: (record.title, passage)
                for record in library.documents()
                for passage in library.passages(record.doc_id)
            }
            work = {
                "model": str(folder / "model"),
                "passages": [[key, vector_text(title, passage)] for key, (title, passage) in passages.items()],
                "questions": [question.text for question in asked],
                "k": DEPTH,
            }
            for system, mode in SYSTEMS:
                usage, told = _run(folder, work | {"system": system, "mode": mode}, python)
                ranked = {
                    question.text: [Hit(passages[key][1], passages[key][0], 0.0, Why()) for key in keys]
                    for question, keys in zip(asked, told["ranked"], strict=True)
                }
                yield Peer(
                    f"{system} {told['version']}, {mode}",
                    told["ingest_cpu_s"],
                    median(told["ms"]),
                    median(told["cpu_ms"]),
                    usage.cpu_s,
                    usage.peak_bytes / 1e6,
                    evidence_recall(library, asked, about=about, search=ranked.__getitem__),
                )


def save_encoder(folder: Path) -> None:
    """Writes the bundled encoder as a sentence-transformers folder: the same tokens, vectors and mean."""
    folder.mkdir()
    weights = np.load(BUNDLED_MODEL / "weights.npy").astype(np.float32)
    weights *= np.load(BUNDLED_MODEL / "scale.npy").astype(np.float32)[:, None]
    about = {"dtype": "F32", "shape": weights.shape, "data_offsets": [0, weights.nbytes]}
    head = json.dumps({"embedding.weight": about}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + weights.tobytes())
    shutil.copy(BUNDLED_MODEL / "tokenizer.json", folder)
    kind = "sentence_transformers.models.StaticEmbedding"
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": kind}]), "utf-8")
    (folder / "config_sentence_transformers.json").write_text('{"similarity_fn_name": "cosine"}', "utf-8")


def _ours(library: Library, asked: Sequence[Question], about: Sequence[str], adding: Usage) -> Peer:
    times = time_calls(lambda i: library.search(asked[i].text, k=DEPTH), len(asked))
    recall = evidence_recall(library, asked, about=about)
    peak_mb = adding.peak_bytes / 1e6
    return Peer("SinkQA, hybrid", adding.cpu_s, times.p50, times.cpu_p50, None, peak_mb, recall)


def _run(folder: Path, work: dict[str, Any], python: Path) -> tuple[Usage, dict[str, Any]]:
    given, told = folder / "work.json", folder / "told.json"
    given.write_text(json.dumps(work), "utf-8")
    # -P: the modules beside the program must not stand in for a peer's own
    usage = measure(["-P", peer_search.__file__, str(given), str(told)], python=str(python))
    found: dict[str, Any] = json.loads(told.read_text("utf-8"))
    return usage, found
