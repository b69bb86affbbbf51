"""The view of the library in a real browser: chosen from, added to, deleted from, and everything put back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from sinkqa.service.hosting.collections import Collections
from tests.service.fetching.site import page as reply
from tests.service.fetching.site import site
from tests.service.http.browsing import fits, grave, needs_chromium
from tests.service.http.conftest import FILES, Served, serving

pytestmark = needs_chromium

EVIL = "<img src=x onerror='window.owned=1'>"
LAW = "---\ntitle: Fen law {}\nyear: {}\njurisdiction: NZ\n---\n\nFens.\n\nOf law {}.\n"
DOCUMENTS = FILES | {f"fen-{number}.md": LAW.format(number, 2000 + number % 3, number) for number in range(5)}


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(DOCUMENTS)) as running:
        yield running


def titles(page: Page) -> list[str]:
    return page.locator("#documents .entry .name").all_text_contents()


def choice(page: Page, facet: str, value: str):
    return page.get_by_role("group", name=facet).get_by_role("button", name=re.compile(f"^{value} "))


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(390, "dark", "en-GB"), (768, "light", "zh-CN"), (1440, "light", "en-GB")]
)
def test_the_list_is_chosen_from_with_counts_that_come_true(visit, served, width, scheme, locale):
    page = visit("/#/library", width=width, color_scheme=scheme, locale=locale)
    entries = page.locator("#documents .entry")
    expect(entries).to_have_count(8)
    if width < 768:
        page.locator(".facets summary").click()
    kind, year = ("格式", "年份") if locale == "zh-CN" else ("Format", "Year")
    expect(choice(page, kind, "Markdown")).to_have_text(re.compile("6$"))
    choice(page, kind, "Markdown").click()
    expect(entries).to_have_count(6)
    expect(choice(page, kind, "Markdown")).to_be_focused()
    expect(choice(page, kind, "Markdown")).to_have_attribute("aria-pressed", "true")
    expect(choice(page, year, "2001")).to_have_text(re.compile("2$"))
    choice(page, year, "2001").click()
    expect(entries).to_have_count(2)
    assert page.url.endswith("#/library?type=markdown&year=2001")
    assert fits(page) and not grave(page)
    again = visit(page.url.removeprefix(served.url))
    expect(again.locator("#documents .name")).to_have_text(["Fen law 1", "Fen law 4"])
    page.go_back()
    expect(entries).to_have_count(6)
    page.get_by_role("button", name="Show all" if locale == "en-GB" else "显示全部").click()
    expect(entries).to_have_count(8)


def test_words_and_order_are_in_the_address_and_nothing_found_has_a_way_out(visit):
    page = visit("/#/library")
    expect(page.locator("#documents .entry")).to_have_count(8)
    page.locator("#find-document").press_sequentially("fen law")
    expect(page.locator("#documents .entry")).to_have_count(5)
    expect(page.locator("#find-document")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("5 documents")
    page.get_by_label("Order").select_option("-year")
    expect(page.locator("#documents .name").first).to_have_text("Fen law 2")
    assert page.url.endswith("words=fen+law&order=-year")
    page.locator("#find-document").fill("no such law")
    expect(page.locator("#documents .empty")).to_have_text("No document fits this choice.")
    assert not grave(page)
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#documents .entry")).to_have_count(8)
    expect(page.locator("#find-document")).to_have_value("")


def test_a_document_goes_only_when_that_is_confirmed_and_comes_back_after_a_visit_elsewhere(visit):
    page = visit("/#/library", width=390)
    page.get_by_role("button", name="Delete Fen law 3").click()
    assert not grave(page) and fits(page)
    page.keyboard.press("Enter")
    expect(page.locator("#delete-dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete Fen law 3")).to_be_focused()
    expect(page.locator(".trash")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".entry.gone")).to_contain_text("Fen law 3")
    page.goto(page.url.partition("#")[0] + "#/verify")
    page.goto(page.url.partition("#")[0] + "#/library")
    expect(page.locator("#documents .entry")).to_have_count(7)
    page.locator(".trash summary").click()
    expect(page.locator(".trash")).to_contain_text("kept until")
    assert not grave(page) and fits(page)
    page.get_by_role("button", name="Put back Fen law 3").click()
    expect(page.locator("#documents .entry")).to_have_count(8)
    expect(page.locator(".trash")).to_be_hidden()
    expect(page.locator("#library-title")).to_be_focused()


def test_where_nothing_is_kept_the_question_says_so(visit, begin):
    with serving(begin({"peat.txt": FILES["peat.txt"]}, undo_s=0), SINKQA_UNDO_S="0") as running:
        page = visit("/#/library", url=running.url)
        page.get_by_role("button", name=re.compile("^Delete Rewetting")).click()
        expect(page.locator("#delete-dialog")).to_contain_text("it cannot be put back")
        page.locator("#delete-dialog .danger").click()
        expect(page.locator(".entry.gone")).to_be_focused()
        expect(page.get_by_role("button", name=re.compile("Undo"))).to_have_count(0)


def test_collections_are_switched_by_name(visit, begin):
    settings = begin({"peat.txt": FILES["peat.txt"]})
    Collections(settings).create("moor")
    with serving(settings) as running:
        page = visit("/#/library", url=running.url, width=390)
        expect(page.locator("#documents .entry")).to_have_count(1)
        chosen = page.get_by_label("Collection")
        expect(chosen).to_have_value("default")
        assert fits(page) and not grave(page)
        chosen.select_option("moor")
        expect(page.locator("#documents .empty")).to_contain_text("The library is empty")
        expect(page.get_by_label("Collection")).to_have_value("moor")
        assert "collection=moor" in page.url
        page.reload()
        expect(page.get_by_label("Collection")).to_have_value("moor")


def test_one_collection_is_no_choice_and_addresses_are_not_offered_unless_allowed(visit):
    page = visit("/#/library")
    expect(page.locator("#documents .entry")).to_have_count(8)
    expect(page.locator("#collection-room")).to_be_hidden()
    expect(page.locator(".by-address")).to_be_hidden()


def test_a_document_is_added_by_its_address_which_it_then_names(visit, begin):
    html = b"<html><head><title>Teal rules</title></head><body><p>Teal are counted each July.</p></body></html>"
    allowed = {"SINKQA_ADD_BY_ADDRESS": "1", "SINKQA_FETCH_PRIVATE": "1"}
    with site() as publisher, serving(begin({"peat.txt": FILES["peat.txt"]}), **allowed) as running:
        address = publisher.has("/teal.html", reply(html))
        page = visit("/#/library", url=running.url, width=390)
        field = page.get_by_label("Or take a document from its address")
        assert not grave(page) and fits(page)
        field.fill(address)
        page.keyboard.press("Enter")
        entry = page.locator("#documents .entry", has_text="Teal rules")
        expect(entry).to_have_count(1)
        expect(field).to_have_value("")
        got = httpx.get(f"{running.url}/v1/documents?words=teal").json()["documents"][0]
        page.wait_for_function(
            "(path) => fetch(path).then((got) => got.json()).then((about) => about.metadata.url !== null)",
            arg=f"/v1/documents/{got['doc_id']}",
        )
        assert httpx.get(f"{running.url}/v1/documents/{got['doc_id']}").json()["metadata"]["url"] == address
        field.fill(f"javascript:{EVIL}")
        page.keyboard.press("Enter")
        expect(page.locator(".job .problem")).to_contain_text("expected one of the web")
        expect(page.locator(".job").first).to_contain_text("<img")


def test_names_and_sizes_are_there_before_the_first_byte_has_left(visit):
    page = visit("/#/library", width=390)
    held = []
    page.route(
        "**/v1/documents", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    page.locator("#upload-files").set_input_files(
        [
            {"name": f"{EVIL}.txt", "mimeType": "text/plain", "buffer": b"Kelp grows. " * 200},
            {"name": "otter.txt", "mimeType": "text/plain", "buffer": b"Otters dive."},
        ]
    )
    job = page.locator(".job")
    expect(job.locator("li")).to_have_count(2)
    expect(job.locator("li").first).to_contain_text(f"{EVIL}.txt")
    expect(job.locator("li").nth(1)).to_contain_text("12 bytes")
    expect(job.locator(".name")).to_contain_text(re.compile(r"Sending .* of 2 kB"))
    assert fits(page) and not grave(page)
    job.get_by_role("button", name="Cancel").click()
    expect(job.locator(".name")).to_have_text("Cancelled")
    held[0].abort()


def test_each_file_of_an_upload_says_what_became_of_it(visit, begin):
    with serving(begin({})) as running:
        page = visit("/#/library", url=running.url)
        expect(page.locator("#documents .empty")).to_contain_text("The library is empty")
        expect(page.locator(".facets")).to_be_hidden()
        assert not grave(page)
        page.locator("#upload-files").set_input_files(
            [
                {"name": "kelp.txt", "mimeType": "text/plain", "buffer": b"Kelp grows in cold water near the coast."},
                {"name": "bad.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"},
            ]
        )
        expect(page.locator(".job li.added")).to_contain_text("kelp.txt")
        expect(page.locator(".job li.failed")).to_contain_text("bad.pdf")
        expect(page.locator("#documents .entry")).to_have_count(1)


def test_what_was_read_is_shown_beside_a_correction_and_taken_back_with_a_press(visit):
    page = visit("/#/library")
    entry = page.locator("#documents .entry", has_text="fen-2.md")
    entry.get_by_role("button", name="Correct what is known").click()
    page.get_by_label("Title", exact=True).fill("Fen act two")
    page.get_by_role("button", name="Save").click()
    expect(entry.locator(".name")).to_have_text("Fen act two")
    entry.get_by_role("button", name="Correct what is known").click()
    assert not grave(page)
    expect(page.locator("#edit-dialog")).to_contain_text("read as “Fen law 2”")
    page.get_by_role("button", name="Title: use what was read").click()
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.get_by_role("button", name="Save").click()
    expect(entry.locator(".name")).to_have_text("Fen law 2")
    expect(entry.locator("summary", has_text="correction")).to_have_count(0)


def test_markup_in_the_address_is_only_text(visit):
    page = visit(f"/#/library?type={EVIL}&year={EVIL}&words={EVIL}&order={EVIL}&jurisdiction=%00")
    expect(page.locator("#documents .empty")).to_be_visible()
    expect(page.locator(".facets")).to_contain_text("<img src=x")
    assert page.locator("img[src=x]").count() == 0


def test_a_list_that_does_not_come_says_so_and_can_be_asked_for_again(visit):
    page = visit("/#/verify")
    page.route("**/v1/documents?*", lambda route: route.abort())
    page.get_by_role("link", name="Library").click()
    expect(page.locator("#documents .problem")).to_contain_text("cannot be reached")
    page.unroute("**/v1/documents?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#documents .entry")).to_have_count(8)


@pytest.mark.parametrize(("locale", "facet", "value"), [("en-GB", "Subject", "carbon sink"), ("zh-CN", "主题", "碳汇")])
def test_documents_are_chosen_by_subject_in_the_language_of_the_reader(visit, locale, facet, value):
    page = visit("/#/library", locale=locale)
    chosen = choice(page, facet, value)
    expect(chosen).to_have_text(re.compile("1$"))
    chosen.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#documents .name")).to_have_text(["林场碳汇管理办法"])
    assert page.url.endswith("#/library?subject=carbon+sink")
    assert not grave(page)


def test_the_filters_of_a_question_have_counts(visit):
    page = visit("/#/ask")
    page.get_by_role("button", name="Filters").click()
    expect(page.locator("#filters")).to_contain_text(re.compile(r"New Zealand\s*5"))
    expect(page.get_by_role("group", name="Language")).to_contain_text(re.compile(r"English\s*7"))
    assert not grave(page)


def test_a_document_is_found_for_the_filter_by_a_part_of_its_title_and_stays_picked(visit):
    page = visit("/#/ask")
    page.get_by_role("button", name="Filters").click()
    listed = page.locator("#filters .titles label")
    expect(listed).to_have_count(8)
    page.get_by_label("Fen law 3").check()
    page.get_by_label("Find a document").fill("woodland")
    expect(listed).to_have_text(["Fen law 3", "Woodland credit rules"])
    expect(page.get_by_label("Fen law 3")).to_be_checked()
    page.get_by_label("Find a document").fill("no such title")
    expect(listed).to_have_text(["Fen law 3"])
    expect(page.locator("#filters-said")).to_contain_text("1")
