"""Whole sentences with all that governs them: what frames a statement may not be left out of it."""

from __future__ import annotations

from collections import Counter

import pytest

from sinkqa.service.grounding import matching
from sinkqa.service.grounding.clauses import clauses
from sinkqa.service.grounding.matching import sayings
from sinkqa.service.grounding.quote import Quote

BAN = "禁止下列破坏沼泽的行为：\n（一）排干沼泽；\n（二）擅自填埋沼泽，擅自采砂；\n（三）排放废水。"
DUTIES = (
    "The warden has three duties:\n- measure the water table;\n- repair the sluices before the frost;\n- report fires."
)


def left_out(claim: str, quote: Quote | str) -> list[str | None]:
    return list(sayings(clauses(claim), quote if isinstance(quote, Quote) else Quote(quote)))


def is_said(claim: str, quote: Quote | str) -> bool:
    return None in left_out(claim, quote)


FRAMES = """
If the water is low, {}.
Until 2031, {}.
Where the owner agrees, {}.
In the event of a storm, {}.
On condition that reeds are planted, {}.
To the extent that funds allow, {}.
Assuming a dry year, {}.
Should the dam break, {}.
Were the land drained, {}.
The panel rejected the following argument: {}.
It is a myth: {}.
Critics wrongly say, {}.
According to the withdrawn draft, {}.
In the northern fen, {}.
It is not the case that {}.
Nobody believes that {}.
Repealed: {}.
By way of exception, {}.
{}, but only when dry.
{}; unless the council objects.
{}; except that oaks stay.
{}, if the owner agrees.
{} when the water is low.
{}, subject to section 4.
{}. This does not apply to the northern fen.
{}. That is untrue.
{}, provided that reeds are planted.
{}, critics claim.
{}, which the council denies.
{}? No.
{} (repealed).
{}, and only then.
{}, or so it is said.
{}. [Repealed]
{}. Wrong!
Common myths⏎{}.
只有水位低时，{}。
经批准后，{}。
当水位低时，{}。
一旦溃坝，{}。
有人错误地认为，{}。
驳回了以下主张：{}。
据不实报道，{}。
已废止的办法规定，{}。
{}，但北部沼泽不在此列。
{}；但是，桤木除外。
除北部沼泽外，{}。
有下列情形之一的，{}：（一）水位低的；（二）经业主同意的。
{}，业主不同意的除外。
{}。前款规定不适用于北部沼泽。
在北部沼泽，{}。
{}的说法是错误的。
尚未证实{}。
{}吗？
拟规定：{}。
{}。（已废止）
{}。这是谣言。
""".strip().splitlines()


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_may_not_be_left_out(frame: str) -> None:
    claim = "alders may be cut in the reserve" if frame.isascii() else "业主可以砍伐桤木"
    source = frame.replace("⏎", "\n").format(claim)
    assert not is_said(f"{claim}.", source)
    assert is_said(source.replace("\n", ". "), source)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Burning is prohibited forests of alder are planted.", "Burning is prohibited. Forests of alder are planted."),
        ("No alders may be cut.", "Is it dry? No. Alders may be cut."),
        ("No, alders may be cut.", "No alders may be cut."),
        ("不，得砍伐桤木。", "不得砍伐桤木。"),
        ("Alders grow. Reeds fall.", "Alders grow fast. Reeds fall."),
        ("Alders may be cut, reeds fall.", "Alders may be cut. Reeds fall."),
        ("The fen — is wet.", "The fen is wet."),
        ("The fen is 'wet'.", "The fen is wet."),
        ("The (“legal”) fen is wet.", "The (legal) fen is wet."),
        ("Alders grow … may be cut.", "Alders grow. Reeds may be cut."),
        ("❌ Alders grow.", "Alders grow."),
        ("Alders grow 👎.", "Alders grow."),
        (f"Alders {'never-' * 12}grow.", "Alders grow."),
        ("Alders grow¬.", "Alders grow."),
        ("The cost is ≠ 5%.", "The cost is 5%."),
    ],
)
def test_borders_and_signs_are_part_of_what_is_said(claim: str, quote: str) -> None:
    assert not is_said(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Alders grow.", "Alders grow. Reeds fall."),
        ("alders grow", "However, alders grow; reeds fall."),
        ("Alders grow", "Alders grow, and reeds fall in the northern fen."),
        ("Alders grow. Reeds fall.", "Alders grow. Reeds fall. Frogs sing."),
        ("国家鼓励种植桤木。", "此外，国家鼓励种植桤木，并建立补贴制度。"),
        ("第一款说明：桤木生长。", "第一款说明：桤木生长。"),
        ("Alders grow.", "Note 3: Alders grow."),
        ("The fen is “wet”.", 'The fen is "wet".'),
    ],
)
def test_what_only_joins_or_adds_may_be_left_out(claim: str, quote: str) -> None:
    assert is_said(claim, quote)


