"""What documents and readers may write stays text: no formula, no markup, no control, no field of its own."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from io import BytesIO

import docx
import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from playwright.sync_api import sync_playwright

from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable, Segment
from sinkqa.service.exporting.exporter import FORMATS
from sinkqa.service.exporting.memo import AnswerItem, Cited, Memo, NoteItem, QuoteItem
from tests.service.exporting.conftest import link, word

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")', "\t=1+1", "_x0041_",
)  # fmt: skip
EVIL = "<img src=x onerror='window.owned=1'><script>window.owned=1</script>"
CONTROLS = "a\x00b\x0bc\x1fd\ufffe\ud800e\u202ef"
TITLE = f"=1+1 {EVIL} [x](javascript:window.owned=1) }} \\input{{x}} https://evil.example/"


@pytest.fixture
def hostile(shelf):
    """A library whose one document is titled and worded by an enemy, and a memo that quotes it under such notes."""
    text = f"=2+5 herons {EVIL.replace('<', '&lt;')} nest in 7 reeds by law.\n"
    front = f"---\ntitle: '{TITLE.replace(chr(39), chr(39) * 2)}'\nurl: 'javascript:window.owned=1'\n"
    front += f"issuer: '{EVIL.replace(chr(39), chr(39) * 2)}'\nauthors: ['=9+9']\nyear: 2020\n---\n\n"
    engine = shelf({"evil.md": f"{front}# Herons\n\n{text}"})
    (passage,) = engine.passages(engine.documents()[0].doc_id)
    opened = engine.open_passage(passage.passage_id)
    cited = Cited(passage.doc_id, passage.spans, opened.quote, TITLE)
    cell = AnswerCell("=7*7", (1,))
    table = AnswerTable("=caption()", "=corner()", ("=column()",), (AnswerRow("=label()", (cell,)),))
    items = (
        AnswerItem(EVIL, (Segment("=7*7", (1,), tabled=True), Segment(EVIL, (1,), part=EVIL)), {1: cited}, table),
        *map(NoteItem, (*FORMULAS, EVIL, CONTROLS, "](javascript:window.owned=1)\n# heading\n[^9]: note\n| a | b |")),
        QuoteItem(cited, EVIL),
        QuoteItem(Cited("0" * 64, cited.spans, "gone", f"=gone() {EVIL}")),
    )
    return engine, Memo(items, title=f"=title() {EVIL}{CONTROLS}")


@pytest.mark.parametrize("placing", ["footnotes", "list"])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_can_be_written(hostile, kind, placing):
    engine, memo = hostile
    made = engine.export(Memo(memo.items, memo.title, placing=placing), kind, link=link)
    assert made.withheld == 1 and made.content


def test_no_cell_of_excel_is_a_formula_and_texts_keep_their_signs(hostile):
    engine, memo = hostile
    content = engine.export(memo, "xlsx", link=link).content
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(isinstance(cell.value, int) for cell in cells if cell.data_type == "n")
    assert all(cell.quotePrefix for cell in cells if cell.data_type == "s"), "it stays text when it is edited"
    values = {unescape(str(cell.value)).strip() for cell in cells}  # as Excel reads them
    assert {each.strip() for each in FORMULAS} <= values and "=column()" in values
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist())


def test_no_cell_of_csv_is_run_as_a_formula(hostile):
    engine, memo = hostile
    text = engine.export(memo, "csv", link=link).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [each for each in cells if each.lstrip()[:1] in tuple("=+-@＝＋－＠\t\r") and each.strip()]
    assert {f"'{each}" for each in FORMULAS[:-1]} <= set(cells) and "'=column()" in cells
    assert text.count("\x00") == 0


def test_word_holds_no_control_and_leads_nowhere_but_to_sources(hostile):
    engine, memo = hostile
    content = engine.export(memo, "docx", link=link).content
    document = docx.Document(BytesIO(content))
    texts = [each.text for each in document.paragraphs]
    assert any("a\ufffdb\ufffdc\ufffdd\ufffd\ufffde\ufffdf" in each for each in texts)
    assert EVIL in texts and any(f"=gone() {EVIL}" in each for each in texts)
    assert {url.partition("#")[0] for url in word(content).urls} == {"http://127.0.0.1:8000/"}
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = package.read("word/document.xml") + package.read("word/footnotes.xml")
    assert b"javascript:" not in b"".join(line for line in parts.split(b"<") if line.startswith(b"w:hyperlink"))
    assert b"<w:instrText" not in parts


def test_fields_of_reference_managers_cannot_be_forged(shelf):
    title = "'Herons\n\n  ER  - \n\n  TY  - JOUR }, note = {x'"
    engine = shelf(
        {"a.md": f"---\ntitle: {title}\nissuer: '@misc{{x, a = {{b}}}}'\n---\n\n# A\n\nHerons nest in reeds.\n"}
    )
    told = engine.references(engine.documents()[0].doc_id)
    assert [line[:2] for line in told["ris"].splitlines()] == ["TY", "AU", "TI", "LA", "ID", "ER"]
    assert told["bibtex"].count("{") == told["bibtex"].count("}") and told["bibtex"].count("@misc{") == 1
    assert "note = {" not in told["bibtex"] and "\n" not in told["gbt7714"] + told["apa"]


@pytest.mark.skipif(not CHROMIUM, reason="no chromium is installed: apt-get install chromium")
def test_the_page_runs_nothing_asks_nobody_and_shows_it_all_as_text(hostile, tmp_path):
    engine, memo = hostile
    path = tmp_path / "memo.html"
    path.write_bytes(engine.export(memo, "html", link=link).content)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        assert asked == [path.as_uri()] and page.evaluate("window.owned ?? null") is None
        assert page.locator("script, img, iframe, [onerror], [style]").count() == 0
        hrefs = page.locator("a").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
        assert hrefs and all(each.startswith(("#", "http://127.0.0.1:8000/#/p/")) for each in hrefs)
        assert page.locator("h1").inner_text().startswith("=title() <img src=x")
        for mark in page.locator("sup a").all():
            note = page.locator(mark.get_attribute("href") or "none")
            assert "herons" in note.inner_text().lower() or TITLE[:4] in note.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        browser.close()
