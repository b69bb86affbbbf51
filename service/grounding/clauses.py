"""Splits a text into clauses of tokens. Two tokens are equal if they differ only in spelling."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.amounts import Amount, amounts
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.sentences import sentence_spans
from sinkqa.service.grounding.wording import wording

Border = Literal["", ",", ";", ":", ".", "(", ")", '"', "|"]

# What parts clauses like a bar: dashes that join neither words nor numbers, marks of what is skipped, bullets; and a
# bar behind a colon that is none of a time or a ratio.
_BAR = late(
    r"(?<=\s)[-–—―]+(?=\s)|(?<!\d)[—―]+|[—―]+(?!\d)|--+|…+|\.{3,}|[•●■□◆◇▪▫➢❖‣∙\ue000-\uf8ff]|(?<=：)|(?<=:)(?=\s)"
)
_LEADING = late(r"[—–―]+(?=\s*(?:\Z|[(（]?(?:\d{1,2}|[a-z]{1,2}|[ivx]{1,4})[)）]))")  # a dash that leads to items
_BORDER = late(r"""(?<!\d)[,.:、]|[,.:、](?!\d)|[;!?()"|]""")
_BULLET = late(r"\A(?:[•·●○■□◆◇▪▫➢❖‣∙\ue000-\uf8ff]\s*|[-–—*+]\s+)+")
_CONTRACTED = late(r"\b([A-Za-z]{2,6})(?:n[’']t|(?<=\b[Cc]an)not)\b")
_SIGN = late("[<>=≥≤±+×/^*?]")
_PIECE = late(r"[A-Za-z0-9'.]+|[<>=≥≤±+×/^*?]|[^\sA-Za-z0-9]")
# Letters, digits and the point of full width: a segmenter takes that point for the end of a sentence.
_NARROW = {
    code: code - 0xFEE0 for code in (0xFF0E, *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_CLOSERS = "”’」』）)]】\"' "
_ENDS = tuple("。.!?！？")
_STRENGTH: tuple[Border, ...] = (":", ".", ";", "|", "(", ")", '"', ",")
_MARK = late(r"[a-z]|([a-z])\1|[ivx]{2,5}|[一二三四五六七八九十]{1,3}|\d{1,3}")  # of an item: a, aa, iv, 十二, 12


class Clause(NamedTuple):
    """The tokens between two borders of a text, and the border before them.

    ``tokens``: amounts by value, signs, stems of words, Chinese characters; a question ends with its mark. ``exact``:
    the same with words unstemmed. ``surface``: each token as written. ``wording``: all of them joined. ``mark``: the
    list mark of the item that begins here, which is no token. ``line``: it begins a line. ``quoted``: a quotation mark
    comes before it, perhaps among other signs.
    """

    tokens: tuple[str, ...]
    exact: tuple[str, ...]
    surface: tuple[str, ...]
    wording: str
    border: Border
    line: bool
    mark: str = ""
    quoted: bool = False


@dataclass(frozen=True)
class Clauses:
    """One text, split once."""

    text: str
    wording: str
    amounts: tuple[Amount, ...]
    all: tuple[Clause, ...]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """All tokens in order."""
        return tuple(chain.from_iterable(clause.tokens for clause in self.all))

    @cached_property
    def exact(self) -> tuple[str, ...]:
        """All tokens unstemmed."""
        return tuple(chain.from_iterable(clause.exact for clause in self.all))

    @cached_property
    def surface(self) -> tuple[str, ...]:
        """All tokens as they are written."""
        return tuple(chain.from_iterable(clause.surface for clause in self.all))

    @cached_property
    def held(self) -> frozenset[str]:
        """The distinct tokens."""
        return frozenset(self.tokens)


class _Raw(NamedTuple):
    """A clause before its marks are recognised; ``before`` are all borders in front of it."""

    tokens: list[tuple[str, str]]
    wording: str
    before: str
    line: bool


@lru_cache(maxsize=64)  # a claim is held against each of some ten quotes
def clauses(text: str, *, lines: bool = False) -> Clauses:
    """Splits a text into clauses. With ``lines``, a line break ends a clause, as in a quote; else it does not count."""
    raw: list[_Raw] = []
    worded: list[str] = []
    found: list[Amount] = []
    before = ""
    for line in text.split("\n") if lines else [text]:
        begins = True
        for sentence, ends in _sentences(line):
            said = wording(_BAR.sub(" | ", _LEADING.sub(":", sentence)).replace("。", "!"))  # a stop is no point
            standing = amounts(said)
            worded.append(said)
            found += standing
            for tokens, part, border in _parts(said, standing):
                before += border
                if tokens:
                    raw.append(_Raw(tokens, part, before, begins))
                    before, begins = "", False
            before += "." if ends else ""
        before += "." if raw and not before.strip('")') else ""
    return Clauses(text, " ".join(worded), tuple(found), tuple(_marked([*raw, _Raw([], "", before, False)])))


def _sentences(line: str) -> Iterator[tuple[str, bool]]:
    """Each sentence, and whether it ends as one: a long one comes in parts."""
    text = _BULLET.sub("", reading_view(line, [Span(0, len(line))]).text.translate(_NARROW))
    for start, end in sentence_spans(text, detect(text)) if text else ():
        yield _CONTRACTED.sub(_in_full, text[start:end]), text[start:end].rstrip(_CLOSERS).endswith(_ENDS)


def _in_full(contracted: re.Match[str]) -> str:
    """``do not`` for ``don't``, ``can not`` for ``can't`` and ``cannot``."""
    verb = contracted[1].lower()
    return f"{ {'ca': 'can', 'wo': 'will', 'sha': 'shall', 'can': 'can'}.get(verb, contracted[1]) } not"


def _parts(worded: str, found: Sequence[Amount]) -> Iterator[tuple[list[tuple[str, str]], str, str]]:
    """For each part between two borders its tokens, its wording and the border before it. Last, the final border."""
    start, before, left = 0, "", deque(found)
    inside = {place for amount in found for place in range(amount.start + 1, amount.end)}
    for match in _BORDER.finditer(worded):
        if match.start() in inside:
            continue
        end = match.start() + (match[0] == "?")
        yield list(_tokens(worded, start, end, left)), worded[start:end], before
        start, before = match.end(), {"!": ".", "?": ".", "、": ","}.get(match[0], match[0])
        before = "," if match[0] == "." and match.end() < len(worded) else before  # "art. 6": no end of a sentence
    yield list(_tokens(worded, start, len(worded), left)), worded[start:], before


def _tokens(worded: str, start: int, end: int, left: deque[Amount]) -> Iterator[tuple[str, str]]:
    """The tokens of a range; takes the amounts that begin in it off those that are ``left``."""
    place = start
    while left and left[0].start < end:
        amount = left.popleft()
        yield from _words(worded[place : amount.start])
        yield amount.key, amount.said
        place = amount.end
    yield from _words(worded[place:end])


def _words(part: str) -> Iterator[tuple[str, str]]:
    """Stems and characters; what is neither, as an emoji or a word of 80 letters, stands for itself."""
    for piece in _PIECE.findall(part):
        for unit in [piece] if _SIGN.match(piece) else units(piece) or [piece]:
            yield unit, piece


def _marked(raw: Sequence[_Raw]) -> Iterator[Clause]:
    """The clauses, marks of items taken off into those that they mark; the last of ``raw`` is none."""
    mark, before, line = "", "", False
    for this, after in pairwise(raw):
        between = before or this.before
        if not mark and _is_mark(this, after):
            mark, before, line = this.tokens[0][1], this.before.rstrip("(") or ",", this.line
            continue
        exact = tuple(token if token[0] == "=" else said for token, said in this.tokens)
        tokens, surface = tuple(token for token, _ in this.tokens), tuple(said for _, said in this.tokens)
        first = not this.before and not before
        border, quoted = "" if first else _strongest(between), '"' in this.before
        yield Clause(tokens, exact, surface, this.wording, border, line or this.line, mark, quoted)
        mark, before, line = "", "", False


def _is_mark(this: _Raw, after: _Raw) -> bool:
    """Whether this is the mark of an item, as ``(a)``, ``1.`` or ``（二）`` before what it says."""
    begins = this.line or not this.before or not set(this.before).isdisjoint(";:.|")
    return (
        begins
        and len(this.tokens) == 1
        and after.before[:1] in (")", ".", ",")
        and bool(after.tokens and _MARK.fullmatch(this.tokens[0][1]))
    )


def _strongest(borders: str) -> Border:
    return next((border for border in _STRENGTH if border in borders), "")
