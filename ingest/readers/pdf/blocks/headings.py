"""Finds the headings of a PDF by its outline, its fonts and its numbering."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from sinkqa.ingest.about.standards import is_cover_line
from sinkqa.ingest.about.titles import bare, is_masthead
from sinkqa.ingest.readers.pdf.blocks.captions import caption_label
from sinkqa.ingest.readers.pdf.pages.page import Placed
from sinkqa.ingest.structure.clauses import Clause, find_clauses, has_number
from sinkqa.ingest.structure.headings import Heading, find_headings, match, run_in_end
from sinkqa.ingest.structure.lists import mark_of

_LARGER = 1.12  # of the body's size
# What many issuers print above, and larger than, the title.
_MASTHEAD = re.compile(r"unitednations|federalregister|presidentialdocuments|officialjournal")
_MAX_LINES, _MAX_CHARS = 4, 240
_FINAL = tuple("。；;，,、：:")
_ENDS = tuple(".!?:;。！？：；…”’)）")
_STANDING = frozenset({"part", "annex", "chapter", "section", "article", "cn"})  # families that need no bold type
_RUN_IN = frozenset({"section", "article"})
_MARK = re.compile(r"^\s*\S+\s\S+\s")  # Sec. 2.
_PARTS = frozenset({"part", "chapter", "section", "article", "roman", "cn"})  # in each, numbers may begin again
_OUTER = frozenset({"part", "annex", "named"})  # families that stand beside the clauses of a standard
_NEST = ("part", "annex", "chapter", "section", "article", "cn", "roman", "letter", "cn_paren",
         "decimal1", "decimal2", "decimal3", "decimal4", "paren", "circled")  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """A heading's line. ``level`` is 0 for the title, else 1..6.

    ``end`` is the length of the heading's part of the line. ``opens`` is False if the line continues the heading of the
    line before.
    """

    level: int
    end: int
    opens: bool


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of the file's outline. ``level`` and ``page`` count from 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of one heading; of the last one possibly only a ``tail``."""

    lines: tuple[Placed, ...]
    numbered: Heading | None
    outline: int | None
    tail: int = 0  # characters of the last line, where text runs on after them


