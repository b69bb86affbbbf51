"""Elements that replace something else: pictures of formulas, frames, hidden parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Attributes = Mapping[str, str | None]

_FORMULA = re.compile(r"(?:^|[\W_])(?:math|mwe-math[\w-]*|equation|formula|latex|tex|公式)(?:$|[\W_\d])", re.IGNORECASE)
_TEX = re.compile(r"\s*(?:\{\\|\$|\\\w)")
_FIGURE = re.compile(r"[\s\d.,%‰°±×·/=<>≤≥+\-−–()^²³]*\d[\s\d.,%‰°±×·/=<>≤≥+\-−–()^²³]*")
_SERVICES = re.compile(
    r"googletagmanager|doubleclick|facebook|twitter|youtube|vimeo|player\.|bilibili|/maps|analytics|recaptcha|about:|"
    r"javascript:|data:|ads?\.",
    re.IGNORECASE,
)
_WORDLESS = frozenset({"script", "style", "template", "noscript", "a", "math", "annotation", "select", "button", "svg"})


def formula_text(attributes: Attributes, node: LexborNode) -> str:
    """Returns the formula or figure that a picture replaces; "" for any other picture."""
    text = " ".join((attributes.get("alt") or "").split())
    if not text or (node.parent is not None and node.parent.css_first("math") is not None):
        return ""
    return text if is_formula(attributes) or _TEX.match(text) or _FIGURE.fullmatch(text) else ""


def is_formula(attributes: Attributes) -> bool:
    """Whether the names of a picture say that it shows a formula."""
    return any(_FORMULA.search(attributes.get(key) or "") for key in ("class", "src", "role"))


def spells_a_picture(node: LexborNode) -> bool:
    """Whether a hidden formula repeats a picture beside it as markup."""
    if node.parent is None or node.css_first("math") is None:
        return False
    picture = node.parent.css_first("img")
    return picture is not None and is_formula(picture.attributes)


def is_page_frame(attributes: Attributes) -> bool:
    """Whether a frame shows a page like this one, and not a counter, a film or a map."""
    source = attributes.get("src") or ""
    tiny = any((attributes.get(side) or "").strip() in ("0", "1") for side in ("width", "height"))
    return bool(source) and not tiny and _SERVICES.search(source) is None


def unlinked_text(node: LexborNode) -> str:
    """The words of an element without its links, scripts and fields."""
    parts: list[str] = []
    todo = [node]
    while todo:
        part = todo.pop()
        if part.is_text_node:
            parts.append(part.text_content or "")
        elif part.tag not in _WORDLESS:
            children = []
            child = part.child
            while child is not None:
                children.append(child)
                child = child.next
            todo += reversed(children)
    return " ".join("".join(parts).split())
