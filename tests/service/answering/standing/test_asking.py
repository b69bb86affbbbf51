"""What a question asks of the standing of a document, by its words alone."""

from __future__ import annotations

import pytest

from sinkqa.service.answering.standing.asking import standing_asked
from sinkqa.service.answering.standing.dating import as_of_said
from sinkqa.service.answering.understanding.question import understand

OLD, NEW, ZH, ZH_NEW = "Heron Act 2011", "Heron Act 2025", "榆谷泥炭办法", "榆谷泥炭条例"


def asked(question: str) -> tuple[str, str] | None:
    """What is asked, and of which of the names in the question."""
    names = sorted((at, at + len(each)) for each in (OLD, NEW, ZH, ZH_NEW) if (at := question.find(each)) >= 0)
    found = standing_asked(understand(question), tuple(names), f"{OLD} {NEW} {ZH} {ZH_NEW}")
    return (found.kind, question[found.start : found.end]) if found else None


@pytest.mark.parametrize(
    "question",
    [
        f"Is the {OLD} still in force?",
        f"Was the {OLD} revoked?",
        f"Has the {OLD} been repealed or replaced?",
        f"Was the {OLD} repealed by the {NEW}?",
        f"Did the {NEW} repeal the {OLD}?",
        f"Is the {OLD} still good law today?",
        f"Does the {OLD} still apply?",
        f"Has the {OLD} expired?",
        f"What is the legal status of the {OLD}?",
    ],
)
def test_whether_a_document_is_in_force_in_english(question):
    assert asked(question) == ("whether", OLD)


@pytest.mark.parametrize(
    "question",
    [
        f"{ZH}还有效吗？",
        f"《{ZH}》（试行）现在还有效吗？",
        f"{ZH}是否已经废止？",
        f"{ZH}被{ZH_NEW}取代了吗？",
        f"请问{ZH}过期了吗？",
        f"{ZH}现行有效吗？",
        f"{ZH}有没有失效？",
        f"{ZH}生效了吗？",
    ],
)
def test_whether_a_document_is_in_force_in_chinese(question):
    found = asked(question)
    assert found is not None and found[0] == "whether" and found[1].startswith(ZH)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (f"When was the {OLD} repealed, and by what?", OLD),
        (f"Which document replaced the {OLD}?", OLD),
        (f"What superseded the {OLD}?", OLD),
        (f"{ZH}什么时候被废止的？", ZH),
        (f"哪个文件取代了{ZH}？", ZH),
        (f"{ZH}被什么文件废止？", ZH),
    ],
)
def test_when_and_by_what_a_document_ended(question, name):
    assert asked(question) == ("ended", name)


@pytest.mark.parametrize(
    "question",
    [
        f"What does the {NEW} repeal?",
        f"Which acts does the {NEW} repeal?",
        f"Which acts were repealed by the {NEW}?",
        f"{ZH_NEW}废止了哪些文件？",
        f"哪些文件被{ZH_NEW}废止？",
    ],
)
def test_what_a_document_itself_ends(question):
    assert asked(question) == ("ends", ZH_NEW if ZH_NEW in question else NEW)


@pytest.mark.parametrize("question", ["还有效吗？", "这些文件现在还有效吗？", "Is it still in force?"])
def test_what_is_asked_of_no_document(question):
    assert asked(question) == ("unnamed", "")


@pytest.mark.parametrize("question", [f"{ZH}的有效期到什么时候？", f"When does the {OLD} expire?"])
def test_how_long_a_document_is_valid(question):
    assert asked(question) == ("expires", ZH if ZH in question else OLD)


@pytest.mark.parametrize(
    "question",
    [
        f"Is section 5 of the {OLD} still in force?",
        f"{ZH}第五条还有效吗？",
        f"Is the limit on cows in the {OLD} still in force?",
        f"{ZH}规定的开沟许可还有效吗？",
        f"When did the {OLD} come into force?",
        f"What does the {OLD} say about revoked licences?",
        "Is the limit on cows still in force?",
    ],
)
def test_questions_about_parts_or_other_things_ask_nothing_of_the_document(question):
    assert asked(question) is None


@pytest.mark.parametrize(
    ("question", "on", "rest"),
    [
        ("As of 2015, which rules did herons have?", "2015-12-31", "which rules did herons have?"),
        ("Which rules were in force in March 2016?", "2016-03-31", "Which rules were in force in ?"),
        ("Which law was in force on 1 May 2016?", "2016-05-01", "Which law was in force on ?"),
        ("2019年时有效的办法对泥炭有什么规定？", "2019-12-31", "办法对泥炭有什么规定？"),
        ("截至2019年2月有效的规定是什么？", "2019-02-28", "规定是什么？"),
    ],
)
def test_a_date_of_the_law_is_taken_only_where_it_is_clearly_said(question, on, rest):
    said = as_of_said(question)
    assert said is not None and (said.on.isoformat(), said.rest) == (on, rest)


@pytest.mark.parametrize(
    "question",
    [
        "What does the Heron Act 2011 say?",
        "As of 2020, how many herons were counted?",
        "截至2020年，全国湿地面积是多少？",
        "2014年的泥炭办法规定了什么？",
        "2019年施行的办法有哪些？",
        "What happened in 2015?",
        "as of 0000 the rules",
    ],
)
def test_years_of_names_and_of_counts_are_no_date_of_the_law(question):
    assert as_of_said(question) is None
