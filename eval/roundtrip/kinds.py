"""The kinds of content and of pages under test, and the documents that a seed makes from them."""

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
"""The number of documents of each format among twenty."""


@dataclass(frozen=True, slots=True)
class DocumentFeature:
    """A feature of documents. ``maker`` makes its pieces.

    Without a maker, the writer of the format decorates the pages.
    """

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
    DocumentFeature("powers", _TEXT, drafting.powers),
    DocumentFeature("exponents of units", _TEXT, drafting.units),
    DocumentFeature("subscripts", _TEXT, drafting.subscripts),
    DocumentFeature("fractions", _TEXT, drafting.fractions),
    DocumentFeature("footnotes", _TEXT, drafting.notes),
    DocumentFeature("list", _TEXT, drafting.listed),
    DocumentFeature("ruled table", _TEXT, drafting.ruled),
    DocumentFeature("three-line table", _PDF, drafting.booktabs),
    DocumentFeature("table without rules", _PDF, drafting.unruled),
    DocumentFeature("unit line", _GRIDS, drafting.unit_line),
    DocumentFeature("caption below", _PDF, drafting.caption_below),
    DocumentFeature("table with remark", _GRIDS, drafting.remarked),
    DocumentFeature("year headers", _GRIDS, drafting.years),
    DocumentFeature("merged cells", _MERGING, drafting.merged),
    DocumentFeature("two-row header", _MERGING, drafting.two_rows),
    DocumentFeature("turned labels", _PDF, drafting.turned_labels),
    DocumentFeature("empty cells", _GRIDS, drafting.gaps),
    DocumentFeature("wrapped cells", _TEXT, drafting.wrapped),
    DocumentFeature("number formats", _XLSX, drafting.formatted),
    DocumentFeature("continued table", _PDF, drafting.continued),
    DocumentFeature("sideways table", _PDF, drafting.sideways),
    DocumentFeature("rules between groups", _PDF, drafting.grouped_rules),
    DocumentFeature("short blocks", _PDF, drafting.blocks),
    DocumentFeature("contents list", _PDF),
    DocumentFeature("lines that differ by a figure", _TEXT, drafting.repeated),
    DocumentFeature("headings of any size", _PDF, drafting.large_heading),
    DocumentFeature("spaced headings", _PDF, drafting.spaced_heading, ("zh",)),
    DocumentFeature("form values", _PDF, drafting.form),
    DocumentFeature("vertical text", _PDF, drafting.vertical, ("zh",)),
    DocumentFeature("two columns", _PDF),
    DocumentFeature("three columns", _PDF),
    DocumentFeature("hyphenation", _PDF, languages=("en",)),
    DocumentFeature("watermark under", _PDF),
    DocumentFeature("watermark over", _PDF),
    DocumentFeature("stamp", _PDF),
    DocumentFeature("bold twice at once", _PDF),
    DocumentFeature("bold twice later", _PDF),
    DocumentFeature("running heads", ("pdf", "docx")),
    DocumentFeature("page numbers", _PDF),
    DocumentFeature("line numbers", _PDF),
    DocumentFeature("letters placed", _PDF),
    DocumentFeature("layer off", _PDF),
    DocumentFeature("typed notes", _PDF, marking.remarked_on_the_page),
    DocumentFeature("outside the page", _PDF),
    DocumentFeature("turned page", _PDF),
    DocumentFeature("drop capitals", _PDF, languages=("en",)),
    DocumentFeature("white text", _PDF),
    DocumentFeature("covered text", _PDF),
    DocumentFeature("struck text", _FLOWED, marking.struck),
    DocumentFeature("hidden text", ("docx", "html"), marking.hidden),
    DocumentFeature("lists that count otherwise", _HTML, marking.renumbered),
    DocumentFeature("legal numbers", _DOCX, marking.legal),
    DocumentFeature("numbers in cells", _DOCX, marking.counted),
    DocumentFeature("numbers of styles", _DOCX),
    DocumentFeature("comments", ("docx", "markdown")),
    DocumentFeature("quotes", _MARKDOWN),
    DocumentFeature("restarted lists", ("docx", "html"), marking.restarted),
    DocumentFeature("nested list", _FLOWED, marking.nested_list),
    DocumentFeature("rare list formats", _DOCX, marking.numbered),
    DocumentFeature("articles beyond ninety-nine", _DOCX, marking.late, ("zh",)),
    DocumentFeature("text box", _DOCX, marking.boxed),
    DocumentFeature("content controls", _DOCX, marking.controlled),
    DocumentFeature("rows in controls", _DOCX, drafting.ruled),
    DocumentFeature("outline levels", _DOCX),
    DocumentFeature("cells set in from the left", _DOCX, drafting.set_in),
    DocumentFeature("renamed parts", _DOCX),
    DocumentFeature("strict package", _DOCX),
    DocumentFeature("closed panels", _HTML),
    DocumentFeature("sections with any name", _HTML),
    DocumentFeature("headers of sections", _HTML),
    DocumentFeature("tables within cells", _HTML, drafting.ruled),
    DocumentFeature("boilerplate", _HTML),
    DocumentFeature("old encoding", _HTML, languages=("zh",)),
    DocumentFeature("emphasis", _FLOWED, marking.emphasised),
    DocumentFeature("braces", _MARKDOWN, marking.braced),
    DocumentFeature("front matter", _MARKDOWN),
    DocumentFeature("rules at the top", _MARKDOWN),
    DocumentFeature("hidden sheet", _XLSX),
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
"""Sets of kinds that exclude each other: a document has at most one kind of each set."""
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
    """A made document: its format, its kinds, its bytes and its truth."""

    number: int
    format: str
    language: Language
    kinds: tuple[str, ...]
    content: bytes
    truth: Truth

    @property
    def name(self) -> str:
        """A file name that identifies the document."""
        suffix = {"markdown": "md"}.get(self.format, self.format)
        return f"{self.number:04}-{self.kinds[0].replace(' ', '-') if self.kinds else 'plain'}.{suffix}"


def kinds_of(format_: str) -> list[DocumentFeature]:
    """Returns all kinds that exist for a format."""
    return [kind for kind in KINDS if format_ in kind.formats]


def make(seed: int, documents: int, *, formats: Sequence[str] = (), kinds: Sequence[str] = ()) -> Iterator[Made]:
    """Makes documents from a seed.

    Every second document has a single kind, so that its failures are due to that kind. The others have several. Kinds
    take turns, so that each is tried as often as any other of its format. ``formats`` and ``kinds`` limit the
    documents. A format without any of the kinds is left out.
    """
    chosen = [format_ for format_ in formats or FORMATS if format_ in WRITERS and _usable(format_, kinds)]
    turns = [format_ for format_ in chosen for _ in range(SHARES[format_])]
    used = dict.fromkeys(chosen, 0)
    for number in range(documents if turns else 0):
        random = Random(f"{seed}/{number}")
        format_ = turns[number * 7 % len(turns)] if len(turns) % 7 else turns[number % len(turns)]
        yield _made(number, format_, random, _usable(format_, kinds), used[format_])
        used[format_] += 1


def _usable(format_: str, kinds: Sequence[str]) -> list[DocumentFeature]:
    return [kind for kind in kinds_of(format_) if not kinds or kind.name in kinds]


def _made(number: int, format_: str, random: Random, kinds: Sequence[DocumentFeature], turn: int) -> Made:
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


def _goes_with(kind: DocumentFeature, chosen: Sequence[DocumentFeature]) -> bool:
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
