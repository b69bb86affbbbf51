"""A provision is found by what cites it, whole, once, and without what is not part of it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.provisions.outline import Outline
from sinkqa.ingest.provisions.references import references
from sinkqa.ingest.readers import read, read_bytes
from sinkqa.ingest.splitting.splitter import split

DOCS = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"
real = pytest.mark.skipif(not DOCS.is_dir(), reason="the policy documents are not at ../shared/policy/docs")

LAW = """# 榆谷泥炭条例

## 第一章 总则

**第一条** 为了保护泥炭，制定本条例。

**第二条** 榆谷议会主管泥炭工作。议会每年公布一次清单。

下列地块应当列入清单：

（一）深泥炭；

（二）浅泥炭，其中：

1.河谷的；

2.山坡的；

（三）其他。

清单调整的，应当公布。

## 第二章 附则

**第三条** 本条例自2004年5月1日起施行。

原文链接

http://elm.example/1.html
"""
ACT = """# Fen Act 2004

## 3 Purpose

(1) The purpose of this Act is to—

(a) keep the fen wet; and

(b) pay those who—

(i) close ditches; or

(ii) raise sluices.

(2) The council reports in May.

Section 3(1)(a): inserted, on 1 May 2006, by section 5 of the Fen Amendment Act 2006 (2006 No 4).

## 4 Interpretation

In this Act, ditch means a cut in the peat.

## Schedule 1 Fen Agreement

The Parties agree.

## 3 Payments

Payments are made in marks.
"""


def outline(tmp_path, text) -> Outline:
    path = tmp_path / "law.md"
    path.write_text(text, "utf-8")
    document = read(path)
    return Outline(split(document), document.text)


def words(found: Outline, cited: str) -> str:
    provision = found.find(references(cited)[0])
    assert provision is not None
    return "".join(each.before + each.text for each in found.said(provision))


@pytest.mark.parametrize("cited", ["第一条", "第1条", "Article 1", "section 1"])
def test_an_article_is_found_by_any_writing_of_its_number(tmp_path, cited):
    assert words(outline(tmp_path, LAW), cited) == "第一条 为了保护泥炭，制定本条例。"


def test_paragraphs_are_counted_and_items_come_behind_what_leads_to_them(tmp_path):
    law = outline(tmp_path, LAW)
    assert words(law, "第二条第三款") == "第二条\n…\n清单调整的，应当公布。"
    assert words(law, "第二条第二款第（二）项").splitlines() == [
        "第二条",
        "…",
        "下列地块应当列入清单：",
        "…",
        "（二）浅泥炭，其中：",
        "1.河谷的；",
        "2.山坡的；",
    ]
    assert words(law, "Article 2(2)(b)") == words(law, "第二条第二款")  # no item of it is marked (b)


def test_what_is_not_there_of_a_provision_is_named(tmp_path):
    law = outline(tmp_path, LAW)
    found = law.find(references("第二条第九款")[0])
    assert found is not None
    assert [step.number for step in found.missing] == ["9"]
    assert law.paragraphs(found) == 3
    assert law.find(references("第八十条")[0]) is None
    last = law.last("article")
    assert last is not None
    assert last.number == "3"


def test_what_follows_a_law_is_no_part_of_its_last_article(tmp_path):
    assert words(outline(tmp_path, LAW), "第三条") == "第三条 本条例自2004年5月1日起施行。"


def test_notes_on_amendments_are_no_part_of_a_section(tmp_path):
    assert words(outline(tmp_path, ACT), "s 3").splitlines()[-1] == "(2) The council reports in May."


def test_subsections_and_their_paragraphs_are_found_by_their_marks(tmp_path):
    act = outline(tmp_path, ACT)
    assert words(act, "section 3(1)(b)(ii)").splitlines() == [
        "3 Purpose",
        "(1) The purpose of this Act is to—",
        "…",
        "(b) pay those who—",
        "…",
        "(ii) raise sluices.",
    ]


def test_the_law_itself_goes_before_its_schedules_and_a_schedule_is_found_when_cited(tmp_path):
    act = outline(tmp_path, ACT)
    assert words(act, "section 3").startswith("3 Purpose")
    assert words(act, "clause 3 of Schedule 1") == "3 Payments\nPayments are made in marks."
    assert act.find(references("clause 3 of Schedule 9")[0]) is None


HELD = """# Fen Act 2004

## 3 Purpose

This Act keeps the fen wet.

## 5 Fees

A fee is paid in marks.

## Schedule 1 Fen Convention

## Article 3

The Parties agree.

## Schedule 2 Peat Protocol to the Fen Convention

## Article 3

The Protocol is open.

## Article 4

