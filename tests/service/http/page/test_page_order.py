"""A long basket in a real browser: ordered, shared by tabs, and told what was deleted or renamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.service.http.browsing import ask, fits, grave, needs_chromium, tab_to
from tests.service.http.conftest import EN, FILES, Served, serving

pytestmark = needs_chromium

LAWS = {f"law-{n}.md": f"---\ntitle: Fen law {n}\n---\n\nRule {n} of the fens is kept.\n" for n in range(4)}


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES | LAWS)) as running:
        yield running


def quote(served: Served, words: str, at: int) -> dict:
    """An item of the basket, as the page keeps it."""
    (document,) = httpx.get(f"{served.url}/v1/documents", params={"words": words}).json()["documents"]
    about = httpx.get(f"{served.url}/v1/documents/{document['doc_id']}/passages").json()["passages"][0]
    passage = httpx.get(f"{served.url}/v1/passages/{about['passage_id']}").json()
    cited = {name: passage[name] for name in ("passage_id", "doc_id", "title", "quote", "spans", "language", "section")}
    cited |= {"page_start": 1, "page_end": 1}
    return {"id": f"item-{at}", "kind": "quote", "citation": cited, "remark": ""}


def note(at: int) -> dict:
    return {"id": f"item-{at}", "kind": "note", "text": f"Note {at}"}


def holding(visit, items: list[dict], **how: object) -> Page:
    page = visit("/#/ask", **how)
    page.evaluate("(items) => localStorage.setItem('sinkqa.basket', items)", json.dumps(items))
    page.goto(page.url.partition("#")[0] + "#/basket")
    expect(page.locator("[data-item]")).to_have_count(len(items))
    return page


def order(page: Page) -> list[str]:
    return [each["id"].removeprefix("item-") for each in json.loads(page.evaluate("localStorage['sinkqa.basket']"))]


def dragged(page: Page, at: int, to: int) -> None:
    """The item of one number onto the lower half of another."""
    grip = page.locator("[data-grip]").nth(at)
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), page.locator("[data-item]").nth(to).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 10, end["y"] + end["height"] - 4, steps=6)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    page.evaluate("() => new Promise(requestAnimationFrame)")


TALL = {"width": 1440, "height": 1600}  # near an edge the list would scroll on


def test_an_item_follows_the_mouse_and_stays_where_it_is_left(visit):
    page = holding(visit, [note(n) for n in range(4)], viewport=TALL)
    dragged(page, 0, 2)
    expect(page.locator(".dragged")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#live")).to_have_text("Now item 3 of 4.")
    assert order(page) == ["1", "2", "0", "3"]
    expect(page.locator("[data-item='item-0'] .nth")).to_have_text("3")
    expect(page.get_by_label("Note, item 3")).to_have_value("Note 0")
    page.reload()
    expect(page.locator("[data-item]").nth(2)).to_have_attribute("data-item", "item-0")


def test_an_item_follows_a_finger(visit):
    phone = {"viewport": {"width": 390, "height": 1400}, "has_touch": True, "is_mobile": True}
    page = holding(visit, [note(n) for n in range(3)], **phone)
    start = page.locator("[data-grip]").first.bounding_box()
    end = page.locator("[data-item]").nth(1).bounding_box()
    assert start and end
    x, places = start["x"] + 10, [start["y"] + 10, start["y"] + 60, end["y"] + end["height"] - 4]
    send = page.context.new_cdp_session(page).send
    send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": places[0]}]})
    for y in places[1:]:
        send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(page.locator("[data-item]").nth(1)).to_have_attribute("data-item", "item-0")
    send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#live")).to_have_text("Now item 2 of 3.")
    assert order(page) == ["1", "0", "2"]


def test_escape_puts_back_what_is_dragged(visit):
    page = holding(visit, [note(n) for n in range(3)], viewport=TALL)
    dragged(page, 0, 2)
    page.locator("[data-item='item-0'] [data-grip]").focus()
    page.keyboard.press("Escape")
    page.mouse.up()
    assert order(page) == ["0", "1", "2"]
    expect(page.locator("[data-item]").first).to_have_attribute("data-item", "item-0")


def test_what_another_tab_keeps_while_an_item_is_dragged_breaks_nothing(visit):
    page = holding(visit, [note(n) for n in range(3)], viewport=TALL)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator("[data-item]")).to_have_count(3)
    dragged(page, 0, 1)
    second.evaluate("(items) => localStorage.setItem('sinkqa.basket', items)", json.dumps([note(n) for n in range(5)]))
    expect(page.locator("[data-item]")).to_have_count(5)
    page.mouse.up()
    expect(page.locator(".dragged")).to_have_count(0)
    assert order(page) == ["0", "1", "2", "3", "4"]


def test_the_handle_moves_an_item_by_keys_as_far_as_both_ends(visit):
    page = holding(visit, [note(n) for n in range(5)], width=390)
    tab_to(page, "[data-item='item-1'] [data-grip]")
    for key, expected in (
        ("ArrowDown", "02134"),
        ("End", "02341"),
        ("ArrowDown", "02341"),
        ("Home", "10234"),
        ("ArrowUp", "10234"),
    ):
        page.keyboard.press(key)
        assert "".join(order(page)) == expected
        expect(page.locator("[data-item='item-1'] [data-grip]")).to_be_focused()
    assert fits(page) and not grave(page)


def test_what_was_taken_out_comes_back_beside_its_neighbours_whatever_was_moved_meanwhile(visit):
    page = holding(visit, [note(n) for n in range(4)])
    page.get_by_role("button", name="Take out item 2").click()
    page.get_by_role("button", name="Take out item 2").click()
    assert order(page) == ["0", "3"]
    page.locator("[data-item='item-3'] [data-grip]").focus()
    page.keyboard.press("Home")
    assert order(page) == ["3", "0"]
    page.get_by_role("button", name="Put back item 2").first.click()
    expect(page.locator("#live")).to_have_text("Item 3 is back.")
    assert order(page) == ["3", "0", "1"]
    expect(page.locator("#basket h2")).to_have_text("3 items in the basket")


def test_a_second_tab_shows_what_the_first_keeps_and_takes_no_word_away_that_is_being_written(visit):
    first = holding(visit, [note(0), note(1)])
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.locator("[data-item]")).to_have_count(2)
    first.get_by_label("Note, item 2").fill("Written here")
    expect(second.get_by_label("Note, item 2")).to_have_value("Written here")
    second.get_by_label("Note, item 1").click()
    second.keyboard.press("End")
    second.keyboard.type(" and on")
    first.locator("#basket .add").click()
    expect(second.locator("[data-item]")).to_have_count(3)
    second.keyboard.type(" and on")
    expect(second.get_by_label("Note, item 1")).to_have_value("Note 0 and on and on")
    expect(first.get_by_label("Note, item 1")).to_have_value("Note 0 and on and on")


def test_two_hundred_items_are_ordered_written_on_and_exported(visit, served):
    cited = quote(served, "Fen law 1", 0)
    items = [cited | {"id": f"item-{n}", "remark": f"Remark {n}"} if n % 2 else note(n) for n in range(200)]
    page = holding(visit, items)
    page.locator("[data-item='item-199'] [data-grip]").focus()
    page.keyboard.press("Home")
    assert order(page)[:2] == ["199", "0"]
    field = page.get_by_label("Note, item 2", exact=True)
    field.click()
    page.keyboard.press("End")
    page.keyboard.type(" of two hundred")
    with page.expect_download() as download:
        page.locator("#export").click()
    texts = [each.text for each in docx.Document(BytesIO(Path(download.value.path()).read_bytes())).paragraphs]
    assert texts.count("Rule 1 of the fens is kept.") == 100
    assert texts[2:5] == ["Remark 199", "Rule 1 of the fens is kept.", "Note 0 of two hundred"]


def test_an_item_says_that_its_document_is_gone_and_the_export_leaves_it_out(visit, served):
    items = [quote(served, "Fen law 2", 0), quote(served, "Fen law 3", 1)]
    gone = httpx.delete(f"{served.url}/v1/documents/{items[0]['citation']['doc_id']}").json()
    try:
        page = holding(visit, items)
        expect(page.locator("[data-item='item-0'] .doubt")).to_contain_text("no longer in the library")
        expect(page.locator("[data-item='item-1'] .doubt")).to_have_count(0)
        assert not grave(page)
        with page.expect_download() as download:
            page.locator("#export").click()
        text = "\n".join(
            each.text for each in docx.Document(BytesIO(Path(download.value.path()).read_bytes())).paragraphs
        )
        assert "Rule 3 of the fens is kept." in text and "Rule 2" not in text
        assert "Left out: its source is no longer in the library: Fen law 2" in text
        expect(page.locator("#basket-told [role=alert]")).to_contain_text("1 quote was left out")
    finally:
        httpx.post(served.url + gone["restore_url"], json={})


def test_a_corrected_title_is_shown_by_the_open_answer_by_another_tab_and_by_the_basket(visit, served):
    page = visit("/#/ask")
    ask(page, EN)
    page.locator(".answer .keeper").click()
    named = page.locator(".sources .name").first
    expect(named).to_have_text("Woodland credit rules")
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator(".sources .name").first).to_have_text("Woodland credit rules")
    page.goto(page.url.partition("#")[0] + "#/library")
    entry = page.locator("#documents .entry", has_text="forest.html")
    entry.get_by_role("button", name="Correct what is known").click()
    page.get_by_label("Title", exact=True).fill("Woodland act")
    page.keyboard.press("Enter")
    expect(entry.locator(".name")).to_have_text("Woodland act")
    try:
        expect(second.locator(".sources .name").first).to_have_text("Woodland act")
        page.go_back()
        expect(named).to_have_text("Woodland act")
        expect(page.locator(".chip").first).to_have_attribute("aria-label", "Quote 1: Woodland act, Limits")
        page.locator(".chip").first.click()
        expect(page.locator("#source-title")).to_have_text("Woodland act")
        fresh = visit("/#/basket")
        kept = json.loads(page.evaluate("localStorage['sinkqa.basket']"))
        assert kept[0]["citations"][0]["title"] == "Woodland credit rules"
        fresh.evaluate("(items) => localStorage.setItem('sinkqa.basket', items)", json.dumps(kept))
        fresh.reload()
        expect(fresh.locator(".kept-sources")).to_contain_text("Woodland act")
    finally:
        doc_id = httpx.get(f"{served.url}/v1/documents?words=woodland").json()["documents"][0]["doc_id"]
        httpx.patch(f"{served.url}/v1/documents/{doc_id}", json={"title": None})
