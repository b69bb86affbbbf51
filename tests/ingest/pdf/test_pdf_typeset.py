from __future__ import annotations

import math
import sys
from collections.abc import Callable

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray

from sinkqa.ingest.document import Document, Span, Table
from sinkqa.ingest.errors import EncryptedDocument, NoTextLayer
from sinkqa.ingest.readers.pdf.reader import read_pdf
from tests.articles import (
    ARTICLES,
    CAPTION,
    MERGED,
    TABLE,
    Language,
    continued_table,
    encrypted,
    places,
    scanned,
    single_column,
    two_columns,
    with_table,
)
from tests.typeset import MARGIN, Place, Rules

LANGUAGES: tuple[Language, ...] = ("en", "zh")
LAYOUTS = (single_column, two_columns)
Layout = Callable[..., bytes]
SCALE = 2  # pixels to a point


def compact(document: Document, spans: tuple[Span, ...]) -> str:
    return "".join("".join(document.text[start:end] for start, end in spans).split())


def body(document: Document) -> str:
    kinds = ("heading", "paragraph", "list_item")
    return "".join(compact(document, block.spans) for block in document.blocks if block.kind in kinds)


def only_table(document: Document) -> Table:
    [table] = [block.table for block in document.blocks if block.table]
    return table


def cells_of(document: Document, table: Table) -> list[Place]:
    cells = [
        Place(cell.row, cell.column, compact(document, cell.spans), cell.row_span, cell.column_span)
        for cell in table.cells
    ]
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def as_found(cells: list[Place]) -> list[Place]:
    stripped = [Place(c.row, c.column, c.text.replace(" ", ""), c.row_span, c.column_span) for c in cells]
    return sorted(stripped, key=lambda cell: (cell.row, cell.column))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_content_comes_back_in_reading_order(language: Language, layout: Layout) -> None:
    article = ARTICLES[language]
    expected = "".join("".join(text.split()) for text in (article.title, article.abstract, *article.flow))
    assert body(read_pdf(layout(language), "report.pdf")) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_heading_is_a_heading_and_each_paragraph_one_block(language: Language, layout: Layout) -> None:
    document = read_pdf(layout(language), "report.pdf")
    article = ARTICLES[language]
    found = {
        kind: [compact(document, b.spans) for b in document.blocks if b.kind == kind]
        for kind in ("heading", "paragraph")
    }
    titles = [article.title, *(section.heading for section in article.sections)]
    paragraphs = [article.abstract, *(text for section in article.sections for text in section.paragraphs)]
    assert found["heading"] == ["".join(title.split()) for title in titles]
    assert found["paragraph"] == ["".join(paragraph.split()) for paragraph in paragraphs]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_footnotes_leave_the_body_and_their_marks_leave_the_number(language: Language, layout: Layout) -> None:
    article = ARTICLES[language]
    document = read_pdf(layout(language), "report.pdf")
    note = "".join(article.footnote.split())
    [footnote] = [compact(document, block.spans) for block in document.blocks if block.kind == "footnote"]
    assert footnote.endswith(note)
    assert note not in body(document)
    assert {"en": "45hectares", "zh": "占45公顷"}[language] in body(document)
    assert "451" not in body(document)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_running_heads_and_page_numbers_are_furniture(language: Language, layout: Layout) -> None:
    document = read_pdf(layout(language), "report.pdf")
    furniture = [compact(document, block.spans) for block in document.blocks if block.kind == "furniture"]
    head = "".join(ARTICLES[language].running_head.split())
    assert "".join(furniture).count(head) == len(document.pages) == 2
    assert {"-1-", "-2-"} <= set(furniture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rules", ["full", "open sides", "three-line", "across", "none"])
def test_a_table_comes_back_with_its_cells_and_caption(language: Language, rules: Rules) -> None:
    document = read_pdf(with_table(language, rules), "table.pdf")
    table = only_table(document)
    assert cells_of(document, table) == as_found(places(TABLE[language]))
    assert (table.n_rows, table.n_columns, table.header_rows, table.label_columns) == (5, 4, 1, 1)
    assert compact(document, table.caption) == "".join(CAPTION[language].split())
    assert table.label == {"en": "Table 1", "zh": "表1"}[language]
    paragraphs = "".join("".join(text.split()) for text in ARTICLES[language].sections[0].paragraphs[1:3])
    assert body(document) == paragraphs


@pytest.mark.parametrize("language", LANGUAGES)
def test_merged_cells_keep_their_spans(language: Language) -> None:
    document = read_pdf(with_table(language, "full", merged=True), "table.pdf")
    table = only_table(document)
    assert cells_of(document, table) == as_found(MERGED[language])
    assert table.header_rows == 2


@pytest.mark.parametrize("repeat_header", [True, False])
def test_a_table_over_two_pages_is_one_table(repeat_header: bool) -> None:
    document = read_pdf(continued_table("en", repeat_header=repeat_header), "table.pdf")
    table = only_table(document)
    labels = [compact(document, cell.spans) for cell in table.cells if cell.column == 1]
    assert labels == ["Area(ha)", *(str(7 * number) for number in range(1, 33))]
    assert (table.n_rows, table.header_rows, table.pages) == (33, 1, (1, 2))


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_boxes_of_a_rotated_page_stand_where_the_text_is_displayed(rotate: int) -> None:
    document = read_pdf(with_table("zh", "full", rotate=rotate), "turned.pdf")
    upright = read_pdf(with_table("zh", "full", rotate=0 if rotate == 180 else rotate), "upright.pdf")
    assert document.boxes is not None
    assert upright.boxes is not None
    page = document.pages[0]
    assert (page.width, page.height) == ((595, 842) if rotate == 180 else (842, 595))
    start = document.text.index(TABLE["zh"][1][0])
    assert document.boxes[start, 0] == pytest.approx(MARGIN + 4.5, abs=1)
    assert document.text == upright.text


def test_an_empty_password_is_no_hindrance() -> None:
    text = ARTICLES["zh"].sections[0].paragraphs[0]
    assert body(read_pdf(encrypted("zh", ""), "locked.pdf")) == "".join(text.split())


def test_a_real_password_is_a_named_error() -> None:
    with pytest.raises(EncryptedDocument, match=r"locked\.pdf"):
        read_pdf(encrypted("en", "secret"), "locked.pdf")


def test_a_scan_without_ocr_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(NoTextLayer, match="installs the extra ocr"):
        read_pdf(scanned("zh"), "scan.pdf")


@pytest.mark.slow
def test_a_scan_is_recognised_where_the_ocr_extra_is_installed() -> None:
    pytest.importorskip("rapidocr")
    assert ARTICLES["zh"].title in read_pdf(scanned("zh"), "scan.pdf").text


def rendered(content: bytes, number: int) -> NDArray[np.uint8]:
    page = pdfium.PdfDocument(content)[number - 1]
    return np.array(page.render(scale=SCALE, grayscale=True).to_numpy()).reshape(-1, round(page.get_width() * SCALE))


def covered(
    document: Document, spans: tuple[Span, ...], number: int, shape: tuple[int, ...], *, margin: int
) -> NDArray[np.bool_]:
    """Pixels of page ``number`` under the boxes of the spans' code points, widened by ``margin`` pixels."""
    assert document.boxes is not None
    mask = np.zeros(shape, bool)
    page = document.pages[number - 1]
    for start, end in spans:
        for x0, y0, x1, y1 in document.boxes[max(start, page.start) : min(end, page.end)] * SCALE:
            if not np.isnan(x0):
                top, left = math.floor(y0) - margin, math.floor(x0) - margin
                mask[max(0, top) : math.ceil(y1) + margin, max(0, left) : math.ceil(x1) + margin] = True
    return mask


def assert_boxes_cover(layout: Callable[[str | None], bytes], text: str) -> None:
    """The boxes of the quote hold all of its ink and no other: compared with the same pages set without it."""
    shown, without = layout(None), layout(text)
    document = read_pdf(shown, "quote.pdf")
    spans = spans_of(document, "".join(text.split()))
    inked = 0
    for page in document.pages:
        ink, rest = rendered(shown, page.number), rendered(without, page.number)
        wide = covered(document, spans, page.number, ink.shape, margin=1)
        close = covered(document, spans, page.number, ink.shape, margin=-1)
        inked += int((ink[close] < 128).sum())
        assert not (ink[~wide] != rest[~wide]).any(), "ink of the quote outside its boxes"
        assert (rest[close] == 255).all(), "the boxes reach over other ink"
    assert inked > 10 * len(text)


def spans_of(document: Document, text: str) -> tuple[Span, ...]:
    units: list[tuple[Span, ...]] = [block.spans for block in document.blocks]
    units += [cell.spans for block in document.blocks if block.table for cell in block.table.cells]
    [spans] = [unit for unit in units if compact(document, unit) == text]
    return spans


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("section", [0, 1, 2])
def test_the_boxes_of_a_quote_cover_its_ink_and_no_other(language: Language, layout: Layout, section: int) -> None:
    quote = ARTICLES[language].sections[section].paragraphs[0]
    assert_boxes_cover(lambda hidden: layout(language, hidden=hidden), quote)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("rules", ["full", "three-line"])
def test_the_boxes_of_a_cell_cover_its_ink_on_any_rotation(language: Language, rotate: int, rules: Rules) -> None:
    def layout(hidden: str | None) -> bytes:
        return with_table(language, rules, rotate=rotate, hidden=hidden)

    for quote in (TABLE[language][2][2], TABLE[language][3][0], ARTICLES[language].sections[0].paragraphs[1]):
        assert_boxes_cover(layout, quote)
