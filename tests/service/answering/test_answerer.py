"""Whether the library answers: confidence, its reasons, and what a false premise gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.encoder import load_encoder
from service.answering.confidence import BAR, HELD, WEIGHTS, confidence, contrary, misplaced, signs, trust
from service.answering.glossing import gloss
from service.answering.selecting import ranked
from service.answering.understanding import understand
from service.engine import Engine
from service.settings import Settings

NOTES = """# Forest markets compared

## Offsets

In New Zealand a firm may use forest units for all of its emissions. Forestry joined the market in 2008.
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


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("notes")
    (folder / "notes.md").write_text(NOTES, "utf-8")
    engine = Engine.open(Settings(library=Path(folder, "library")), create=True)
    engine.add([folder / "notes.md"])
    return engine


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
    assert answer.answer.startswith("The library does not bear out") and "[1]" in answer.answer


def test_the_rule_of_another_place_corrects_nothing(engine):
    answer = engine.ask("Why may a firm in Canada offset 5% of its emissions?")
    assert (answer.status, answer.abstain_reason, answer.citations) == ("abstained", "unsupported", ())


def test_who_is_alone_or_first_is_corrected(tmp_path):
    (tmp_path / "first.md").write_text(
        "# Peat credits\n\nJapan was the first country that sold peat credits, in 2011, through its forest bank.\n",
        "utf-8",
    )
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "first.md"])
    answer = engine.ask("Given that Norway was the first country that sold peat credits, in 2011, who bought them?")
    assert answer.abstain_reason == "premise_contradicted" and "Japan" in answer.citations[0].quote


def test_a_place_that_the_library_knows_is_within_its_scope(engine):
    assert engine.ask("How many opera houses does New Zealand paint each year?").abstain_reason == "unsupported"


def test_evidence_of_another_place_is_doubted(engine):
    asked = understand("What share of its emissions may a firm in Canada offset?")
    hits = engine._hits(asked.text, k=8, filters=None)
    pieces = ranked(asked, hits, load_encoder())
    assert misplaced(asked, hits, pieces)
    assert trust(asked, hits, pieces) <= 0.5
    at_home = understand(ANSWERED[0])
    assert not misplaced(at_home, hits, ranked(at_home, hits, load_encoder()))


def test_a_document_that_names_no_country_is_of_its_own(tmp_path):
    (tmp_path / "rule.md").write_text(
        "---\njurisdiction: NZ\n---\n# Rule\n\nA firm must surrender one unit for each tonne by 30 May.\n", "utf-8"
    )
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "rule.md"])
    question = "By what date must a firm in {} surrender its units for each tonne?"
    assert engine.ask(question.format("New Zealand")).status == "answered"
    assert engine.ask(question.format("Canada")).status == "abstained"


@pytest.mark.parametrize("question", [*ANSWERED, "Why did Japan open its market in 2013?"])
def test_no_premise_is_doubted_without_another_name_or_amount(engine, question):
    hits = engine._hits(question, k=8, filters=None)
    assert not contrary(understand(question), ranked(understand(question), hits, load_encoder()))


@pytest.mark.parametrize("question", [*ANSWERED, *WITHHELD, "x", "2019", "欧盟和日本"])
def test_signs_are_shares_and_confidence_grows_with_them(engine, question):
    encoder, asked = load_encoder(), understand(question)
    hits = engine._hits(question, k=8, filters=None)
    pieces = ranked(asked, hits, encoder)
    if pieces:
        found = signs(asked, hits, pieces, encoder)
        assert found.keys() == WEIGHTS.keys() | HELD.keys()
        assert all(0 <= value <= 1 for value in found.values())
        assert 0 <= confidence(asked, hits, pieces, encoder) <= 1


@pytest.mark.parametrize("question", ["a", "的", "0", "What is it of?", "' OR 1=1 --"])
def test_a_question_without_a_subject_is_not_answered(engine, question):
    assert engine.ask(question).status == "abstained"


@pytest.mark.parametrize("question", ["peat bog", "新西兰林业", "2013"])
def test_a_mere_subject_is(engine, question):
    assert engine.ask(question).status == "answered"


def test_a_bar_can_be_set_for_one_question(engine):
    assert engine.ask(WITHHELD[0], bar=0.0).status == "answered"
    assert engine.ask(ANSWERED[0], bar=1.0).status == "abstained"


def test_terms_of_a_quote_in_the_other_language_are_rendered(engine):
    known = {each.term: each.rendering for each in gloss("生态碳汇可以吸收二氧化碳，有碳市场。", language="en")}
    assert known["碳市场"].startswith("carbon market") and "ecological carbon sink" in known.values()
    assert gloss("生态碳汇可以吸收二氧化碳。", language="zh") == ()
    assert any(each.rendering == "碳汇" for each in gloss("A carbon sink takes up gas.", language="zh"))
    assert gloss("", language="en") == ()


def test_only_quotes_in_another_language_are_glossed(engine):
    zh = engine.ask("新西兰的林业部门必须参加什么市场？")
    for citation in zh.citations:
        assert bool(citation.glosses) <= (citation.language != "zh")
