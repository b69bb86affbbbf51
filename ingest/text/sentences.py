"""Splits text in reading form into sentences."""

from __future__ import annotations

from collections.abc import Iterator

import sentencex

from sinkqa.ingest.text.patterns import late

_WINDOW = 4_000  # characters given to the segmenter at once: its time grows with the square on hostile text
_PAIR_REACH = 300  # a bracket or quotation longer than this does not hold its sentences together
_LONG_CJK, _LONG_LATIN = 200, 600  # past this a sentence may be cut at its semicolons
_TAIL = 12  # characters before a border that can tell an abbreviation

_SURROGATE = late("[\ud800-\udfff]")  # the segmenter takes well-formed text only
_WITHOUT_END = late(r"[\w ，、：（）《》“”‘’—–·,:/%&+$€'\"()\[\]<>=§*#@-]*")
_BEFORE_NUMBER = late(
    r"(?<![A-Za-z])(?:Arts?|Nos?|[Pp]aras?|Secs?|[Ff]igs?|[Tt]ab|Eqs?|Chs?|Vols?|pp?|Reg|Dir|cls?|ss?|[Rr]efs?|Stat|al|ca)\.\s*\Z"
)
_BEFORE_ANYTHING = late(r"(?<![A-Za-z])(?:[Aa]pprox|cf|viz|e\.g|i\.e|vs)\.\s*\Z")
_ENUMERATOR = late(r"\s*[(（]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)）]\s*\Z")
_GOES_ON = late("[，、；：）】》」』”’〕)]")
_QUOTE_GOES_ON = late("[的等地之了をとはがにのもでへ]")  # “……。”的, 「……。」を

_CLOSERS = dict(zip("（《「『【(“〔", "）》」』】)”〕", strict=True))
_BRACKET = late("[（《「『【(“〔）》」』】)”〕]")
_BRACKET_OR_SEMICOLON = late("[（《「『【(“〔）》」』】)”〕；;]")
_CUTS = (
    late("[。！？!?][”’」』）)]*|[.] "),
    late("[；;]"),
    late(r"[，：、]|[,:](?!\d)"),
    late(r"\s"),
)


def sentence_spans(view_text: str, language: str, *, limit: int = 1_000) -> list[tuple[int, int]]:
    """Returns the ranges of the sentences in ``view_text``, ascending, without blank edges.

    Together they cover all its words. A sentence over 200 characters (600 in Latin script) is cut at semicolons outside
    brackets. None is longer than ``limit`` characters: longer ones are cut at a full stop in a quotation, else a comma,
    a space, or anywhere.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1 character, got {limit}")
    long = _LONG_CJK if language in ("zh", "ja") else _LONG_LATIN
    spans: list[tuple[int, int]] = []
    for start, end in _mended(view_text, _segments(view_text, language)):
        parts = [(start, end)] if end - start <= long else _at_semicolons(view_text, start, end)
        for part in parts:
            spans += bounded(view_text, *part, limit)
    return [span for start, end in spans if (span := _trimmed(view_text, start, end))]


def is_one_sentence(view_text: str) -> bool:
    """Whether only its last character could end a sentence, in any language. This is true of most cells and notes."""
    return _WITHOUT_END.fullmatch(view_text, 0, max(0, len(view_text) - 1)) is not None


def _segments(text: str, language: str) -> list[tuple[int, int]]:
    """The segmenter's sentences, window by window. The last one of a window starts the next window."""
    if is_one_sentence(text):
        return [(0, len(text))]
    segments: list[tuple[int, int]] = []
    text = _SURROGATE.sub("\ufffd", text)
    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW]
        ends = [found["end_index"] for found in sentencex.get_sentence_boundaries(language, window)]
        if start + len(window) < len(text) and len(ends) > 1 and ends[-2] > len(window) // 2:
            ends.pop()  # and begin there again: only where that goes forward, for it is done for each window
        ends = [start + end for end in ends] or [start + len(window)]
        segments += zip([start, *ends], ends, strict=False)
        start = ends[-1]
    return segments


def _mended(text: str, segments: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Removes false sentence borders."""
    first = 0
    opened: list[int] = []
    for start, end in segments:
        if end < len(text):
            opened = _still_open(text, start, end, opened)
            if _inside_pair(text, end, opened) or not _is_border(text, first, end):
                continue
        yield first, end
        first, opened = end, []


def _still_open(text: str, start: int, end: int, opened: list[int]) -> list[int]:
    """Positions of the brackets opened and not closed up to ``end``, outermost first."""
    opened = list(opened)
    for match in _BRACKET.finditer(text, start, end):
        if match.group() in _CLOSERS:
            opened.append(match.start())
        elif opened and _CLOSERS[text[opened[-1]]] == match.group():
            opened.pop()
    return opened


def _inside_pair(text: str, border: int, opened: list[int]) -> bool:
    return any(text.find(_CLOSERS[text[place]], border, place + _PAIR_REACH) >= 0 for place in opened[:4])


def _is_border(text: str, first: int, border: int) -> bool:
    tail, after = text[max(first, border - _TAIL) : border], text[border]
    if _GOES_ON.match(after) or _BEFORE_ANYTHING.search(tail) or _ENUMERATOR.fullmatch(text, first, border):
        return False
    last = tail.rstrip()[-1:]
    if last in "”」』" and _QUOTE_GOES_ON.match(after):
        return False
    if last.isascii() and after.islower() and after.isascii():
        return False
    return not (after in "0123456789([§" and _BEFORE_NUMBER.search(tail))


def _at_semicolons(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The range, cut after each semicolon outside brackets."""
    depth, cuts = 0, [start]
    for match in _BRACKET_OR_SEMICOLON.finditer(text, start, end):
        if match.group() in _CLOSERS:
            depth += 1
        elif match.group() not in "；;":
            depth = max(0, depth - 1)
        elif not depth:
            cuts.append(match.end())
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def bounded(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """Yields the range in parts of at most ``limit`` characters, each cut at the best place of its second half.

    The best place is a full stop (in a quotation), then a semicolon, a comma, a space, then anywhere except in a Latin
    word or number. If there is no such place, the cut is at the limit.
    """
    while end - start > limit:
        cut = start + limit
        for pattern in _CUTS:
            found = [match.end() for match in pattern.finditer(text, start + limit // 2, start + limit)]
            if found:
                cut = found[-1]
                break
        yield start, cut
        start = cut
    yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    part = text[start:end]
    stripped = part.strip()
    if not stripped:
        return None
    start += len(part) - len(part.lstrip())
    return start, start + len(stripped)
