"""A question that cites a provision gets it whole and as it stands, or is told that it is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.packing import size
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.provisions.cited import (
    LONGEST,
    Outlines,
    asks_for_the_provision,
    passages_beneath,
    provisions_asked,
)
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.citations import cite

LAW = """# 榆谷泥炭条例

**第一条** 为了保护泥炭，制定本条例。

**第二条** 榆谷议会主管泥炭工作。

下列地块应当列入清单：

（一）深泥炭；

（二）浅泥炭。

**第三条** 本条例自2004年5月1日起施行。
"""
ACT = "# Fen Act 2004\n\n## 3 Purpose\n\nThis Act keeps the fen wet.\n\n## 4 Duties\n\n" + "\n\n".join(
    f"({number}) The warden of sluice {number} must open it in the first week of May and close it again in June."
    for number in range(1, 121)
)


@pytest.fixture
def library(tmp_path: Path, encoder: Encoder) -> Library:
    library = Library.open(tmp_path / "library", create=True, encoder=encoder)
    for name, text in (("peat.md", LAW), ("fen.md", ACT)):
        (tmp_path / name).write_text(text, "utf-8")
        document = read(tmp_path / name)
        library.add(document, split(document))
    return library


@pytest.fixture
def settled(library: Library) -> Callable[..., Settled | None]:
    """What is settled for a question about the documents with these titles, in this order."""
    ids = {record.title: record.doc_id for record in library.documents()}
    outlines = Outlines()

    def settle(question: str, *titles: str) -> Settled | None:
        return provisions_asked(understand(question), [ids[title] for title in titles], outlines, library)

    return settle


def test_a_provision_comes_whole_with_its_number_and_is_cited(settled, library):
    found = settled("榆谷泥炭条例第二条规定了什么？", "榆谷泥炭条例")
    (evidence,) = found.evidence
    assert evidence.text == ("第二条 榆谷议会主管泥炭工作。\n下列地块应当列入清单：\n（一）深泥炭；\n（二）浅泥炭。")
    assert found.notes == ()
    citation = cite(library, evidence.passage, evidence.units, number=1, score=1.0)
    assert citation is not None
    assert citation.quote.startswith("第二条")


def test_several_come_one_after_another(settled):
    found = settled("What do Articles 3 and 1 provide?", "榆谷泥炭条例")
    assert [each.text for each in found.evidence] == [
        "第三条 本条例自2004年5月1日起施行。",
        "第一条 为了保护泥炭，制定本条例。",
    ]


def test_of_a_paragraph_that_is_cited_only_it_comes_under_its_heading(settled):
    found = settled("第二条第二款第（二）项", "榆谷泥炭条例")
    assert [each.text for each in found.evidence] == ["第二条\n…\n下列地块应当列入清单：\n…\n（二）浅泥炭。"]


def test_a_long_provision_is_begun_and_says_that_it_goes_on(settled):
    found = settled("What does section 4 of the Fen Act say?", "Fen Act 2004")
    text = "\n".join(each.text for each in found.evidence)
    assert text.startswith("4 Duties\n(1) The warden of sluice 1 must")
    assert text.endswith("June.\n…")
    shown = text.count("must open")
    assert found.notes == (f"Section 4 continues: {120 - shown} more paragraphs are not shown here.",)
    assert LONGEST * 0.9 < size(text) < LONGEST * 1.01  # the line breaks are not counted
    (paragraph,) = settled("section 4(119)", "Fen Act 2004").evidence
    assert paragraph.text.splitlines()[2].startswith("(119) The warden")


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("榆谷泥炭条例第八十条是什么？", "《榆谷泥炭条例》共三条，没有第八十条。"),
        ("What does Article 80 say?", "榆谷泥炭条例 ends at Article 3: it has no Article 80."),
    ],
)
def test_a_number_beyond_the_last_one_is_named_as_such(settled, question, note):
    assert settled(question, "榆谷泥炭条例") == Settled((), (note,))


@pytest.mark.parametrize(
    ("question", "said", "notes"),
    [
        ("Article 3 of the Fen Convention", "Article 3\nThe Parties agree.", ()),
        ("Article 9 of the Fen Convention", "", ("Schedule 1 Fen Convention ends at Article 3: it has no Article 9.",)),
    ],
)
def test_of_what_a_document_holds_only_that_is_looked_through(library, tmp_path, question, said, notes):
    schedule = "Schedule 1 Fen Convention"
    texts = ("Fens are kept.", "Ditches are closed.", "The Parties agree.")
    articles = "\n\n".join(f"## Article {number}\n\n{text}" for number, text in enumerate(texts, 1))
    path = tmp_path / "held.md"
    path.write_text(f"# Reed Act 2005\n\n## 9 Fees\n\nA fee is paid.\n\n## {schedule}\n\n{articles}\n", "utf-8")
    document = read(path)
    library.add(document, split(document))
    outlines = Outlines()
    within = {document.doc_id: schedule}
    found = provisions_asked(understand(question), [document.doc_id], outlines, library, within)
    assert found is not None
    assert ("".join(each.text for each in found.evidence), found.notes) == (said, notes)
    beneath = passages_beneath(schedule, document.doc_id, outlines, library)
    assert 0 < len(beneath) < len(library.passages(document.doc_id))


def test_a_paragraph_that_is_not_there_is_named_beside_the_provision(settled):
    found = settled("第二条第九款", "榆谷泥炭条例")
    assert found.notes == ("第二条没有第九款（共二款）。",)
    assert found.evidence[0].text.startswith("第二条 榆谷议会")


def test_the_first_document_that_has_a_provision_gives_it(settled):
    assert settled("Article 4", "榆谷泥炭条例", "Fen Act 2004").evidence[0].text.startswith("4 Duties")
    assert settled("Article 3", "榆谷泥炭条例", "Fen Act 2004").evidence[0].text.startswith("第三条")


@pytest.mark.parametrize(
    ("question", "titles"),
    [("第二条规定了什么？", ()), ("榆谷议会管什么？", ("榆谷泥炭条例",)), ("Annex II", ("榆谷泥炭条例",))],
)
def test_nothing_is_settled_without_a_reference_a_document_or_such_a_provision(settled, question, titles):
    assert settled(question, *titles) is None


@pytest.mark.parametrize(
    ("question", "itself"),
    [
        ("森林法第十九条说了什么", True),
        ("《榆谷条例》第十九条的内容是什么？", True),
        ("第三条和第五条分别规定了哪些内容", True),
        ("森林法 第十条", True),
        ("请给出第四条原文", True),
        ("What does Article 9 of the Fen Agreement provide?", True),
        ("Under the Fen Act, what does section 4 say?", True),
        ("text of section 4", True),
        ("Fen Act s 4", True),
        ("第二十一条规定的罚款是多少", False),
        ("谁应当遵守第十条？", False),
        ("What does Article 92 let the transport authority do?", False),
        ("Who must comply with section 4?", False),
        ("What does the Annex say about review in chapter V?", False),
        ("泥炭是什么？", False),
    ],
)
def test_whether_a_provision_itself_is_asked_for(question, itself):
    assert asks_for_the_provision(understand(question)) is itself


def test_an_outline_is_kept_until_its_document_is_read_anew(library, tmp_path):
    outlines = Outlines()
    (law,) = [record for record in library.documents() if record.title == "榆谷泥炭条例"]
    first = outlines.of(law.doc_id, library)
    assert outlines.of(law.doc_id, library) is first
    document = read(tmp_path / "peat.md")
    library.add(document, split(document)[:2])
    assert outlines.of(law.doc_id, library) is not first
