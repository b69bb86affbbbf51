"""Finds controls that change the direction of text. With them, the displayed text differs from the compared text."""

from __future__ import annotations

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""The marks, embeddings, overrides and isolates of the Unicode bidirectional algorithm."""
SHOWN = dict.fromkeys(map(ord, TURNING), "\ufffd")
"""A table for ``str.translate``: replaces each by a sign for a character that cannot be shown, so that offsets stay."""


def turns(text: str) -> bool:
    """Whether the text contains such a control."""
    return any(control in text for control in TURNING)
