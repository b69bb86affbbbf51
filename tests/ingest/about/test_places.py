"""Countries and their parts are found wherever a question names them, in either script."""

from __future__ import annotations

import pytest

from sinkqa.ingest.about.places import countries_in, parts_in


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("中国和美国的目标", ["CN", "US"]),
        ("用EU的NDC", ["EU"]),
        ("What did Japan and New Zealand promise?", ["JP", "NZ"]),
        ("新西兰EU", ["EU", "NZ"]),
        ("let us plant trees in chinatown", []),
        ("印度尼西亚的红树林", ["ID"]),
    ],
)
def test_countries_are_told_by_their_codes(text, codes):
    assert sorted(code for _, _, code in countries_in(text)) == sorted(codes)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("那广东呢", [("广东省", "CN")]),
        ("广东省和深圳的办法", [("广东省", "CN"), ("深圳市", "CN")]),
        ("新疆维吾尔自治区的草原", [("新疆维吾尔自治区", "CN")]),
        ("Guangdong's and California's schemes", [("广东省", "CN"), ("California", "US")]),
        ("碳市场和城市森林", []),
    ],
)
def test_parts_of_countries_are_told_by_full_name_and_country(text, parts):
    assert [(part, home) for _, _, part, home in parts_in(text)] == parts


def test_a_name_is_found_where_it_stands():
    text = "Is Guangdong in China?"
    assert [text[start:end] for start, end, *_ in (*parts_in(text), *countries_in(text))] == ["Guangdong", "China"]
