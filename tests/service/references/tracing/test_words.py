"""What a trail says in words: in both languages, and as the page says it."""

from __future__ import annotations

from pathlib import Path

from sinkqa.service.references.tracing.words import REASONS, reason

ROOT = Path(__file__).parents[4]


def test_why_a_document_is_only_probable_is_said_in_the_trails_language():
    assert reason("zh", "it names the year 2019") == "所称年份为 2019"
    assert reason("en", "it names the year 2019") == "it names the year 2019"
    assert reason("zh", "unheard of") == "unheard of"


def test_the_page_knows_the_same_reasons():
    page = (ROOT / "service" / "page" / "trail" / "told.js").read_text("utf-8")
    for pattern, _ in REASONS:
        assert f"/^{pattern}$/" in page, pattern
