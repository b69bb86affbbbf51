"""Forms: the labels and values of their filled fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_WRITTEN = frozenset({"", "text", "number", "date", "month", "week", "time", "datetime-local", "tel", "url", "email"})
_CHOSEN = frozenset({"checkbox", "radio"})
FIELDS = frozenset({"input", "select", "textarea"})


def shown_value(node: LexborNode) -> str:
    """Returns the visible value of a field; "" for an empty one, a button, or an unchosen option."""
    attributes = node.attributes
    if node.tag == "textarea":
        return node.text(deep=True).strip()
    if node.tag == "select":
        chosen = [option for option in node.css("option") if "selected" in option.attributes]
        return "; ".join(option.text(deep=True).strip() for option in chosen)
    kind = (attributes.get("type") or "").lower()
    return (attributes.get("value") or "").strip() if kind in _WRITTEN else ""


def shows_nothing(field: LexborNode) -> bool:
    """Whether a field is empty or not chosen. Its label alone would read as if it were chosen."""
    if (field.attributes.get("type") or "").lower() in _CHOSEN:
        return "checked" not in field.attributes
    return not shown_value(field)
