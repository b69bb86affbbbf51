"""Makes blocks from lines and tables in reading order: headings, paragraphs, lists, tables, notes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sinkqa.ingest.document import Block, BlockKind, Span
from sinkqa.ingest.readers.pdf.blocks.captions import caption_label, with_tables
from sinkqa.ingest.readers.pdf.blocks.drafts import BlockDraft, without
from sinkqa.ingest.readers.pdf.blocks.furniture import find_furniture
from sinkqa.ingest.readers.pdf.blocks.headings import HeadingLine, OutlineEntry, body_size, find_heading_lines
from sinkqa.ingest.readers.pdf.blocks.notes import find_footnotes, note_marks
from sinkqa.ingest.readers.pdf.lines.making import PdfLine
from sinkqa.ingest.readers.pdf.pages.page import PageLayout, Placed, PlacedTable
from sinkqa.ingest.structure.lists import item_levels, mark_of

_TERMINAL = re.compile(r"[.!?:;。！？：；…][\"'”’）)」』\]]*\s*$")
_SMALL, _ENDS_SMALL = re.compile("[a-z]{2}"), re.compile("[a-z]{2},?$")  # how a line begins or ends amid a sentence
_MAX_PITCH = 2.5  # of the size; double spacing is 2.3
_SYMBOL_BULLET = re.compile(r"[\ue000-\uf8ff](?=\s|$)")  # bullets of symbol fonts have private code points


@dataclass(frozen=True, slots=True)
class _BodyGeometry:
    """The setting of the body: for each line its column, that column's edges and line pitch, in points."""

    run: Mapping[Placed, int]
    edges: Mapping[Placed, tuple[float, float]]
    pitch: Mapping[Placed, float]


def make_blocks(pages: Sequence[PageLayout], text: str, outline: Sequence[OutlineEntry]) -> tuple[Block, ...]:
    """Makes the blocks in reading order. Every visible character of ``text`` belongs to exactly one block."""
    furniture = find_furniture(pages)
    lines = [part for page in pages for part in page.parts if isinstance(part, Placed) and part not in furniture]
    body = body_size(lines)
    notes: dict[Placed, bool] = {}
    for page in pages:
        notes |= find_footnotes(page, furniture, body=body)
    prose = [line for line in lines if line not in notes]
    flow = _measure(pages, set(prose))
    right = {line: edges[1] for line, edges in flow.edges.items()}
    headings = find_heading_lines(prose, outline, body=body, right=right)
    drafts: list[BlockDraft] = []
    for page in pages:
        for part in page.parts:
            if isinstance(part, PlacedTable):
                drafts.append(BlockDraft("table", [part.span], table=part, marks=list(part.marks)))
            elif part in furniture:
                drafts.append(BlockDraft("furniture", [part.span]))
            elif part in notes:
                _add_note(drafts, part, begins=notes[part])
            elif part in headings:
                _add_heading(drafts, part, headings[part])
            else:
                _add_line(drafts, part, flow)
    backed = note_marks(pages, notes, body=body)
    for draft in drafts:
        draft.marks = [mark for mark in draft.marks if mark in backed]
    _mark_lists(drafts, text)
    return tuple(_finish(drafts, text))


def _measure(pages: Sequence[PageLayout], prose: set[Placed]) -> _BodyGeometry:
    """Column edges and line pitches of the body."""
    runs: dict[Placed, int] = {}
    edges: dict[Placed, tuple[float, float]] = {}
    pitches: dict[Placed, float] = {}
    for page in pages:
        for run in _columns([part for part in page.parts if isinstance(part, Placed) and part in prose]):
            left, right = min(line.line.x0 for line in run), max(line.line.x1 for line in run)
            runs.update(dict.fromkeys(run, len(runs)))
            edges.update(dict.fromkeys(run, (left, right)))
            pitches.update(_pitches(run))
    return _BodyGeometry(runs, edges, pitches)


