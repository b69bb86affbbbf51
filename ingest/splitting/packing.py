"""The size of passages, and the packing of units into passages of that size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import PassageKind, Unit
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import View, reading_view
from sinkqa.ingest.text.sentences import bounded, is_one_sentence, sentence_spans

_SMALLEST_MAX = 60
_SMALLEST_SHARE = 0.75  # of a size, in characters: four bytes of UTF-8 are the most that a character takes
_SPACE = 1 / 3  # the size of a space or line break
_TAIL_SHARE = 0.25  # a last passage below this share of the target joins the one before it


@dataclass(frozen=True, slots=True)
class Splitting:
    """The size of passages, in Chinese characters; three Latin characters count as one.

    ``target_chars`` is the intended size. ``max_chars`` is the size that is never exceeded (at least 60).
    """

    target_chars: int = 240
    max_chars: int = 480

    def __post_init__(self) -> None:
        if not 0 < self.target_chars <= self.max_chars or self.max_chars < _SMALLEST_MAX:
            raise ValueError(
                f"expected 0 < target_chars <= max_chars and max_chars >= {_SMALLEST_MAX}, "
                f"got {self.target_chars} and {self.max_chars}"
            )


def size(text: str) -> float:
    """Measures the information in a text: a third of its bytes in UTF-8. A Chinese character counts 1."""
    return (len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))) / 3


@dataclass(frozen=True, slots=True)
class PassageDraft:
    """The content of a passage before it is placed in its document. Spans may be in any order and overlap."""

    kind: PassageKind
    text: str
    spans: tuple[Span, ...]
    units: tuple[Unit, ...]
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of sentences in source order, in reading form.

    ``sizes`` are the sizes of the sentences, each with the space after it. Their sum bounds the size of any text that
    consists of them.
    """

    view: View
    sentences: tuple[tuple[int, int], ...]
    sizes: tuple[float, ...]

    @property
    def size(self) -> float:
        """The total size of the sentences."""
        return sum(self.sizes)

    @property
    def text(self) -> str:
        """The reading form."""
        return self.view.text[self.sentences[0][0] : self.sentences[-1][1]]

    @property
    def start(self) -> int:
        """The start of the first sentence in the source."""
        return self.view.starts.item(self.sentences[0][0])

    @property
    def end(self) -> int:
        """The end of the last sentence in the source."""
        return self.view.ends.item(self.sentences[-1][1] - 1)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Its source spans."""
        return self.view.to_source(self.sentences[0][0], self.sentences[-1][1])

    def units(self) -> tuple[Unit, ...]:
        """One unit for each sentence."""
        return tuple(Unit(self.view.to_source(start, end), self.view.text[start:end]) for start, end in self.sentences)

    def part(self, first: int, last: int) -> Paragraph:
        """Returns the sentences ``[first, last)``."""
        return Paragraph(self.view, self.sentences[first:last], self.sizes[first:last])


def paragraphs(source: str, spans: Sequence[Span], *, maximum: float, whole_below: float = 0.0) -> Iterator[Paragraph]:
    """Yields the spans as one paragraph, or as several if the spans go back in the source.

    A text smaller than ``whole_below`` is a single unit. Otherwise each sentence is a unit, and sentences larger than
    ``maximum`` are cut. Blank spans give no paragraph.
    """
    for ascending in _ascending(spans):
        view = reading_view(source, ascending)
        if not view.text:
            continue
        if whole_below and size(view.text) < whole_below:
            sentences = [(0, len(view.text))]
        else:
            sentences = [bare for cut in _sentences(view.text, maximum) if (bare := _trimmed(view.text, *cut))]
        yield Paragraph(view, tuple(sentences), tuple(size(view.text[start:end]) + _SPACE for start, end in sentences))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range without white space at its ends, as in the reading form of its own source; None if blank."""
    inner = text[start:end].strip()
    first = start + text[start:end].find(inner)
    return (first, first + len(inner)) if inner else None


def _sentences(text: str, maximum: float) -> Iterator[tuple[int, int]]:
    language = "en" if text.isascii() or is_one_sentence(text) else detect(text)
    for start, end in sentence_spans(text, language):
        if size(text[start:end]) <= maximum:
            yield start, end
        else:
            yield from bounded(text, start, end, int(maximum * _SMALLEST_SHARE))


def packed(source: Sequence[Paragraph], target: float, maximum: float) -> list[list[Paragraph]]:
    """Groups paragraphs, in order, so that each group is near the target and none exceeds the maximum.

    Short neighbours share a group. A paragraph over the target is divided evenly at sentence borders. Within a group
    the source never goes back.
    """
    groups: list[list[Paragraph]] = []
    for paragraph in source:
        for part in _evenly(paragraph, target, maximum):
            if groups and _fits(groups[-1], [part], target):
                _join(groups[-1], part)
            else:
                groups.append([part])
    if len(groups) > 1 and _total(groups[-1]) < _TAIL_SHARE * target and _fits(groups[-2], groups[-1], maximum):
        for part in groups.pop():
            _join(groups[-1], part)
    return groups


def divided(sizes: Sequence[float], target: float, maximum: float) -> list[tuple[int, int]]:
    """Returns ranges of neighbours with nearly equal sums near ``target``.

    None exceeds ``maximum``, except a single item.
    """
    total = sum(sizes)
    parts = max(1, round(total / target))
    ideal = total / parts
    ranges: list[tuple[int, int]] = []
    first, held, done = 0, 0.0, 0.0
    for position, amount in enumerate(sizes):
        border = ideal * (len(ranges) + 1)
        if position > first and (held + amount > maximum or done + amount / 2 > border):
            ranges.append((first, position))
            first, held = position, 0.0
        held += amount
        done += amount
    ranges.append((first, len(sizes)))
    return ranges


def merged(source: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Returns the spans in order. Spans that overlap, touch or have only white space between them become one."""
    ordered = sorted(spans)
    if len(ordered) == 1:
        return (ordered[0],)
    result: list[Span] = []
    for start, end in ordered:
        if result and (start <= result[-1].end or source[result[-1].end : start].isspace()):
            last = result.pop()
            result.append(Span(last.start, max(last.end, end)))
        else:
            result.append(Span(start, end))
    return tuple(result)


def _ascending(spans: Sequence[Span]) -> Iterator[list[Span]]:
    run: list[Span] = []
    for span in spans:
        if run and span.start < run[-1].end:
            yield run
            run = []
        run.append(span)
    if run:
        yield run


def _evenly(paragraph: Paragraph, target: float, maximum: float) -> Iterator[Paragraph]:
    if paragraph.size <= target:
        yield paragraph
        return
    for first, last in divided(paragraph.sizes, target, maximum):
        yield paragraph.part(first, last)


def _total(group: Sequence[Paragraph]) -> float:
    return sum(paragraph.size for paragraph in group)


def _fits(group: Sequence[Paragraph], more: Sequence[Paragraph], limit: float) -> bool:
    follows = more[0].start >= group[-1].end
    return follows and _total(group) + _total(more) <= limit


def _join(group: list[Paragraph], part: Paragraph) -> None:
    last = group[-1]
    if last.view is part.view:
        group[-1] = Paragraph(last.view, last.sentences + part.sentences, last.sizes + part.sizes)
    else:
        group.append(part)
