"""What an answer says of a passage is the source between its marks, and the marks stand where source is skipped."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.hit import Hit
from sinkqa.ingest.document import Document, Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.packing import merged
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.evidence.units import SKIPPED, below, lines, said, unshown
from tests.strategies import passages

DOCS = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"
STATUTES = [
    path
    for path in sorted(DOCS.glob("*"))
    if path.suffix in (".md", ".html", ".txt", ".json") and path.stat().st_size < 5_000_000
]


def squeezed(text: str) -> str:
    return "".join(text.split())


def runs_of(answer: str, units: Sequence[Unit]) -> list[list[Unit]]:
    """The units that stand between two marks of the answer; fails where these say anything else."""
    runs, rest = list[list[Unit]](), list(units)
    for part in answer.split(SKIPPED):
        runs.append([])
        left = squeezed(part)
        while left:
            unit = rest.pop(0)
            words = squeezed(unit.text)
            assert left.startswith(words), (left, words)
            left = left[len(words) :]
            runs[-1].append(unit)
    assert not rest
    return runs


def has_own_marks(passage: Passage) -> bool:
    """Whether the passage's own words hold what could be taken for a mark, or what is not shown."""
    return "…" in passage.text or any("\ue000" <= char <= "\uf8ff" for char in passage.text)


def choices(passage: Passage, chance: random.Random) -> Iterator[list[Unit]]:
    """All units, a lead-in with an item, and some at random, in the passage's order."""
    yield list(passage.units)
    for line in lines(passage):
        if line.above:
            places = [n for above in line.above for n in lines(passage)[above].units]
            yield [passage.units[n] for n in sorted({*places, *line.units})]
            break
    yield [unit for unit in passage.units if chance.random() < 0.5] or [passage.units[-1]]


@given(passages(), st.randoms())
def test_between_two_marks_stands_what_its_units_say_and_a_mark_where_one_is_left_out(passage, chance):
    if passage.kind not in ("text", "list") or has_own_marks(passage) or len({*passage.units}) < len(passage.units):
        return
    for units in choices(passage, chance):
        for run in runs_of(said(passage, units, numbered=True), units):
            first, last = passage.units.index(run[0]), passage.units.index(run[-1])
            assert list(passage.units[first : last + 1]) == run


def interruptions(document: Document, passage: Passage) -> list[Span]:
    """Running heads, notes and captions: they stand between the passage's sentences and belong to none."""
    kinds = ("furniture", "footnote", "caption")
    first, last = passage.spans[0].start, passage.spans[-1].end
    return [
        span
        for block in document.blocks
        if block.kind in kinds
        for span in block.spans
        if first < span.start < last and not any(own.start < span.end and span.start < own.end for own in passage.spans)
    ]


def words_between(text: str, start: int, end: int, without: Sequence[Span]) -> str:
    """What of the source from ``start`` to ``end`` is neither blank nor under ``without``."""
    return "".join(
        text[n]
        for n in range(start, end)
        if not text[n].isspace() and text[n].isprintable() and not any(a <= n < b for a, b in without)
    )


@pytest.mark.skipif(not STATUTES, reason="the policy documents are not at ../shared/policy/docs")
@pytest.mark.parametrize("path", STATUTES, ids=lambda path: path.name)
def test_answer_and_quote_skip_the_same_of_a_real_document(path):
    document, chance = read(path), random.Random(11)
    text = document.text
    for passage in split(document):
        if passage.kind not in ("text", "list") or has_own_marks(passage):
            continue
        between = interruptions(document, passage)
        for units in choices(passage, chance):
            runs = runs_of(said(passage, units, numbered=True), units)
            spans = merged(text, (span for unit in units for span in unit.spans))
            quoted = {(left.end, right.start) for left, right in pairwise(spans)}
            for run in runs:  # nothing is skipped without a mark but what belongs to no sentence
                for left, right in pairwise(run):
                    assert not words_between(text, left.spans[-1].end, right.spans[0].start, between)
            for left, right in pairwise(runs):  # where the answer has a mark, words are skipped and the quote has one
                gap = (left[-1].spans[-1].end, right[0].spans[0].start)
                assert gap in quoted and words_between(text, *gap, ())


