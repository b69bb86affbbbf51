"""Ingest, PDF: the characters of one page with their boxes, and the words and lines they make."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.document import Box


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them, in one line. ``size`` is the font size in points."""

    text: str
    box: Box
    size: float
    bold: bool
