"""Every view at every width, in both languages and colours: all fits, and nobody is kept out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import product
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from sinkqa.service.overview.drawing.arcs import draw_references
from sinkqa.service.overview.library_overview import MapEdge, MapNode, ReferenceMap
from tests.service.http.browsing import fits, grave, needs_chromium, tab_to
from tests.service.http.conftest import FILES, Served, serving

pytestmark = needs_chromium

EVIL = "<img src=x onerror='window.owned=1'>"
SCRIPT = '"><script>window.owned=1</script>'
LONG = "LongitudinalAssessmentOfSubmergedMeadows" * 7 + "of the northern coast"
RIGHT_TO_LEFT = "חוק הגנת היערות (תיקון) 2021"
TURNED = "\u202eexe.fdp Moor"
HOSTILE = {"evil.md": EVIL, "script.md": SCRIPT, "long.md": LONG, "hebrew.md": "Hebrew", "turned.md": TURNED}
MANY = 230  # more than one list of the library holds
WIDTHS, LOCALES, SCHEMES = (390, 768, 1440), ("en-GB", "zh-CN"), ("light", "dark")


def text(title: str) -> str:
    """A document that calls itself so, and its author, issuer and address too."""
    said = json.dumps(title, ensure_ascii=False)
    head = f'---\ntitle: {said}\nauthor: {said}\nissuer: {said}\nurl: "javascript:window.owned=1"\n---\n'
    body = "Meadows are mown once a year, in the last week of August, and by hand."
    return f"{head}\n# Rules\n\n{body}\n\nRule of {title}.\n"


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    files = FILES | {name: text(title) for name, title in HOSTILE.items()}
    files |= {f"rule-{n:03}.txt": f"Rule {n} of the meadow is kept by number {n}.\n" for n in range(MANY)}
    with serving(begin(files)) as running:
        address = f"{running.url}/v1/documents/{found(running, 'hebrew.md')['doc_id']}"
        httpx.patch(address, json={"title": RIGHT_TO_LEFT, "issuer": RIGHT_TO_LEFT}).raise_for_status()
        yield running


def found(served: Served, words: str) -> dict:
    (document,) = httpx.get(f"{served.url}/v1/documents", params={"words": words}).json()["documents"]
    return document


def kept(served: Served) -> list[dict]:
    """A basket with a quote of each hostile document, a note and a long remark."""
    items = [{"id": "note", "kind": "note", "text": f"{EVIL} {LONG}"}]
    for name in HOSTILE:
        about = httpx.get(f"{served.url}/v1/documents/{found(served, name)['doc_id']}/passages").json()["passages"][0]
        passage = httpx.get(f"{served.url}/v1/passages/{about['passage_id']}").json()
        cited = {each: passage[each] for each in ("passage_id", "doc_id", "title", "quote", "spans", "section")}
        cited |= {"page_start": 1, "page_end": 1, "language": "en"}
        items.append({"id": name, "kind": "quote", "citation": cited, "remark": f"{SCRIPT} {LONG}"})
    return items


def library(page: Page, served: Served) -> None:
    expect(page.locator("#documents .entry").first).to_be_visible()


def chosen(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/#/library?words=evil.md&year=none")
    expect(page.locator("#documents .entry")).to_have_count(1)
    page.locator(".facets").evaluate("(facets) => (facets.open = true)")


def nothing(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/#/library?words={SCRIPT} nowhere")
    expect(page.locator("#documents .empty")).to_be_visible()


def failing(page: Page, served: Served) -> None:
    page.route("**/v1/documents?*", lambda route: route.abort())
    page.goto(f"{served.url}/#/library?order=size")
    expect(page.locator("#documents .problem")).to_be_visible()


def loading(page: Page, served: Served) -> None:
    page.route("**/v1/documents?*", lambda route: None)
    page.reload()
    expect(page.locator("#documents [role=status], #documents .waiting").first).to_be_attached()


def correcting(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/#/library?words=long.md")
    expect(page.locator("#documents .entry")).to_have_count(1)
    page.locator("#documents .entry [data-edit]").click()
    expect(page.locator("#edit-dialog")).to_be_visible()


def deleting(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/#/library?words=long.md")
    expect(page.locator("#documents .entry")).to_have_count(1)
    page.locator("#documents .entry .act").last.click()
    expect(page.locator("#delete-dialog")).to_be_visible()


def document(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/#/library?words=hebrew.md")
    expect(page.locator("#documents .entry")).to_have_count(1)
    page.locator("#documents .entry .name").click()
    expect(page.locator("#source #sheet")).to_contain_text("Meadows are mown")


def basket(page: Page, served: Served) -> None:
    page.evaluate("(items) => localStorage.setItem('sinkqa.basket', items)", json.dumps(kept(served)))
    page.goto(f"{served.url}/#/basket")
    expect(page.locator("[data-item]")).to_have_count(len(HOSTILE) + 1)


def overview(page: Page, served: Served) -> None:
    """With a map of hostile documents, drawn as the server draws it, and the passages of a cell."""
    told = httpx.get(f"{served.url}/v1/overview", params={"type": "markdown"}).json()
    listed = told["timeline"]
    nodes = tuple(MapNode(each["doc_id"], each["title"], each["year"], None, None, "p", None) for each in listed)
    edges = tuple(MapEdge(each.doc_id, nodes[0].doc_id, ("cites", "repeals")[n % 2], n) for n, each in enumerate(nodes))
    drawn = ReferenceMap(nodes, edges[1:], 3)
    picture = draw_references(drawn, language="en", link=lambda node: f"{served.url}/#/p/{node.passage_id}")
    page.route("**/v1/overview?*", lambda route: route.fulfill(json=told | {"references": asdict(drawn)}))
    page.route("**/references.svg?*", lambda route: route.fulfill(body=picture, content_type="image/svg+xml"))
    page.goto(f"{served.url}/#/overview?type=markdown&of=topic:forest&in=jurisdiction:none")
    expect(page.locator(".picture a")).to_have_count(len(nodes))
    expect(page.locator("#topic-passages-title")).to_be_focused()
    expect(page.locator(".topic-passages .cardbutton").first).to_be_visible()


def empty_basket(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/#/basket")
    expect(page.locator("#basket .empty")).to_be_visible()


def hostile_trail(route: Route) -> None:
    """The trail with a policy of each label, in and out of force, whose names, reasons and addresses are hostile."""
    response = route.fetch()
    got = response.json()
    (claim,) = got["claims"]
    first, *_, last = (citation["number"] for citation in got["citations"])
    doc_id = got["citations"][0]["doc_id"]
    common = {"nearness": "row", "named_in": [first], "says": SCRIPT, "original": EVIL, "tested": "", "support": 0.5}
    common |= {"name": EVIL, "findings": [{"element": "number", "said": EVIL, "found": LONG}]}
    meant = {"doc_ids": [], "title": "", "reason": f"{SCRIPT} {LONG}", "address": None}
    dated = {"on": "2026-01-01", "since": "2020", "until": "2024-05-01", "quotes": []}
    newer = {"newer": doc_id, "newer_title": RIGHT_TO_LEFT}
    citing = {"doc_id": doc_id, "title": SCRIPT, "name": LONG, "citation": first}
    for at, (label, status, how) in enumerate(POLICIES):
        is_here = label != "missing"
        policy = common | {"label": label, "title": (EVIL, LONG, TURNED)[at % 3], "resolution": meant | {"how": how}}
        policy |= (
            {"doc_id": doc_id, "standing": dated | newer | {"status": status}}
            if is_here
            else {"doc_id": None, "standing": None}
        )
        policy |= {"address": ("javascript:window.owned=1", f"https://example.org/{LONG}")[at % 2]}
        policy |= {"citations": [] if label == "silent" else [last], "nearest": [first] if label == "silent" else []}
        policy |= (
            {"cited_by": [citing], "n_cited_by": 2} if is_here else {"citations": [], "cited_by": [], "n_cited_by": 0}
        )
        claim["policies"].append(policy)
    got["notes"] = [f"{SCRIPT} {LONG}"]
    route.fulfill(response=response, json=got)


POLICIES = (
    ("likely", "in_force", "exact"),
    ("contradicted", "repealed", "probable"),
    ("silent", "not_yet", "part"),
    ("missing", "unknown", "missing"),
)


def traced(page: Page, served: Served) -> None:
    page.route("**/v1/trail?*", hostile_trail)
    claim = quote(f"Meadows are mown once a year, by hand, {EVIL} {LONG[:180]}")
    page.goto(f"{served.url}/#/trail?claim={claim}&as_of=2026-01-01")
    expect(page.locator(".policy")).to_have_count(len(POLICIES))
    expect(page.locator("#traced a[href^='javascript']")).to_have_count(0)


def compared(page: Page, served: Served) -> None:
    quotes = [each["citation"] for each in kept(served) if each["kind"] == "quote"]
    without = {"glosses": [], "warnings": [], "flags": [], "also_supported_by": [], "boxes": [], "table": None}
    cited = [each | without | {"number": number, "url": "javascript:owned=1"} for number, each in enumerate(quotes, 1)]

    def filled(route: Route) -> None:
        response = route.fetch()
        got = response.json() | {"citations": cited}
        for row, each in zip(got["table"]["rows"], cited, strict=True):
            row["cells"][0] = {"text": f"{EVIL} {LONG}", "citations": [each["number"]], "missing": None}
        route.fulfill(response=response, json=got)

    page.route("**/v1/compare", filled)
    rows = "&".join(f"rows={each['doc_id'][:12]}" for each in cited)
    columns = f"on={quote(EVIL)}&on=meadows&on={LONG[:180]}"
    page.goto(f"{served.url}/#/compare?by=document&{columns}&{rows}")
    expect(page.locator(".comparison tbody .chip")).to_have_count(len(HOSTILE))
    for folded in ("#compared .sources", ".narrowed"):
        page.locator(folded).evaluate("(details) => (details.open = true)")


VIEWS: list[Callable[[Page, Served], None]] = [
    library, chosen, nothing, failing, loading, correcting, deleting, document, basket, empty_basket,
    traced,
    compared,
    overview,
]  # fmt: skip


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_view_fits_and_keeps_nobody_out_at_every_width_in_both_languages_and_colours(visit, served, view):
    for locale in LOCALES:
        page = visit("/#/library?words=.md", locale=locale)
        view(page, served)
        for width, scheme in product(WIDTHS, SCHEMES):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert fits(page), (width, locale, scheme)
            assert not grave(page), (width, locale, scheme)
        assert page.locator("img[src=x], svg[onload]").count() == 0
        page.unroute_all(behavior="ignoreErrors")


def test_a_library_of_many_documents_comes_in_parts_and_each_part_takes_the_focus(visit):
    page = visit("/#/library")
    entries = page.locator("#documents .entry")
    expect(entries).to_have_count(200)
    page.locator("#documents .plain").last.focus()
    page.keyboard.press("Enter")
    expect(entries).to_have_count(200 + MANY + len(FILES) + len(HOSTILE) - 200)
    expect(entries.nth(200).locator(".name")).to_be_focused()
    page.locator("#find-document").fill("rule-229")
    expect(entries).to_have_count(1)


def test_a_title_that_turns_the_line_round_is_shown_with_a_sign_in_its_place(visit):
    page = visit("/#/library?words=turned.md")
    expect(page.locator("#documents .name")).to_have_text("\ufffdexe.fdp Moor")


def test_a_hostile_correction_is_only_text_wherever_it_is_shown(visit, served):
    page = visit("/#/library?words=rule-000")
    page.locator("[data-edit]").click()
    page.get_by_label("Title", exact=True).fill(f"{EVIL}{SCRIPT}")
    page.get_by_label("Official address").fill("javascript:window.owned=1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#edit-told .problem")).to_contain_text("url")
    page.get_by_label("Official address").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#documents .name")).to_have_text(f"{EVIL}{SCRIPT}")
    page.get_by_role("button", name=re.compile("^Delete")).click()
    expect(page.locator("#delete-dialog .name")).to_have_text(f"{EVIL}{SCRIPT}")
    page.keyboard.press("Escape")
    page.locator("#documents .name").click()
    expect(page.locator("#source-title")).to_have_text(f"{EVIL}{SCRIPT}")


def test_a_file_name_of_three_hundred_signs_and_controls_is_taken_in_or_refused_in_words(visit):
    page = visit("/#/library", width=390)
    name = f"{'長い名前' * 70}\u202e{EVIL}.txt"
    page.locator("#upload-files").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": b"Sedge warblers nest in the reeds of the fen."}]
    )
    expect(page.locator(".job li").first).to_have_class(re.compile("added|failed"))
    assert fits(page) and not grave(page)
    assert page.locator("img[src=x]").count() == 0


def test_a_document_is_found_opened_and_corrected_with_the_keyboard_alone(visit, served):
    page = visit("/#/library", width=1440)
    expect(page.locator("#documents .entry").first).to_be_visible()
    tab_to(page, "#find-document")
    page.keyboard.type("rule-001")
    expect(page.locator("#documents .entry")).to_have_count(1)
    tab_to(page, "#documents .name")
    page.keyboard.press("Enter")
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#documents .name")).to_be_focused()
    tab_to(page, "[data-edit]")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-field-title")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Meadow rule one")
    page.keyboard.press("Enter")
    expect(page.locator("#documents .name")).to_have_text("Meadow rule one")
    expect(page.locator("[data-edit]")).to_be_focused()
