"""EPUB books come back chapter by chapter under their headings; locked and broken ones are named."""

from __future__ import annotations

import io
import zipfile

import pytest

from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, EncryptedDocument, UnreadableDocument
from sinkqa.ingest.readers import format_of, read_bytes
from tests.ingest.shape import assert_sound, headings, tables, texts

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
    '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>海草手册</dc:title><dc:creator>林一</dc:creator>'
    "<dc:language>zh-CN</dc:language><dc:date>2031-05-01</dc:date></metadata><manifest>"
    '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="ch%201.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
)
NAV = '<html><body><nav><a href="ch%201.xhtml">第一章 总则</a><a href="two.xhtml">第二章 修复</a></nav></body></html>'
ONE = "<!DOCTYPE html><html><body><h1>第一章 总则</h1><p>海草应当保护。</p></body></html>"
TWO = (
    "<html><body><p>每公顷补偿三百元。</p><table><tr><th>类型</th><th>面积</th></tr><tr><td>海草</td><td>12</td></tr>"
    "<tr><td>盐沼</td><td>7</td></tr></table></body></html>"
)


def book(**parts):
    members = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": PACKAGE, "OEBPS/nav.xhtml": NAV,
               "OEBPS/ch 1.xhtml": ONE, "OEBPS/two.xhtml": TWO}  # fmt: skip
    members |= {name.replace("__", "/").replace("_", "."): text for name, text in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            if text is not None:
                package.writestr(name, text)
    return stream.getvalue()


def test_chapters_follow_the_spine_under_their_own_headings_or_those_of_the_contents():
    document = read_bytes(book(), "grass.epub")
    assert_sound(document)
    about = document.metadata
    assert (about.title, about.authors, about.year, about.language) == ("海草手册", ("林一",), 2031, "zh")
    assert format_of(document) == "epub" and headings(document) == [(1, "第一章 总则"), (1, "第二章 修复")]
    assert texts(document, "paragraph") == ["海草应当保护。", "每公顷补偿三百元。"] and len(tables(document)) == 1


def test_a_chapter_that_is_missing_is_named():
    document = read_bytes(book(OEBPS__two_xhtml=None), "grass.epub")
    assert "two.xhtml is not in the book" in document.warnings[0]


def test_what_chapters_strike_out_or_hide_is_told_once():
    chapter = "<html><body><p>Bays pay 90 euro<s>, marshes 40</s>.</p><p hidden>Not yet in force.</p></body></html>"
    struck, hidden = read_bytes(book(OEBPS__two_xhtml=chapter, **{"OEBPS/ch 1.xhtml": chapter}), "grass.epub").warnings
    assert "struck out" in struck and "2 passages" in hidden


def test_a_chapter_of_many_open_elements_is_read_and_one_that_is_a_picture_is_named():
    marked = PACKAGE.replace('two.xhtml" media-type="application/xhtml+xml"', 'two.svg" media-type="image/svg+xml"')
    lines = "".join(f"<p>Bay {number} is open.<br>" for number in range(1_200))
    document = read_bytes(book(OEBPS__book_opf=marked, **{"OEBPS/ch 1.xhtml": lines}), "grass.epub")
    assert "Bay 1199 is open." in document.text
    assert "two.svg is no page but image/svg+xml" in document.warnings[0]


def test_a_book_without_its_chapters_says_which_are_missing():
    with pytest.raises(EmptyDocument, match=r"ch 1\.xhtml is not in the book"):
        read_bytes(book(OEBPS__two_xhtml=None, **{"OEBPS/ch 1.xhtml": None}), "grass.epub")


def test_a_locked_book_is_refused_but_scrambled_fonts_lock_nothing():
    data = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        '<e:EncryptedData><e:EncryptionMethod Algorithm="{}"/></e:EncryptedData></encryption>'
    )
    locked = data.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(EncryptedDocument, match="DRM"):
        read_bytes(book(**{"META-INF/encryption_xml": locked}), "grass.epub")
    scrambled = data.format("http://www.idpf.org/2008/embedding")
    assert read_bytes(book(**{"META-INF/encryption_xml": scrambled}), "grass.epub")


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"OEBPS__book_opf": "<package>"}, UnreadableDocument),
        ({"META-INF__container_xml": "<container/>"}, UnreadableDocument),
        ({"OEBPS__book_opf": '<!DOCTYPE x [<!ENTITY a "b">]><package>&a;</package>'}, UnreadableDocument),
        ({"OEBPS__ch 1_xhtml": "<div>" * 20_000}, DocumentTooLarge),
        ({"OEBPS__ch 1_xhtml": " " * (1 << 25)}, DocumentTooLarge),
    ],
)
def test_a_book_that_breaks_or_bursts_is_named(parts, error):
    with pytest.raises(error):
        read_bytes(book(**parts), "grass.epub")
