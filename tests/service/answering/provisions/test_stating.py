"""Definitions and dates of effect as the documents' own provisions settle them."""

from __future__ import annotations

import pytest

from sinkqa.index.library import Library
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.provisions.stating import definitions_asked, effect_asked, kinds_wanted
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.citations import cite

FENS = """# Fen Act

## 2 Commencement

This Act comes into force on 1 March 2031. Section 9 expires in 2040.

## 4 Interpretation

In this Act, unless the context otherwise requires,—

fen means wet ground that—

(a) holds peat; and

(b) was never drained

warden means a person appointed under section 9

## 6 Permits

A permit for reed cutting takes effect on the day on which it is given.

## 8 Fines

A person who digs a ditch is liable on conviction to a fine not exceeding 900 marks.
"""
CODE = """# 湿地保护条例

**第二条** 本条例所称湿地，是指常年积水的土地，但是鱼塘除外。县级人民政府保护湿地。

**第八条** 挖沟的，处一万元罚款。

**第九条** 本条例自2031年5月1日起施行。
"""
OLD = """# 苇田规定

2001年3月2日 省政府令第7号发布

**第二条** 本规定所称苇田，是指生长芦苇的湿地。

**第九条** 本规定自发布之日起施行。1980年2月1日的旧规定同时废止。
"""
REPORT = "# 湿地新闻报道\n\n湿地是指好看的地方。专家说湿地很美。\n"


@pytest.fixture
def library(tmp_path, encoder):
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as opened:
        for name, text in {"report.md": REPORT, "fens.md": FENS, "code.md": CODE, "old.md": OLD}.items():
            document = read_bytes(text.encode(), name)
            opened.add(document, split(document), source=name)
        yield opened


@pytest.fixture
def ids(library):
    return {record.name: record.doc_id for record in library.documents()}


def said(library, settled):
    """The texts, each quoted and checked."""
    assert settled is not None
    for each in settled.evidence:
        assert cite(library, each.passage, each.units, number=1, score=each.relevance) is not None
    return [each.text for each in settled.evidence]


def test_a_definition_is_the_sentence_that_defines_with_its_exception_and_no_other(library, ids):
    asked = understand("《湿地保护条例》里的“湿地”是什么意思？")
    for how in ({}, {"doc_ids": (ids["code.md"],)}):
        found = said(library, definitions_asked(asked, library, **how))
        assert found == ["本条例所称湿地，是指常年积水的土地，但是鱼塘除外。"]


def test_a_definition_with_items_has_all_of_them_and_ends_there(library):
    (text,) = said(library, definitions_asked(understand("What does fen mean?"), library))
    assert text.split("\n") == ["fen means wet ground that—", "(a) holds peat; and", "(b) was never drained"]


def test_number_and_language_of_a_term_may_differ(library):
    (wardens,) = said(library, definitions_asked(understand("How are wardens defined?"), library))
    assert wardens.startswith("warden means")
    (wetland,) = said(library, definitions_asked(understand("How does China define a wetland?"), library))
    assert wetland.startswith("本条例所称湿地")


def test_law_stands_before_others_which_are_named(library):
    settled = definitions_asked(understand("湿地的定义"), library)
    assert said(library, settled)[0].startswith("本条例所称湿地")
    assert settled.notes == ("另有定义：湿地新闻报道",)


def test_a_named_document_that_does_not_define_the_term_settles_nothing(library, ids):
    assert definitions_asked(understand("湿地是什么意思？"), library, doc_ids=(ids["fens.md"],)) is None
    assert definitions_asked(understand("鱼塘是什么意思？"), library) is None
    assert definitions_asked(understand("湿地有多少公顷？"), library) is None


def test_a_date_of_effect_is_its_article_whole(library, ids):
    asked = understand("湿地保护条例什么时候施行？")
    assert said(library, effect_asked(asked, library, doc_ids=(ids["code.md"],))) == ["本条例自2031年5月1日起施行。"]
    english = effect_asked(understand("When did the Fen Act come into force?"), library, doc_ids=(ids["fens.md"],))
    assert said(library, english) == ["This Act comes into force on 1 March 2031. Section 9 expires in 2040."]


def test_what_takes_effect_on_publication_is_shown_with_its_date(library, ids):
    settled = effect_asked(understand("苇田规定何时施行？"), library, doc_ids=(ids["old.md"],))
    first, second = said(library, settled)
    assert first.startswith("本规定自发布之日起施行。") and second == "2001年3月2日 省政府令第7号发布"


def test_what_is_not_asked_of_the_document_is_not_settled(library, ids):
    fens = (ids["fens.md"],)
    assert effect_asked(understand("When does a permit for reed cutting take effect?"), library, doc_ids=fens) is None
    assert effect_asked(understand("Who is a warden?"), library, doc_ids=fens) is None
    assert effect_asked(understand("When did the Fen Act come into force?"), library) is None
    assert effect_asked(understand("这个报道何时生效？"), library, doc_ids=(ids["report.md"],)) is None


def test_a_penalty_is_looked_for_by_its_kind_and_a_definition_is_not():
    assert kinds_wanted(understand("挖沟怎么罚？")) == ("penalty",)
    assert kinds_wanted(understand("What does fen mean?")) == ()
