"""Numerals are read and written in one place, whatever their script."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.numerals import HAN, era_year, read_number, read_numeral, write_numeral


@given(st.integers(1, 999))
def test_a_numeral_reads_as_it_was_written(number: int) -> None:
    assert read_numeral(write_numeral(number)) == number == read_number(write_numeral(number))


@given(st.text(HAN, min_size=1, max_size=8))
def test_any_run_of_numeral_characters_is_a_number_or_none(text: str) -> None:
    value = read_numeral(text)
    assert value is None or 0 < value < 10_000 or text.startswith(("零", "〇"))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,234.50", "1234.5"), (".5", "0.5"), ("twenty-five", "25"), ("thirteen", "13"), ("ninety", "90"),
        ("十二点五", "12.5"), ("零点零三", "0.03"), ("二〇三〇", "2030"), ("一千零五", "1005"),
    ],
)  # fmt: skip
def test_a_number_is_read_from_digits_words_and_numerals(written: str, number: str) -> None:
    assert read_number(written) == Decimal(number)


@pytest.mark.parametrize("written", ["十四五", "千", "一百五", "零"])
def test_what_is_no_number_reads_as_none(written: str) -> None:
    assert read_number(written) is None


@pytest.mark.parametrize(("era", "number", "year"), [("令和", "6", 2024), ("平成", "元", 1989), ("昭和", "六十", 1985)])
def test_the_years_of_an_era_are_counted_from_its_first(era: str, number: str, year: int) -> None:
    assert era_year(era, number) == year
