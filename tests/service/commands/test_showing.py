"""What stands around an answer: one language, each quote once, tables that fit, and the words of the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from sinkqa.service.commands.showing import support
from sinkqa.service.commands.showing.quotes import repeats
from sinkqa.service.commands.showing.words import PAGE, say
from tests.screen import lines, seen

ROOT = Path(__file__).parents[3]
ZH, EN = "北京试点的CCER抵销比例上限是多少？", "What is the offset limit in Beijing?"
COMPARED = "Compare the offset limits of Beijing, Shanghai and Guangdong"
NO_ZH, NO_EN = "珠峰上的鱼叫什么名字？", "What is the price of a litre of milk in Auckland?"
_WORDS = r'"(?:[^"\\]|\\.)*"'
_ENTRY = re.compile(rf'^\s*"?(?P<name>[\w.]+)"?: \[\s*(?P<en>{_WORDS}),\s*(?P<zh>{_WORDS}),?\s*\],', re.M)


def words_of_the_page() -> dict[str, tuple[str, str]]:
    found = {}
    for path in (ROOT / "service" / "page").rglob("*words.js"):
        for entry in _ENTRY.finditer(path.read_text("utf-8")):
            found[entry["name"]] = (json.loads(entry["en"]), json.loads(entry["zh"]))
    return found


def test_words_that_the_page_has_too_are_its_own():
    page = words_of_the_page()
    for name, words in PAGE.items():
        assert tuple(word.replace("’", "'") for word in page[name]) == tuple(w.replace("’", "'") for w in words), name


def test_the_steps_of_support_are_those_of_the_page():
    text = (ROOT / "service" / "page" / "thread" / "support.js").read_text("utf-8")
    assert re.search(r"SURE = ([\d.]+)", text)[1] == str(support.SURE)
    steps = re.findall(r'\["(near\w+)", ([\d.]+)\]', (ROOT / "service/page/thread/answer.js").read_text("utf-8"))
    assert [(name, float(least)) for name, least in steps] == list(support.NEAR)


def test_counted_nouns_and_arguments_fill_the_words():
    assert say("en", "supportQuotesOfOne", 1).startswith("1 quote of") and say("zh", "page", 7) == "第 7 页"
    assert say("fr", "supportQuotes", 2, "{0} {1}") == "2 quotes of {0} {1} documents, compared word for word."


_ENGLISH = (
    r"digest of|source in|[Nn]earest|confidence|answered|abstained|p\. \d|[Ss]upported|lexical|dense|Score|quoted"
    r"|Library version|Not in the library"
)
_CHINESE = r"摘编自|原文为|最接近|第 \d+ 页|依据|总分|语义|有依据|库中未见|资料库版本"
_OF_DOCUMENTS = re.compile(r" {4}“| {5}(?!.*(?:p\. \d+|第 \d+ 页)$)|.*\[\d\]$| *\d+\. |\[\d\]")


@pytest.mark.parametrize(
    "command", [("ask", "--verbose"), ("ask", "-k", "1"), ("search", "-k", "3"), ("verify",), ("verify", "--quote")]
)
@pytest.mark.parametrize("question", [ZH, EN, NO_ZH, NO_EN])
def test_labels_are_in_the_language_of_the_question_and_none_is_mixed_in(starter, sinkqa, command, question):
    shown = sinkqa(*command, "-l", starter, question).out
    ours = "\n".join(line for line in shown.splitlines() if not _OF_DOCUMENTS.match(line))
    if command[0] == "search":  # whose other lines are the passages
        ours = "\n".join(line for line in ours.splitlines() if " · " in line)
    ours = re.sub(r"《.*?》|source in \w+: .*|原文为..：.*|digest of .*", "", ours)
    wrong, right = (_ENGLISH, _CHINESE) if question in (ZH, NO_ZH) else (_CHINESE, _ENGLISH)
    assert not re.search(wrong, ours), ours
    assert re.search(right, shown) or command == ("verify", "--quote"), shown


def test_a_quote_is_not_shown_again_where_the_answer_says_it(starter, sinkqa):
    answer = json.loads(sinkqa("ask", "-l", starter, "--json", ZH).out)
    quote = answer["citations"][0]["quote"]
    shown, whole = (sinkqa("ask", "-l", starter, ZH, *option).out for option in ((), ("--quotes",)))
    assert shown.count(quote) == 1 and whole.count(quote) == 2
    for citation in answer["citations"]:
        assert f"[{citation['number']}] {citation['title']}" in shown


@pytest.mark.parametrize(
    ("quote", "said", "is_repeated"),
    [
        ("The weir was removed.", "The weir was removed.", True),
        ("抵销比例\n不超过5%。", "北京：抵销比例不超过5%", True),
        ("Guangdong 10% 70%", "Guangdong — share: 10%; region: 70%", True),
        ("a first … a last", "a first … a last", True),
        ("The weir was not removed.", "The weir was removed.", False),
        ("5% of emissions", "emissions: 5%", False),
        ("at most 5%", "at most 5", False),
        ("Anything", "", False),
    ],
)
def test_only_what_says_every_word_of_a_quote_in_its_order_repeats_it(quote, said, is_repeated):
    assert repeats(quote, said) == is_repeated


def test_a_changed_statement_is_shown_beside_its_quote_and_a_true_one_without_a_copy(starter, sinkqa):
    quote = json.loads(sinkqa("ask", "-l", starter, "--json", ZH).out)["citations"][0]["quote"]
    true = sinkqa("verify", "-l", starter, quote).out
    assert "有依据" in true and true.count(quote[4:-4]) == 1
    false = sinkqa("verify", "-l", starter, quote.replace("5%", "9%")).out
    assert "9%" in false and "“" in false and "文件为“5%”" in false


def test_how_sure_it_is_stands_in_words_and_in_numbers_for_who_asks(starter, sinkqa):
    shown, verbose = (sinkqa("ask", "-l", starter, EN, *option).out for option in ((), ("--verbose",)))
    assert re.search(r"^(Well|Weakly|Partly) supported: .*compared word for word\.$", shown, re.M)
    assert not re.search(r"confidence|\d ms|about \d+% are complete", shown)
    assert re.search(r"about \d+% are complete", verbose) and re.search(r"Library version \d+ · \d+ ms", verbose)
    refused = "What is the price of a litre of milk in Auckland?"
    shown, verbose = (sinkqa("ask", "-l", starter, refused, *option).out for option in ((), ("--verbose",)))
    assert re.search(r"^No answer\. How near it comes: [a-z ,]+\.$", shown, re.M)
    assert re.search(r"^No answer\. How near it comes: [a-z ,]+\(\d+%\)\.$", verbose, re.M)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_is_a_table_at_any_width(starter, columns):
    shown = lines(seen("ask", "-l", starter, COMPARED, columns=columns))
    rules = [at for at, line in enumerate(shown) if line.strip() and set(line.strip()) == {"─"}]
    assert len(rules) >= 3 and max(map(cell_len, shown)) <= columns
    rows = shown[rules[1] + 1 : rules[2]]
    assert [line.split()[0] for line in rows if line[1:2].strip()] == ["Beijing", "Shanghai", "Guangdong"]
    start = rows[0].index("According") if "According" in rows[0] else None
    assert start and all(not line[:start].strip() for line in rows if not line[1:2].strip())


def test_a_table_in_a_pipe_has_one_line_for_each_row(starter, sinkqa):
    shown = sinkqa("ask", "-l", starter, COMPARED).out.splitlines()
    table = [line for line in shown if line.startswith("|")]
    assert table[1].replace(" ", "").strip("|-") == "" and len({line.count(" | ") for line in table}) == 1
    assert [line.split("|")[1].strip() for line in table[2:]] == ["Beijing", "Shanghai", "Guangdong"]


def wide_table() -> object:
    from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable

    names = tuple(f"列{number}" for number in range(1, 8))
    rows = tuple(
        AnswerRow(f"试点{label}", tuple(AnswerCell(f"{label}{name}的比例限制", (1,)) for name in names))
        for label in "甲乙"
    )
    return AnswerTable("各试点的限制", "试点", names, rows)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_wide_table_comes_in_parts_that_fit_each_with_its_labels(columns):
    from rich.console import Console

    from sinkqa.service.commands.showing.tables import side_by_side

    table, console = wide_table(), Console(width=columns, force_terminal=True, no_color=True)
    parts = list(side_by_side(table, columns))
    assert (len(parts) == 1) == (columns == 200)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    shown = lines(captured.get())
    assert max(map(cell_len, shown)) <= columns
    assert sum("试点甲" in line for line in shown) == len(parts)
    for name in table.columns:
        assert sum(name in line for line in shown[: len(shown)] if "比例" not in line) >= 1, name
