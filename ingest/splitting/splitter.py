"""Splits a document into passages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sinkqa.ingest.document import Block, Document, Span
from sinkqa.ingest.passage import Passage, PassageKind
from sinkqa.ingest.splitting.packing import Paragraph, PassageDraft, Splitting, merged, packed, paragraphs
from sinkqa.ingest.splitting.table_passages import table_drafts
from sinkqa.ingest.structure.telling import is_bare, tells
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.patterns import late

__all__ = ["INTRODUCES", "Splitting", "split"]

_CARRIED = 3  # headings without text that the next section takes over; more of them are a table of contents
INTRODUCES = late("[:：,，;；—]$|following|下列|以下|如下|次の|次に")  # how a lead-in speaks
_DEFAULT = Splitting()


def split(document: Document, *, params: Splitting = _DEFAULT) -> list[Passage]:
    """Splits a document into its passages, in reading order.

    Every character of a block that is neither furniture nor a heading is in at least one passage. A heading is in the
    section path of the passages below it or, if there are none, in a passage of its own. A heading that states a fact
    (:func:`tells`) is also in the text below it. Only the title that opens the document is in neither, unless the
    document holds nothing else. Ids are unique and stable.
    """
    doc_id = document.doc_id
    page_starts = [page.start for page in document.pages]
    language = document.metadata.language or detect(document.text)
    passages: dict[tuple[Span, ...], Passage] = {}
    for section, draft in _BlockWalk(document.text, params).drafts(document.blocks):
        spans = merged(document.text, draft.spans)
        if spans in passages:
            continue
        passages[spans] = Passage(
            doc_id=doc_id,
            kind=draft.kind,
            spans=spans,
            text=draft.text,
            units=draft.units,
            section=section,
            page_start=max(1, bisect_right(page_starts, spans[0].start)),
            page_end=max(1, bisect_right(page_starts, spans[-1].end - 1)),
            language=language_of(draft.text, language),
            table=draft.table,
        )
    return list(passages.values())


def language_of(text: str, of_document: str) -> str:
    """Returns the language of the text, or of the document if the text does not show it (no letters, no kana)."""
    if of_document == "en" and text.isascii():  # other languages show an accent in a passage
        return "en"
    found = detect(text)
    return of_document if found == "und" or (found == "zh" and of_document == "ja") else found


@dataclass(slots=True)
class _Section:
    """An open section: its heading, after those of sections that closed without text."""

    level: int
    headings: list[Paragraph]
    has_text: bool = False


_Placed = tuple[tuple[str, ...], PassageDraft]


class _BlockWalk:
    """One walk over the blocks. It holds back paragraphs and list items until they make passages."""

    def __init__(self, source: str, params: Splitting) -> None:
        self.source, self.params = source, params
        self.sections: list[_Section] = []
        self.held: list[Paragraph] = []  # paragraphs of this section
        self.items: list[Paragraph] = []
        self.lead: list[Paragraph] = []  # what introduces the items
        self.told = 0  # paragraphs of the heading that is held back last, where nothing else is behind it
        self.above: Block | None = None  # the heading right above, with those that it joins
        self.notes: list[Paragraph] = []  # on the section as a whole, such as the history of its wording

    def drafts(self, blocks: Sequence[Block]) -> Iterator[_Placed]:
        """The passages with their section paths."""
        shown = [block for block in blocks if block.kind != "furniture"]
        title = shown[:1] if shown and shown[0].kind == "heading" and shown[0].level == 0 else []
        self.above = title[0] if title else None
        silent = True
        for placed in chain(*(self.block(block) for block in shown[len(title) :]), self.close(0)):
            silent = False
            yield placed
        if silent:
            for block in title:
                yield from self.texts(self.read(block))

    def block(self, block: Block) -> Iterator[_Placed]:
        if block.kind == "heading":
            yield from self.heading(block)
            self.above = self.above if self.told else block
            return
        self.told, self.above = 0, None
        if block.kind in ("caption", "footnote"):
            read = self.read(block)
            if block.kind == "footnote" and read and read[0].text[0].isalpha():  # no mark that the text refers to
                self.notes += read
            else:
                yield from self.texts(read)
        elif block.kind == "list_item":
            items = self.read_item(block)
            if items and not self.items:
                self.lead = self.introduction()
            self.items += items
        elif block.table is not None:
            yield from self.flush()
            for draft in table_drafts(self.source, block, self.params):
                yield self.placed(draft)
        else:
            if self.items:
                yield from self.flush()
            self.held += self.read(block)

    def read(self, block: Block) -> list[Paragraph]:
        maximum = self.params.max_chars - 1  # room for a line break
        return list(paragraphs(self.source, block.spans, maximum=maximum))

    def read_item(self, block: Block) -> list[Paragraph]:
        """A list item, in sentences if it is long. A lead-in takes half of the room."""
        whole, maximum = self.params.target_chars / 3, self.params.max_chars / 2 - 1
        return list(paragraphs(self.source, block.spans, maximum=maximum, whole_below=whole))

    def heading(self, block: Block) -> Iterator[_Placed]:
        """Opens a section. A heading as long as a passage is text, and one that states a fact is text too."""
        headings = self.read(block)
        text = " ".join(heading.text for heading in headings)
        telling = tells(text)
        if not (telling and self.told):  # headings that tell a date, a time and a place belong together
            yield from self.flush()
        if sum(heading.size for heading in headings) > self.params.target_chars:
            self.held += headings
            return
        carried = self.pop(block.level)
        if len(carried) > _CARRIED:
            yield from self.texts(carried)
            carried = []
        self.sections.append(_Section(block.level, [*carried, *headings]))
        if telling:
            self.hold(block, joins=is_bare(text))

    def hold(self, block: Block, *, joins: bool) -> None:
        """Holds back a heading that states a fact. One that ``joins`` the heading above forms one line with it."""
        spans = block.spans
        if joins and self.above is not None:
            spans = (*self.above.spans, *spans)
            del self.held[len(self.held) - self.told :]
        read = self.read(replace(block, spans=spans))
        self.held += read
        self.told = len(read)
        self.above = replace(block, spans=spans)

    def pop(self, level: int) -> list[Paragraph]:
        """Leaves the sections at the level and below. Returns the headings that had no text."""
        carried: list[Paragraph] = []
        while self.sections and self.sections[-1].level >= level:
            section = self.sections.pop()
            if not section.has_text:
                carried[:0] = section.headings
        return carried

    def close(self, level: int) -> Iterator[_Placed]:
        yield from self.flush()
        yield from self.texts(self.pop(level))

    def introduction(self) -> list[Paragraph]:
        """The lead-in of a list: the paragraph before it, or its last sentence if the paragraph is long."""
        room = self.params.target_chars / 2
        if not self.held:
            return []
        last = self.held[-1]
        if last.size <= room:
            return [self.held.pop()]
        sentence = last.part(len(last.sentences) - 1, len(last.sentences))
        return [sentence] if sentence.size <= room and INTRODUCES.search(sentence.text) else []

    def flush(self) -> Iterator[_Placed]:
        """Makes passages of the held-back text."""
        held, items, lead, notes = self.held, self.items, self.lead, self.notes
        self.held, self.items, self.lead, self.notes, self.told = [], [], [], [], 0
        yield from self.texts(held)
        if lead and items and lead[-1].end > items[0].start:
            yield from self.texts(lead)
            lead = []
        yield from self.lists(lead, items)
        yield from self.texts(notes)

    def lists(self, lead: list[Paragraph], items: list[Paragraph]) -> Iterator[_Placed]:
        """Items after their lead-in. A list over the maximum is divided, and a real lead-in is repeated."""
        taken = sum(paragraph.size for paragraph in lead)
        room = self.params.max_chars - taken
        target = room if sum(item.size for item in items) <= room else max(self.params.target_chars - taken, room / 2)
        for group in packed(items, target, room):
            yield self.placed(_draft("list", [*lead, *group]))
            if lead and not INTRODUCES.search(lead[-1].text):
                lead = []

    def texts(self, held: list[Paragraph]) -> Iterator[_Placed]:
        for group in packed(held, self.params.target_chars, self.params.max_chars):
            yield self.placed(_draft("text", group))

    def placed(self, draft: PassageDraft) -> _Placed:
        for section in self.sections:
            section.has_text = True
        return tuple(heading.text for section in self.sections for heading in section.headings), draft


def _draft(kind: PassageKind, group: Sequence[Paragraph]) -> PassageDraft:
    return PassageDraft(
        kind=kind,
        text="\n".join(paragraph.text for paragraph in group),
        spans=tuple(chain.from_iterable(paragraph.spans for paragraph in group)),
        units=tuple(chain.from_iterable(paragraph.units() for paragraph in group)),
    )
