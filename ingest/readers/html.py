"""Reading step of ingest: HTML to pieces of text: the main content, its headings, lists, tables, notes and anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ingest.document import BlockKind, Document
from ingest.readers.charset import decode
from ingest.readers.draft import Piece, compose
from ingest.readers.html_head import head_metadata
from ingest.readers.html_tables import RawCell, attach_captions, build_grid
from ingest.readers.inline import BREAK, displayed_lines, raised
from ingest.readers.labels import merge_labels, starts_with_label
from ingest.readers.outline import outline

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# fmt: off
_PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})
_SILENT = frozenset({
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "audio", "video", "map",
    "button", "select", "option", "input", "textarea", "label", "nav", "rt", "rp", "annotation", "annotation-xml",
    "head", "meta", "link", "title", "base",
})
_SILENT_ROLES = frozenset({
    "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog",
})
# fmt: on
_BOILERPLATE = re.compile(
    r"nav(?:bar|igation)?|(?:main|top|side)-?nav|menus?|bread-?crumbs?|cookie.*|.*cookie-?(?:banner|notice|bar)|"
    r".*consent.*|side-?bar|share.*|social(?:-.*)?|pagination|pager|skip-?(?:link|nav|to).*|site-?(?:header|footer)|"
    r"(?:page-?)?footer|masthead|advert.*|newsletter.*|(?:demo)?banner|toc(?:[-_\d].*)?|table-of-contents"
)
_CONTENTS = re.compile(r"(?:_div_)?(?:TOC|toc(?=[A-Z]))\w*")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_FOOTNOTE = re.compile(r"(?:foot|end|history|editorial)-?notes?(?:-?(?:text|body|item|list))?", re.IGNORECASE)
_NOTE_TARGET = re.compile(r"#_?(?:fn|ftn|edn|footnote|endnote)(?!ref)[-_:]?\w*$")
_NOTE_MARK = re.compile(r"(?:foot|end)?-?note-?(?:ref(?:erence)?|link)|noteref", re.IGNORECASE)
_LEVELLED_CLASS = re.compile(r"\w*?heading[-_]?([1-6])", re.IGNORECASE)
_HEADING_CLASS = re.compile(
    r"(?:part|chapter|section|subsection|division|article|annex|schedule|supplprovision)(?:-?title|-?heading|label)|"
    r"titrearticle|(?:oj-)?ti-(?:art|grseq-\d|section-\d)",
    re.IGNORECASE,
)
_TOP_CLASS = re.compile(
    r"(?:titreobjet|\w*(?:annexe|motifs|standard|financire)titre|(?:oj-)?doc-ti)(?!_cp)", re.IGNORECASE
)
_TITLE_CLASS = re.compile(
    r"titreobjet_cp|lawtitle|(?:article|document|page|entry|post|main|content)-?title", re.IGNORECASE
)
_BOILERPLATE_SHARE = 0.3  # what is named like boilerplate but holds more of the page than this is content after all
_MAIN_SHARE = 0.5


def read_html(content: bytes, name: str) -> Document:
    """Read a page; its source text is the main content as displayed, one block a line.

    Menus, contents lists, hidden elements and reference marks of notes are left out; so are ruby glosses. The
    document has one page. Raises EmptyDocument where no text remains.
    """
    from selectolax.lexbor import LexborHTMLParser

    markup, warnings = decode(content, name)
    tree = LexborHTMLParser(markup)
    pieces = outline(html_pieces(tree.root)) if tree.root else []
    return compose(
        pieces,
        name=name,
        content=content,
        media_type="text/html",
        metadata=head_metadata(tree, pieces),
        warnings=warnings,
    )


def markup_pieces(markup: str) -> list[Piece]:
    """Pieces of rendered markup: all of it is content, and ``<!-- page: N -->`` begins page N of the original."""
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(markup).root
    return attach_captions(merge_labels(_Walk(whole=True).pieces_of(root))) if root else []


def html_pieces(root: LexborNode) -> list[Piece]:
    """Pieces of the main content under ``root``, in reading order, headings levelled as the markup says."""
    main = _main_content(root)
    pieces = _Walk(weight=len(main.text(deep=True))).pieces_of(main)
    return attach_captions(merge_labels(_without_link_runs(pieces)))


def _main_content(root: LexborNode) -> LexborNode:
    """The one element that calls itself the main content, if it holds most of the words; else the body."""
    body = root.css_first("body") or root
    words = len(body.text(deep=True))
    for selector in ("main", "[role=main]", "article"):
        found = body.css(selector)
        if len(found) == 1 and len(found[0].text(deep=True)) >= _MAIN_SHARE * words:
            return found[0]
    return body


def _without_link_runs(pieces: list[Piece]) -> list[Piece]:
    """Drop three or more neighbours that are nothing but links: menus (short) and contents lists (into the page)."""
    kept: list[Piece] = []
    run: list[Piece] = []
    for piece in [*pieces, None]:
        menu = piece is not None and piece.grid is None and piece.link > 0.9 and len(piece.text) <= 40
        if piece is not None and (menu or piece.inner_link > 0.8):
            run.append(piece)
            continue
        if len(run) < 3 and not any(part.grid for part in run):
            kept += run
        run = []
        if piece is not None:
            kept.append(piece)
    return kept


@dataclass(frozen=True, slots=True)
class _Context:
    """What an element hands down to the text within it."""

    kind: BlockKind = "paragraph"
    level: int = 0
    lists: int = 0
    link: str = ""
    bold: bool = False
    pre: bool = False
    raised: bool = False
    title: bool = False


class _Walk:
    """One pass over the tree, without recursion: hostile pages nest a hundred thousand deep."""

    def __init__(self, *, whole: bool = False, weight: int = 0) -> None:
        self._whole = whole
        self._weight = weight
        self._pieces: list[Piece] = []
        self._runs: list[tuple[str, _Context]] = []
        self._anchor: str | None = None
        self._seen_anchors: set[str] = set()
        self._marker = ""
        self._counters: dict[int, int] = {}
        self._page = 1

    def pieces_of(self, root: LexborNode, context: _Context | None = None) -> list[Piece]:
        todo: list[tuple[LexborNode | None, _Context]] = [(root, context or _Context())]
        while todo:
            node, context = todo.pop()
            if node is None:
                self._flush()
            elif node.is_text_node:
                self._runs.append((node.text_content or "", context))
            elif node.is_comment_node:
                self._comment(node)
            elif (inner := self._enter(node, context)) is not None:
                if node.tag in _PARAGRAPHS:
                    self._flush()
                    todo.append((None, inner))
                todo += [(child, inner) for child in _children(node)][::-1]
        self._flush()
        return self._pieces

    def _comment(self, node: LexborNode) -> None:
        found = re.fullmatch(r"\s*page:\s*(\d{1,6})\s*", node.comment_content or "") if self._whole else None
        if found:
            self._flush()
            self._page = int(found[1])

    def _enter(self, node: LexborNode, context: _Context) -> _Context | None:
        """The context within ``node``; None where nothing in it is to be read (any more)."""
        tag = node.tag or ""
        if tag == "br":
            self._runs.append((BREAK, context))
            return None
        attributes = node.attributes
        if tag in _SILENT or (attributes and self._is_left_out(node, attributes)) or _is_note_mark(tag, node):
            return None
        if tag in _PARAGRAPHS:
            self._flush()
        self._note_anchor(tag, attributes)
        if tag == "table" and self._table(node, attributes):
            return None
        if tag == "li":
            self._marker = self._item_marker(node)
        return _inner_context(tag, attributes, context)

    def _note_anchor(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        anchor = attributes.get("id") if tag in _PARAGRAPHS else None
        anchor = anchor or (attributes.get("name") if tag == "a" and not attributes.get("href") else None)
        if anchor and anchor not in self._seen_anchors and not re.search(r"\s", anchor):
            self._seen_anchors.add(anchor)
            self._anchor = anchor

    def _is_left_out(self, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        """Hidden from the reader, a mark that leads to a note, or boilerplate by role, name or place."""
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        if (style := attributes.get("style")) and _HIDDEN.search(style):
            return True
        names = (attributes.get("class") or "").split()
        if any(map(_NOTE_MARK.fullmatch, names)) and len(node.text(deep=True).strip()) <= 6:
            return True
        if self._whole:
            return False
        names.append(attributes.get("id") or "")
        named = any(_BOILERPLATE.fullmatch(name.lower()) or _CONTENTS.fullmatch(name) for name in names if name)
        if named or attributes.get("role") in _SILENT_ROLES:
            return len(node.text(deep=True)) <= _BOILERPLATE_SHARE * self._weight
        return False

    def _table(self, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        """Read a data table as one piece; False where it only lays out the page and is to be walked through."""
        if attributes.get("role") in ("presentation", "none") or any(map(node.css_first, ("td table", "h1", "h2"))):
            return False
        inner_link = 0.0
        rows: list[list[RawCell]] = []
        for row in node.css("tr"):
            cells = [child for child in _children(row) if child.tag in ("td", "th")]
            texts = [self._cell(cell) for cell in cells]
            inner_link += sum(share for _, share in texts)
            rows.append([_raw_cell(cell, text) for cell, (text, _) in zip(cells, texts, strict=True)])
        caption = " ".join(self._cell(found)[0] for found in node.css("caption")[:1])
        grid = build_grid(rows, header_rows=len(node.css("thead tr")), caption=caption)
        if grid is None:
            return False
        length = sum(len(cell.text) for cell in grid.cells) or 1
        share = inner_link / length
        self._pieces.append(Piece("table", "", anchor=self._anchor, grid=grid, page=self._page, inner_link=share))
        return True

    def _cell(self, node: LexborNode) -> tuple[str, float]:
        """Text of a cell, one block a line, and how many of its characters link into the page."""
        pieces = _Walk(whole=self._whole, weight=self._weight).pieces_of(node)
        return "\n".join(piece.text for piece in pieces), sum(len(piece.text) * piece.inner_link for piece in pieces)

    def _item_marker(self, item: LexborNode) -> str:
        """The number that a browser shows before an item of an ordered list."""
        parent = item.parent
        if parent is None or parent.tag != "ol":
            return ""
        attributes = parent.attributes
        number = self._counters.get(parent.mem_id, _integer(attributes.get("start"), 1) - 1) + 1
        number = _integer(item.attributes.get("value"), number)
        self._counters[parent.mem_id] = number
        return f"{_numeral(number, attributes.get('type') or '1')}. "

    def _flush(self) -> None:
        """Close the open block: one piece, or several where line breaks part paragraphs."""
        runs, self._runs = self._runs, []
        if not runs or not any(text.strip() for text, _ in runs):
            return
        context = next(context for text, context in runs if text.strip())
        lines = displayed_lines(
            "".join(raised(text) if part.raised else text for text, part in runs),
            one=context.kind == "heading",
            preformatted=context.pre,
        )
        link, inner_link, bold = (_share(runs, which) for which in ("link", "inner", "bold"))
        for line in lines:
            text = line if starts_with_label(line) else self._marker + line
            self._marker = ""
            self._pieces.append(
                Piece(context.kind, text, level=context.level, anchor=self._anchor, page=self._page,
                      title=context.title, link=link, inner_link=inner_link, bold=bold)
            )  # fmt: skip


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _is_note_mark(tag: str, node: LexborNode) -> bool:
    """A raised link or a link to a note: it would stick to the word or figure before it."""
    if tag == "sup":
        return node.css_first("a[href^='#']") is not None
    if tag != "a" or not (href := node.attributes.get("href")) or not href.startswith("#"):
        return False
    return node.css_first("sup") is not None or _NOTE_TARGET.match(href) is not None


def _inner_context(tag: str, attributes: Mapping[str, str | None], context: _Context) -> _Context:
    if tag in _PARAGRAPHS:
        return _block_context(tag, attributes, context)
    if tag == "a" and (href := attributes.get("href")):
        return replace(context, link="#" if href.startswith("#") else href)
    if tag in ("b", "strong"):
        return replace(context, bold=True)
    return replace(context, raised=True) if tag == "sup" else context


def _block_context(tag: str, attributes: Mapping[str, str | None], context: _Context) -> _Context:
    names = [*(attributes.get("class") or "").split(), attributes.get("id") or ""]
    role = attributes.get("role") or ""
    if context.kind == "footnote" or role.startswith(("doc-footnote", "doc-endnote")):
        return replace(context, kind="footnote", level=0)
    if any(map(_FOOTNOTE.fullmatch, names)):
        return replace(context, kind="footnote", level=0)
    if tag in ("ul", "ol", "dl", "menu"):
        return replace(context, lists=context.lists + 1)
    if tag in ("li", "dt", "dd"):
        return replace(context, kind="list_item", level=max(context.lists, 1))
    if tag in ("caption", "figcaption"):
        return replace(context, kind="caption", level=0)
    if tag[0] == "h" and tag[1:].isdigit():
        return replace(context, kind="heading", level=int(tag[1]), title=tag == "h1" or context.title)
    if (level := _class_level(names)) is not None and tag != "section":
        return replace(context, kind="heading", level=level)
    title = context.title or any(map(_TITLE_CLASS.fullmatch, names))
    return replace(context, pre=context.pre or tag == "pre", title=title)


def _class_level(names: list[str]) -> int | None:
    """Level (counted like h1..h6) that a class name gives a paragraph, -1 for a heading of unknown level."""
    for name in names:
        if found := _LEVELLED_CLASS.fullmatch(name):
            return int(found[1]) + 1
        if _TOP_CLASS.fullmatch(name):
            return 2
        if _HEADING_CLASS.fullmatch(name.removeprefix("_div_")):
            return -1
    return None


def _raw_cell(cell: LexborNode, text: str) -> RawCell:
    attributes = cell.attributes
    rows, columns = _integer(attributes.get("rowspan"), 1), _integer(attributes.get("colspan"), 1)
    return RawCell(text, max(rows, 0), max(columns, 1), head=cell.tag == "th")


def _integer(value: str | None, default: int) -> int:
    found = re.match(r"\s*(-?\d{1,6})", value or "")
    return int(found[1]) if found else default


def _numeral(number: int, style: str) -> str:
    if style in "aA" and 0 < number <= 26:
        return chr(ord(style) + number - 1)
    if style in "iI" and 0 < number < 40:
        roman = "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
        return roman if style == "I" else roman.lower()
    return str(number)


def _share(runs: list[tuple[str, _Context]], which: Literal["link", "inner", "bold"]) -> float:
    """How much of a block is a link, a link into the page itself, or bold; 0..1."""
    total = hits = 0
    for text, context in runs:
        weight = len(text.strip())
        total += weight
        hits += weight * {"link": bool(context.link), "inner": context.link == "#", "bold": context.bold}[which]
    return hits / (total or 1)
