"""Word files are known by what their package says, whatever its parts are called."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest

from sinkqa.ingest.errors import EmptyDocument
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.readers.sniff import sniff
from tests.ingest.shape import assert_sound, headings
from tests.ingest.wordfile import NAMESPACES, package, paragraph, related, style

TEXT = "The stock of the fen is 40 t."
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def strict(content: bytes) -> bytes:
    """The same package in the names of Strict Open XML."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            body = re.sub(
                rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument|drawingml)/2006/(\w+)",
                rb"http://purl.oclc.org/ooxml/\1/\2",
                old.read(name),
            )
            new.writestr(name, body)
    return stream.getvalue()


def test_the_main_part_may_have_any_name():
    content = package(paragraph(TEXT), main="word/document2.xml", styles=style("1", "heading 1"))
    assert sniff(content, "x.docx", expected="docx") == "docx"
    assert read_bytes(content, "x.docx").text.strip() == TEXT
    assert read_bytes(package(paragraph(TEXT), main="texts/body.xml"), "x.docx").text.strip() == TEXT


def test_strict_packages_are_read_like_others():
    fraction = (
        "<m:oMath><m:f><m:num><m:r><m:t>28</m:t></m:r></m:num><m:den><m:r><m:t>16</m:t></m:r></m:den></m:f></m:oMath>"
    )
    body = paragraph("Aims", properties='<w:pStyle w:val="1"/>') + paragraph(TEXT, " By ", fraction)
    document = read_bytes(strict(package(body, styles=style("1", "heading 1"))), "x.docx")
    assert_sound(document)
    assert headings(document) == [(1, "Aims")]
    assert document.text.split("\n")[1] == f"{TEXT} By 28/16"


@pytest.mark.parametrize(
    ("name", "main_type"),
    [
        ("x.dotx", f"{TYPES}.template.main+xml"),
        ("x.docm", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("x.dotm", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    ],
)
def test_templates_and_files_with_macros_are_read(name, main_type):
    document = read_bytes(package(paragraph(TEXT), main="w/d.xml", main_type=main_type), name)
    assert document.text.strip() == TEXT and document.warnings == ()


def test_relations_that_lead_nowhere_cost_nothing():
    content = package(paragraph(TEXT), relations=related("a", "image", "NULL") + related("b", "styles", "none.xml"))
    assert read_bytes(content, "x.docx").text.strip() == TEXT


def test_notes_stand_on_the_last_page_and_pictures_alone_are_named():
    notes = f'<w:footnotes {NAMESPACES}><w:footnote w:id="1">{paragraph("A note.")}</w:footnote></w:footnotes>'
    broken = "<w:p><w:r><w:t>One</w:t><w:lastRenderedPageBreak/><w:t>two.</w:t></w:r></w:p>"
    content = package(broken, relations=related("n", "footnotes", "footnotes.xml"), parts={"footnotes.xml": notes})
    document = read_bytes(content, "x.docx")
    assert [page.number for page in document.pages] == [1, 2] and document.text.endswith("A note.\n")
    with pytest.raises(EmptyDocument, match="only pictures"):
        read_bytes(package(paragraph(), parts={"media/a.png": "x"}), "x.docx")
