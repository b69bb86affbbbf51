"""Reads plain text: decodes the file and sorts its lines into blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sinkqa.ingest.about.front_matter import Front, find_fronts, header_title, issuer, year_of_issue
from sinkqa.ingest.document import Block, BlockKind, Document, Metadata, Page, Span, Table
from sinkqa.ingest.readers.decoding.encoding import decode
from sinkqa.ingest.structure.contents import contents_lines
from sinkqa.ingest.structure.headings import Heading, find_headings, match, reads_as_title
from sinkqa.ingest.structure.layout import Flow, TextLine, continues, measure, split_lines, split_pages
from sinkqa.ingest.structure.lists import item_levels, mark_of
from sinkqa.ingest.structure.margins import without_margins
from sinkqa.ingest.structure.paged import footnotes, running_lines
from sinkqa.ingest.structure.tables.ascii_tables import CAPTION, NOTE, find_tables, is_rule, unboxed

_MAX_PLAIN = 60  # columns of a heading without a number


def read_text(content: bytes, name: str) -> Document:
    """Reads a plain-text file. ``text`` is the decoded file, newlines untranslated.

    Every character that is not white space belongs to exactly one block. Raises EmptyDocument and UnreadableDocument.
    """
    decoded = decode(content, name=name)
    pages = split_pages(decoded.text)
    sheet = _TextBlocks(decoded.text, split_lines(decoded.text, pages))
    blocks = sheet.blocks()
    return Document(
        name=name,
        content=content,
        media_type="text/plain",
        text=decoded.text,
        pages=_labelled(pages, sheet),
        blocks=blocks,
        metadata=_metadata(sheet, blocks),
        warnings=decoded.warnings,
    )


class _TextBlocks:
    """The lines of one text, sorted into blocks; each line is taken once."""

    def __init__(self, text: str, lines: list[TextLine]) -> None:
        self.text = text
        inner, frame = unboxed(text, lines)
        self.lines, margins = without_margins(inner)
        self.flow: Flow = measure(self.lines)
        self.running = running_lines(self.lines)
        self.fronts: list[Front] = []
        self._taken: set[int] = set()
        self._blocks: list[Block] = [Block("furniture", tuple(spans)) for spans in (frame, margins) if spans]

    def blocks(self) -> tuple[Block, ...]:
        """All blocks in reading order. Each step takes lines; later steps see the rest."""
        for index in sorted({*self.running, *contents_lines(self.lines)}):
            self._take("furniture", [index])
        self._take_tables()
        for index in self._free():
            if is_rule(self.lines[index].text) or _repeats_caption(self.lines[index].text):
                self._take("furniture", [index])
        for note in footnotes(self.lines, taken=self._taken):
            self._take("footnote", note)
        self.fronts = [front for front in find_fronts(self.lines, free=self._free()) if not self._is_prose(front)]
        for order, front in enumerate(self.fronts):
            self._take("heading", front.title, level=min(order, 1))
            self._take("paragraph", front.authors)
            for index in front.affiliation:
                self._take("paragraph", [index])
        self._take_body()
        return tuple(sorted(self._blocks, key=lambda block: block.spans[0]))

    def _free(self) -> list[int]:
        return [index for index in range(len(self.lines)) if index not in self._taken]

    def _take(self, kind: BlockKind, indices: Iterable[int], *, level: int = 0) -> None:
        indices = list(indices)
        if indices:
            self._taken.update(indices)
            self._blocks.append(Block(kind, self._spans(indices), level=level))

    def _spans(self, indices: Sequence[int], start: int | None = None) -> tuple[Span, ...]:
        """Spans of lines in order. Neighbours with nothing taken out between them form one span."""
        spans: list[Span] = []
        for place, index in enumerate(indices):
            span = self.lines[index].span
            if place and index == indices[place - 1] + 1 and not self._framed(spans[-1].end, span.start):
                spans[-1] = Span(spans[-1].start, span.end)
            else:
                spans.append(Span(start, span.end) if start is not None and not place else span)
        return tuple(spans)

    def _framed(self, start: int, end: int) -> bool:
        return bool(self.text[start:end].strip())

    def _take_tables(self) -> None:
        from sinkqa.ingest.flattened import rebuild as flattened

        free = self._free()
        for drawn in find_tables(self.text, [self.lines[i] for i in free]):
            self._take_table(drawn.table, [free[i] for i in drawn.lines])
        free = self._free()
        left = [self.lines[i] for i in free]
        lines = [flattened.FlattenedLine(line.span, line.text, line.page, line.blank_before) for line in left]
        for rebuilt in flattened.rebuild_tables(self.text, lines):
            indices = [free[i] for i in sorted(rebuilt.lines)]
            if self._holds(self._spans(indices), rebuilt.table):
                self._take_table(rebuilt.table, indices)

    @staticmethod
    def _holds(spans: Sequence[Span], table: Table) -> bool:
        """Whether no cell of a table extends over text outside its lines."""
        cells = (span for cell in table.cells for span in cell.spans)
        return all(any(whole.start <= cell.start and cell.end <= whole.end for whole in spans) for cell in cells)

    def _take_table(self, table: Table, indices: Sequence[int]) -> None:
        self._taken.update(indices)
        self._blocks.append(Block("table", self._spans(indices), table=table))

    def _is_prose(self, front: Front) -> bool:
        """Whether the lines of a title are the first full lines of a wrapped paragraph, or end inside one."""
        first, last = front.title[0], front.title[-1]
        wide = self.lines[first].text[0] >= "\u3400"  # a letterhead in Latin letters goes on in small ones, too
        begun = wide and first > 0 and first - 1 not in self._taken and self._inside(first - 1, first)
        goes_on = last + 1 < len(self.lines) and self._inside(last, last + 1)
        open_ended = self.lines[last].text.endswith((",", "，", "、", "；"))
        return begun or open_ended or (goes_on and self.lines[last].width >= 0.8 * self.flow.margin > 0)

    def _take_body(self) -> None:
        free = self._free()
        headings = self._headings(free)
        groups: list[list[int]] = []
        for index in free:
            if index in headings:
                groups.append([index])
            elif groups and self._goes_on(groups[-1], index, headings):
                groups[-1].append(index)
            else:
                groups.append([index])
        self._take_groups(groups, headings | self._plain_headings(groups, headings))

    def _headings(self, free: Sequence[int]) -> dict[int, Heading]:
        """Headings among lines that begin a paragraph; a line inside one cannot be a heading."""
        opening = [
            "" if place and self._inside(free[place - 1], index) else self.lines[index].text
            for place, index in enumerate(free)
        ]
        return {free[place]: heading for place, heading in find_headings(opening).items()}

    def _plain_headings(self, groups: Sequence[Sequence[int]], headings: dict[int, Heading]) -> dict[int, Heading]:
        """Short separate lines between whole sentences: headings without a number, one level below the last."""
        found: dict[int, Heading] = {}
        level = 1
        for place, group in enumerate(groups[:-1]):
            line, following = self.lines[group[0]], groups[place + 1]
            if group[0] in headings:
                heading = headings[group[0]]
                level = heading.level + 1 if heading.end == len(line.text) else level
            elif len(group) == 1 and following[0] not in headings and self._stands_out(line, following):
                before = self.lines[groups[place - 1][-1]] if place else None
                if before is None or groups[place - 1][0] in headings or _closes(before):
                    found[group[0]] = Heading("named", 0, len(line.text), min(level, 6))
        return found if 3 * len(found) <= len(groups) else {}

    def _stands_out(self, line: TextLine, following: Sequence[int]) -> bool:
        below = [self.lines[i] for i in following]
        alone = not self.flow.margin or (self.flow.blanks and line.blank_before and below[0].blank_before)
        opens = line.text[0].isupper() or line.text[0] >= "\u3400"
        plain = not any(letter in line.text for letter in "\t:：|《") and not mark_of(line.text)
        longer = sum(other.width for other in below) >= max(_MAX_PLAIN, 1.5 * line.width)
        fits = line.width <= _MAX_PLAIN and longer and below[-1].sentence_end
        return alone and opens and plain and fits and reads_as_title(line.text) and not CAPTION.match(line.text)

    def _inside(self, before: int, index: int) -> bool:
        """Whether a line is inside a sentence that began on the line before it."""
        a = self.lines[before]
        return index == before + 1 and not a.sentence_end and not match(a.text) and self._joins(before, index)

    def _joins(self, before: int, index: int) -> bool:
        return continues(self.lines, before, index, flow=self.flow)

    def _goes_on(self, group: Sequence[int], index: int, headings: dict[int, Heading]) -> bool:
        """Whether a line belongs to the group before it. A heading that fills its line may end on a second."""
        heading = headings.get(group[0])
        first, line = self.lines[group[0]], self.lines[index]
        if heading is None or heading.end < len(first.text):
            return self._joins(group[-1], index)
        adjoining = len(group) == 1 and index == group[0] + 1 and (not line.blank_before or not self.flow.blanks)
        full = first.width >= 0.9 * self.flow.margin > 1.4 * line.width > 0
        return adjoining and full and not line.sentence_end

    def _take_groups(self, groups: Sequence[Sequence[int]], headings: dict[int, Heading]) -> None:
        bodies: list[tuple[int, Sequence[int]]] = []  # start of the text, its lines; none for a heading
        for group in groups:
            heading = headings.get(group[0])
            line = self.lines[group[0]]
            start = line.span.start
            if heading:
                bodies.append((start, ()))
                whole = heading.end == len(line.text)
                self._take("heading", group if whole else (), level=heading.level)
                if whole:
                    continue
                self._blocks.append(Block("heading", (Span(start, start + heading.end),), level=heading.level))
                rest = line.text[heading.end :]
                start += len(line.text) - len(rest.lstrip())
            bodies.append((start, group))
        texts = [self._words(start, group) for start, group in bodies]
        opens = [bool(index and texts[index - 1]) for index in range(len(texts))]
        for (start, group), text, level in zip(bodies, texts, item_levels(texts, opens=opens), strict=True):
            if group:
                kind: BlockKind = "list_item" if level else "caption" if _is_caption(text) else "paragraph"
                self._taken.update(group)
                self._blocks.append(Block(kind, self._spans(group, start), level=level))

    def _words(self, start: int, group: Sequence[int]) -> str:
        """The lines of a group from ``start`` on, joined."""
        whole = "".join(self.lines[i].text for i in group)
        return whole[start - self.lines[group[0]].span.start :] if group else ""


def _closes(line: TextLine) -> bool:
    return line.sentence_end and line.text[-1] not in ":："


def _repeats_caption(text: str) -> bool:
    found = CAPTION.match(text)
    return found is not None and (found["continued"] is not None or "continued" in text[found.end() :].lower())


def _is_caption(text: str) -> bool:
    return (
        len(text) < 160
        and CAPTION.match(text) is not None
        and not text.endswith(("。", "；", "："))
        and not NOTE.match(text)
    )


def _labelled(pages: Sequence[Page], sheet: _TextBlocks) -> tuple[Page, ...]:
    labels = {sheet.lines[index].page: label for index, label in sheet.running.items() if label}
    return tuple(replace(page, label=labels.get(page.number)) for page in pages)


def _metadata(sheet: _TextBlocks, blocks: Sequence[Block]) -> Metadata:
    from sinkqa.ingest.text.language import detect

    front = sheet.fronts[0] if sheet.fronts else Front()
    title = " ".join(sheet.lines[i].text for i in front.title)
    first = next((n for n, block in enumerate(blocks) if block.kind == "heading" and block.level > 0), 12)
    head = [
        line
        for line in sheet.lines[:12]
        if first == 0 or line.span.start < blocks[min(first, len(blocks) - 1)].spans[0].start
    ]
    return Metadata(
        title=title or header_title(sheet.lines),
        authors=front.names,
        year=year_of_issue(head),
        language=detect(sheet.text),
        issuer=issuer(sheet.lines),
    )
