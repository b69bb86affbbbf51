"""The overview of a library: its counts come true, follow every change, and open the passages that they count."""

from __future__ import annotations

import json
from itertools import product

import pytest

from sinkqa.index.hit import Filters
from sinkqa.service.documents.facets import UNKNOWN
from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidFilter
from sinkqa.service.overview.library_overview import HeatMap
from sinkqa.service.settings import Settings

LAWS = {
    "fen.md": (
        "Fen law",
        "NZ",
        2001,
        "## Peatland\n\nPeatlands are rewetted by the owner.\n\n## Fees\n\nThe fee is 4.\n",
    ),
    "wood.md": ("Forest act", "NZ", 2003, "Forests are protected.\n\n## Sales\n\nTimber is sold each May.\n"),
    "林.md": (
        "草原管理办法",
        "CN",
        2003,
        "## 一、禁牧\n\n禁止在草原上放牧。\n\n## 二、交易\n\n碳排放权交易按配额进行。\n",
    ),
    "plain.md": ("Otter report", "", None, "Otters returned to the valley.\n"),
}


def text(title: str, where: str, year: int | None, body: str) -> str:
    head = f"title: {title}\n" + (f"jurisdiction: {where}\n" if where else "") + (f"year: {year}\n" if year else "")
    return f"---\n{head}---\n\n# {title}\n\n{body}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("laws")
    for name, about in LAWS.items():
        (folder / name).write_text(text(*about), "utf-8")
    return folder


@pytest.fixture(scope="module")
def engine(folder):
    engine = Engine.open(Settings(library=folder / "library", workers=1), create=True)
    assert not engine.add([folder / name for name in LAWS]).failed
    return engine


def counts(facets, name):
    return {each.value: each.count for each in facets[name]}


def test_an_overview_counts_documents_by_every_facet(engine):
    found = engine.overview_of_library()
    assert (found.documents, found.generation) == (4, engine.generation)
    assert found.passages == sum(record.n_passages for record in engine.documents())
    assert counts(found.facets, "topic") == {"wetland": 1, "forest": 1, "grassland": 1, "market": 1, UNKNOWN: 1}
    assert counts(found.facets, "kind") == {"law": 2, "measures": 1, "report": 1}
    assert counts(found.facets, "jurisdiction") == {"NZ": 2, "CN": 1, UNKNOWN: 1}
    assert counts(found.facets, "means")["protection"] == 2
    assert [(each.year, each.title) for each in found.timeline] == [
        (2001, "Fen law"),
        (2003, "草原管理办法"),
        (2003, "Forest act"),
        (None, "Otter report"),
    ]


def test_a_choice_leaves_the_documents_that_its_count_said(engine):
    whole = engine.overview_of_library()
    for name, values in whole.facets.items():
        for each in values:
            assert engine.overview_of_library({name: [each.value]}).documents == each.count, (name, each)


def cells(heat: HeatMap):
    for row in heat.rows:
        for column, cell in zip(heat.columns, row.cells, strict=True):
            yield row, column, cell


def test_every_cell_opens_as_many_passages_as_it_counts(engine):
    found = engine.overview_of_library()
    for heat in (found.by_country, found.by_year):
        for row, column, cell in cells(heat):
            behind = engine.passages_of_topics([f"{row.facet}:{row.value}"], {heat.by: column.values})
            assert behind.total == len(behind.passages) == cell.passages
            assert len({each.doc_id for each in behind.passages}) == cell.documents
            assert all(row.value in each.topics for each in behind.passages)
        for row in heat.rows:
            assert row.total.passages == sum(cell.passages for cell in row.cells)


def test_passages_come_in_parts_that_make_the_whole(engine):
    whole = engine.passages_of_topics(["side:supply"])
    assert whole.total > 2 and whole.next_offset is None
    parts, skip = [], 0
    while skip is not None:
        part = engine.passages_of_topics(["side:supply"], most=1, skip=skip)
        parts += part.passages
        skip = part.next_offset
    assert tuple(parts) == whole.passages
    both = engine.passages_of_topics(["topic:grassland", "means:protection"])
    assert [each.title for each in both.passages] == ["草原管理办法"]
    assert engine.passages_of_topics(["topic:forest"], {"jurisdiction": ["CN"]}).total == 0


@pytest.mark.parametrize("of", [[], ["forest"], ["topic:otters"], ["topic:"], ["kind:law"]])
def test_a_topic_that_does_not_exist_is_refused_with_those_that_do(engine, of):
    with pytest.raises(InvalidFilter, match="topic:forest"):
        engine.passages_of_topics(of)


@pytest.mark.parametrize("name", ["topic", "side", "means", "kind"])
def test_so_is_a_value_of_a_closed_facet(engine, name):
    with pytest.raises(InvalidFilter, match="known are"):
        engine.overview_of_library({name: ["otters"]})
    assert engine.overview_of_library({"jurisdiction": ["XX"]}).documents == 0


def watched(engine, monkeypatch):
    """The documents whose passages are read from now on."""
    read, passages = [], engine._library.passages
    monkeypatch.setattr(engine._library, "passages", lambda id_, **how: read.append(id_) or passages(id_, **how))
    return read


