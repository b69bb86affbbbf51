"""What a PDF holds beside the content of its pages: form values, notes, comments, attached files, XFA."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import UnreadableDocument
from sinkqa.ingest.readers.pdf.reader import read_pdf
from tests.ingest.shape import assert_sound
from tests.typeset import WIDTH

Page = tuple[float, str]


def test_values_of_text_fields_stand_behind_their_labels() -> None:
    document = _read(_form({"operator": "Delta Cement Ltd", "tonnes": "51,300.5"}))
    assert "Operator: Delta Cement Ltd\n" in document.text
    assert "Verified emissions (t): 51,300.5\n" in document.text


def test_values_are_read_where_the_form_has_not_drawn_them() -> None:
    drawn = _form({"operator": "Delta Cement Ltd", "tonnes": "51,300.5"})
    assert _read(_edited(drawn, _undrawn)).text == _read(drawn).text


def test_chinese_values_and_the_lines_of_a_long_one_are_read_in_order() -> None:
    remarks = "二号窑三月至六月停产，期间排放按照实测数据计算，仪表已经更换，见附件三。\n另附证明。"
    text = _read(_form({"operator": "三角水泥有限公司", "remarks": remarks})).text
    assert "Operator: 三角水泥有限公司" in text
    assert "".join(remarks.split()) in "".join(text.split())


def test_a_value_takes_the_place_of_the_line_printed_for_it() -> None:
    text = _read(_form({"operator": "Delta Cement Ltd"}, line="_" * 28)).text
    assert "Operator: Delta Cement Ltd\n" in text
    assert "Verified emissions (t): ____" in text


def test_a_value_that_the_page_prints_itself_is_read_once() -> None:
    assert "Operator: Delta\n" in _read(_form({"operator": "Delta"}, line="Delta")).text


def test_a_field_that_reaches_over_the_next_column_keeps_its_value_apart_from_it() -> None:
    text = _read(_form({"operator": "Arden Ltd", "tonnes": "5"}, beside="Sites: 53")).text
    assert "Operator: Arden Ltd" in text
    assert "Verified emissions (t): 5" in text
    assert text.count("Sites: 53") == 3


def test_a_value_longer_than_its_field_is_not_woven_into_what_stands_beside_it() -> None:
    value = "Arden Glass Works of the northern harbour, its quarries and its two depots"
    text = _read(_form({"operator": value}, beside="Sites: 53", field=150)).text
    assert value in text
    assert text.count("Sites: 53") == 3


def test_boxes_are_read_ticked_or_not_only_where_the_form_is_filled_in() -> None:
    text = _read(_form({"operator": "Delta"}, ticked=True)).text
    assert "☑ Verified by a third party" in text
    assert "☐ Method A" in text
    assert "☑ Method B" in text
    blank = _read(_form({}, ticked=False, chosen=False)).text
    assert "☐" not in blank
    assert "Verified by a third party" in blank


def test_the_chosen_option_is_read_by_the_label_that_shows() -> None:
    assert "Fuel: Natural gas" in _read(_form({}, chosen=True)).text


@pytest.mark.parametrize("flags", [2, 32])
def test_hidden_fields_and_passwords_are_left_out(flags: int) -> None:
    form = _form({"operator": "Delta Cement Ltd", "tonnes": "51300"})
    hidden = _edited(form, lambda note: note.update({NameObject("/F"): NumberObject(flags)}))
    assert "Delta" not in _read(hidden).text
    secret = _edited(form, lambda note: note.update({NameObject("/Ff"): NumberObject(1 << 13)}))
    assert "51300" not in _read(secret).text


def test_a_field_repeated_on_two_pages_is_read_on_both() -> None:
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(_form({"operator": "Delta Cement Ltd"}))))
    writer.append(pypdf.PdfReader(io.BytesIO(_form({"operator": "Delta Cement Ltd"}))))
    document = _read(_bytes(writer))
    assert [document.text[page.start : page.end].count("Delta Cement Ltd") for page in document.pages] == [1, 1]


def test_a_typed_note_is_read_where_it_stands() -> None:
    note = _note("/FreeText", "Correction of 3 May: the fine is 480 yuan per tonne.", (72, 690, 420, 720))
    document = _read(_plain([(760, "The fine is 300 yuan per tonne."), (640, "It is due in June.")], note))
    lines = document.text.splitlines()
    assert lines.index("Correction of 3 May: the fine is 480 yuan per tonne.") == 1
    assert not document.warnings


def test_a_note_over_words_of_the_page_is_named_and_not_woven_into_them() -> None:
    note = _note("/FreeText", "The fine is 480 yuan.", (72, 750, 420, 780))
    document = _read(_plain([(760, "The fine is 300 yuan per tonne.")], note))
    assert document.text == "The fine is 300 yuan per tonne.\n"
    assert any("page 1" in warning and "480 yuan" in warning for warning in document.warnings)


@pytest.mark.parametrize("kind", ["/Text", "/Highlight"])
def test_comments_are_named_with_their_page(kind: str) -> None:
    note = _note(kind, "Is this figure still right?", (72, 755, 200, 770))
    document = _read(_plain([(760, "The cap is 38,500 tonnes.")], note))
    assert document.text == "The cap is 38,500 tonnes.\n"
    assert any("comments on page 1" in warning for warning in document.warnings)


def test_the_words_of_a_stamp_are_read() -> None:
    note = _note("/Stamp", "", (300, 650, 500, 700))
    document = _read(
        _plain([(760, "The cap is 38,500 tonnes.")], note, drawing="BT /F1 14 Tf 5 20 Td (RECEIVED 7 May) Tj ET")
    )
    assert "RECEIVED 7 May" in document.text


def test_the_words_of_a_signature_are_read() -> None:
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(_plain([(760, "The cap is 38,500 tonnes.")]))))
    field = _note("/Widget", "", (300, 600, 500, 650))
    field.update({NameObject("/FT"): NameObject("/Sig"), NameObject("/T"): TextStringObject("signature")})
    drawn = writer._add_object(_drawing("BT /F1 12 Tf 5 20 Td (Signed on 7 May 2031) Tj ET"))
    field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): drawn})
    made = writer._add_object(field)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([made])
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([made])})
    assert "Signed on 7 May 2031" in _read(_bytes(writer)).text


def test_fields_of_no_size_and_broken_annotations_are_passed_over() -> None:
    for box in ((0, 0, 0, 0), (1e9, 1e9, 2e9, 2e9)):
        note = _note("/FreeText", "words" * 500, box)
        assert _read(_plain([(760, "The cap is 38,500 tonnes.")], note)).text == "The cap is 38,500 tonnes.\n"


def test_attached_files_are_named() -> None:
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(_plain([(760, "See the tables of the annex.")]))))
    writer.add_attachment("附表.xlsx", b"x")
    writer.add_attachment("annex.pdf", b"x")
    (warning,) = _read(_bytes(writer)).warnings
    assert "2 attached files" in warning
    assert "附表.xlsx" in warning
    assert "annex.pdf" in warning


@pytest.mark.parametrize("damage", ["feffd800", "feff0041dc000042", "feff00000000", "809fadff", "feff41"])
def test_what_a_file_says_beside_its_pages_in_broken_letters_is_as_if_it_said_nothing(damage: str) -> None:
    broken = pypdf.generic.ByteStringObject(bytes.fromhex(damage))
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(_form({"operator": "Delta Cement Ltd"}))))
    writer.add_metadata({"/Title": "Plan", "/CreationDate": "D:1998"})
    assert writer._info is not None
    writer._info[NameObject("/Title")] = writer._info[NameObject("/Author")] = broken
    writer.add_outline_item(title="Operator:", page_number=0).get_object()[NameObject("/Title")] = broken
    writer.add_attachment("data.csv", b"1,2")
    writer._root_object["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()[NameObject("/UF")] = broken
    style = DictionaryObject({NameObject("/S"): NameObject("/D"), NameObject("/P"): broken})
    labels = DictionaryObject({NameObject("/Nums"): ArrayObject([NumberObject(0), style])})
    writer._root_object[NameObject("/PageLabels")] = labels
    writer.pages[0]["/Annots"][0].get_object()[NameObject("/T")] = broken
    writer.pages[0]["/Annots"][1].get_object()[NameObject("/V")] = broken
    document = _read(_bytes(writer))
    assert "Operator: Delta Cement Ltd" in document.text
    said = document.text + "".join(document.warnings) + str(document.pages) + str(document.metadata)
    assert "\0" not in said
    assert said.encode()
    assert document.metadata.year == 1998
    assert "1 attached file" in document.warnings[-1]


def test_a_form_that_only_its_maker_can_show_is_an_error_and_one_with_pages_a_warning() -> None:
    with pytest.raises(UnreadableDocument, match=r"XFA.*print it to a PDF"):
        _read(_xfa([(760, "Please wait..."), (740, "If this message is not eventually replaced, get a newer viewer.")]))
    document = _read(_xfa([(760, "The cap is 38,500 tonnes.")]))
    assert document.text == "The cap is 38,500 tonnes.\n"
    assert any("XFA" in warning for warning in document.warnings)


def _read(content: bytes) -> Document:
    document = read_pdf(content, "form.pdf")
    assert_sound(document)
    return document


def _form(
    values: dict[str, str],
    *,
    line: str = "",
    beside: str = "",
    field: int = 220,
    ticked: bool = False,
    chosen: bool = False,
) -> bytes:
    """A report form with the values written into its fields, drawn but for what Helvetica lacks.

    ``beside`` is printed right of each field, ``field`` points wide, or under its end.
    """
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(WIDTH, 842))
    canvas.setFont("Helvetica", 11)
    form = canvas.acroForm
    for at, (name, label) in enumerate(
        (("operator", "Operator:"), ("tonnes", "Verified emissions (t):"), ("remarks", "Remarks:"))
    ):
        y = 760 - 30 * at
        canvas.drawString(72, y, label)
        canvas.drawString(206, y, line)
        canvas.drawString(370, y, beside)
        height, flags = (70, "multiline") if name == "remarks" else (18, "")
        value = values.get(name, "")
        drawn = value if value.isascii() else ""
        form.textfield(name=name, value=drawn, x=200, y=y + 14 - height, width=field, height=height, fieldFlags=flags)
    canvas.drawString(72, 590, "Fuel:")
    if chosen:
        form.choice(
            name="fuel", value="ng", options=[("Coal", "c"), ("Natural gas", "ng")], x=200, y=586, width=90, height=18
        )
    form.checkbox(name="verified", x=72, y=558, size=12, checked=ticked)
    canvas.drawString(90, 560, "Verified by a third party")
    for at, label in enumerate(("Method A", "Method B")):
        form.radio(name="method", value=f"m{at}", selected=ticked and at == 1, x=72 + 120 * at, y=528, size=12)
        canvas.drawString(90 + 120 * at, 530, label)
    canvas.save()

    def write(note: DictionaryObject) -> None:
        if (value := values.get(str(note.get("/T")))) and not value.isascii():
            note[NameObject("/V")] = TextStringObject(value)

    return _edited(made.getvalue(), write)


def _undrawn(note: DictionaryObject) -> None:
    if note.get("/FT") == "/Tx":
        del note["/AP"]


def _edited(content: bytes, edit: Callable[[DictionaryObject], None]) -> bytes:
    """The file after ``edit`` of each annotation."""
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        for note in page.get("/Annots", ()):
            edit(note.get_object())
    return _bytes(writer)


def _note(kind: str, contents: str, box: tuple[float, float, float, float]) -> DictionaryObject:
    """An annotation of 12 pt text; ``box`` is left, bottom, right, top of the page."""
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject(kind),
            NameObject("/Rect"): ArrayObject(map(FloatObject, box)),
            NameObject("/Contents"): TextStringObject(contents),
            NameObject("/F"): NumberObject(4),
        }
    )


def _plain(lines: list[Page], note: DictionaryObject | None = None, *, drawing: str = "") -> bytes:
    """One page with lines at their height above its foot, and an annotation with its drawing."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(WIDTH, 842))
    for y, line in lines:
        canvas.drawString(72, y, line)
    canvas.save()
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(made))
    if note is not None:
        if drawing:
            note[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(_drawing(drawing))})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    return _bytes(writer)


def _drawing(content: str) -> pypdf.generic.StreamObject:
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    face = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(content.encode())
    stream[NameObject("/Type")], stream[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    stream[NameObject("/BBox")] = ArrayObject(map(NumberObject, (0, 0, 200, 50)))
    fonts = DictionaryObject({NameObject("/F1"): face})
    stream[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    return stream


def _xfa(lines: list[Page]) -> bytes:
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(_plain(lines))))
    packet = pypdf.generic.DecodedStreamObject()
    packet.set_data(b"<xdp/>")
    form = {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): writer._add_object(packet)}
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(form)
    return _bytes(writer)


def _bytes(writer: pypdf.PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
