"""Words are found in a document as a reader means them, and told by their exact places."""

from __future__ import annotations

import pytest

from sinkqa.service.documents.occurrences import Searchable, occurrences, searchable


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The Fen law. The fen\nLAW of fens.", "fen law", ["Fen law", "fen\nLAW"]),
        ("湿地保护法规定，湿地保\n护法另有规定。", "湿地保护法", ["湿地保护法", "湿地保\n护法"]),
        ("濕地保護 and 湿地保护", "湿地保护", ["濕地保護", "湿地保护"]),
        ("ＣＯ２ and CO2 and co₂", "co2", ["ＣＯ２", "CO2", "co₂"]),
        ("mitiga-\ntion of mitigation", "mitigation", ["mitiga-\ntion", "mitigation"]),
        ("截至 2018 年，2018年", "2018年", ["2018 年", "2018年"]),
        ("🌲 oak 🌲 oak", "OAK", ["oak", "oak"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("a.*b", ".*", []),
        ("nothing", "", []),
        ("", "word", []),
    ],
)
def test_words_are_found_across_lines_widths_and_scripts(text, words, expected):
    found = list(occurrences(searchable(text), words))
    assert [" … ".join(text[start:end] for start, end in spans) for spans in found] == expected


def test_a_text_is_made_searchable_once_and_another_text_never_answers_for_it():
    kept = Searchable()
    first = kept.view("a", "The fen law.")
    assert kept.view("a", "The fen law.") is first
    assert kept.view("b", "A bog.").text != first.text
    assert [*occurrences(kept.view("b", "A bog."), "fen")] == []


def test_what_was_looked_into_long_ago_is_forgotten_and_made_again(monkeypatch):
    monkeypatch.setattr("sinkqa.service.documents.occurrences._MOST_KEPT", 20)
    kept = Searchable()
    first = kept.view("a", "twelve chars")
    kept.view("b", "twelve other")
    again = kept.view("a", "twelve chars")
    assert again is not first and again.text == first.text
