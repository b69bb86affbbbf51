"""Measures trails of claims against the ends that people found by reading.

An end is right if it is the listed one and was reached by the listed policy: for a stated claim also by the listed
words. What comes near counts as reached, and is told apart from what is supported. To call a claim supported whose
policies are silent or missing, or by another policy than the listed ones, is false support.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sinkqa.eval.data.lines import read_rows, shorten
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.readers import find_files
from sinkqa.service.engine import Engine
from sinkqa.service.references.trail import ClaimTrail, PolicyTrail, Trail
from sinkqa.service.settings import Settings

TRAILS = Path(__file__).parents[1] / "questions" / "trails.jsonl"
"""Our own list. ``eval/questions/README.md`` describes it."""

ListedEnd = Literal["stated", "silent", "missing"]
BreakAt = Literal["", "no passage", "no policy", "other policy", "other clause", "not judged", "falsely judged"]
"""Where a trail breaks: no passage states the claim; no policy is named; the policy that is meant is not among those
followed; another clause of it is shown; its clause is shown and not judged to say so; a clause is judged to say so, and
does not."""

_REACHED = ("supported", "likely")
_SILENT = ("silent", "partly", "contradicted")


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A claim with its end. ``policy``: names of the files that are meant. ``words``: some of the clause's."""

    claim_id: str
    split: str
    claim: str
    end: ListedEnd
    policy: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class JudgedTrail:
    """A listed claim, and where its trail ended or broke. ``false_support``: the names of policies falsely cited."""

    listed: ListedClaim
    end: str
    broke: BreakAt
    false_support: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether the trail came to the listed end."""
        return not self.broke


def read_trails(path: Path = TRAILS) -> list[ListedClaim]:
    """Reads claims, one JSON object a line: ``id``, ``split``, ``claim``, ``end``, ``policy`` and ``words``.

    Raises:
        FileMissing: no such file.
        MalformedData: a line is no claim with an end.
        NothingToMeasure: it has none.
    """
    claims = []
    for number, row in read_rows(path, id=str, claim=str, end=str):
        policy = row.get("policy", [])
        if row["end"] not in get_args(ListedEnd) or not isinstance(policy, list):
            raise MalformedData(
                f"{path}:{number}: expected a claim with the end {', '.join(get_args(ListedEnd))} and a list of "
                f"policies, got {shorten(repr(row))}"
            )
        split, words = str(row.get("split", "")), str(row.get("words", ""))
        claims.append(ListedClaim(row["id"], split, row["claim"], row["end"], tuple(map(str, policy)), words))
    if not claims:
        raise NothingToMeasure(f"{path}: expected claims, got none; check the file")
    return claims


def measure_trails(
    listed: Sequence[ListedClaim],
    *,
    documents: Sequence[Path] = (),
    library: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> list[JudgedTrail]:
    """Judges the trails in the library at ``library``, or in a new one of ``documents``.

    Raises:
        IngestError: a path holds no file.
    """
    if library is not None:
        return judge_trails(Engine.open(Settings(library=library)), listed)
    files = find_files(documents)
    corpus = digest([sorted(sha256_of(path) for path in files), []])
    with gold_library([], (files, []), corpus, load_encoder(), cache=cache, on_progress=on_progress) as (made, *_):
        return judge_trails(Engine(made, Settings(library=Path())), listed)


def judge_trails(engine: Engine, listed: Iterable[ListedClaim]) -> list[JudgedTrail]:
    """Judges the trail of each claim."""
    held: dict[str, set[str]] = {}
    for record in engine.documents():
        held.setdefault(record.name, set()).add(record.doc_id)
    return [
        judge(each, engine.trail(each.claim, kind="claim"), {doc for name in each.policy for doc in held.get(name, ())})
        for each in listed
    ]


def judge(listed: ListedClaim, trail: Trail, meant: set[str]) -> JudgedTrail:
    """Judges one trail. ``meant``: the documents of the listed policies, by id."""
    found = trail.claims[0]
    reached = [policy for policy in found.policies if policy.label in _REACHED]
    other = [each for each in reached if listed.end != "stated" or each.doc_id not in meant]
    false_support = tuple(each.title for each in other if each.label == "supported")
    return JudgedTrail(listed, found.end, _break(listed, found, trail, meant), false_support)


def _break(listed: ListedClaim, found: ClaimTrail, trail: Trail, meant: set[str]) -> BreakAt:
    if listed.end == "missing":
        return "" if found.end == "missing" else _no_way(found) or "falsely judged"
    own = [policy for policy in found.policies if policy.doc_id in meant]
    if not own:
        return _no_way(found) or "other policy"
    if listed.end == "silent":
        return "" if found.end in _SILENT else "falsely judged"
    quoted = [policy for policy in own if _quotes(policy, listed.words, trail)]
    if not quoted:
        return "other clause"
    is_reached = found.end in _REACHED and any(policy.label in _REACHED for policy in quoted)
    return "" if is_reached else "not judged"


def _no_way(found: ClaimTrail) -> BreakAt:
    """Why a trail came to no policy."""
    if found.policies:
        return ""
    return "no policy" if found.stated_by else "no passage"


def _quotes(policy: PolicyTrail, words: str, trail: Trail) -> bool:
    """Whether a clause that is shown of a policy holds the words, white space and case aside."""
    quotes = {citation.number: _squashed(citation.quote) for citation in trail.citations}
    return any(_squashed(words) in quotes[number] for number in (*policy.citations, *policy.nearest))


def _squashed(text: str) -> str:
    return "".join(text.split()).casefold()