def test_it_follows_additions_corrections_and_deletions_and_reads_only_what_changed(tmp_path, monkeypatch):
    (tmp_path / "a.md").write_text(text(*LAWS["fen.md"]), "utf-8")
    (tmp_path / "b.md").write_text(text(*LAWS["wood.md"]), "utf-8")
    settings = Settings(library=tmp_path / "library", workers=1)
    engine = Engine.open(settings, create=True)
    assert engine.overview_of_library().documents == 0
    engine.add([tmp_path / "a.md"])
    assert engine.overview_of_library().by_country.columns[0].label == "NZ"
    read = watched(engine, monkeypatch)
    engine.add([tmp_path / "b.md"])
    assert counts(engine.overview_of_library().facets, "topic") == {"wetland": 1, "forest": 1}
    assert len(set(read)) == 1
    (fen,) = (record for record in engine.documents() if record.title == "Fen law")
    engine.edit(fen.doc_id, {"title": "Meadow rules", "jurisdiction": "GB"})
    found = engine.overview_of_library()
    assert counts(found.facets, "kind") == {"law": 1, "rules": 1}
    assert {column.label for column in found.by_country.columns} == {"GB", "NZ"}
    engine.remove(fen.doc_id)
    assert engine.overview_of_library().documents == 1
    again = Engine.open(settings)
    read = watched(again, monkeypatch)
    assert again.overview_of_library() == engine.overview_of_library()
    assert not read, "what is counted is kept in a file"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rule": 1}', '{"rule": "1", "documents": {"x": 1}}'])
def test_a_file_of_counts_that_is_damaged_is_written_anew(engine, folder, content):
    told = engine.overview_of_library()
    kept = folder / "library" / "topics.json"
    good = kept.read_text("utf-8")
    kept.write_text(content, "utf-8")
    assert Engine.open(Settings(library=folder / "library")).overview_of_library() == told
    assert json.loads(kept.read_text("utf-8")) == json.loads(good)


def test_many_countries_and_years_share_a_column_and_none_is_lost(tmp_path):
    from sinkqa.service.overview.heat import heat_map
    from sinkqa.service.overview.kept import DocumentTally
    from tests.service.documents.test_facets import record

    codes = ["".join(pair) for pair in product("ABCDE", "FGHI")]
    records = [record(n, jurisdiction=code, year=1990 + n) for n, code in enumerate(codes)] + [record(99)]
    tallies = {each.doc_id: DocumentTally((1, 1, 0), 1, ()) for each in records}
    for by in ("jurisdiction", "year"):
        heat = heat_map(by, records, tallies)
        assert len(heat.columns) <= 13
        assert sum(cell.documents for cell in heat.rows[0].cells) == len(records) == heat.rows[0].total.documents
        assert {value for column in heat.columns for value in column.values} == {
            str(getattr(each.metadata, by) or UNKNOWN) for each in records
        }
    assert heat_map("year", records, tallies).columns[0].label == "1990–1998"


def test_references_are_left_out_where_they_are_not_asked_for_and_never_otherwise(engine):
    assert engine.overview_of_library({"year": ["2003"]}, references=False).references is None
    assert engine.overview_of_library({"year": ["2003"]}).references is not None
    assert engine.overview_of_library({"year": ["2003"]}, references=False).references is None


def test_a_document_that_names_another_is_joined_to_it(tmp_path):
    (tmp_path / "a.md").write_text(text("湿地保护条例", "CN", 2003, "禁止填埋湿地。\n"), "utf-8")
    said = "依照《湿地保护条例》的规定处罚。\n\n《湿地保护条例》另有规定的除外。\n"
    (tmp_path / "b.md").write_text(text("草原管理办法", "CN", 2005, said), "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library", workers=1), create=True)
    engine.add([tmp_path / "a.md", tmp_path / "b.md"])
    found = engine.overview_of_library().references
    assert [node.title for node in found.nodes] == ["湿地保护条例", "草原管理办法"]
    assert [(edge.kind, edge.mentions) for edge in found.edges] == [("cites", 2)]
    assert found.edges[0].target == found.nodes[0].doc_id
    assert engine.passage(found.nodes[0].passage_id).doc_id == found.nodes[0].doc_id


def test_questions_and_searches_are_kept_to_documents_of_a_topic_or_kind(engine):
    laws = {record.doc_id for record in engine.documents() if record.title in ("Fen law", "Forest act")}
    assert set(engine.narrowed(Filters(), {"kind": ["law"]}).doc_ids) == laws
    (fen,) = engine.narrowed(Filters(), {"topic": ["wetland"]}).doc_ids
    assert engine.narrowed(Filters(doc_ids=(fen[:8],), languages=("en",)), {"kind": ["law"]}) == Filters(
        doc_ids=(fen,), languages=("en",)
    )
    assert {hit.doc_id for hit in engine.search("fee", filters=Filters(doc_ids=(fen,))).hits} == {fen}
    for chosen in ({"topic": ["ocean"]}, {"kind": ["treaty"]}):
        assert not engine.search("fee", filters=engine.narrowed(Filters(), chosen)).hits
    assert not engine.search("fee", filters=engine.narrowed(Filters(doc_ids=(fen,)), {"topic": ["forest"]})).hits
    assert engine.narrowed(Filters(year_to=2001), {"topic": []}) == Filters(year_to=2001)
    with pytest.raises(InvalidFilter):
        engine.narrowed(Filters(), {"kind": ["otters"]})
