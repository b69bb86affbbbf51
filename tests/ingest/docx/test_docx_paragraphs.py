"""The words of a Word paragraph are those that the page shows, whatever wraps, draws, hides or strikes them."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers.docx.reader import HIDDEN
from sinkqa.ingest.readers.pieces.draft import STRUCK_OUT
from tests.ingest.shape import grid, headings, tables, texts
from tests.ingest.wordfile import (
    NAMESPACES,
    cell,
    control,
    lines,
    package,
    paragraph,
    read,
    related,
    row,
    run,
    style,
    table,
)

SHAPE = "<wps:wsp><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></wps:wsp>"
DRAWING = (
    '<w:drawing><wp:anchor><a:graphic><a:graphicData uri="x">{}</a:graphicData></a:graphic></wp:anchor></w:drawing>'
)
PICTURE = "<w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict>"

STRUCK = "<w:strike/>"
LOW, RISEN = '<w:vertAlign w:val="subscript"/>', '<w:position w:val="10"/>'
CONTENTS = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'


def box(text: str) -> str:
    """A text box as Word writes it: a drawing, and the same again for old versions."""
    drawing, picture = DRAWING.format(SHAPE.format(paragraph(text))), PICTURE.format(paragraph(text))
    return f"<w:r>{either(drawing, picture)}</w:r>"


def either(choice: str, fallback: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


def drawn(inside: str) -> str:
    return paragraph(f"<w:r>{DRAWING.format(inside)}</w:r>")


def high(text: str) -> str:
    return run(text, '<w:vertAlign w:val="superscript"/>')


def field(instruction: str, result: str = "", data: str = "") -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    begin = f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r>'
    shown = mark.format("separate") + result if result else ""
    return f"{begin}<w:r><w:instrText>{instruction}</w:instrText></w:r>{shown}{mark.format('end')}"


def test_text_boxes_are_read_once_behind_their_paragraph():
    group = DRAWING.format(
        f"<wpg:wgp>{SHAPE.format(paragraph('First of a group'))}"
        f"<wpg:grpSp>{SHAPE.format(paragraph('second of it', box('and a box in a box')))}</wpg:grpSp></wpg:wgp>"
    )
    body = (
        paragraph("Reeds are cut ", box("The last day is 1 March 2031."), "by hand.")
        + paragraph(f"<w:r>{PICTURE.format(paragraph('An old box') + paragraph('of two lines'))}</w:r>")
        + paragraph(f"<w:r>{either(group, '')}</w:r>")
        + paragraph(
            f"<w:r>{either(DRAWING.format(''), PICTURE.format(paragraph('Only the old version speaks')))}</w:r>"
        )
        + table(row("Plot", "Area"), row(cell(paragraph("N", box("fenced"))), "30"))
    )
    document = read(body)
    assert texts(document, "paragraph") == [
        "Reeds are cut by hand.", "The last day is 1 March 2031.", "An old box", "of two lines", "First of a group",
        "second of it", "and a box in a box", "Only the old version speaks",
    ]  # fmt: skip
    assert grid(document, tables(document)[0])[1, 0] == "N\nfenced"
    assert document.warnings == ()


def test_diagrams_are_read_and_what_is_no_text_is_named_with_its_place():
    body = (
        paragraph("Steps:")
        + drawn('<dgm:relIds r:dm="d"/>')
        + paragraph("The trend is drawn here")
        + drawn('<c:chart r:id="c"/>')
        + paragraph("It follows from", '<w:r><w:object><o:OLEObject ProgID="Equation.3"/></w:object></w:r>')
    )
    point = "<dgm:pt{}><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    points = point.format("", "Report") + point.format("", "Verify") + point.format(' type="pres"', "twice")
    words = "<a:p><a:r><a:t>Stock by year</a:t></a:r></a:p>"
    names = "<c:ser><c:tx><c:v>Peat</c:v></c:tx><c:cat><c:v>2031</c:v><c:v>2032</c:v></c:cat></c:ser>"
    title = f"<c:chart><c:title><c:tx><c:rich>{words}</c:rich></c:tx></c:title>{names}</c:chart>"
    document = read(
        body,
        relations=related("d", "diagramData", "diagrams/data1.xml") + related("c", "chart", "charts/chart1.xml"),
        parts={
            "diagrams/data1.xml": f"<dgm:dataModel {NAMESPACES}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>",
            "charts/chart1.xml": f"<c:chartSpace {NAMESPACES}>{title}</c:chartSpace>",
        },
    )
    assert texts(document, "paragraph") == [
        "Steps:", "Report", "Verify", "The trend is drawn here", "Stock by year", "Peat", "2031, 2032",
        "It follows from",
    ]  # fmt: skip
    chart, formula = document.warnings
    assert chart.startswith("x.docx: not read: the figures of a chart, after “") and chart.endswith("drawn here”")
    assert "an embedded object (Equation.3)" in formula


def test_embedded_documents_are_read_in_their_place_or_named():
    chunks = "".join(f'<w:altChunk r:id="{key}"/>' for key in "hhdfb")
    document = read(
        paragraph("Before.") + chunks + paragraph("After."),
        relations=related("h", "aFChunk", "chunk.html") + related("d", "aFChunk", "chunk.docx")
        + related("f", "aFChunk", "chunk.rtf") + related("b", "aFChunk", "broken.docx"),
        parts={
            "chunk.html": "<html><body><p>Within: 10<sup>6</sup> <s>kg</s> t.</p></body></html>",
            "chunk.docx": package(paragraph("A file in a file.")),
            "chunk.rtf": "{\\rtf1 x}",
            "broken.docx": "PK",
        },
    )  # fmt: skip
    within = ["Within: 10⁶ t."] * 2
    assert texts(document, "paragraph") == ["Before.", *within, "A file in a file.", "After."]
    assert [warning.split(",")[0] for warning in document.warnings] == [
        "x.docx: not read: an embedded document (.rtf)", "x.docx: not read: an embedded document (.docx)",
        "x.docx: text that is struck out was left out: the page takes it back",
    ]  # fmt: skip


def test_what_wraps_words_is_looked_through_and_placeholders_are_not_read():
    tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    wrapped = (
        f"<w:customXml><w:smartTag>{run('a')}</w:smartTag></w:customXml><w:ins>{run('b')}</w:ins>"
        f"<w:del><w:r><w:delText>no</w:delText></w:r></w:del><w:moveFrom>{run('no')}</w:moveFrom>"
        f"<w:moveTo>{run('c')}</w:moveTo><w:dir>{run('d')}</w:dir><w:bdo>{run('e')}</w:bdo>"
        f'<w:fldSimple w:instr="PAGE">{run("f")}</w:fldSimple><w:hyperlink>{run("g")}</w:hyperlink>'
    )
    body = (
        control(control(paragraph("Within ", control(run("two"))) + table(row("x", "y"), row("1", "2"))))
        + paragraph(
            control(run("Choose one"), "<w:showingPlcHdr/>"), "Fuel: ", control(run("coal"), "<w:dropDownList/>")
        )
        + control(paragraph("Type here"), "<w:showingPlcHdr/>")
        + paragraph(control(tick, "<w14:checkbox/>"), " agreed")
        + paragraph(wrapped)
    )
    assert lines(body) == ["Within two", "x\ty\n1\t2", "Fuel: coal", "☑ agreed", "abcdefg"]


def test_results_of_fields_are_read_and_instructions_are_not():
    nested = field("IF 1 = 1", run("shown"))
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    in_instruction = mark.format("begin") + run("not shown") + field("DATE", run("nor this"))
    in_instruction += mark.format("separate") + run("result") + mark.format("end")
    checked = "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
    entries = '<w:result w:val="1"/><w:listEntry w:val="wet"/><w:listEntry w:val="dry"/>'
    chosen = f"<w:ffData><w:ddList>{entries}</w:ddList></w:ffData>"
    body = (
        paragraph("It is ", nested, ".")
        + paragraph(in_instruction)
        + paragraph(field("FORMCHECKBOX", data=checked), " yes ", field("FORMDROPDOWN", data=chosen))
        + paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "a field that never ends")
        + paragraph("takes nothing with it")
    )
    assert lines(body) == ["It is shown.", "result", "☑ yes dry", "takes nothing with it"]


def test_a_contents_list_is_no_text():
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    entry = '<w:hyperlink w:anchor="_Toc{}">{}</w:hyperlink>'
    begin = mark.format("begin") + '<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>' + mark.format("separate")
    body = (
        control(
            paragraph("Contents") + paragraph("Scope 1"),
            '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>',
        )
        + paragraph(begin, entry.format(1, run("Aims 2")))
        + paragraph(entry.format(2, run("Means ") + field("PAGEREF _Toc2", run("3"))))
        + paragraph(mark.format("end"))
        + paragraph("总则 4", properties='<w:pStyle w:val="t"/>')
        + paragraph("See ", entry.format(1, run("Aims")), " above.")
    )
    assert lines(body, styles=style("t", "toc 1")) == ["See Aims above."]


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ('<w:sym w:font="Symbol" w:char="F072"/>', "ρ"),
        ('<w:sym w:font="Symbol" w:char="00B4"/>', "×"),
        ('<w:sym w:font="Wingdings" w:char="F0A8"/>', "☐"),
        ('<w:sym w:font="Wingdings 2" w:char="F052"/>', "☑"),
        ('<w:sym w:font="SimSun" w:char="2264"/>', "≤"),
        ('<w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr><w:t>\uf0b3m</w:t>', "≥μ"),
        ('<w:rPr><w:rFonts w:ascii="Arial" w:cs="Symbol"/></w:rPr><w:t>m</w:t>', "m"),
        ("<w:noBreakHyphen/>", "-"),
        ("<w:softHyphen/>", ""),
        ("<w:tab/>", "\t"),
        ("<w:ptab/>", "\t"),
        ("<w:br/>", "\n"),
        ("<w:cr/>", "\n"),
        (
            "<w:ruby><w:rt><w:r><w:t>tan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>炭</w:t></w:r></w:rubyBase></w:ruby>",
            "炭",
        ),
    ],
)
def test_marks_that_are_elements_read_as_the_page_shows_them(mark, shown):
    assert lines(paragraph("a", f"<w:r>{mark}</w:r>", "b")) == [f"a{shown}b"]


def test_a_sign_of_an_unknown_font_is_named():
    document = read(paragraph("Let x ", '<w:r><w:sym w:font="MT Extra" w:char="F04C"/></w:r>', "y"))
    assert document.warnings == ("x.docx: not read: a sign of the font MT Extra (F04C), at the beginning",)


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next():
    deleted = "<w:rPr><w:del/></w:rPr>"
    body = paragraph("The fee is ", properties=deleted) + paragraph("due ", properties=deleted) + paragraph("in May.")
    assert lines(body + paragraph("Last.", properties=deleted)) == ["The fee is due in May.", "Last."]


def test_hidden_and_struck_words_are_left_out_with_a_warning():
    styles = (
        style("base", "b", "<w:rPr><w:vanish/></w:rPr>", "character")
        + style("derived", "d", '<w:basedOn w:val="base"/>', "character")
        + style("unsaid", "u", "<w:rPr><w:strike/></w:rPr>")
        + style("1", "heading 1")
    )
    body = (
        paragraph("Kept", run(" hidden", "<w:vanish/>"), run(" shown", '<w:vanish w:val="0"/>'))
        + paragraph("Fee: ", run("3", STRUCK), run("50", '<w:strike w:val="false"/>'), run("7", "<w:dstrike/>"))
        + paragraph(run("By style", '<w:rStyle w:val="derived"/>'), "left")
        + paragraph("All of it", run(" but this", '<w:strike w:val="0"/>'), properties='<w:pStyle w:val="unsaid"/>')
        + paragraph(run("Old ", STRUCK), "Title", properties='<w:pStyle w:val="1"/>')
        + table(row("Plot", "Cap"), row(*(cell(paragraph(run(text, STRUCK))) for text in "N9")), row("S", "8"))
    )  # fmt: skip
    document = read(body, styles=styles)
    assert texts(document, "paragraph") == ["Kept shown", "Fee: 50", "left", " but this".strip()]
    assert headings(document) == [(1, "Title")]
    assert grid(document, tables(document)[0]) == {(0, 0): "Plot", (0, 1): "Cap", (1, 0): "S", (1, 1): "8"}
    assert document.warnings == (f"x.docx: {STRUCK_OUT}", f"x.docx: {HIDDEN}")


def test_raised_and_lowered_runs_keep_their_meaning():
    body = (
        paragraph("1200 hm", high("2"), ", 10", high("-"), high("6"), " t CO", run("2", LOW), "e")
        + paragraph("NO", run("x", '<w:rStyle w:val="low"/>'), ", 10", run("9", RISEN), " t, 1", high("st"))
        + paragraph(run("120", '<w:position w:val="-6"/>'))
        + paragraph("CO", run("2", '<w:position w:val="-2"/><w:sz w:val="15"/>'), " 到", run("2030", RISEN), "年")
    )
    low = style("low", "low", f"<w:rPr>{LOW}</w:rPr>", "character")
    assert lines(body, styles=low) == ["1200 hm², 10⁻⁶ t CO₂e", "NOₓ, 10⁹ t, 1st", "120", "CO₂ 到2030年"]


def test_headings_follow_the_outline_levels_of_styles_and_paragraphs():
    styles = (
        style("a", "Title")
        + style("1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>')
        + style("d", "章名", '<w:basedOn w:val="1"/>')
        + style("o", "节名", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
        + style("b", "Body of a chapter", '<w:basedOn w:val="1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>')
    )
    body = "".join(
        paragraph(text, properties=f'<w:pStyle w:val="{name}"/>{more}')
        for text, name, more in (
            ("湿地办法", "a", ""), ("Aims", "1", ""), ("Means", "d", ""), ("Detail", "o", ""), ("Not one", "b", ""),
            ("Nor this", "1", '<w:outlineLvl w:val="9"/>'), ("Directly", "", '<w:outlineLvl w:val="2"/>'),
            ("Not described", "Heading2", ""),
        )
    )  # fmt: skip
    assert headings(read(body, styles=styles)) == [
        (0, "湿地办法"), (1, "Aims"), (1, "Means"), (2, "Detail"), (3, "Directly"), (2, "Not described"),
    ]  # fmt: skip


def test_an_article_in_the_style_of_a_heading_is_an_article():
    body = paragraph("第一章 总则", properties='<w:pStyle w:val="1"/>')
    body += paragraph("第一条 为了保护泥炭地，制定本办法。", properties='<w:pStyle w:val="2"/>')
    document = read(body, styles=style("1", "heading 1") + style("2", "heading 2"))
    assert [text for _, text in headings(document)] == ["第一章 总则", "第一条"]
    assert texts(document, "paragraph") == ["为了保护泥炭地，制定本办法。"]
