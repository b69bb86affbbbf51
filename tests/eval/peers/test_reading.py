import re

import pytest

from sinkqa.eval.answering.judging import locate
from sinkqa.eval.data.gold import read_questions
from sinkqa.eval.peers.endpoint.reading import ABSTAINS, Documents, as_answer, is_abstention
from sinkqa.eval.peers.endpoint.scoring import reply_scores
from sinkqa.index.library import Library
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.eval.answering.test_answers import TEXT, rows
from tests.eval.collections import write_rows

PATTERN = re.compile(ABSTAINS, re.I)
SENTENCE = "The northern forest of Lund covers 4,210 hectares of pine."


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading")
    (folder / "lund.md").write_text(TEXT, "utf-8")
    (folder / "Moor report.md").write_text("# Moors\n\nHeather is burnt in strips before the grouse nest.\n", "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    engine.add([folder / "lund.md", folder / "Moor report.md"])
    ids = {record.name: record.doc_id for record in engine.documents()}
    write_rows(folder / "q.jsonl", rows(engine.text(ids["lund.md"])))
    with Library.open(folder / "library") as library:
        documents = Documents(library)
    asked = [locate(each, {}, [ids["lund.md"]], documents.texts) for each in read_questions(folder / "q.jsonl")]
    return documents, ids, asked


def read(held, content, *annotations):
    return as_answer("?", "en", content, annotations, held[0], PATTERN)


def scores(held, content, *annotations):
    return reply_scores(held[2][0], read(held, content, *annotations), held[0].texts)


@pytest.mark.parametrize(
    "text",
    [
        "“{}”",
        '"{}"',
        "As the text says: «{}»",
        "> {}",
        "It is “The northern forest of Lund … covers 4,210 hectares of pine”.",
        "「隆德沼泽的面积为三百公顷」",
    ],
)
def test_a_quote_cites_the_document_that_holds_it(held, text):
    (citation,) = read(held, text.format(SENTENCE)).citations
    assert citation.doc_id == held[1]["lund.md"]
    pieces = [held[0].texts[citation.doc_id][span.start : span.end] for span in citation.spans]
    assert citation.quote == " … ".join(pieces)


def test_a_quote_that_no_document_holds_is_invalid_and_of_no_document(held):
    forged = scores(held, f"“{SENTENCE.replace('4,210', '9,999')}”")
    assert forged["quote validity"] == 0 and forged["wrong-document citations"] == 1 and forged["number fidelity"] == 0
    half = scores(held, f"“{SENTENCE}” and “the forest is full of bears and wolves”")
    assert half["quote validity"] == half["citation precision"] == 0.5


@pytest.mark.parametrize("words", ["“carbon sink”", "“pine”", "the “碳汇”"])
def test_a_word_or_name_in_quotation_marks_is_no_quote(held, words):
    assert read(held, f"It is {words}.").citations == ()


@pytest.mark.parametrize(
    ("text", "annotations"),
    [
        ("Heather is burnt [1](https://example.org/docs/Moor%20report.md).", ()),
        ("Heather is burnt ([Moor report](https://example.org/x?id=3)).", ()),
        ("Heather is burnt 【4:0†Moor report.md】.", ()),
        ("Heather is burnt [Moor report.md, p. 3].", ()),
        (
            "Heather is burnt.",
            (
                {
                    "type": "url_citation",
                    "url_citation": {"url": "https://example.org/a", "title": "Moor Report"},
                },
            ),
        ),
        ("Heather is burnt.", ({"type": "file_citation", "filename": "Moor report.md", "index": 3},)),
    ],
)
def test_links_annotations_and_file_names_cite_the_document_that_they_name(held, text, annotations):
    answer = read(held, text, *annotations)
    assert [(each.doc_id, each.quote) for each in answer.citations] == [(held[1]["Moor report.md"], "")]
    assert "†" not in answer.answer and "(http" not in answer.answer


def test_a_link_to_no_document_is_a_citation_of_a_wrong_one(held):
    assert [each.doc_id for each in read(held, "See [this](https://example.org/elsewhere).").citations] == [""]


def test_measures_of_places_are_left_out_where_only_documents_are_named(held):
    named = scores(held, "It covers 4,210 hectares [lund.md].")
    assert named["complete"] == 1 and named["number fidelity"] == 1 and named["wrong-document citations"] == 0
    assert not {"confidence", "quote validity", "evidence cited", "citation precision"} & named.keys()
    both = scores(held, f"It covers 4,210 hectares: “{SENTENCE}” [lund.md].")
    assert both["evidence cited"] == both["citation precision"] == both["quote validity"] == 1


def test_sources_and_marks_are_no_part_of_what_is_said(held):
    answer = read(held, "It covers much [1][2, 3].\n\n**Sources:**\n\n1. 4,210 hectares [lund.md]\n\n- more\n")
    assert answer.answer == "It covers much."
    assert [each.doc_id for each in answer.citations] == [held[1]["lund.md"]]
    assert scores(held, "It covers much.\n\nReferences\n\n1. lund: 4,210 hectares")["answer points"] == 0


def test_a_table_is_said_row_by_row(held):
    assert read(held, "| forest | area |\n|---|---|\n| north | 4,210 |\n").answer == "forest; area\nnorth; 4,210"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "The documents do not mention the price of milk.",
        "The provided passages don't contain information on bears.",
        "I could not find an answer in the sources.",
        "There is no information about bears in the documents.",
        "This is not mentioned in the documents.",
        "I don't know.",
        "NO_ANSWER",
        "文件中没有提及熊的数量。",
        "根据现有资料，无法回答这个问题。",
        "未找到相关内容。",
        "The library holds no evidence that answers this question.",
        "The library does not deal with what this question is about.",
        "The library deals with this subject but does not say what is asked.",
        "资料库中没有找到足以回答这个问题的依据。",
        "资料库没有涉及这个问题所问的内容。",
        "资料库涉及这个话题，但没有给出所问的内容。",
    ],
)
def test_an_abstention_is_known_by_its_first_sentence(text):
    assert is_abstention(text, PATTERN)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "The measures do not apply to mills. [1]",
        "Nobody may fell there without leave of the council.",
        "The documents do not give a date, but they say that it opened in spring.",
        "The documents do not give a date. However, they say that it opened in spring.",
        "It opened in 2019. The documents do not mention who opened it.",
        "违反规定的，不得申请补贴。",
        "资料没有给出日期，但说明是在春天。",
    ],
)
def test_an_answer_with_a_no_in_it_is_no_abstention(text):
    assert not is_abstention(text, PATTERN)


def test_what_an_abstention_says_can_be_set():
    assert is_abstention("Pass.", re.compile("^pass")) is False
    assert is_abstention("Pass.", re.compile("^pass", re.I))


@pytest.mark.parametrize(
    "text", ["[" * 5000, "“" * 5000, "> " * 3000, "|" * 3000, "\x00\ud800 “a b c d e”", "*" * 9999]
)
def test_odd_text_is_read_without_harm(held, text):
    assert read(held, text).status in ("answered", "abstained")
