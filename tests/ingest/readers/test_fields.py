"""The block at the top of a Markdown file is metadata where it holds a page's fields, and text where it does not."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers.markdown import read_markdown
from sinkqa.ingest.readers.pieces.fields import split_fields
from tests.ingest.pages import lines


@pytest.mark.parametrize(
    "block",
    ['---\ntitle: Fen\nfoo: 1\nbar: 2\nbaz: 3\n---\n', '+++\ntitle = "Fen"\nfoo = 1\n+++\n', '{\n "title": "Fen"\n}\n',
     "---\nfoo: 1\ntitle: Fen\ntags: [a]\n...\n", "---\n标题: Fen\n---\n"],
)  # fmt: skip
def test_fields_of_a_page_are_metadata(block):
    document = read_markdown(f"\ufeff{block}Words.\n".encode(), "x.md")
    assert (document.metadata.title, lines(document), document.warnings) == ("Fen", ["Words."], ())


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("限额: 700吨\n罚款: 每吨390元\n", ["限额: 700吨", "罚款: 每吨390元"]),
        ("quota: 700\ndate: 4 May\nfine: 390\n", ["quota: 700", "date: 4 May", "fine: 390"]),
        (
            "The quota is 700 tonnes: no more.\n\nThe fine is 390.\n",
            ["The quota is 700 tonnes: no more.", "The fine is 390."],
        ),
        ("**Note**: for the county\n", ["Note: for the county"]),
        ("- one\n- two\n", ["one", "two"]),
    ],
)
def test_text_between_two_rules_is_text(block, text):
    document = read_markdown(f"---\n{block}---\n\nWords.\n".encode(), "x.md")
    assert (lines(document), document.warnings) == ([*text, "Words."], ())


def test_fields_that_are_no_yaml_are_taken_as_they_stand_with_a_warning():
    document = read_markdown(b"---\ntitle: Peat: law and use\nauthors:\n  - Ann Lee\n---\nWords.\n", "x.md")
    assert (document.metadata.title, lines(document)) == ("Peat: law and use", ["Words."])
    assert document.warnings == (
        "x.md: the fields at the top are no valid YAML (line 2); they are taken as they stand",
    )


def test_a_short_line_above_the_second_rule_is_the_heading_that_the_page_shows():
    document = read_markdown(b"---\nOpening words.\n\nScope\n---\nWords.\n", "x.md")
    assert lines(document) == ["Opening words.", "## Scope", "Words."]


def test_an_object_of_data_at_the_top_is_text():
    fields, rest, _ = split_fields('{\n "quota": 700\n}\nWords.\n')
    assert not fields and rest.startswith("{")
