from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.analyzer import analyze


def test_english_words_are_lowered_and_stemmed() -> None:
    assert analyze("Forests MANAGING the forest’s sinks") == ["forest", "manag", "the", "forest", "sink"]


def test_chinese_gives_every_pair_and_the_longer_words() -> None:
    terms = analyze("应对气候变化")
    assert {"应对", "气候", "候变", "变化", "气候变化"} <= set(terms)


def test_a_lone_chinese_character_is_a_term() -> None:
    assert analyze("碳 sink") == ["碳", "sink"]


def test_traditional_and_simplified_characters_give_the_same_terms() -> None:
    assert analyze("氣候變化與森林碳匯") == analyze("气候变化与森林碳汇")


def test_compatibility_forms_give_the_same_terms() -> None:
    assert analyze("ＣＯ₂ ２０３０年 ⽊材") == analyze("CO2 2030年 木材")


def test_thousands_separators_do_not_part_a_number() -> None:
    assert analyze("1,234,567.50 t; 3,5 and 12.5%") == ["1234567.50", "t", "3,5", "and", "12.5"]


def test_letters_and_digits_of_a_formula_stay_together() -> None:
    assert analyze("PM2 and CO2-equivalent")[:3] == ["pm2", "and", "co2"]


def test_text_without_letters_or_digits_has_no_terms() -> None:
    assert analyze(" …！？😀\x00\ud800 \n") == []


def test_encoded_data_is_no_word() -> None:
    assert analyze("key " + "a" * 5_000) == ["key"]


@given(st.text(st.characters(codec=None), max_size=60))
def test_terms_of_any_text_can_be_stored_parted_by_spaces(text: str) -> None:
    terms = analyze(text)
    assert "\n".join([" ".join(terms)]).encode().decode().split() == terms
