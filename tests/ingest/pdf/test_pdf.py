from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinkqa.ingest.document import Block, Document
from sinkqa.ingest.errors import (
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    IngestError,
    NoTextLayer,
    UnreadableDocument,
)
from sinkqa.ingest.readers.pdf import reader as pdf
from sinkqa.ingest.readers.pdf.file import MAX_PAGES
from sinkqa.ingest.readers.pdf.reader import read_pdf
from tests.hostile import repeating
from tests.typeset import HEIGHT, MARGIN, Press, Run

_DOCS = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"
_REAL = sorted(path.name for path in _DOCS.glob("*.pdf"))
real = pytest.mark.skipif(not _REAL, reason="needs the policy documents in ../shared/policy/docs")
_PROSE = "the keeper of the upper wood counted every marked tree twice and wrote the sum into a green book"


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "ocr_available", lambda: False)


def shown(document: Document, block: Block) -> str:
    return " ".join(" ".join(document.text[start:end] for start, end in block.spans).split())


def of_kind(document: Document, *kinds: str) -> list[str]:
    return [shown(document, block) for block in document.blocks if block.kind in kinds]


def assert_sound(document: Document) -> None:
    """Every visible character in exactly one block, spans in range, pages contiguous, boxes on their pages."""
    count: Counter[int] = Counter()
    for block in document.blocks:
        for start, end in block.spans:
            assert 0 <= start < end <= len(document.text)
            count.update(range(start, end))
    loose = [at for at, char in enumerate(document.text) if not char.isspace() and count[at] != 1]
    assert not loose, document.text[max(0, loose[0] - 20) : loose[0] + 20]
    assert "\0" not in document.text
    assert document.boxes is not None
    assert document.boxes.dtype == np.float32
    assert document.boxes.shape == (len(document.text), 4)
    ends = 0
    for page in document.pages:
        assert page.start == ends
        ends = page.end
        boxes = document.boxes[page.start : page.end]
        boxes = boxes[~np.isnan(boxes[:, 0])]
        assert (boxes[:, 0] <= boxes[:, 2]).all()
        assert (boxes[:, 1] <= boxes[:, 3]).all()
    assert ends == len(document.text)


def claiming(count: int) -> bytes:
    """A file with one page that claims ``count``."""
    stream = b"BT /F 12 Tf 72 700 Td (Forests hold carbon.) Tj ET"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[3 0 R]>>" % count,
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, body) for number, body in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>"


def set_columns(count: int, *, lines: int = 12, shuffled: bool = False) -> tuple[bytes, list[str]]:
    """A page with a full-width title and ``count`` columns of numbered lines; the lines in reading order."""
    press = Press()
    press.line(MARGIN, 80, Run("A title over all of the columns", 18, bold=True))
    width = (press.width - 2 * MARGIN) / count
    placed = []
    for column in range(count):
        for row in range(lines):
            words = f"{'abc'[column]}{row} {_PROSE}"
            while Run(words, 9).width > width - 14:
                words = words.rsplit(" ", 1)[0]
            placed.append((MARGIN + column * width, 120 + 13 * row, words))
    order = random.Random(4).sample(placed, len(placed)) if shuffled else placed
    for x, y, words in order:
        press.line(x, y, Run(words, 9))
    return press.save(), [words for _, _, words in placed]


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_columns_are_read_one_after_the_other_whatever_the_order_of_drawing(count: int, shuffled: bool) -> None:
    content, lines = set_columns(count, shuffled=shuffled)
    document = read_pdf(content, "columns.pdf")
    assert document.text.split("\n")[:-1] == ["A title over all of the columns", *lines]
    assert_sound(document)


