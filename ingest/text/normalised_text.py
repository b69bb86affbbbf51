"""Normalised forms of source text, for reading and searching, with a reversible map to source offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.patterns import late

if TYPE_CHECKING:
    import opencc
    from numpy.typing import NDArray

# Shown to nobody: controls that are not white space, soft hyphen, zero-width space, word joiner, byte order mark.
_DROPPED = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff"
_BREAK = late("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u2e80-\u2fdf\U00020000-\U0003ffff"
_CJK = late(f"[{_HAN}\u3000-\u30ff\u31f0-\u31ff\ufe30-\ufe4f\uff01-\uffa0]")
_EDGES = late(f"[\\s{_DROPPED}]*")
_BLANK_TAIL = late(f"[^\\s{_DROPPED}]")

# Every branch begins with one character class, so that the engine skips plain text quickly.
_SPACED_NUMBER = late(f" (?:(?<=[0-9%‰] )(?=[{_HAN}])|(?<=[{_HAN}] )(?=[0-9]))")  # by PDF extraction
_EDIT = late(
    f"[-\u2010\u2043][\\s{_DROPPED}]*[\n\r\u2028\u2029][\\s{_DROPPED}]*"  # a hyphen at a line end
    f"|[^\\S ][\\s{_DROPPED}]*|[{_DROPPED}][\\s{_DROPPED}]*| [\\s{_DROPPED}]+"  # anything but one space
    f"|{_SPACED_NUMBER.pattern}"
)
_NUMBERING = late(r"(?:\A|[表图圖])[0-9.]{1,8}\Z")  # "3.1 总则", "表4 试点": here the space is the author's
_WORD_BEFORE = late(r"[^\W_]+\Z")
_WORD_AFTER = late(r"[^\W_]+")

# Halves that make compounds and are no syllables of longer words: asked only when the document itself is silent.
_COMPOUND_FIRST = late(
    "all|carbon|climate|cost|cross|decision|evidence|forest|full|half|high|land|large|life|long|low|market|multi|nature"
    "|near|net|non|policy|result|science|self|short|single|small|so|time|well|wood|world|year|zero",
    re.IGNORECASE,
)
_COMPOUND_SECOND = late(
    "aligned|based|binding|building|effective|efficient|free|friendly|holder|induced|intensive|level|making|neutral|off"
    "|oriented|party|related|saving|scale|sector|sharing|specific|standing|step|sum|term|use|wide|year"
)
_MOST_COMPOUNDS = 500  # distinct pairs in one view that a whole document is searched for
_SUSPENDED = frozenset(("and", "or", "to", "und", "et"))  # "short- and long-term"


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A form of source text made for reading or searching.

    ``starts`` and ``ends`` are int32, (len(text),): the source range of each character of ``text``. White space
    inserted between two runs has an empty range. ``breaks`` are the positions in ``text``, ascending, at which a new
    run of source begins. Source between two neighbours of one run was dropped (line ends, hyphens, controls). Source
    between runs belongs to other text.
    """

    text: str
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    breaks: tuple[int, ...] = ()

    def to_source(self, start: int, end: int) -> tuple[Span, ...]:
        """Returns the source spans of ``text[start:end]``, one for each run of source, in reading order."""
        if not self.breaks:
            bounds = (self.starts.item(start), self.ends.item(end - 1)) if start < end else (0, 0)
            return (Span(*bounds),) if bounds[0] < bounds[1] else ()
        cuts = [start, *(cut for cut in self.breaks if start < cut < end), end]
        runs = [(self.starts.item(left), self.ends.item(right - 1)) for left, right in pairwise(cuts) if left < right]
        return tuple(Span(first, last) for first, last in runs if first < last)


def plain_view(text: str) -> View:
    """Returns a view that changes nothing."""
    starts = np.arange(len(text), dtype=np.int32)
    return View(text, starts, starts + 1)


