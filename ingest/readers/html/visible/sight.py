"""Decides which content of a page is visible, and counts the text left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from sinkqa.ingest.readers.html.visible import furniture
from sinkqa.ingest.readers.html.visible.context import SILENT, STRUCK, Attributes, Meaning, meaning
from sinkqa.ingest.readers.html.visible.leftout import LeftOut
from sinkqa.ingest.readers.html.visible.panels import Controls, is_closed, is_decoration, says_something
from sinkqa.ingest.readers.html.visible.replaced import spells_a_picture, unlinked_text
from sinkqa.ingest.readers.html.visible.styles import HtmlStyles
from sinkqa.ingest.readers.pieces.draft import Piece

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DOUBTFUL = frozenset({"style", "hidden", "aria-hidden", "role", "onclick"})  # attributes that may say: not content
_TELLING_TAGS = SILENT.union(STRUCK, furniture.TAGS)
_LABELLING = ("thead", "th", "caption")
_FURNITURE_SHARE = 0.3  # what is named like furniture but holds more of the page than this is content after all
_MIN_TOLD = 60  # widths of prose that is left out because of its name and then named in a warning
_MAX_LINKED = 0.5
_MAX_JUDGED = 20  # times the page's length: what nests names without end is content

Loss = Literal["", "struck", "unseen", "furniture"]
Weigh = Callable[["LexborNode"], list[Piece]]


class Sight:
    """The content that a user of the page sees.

    ``whole`` takes everything visible as content. Otherwise possible furniture is left out, unless it holds a good part
    of the page's ``weight`` (characters). ``left`` counts text that is left out.
    """

    def __init__(self, root: LexborNode, left: LeftOut, *, whole: bool = False, weight: int = 0) -> None:
        self.styles = HtmlStyles(root)
        self.controls = Controls(root)
        self.left = left
        self.whole = whole
        self._weight = weight
        self._judged = 0

    def of_all(self) -> Sight:
        """The same page with everything visible as content, and its own count."""
        other = Sight.__new__(Sight)
        other.__dict__.update(self.__dict__, whole=True, left=LeftOut())
        return other

    def loses(
        self, tag: str, attributes: Attributes, named: Meaning, node: LexborNode, *, weigh: Weigh, opened: bool
    ) -> Loss:
        """Returns the reason why an element is not read; "" if it is read.

        ``weigh`` reads it; ``opened``: text came before it.
        """
        if not attributes and tag not in _TELLING_TAGS:
            return ""
        if tag in SILENT:
            return "unseen"
        if tag in STRUCK:
            return self._struck(node)
        if not self.styles.has_rules and not named.doubtful and _DOUBTFUL.isdisjoint(attributes):
            if tag not in furniture.TAGS:
                return ""
        elif attributes:
            look = self.styles.look(node, attributes)
            if look.struck or named.struck:
                return self._struck(node)
            if self._is_hidden(tag, attributes, named, node, unseen=look.hidden):
                return "unseen"
        if self.whole or not furniture.may_be_furniture(tag, attributes, named=named.furniture or named.contents):
            return ""
        return "furniture" if self._is_furniture(tag, attributes, named, node, weigh, opened=opened) else ""

    def misses_row(self, node: LexborNode) -> bool:
        """Whether a row, row group or cell of a table is absent, so that those after it move up."""
        attributes = node.attributes
        if not attributes:
            return False
        named, look = meaning(attributes), self.styles.look(node, attributes)
        if node.tag == "tr" and (look.struck or named.struck):
            self.left.struck = True
            return True
        return self._is_hidden(node.tag or "", attributes, named, node, unseen=look.hidden)

    def is_shut(self, node: LexborNode) -> bool:
        """Whether a part of the page is closed when the page opens."""
        attributes = node.attributes
        closed = is_closed(node.tag or "", attributes) or meaning(attributes).closed
        return closed or self.styles.look(node, attributes).hidden

    def _struck(self, node: LexborNode) -> Loss:
        self.left.struck = self.left.struck or bool(node.text(deep=True).strip())
        return "struck"

    def _is_hidden(self, tag: str, attributes: Attributes, named: Meaning, node: LexborNode, *, unseen: bool) -> bool:
        """Whether an element is invisible and no control of the page opens it. Lost text is counted."""
        if tag == "a" and "onclick" in attributes and not says_something(node.text(deep=True).strip()):
            return True
        if not unseen and not named.closed and not is_closed(tag, attributes):
            return False
        if named.unseen and (tag in _LABELLING or (node.parent is not None and node.parent.tag in _LABELLING)):
            return False  # a table without the words over its columns says less than the page
        if named.unseen or (not unseen and is_decoration(node, tag, attributes)):
            return True
        if self.controls.opener(node, attributes) is not None or spells_a_picture(node):
            return False
        text = unlinked_text(node)
        for_ears = not unseen and attributes.get("aria-hidden") == "true" and "hidden" not in attributes
        if for_ears and len(text) > _FURNITURE_SHARE * self._weight > 0:
            return False
        self.left.hide(text)
        return True

    def _is_furniture(
        self, tag: str, attributes: Attributes, named: Meaning, node: LexborNode, weigh: Weigh, *, opened: bool
    ) -> bool:
        """Judges possible furniture by its content. Prose in it is counted."""
        length = len(node.text(deep=True))
        self._judged += length
        if length > _FURNITURE_SHARE * self._weight or self._judged > _MAX_JUDGED * self._weight:
            return False
        if sum(len(link.text(deep=True)) for link in node.css("a[href]")) > _MAX_LINKED * length:
            return True
        held = furniture.holding(weigh(node))
        inside = furniture.is_inside(node)
        if held.headed or not named.contents:
            if furniture.is_content(tag, attributes, held, inside=inside, opened=opened):
                return False
            if held.prose >= _MIN_TOLD and held.linked < _MAX_LINKED and not held.about_the_site:
                name = (attributes.get("id") or attributes.get("class") or attributes.get("role") or "").strip()
                self.left.set_aside(f"<{tag} {name}>" if name else f"<{tag}>", held.prose)
        return True