def test_labels_drawn_before_their_meanings_are_read_with_them() -> None:
    press = Press()
    for row in range(5):
        press.line(MARGIN, 100 + 14 * row, _PROSE[row : row + 80])
    for row in range(4):
        press.line(MARGIN, 190 + 30 * row, f"V{row}")
    for row in range(4):
        press.line(MARGIN + 70, 190 + 30 * row, f"= {_PROSE[row : row + 60]}")
        press.line(MARGIN + 78, 202 + 30 * row, f"counted by crew {row}")
    lines = read_pdf(press.save(), "terms.pdf").text.split("\n")
    assert [line.split()[0] for line in lines if "=" in line] == ["V0", "V1", "V2", "V3"]


def test_a_paragraph_goes_on_over_a_page_break_its_footnote_and_its_running_head() -> None:
    press = Press()
    for page in range(3):
        press.line(MARGIN, 40, Run("Yearbook of the wood", 8))
        for row in range(4):
            press.line(MARGIN, 100 + 14 * row, Run(f"{_PROSE[4 * page + row :][:70]}"))
        press.line(MARGIN, 760, Run("1", 8, raised=True), Run(f" {_PROSE[10 * page : 40 + 10 * page]}.", 8))
        press.line(300, HEIGHT - 30, Run(str(page + 4), 8))
        press.next_page()
    document = read_pdf(press.save(), "yearbook.pdf")
    assert len(of_kind(document, "paragraph")) == 1
    assert of_kind(document, "footnote") == [
        " ".join(f"1 {_PROSE[10 * page : 40 + 10 * page]}.".split()) for page in range(3)
    ]
    assert of_kind(document, "furniture") == [
        text for page in range(3) for text in ("Yearbook of the wood", str(page + 4))
    ]
    assert_sound(document)


def test_a_raised_mark_is_no_part_of_its_number_but_a_unit_keeps_its_exponent() -> None:
    press = Press()
    press.line(
        MARGIN,
        100,
        "It ended on 18 December 2020",
        Run("1", raised=True),
        " and covered 40 km",
        Run("2", raised=True),
        " of wood",
    )
    press.line(MARGIN, 760, Run("1", 8, raised=True), Run(" By the keeper's own count.", 8))
    document = read_pdf(press.save(), "marks.pdf")
    (body,) = (block for block in document.blocks if block.kind == "paragraph")
    assert [document.text[start:end].split() for start, end in body.spans] == [
        ["It", "ended", "on", "18", "December", "2020"],
        ["and", "covered", "40", "km²", "of", "wood"],
    ]
    assert "2020¹" in document.text  # the source text itself is whole
    assert of_kind(document, "furniture") == ["¹"]


def test_stress_inside_a_sentence_is_no_heading() -> None:
    press = Press()
    press.line(MARGIN, 100, Run("Findings", 14, bold=True))
    press.line(MARGIN, 130, Run("The council aims at a cut of net losses by half, that is"))
    press.line(MARGIN, 145, Run("one of the largest cuts ever made in the valley", bold=True))
    press.line(MARGIN, 160, Run("since the first count was taken by the keeper."))
    document = read_pdf(press.save(), "stress.pdf")
    assert of_kind(document, "heading") == ["Findings"]
    assert len(of_kind(document, "paragraph")) == 1


def test_contents_pages_are_furniture_and_never_headings() -> None:
    press = Press()
    for row in range(6):
        press.line(MARGIN, 100 + 15 * row, f"{row + 1} A chapter of the book {'.' * 60} {row + 3}")
    press.line(MARGIN, 300, _PROSE)
    document = read_pdf(press.save(), "contents.pdf")
    assert len(of_kind(document, "furniture")) == 6
    assert of_kind(document, "paragraph") == [_PROSE]


def test_a_caption_at_the_head_of_three_pages_is_no_running_head() -> None:
    press = Press()
    for page in range(3):
        press.line(MARGIN, 60, f"Figure {page + 2}")
        press.line(MARGIN, 300, f"{page} {_PROSE}.")
        press.next_page()
    assert of_kind(read_pdf(press.save(), "figures.pdf"), "caption") == ["Figure 2", "Figure 3", "Figure 4"]


