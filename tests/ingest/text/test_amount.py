"""Two amounts that cannot both be so."""

from __future__ import annotations

import pytest

from sinkqa.ingest.text.amount import apart
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.normalised_text import cased


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("35%", "40%", True),
        ("35%", "over 30%", False),
        ("35%", "30%-40%", False),
        ("45%", "30%-40%", True),
        ("at most 30%", "at least 40%", True),
        ("at most 40%", "at least 30%", False),
        ("at most 40%", "at most 30%", True),
        ("about 100 ha", "105 ha", False),
        ("about 100 ha", "150 ha", True),
        ("5 t", "5 ha", True),
        ("2020年", "2021年", True),
    ],
)
def test_amounts_are_apart_where_no_value_fits_both(one: str, other: str, expected: bool) -> None:
    (left,), (right,) = amounts(cased(one)), amounts(cased(other))
    assert apart(left, right) is apart(right, left) is expected
