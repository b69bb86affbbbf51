"""Names are found under every alias, and a name that no quote holds is told with what stands in its place."""

from __future__ import annotations

import pytest

from sinkqa.service.evidence.entities import entities, missing


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The EU will act", "欧盟将采取行动"),
        ("北京试点", "the Beijing pilot"),
        ("內蒙古", "内蒙古的草原"),
        ("the US plan", "the United States plan"),
        ("《京都议定书》规定", "Under the Kyoto Protocol"),
        ("CCER抵销", "国家核证自愿减排量"),
        ("The Lund Trust pays", "It is the Lund Trust that pays"),
        ("let us begin", "we begin"),
    ],
)
def test_a_name_is_held_under_any_alias(claim: str, quote: str) -> None:
    assert [*missing(claim, [quote])] == []


@pytest.mark.parametrize(
    ("claim", "quote", "said", "found"),
    [
        ("Shanghai joined", "北京加入", "Shanghai", "北京"),
        ("The US agreed", "The EU agreed", "US", None),
        ("Japan agreed", "Korea agreed", "Japan", "Korea"),
        ("按照《森林保护办法》", "按照《湿地保护办法》", "森林保护办法", None),
        ("paid by the Acme Fund", "paid by the Lund Fund", "Acme Fund", None),
        ("under the DACX rules", "under the rules", "DACX", None),
    ],
)
def test_a_name_that_is_not_there_is_told(claim: str, quote: str, said: str, found: str | None) -> None:
    assert [tuple(each) for each in missing(claim, [quote])] == [(said, found)]


def test_an_abbreviation_counts_only_in_capitals_and_the_longest_name_wins() -> None:
    assert [entity.name for entity in entities("It tells us of the European Union Emissions Trading System")] == [
        "EU ETS"
    ]


def test_a_name_of_the_claim_is_no_substitute_for_another() -> None:
    (only,) = missing("China and Japan agreed", ["China agreed"])
    assert tuple(only) == ("Japan", None)
