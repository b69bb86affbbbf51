"""All steps of training in order: vocabulary, base, mining, learning, int8 files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sinkqa.index.library import Addition, Library
from sinkqa.index.models.encoder import load_encoder
from sinkqa.index.training.corpus import Pair, read_pairs, share
from sinkqa.index.training.cross_encoder.asking import asked_of_statutes
from sinkqa.index.training.cross_encoder.base import Base, is_readable, make_tokenizer, packaged_file, read_base
from sinkqa.index.training.cross_encoder.candidates import Posed, Shelf, documents, found, mined, titled
from sinkqa.index.training.cross_encoder.rows import Posing, by_source, is_held_out, question_rows
from sinkqa.index.training.written import read_written
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split

if TYPE_CHECKING:
    from sinkqa.index.training.cross_encoder.fit import FitParams

LAYERS = 6
NAME = "sinkqa-cross-encoder"

WEIGHTS = {
    # questions with what the product finds for them
    "written": 34.0, "written none": 9.0, "statutes": 9.0, "statutes across": 4.0, "clapnq": 7.0,
    # questions with one passage each, and their twins
    "made-LawRefBook": 2.0, "made-mojLaw": 3.0, "condaqa": 1.5, "twin-condaqa": 0.7, "covid-qa": 0.7, "crud": 1.5,
    "twin-crud": 1.0, "cmrc2017-user": 1.0, "twin-cmrc2017-user": 0.5, "fairytaleqa": 1.0, "twin-fairytaleqa": 0.5,
    "fetaqa": 0.7, "twin-fetaqa": 0.4, "nq-sample": 1.0, "twin-nq-sample": 0.4, "pubmedqa": 0.4, "selqa": 2.5,
    "tat-qa": 0.7, "twin-tat-qa": 0.5, "timeqa": 0.8, "twin-timeqa": 0.5, "wikitablequestions": 0.6, "pira": 0.3,
}  # fmt: skip
"""How often each source is drawn, relative to the others."""

_LEAST_SEEN = 3  # times that a piece stands in the training texts, to be kept
_ALWAYS = 1  # characters: single ones are kept whatever they are
_AT_ONCE = 5_000  # texts whose pieces are counted
_STATUTES, _ACROSS = 0.15, 0.7  # shares of the questions made by program that are put to the library
_MOST_STATUTES = 12_000
_DOCUMENTS = 0.5  # share of the documents that the library holds beside those that hand-written questions are about
_HELD_OUT_ROWS = 350
_SEED = 14


def mine(data: Path, work: Path, *, report: Callable[[str], None]) -> None:
    """Mines passages of the training library for questions, and writes them to ``groups.jsonl``."""
    file = work / "groups.jsonl"
    if file.exists():
        return
    pairs = list(_pairs(data))
    encoder = load_encoder(None)
    if not (work / "library").exists():
        begun = work / "library.new"  # one that was left half full is filled up
        with Library.open(begun, create=True, encoder=encoder) as library:
            count = sum(1 for _ in library.add_all(_additions(pairs)))
            report(f"a library of {count} documents")
        begun.rename(work / "library")
    with Library.open(work / "library", encoder=encoder) as library:
        posed = list(found(_posed(pairs), Shelf(library)))
        report(f"{len(posed)} questions: {dict(Counter(each.source for each in posed))}")
        groups = [asdict(group) for group in mined(library, posed, seed=_SEED, report=report)]
    lines = (json.dumps(group, ensure_ascii=False) for group in groups)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def train(data: Path, work: Path, run: Path, *, layers: int, params: FitParams, report: Callable[[str], None]) -> None:
    """Learns from the mined questions and those of ``data/reader``. Writes states to ``run``."""
    import torch

    from sinkqa.index.training.cross_encoder.fit import Mix, fit
    from sinkqa.index.training.cross_encoder.network import Network

    sources = by_source(_rows(data, work))
    base = start(data, work, layers=layers, report=report)
    held_out = [row for name in sorted(sources) for row in sources[name] if is_held_out(row) and name in WEIGHTS]
    sources = {name: [row for row in rows if not is_held_out(row)] for name, rows in sources.items()}
    report(", ".join(f"{len(rows)} {name}" for name, rows in sorted(sources.items())))
    weighed = sorted(held_out, key=lambda row: share(row.source + str(row)) / WEIGHTS[row.source])
    torch.manual_seed(params.seed)  # the head is made by chance
    fit(
        Network(base),
        make_tokenizer(base.pieces),
        Mix(sources, WEIGHTS, params.seed),
        held_out=weighed[:_HELD_OUT_ROWS],
        folder=run,
        params=params,
        report=report,
    )


def start(data: Path, work: Path, *, layers: int, report: Callable[[str], None]) -> Base:
    """The base with the pieces that occur in the training texts, and its lowest layers.

    Source: Sajjad et al. 2023; of the ways to drop layers the one that costs least.
    """
    kept = work / "pieces.txt"
    if not kept.exists():
        kept.write_text("\n".join(_counted(data, report)), encoding="utf-8")
    wanted = set(kept.read_text("utf-8").split("\n"))
    return read_base(packaged_file(), wanted.__contains__, layers=range(layers))


def _counted(data: Path, report: Callable[[str], None]) -> list[str]:
    """The pieces of the base that occur in the training texts."""
    whole = read_base(packaged_file(), is_readable)
    tokenizer = make_tokenizer(whole.pieces)
    texts = list(_texts(data))
    counts: Counter[str] = Counter()
    for place in range(0, len(texts), _AT_ONCE):
        for each in tokenizer.encode_batch(texts[place : place + _AT_ONCE], add_special_tokens=False):
            counts.update(each.tokens)
    pieces = [piece for piece, _ in whole.pieces if counts[piece] >= _LEAST_SEEN or len(piece) <= _ALWAYS]
    report(f"{len(pieces)} of {len(whole.pieces)} pieces stand in {len(texts)} texts")
    return pieces


def export(work: Path, run: Path, out: Path, *, layers: int, report: Callable[[str], None]) -> None:
    """Writes the best state of a run as an int8 ONNX file with its tokenizer."""
    from sinkqa.index.training.cross_encoder.export import write_model

    write_model(start(Path(), work, layers=layers, report=report), run / "best.pt", out, name=f"{NAME}-{layers}")
    size = sum(file.stat().st_size for file in out.iterdir())
    report(f"{out}: {size / 1e6:.1f} MB")


@cache
def _pairs(data: Path) -> tuple[Pair, ...]:
    wanted = {"mojLaw", "LawRefBook", "wh-briefings", "CLAPnq"}
    return tuple(pair for pair in read_pairs(data) if pair.source in wanted)


def _additions(pairs: Sequence[Pair]) -> Iterator[Addition]:
    ours = {f"# {titled(each.title)[0]}" for each in read_written(pairs)}
    for name, text in chain(documents(pairs), _loose(pairs)):
        if text.split("\n", 1)[0] in ours or share(name) < _DOCUMENTS:
            document = read_bytes(text.encode("utf-8"), name)
            yield Addition(document, split(document))


def _loose(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    """Name and text of each passage without a title."""
    texts = (pair.right for pair in pairs if pair.source == "CLAPnq")
    return ((f"loose-{place:05d}.md", text) for place, text in enumerate(texts))


def _posed(pairs: Sequence[Pair]) -> Iterator[Posed]:
    for each in read_written(pairs):
        text = f"{each.title}\n{each.text}"
        if each.kind == "ask":
            yield Posed("written", each.said, (text,))
        elif each.kind == "none":
            yield Posed("written none", each.said, (), (text,))
    for pair in pairs:
        if pair.source == "CLAPnq":
            yield Posed("clapnq", pair.left, (pair.right,))
    made = list(asked_of_statutes(pairs))
    for name, part in (("statutes across", _ACROSS), ("statutes", _STATUTES)):
        chosen = (each for each in made if ("across" in each.rule or each.rule == "definition") == ("across" in name))
        drawn = [each for each in chosen if share(each.question + each.text[:40]) < part]
        yield from (Posed(name, each.question, (each.text,)) for each in drawn[:_MOST_STATUTES])


def _rows(data: Path, work: Path) -> Iterator[Posing]:
    with (work / "groups.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield Posing(row["source"], row["question"], tuple(row["answering"]), tuple(row["others"]))
    yield from question_rows(data / "reader" / "qa.jsonl.zst")


def _texts(data: Path) -> Iterator[str]:
    """The texts that the vocabulary is counted over."""
    for pair in read_pairs(data):
        if pair.kind != "dict" and share(pair.left + pair.right) < 0.5:
            yield pair.left
            yield pair.right
    for row in question_rows(data / "reader" / "qa.jsonl.zst"):
        yield row.question
