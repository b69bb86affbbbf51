"""What passages and documents are about is told by their own words, by one stated rule in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.glossary.renderings import GLOSSARY
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.overview.countries import country
from sinkqa.service.overview.kinds import kinds_of
from sinkqa.service.overview.tally import document_topics, passage_topics
from sinkqa.service.overview.topics import places, vocabulary
from tests.service.documents.test_facets import record

POLICIES = Path(__file__).parents[4] / "shared" / "policy" / "docs"


def topics(text: str) -> set[str]:
    return {topic.topic_id for topic in vocabulary().named(vocabulary().bits(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The fee is due in May.", set()),
        ("Forests cover a third of the land.", {"forest"}),
        ("森林覆盖率达到三成。", {"forest"}),
        ("森林の面積を定める。", {"forest"}),
        ("Salt-marshes and seagrass beds", {"wetland", "ocean"}),
        ("红树林", {"wetland", "ocean"}),
        ("Allowances are auctioned under the EU ETS.", {"market"}),
        ("used oils and ets of solvents", set()),  # an abbreviation counts in capitals
        ("coasoil", set()),  # a term is a word
        ("Grass-land restoration", set()),
        ("Rangelands are restored.", {"grassland", "restoration", "supply"}),
        ("Rangelands are fenced. Bridges are restored.", {"grassland"}),  # not in one clause
        ("禁止开垦草原。", {"grassland", "protection", "supply"}),
        ("对黑土地加强管护", {"cropland", "management", "supply"}),
        ("扩大木质林产品消费，减少食物浪费", {"forest", "demand"}),
        ("国务院林业草原主管部门负责监督", set()),  # the name of a body
        ("依照《中华人民共和国森林法》的规定处罚", set()),  # the name of a document
        ("lands except wetlands", set()),
        ("timber production", {"forest", "demand"}),  # the longest term of those that begin alike
        ("wetland restoration works", {"wetland", "restoration", "supply"}),
        ("", set()),
    ],
)
def test_a_text_is_about_a_topic_if_it_holds_a_term_of_it(text, expected):
    assert topics(text) == expected


def test_every_notion_is_known_by_all_its_renderings_in_both_languages():
    known = vocabulary()
    text = (Path(__file__).parents[3] / "index" / "glossary" / GLOSSARY).read_text("utf-8")
    (wetland,) = (line for line in text.splitlines() if line.startswith("peatland|"))
    assert all(topics(each) >= {"wetland"} for each in wetland.replace("=", "|").split("|"))
    assert [topic.topic_id for topic in known.topics if topic.group == "topic"] == [
        "forest", "grassland", "cropland", "wetland", "ocean", "market",
    ]  # fmt: skip
    assert all(topic.name and topic.zh and not topic.zh.isascii() for topic in known.topics)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text):
    bits = vocabulary().bits(text)
    assert list(vocabulary().named(bits)) == [vocabulary().topics[place] for place in places(bits)]
    assert bits & ~((1 << len(vocabulary().topics)) - 1) == 0


def passages(tmp_path: Path, text: str) -> list[Passage]:
    path = tmp_path / "found.md"
    path.write_text(text, "utf-8")
    return list(split(read(path)))


def test_a_heading_speaks_for_what_is_below_it_unless_it_is_a_title(tmp_path):
    text = "# Wetland law\n\n" + "".join(f"## {name}\n\nRule of {name} number {n}.\n\n" for n, name in enumerate(
        ["Forests", "Fees", "Terms", "Courts"]
    ))  # fmt: skip
    found = [vocabulary().named(bits) for bits in passage_topics(passages(tmp_path, text))]
    assert [[topic.topic_id for topic in each] for each in found] == [["forest"], [], [], []]


def test_a_document_is_about_what_its_title_names_and_a_tenth_of_its_passages():
    known = vocabulary()
    (forest,) = (1 << at for at, topic in enumerate(known.topics) if topic.topic_id == "forest")
    for title, passages_, expected in (
        ("关于《草原法》的通知", [], {"grassland"}),
        ("Rules", [forest, 0], {"forest"}),
        ("Rules", [forest, *[0] * 9], set()),  # one is not enough in a longer document
        ("Rules", [forest, forest, *[0] * 18], {"forest"}),
        ("Rules", [forest, forest, *[0] * 19], set()),
    ):
        found = known.named(document_topics(title, passages_))
        assert {topic.topic_id for topic in found} == expected, title


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("中华人民共和国湿地保护法", ("law",)),
        ("关于印发《碳达峰实施方案》的通知", ("notice", "plan")),
        ("Proposal for a Regulation amending the rules on land use", ("proposal",)),
        ("Fen management plan 2030", ("plan",)),
    ],
)
def test_a_document_is_of_the_kind_that_its_title_gives_and_of_what_it_issues(title, expected):
    assert set(kinds_of(Nothing(), record(1, title=title))) >= set(expected)


class Nothing:
    """A library whose documents have no text."""

    def text(self, doc_id: str) -> str:
        return ""

    def headings(self, doc_ids: list[str]) -> dict[str, tuple[str, ...]]:
        return {}


def test_a_title_without_a_kind_leaves_it_to_the_front():
    assert kinds_of(Nothing(), record(1, title="The otter in winter")) == ()

    class Ordered(Nothing):
        def text(self, doc_id: str) -> str:
            return "Executive Order 14999 of May 1, 2031\n\nThe otter in winter\n"

    assert kinds_of(Ordered(), record(1, title="The otter in winter")) == ("order",)


def test_countries_have_names_in_both_languages_and_codes_without_one_stay():
    assert [country(code, "en") for code in ("CN", "EU", "UN", "XX")] == [
        "China",
        "European Union",
        "United Nations",
        "XX",
    ]
    assert [country(code, "zh") for code in ("NZ", "US", "UN")] == ["新西兰", "美国", "联合国"]


@pytest.mark.skipif(not POLICIES.is_dir(), reason="needs the policy documents of ../shared")
@pytest.mark.parametrize(
    ("name", "expected", "kinds"),
    [
        ("cn-wetland-law-2021.md", {"wetland", "protection", "restoration", "supply"}, ("law",)),
        ("cn-black-soil-law-2022.md", {"cropland", "protection", "supply"}, ("law",)),
        ("cn-ets-interim-regulations-2024.md", {"market"}, ("regulation",)),
        ("us-eo-14225-timber-2025.pdf", {"forest", "demand"}, ("order",)),
    ],
)
def test_real_documents_are_about_what_they_regulate(name, expected, kinds):
    document = read(POLICIES / name)
    title, bits = document.metadata.title or "", list(passage_topics(list(split(document))))
    assert {topic.topic_id for topic in vocabulary().named(document_topics(title, bits))} >= expected

    class Held(Nothing):
        def text(self, doc_id: str) -> str:
            return document.text

    assert kinds_of(Held(), record(1, title=title)) == kinds
