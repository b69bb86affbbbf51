"""One pass over a page's elements that cuts its text into pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sinkqa.ingest.readers.html import forms
from sinkqa.ingest.readers.html.mathml import linear
from sinkqa.ingest.readers.html.numbering import Counters, numbers_itself
from sinkqa.ingest.readers.html.tables import RawCell, build_grid, raw_cell, rows_of, sets_the_page
from sinkqa.ingest.readers.html.visible.context import (
    PARAGRAPHS,
    Attributes,
    Context,
    inner_context,
    is_note_mark,
    meaning,
)
from sinkqa.ingest.readers.html.visible.panels import folds, is_panel, panel_of
from sinkqa.ingest.readers.html.visible.replaced import formula_text, is_formula, is_page_frame
from sinkqa.ingest.readers.pieces.draft import Piece
from sinkqa.ingest.readers.pieces.inline import BREAK, displayed_lines, is_display, level
from sinkqa.ingest.readers.pieces.labels import is_label

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from sinkqa.ingest.readers.html.visible.sight import Sight

_UNNAMED = meaning({})
_FOLDING = frozenset({"aria-expanded", "data-toggle", "data-bs-toggle"})
_FIELDS = ",".join(sorted(forms.FIELDS))
_PANELS = frozenset({"role", "hidden", "style"})
_QUOTES = tuple("\u201c\u2018\"'«„‚「『《")
_GAP = "\u2029"  # where struck words stood: what was before and after them must not run together
_REPLACED = frozenset({"q", "button", "label", "img", "iframe", "frame", *forms.FIELDS})
_APART = "\x1f"  # after a number that layout alone sets apart: it must not run into a word
_APARTS = re.compile(r"\x1f+(?![\s.,;:%‰°)\]，。；：、）\x1f])")
_GAPS = re.compile(r"(?<=[A-Za-z0-9])\u2029+(?=[A-Za-z0-9])")


class Walk:
    """One pass over the tree, without recursion, because hostile pages nest a hundred thousand elements deep.

    ``in_cell``: the walk covers one table cell, in which tables become lines of text.
    """

    def __init__(self, sight: Sight, *, in_cell: bool = False) -> None:
        self._sight = sight
        self._in_cell = in_cell
        self._pieces: list[Piece] = []
        self._runs: list[tuple[str, Context]] = []
        self._anchor: str | None = None
        self._anchor_is_new = False
        self._seen_anchors: set[str] = set()
        self._marker = ""
        self._numbered = 0  # the item that the open marker stands before
        self._counters = Counters(sight.styles)
        self._page = 1
        self._root_id = 0

    def pieces_of(self, root: LexborNode) -> list[Piece]:
        """All pieces under ``root`` in document order."""
        self._root_id = root.mem_id
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
        found = re.fullmatch(r"\s*page:\s*(\d{1,6})\s*", node.comment_content or "") if self._sight.whole else None
        if found:
            self._flush()
            self._page = int(found[1])

    def _enter(self, node: LexborNode, context: Context, todo: list[tuple[LexborNode | str, Context]]) -> None:
        """Puts the readable parts of an element on the list, in reverse."""
        tag = node.tag or ""
        if tag == "br":
            self._runs.append((BREAK, context))
            return
        attributes = node.attributes
        named = meaning(attributes) if attributes else _UNNAMED
        if is_note_mark(tag, attributes, named, node):
            return
        lost = self._sight.loses(tag, attributes, named, node, weigh=self._weigh, opened=bool(self._pieces))
        if lost:
            if lost == "struck":
                self._strike(node)
            return
        may_fold = tag in ("button", "label") or (attributes and not _FOLDING.isdisjoint(attributes))
        if may_fold and self._heads_panel(node, context):
            todo += _as_heading(node)
            return
        if tag.rpartition(":")[2] == "math":
            self._formula(node, context)
            return
        if tag in _REPLACED:
            todo += self._shown_instead(tag, attributes, node, context)
            return
        is_block = tag in PARAGRAPHS and not (self._in_cell and tag in ("td", "th") and node.mem_id != self._root_id)
        if is_block:
            self._flush()
        self._note_anchor(tag, attributes)
        if tag == "table" and not self._in_cell and self._table(node, attributes):
            return
        if tag == "li":
            self._number(node)
        inner = inner_context(tag, attributes, named, context)
        if is_block:
            todo.append(("", inner))
        elif named.number or tag in ("td", "th"):
            todo.append((_APART if named.number else " ", inner))
        _put_children(node, inner, todo)
        if attributes and not _PANELS.isdisjoint(attributes) and is_panel(attributes):
            control = self._sight.controls.title_of(node, attributes)
            todo += _as_heading(control) if control is not None else []

    def _number(self, item: LexborNode) -> None:
        """Sets the marker of an item. If its list opens an item, it comes after that item's marker."""
        outer = item.parent.parent if item.parent is not None else None
        before = self._marker if outer is not None and outer.mem_id == self._numbered else ""
        self._marker, self._numbered = before + self._counters.marker(item), item.mem_id

    def _shown_instead(
        self, tag: str, attributes: Attributes, node: LexborNode, context: Context
    ) -> list[tuple[LexborNode | str, Context]]:
        """The replacement of an element that shows more or less than its text, in reverse."""
        inside: list[tuple[LexborNode | str, Context]] = []
        _put_children(node, context, inside)
        if tag == "q":
            if node.text(deep=True).lstrip()[:1] in _QUOTES or self._ends_with_quote():
                return inside
            return [("\u201d", context), *inside, ("\u201c", context)]
        if tag == "button":
            return inside if _is_in_heading(node, context) else []
        if tag == "label":
            field = self._sight.controls.field(attributes.get("for") or "") or node.css_first(_FIELDS)
            return inside if field is None or not forms.shows_nothing(field) else []
        if tag == "img":
            return self._picture(attributes, node, context)
        if tag in forms.FIELDS:
            value = forms.shown_value(node)
            return [(f" {value} ", context)] if value and self._sight.controls.is_labelled(node) else []
        if is_page_frame(attributes):
            self._sight.left.frames.append((attributes.get("src") or "")[:80])
        return []

    def _heads_panel(self, node: LexborNode, context: Context) -> bool:
        panel = None if _is_in_heading(node, context) else panel_of(node, node.attributes)
        return panel is not None and (folds(node) or self._sight.is_shut(panel))

    def _ends_with_quote(self) -> bool:
        return bool(self._runs) and self._runs[-1][0][-1:] in (*_QUOTES, "")

    def _picture(
        self, attributes: Attributes, node: LexborNode, context: Context
    ) -> list[tuple[LexborNode | str, Context]]:
        text = formula_text(attributes, node)
        if not (text or attributes.get("alt")) and is_formula(attributes):
            self._sight.left.formulas += 1
        return [(text, context)] if text else []

    def _formula(self, node: LexborNode, context: Context) -> None:
        """A formula as one run. One on its own line begins and ends with a space."""
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

    def _strike(self, node: LexborNode) -> None:
        """Leaves a gap for struck-out text, so that its neighbours do not join."""
        text = node.text(deep=True)
        if text.strip() and (text[0].isspace() or text[-1].isspace() or any(map(str.isdigit, text))):
            self._runs.append((_GAP, Context()))

    def _weigh(self, node: LexborNode) -> list[Piece]:
        """The pieces of possible furniture, read as content."""
        return Walk(self._sight.of_all()).pieces_of(node)

    def _table(self, node: LexborNode, attributes: Attributes) -> bool:
        """Reads a data table as one piece; False if it is only layout and must be walked through."""
        if attributes.get("role") in ("presentation", "none"):
            return False
        rows, ends = rows_of(node, self._sight.misses_row)
        if sets_the_page(node, rows):
            return False
        inner_link = 0.0
        raw_rows: list[list[RawCell]] = []
        for row in rows:
            texts = [self._cell(cell) for cell in row]
            inner_link += sum(share for _, share in texts)
            raw_rows.append([raw_cell(cell, text) for cell, (text, _) in zip(row, texts, strict=True)])
        caption = " ".join(self._cell(child)[0] for child in _children(node) if child.tag == "caption")
        headed = sum(1 for row in rows if row and _is_in_head(row[0]))
        grid = build_grid(raw_rows, header_rows=headed, caption=caption, ends=ends)
        if grid is None:
            return False
        length = sum(len(cell.text) for cell in grid.cells) or 1
        share = inner_link / length
        self._pieces.append(Piece("table", "", anchor=self._anchor, grid=grid, page=self._page, inner_link=share))
        return True

    def _cell(self, node: LexborNode) -> tuple[str, float]:
        """Text of a cell, one block a line, and the number of its characters that link into the page."""
        pieces = Walk(self._sight, in_cell=True).pieces_of(node)
        return "\n".join(piece.text for piece in pieces), sum(len(piece.text) * piece.inner_link for piece in pieces)

    def _flush(self) -> None:
        """Closes the open block: one piece, or several if line breaks separate paragraphs."""
        if not self._runs:
            return
        runs, self._runs = self._runs, []
        if not any(text.strip() for text, _ in runs):
            return
        context = next(context for text, context in runs if text.strip())
        heights = [(text, part.height) for text, part in runs]
        is_level = not any(height for _, height in heights)
        whole = "".join([text for text, _ in runs]) if is_level else level(heights)
        if _APART in whole or _GAP in whole:
            whole = _GAPS.sub(" ", _APARTS.sub(" ", whole)).replace(_GAP, "").replace(_APART, "")
        lines = displayed_lines(
            whole,
            one=context.kind == "heading",
            preformatted=context.pre,
        )
        if context.pre:
            lines = [part for line in lines for part in re.split(r"\n[ \t]*\n", line) if part.strip()]
        link, inner_link, bold = _shares(runs)
        if context.kind == "heading" and not self._anchor_is_new and not is_label(lines[0]):
            self._anchor = None  # the last one leads into the section before
        self._anchor_is_new = False
        for line in lines:
            text = line if numbers_itself(line) else self._marker + line
            self._marker = ""
            self._pieces.append(
                Piece(context.kind, text, level=context.level, anchor=self._anchor, page=self._page,
                      title=context.title, link=link, inner_link=inner_link, bold=bold,
                      formula=not is_level and is_display(heights))
            )  # fmt: skip


