"""Units are told by what is written, and symbols by their case."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sinkqa.ingest.text.units import is_case_sensitive, money_before, name_of, read_unit


def unit(text: str) -> tuple[str, Fraction, str] | None:
    found = read_unit(text.lower(), text, 0, len(text))
    return found and (found[0].dimension, found[0].factor, found[0].unsure)


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("kWh", "watt hour", 1000), ("mW", "watt", Fraction(1, 1000)), ("MW", "watt", 10**6), ("吨", "tonne", 1),
        ("Mg", "tonne", 1), ("mg", "tonne", Fraction(1, 10**9)), ("m^2", "hectare", Fraction(1, 10**4)),
        ("亩", "hectare", Fraction(1, 15)), ("metric tonnes", "tonne", 1), ("kilometres", "metre", 1000),
        ("个百分点", "point", 1), ("日元", "yen", 1), ("元", "yuan", 1), ("港元", "hong kong dollar", 1),
    ],
)  # fmt: skip
def test_a_unit_is_known_by_any_spelling(text: str, dimension: str, factor: Fraction) -> None:
    assert unit(text) == (dimension, factor, "")


@pytest.mark.parametrize("text", ["mw", "MT", "MM", "mwh", "MPA"])
def test_a_symbol_in_another_case_may_be_two_units_and_says_so(text: str) -> None:
    found = unit(text)
    assert found and found[2] == text.lower() and is_case_sensitive(text)


@pytest.mark.parametrize("text", ["M", "G", "kelvin", "tiger", "周年", "升至", "parade", ""])
def test_what_is_no_unit_is_none(text: str) -> None:
    assert unit(text) is None


@pytest.mark.parametrize(
    ("before", "dimension"), [("us$", "dollar"), ("cost nz$ ", "nz dollar"), ("a¥", "yuan or yen"), ("人民币", "yuan")]
)
def test_a_currency_stands_before_its_number(before: str, dimension: str) -> None:
    found = money_before(before, 0, len(before))
    assert found and found[0].dimension == dimension


@pytest.mark.parametrize("before", ["thekr ", "bonus ", "the ", ""])
def test_letters_within_a_word_are_no_currency(before: str) -> None:
    assert money_before(before, 0, len(before)) is None


@pytest.mark.parametrize(("text", "chinese", "english"), [("hm2", "公顷", "hectare"), ("MW", "兆瓦", "megawatt")])
def test_a_unit_has_a_word_in_either_language(text: str, chinese: str, english: str) -> None:
    found = read_unit(text.lower(), text, 0, len(text))
    assert found
    assert (name_of(found[0], in_chinese=True), name_of(found[0], in_chinese=False)) == (chinese, english)
