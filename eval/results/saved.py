"""Evaluation results: one collection under one configuration, question by question, saved as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from sinkqa.eval.errors import MalformedData
from sinkqa.eval.results.significance import Estimate, estimate
from sinkqa.ingest.errors import FileMissing

RESULT_FORMAT = 1
_HEADLINES = ("nDCG@10", "answer points", "recall@5")

Stage = Literal["retrieval", "abstention", "choice", "items"]
"""The stages at which an answer can be lost, in the order of the flow."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expected entry of the collection, or the expected words that support an answer.

    ``hop`` groups alternatives. If hops are numbered, one of each hop is enough; otherwise every entry counts. ``rank``
    is 1-based, None if it was missed.
    """

    name: str
    rank: int | None
    hop: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Why an answerable question has no complete answer: the first ``stage`` at which something was lost.

    ``rank``: the number of first passages that hold all of its evidence, None if no number does. ``first``: the file of
    the first passage. ``astray``: whether that file is one without evidence. ``right``: the files with evidence.
    ``quoted``: the file and the beginning of each quote. ``missing``: the points not stated, each in one variant.
    """

    stage: Stage
    rank: int | None
    given: bool
    first: str
    astray: bool
    right: tuple[str, ...]
    quoted: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question: its value by measure, the expected entries or words, and the ids found, best first.

    ``traits``: properties for groups (language, type ...). Questions of one ``cluster`` ask the same. ``counts``: the
    number of items of a share whose items count alike, as citations do. Other measures count once for each
    question. ``lost``: why the answer is incomplete.
    """

    query_id: str
    text: str
    scores: dict[str, float]
    wanted: tuple[Wanted, ...]
    found: tuple[tuple[str, float], ...]
    traits: dict[str, str] = field(default_factory=dict)
    cluster: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    lost: Loss | None = None

    @property
    def answered(self) -> bool:
        """Whether an answer was given, be the question answerable or not."""
        return bool(self.scores.get("answered", 1 - self.scores.get("withheld", 1)))


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one measurement.

    ``fingerprints`` identify ``corpus``, ``questions``, ``index``, ``configuration`` and ``code``. Equal fingerprints
    mean equal figures. ``facts``: sizes (MB, passages) and times (ms, s). ``texts``: excerpts of expected and found
    entries, by id. ``curve``: for answers, confidence, coverage and risk, the highest confidence first.
    """

    kind: str
    dataset: str
    label: str
    fingerprints: dict[str, str]
    configuration: dict[str, Any]
    facts: dict[str, float]
    questions: tuple[QuestionResult, ...]
    texts: dict[str, str]
    warnings: tuple[str, ...] = ()
    curve: tuple[tuple[float, ...], ...] = ()
    format: int = RESULT_FORMAT

    @property
    def measures(self) -> list[str]:
        """Names of the measures, in the order of printing."""
        return list(dict.fromkeys(name for each in self.questions for name in each.scores))

    def estimates(self, **traits: str) -> dict[str, Estimate]:
        """Returns means by measure with intervals, over the questions with these traits.

        Empty without such questions.
        """
        chosen = [each for each in self.questions if traits.items() <= each.traits.items()]
        found = {}
        for name in self.measures:
            scored = [each for each in chosen if name in each.scores]  # not every measure fits every question
            counted = [each for each in scored for _ in range(each.counts.get(name, 1))]
            if counted:
                clusters = [each.cluster or each.query_id for each in counted]
                found[name] = estimate([each.scores[name] for each in counted], clusters=clusters)
        return found

    def groups(self) -> list[tuple[str, str]]:
        """Returns every trait and value that occurs, ordered by name and value."""
        return sorted({pair for each in self.questions for pair in each.traits.items()})

    def summary(self) -> dict[str, Any]:
        """Returns everything except the questions as JSON values, with means and intervals, in total and by trait."""
        whole = {"mean_and_interval": _plain(self.estimates()), "n_questions": len(self.questions)}
        groups = {f"{name}={value}": _plain(self.estimates(**{name: value})) for name, value in self.groups()}
        about = {k: getattr(self, k) for k in ("kind", "dataset", "label", "fingerprints", "configuration", "facts")}
        rest = {"by": groups, "warnings": list(self.warnings), "curve": self.curve, "format": self.format}
        lost = Counter(each.lost.stage for each in self.questions if each.lost)
        return about | whole | rest | ({"lost": dict(lost)} if self.kind == "answers" else {})


def write_result(path: Path, result: Result) -> None:
    """Writes the result atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = result.summary() | {"questions": [asdict(each) for each in result.questions], "texts": result.texts}
    aside = path.with_name(path.name + ".part")
    aside.write_text(json.dumps(about, ensure_ascii=True, indent=1), "utf-8")
    aside.replace(path)


def read_result(path: Path) -> Result:
    """Reads a file written by :func:`write_result`.

    Raises:
        FileMissing: no such file.
        MalformedData: it is another file, or has another format.
    """
    if not path.is_file():
        raise FileMissing(f"{path}: expected a result file, found none; check the path")
    try:
        about = json.loads(path.read_text("utf-8"))
        if about["format"] != RESULT_FORMAT:
            raise MalformedData(f"{path}: expected format {RESULT_FORMAT}, got {about['format']}; measure again")
        return Result(
            **{k: about[k] for k in ("kind", "dataset", "label", "fingerprints", "configuration", "facts", "texts")},
            questions=tuple(map(_question, about["questions"])),
            warnings=tuple(about["warnings"]),
            curve=tuple(map(tuple, about.get("curve", ()))),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedData(
            f"{path}: expected a result of sinkqa-eval, got something else ({error!r}); measure again"
        ) from error


def find_results(paths: Sequence[Path]) -> list[Path]:
    """Finds the result files given, and those directly in the folders given, ordered by name.

    Raises:
        FileMissing: a path holds none.
    """
    found: list[Path] = []
    for path in paths:
        within = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not within:
            raise FileMissing(f"{path}: expected result files (*.json), found none; run beir or gold with --out")
        found += within
    return list(dict.fromkeys(found))


def headline(result: Result) -> str:
    """Returns the measure to show if there is room for only one."""
    return next((name for name in _HEADLINES if name in result.measures), result.measures[0])


def distinct(results: Sequence[Result]) -> list[Result]:
    """Adds a number to results that share a name but were measured by other code or from other folders."""
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for result in results:
        seen[result.dataset, result.label] += 1
        number = seen[result.dataset, result.label]
        named.append(result if number == 1 else replace(result, label=f"{result.label} #{number}"))
    return named


def is_current(path: Path, fingerprints: Mapping[str, str]) -> bool:
    """Whether the file holds a finished result with exactly these fingerprints."""
    try:
        about = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    known = isinstance(about, dict) and about.get("format") == RESULT_FORMAT
    return known and about.get("fingerprints") == dict(fingerprints)


def _question(row: Mapping[str, Any]) -> QuestionResult:
    return QuestionResult(
        query_id=row["query_id"],
        text=row["text"],
        scores=row["scores"],
        wanted=tuple(Wanted(**each) for each in row["wanted"]),
        found=tuple((found_id, score) for found_id, score in row["found"]),
        traits=row["traits"],
        cluster=row["cluster"],
        counts=row.get("counts", {}),
        lost=_loss(row["lost"]) if row.get("lost") else None,
    )


def _loss(row: Mapping[str, Any]) -> Loss:
    lists = {"right": tuple(row["right"]), "quoted": tuple(map(tuple, row["quoted"])), "missing": tuple(row["missing"])}
    return Loss(**{**row, **lists})


def _plain(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: asdict(each) for name, each in estimates.items()}
