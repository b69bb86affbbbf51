"""Names and small helpers for WordprocessingML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFF = ("0", "false", "off")
# What wraps content and says nothing of its own.
_WRAPPERS = frozenset(
    W + tag for tag in ("ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "sdtContent")
)


def value(parent: Any, tag: str, attribute: str = W + "val") -> str:
    """The value of a child, "" if there is no such child or value."""
    found = None if parent is None else parent.find(tag)
    return "" if found is None else found.get(attribute) or ""


def whole(parent: Any, tag: str) -> int | None:
    """The whole number of a child, None without one."""
    text = value(parent, tag)
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else None


def switch(parent: Any, tag: str, attribute: str = W + "val") -> bool | None:
    """Whether a child switches something on or off; None if it does not say."""
    found = None if parent is None else parent.find(tag)
    return None if found is None else found.get(attribute, "1") not in _OFF


def inside(wrapper: Any) -> Any | None:
    """The content of a wrapper element, () for a placeholder; None for other elements.

    Tracked insertions, links, field results, content controls and smart tags are wrappers.
    """
    if wrapper.tag == W + "sdt":
        properties = wrapper.find(W + "sdtPr")
        content = wrapper.find(W + "sdtContent")
        return () if content is None or switch(properties, W + "showingPlcHdr") else content
    return wrapper if wrapper.tag in _WRAPPERS else None


def unwrapped(parent: Any) -> Iterator[Any]:
    """The children of an element, with wrappers replaced by their content."""
    for child in parent:
        content = inside(child)
        if content is None:
            yield child
        else:
            yield from unwrapped(content)
