"""What is cited by a number is known in every way it is written, and what only has a number in it is not."""

from __future__ import annotations

import pytest

from sinkqa.ingest.provisions.references import heading_step, references

CITED = {
    "第二十一条": "article 21",
    "第21条第二款第（三）项": "article 21 > paragraph 2 > item 3",
    "第一百零三条": "article 103",
    "第十条之五": "article 10-5",
    "第十条の五": "article 10-5",
    "第２条第３項第二号ロ": "article 2 > paragraph 3 > item 2 > item ロ",
    "第四章": "chapter 4",
    "第二部分": "part 2",
    "附件一": "annex 1",
    "附录2": "annex 2",
    "表4": "table 4",
    "第7.3.1节": "number 7.3.1",
    "Article 6(4)": "article 6 > paragraph 4",
    "Art. 6.4": "article 6 > paragraph 4",
    "Article 6, paragraph 4": "article 6 > paragraph 4",
    "paragraph 4(b) of Article 6": "article 6 > paragraph 4 > item b",
    "subsection (2) of section 12": "section 12 > paragraph 2",
    "section 181A": "section 181A",
    "第181A条": "article 181A",
    "第5ZF条第二款": "article 5ZF > paragraph 2",
    "Article 9-2": "article 9-2",
    "Article 16-3(5)": "article 16-3 > paragraph 5",
    "section 5zoa": "section 5ZOA",
    "s 4": "section 4",
    "§3": "section 3",
    "Sec. 2(b)": "section 2 > item b",
    "chapter IV": "chapter 4",
    "Annex II": "annex 2",
    "annex ii": "annex 2",
    "Annex IIa": "annex 2A",
    "Annex II of Schedule 1": "annex 1 > annex 2",
    "clause 5 of Schedule 1AA": "annex 1AA > section 5",
    "Schedule 3, Part 2": "annex 3 > part 2",
    "Table 4": "table 4",
    "Decision 2/CMA.3, paragraph 5": "decision 2/CMA.3 > paragraph 5",
    "the Annex to Decision 1/CP.21": "decision 1/CP.21 > annex",
    "section 1.4.2": "number 1.4.2",
}
SEVERAL = {
    "第十二条和第十五条": ["article 12", "article 15"],
    "第十二、十五条": ["article 12", "article 15"],
    "第五条至第七条": ["article 5", "article 6", "article 7"],
    "第二十一条第一款、第三款": ["article 21 > paragraph 1", "article 21 > paragraph 3"],
    "Articles 5-7": ["article 5", "article 6", "article 7"],
    "Articles 5, 6 and 8": ["article 5", "article 6", "article 8"],
    "ss 4 and 5": ["section 4", "section 5"],
    "sections 3–5": ["section 3", "section 4", "section 5"],
    "第五条规定的条件": ["article 5"],
    "第五条的目标": ["article 5"],
    "芦苇法第五条和水獭条例第六条": ["article 5", "article 6"],
}
NOTHING = [
    "第一次会议",
    "第三方核查机构",
    "法律第三条例外",
    "第三项目和第 3 号公告",
    "in 30 s 4 tonnes",
    "2023年第4季度",
    "Regulation (EU) 2018/841",
    "the 2008 Regulations, Regulations 2008",
    "代表3人",
    "1.5 degrees",
    "第（三）项",
    "25% to 30%",
]
HEADINGS = {
    "（目的）第一条": "article 1",
    "第十九条": "article 19",
    "第五節の二 自然": "section 5-2",
    "Sec. 2. Restoring the Fen": "section 2",
    "182C Notice of levels": "number 182C",
    "5ZN 2050 target": "number 5ZN",
    "4 Interpretation": "number 4",
    "1.4.2. Specific objective(s)": "number 1.4.2",
    "7.3 .1一般要求": "number 7.3.1",
    "IV. Enhanced action": "heading 4",
    "三、总体要求": "heading 3",
    "Schedule 2A Fen Agreement": "annex 2A",
    "Annex": "annex",
    "附 則 （平成二六年法律第六七号） 抄": "annex 附則",
    "Decision 1/CP.21": "decision 1/CP.21",
}
UNNUMBERED = ["Contents", "2050 target", "附则", "1 bis.", "Part of the fen"]


def said(steps):
    return " > ".join(f"{kind} {number}".strip() for kind, number in steps)


@pytest.mark.parametrize(("text", "steps"), CITED.items())
def test_a_reference_is_read_however_it_is_written(text, steps):
    assert [said(each.steps) for each in references(f"请问 {text}, please")] == [steps]


@pytest.mark.parametrize(("text", "steps"), SEVERAL.items())
def test_several_are_told_apart_and_share_what_is_said_once(text, steps):
    assert [said(each.steps) for each in references(text)] == steps


@pytest.mark.parametrize("text", NOTHING)
def test_other_numbers_are_no_references(text):
    assert references(text) == []


def test_a_reference_says_where_it_stands():
    text = "《榆谷条例》第三条　和 Article ４"
    assert [text[each.start : each.end] for each in references(text)] == ["第三条", "Article ４"]
    assert [each.said for each in references(text)] == ["第三条", "Article ４"]


@pytest.mark.parametrize(("heading", "step"), HEADINGS.items())
def test_a_heading_is_cited_by_its_number(heading, step):
    found = heading_step(heading)
    assert found is not None
    assert said([found]) == step


@pytest.mark.parametrize("heading", UNNUMBERED)
def test_a_heading_without_a_number_is_not_cited(heading):
    assert heading_step(heading) is None
