"""The asking view as a thread, in a real browser: followed up, changed, kept, shared, copied and printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.service.http.browsing import answer, ask, fits, grave, needs_chromium, settled, tab_to
from tests.service.http.conftest import Served, serving
from tests.service.http.tabling import ASKED, FENS, tabling
from tests.service.test_conversation import FILES, LIMIT

pytestmark = needs_chromium

EVIL = "<img src=x onerror='window.owned=1'>"
HOSTILE = {"evil.txt": f"The kelp scheme pays 17 *crowns* per hectare [here](http://evil.test) {EVIL} each year.\n"}
JAPAN, WHOLE = "And in Japan?", "How much of its obligation may an operator cover in Japan?"
THIRD = "沼泽保护条例第三条规定了什么？"
NOWHERE = "Which volcano erupted near Reykjavik in 1783?"


@pytest.fixture(scope="module")
def served(begin) -> Iterator[Served]:
    with serving(begin(FILES | HOSTILE)) as running:
        yield running


def test_a_follow_up_is_asked_with_the_turns_before_it(visit, served):
    page = visit()
    ask(page, LIMIT)
    expect(page.locator(".understood")).to_have_count(0)
    ask(page, JAPAN)
    expect(page.locator(".turn .question")).to_have_text([LIMIT, JAPAN])
    expect(page.locator(".understood")).to_have_text([f"Understood as: {WHOLE}"])
    expected = answer(served, JAPAN, [LIMIT])
    said = page.locator(".turn:last-child .statement").evaluate_all(
        "all => all.map((each) => each.firstChild.textContent)"
    )
    assert said == [segment["text"] for segment in expected["segments"]]
    expect(page.locator(".turn:first-child .sources")).not_to_have_attribute("open", "")
    expect(page.locator(".turn:last-child .sources")).to_have_attribute("open", "")
    page.locator(".turn:first-child .statement .chip").first.click()
    expect(page.locator(".chip[aria-current]")).to_have_count(2)  # at the statement and at its source ...
    expect(page.locator(".turn:last-child .chip[aria-current]")).to_have_count(0)  # ... of its own turn
    page.reload()
    expect(page.locator(".turn .question")).to_have_text([LIMIT, JAPAN])
    settled(page)
    expect(page.locator("#ask-form")).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)


def test_what_leans_on_nothing_is_asked_back_and_not_kept(visit):
    page = visit()
    ask(page, "hello")
    ask(page, JAPAN)
    expect(page.locator(".turn:last-child .reply")).to_contain_text("please ask the full question")
    assert page.evaluate("localStorage.getItem('sinkqa.threads')") is None


def test_a_question_is_changed_and_those_after_it_fall_away(visit):
    page = visit()
    for question in (LIMIT, JAPAN, THIRD):
        ask(page, question)
    page.locator(".pen").nth(1).click()
    field = page.get_by_role("textbox", name="The question, changed")
    expect(field).to_be_focused()
    expect(page.locator(".editing")).to_contain_text("1 question after it will be dropped.")
    page.keyboard.press("Escape")
    expect(page.locator(".pen").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    field.fill("And in China?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .question")).to_have_text([LIMIT, "And in China?"])
    settled(page)
    page.reload()
    expect(page.locator(".turn .question")).to_have_text([LIMIT, "And in China?"])


def test_a_shared_thread_is_read_only_says_that_the_library_changed_and_can_be_gone_on_with(visit, served):
    mine = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(mine, LIMIT)
    ask(mine, JAPAN)
    mine.get_by_role("button", name="Copy link to this thread").click()
    expect(mine.locator("#live")).to_have_text("The link is copied.")
    link = mine.evaluate("navigator.clipboard.readText()")
    page = visit(link.removeprefix(served.url).replace("g=1", "g=7"))
    expect(page.locator(".turn .question")).to_have_text([LIMIT, JAPAN])
    settled(page)
    expect(page.locator(".understood")).to_have_text([f"Understood as: {WHOLE}"])
    expect(page.locator(".note")).to_contain_text("version 7, now 1")
    expect(page.locator("#ask-form, .pen:visible")).to_have_count(1)
    expect(page.locator("#ask-form")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('sinkqa.threads')") is None
    page.get_by_role("button", name="Continue it as yours").click()
    expect(page.locator("#question")).to_be_focused()
    ask(page, THIRD)
    page.reload()
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.locator("#ask-form")).to_be_visible()


def test_threads_are_kept_named_gone_back_to_renamed_and_deleted(visit):
    page = visit()
    ask(page, LIMIT)
    ask(page, JAPAN)
    page.get_by_role("link", name="New thread").click()
    expect(page.locator(".recent a").first).to_have_text(LIMIT)
    ask(page, THIRD)
    page.get_by_role("button", name="Rename this thread").click()
    page.keyboard.type(f"Draining {EVIL}")
    page.keyboard.press("Enter")
    expect(page.locator(".threadbar .name")).to_have_text(f"Draining {EVIL}")
    page.get_by_role("link", name="History").click()
    expect(page.locator("#history .name")).to_have_text([f"Draining {EVIL}", LIMIT])
    expect(page.locator("#history .entry").nth(1)).to_contain_text("2 questions")
    page.get_by_role("button", name=f"Rename “{LIMIT}”").click()
    page.get_by_role("textbox", name="Name of the thread").fill("Limits")
    page.keyboard.press("Enter")
    expect(page.locator("#history .name")).to_have_text([f"Draining {EVIL}", "Limits"])
    page.get_by_role("button", name="Delete “Draining").click()
    expect(page.locator("#history .name")).to_have_text(["Limits"])
    page.locator("#history .name").click()
    expect(page.locator(".turn .question")).to_have_text([LIMIT, JAPAN])
    settled(page)
    expect(page.locator(".threadbar .name")).to_have_text("Limits")


def test_the_browser_keeps_a_bounded_number_and_nothing_of_the_answers(visit):
    page = visit()
    old = [{"question": f"Question {n} {'?' * 3000}", "status": "answered"} for n in range(200)]
    page.evaluate("(old) => { localStorage['sinkqa.history'] = old }", json.dumps(old))
    ask(page, LIMIT)
    kept = page.evaluate("localStorage['sinkqa.threads']")
    threads = json.loads(kept)
    assert threads[0]["turns"][0]["question"] == LIMIT and threads[1]["turns"][0]["question"] == old[0]["question"]
    assert 40 < len(threads) <= 60 and len(kept) <= 400_000 and "5 percent" not in kept
    assert page.evaluate("localStorage['sinkqa.history'] ?? null") is None


def test_a_long_thread_asks_for_a_new_one(visit):
    page = visit()
    thread = {"id": "long", "turns": [{"question": f"hello{'!' * n}", "filters": None} for n in range(30)]}
    page.evaluate("(kept) => { localStorage['sinkqa.threads'] = kept }", json.dumps([thread]))
    page.get_by_role("link", name="History").click()
    page.locator("#history .name").click()
    expect(page.locator(".turn .reply")).to_have_count(30)
    expect(page.locator("#thread-end")).to_contain_text("ask in a new one")
    expect(page.locator("#ask-form")).to_be_hidden()


def test_how_well_an_answer_is_supported_is_a_word_with_its_reasons(visit, served):
    page = visit()
    ask(page, LIMIT)
    support = page.locator(".support")
    expect(support.locator("summary")).to_have_text(re.compile("Well supported|Weakly supported"))
    expect(support.locator("li").first).to_be_hidden()
    support.locator("summary").click()
    share = round(100 * answer(served, LIMIT)["confidence"])
    expect(support).to_contain_text(f"about {share}%")
    expect(support).to_contain_text("compared word for word")
    page.get_by_role("button", name="切换到中文").click()
    expect(support.locator("summary")).to_have_text(re.compile("依据充分|依据较弱"))


def test_an_abstention_speaks_the_askers_words_and_says_what_to_try(visit):
    page = visit()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("English").check()
    ask(page, NOWHERE)
    card = page.locator(".abstained")
    words = card.locator(".try .term").all_text_contents()
    assert {"Reykjavik", "1783", "volcano"} <= set(words)
    card.get_by_role("button", name="Read it there").click()
    expect(page.locator("#source-title")).to_be_focused()
    card.get_by_role("button", name="Ask without filters").click()
    expect(page.locator(".looked")).to_contain_text("the whole library")
    assert "lang=" not in page.url


def test_questions_beside_the_one_asked_are_offered_and_asked_in_the_thread(visit, served):
    page = visit(locale="zh-CN")
    ask(page, THIRD)
    offered = page.locator(".body > .offer .example")
    expect(offered.filter(has_text="第四条")).to_be_visible()
    for question in offered.all_text_contents():
        assert answer(served, question)["status"] == "answered"
    offered.filter(has_text="第四条").click()
    expect(page.locator(".turn")).to_have_count(2)
    settled(page)
    expect(page.locator(".turn:last-child .statement")).to_contain_text("三千万元")
    expect(page.locator(".turn:first-child .offer")).to_have_count(0)


def test_an_answer_is_copied_as_text_and_as_markdown_with_footnotes(visit, served):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    question = "What does the kelp scheme pay per hectare each year?"
    ask(page, question)
    cited = answer(served, question)["citations"][0]
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.locator("#live")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    note = copied[copied.index("[^1]: ") :]
    assert re.search(r"17 \\\*crowns\\\* per hectare[^\n]*\[\^1\]", copied) and copied.startswith(f"## {question}")
    assert f"{served.url}/#/p/{cited['passage_id']}?q={cited['spans'][0]['start']}-" in note
    assert not re.search(r"(?<!\\)\[here|(?<!\\)<img|(?<!`)http://evil", copied)
    page.get_by_role("button", name="Copy text").click()
    text = page.locator(".statement").first.evaluate("(each) => each.firstChild.textContent")
    page.wait_for_function(
        "(text) => navigator.clipboard.readText().then((now) => now.includes(`${text}[1]`))", arg=text
    )
    page.locator(".statement").first.select_text()
    assert page.evaluate("getSelection().toString()").strip() == text, "numbers are not selected with the words"


def test_a_table_is_copied_as_a_table_and_a_thread_with_a_footnote_for_each_quote(visit, begin):
    with tabling(begin(FENS)) as url:
        page = visit(url=url, permissions=["clipboard-read", "clipboard-write"])
        ask(page, ASKED)
        ask(page, ASKED)
        page.get_by_role("button", name="Copy the thread as Markdown").click()
        expect(page.locator("#live")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
    rows = [line for line in copied.splitlines() if line.startswith("|")]
    assert len(rows) == 2 * 5 and all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows), rows
    marks = set(re.findall(r"\[\^([\d-]+)\](?!:)", copied))
    assert marks == set(re.findall(r"^\[\^([\d-]+)\]:", copied, re.MULTILINE)) and {"1-1", "2-1"} <= marks
    assert "*Not found: who | pays" in copied


def test_where_copying_is_not_allowed_the_text_is_shown_selected(visit):
    page = visit()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
    ask(page, LIMIT)
    page.get_by_role("button", name="Copy text").click()
    expect(page.locator("#cite-dialog pre")).to_contain_text(LIMIT)
    assert LIMIT in page.evaluate("getSelection().toString()")
    assert not grave(page)


def test_a_thread_is_printed_with_its_sources_and_without_its_controls(visit):
    page = visit()
    ask(page, LIMIT)
    ask(page, JAPAN)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".turn .question")).to_have_count(2)
    for each in page.locator(".turn .address").all():
        expect(each).to_be_visible()
    for hidden in (".bar", "#ask-form", ".threadbar", ".pen", ".copies", ".source", ".retrieved"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".turn:first-child .sources")).not_to_have_attribute("open", "")


STREAM = """() => {
  const answered = window.fetch;
  window.fetch = (path, how) => path !== "/v1/answer" ? answered(path, how) : Promise.resolve(new Response(
    new ReadableStream({ start: (to) => Object.assign(window, { to, text: new TextEncoder() }) })));
  window.send = (name, data) => to.enqueue(text.encode(`event: ${name}\\ndata: ${JSON.stringify(data)}\\n\\n`));
}"""


def test_segments_appear_as_they_come(visit, served):
    told = answer(served, LIMIT)
    page = visit()
    page.evaluate(STREAM)
    page.get_by_role("textbox", name="Question").fill(LIMIT)
    page.keyboard.press("Enter")
    expect(page.locator(".answer .waiting")).to_be_visible()

    def send(name, *fields):
        page.evaluate("([name, data]) => send(name, data)", [name, {field: told[field] for field in fields}])

    send("evidence", "question", "language", "generation", "encoder", "passages")
    expect(page.locator(".answer")).to_contain_text(f"{len(told['passages'])} passages read")
    send("citations", "citations")
    page.evaluate("(segment) => send('segment', segment)", told["segments"][0])
    expect(page.locator(".statement")).to_contain_text("5 percent")
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    rest = ("status", "confidence", "generated", "notes", "removed", "missing", "suggestions", "timings_ms")
    send("done", *rest)
    page.evaluate("to.close()")
    settled(page)


def test_what_goes_wrong_is_told_in_its_turn_and_tried_again(visit, served):
    page = visit()
    page.route("**/v1/answer", lambda route: route.abort() if JAPAN in route.request.post_data else route.continue_())
    ask(page, LIMIT)
    page.get_by_role("textbox", name="Question").fill(JAPAN)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:last-child .problem")).to_contain_text("The server cannot be reached")
    expect(page.locator(".turn:first-child .statement").first).to_be_visible()
    assert not grave(page)
    page.unroute("**/v1/answer")
    page.get_by_role("button", name="Try again").click()
    settled(page)
    expect(page.locator(".understood")).to_contain_text(WHOLE)


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(390, "light", "zh-CN"), (390, "dark", "en-GB"), (768, "dark", "zh-CN"), (1440, "light", "en-GB")],
)
def test_every_state_of_a_thread_fits_and_keeps_nobody_out(visit, width, scheme, locale):
    page = visit(width=width, color_scheme=scheme, locale=locale)
    for question in (f"{EVIL} {'W' * 90} 碳汇", LIMIT, JAPAN, NOWHERE, "hello"):
        ask(page, question)
        if width < 992:
            expect(page.locator(".turn:last-child .question")).to_be_focused()
        assert fits(page), question
    for summary in page.locator(".support summary, .retrieved > summary").all():
        summary.click()
    page.locator(".pen").first.click()
    assert fits(page) and not grave(page)
    page.goto(page.url.partition("#")[0] + "#/history")
    page.locator("#history .acts button").first.click()
    assert fits(page) and not grave(page)
    page.goto(page.url.partition("#")[0] + "#/ask")
    expect(page.locator(".recent a").first).to_be_visible()
    assert fits(page) and not grave(page)


def test_a_thread_is_followed_up_and_changed_with_the_keyboard_alone(visit):
    page = visit(width=800)
    ask(page, LIMIT)
    tab_to(page, "#question")
    page.keyboard.type(JAPAN)
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(".turn:last-child .question")).to_be_focused()
    tab_to(page, ".turn:last-child .pen")
    page.keyboard.press("Enter")
    expect(page.locator(".editing textarea")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("And in China?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn:last-child .question")).to_have_text("And in China?")
    settled(page)
    tab_to(page, ".support summary")
    page.keyboard.press("Enter")
    expect(page.locator(".support[open]")).to_have_count(1)
    tab_to(page, ".body > .offer .example")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(3)
