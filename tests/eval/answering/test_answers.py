import json
from dataclasses import replace
from statistics import fmean

import pytest

from sinkqa.eval.answering.answers import score_answers
from sinkqa.eval.answering.judging import answer_scores, locate
from sinkqa.eval.data.gold import read_questions
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.index.models.encoder import load_encoder
from sinkqa.service.answer import Segment
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.eval.collections import write_rows

TEXT = """# Forests of the Lund district

The northern forest of Lund covers 4,210 hectares of pine. Its foresters thin the stands every nine years.
The southern forest is old oak, and nobody may fell there without leave of the council.

# The exchange

The Lund exchange opened in March 2019. A mill may offset at most 7% of its emissions with forest credits.
The exchange charges two euros for each credit that is sold, which pays for the wardens.

# Water

The wardens keep the water table within ten centimetres of the surface from October to May.
Sluices are repaired before the first frost, and the council is told of every fire within a day.

# 沼泽

隆德沼泽的面积为三百公顷，由七名看守人管理。每年六月，议会公布水位报告。
"""
ROWS = [
    (
        "a",
        "en",
        "How many hectares of pine does the northern forest of Lund cover?",
        "4,210 hectares",
        ["4,210", "4210"],
    ),
    ("b", "en", "What share of its emissions may a mill offset with forest credits?", "at most 7%", ["7%"]),
    ("c", "en", "When did the Lund exchange open?", "March 2019", ["March 2019"]),
    ("d", "zh", "隆德沼泽由几名看守人管理？", "七名看守人", ["七名", "7名"]),
    ("e", "en", "How often are the pine stands thinned?", "every nine years", ["nine years"]),
]


