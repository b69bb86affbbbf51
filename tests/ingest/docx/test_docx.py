"""Word files come back with headings, numbers, merged cells and notes; bombs and damage are refused."""

from __future__ import annotations

import tracemalloc
import zipfile
from io import BytesIO

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls

from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, EncryptedDocument, UnreadableDocument
from sinkqa.ingest.readers.docx import package as docx_package
from sinkqa.ingest.readers.docx.reader import read_docx
from tests.ingest.shape import assert_sound, grid, headings, tables, texts


def saved(word) -> bytes:
    stream = BytesIO()
    word.save(stream)
    return stream.getvalue()


def read(word):
    document = read_docx(saved(word), "x.docx")
    assert_sound(document)
    return document


def repacked(content: bytes, **parts: bytes | None) -> bytes:
    """The package with parts replaced or added (keys with __ for / and _ for .), dropped where None."""
    replaced = {name.replace("__", "/").replace("_", "."): body for name, body in parts.items()}
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *replaced}:
            body = replaced.get(name, old.read(name) if name in old.namelist() else None)
            if body is not None:
                new.writestr(name, body)
    return stream.getvalue()


def test_styles_and_outline_levels_make_headings():
    word = docx.Document()
    word.add_heading("湿地管理办法", 0)
    word.add_heading("Part one", 1)
    word.add_heading("Detail", 2)
    paragraph = word.add_paragraph("Outlined")
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    word.add_paragraph("Plain words.")
    document = read(word)
    assert headings(document) == [(0, "湿地管理办法"), (1, "Part one"), (2, "Detail"), (2, "Outlined")]
    assert texts(document, "paragraph") == ["Plain words."]


def test_lists_have_levels_and_the_numbers_that_word_prints():
    word = docx.Document()
    for text in ("first", "second"):
        word.add_paragraph(text, style="List Number")
    word.add_paragraph("dot", style="List Bullet")
    assert texts(read(word), "list_item") == ["1. first", "2. second", "dot"]


def test_chinese_automatic_numbers_become_articles():
    word = docx.Document()
    numbering = word.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, text in enumerate(("第%1章", "第%2条"))
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for depth, text in ((0, "总则"), (1, "为了减排。"), (1, "本法适用。")):
        number = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'
        word.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(number))
    document = read(word)
    assert headings(document) == [(1, "第一章 总则"), (2, "第一条"), (2, "第二条")]
    assert texts(document, "paragraph") == ["为了减排。", "本法适用。"]


def test_merged_cells_and_captions_come_through():
    word = docx.Document()
    word.add_paragraph("表2 面积")
    table = word.add_table(4, 3)
    for row in range(4):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "北"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "面积"
    word.add_paragraph("注：自测。")
    document = read(word)
    (found,) = tables(document)
    cells = grid(document, found)
    assert found.label == "表2" and found.notes
    assert cells[1, 0] == "北" and (2, 0) not in cells and cells[2, 1] == "21" and cells[0, 1] == "面积"
    merged = {(cell.row, cell.column): (cell.row_span, cell.column_span) for cell in found.cells}
    assert merged[1, 0] == (2, 1) and merged[0, 1] == (1, 2)


def test_deletions_hidden_words_and_furniture_are_left_out():
    word = docx.Document()
    paragraph = word.add_paragraph("kept ")
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>gone</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>inserted</w:t></w:r></w:ins>"))
    paragraph.add_run(" secret").font.hidden = True
    paragraph.add_run(" void").font.strike = True
    paragraph.add_run(" void").font.double_strike = True
    paragraph.add_run("6").font.superscript = True
    word.sections[0].header.paragraphs[0].text = "running head"
    word.sections[0].footer.paragraphs[0].text = "page foot"
    assert read(word).text.strip() == "kept inserted⁶"


