"""The basket in a real browser: filled from anywhere, put in order, changed, exported, copied and printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import httpx
import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.service.http.browsing import fits, grave, needs_chromium, tab_to
from tests.service.http.conftest import EN, FILES, OUTSIDE, ZH, Served, serving

pytestmark = needs_chromium

EVIL = "<img src=x onerror='window.owned=1'>"
SCRIPT = "<script>window.owned=1</script>"
HOSTILE = {
    "evil.md": f'---\ntitle: "=1+1 {EVIL}"\nurl: "javascript:window.owned=1"\n---\n\n# Kelp\n\n'
    f"Kelp beds earn {SCRIPT.replace('<', '&lt;')} 17 crowns a hectare in a dry year.\n",
    "astral.txt": "🌲🌿 𠮷野家 Bamboo stands store 23 units per plot 🌳 by law. Nothing else counts.\n",
}
BAMBOO = "How many units do bamboo stands store per plot by law?"


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES | HOSTILE)) as running:
        yield running


def ask(page: Page, question: str) -> None:
    go(page, "ask")
    page.get_by_role("textbox", name=re.compile("Question|问题")).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#answer .answer .foot").last).to_be_visible()
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")


def keep(page: Page, question: str) -> None:
    ask(page, question)
    if page.locator("#main").get_attribute("inert") is not None:
        page.keyboard.press("Escape")
    page.locator(".answer .keeper").last.click()
    expect(page.locator(".answer .keeper").last).to_have_attribute("aria-pressed", "true")


def go(page: Page, view: str) -> None:
    page.goto(page.url.partition("#")[0] + f"#/{view}")
    expect(page.locator(f"#view-{view}")).to_be_visible()


def note(page: Page, text: str) -> None:
    page.locator("#basket .add").click()
    page.keyboard.type(text)


def saved(page: Page, kind: str) -> tuple[str, bytes]:
    page.get_by_label(re.compile("^(File|文件格式)$")).select_option(kind)
    with page.expect_download() as download:
        page.locator("#export").click()
    path = download.value.path()
    return download.value.suggested_filename, Path(path).read_bytes()


def stored(page: Page) -> list[dict]:
    return json.loads(page.evaluate("localStorage.getItem('sinkqa.basket') ?? '[]'"))


def test_an_empty_basket_says_how_to_fill_it(visit):
    for locale, said in (("en-GB", "Press “Keep”"), ("zh-CN", "点“留存”")):
        page = visit("/#/basket", locale=locale)
        expect(page.locator("#basket .empty")).to_contain_text(said)
        expect(page.locator("#basket-count")).to_have_text("")
        expect(page.locator("#export")).to_have_count(0)
        assert not grave(page)


def test_answers_quotes_statements_and_notes_are_kept_counted_and_exported(visit, served):
    page = visit()
    keep(page, ZH)
    page.locator("#source .keeper").click()
    expect(page.locator("#basket-count")).to_have_text("2")
    go(page, "verify")
    page.get_by_label("Text to verify").fill("Credits expire after thirty years.")
    page.locator("#verify-button").click()
    page.locator(".claim .keeper").click()
    page.reload()
    expect(page.locator("#basket-count")).to_have_text("3")
    go(page, "basket")
    expect(page.locator("#basket .over", has_text="3 items in the basket")).to_be_visible()
    note(page, "Ask the registry.")
    page.get_by_label("Title", exact=True).fill("Sinks: 碳汇")
    name, content = saved(page, "docx")
    assert name == "Sinks 碳汇.docx"
    texts = [each.text for each in docx.Document(BytesIO(content)).paragraphs]
    assert texts[0] == "Sinks: 碳汇" and texts[2] == ZH and texts[-1] == "Ask the registry."
    assert "Contradicted: Credits expire after thirty years." in texts
    assert any("不得超过其年度应清缴配额的6%" in each for each in texts)
    expect(page.locator("#basket-told")).to_have_text("“Sinks 碳汇.docx” is saved.")


@pytest.mark.parametrize(
    ("kind", "suffix"), [("html", ".html"), ("markdown", ".md"), ("xlsx", ".xlsx"), ("ris", ".ris")]
)
def test_every_other_format_is_saved_with_the_chosen_references(visit, kind, suffix):
    page = visit(locale="zh-CN")
    keep(page, EN)
    go(page, "basket")
    expect(page.get_by_label("引用格式")).to_have_value("gbt7714")
    page.get_by_label("注释方式").select_option("list")
    name, content = saved(page, kind)
    assert name == f"memo.{'md' if kind == 'markdown' else kind}"
    if kind == "xlsx":
        assert openpyxl.load_workbook(BytesIO(content)).sheetnames[0] == "备忘"
    else:
        assert "Woodland credit rules" in content.decode()
        assert kind == "ris" or "参考文献" in content.decode()


def test_keeping_twice_takes_it_out_again_and_both_are_announced(visit):
    page = visit()
    keep(page, EN)
    expect(page.locator("#live")).to_have_text("Kept. 1 item in the basket.")
    button = page.locator(".answer .keeper")
    expect(button).to_have_text("Kept")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#live")).to_have_text("Taken out of the basket.")
    assert stored(page) == []


def test_a_refusal_has_nothing_to_keep_but_its_passages_can_be_kept(visit, served):
    page = visit()
    ask(page, OUTSIDE)
    expect(page.locator(".answer .keeper")).to_have_count(0)
    page.locator(".retrieved .cardbutton").first.click()
    page.locator("#source .keeper").click()
    expect(page.locator("#basket-count")).to_have_text("1")
    (kept,) = stored(page)
    text = httpx.get(f"{served.url}/v1/documents/{kept['citation']['doc_id']}/text").json()["text"]
    spans = kept["citation"]["spans"]
    assert kept["citation"]["quote"] == " … ".join(text[span["start"] : span["end"]] for span in spans)


SELECT = """([first, last]) => {
  const walker = document.createTreeWalker(document.querySelector("#sheet"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node; (node = walker.nextNode());) {
    if (node.data.includes(first)) range.setStart(node, node.data.indexOf(first));
    if (node.data.includes(last)) range.setEnd(node, node.data.indexOf(last) + last.length);
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_selected_words_are_kept_with_their_exact_place(visit, served):
    page = visit()
    ask(page, BAMBOO)
    expect(page.locator(".exactness")).to_be_visible()
    page.evaluate(SELECT, ["𠮷野家", "per plot 🌳"])
    button = page.locator("#source .keeper")
    expect(button).to_have_text("Keep selection")
    button.click()
    expect(button).to_have_text("Kept")
    (kept,) = stored(page)
    citation = kept["citation"]
    assert citation["quote"] == "𠮷野家 Bamboo stands store 23 units per plot 🌳"
    text = httpx.get(f"{served.url}/v1/documents/{citation['doc_id']}/text").json()["text"]
    (span,) = citation["spans"]
    assert text[span["start"] : span["end"]] == citation["quote"] and span["end_utf16"] > span["end"]
    go(page, "basket")
    _, content = saved(page, "markdown")
    assert "> 𠮷野家 Bamboo stands store 23 units per plot 🌳[^1]" in content.decode()
    page.locator("#basket .link.place").click()
    expect(page.locator("#sheet mark")).to_have_text(citation["quote"])


def test_items_are_ordered_changed_and_taken_out_with_the_keyboard_alone(visit):
    page = visit()
    keep(page, ZH)
    keep(page, EN)
    go(page, "basket")
    tab_to(page, "#basket-items > :nth-child(2) [data-move='-1']")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("Now item 1 of 2.")
    assert [each["question"] for each in stored(page)] == [EN, ZH]
    assert page.evaluate("document.activeElement.dataset.move") == "1"
    page.keyboard.press("Alt+ArrowDown")
    assert [each["question"] for each in stored(page)] == [ZH, EN]
    tab_to(page, "#basket-items > :nth-child(2) [data-out]")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Renamed")
    assert stored(page)[1]["question"] == "Renamed" and stored(page)[1]["asked"] == EN
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Put back item 2")).to_be_focused()
    assert len(stored(page)) == 1
    page.keyboard.press("Enter")
    expect(page.get_by_label("Heading of item 2")).to_have_value("Renamed")
    tab_to(page, "#export")
    with page.expect_download():
        page.keyboard.press("Enter")


def test_a_statement_is_left_out_with_its_source(visit):
    page = visit()
    keep(page, f"{EN} Which losses must be reported within thirty days?")
    go(page, "basket")
    parts = page.locator(".said-part")
    before = parts.count()
    assert before > 1, "the answer has several statements"
    page.get_by_role("button", name="Leave out this statement").first.click()
    expect(parts).to_have_count(before - 1)
    (kept,) = stored(page)
    assert {n for each in kept["segments"] for n in each["citations"]} == {each["number"] for each in kept["citations"]}
    page.reload()
    expect(parts).to_have_count(before - 1)


def test_an_emptied_basket_can_be_had_back(visit):
    page = visit()
    keep(page, EN)
    go(page, "basket")
    page.get_by_role("button", name="Empty the basket").click()
    expect(page.locator("#basket .empty")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".keptitem")).to_have_count(1)


def test_all_is_copied_as_a_page_and_as_markdown(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    keep(page, EN)
    go(page, "basket")
    page.get_by_role("button", name="Copy all").click()
    expect(page.locator("#basket-told")).to_have_text("The basket is copied, with its notes.")
    read = "async (type) => (await (await navigator.clipboard.read())[0].getType(type)).text()"
    assert "[^1]: " in page.evaluate(read, "text/plain")
    assert "8 percent" in page.evaluate(read, "text/html")


def test_a_source_that_has_changed_is_told_of_and_the_rest_is_saved(visit):
    page = visit()
    keep(page, EN)
    keep(page, ZH)
    changed = "(all) => localStorage.setItem('sinkqa.basket', all.replaceAll('8 percent', '80 percent'))"
    page.evaluate(changed, json.dumps(stored(page)))
    page.reload()
    go(page, "basket")
    _, content = saved(page, "markdown")
    assert "80 percent" not in content.decode() and "6%" in content.decode()
    expect(page.locator("#basket-told [role=alert]")).to_contain_text("left out")


def test_what_the_server_refuses_is_told_and_can_be_tried_again(visit, served):
    page = visit()
    keep(page, EN)
    go(page, "basket")
    page.route("**/v1/export", lambda route: route.abort())
    page.locator("#export").click()
    expect(page.locator("#basket-told .problem")).to_contain_text("cannot be reached")
    page.unroute("**/v1/export")
    with page.expect_download():
        page.get_by_role("button", name="Try again").click()
    expect(page.locator("#basket-told .problem")).to_have_count(0)


def test_a_browser_without_room_says_so(visit):
    page = visit()
    ask(page, EN)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full') } }")
    page.locator(".answer .keeper").click()
    expect(page.locator(".answer [role=alert]")).to_contain_text("no room")
    expect(page.locator("#basket-count")).to_have_text("")


def test_what_storage_holds_is_never_trusted(visit):
    page = visit()
    good = {"id": "a", "kind": "note", "text": f"{SCRIPT}{EVIL}"}
    cited = {
        "doc_id": "x",
        "quote": EVIL,
        "title": EVIL,
        "spans": [{"start": 0, "end": 2}],
        "url": "javascript:window.owned=1",
    }
    quote = {"id": "b", "kind": "quote", "citation": cited, "remark": EVIL}
    claim = {"id": "c", "kind": "claim", "claim": EVIL, "label": EVIL, "citations": [cited]}
    for junk in (
        "nonsense",
        {"a": 1},
        [None, 7, {"kind": "answer"}, {"kind": "quote", "id": "x", "citation": 3}],
        [good, quote, claim],
    ):
        page.evaluate("(junk) => localStorage.setItem('sinkqa.basket', junk)", json.dumps(junk))
        page.evaluate('localStorage.setItem(\'sinkqa.memo\', \'{"format": "exe", "title": 7}\')')
        page.reload()
        go(page, "basket")
        expect(page.locator("h1:visible")).to_have_text("Basket")
    expect(page.locator(".keptitem")).to_have_count(3)
    assert page.locator("main img, main script, a[href^=javascript]").count() == 0
    expect(page.get_by_label("File", exact=True)).to_have_value("docx")


def test_hostile_titles_are_text_in_the_basket_and_in_files(visit):
    page = visit()
    keep(page, "How many crowns a hectare do kelp beds earn in a dry year?")
    go(page, "basket")
    expect(page.locator(".kept-sources")).to_contain_text("=1+1 <img")
    _, content = saved(page, "html")
    assert EVIL not in content.decode() and SCRIPT not in content.decode() and "&lt;img" in content.decode()
    _, content = saved(page, "xlsx")
    book = openpyxl.load_workbook(BytesIO(content))
    assert {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None} == {"s", "n"}


@pytest.mark.parametrize(
    ("width", "locale", "scheme"), [(390, "zh-CN", "dark"), (768, "en-GB", "light"), (1440, "zh-CN", "dark")]
)
def test_it_fits_every_screen_and_axe_finds_nothing_grave(visit, width, locale, scheme):
    page = visit(width=width, locale=locale, color_scheme=scheme)
    keep(page, ZH)
    go(page, "basket")
    note(page, f"{'long ' * 60}{'无空格' * 60}{'x' * 300}")
    assert fits(page) and not grave(page)
    saved(page, "docx")
    assert fits(page) and not grave(page)
    page.locator("#basket .chip").first.click()
    expect(page.locator("#sheet mark").first).to_be_visible()
    assert fits(page)


def test_print_shows_words_and_sources_and_no_controls(visit):
    page = visit()
    keep(page, EN)
    go(page, "basket")
    page.get_by_label("Title", exact=True).fill("For the file")
    page.emulate_media(media="print")
    for hidden in ("#export", ".keptbar", "#basket .add", ".bar", "#basket-title"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".memo-name")).to_have_text("For the file")
    expect(page.locator(".memo-name")).to_be_visible()
    expect(page.locator(".kept-sources q").first).to_contain_text("8 percent")
    expect(page.locator(".kept-sources q").first).to_be_visible()


def test_another_tab_sees_what_is_kept(visit):
    page = visit()
    other = page.context.new_page()
    other.goto(page.url.partition("#")[0] + "#/basket")
    keep(page, EN)
    expect(other.locator(".keptitem")).to_have_count(1)
    expect(other.locator("#basket-count")).to_have_text("1")
