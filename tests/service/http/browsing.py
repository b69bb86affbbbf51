"""The page in a real browser: what every test of it does and looks for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.service.http.conftest import Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
expect.set_options(timeout=20_000)  # of milliseconds: a busy machine is no failure
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no chromium is installed: apt-get install chromium")


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """Opens the page as somebody would, and fails the test where the page errs or reaches for another host."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def go(path: str = "/", *, url: str = url, width: int = 1440, **how: Any) -> Page:
        how = {"locale": "en-GB", "viewport": {"width": width, "height": 800}} | how
        context = browser.new_context(**how)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.on("request", lambda asked: None if _ours(asked.url, url) else wrong.append(f"request: {asked.url}"))
        page.goto(url + path)
        return page

    yield go
    owned = [context.pages[0].evaluate("window.owned ?? null") for context in contexts if context.pages]
    for context in contexts:
        context.close()
    assert not wrong and not any(owned), (wrong, owned)


def _ours(asked: str, url: str) -> bool:
    return asked.startswith((f"{url}/", f"blob:{url}/", "data:"))


def ask(page: Page, question: str) -> None:
    """Asks in the thread that is shown, or begins one, and waits for the answer."""
    before = page.locator(".turn").count()
    page.get_by_role("textbox", name=re.compile("Question|问题")).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(before + 1)
    settled(page)


def settled(page: Page) -> None:
    """Waits for the answer of the last turn."""
    expect(page.locator(".turn:last-child .answer .foot")).to_be_visible()
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")


def answer(served: Served, question: str, history: list[str] | None = None) -> dict[str, Any]:
    """What the server says to it."""
    asked = {"question": question, "history": history or []}
    told: dict[str, Any] = httpx.post(f"{served.url}/v1/answer", json=asked, timeout=30).json()
    return told


def marked(page: Page) -> str:
    """What is marked in the source pane, once it has been compared."""
    expect(page.locator(".exactness")).to_be_visible()
    expect(page.locator(".exactness.wrong")).to_have_count(0)
    return " … ".join(page.locator("#sheet mark").evaluate_all("marks => marks.map((mark) => mark.textContent)"))


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def grave(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['target'] + [node['failureSummary']] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def tab_to(page: Page, selector: str) -> None:
    """Goes on by the keyboard until this has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is out of reach")
