"""Round trip, first step: the kinds of content and of pages, and the documents that a seed makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random

from sinkqa.eval.roundtrip import drafting, marking
from sinkqa.eval.roundtrip.drafting import Draft, Maker, begun, insert
from sinkqa.eval.roundtrip.drafting import number as number_all
from sinkqa.eval.roundtrip.truth import Truth
from sinkqa.eval.roundtrip.words import Language

FORMATS = ("pdf", "docx", "html", "markdown", "xlsx")
SHARES = {"pdf": 10, "docx": 4, "html": 3, "markdown": 2, "xlsx": 1}
"""Of twenty documents, how many are of each format."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document may have: pieces that ``maker`` makes, or a dress of its pages that the format's writer knows."""

    name: str
    formats: tuple[str, ...]
    maker: Maker | None = None
    languages: tuple[Language, ...] = ("zh", "en")


_TEXT = ("pdf", "docx", "html", "markdown")
_FLOWED = ("docx", "html", "markdown")
_GRIDS = (*_TEXT, "xlsx")
_MERGING = ("pdf", "docx", "html", "xlsx")
_PDF, _DOCX, _HTML, _MARKDOWN, _XLSX = ((name,) for name in FORMATS)
KINDS = (
    Kind("powers", _TEXT, drafting.powers),
    Kind("exponents of units", _TEXT, drafting.units),
    Kind("subscripts", _TEXT, drafting.subscripts),
    Kind("fractions", _TEXT, drafting.fractions),
    Kind("footnotes", _TEXT, drafting.notes),
    Kind("list", _TEXT, drafting.listed),
    Kind("ruled table", _TEXT, drafting.ruled),
    Kind("three-line table", _PDF, drafting.booktabs),
    Kind("table without rules", _PDF, drafting.unruled),
    Kind("unit line", _GRIDS, drafting.unit_line),
    Kind("caption below", _PDF, drafting.caption_below),
    Kind("table with remark", _GRIDS, drafting.remarked),
    Kind("year headers", _GRIDS, drafting.years),
    Kind("merged cells", _MERGING, drafting.merged),
    Kind("two-row header", _MERGING, drafting.two_rows),
    Kind("turned labels", _PDF, drafting.turned_labels),
    Kind("empty cells", _GRIDS, drafting.gaps),
    Kind("wrapped cells", _TEXT, drafting.wrapped),
    Kind("number formats", _XLSX, drafting.formatted),
    Kind("continued table", _PDF, drafting.continued),
    Kind("sideways table", _PDF, drafting.sideways),
    Kind("rules between groups", _PDF, drafting.grouped_rules),
    Kind("short blocks", _PDF, drafting.blocks),
    Kind("contents list", _PDF),
    Kind("lines that differ by a figure", _TEXT, drafting.repeated),
    Kind("headings of any size", _PDF, drafting.large_heading),
    Kind("spaced headings", _PDF, drafting.spaced_heading, ("zh",)),
    Kind("form values", _PDF, drafting.form),
    Kind("vertical text", _PDF, drafting.vertical, ("zh",)),
    Kind("two columns", _PDF),
    Kind("three columns", _PDF),
    Kind("hyphenation", _PDF, languages=("en",)),
    Kind("watermark under", _PDF),
    Kind("watermark over", _PDF),
    Kind("stamp", _PDF),
    Kind("bold twice at once", _PDF),
    Kind("bold twice later", _PDF),
    Kind("running heads", ("pdf", "docx")),
    Kind("page numbers", _PDF),
    Kind("line numbers", _PDF),
    Kind("letters placed", _PDF),
    Kind("layer off", _PDF),
    Kind("typed notes", _PDF, marking.remarked_on_the_page),
    Kind("outside the page", _PDF),
    Kind("turned page", _PDF),
    Kind("drop capitals", _PDF, languages=("en",)),
    Kind("white text", _PDF),
    Kind("covered text", _PDF),
    Kind("struck text", _FLOWED, marking.struck),
    Kind("hidden text", ("docx", "html"), marking.hidden),
    Kind("lists that count otherwise", _HTML, marking.renumbered),
    Kind("legal numbers", _DOCX, marking.legal),
    Kind("numbers in cells", _DOCX, marking.counted),
    Kind("numbers of styles", _DOCX),
    Kind("comments", ("docx", "markdown")),
    Kind("quotes", _MARKDOWN),
    Kind("restarted lists", ("docx", "html"), marking.restarted),
    Kind("nested list", _FLOWED, marking.nested_list),
    Kind("rare list formats", _DOCX, marking.numbered),
    Kind("articles beyond ninety-nine", _DOCX, marking.late, ("zh",)),
    Kind("text box", _DOCX, marking.boxed),
    Kind("content controls", _DOCX, marking.controlled),
    Kind("rows in controls", _DOCX, drafting.ruled),
    Kind("outline levels", _DOCX),
    Kind("cells set in from the left", _DOCX, drafting.set_in),
    Kind("renamed parts", _DOCX),
    Kind("strict package", _DOCX),
    Kind("closed panels", _HTML),
    Kind("sections with any name", _HTML),
    Kind("headers of sections", _HTML),
    Kind("tables within cells", _HTML, drafting.ruled),
    Kind("boilerplate", _HTML),
    Kind("old encoding", _HTML, languages=("zh",)),
    Kind("emphasis", _FLOWED, marking.emphasised),
    Kind("braces", _MARKDOWN, marking.braced),
    Kind("front matter", _MARKDOWN),
    Kind("rules at the top", _MARKDOWN),
    Kind("hidden sheet", _XLSX),
)
_APART = (
    {
        "two columns",
        "three columns",
        "line numbers",
        "continued table",
        "sideways table",
        "vertical text",
        "drop capitals",
        "turned page",
    },
    {"turned page", "form values"},
    {"turned page", "typed notes"},
    {"front matter", "rules at the top"},
)
"""Of each of these sets a document has one kind at most."""
_TALL = {
    "contents list",
    "running heads",
    "page numbers",
    "line numbers",
    "two columns",
    "three columns",
}  # need several pages


