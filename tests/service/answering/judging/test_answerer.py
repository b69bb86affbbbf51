"""Whether the library answers: what is said, why nothing is, and what a false premise gets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.hit import Hit, Why
from sinkqa.service.answering.judging.answerer import READ, candidates, reordered
from sinkqa.service.answering.judging.confidence import BAR
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.pieces import Candidate, Piece, Pieces
from sinkqa.service.settings import Settings
from tests.index.made import ENGLISH, made

NOTES = """# Forest markets compared

## Offsets

In New Zealand a firm may use forest units for all of its emissions. Forestry joined New Zealand's market in 2008.
In Japan a firm may offset at most 5% of its emissions with forest credits. Japan opened its market in 2013.

## Costs

Keeping a peat bog wet costs one fifth of what a filter costs, 12 euros for each hectare.
The council of Elm registered 41 projects, and 17 of them were sold.

## 林业

新西兰的林业部门必须参加碳市场。生态碳汇可以吸收二氧化碳，成本仅为过滤装置的五分之一。
"""
ANSWERED = [
    "What share of its emissions may a firm in Japan offset?",
    "When did forestry join the market of New Zealand?",
    "How many projects did the council of Elm register?",
    "What does keeping a peat bog wet cost for each hectare?",
]
WITHHELD = [
    "What share of its emissions may a firm in Canada offset?",
    "How many tonnes of peat were sold by the council of Elm?",
    "Who composed the opera about the barber?",
    "红烧肉怎么做才好吃？",
]


def opened(folder: Path, text: str) -> Engine:
    (folder / "notes.md").write_text(text, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / "notes.md"]).failed
    return engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return opened(tmp_path_factory.mktemp("notes"), NOTES)


@pytest.mark.parametrize("question", ANSWERED)
def test_what_the_library_says_is_answered(engine, question):
    answer = engine.ask(question)
    assert answer.status == "answered" and answer.confidence >= BAR


@pytest.mark.parametrize("question", WITHHELD)
def test_what_it_does_not_say_is_withheld_with_a_reason(engine, question):
    answer = engine.ask(question)
    assert (answer.status, answer.segments, answer.citations) == ("abstained", (), ())
    assert answer.confidence < BAR
    assert answer.abstain_reason in {"unsupported", "out_of_scope", "no_evidence"}
    assert answer.passages, "near misses are shown"


def test_another_subject_is_out_of_scope_and_a_silent_one_unsupported(engine):
    assert engine.ask("红烧肉怎么做才好吃？").abstain_reason == "out_of_scope"
    assert engine.ask("How many tonnes of peat were sold by the council of Elm?").abstain_reason == "unsupported"


@pytest.mark.parametrize(
    "question",
    [
        "Why may a firm in Japan offset 30% of its emissions?",
        "Given that a bog costs five times as much as a filter, why keep it wet?",
    ],
)
def test_a_false_premise_is_not_agreed_to_but_shown_what_stands_against_it(engine, question):
    answer = engine.ask(question)
    assert (answer.status, answer.abstain_reason) == ("abstained", "premise_contradicted")
    assert answer.citations and answer.segments
    assert answer.answer.startswith("The library does not support the premise") and "[1]" in answer.answer


def test_the_rule_of_another_place_corrects_nothing(engine):
    answer = engine.ask("Why may a firm in Canada offset 5% of its emissions?")
    assert (answer.status, answer.abstain_reason, answer.citations) == ("abstained", "unsupported", ())


def test_who_is_alone_or_first_is_corrected(tmp_path):
    engine = opened(
        tmp_path,
        "# Peat credits\n\nJapan was the first country that sold peat credits, in 2011, through its forest bank.\n",
    )
    answer = engine.ask("Given that Norway was the first country that sold peat credits, in 2011, who bought them?")
    assert answer.abstain_reason == "premise_contradicted" and "Japan" in answer.citations[0].quote


def test_a_place_that_the_library_knows_is_within_its_scope(engine):
    assert engine.ask("How many opera houses does New Zealand paint each year?").abstain_reason == "unsupported"


def test_a_document_that_names_no_country_is_of_its_own(tmp_path):
    engine = opened(
        tmp_path, "---\njurisdiction: NZ\n---\n# Rule\n\nA firm must surrender one unit for each tonne by 30 May.\n"
    )
    question = "By what date must a firm in {} surrender its units for each tonne?"
    assert engine.ask(question.format("New Zealand")).status == "answered"
    assert engine.ask(question.format("Canada")).status == "abstained"


def test_a_document_of_one_sentence_answers(tmp_path):
    (tmp_path / "otters.txt").write_text("Otters returned to the upper valley after the weir was removed.\n", "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "otters.txt"])
    assert "weir was removed" in engine.ask("Why did otters return to the upper valley?").answer


@pytest.mark.parametrize("question", ["a", "的", "0", "What is it of?", "' OR 1=1 --"])
def test_a_question_without_a_subject_is_not_answered(engine, question):
    assert engine.ask(question).status == "abstained"


@pytest.mark.parametrize("question", ["peat bog", "新西兰林业", "2013"])
def test_a_mere_subject_is(engine, question):
    assert engine.ask(question).status == "answered"


def test_a_bar_can_be_set_for_one_question(engine):
    assert engine.ask(WITHHELD[0], bar=0.0).status == "answered"
    assert engine.ask(ANSWERED[0], bar=1.0).status == "abstained"


@pytest.mark.parametrize("question", [*ANSWERED, *WITHHELD, "x", "2019", "欧盟和日本"])
def test_candidates_come_by_likelihood_and_are_of_the_hits(engine, encoder, question):
    asked, hits = understand(question), engine._asking._hits(question, k=READ, filters=None)
    judged = candidates(asked, hits, RuleJudge(encoder), Pieces(encoder))
    likely = [each.likely for each in judged]
    assert likely == sorted(likely, reverse=True) and all(0 < share <= 1 for share in likely)
    assert all(each.hit in hits and each.piece.passage == each.hit.passage for each in judged)
    assert engine.ask(question).confidence <= max(likely, default=0) + 1e-4


def test_passages_are_shown_in_the_order_in_which_they_may_answer(engine):
    passages = engine.ask(ANSWERED[0]).passages
    assert "5%" in passages[0].text
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)


_PASSAGES = made("a.txt", ENGLISH)[1]
_SCORES = st.lists(
    st.floats(-2, 2).map(lambda score: round(score, 3)), min_size=len(_PASSAGES), max_size=len(_PASSAGES)
)
_LIKELY = st.lists(st.floats(0.01, 1), max_size=len(_PASSAGES))


@given(_SCORES, _LIKELY, st.randoms(use_true_random=False))
def test_reordering_loses_no_hit_and_raises_those_that_may_answer(scores, likely, random):
    hits = [Hit(passage, "", score, Why()) for passage, score in zip(_PASSAGES, scores, strict=True)]
    hits.sort(key=lambda hit: -hit.score)
    chosen = random.sample(hits, len(likely))
    pieces = [Piece(hit.passage, hit.passage.units, *[None] * 6) for hit in chosen]
    judged = list(map(Candidate, pieces, chosen, sorted(likely, reverse=True)))
    found = reordered(hits, judged)
    before = {hit.passage.passage_id: hit.score for hit in hits}
    assert sorted(hit.passage.passage_id for hit in found) == sorted(before)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    named = {hit.passage.passage_id for hit in chosen}
    for hit in found:
        old = before[hit.passage.passage_id]
        assert old <= hit.score <= old + max(map(abs, scores)) + 1e-9
        assert hit.score == old or hit.passage.passage_id in named


def test_without_candidates_the_order_stays(encoder):
    hits = [Hit(passage, "", 1.0 - place / 10, Why()) for place, passage in enumerate(_PASSAGES)]
    assert reordered(hits, []) == hits and reordered([], []) == []
    assert candidates(understand("How many cows?"), [], RuleJudge(encoder), Pieces(encoder)) == []
    assert isinstance(RuleJudge(encoder).answers(understand("How many cows?"), []), np.ndarray)
