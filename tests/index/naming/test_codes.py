"""A document's number is the same however it is written; what is no such number is none."""

from __future__ import annotations

import pytest

from sinkqa.index.naming.codes import codes, versions, without_edition


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EO 20301", "EO20301"),
        ("Executive Order No. 20301", "EO20301"),
        ("第20301号行政令", "EO20301"),
        ("20301号总统令", "EO20301"),
        ("COM(2031) 77 final", "COM203177"),
        ("CELEX 52031PC0077", "COM203177"),
        ("Regulation (EU) 2031/77", "EU203177"),
        ("32031R0077", "EU203177"),
        ("decision 3/CMA.9", "DEC3CMA9"),
        ("第3/CMA.9号决定", "DEC3CMA9"),
        ("FCCC/CP/2031/10/Add.1", "FCCCCP203110ADD1"),
        ("国务院令第975号", "令975"),
        ("Decree No. 975", "令975"),
        ("AR-AM7714", "ARAM7714"),
        ("VM0947", "VM0947"),
        ("CCER-97-002", "CCER97002"),
        ("GB 94330-2031", "GB943302031"),
        ("HJ/T 998", "HJT998"),
    ],
)
def test_a_number_has_one_form(text, code):
    assert code in [found for _, _, found in codes(text)]


@pytest.mark.parametrize("text", ["CO2", "COP26", "ETS2", "PM2.5", "in 2031", "USD 5000", "第五条", "5000 ha", "1/3"])
def test_a_figure_is_no_number_of_a_document(text):
    assert list(codes(text)) == []


def test_a_standard_may_be_asked_for_without_its_year():
    assert list(without_edition("GB943302031")) == ["GB94330"]
    assert list(without_edition("ARAM0014V02")) == ["ARAM0014"]
    assert list(without_edition("GB94330")) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("v2", (2,)), ("Version 02.0", (2,)), ("第三版和第1版", (3, 1)), ("version 1 and v02", (1, 2)), ("CO2", ())],
)
def test_versions_are_told_in_order(text, numbers):
    assert versions(text) == numbers
