import pytest

from sinkqa.eval.provisions import scores as provision_scores
from sinkqa.eval.provisions.measuring import Draw, make_questions
from sinkqa.eval.provisions.outline import read_laws
from sinkqa.eval.provisions.questions import families
from sinkqa.eval.provisions.scores import Source, score
from tests.eval.statutes import ZH, answer, document

OTHER = (
    "# 芦花贸易管理办法\n\n第一条 为了管理芦花贸易，制定本办法。\n\n第二条 芦花按斤出售。\n\n第三条 秤由市场提供。\n"
)
THIRD = "收割芦苇应当符合下列条件：（一）取得收割许可证；（二）避开鸟类繁殖期。收割单位应当每年报告收割数量。"


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statutes")
    law, other = document(folder, "reeds.md", ZH), document(folder, "trade.md", OTHER)
    made = make_questions(families([each for d in (law, other) for each in read_laws(d)]), Draw())
    questions = {each.text: each for each in made}
    sources = {each.doc_id: Source(each) for each in (law, other)}

    def judge(question, *said, **rest):
        """Each part is the words said, and the words of the law that are cited, or of the other document after ">"."""
        placed = []
        for text, cited in said:
            source = other if cited.startswith(">") else law
            start = source.text.index(cited.removeprefix(">").splitlines()[0])
            placed.append((text, source, start, start + len(cited.removeprefix(">"))))
        return score(questions[question], answer(*placed, **rest), sources, {other.doc_id: "trade"})

    return judge


ASKED = "芦苇保护法第3条的内容是什么？"
CITED = ZH[ZH.index("收割芦苇应当") : ZH.index("第二章")].strip().replace("\n\n", "\n")  # as the reader has it


def test_a_whole_article_is_whole_and_right(judged):
    for text in (THIRD, CITED, f"第三条 {CITED}", THIRD.replace("，", ",").replace("：", ": ")):
        verdict = judged(ASKED, (text, CITED))
        assert verdict.fault == ""
        assert verdict.scores == {
            "whole and right": 1,
            "whole": 1,
            "right": 1,
            "wrong law": 0,
            "silent hole": 0,
            "abstained": 0,
        }


def test_pieces_that_together_are_whole_are_whole(judged):
    first, rest = CITED.split("（二）")
    assert judged(ASKED, (first, first), (f"（二）{rest}", f"（二）{rest}")).fault == ""


@pytest.mark.parametrize(
    "line", ["（二）避开鸟类繁殖期。", "收割单位应当每年报告收割数量。", "收割芦苇应当符合下列条件："]
)
@pytest.mark.parametrize("mark", ["", "…"])
def test_a_cut_article_is_not_whole(judged, line, mark):
    verdict = judged(ASKED, (THIRD.replace(line, mark), CITED))
    assert verdict.scores["whole"] == verdict.scores["whole and right"] == 0
    assert verdict.fault.startswith("missing")


def test_what_is_left_out_in_silence_is_seen_where_nothing_needed_is_missing(judged):
    question = "《中华人民共和国芦苇保护法》第三条第二款规定了什么？"
    lead = "收割芦苇应当符合下列条件："
    last = "收割单位应当每年报告收割数量。"
    assert judged(question, (last, last)).scores["paragraph"] == 1
    verdict = judged(ASKED, (f"{THIRD}收割芦苇应当避开鸟类繁殖期。", CITED))
    assert (verdict.scores["silent hole"], verdict.scores["whole"]) == (1, 0)
    assert verdict.fault.startswith("silent hole")
    assert judged(question, (f"{lead}{last}", last)).scores["paragraph"] == 0
    assert judged(question, (f"{lead}…{last}", last)).scores["paragraph"] == 1


def test_another_article_or_law_beside_the_right_one_is_not_right(judged):
    fourth = "违反本法规定，在繁殖期收割芦苇的，由县级林业部门处五百元以上三千元以下罚款。"
    verdict = judged(ASKED, (THIRD, CITED), (fourth, fourth))
    assert (verdict.scores["whole"], verdict.scores["right"], verdict.scores["wrong law"]) == (1, 0, 0)
    verdict = judged(ASKED, (THIRD, CITED), ("芦花按斤出售。", ">芦花按斤出售。"))
    assert (verdict.scores["right"], verdict.scores["wrong law"], verdict.fault) == (0, 1, "wrong law: trade")


def test_a_paragraph_is_given_alone(judged):
    question = "《中华人民共和国芦苇保护法》第三条第二款规定了什么？"
    verdict = judged(question, (THIRD, CITED))
    assert verdict.scores["paragraph"] == 0
    assert verdict.fault.startswith("another provision")


def test_an_abstention_scores_nothing(judged):
    verdict = judged(ASKED, status="abstained")
    assert verdict.scores == {
        "whole and right": 0,
        "whole": 0,
        "right": 0,
        "wrong law": 0,
        "silent hole": 0,
        "abstained": 1,
    }


def test_a_long_article_may_break_off_where_the_answer_says_so(judged, monkeypatch):
    first = CITED.split("\n")[0]
    assert judged(ASKED, (first, first), notes=["第三条未完，后续还有两项"]).scores["whole"] == 0
    monkeypatch.setattr(provision_scores, "LONG", {"zh": 40})
    assert judged(ASKED, (first, first), notes=["第三条未完，后续还有两项"]).scores["whole"] == 1
    assert judged(ASKED, (first, first)).scores["whole"] == 0
    assert (
        judged(ASKED, (first, first), ("后续还有", "收割单位应当每年报告收割数量。")).scores["whole"] == 0
    )  # quoted, not told


def test_past_the_last_article_nothing_is_cited_and_the_last_one_is_named(judged):
    question = "《中华人民共和国芦苇保护法》第八条规定了什么？"
    assert judged(question, status="abstained").scores == {"end said": 1, "last article named": 0}
    assert judged(question, notes=["本法到第七条为止"]).scores == {"end said": 1, "last article named": 1}
    assert judged(question).scores["end said"] == 0
    assert judged(question, ("本法自2031年5月1日起施行。", "本法自2031年5月1日起施行。")).scores["end said"] == 0


def test_facts_are_right_where_their_sentence_stands_in_the_answer(judged):
    meaning = "本法所称芦苇荡，是指生长芦苇达到三公顷以上的浅水区域。"
    question = "芦苇保护法中芦苇荡是什么意思？"
    assert judged(question, (meaning, meaning)).scores["definition"] == 1
    assert judged(question, (meaning[:-5], meaning)).scores["definition"] == 0
    fine = "收割单位有下列行为之一的，处二千元罚款："
    question = "根据芦苇保护法，伪造收割许可证怎么处罚？"
    assert judged(question, (fine, fine)).scores["penalty"] == 1
    assert judged(question, ("（一）伪造收割许可证的；", "（一）伪造收割许可证的；")).scores["penalty"] == 0
    assert judged("芦苇保护法什么时候开始实施？", (fine, fine)).scores["date of effect"] == 0
