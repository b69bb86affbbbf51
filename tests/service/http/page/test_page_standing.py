"""A document that is not in force has a badge in words wherever it is cited or opened, and the way to the newer one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.service.http.browsing import ask, fits, grave, needs_chromium
from tests.service.http.conftest import Served, serving
from tests.service.test_in_force import NAMED, NEW, OLD

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin({"old.md": OLD, "new.md": NEW})) as running:
        yield running


@pytest.mark.parametrize(
    ("width", "scheme", "locale", "said", "newer"),
    [
        (390, "dark", "zh-CN", "已废止 · 2022-06-01", "现行文件：榆谷芦苇条例"),
        (1440, "light", "en-GB", "Repealed · 2022-06-01", "In its place: 榆谷芦苇条例"),
    ],
)
def test_what_is_not_in_force_is_marked_in_the_answer_and_in_its_source(visit, width, scheme, locale, said, newer):
    page = visit(width=width, color_scheme=scheme, locale=locale)
    ask(page, NAMED)
    if page.locator("#main").evaluate("main => main.inert"):
        page.keyboard.press("Escape")
    entry = page.locator(".entry").first
    expect(entry.locator(".standing .label")).to_have_text(said)
    expect(page.locator(".turn")).to_contain_text("《榆谷芦苇收割办法》已于2022-06-01被《榆谷芦苇条例》废止。")
    assert fits(page) and not grave(page)
    entry.locator(".chip").first.click()
    badge = page.locator("#source-standing .standing")
    expect(badge.locator(".label")).to_have_text(said)
    assert fits(page) and not grave(page)
    badge.get_by_role("button", name=newer).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-title")).to_have_text("榆谷芦苇条例")
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#source-standing .standing")).to_have_count(0)


def test_a_document_opened_from_the_library_is_marked_too(visit):
    page = visit("/#/library")
    page.locator("[data-document] .name", has_text="榆谷芦苇收割办法").click()
    expect(page.locator("#source-standing .label")).to_have_text("Repealed · 2022-06-01")
