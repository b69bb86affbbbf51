"""Styles of a Word document: their effect on paragraphs and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sinkqa.ingest.readers.docx.xml import W, switch, value, whole

_HEADING = re.compile(r"(?:heading|标题|見出し)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|文档标题|表題", re.IGNORECASE)
_CONTENTS = re.compile(
    r"(?:toc|目录|目次)\s*(?:[1-9]|heading|标题|見出し)|table of figures|图表目录|図表目次", re.IGNORECASE
)
_CAPTION = re.compile(r"caption|题注|図表番号", re.IGNORECASE)
_BODY_TEXT = 9  # the outline level of what is no heading
_SIZE = 20  # half points where nothing is said
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style with everything it inherits.

    ``heading`` counts like h1, None for plain text. ``is_contents``: a line of a contents list. ``number_id``: "0"
    removes a number, "" leaves it open. ``depth`` is None if the list defines it for the style.
    """

    heading: int | None = None
    is_title: bool = False
    is_contents: bool = False
    is_caption: bool = False
    number_id: str = ""
    depth: int | None = None


class DocxStyles:
    """The styles by id, each computed once."""

    def __init__(self, root: Any | None) -> None:
        """``root`` is the element of the styles part. Without one, every style has the meaning of its id."""
        self._elements: dict[str, Any] = {}
        self._default = ""
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._size = whole(defaults, W + "sz") or _SIZE
        for element in () if root is None else root.findall(W + "style"):
            self._elements[element.get(W + "styleId") or ""] = element
            if element.get(W + "type") == "paragraph" and switch_attribute(element.get(W + "default")):
                self._default = element.get(W + "styleId") or ""
        self.paragraph = cache(self._paragraph)
        self.effect = cache(self._effect)

    def chain(self, style_id: str) -> Iterator[str]:
        """Ids of a style and of its ancestors; "" is the default style."""
        style_id = style_id or self._default
        for _ in range(_LONGEST_CHAIN):
            if style_id not in self._elements:
                return
            yield style_id
            style_id = value(self._elements[style_id], W + "basedOn")

    def name(self, style_id: str) -> str:
        """The name of a style; the id if it is not described."""
        return (value(self._elements.get(style_id), W + "name") or style_id).strip()

    def size(self, style_id: str) -> int:
        """The font size of a paragraph style, in half points."""
        size = self.effect(style_id, "sz")
        return int(size) if size.isdecimal() else self._size

    def _paragraph(self, style_id: str) -> Style:
        ids = list(self.chain(style_id)) or [style_id]
        names = [self.name(one) for one in ids]
        numbering = [self._find(one, f"{W}pPr/{W}numPr") for one in ids]
        depths = (whole(own, W + "ilvl") for own in numbering)
        return Style(
            self._heading(ids),
            is_title=any(map(_TITLE.fullmatch, names)),
            is_contents=any(map(_CONTENTS.fullmatch, names)),
            is_caption=any(map(_CAPTION.fullmatch, names)),
            number_id=next(filter(None, (value(own, W + "numId") for own in numbering)), ""),
            depth=next((depth for depth in depths if depth is not None), None),
        )

    def _heading(self, ids: list[str]) -> int | None:
        """The level of the nearest style that has an outline level or the name of a heading or title."""
        for one in ids:
            level = whole(self._find(one, W + "pPr"), W + "outlineLvl")
            if level is not None:
                return level + 2 if level < _BODY_TEXT else None
            if found := _HEADING.fullmatch(self.name(one)):
                return int(found[1]) + 1
            if _TITLE.fullmatch(self.name(one)):
                return 1
        return None

    def _effect(self, style_id: str, tag: str) -> str:
        """The value of a run's property in the nearest style of a chain that has it ("on" without a value), else ""."""
        for one in self.chain(style_id):
            own = self._find(one, W + "rPr")
            if own is not None and own.find(W + tag) is not None:
                return value(own, W + tag) or "on"
        return ""

    def _find(self, style_id: str, path: str) -> Any | None:
        element = self._elements.get(style_id)
        return None if element is None else element.find(path)


def switch_attribute(text: str | None) -> bool:
    """Whether the value of an attribute switches it on."""
    return text in ("1", "true", "on")


def is_on(properties: Any, tag: str, styles: DocxStyles, paragraph_style: str) -> bool:
    """Whether a run has an effect: its own setting, else that of its styles. Two styles that both set it cancel it."""
    own = switch(properties, W + tag)
    if own is not None:
        return own
    character_style = value(properties, W + "rStyle")
    by_character = bool(character_style) and styles.effect(character_style, tag) not in ("", "0", "false", "off")
    return by_character != (styles.effect(paragraph_style, tag) not in ("", "0", "false", "off"))
