"""Composes a memo into a manuscript: blocks of text with numbered notes, the same for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, TypeAlias

from sinkqa.service.answer import AnswerRow, AnswerTable, Segment
from sinkqa.service.exporting.memo import AnswerItem, Cited, ClaimItem, Item, Memo, NoteItem, QuoteItem
from sinkqa.service.exporting.paragraphs import quoted, shown
from sinkqa.service.exporting.references import STYLES, Work
from sinkqa.service.exporting.rereading import Rereader, RereadQuote, Withheld
from sinkqa.service.exporting.words import say
from sinkqa.service.grounding.wording import wording

_SHORT = 24  # characters of a heading that a mark has room for
BlockKind = Literal["question", "part", "statement", "claim", "quote", "remark", "caution"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in the text that points to a note.

    ``number``: the note's number. ``label``: the text shown. ``in_list``: the note is an entry of a list of references.
    ``is_first``: no earlier mark points to the same note.
    """

    number: int
    label: str
    in_list: bool = False
    is_first: bool = True


Strand: TypeAlias = str | Mark
Strands: TypeAlias = tuple[Strand, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or several with line breaks between them. ``language`` is a BCP 47 tag, or "" if it is not known."""

    kind: BlockKind
    strands: Strands
    language: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``head``: one cell for each column. ``rows``: each has as many cells; the first is the row's label."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Strands, ...], ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A quote under its reference: its words, its place, and its address."""

    place: str
    quote: str
    language: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote, or an entry of the list of references.

    ``address``: the address that the reference shows, "" for none. ``url``: the target of the link. ``said``: the words
    of the link if no address is shown. ``quotes``: the quotes that the text does not contain word for word.
    """

    number: int
    reference: str
    address: str
    url: str | None
    said: str
    quotes: tuple[Passage, ...]

    def linked(self) -> Iterator[tuple[str, str | None]]:
        """The reference in pieces, each with its link target."""
        before, address, after = self.reference.partition(self.address) if self.address else (self.reference, "", "")
        yield before, None
        if address:
            yield address, self.url
            yield after, None
        elif self.url:
            yield " ", None
            yield self.said, self.url


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The input of all writers. ``evidence``: every quote that matches the store, in the order of its first mark."""

    title: str
    made: str
    language: str
    blocks: tuple[Block | Grid, ...]
    notes: tuple[Note, ...]
    heading: str
    is_list: bool
    evidence: tuple[RereadQuote, ...]


@dataclass(slots=True)
class _NumberedQuote:
    """Evidence with its number, and whether some place in the text does not say it word for word."""

    number: int
    evidence: RereadQuote
    is_told: bool = True


@dataclass(slots=True)
class Composer:
    """Makes one manuscript. Numbers run through all of it. Each quote has a number, or in a list each document."""

    memo: Memo
    rereader: Rereader
    _found: dict[tuple[object, ...], _NumberedQuote] = field(default_factory=dict)
    _documents: dict[str, int] = field(default_factory=dict)
    _marked: set[int] = field(default_factory=set)

    def compose(self, *, today: str) -> Manuscript:
        """The whole manuscript."""
        memo = self.memo
        blocks = tuple(block for item in memo.items for block in self._item(item))
        is_list = memo.placing == "list"
        return Manuscript(
            title=shown(" ".join(memo.title.split())) or say(memo.language, "memo"),
            made=say(memo.language, "made", today),
            language=memo.language,
            blocks=blocks,
            notes=tuple(self._entries() if is_list else map(self._footnote, self._found.values())),
            heading=say(memo.language, "references" if is_list else "notes"),
            is_list=is_list,
            evidence=tuple(each.evidence for each in self._found.values()),
        )

    def _item(self, item: Item) -> Iterator[Block | Grid]:
        if isinstance(item, AnswerItem):
            yield from self._answer(item)
        elif isinstance(item, NoteItem):
            yield Block("remark", (shown(item.text),))
        elif isinstance(item, QuoteItem):
            if item.remark.strip():
                yield Block("remark", (shown(item.remark),))
            yield from self._stated("quote", quoted(item.citation.quote), [item.citation])
        else:
            yield from self._claim(item)

    def _answer(self, item: AnswerItem) -> Iterator[Block | Grid]:
        if item.question:
            yield Block("question", (shown(" ".join(item.question.split())),))
        if item.lead:
            yield Block("caution", (shown(item.lead),))
        table, part = item.table, ""
        for segment in item.segments:
            if segment.part and segment.part != part:
                yield Block("part", (shown(" ".join(segment.part.split())),))
            part = segment.part
            if not (item.table and segment.tabled):
                yield from self._segment(segment, item)
            elif table:
                yield from self._table(table, item)
                table = None
        if item.table and not any(segment.tabled for segment in item.segments):
            yield from self._table(item.table, item)
        if item.missing:
            between = say(self.memo.language, "between").join(item.missing)
            yield Block("caution", (shown(say(self.memo.language, "missing", between)),))
        if item.generated:
            yield Block("caution", (say(self.memo.language, "generated"),))

    def _segment(self, segment: Segment, item: AnswerItem) -> Iterator[Block]:
        cited = [item.citations[number] for number in segment.citations if number in item.citations]
        yield from self._stated("statement", segment.text, cited)

    def _stated(self, kind: BlockKind, text: str, cited: Sequence[Cited]) -> Iterator[Block]:
        """The text with its marks. If a quote of it does not match the store, the reason replaces the text."""
        if not cited:
            yield Block("caution", (say(self.memo.language, "uncited"),))
            return
        found = [self.rereader.reread(each) for each in cited]
        if withheld := [each for each in found if isinstance(each, Withheld)]:
            yield from map(self._caution, dict.fromkeys(withheld))
            return
        held = [each for each in found if isinstance(each, RereadQuote)]
        yield Block(kind, (shown(text), *self._marks(held, told=_tells(text, held))), held[0].language)

    def _claim(self, item: ClaimItem) -> Iterator[Block]:
        label = say(self.memo.language, "labelled", say(self.memo.language, item.label))
        found = [self.rereader.reread(each) for each in item.citations]
        held = [each for each in found if isinstance(each, RereadQuote)]
        withheld = [each for each in found if isinstance(each, Withheld)]
        yield Block("claim", (label, shown(item.claim), *self._marks(held, told=False)))
        yield from map(self._caution, dict.fromkeys(withheld))

    def _table(self, table: AnswerTable, item: AnswerItem) -> Iterator[Block | Grid]:
        """The table without the cells whose quotes do not match the store. A row without other cells is left out."""
        withheld: dict[Withheld, None] = {}
        rows, language = list[tuple[Strands, ...]](), ""
        for row in table.rows:
            cells, held = self._row(row, item, withheld)
            language = language or (held[0].language if held else "")
            if held or all(cell.missing is not None for cell in row.cells):
                said = "".join((row.label, *(cell.text for cell in row.cells)))
                shared = self._marks(held, told=_tells(said, held)) if row.citations and held else ()
                rows.append(((shown(row.label), *shared), *cells))
        if rows:
            yield Grid(shown(table.caption), (table.corner, *map(shown, table.columns)), tuple(rows), language)
        yield from map(self._caution, withheld)

    def _row(
        self, row: AnswerRow, item: AnswerItem, withheld: dict[Withheld, None]
    ) -> tuple[list[Strands], list[RereadQuote]]:
        """The cells, and the evidence of the row."""
        cells, held = list[Strands](), dict[object, RereadQuote]()
        for cell in row.cells:
            if cell.missing is not None:
                cells.append((shown(cell.missing),))
                continue
            found = [self.rereader.reread(item.citations[n]) for n in cell.citations if n in item.citations]
            lost = [each for each in found if isinstance(each, Withheld)]
            withheld.update(dict.fromkeys(lost))
            if lost or not found:
                cells.append(("…",))
                continue
            evidence = [each for each in found if isinstance(each, RereadQuote)]
            held.update(((each.record.doc_id, each.spans), each) for each in evidence)
            marks = () if row.citations else self._marks(evidence, told=_tells(cell.text, evidence))
            cells.append((shown(cell.text), *marks))
        return cells, list(held.values())

    def _caution(self, withheld: Withheld) -> Block:
        said = say(self.memo.language, "gone" if withheld.gone else "changed", " ".join(withheld.title.split()))
        return Block("caution", (shown(said),))

    def _marks(self, evidence: Iterable[RereadQuote], *, told: bool) -> tuple[Mark, ...]:
        """One mark for each quote. ``told``: the text already gives the quotes, so the notes do not repeat them."""
        once = {(each.record.doc_id, each.spans): each for each in evidence}
        return tuple(self._mark(each, told=told) for each in once.values())

    def _mark(self, evidence: RereadQuote, *, told: bool) -> Mark:
        key = (evidence.record.doc_id, evidence.spans)
        found = self._found.setdefault(key, _NumberedQuote(len(self._found) + 1, evidence))
        found.is_told &= told
        in_list = self.memo.placing == "list"
        number, label = found.number, str(found.number)
        if in_list:
            number = self._documents.setdefault(evidence.record.doc_id, len(self._documents) + 1)
            place = self._where(evidence)
            label = f"{number}, {place}" if 0 < len(place) <= _SHORT else str(number)
        is_first = number not in self._marked
        self._marked.add(number)
        return Mark(number, label, in_list, is_first)

    def _footnote(self, found: _NumberedQuote) -> Note:
        evidence = found.evidence
        quotes = () if found.is_told else (self._passage(evidence, placed=False),)
        return self._note(found.number, evidence, evidence.work, quotes)

    def _entries(self) -> Iterator[Note]:
        """One for each document, its quotes below it."""
        ordered = sorted(self._found.values(), key=lambda each: self._documents[each.evidence.record.doc_id])
        for number, group in groupby(ordered, lambda each: self._documents[each.evidence.record.doc_id]):
            together = list(group)
            quotes = tuple(self._passage(each.evidence, placed=True) for each in together if not each.is_told)
            yield self._note(number, together[0].evidence, together[0].evidence.work.whole(), quotes)

    def _note(self, number: int, evidence: RereadQuote, work: Work, quotes: tuple[Passage, ...]) -> Note:
        reference = STYLES[self.memo.style](work)
        if not evidence.work.pages and (place := _place(evidence)) and self.memo.placing == "footnotes":
            reference = f"{reference} {place}."
        if evidence.record.metadata.digest_of:
            reference = f"{reference} {say(self.memo.language, 'digest', ' '.join(evidence.record.title.split()))}"
        said = "opened" if evidence.is_original else "passage"
        return Note(number, shown(reference), work.url or "", evidence.url, say(self.memo.language, said), quotes)

    def _passage(self, evidence: RereadQuote, *, placed: bool) -> Passage:
        """``placed``: with where it stands, which the reference does not say."""
        place = self._where(evidence) if placed else ""
        return Passage(shown(place), quoted(shown(evidence.quote)), evidence.language, evidence.url)

    def _where(self, evidence: RereadQuote) -> str:
        """Its pages, else its heading and table."""
        pages = "–".join(evidence.work.pages)
        return say(self.memo.language, "pages", pages) if pages else _place(evidence)


def plain(strands: Strands) -> str:
    """The text of a block without its marks."""
    return "".join(strand for strand in strands if isinstance(strand, str))


def _place(evidence: RereadQuote) -> str:
    """Where something without pages stands: the last heading and the table."""
    parts = [*evidence.section[-1:], *filter(None, (evidence.table,))]
    return " · ".join(" ".join(part.split()) for part in parts)


def _tells(text: str, evidence: Sequence[RereadQuote]) -> bool:
    """Whether the text is the quotes word for word, and nothing else."""
    said, quotes = _letters(text), [_letters(each.quote) for each in evidence]
    return len(said) <= sum(map(len, quotes)) and all(each in said for each in quotes)


def _letters(text: str) -> str:
    """What a text says, whatever its spacing and marks."""
    return "".join(filter(str.isalnum, wording(text)))