@pytest.mark.parametrize("item", ["擅自填埋沼泽，擅自采砂", "（二）擅自填埋沼泽，擅自采砂；", "排放废水。"])
def test_an_item_says_nothing_without_its_lead_in(item: str) -> None:
    assert left_out(item, BAN) == ["禁止下列破坏沼泽的行为"]
    assert is_said(f"禁止下列破坏沼泽的行为：{item}", BAN)


def test_an_item_under_another_number_or_lead_in_is_another_statement() -> None:
    assert is_said("The warden has three duties: repair the sluices before the frost", DUTIES)
    assert not is_said("The guest has three duties: repair the sluices before the frost", DUTIES)
    assert not is_said("The warden has three duties: repair the sluices", DUTIES)
    assert not is_said("禁止下列破坏沼泽的行为：（三）排干沼泽", BAN)
    assert is_said(BAN.replace("\n", ""), BAN), "the whole list"


PLACED = Quote("国家实行沼泽总量管控制度。", above=("榆谷沼泽保护法", "第二章 规划", "第十三条"))
NAMED = Quote("Alders may be cut in the reserve.", above=("Elmvale Fen Act", "Part 2", "Article 6 — Cutting of trees"))


@pytest.mark.parametrize(
    ("claim", "quote", "said"),
    [
        ("第十三条 国家实行沼泽总量管控制度。", PLACED, True),
        ("第13条　国家实行沼泽总量管控制度。", PLACED, True),
        ("根据《榆谷沼泽保护法》第十三条，国家实行沼泽总量管控制度。", PLACED, True),
        ("第二章 规划 第十三条 国家实行沼泽总量管控制度。", PLACED, True),
        ("第十四条 国家实行沼泽总量管控制度。", PLACED, False),
        ("根据《柳滩沼泽保护法》第十三条，国家实行沼泽总量管控制度。", PLACED, False),
        ("Article 6: Alders may be cut in the reserve.", NAMED, True),
        ("Article 6 — Cutting of trees. Alders may be cut in the reserve.", NAMED, True),
        ("According to Article 6 of the Elmvale Fen Act, alders may be cut in the reserve.", NAMED, True),
        ("Article 7: Alders may be cut in the reserve.", NAMED, False),
        ("According to Article 6 of the Willow Fen Act, alders may be cut in the reserve.", NAMED, False),
        ("Not Article 6: Alders may be cut in the reserve.", NAMED, False),
        ("Article 6", NAMED, False),
    ],
)
def test_a_claim_may_name_its_place_if_it_is_right(claim: str, quote: Quote, said: bool) -> None:
    assert is_said(claim, quote) is said


@pytest.mark.parametrize(
    "heading",
    [
        "Repealed provisions",
        "Common myths",
        "Rejected amendments",
        "False claims",
        "What is prohibited",
        "已废止的规定",
    ],
)
def test_under_a_heading_of_what_is_void_nothing_is_said(heading: str) -> None:
    assert left_out("Alders grow.", Quote("Alders grow.", above=("Notes", heading))) == [heading]


def test_the_text_around_a_quote_governs_it() -> None:
    claim = "Alders may be cut."
    assert not is_said(claim, Quote(claim, before="Some wrongly believe the following:"))
    assert not is_said(claim, Quote(claim, after="This does not apply to the northern fen."))
    assert is_said(claim, Quote(claim, before="The fen is wet.", after="Reeds fall."))


def test_the_work_grows_with_the_text_and_not_with_the_nesting(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Counter[int]()
    follow = matching._follow

    def counted(*args: object) -> int | None:
        calls[size] += 1
        return follow(*args)

    monkeypatch.setattr(matching, "_follow", counted)
    for size in (20, 40):
        quote = ":\n".join(["a"] * size) + ":\nb"
        assert not is_said(": ".join(["a"] * (size - 1) + ["c", "b"]), quote)
    assert 0 < calls[40] <= 2 ** (matching._NESTED + 2) * calls[20], "a list in a list multiplies it, up to a depth"
