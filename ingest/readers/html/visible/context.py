"""Finds the meaning of a page's elements for the text in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sinkqa.ingest.document import BlockKind
from sinkqa.ingest.readers.html.visible.furniture import sounds_like_contents, sounds_like_furniture
from sinkqa.ingest.readers.html.visible.panels import closing_name, hearing_name

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Attributes = Mapping[str, str | None]

# fmt: off
PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})
STRUCK = ("s", "strike", "del")  # what is struck out is no longer said
SILENT = frozenset({
    "script", "style", "noscript", "noframes", "template", "svg", "canvas", "object", "embed", "audio", "video", "map",
    "option", "datalist", "rt", "rp", "annotation", "annotation-xml", "head", "meta", "link", "title", "base",
})
# fmt: on
_HEIGHTS = {"sup": "high", "sub": "low"}
_FOOTNOTE = re.compile(r"(?:foot|end|history|editorial)-?notes?(?:-?(?:text|body|item|list))?", re.IGNORECASE)
_NOTE_MARK = re.compile(
    r"(?:foot|end)?-?note-?(?:ref(?:erence)?|link|back-?(?:ref|link))|noteref|reversefootnote", re.IGNORECASE
)
_LEVELLED_CLASS = re.compile(r"\w*?heading[-_]?([1-6])", re.IGNORECASE)
_HEADING_CLASS = re.compile(
    r"(?:part|chapter|section|subsection|division|article|annex|schedule|supplprovision)(?:-?title|-?heading|label)|"
    r"titrearticle|(?:oj-)?ti-(?:art|grseq-\d|section-\d)|"
    r"accordion-?(?:title|head(?:er|ing)?|button|toggle|trigger)|collapsible-?(?:title|head(?:er|ing)?)|faq-(?:question|title)",
    re.IGNORECASE,
)
_TOP_CLASS = re.compile(
    r"(?:titreobjet|\w*(?:annexe|motifs|standard|financire)titre|(?:oj-)?doc-ti)(?!_cp)", re.IGNORECASE
)
_TITLE_CLASS = re.compile(
    r"titreobjet_cp|lawtitle|(?:article|document|page|entry|post|main|content)-?title", re.IGNORECASE
)
_NOTE_TARGET = re.compile(r"#_?(?:fn|ftn|edn|footnote|endnote)(?!ref)[-_:]?\w*$")
_LEVELS = frozenset("123456")
_MAX_MARK = 6  # characters of a reference mark: "(12)", "[*]"
_SERIAL = re.compile(r"\d{3}")  # an id that only counts says nothing
_NUMBER_CLASS = re.compile(
    r"(?:[a-z]+[-_])*(?:num(?:ber)?|label|symbol|marker|enum|sectno)|no-parag|[A-Z][A-Za-z\d]*(?:No|Num|Nr|Number)"
)
_STRUCK_CLASS = re.compile(r"(?:text-decoration-)?line-through|strike(?:-?through|d|-?out)?|text-strike")


class Context(NamedTuple):
    """The properties that text inherits from its element.

    ``level`` counts headings like h1..h6; -1 if only the heading's number will show it. ``link`` is "#" within a link
    into the page, "away" within any other. ``height`` is as in :func:`level`.
    """

    kind: BlockKind = "paragraph"
    level: int = 0
    lists: int = 0
    link: str = ""
    bold: bool = False
    pre: bool = False
    height: str = ""
    title: bool = False


class Meaning(NamedTuple):
    """The meaning of an element's class and id. ``level`` is as in :class:`Context`, None for no heading.

    ``number``: it contains the number of its block, which only layout separates from the text. ``furniture``: it may be
    a menu or the like. ``contents``: it may be a list of contents. ``closed``: it is not shown. ``unseen``: it is for
    screen readers only. ``struck``: it is struck out.
    """

    note_mark: bool
    furniture: bool
    contents: bool
    closed: bool
    unseen: bool

    @property
    def doubtful(self) -> bool:
        """Whether the names do not decide if the element is content."""
        return self.furniture or self.contents or self.closed or self.struck

    footnote: bool
    title: bool
    level: int | None
    number: bool
    struck: bool


def meaning(attributes: Attributes) -> Meaning:
    """Returns the meaning of an element's names."""
    name = attributes.get("id") or ""
    return _meaning_of(attributes.get("class") or "", "" if _SERIAL.search(name) else name)


