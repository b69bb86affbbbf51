import json
import re
from importlib.util import find_spec
from urllib.parse import parse_qs

import pytest

from sinkqa.eval.data.trec import ScoredDoc, write_run
from tests.eval.collections import write_collection
from tests.eval.commands.test_report import HOSTILE, Reader, result
from tests.service.http.browsing import needs_chromium
from tests.service.http.conftest import browser

__all__ = ["browser"]


@pytest.fixture
def kept(tmp_path, evaluate):
    """Results of two modes, and a run of another system, over one small collection."""
    folder, out = write_collection(tmp_path / "small"), tmp_path / "out"
    evaluate("beir", folder, "--mode", "lexical", "--mode", "hybrid", "--out", out)
    write_run(tmp_path / "theirs.run", {"q1": [ScoredDoc("cement", 2.0), ScoredDoc("forest", 1.0)]})
    return folder, out, tmp_path / "theirs.run"


def test_another_system_stands_beside_ours(tmp_path, evaluate, kept):
    folder, out, run = kept
    status, printed, told = evaluate("score", run, "--qrels", folder, "--out", out, "--json")
    assert status == 0, told
    (about,) = json.loads(printed)
    assert (about["label"], about["n_questions"]) == ("theirs", 4)
    assert any("lacks" in line for line in about["warnings"])
    status, printed, _ = evaluate("leaderboard", out, "-o", tmp_path / "board.html")
    assert status == 0 and "3 rows, 1 tables" in printed
    status, printed, _ = evaluate("compare", out / "small.hybrid.json", run, "--qrels", folder)
    assert status == 0 and "95 % interval" in printed
    assert evaluate("score", run, "--qrels", folder)[1].count("theirs") == 1


@pytest.mark.parametrize(
    ("args", "status", "told"),
    [
        (("--measure", "magic"), 2, "nDCG@10"),
        (("--label", "../x"), 2, "without /"),
        (("--split", "train", "--qrels", "nowhere"), 1, "file-missing"),
    ],
)
def test_mistakes_in_scoring_are_one_line(evaluate, kept, args, status, told):
    folder, _, run = kept
    left, _, error = evaluate("score", run, "--qrels", folder, *args)
    assert left == status and told in error and "Traceback" not in error


def test_compare_writes_a_page_and_links_to_each_question(tmp_path, evaluate, kept):
    _, out, _ = kept
    page = tmp_path / "deep" / "page one.html"
    status, printed, told = evaluate(
        "compare", out / "small.lexical.json", out / "small.hybrid.json", "--report", page, "--json"
    )
    assert status == 0 and page.is_file()
    first = json.loads(printed)[0]
    assert first["report"] in told and first["report"].startswith("file:///") and " " not in first["report"]
    named = [parse_qs(each["link"].partition("#")[2])["question"][0] for each in first["changes"]]
    assert named == [each["query_id"] for each in first["changes"]]


def test_a_result_compared_with_itself_has_two_names_on_the_page(tmp_path, evaluate, kept):
    _, out, _ = kept
    same = out / "small.hybrid.json"
    status, printed, _ = evaluate("compare", same, same, "--report", tmp_path / "page.html")
    assert status == 0
    address = re.sub(r"\s", "", printed).partition("#")[2]
    assert parse_qs(address)["run"] == ["hybrid #2"] and parse_qs(address)["beside"] == ["hybrid"]


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    from sinkqa.eval.reporting.leaderboard import write_leaderboard
    from sinkqa.eval.results.standings import standings

    path = tmp_path_factory.mktemp("board") / "deep" / "board.html"
    results = [result("one", label, n) for label, n in (("lexical", 30), ("hybrid <b>" + HOSTILE, 30))]
    write_leaderboard(path, standings([*results, result("two", "lexical", 1)]))
    return path


def test_the_leaderboard_needs_no_other_host_and_runs_no_word_of_a_name(board):
    reader = Reader()
    reader.feed(board.read_text("utf-8"))
    assert reader.addresses == []
    assert reader.tags.count("script") == 1
    assert "Holm" in board.read_text("utf-8") and "校正" in board.read_text("utf-8")
    assert reader.tags.count("svg") == 3


@needs_chromium
def test_the_leaderboard_sorts_and_chooses_by_keyboard_and_fits_a_phone(board, browser):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 390, "height": 800})
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    page.goto(board.as_uri())
    shown = "rows => rows.filter(row => !row.hidden).map(row => row.cells[4].textContent)"
    page.get_by_role("button", name="questions").focus()
    page.keyboard.press("Enter")
    assert page.eval_on_selector_all(".board tbody tr", shown) == ["30", "30", "1"]
    page.keyboard.press("Enter")
    assert page.eval_on_selector_all(".board tbody tr", shown) == ["1", "30", "30"]
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.select_option("#set", "two")
    assert page.eval_on_selector_all(".board tbody tr", shown) == ["1"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert faults == []
    page.close()


@needs_chromium
@pytest.mark.skipif(not find_spec("matplotlib"), reason="needs the extra eval")
def test_the_link_of_a_question_opens_it_beside_the_other(tmp_path, evaluate, kept, browser):
    _, out, _ = kept
    left, right = out / "small.lexical.json", out / "small.hybrid.json"
    printed = evaluate("compare", left, right, "--report", tmp_path / "page.html", "--json")[1]
    address = json.loads(printed)[0]["report"].replace("kind=changed", "question=q2")
    page = browser.new_page()
    page.goto(address)
    opened = page.locator("details.question[open]")
    assert opened.count() == 1 and "企业可以用什么抵销排放" in opened.inner_text()
    assert "hybrid" in opened.inner_text() and "lexical" in opened.inner_text()
    page.close()
