"""Numbered clauses of standards and methodologies: 1, 1.1, 1.1.1, A.1.

Their headings are often set like text, so the numbering identifies them: numbers are consecutive through the whole
document, and titles are short. The first titles are those with which every standard begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sinkqa.ingest.structure.headings import reads_as_title

Path = tuple[str, ...]

_NUMBERED = re.compile(
    r"\s*(?P<n>\d{1,2}(?:\.\d{1,2}){0,4}|[A-H](?:\.\d{1,2}){1,4})"
    r"(?:[.．]?[\s\u3000]+|[.．、](?=\D)|(?=[\u3400-\u9fff“]))(?P<title>\S.*)"
)
_MEASURE = re.compile(r"[个号种项条台家名次倍只件年月日天点%％~～×x/]|[\d.\-–—]*\s?[a-zA-Zμ°℃/]{1,5}\d?\b\s*$")
_OPENS = re.compile(  # what a standard, methodology or guide begins with
    r"(?:适用)?范围$|总则|总体要求|引言|前言|目的|规范性引用文件|术语|定义|适用条件|编制依据|主题内容|基本原则|概述"
    r"|(?:scope|introduction|purpose|background|general|normative references|terms|definitions|overview|applicability)",
    re.IGNORECASE,
)
_SCOPE = re.compile("(?:适用)?范围|scope", re.IGNORECASE)
_FIRST = 3  # clauses among which one must be called so
_LEAST = 3  # clauses of the outermost level
_MAX_SKIPPED = 2  # numbers below the outermost level: a clause may be set as a picture or a table


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause. ``depth`` counts from 1. ``is_title``: the line is a heading, not a sentence with a number."""

    depth: int
    is_title: bool


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A line with a number. ``is_title``: the rest of the line may be the name of a clause."""

    index: int
    path: Path
    title: str
    is_title: bool


def find_clauses(lines: Sequence[str], full: Sequence[bool]) -> Mapping[int, Clause]:
    """Finds the first lines of clauses, by index. Empty if the document does not number its clauses.

    ``full``: for each line, whether it fills its column, as lines of a paragraph do.
    """
    numbered = list(_numbered(lines, full))
    starts = [at for at, each in enumerate(numbered) if each.path == ("1",) and each.is_title]
    chains = [_chain(numbered[at:]) for at in starts[:20]]
    best = max(chains, key=lambda chain: sum(each.is_title for each in chain), default=[])
    outer = [each for each in best if len(each.path) == 1]
    named = any(_OPENS.match(each.title) for each in outer[:_FIRST])
    few = len(outer) < _LEAST and not (outer and _SCOPE.fullmatch(outer[0].title))
    if few or not named or _is_list(outer):
        return {}
    return {each.index: Clause(len(each.path), each.is_title) for each in best}


def has_number(line: str) -> bool:
    """Whether a line begins with a clause number."""
    return _NUMBERED.match(line) is not None


def _numbered(lines: Sequence[str], full: Sequence[bool]) -> Iterator[_Numbered]:
    for index, (line, fills) in enumerate(zip(lines, full, strict=True)):
        if found := _NUMBERED.match(line):
            title = found["title"].strip()
            names = reads_as_title(title) and not fills and not _MEASURE.match(title) and not title[0].islower()
            yield _Numbered(index, tuple(found["n"].split(".")), title, names and "=" not in title)


def _chain(numbered: Sequence[_Numbered]) -> list[_Numbered]:
    """The first line and those whose numbers follow on, one after the other."""
    chain = [numbered[0]]
    for each in numbered[1:]:
        if _follows(each, chain[-1].path):
            chain.append(each)
    return chain


def _follows(each: _Numbered, last: Path) -> bool:
    """Whether a number may come next: the first one deeper, the next at any level above, or A.1 after all others."""
    path = each.path
    if path[0].isalpha():
        letter = last[0] if last[0].isalpha() else None
        if letter is None or path[0] != letter:
            return path[1:] == ("1",) and (path[0] == "A" if letter is None else ord(path[0]) == ord(letter) + 1)
    elif last[0].isalpha():
        return False
    if len(path) == 1:
        return each.is_title and int(path[0]) == int(last[0]) + 1
    depth = len(path)
    if path[: depth - 1] == last[: depth - 1]:
        step = int(path[-1]) - (int(last[depth - 1]) if len(last) >= depth else 0)
        return 1 <= step <= 1 + _MAX_SKIPPED
    return False


def _is_list(outer: Sequence[_Numbered]) -> bool:
    """Whether most of them are on neighbouring lines: a contents page or items."""
    close = sum(after.index - before.index == 1 for before, after in pairwise(outer))
    return close * 2 > len(outer)
