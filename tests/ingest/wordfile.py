"""Word files written part by part, for what no library writes."""

from __future__ import annotations

import zipfile
from io import BytesIO

from sinkqa.ingest.document import Document
from sinkqa.ingest.readers import read_bytes
from tests.ingest.shape import assert_sound, spell

_SCHEMAS = "http://schemas.openxmlformats.org/"
_MICROSOFT = "http://schemas.microsoft.com/office/word/2010/"
RELATIONS = f"{_SCHEMAS}officeDocument/2006/relationships"
_PACKAGE = f"{_SCHEMAS}package/2006"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": f"{_SCHEMAS}wordprocessingml/2006/main",
        "m": f"{_SCHEMAS}officeDocument/2006/math",
        "r": RELATIONS,
        "mc": f"{_SCHEMAS}markup-compatibility/2006",
        "wp": f"{_SCHEMAS}drawingml/2006/wordprocessingDrawing",
        "a": f"{_SCHEMAS}drawingml/2006/main",
        "c": f"{_SCHEMAS}drawingml/2006/chart",
        "dgm": f"{_SCHEMAS}drawingml/2006/diagram",
        "wps": f"{_MICROSOFT}wordprocessingShape",
        "wpg": f"{_MICROSOFT}wordprocessingGroup",
        "w14": f"{_MICROSOFT}wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """A paragraph of runs; plain text becomes one."""
    runs = (part if part.startswith("<") else run(part) for part in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def cell(content: str = "", properties: str = "") -> str:
    """A table cell: blocks, or one paragraph of text."""
    blocks = content if content.startswith("<") else paragraph(*filter(None, [content]))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{blocks}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A table row; plain text becomes a cell."""
    inside = "".join(part if part.startswith("<") else cell(part) for part in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def control(content: str, properties: str = "") -> str:
    """A content control."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def style(style_id: str, name: str, inside: str = "", kind: str = "paragraph") -> str:
    """A style."""
    return f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{inside}</w:style>'


def related(key: str, kind: str, target: str) -> str:
    """A relation of the main part."""
    return f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'


def package(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    relations: str = "",
    parts: dict[str, str | bytes] | None = None,
    main: str = "word/document.xml",
    main_type: str = _MAIN_TYPE,
) -> bytes:
    """The bytes of a Word file with this body."""
    folder, _, name = main.rpartition("/")
    written: dict[str, str | bytes] = {f"{folder}/{part}": text for part, text in (parts or {}).items()}
    written[main] = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    for part, content in (("styles", styles), ("numbering", numbering)):
        if content:
            written[f"{folder}/{part}.xml"] = f"<w:{part} {NAMESPACES}>{content}</w:{part}>"
            relations += related(part, part, f"{part}.xml")
    head = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    written[f"{folder}/_rels/{name}.rels"] = f"{head}{relations}</Relationships>"
    written["_rels/.rels"] = f"{head}{related('main', 'officeDocument', main)}</Relationships>"
    override = f'<Override PartName="/{main}" ContentType="{main_type}"/>'
    written["[Content_Types].xml"] = f'<Types xmlns="{_PACKAGE}/content-types">{override}</Types>'
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in written.items():
            archive.writestr(part, text)
    return stream.getvalue()


def read(body: str, **parts: object) -> Document:
    """The document that the reader makes of a body and other parts, as for :func:`package`."""
    document = read_bytes(package(body, **parts), "x.docx")  # type: ignore[arg-type]
    assert_sound(document)
    return document


def lines(body: str, **parts: object) -> list[str]:
    """The texts of its blocks, in order."""
    document = read(body, **parts)
    return [spell(document, block) for block in document.blocks]
