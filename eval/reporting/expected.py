"""Measures published figures again, and compares each with its published value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sinkqa.eval.answering.answers import score_answers
from sinkqa.eval.data.collections import read_benchmark
from sinkqa.eval.data.gold import read_questions
from sinkqa.eval.errors import MalformedData
from sinkqa.eval.provisions.measuring import Draw, score_provisions
from sinkqa.eval.ranking.configuration import Configuration, weights_of
from sinkqa.eval.ranking.recall import score_gold
from sinkqa.eval.ranking.running import OnProgress, quiet, score_benchmark
from sinkqa.eval.results.saved import Result
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.errors import FileMissing

EXPECTED = Path(__file__).parents[1] / "expected.toml"
_TOLERANCE = 0.0051  # a figure printed with two decimals, or three that another machine's rounding moves


@dataclass(frozen=True, slots=True)
class Check:
    """One published figure. ``skipped``: the reason why ``measured`` is None."""

    what: str
    measure: str
    expected: float
    measured: float | None
    tolerance: float = _TOLERANCE
    skipped: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the figure is within the tolerance, in both directions; None if it was not measured."""
        return None if self.measured is None else abs(self.measured - self.expected) <= self.tolerance


def check_expected(
    path: Path = EXPECTED, *, out: Path | None = None, cache: Path | None = None, on_progress: OnProgress = quiet
) -> Iterator[Check]:
    """Measures each run of the file again. Paths in it are relative to its folder. A run without its data is skipped.

    Raises:
        FileMissing: no such file.
        MalformedData: the file does not have the layout that its own comment describes.
    """
    for run in _runs(path):
        yield from _check(run, path.parent, out, cache, on_progress)


def _runs(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise FileMissing(f"{path}: expected a file of published figures, found none; check the path")
    try:
        runs: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["run"]
        for run in runs:
            if not set(run) >= {"name", "expected", *_needed(run)}:
                raise KeyError(f"a run lacks name, expected, or any of {', '.join(_needed(run))}: {sorted(run)}")
            weights_of(run.get("weights", ()))
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedData(f"{path}: expected [[run]] tables as its first lines tell, got {error!r}") from error
    return runs


def _needed(run: Mapping[str, Any]) -> tuple[str, ...]:
    """What a run must name, by what it measures."""
    return ("beir",) if "beir" in run else ("documents",) if run.get("provisions") else ("questions", "documents")


def _check(
    run: Mapping[str, Any], root: Path, out: Path | None, cache: Path | None, on_progress: OnProgress
) -> Iterator[Check]:
    is_answered = run.get("answers") or run.get("provisions")
    what = " ".join([run["name"], "answers" if is_answered else run.get("mode", "hybrid")])
    figures: dict[str, float] = run["expected"]
    needed = [root / run["beir"]] if "beir" in run else [root / each for each in _gold_paths(run)]
    absent = next((each for each in needed if not each.exists()), None)
    if absent is not None:
        yield from (Check(what, name, value, None, skipped=f"no {absent.name} here") for name, value in figures.items())
        return
    result = _measure(run, root, out, cache, on_progress)
    for name, value in figures.items():
        if name in result.facts:
            yield Check(what, name, value, result.facts[name], run.get("tolerance", _TOLERANCE))
            continue
        *traits, measure = name.split(": ")
        estimates = result.estimates(**dict(pair.split("=", 1) for pair in traits if "=" in pair))
        if measure not in estimates:
            raise MalformedData(f"{what}: no question has {name!r}; expected one of {', '.join(result.measures)}")
        yield Check(what, name, value, estimates[measure].mean, run.get("tolerance", _TOLERANCE))


def _measure(
    run: Mapping[str, Any], root: Path, out: Path | None, cache: Path | None, on_progress: OnProgress
) -> Result:
    encoder = load_encoder(run.get("encoder"))
    configuration = Configuration(
        run.get("mode", "hybrid"),
        run.get("encoder"),
        weights_of(run.get("weights", ())),
        candidates=run.get("candidates", False),
    )
    if "beir" in run:
        benchmark = read_benchmark(root / run["beir"], n_queries=run.get("queries"))
        scored = score_benchmark(benchmark, [configuration], encoder, out=out, cache=cache, on_progress=on_progress)
        ((result, _),) = scored
        return result
    where: dict[str, Any] = {
        "documents": [root / each for each in run["documents"]],
        "beside": [root / each for each in run.get("beside", ())],
        "out": out,
        "cache": cache,
        "on_progress": on_progress,
    }
    if run.get("provisions"):
        return score_provisions(run["name"], encoder, Draw(sample=run.get("sample")), **where)[0]
    questions = list(read_questions(root / run["questions"]))
    if run.get("answers"):
        return score_answers(run["name"], questions, encoder, **where)[0]
    ((result, _),) = score_gold(run["name"], questions, [configuration], encoder, **where)
    return result


def _gold_paths(run: Mapping[str, Any]) -> list[str]:
    return [*([run["questions"]] if "questions" in run else []), *run["documents"], *run.get("beside", ())]
