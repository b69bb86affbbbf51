"""Characters of a PDF whose code points are not those that its page shows."""

from __future__ import annotations

import numpy as np
import pytest

from sinkqa.ingest.readers.pdf.glyphs.symbols import read_quotes
from sinkqa.ingest.readers.pdf.reader import read_pdf


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            "the ìlake planî, as the ownerís board ñ and no other ñ says",
            "the “lake plan”, as the owner’s board – and no other – says",
        ),
        ("Lakes ñ Board of 2031 with ëlotí and ìlot.î", "Lakes – Board of 2031 with ‘lot’ and “lot.”"),
        ("el año ñ de la señora", "el año ñ de la señora"),
        ("Così fan tutte; coborî și ură", "Così fan tutte; coborî și ură"),
        ("letters n, ñ, o", "letters n, ñ, o"),
    ],
)
def test_quotes_and_dashes_read_in_the_code_of_another_system_are_mended(stored: str, shown: str) -> None:
    codes = np.array([ord(char) for char in stored], np.uint32)
    read_quotes(codes)
    assert "".join(map(chr, codes.tolist())) == shown


def in_font(name: str, *points: int) -> bytes:
    """A page that shows glyphs of a font, said to be the characters ``points``."""
    shown = "".join(chr(65 + at) for at in range(len(points)))
    told = "".join(f"<{65 + at:02X}> <{point:04X}>\n" for at, point in enumerate(points))
    span = "1 begincodespacerange <00> <FF> endcodespacerange"
    table = f"begincmap {span}\n{len(points)} beginbfchar\n{told}endbfchar endcmap"
    text = f"BT /F1 12 Tf 72 700 Td ({shown}) Tj ET"
    font = f"/BaseFont /{name} /FirstChar 65 /LastChar 90 /Widths [{'600 ' * 26}] /Encoding /WinAnsiEncoding"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >> stream\n{text}\nendstream",
        f"<< /Type /Font /Subtype /Type1 {font} /ToUnicode 6 0 R >>",
        f"<< /Length {len(table)} >> stream\n{table}\nendstream",
    )
    body = "".join(f"{number} 0 obj {what} endobj\n" for number, what in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Size 7 >>\n%%EOF".encode()


def test_glyph_numbers_of_a_formula_are_the_letters_that_they_show_in_the_order_of_the_page() -> None:
    points = (0x750, 0x725, 0x727, 0x734, 0xD4C, 0xBBA, 0xBCB, 0xB3F, 0xC2E, 0x748, 0xD48, 0x755)
    assert read_pdf(in_font("ABCDEF+CambriaMath", *points), "a.pdf").text.strip() == "tCER=AR−2l×y"


def test_letters_of_another_font_stay_what_they_are_said_to_be() -> None:
    assert "\u0bba\u0bcb" in read_pdf(in_font("ABCDEF+NotoTamil", 0xBBA, 0xBCB), "a.pdf").text