def test_side_notes_that_stand_upright_do_not_break_the_lines() -> None:
    press = Press(rotate=90)
    press.line(MARGIN, 100, _PROSE)
    document = read_pdf(press.save(), "turned.pdf")
    assert of_kind(document, "paragraph") == [_PROSE]
    assert (document.pages[0].width, document.pages[0].height) == (595.0, 842.0)
    assert_sound(document)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5])
def test_a_truncated_file_is_unreadable_and_says_what_to_do(share: float) -> None:
    press = Press()
    for page in range(5):
        press.line(MARGIN, 100, f"{page} {_PROSE}")
        press.next_page()
    content = press.save()
    with pytest.raises(UnreadableDocument, match=r"^cut\.pdf: not a readable PDF .* again$"):
        read_pdf(content[: int(share * len(content))], "cut.pdf")


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n" + random.Random(1).randbytes(3000)])
def test_what_is_no_pdf_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="not a readable PDF"):
        read_pdf(content, "no.pdf")


def test_a_claim_of_too_many_pages_is_refused_and_a_smaller_one_read_as_far_as_it_goes() -> None:
    with pytest.raises(DocumentTooLarge, match=f"10000 pages, at most {MAX_PAGES}"):
        read_pdf(claiming(10_000), "claim.pdf")
    document = read_pdf(claiming(300), "claim.pdf")
    assert document.text == "Forests hold carbon.\n"
    assert document.warnings == ("claim.pdf: pages 2-300 damaged and left out",)


def test_blank_pages_are_an_empty_document_and_not_a_scan() -> None:
    press = Press()
    press.next_page()
    press.line(10, 10, " ")
    with pytest.raises(EmptyDocument, match="blank"):
        read_pdf(press.save(), "blank.pdf")


def test_a_password_is_named_and_the_empty_one_opens() -> None:
    for password, opens in (("secret", False), ("", True)):
        press = Press(password=password)
        press.line(MARGIN, 100, _PROSE)
        if opens:
            assert read_pdf(press.save(), "open.pdf").text == f"{_PROSE}\n"
        else:
            with pytest.raises(EncryptedDocument, match="empty password"):
                read_pdf(press.save(), "closed.pdf")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=40))
def test_flipped_bytes_give_a_sound_document_or_a_named_error(flips: list[tuple[int, int]]) -> None:
    content, _ = set_columns(2, lines=4)
    damaged = bytearray(content)
    for at, value in flips:
        damaged[at % len(damaged)] = value
    try:
        assert_sound(read_pdf(bytes(damaged), "flipped.pdf"))
    except IngestError as error:
        assert "\n" not in error.message


@real
@pytest.mark.parametrize("name", [name for name in _REAL if "234pp" not in name])
def test_every_character_of_a_real_file_is_in_one_block(name: str, without_ocr: None) -> None:
    content = (_DOCS / name).read_bytes()
    if "scanned" in name:
        with pytest.raises(NoTextLayer, match=r"no text layer on pages 1-\d+ and no OCR: .* installs the extra ocr"):
            read_pdf(content, name)
    else:
        assert_sound(read_pdf(content, name))


@real
@pytest.mark.slow
def test_every_character_of_the_large_table_is_in_one_block() -> None:
    (name,) = [name for name in _REAL if "234pp" in name]
    document = read_pdf((_DOCS / name).read_bytes(), name)
    assert len(document.pages) == 234
    assert_sound(document)


@real
def test_real_footnote_marks_do_not_lengthen_years() -> None:
    document = read_pdf((_DOCS / "eu-ndc-2023-update.pdf").read_bytes(), "eu.pdf")
    body = "\n".join(document.text[s:e] for b in document.blocks if b.kind != "furniture" for s, e in b.spans)
    assert "December 2020¹" in document.text
    assert "December 2020¹" not in body
    assert "December 2020" in body


