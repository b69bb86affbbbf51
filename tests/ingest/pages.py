"""Pages written for a test, read, and shown as lines."""

from __future__ import annotations

from sinkqa.ingest.document import Document
from sinkqa.ingest.readers.html.reader import read_html
from tests.ingest.shape import assert_sound, spell

PROSE = "Every kiln owner sends a yearly report to the county before the first of April."


def page(body: str, head: str = "") -> Document:
    """A page as its Document, which is sound."""
    markup = f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    document = read_html(markup.encode(), "page.html")
    assert_sound(document)
    return document


def lines(document: Document) -> list[str]:
    """Headings as "# text", with a sign more for each level; other blocks as their text, spaces as one."""
    return [
        f"{'#' * (block.level + 1)} {text}" if block.kind == "heading" else text
        for block in document.blocks
        if (text := " ".join(spell(document, block).split()))
    ]