@dataclass(frozen=True, slots=True)
class Made:
    """A made document: its format, the kinds that it has, its bytes and its truth."""

    number: int
    format: str
    language: Language
    kinds: tuple[str, ...]
    content: bytes
    truth: Truth

    @property
    def name(self) -> str:
        """A file name that says which it is."""
        suffix = {"markdown": "md"}.get(self.format, self.format)
        return f"{self.number:04}-{self.kinds[0].replace(' ', '-') if self.kinds else 'plain'}.{suffix}"


def kinds_of(format_: str) -> list[Kind]:
    """All kinds that a format has."""
    return [kind for kind in KINDS if format_ in kind.formats]


def make(seed: int, documents: int, *, formats: Sequence[str] = (), kinds: Sequence[str] = ()) -> Iterator[Made]:
    """Documents by a seed. Every other one has a single kind, so that a failure is that kind's; the others have more.

    Kinds come in turn, so that each is tried as often as any other of its format. ``formats`` and ``kinds`` limit what
    is made; a format that has none of the kinds is left out.
    """
    chosen = [format_ for format_ in formats or FORMATS if format_ in WRITERS and _usable(format_, kinds)]
    turns = [format_ for format_ in chosen for _ in range(SHARES[format_])]
    used = dict.fromkeys(chosen, 0)
    for number in range(documents if turns else 0):
        random = Random(f"{seed}/{number}")
        format_ = turns[number * 7 % len(turns)] if len(turns) % 7 else turns[number % len(turns)]
        yield _made(number, format_, random, _usable(format_, kinds), used[format_])
        used[format_] += 1


def _usable(format_: str, kinds: Sequence[str]) -> list[Kind]:
    return [kind for kind in kinds_of(format_) if not kinds or kind.name in kinds]


def _made(number: int, format_: str, random: Random, kinds: Sequence[Kind], turn: int) -> Made:
    first = kinds[turn // 2 % len(kinds)]
    language = random.choice(first.languages)
    chosen = [first]
    if turn % 2:
        for kind in random.sample(list(kinds), min(random.randint(1, 3), len(kinds))):
            if kind not in chosen and language in kind.languages and _goes_with(kind, chosen):
                chosen.append(kind)
    names = tuple(kind.name for kind in chosen)
    draft = begun(random, language, 8 if _TALL.intersection(names) else random.randint(2, 4))
    if format_ == "xlsx":
        insert(draft, [drafting.grid(draft, "plain")])
    for kind in chosen:
        draft.dress.add(kind.name)
        if kind.maker:
            insert(draft, kind.maker(draft))
    number_all(draft)
    content, truth = WRITERS[format_](draft)
    return Made(number, format_, language, names, content, truth)


def _goes_with(kind: Kind, chosen: Sequence[Kind]) -> bool:
    names = {each.name for each in chosen}
    return not any(kind.name in apart and apart & names for apart in _APART)


def _writer(module: str, function: str) -> Callable[[Draft], tuple[bytes, Truth]]:
    """A format's writer, whose library is loaded on first use."""

    def write(draft: Draft) -> tuple[bytes, Truth]:
        room = import_module(f"sinkqa.eval.roundtrip.writers.{module}")
        written: tuple[bytes, Truth] = getattr(room, function)(draft)
        return written

    return write


WRITERS: dict[str, Callable[[Draft], tuple[bytes, Truth]]] = {
    "pdf": _writer("pdf", "write_pdf"),
    "docx": _writer("word", "write_docx"),
    "html": _writer("markup", "write_html"),
    "markdown": _writer("marked", "write_markdown"),
    "xlsx": _writer("workbooks", "write_xlsx"),
}
