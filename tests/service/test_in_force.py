"""Answers prefer what is in force, say what is not, and tell of a document's standing only what texts say."""

from __future__ import annotations

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from sinkqa.service.cli import app
from sinkqa.service.engine import Engine
from sinkqa.service.http.app import create_app
from sinkqa.service.markdown import pieces
from sinkqa.service.settings import Settings
from tests.service.http.conftest import Client

OLD = """# 榆谷芦苇收割办法

**第一条** 为了规范芦苇收割，制定本办法。

**第二条** 收割芦苇的农户应当在每年九月之前向榆谷议会缴纳二十马克的收割费。

**第三条** 本办法自2015年1月1日起施行。
"""
NEW = """# 榆谷芦苇条例

**第一条** 为了保护芦苇，制定本条例。

**第二条** 收割芦苇的农户应当在每年九月之前向榆谷议会缴纳五十马克的收割费。

**第三条** 本条例自2022年6月1日起施行。《榆谷芦苇收割办法》同时废止。
"""
PEAT = """# 榆谷泥炭条例

**第一条** 任何单位不得在深泥炭上开沟排水。

**第二条** 本条例自2018年5月1日起施行。
"""
LIMITED = """# 榆谷水闸实施办法

**第一条** 农户应当在每年五月之前关闭水闸。

**第二条** 本办法自2016年1月1日起施行，有效期5年。
"""
ORDER = """# Executive Order 15001 of May 1, 2019

Counting Herons

Section 1. Counting. Each warden shall count herons in the first week of May and report the count to the council.

Sec. 2. Wardens. Each gate shall have a warden whom the council of Elmvale appoints for a term of three years.
"""
REVOKING = """# Executive Order 15002 of March 3, 2023

Ending the Count of Herons

Section 1. Policy. The council of Elmvale no longer counts herons, and the wardens of the gates turn to other birds.

Sec. 2. Revocation. Executive Order 15001 of May 1, 2019 (Counting Herons) is hereby revoked.

Sec. 3. Other Revocations. Executive Order 14990 of June 1, 2018 (Feeding Herons) is hereby revoked.
"""
SILENT = """# Executive Order 15007 of July 9, 2020

Otters at Gates

Section 1. Otters. Each warden shall keep the otters of the upper valley away from the sluices in winter.
"""
DOCUMENTS = {
    "old": OLD, "new": NEW, "peat": PEAT, "limited": LIMITED, "order": ORDER, "revoking": REVOKING, "silent": SILENT,
}  # fmt: skip
TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Engine:
    folder = tmp_path_factory.mktemp("standings")
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    engine = Engine.open(Settings(library=tmp_path_factory.mktemp("library")), create=True)
    assert not engine.add([folder]).failed
    return engine


@pytest.fixture
def ask(engine):
    def ask(question: str, on: date = TODAY):
        answer = engine.ask(question, as_of=on)
        for citation in answer.citations:
            text = engine.text(citation.doc_id)
            assert citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)
        return answer

    return ask


@pytest.fixture
def named(engine):
    """The file of a citation's document."""
    names = {record.doc_id: record.name.removesuffix(".md") for record in engine.documents()}
    return lambda answer: [names[citation.doc_id] for citation in answer.citations]


def test_the_command_line_takes_a_date_and_shows_what_is_not_in_force(engine, capsys):
    runner = CliRunner()
    library = str(engine.folder)
    shown = runner.invoke(app, ["ask", NAMED, "-l", library])
    assert shown.exit_code == 0 and "已废止 · 2022-06-01 · 现行文件：榆谷芦苇条例" in shown.output
    assert "已于2022-06-01被《榆谷芦苇条例》废止。" in shown.output
    then = json.loads(runner.invoke(app, ["ask", NAMED, "--json", "--as-of", "2016-03-01", "-l", library]).output)
    assert then["citations"][0]["standing"] is None
    refused = runner.invoke(app, ["ask", NAMED, "--as-of", "2016-13-01", "-l", library])
    assert refused.exit_code == 2 and "2016-13-01" in refused.output


def test_http_takes_a_date_and_refuses_what_is_none(engine):
    client = Client(create_app(Settings(library=engine.folder)))
    told = client.post("/v1/answer", {"question": NAMED}).json()
    assert told["citations"][0]["standing"]["status"] == "repealed"
    then = client.post("/v1/answer", {"question": FEE, "as_of": "2016-03-01"}).json()
    assert "二十马克" in then["answer"]
    for bad in ("2016", "2016-13-01", "yesterday", 20160301, 1456790400, True, "2016-03-01T00:00:00"):
        response = client.post("/v1/answer", {"question": FEE, "as_of": bad})
        assert response.status_code == 422 and "as_of" in response.text, bad
    chat = {"model": "sinkqa", "messages": [{"role": "user", "content": FEE}], "as_of": "2016-03-01"}
    assert "二十马克" in client.post("/v1/chat/completions", chat).json()["choices"][0]["message"]["content"]
    assert client.post("/v1/chat/completions", chat | {"as_of": "soon"}).status_code in (400, 422)


