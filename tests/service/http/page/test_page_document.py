"""A document in a real browser: its overview, words found in it, its tables, pages, file, and another one beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from sinkqa.ingest.document import Span
from sinkqa.service.engine import Engine
from sinkqa.service.interfaces.links import passage_link
from tests.articles import two_columns
from tests.service.http.browsing import fits, grave, marked, needs_chromium
from tests.service.http.conftest import FILES, Served, serving

pytestmark = needs_chromium

EVIL = "&lt;img src=x onerror='window.owned=1'&gt;"
FENS = f"""# Fen survey {EVIL}

## Limits {EVIL}

Every fen of the county has a limit {EVIL} of its own. It is set each year.

Table 2 Limits {EVIL}

| Fen {EVIL} | Limit | Gate |
|---|---|---|
| Otter 🌲 | 12 cows {EVIL} | north |
| Heron | 9 cows | |

## Watching

Wardens count cows weekly at each of the gates. Nobody else does.

## Fines

A fine is 40 marks for every cow above the limit.

## Ends

The rule ends when the last fen has been drained.
"""
LONG = "# Long rules\n\n" + "".join(
    f"## Rule {number}\n\nThe warden of gate {number} counts {number} herons each spring and notes it.\n\n"
    for number in range(1, 161)
)


@pytest.fixture(scope="module")
def documents(begin, tmp_path_factory) -> tuple[Engine, Served]:
    settings = begin(FILES | {"fens.md": FENS, "long.md": LONG})
    engine = Engine.open(settings)
    (folder := tmp_path_factory.mktemp("pdf")).joinpath("article.pdf").write_bytes(two_columns("en"))
    assert not engine.add([folder / "article.pdf"]).failed
    return engine


@pytest.fixture(scope="module")
def ids(documents) -> dict[str, str]:
    return {record.name: record.doc_id for record in documents.documents()}


@pytest.fixture(scope="module")
def served(documents) -> Iterator[Served]:
    with serving(documents._settings) as running:
        yield running


def opened(page: Page, doc_id: str) -> None:
    page.locator(f"[data-document='{doc_id}'] .name").click()
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")


def mode(page: Page, name: str) -> None:
    page.locator(f"[data-mode={name}]").click()
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(390, "light", "zh-CN"), (768, "dark", "en-GB"), (1440, "dark", "zh-CN")]
)
def test_every_way_to_look_at_a_document_fits_and_keeps_nobody_out(visit, ids, width, scheme, locale):
    page = visit("/#/library", width=width, color_scheme=scheme, locale=locale)
    for name, modes in (("fens.md", 6), ("article.pdf", 7)):
        opened(page, ids[name])
        expect(page.locator("[data-mode]")).to_have_count(modes)
        for each in page.locator("[data-mode]").evaluate_all("all => all.map((one) => one.dataset.mode)"):
            mode(page, each)
            assert fits(page) and not grave(page), each
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
    assert page.locator("img[src=x]").count() == 0


def test_the_overview_opens_each_sentence_in_its_place(visit, ids):
    page = visit("/#/library")
    opened(page, ids["fens.md"])
    mode(page, "overview")
    parts = page.locator(".part-of")
    expect(parts.locator("h3").nth(1)).to_have_text("Watching")
    expect(parts).to_have_count(4)
    parts.nth(2).get_by_role("button").click()
    expect(page.locator(".panebar")).to_contain_text("Quote 3 of 4")
    assert marked(page) == "A fine is 40 marks for every cow above the limit."
    expect(page.get_by_role("heading", name="Fines")).to_be_visible()


def test_words_are_found_and_stepped_through_by_the_keyboard_alone(visit, ids):
    page = visit("/#/library", width=390)
    opened(page, ids["fens.md"])
    page.locator("[data-mode=find]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#find-words")).to_be_focused()
    page.keyboard.type("COWS")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("Found 3 times")
    expect(page.locator(".found strong")).to_have_text(["cows"] * 3)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".panebar")).to_contain_text("Place 1 of 3")
    expect(page.locator("#sheet mark")).to_have_text(["cows"])
    page.get_by_role("button", name="Next quote").click()
    page.get_by_role("button", name="Next quote").click()
    expect(page.locator(".panebar")).to_contain_text("Place 3 of 3")
    mode(page, "find")
    expect(page.locator("#find-words")).to_have_value("COWS")
    page.locator("#find-words").fill("<img src=x onerror=window.owned=1>")
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_contain_text("<img src=x")
    page.locator("#find-words").fill("geese")
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_contain_text("does not stand in this document")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_table_is_drawn_with_the_cited_cell_marked(visit, documents, ids, width):
    row = next(each for each in documents.passages(ids["fens.md"]) if each.kind == "row" and "Heron" in each.text)
    cell = next(unit for unit in row.units if unit.text == "9 cows")
    page = visit(passage_link("", row.passage_id, spans=[Span(*span) for span in cell.spans]), width=width)
    table = page.locator("#sheet table")
    expect(table.locator(".cited")).to_have_text(["9 cows"])
    expect(page.locator("#sheet mark")).to_have_text(["9 cows"])
    expect(table.get_by_role("columnheader")).to_have_text([re.compile("^Fen <img"), "Limit", "Gate"])
    expect(table.get_by_role("rowheader")).to_have_text(["Otter 🌲", "Heron"])
    expect(table.locator("td.cited")).to_be_in_viewport()
    raw = page.locator("#sheet .raw")
    expect(raw.locator(".source-text")).to_be_hidden()
    raw.locator("summary").click()
    expect(raw.locator(".source-text")).to_contain_text("Heron\t9 cows")
    assert fits(page) and not grave(page) and page.locator("img[src=x]").count() == 0


def test_text_and_drawn_tables_hold_every_letter_of_the_page(visit, ids, served):
    page = visit("/#/library")
    opened(page, ids["fens.md"])
    shown = "".join(page.locator("#sheet .source-text").all_text_contents())
    text = httpx.get(f"{served.url}/v1/documents/{ids['fens.md']}/text").json()["text"]
    assert "".join(shown.split()) == "".join(text.split())
    heads = page.locator("#sheet .inhead")
    expect(heads).to_have_text([re.compile("^Limits <img"), "Watching", "Fines", "Ends"])


def test_the_passages_open_at_the_one_that_is_cited(visit, documents, ids):
    passages = documents.passages(ids["long.md"])
    page = visit(passage_link("", passages[140].passage_id))
    expect(page.locator("#sheet mark").first).to_be_visible()
    mode(page, "passages")
    here = page.locator("#sheet .passage[data-here]")
    expect(here).to_contain_text(passages[140].text)
    expect(here).to_be_in_viewport()
    expect(page.locator("#sheet .passage")).not_to_contain_text([passages[0].text])
    page.get_by_role("button", name="Show earlier").click()
    expect(page.locator("#sheet .passage").first).to_contain_text(passages[0].text)
    expect(page.get_by_role("button", name="Show earlier")).to_be_hidden()
    page.locator("#sheet .cardbutton").nth(150).click()
    mode(page, "passages")
    expect(here).to_contain_text(passages[150].text)
    expect(here).to_be_in_viewport()


def test_the_image_of_a_page_is_enlarged_and_sharper(visit, ids):
    page = visit("/#/library", width=390)
    opened(page, ids["article.pdf"])
    image = page.locator(".page-image")

    def pixels() -> int:
        expect(image).to_have_attribute("src", re.compile("blob:"))
        return image.evaluate("(image) => image.decode().then(() => image.naturalWidth)")

    before, width = pixels(), image.bounding_box()["width"]
    for _ in range(3):
        page.get_by_role("button", name="Larger").click()
        expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".zoom")).to_contain_text("300%")
    expect(page.get_by_role("button", name="Larger")).to_be_disabled()
    assert image.bounding_box()["width"] == pytest.approx(3 * width, rel=0.02) and pixels() > before
    assert fits(page) and page.locator("#sheet").evaluate("(sheet) => sheet.scrollWidth > sheet.clientWidth")
    page.get_by_role("button", name="Smaller").click()
    expect(page.get_by_role("button", name="Smaller")).to_be_focused()


def test_the_file_is_saved_under_its_name(visit, ids):
    page = visit("/#/library")
    opened(page, ids["fens.md"])
    expect(page.locator("#source .act .word")).to_have_text(["Based on", "Correct", "Download", "Side by side"])
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download the file fens.md").click()
    assert saving.value.suggested_filename == "fens.md"
    assert Path(saving.value.path()).read_text(encoding="utf-8") == FENS
    expect(page.locator("#live")).to_have_text("fens.md is downloaded.")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_two_documents_are_read_side_by_side(visit, ids, served, width, scheme):
    page = visit("/#/library", width=width, color_scheme=scheme)
    opened(page, ids["fens.md"])
    page.get_by_role("link", name="Side by side").click()
    left, right = page.locator(".side").first, page.locator(".side").nth(1)
    expect(left).to_contain_text("Wardens count cows weekly")
    expect(right).to_contain_text("Choose a document above")
    expect(page.locator("#source")).to_be_hidden()
    assert fits(page) and not grave(page)
    page.get_by_label("Document 2", exact=True).select_option(ids["article.pdf"])
    expect(right.locator(".page-image")).to_have_attribute("src", re.compile("blob:"))
    right.get_by_role("button", name="Text").click()
    expect(right.locator(".source-text").first).to_be_visible()
    left.get_by_label("Go to a section").select_option(label="Ends")
    expect(left.get_by_role("heading", name="Ends")).to_be_in_viewport()
    assert fits(page) and not grave(page)
    again = visit(page.url.removeprefix(served.url), width=width)
    expect(again.get_by_label("Document 1", exact=True)).to_have_value(ids["fens.md"])
    expect(again.get_by_label("Document 2", exact=True)).to_have_value(ids["article.pdf"])
    assert page.locator("img[src=x]").count() == 0


def test_side_by_side_nothing_that_an_address_makes_up_is_opened(visit):
    page = visit("/#/beside?left=<img src=x onerror=window.owned=1>&leftpage=x&right=ffffffff&rightpage=-3")
    expect(page.locator(".side .empty")).to_have_count(2)
    assert page.locator("img[src=x]").count() == 0 and not grave(page)
