import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.reporting.report import write_report
from sinkqa.eval.results.saved import Loss, QuestionResult, Result, Wanted

HOSTILE = "</script><script>alert(1)</script> <!--data--> & 碳汇 $x_1$ \u2028 \ud800"


def result(dataset, label, n, *, kind="beir", measures=("nDCG@10", "R@5")):
    questions = tuple(
        QuestionResult(
            query_id=f"{dataset}-{i}",
            text=f"question {i} 第{i}问 {HOSTILE}",
            scores=dict.fromkeys(measures, (i % 3) / 2),
            wanted=(Wanted("d1", 2), Wanted("d9", None)),
            found=(("d0", 0.9), ("d1", 0.5)),
            traits={"language": "zh" if i % 2 else "en"} if kind == "gold" else {},
        )
        for i in range(n)
    )
    facts = {"p50_ms": 2.0, "p95_ms": 3.0, "passages": 10, "index_mb": 1.0, "encoder_mb": 18.0}
    prints = {name: f"{name}-{label}" for name in ("corpus", "questions", "index", "configuration", "code")}
    texts = {"d0": HOSTILE, "d1": "right", "d9": "lost"}
    return Result(kind, dataset, label, prints, {"mode": label}, facts, questions, texts, (f"warned {HOSTILE}",))


def data(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])


class Reader(HTMLParser):
    """Tags opened, and addresses that would be fetched."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset") and value]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "deep" / "report.html"
    results = [result("one$set", label, 50) for label in ("lexical", "hybrid <b>")]
    results += [
        result("two", "lexical", 3),
        result("gold", "hybrid", 7, kind="gold", measures=("recall@1", "recall@5")),
    ]
    write_report(path, [*results, results[2]])
    return path.read_text("utf-8")


def test_every_question_is_there_with_what_was_found_and_missed(page):
    sets = {each["name"]: each for each in data(page)["sets"]}
    assert {name: len(each["runs"][0]["questions"]) for name, each in sets.items()} == {
        "one$set": 50,
        "two": 3,
        "gold": 7,
    }
    question = sets["one$set"]["runs"][1]["questions"][4]
    assert question["id"] == "one$set-4"
    assert question["wanted"] == [["d1", 2, None], ["d9", None, None]]
    assert question["found"] == ["d0", "d1"]
    assert sets["one$set"]["texts"]["d9"] == "lost"


def test_the_page_needs_nothing_beside_it(page):
    reader = Reader()
    reader.feed(page)
    assert all(address.startswith("#") for address in reader.addresses)
    assert not re.search(r"@import|url\((?!#)", page)
    assert "link" not in reader.tags


def test_words_of_the_data_never_become_part_of_the_page(page):
    reader = Reader()
    reader.feed(page)
    assert reader.tags.count("script") == 2
    assert "hybrid &lt;b&gt;" in page
    assert "alert(1)</script>" not in page


def test_every_figure_and_fingerprint_is_in_a_table(page):
    one = result("one$set", "lexical", 50).estimates()["nDCG@10"]
    assert f"{one.mean:.3f}" in page
    assert f"{one.low:.2f}–{one.high:.2f}" in page
    for name in ("corpus", "questions", "index", "configuration", "code"):
        assert f"{name}-lexical" in page


def test_plots_are_drawn_for_each_kind_with_text_that_stays_text(page):
    assert page.count("<svg") == 2  # one configuration alone ran all collections of its kind
    assert page.count("currentColor") > 20
    assert "one$set" in re.search(r"<svg.*?</svg>", page, re.S)[0]


def test_what_ran_everything_is_set_against_latency_and_size_and_in_one_table(tmp_path):
    same = {"corpus": "c", "questions": "q", "index": "i", "configuration": "o", "code": "e"}
    results = [
        replace(result(name, label, 9), fingerprints=same) for name in ("one", "two") for label in ("weak", "strong")
    ]
    write_report(tmp_path / "report.html", results)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<svg") == 1 + 2
    systems = re.search(r'<div class="systems">.*?</table>', page, re.S)[0]
    assert systems.count("<tr>") == 3 and "mean of 2" in systems and "18.0" in systems


def test_results_of_one_name_are_told_apart(page):
    assert [run["label"] for each in data(page)["sets"] if each["name"] == "two" for run in each["runs"]] == [
        "lexical",
        "lexical #2",
    ]


def test_each_answer_that_is_not_complete_is_there_with_what_became_of_it(tmp_path):
    lost = Loss("items", 3, True, "b.md", True, ("a.md",), (("b.md", f"quoted {HOSTILE}"),), (f"missing {HOSTILE}",))
    asked = [
        QuestionResult("whole", "?", {"confidence": 0.9, "answered": 1.0, "complete": 1.0}, (), ()),
        QuestionResult("part", HOSTILE, {"confidence": 0.7, "answered": 1.0, "complete": 0.0}, (), (), lost=lost),
    ]
    silent = replace(lost, stage="abstention", given=False, quoted=(), astray=False)
    scores = asked[1].scores | {"answered": 0.0}
    asked.append(replace(asked[1], query_id="none", scores=scores, lost=silent, traits={"status": "unsupported"}))
    answers = replace(result("set", "answers", 0, kind="answers"), questions=tuple(asked))
    write_report(tmp_path / "report.html", [answers, replace(answers, dataset="other")])
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("answers: 1 of 3 complete") == 2
    (items, withheld) = re.findall(r'<details class="lost">(.*?)</details>', page, re.S)[-1:-3:-1]
    for words in (
        "part",
        "the first 3",
        "0.70",
        "a.md",
        "<em>b.md</em>",
        "quoted &lt;/script&gt;",
        "missing &lt;/script&gt;",
    ):
        assert words in items
    assert "withheld</em>, confidence 0.70, unsupported" in withheld and "b.md" not in withheld
    assert "answers together: mean gap 0.30, 4 answers" in page
    assert "other, answers: mean gap 0.30, 2 answers" in page
    reader = Reader()
    reader.feed(page)
    assert reader.tags.count("script") == 2


def test_no_result_is_named(tmp_path):
    with pytest.raises(NothingToMeasure):
        write_report(tmp_path / "report.html", [result("one", "lexical", 0)])
    assert not (tmp_path / "report.html").exists()