def rows(text):
    for name, language, question, words, variants in ROWS:
        start = text.index(words)
        place = {"hop": 1, "must_contain": [words], "start": start, "end": start + len(words)}
        points = [{language: variants, ("zh" if language == "en" else "en"): []}]
        yield {"id": name, "lang": language, "question": question, "evidence": [place], "answer_points": points}
    yield {"id": "x", "lang": "en", "question": "How many bears live in the northern forest?", "evidence": []}
    yield {"id": "y", "lang": "zh", "question": "今晚的歌剧几点开始？", "evidence": [], "type": "unanswerable"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    (folder / "lund.md").write_text(TEXT, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    engine.add([folder / "lund.md"])
    return engine


@pytest.fixture(scope="module")
def asked(engine, tmp_path_factory):
    (record,) = engine.documents()
    path = tmp_path_factory.mktemp("questions") / "q.jsonl"
    write_rows(path, rows(engine.text(record.doc_id)))
    sources = {record.doc_id: engine.text(record.doc_id)}
    return [locate(each, {}, [record.doc_id], sources) for each in read_questions(path) if each.evidence]


def empty(engine, answer):
    return replace(answer, status="abstained", abstain_reason="unsupported", segments=(), citations=(), answer="")


def constant(engine, answer):
    said = "Forests and markets are of great importance for the climate."
    return replace(
        answer, status="answered", abstain_reason=None, segments=(Segment(said, ()),), citations=(), answer=said
    )


def copied(engine, answer):
    said = answer.question
    return replace(
        answer, status="answered", abstain_reason=None, segments=(Segment(said, ()),), citations=(), answer=said
    )


def everything(engine, answer):
    """Every sentence of the library, cited well."""
    cited = {}
    for question in [row[2] for row in ROWS] + [
        "Who keeps the water table?",
        "Who pays the wardens?",
        "Who may fell oaks?",
    ]:
        for citation in engine.ask(question, bar=0.0, k=8).citations:
            cited[citation.quote] = citation
    padded = [replace(each, number=number) for number, each in enumerate(cited.values(), 1)]
    segments = tuple(Segment(each.quote, (each.number,)) for each in padded for _ in range(3))
    return replace(answer, status="answered", abstain_reason=None, segments=segments, citations=tuple(padded))


def worth(engine, asked, make):
    """What the measures leave of answers: points that are supported, times citations that are right."""
    (record,) = engine.documents()
    sources = {record.doc_id: engine.text(record.doc_id)}
    scores = [answer_scores(each, make(engine, engine.ask(each.question.text)), sources) for each in asked]
    return fmean(each["supported points"] * each.get("citation precision", 0.0) for each in scores)


@pytest.mark.parametrize("bad", [empty, constant, copied, everything])
def test_a_worthless_answer_scores_badly(engine, asked, bad):
    real = worth(engine, asked, lambda _, answer: answer)
    assert real > 0.75
    assert worth(engine, asked, bad) < real / 3


def test_a_forged_quote_and_a_number_that_is_not_quoted_are_seen(engine, asked):
    (record,) = engine.documents()
    sources = {record.doc_id: engine.text(record.doc_id)}
    answer = engine.ask(asked[0].question.text)
    real = answer_scores(asked[0], answer, sources)
    assert (real["quote validity"], real["number fidelity"], real["answered"]) == (1, 1, 1)
    forged = replace(answer, citations=tuple(replace(c, quote=c.quote.replace("4", "9")) for c in answer.citations))
    assert answer_scores(asked[0], forged, sources)["quote validity"] == 0
    said = replace(answer, segments=(Segment("It covers 9,210 hectares.", (1,)),))
    assert answer_scores(asked[0], said, sources)["number fidelity"] == 0


def test_answers_beyond_the_length_of_an_answer_do_not_count(engine, asked):
    answer = engine.ask(asked[0].question.text)
    long = replace(answer, segments=(Segment("word " * 121, (1,)), *answer.segments))
    assert answer_scores(asked[0], long, {})["answer points"] == 0


def test_answers_and_abstaining_are_scored_printed_and_kept(tmp_path, engine, evaluate):
    (record,) = engine.documents()
    (tmp_path / "lund.md").write_text(TEXT, "utf-8")
    write_rows(tmp_path / "q.jsonl", rows(engine.text(record.doc_id)))
    command = ("gold", "--questions", tmp_path / "q.jsonl", "--document", tmp_path / "lund.md", "--answers")
    status, printed, _ = evaluate(*command, "--out", tmp_path / "out", "--json")
    assert status == 0
    recall, answers = json.loads(printed)
    assert (recall["kind"], answers["kind"]) == ("gold", "answers")
    means = {name: each["mean"] for name, each in answers["mean_and_interval"].items()}
    assert means["quote validity"] == 1 and means["supported points"] > 0.7
    assert answers["mean_and_interval"]["withheld"]["n"] == 2
    assert answers["facts"]["auroc"] > 0.6
    confidence, coverage, _ = zip(*answers["curve"], strict=True)
    assert list(confidence) == sorted(confidence, reverse=True)
    assert coverage[-1] == 1
    status, printed, told = evaluate(*command, "--out", tmp_path / "out")
    assert "q answers: as kept" in told and "points" in printed and "auroc" in printed
    assert answers["facts"]["calibration_error"] < 0.5 and "calibration_error" in printed
    assert "q: questions with an answer" in printed and "were lost" in printed
    assert evaluate("report", tmp_path / "out", "-o", tmp_path / "report.html")[0] == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "coverage: share of questions answered" in page


def test_published_figures_of_answers_are_measured_again(tmp_path, engine, evaluate):
    (record,) = engine.documents()
    (tmp_path / "lund.md").write_text(TEXT, "utf-8")
    write_rows(tmp_path / "q.jsonl", rows(engine.text(record.doc_id)))
    run = '[[run]]\nname = "lund"\nanswers = true\nquestions = "q.jsonl"\ndocuments = ["lund.md"]\n[run.expected]\n'
    figures = '"quote validity" = 1.0\n"language=en: quote validity" = 1.0\n"answered_answerable" = 7.0\n'
    (tmp_path / "expected.toml").write_text(run + figures, "utf-8")
    checks = json.loads(evaluate("expected", "--file", tmp_path / "expected.toml", "--json")[1])
    assert [each["measure"] for each in checks] == [
        "quote validity",
        "language=en: quote validity",
        "answered_answerable",
    ]
    assert [abs(each["measured"] - each["expected"]) < 0.01 for each in checks] == [True, True, False]


def test_questions_without_points_are_named(tmp_path):
    evidence = [{"hop": 1, "must_contain": ["pine"]}]
    write_rows(tmp_path / "q.jsonl", [{"id": "a", "lang": "en", "question": "?", "evidence": evidence}])
    with pytest.raises(NothingToMeasure, match="answer_points"):
        score_answers("q", list(read_questions(tmp_path / "q.jsonl")), load_encoder(), documents=[tmp_path])
