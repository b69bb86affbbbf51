"""Words are found in a document as a reader means them, and told by their exact places."""

from __future__ import annotations

import pytest

from sinkqa.service.documents.occurrences import occurrences


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
    found = list(occurrences(text, words))
    assert [" … ".join(text[start:end] for start, end in spans) for spans in found] == expected