The Protocol ends.
"""


def test_what_stands_under_a_heading_is_looked_for_beneath_it_alone(tmp_path):
    act = outline(tmp_path, HELD)
    scope = act.beneath("Schedule 2 Peat Protocol to the Fen Convention")
    (article, section) = references("Article 3 and section 5")
    found = act.find(article, scope)
    assert found is not None
    assert "".join(each.text for each in act.said(found)).endswith("The Protocol is open.")
    assert act.find(section, scope) is None
    last = act.last("article", scope)
    assert last is not None
    assert last.number == "4"
    assert act.beneath("Schedule 9") is None


def test_a_section_of_the_law_goes_before_an_article_of_its_schedules(tmp_path):
    assert words(outline(tmp_path, HELD), "第三条").startswith("3 Purpose")
    assert words(outline(tmp_path, HELD), "Article 4").endswith("The Protocol ends.")


def test_what_stands_between_two_items_of_a_list_leads_to_none(tmp_path):
    act = "# Fen Order\n\n## Sec. 2. Sluices.\n\nThe warden shall:\n\n(a) open the\n\nsluice in May;\n\n(b) close it."
    assert words(outline(tmp_path, act), "section 2(b)").splitlines()[1:] == ["The warden shall:", "…", "(b) close it."]


def test_no_item_is_taken_for_a_paragraph(tmp_path):
    law = outline(tmp_path, "# 泥炭条例\n\n**第一条** 下列地块应当列入清单：\n\n（一）深泥炭；\n\n（二）浅泥炭。\n")
    found = law.find(references("第一条第二款")[0])
    assert found is not None
    assert [step.kind for step in found.missing] == ["paragraph"]


def made(section: tuple[str, ...], *sentences: str, at: int) -> Passage:
    """A passage of sentences, each a paragraph, that begins at a place in a source."""
    units = []
    for sentence in sentences:
        units.append(Unit((Span(at, at + len(sentence)),), sentence))
        at += len(sentence) + 1
    spans = tuple(unit.spans[0] for unit in units)
    return Passage("d", "text", spans, "\n".join(sentences), tuple(units), section, 1, 1, "ja")


def test_an_article_that_no_heading_opens_is_found_in_its_turn():
    law = Outline(
        [
            made(("第一条",), "沼を守る。", at=0),
            made(("第二節",), "（協議会）", at=10),
            made(("第二節",), "第一条の二　会を置く。", "第九条　の例による。", "第二条　この限りでない。", at=20),
        ]
    )
    assert words(law, "第一条") == "沼を守る。"
    assert words(law, "第一条の二") == "（協議会）\n第一条の二　会を置く。\n第九条　の例による。"
    assert words(law, "第二条") == "第二条　この限りでない。"
    assert law.find(references("第九条")[0]) is None  # out of turn: it is only mentioned


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _articles(text: str) -> dict[str, str]:
    """The articles of a Chinese law, line by line, without looking at anything else."""
    found: dict[str, str] = {}
    name = ""
    for line in map(str.strip, text.splitlines()):
        if match := re.match(r"第([一二三四五六七八九十百零]+)条\s", line):
            name = match[1]
            found[name] = ""
        if re.match(r"第[一二三四五六七八九十]+[章节]\s", line):
            name = ""
        if name:
            found[name] += _plain(line)
    return found


@real
@pytest.mark.parametrize("name", sorted(path.name for path in DOCS.glob("cn-*law*.md")))
def test_every_article_of_a_law_is_what_its_text_says(name):
    document = read(DOCS / name)
    found = Outline(split(document), document.text)
    articles = _articles(document.text)
    assert len(articles) > 30
    for number, text in articles.items():
        assert _plain(words(found, f"第{number}条")) == text


@real
def test_the_articles_of_an_agreement_in_an_annex_are_found():
    document = read(DOCS / "unfccc-cop21-decision1-paris-agreement.txt")
    found = Outline(split(document), document.text)
    assert "(d) To deliver an overall mitigation in global emissions." in words(found, "Article 6.4")
    assert "5." not in words(found, "Article 6.4")
    last = found.last("article")
    assert last is not None
    assert last.number == "29"


def test_a_long_act_is_read_quickly():
    passages = [
        Passage(
            "d", "text", ((k * 10, k * 10 + 9),), "(1) Words.", (), ("Part 1 Fens", f"{k // 4 + 1} Title"), 1, 1, "en"
        )
        for k in range(3800)
    ]
    began = time.perf_counter()
    found = Outline(passages)
    assert time.perf_counter() - began < 0.3  # 0.02 where nothing else runs
    assert len(found.provisions) == 951


def test_an_extract_may_skip_sections_that_open_paragraphs():
    act = (
        "Kelp Levy Act 2031\n\nSection 1. This Act may be cited as the Kelp Levy Act 2031.\n\n"
        "Section 12. A grower that reports false data pays a fine of 900 pounds.\n\n"
        "Section 40. This Act comes into force on 1 May 2032.\n"
    )
    document = read_bytes(act.encode(), "act.txt")
    assert [block.kind for block in document.blocks] == ["heading", "paragraph", "paragraph", "paragraph"]
    found = [provision.number for provision in Outline(split(document), document.text).provisions if provision.number]
    assert found == ["1", "12", "40"]
