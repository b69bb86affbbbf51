"""The page in a real browser over a real server: asked, checked word for word, attacked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from sinkqa.ingest.document import Span
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.interfaces.links import passage_link
from tests.service.http.browsing import answer, ask, fits, grave, marked, needs_chromium, settled, tab_to
from tests.service.http.conftest import EN, FILES, OUTSIDE, ZH, Served, serving
from tests.service.http.tabling import ASKED, FENS, MISSING, SUGGESTED, TRANSLATED, tabling

pytestmark = needs_chromium

ROOT = Path(__file__).parents[4]
EVIL = "<img src=x onerror='window.owned=1'>"
SCRIPT = "<script>window.owned=1</script>"
HOSTILE = {
    "<img src=x onerror=window.owned=1>.md": (
        f'---\ntitle: "Seagrass ledger {EVIL}"\nurl: "javascript:window.owned=1"\n'
        f'issuer: "{SCRIPT}"\nyear: 2020\n---\n\n# Seagrass ledger {EVIL.replace("<", "&lt;")}\n\n'
        f"Seagrass meadows earn {SCRIPT.replace('<', '&lt;')} 17 crowns per hectare "
        "&lt;svg onload=window.owned=1&gt;.\n"
    ),
    "astral.txt": f"🌲🌿 𠮷野家 {EVIL} Bamboo stands store 23 units per plot 🌳 by law. "
    f"{SCRIPT} Nothing else counts.\n",
}
WHY = "Why may an operator cover 20 percent of its obligation with woodland credits?"


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES | HOSTILE)) as running:
        yield running


def walk(page: Page) -> Iterator[str]:
    """Goes through the other views."""
    for view, shown in (("library", ".entry"), ("verify", "form"), ("history", ".entry")):
        page.goto(page.url.partition("#")[0] + f"#/{view}")
        expect(page.locator(f"#view-{view} {shown}").first).to_be_visible()
        yield view


@pytest.mark.parametrize("question", [ZH, EN, "How many units do bamboo stands store per plot by law?"])
def test_each_citation_opens_at_its_page_with_exactly_the_quote_marked(visit, served, question):
    expected = answer(served, question)
    assert expected["citations"]
    if "bamboo" in question:  # browsers count otherwise there
        assert all(span["end"] < span["end_utf16"] for each in expected["citations"] for span in each["spans"])
    page = visit()
    ask(page, question)
    for citation in expected["citations"]:
        page.locator(f".statement .chip[data-number='{citation['number']}']").first.click()
        expect(page.locator("#source-title")).to_have_text(citation["title"])
        assert marked(page) == citation["quote"]
        expect(page.locator("#source-title")).to_be_focused()
    said = page.locator(".statement").evaluate_all("all => all.map((each) => each.firstChild.textContent)")
    assert said == [segment["text"] for segment in expected["segments"]]


def test_several_quotes_are_stepped_through_and_a_passage_says_why_it_was_chosen(visit):
    page = visit()
    ask(page, EN)
    page.locator(".retrieved > summary").click()
    page.get_by_role("button", name=re.compile("Open passage 1:")).click()
    expect(page.locator(".panebar")).to_contain_text("Quote 1 of")
    page.get_by_role("button", name="Next quote").click()
    expect(page.locator(".panebar")).to_contain_text("Quote 2 of")
    expect(page.get_by_role("button", name="Next quote")).to_be_focused()
    why = page.locator(".source .why")
    why.locator("summary").first.click()
    expect(why.locator("p").first).to_contain_text("rank")
    why.locator("summary", has_text="In figures").click()
    expect(why.get_by_role("rowheader", name="Meaning")).to_be_visible()


@pytest.fixture(scope="module")
def fens(begin) -> Iterator[tuple[str, dict]]:
    """Where an answer with a table is given, and the answer."""
    with tabling(begin(FENS)) as url:
        yield url, httpx.post(f"{url}/v1/answer", json={"question": ASKED}, timeout=30).json()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_table_says_each_cell_in_its_place_and_opens_its_quotes(visit, fens, width):
    url, expected = fens
    page = visit(url=url, width=width)
    ask(page, ASKED)
    assert fits(page) and not grave(page)
    table = page.locator("#answer").get_by_role("table", name=expected["table"]["caption"])
    expect(table.get_by_role("columnheader")).to_have_text([expected["table"]["corner"], *expected["table"]["columns"]])
    for row in expected["table"]["rows"]:
        shown = table.get_by_role("row").filter(has=page.get_by_role("rowheader").filter(has_text=row["label"]))
        said = shown.locator("td").evaluate_all("all => all.map((each) => each.firstChild.textContent)")
        assert said == [cell["missing"] or cell["text"] for cell in row["cells"]]
        cited = {n for cell in row["cells"] for n in cell["citations"]}
        assert {int(number) for number in shown.locator(".chip").all_text_contents()} == cited
    place = page.locator(".places > li").first
    assert place.locator(".chip").all_text_contents() == [str(each["number"]) for each in expected["citations"][:-1]]
    citation = expected["citations"][1]
    table.locator(".chip").nth(1).click()
    expect(page.locator("#source-title")).to_have_text(citation["title"])
    assert marked(page).split(" … ") == citation["quote"].split("\t"), "cell by cell"


def test_parts_head_their_statements_and_what_is_missing_is_told_in_the_askers_language(visit, fens):
    url, expected = fens
    page = visit(url=url, locale="zh-CN")
    ask(page, ASKED)
    expect(page.locator(".answer .part")).to_have_text(list(dict.fromkeys(s["part"] for s in expected["segments"])))
    expect(page.locator(".answer .missing")).to_have_text(f"Not found: {'; '.join(MISSING)}")
    said = page.locator(".statement").evaluate_all("all => all.map((each) => each.innerText.split('\\n').length)")
    assert said == [2], "the table tells the other segments, and each paragraph is on a line of its own"


def test_a_long_table_scrolls_in_its_box_and_is_printed_whole(visit, begin):
    rows = "".join(f"| Fen {n} | {n} cows | {'mown late ' * 9} | gate {n} |\n" for n in range(40))
    with tabling(
        begin({"fens.md": f"# Fens\n\n| Fen | Limit | Rule | Gate |\n|---|---|---|---|\n{rows}\nNo more.\n"})
    ) as url:
        page = visit(url=url, width=390)
        ask(page, ASKED)
        box = page.locator(".scrolled")
        assert fits(page) and box.evaluate(
            "(box) => box.scrollWidth > box.clientWidth && box.scrollHeight > box.clientHeight"
        )
        box.evaluate("(box) => box.scrollTo(200, 600)")
        label, name = box.locator("tbody th").nth(12), box.locator("thead th").nth(3)
        left, top = (box.bounding_box()[side] for side in ("x", "y"))
        assert abs(label.bounding_box()["x"] - left) < 3 and abs(name.bounding_box()["y"] - top) < 3
        page.emulate_media(media="print")
        assert box.evaluate("(box) => box.scrollHeight <= box.clientHeight + 2")
        expect(page.locator("#ask-button")).to_be_hidden()
        expect(page.locator(".turn .question")).to_be_visible()


def test_an_abstention_says_why_what_was_looked_for_and_what_came_near(visit):
    page = visit(locale="zh-CN")
    ask(page, OUTSIDE)
    expect(page.locator(".abstained .verdict")).to_have_text("这个问题不在资料库范围内")
    expect(page.locator(".looked")).to_contain_text("整个资料库")
    assert page.locator(".retrieved .passage").count() == 3
    page.locator(".retrieved .cardbutton").first.click()
    expect(page.locator("#sheet mark").first).to_be_visible()


def test_the_librarys_own_questions_are_offered_and_asked_from_the_keyboard(visit, served):
    for locale, language in (("en-GB", "en"), ("zh-CN", "zh")):
        offered = httpx.get(f"{served.url}/v1/opening", params={"language": language}).json()["suggestions"]
        page = visit(locale=locale)
        expect(page.locator("#at-rest .example")).to_have_text(offered)
        assert offered and not grave(page)
        page.locator("#at-rest .example").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".statement").first).to_be_visible()
        expect(page.locator(".turn .question")).to_have_text([offered[0]])
        expect(page.locator("#at-rest > *")).to_have_count(0)
    page.get_by_role("link", name="提问", exact=True).click()
    page.get_by_role("button", name="Switch to English").click()
    first = httpx.get(f"{served.url}/v1/opening").json()["suggestions"][0]
    expect(page.locator("#at-rest .example").first).to_have_text(first)


def test_an_empty_library_offers_nothing_and_says_so(visit, begin):
    with serving(begin({})) as empty:
        page = visit(url=empty.url)
        expect(page.locator(".holds a")).to_have_text("The library is empty. Add a file to begin.")
        expect(page.locator(".example")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_greeting_is_a_reply_whose_questions_are_asked_with_a_click(visit, served, width):
    told = answer(served, "hello")
    page = visit(width=width)
    ask(page, "hello")
    expect(page.locator(".reply > p")).to_have_text(told["answer"].split("\n"))
    expect(page.locator(".reply .example")).to_have_text(told["suggestions"])
    expect(page.locator(".verdict, .looked, .retrieved, #source:not([hidden])")).to_have_count(0)
    expect(page.locator(".reply")).not_to_contain_text("Confidence")
    assert fits(page) and not grave(page)
    page.locator(".reply .example").first.click()
    expect(page.locator(".statement").first).to_be_visible()
    page.goto(page.url.partition("#")[0] + "#/history")
    expect(page.locator("#history .name")).to_have_text([told["suggestions"][0]])


def test_who_asks_too_little_is_offered_questions(visit, served):
    told = answer(served, "carbon")
    page = visit()
    ask(page, "carbon")
    expect(page.locator(".abstained .example")).to_have_text(told["suggestions"])
    assert told["suggestions"]


def test_a_translation_stands_under_its_statement_in_the_askers_language(visit, fens):
    url, _ = fens
    page = visit(url=url, locale="zh-CN")
    ask(page, ASKED)
    expect(page.locator(".scrolled + .translation")).to_contain_text(TRANSLATED)
    expect(page.locator(".translation .small")).to_have_text("[1] machine translation, amounts and names checked")
    expect(page.locator(".answer .example")).to_have_text(SUGGESTED)


def test_a_wrong_premise_is_corrected_with_its_evidence(visit, served):
    expected = answer(served, WHY)
    assert expected["abstain_reason"] == "premise_contradicted"
    page = visit()
    ask(page, WHY)
    expect(page.locator(".corrected .verdict")).to_have_text("The documents say otherwise")
    assert marked(page) == expected["citations"][0]["quote"]


def test_filters_narrow_what_answers_and_travel_in_the_address(visit, served):
    page = visit()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Chinese").check()
    ask(page, EN)
    assert "lang=zh" in page.url
    page.locator(".retrieved > summary").click()
    assert set(page.locator(".passage .said").evaluate_all("all => all.map((each) => each.lang)")) <= {"zh-Hans"}
    again = visit(page.url.removeprefix(served.url))
    expect(again.locator("#filters-said")).to_have_text("Filters: 1")


def test_a_link_asks_again_and_says_when_the_library_has_changed(visit):
    page = visit(f"/#/ask?q={quote(EN)}&g=999")
    expect(page.locator(".note")).to_contain_text("version 999, now 1")
    expect(page.locator(".answer .foot")).to_be_visible()
    assert "g=1" in page.url
    page.reload()
    expect(page.locator(".answer .foot")).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)


def test_links_of_other_interfaces_open_the_passage_with_its_words_marked(visit, served):
    for question in (EN, "How many units do bamboo stands store per plot by law?"):
        got = answer(served, question)
        citation, passage = got["citations"][0], got["passages"][0]
        spans = [Span(each["start"], each["end"]) for each in citation["spans"]]
        for link, text in (
            (passage_link("", citation["passage_id"], spans=spans, collection="default"), citation["quote"]),
            (passage_link("", passage["passage_id"]) + "?collection=default", None),
        ):
            page = visit(link)
            expect(page.locator("#source-title")).to_have_text(citation["title"])
            marks = page.locator("#sheet mark")
            expect(marks.first).to_be_visible()
            assert text is None or " … ".join(marks.all_text_contents()) == text


def test_a_collection_that_is_not_there_is_told_of(visit):
    page = visit(f"/#/ask?q={quote(EN)}&collection=moor")
    expect(page.locator("#answer .problem")).to_contain_text("moor")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_the_answer_is_still_there_after_a_look_elsewhere(visit):
    page = visit()
    ask(page, EN)
    page.get_by_role("link", name="Library").click()
    expect(page.locator("#source")).to_be_hidden()
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.locator(".statement")).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.locator(".examples")).to_be_visible()
    expect(page.locator("#answer > *")).to_have_count(0)


def test_a_citation_is_copied_in_four_styles(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, EN)
    page.locator(".sources").get_by_role("button", name="Cite").first.click()
    for style, part in (
        ("GB/T 7714", "Woodland credit rules[Z]"),
        ("APA", "(n.d.)"),
        ("BibTeX", "@misc{"),
        ("RIS", "TY  - GEN"),
    ):
        page.get_by_role("button", name=f"Copy {style}").click()
        expect(page.locator("#cite-told")).to_have_text("Copied.")
        assert part in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(page.locator("#cite-dialog")).not_to_be_visible()


def pdf(path: Path, *lines: str) -> Path:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    for number, line in enumerate(lines):
        canvas.drawString(72, 750 - 20 * number, line)
    canvas.save()
    return path


def test_a_pdf_is_uploaded_asked_deleted_and_put_back(visit, served, tmp_path):
    page = visit("/#/library")
    lines = ("The registry pays 77 marks for every tonne of kelp.", "Kelp farms report each spring.")
    page.locator("#upload-files").set_input_files(pdf(tmp_path / "kelp.pdf", *lines))
    expect(page.locator(".job li.added")).to_contain_text("kelp.pdf")
    entry = page.locator("#documents .entry", has_text="kelp.pdf")
    expect(entry).to_have_count(1)
    title = entry.locator(".name").inner_text()

    question = "How many marks does the registry pay for a tonne of kelp?"
    page.get_by_role("link", name="Ask", exact=True).click()
    ask(page, question)
    image = page.locator(".page-image")
    expect(image).to_have_attribute("src", re.compile("blob:"))
    assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 500
    assert image.evaluate(YELLOW) > 500, "the quote is marked on the image"
    page.get_by_role("button", name="Text", exact=True).click()
    assert marked(page) == answer(served, question)["citations"][0]["quote"]
    page.get_by_role("button", name="Passages", exact=True).click()
    expect(page.locator("#sheet .passage").first).to_contain_text("77 marks")

    page.get_by_role("link", name="Library").click()
    page.get_by_role("button", name=f"Delete {title}").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.locator("#delete-dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name=f"Undo: put back {title}")).to_be_focused()
    assert title not in {each["title"] for each in answer(served, question)["passages"]}
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text(f"“{title}” is back.")
    assert answer(served, question)["citations"]


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1440), ("light", 360)])
def test_what_is_known_of_a_document_is_corrected_and_marked(visit, served, tmp_path, scheme, width):
    name = f"teal-{scheme}.md"
    (tmp_path / name).write_text(f"# Ministry of Teal {scheme}\n\nTeal moult in {scheme} July ponds.\n")
    page = visit("/#/library", color_scheme=scheme, width=width)
    page.locator("#upload-files").set_input_files(tmp_path / name)
    entry = page.locator("#documents .entry", has_text=name)
    expect(entry).to_have_count(1)
    entry.get_by_role("button", name="Correct what is known").click()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_be_focused()
    assert title.input_value() == f"Ministry of Teal {scheme}" and grave(page) == [] and fits(page)
    title.fill(f"Teal Act {scheme}")
    page.get_by_label("Year of issue").fill("02")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-dialog .problem")).to_contain_text("four digits")
    page.get_by_label("Year of issue").fill("2002")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text(f"“Teal Act {scheme}” is corrected.")
    expect(entry.locator("[data-edit]")).to_be_focused()
    expect(entry.locator(".name")).to_have_text(f"Teal Act {scheme}")
    entry.locator("summary", has_text="2 corrections").click()
    expect(entry).to_contain_text(f"Title: read as “Ministry of Teal {scheme}”")
    assert grave(page) == [] and fits(page)
    entry.locator(".name").click()
    expect(page.locator("#source-title")).to_have_text(f"Teal Act {scheme}")
    page.locator("#source").get_by_role("button", name="Correct").click()
    page.get_by_label("Title", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#source-title")).to_have_text(f"Ministry of Teal {scheme}")
    expect(page.locator("#source summary", has_text="1 correction")).to_be_visible()


def test_what_is_doubtful_stands_beside_the_source(visit, served, tmp_path):
    text = "# 白鹭办法\n\n" + "白鹭保护区占湿地面积的比例达到8以上，补贴提高10左右。\n\n" * 3
    (tmp_path / "egret.md").write_text(text, encoding="utf-8")
    page = visit("/#/library", locale="zh-CN")
    page.locator("#upload-files").set_input_files(tmp_path / "egret.md")
    expect(page.locator(".job li.added")).to_contain_text("egret.md")
    page.get_by_role("link", name="提问", exact=True).click()
    ask(page, "白鹭保护区占湿地面积的比例达到多少？")
    told = "文件的数字可能缺百分号或小数点，请核对原件"
    expect(page.locator(".sources .doubt").first).to_have_text(told)
    expect(page.locator("#source .panehead .doubt")).to_have_text(told)
    assert grave(page) == []


YELLOW = """(image) => {
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] > 200 && data[at + 2] < 160;
  return count;
}"""


def test_a_file_that_cannot_be_read_says_so_and_the_card_goes(visit, tmp_path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    page = visit("/#/library")
    page.locator("#upload-files").set_input_files(tmp_path / "broken.pdf")
    expect(page.locator(".job li.failed")).to_contain_text("broken.pdf")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".job")).to_have_count(0)


def test_a_text_is_verified_claim_by_claim(visit):
    page = visit("/#/verify")
    claims = "An operator may cover at most 8 percent of its obligation with woodland credits. "
    claims += "Credits expire after thirty years."
    page.get_by_label("Text to verify").fill(claims)
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(".claim.supported")).to_have_count(1)
    expect(page.locator(".claim.contradicted .findings")).to_contain_text("the document says")
    page.locator(".claim.contradicted .chip").click()
    expect(page.locator("#sheet mark").first).to_contain_text("twelve years")


def test_history_stays_in_this_browser_and_can_be_cleared(visit):
    page = visit()
    ask(page, EN)
    page.get_by_role("link", name="History").click()
    expect(page.locator("#history .name")).to_have_text([EN])
    page.get_by_role("button", name="Clear history").click()
    expect(page.locator("#history")).to_contain_text("No question has been asked")
    assert page.evaluate("localStorage.getItem('sinkqa.history')") is None


def test_the_interface_speaks_the_browsers_language_and_switches(visit):
    page = visit(locale="zh-TW")
    expect(page.locator("h1:visible")).to_have_text("问气候政策，字字有出处")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("h1:visible")).to_have_text("Ask climate policy. Check every word.")
    page.reload()
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_any_view(visit, scheme):
    page = visit(color_scheme=scheme)
    found = grave(page)
    ask(page, EN)
    expect(page.locator(".exactness")).to_be_visible()
    page.locator(".retrieved > summary").click()
    found += grave(page)
    ask(page, OUTSIDE)
    found += grave(page)
    for _ in walk(page):
        found += grave(page)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(18, 22, 20)") == (scheme == "dark")
    assert not found, found


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_wider_than_the_screen(visit, width):
    page = visit(width=width)
    assert fits(page)
    page.get_by_role("button", name="Filters").click()
    expect(page.locator(".titles")).to_be_visible()
    assert fits(page)
    ask(page, EN)
    page.locator(".statement .chip").first.click()
    expect(page.locator(".exactness")).to_be_visible()
    assert fits(page)
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator(".statement .chip").first).to_be_focused()
    for view in walk(page):
        assert fits(page), view


def test_a_question_is_asked_checked_and_closed_with_the_keyboard_alone(visit):
    page = visit(width=800)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "#question")
    page.keyboard.type("How much of its obligation")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("may an operator cover?")
    page.keyboard.press("Enter")
    settled(page)
    tab_to(page, ".statement .chip")
    page.keyboard.press("Enter")
    expect(page.locator("#source-title")).to_be_focused()
    tab_to(page, "[data-mode=outline]")
    page.keyboard.press("Enter")
    expect(page.locator(".outline")).to_be_visible()
    tab_to(page, ".outline button")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet mark").first).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.statement .chip')")


@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_moves_while_the_page_and_its_answer_come(visit, width):
    page = visit(width=width)
    expect(page.locator(".holds a")).to_be_visible()
    page.evaluate(MOVED)
    ask(page, EN)
    if width == 1440:
        expect(page.locator(".exactness")).to_be_visible()
    assert page.evaluate("window.moved") < 0.05


MOVED = """() => {
  window.moved = 0;
  const add = (list) => { for (const each of list.getEntries()) if (!each.hadRecentInput) window.moved += each.value };
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
}"""


def test_markup_in_names_titles_texts_and_questions_is_only_text(visit):
    page = visit("/#/library")
    entry = page.locator("#documents .entry", has_text="Seagrass ledger")
    expect(entry).to_contain_text("<img src=x")
    entry.locator(".name").click()
    expect(page.locator(".source-text")).to_contain_text("onload=window.owned")
    for mode in ("Passages", "Outline"):
        page.get_by_role("button", name=mode, exact=True).click()
        expect(page.locator("#sheet li, #sheet .empty").first).to_be_visible()
    assert page.locator("a[href^='javascript']").count() == 0
    page.locator(".panehead").get_by_role("button", name="Cite").click()
    expect(page.locator("#cite-dialog pre").first).to_contain_text("Seagrass")
    page.keyboard.press("Escape")
    for question in (f"{EVIL}{SCRIPT} How many crowns per hectare do seagrass meadows earn?", f"{EVIL} weather?"):
        page.goto(page.url.partition("#")[0] + f"#/ask?q={quote(question)}&lang={quote(EVIL)}&g={quote(SCRIPT)}")
        page.goto(page.url.partition("#")[0] + f"#/ask?q={quote(question)}")
        expect(page.locator(".answer .foot")).to_be_visible()
    page.goto(page.url.partition("#")[0] + "#/history")
    expect(page.locator("#history .name").first).to_contain_text("<img")
    assert page.evaluate("document.querySelectorAll('img[src=x], main script, svg[onload]').length") == 0


def test_what_storage_holds_is_never_trusted(visit):
    page = visit()
    for junk in (
        "nonsense",
        '{"a": 1}',
        f'[{{"question": "{SCRIPT}", "at": "x", "filters": {{"doc_ids": 3}}}}, null, 7]',
    ):
        page.evaluate(
            "(junk) => { for (const name of ['history', 'theme', 'language']) localStorage['sinkqa.' + name] = junk }",
            junk,
        )
        page.reload()
        page.goto(page.url.partition("#")[0] + "#/history")
        expect(page.locator("h1:visible")).to_have_text("History")
        page.goto(page.url.partition("#")[0] + "#/ask")


def test_a_key_is_asked_for_only_when_the_server_wants_one(visit, begin):
    settings = begin({"peat.txt": FILES["peat.txt"]})
    _, secret = keys_of(settings).create("page", scope="read")
    with serving(settings) as guarded:
        page = visit(url=guarded.url)
        dialog = page.locator("#key-dialog")
        expect(dialog).to_be_visible()
        page.get_by_role("textbox", name="API key").fill("sk-wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#key-wrong")).to_be_visible()
        assert not grave(page)
        page.get_by_role("textbox", name="API key").fill(secret)
        page.keyboard.press("Enter")
        expect(dialog).not_to_be_visible()
        ask(page, "What does the scheme pay per hectare each year?")
        expect(page.locator("#sheet mark").first).to_contain_text("40 marks")
        assert secret not in page.evaluate("JSON.stringify(localStorage)") + page.url
        page.get_by_role("link", name="Library").click()
        page.locator("#upload-files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"Kelp."})
        expect(page.locator(".job .problem")).to_contain_text("scope")
        page.context.close()


def test_the_first_load_is_small_and_every_file_is_the_servers_own(served):
    with httpx.Client(base_url=served.url) as client:
        first = client.get("/")
        assert first.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "unsafe" not in first.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", first.text)
        folder = ROOT / "service" / "page"
        sizes = {
            name: len(client.get(f"/page/{name}").raise_for_status().content)
            for name in (path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
        }
        loaded = _first(folder, first.text)
        assert sum(size for name, size in sizes.items() if name in loaded) < 350_000
        assert {"main.js", "base/words.js"} <= loaded and "compare/compare.js" not in loaded
        assert set(re.findall(r"(?:src|href)=\"/page/([\w./-]+)", first.text)) <= set(sizes)
        known = client.get("/page/main.js", headers={"If-None-Match": client.get("/page/main.js").headers["ETag"]})
        assert known.status_code == 304
        for path in ("../engine.py", "..%2fengine.py", "none.js", "%00", "page.py", ""):
            assert client.get(f"/page/{path}").status_code == 404, path


def _first(folder: Path, page: str) -> set[str]:
    """The files of the first load: what the page names, and what these import at once."""
    found = {"index.html"}
    waiting = re.findall(r'(?:src|href)="/page/([\w./-]+)"', page)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name.endswith(".js"):
            for path in re.findall(r'\bfrom "([\w./-]+)"', (folder / name).read_text(encoding="utf-8")):
                waiting.append((folder / name).parent.joinpath(path).resolve().relative_to(folder.resolve()).as_posix())
    return found


def test_data_never_becomes_markup_and_no_word_is_missing():
    folder = ROOT / "service" / "page"
    words = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*words.js")))
    named = re.findall(r'^  "?([\w.-]+)"?: \[', words, re.MULTILINE)
    defined = set(named)
    assert len(named) == len(defined), "one part of the page would speak another's words"
    for path in folder.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|srcdoc", text), path.name
        used = re.findall(r'\bt\("([\w.]+)"|\b(?:t|label|placeholder): \[?"([\w.]+)"|data-\w+=\'\["([\w.]+)"', text)
        assert {name for names in used for name in names if name} <= defined, path.name
