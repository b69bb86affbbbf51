"""Presentations: each slide is a page with its title, bullets, tables, charts and notes."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePath
from typing import Any

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.errors import DocumentTooLarge, UnreadableDocument
from sinkqa.ingest.readers.docx.package import check_package
from sinkqa.ingest.readers.pieces.draft import STRUCK_OUT, Grid, GridCell, Piece, compose
from sinkqa.ingest.readers.pieces.inline import raised
from sinkqa.ingest.readers.sheets.rows import Place, row_pieces
from sinkqa.ingest.readers.sheets.shown import general, shown

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MAX_SLIDES = 5_000
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_ROW = 0.05  # of a slide's height: what begins within it stands side by side
_DEEPEST = 20  # groups within groups
_MOST_COUNTED = 32_767
_DAMAGE = (
    KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, OSError, EOFError, NotImplementedError,
    zipfile.BadZipFile, zlib.error, RecursionError,
)  # fmt: skip


@dataclass(slots=True)
class _Deck:
    """The content of a presentation, and a record of things not read: their kind and slide numbers."""

    pieces: list[Piece] = field(default_factory=list)
    unread: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    struck: bool = False


def read_slides(content: bytes, name: str) -> Document:
    """Reads a PPTX or PPTM presentation. The pages are its slides.

    A slide's title is a heading. Its shapes follow from top to bottom, then its notes, marked as notes. Hidden slides,
    pictures, media, formulas and charts without categories are left out and named.

    Raises:
        DocumentTooLarge: it unpacks past the bounds, or has more than :data:`MAX_SLIDES` slides.
        EmptyDocument: no slide holds text.
        EncryptedDocument, UnreadableDocument: it is under a password, or damaged.
    """
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    check_package(content, name)
    deck = _Deck()
    try:
        presentation = Presentation(BytesIO(content))
        slides = presentation.slides
        if len(slides) > MAX_SLIDES:
            raise DocumentTooLarge(f"{name}: {len(slides)} slides; at most {MAX_SLIDES} are read; split it")
        for number, slide in enumerate(slides, 1):
            _take_slide(slide, number, presentation.slide_height or 1, deck)
        properties = presentation.core_properties
        title, author = " ".join(properties.title.split()), " ".join(properties.author.split())
    except (*_DAMAGE, PythonPptxError) as error:
        what = " ".join(str(error).split())[:120]
        message = f"{name}: a damaged presentation ({type(error).__name__}: {what}); save it again from PowerPoint"
        raise UnreadableDocument(message) from error
    first = next((piece.text for piece in deck.pieces if piece.kind == "heading"), None)
    told = [f"{name}: {what}: slide{'s' * (len(at) > 1)} {_spelt(at)}" for what, at in deck.unread.items()]
    return compose(
        deck.pieces,
        name=name,
        content=content,
        media_type=MEDIA_TYPE,
        metadata=Metadata(
            title=(title if title not in ("PowerPoint Presentation", "PowerPoint 演示文稿") else "") or first
            or PurePath(name).stem,
            authors=(author,) if author else (),
        ),
        warnings=[*told, *([STRUCK_OUT] if deck.struck else [])],
    )  # fmt: skip


def _spelt(numbers: Sequence[int]) -> str:
    once = list(dict.fromkeys(numbers))
    return ", ".join(map(str, once[:12])) + (f" and {len(once) - 12} more" if len(once) > 12 else "")


def _take_slide(slide: Any, number: int, height: int, deck: _Deck) -> None:
    if slide._element.get("show") in ("0", "false"):
        deck.unread["hidden slides are left out"].append(number)
        return
    if any(True for _ in slide._element.iter(_MATH)):
        deck.unread["formulas are not read"].append(number)
    heading = slide.shapes.title
    if heading is not None and (text := " ".join(_paragraph_texts(heading.text_frame, deck))):
        deck.pieces.append(Piece("heading", text, level=1, page=number))
    shapes = [shape for shape in slide.shapes if heading is None or shape.shape_id != heading.shape_id]
    for shape in _in_order(shapes, height):
        _take_shape(shape, number, height, deck, 0)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and (said := "\n".join(_paragraph_texts(notes, deck))):
        deck.pieces.append(Piece("paragraph", f"Notes: {said}", page=number))


def _in_order(shapes: Sequence[Any], height: int) -> list[Any]:
    """From top to bottom, side by side from the left. A shape without a place keeps its file order."""
    placed = [((shape.top or 0) // max(1, int(_ROW * height)), shape.left or 0, at) for at, shape in enumerate(shapes)]
    return [shapes[at] for _, _, at in sorted(placed)]


def _take_shape(shape: Any, number: int, height: int, deck: _Deck, depth: int) -> None:
    from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

    if shape.is_placeholder and shape.placeholder_format.type in (
        PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE,
    ):  # fmt: skip
        return
    kind = _kind_of(shape)
    if kind == MSO_SHAPE_TYPE.GROUP and depth >= _DEEPEST:
        deck.unread[f"groups within {_DEEPEST} others are not read"].append(number)
    elif kind == MSO_SHAPE_TYPE.GROUP:
        for inner in _in_order(list(shape.shapes), height):
            _take_shape(inner, number, height, deck, depth + 1)
    elif getattr(shape, "has_table", False) and shape.has_table:
        deck.pieces += [_on(piece, number) for piece in _table_pieces(shape.table, deck)]
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        _take_chart(shape.chart, number, deck)
    elif shape.has_text_frame:
        deck.pieces += _text_pieces(shape, number, deck)
    elif diagram := _diagram_texts(shape):
        deck.pieces += [Piece("list_item", text, level=1, page=number) for text in diagram]
    elif kind in (MSO_SHAPE_TYPE.PICTURE, MSO_SHAPE_TYPE.LINKED_PICTURE) or _holds(shape, "blip"):
        deck.unread["pictures are not read"].append(number)
    elif kind in (MSO_SHAPE_TYPE.MEDIA, MSO_SHAPE_TYPE.EMBEDDED_OLE_OBJECT, MSO_SHAPE_TYPE.LINKED_OLE_OBJECT):
        deck.unread["embedded objects are not read"].append(number)


def _kind_of(shape: Any) -> Any:
    """Its kind; None for a shape without an outline, which the library has no name for."""
    try:
        return shape.shape_type
    except NotImplementedError:
        return None


def _on(piece: Piece, number: int) -> Piece:
    return Piece(piece.kind, piece.text, level=piece.level, grid=piece.grid, page=number)


def _holds(shape: Any, tag: str) -> bool:
    return next(shape._element.iter(f"{_A}{tag}"), None) is not None


def _paragraph_texts(frame: Any, deck: _Deck) -> list[str]:
    return [text for paragraph in frame.paragraphs if (text := _text(paragraph._p, deck))]


def _text(paragraph: Any, deck: _Deck) -> str:
    """The words of a paragraph. Raised figures become small digits; struck words are left out."""
    words: list[str] = []
    for child in paragraph:
        tag = str(child.tag).removeprefix(_A)
        if tag == "br":
            words.append("\n")
        elif tag in ("r", "fld"):
            properties, said = child.find(f"{_A}rPr"), child.findtext(f"{_A}t") or ""
            style = {} if properties is None else properties.attrib
            if style.get("strike", "noStrike") != "noStrike":
                deck.struck = deck.struck or bool(said.strip())
            elif (baseline := style.get("baseline", "0")).lstrip("-").rstrip("%").isdigit() and int(
                baseline.rstrip("%")
            ) > 0:
                words.append(raised(said))
            else:
                words.append(said)
    return "".join(words).replace("\v", "\n").strip()


def _text_pieces(shape: Any, number: int, deck: _Deck) -> Iterator[Piece]:
    """Paragraphs; list items if they have bullets or are in the body of the slide's layout."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    kind = shape.placeholder_format.type if shape.is_placeholder else None
    body = kind in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)
    counts: dict[int, int] = {}
    for paragraph in shape.text_frame.paragraphs:
        text, level = _text(paragraph._p, deck), min(paragraph.level, 8)
        properties = paragraph._p.pPr
        bullet = next((tag for tag in ("buNone", "buAutoNum", "buChar", "buBlip") if properties is not None
                       and properties.find(f"{_A}{tag}") is not None), "buChar" if body else "buNone")  # fmt: skip
        if not text:
            continue
        counts = {deep: count for deep, count in counts.items() if deep <= level}
        if bullet == "buAutoNum":
            element = properties.find(f"{_A}buAutoNum")
            counts[level] = counts.get(level, int(element.get("startAt", "1")) - 1) + 1
            text = f"{_ordinal(counts[level], element.get('type', ''))} {text}"
        else:
            counts.pop(level, None)
        if bullet == "buNone":
            yield Piece("paragraph", text, page=number)
        else:
            yield Piece("list_item", text, level=level + 1, page=number)


