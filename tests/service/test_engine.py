"""The waist: what every adapter relies on, whichever documents are in the library."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sinkqa.index.errors import AmbiguousDocument, DocumentNotFound, EncoderMissing, LibraryNotFound
from sinkqa.index.hit import Filters
from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidQuestion
from sinkqa.service.settings import Settings

QUESTIONS = [
    "How does New Zealand treat post-1989 forest?",
    "How large a share of its obligation may a firm in Guangdong offset?",
    "重庆试点的CCER抵销比例上限是多少？",
    "森林法对采伐有什么规定？",
    "What did the EU promise for 2030?",
    "今天晚上吃什么？",
]


@pytest.fixture(scope="module")
def engine(starter: Path) -> Engine:
    return Engine.open(Settings(library=starter))


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_is_answered_is_cited_and_whatever_is_not_says_why(engine, question):
    answer = engine.ask(question)
    assert answer.question == question and answer.language == ("zh" if question > "一" else "en")
    assert (answer.status == "abstained") == (answer.abstain_reason is not None)
    assert bool(answer.citations) == (answer.abstain_reason in (None, "premise_contradicted"))
    assert bool(answer.segments) == bool(answer.citations)
    assert [citation.number for citation in answer.citations] == [*range(1, len(answer.citations) + 1)]
    cited = {number for segment in answer.segments for number in segment.citations}
    assert cited == {citation.number for citation in answer.citations}
    assert all(segment.citations for segment in answer.segments)
    assert 0 <= answer.confidence <= 1 and answer.answer
    assert all(f"[{number}]" in answer.answer for number in cited)
    ranked = {passage.passage_id: passage for passage in answer.passages}
    for citation in answer.citations:
        text = engine.text(citation.doc_id)
        assert citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)
        assert citation.text_sha256 == engine.document(citation.doc_id).text_sha256
        assert citation.page_start <= citation.page_end <= engine.document(citation.doc_id).n_pages
        assert citation.title == engine.document(citation.doc_id).title
        assert citation.passage_id in ranked


def test_an_abstention_is_in_the_language_of_the_question(engine):
    assert engine.ask("今天晚上吃什么？").answer.startswith("资料库")
    assert engine.ask("What is for dinner tonight?").answer.startswith("The library")


def test_the_same_question_has_the_same_answer(engine):
    first, again = (engine.ask(QUESTIONS[0]).as_dict() | {"timings_ms": None} for _ in range(2))
    assert first == again


def test_threads_share_an_engine(engine):
    expected = {question: engine.ask(question).answer for question in QUESTIONS}
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(question for question in QUESTIONS if engine.ask(question).answer != expected[question])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_digests_name_their_original(engine):
    citations = [citation for question in QUESTIONS for citation in engine.ask(question).citations]
    assert citations and all(citation.original for citation in citations)


@pytest.mark.parametrize("question", ["", "   ", "？！…", "\x00\n", "a" * 4001])
def test_what_is_no_question_is_refused(engine, question):
    with pytest.raises(InvalidQuestion) as caught:
        engine.ask(question)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "question", ["a" * 4000, "碳" * 4000, "\ud800 carbon", "carbon\x00sink", '(AND OR "*:^~', "𠮷碳🌳", "-- DROP TABLE"]
)
def test_odd_questions_are_questions(engine, question):
    assert engine.ask(question).status in {"answered", "abstained"}


def test_k_bounds_the_passages_and_defaults_to_the_setting(engine, starter):
    assert len(engine.ask("forest carbon", k=3).passages) == 3
    assert len(engine.search("forest carbon").hits) == Settings().k
    assert len(Engine.open(Settings(library=starter, k=2)).search("forest carbon").hits) == 2


def test_filters_reach_answers_too(engine):
    answer = engine.ask("What does the law say about forests?", filters=Filters(jurisdictions=("NZ",)))
    assert answer.passages
    assert {engine.document(passage.doc_id).metadata.jurisdiction for passage in answer.passages} == {"NZ"}


def test_documents_come_in_the_order_of_their_titles(engine):
    titles = [record.title for record in engine.documents()]
    assert titles == sorted(titles) and len(titles) == 44


def test_a_document_is_named_by_the_beginning_of_its_id(engine):
    record = engine.documents()[0]
    assert engine.document(record.doc_id[:10]) == engine.document(record.doc_id) == record
    assert {passage.doc_id for passage in engine.passages(record.doc_id[:10])} == {record.doc_id}
    for wrong in (record.doc_id[:5], "", "zz" * 8, "0" * 64):
        with pytest.raises((DocumentNotFound, AmbiguousDocument)):
            engine.document(wrong)


def test_a_removed_document_is_cited_no_more(tmp_path):
    (tmp_path / "a.txt").write_text(
        "# Otters\n\nThe animals returned to the upper valley after the weir was removed.\n"
    )
    (tmp_path / "b.txt").write_text("# Beavers\n\nThey returned to the lower valley after the mill was closed.\n")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "a.txt", tmp_path / "b.txt"])
    other = Engine.open(Settings(library=tmp_path / "library"))
    question = "Why did otters return to the upper valley?"
    before = other.ask(question)
    removed = engine.remove(before.citations[0].doc_id)
    assert removed.name == "a.txt"
    after = other.ask(question)
    assert after.generation == before.generation + 1
    assert "weir was removed" in before.answer and "weir" not in str(after.as_dict())


def test_no_library_is_opened_unless_one_is_begun(tmp_path):
    settings = Settings(library=tmp_path / "none")
    assert not Engine.exists(settings)
    with pytest.raises(LibraryNotFound):
        Engine.open(settings)
    assert not settings.library.exists()
    Engine.open(settings, create=True)
    assert Engine.exists(settings)


def test_an_empty_library_abstains_and_is_sound(tmp_path):
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    answer = engine.ask("What is stored in peat?")
    assert (answer.status, answer.abstain_reason, answer.passages) == ("abstained", "no_evidence", ())
    assert engine.search("peat").hits == () and engine.documents() == []
    assert engine.doctor().problems == ()


def test_an_encoder_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # a hub out of reach is asked for over a minute
    with pytest.raises(EncoderMissing):
        Engine.open(Settings(library=tmp_path / "library", encoder="no/such-encoder"), create=True)
    assert not Engine.exists(Settings(library=tmp_path / "library"))


def test_no_text_is_searched_twice_in_one_scope_for_one_question(engine, monkeypatch):
    searched: list[tuple[str, Filters | None]] = []
    search = engine._library.search

    def noted(text, *, filters, **rest):
        searched.append((text, filters))
        return search(text, filters=filters, **rest)

    monkeypatch.setattr(engine._library, "search", noted)
    engine.ask(
        "Our plant in Guangdong emitted 500,000 tonnes and may offset 10% of it, how much in CCERs, and by when?"
    )
    assert len(searched) > 2 and len(searched) == len(set(searched))