@lru_cache(maxsize=4096)
def _meaning_of(classes: str, name: str) -> Meaning:
    names = [*classes.split(), name]
    return Meaning(
        note_mark=any(map(_NOTE_MARK.fullmatch, names)),
        furniture=sounds_like_furniture(names),
        contents=sounds_like_contents(names),
        closed=closing_name(names[:-1]),
        unseen=hearing_name(names[:-1]),
        footnote=any(map(_FOOTNOTE.fullmatch, names)),
        title=any(map(_TITLE_CLASS.fullmatch, names)),
        level=_class_level(names),
        number=any(map(_NUMBER_CLASS.fullmatch, names[:-1])),
        struck=any(map(_STRUCK_CLASS.fullmatch, names[:-1])),
    )


def is_note_mark(tag: str, attributes: Attributes, named: Meaning, node: LexborNode) -> bool:
    """Whether an element is a raised link, or a link to a note, which would merge with the word or figure before it."""
    if tag == "sup":
        return node.css_first("a[href^='#']") is not None
    href = (attributes.get("href") or "") if tag == "a" else ""
    if named.note_mark or _NOTE_TARGET.match(href):
        return len(node.text(deep=True).strip()) <= _MAX_MARK
    return href.startswith("#") and node.css_first("sup") is not None


def inner_context(tag: str, attributes: Attributes, named: Meaning, context: Context) -> Context:
    """Returns the context of the text within an element."""
    if tag in PARAGRAPHS:
        return _block_context(tag, attributes, named, context)
    if tag == "a" and ("href" in attributes or "name" not in attributes):
        return context._replace(link="#" if (attributes.get("href") or "").startswith("#") else "away")
    if tag in ("b", "strong"):
        return context._replace(bold=True)
    return context._replace(height=_HEIGHTS[tag]) if tag in _HEIGHTS else context


def _block_context(tag: str, attributes: Attributes, named: Meaning, context: Context) -> Context:
    role = attributes.get("role") or ""
    if context.kind == "footnote":
        return context
    if named.footnote or role.startswith(("doc-footnote", "doc-endnote")):
        return context._replace(kind="footnote", level=0)
    if tag in ("ul", "ol", "dl", "menu"):
        return context._replace(lists=context.lists + 1)
    if tag in ("li", "dt", "dd"):
        return context._replace(kind="list_item", level=max(context.lists, 1))
    if tag in ("caption", "figcaption"):
        return context._replace(kind="caption", level=0)
    if tag[0] == "h" and tag[1:].isdigit():
        return context._replace(kind="heading", level=int(tag[1]), title=tag == "h1" or context.title)
    if named.level is not None and tag != "section":
        return context._replace(kind="heading", level=named.level)
    if role == "heading":
        level = attributes.get("aria-level") or ""
        return context._replace(kind="heading", level=int(level) if level in _LEVELS else 2)
    if tag == "summary" and context.kind == "paragraph":
        return context._replace(kind="heading", level=-1)
    if "onclick" in attributes:
        return context._replace(link="away")
    title, pre = context.title or named.title, context.pre or tag == "pre"
    return context if (title, pre) == (context.title, context.pre) else context._replace(pre=pre, title=title)


def _class_level(names: list[str]) -> int | None:
    """Level (like h1..h6) that a class name gives a paragraph, -1 for a heading of unknown level."""
    for name in names:
        if found := _LEVELLED_CLASS.fullmatch(name):
            return int(found[1]) + 1
        if _TOP_CLASS.fullmatch(name):
            return 2
        if _HEADING_CLASS.fullmatch(name.removeprefix("_div_")):
            return -1
    return None