def _put_children(node: LexborNode, context: Context, todo: list[tuple[LexborNode | str, Context]]) -> None:
    child = node.last_child
    while child is not None:
        todo.append((child, context))
        child = child.prev


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _is_in_heading(control: LexborNode, context: Context) -> bool:
    return context.kind == "heading" or (control.parent is not None and control.parent.tag == "dt")


def _is_in_head(cell: LexborNode) -> bool:
    group = cell.parent.parent if cell.parent is not None else None
    return group is not None and group.tag == "thead"


def _as_heading(control: LexborNode) -> list[tuple[LexborNode | str, Context]]:
    """The words of a control as its own heading, in reverse."""
    context = Context(kind="heading", level=-1)
    inside: list[tuple[LexborNode | str, Context]] = [("", context)]
    _put_children(control, context, inside)
    return [*inside, ("", context)]


def _shares(runs: list[tuple[str, Context]]) -> tuple[float, float, float]:
    """The shares of a block that are a link, a link into the page itself, and bold; 0..1 each."""
    if not any(context.link or context.bold for _, context in runs):
        return 0.0, 0.0, 0.0
    weights = [(len(text.strip()), context) for text, context in runs]
    total = sum(weight for weight, _ in weights) or 1
    return (
        sum(weight for weight, context in weights if context.link) / total,
        sum(weight for weight, context in weights if context.link == "#") / total,
        sum(weight for weight, context in weights if context.bold) / total,
    )