def test_markdown_puts_the_standing_behind_the_source(ask):
    text = "".join(piece.text for piece in pieces(ask(NAMED), lambda passage_id, spans=(): f"https://x/{passage_id}"))
    assert "*(已废止 · 2022-06-01)*" in text and "被《榆谷芦苇条例》废止" in text


NAMED = "榆谷芦苇收割办法规定的收割费是多少马克？"
FEE = "芦苇收割费是多少马克？"


def test_of_equal_answers_the_one_in_force_comes_first_on_each_date(ask, named):
    now = ask(FEE)
    assert named(now)[0] == "new" and now.citations[0].standing is None and "五十马克" in now.answer
    then = ask(FEE, date(2016, 3, 1))
    assert named(then)[0] == "old" and then.citations[0].standing is None
    assert then.notes[-1] == "此处指2016-03-01时的情况。" and not any("施行" in note for note in then.notes)


def test_a_date_that_the_question_says_counts_like_one_that_is_given(engine, named):
    assert named(engine.ask("2016年时有效的规定中，芦苇收割费是多少马克？"))[0] == "old"


def test_a_question_that_names_the_repealed_document_is_answered_from_it_and_told_so(ask, named):
    answer = ask(NAMED)
    assert named(answer) == ["old"] and "二十马克" in answer.answer
    standing = answer.citations[0].standing
    assert (standing.status, standing.until, standing.newer_title) == ("repealed", "2022-06-01", "榆谷芦苇条例")
    assert "《榆谷芦苇收割办法》已于2022-06-01被《榆谷芦苇条例》废止。" in answer.notes


@pytest.mark.parametrize(
    "question",
    ["榆谷芦苇收割办法还有效吗？", "榆谷芦苇收割办法什么时候被废止的？", "哪个文件取代了《榆谷芦苇收割办法》？"],
)
def test_what_was_repealed_is_told_in_the_words_that_repealed_it(ask, named, question):
    answer = ask(question)
    assert (answer.status, named(answer)) == ("answered", ["new"])
    assert "《榆谷芦苇收割办法》同时废止" in answer.citations[0].quote and answer.citations[0].standing is None
    assert "《榆谷芦苇收割办法》已于2022-06-01被《榆谷芦苇条例》废止。" in answer.notes


def test_before_its_repeal_it_was_in_force(ask):
    answer = ask("榆谷芦苇收割办法还有效吗？", date(2020, 1, 1))
    assert not any("已于" in note for note in answer.notes)


@pytest.mark.parametrize("question", ["Was EO 15001 revoked?", "When was Executive Order 15001 revoked, and by what?"])
def test_an_order_that_was_revoked(ask, named, question):
    answer = ask(question)
    assert (answer.status, named(answer)) == ("answered", ["revoking"])
    assert "Executive Order 15001" in answer.citations[0].quote and "14990" not in answer.citations[0].quote


@pytest.mark.parametrize("question", ["Was EO 14990 revoked?", "Is Executive Order 14990 still in force?"])
def test_an_order_that_only_the_one_that_revoked_it_names(ask, named, question):
    answer = ask(question)
    assert (answer.status, named(answer)) == ("answered", ["revoking"])
    assert "Executive Order 14990" in answer.citations[0].quote and "15001" not in answer.citations[0].quote


@pytest.mark.parametrize(
    "question", ["Was EO 15007 revoked?", "Is EO 15007 still in force?", "What replaced EO 15007?"]
)
def test_where_no_text_says_it_the_answer_is_withheld_and_not_called_in_force(ask, question):
    answer = ask(question)
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.notes[0].startswith("The library holds no text that says")


def test_a_document_that_nothing_repeals_is_told_by_its_own_words_and_what_is_missing(ask, named):
    answer = ask("榆谷泥炭条例还有效吗？")
    assert (answer.status, named(answer)) == ("partial", ["peat"])
    assert answer.missing == ("废止或取代《榆谷泥炭条例》的文字",) and "自2018年5月1日起施行" in answer.answer


def test_a_document_that_the_library_lacks_and_nothing_repeals_is_named_as_lacking(ask):
    answer = ask("《榆谷林木管理办法》还有效吗？")
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.notes[0] == "资料库中没有名为《榆谷林木管理办法》的文件，也没有文字说它已被废止或取代。"


def test_what_ran_for_some_years_has_expired_after_them(ask):
    assert "榆谷水闸实施办法》的有效期已于" in ask("榆谷水闸实施办法还有效吗？").notes[0]
    assert "榆谷水闸实施办法》的有效期至" in ask("榆谷水闸实施办法的有效期到什么时候？", date(2018, 1, 1)).notes[0]
    answer = ask("榆谷水闸实施办法要求农户几月之前关闭水闸？")
    assert answer.citations[0].standing.status == "expired"


def test_a_law_that_is_not_yet_in_force_says_so(ask):
    answer = ask("榆谷泥炭条例生效了吗？", date(2017, 1, 1))
    assert answer.notes[0] == "《榆谷泥炭条例》自2018-05-01起施行，此前尚未施行。"


def test_when_a_law_took_effect_is_asked_as_before(ask, named):
    answer = ask("榆谷泥炭条例什么时候施行？")
    assert (answer.status, named(answer), answer.missing) == ("answered", ["peat"], ())
