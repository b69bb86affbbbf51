from __future__ import annotations

import pytest

from sinkqa.ingest.readers.pdf.reader import read_pdf
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.normalised_text import cased, fold
from tests.ingest.pdf.test_pdf import assert_sound
from tests.ingest.sheets import Sheet, said
from tests.typeset import Run


def up(text: str) -> Run:
    return Run(text, raised=True)


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (("林地为1200 hm", up("2"), "。"), "林地为1200 hm²。"),
        (("A flow of 50 mg/Nm", up("3"), " at most"), "A flow of 50 mg/Nm³ at most"),
        (("The lot is 640 ft", up("2"), " of land"), "The lot is 640 ft² of land"),
        (("A tank of 75 m", Run(" ", 3), up("3")), "A tank of 75 m³"),
        (("It holds 2.5 x 10", up("9"), " tonnes"), "It holds 2.5 x 10⁹ tonnes"),
        (("It holds 10", up("-6"), " of that"), "It holds 10⁻⁶ of that"),
        (("It grows 3 t·ha", up("-1"), "·a", up("-1")), "It grows 3 t·ha⁻¹·a⁻¹"),
        (("with R", up("2"), " = 0.9 and x", up("2n")), "with R² = 0.9 and x²ⁿ"),
        (("falls by e", up("-kt"), " each year"), "falls by e^(-kt) each year"),
        (("on the 1", up("st"), " of May"), "on the 1st of May"),
        (("as was said in 2019", up("4"), " by him"), "as was said in 2019⁴ by him"),
    ],
)
def test_raised_glyphs_are_exponents_where_no_note_bears_them(runs: tuple[str | Run, ...], text: str) -> None:
    sheet = Sheet()
    sheet.line(72, 200, *runs)
    document = sheet.read()
    assert said(document) == [text]
    assert said(document, "furniture") == []
    assert_sound(document)


def test_what_is_stored_of_a_power_comes_to_its_value_and_meets_its_plain_writing() -> None:
    [power] = amounts(cased("2.5 x 10⁹ tonnes"))
    assert power.low == 2_500_000_000
    assert power.dimension == "tonne"
    assert [amount.dimension for amount in amounts(cased("75 m³"))] == ["cubic metre"]
    assert fold("1200 hm²") == fold("1200 hm2")
    assert fold("CO₂") == "co2"


def test_a_raised_figure_is_a_note_mark_where_the_page_has_that_note() -> None:
    sheet = Sheet()
    sheet.line(
        72, 200, "Lots of 5 m", up("21"), " were cut in 2019", up("2"), " and 12 hm", up("2"), " in 2020", up("3")
    )
    sheet.line(72, 760, Run("1", 8, raised=True), Run(" By the keeper's own count.", 8))
    sheet.line(72, 772, Run("2", 8, raised=True), Run(" Before the great flood.", 8))
    document = sheet.read()
    [body] = (block for block in document.blocks if block.kind in ("heading", "paragraph"))
    assert [document.text[start:end].strip() for start, end in body.spans] == [
        "Lots of 5 m²", "were cut in 2019", "and 12 hm² in 2020³",
    ]  # fmt: skip
    assert said(document, "furniture") == ["¹ ²"]
    assert_sound(document)


def test_a_list_of_notes_at_the_end_bears_the_marks_of_all_pages() -> None:
    sheet = Sheet()
    sheet.line(72, 200, "The wood was cut in 2019", up("1"), " and sold.")
    sheet.next_page()
    sheet.write(72, 200, "Notes", size=14, font="Helvetica-Bold")
    sheet.write(72, 230, "1. By the keeper's own count of the trees that were felled.")
    document = sheet.read()
    assert said(document, "furniture") == ["¹"]
    assert said(document, "paragraph", "list_item")[0] == "The wood was cut in 2019 and sold."


def test_lowered_figures_are_lowered_also_where_the_file_draws_them_last() -> None:
    sheet = Sheet()
    x = sheet.write(72, 200, "Emissions of CO")
    sheet.write(x + 4, 200, "e and of N")
    sheet.write(72 + Run("Emissions of CO").width + 4 + Run("e and of N").width + 4, 200, "O fell.")
    sheet.write(72, 220, "PM")
    sheet.write(72 + Run("PM").width, 222, "2.5", size=6.5)
    sheet.write(x, 202, "2", size=6.5)
    sheet.write(x + 4 + Run("e and of N").width, 202, "2", size=6.5)
    document = sheet.read()
    assert " ".join(said(document)) == "Emissions of CO₂e and of N₂O fell. PM₂.₅"
    assert_sound(document)


@pytest.mark.parametrize("height", [60.0, 300.0, 800.0])
def test_a_number_over_a_number_in_a_line_is_a_fraction(height: float) -> None:
    sheet = Sheet()
    x = sheet.write(72, height, "E = AD × OF × ") + 2
    sheet.write(x, height - 6, "44", size=9)
    sheet.write(x, height + 6, "12", size=9)
    sheet.rule(x - 1, x + 11, height - 3.5)
    sheet.write(x + 14, height, "as the rule has it")
    document = sheet.read()
    assert said(document) == ["E = AD × OF × 44/12 as the rule has it"]
    assert_sound(document)


def test_a_large_initial_stands_in_its_word_and_weaves_no_lines() -> None:
    sheet = Sheet()
    sheet.write(72, 200, "T", size=36)
    for at, text in enumerate(("he board of the lower mill keeps", "a book of all dues, and each owner")):
        sheet.write(97, 183 + 14 * at, text)
    sheet.write(72, 214, "may read it once a year.")
    sheet.write(72, 300, "Z", size=44)
    sheet.write(130, 280, "DB 44/815-2010")
    sheet.write(130, 296, "ICS 13.040.40")
    document = read_pdf(sheet.save(), "initial.pdf")
    words = " ".join(said(document))
    assert "The board of the lower mill keeps a book of all dues, and each owner may read it once a year." in words
    assert "DB 44/815-2010" in words
    assert "ICS 13.040.40" in words
