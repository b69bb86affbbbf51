"""A warning is one line of words: what it is about, and where, is told from them in one place."""

from __future__ import annotations

import pytest

from sinkqa.ingest.extras import missing_for_users
from sinkqa.ingest.remarks import Remark, remark


@pytest.mark.parametrize(
    ("warning", "kind", "pages"),
    [
        ("percent signs and decimal points seem lost: figures cannot be trusted", "figures", ()),
        ("3 damaged characters read as U+FFFD (gb18030), lines 2, 9", "encoding", ()),
        ("declares gbk but is utf_8", "encoding", ()),
        ("its encoding is a guess: read as gb18030, may be big5", "encoding", ()),
        ("text partly damaged: replacement characters (2.1% of the text)", "encoding", ()),
        ("text partly damaged: words broken by spaces (20.0% of the text)", "damage", ()),
        ("text of pages 3-4, 9 reads poorly: compare with the original", "damage", ((3, 4), (9, 9))),
        ("no text layer on page 2: read by OCR", "damage", ((2, 2),)),
        (f"no text layer on page 2 and no OCR: {missing_for_users('ocr')}", "missing", ((2, 2),)),
        ("page 5 damaged and left out", "missing", ((5, 5),)),
        ("2 characters that pages 1-2 do not show were left out", "missing", ((1, 2),)),
        ("hidden text left out: 2 passages, about 80 characters", "missing", ()),
        ("page 4: an attached file is not read: page 3.xlsx", "note", ((4, 4),)),
        ("1 attached file not read: fees.csv; save and add what you need", "note", ()),
        ("5 characters of pages 2, 6 cannot be read: compare with the original", "damage", ((2, 2), (6, 6))),
        ("formulas are not read: slides 2-3", "missing", ((2, 3),)),
        ("pictures are not read: slide 2", "note", ((2, 2),)),
        ("hidden sheets are left out: Notes", "note", ()),
        ("2 framed pages are not read", "note", ()),
        ("named .txt but holds pdf: read as pdf", "note", ()),
        ("something that no reader says yet", "note", ()),
    ],
)
def test_a_warning_is_told_by_what_it_is_about_and_where(warning, kind, pages):
    assert remark(f"heron 1.pdf: {warning}", name="heron 1.pdf") == Remark(warning, kind, pages)
    assert remark(warning, name="heron 1.pdf") == Remark(warning, kind, pages)


def test_what_names_pages_touches_these_alone():
    poor = remark("text of pages 3-4, 9 reads poorly", name="")
    assert [poor.touches(page, page) for page in (2, 3, 4, 5, 9)] == [False, True, True, False, True]
    assert poor.touches(1, 3) and poor.touches(5, 9) and not poor.touches(5, 8)


def test_without_pages_doubts_touch_all_and_what_is_missing_somewhere_touches_nothing():
    assert remark("figures cannot be trusted", name="").touches(8, 8)
    assert not remark("hidden text left out: 1 passage", name="").touches(8, 8)
    assert not remark("named .txt but holds pdf", name="").touches(1, 1)
