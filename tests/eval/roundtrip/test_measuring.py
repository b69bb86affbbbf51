"""The measures themselves: a perfect store scores 1, and each fault is seen, counted once and told."""

from __future__ import annotations

import pytest

from sinkqa.eval.roundtrip.measuring import measure
from sinkqa.eval.roundtrip.stored import canonical
from sinkqa.eval.roundtrip.truth import Excluded, Grid, Heading, ListItem, PlacedCell, Text, TextRun, plain, truth_of
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split

PIECES = (
    Heading(0, "Rules for reed beds"),
    Heading(1, "Stock"),
    Text(
        (
            TextRun("The stock is put at 2.5 × 10"),
            TextRun("9", "raised"),
            TextRun(" tonnes of carbon in all reed beds."),
        )
    ),
    Text(plain("Every warden reports the water level of each bed by 30 June.")),
    ListItem("1.", plain("Measure the level at the gauge.")),
    ListItem("2.", plain("Enter it in the register.")),
    Grid("Table 1 Beds", tuple(
        PlacedCell(row, column, text)
        for row, cells in enumerate((("Bed", "Area", "Depth"), ("North", "12.5", "3.1"), ("South", "14.0", "2.6")))
        for column, text in enumerate(cells)
    )),
    Text((TextRun("The fine is "), TextRun("3,000", "struck"), TextRun("5,000 euros for each bed that is left dry."))),
)  # fmt: skip
STORED = """# Rules for reed beds

## Stock

The stock is put at 2.5 × 10⁹ tonnes of carbon in all reed beds.

Every warden reports the water level of each bed by 30 June.

1. Measure the level at the gauge.
2. Enter it in the register.

Table 1 Beds

| Bed | Area | Depth |
| --- | --- | --- |
| North | 12.5 | 3.1 |
| South | 14.0 | 2.6 |

The fine is 5,000 euros for each bed that is left dry.
"""


def measured(stored, *, truth=None):
    document = read_bytes(stored.encode(), "beds.md")
    return measure(truth or truth_of(PIECES), document, split(document))


def faults(tally):
    return {fault.measure for fault in tally.faults}


def test_a_perfect_store_scores_one():
    tally = measured(STORED)
    assert not tally.faults
    for name in ("recall", "order", "cells", "figures", "spaces", "structure"):
        assert tally.right[name] == tally.of[name] > 0, name
    assert tally.right["invented"] == tally.right["leaked"] == 0
    assert tally.of["cells"] == 4


@pytest.mark.parametrize(
    ("old", "new", "caught"),
    [
        ("Every warden reports the water level of each bed by 30 June.\n\n", "", "recall figures"),
        ("by 30 June", "by 13 June", "recall figures"),
        ("10⁹", "109", "recall figures"),
        ("| 14.0 |", "| 41.0 |", "recall figures cells"),
        ("| North | 12.5 | 3.1 |", "| North | 3.1 | 12.5 |", "cells order"),
        ("| Bed | Area | Depth |", "| Bed | Depth | Area |", "cells order"),
        ("## Stock", "Stock", "structure"),
        ("reports the water", "reportsthe wa ter", "spaces"),
        ("1. Measure", "3. Measure", "recall figures invented"),
        ("in all reed beds.", "in all reed beds, as weighed.", "recall invented"),
        ("is 5,000", "is 3,0005,000", "leaked"),
        ("Enter it in", "Enter it, as the inspector asks, in", "invented"),
    ],
)
def test_each_fault_is_caught(old, new, caught):
    assert old in STORED
    assert {*caught.split()} <= faults(measured(STORED.replace(old, new)))


def test_paragraphs_that_changed_places_are_out_of_order_and_not_lost():
    first, second = "The stock is put at 2.5 × 10⁹ tonnes of carbon in all reed beds.", "Every warden reports the water"
    rest = STORED.replace(f"{first}\n\n", "").replace("1. Measure", f"{first}\n\n1. Measure")
    tally = measured(rest)
    assert second in rest
    assert faults(tally) == {"order"}
    assert tally.right["recall"] == tally.of["recall"]


def test_columns_read_across_are_lost_in_part():
    woven = STORED.replace("Every warden reports the water level", "Every The warden level reports is the water level")
    tally = measured(woven)
    assert "recall" in faults(tally) or "invented" in faults(tally)


def test_a_watermark_is_told_from_what_nobody_wrote():
    truth = truth_of(PIECES)
    truth.excluded.append(Excluded("CONFIDENTIAL", "watermark"))
    tally = measured(STORED.replace("\n1. Measure", "\nCONFIDENTIAL\n\n1. Measure"), truth=truth)
    (fault,) = tally.faults
    assert (fault.measure, fault.kind) == ("leaked", "watermark")
    assert tally.right["invented"] == 0


def test_what_may_be_repeated_is_nothing_invented():
    truth = truth_of(PIECES)
    truth.allowed.append("Table 1 Beds (continued)")
    assert not measured(f"{STORED}\nTable 1 Beds (continued)\n", truth=truth).faults


def test_a_caption_that_is_not_with_its_row_makes_the_cell_wrong():
    far = STORED.replace("Table 1 Beds\n\n", "").replace("## Stock", "Table 1 Beds\n\n## Stock")
    assert "cells" in faults(measured(far))


@pytest.mark.parametrize(
    ("one", "other"),
    [("10⁹", "10^9"), ("10⁻⁶", "10^{-6}"), ("hm²", "hm2"), ("CO₂e", "CO2e"), ("44/12", r"$\frac{44}{12}$"),
     ("44/12", "(44)/(12)"), ("二氧化碳 排放", "二氧化碳排放"), ("Nm³", "Nm^3")],
)  # fmt: skip
def test_forms_of_one_figure_are_the_same(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), [("10⁹", "109"), ("44/12", "4412"), ("①", "1"), ("10⁻⁶", "10-6")])
def test_other_figures_are_not(one, other):
    assert canonical(one) != canonical(other)
