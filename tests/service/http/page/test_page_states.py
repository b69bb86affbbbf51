"""Each view of the asking side in each of its states: at each width, in both languages and both themes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sinkqa.service.answer import Answer, Segment
from sinkqa.service.budget import checkpoint
from sinkqa.service.engine import Engine
from sinkqa.service.errors import DeadlineExceeded
from sinkqa.service.evidence.citations import cite
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.progress import begun
from tests.service.http.browsing import ask, fits, grave, needs_chromium, settled, tab_to
from tests.service.http.conftest import FILES, serving
from tests.service.http.tabling import FENS, tabling

pytestmark = needs_chromium

EVIL = "<img src=x onerror='window.owned=1'>"
TITLE = " ".join(f"Regulation{number}" for number in range(90))
HERONS = "".join(
    f"## Reach {reach} of the river and all of its tributaries\n\nWardens count {reach} herons at gate {reach}.\n\n"
    for reach in range(1, 61)
)
LONG = {
    "herons.md": f"---\ntitle: {TITLE}\n---\n\n{HERONS}",
    "words.txt": f"{'W' * 300} is one word. {'碳汇' * 200}。\n",
}
ALL, FAILS, SLOW = "How many herons are counted at all gates?", "What fails?", "What takes long?"
ZH = "林场碳汇的抵销比例上限是多少？"
LOOKS = [(width, scheme) for width in (390, 768, 1440) for scheme in ("light", "dark")]
LOCALES = ("en-GB", "zh-CN")


class Extreme(Engine):
    """Answers one question with forty statements and sixty quotes, fails at another, never ends a third."""

    def stream(self, question: str, **how: Any) -> Iterator[Answer]:
        """As the engine, but for these three."""
        if question == SLOW:
            begun("judging")
            while True:  # until nobody waits for it any longer
                checkpoint()
                time.sleep(0.02)
        *_, given = super().stream(question, **how)
        if question == FAILS:
            yield given
            raise DeadlineExceeded("too long")
        yield many(self, given) if question == ALL else given


def many(engine: Engine, given: Answer) -> Answer:
    """Sixty quotes in forty statements."""
    (herons,) = (each.doc_id for each in engine.documents() if each.name == "herons.md")
    passages = [each for each in engine.passages(herons) if each.text.startswith("Wardens")]
    cited = (cite(engine._library, each, each.units, number=at, score=1.0) for at, each in enumerate(passages, 1))
    citations = tuple(each for each in cited if each)
    assert len(citations) == 60
    of = [range(at, at + 2) if at <= 40 else (at,) for at in (*range(1, 41, 2), *range(41, 61))]
    segments = tuple(
        Segment(" ".join(citations[n - 1].quote for n in numbers), tuple(numbers), part=part)
        for numbers, part in zip(of, [f"{EVIL} gates"] * 20 + [""] * 20, strict=True)
    )
    assert len(segments) == 40
    return replace(given, status="answered", abstain_reason=None, segments=segments, citations=citations, missing=())


@pytest.fixture(scope="module")
def url(begin) -> Iterator[str]:
    with tabling(begin(FILES | FENS | LONG, request_cpu_s=120), opens=Extreme.open) as url:
        yield url


@pytest.fixture
def go(visit_at: Callable[..., Page], url: str) -> Callable[..., Page]:
    return lambda path="/", **how: visit_at(path, url=url, **how)


@pytest.fixture
def visit_at(browser: Any, url: str) -> Iterator[Callable[..., Page]]:
    from tests.service.http.browsing import visiting

    with visiting(browser, url) as going:
        yield going


CUT = """() => {
  const wrong = [];
  for (const each of document.querySelectorAll("body *")) {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    if (!box.width || !box.height || !each.checkVisibility() || style.clipPath !== "none") continue;
    if (each.closest(".unseen, .drawn, .skip, [inert], select, textarea, svg, .scrolled, .modes")) continue;
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own && !["BUTTON", "A", "INPUT", "IMG"].includes(each.tagName)) continue;
    const name = `${each.tagName}.${each.className} ${each.textContent.slice(0, 40)}`;
    if (box.left < -1 || box.right > innerWidth + 1) wrong.push(`beside the screen: ${name}`);
    if (style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && each.scrollWidth > each.clientWidth + 1)
      wrong.push(`cut off: ${name}`);
  }
  return wrong;
}"""


def every_look(page: Page, what: str) -> None:
    """At each width and in each theme nothing is cut off, or wider than the screen; nobody is kept out."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if not fits(page):
            found.append(f"{what}, {width}: wider than the screen")
        found += [f"{what}, {width}: {each}" for each in page.evaluate(CUT)]
        if (width, scheme) in ((390, "dark"), (1440, "light")):
            found += [f"{what}, {width}, {scheme}: {each}" for each in grave(page)]
    assert not found, found


