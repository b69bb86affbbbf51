"""Made documents: the same seed makes the same, every kind can be made, and every format can be read."""

from __future__ import annotations

import json

import pytest

from sinkqa.eval.roundtrip.kinds import FORMATS, KINDS, kinds_of, make
from sinkqa.eval.roundtrip.running import bars, by_format, by_kind, keep, trip
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import FORMATS as READABLE
from sinkqa.ingest.readers import read_bytes
from tests.ingest.shape import assert_sound


def test_the_same_seed_makes_the_same_truth():
    first, again, other = ([*make(seed, 20)] for seed in (7, 7, 8))
    assert [made.truth for made in first] == [made.truth for made in again]
    assert [made.truth for made in first] != [made.truth for made in other]
    assert {made.format for made in first} == {*FORMATS}


@pytest.mark.parametrize("format_", FORMATS)
def test_every_kind_is_made_alone_and_among_others(format_):
    kinds = {kind.name for kind in kinds_of(format_)}
    made = [*make(11, 2 * len(kinds), formats=[format_])]
    assert {each.kinds[0] for each in made} == kinds
    assert all(len(each.kinds) == 1 for each in made[::2])
    assert all(each.truth.units for each in made)


@pytest.mark.parametrize("format_", [format_ for format_ in FORMATS if format_ in READABLE])
def test_what_is_stored_of_them_is_sound(format_):
    for made in make(12, 6, formats=[format_]):
        try:
            document = read_bytes(made.content, made.name)
        except IngestError:
            continue
        assert_sound(document)


def test_plain_documents_come_back_whole():
    for made in make(13, 4, formats=["docx", "html"], kinds=["ruled table", "list"]):
        there = trip(made)
        assert there.tally.right["recall"] == there.tally.of["recall"] > 0, there.tally.faults


def test_what_is_drawn_again_later_on_a_turned_page_stands_where_it_stood_first():
    kinds = ["sideways table", "bold twice later"]
    made = next(made for made in make(61, 40, formats=["pdf"], kinds=kinds) if {*made.kinds} >= {*kinds})
    there = trip(made)
    assert there.tally.right["recall"] == there.tally.of["recall"] > 0, there.tally.faults
    assert not [fault for fault in there.tally.faults if fault.measure == "invented"]


def test_failed_documents_are_kept_with_what_differs(tmp_path):
    trips = [trip(made) for made in make(14, 2, formats=["markdown"], kinds=["ruled table"])]
    trips[0].tally.add("cells", 0, 100)
    rows = by_kind(trips)
    assert [row.name for row in rows] == ["ruled table"]
    whole = by_format(trips)[-1]
    assert whole.documents == 2 and whole.shares["cells"].mean < 0.9
    assert {bar.name for bar in bars(whole) if bar.ok is False} >= {"cells"}
    keep(trips, tmp_path / "kept")
    for path in (tmp_path / "kept").glob("*.truth.json"):
        assert json.loads(path.read_text())["units"]


def test_kinds_have_names_of_their_own():
    assert len({kind.name for kind in KINDS}) == len(KINDS)
