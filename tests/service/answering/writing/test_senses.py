"""The file of senses is well formed: each term once in its section, and no sense behind one that always holds."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from sinkqa.ingest.text.normalised_text import search_view
from sinkqa.service.answering.writing.senses import senses

LINES = [
    line
    for line in files("sinkqa.service.answering.writing").joinpath("senses.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def entries() -> list[tuple[str, str, str, str]]:
    """Section, term, rendering and cues, in the order of the file."""
    found, section = [], ""
    for line in LINES:
        if line.startswith("["):
            section = line.strip("[]")
            continue
        terms, _, told = line.removeprefix("~").partition("=")
        rendering, _, cues = told.partition("<")
        found += [(section, term, rendering, cues) for term in terms.split("|")]
    return found


def test_every_line_has_a_term_and_a_rendering():
    assert all(term and rendering for _, term, rendering, _ in entries())


def test_a_term_has_one_sense_without_cues_and_it_comes_last():
    plain = Counter((section, term) for section, term, _, cues in entries() if not cues)
    assert [key for key, count in plain.items() if count > 1] == []
    last = {(section, term): cues for section, term, _, cues in entries()}
    assert [key for key in plain if last[key]] == []


@pytest.mark.parametrize("section", ["zh en", "en zh", "ja en", "ja zh"])
def test_every_rendering_is_in_the_asked_language(section: str):
    asked = section.split()[1]
    for own, term, rendering, _ in entries():
        if own == section and rendering != "-":
            assert (asked == "zh") != rendering.isascii(), (term, rendering)


def test_a_term_is_met_in_either_number_and_in_its_capitals_only():
    def found(quote: str) -> list[str]:
        return [each.rendering for each in senses(search_view(quote), quote, said="en", asked="zh")]

    assert found("Methodologies for mangroves.") == ["方法学", "红树林"]
    assert found("Developed country Parties and parties to a contract.") == ["发达国家缔约方"]
    assert found("It rescinds this Act.") == ["撤销", "本法"] and found("They act on it.") == []