def _pitches(run: Sequence[Placed]) -> Iterator[tuple[Placed, float]]:
    """Line pitch of the column at each line: a low quantile, because gaps between paragraphs only raise it."""
    found: dict[int, list[float]] = defaultdict(list)
    for before, after in pairwise(run):
        pitch = after.line.y0 - before.line.y0
        if abs(before.line.size - after.line.size) < 0.6 and pitch > 0.5 * after.line.size:
            found[round(after.line.size)].append(pitch)
    for line in run:
        known = sorted(found[round(line.line.size)])
        yield line, min(known[len(known) // 3] if known else 1.2 * line.line.size, _MAX_PITCH * line.line.size)


def _columns(lines: Iterable[Placed]) -> list[list[Placed]]:
    """Runs of lines, each below and partly over or under the one before."""
    runs: list[list[Placed]] = []
    for line in lines:
        last = runs[-1][-1].line if runs else None
        if last and line.line.y0 >= last.y0 - 1 and line.line.x0 < last.x1 and line.line.x1 > last.x0:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _add_note(drafts: list[BlockDraft], line: Placed, *, begins: bool) -> None:
    last = next((draft for draft in reversed(drafts) if draft.kind == "footnote"), None)
    if begins or last is None or last.last is None or last.last.page != line.page:
        last = BlockDraft("footnote", [])
        drafts.append(last)
    last.spans.append(line.span)
    last.marks += line.marks[1:] if line.marks and line.marks[0].start == line.span.start else line.marks
    last.last = line


def _add_heading(drafts: list[BlockDraft], line: Placed, heading: HeadingLine) -> None:
    head = Span(line.span.start, line.span.start + heading.end)
    rest = Span(head.end, line.span.end)
    if heading.opens or not drafts or drafts[-1].kind != "heading":
        drafts.append(BlockDraft("heading", [], heading.level))
    drafts[-1].spans.append(head)
    drafts[-1].marks += [mark for mark in line.marks if mark.end <= head.end]
    drafts[-1].first, drafts[-1].last = drafts[-1].first or line, line
    if rest.end > rest.start:
        marks = [mark for mark in line.marks if mark.start >= rest.start]
        drafts.append(BlockDraft("paragraph", [rest], last=line, first=line, marks=marks))


def _add_line(drafts: list[BlockDraft], line: Placed, flow: _BodyGeometry) -> None:
    """Continues the open paragraph, or begins one."""
    opened = _open_paragraph(drafts, line)
    goes_on = opened and opened.last and opened.first and not _begins(opened.first, opened.last, line, flow)
    if drafts and _is_begun_sentence(drafts[-1], line, flow):
        opened, goes_on = drafts[-1], True
        opened.kind, opened.level = "paragraph", 0
    if opened and goes_on:
        opened.spans.append(line.span)
        opened.marks += line.marks
        opened.last = line
        return
    kind: BlockKind = "caption" if caption_label(line.line.text) else "paragraph"
    drafts.append(BlockDraft(kind, [line.span], last=line, first=line, marks=list(line.marks)))


def _is_begun_sentence(heading: BlockDraft, line: Placed, flow: _BodyGeometry) -> bool:
    """Whether a seeming heading breaks off at the edge of its column and ``line`` continues in lower case."""
    last = heading.last
    return (
        heading.kind == "heading"
        and last is not None
        and last.page == line.page
        and _SMALL.match(line.line.text) is not None
        and not _TERMINAL.search(last.line.text)
        and not _is_broken_off(last, line, flow)
    )


def _open_paragraph(drafts: Sequence[BlockDraft], line: Placed) -> BlockDraft | None:
    """The paragraph that may continue; notes and captions do not end it.

    A table ends one whose last sentence is complete.
    """
    over_table = False
    for draft in reversed(drafts):
        if draft.kind == "heading":
            return None
        if draft.kind == "paragraph" or (draft.kind == "caption" and draft is drafts[-1]):
            near = draft.last is not None and line.page - draft.last.page <= (draft.kind == "paragraph")
            ended = over_table and draft.last is not None and _TERMINAL.search(draft.last.line.text)
            return draft if near and not ended else None
        over_table |= draft.kind == "table"
    return None


def _begins(first: Placed, before: Placed, line: Placed, flow: _BodyGeometry) -> bool:
    """Whether ``line`` begins a paragraph; the open one ran from ``first`` to ``before``."""
    a, b = before.line, line.line
    ended = bool(_TERMINAL.search(a.text))
    if b.size == 0.0:
        return ended or _marked(b.text)
    if before.page == line.page and a.beside(b):
        return False
    if (ended and caption_label(b.text)) or (caption_label(first.line.text) and _stands_left(a, b)):
        return True
    broken = _is_broken_off(before, line, flow)
    other_size = abs(a.size - b.size) > max(0.6, 0.08 * a.size) and not (_SMALL.match(b.text) and _is_amid(a, b))
    if other_size or a.turn != b.turn or (a.bold != b.bold and ended):
        return True
    shift = (b.x0 - flow.edges[line][0]) - (a.x0 - flow.edges[before][0])
    if _is_bullet(b.text) or (_marked(b.text) and (broken or shift > 0.5 * b.size)):
        return True
    if before.page != line.page or flow.run[before] != flow.run[line]:
        return ended and (broken or shift > 0.7 * b.size)
    pitch = flow.pitch[line]
    if b.y0 - a.y0 > max(1.3 * pitch, pitch + 2.5):
        return True
    if _marked(first.line.text):  # an item: its lines hang under its text, what stands under its mark is not in it
        level = b.x0 < first.line.x0 + 0.5 * b.size
        return ended and level and (broken or shift < -0.5 * b.size or _marked(b.text))
    return ended and (broken or shift > 0.7 * b.size)


def _stands_left(caption: PdfLine, line: PdfLine) -> bool:
    """Whether a line near a caption begins left of it and is far longer: the text below a table."""
    longer = line.x1 - line.x0 > 1.5 * (caption.x1 - caption.x0)
    return longer and line.x0 < caption.x0 - line.size and line.y0 - caption.y1 > 0.9 * line.size


def _is_amid(a: PdfLine, b: PdfLine) -> bool:
    """Whether a line of another size than the next breaks off inside a sentence: it has raised or lowered figures."""
    lowered = len(a.text.strip()) <= 2 and a.size < 0.6 * b.size  # the 2 of CO2, on a line of its own
    return lowered or (abs(a.size - b.size) < 0.15 * a.size and _ENDS_SMALL.search(a.text) is not None)


def _is_broken_off(before: Placed, line: Placed, flow: _BodyGeometry) -> bool:
    """Whether the first word of ``line`` would have fitted on the line before, so the break is intended."""
    text = line.line.text.strip()
    word = re.match(r"[\u2e80-\u9fff]{1,2}|[^\s\u2e80-\u9fff]+", text)
    width = (line.line.x1 - line.line.x0) * (word.end() if word else 1) / max(1, len(text))
    return before.line.x1 + width + 0.5 * line.line.size < flow.edges[before][1]


def _marked(text: str) -> bool:
    """Whether a line begins with a bullet or a list number, followed by words."""
    return any(char.isalnum() for char in text) and mark_of(_plain_bullet(text)) is not None


def _is_bullet(text: str) -> bool:
    """Whether it begins with a sign that is only ever a bullet."""
    return _marked(text) and not text.lstrip()[0].isalnum() and text.lstrip()[0] not in "-–—*+(（"


def _plain_bullet(text: str) -> str:
    return _SYMBOL_BULLET.sub("•", text.lstrip(), count=1)


def _mark_lists(drafts: Sequence[BlockDraft], text: str) -> None:
    shown = [draft for draft in drafts if draft.kind in ("paragraph", "heading")]
    opens = [index > 0 and shown[index - 1].kind != "heading" for index in range(len(shown))]
    texts = [_plain_bullet(draft.text(text)) if draft.kind == "paragraph" else "" for draft in shown]
    texts = [words if any(char.isalnum() for char in words) else "" for words in texts]  # "* * *" is no list
    for draft, level in zip(shown, item_levels(texts, opens=opens), strict=True):
        if level and draft.kind == "paragraph":
            draft.kind, draft.level = "list_item", level


def _finish(drafts: Sequence[BlockDraft], text: str) -> Iterator[Block]:
    """Finished blocks. Footnote marks become furniture after the block that holds them."""
    for draft in with_tables(drafts, text):
        if isinstance(draft, Block):
            yield draft
            continue
        if spans := without(draft.spans, draft.marks, text):
            yield Block(draft.kind, spans, draft.level)
        if draft.marks:
            yield Block("furniture", tuple(draft.marks))
