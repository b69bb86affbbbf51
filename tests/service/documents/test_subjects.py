"""What a document is about is told by notions that its title and headings name, in either language alike."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.glossary.renderings import GLOSSARY
from sinkqa.service.documents.subjects import FIELDS, Subjects, subjects
from tests.service.documents.test_facets import record


def names(title, headings=()):
    return [each.name for each in subjects(title, headings)]


@pytest.mark.parametrize(
    ("title", "headings", "expected"),
    [
        ("Mangrove rules", [], ["mangrove"]),
        ("红树林保护修复规定", [], ["mangrove"]),
        ("森林・林業基本法", [], ["forest", "forestry"]),
        ("Rules of procedure", [], []),
        ("Rules of procedure", ["1. Grasslands", "2. Peatlands"], ["grassland", "peatland"]),
        ("", ["第一章 草原"], ["grassland"]),
        ("", [], []),
    ],
)
def test_a_subject_is_named_in_title_or_heading_whatever_the_language(title, headings, expected):
    assert names(title, headings) == expected


def test_the_same_notion_has_one_name_in_both_languages():
    assert subjects("Blue carbon programme", ()) == subjects("蓝碳计划", ())
    (subject,) = subjects("Blue carbon programme", ())
    assert (subject.name, subject.zh) == ("blue carbon", "蓝碳")


def test_what_a_notion_is_made_of_is_a_subject_too():
    assert {"forest carbon sink", "carbon sink"} <= {*names("林业碳汇项目")}
    assert "wetland" in names("湿地保护条例")


def test_who_issues_a_notice_is_not_what_it_is_about():
    assert "ecology" not in names("某省生态环境厅关于印发红树林名录的通知")
    assert "mangrove" in names("某省生态环境厅关于印发红树林名录的通知")


def test_one_heading_among_many_makes_no_subject_and_two_do():
    many = [f"Part {number}" for number in range(9)]
    assert names("Rules", [*many, "Grazing", "Peatlands"]) == []
    assert names("Rules", [*many, "Peatlands", "Fires on peatlands"]) == ["peatland"]


def test_every_field_is_a_section_of_the_glossary():
    lines = files("sinkqa.index.glossary").joinpath(GLOSSARY).read_text("utf-8").splitlines()
    assert {*FIELDS} <= {line.removeprefix("# ") for line in lines}


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=5))
def test_any_title_and_headings_have_few_subjects_each_once(title, headings):
    found = subjects(title, headings)
    assert len(found) == len({*found}) <= 8


class Asked:
    """Headings of documents, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def headings(self, doc_ids):
        self.asked.append([*doc_ids])
        return dict.fromkeys(doc_ids, ("Peatlands",))


def test_headings_are_read_once_until_a_title_is_corrected():
    library = Asked()
    kept = Subjects(library)
    records = [record(1, title="Rules"), record(2, title="Rules")]
    first = kept.of(records)
    assert kept.of(records) == first and len(library.asked) == 1
    corrected = [records[0], record(2, title="Grassland rules")]
    assert [each.name for each in kept.of(corrected)[records[1].doc_id]] == ["grassland"]
    assert library.asked[1:] == [[records[1].doc_id]]
    assert kept.of([]) == {}
