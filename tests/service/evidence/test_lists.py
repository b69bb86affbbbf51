"""A list that is divided over passages is still one list: whole when it is asked for, counted when it is not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sinkqa.index.hit import Hit
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.evidence.lists import left_out, whole_list
from sinkqa.service.evidence.pieces import cut

DUTY = "the water table of the ditch beside the old mill, and to tell the council of what was found there in the book"
LETTERS = "abcdefghijklmnop"
LED = "# Fen\n\nThe warden has these duties:\n\n" + "".join(f"({n}) to measure {DUTY};\n\n" for n in LETTERS)
NUMBERED = (
    "# Fen\n\n(1) The warden has, in each year and for every ditch, these duties:\n\n"
    + "".join(f"({n}) to measure {DUTY};\n\n" for n in LETTERS)
    + "(2) The council pays the warden:\n\n(a) forty marks;\n\n(b) a horse.\n"
)
TWO = "# Fen\n\nThe warden must:\n\n- measure;\n- report.\n\nThe council must:\n\n- pay;\n- listen.\n"


@dataclass(frozen=True)
class Stored:
    """The one document of a library."""

    held: list[Passage]

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        return self.held


def stored(found: list[Hit]) -> Stored:
    return Stored([hit.passage for hit in found])


def item(source: Stored, beginning: str) -> tuple[Passage, list[Unit]]:
    """The unit that begins so, alone."""
    return next((each, [unit]) for each in source.held for unit in each.units if unit.text.startswith(beginning))


@pytest.mark.parametrize("text", [LED, NUMBERED], ids=["the lead-in repeated", "the lead-in an item itself"])
@pytest.mark.parametrize("beginning", ["(a) to", "(h) to", "(p) to"])
def test_from_any_item_the_whole_list_is_found_with_its_lead_in_once(found, text, beginning):
    source = stored(found(text))
    whole = whole_list(*item(source, beginning), source)
    assert len(whole) > 1, "it takes more than one passage"
    units = [unit.text for each in whole for unit in each.units]
    assert units[0].endswith("these duties:") and [unit[1] for unit in units[1:]] == list(LETTERS)
    assert "\n".join(each.text for each in whole) == "\n".join(units)


def test_what_is_left_out_is_counted_in_every_passage(found):
    source = stored(found(LED))
    assert left_out(*item(source, "(h) to"), source) == len(LETTERS) - 1
    passage = source.held[0]
    assert left_out(passage, passage.units, source) == len(LETTERS) - (len(passage.units) - 1)
    assert sum(left_out(each.passage, each.units, source) for each in whole_list(passage, passage.units, source)) == (
        len(LETTERS) * (len(source.held) - 1)
    )


def test_a_list_ends_where_another_begins(found):
    source = stored(found(NUMBERED))
    (pay,) = whole_list(*item(source, "(b) a horse"), source)
    assert [unit.text for unit in pay.units] == ["(2) The council pays the warden:", "(a) forty marks;", "(b) a horse."]
    source = stored(found(TWO))
    (duties,) = whole_list(*item(source, "measure"), source)
    assert duties.text == "The warden must:\nmeasure;\nreport."
    assert left_out(*item(source, "pay"), source) == 1


def test_a_sentence_is_of_no_list(found):
    source = stored(found("# Fen\n\nThe fen is wet. Otters live there.\n\nThe warden must:\n\n- measure;\n- report.\n"))
    passage, units = item(source, "Otters")
    assert (whole_list(passage, units, source), left_out(passage, units, source)) == ([], 0)


def test_a_list_that_fits_one_passage_leaves_nothing_out_when_it_is_shown_whole(found):
    source = stored(found(TWO))
    for passage in source.held:
        for units, _, is_list in cut(passage):
            assert not is_list or left_out(passage, units, source) == 0
