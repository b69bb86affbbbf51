"""Reads HTML: the main content, its headings, lists, tables, notes and anchors."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument
from sinkqa.ingest.readers.decoding.charset import decode
from sinkqa.ingest.readers.html.head import head_metadata
from sinkqa.ingest.readers.html.visible.leftout import LeftOut
from sinkqa.ingest.readers.html.visible.sight import Sight
from sinkqa.ingest.readers.html.walk import Walk
from sinkqa.ingest.readers.pieces.captions import attach_captions
from sinkqa.ingest.readers.pieces.draft import Piece, compose
from sinkqa.ingest.readers.pieces.formulas import with_displays
from sinkqa.ingest.readers.pieces.labels import merge_labels
from sinkqa.ingest.readers.pieces.outline import outline

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_DEPTH = 10_000
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([A-Za-z][\w-]*)", re.DOTALL)
# fmt: off
_UNNESTED = frozenset({  # void, or closed by their next neighbour
    "a", "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input",
    "li", "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
})
# fmt: on
_COMMON_WINDOWS = "\x85\x91\x92\x93\x94\x95\x96\x97"
_MAIN_SHARE = 0.5
_MENU_CHARS = 40  # longest entry of a menu
# Lines that only work the page, where they stand alone.
_CONTROL = re.compile(
    r"首页|返回(?:首页|顶部|列表|上一页)?|关于我们|联系我们|加入我们|新闻中心|网站地图|(?:上|下)一(?:篇|页|条)\b.*|打印(?:本页)?|关闭(?:窗口)?|"
    r"分享到?|字号.{0,6}|home|about us|contact us|search|menu|print|share|close|back to top|skip to (?:main )?content",
    re.IGNORECASE,
)
_WINDOWS = re.compile("[\x80-\x9f]+")  # control characters that stand for the signs of cp1252 at their places
_CONTENTS_TITLE = re.compile(r"(?:table of )?contents|目\s*[录次錄]", re.IGNORECASE)


def read_html(content: bytes, name: str) -> Document:
    """Reads a page. Its source text is the main content as displayed, one block a line.

    Menus, contents lists, hidden and struck-out elements, reference marks of notes and ruby glosses are left out. The
    document has one page. Raises EmptyDocument if no text remains.
    """
    from selectolax.lexbor import LexborHTMLParser

    markup, warnings = decode(content, name)
    if any(sign in markup for sign in _COMMON_WINDOWS):
        markup = _WINDOWS.sub(_as_windows, markup)
    _check_depth(markup, name)
    tree = LexborHTMLParser(markup)
    left = LeftOut()
    pieces = outline(html_pieces(tree.root, left)) if tree.root else []
    if not pieces and left.frames:
        message = f"{name}: only frames, no text of its own; add the pages they show: {', '.join(left.frames)}"
        raise EmptyDocument(message)
    metadata = head_metadata(tree, pieces)
    return compose(
        _with_title(pieces, metadata.title),
        name=name,
        content=content,
        media_type="text/html",
        metadata=metadata,
        warnings=[*warnings, *left.warnings()],
    )


def markup_pieces(markup: str, left: LeftOut | None = None, *, name: str = "a text with markup") -> list[Piece]:
    """Reads rendered markup into pieces. All of it is content, and ``<!-- page: N -->`` begins page N of the original.

    ``left`` counts text that is left out. Raises DocumentTooLarge for absurdly deep nesting.
    """
    from selectolax.lexbor import LexborHTMLParser

    _check_depth(markup, name)
    root = LexborHTMLParser(markup).root
    if root is None:
        return []
    sight = Sight(root, left or LeftOut(), whole=True)
    return attach_captions(merge_labels(with_displays(Walk(sight).pieces_of(root))))


def html_pieces(root: LexborNode, left: LeftOut) -> list[Piece]:
    """Reads the main content under ``root`` into pieces, in reading order, with the markup's heading levels.

    ``left`` counts text that is left out.
    """
    main, length = _main_content(root)
    sight = Sight(root, left, weight=length)
    return attach_captions(merge_labels(with_displays(_without_controls(Walk(sight).pieces_of(main)))))


def _as_windows(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "ignore")


def _check_depth(markup: str, name: str) -> None:
    """Refuses absurdly deep nesting: the parser's time grows with its square."""
    if markup.count("<") <= MAX_DEPTH:
        return
    within: list[str] = []
    times: Counter[str] = Counter()
    for found in _TAG.finditer(markup):
        name_of = (found[2] or "p").lower()
        if name_of in _UNNESTED:
            continue
        if not found[1]:
            within.append(name_of)
            times[name_of] += 1
            if len(within) > MAX_DEPTH:
                message = f"{name}: elements nested more than {MAX_DEPTH:,} deep; expected fewer; save the page again"
                raise DocumentTooLarge(message)
        while found[1] and times[name_of]:  # an end without a beginning ends nothing
            times[ended := within.pop()] -= 1
            if ended == name_of:
                break


def _main_content(root: LexborNode) -> tuple[LexborNode, int]:
    """The only element marked as main content, if it holds most of the words; else the body; and its length."""
    body = root.css_first("body") or root
    words = len(body.text(deep=True))
    for selector in ("main", "[role=main]", "article"):
        found = body.css(selector)
        if len(found) == 1 and (length := len(found[0].text(deep=True))) >= _MAIN_SHARE * words:
            return found[0], length
    return body, words


def _without_controls(pieces: list[Piece]) -> list[Piece]:
    """Drops controls of the page: lone controls, menus (three short links or more), lists of links into the page."""
    kept: list[Piece] = []
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and piece.grid is None and _CONTROL.fullmatch(piece.text):
            continue
        if piece is not None and _is_menu(piece):
            run.append(piece)
            continue
        if len(run) < 3 and not any(entry.grid for entry in run):
            kept += run
        run = []
        over = piece is None or piece.kind == "heading"
        if over and kept and kept[-1].kind == "heading" and _CONTENTS_TITLE.fullmatch(kept[-1].text):
            kept.pop()
        if piece is not None:
            kept.append(piece)
    return kept


def _is_menu(piece: Piece) -> bool:
    return piece.inner_link > 0.8 or (piece.grid is None and piece.link > 0.9 and len(piece.text) <= _MENU_CHARS)


def _with_title(pieces: list[Piece], title: str | None) -> list[Piece]:
    """Makes the line that is the title a heading, if no markup does."""
    if any(piece.kind == "heading" and piece.level == 0 for piece in pieces):
        return pieces
    for index, piece in enumerate(pieces):
        if piece.kind == "paragraph" and " ".join(piece.text.split()) == title:
            return [*pieces[:index], replace(piece, kind="heading", level=0), *pieces[index + 1 :]]
    return pieces