@pytest.mark.parametrize("locale", LOCALES)
def test_a_thread_holds_in_every_state(go, locale):
    page = go(locale=locale)
    expect(page.locator(".holds a")).to_be_visible()
    every_look(page, "at rest")
    ask(page, ZH)
    expect(page.locator(".exactness")).to_be_visible()
    page.locator(".source .why > summary").click()
    page.locator(".source .figures > summary").click()
    page.locator(".support > summary").click()
    every_look(page, "an answer with its source")
    page.keyboard.press("Escape")
    ask(page, f"{EVIL}{'W' * 200} {'怎么回事？' * 700}"[:4000])
    every_look(page, "a question of 4,000 characters")
    page.locator(".pen").last.click()
    every_look(page, "the question in its field")
    page.keyboard.press("Escape")
    page.goto(page.url.partition("#")[0] + "#/history")
    expect(page.locator("#history .entry")).to_have_count(1)
    every_look(page, "history")
    page.goto(page.url.partition("#")[0] + "#/verify")
    page.locator("#verify-text").fill(f"{EVIL} An operator may cover at most 8 percent of its obligation. {'W' * 300}.")
    page.locator("#verify-button").click()
    expect(page.locator(".claim").first).to_be_visible()
    every_look(page, "verified")


@pytest.mark.parametrize("locale", LOCALES)
def test_forty_statements_with_sixty_quotes_and_a_title_of_ninety_words_hold(go, locale):
    page = go(locale=locale)
    ask(page, ALL)
    expect(page.locator(".statement")).to_have_count(40)
    expect(page.locator(".sources .chip")).to_have_count(60)
    for details in page.locator(".retrieved > summary").all():
        details.click()
    every_look(page, "a long answer")
    page.locator(".statement .chip").nth(41).click()
    expect(page.locator("#sheet mark").first).to_be_in_viewport()
    every_look(page, "the source of a long answer")
    page.locator("#source a[href^='#/beside']").click()
    expect(page.locator(".side mark").first).to_be_in_viewport()
    every_look(page, "side by side")
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("locale", LOCALES)
def test_what_goes_wrong_is_told_in_the_readers_language_and_in_every_look(go, locale):
    page = go(locale=locale)
    page.locator("#question").fill(FAILS)
    page.keyboard.press("Enter")
    zh = locale == "zh-CN"
    expect(page.locator("#answer .problem")).to_contain_text("用时过长" if zh else "It took too long")
    every_look(page, "given up")
    page.locator("#question").fill(SLOW)
    page.keyboard.press("Enter")
    step = page.locator(".steps [aria-current=step]").last
    expect(step).to_have_text("判断是否切题" if zh else "judging what was found")
    every_look(page, "waiting")
    page.locator("#ask-stop").click()
    expect(page.locator(".turn:last-child .empty")).to_contain_text("已停止" if zh else "Stopped")
    every_look(page, "stopped")
    page.route("**/v1/answer", lambda route: route.abort())
    page.locator("#question").fill(ZH)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:last-child .problem")).to_contain_text("无法连接" if zh else "cannot be reached")
    every_look(page, "out of reach")


def test_a_server_that_goes_away_is_told_of_and_asked_again_when_it_is_back(begin, visit_at):
    settings = begin()
    with serving(settings) as running:
        port = running.url.rpartition(":")[2]
        page = visit_at(url=running.url)
        ask(page, ZH)
    page.locator("#question").fill(ZH)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:last-child .problem")).to_contain_text("cannot be reached")
    page.get_by_role("link", name="Library").click()
    expect(page.locator("#library .problem, #library .job, #library").first).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    with serving(settings, "--port", port):
        page.locator(".turn:last-child .problem").get_by_role("button", name="Try again").click()
        settled(page)
        expect(page.locator(".turn:last-child .statement")).to_contain_text("6%")
        page.context.close()


def test_who_asks_too_often_is_told_when_to_come_back(begin, visit_at):
    settings = begin(FILES)
    keys_of(settings).create("busy", scope="read")
    with serving(settings, SINKQA_RATE_LIMIT="6") as limited:
        page = visit_at(url=limited.url)
        _, secret = keys_of(settings).create("page", scope="read")
        page.get_by_role("textbox", name="API key").fill(secret)
        page.keyboard.press("Enter")
        for _ in range(6):
            page.locator("#question").fill(ZH)
            page.keyboard.press("Enter")
            if page.locator(".turn .problem").count():
                break
            expect(page.locator(".turn:last-child :is(.foot, .problem)").first).to_be_visible()
        expect(page.locator(".turn .problem").first).to_contain_text(re.compile(r"only so many requests.*\d+ seconds?"))
        page.context.close()


