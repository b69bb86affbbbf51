"""Quotes held against the library: exact with its place, altered with what differs, or absent."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from sinkqa.index.errors import DocumentNotFound
from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidText
from sinkqa.service.settings import Settings

NOTES = {
    "alder.txt": "# Alder\n\nThe council of Elmvale pays 40 marks for each hectare of alder swamp that its owners\n"
    "keep wet. 🌳 The payment ends after nine years, and no owner may apply twice.\n",
    "zh.md": "# 榆谷补贴\n\n榆谷议会对每公顷桤木沼泽补贴四十马克。补贴期为九年，业主不得重复申请补贴。\n\n"
    "| 村庄 | 面积上限 | 补贴标准 |\n|---|---|---|\n| 榆谷 | 12公顷 | 40马克 |\n| 柳滩 | 30公顷 | 25马克 |\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        (folder / name).write_text(text, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / name for name in NOTES]).failed
    return engine


@pytest.mark.parametrize(
    ("quote", "stored"),
    [
        ("pays 40 marks for each hectare of alder swamp", "pays 40 marks for each hectare of alder swamp"),
        ("of alder swamp that its owners keep wet", "of alder swamp that its owners\nkeep wet"),
        ("The  payment ends\nafter nine years", "The payment ends after nine years"),
        ("“The payment ends after nine years, and no owner may apply twice.”", None),
        ("榆谷議會對每公頃桤木沼澤補貼四十馬克", "榆谷议会对每公顷桤木沼泽补贴四十马克"),
        ("补贴期为九年， 业主 不得重复申请补贴", "补贴期为九年，业主不得重复申请补贴"),
        ("owners keep wet. 🌳 The payment ends", "owners\nkeep wet. 🌳 The payment ends"),
    ],
)
def test_what_stands_there_is_exact_and_its_offsets_hold_the_quoted_words(engine, quote, stored):
    report = engine.verify_quote(quote)
    assert (report.result, report.differences) == ("exact", ())
    citation = report.citation
    text = engine.text(citation.doc_id)
    assert citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)
    if stored:
        assert citation.quote.rstrip(".。") == stored
    for span in citation.spans:
        utf16 = text.encode("utf-16-le")[2 * span.start_utf16 : 2 * span.end_utf16].decode("utf-16-le")
        assert utf16 == text[span.start : span.end]


@pytest.mark.parametrize(
    ("quote", "said", "found"),
    [
        ("The council of Elmvale pays 90 marks for each hectare of alder swamp", "90", "40"),
        ("The payment ends after nine years, and any owner may apply twice.", "any", "no"),
        ("补贴期为九年，业主重复申请补贴", "", "不得"),
        ("补贴期为八年，业主不得重复申请补贴", "八", "九"),
    ],
)
def test_what_departs_from_the_stored_text_is_altered_and_the_place_is_shown(engine, quote, said, found):
    report = engine.verify_quote(quote)
    assert report.result == "altered"
    assert next(each.said for each in report.differences if found in each.found) == said
    assert report.citation.quote in engine.text(report.citation.doc_id)


def test_a_quote_that_begins_behind_its_ban_is_altered(engine):
    assert engine.verify_quote("重复申请补贴").result != "exact"


@pytest.mark.parametrize("quote", ["Otters eat fish on Tuesdays.", "北海道的渔业配额由省长决定。"])
def test_what_stands_nowhere_is_absent(engine, quote):
    report = engine.verify_quote(quote)
    assert (report.result, report.citation, report.differences) == ("absent", None, ())


@pytest.mark.parametrize("question", ["榆谷的面积上限是多少？", "How much does the council pay for alder swamp?"])
def test_our_own_citations_are_exact_quotes(engine, question):
    citations = engine.ask(question).citations
    assert citations
    for citation in citations:
        assert engine.verify_quote(citation.quote).result == "exact", citation.quote


def test_cells_of_two_rows_are_no_quote(engine):
    assert engine.verify_quote("榆谷 … 30公顷").result != "exact"


def test_a_quote_is_sought_in_one_document_when_one_is_named(engine):
    home, other = (next(r.doc_id for r in engine.documents() if r.name == name) for name in ("alder.txt", "zh.md"))
    quote = "no owner may apply twice"
    assert engine.verify_quote(quote, doc_id=home[:8]).result == "exact"
    assert engine.verify_quote(quote, doc_id=other).result == "absent"
    with pytest.raises(DocumentNotFound):
        engine.verify_quote(quote, doc_id="0" * 64)


@pytest.mark.parametrize("quote", ["", " … ", "“”", "a" * 4_001])
def test_what_is_no_quote_is_refused(engine, quote):
    with pytest.raises(InvalidText) as caught:
        engine.verify_quote(quote)
    assert caught.value.message.startswith("quote") and "\n" not in caught.value.message


@pytest.mark.parametrize(
    "quote", ["\ud800 swamp", "swamp\x00 wet", "a" * 4_000, "的" * 4_000, "40 " * 1_300, "𠮷" * 99]
)
def test_odd_quotes_have_a_result(engine, quote):
    assert engine.verify_quote(quote).result in ("altered", "absent")


def test_an_altered_store_bears_out_no_quote(engine, tmp_path):
    (tmp_path / "otter.txt").write_text("Otters returned to the upper valley after the weir was removed.")
    own = Engine.open(Settings(library=tmp_path / "library"), create=True)
    own.add([tmp_path / "otter.txt"])
    quote = "Otters returned to the upper valley"
    assert own.verify_quote(quote).result == "exact"
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as connection:
        connection.execute("UPDATE documents SET text_sha256 = 'x'")
        connection.commit()
    assert own.verify_quote(quote).result == "absent"


def test_the_command_says_exact_altered_or_absent(engine, sinkqa):
    library = engine._settings.library
    ran = sinkqa("verify", "-l", library, "--quote", "The payment ends after ten years")
    assert ran.status == 0 and ran.out.startswith("altered") and "quoted ten, stored nine" in ran.out
    report = json.loads(sinkqa("verify", "-l", library, "--quote", "--json", "-", stdin="after nine years").out)
    assert {"quote", "result", "citation", "differences", "generation", "timings_ms"} == report.keys()
    assert report["result"] == "exact" and report["citation"]["verified"]


ROW = """<h1>Parcels</h1><table>
<tr><th>Parcel</th><th>Cows</th><th>Mowing</th><th>Warden</th></tr>
<tr><td>North fen</td><td>two cows</td><td>after the first of June</td><td>Ida Holm</td></tr>
<tr><td>South fen</td><td>nine cows</td><td>after the last of July</td><td>Jon Berg</td></tr>
</table>"""


@pytest.mark.parametrize(
    "quote",
    ["South fen\nnine cows", "South fen\nnine cows … Jon Berg", "South fen … after the last of July\nJon Berg"],
    ids=["side by side", "one left out", "the first left out"],
)
def test_cells_are_an_exact_quote_with_a_mark_where_one_is_left_out(tmp_path, quote):
    (tmp_path / "parcels.html").write_text(ROW, "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    assert not engine.add([tmp_path / "parcels.html"]).failed
    assert engine.verify_quote(quote).result == "exact"
    assert engine.verify_quote(quote.replace("South", "North")).result != "exact"
