"""Reading step of ingest: one pass over a page's elements that cuts its text into pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.readers.draft import Piece
from ingest.readers.html.context import (
    PARAGRAPHS,
    SILENT,
    Attributes,
    Context,
    Meaning,
    inner_context,
    is_boilerplate,
    is_hidden,
    is_note_mark,
    meaning,
)
from ingest.readers.html.mathml import linear
from ingest.readers.html.tables import RawCell, build_grid
from ingest.readers.inline import BREAK, displayed_lines, level
from ingest.readers.labels import is_label, starts_with_label

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_UNNAMED = meaning({})
_BOILERPLATE_SHARE = 0.3  # what is named like boilerplate but holds more of the page than this is content after all


class Walk:
    """One pass over the tree, without recursion: hostile pages nest a hundred thousand deep.

    ``whole`` takes everything for content and heeds page marks; else what is named like boilerplate is left out,
    unless it holds a good part of the page's ``weight`` (characters).
    """

    def __init__(self, *, whole: bool = False, weight: int = 0) -> None:
        self._whole = whole
        self._weight = weight
        self._pieces: list[Piece] = []
        self._runs: list[tuple[str, Context]] = []
        self._anchor: str | None = None
        self._anchor_is_new = False
        self._seen_anchors: set[str] = set()
        self._marker = ""
        self._counters: dict[int, int] = {}
        self._page = 1

    def pieces_of(self, root: LexborNode) -> list[Piece]:
        """All pieces under ``root`` in document order."""
        todo: list[tuple[LexborNode | str, Context]] = [(root, Context())]  # "" ends a block, " " parts words
        while todo:
            node, context = todo.pop()
            if isinstance(node, str):
                self._runs.append((node, context))
                if not node:
                    self._flush()
            elif node.is_text_node:
                self._runs.append((node.text_content or "", context))
            elif node.is_comment_node:
                self._comment(node)
            else:
                self._enter(node, context, todo)
        self._flush()
        return self._pieces

    def _comment(self, node: LexborNode) -> None:
        found = re.fullmatch(r"\s*page:\s*(\d{1,6})\s*", node.comment_content or "") if self._whole else None
        if found:
            self._flush()
            self._page = int(found[1])

    def _enter(self, node: LexborNode, context: Context, todo: list[tuple[LexborNode | str, Context]]) -> None:
        """Put what is to be read of an element on the list, in reverse."""
        tag = node.tag or ""
        if tag == "br":
            self._runs.append((BREAK, context))
            return
        attributes = node.attributes
        named = meaning(attributes) if attributes else _UNNAMED
        if self._is_left_out(tag, attributes, named, node):
            return
        if tag.rpartition(":")[2] == "math":
            self._formula(node, context)
            return
        if tag in PARAGRAPHS:
            self._flush()
        self._note_anchor(tag, attributes)
        if tag == "table" and self._table(node, attributes):
            return
        if tag == "li":
            self._marker = self._item_marker(node)
        inner = inner_context(tag, attributes, named, context)
        if tag in PARAGRAPHS:
            todo.append(("", inner))
        elif named.number:
            todo.append((" ", inner))
        inside = [(child, inner) for child in _children(node)]
        inside.reverse()
        todo += inside

    def _formula(self, node: LexborNode, context: Context) -> None:
        """A formula as one run; one of its own line begins and ends with a space."""
        text = linear(node) or (node.attributes.get("alttext") or "")
        if node.attributes.get("display") == "block":
            text = f" {text} "
        self._runs.append((text, context._replace(height="formula")))

    def _note_anchor(self, tag: str, attributes: Attributes) -> None:
        if not attributes:
            return
        anchor = attributes.get("id") if tag in PARAGRAPHS else None
        anchor = anchor or (attributes.get("name") if tag == "a" and not attributes.get("href") else None)
        if anchor and anchor not in self._seen_anchors and not re.search(r"\s", anchor):
            self._seen_anchors.add(anchor)
            self._anchor, self._anchor_is_new = anchor, True

    def _is_left_out(self, tag: str, attributes: Attributes, named: Meaning, node: LexborNode) -> bool:
        if tag in SILENT or (attributes and is_hidden(attributes)) or is_note_mark(tag, attributes, named, node):
            return True
        if self._whole or not is_boilerplate(tag, attributes, named, node):
            return False
        return len(node.text(deep=True)) <= _BOILERPLATE_SHARE * self._weight

    def _table(self, node: LexborNode, attributes: Attributes) -> bool:
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
        pieces = Walk(whole=self._whole, weight=self._weight).pieces_of(node)
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
        return f"{numeral(number, attributes.get('type') or '1')}. "

    def _flush(self) -> None:
        """Close the open block: one piece, or several where line breaks part paragraphs."""
        if not self._runs:
            return
        runs, self._runs = self._runs, []
        if not any(text.strip() for text, _ in runs):
            return
        context = next(context for text, context in runs if text.strip())
        lines = displayed_lines(
            level((text, part.height) for text, part in runs),
            one=context.kind == "heading",
            preformatted=context.pre,
        )
        link, inner_link, bold = _shares(runs)
        if context.kind == "heading" and not self._anchor_is_new and not is_label(lines[0]):
            self._anchor = None  # the last one leads into the section before
        self._anchor_is_new = False
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


def _raw_cell(cell: LexborNode, text: str) -> RawCell:
    attributes = cell.attributes
    rows, columns = _integer(attributes.get("rowspan"), 1), _integer(attributes.get("colspan"), 1)
    return RawCell(text, max(rows, 0), max(columns, 1), head=cell.tag == "th")


def _integer(value: str | None, default: int) -> int:
    found = re.match(r"\s*(-?\d{1,6})", value or "")
    return int(found[1]) if found else default


def numeral(number: int, style: str) -> str:
    """The number as a list numbered in ``style`` ("1", "a", "A", "i", "I") shows it; digits where letters run out."""
    if style in "aA" and 0 < number <= 26:
        return chr(ord(style) + number - 1)
    if style in "iI" and 0 < number < 40:
        roman = "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
        return roman if style == "I" else roman.lower()
    return str(number)


def _shares(runs: list[tuple[str, Context]]) -> tuple[float, float, float]:
    """How much of a block is a link, a link into the page itself, and bold; 0..1 each."""
    if not any(context.link or context.bold for _, context in runs):
        return 0.0, 0.0, 0.0
    weights = [(len(text.strip()), context) for text, context in runs]
    total = sum(weight for weight, _ in weights) or 1
    return (
        sum(weight for weight, context in weights if context.link) / total,
        sum(weight for weight, context in weights if context.link == "#") / total,
        sum(weight for weight, context in weights if context.bold) / total,
    )
