"""Trails on the page: reached from what they are of, walked by the keyboard, taken along; and what documents name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from tests.service.http.browsing import ask, fits, grave, marked, needs_chromium, tab_to
from tests.service.http.conftest import Served, serving
from tests.service.references.tracing.conftest import FILES
from tests.service.test_in_force import NEW, OLD

pytestmark = needs_chromium

GRADED = "国家对苔原实行分级管理。"
FIRST = {"by": "title", "year": None, "code": "", "times": 2, "places": [{"start": 0, "end": 2, "page": 1}]}
LAW, PAPER = "中华人民共和国苔原保护法", "苔藓与地衣增汇的经验比较"


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES | {"old.md": OLD, "new.md": NEW})) as running:
        yield running


def of(claim: str) -> str:
    return f"/#/trail?claim={quote(claim)}"


def traced(page: Page) -> None:
    expect(page.locator("#traced .foot")).to_be_visible()
    expect(page.locator("#traced")).to_have_attribute("aria-busy", "false")


def test_a_statement_of_an_answer_leads_to_its_trail_which_the_keyboard_walks(visit):
    page = visit("/#/ask")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert not [each for each in loaded if "/page/trail/" in each], "it is fetched when it is first shown"
    ask(page, "苔原上的项目应当先取得什么？")
    page.locator(".based").first.press("Enter")
    traced(page)
    expect(page.locator("#trail-title")).to_be_focused()
    expect(page.locator("#trail-claim")).to_have_value(re.compile("应当先取得许可"))
    tab_to(page, "#trail-claim")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(GRADED)
    page.keyboard.press("Enter")
    expect(page.locator(".claimed")).to_have_text(GRADED)
    expect(page.locator(".ending .tested").first).to_have_text("Says so")
    expect(page.locator(".stating .name")).to_have_text([LAW, PAPER])
    policy = page.locator(".policy")
    expect(policy.locator("h4")).to_have_text(f"Says so{LAW}")
    expect(policy).to_contain_text("in the same sentence")
    expect(policy).to_contain_text("by its title or number")
    expect(policy).to_contain_text("in force since 2022-06-01")
    tab_to(page, ".clauses .chip")
    page.keyboard.press("Enter")
    assert "分级管理" in marked(page)
    page.keyboard.press("Escape")
    expect(page.locator(".clauses .chip")).to_be_focused()
    tab_to(page, ".citing > summary")
    page.keyboard.press("Enter")
    expect(policy.locator(".citers li")).to_have_count(2)
    page.get_by_role("button", name="What says so").press("Enter")
    assert "2022年6月1日" in marked(page)
    page.go_back()
    expect(page.locator(".claimed")).to_contain_text("应当先取得许可")


@pytest.mark.parametrize(
    ("claim", "locale", "said", "more"),
    [
        ("美国对进口泥炭征税。", "en-GB", "Does not say so", "The nearest clause. It is no support."),
        ("南海的苔藓碳汇抵销不得超过年度配额的9%。", "zh-CN", "库中没有", "南海省苔藓碳汇管理办法"),
    ],
)
def test_an_end_without_support_is_told_in_words(visit, claim, locale, said, more):
    page = visit(of(claim), locale=locale, width=390)
    traced(page)
    expect(page.locator(".ending .tested").first).to_have_text(said)
    expect(page.locator(".traced")).to_contain_text(more)
    assert fits(page) and page.locator(".clauses:not(.nearest)").count() == 0


def test_a_trail_is_kept_as_quotes_and_copied_as_markdown(visit):
    page = visit(of(GRADED), permissions=["clipboard-read", "clipboard-write"])
    traced(page)
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.locator("#live")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert f"## {GRADED}" in text and f"- **Says so** · {LAW}\n    - " in text
    assert {f"[^{n}]" in text and f"[^{n}]: " in text for n in (1, 2)} == {True}
    keep = page.get_by_role("button", name=re.compile(r"Keep \d quotes"))
    count = int(re.findall(r"\d", keep.inner_text())[0])
    keep.click()
    expect(page.locator("#basket-count")).to_have_text(str(count))
    expect(page.locator(".takes .keeper")).to_have_attribute("aria-pressed", "true")
    items = json.loads(page.evaluate("localStorage.getItem('sinkqa.basket')"))
    assert {item["kind"] for item in items} == {"quote"} and items[0]["remark"] == f"Says so: {GRADED}"
    page.locator(".takes .keeper").click()
    expect(page.locator("#basket-count")).to_be_empty()


def hostile(route: Route) -> None:
    """The mentions with one that is markup, and whose address is a script."""
    response = route.fetch()
    got = response.json()
    meant = {"how": "missing", "doc_ids": [], "title": "", "reason": "", "address": "javascript:window.owned=1"}
    first = FIRST | {"name": "<img src=x onerror='window.owned=1'>" * 9, "resolution": meant}
    got["mentions"].append(first)
    route.fulfill(response=response, json=got)


def test_a_document_lists_what_it_names_and_what_names_it_and_a_selection_has_a_trail(visit):
    page = visit("/#/library")
    page.route("**/mentions?*", hostile)
    page.locator("[data-document] .name", has_text=PAPER).click()
    page.locator("[data-mode=references]").click()
    names = page.locator(".fold").first.locator("li")
    expect(names.filter(has_text=LAW).first).to_contain_text("by its title or number")
    expect(names.last).to_contain_text("not in the library")
    expect(names.last.locator("a, img")).to_have_count(0)
    assert fits(page) and not grave(page)
    names.filter(has_text="南海").get_by_role("button").click()
    expect(page.locator("#sheet mark").first).to_contain_text("南海省苔藓碳汇管理办法")
    page.locator("[data-mode=references]").click()
    names.get_by_role("button", name=LAW, exact=True).first.click()
    expect(page.locator("#source-title")).to_have_text(LAW)
    page.locator("[data-mode=references]").click()
    naming = page.locator(".fold").last.locator("li")
    expect(naming).to_have_count(2)
    naming.filter(has_text=PAPER).get_by_role("button").click()
    expect(page.locator("#source-title")).to_have_text(PAPER)
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")
    words = page.locator("#sheet .source-text", has_text="分级管理").first
    words.evaluate("(text) => getSelection().selectAllChildren(text)")
    link = page.get_by_role("link", name="Based on: what the selection rests on")
    assert quote("苔原") in str(link.get_attribute("href"))
    page.get_by_role("button", name="Close", exact=True).click()
    badge = page.locator("#documents .standing .label")
    badge.scroll_into_view_if_needed()
    expect(badge).to_have_text("Repealed · 2022-06-01")


def test_a_passage_and_a_document_have_trails_and_what_is_not_there_is_said(visit, served):
    page = visit("/#/trail?passage=nowhere", locale="zh-CN")
    expect(page.locator("#traced .problem")).to_be_visible()
    page.goto(f"{served.url}/#/library")
    page.locator("[data-document] .name", has_text=LAW).click()
    page.get_by_role("link", name="依据：追溯该文件提到的文件").click()
    traced(page)
    expect(page.locator(".subject .name")).to_have_text(LAW)
    expect(page.locator(".citers li")).to_have_count(2)
    page.locator("#language").click()
    expect(page.locator(".step h3").last).to_have_text("Named by2")
    page.route("**/v1/trail?*", lambda route: None)
    page.locator("#trail-claim").fill(GRADED)
    page.locator("#trail-do").click()
    expect(page.locator(".going")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#traced .empty")).to_have_text("Stopped.")
    page.unroute_all(behavior="ignoreErrors")