def _ordinal(count: int, scheme: str) -> str:
    """A number as a slide prints it: 1., (a), IV), 一; beyond PowerPoint's series, in digits."""
    if not 0 < count <= _MOST_COUNTED:
        return f"{count}."
    if scheme.startswith("alpha"):
        digits = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif scheme.startswith("roman"):
        digits = _roman(count)
    elif scheme.startswith("circleNum") and count <= 20:
        return chr(0x2460 + count - 1)
    elif scheme.startswith("ea1"):
        digits = _han(count)
    else:
        digits = str(count)
    digits = digits.upper() if "Uc" in scheme else digits
    if scheme.endswith("ParenBoth"):
        return f"({digits})"
    return digits + (")" if scheme.endswith("ParenR") else "" if scheme.endswith("Plain") else ".")


def _roman(count: int) -> str:
    written = ""
    for value, sign in (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ):
        times, count = divmod(count, value)
        written += sign * times
    return written


def _han(count: int) -> str:
    ones = "〇一二三四五六七八九"
    if count < 10:
        return ones[count]
    tens, rest = divmod(count, 10)
    return (ones[tens] if tens > 1 else "") + "十" + (ones[rest] if rest else "") if tens < 10 else str(count)


def _table_pieces(table: Any, deck: _Deck) -> list[Piece]:
    rows: list[list[str]] = []
    merged: dict[Place, Place] = {}
    cells = [list(row.cells) for row in table.rows]
    for number, row in enumerate(cells):
        rows.append(["" if cell.is_spanned else "\n".join(_paragraph_texts(cell.text_frame, deck)) for cell in row])
        for column, cell in enumerate(row):
            if cell.is_merge_origin:
                below = [line[column] for line in cells[number + 1 :] if column < len(line)]
                high = _reach(cell.span_height, [each._tc.vMerge for each in below])
                wide = _reach(cell.span_width, [each._tc.hMerge for each in row[column + 1 :]])
                merged[number, column] = (high, wide)
    return row_pieces(rows, merged=merged, named=bool(table.first_row))