def reading_view(source: str, spans: Sequence[Span]) -> View:
    """Returns the reading form of the spans: lines joined, words at line ends mended, white space collapsed.

    Lines are joined without a space if either side is Chinese or Japanese, otherwise with one. A hyphen at a line end
    is removed if it splits a word, and kept if it belongs to a compound (see ``_mended_hyphen``). Spaces between Han
    characters and numbers are removed, and so are control characters. All else stays unchanged, in order.
    """
    runs = readable_runs(source, spans)
    joined = "\n".join([source[start:end] for start, end in runs])
    if len(runs) == 1 and _reads_as_it_stands(joined):
        starts = np.arange(runs[0].start, runs[0].end, dtype=np.int32)
        return View(joined, starts, starts + 1)
    text, starts, ends = _edited(joined, source)
    if len(runs) == 1:
        return View(text, starts + runs[0].start, ends + runs[0].start)
    return _placed(text, starts, ends, runs)


def _reads_as_it_stands(text: str) -> bool:
    """Whether nothing must be edited: only numbers match :data:`_EDIT`, and all is printable and single-spaced."""
    return text.isprintable() and "  " not in text and (text.isascii() or not _SPACED_NUMBER.search(text))


def readable_runs(source: str, spans: Sequence[Span]) -> list[Span]:
    """Returns the spans without blank edges, merged if only white space is between them. Their order is kept."""
    runs: list[Span] = []
    for start, end in spans:
        first, last = start, end
        if not source[start : start + 1].isalnum():
            first = _EDGES.match(source, start, end).end()  # type: ignore[union-attr]  # matches the empty string too
        while last > first and not _BLANK_TAIL.match(source, last - 1):
            last -= 1
        if first >= last:
            continue
        if runs and (runs[-1].end == first or (runs[-1].end < first and source[runs[-1].end : first].isspace())):
            first = runs.pop().start
        runs.append(Span(first, last))
    return runs


def _edited(joined: str, source: str) -> tuple[str, NDArray[np.int32], NDArray[np.int32]]:
    """Applies the edits. Starts and ends are offsets into ``joined``."""
    compounds = _Compounds(source)
    base = np.arange(len(joined), dtype=np.int32)
    texts: list[str] = []
    origins: list[NDArray[np.int32]] = []
    spaces: list[tuple[int, int]] = []  # position in the view, end of the gap it stands for
    position = kept = 0
    for match in _EDIT.finditer(joined):
        start, end = match.span()
        new = _replacement(joined, start, end, compounds)
        texts += (joined[kept:start], new)
        origins += (base[kept:start], base[start : start + len(new)])
        position += start - kept + len(new)
        if new.endswith(" "):
            spaces.append((position - 1, end))
        kept = end
    texts.append(joined[kept:])
    origins.append(base[kept:])
    starts = np.concatenate(origins)
    ends = starts + 1
    for position, end in spaces:
        ends[position] = end
    return "".join(texts), starts, ends


def _placed(text: str, starts: NDArray[np.int32], ends: NDArray[np.int32], runs: list[Span]) -> View:
    """Maps offsets in joined runs (one character between each two) to the runs' places in the source."""
    lengths = np.array([run.end - run.start + 1 for run in runs])
    first = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    shift = np.array([run.start for run in runs]) - first
    run_of = np.searchsorted(first, starts, side="right") - 1
    limit = np.array([run.end for run in runs])[run_of]  # the character that joins two runs is in neither
    placed_starts = np.minimum(starts + shift[run_of], limit).astype(np.int32)
    placed_ends = np.minimum(ends + shift[run_of], limit).astype(np.int32)
    breaks = np.searchsorted(starts, first[1:])
    return View(text, placed_starts, placed_ends, tuple(int(cut) for cut in breaks))


def _replacement(joined: str, start: int, end: int, compounds: _Compounds) -> str:
    if joined[start] in "-\u2010\u2043":
        return _mended_hyphen(joined, start, end, compounds)
    before, after = joined[start - 1 : start], joined[end : end + 1]
    gap = joined[start:end]
    if not before or not after or not any(map(str.isspace, gap)):
        return ""
    if _BREAK.search(gap):
        return "" if "\u00ad" in gap or _CJK.match(before) or _CJK.match(after) else " "
    if before in "0123456789%‰" and re.match(f"[{_HAN}]", after):
        return " " if _NUMBERING.search(joined, max(0, start - 9), start) else ""
    return "" if "0" <= after <= "9" and re.match(f"[{_HAN}]", before) else " "


