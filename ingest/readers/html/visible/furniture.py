"""Finds the furniture around a page's content by its text: menus, banners, share bars.

Names and places only make an element a candidate. Prose under a heading is content, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sinkqa.ingest.readers.pieces.draft import Piece

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Attributes = Mapping[str, str | None]

_NAMES = re.compile(
    r"nav(?:bar|igation)?|(?:main|top|side)-?nav|menus?|bread-?crumbs?|cookie.*|.*cookie-?(?:banner|notice|bar)|"
    r".*consent.*|side-?bar|share.*|social(?:-.*)?|pagination|pager|skip-?(?:link|nav|to).*|site-?(?:header|footer)|"
    r"(?:page-?)?footer|aside|masthead|advert.*|newsletter.*|(?:demo)?banner|"
    r"modal|popup|lightbox|off-?canvas"
)
_CONTENTS = re.compile(r"(?:_div_)?(?:TOC|toc(?=[A-Z]))\w*|[Tt][Oo][Cc](?:[-_\d].*)?|[Tt]able-of-contents")
TAGS = frozenset({"nav", "aside", "footer", "header", "dialog"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary"})
_CLOSED_ROLES = frozenset({"search", "dialog", "alertdialog", "tooltip", "tablist"})
_SECTIONS = ("article", "section", "main")
_ABOUT_THE_SITE = re.compile(
    r"\bcookies?\b|©|\(c\) ?\d{4}|all rights reserved|accept all|"
    r"subscribe (?:to|now|here|today)|sign up (?:for|to|now)|"
    r"newsletter|follow us|share (?:this|on|via)|official web-?site|how you know|privacy policy|terms of use|"
    r"powered by|@\w|\btel\b|版权所有|ICP备|公网安备|接受全部|全部接受|订阅|分享到|"
    r"关注我们|扫一扫|主办单位|承办单位|运行维护|网站标识码|电话",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。；！？.!?;][\"'”’)）」]*\s*$")
_MIN_PROSE = 16  # widths of text in sentences that make a part with a heading content; a Chinese character counts 2
_MIN_LONE_PROSE = 36  # without a heading
_MIN_NAVIGATING_PROSE = 120
_MAX_LINKED = 0.5
_MAX_SIGNED_LINKED = 0.2
_MIN_ABOUT = 0.25


class Holding(NamedTuple):
    """Measures of an element's content: headings, notes, ``prose`` and ``total`` widths, and ``linked`` share, 0..1.

    ``about_the_site``: a good part of it is about the site, not about the subject.
    """

    headed: bool
    noted: bool
    prose: int
    total: int
    linked: float
    about_the_site: bool


def sounds_like_furniture(names: Sequence[str]) -> bool:
    """Whether a class or id is usual for menus, banners and the like."""
    return any(_NAMES.fullmatch(name.lower()) for name in names)


def sounds_like_contents(names: Sequence[str]) -> bool:
    """Whether a class or id is usual for contents lists."""
    return any(map(_CONTENTS.fullmatch, names))


def may_be_furniture(tag: str, attributes: Attributes, *, named: bool) -> bool:
    """Whether an element's tag, role or name suggests furniture."""
    if tag in TAGS or named:
        return True
    role = attributes.get("role")
    return role is not None and (role in _ROLES or role in _CLOSED_ROLES)


def holding(pieces: Sequence[Piece]) -> Holding:
    """Measures the pieces of an element."""
    total = linked = prose = about = 0.0
    for piece in pieces:
        text = piece.text if piece.grid is None else " ".join(cell.text for cell in piece.grid.cells)
        length = width(text)
        total += length
        linked += length * piece.link
        if piece.kind != "heading" and (piece.grid is not None or _SENTENCE.search(text)):
            prose += length * (1 - piece.link)
        about += length if _ABOUT_THE_SITE.search(text) else 0
    kinds = {piece.kind for piece in pieces}
    share = 1 / (total or 1)
    return Holding(
        "heading" in kinds, "footnote" in kinds, int(prose), int(total), linked * share, about * share > _MIN_ABOUT
    )


def is_content(tag: str, attributes: Attributes, held: Holding, *, inside: bool, opened: bool) -> bool:
    """Whether possible furniture is content. Its text decides first, then its place.

    ``inside``: it is in a section or article. ``opened``: text has come before it.
    """
    role = attributes.get("role")
    if role in _CLOSED_ROLES or tag == "dialog" or held.linked >= _MAX_LINKED or held.about_the_site:
        return False
    if held.noted:
        return True
    if tag == "nav" or role == "navigation":
        return held.headed and held.prose >= _MIN_NAVIGATING_PROSE
    if tag == "header":
        return held.headed and (inside or opened)
    if tag == "footer" and inside and held.linked < _MAX_SIGNED_LINKED:
        return True
    least = _MIN_PROSE if held.headed or tag in ("aside", "footer") else _MIN_LONE_PROSE
    return held.prose >= least


def is_inside(node: LexborNode) -> bool:
    """Whether an element is in a section, an article or the main part of the page."""
    parent = node.parent
    while parent is not None:
        if parent.tag in _SECTIONS:
            return True
        parent = parent.parent
    return False


def width(text: str) -> int:
    """Returns the columns of a text. A Chinese character carries as much information as two letters."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in text)
