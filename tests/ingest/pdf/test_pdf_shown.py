from __future__ import annotations

import io
import re

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from sinkqa.ingest.readers.pdf.reader import read_pdf
from tests.ingest.pdf.test_pdf import assert_sound
from tests.ingest.sheets import Sheet, said

RULES = [
    f"Rule {number}. Each keeper counts the marked trees of lot {number} before the frost." for number in range(1, 9)
]


def ruled(sheet: Sheet) -> None:
    for at, rule in enumerate(RULES):
        sheet.write(72, 140 + 20 * at, rule)


@pytest.mark.parametrize(("turned", "size"), [(0, 60), (0, 24), (45, 40), (-30, 60), (17, 18), (90, 60)])
@pytest.mark.parametrize("under", [True, False])
def test_a_stamp_across_the_text_leaves_its_lines_whole_and_is_named(turned: float, size: float, under: bool) -> None:
    sheet = Sheet()
    if not under:
        ruled(sheet)
    sheet.write(150, 210, "DRAFT", size=size, grey=0.75, turned=turned)
    if under:
        ruled(sheet)
    document = sheet.read()
    assert " ".join(said(document)) == " ".join(RULES)
    assert said(document, "furniture") == ["DRAFT"]
    assert document.warnings == ('sheet.pdf: "DRAFT" is printed across page 1',)
    assert_sound(document)


def test_a_watermark_tiled_over_pages_in_the_size_of_the_text_is_left_out_everywhere() -> None:
    sheet = Sheet()
    for _ in range(2):
        ruled(sheet)
        for across in range(3):
            for down in range(6):
                sheet.write(80 + 160 * across, 144 + 57 * down, "内部资料", size=12, grey=0.8)
        sheet.next_page()
    document = sheet.read()
    assert "内" not in " ".join(said(document))
    assert " ".join(said(document)) == " ".join(RULES * 2)
    assert document.warnings == ('sheet.pdf: "内部资料" is printed across pages 1-2',)


def test_large_titles_and_letters_turned_with_the_page_are_no_stamps() -> None:
    sheet = Sheet()
    sheet.write(72, 60, "The Book of the Upper Wood", size=30, grey=0.5)
    ruled(sheet)
    document = sheet.read()
    assert said(document)[0] == "The Book of the Upper Wood"
    assert document.warnings == ()


@pytest.mark.parametrize(("copies", "right", "down"), [(1, 0.3, 0.0), (1, 0.0, 0.0), (3, 0.2, 0.1), (1, 1.2, 1.2)])
@pytest.mark.parametrize("later", [True, False])
def test_text_drawn_again_at_nearly_the_same_place_is_read_once(
    copies: int, right: float, down: float, later: bool
) -> None:
    lines = ["The cap is 54.5 Mt, and 1,100 units fill it.", *RULES[:3]]
    sheet = Sheet()
    for at, text in enumerate(lines):
        sheet.write(72, 100 + 20 * at, text)
        for copy in range(1, 0 if later else copies + 1):
            sheet.write(72 + right * copy, 100 + 20 * at + down * copy, text)
    for copy in range(1, copies + 1 if later else 0):
        for at, text in enumerate(lines):
            sheet.write(72 + right * copy, 100 + 20 * at + down * copy, text)
    assert " ".join(said(sheet.read())) == " ".join(lines)


def test_what_the_page_does_not_show_is_left_out_and_counted() -> None:
    sheet = Sheet()
    sheet.write(72, 80, "Each keeper counts the trees.")
    sheet.write(72, 100, "White on paper.", grey=1.0)
    sheet.box(70, 115, 300, 18)
    sheet.write(75, 128, "White heads of a dark band stay.", grey=1.0)
    sheet.write(72, 160, "Under a black bar.")
    sheet.box(70, 148, 200, 16)
    sheet.write(72, 190, "Drawn without ink.", mode=3)
    sheet.write(72, 220, "Drawn without any opacity.", opacity=0.0)
    sheet.canvas.saveState()
    window = sheet.canvas.beginPath()
    window.rect(400, 500, 50, 20)
    sheet.canvas.clipPath(window, stroke=0)
    sheet.write(72, 235, "Clipped away.")
    sheet.canvas.restoreState()
    sheet.write(72, 250, "Grey, and still to be read.", grey=0.6)
    document = sheet.read()
    assert said(document) == [
        "Each keeper counts the trees.",
        "White heads of a dark band stay.",
        "Grey, and still to be read.",
    ]
    [warning] = document.warnings
    assert re.fullmatch(r"sheet\.pdf: 7\d characters that page 1 does not show were left out", warning)


@pytest.mark.parametrize("base", ["/ON", "/OFF"])
def test_a_layer_that_is_off_is_not_quoted(base: str) -> None:
    sheet = Sheet()
    sheet.write(72, 100, "The cap is 500 units in the text that is shown.")
    sheet.canvas._code.append("/OC /Old BDC")
    sheet.write(72, 100, "The cap is 900 units in the text of last year.")
    sheet.canvas._code.append("EMC")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet.save()))
    layer = writer._add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("Last year")})
    )
    usual = DictionaryObject({NameObject("/BaseState"): NameObject(base)})
    if base == "/ON":
        usual[NameObject("/OFF")] = ArrayObject([layer])
    writer._root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): usual}
    )
    resources = writer.pages[0].get("/Resources")
    assert resources is not None
    resources.get_object()[NameObject("/Properties")] = DictionaryObject({NameObject("/Old"): layer})
    out = io.BytesIO()
    writer.write(out)
    document = read_pdf(out.getvalue(), "layer.pdf")
    assert said(document) == ["The cap is 500 units in the text that is shown."]
    assert document.warnings == ("layer.pdf: 36 characters that page 1 does not show were left out",)


def in_symbol(*codes: int) -> bytes:
    """A page whose characters are given by the code points of their own that a Symbol font has."""
    shown = bytes(code & 0xFF for code in codes).hex().encode()
    stream = b"BT /F 12 Tf 72 700 Td <" + shown + b"> Tj ET"
    pairs = b"".join(b"<%02x> <%04x>\n" % (code & 0xFF, code) for code in codes)
    unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange <00> <FF> "
        b"endcodespacerange\n%d beginbfchar\n%sendbfchar\nendcmap end end" % (len(codes), pairs)
    )
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+SymbolMT/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(unicode), unicode),
    )
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, body) for number, body in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 7>>"


def test_code_points_of_a_symbol_font_are_the_signs_that_they_show() -> None:
    document = read_pdf(in_symbol(0xF072, 0xF02D, 0xF0B4, 0xF0A3, 0xF061), "symbol.pdf")
    assert document.text == "ρ−×≤α\n"
