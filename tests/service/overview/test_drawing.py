"""The map of references can be read: every document on a line of its own, no label cut short by another, all text."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.references.mention import Change, Mention, References
from sinkqa.service.overview.drawing.arcs import draw_references, shortened, width_of
from sinkqa.service.overview.library_overview import MapEdge, MapNode, ReferenceMap
from sinkqa.service.overview.reference_map import reference_map
from sinkqa.service.references.resolution import Resolution
from tests.service.documents.test_facets import record

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"/><a href="javascript:x">',
    "a\x00b\ud800\u202ec",
    "森林" * 90,
    "]]>&amp;",
    "",
]


def node(number: int, title: str = "", where: str | None = "NZ", year: int | None = 2000) -> MapNode:
    return MapNode(f"d{number}", title or f"Law {number}", year, where, "en", f"p{number}", None)


def drawn(found: ReferenceMap, language: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(
        draw_references(found, language=language, link=lambda node: f"/#/p/{node.passage_id}")
    )


TITLES = st.lists(st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE)), min_size=1, max_size=9)


@given(TITLES, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=9), st.sampled_from(["en", "zh"]))
def test_any_titles_make_a_picture_in_which_no_line_lies_on_another(titles, pairs, language):
    nodes = tuple(node(n, title, where=[None, "NZ", "CN"][n * 3 // len(titles)]) for n, title in enumerate(titles))
    edges = tuple(MapEdge(f"d{a}", f"d{b}", "cites", 1) for a, b in pairs if a != b and max(a, b) < len(nodes))
    picture = drawn(ReferenceMap(nodes, edges, 0), language)
    assert not picture.findall(f".//{SVG}script") and picture.find(f"{SVG}title").text
    lines = [each for each in picture.iter(f"{SVG}text") if each.get("class") in ("year", "where")]
    places = sorted(float(each.get("y")) for each in lines)
    assert all(below - above >= 20 for above, below in pairwise(places))
    assert len(picture.findall(f".//{SVG}g[@class='reference']")) == len(edges)
    assert len(picture.findall(f".//{SVG}a")) == len(nodes)
    assert all(each.get("href").startswith("/#/p/p") for each in picture.iter(f"{SVG}a"))
    for each in picture.iter():
        assert not any(name.startswith("on") for name in each.attrib)


def test_a_picture_says_in_words_what_it_shows():
    found = ReferenceMap((node(1, "Fen law"), node(2, "Fen repeal")), (MapEdge("d2", "d1", "repeals", 1),), 3)
    picture = drawn(found)
    assert picture.get("aria-labelledby") == "map-title map-desc"
    assert "2 documents, 1 references; 3 documents" in picture.find(f"{SVG}desc").text
    (arc,) = picture.findall(f".//{SVG}g[@class='reference']")
    assert arc.find(f"{SVG}title").text == "Fen repeal repeals Fen law"
    assert all("repeals" in path.get("class") for path in arc.findall(f"{SVG}path"))
    assert drawn(found, "zh").find(f"{SVG}title").text == "引用关系图"


def test_of_a_great_many_documents_those_with_the_most_references_are_drawn():
    nodes = tuple(node(n) for n in range(200))
    edges = tuple(MapEdge(f"d{n}", "d0", "cites", 1) for n in range(1, 200))
    picture = drawn(ReferenceMap(nodes, edges, 0))
    assert len(picture.findall(f".//{SVG}a")) == 120
    assert "120" in picture.find(f"{SVG}desc").text


def test_a_document_without_an_address_is_no_link():
    text = draw_references(ReferenceMap((node(1),), (), 0), language="en", link=lambda node: None)
    assert "<a" not in text and "Law 1" in text


@given(st.text(max_size=60), st.integers(2, 40))
def test_a_shortened_title_fits(text, most):
    short = shortened(text, most)
    assert width_of(short) <= max(most, 1.0) or short == "…"
    assert short.endswith("…") or short == " ".join(text.split())


class Said:
    """A library in which documents say what they are given to say."""

    def __init__(self, said: dict[str, References]) -> None:
        self._said = said

    def references(self, doc_id: str) -> References:
        return self._said.get(doc_id, References())

    def passages(self, doc_id: str, *, most: int = -1) -> list:
        return []


class ByTitle:
    """Resolves a mention to the documents whose titles are its name."""

    def __init__(self, titles: dict[str, str]) -> None:
        self._titles, self.asked = titles, 0

    def resolve(self, mention: Mention, *, doc_id: str = "") -> Resolution:
        self.asked += 1
        found = self._titles.get(mention.name)
        return Resolution("exact" if found else "missing", (found,) if found else ())


def named(name: str, start: int = 0) -> Mention:
    return Mention(start, start + 1, "title", name)


def test_edges_are_resolved_mentions_counted_and_a_repeal_is_one_edge():
    records = [record(n, jurisdiction=where, year=year) for n, (where, year) in enumerate(
        [("CN", 2003), ("NZ", 2001), ("NZ", 2000), ("NZ", 2002), (None, None)]
    )]  # fmt: skip
    ids = [each.doc_id for each in records]
    by_title = ByTitle({"A": ids[0], "B": ids[1], "C": ids[2]})
    said = {
        ids[1]: References((named("A"), named("A", 9), named("B"), named("nowhere"))),
        ids[3]: References((named("C"),), (Change("repeals", 0, 9, "", (named("C"),)),)),
    }
    found = reference_map(Said(said), by_title, records)
    assert set(found.edges) == {MapEdge(ids[1], ids[0], "cites", 2), MapEdge(ids[3], ids[2], "repeals", 1)}
    assert [(each.jurisdiction, each.year) for each in found.nodes] == [
        ("NZ", 2000), ("NZ", 2001), ("NZ", 2002), ("CN", 2003),
    ]  # fmt: skip
    assert found.alone == 1
    assert by_title.asked == 5, "a name is resolved once for each document"
    assert not reference_map(Said(said), by_title, records[:1]).edges


def test_the_style_stands_in_the_picture_and_names_no_other_host():
    text = draw_references(ReferenceMap((), (), 0), language="en", link=lambda node: None)
    assert "prefers-color-scheme: dark" in text
    assert re.findall(r"https?://[^\"' <]+", text) == ["http://www.w3.org/2000/svg"]