DROPS = """(whole) => {
  const answered = (window.answered = window.fetch);
  window.fetch = async (path, how) => {
    if (path !== "/v1/answer") return answered(path, how);
    const text = await (await answered(path, how)).text();
    const part = new TextEncoder().encode(text.slice(0, whole));
    return new Response(new ReadableStream({
      start: (to) => { to.enqueue(part); setTimeout(() => to.error(new TypeError("network error")), 50); } }));
  };
}"""


@pytest.mark.parametrize("whole", [30, 100_000])
def test_a_connection_that_breaks_is_told_of_and_the_question_asked_again(go, whole):
    page = go()
    page.evaluate(DROPS, whole)
    page.locator("#question").fill(ZH)
    page.keyboard.press("Enter")
    expect(page.locator("#answer .problem")).to_contain_text("broke off before the end")
    page.evaluate("window.fetch = answered")
    page.get_by_role("button", name="Try again").click()
    settled(page)
    expect(page.locator(".statement")).to_contain_text("6%")


def test_a_thread_is_shared_opened_and_left_with_the_keyboard_alone(go):
    page = go(width=900, permissions=["clipboard-read", "clipboard-write"])
    tab_to(page, "#question")
    page.keyboard.type(ZH)
    page.keyboard.press("Enter")
    settled(page)
    tab_to(page, "[aria-label='Copy link to this thread']")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    tab_to(page, ".statement .chip")
    page.keyboard.press("Enter")
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".statement .chip").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    tab_to(page, "#question")
    page.keyboard.type("And in Japan?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    settled(page)
    tab_to(page, ".threadbar a.button")
    page.keyboard.press("Enter")
    expect(page.locator(".recent a").first).to_be_visible()
    tab_to(page, ".recent a")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    other = go(link[link.index("/#") :])
    settled(other)
    tab_to(other, "#thread-end .main")
    other.keyboard.press("Enter")
    expect(other.locator("#question")).to_be_focused()
    assert "shared" not in other.url


def test_a_shared_answer_says_when_the_library_says_something_else_now(go, url):
    page = go(permissions=["clipboard-read", "clipboard-write"])
    ask(page, ZH)
    page.get_by_role("button", name="Rename this thread").click()
    page.keyboard.type(f"Limits {EVIL}")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy link to this thread").click()
    expect(page.locator("#live")).to_have_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()").removeprefix(url)
    same = go(link)
    settled(same)
    expect(same.locator(".threadbar .name")).to_contain_text(f"Limits {EVIL}")
    expect(same.locator(".threadbar .name")).to_contain_text("Shared, read only")
    expect(same.locator(".threadbar .name")).to_contain_text(re.compile(r"answered at library version \d"))
    expect(same.locator(".note")).to_have_count(0)
    expect(same.locator("#ask-form")).to_be_hidden()
    same.reload()
    settled(same)
    expect(same.locator(".threadbar .name")).to_contain_text("Shared, read only")
    digest = re.search(r"&d=(\w+)", link)
    assert digest
    other = go(link.replace(digest[0], f"&d={EVIL}"))
    settled(other)
    expect(other.locator(".note.differs")).to_contain_text("answers this differently now")
    assert fits(other) and not grave(other)
    other.get_by_role("button", name="Continue it as yours").click()
    expect(other.locator(".threadbar .name")).not_to_contain_text("Shared")
    other.reload()
    settled(other)
    expect(other.locator("#ask-form")).to_be_visible()
    expect(other.locator(".note")).to_have_count(0)
    assert other.locator("img[src=x]").count() == 0


def test_side_by_side_each_side_marks_the_quote_and_keeps_it_in_the_address(go, url):
    page = go()
    ask(page, ZH)
    quote = page.locator(".statement").first.evaluate("(each) => each.firstChild.textContent")
    page.locator("#source a[href^='#/beside']").click()
    marks = page.locator(".side").first.locator("mark")
    expect(marks.first).to_be_in_viewport()
    assert "".join("".join(marks.all_text_contents()).split()) == "".join(quote.split())
    (fens,) = (
        page.locator(".side")
        .nth(1)
        .locator("option")
        .filter(has_text="Fens")
        .evaluate_all("all => all.map((each) => each.value)")
    )
    page.get_by_label("Document 2", exact=True).select_option(fens)
    expect(page.locator(".side").nth(1).locator("table")).to_be_visible()
    again = go(page.url.removeprefix(url))
    expect(again.locator(".side").first.locator("mark").first).to_be_in_viewport()
    expect(again.locator(".side").nth(1).locator("table")).to_be_visible()
    hostile = go(f"/#/beside?left={fens}&leftq=0-9,{EVIL}&leftas={EVIL}")
    expect(hostile.locator(".side table").first).to_be_visible()
    expect(hostile.locator("mark")).to_have_count(0)
    assert hostile.locator("img[src=x]").count() == 0