def _mended_hyphen(joined: str, start: int, end: int, compounds: _Compounds) -> str:
    """The replacement of a hyphen and the line end after it.

    U+2043 only ever breaks a word, so it is removed. Another hyphen is kept before anything but a lower-case letter
    ("COVID-19", "Mid-Term": no printer breaks a word there), inside a web address, and in a compound: one that the
    document also writes within a line or, if the document writes neither form, one with a usual half.
    """
    hyphen = joined[start]
    left = _WORD_BEFORE.search(joined, max(0, start - 40), start)
    right = _WORD_AFTER.match(joined, end, end + 40)
    if not left or not right:
        return hyphen if _CJK.match(joined, end) else f"{hyphen} "
    first, second = left.group(), right.group()
    if hyphen == "\u2043":
        return ""
    if second in _SUSPENDED:
        return f"{hyphen} "
    if not second[0].islower() or not first[-1].islower() or _in_address(joined, start):
        return hyphen
    return hyphen if compounds.hold(first, second) else ""


def _in_address(joined: str, position: int) -> bool:
    return "/" in joined[max(0, position - 100) : position].rpartition(" ")[2]


class _Compounds:
    """The pairs of words that a document writes with a hyphen; the search stops after a number of pairs."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._known: dict[tuple[str, str], bool] = {}

    def hold(self, first: str, second: str) -> bool:
        """Whether the two form a compound: by the document, or by usual halves if it does not say."""
        known = self._known.get((first, second))
        if known is None:
            known = self._written(first, second) if len(self._known) < _MOST_COMPOUNDS else None
            if known is None:
                known = bool(_COMPOUND_FIRST.fullmatch(first) or _COMPOUND_SECOND.fullmatch(second))
            self._known[first, second] = known
        return known

    def _written(self, first: str, second: str) -> bool | None:
        if f"{first}-{second}" in self._source or f"{first}\u2010{second}" in self._source:
            return True
        return False if f"{first}{second}" in self._source else None


class _Forms(dict[int, str]):
    """The form of each code point, computed when first needed: a full table would take half a second."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        self[code] = form = self._of(chr(code))
        return form


# Radicals that NFKC leaves alone, by the character that a reader takes them for.
_RADICALS = str.maketrans(
    "⺀⺁⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺐⺒⺓⺔⺖⺗⺘⺙⺛⺜⺝⺟⺠⺡⺢⺣⺤⺥⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺹⺺⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻲⻳",
    "冫厂乛乙亻冂刀刂卜㔾小小兀尢巳幺彑忄心扌攵无日月母民氵水灬爪爪犭王疋目示礻竹糸纟罒罒网耂聿肉臼艹艹艹虎衤西西见角角讠贝足车辶辶辶阝钅长长长门阜阝雨青韦页风飞食饣首马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟",
)
_UNIFIED = {
    ord(char): unified
    for unified, chars in {
        "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u02d7",
        "~": "\u301c\u223c",
        "'": "\u2018\u2019\u201a\u201b\u2032\u02bc",
        '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f",
        "\u00b7": "\u2022\u2027\u30fb\u22c5",
        "/": "\u2044\u2215",
    }.items()
    for char in chars
}
_CIRCLED = range(0x2460, 0x249C)
_DIGITS = "0-9\uff10-\uff19"
_VULGAR = "\u00bc-\u00be\u2150-\u215e\u2189"
_RAISED = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
# Behind a digit these would make another number of it: 10⁶, 10₂ and 3½ are neither 106, 102 nor 31/2.
_SET_APART = late(
    f"(?<=[{_DIGITS}){_VULGAR}])(?P<raised>[\u207a\u207b]?[{_RAISED}])"
    f"|(?<=[{_DIGITS}])(?:(?P<lowered>[\u2080-\u2089])|(?P<part>[{_VULGAR}]))"
)
_MARKS = {"raised": "^", "lowered": "_", "part": " "}
_ACCENTED = late("[A-Z](?=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff])")