def _reach(told: int, taken: Sequence[bool]) -> int:
    """The number of places a cell takes: as many as it says, if those after it exist and say that they belong to it."""
    return next((at for at, each in enumerate(taken, 1) if not each or at >= told), len(taken) + 1)


def _take_chart(chart: Any, number: int, deck: _Deck) -> None:
    """A chart's title, categories and values as a table. Charts without categories are named."""
    title = " ".join(_paragraph_texts(chart.chart_title.text_frame, deck)) if _has_title(chart) else ""
    plots = [plot for plot in chart.plots if len(list(plot.categories))]
    if not plots:
        deck.unread["charts are not read"].append(number)
        if title:
            deck.pieces.append(Piece("caption", title, page=number))
        return
    categories = [str(category) for category in plots[0].categories]
    series = [each for plot in plots for each in plot.series]
    cells = [GridCell(0, 0, ""), *(GridCell(0, at, each.name or "") for at, each in enumerate(series, 1))]
    values = [list(each.values) for each in series]
    codes = [_format_of(each) for each in series]
    for row, category in enumerate(categories, 1):
        cells.append(GridCell(row, 0, category))
        for at, (held, code) in enumerate(zip(values, codes, strict=True), 1):
            value = held[row - 1] if row - 1 < len(held) else None
            cells.append(GridCell(row, at, "" if value is None else shown(value, code) or general(value)))
    grid = Grid(tuple(cells), len(categories) + 1, len(series) + 1, 1, 1, title)
    deck.pieces.append(Piece("table", "", grid=grid, page=number))


def _has_title(chart: Any) -> bool:
    return bool(chart.has_title and chart.chart_title.has_text_frame)


def _format_of(series: Any) -> str:
    code = next((element.text for element in series._element.iter() if str(element.tag).endswith("}formatCode")), None)
    return code or "General"


def _diagram_texts(shape: Any) -> list[str]:
    """The words of a SmartArt drawing, in the order they were written."""
    relation = next((each.get(f"{_RELATIONS}dm") for each in shape._element.iter(f"{_DIAGRAM}relIds")), None)
    if relation is None:
        return []
    from defusedxml.ElementTree import fromstring

    root = fromstring(shape.part.related_part(relation).blob)
    texts = ("".join(text.text or "" for text in point.iter(f"{_A}t")) for point in root.iter(f"{_DIAGRAM}pt"))
    return [joined for text in texts if (joined := re.sub(r"\s+", " ", text).strip())]
