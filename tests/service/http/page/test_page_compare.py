"""The view that compares: made by the keyboard, shared by its address, opened at its quotes, and taken along."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Page, Route, expect

from sinkqa.service.documents.facets import FacetName
from tests.service.http.browsing import fits, grave, marked, needs_chromium, tab_to
from tests.service.http.conftest import Served, serving

pytestmark = needs_chromium

LAW = "---\ntitle: {}\njurisdiction: {}\nlanguage: {}\nyear: 2021\n---\n\n# {}\n\n{}\n"
FILES = {
    "cn.md": LAW.format(
        "草甸保护法", "CN", "zh", "草甸保护法",
        "## 第四章 法律责任\n\n第一条 违反本法规定，擅自开垦草甸的，处五千元以上三万元以下罚款。\n\n"
        "## 第五章 附则\n\n第二条 草甸管护站每三年对样地监测一次，并报告监测结果。\n",
    ),
    "nz.md": LAW.format(
        "Meadow Act 2021", "NZ", "en", "Meadow Act 2021",
        "## Offences\n\nA person who ploughs a meadow commits an offence and is liable to a fine not exceeding "
        "$7,000.\n",
    ),
    "us.md": LAW.format(
        "Meadow restoration order", "US", "en", "Meadow restoration order",
        "Agencies shall restore meadows. The Secretary shall invest $40 million in meadow restoration each year.\n",
    ),
}  # fmt: skip
FACETS = get_args(FacetName)
ADDRESS = "/#/compare?by=country&on=penalty&on=finance"


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES)) as running:
        yield running


def compared(page: Page) -> None:
    expect(page.locator("#compared")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".comparison")).to_be_visible()


def test_a_comparison_is_made_with_the_keyboard_and_stands_in_the_address(visit, served):
    page = visit("/#/ask")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert not [each for each in loaded if "/page/compare/" in each], "it is fetched when it is first shown"
    page.locator("nav a[data-view=compare]").press("Enter")
    tab_to(page, "#compare-on")
    page.keyboard.type("penalty, nonsense")
    page.keyboard.press("Enter")
    picked = page.locator(".pick")
    expect(picked).to_have_text(["penalty", "nonsense"])
    page.keyboard.press("Backspace")
    expect(picked).to_have_text(["penalty"])
    expect(page.locator("#live")).to_have_text("nonsense taken out.")
    page.get_by_role("button", name="finance", exact=True).press("Enter")
    tab_to(page, "#compare-rows")
    page.keyboard.type("China")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="New Zealand", exact=True).press("Enter")
    page.locator("#compare-rows").press("Enter")
    compared(page)
    assert page.url.endswith("#/compare?by=country&on=penalty&on=finance&rows=China&rows=New+Zealand")
    expect(page.get_by_role("columnheader")).to_have_text(["penalty", "finance"])
    expect(page.get_by_role("rowheader")).to_have_text([re.compile("^China"), re.compile("^New Zealand")])
    expect(page.locator(".comparison .none").first).to_contain_text("not found in 1 document searched")
    chip = page.locator(".comparison .chip").first
    chip.press("Enter")
    assert "五千元" in marked(page)
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    again = visit(page.url.removeprefix(served.url), locale="zh-CN")
    compared(again)
    expect(again.locator(".pick")).to_have_text(["penalty", "finance", "China", "New Zealand"])


def test_on_a_small_screen_each_row_is_a_card_that_names_its_columns(visit):
    page = visit(ADDRESS, width=390)
    compared(page)
    assert fits(page) and not grave(page)
    cells = page.get_by_role("cell").filter(has=page.locator(".incolumn:visible"))
    expect(cells.first).to_contain_text("penalty")
    left, width = page.locator(".comparison tbody td").first.evaluate("(td) => [td.offsetLeft, td.offsetWidth]")
    assert left < 30 and width > 300
    page.emulate_media(media="print")
    expect(page.locator("#compare-form")).to_be_hidden()
    expect(page.locator(".takes")).to_be_hidden()


def beside(route: Route) -> None:
    """The comparison with cells of another document beside its own: one that agrees, one that differs, one alone."""
    response = route.fetch()
    got = response.json()
    relations = ["agrees", "differs", "silent", "unsaid"]
    own = {"text": "Ploughing is fined.", "citations": [1], "missing": None}
    none = {"text": "", "citations": [], "missing": "not found"}
    rows = [
        {"label": row["label"], "cells": [none if (at + n) % 4 == 3 else own for n in range(2)]}
        for at, row in enumerate(got["table"]["rows"])
    ]
    cells = [
        [{"relation": relations[(at + n) % 4], "said": [], "relations": [], "citations": []} for n in range(2)]
        for at in range(len(rows))
    ]
    counts = dict.fromkeys(relations, 1)
    table = got["table"] | {"rows": rows}
    repealed = {"status": "repealed", "on": "2026-01-01", "since": None, "until": "2023-05-01"}
    got["citations"][0]["standing"] = repealed | {"newer": None, "newer_title": None, "quotes": []}
    got["beside"] = {"doc_id": "0" * 64, "title": "Survey", "table": table, "cells": cells, "counts": counts}
    route.fulfill(response=response, json=got)


def test_what_another_document_says_stands_beside_with_a_word_and_a_sign_and_goes_along(visit, tmp_path):
    page = visit("/#/compare", permissions=["clipboard-read", "clipboard-write"])
    page.route("**/v1/compare", beside)
    page.goto(page.url.partition("#")[0] + ADDRESS.removeprefix("/"))
    compared(page)
    said = page.locator(".besidecell .relation")
    expect(said.nth(0)).to_have_text("=agrees with")
    expect(said.nth(1)).to_have_text("≠differs from")
    expect(page.locator("#compared .note")).to_contain_text("“Survey”: 1 agree")
    expect(page.locator(".comparison .standing").first).to_have_text("Repealed · 2023-05-01")
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.locator("#live")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "| penalty | penalty · Survey |" in text and "agrees with: Ploughing is fined.[^1]" in text
    with page.expect_download() as download:
        page.get_by_label("Save as").select_option("csv")
    head, *rows = csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    assert head[1:3] == ["penalty", "penalty · Survey"] and len(rows) >= 3
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator("nav a[data-view=basket]").click()
    expect(page.get_by_label("Heading of item 1")).to_have_value("By country: penalty, finance")
    expect(page.locator(".keptitem table")).to_contain_text("五千元")


def test_an_empty_library_says_so_and_leads_to_where_files_are_added(visit):
    page = visit("/#/compare", locale="zh-CN")
    nothing = {"total": 0, "documents": [], "facets": {name: [] for name in FACETS}, "next_offset": None}
    page.route("**/v1/documents?*", lambda route: route.fulfill(json=nothing))
    page.goto(page.url.partition("#")[0] + ADDRESS.removeprefix("/"))
    expect(page.locator("#compared .empty")).to_have_text("资料库是空的。添加文件即可开始。")
    expect(page.locator("#compared a")).to_have_attribute("href", "#/library")


def test_what_cannot_be_compared_is_said_and_waiting_can_be_stopped(visit):
    page = visit("/#/compare")
    page.locator("#compare-do").click()
    expect(page.locator("#compared .note")).to_contain_text("at least one column")
    expect(page.locator("#compare-on")).to_be_focused()
    page.goto(page.url.partition("#")[0] + "#/compare?" + "&".join(f"on=column{n}" for n in range(30)))
    expect(page.locator("#compared .problem")).to_contain_text("at most 20")
    page.route("**/v1/compare", lambda route: None)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".going")).to_be_visible()
    assert not grave(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#compared .empty")).to_have_text("Stopped.")
    page.unroute_all(behavior="ignoreErrors")
    page.goto(page.url.partition("#")[0] + "#/compare")
    page.get_by_role("button", name="Countries: measure").click()
    compared(page)
    page.locator(".narrowed summary").click()
    page.locator("[data-choice='jurisdiction:US']").click()
    expect(page.locator("[data-choice='jurisdiction:US']")).to_be_focused()
    page.locator("#compare-do").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    assert "jurisdiction=US" in page.url