def fold(text: str) -> str:
    """Returns the search form: NFKC, radicals as characters, simplified Chinese, lower case, one dash and quote.

    A raised or lowered number after a digit is separated, as in ``10^6``. Circled numbers become spaces, because after
    a word they mark a footnote. Folding a second time changes nothing.
    """
    if text.isascii():
        return text.lower()
    folded = _set_apart(text).translate(_FOLDED)
    return folded if unicodedata.is_normalized("NFC", folded) else _composed(plain_view(folded)).text


def cased(text: str) -> str:
    """Returns the search form with the capitals A-Z and circled numbers that :func:`fold` drops.

    The length is the same.
    """
    if text.isascii():
        return text
    form = _ACCENTED.sub(lambda match: match[0].lower(), _set_apart(text).translate(_CASED))
    return form if unicodedata.is_normalized("NFC", form) else _composed(plain_view(form)).text


def search_view(view: View | str, *, keep_case: bool = False) -> View:
    """Returns the search form of a view or of source text. ``text`` equals :func:`fold` of the given text.

    If one source character expands to several, they share its range. ``keep_case``: as in :func:`cased`.
    """
    view = plain_view(view) if isinstance(view, str) else view
    forms = _CASED if keep_case else _FOLDED
    folded = view.text if view.text.isascii() else _set_apart(view.text).translate(forms)
    folded = _ACCENTED.sub(lambda match: match[0].lower(), folded) if keep_case else folded.lower()
    if len(folded) != len(view.text):
        lengths = [len(forms[code]) for code in map(ord, view.text)]
        for match in _SET_APART.finditer(view.text):
            lengths[match.start()] += 1
        position = np.concatenate(([0], np.cumsum(lengths)))
        breaks = tuple(int(position[cut]) for cut in view.breaks)
        view = View(folded, np.repeat(view.starts, lengths), np.repeat(view.ends, lengths), breaks)
    else:
        view = View(folded, view.starts, view.ends, view.breaks)
    return view if unicodedata.is_normalized("NFC", folded) else _composed(view)


def _set_apart(text: str) -> str:
    return _SET_APART.sub(lambda match: f"{_MARKS[str(match.lastgroup)]}{match[0]}", text)


def _folded(char: str) -> str:
    return " " if ord(char) in _CIRCLED else _cased(char).lower()


def _cased(char: str) -> str:
    old, new = "", char
    while old != new and ord(char) not in _CIRCLED:  # a compatibility form may hold a traditional character, ...
        old, new = new, _cased_once(new)
    return new


def _cased_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_RADICALS).translate(_UNIFIED)
    text = "".join(char if char.isascii() else char.lower() for char in text)
    return _simplifier().convert(text) if _CJK.search(text) else text


_FOLDED, _CASED = _Forms(_folded), _Forms(_cased)


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _clusters() -> re.Pattern[str]:
    """A character and the marks (accents, voicing, Hangul vowels and finals) that NFC may join to it."""
    marks = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
    return re.compile(f"(?s:.)[{re.escape(marks)}\u1160-\u11ff]+")


def _composed(view: View) -> View:
    """NFC, cluster by cluster. The characters of a composed cluster share the cluster's source range."""
    base = np.arange(len(view.text), dtype=np.int32)
    texts: list[str] = []
    firsts: list[NDArray[np.int32]] = []
    lasts: list[NDArray[np.int32]] = []
    kept = 0
    for match in _clusters().finditer(view.text):
        start, end = match.span()
        new = unicodedata.normalize("NFC", match.group())
        texts += (view.text[kept:start], new)
        firsts += (base[kept:start], np.full(len(new), start, dtype=np.int32))
        lasts += (base[kept:start], np.full(len(new), end - 1, dtype=np.int32))
        kept = end
    texts.append(view.text[kept:])
    first = np.concatenate([*firsts, base[kept:]])
    last = np.concatenate([*lasts, base[kept:]])
    breaks = tuple(int(cut) for cut in np.searchsorted(first, view.breaks))
    return View("".join(texts), view.starts[first], view.ends[last], breaks)