LONG = "# Fen\n\nThe warden has these duties:\n\n" + "".join(
    f"({letter}) measure the water table of ditch {letter} every week and tell the council of what was found there, in "
    "the book that lies in the hall, and repeat it whenever the sluices were opened or the rain has lasted;\n\n"
    for letter in "abcdefghijklm"
)


def test_a_mark_parts_a_repeated_lead_in_from_items_that_stand_in_another_passage(found):
    first, second, *_ = (hit.passage for hit in found(LONG))
    assert said(first, first.units).startswith("The warden has these duties:\n(a) measure")
    assert first.units[0] == second.units[0]
    assert said(second, second.units).startswith("The warden has these duties: … (")


def only(found: list[Hit]) -> Passage:
    (hit,) = found
    return hit.passage


NESTED = """# Fen

The warden must keep a book. He must enter the following: what he measures. It is public.

(a) the water table of—

(i) the north ditch; and

(ii) the south ditch;

(b) every fire.
"""


def test_a_line_is_below_all_that_leads_to_it_and_a_sentence_that_does_not_lead_is_above_none(found):
    passage = only(found(NESTED))
    outline = lines(passage)
    texts = [" ".join(passage.units[n].text for n in line.units) for line in outline]
    assert texts[1] == "He must enter the following: what he measures."
    assert [line.above for line in outline] == [(), (), (), (1,), (1, 3), (1, 3), (1,)]
    assert below(outline, 1) == [3, 4, 5, 6] and below(outline, 3) == [4, 5] and below(outline, 0) == []


@pytest.mark.parametrize(
    ("shown", "left"),
    [((0,), 0), ((1, 3, 4), 2), ((6,), 3), ((1, 3, 4, 5, 6), 0), ((0, 2), 0)],
    ids=["no list", "one of them", "an item alone", "all", "beside the list"],
)
def test_items_are_counted_that_a_list_shown_in_part_leaves_out(found, shown, left):
    passage = only(found(NESTED))
    outline = lines(passage)
    assert unshown(passage, [passage.units[n] for line in shown for n in outline[line].units]) == left


SAID_ALONE = {
    "（三）清缴，是指缴纳配额的行为。": "清缴，是指缴纳配额的行为。",
    "(b) Every fire is reported.": "Every fire is reported.",
    "(b) every fire within a day;": "(b) every fire within a day;",
    "17. The council reports every year.": "The council reports every year.",
    "186. The council reports every year.": "The council reports every year.",
    "• every fire is reported.": "every fire is reported.",
    "\uf0b7 Every fire is reported.": "Every fire is reported.",
    "一、企业按年报告。": "企业按年报告。",
    "第一，企业按年报告。": "第一，企业按年报告。",
    "1.5 °C is the limit.": "1.5 °C is the limit.",
    "310 Mt is the limit.": "310 Mt is the limit.",
    "2030. A target is set.": "2030. A target is set.",
}


@pytest.mark.parametrize("text", SAID_ALONE)
def test_the_mark_of_an_item_that_stands_alone_goes_and_no_other_word(text):
    unit = Unit((Span(0, len(text)),), text)
    passage = Passage("0" * 64, "text", unit.spans, text, (unit,), (), 1, 1, "en")
    assert said(passage, [unit]) == SAID_ALONE[text]


def test_items_that_stand_together_keep_their_marks(found):
    passage = only(found("# Fen\n\nThe warden must:\n\n(a) measure;\n\n(b) report;\n\n(c) repair.\n"))
    _, a, b, c = passage.units
    assert said(passage, [a, c]) == "(a) measure; … (c) repair."
    assert said(passage, [b]) == "(b) report;", "it is no sentence of its own"
