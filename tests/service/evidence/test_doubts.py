"""What is doubtful about a quote is said with it, in the asker's language, and what is not is kept from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sinkqa.index.library import Addition
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.commands.showing.answers import show_answer
from sinkqa.service.engine import Engine
from sinkqa.service.markdown import pieces
from sinkqa.service.settings import Settings

ENGLISH = "# Heron rules\n\nHeron keepers pay a fee of 40 marks. The fee falls due in June.\n"
CHINESE = "# 苍鹭办法\n\n苍鹭饲养单位应当缴纳费用四十元。费用于六月缴纳。\n"
ASKED, ASKED_ZH = "How much do heron keepers pay?", "苍鹭饲养单位缴纳多少费用？"


@pytest.fixture
def engine_with(tmp_path):
    """An engine over one document with these warnings, its first page of this quality."""

    def make(text, *warnings, quality=1.0):
        document = read_bytes(text.encode(), "heron.md")
        (page,) = document.pages
        document = replace(document, warnings=warnings, pages=(replace(page, quality=quality),))
        engine = Engine.open(Settings(library=tmp_path / "library", workers=1), create=True)
        list(engine._library.add_all([Addition(document, split(document))]))
        return engine

    return make


def test_a_doubt_about_figures_goes_with_every_citation_by_every_way(engine_with, capsys):
    engine = engine_with(ENGLISH, "heron.md: percent signs and decimal points seem lost: figures cannot be trusted")
    told = "percent signs and decimal points seem lost: figures cannot be trusted"
    answer = engine.ask(ASKED)
    assert [citation.warnings for citation in answer.citations] == [(told,)]
    assert answer.as_dict()["citations"][0]["warnings"] == (told,)
    assert {hit.warnings for hit in (*answer.passages, *engine.search("heron fee").hits)} == {(told,)}
    (verified,) = engine.verify("Heron keepers pay a fee of 40 marks.").citations
    quoted = engine.verify_quote("Heron keepers pay a fee of 40 marks.").citation
    assert verified.warnings == quoted.warnings == (told,)
    assert f"*({told})*" in "".join(piece.text for piece in pieces(answer, lambda *_, **__: "https://x.example"))
    show_answer(answer, as_json=False)
    assert told in capsys.readouterr().out


def test_it_is_said_in_the_language_of_the_question(engine_with):
    engine = engine_with(CHINESE, "2 damaged characters read as U+FFFD (gb18030), line 3")
    (chinese,) = engine.ask(ASKED_ZH).citations
    assert chinese.warnings == ("文件的字符编码有损或为推断，个别字可能有误，请核对原件",)
    (hit,) = engine.search("heron 苍鹭").hits
    assert "damaged" in hit.warnings[0] or "字符" in hit.warnings[0]
    assert engine.search("fees of heron keepers").hits[0].warnings == (
        "characters may be wrong: 2 damaged characters read as U+FFFD (gb18030), line 3",
    )


@pytest.mark.parametrize(
    "warning",
    [
        "heron.md: named .md but holds html: read as html",
        "page 1: an attached file is not read: fees.xlsx; save it and add it if you need it",
        "comments on page 1 are not read: they show only when opened; see them in the original",
        "left out as furniture of the page: nav (about 90 characters)",
        "text that is struck out was left out: the page takes it back",
        "page 7: what is typed over the words of the page is not read: “void”",
        "text of pages 2-3, 9 reads poorly: compare with the original",
    ],
)
def test_a_note_and_a_doubt_about_other_pages_stay_with_the_document(engine_with, warning):
    engine = engine_with(ENGLISH, warning)
    assert not engine.ask(ASKED).citations[0].warnings
    assert engine.documents()[0].warnings == (warning,)


@pytest.mark.parametrize(
    ("warning", "english", "chinese"),
    [
        (
            "page 1: what is typed over the words of the page is not read: “void”",
            "the page holds more: page 1: what is typed over the words of the page is not read: “void”",
            "第 1 页另有内容未读入，请核对原件",
        ),
        (
            "no text layer on pages 1-3, 7: read by OCR",
            "no text layer on pages 1-3, 7: read by OCR",
            "第 1–3、7 页的文字识读不清，字词和数字可能有误，请核对原件",
        ),
        ("heron.md: declares gbk but is utf_8", "characters may be wrong: declares gbk but is utf_8", "文件的字符编码"),
        (
            "heron.md: its encoding is a guess: read as gb18030, may be big5; save it as UTF-8 to be sure",
            "characters may be wrong: its encoding is a guess",
            "文件的字符编码",
        ),
    ],
)
def test_a_doubt_about_the_page_that_is_quoted_goes_with_the_quote(engine_with, warning, english, chinese):
    engine = engine_with(ENGLISH + CHINESE.removeprefix("# 苍鹭办法\n\n"), warning)
    (told,) = engine.ask(ASKED).citations[0].warnings
    assert told.startswith(english)
    (told,) = engine.ask(ASKED_ZH).citations[0].warnings
    assert told.startswith(chinese)


def test_a_poor_page_is_told_of_once(engine_with):
    engine = engine_with(ENGLISH, "text of page 1 reads poorly: compare with the original", quality=0.5)
    assert engine.search("heron fee").hits[0].warnings == ("text of page 1 reads poorly: compare with the original",)


def test_a_poor_page_without_a_warning_is_told_of_too(engine_with):
    engine = engine_with(ENGLISH, quality=0.5)
    assert engine.search("heron fee").hits[0].warnings == ("text of page 1 reads poorly: compare with the original",)


def test_damaged_figures_of_a_real_reading_reach_the_answer(tmp_path):
    path = tmp_path / "rates.md"
    path.write_text(
        "# 湿地办法\n\n" + "湿地面积占国土面积的比例达到8以上，补贴提高10左右。每年核查一次湿地面积。\n" * 3, "utf-8"
    )
    engine = Engine.open(Settings(library=tmp_path / "library", workers=1), create=True)
    (added,) = engine.add([path]).added
    assert "figures cannot be trusted" in added.warnings[0]
    (hit, *_) = engine.search("湿地面积占国土面积的比例").hits
    assert hit.warnings == ("文件的数字可能缺百分号或小数点，请核对原件",)