def test_rendered_page_breaks_make_pages():
    word = docx.Document()
    word.add_paragraph("one")
    run = word.add_paragraph("two begins ").add_run()
    run.add_break(WD_BREAK.PAGE)
    run._r.append(OxmlElement("w:lastRenderedPageBreak"))
    run.add_text("and ends")
    word.add_paragraph("three")
    document = read(word)
    assert [page.number for page in document.pages] == [1, 2]
    assert document.text[document.pages[1].start :].startswith("and ends")


def test_footnotes_stand_apart():
    word = docx.Document()
    word.add_paragraph("Body words")
    content = saved(word)
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    ).encode()
    with zipfile.ZipFile(BytesIO(content)) as package:
        relations = package.read("word/_rels/document.xml.rels")
        types = package.read("[Content_Types].xml")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{media}"/></Types>'
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream := BytesIO(), "w") as new:
        for name in old.namelist():
            if name not in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
                new.writestr(name, old.read(name))
        new.writestr("word/_rels/document.xml.rels", relations.decode().replace("</Relationships>", relation))
        new.writestr("[Content_Types].xml", types.decode().replace("</Types>", override))
        new.writestr("word/footnotes.xml", notes)
    document = read_docx(stream.getvalue(), "x.docx")
    assert_sound(document)
    assert texts(document, "footnote") == ["A note."]


def test_core_properties_give_title_and_author():
    word = docx.Document()
    word.core_properties.title, word.core_properties.author = "Peat plan", "Ann Lee; Bo Wu"
    word.add_paragraph("Words of the plan.")
    metadata = read(word).metadata
    assert (metadata.title, metadata.authors) == ("Peat plan", ("Ann Lee", "Bo Wu"))


def test_a_zip_bomb_is_refused_without_being_unpacked():
    bomb = repacked(saved(docx.Document()), word__media__a_bin=b"\0" * (300 << 20))
    tracemalloc.start()
    with pytest.raises(DocumentTooLarge, match="MiB"):
        read_docx(bomb, "bomb.docx")
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(docx_package, "MAX_PART", 1 << 20)
    bomb = bytearray(repacked(saved(docx.Document()), word__media__a_bin=b"\0" * (8 << 20)))
    size = (8 << 20).to_bytes(4, "little")
    assert bomb.count(size) == 2  # local header and directory
    bomb = bomb.replace(size, (1000).to_bytes(4, "little"))
    with pytest.raises((DocumentTooLarge, UnreadableDocument)):
        read_docx(bytes(bomb), "liar.docx")


@pytest.mark.parametrize("encode", ["utf-8", "utf-16"])
def test_declared_entities_are_refused(encode):
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'.encode(encode)
    content = repacked(saved(docx.Document()), word__document_xml=laughs)
    with pytest.raises(UnreadableDocument, match="entities"):
        read_docx(content, "laughs.docx")


def test_truncated_and_hollow_packages_are_refused():
    word = docx.Document()
    word.add_paragraph("words")
    content = saved(word)
    with pytest.raises(UnreadableDocument, match="damaged"):
        read_docx(content[: len(content) // 2], "half.docx")
    with pytest.raises(UnreadableDocument):
        read_docx(repacked(content, word__document_xml=b"<w:document"), "cut.docx")
    with pytest.raises(UnreadableDocument):
        read_docx(repacked(content, word__document_xml=None), "hollow.docx")
    with pytest.raises(EmptyDocument):
        read_docx(saved(docx.Document()), "blank.docx")


def test_a_package_under_a_password_is_named_so():
    content = bytearray(saved(docx.Document()))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 1)
    with pytest.raises(EncryptedDocument, match="password"):
        read_docx(bytes(content), "locked.docx")


def test_a_part_that_is_another_thing_is_named():
    word = docx.Document()
    word.add_paragraph("Reed beds on rewetted peat hold back carbon.")
    namespace = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    damaged = b"<w:document " + namespace + b"/>"
    with pytest.raises(UnreadableDocument, match="not a valid DOCX"):
        read_docx(repacked(saved(word), word__document_xml=damaged), "x.docx")
    for properties in (damaged, b"<cut"):
        assert read_docx(repacked(saved(word), docProps__core_xml=properties), "x.docx").text.startswith("Reed")
