"""Where something stands in a document, and what helps to read it there, in the asker's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.showing.words import say

if TYPE_CHECKING:
    from sinkqa.service.answer import Citation, RankedPassage


def place(at: Citation | RankedPassage, language: str) -> Text:
    """Section path, table and page, as a reader would say them."""
    parts = [" › ".join(at.section), at.table or "", _page(at, language)]
    return Text(" · ".join(part for part in parts if part), style="dim")


def _page(at: Citation | RankedPassage, language: str) -> str:
    """The page, where there are pages; else the paragraph, where no section tells the place."""
    if at.page_label is None:
        return say(language, "paragraph", at.paragraph) if at.paragraph else ""
    if at.page_start == at.page_end:
        return say(language, "page", at.page_start)
    return say(language, "pages", f"{at.page_start}–{at.page_end}")


def foreign(citation: Citation, language: str) -> Text:
    """The language of a source that is not the asker's, and the terms that are known."""
    named = citation.language
    if named in ("zh", "en", "ja"):
        named = say(language, f"lang.{named}")
    source = say(language, "sourceIn", named)
    terms = say(language, "between").join(f"{gloss.term} = {gloss.rendering}" for gloss in citation.glosses)
    return Text(say(language, "labelled", source, terms) if terms else source, style="dim")


def show_standing(of: Citation, language: str) -> None:
    """Shows of a document that is not in force since when, and which one stands in its place."""
    known = of.standing
    if known is None or known.status in ("in_force", "unknown"):
        return
    when = known.since if known.status == "not_yet" else known.until
    newer = say(language, "standingNewer", known.newer_title) if known.newer_title else ""
    parts = (say(language, f"standing.{known.status}"), when or "", newer)
    terminal.show_line(Text(" · ".join(filter(None, parts)), style="yellow"), indent=4)


def show_doubts(of: Citation | RankedPassage) -> None:
    """Shows why the stored words may differ from those on the page."""
    for warning in of.warnings:
        terminal.show_line(Text(warning, style="yellow"), indent=4)
