"""How it is said that a document is not in force."""

from __future__ import annotations

import pytest

from sinkqa.service.answer import Standing
from sinkqa.service.answering.standing.telling import label, marked, sentence

ON = "2026-01-01"


@pytest.mark.parametrize(
    ("standing", "zh", "en"),
    [
        (
            Standing("repealed", ON, until="2023-10-19", newer="x", newer_title="泥炭条例"),
            "《泥炭办法》已于2023-10-19被《泥炭条例》废止。",
            "“泥炭办法” was repealed by “泥炭条例” from 2023-10-19.",
        ),
        (Standing("repealed", ON), "《泥炭办法》已废止。", "“泥炭办法” was repealed."),
        (Standing("superseded", ON), "《泥炭办法》已被取代。", "“泥炭办法” has been superseded."),
        (
            Standing("expired", ON, until="2020-01-01"),
            "《泥炭办法》的有效期已于2020-01-01届满。",
            "“泥炭办法” has expired on 2020-01-01.",
        ),
        (
            Standing("not_yet", ON, since="2027-01-01"),
            "《泥炭办法》自2027-01-01起施行，此前尚未施行。",
            "“泥炭办法” is not yet in force: it takes effect on 2027-01-01.",
        ),
        (
            Standing("proposed", ON),
            "《泥炭办法》是草案或提案，并非现行规定。",
            "“泥炭办法” is a draft or a proposal, and not law in force.",
        ),
        (
            Standing("in_force", ON, until="2028-01-01"),
            "《泥炭办法》的有效期至2028-01-01。",
            "“泥炭办法” is valid until 2028-01-01.",
        ),
        (
            Standing("in_force", ON, until="2028-01-01", newer="x", newer_title="泥炭条例"),
            "《泥炭办法》将于2028-01-01被《泥炭条例》废止或取代。",
            "“泥炭办法” is to be repealed or replaced by “泥炭条例” from 2028-01-01.",
        ),
        (Standing("in_force", ON), "", ""),
        (Standing("unknown", ON), "", ""),
    ],
)
def test_each_standing_has_one_sentence_in_each_language(standing, zh, en):
    assert (sentence("泥炭办法", standing, "zh"), sentence("泥炭办法", standing, "en")) == (zh, en)
    assert sentence("泥炭办法", standing, "ja") == en


def test_a_label_is_a_word_and_the_date_that_matters():
    assert label(Standing("repealed", ON, since="2001", until="2023-10-19"), "zh") == "已废止 · 2023-10-19"
    assert label(Standing("not_yet", ON, since="2027"), "en") == "not yet in force · 2027"
    assert label(Standing("in_force", ON, since="2001"), "en") == label(Standing("unknown", ON), "zh") == ""


def test_titles_have_the_marks_of_the_language_and_are_cut_where_they_are_long():
    assert marked("《泥炭办法》", "zh") == "《泥炭办法》"
    assert marked("省府颁布《泥炭办法》", "zh") == "《省府颁布〈泥炭办法〉》"
    assert marked("Heron  Act", "zh") == "“Heron Act”"
    assert len(marked("heron " * 60, "en")) == 92
