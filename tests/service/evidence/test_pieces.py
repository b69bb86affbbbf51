"""Passages cut into what an answer may quote: whole sentences, lists with their lead-in, rows and cells."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.hit import Hit, Why
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.structure.lists import without_mark
from sinkqa.service.evidence.pieces import Evidence, Pieces, cut, cut_to_length, joined, share_of_answer
from sinkqa.service.evidence.units import LEADS, said
from tests.strategies import passages

DUTIES = """# Fen

The warden has three duties:

- measure the water table every week;
- repair the sluices before the first frost;
- report fires to the council within a day.
"""
LONG_DUTIES = "# Fen\n\nThe warden has these duties:\n\n" + "".join(
    f"- {verb} the water table of the {place} ditch beside the old mill every week and tell the council of what was "
    "found there, in the book that lies in the hall;\n"
    for verb in ("measure", "watch", "draw")
    for place in ("first", "second", "third")
)
PARCELS = f"""# Fen

Table 1 Parcels

| Parcel | Grazing limit | Mowing |
|---|---|---|
| North fen | 2 cows {"while the grass is dry " * 12} | after 15 July {"where the birds have left " * 12} |
| Bank | 5 cows | after 1 June |
"""


def holds_in_order(passage: Passage, units: tuple) -> bool:
    """Whether these are units of the passage in its order."""
    rest = iter(passage.units)
    return all(any(unit == other for other in rest) for unit in units)


def bare(text: str) -> str:
    """What of a unit is shown wherever it stands: without the mark and without glyphs of symbol fonts."""
    return without_mark(re.sub("[\ue000-\uf8ff]\\s*", "", text))


@given(passages())
def test_a_piece_is_units_of_its_passage_in_order_and_says_what_each_says(passage):
    for units, text, _ in cut(passage):
        assert units and holds_in_order(passage, tuple(dict.fromkeys(units)))
        assert all(bare(unit.text) in text for unit in units)


@given(passages())
def test_no_unit_stands_twice_in_a_piece(passage):
    assert all(holds_in_order(passage, units) for units, *_ in cut(passage))


@given(passages())
def test_every_unit_of_running_text_with_a_letter_is_in_a_piece_but_for_lead_ins_to_nothing(passage):
    if passage.kind in ("text", "list"):
        missing = set(passage.units) - {unit for units, *_ in cut(passage) for unit in units}
        assert all(said(passage, [unit]).endswith(LEADS) or not has_letter(unit.text) for unit in missing)


def has_letter(text: str) -> bool:
    return any(char.isalpha() for char in text)


@given(passages())
def test_only_several_units_are_a_list(passage):
    assert all(len(units) > 1 for units, _, is_list in cut(passage) if is_list)


def offered(hits: list[Hit]) -> list[tuple[str, bool]]:
    return [(text, is_list) for hit in hits for _, text, is_list in cut(hit.passage)]


def test_a_short_list_is_one_piece_with_its_lead_in(found):
    ((text, is_list),) = offered(found(DUTIES))
    assert is_list and text.startswith("The warden has three duties:\nmeasure") and text.endswith("within a day.")


def test_each_item_of_a_long_list_comes_with_its_lead_in(found):
    items = [text for text, is_list in offered(found(LONG_DUTIES)) if not is_list]
    beginnings = [text.partition("the water table of the")[0] for text in items]
    assert "The warden has these duties:\nmeasure " in beginnings, "the first item follows its lead-in"
    assert "The warden has these duties: … watch " in beginnings, "before a later one a mark stands"
    assert len(set(items)) == 9, "no item is lost"


def test_a_lead_in_without_items_is_a_sentence(found):
    assert offered(found("# Fen\n\nThe rule is this: keep the fen wet. Then wait.\n")) == [
        ("The rule is this: keep the fen wet.", False),
        ("Then wait.", False),
    ]


def test_a_short_row_is_whole_and_a_long_one_is_also_cut_into_cells(found):
    texts = [text for text, _ in offered(found(PARCELS))]
    assert "Bank — Grazing limit: 5 cows; Mowing: after 1 June" in texts
    assert not any(text.startswith("Bank") and "Mowing" not in text for text in texts)
    cells = [text for text in texts if text.startswith("North fen — ")]
    assert sorted(("Grazing limit" in text, "Mowing" in text) for text in cells) == [
        (False, True),
        (True, False),
        (True, True),
    ]


def test_a_whole_table_is_no_piece(found):
    tables = [hit.passage for hit in found(PARCELS) if hit.passage.kind == "table"]
    assert tables and not [piece for table in tables for piece in cut(table)]


def read_twice(pieces: Pieces, hits: list[Hit]) -> tuple[list[int], list[int]]:
    first, again = ([id(each.piece) for each in pieces.of(hits)] for _ in range(2))
    return first, again


def test_a_passage_is_cut_and_read_once(found, encoder):
    first, again = read_twice(Pieces(encoder), found(DUTIES + PARCELS.replace("# Fen", "## More")))
    assert first == again and len(set(first)) == len(first) > 3


def test_what_becomes_known_of_a_document_is_read_anew(found, encoder):
    pieces = Pieces(encoder)
    (before,), (after,) = (
        pieces.of(found("A firm must surrender one unit.", about=Metadata(jurisdiction=home))) for home in (None, "NZ")
    )
    assert (before.piece.place.origin.home, after.piece.place.origin.home) == ("", "New Zealand")
    assert before.piece.passage == after.piece.passage and len(after.piece.known) > len(before.piece.known)


@given(st.lists(passages(), min_size=1, max_size=4, unique_by=lambda passage: passage.passage_id))
def test_pieces_come_in_the_order_of_the_hits_whenever_these_were_met(encoder, given_passages):
    hits = [Hit(passage, "Fen", 1.0, Why()) for passage in given_passages]
    pieces = Pieces(encoder)
    pieces.of(hits[1:])
    found = pieces.of(hits)
    assert [each.piece.said.text for each in found] == [text for hit in hits for _, text, _ in cut(hit.passage)]
    assert [each.piece for each in pieces.of(hits[::-1])] == [
        each.piece for hit in hits[::-1] for each in found if each.hit is hit
    ]


def test_threads_are_given_the_same_pieces(found, encoder):
    hits, pieces = found(DUTIES + PARCELS.replace("# Fen", "## More")), Pieces(encoder)
    expected = [each.piece.said.text for each in Pieces(encoder).of(hits)]
    with ThreadPoolExecutor(4) as pool:
        for given_pieces in pool.map(lambda n: pieces.of(hits if n % 2 else hits[::-1]), range(40)):
            assert sorted(each.piece.said.text for each in given_pieces) == sorted(expected)


def test_a_row_says_with_its_caption_what_it_says_to_somebody_who_sees_nothing_else(found, encoder):
    pieces = [each.piece for each in Pieces(encoder).of(found(PARCELS))]
    (bank,) = (piece for piece in pieces if piece.said.text.startswith("Bank"))
    assert "Parcels" in bank.statement and "Parcels" not in bank.said.text
    (cell, *_) = (piece for piece in pieces if piece.said.text.startswith("North fen"))
    assert cell.statement == cell.said.text


def test_evidence_of_one_passage_is_joined_in_its_order(found):
    (hit,) = found("# Fen\n\nThe fen is wet. Otters live there. Nobody mows it.\n")
    wet, otters, nobody = hit.passage.units
    shown = [Evidence(hit.passage, (nobody,), nobody.text, 0.9), Evidence(hit.passage, (wet,), wet.text, 0.5)]
    (one,) = joined(shown)
    assert (one.units, one.text, one.relevance) == ((wet, nobody), "The fen is wet. … Nobody mows it.", 0.9)
    assert otters.text not in one.text


def test_an_answer_holds_two_hundred_wide_characters_or_a_hundred_and_twenty_words():
    assert share_of_answer("碳" * 200) == pytest.approx(1)
    assert share_of_answer("word " * 120) == pytest.approx(1)
    assert share_of_answer("碳" * 100 + " word" * 60) == pytest.approx(1)
    assert share_of_answer("") == 0


_SAID = st.text(max_size=30) | st.integers(1, 300).map(lambda n: "碳" * n) | st.integers(1, 200).map(lambda n: "a " * n)


@given(st.lists(_SAID, max_size=5))
def test_what_an_answer_holds_is_the_beginning_of_what_is_said(texts):
    kept = cut_to_length(texts)
    assert len(kept) <= len(texts)
    assert all(text.startswith(part) for part, text in zip(kept, texts, strict=False))
    assert kept[:-1] == texts[: max(0, len(kept) - 1)], "only the last is cut short"
    assert sum(map(share_of_answer, kept)) <= 1 + 1 / 120
    if sum(map(share_of_answer, texts)) < 1:
        assert kept == texts


@given(st.text(max_size=60), st.text(max_size=60))
def test_two_lines_take_as_much_of_an_answer_as_both_together(one, other):
    assert share_of_answer(f"{one}\n{other}") == pytest.approx(share_of_answer(one) + share_of_answer(other))