def body_size(lines: Iterable[Placed]) -> float:
    """Returns the font size of the running text in points, to half a point; 0.0 if there is none."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.line.size * 2) / 2] += len(line.line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def find_heading_lines(
    lines: Sequence[Placed], outline: Sequence[OutlineEntry], *, body: float, right: Mapping[Placed, float]
) -> dict[Placed, HeadingLine]:
    """Finds the headings among the lines of the body, which are in reading order.

    ``body`` is the size of the running text, ``right`` the right edge of each line's column, both in points.
    """
    numbered = {lines[at]: found for at, found in find_headings([line.line.text for line in lines]).items()}
    bold_body = sum(len(line.line.text) for line in lines if line.line.bold) * 2 > sum(
        len(line.line.text) for line in lines
    )
    named = _outlined(lines, outline)
    clauses = _clauses(lines, numbered, right)
    numbered = {line: found for line, found in numbered.items() if line not in clauses}
    named |= {line: clause.depth for line, clause in clauses.items() if clause.is_title}
    groups = _groups(lines, numbered, named, right, body=body, bold_tells=not bold_body)
    groups = _with_tails(groups, lines, right)
    title = _title(groups, body=body)
    groups = _settled(groups, lines, title, clauses)
    levels = _levels_by_clauses(groups, clauses) if clauses else _levels(groups)
    return {
        line: HeadingLine(0 if group is title else level, _end(group, line), index == 0)
        for group, level in zip(groups, levels, strict=True)
        for index, line in enumerate(group.lines)
    }


def _with_tails(groups: list[_Group], lines: Sequence[Placed], right: Mapping[Placed, float]) -> list[_Group]:
    """The groups. Those of sections get the rest of a heading that ends in the line below, before its text."""
    after = dict(pairwise(lines))
    taken = {line for group in groups for line in group.lines}
    done = []
    for group in groups:
        below = after.get(group.lines[-1])
        if group.numbered and not group.tail and below and below not in taken:
            tail = _tail(group.numbered, group.lines[-1], below, right=right)
            group = replace(group, lines=(*group.lines, below), tail=tail) if tail else group
        done.append(group)
    return done


def _tail(heading: Heading, line: Placed, below: Placed, *, right: Mapping[Placed, float]) -> int:
    """How many characters of the line ``below`` end the heading of a section that fills its line; 0 if none do."""
    full = line.line.x1 > right[line] - 1.5 * line.line.size
    if heading.family not in _RUN_IN or not full or below.page != line.page:
        return 0
    begun = _MARK.sub("", line.line.text)
    return max(0, run_in_end(f"{begun} {below.line.text}") - len(begun) - 1)


def _settled(
    groups: list[_Group], lines: Sequence[Placed], title: _Group | None, clauses: Mapping[Placed, Clause]
) -> list[_Group]:
    """Drops false headings.

    Other lines on the cover of a standard head nothing, nor does a number out of the order of its clauses: of a list,
    of a formula.
    """
    page = title.lines[0].page if title else 0
    if any(line.page == page and is_cover_line(line.line.text) for line in lines):
        groups = [each for each in groups if each is title or each.lines[0].page != page or each.lines[0] in clauses]
    if clauses:
        groups = [each for each in groups if each.lines[0] in clauses or not has_number(each.lines[0].line.text)]
    return groups


def _clauses(
    lines: Sequence[Placed], numbered: Mapping[Placed, Heading], right: Mapping[Placed, float]
) -> dict[Placed, Clause]:
    """The clauses of a standard, however set; none if its numbers restart in each part."""
    outer = Counter(heading.family for heading in numbered.values() if heading.family in _PARTS)
    if any(count > 1 for count in outer.values()):
        return {}
    full = [line.line.x1 > right[line] - 1.5 * line.line.size for line in lines]
    return {lines[at]: found for at, found in find_clauses([line.line.text for line in lines], full).items()}


def _levels_by_clauses(groups: Sequence[_Group], clauses: Mapping[Placed, Clause]) -> list[int]:
    """The depth of a clause; 1 for annexes, and for larger lines before the clauses."""
    size = max(line.line.size for line, clause in clauses.items() if clause.depth == 1)
    levels: list[int] = []
    depth = 0
    for group in groups:
        first = group.lines[0]
        if first in clauses:
            depth = clauses[first].depth
            levels.append(min(6, depth))
        else:
            outer = group.numbered is not None and group.numbered.family in _OUTER
            levels.append(1 if outer or not depth or first.line.size > size + 0.6 else min(6, depth + 1))
    return levels


def _outlined(lines: Sequence[Placed], outline: Sequence[OutlineEntry]) -> dict[Placed, int]:
    """Lines with the words of an outline entry of their page. An entry may run over several lines."""
    by_page: Mapping[int, list[Placed]] = {page: list(own) for page, own in groupby(lines, key=lambda line: line.page)}
    found: dict[Placed, int] = {}
    for entry in outline:
        wanted = bare(entry.title)
        own = by_page.get(entry.page, [])
        for at in range(len(own)):
            text = ""
            for taken in range(at, min(at + _MAX_LINES, len(own))):
                text += bare(own[taken].line.text)
                if not wanted.startswith(text):
                    break
                if text and text == wanted:
                    found.update(dict.fromkeys(own[at : taken + 1], entry.level))
                    break
    return found


def _groups(
    lines: Sequence[Placed],
    numbered: Mapping[Placed, Heading],
    named: Mapping[Placed, int],
    right: Mapping[Placed, float],
    *,
    body: float,
    bold_tells: bool,
) -> list[_Group]:
    """Runs of lines in one heading type, unless they continue like prose; and single lines by their numbers."""
    groups: list[_Group] = []
    before: Placed | None = None
    for run in _runs(lines, numbered, named):
        first, number = run[0], numbered.get(run[0])
        text = "".join(line.line.text for line in run).strip()
        short = len(run) <= _MAX_LINES and len(text) <= _MAX_CHARS and any(char.isalpha() for char in text)
        large = body > 0 and first.line.size >= _LARGER * body
        shown = (large or (bold_tells and first.line.bold)) and not text.endswith(_FINAL)
        fit = short and shown and not _is_bullet(text) and not _is_prose(text, before, first)
        if caption_label(first.line.text):
            pass
        elif first in named or fit:
            groups.append(_Group(tuple(run), number, named.get(first)))
        else:
            alone = [at for at, line in enumerate(run) if line in numbered and _stands(line, numbered[line], body=body)]
            groups += [group for at in alone if (group := _whole(run[at:], numbered[run[at]], right=right))]
        before = run[-1]
    return groups


def _whole(run: Sequence[Placed], heading: Heading, *, right: Mapping[Placed, float]) -> _Group | None:
    """A numbered heading in plain type with the lines it fills; None if it is a paragraph."""
    taken = 1
    if len(run) > 1 and (tail := _tail(heading, run[0], run[1], right=right)):
        return _Group(tuple(run[:2]), heading, None, tail)
    if heading.end >= len(run[0].line.text.rstrip()):
        while taken < len(run) and run[taken - 1].line.x1 > right[run[taken - 1]] - 1.5 * run[0].line.size:
            taken += 1
        text = "".join(line.line.text for line in run[:taken]).rstrip()
        if taken > _MAX_LINES or text.endswith((*_FINAL, ".")):
            return None
    return _Group(tuple(run[:taken]), heading, None)


def _is_bullet(text: str) -> bool:
    mark = mark_of(text)
    return mark is not None and mark[0].startswith("bullet")


def _is_prose(text: str, before: Placed | None, first: Placed) -> bool:
    """Whether bold or large type is a sentence, or emphasis inside one."""
    if text[0].islower() or (text.endswith((".", "!")) and len(text) > 60):
        return True
    if before is None or before.page != first.page or abs(before.line.size - first.line.size) > 0.6:
        return False
    a, b = before.line, first.line
    near = 0 < b.y0 - a.y0 < 2.3 * b.size
    return near and not a.bold and not a.text.rstrip().endswith(_ENDS) and a.x1 > 0.8 * b.x1 and b.x0 <= a.x0 + 1


def _runs(
    lines: Sequence[Placed], numbered: Mapping[Placed, Heading], named: Mapping[Placed, int]
) -> Iterable[list[Placed]]:
    """Neighbouring lines of one type and page, cut where a number or an outline entry begins a new heading."""
    run: list[Placed] = []
    for line in lines:
        if run and not _goes_on(run[-1], line, numbered, named):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _goes_on(before: Placed, line: Placed, numbered: Mapping[Placed, Heading], named: Mapping[Placed, int]) -> bool:
    a, b = before.line, line.line
    alike = before.page == line.page and abs(a.size - b.size) < 0.6 and a.bold == b.bold and a.turn == b.turn
    near = -0.5 * a.size < b.y0 - a.y1 < 0.9 * max(a.size, 1.0) or a.beside(b)
    begins = line in numbered and numbered[line].family != "caps"  # capitals may be the rest of a heading
    return alike and near and not begins and named.get(before) == named.get(line)


def _stands(line: Placed, heading: Heading, *, body: float) -> bool:
    """Whether numbering alone makes this line a heading."""
    if heading.weak or line.line.size < 0.95 * body:
        return False
    run_in = heading.end < len(line.line.text.rstrip())
    return heading.family in _STANDING or (heading.family == "named" and not run_in)


def _end(group: _Group, line: Placed) -> int:
    length = line.span.end - line.span.start
    if group.tail and line is group.lines[-1]:
        return group.tail
    if group.numbered and len(group.lines) == 1 and group.outline is None:
        return min(group.numbered.end, length)
    return length


def _levels(groups: Sequence[_Group]) -> list[int]:
    """1..6 for each group: the outline's level if it has one, else the rank of its type and numbering."""
    keys = [_key(group) for group in groups]
    by_outline: dict[tuple[float, bool, int], list[int]] = defaultdict(list)
    for group, key in zip(groups, keys, strict=True):
        if group.outline is not None:
            by_outline[key].append(group.outline)
    known = {key: Counter(levels).most_common(1)[0][0] for key, levels in by_outline.items()}
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys)), 1)}
    deepest = max(known.values(), default=0)
    return [
        min(6, group.outline or known.get(key) or (ranks[key] if not known else deepest + 1))
        for group, key in zip(groups, keys, strict=True)
    ]


def _key(group: _Group) -> tuple[float, bool, int]:
    line = group.lines[0].line
    numbered = group.numbered or match(line.text)
    nest = _NEST.index(numbered.family) if numbered and numbered.family in _NEST else 0
    return -round(line.size), not line.bold, nest


def _title(groups: Sequence[_Group], *, body: float) -> _Group | None:
    """The largest heading of the first page, if much larger than the body and larger than all others there."""
    first = [group for group in groups if group.lines[0].page == groups[0].lines[0].page]
    if not first or first[0].lines[0].page > 2:
        return None
    first = [group for group in first if not _is_masthead(group)] or first
    best = max(first, key=lambda group: group.lines[0].line.size)
    return best if best.lines[0].line.size >= 1.2 * body > 0 else None


def _is_masthead(group: _Group) -> bool:
    """Whether it is a line that issuers print above the title, often larger."""
    whole = " ".join(" ".join(line.line.text for line in group.lines).split())
    return _MASTHEAD.match(bare(group.lines[0].line.text)) is not None or is_masthead(whole)
