"""Reads the kinds of questions that a file lists for calibration, with their libraries."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sinkqa.eval.errors import MalformedData
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.ingest.errors import FileMissing

if TYPE_CHECKING:
    from sinkqa.eval.answering.calibration import Example
    from sinkqa.service.answering.judging.judge import RuleJudge

KINDS = Path(__file__).parents[1] / "kinds.toml"


def read_examples(
    path: Path, judge: RuleJudge, *, cache: Path | None = None, on_progress: OnProgress = quiet
) -> Iterator[Example]:
    """Yields the examples of every kind in the file, in file order. Paths in the file are relative to its folder.

    Raises:
        FileMissing: the file, or a file that it names, does not exist.
        MalformedData: the file does not have the layout that its own comment describes.
    """
    from sinkqa.eval.answering.abstain import read_posed
    from sinkqa.eval.answering.calibration import gold_examples, posed_examples
    from sinkqa.eval.data.gold import read_questions

    root = path.parent
    for kind in _kinds(path):
        if "posed" in kind:
            yield from posed_examples(kind["name"], read_posed(root / kind["posed"], most=kind.get("most")), judge)
            continue
        yield from gold_examples(
            kind["name"],
            list(read_questions(root / kind["questions"])),
            judge,
            documents=[root / each for each in kind["documents"]],
            cache=cache,
            on_progress=on_progress,
        )


def _kinds(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise FileMissing(f"{path}: expected a file of kinds of questions, found none; check the path")
    try:
        kinds: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["kind"]
        for kind in kinds:
            if not isinstance(kind, dict):
                raise TypeError(f"a kind is no table: {kind!r}")
            if not ({"name", "posed"} <= kind.keys() or {"name", "questions", "documents"} <= kind.keys()):
                raise KeyError(f"a kind lacks name, and posed or questions with documents: {sorted(kind)}")
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedData(f"{path}: expected [[kind]] tables as its first lines tell, got {error!r}") from error
    return kinds
