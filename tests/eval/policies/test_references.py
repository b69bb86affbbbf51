"""Mentions of documents against a list made by reading: its layout, what counts as right, and the bundled lists."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import astuple
from pathlib import Path

import pytest

from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.policies.listed import REFERENCES, MentionList, read_list
from sinkqa.eval.policies.references import SquashedText, count, judge_mentions
from sinkqa.eval.results.significance import share
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import load_encoder
from sinkqa.index.references.mention import Mention
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.references.resolution import Resolution
from tests.eval.collections import write_rows

SHARED = Path(__file__).parents[3].parent / "shared"
POLICIES, PAPER = SHARED / "policy" / "docs", SHARED / "paper" / "guan-xu-carbon-sinks.txt"
TRAILS = REFERENCES.with_name("trails.jsonl")
needs_policies = pytest.mark.skipif(not POLICIES.exists(), reason="shared documents are not beside this checkout")

MILL = (
    "# Mill Rules\n\nUnder the Alder Act the miller pays. See the Otter\nAct and the Alder Act.\n\n"
    "The Heron Act is new.\n"
)
ALDER = "# Alder Act\n\nWhoever fells an alder plants three.\n"
READ = {"document": "mill.md", "read": "the body", "from": "Under the", "to": "The Heron Act"}


def row(name, nth=1, means=(), **more):
    return {"document": "mill.md", "name": name, "nth": nth, "means": list(means), "address": None} | more


ROWS = [
    READ,
    row("Alder Act", 1, ["alder.md"], table=1),
    row("Otter Act", address="https://otters.example/act"),
    row("Alder Act", 2, ["alder.md"]),
    row("the miller", optional=True),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mills")
    (folder / "mill.md").write_text(MILL, "utf-8")
    (folder / "alder.md").write_text(ALDER, "utf-8")
    with Library.open(folder / "library", create=True, encoder=load_encoder()) as made:
        for name in ("mill.md", "alder.md"):
            document = read(folder / name)
            made.add(document, split(document))
        yield made


def listed(tmp_path, rows=ROWS) -> MentionList:
    write_rows(tmp_path / "list.jsonl", rows)
    return read_list(tmp_path / "list.jsonl")


def judged(library, expected, means):
    """What is judged if the words of ``means`` are found, in order, and come to these documents."""
    (doc_id,) = [record.doc_id for record in library.documents() if record.name == "mill.md"]
    ids = {record.name: record.doc_id for record in library.documents()}
    text, found = library.text(doc_id), {}
    place = -1
    for words, files, address in means:
        place = text.index(words, place + 1)
        mention = Mention(place, place + len(words), "title", words)
        given = tuple(ids[file] for file in files)
        found[mention] = Resolution("exact" if given else "missing", given, address=address)
    return judge_mentions(library, expected, lambda _: list(found), lambda mention, _: found[mention])


def test_a_mention_is_right_wrong_unresolved_or_missed(library, tmp_path):
    expected = listed(tmp_path)
    (only,) = judged(
        library,
        expected,
        [("the Alder Act", ["alder.md"], None), ("Otter", ["alder.md"], None), ("Alder Act", [], None)],
    )
    assert [each.truth for each in only.judged] == ["right", "wrong", "unresolved"]
    assert [each.addressed for each in only.judged] == [None, False, None]
    (only,) = judged(library, expected, [("Otter", [], "https://otters.example/act")])
    assert [each.truth for each in only.judged] == ["missed", "right", "missed"]
    assert only.judged[1].addressed
    counts = count("all", [only])
    assert astuple(counts) == ("all", 3, 1, 0, 0, 2, 0) and counts.found == 1
    assert astuple(count("tables", [only], tables=True))[1:3] == (1, 0)
    assert astuple(count("elsewhere", [only], tables=False))[1:3] == (2, 1)


def test_a_document_beside_the_one_meant_is_wrong(library, tmp_path):
    (only,) = judged(library, listed(tmp_path), [("Alder Act", ["alder.md", "mill.md"], None)])
    assert only.judged[0].truth == "wrong"


def test_what_is_found_beyond_the_list_is_counted_within_what_was_read(library, tmp_path):
    found = [("Mill Rules", [], None), ("the miller", [], None), ("pays", [], None), ("Heron Act", [], None)]
    (only,) = judged(library, listed(tmp_path), found)
    assert [name for name, _ in only.beyond] == ["pays"]


def test_of_two_that_overlap_the_nearer_one_counts(library, tmp_path):
    wide, near = ("Under the Alder Act the miller", [], None), ("Alder Act", ["alder.md"], None)
    for found, truth in (([wide], "unresolved"), ([wide, near], "right")):
        (only,) = judged(library, listed(tmp_path), found)
        assert only.judged[0].truth == truth


@pytest.mark.parametrize(
    "bad",
    [row(""), row("Alder Act", 0), row("Alder Act", means=[1]), row("Alder Act", address=3), {"document": "mill.md"}],
)
def test_a_line_of_another_layout_is_named(tmp_path, bad):
    with pytest.raises(MalformedData, match=r"list\.jsonl:2"):
        listed(tmp_path, [READ, bad])


def test_a_mention_stands_below_what_was_read(tmp_path):
    with pytest.raises(MalformedData, match="below it a mention"):
        listed(tmp_path, ROWS[1:])
    with pytest.raises(NothingToMeasure, match="expected mentions"):
        listed(tmp_path, [READ])


def test_words_that_do_not_stand_in_the_document_are_named(library, tmp_path):
    with pytest.raises(MalformedData, match=r"mill\.md: .*Alder Act"):
        judged(library, listed(tmp_path, [READ, row("Alder Act", 3)]), [])
    with pytest.raises(NothingToMeasure, match=r"other\.md"):
        rows = [{"document": "other.md", "read": "whole"}, row("Alder Act") | {"document": "other.md"}]
        judged(library, listed(tmp_path, rows), [])


def test_a_share_has_wilsons_interval():
    assert share(0, 10).low == 0 and share(0, 10).high == pytest.approx(0.2775, abs=1e-4)
    half = share(5, 10)
    assert (half.mean, half.low, half.high) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-4)
    with pytest.raises(ValueError, match="3 of 2"):
        share(3, 2)


def test_the_bundled_list_has_no_mention_twice_and_every_table():
    bundled = read_list()
    assert Counter((each.document, each.name, each.nth) for each in bundled.mentions).most_common(1)[0][1] == 1
    assert Counter(each.table for each in bundled.mentions if each.table) == {1: 15, 2: 2, 4: 8}
    assert len(bundled.documents) == 34 and sum(not each.optional for each in bundled.mentions) == 355


@needs_policies
def test_what_the_bundled_list_names_stands_in_the_documents():
    """Those that are read at once; the command finds the others out."""
    bundled = read_list()
    assert not [each for each in bundled.mentions for file in each.means if not (POLICIES / file).exists()]
    for name in bundled.documents:
        path = PAPER if name == PAPER.name else POLICIES / name
        if path.suffix in {".md", ".json", ".txt"}:
            text = SquashedText(read(path).text, name)
            parts = [text.part(part) for part in bundled.parts if part.document == name]
            for each in (each for each in bundled.mentions if each.document == name):
                start, end = text.place(each)
                assert any(opens <= start and end <= closes for opens, closes in parts), str(each)


def trails():
    return [json.loads(line) for line in TRAILS.read_text("utf-8").splitlines()]


def test_the_bundled_trails_are_balanced():
    assert Counter((each["split"], each["end"], each["language"]) for each in trails() if each["split"] == "paper") == {
        ("paper", "stated", "zh"): 10, ("paper", "stated", "en"): 10, ("paper", "silent", "zh"): 5,
        ("paper", "silent", "en"): 5, ("paper", "missing", "zh"): 5, ("paper", "missing", "en"): 5,
    }  # fmt: skip
    assert len({each["id"] for each in trails()}) == len(trails())
    for each in trails():
        assert each["policy"] and bool(each["words"]) == bool(each["clause"]) == (each["end"] == "stated"), each["id"]


@needs_policies
def test_the_words_of_stated_trails_stand_in_their_policies():
    for each in trails():
        paths = [POLICIES / name for name in each["policy"]]
        assert each["end"] == "missing" or all(path.exists() for path in paths), each["id"]
        texts = [re.sub(r"\s", "", read(path).text) for path in paths if path.suffix in {".md", ".txt"}]
        if each["words"] and texts:
            assert any(re.sub(r"\s", "", each["words"]) in text for text in texts), each["id"]
