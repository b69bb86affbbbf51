"""Writes Word's footnotes. They are a part of the file that python-docx does not write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

if TYPE_CHECKING:
    from docx.document import Document

FOOTNOTE_TEXT, FOOTNOTE_REFERENCE = "FootnoteText", "FootnoteReference"
"""The ids of Word's own styles for footnotes."""
Run = tuple[str, str | None]
"""Words and the address that they link to, or None for no link."""

_SEPARATORS = """<w:footnotes {namespaces}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""


class Footnotes:
    """The footnotes of one document, numbered from 1 in the order in which they are added."""

    def __init__(self, document: Document) -> None:
        element = parse_xml(_SEPARATORS.format(namespaces=nsdecls("w", "r")))
        name = PackURI("/word/footnotes.xml")
        self._part = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, element, document.part.package)
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        _announce(document)

    def add(self, number: int, paragraphs: Iterable[Iterable[Run]]) -> None:
        """Adds a footnote with these paragraphs."""
        note = _element("w:footnote", {"w:id": str(number)})
        for place, runs in enumerate(paragraphs):
            paragraph = _element("w:p")
            paragraph.append(_properties("w:pPr", "w:pStyle", FOOTNOTE_TEXT))
            if place == 0:
                mark = _run(FOOTNOTE_REFERENCE)
                mark.append(_element("w:footnoteRef"))
                paragraph.append(mark)
                paragraph.append(text_run(" "))
            for text, url in runs:
                paragraph.append(link(self._part, text, url) if url else text_run(text))
            note.append(paragraph)
        self._part.element.append(note)


def reference(number: int) -> list[Any]:
    """The mark of a footnote at its first place, with a bookmark that later marks refer to."""
    run = _run(FOOTNOTE_REFERENCE)
    run.append(_element("w:footnoteReference", {"w:id": str(number)}))
    return bookmarked(f"_Note{number}", number, [run])


def again(number: int) -> list[Any]:
    """A further mark of a footnote that has a mark already. Word repeats its number."""
    field = _element("w:fldSimple", {"w:instr": f" NOTEREF _Note{number} \\f \\h "})
    field.append(text_run(str(number), FOOTNOTE_REFERENCE))
    return [field]


def bookmarked(name: str, number: int, elements: list[Any]) -> list[Any]:
    """Elements with a bookmark around them. ``number``: the bookmark's own number in the document."""
    start = _element("w:bookmarkStart", {"w:id": str(number), "w:name": name})
    return [start, *elements, _element("w:bookmarkEnd", {"w:id": str(number)})]


def link(part: XmlPart, text: str, url: str) -> Any:
    """Words that link to a web address, from this part of the file."""
    rel = part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = _element("w:hyperlink", {"r:id": rel, "w:history": "1"})
    element.append(text_run(text, "Hyperlink"))
    return element


def inner_link(text: str, bookmark: str) -> Any:
    """Words that link to a bookmark in the document."""
    element = _element("w:hyperlink", {"w:anchor": bookmark, "w:history": "1"})
    element.append(text_run(text))
    return element


def text_run(text: str, style: str = "") -> Any:
    """Words as a run; line breaks are kept."""
    run = _run(style)
    for place, line in enumerate(text.split("\n")):
        if place:
            run.append(_element("w:br"))
        words = _element("w:t", {"xml:space": "preserve"})
        words.text = line
        run.append(words)
    return run


def _announce(document: Document) -> None:
    """The settings name the separators, before the element that the schema has behind them."""
    told = _element("w:footnotePr")
    told.extend([_element("w:footnote", {"w:id": number}) for number in ("-1", "0")])
    document.settings.element.find(qn("w:compat")).addprevious(told)


def _run(style: str = "") -> Any:
    run = _element("w:r")
    if style:
        run.append(_properties("w:rPr", "w:rStyle", style))
    return run


def _properties(name: str, kind: str, style: str) -> Any:
    properties = _element(name)
    properties.append(_element(kind, {"w:val": style}))
    return properties


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    element = OxmlElement(name)
    for attribute, value in (attributes or {}).items():
        known = attribute if not attribute.startswith("xml:") else ""
        element.set(qn(known) if known else "{http://www.w3.org/XML/1998/namespace}space", value)
    return element
