"""Where a quote stands: no page is named where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.document import Page, page_names
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.placing import paragraph_of, paragraph_starts
from sinkqa.service.exporting.exporter import STYLES
from sinkqa.service.markdown import place
from sinkqa.service.settings import Settings

FACT = "The forest office pays 40 marks for each otter."
QUESTION = "How much does the forest office pay for each otter?"
FILES = {
    "sections.md": f"# Pay\n\n## Otters\n\n{FACT}\n",
    "plain.txt": f"Otters live\nin rivers.\n\nThey eat fish.\n\n{FACT}\n",
    "rules.html": f"<title>Rules</title><h1>Rules</h1><p>Otters swim well.</p><p>{FACT}</p>",
    "numbered.md": f"# Pay\n\n<!-- page: 1 -->\n\nNothing.\n\n<!-- page: 2 -->\n\n{FACT}\n",
    "paged.txt": f"Otters live in rivers.\n\fThey eat fish.\n\f{FACT}\n",
}
STANDS = {
    "sections.md": (None, None, "Pay · Otters"),
    "plain.txt": (None, 3, "plain.txt · para. 3"),
    "rules.html": (None, 2, "Rules · para. 2"),
    "numbered.md": ("2", None, "Pay · p. 2"),
    "paged.txt": ("3", None, "paged.txt · p. 3"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_named_where_there_are_pages_else_the_section_else_the_paragraph(tmp_path: Path, name: str):
    (tmp_path / name).write_text(FILES[name], "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    assert not engine.add([tmp_path / name]).failed
    answer = engine.ask(QUESTION)
    (citation,) = answer.citations
    label, paragraph, shown = STANDS[name]
    assert (citation.page_label, citation.paragraph) == (label, paragraph)
    assert place(citation).replace("\\", "").split(" · ")[1:] == shown.split(" · ")[1:]
    hit = next(each for each in answer.passages if FACT in each.text)
    assert (hit.page_label is None) == (label is None) and (hit.paragraph is None) == (paragraph is None)
    named = engine.references(citation.doc_id, pages=(citation.page_start, citation.page_end))
    for style in STYLES:
        assert "2" in named[style] or "3" in named[style] if label else "p. 1" not in named[style], named[style]
    (record,) = engine.documents()
    assert record.has_pages == (label is not None)


@given(st.lists(st.text("ab \t", max_size=4), max_size=8).map("\n".join), st.text("ab", max_size=3))
def test_paragraphs_begin_where_text_does_and_every_letter_is_in_one(text: str, title: str):
    starts = paragraph_starts(text, title)
    assert list(starts) == sorted(set(starts)) and len(starts) >= 1
    assert all(text[at : at + 1].strip() for at in starts) or not text.strip()
    assert [paragraph_of(starts, at) for at in starts] == list(range(1, len(starts) + 1))


def test_pages_have_names_where_the_format_has_them_or_somebody_numbered_them():
    assert page_names([Page(1, 0, 9)]) is None
    assert page_names([Page(1, 0, 9, width=595.0)]) == ("1",)
    assert page_names([Page(1, 0, 9, label="iv")]) == ("iv",)
    assert page_names([Page(1, 0, 9), Page(2, 9, 12, label="x")]) == ("1", "x")
