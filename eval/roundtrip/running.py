"""Makes documents, reads them and measures the result. Gives scores by format and by kind, and the failures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from sinkqa.eval.outcome import Bar
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.eval.results.significance import Estimate
from sinkqa.eval.roundtrip.kinds import Made, make
from sinkqa.eval.roundtrip.measuring import Fault, Tally, measure
from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import FORMATS, read_bytes
from sinkqa.ingest.splitting.splitter import split

_RESAMPLES = 1_000
MEASURES = ("recall", "order", "cells", "figures", "spaces", "structure")
BARS = {"recall": 0.995, "order": 0.995, "cells": 0.98}


@dataclass(frozen=True, slots=True)
class Trip:
    """One document, written and read back. ``error`` is set if the reader refused it."""

    made: Made
    tally: Tally
    stored: str
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether all measures that count are right. Levels of headings are reported but do not count."""
        return not self.error and not self.tally.counted


@dataclass(slots=True)
class Figures:
    """Scores of a group of documents: totals, failures, shares with intervals, and superfluous characters.

    ``alone``: documents with this kind and no other. ``own``: documents with a fault in a piece of this kind.
    """

    name: str
    documents: int = 0
    failed: int = 0
    alone: int = 0
    failed_alone: int = 0
    own: int = 0
    shares: dict[str, Estimate] = field(default_factory=dict)
    invented: int = 0
    leaked: int = 0
    example: dict[str, str | int] | None = None


def run(
    seed: int, documents: int, *, formats: Sequence[str], kinds: Sequence[str], on_progress: OnProgress
) -> Iterator[Trip]:
    """Makes documents and reads them. Leaves out formats without a reader."""
    readable = [each for each in formats or FORMATS if each in FORMATS]
    for made in make(seed, documents, formats=readable, kinds=kinds):
        on_progress(made.number, documents, made.format)
        yield trip(made)


def trip(made: Made) -> Trip:
    """Reads and measures one document. A refused document counts as having lost everything."""
    try:
        document = read_bytes(made.content, made.name)
    except IngestError as error:
        tally = Tally()
        tally.add("recall", 0, sum(len(unit.text) for unit in made.truth.units))
        tally.add("cells", 0, len(made.truth.cells))
        tally.faults.append(Fault("recall", made.kinds[0], "a document", error.message))
        return Trip(made, tally, "", error.message)
    return Trip(made, measure(made.truth, document, split(document)), shown(document))


def shown(document: Document) -> str:
    """Formats a stored document for people: a line for each block, with its kind."""
    lines = [f"title: {document.metadata.title}", *(f"warning: {each}" for each in document.warnings)]
    for block in document.blocks:
        text = " ¦ ".join(document.text[start:end] for start, end in block.spans)
        lines.append(f"[{block.kind}{block.level or ''}] {text}")
    return "\n".join(lines)


def figures(name: str, trips: Sequence[Trip], *, kind: str = "") -> Figures:
    """Sums over documents. Shares come from summed counts. Their intervals resample whole documents (clusters)."""
    failed = [each for each in trips if not each.ok]
    alone = [each for each in trips if len(each.made.kinds) == 1]
    result = Figures(name, len(trips), len(failed), len(alone), sum(not each.ok for each in alone))
    result.own = sum(bool(kind) and any(fault.kind == kind for fault in each.tally.counted) for each in trips)
    for measure_name in MEASURES:
        if (share := _share(measure_name, trips)) is not None:
            result.shares[measure_name] = share
    result.invented = sum(each.tally.right.get("invented", 0) for each in trips)
    result.leaked = sum(each.tally.right.get("leaked", 0) for each in trips)
    result.example = _example(failed, kind)
    return result


def _share(measure_name: str, trips: Sequence[Trip]) -> Estimate | None:
    """A share of all counts; its interval is that of the ratio over documents drawn anew, each with all its counts."""
    counts = [(each.tally.right.get(measure_name, 0), each.tally.of.get(measure_name, 0)) for each in trips]
    counts = [(right, of) for right, of in counts if of]
    right, of = (np.array([pair[side] for pair in counts], np.float64) for side in (0, 1))
    if not counts:
        return None
    drawn = np.random.default_rng(0).integers(0, len(of), (_RESAMPLES, len(of)))
    low, high = np.quantile(right[drawn].sum(1) / of[drawn].sum(1), (0.025, 0.975))
    return Estimate(float(right.sum() / of.sum()), float(low), float(high), int(of.sum()))


def _example(failed: Sequence[Trip], kind: str) -> dict[str, str | int] | None:
    """A fault of the kind itself before one of what stands around it; of the simplest document."""
    ordered = sorted(failed, key=lambda each: len(each.made.kinds))
    for of_kind in (True, False):
        for each in ordered:
            for fault in each.tally.counted:
                if fault.kind == kind or not of_kind:
                    return {"document": each.made.number, "name": each.made.name, **asdict(fault)}
    return None


def by_kind(trips: Sequence[Trip]) -> list[Figures]:
    """Returns the scores of each kind, the worst first: by the share of documents with only this kind that failed.

    Ties are ordered by the faults in pieces of the kind itself.
    """
    names = dict.fromkeys(kind for each in trips for kind in each.made.kinds)
    rows = [
        figures(name, [each for each in trips if name in each.made.kinds], kind=name) for name in names
    ]  # fmt: skip
    return sorted(
        rows, key=lambda row: (-row.failed_alone / max(1, row.alone), -row.own / max(1, row.documents), row.name)
    )


def by_format(trips: Sequence[Trip]) -> list[Figures]:
    """Returns the scores of each format, and of all formats together."""
    names = dict.fromkeys(each.made.format for each in trips)
    rows = [figures(name, [each for each in trips if each.made.format == name]) for name in names]
    return [*rows, figures("all", trips)]


def bars(whole: Figures) -> list[Bar]:
    """Returns the requirements for all documents together."""
    found = [
        Bar(name, whole.shares[name].mean if name in whole.shares else None, limit, True)
        for name, limit in BARS.items()
    ]
    return [*found, Bar("invented", whole.invented, 0), Bar("leaked", whole.leaked, 0)]


def keep(trips: Iterable[Trip], folder: Path) -> None:
    """Writes every failed document with its truth, the stored text and the differences."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in trips:
        if each.ok:
            continue
        base = folder / each.made.name
        base.write_bytes(each.made.content)
        truth = {"kinds": each.made.kinds, "language": each.made.language, **asdict(each.made.truth)}
        base.with_suffix(".truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))
        base.with_suffix(".stored.txt").write_text(each.stored)
        faults = "\n".join(
            f"{fault.measure} ({fault.kind})\n  expected: {fault.expected}\n  stored:   {fault.stored}"
            for fault in each.tally.faults
        )
        base.with_suffix(".faults.txt").write_text(faults)
