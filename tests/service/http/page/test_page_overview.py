"""The overview on the page: counts are filters, numbers open their passages, documents open beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.service.http.browsing import fits, grave, needs_chromium, tab_to
from tests.service.http.conftest import FILES, Served, serving

pytestmark = needs_chromium
LAWS = {
    "fen.md": "---\ntitle: Fen law\nyear: 2001\njurisdiction: NZ\n---\n\nPeatlands are rewetted by the owner.\n",
    "wood.md": "---\ntitle: Forest act\nyear: 2003\njurisdiction: NZ\n---\n\nForests are protected from fire.\n",
}


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES | LAWS)) as running:
        yield running


def test_the_library_leads_to_its_overview_whose_counts_choose(visit, served):
    page = visit("/#/library")
    page.get_by_role("link", name="Topics, timeline and references").click()
    expect(page.locator("#overview-counted")).to_contain_text("5 documents")
    expect(page.locator("#overview-title")).to_be_focused()
    expect(page.locator("nav a[aria-current]")).to_have_text("Library")
    page.get_by_role("group", name="Kind").get_by_role("button", name=re.compile("^Law ")).click()
    expect(page.locator("#overview-counted")).to_contain_text("2 documents")
    expect(page.locator(".timeline .name")).to_have_text(["Fen law", "Forest act"])
    page.get_by_role("link", name="List these documents").click()
    expect(page.locator("#documents .name")).to_have_text(["Fen law", "Forest act"])
    assert page.url.endswith("#/library?kind=law")


def test_a_number_opens_as_many_passages_as_it_says_by_the_keyboard(visit, served):
    page = visit("/#/overview")
    expect(page.locator("[data-part=year]")).to_be_visible()
    tab_to(page, ".heat td a")
    link = page.locator(".heat td a:focus")
    said = re.fullmatch(r"(.+), (.+): (\d+) passages? in \d+ documents?", link.get_attribute("aria-label"))
    page.keyboard.press("Enter")
    expect(page.locator("#topic-passages-title")).to_be_focused()
    expect(page.locator(".topic-passages .passage")).to_have_count(int(said[3]))
    tab_to(page, ".topic-passages .cardbutton")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".topic-passages .cardbutton").first).to_be_focused()
    page.get_by_role("link", name="Close the passages").click()
    expect(page.locator(".topic-passages")).to_have_count(0)


def test_it_speaks_the_readers_language_and_opens_documents_beside_itself(visit, served):
    page = visit("/#/overview", locale="zh-CN", width=390)
    expect(page.locator(".heat").first).to_contain_text("森林")
    page.locator(".timeline .name", has_text="Fen law").click()
    expect(page.locator("#source #sheet")).to_contain_text("Peatlands are rewetted")
    assert fits(page) and not grave(page)


@pytest.mark.parametrize("query", ["topic=otters", "of=topic:otters", "of=<img src=x onerror=window.owned=1>"])
def test_an_address_that_means_nothing_is_told_or_passed_over(visit, query):
    page = visit(f"/#/overview?{query}")
    expect(page.locator("#overview .problem, #overview [data-part=counts]").first).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_an_empty_library_says_so(visit, served):
    page = visit("/#/ask")
    facets: dict[str, list] = {name: [] for name in httpx.get(f"{served.url}/v1/overview").json()["facets"]}
    page.route("**/v1/overview?*", lambda route: route.fulfill(json={"documents": 0, "facets": facets}))
    page.goto(f"{served.url}/#/overview")
    expect(page.locator("#overview .empty")).to_be_visible()
    assert fits(page) and not grave(page)


def test_one_document_and_none_have_an_overview_too(visit, served):
    page = visit("/#/overview?year=2001", width=390, color_scheme="dark")
    expect(page.locator(".timeline .name")).to_have_text(["Fen law"])
    expect(page.locator("[data-part=map]")).to_contain_text("No document here names another")
    assert fits(page) and not grave(page)
    page.goto(f"{served.url}/#/overview?year=1066&kind=law")
    expect(page.locator("#overview-counted")).to_have_text("No document fits these choices.")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#overview-counted")).to_contain_text("5 documents")


def test_a_long_timeline_comes_in_parts(visit, served):
    told = httpx.get(f"{served.url}/v1/overview").json()
    told["timeline"] = [told["timeline"][0] | {"title": f"Law {n}", "year": 1500 + n // 3} for n in range(450)]
    page = visit("/#/ask")
    page.route("**/v1/overview?*", lambda route: route.fulfill(json=told))
    page.goto(f"{served.url}/#/overview")
    expect(page.locator(".timeline .name")).to_have_count(200)
    page.locator("[data-part=timeline] .plain").click()
    expect(page.locator(".timeline .name")).to_have_count(400)
    expect(page.locator(".timeline .name").nth(200)).to_be_focused()
