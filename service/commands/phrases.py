"""Parts of lines that several commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from sinkqa.service.answer import Citation, RankedPassage


def place(at: Citation | RankedPassage) -> Text:
    """Section path, table and page, as a reader would say them."""
    parts = [" › ".join(at.section), at.table or "", _page(at)]
    return Text(" · ".join(part for part in parts if part), style="dim")


def _page(at: Citation | RankedPassage) -> str:
    """The page, where there are pages; else the paragraph, where no section tells the place."""
    if at.page_label is None:
        return f"para. {at.paragraph}" if at.paragraph else ""
    return f"p. {at.page_start}" if at.page_start == at.page_end else f"pp. {at.page_start}–{at.page_end}"


def foreign(citation: Citation) -> Text:
    """The language of a source that is not the question's, and the terms that are known."""
    named = {"zh": "Chinese", "en": "English", "ja": "Japanese"}.get(citation.language, citation.language)
    terms = "; ".join(f"{gloss.term} = {gloss.rendering}" for gloss in citation.glosses)
    return Text(f"source in {named}{': ' if terms else ''}{terms}", style="dim")


def count(number: int, what: str) -> str:
    """``"1 passage"``, ``"2 passages"``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def flat(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def cut(text: str, length: int) -> str:
    """On one line of at most ``length`` characters."""
    line = flat(text)
    return line if len(line) <= length else line[: length - 1] + "…"