@real
def test_three_real_columns_are_read_down_and_not_across() -> None:
    name = "us-fr-2022-12-15-whitebark-pine-3col.pdf"
    document = read_pdf((_DOCS / name).read_bytes(), name)
    assert document.boxes is not None
    down = 0
    for page in document.pages:
        boxes = document.boxes[page.start : page.end]
        x = boxes[~np.isnan(boxes[:, 0]), 0]
        column = np.digitize(x, [216, 394])
        down += int((np.abs(np.diff(column)) > 0).sum()) < 12  # two turns, running head and foot: not one a line
    assert down >= len(document.pages) - 2  # a table and a printed form run across all columns


def test_a_masthead_larger_than_the_title_is_passed_over_and_the_printed_date_believed() -> None:
    press = Press()
    press.line(MARGIN, 60, Run("World Bank Group", 30))
    press.line(MARGIN, 120, Run("The Upper Wood and Its Keepers", 18))
    press.line(MARGIN, 150, "14 March 1997")
    press.paragraph(MARGIN, 200, 400, f"{_PROSE}. " * 8)
    metadata = read_pdf(press.save(), "wood.pdf").metadata
    assert (metadata.title, metadata.year) == ("The Upper Wood and Its Keepers", 1997)


@real
def test_a_left_over_title_is_not_believed() -> None:
    for name in _REAL:
        if "scanned" not in name and "234pp" not in name:
            title = read_pdf((_DOCS / name).read_bytes(), name).metadata.title or ""
            assert not title.startswith("Microsoft Word")
            assert not title.lower().endswith((".doc", ".docx", ".pdf", ".indd"))


def set_as(first: str, rest: str, *, size: float, bold: bool) -> bytes:
    """A page of plain text, then a paragraph whose first line is set otherwise, then plain text again."""
    press = Press()
    width = Run(first, size, bold).width
    y = press.paragraph(MARGIN, 90, width, "The council met in the hall of the old mill every spring. " * 6)
    press.line(MARGIN, y, Run(first, size, bold))
    y = press.paragraph(MARGIN, y + 15, width, rest)
    press.paragraph(MARGIN, y + 8, width, "The warden wrote down what was said and read it out at the end. " * 6)
    return press.save()


LINE = "The council pays for each hectare of alder swamp that the owners of the"


@pytest.mark.parametrize(("size", "bold"), [(10.5, True), (13.0, False)], ids=["bold", "large"])
def test_a_line_set_apart_that_breaks_off_amid_a_sentence_is_no_heading(size, bold):
    rest = "land keep wet from May to October, and it pays nothing for what they drain."
    document = read_pdf(set_as(LINE, rest, size=size, bold=bold), "page.pdf")
    assert of_kind(document, "heading") == []
    assert f"{LINE} {rest}" in [" ".join(text.split()) for text in of_kind(document, "paragraph")]


def test_a_short_bold_line_above_small_letters_stays_a_heading():
    press = Press()
    y = press.paragraph(MARGIN, 90, 400, "The council met in the hall of the old mill every spring. " * 6)
    press.line(MARGIN, y, Run("Payments", 10.5, True))
    press.paragraph(MARGIN, y + 15, 400, "for alder swamps are made once a year, and for nothing else. " * 4)
    document = read_pdf(press.save(), "page.pdf")
    assert of_kind(document, "heading") == ["Payments"]


def test_a_letter_wider_than_any_page_takes_no_memory_for_its_width():
    lines = b"".join(
        b"BT /F1 12 Tf 72 %d Td (Forests hold carbon in line %d.) Tj ET " % (700 - 20 * n, n) for n in range(12)
    )
    wide = b"BT /F1 90000000 Tf 72 400 Td (w) Tj ET"
    tracemalloc.start()
    try:
        document = read_pdf(repeating(1, lines + wide), "wide.pdf")
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()
    assert "Forests hold carbon in line 0." in document.text
