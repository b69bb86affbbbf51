"""Reads the annotations on a page: values of a form, typed notes, comments, stamps.

pdfium's text of a page does not include them. The places of values and notes come from the page, but their text comes
from the file's data. Their drawing may be missing, stale or set in a font without characters.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.lines.text import Characters

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_HIDDEN = 2 | 32  # annotation flags Hidden and NoView (ISO 32000-1, table 165)
_MULTILINE, _PASSWORD = 1 << 12, 1 << 13  # field flags (table 228)
_LARGEST, _SMALLEST = 12.0, 4.0  # points; of text whose size the form leaves open
_LEADING, _HEIGHT, _DESCENT = 1.15, 1.0, 0.2  # of the font size: from line to line, of a line's box, of its foot
_FILLERS = "_.…·＿－-—"  # what a form prints where a value is to be written
_CHECKED, _UNCHECKED = "☑", "☐"
_SCALE = 100  # device units to a point
_BLANK = np.full((1, 4), np.nan, np.float32)


@dataclass(frozen=True, slots=True)
class _Typed:
    """Text over a page. ``box`` is x0 y0 x1 y1 in points as displayed; ``size`` is 0.0 if the file leaves it open."""

    text: str
    box: tuple[float, float, float, float]
    size: float
    several_lines: bool


@dataclass(slots=True)
class Additions:
    """The text that annotations add to one page.

    ``comments``: some words show only when opened. ``drawn``: there are stamps or signatures, whose words are only in
    their drawings. ``covering``: notes that lie over words of the page and therefore are not read. ``files``: names of
    the files attached to the page.
    """

    values: list[_Typed] = field(default_factory=list)
    boxes: list[tuple[bool, _Typed]] = field(default_factory=list)  # to be ticked: whether they are
    notes: list[_Typed] = field(default_factory=list)
    comments: bool = False
    drawn: bool = False
    covering: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def typed(self) -> list[_Typed]:
        """All text to read with the page. An unfilled form is read as printed."""
        filled = bool(self.values) or any(ticked for ticked, _ in self.boxes)
        return [*self.values, *(box for _, box in self.boxes if filled), *self.notes]


def read_additions(page: pdfium.PdfPage) -> Additions:
    """Reads the text that the annotations of ``page`` add. Hidden annotations add nothing."""
    import pypdfium2.raw as raw

    additions = Additions()
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        if annotation := raw.FPDFPage_GetAnnot(page, index):
            try:
                if not raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN and _shows(page, annotation):
                    _add(additions, page, annotation, raw.FPDFAnnot_GetSubtype(annotation))
            finally:
                raw.FPDFPage_CloseAnnot(annotation)
    return additions


def with_drawn(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int) -> pdfium.PdfPage:
    """Loads the page again with its stamps and signatures as part of its content. ``page`` is closed."""
    import pypdfium2.raw as raw

    for index in reversed(range(raw.FPDFPage_GetAnnotCount(page))):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        keep = _is_drawn(page, annotation, raw.FPDFAnnot_GetSubtype(annotation))
        raw.FPDFPage_CloseAnnot(annotation)
        if not keep:
            raw.FPDFPage_RemoveAnnot(page, index)
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[number - 1]


def with_typed(characters: Characters, additions: Additions) -> Characters:
    """Returns the characters of a page, followed by those typed onto it. Covered ones go to ``additions.covering``.

    The line under a value is removed. A value that the page also prints is not read twice. A box may overlap words
    beside the typed ones, such as words of the next column.
    """
    for typed in additions.typed:
        inside = _inside(characters, typed.box)
        beside = inside & ~_inside(characters, _taken(typed))
        whole, under = _printed(characters, inside), _printed(characters, inside & ~beside)
        if not under:
            characters = _appended(_without(characters, inside & ~beside if whole else inside), typed)
        elif _bare(typed.text) not in (whole, under):
            additions.covering.append(typed.text)
    return characters


def _add(additions: Additions, page: pdfium.PdfPage, annotation: object, subtype: int) -> None:
    import pypdfium2.raw as raw

    if subtype == raw.FPDF_ANNOT_WIDGET and _field_kind(page, annotation) > raw.FPDF_FORMFIELD_UNKNOWN:
        _add_field(additions, page, annotation)
    elif subtype == raw.FPDF_ANNOT_WIDGET and (text := _string(annotation, b"V")) and not _is_button(annotation):
        additions.values.append(_Typed(text, _box(page, annotation), 0.0, "\n" in text))
    elif subtype == raw.FPDF_ANNOT_FREETEXT:
        if text := _string(annotation, b"Contents"):
            additions.notes.append(_Typed(text, _box(page, annotation), 0.0, True))
    elif _is_drawn(page, annotation, subtype):
        additions.drawn = True
    elif subtype == raw.FPDF_ANNOT_FILEATTACHMENT:
        file = raw.FPDFAnnot_GetFileAttachment(annotation)
        additions.files.append(_filled(partial(raw.FPDFAttachment_GetName, file)) if file else "?")
    elif subtype not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_WIDGET):
        additions.comments |= bool(_string(annotation, b"Contents"))


def _is_drawn(page: pdfium.PdfPage, annotation: object, subtype: int) -> bool:
    """Whether it is a stamp, a signature, or a field outside a form, whose words are in their drawing."""
    import pypdfium2.raw as raw

    if subtype != raw.FPDF_ANNOT_WIDGET:
        return bool(subtype == raw.FPDF_ANNOT_STAMP)
    kind = _field_kind(page, annotation)
    lost = kind <= raw.FPDF_FORMFIELD_UNKNOWN and not _is_button(annotation) and not _string(annotation, b"V")
    return lost or kind == raw.FPDF_FORMFIELD_SIGNATURE


def _field_kind(page: pdfium.PdfPage, annotation: object) -> int:
    """The kind of a form field; 0 or less if the form does not know it, as without a name."""
    import pypdfium2.raw as raw

    return int(raw.FPDFAnnot_GetFormFieldType(page.formenv, annotation)) if page.formenv else -1


def _is_button(annotation: object) -> bool:
    return _string(annotation, b"FT") == "Btn"


def _add_field(additions: Additions, page: pdfium.PdfPage, annotation: object) -> None:
    import pypdfium2.raw as raw

    form, box = page.formenv, _box(page, annotation)
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    flags = raw.FPDFAnnot_GetFormFieldFlags(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        ticked = bool(raw.FPDFAnnot_IsChecked(form, annotation))
        additions.boxes.append((ticked, _Typed(_CHECKED if ticked else _UNCHECKED, box, 0.0, False)))
    elif kind == raw.FPDF_FORMFIELD_SIGNATURE:
        additions.drawn = True
    elif kind in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        chosen = "\n".join(_chosen(form, annotation)) or _value(form, annotation)
        if chosen:
            additions.values.append(_Typed(chosen, box, 0.0, kind == raw.FPDF_FORMFIELD_LISTBOX))
    elif kind == raw.FPDF_FORMFIELD_TEXTFIELD and not flags & _PASSWORD and (value := _value(form, annotation)):
        size = ctypes.c_float()
        raw.FPDFAnnot_GetFontSize(form, annotation, size)
        additions.values.append(_Typed(value, box, size.value, bool(flags & _MULTILINE)))


def _chosen(form: object, annotation: object) -> Iterator[str]:
    """Labels of the chosen options, which may differ from their values."""
    import pypdfium2.raw as raw

    for index in range(raw.FPDFAnnot_GetOptionCount(form, annotation)):
        if raw.FPDFAnnot_IsOptionSelected(form, annotation, index):
            yield _filled(partial(raw.FPDFAnnot_GetOptionLabel, form, annotation, index))


def _value(form: object, annotation: object) -> str:
    import pypdfium2.raw as raw

    return _filled(partial(raw.FPDFAnnot_GetFormFieldValue, form, annotation))


def _string(annotation: object, key: bytes) -> str:
    import pypdfium2.raw as raw

    return _filled(partial(raw.FPDFAnnot_GetStringValue, annotation, key))


def _filled(ask: Callable[[object, int], int]) -> str:
    """The string that pdfium writes, with line ends as newlines, stripped, without NULs."""
    import pypdfium2.raw as raw

    size = ask(None, 0)
    room = ctypes.create_string_buffer(size)
    ask(ctypes.cast(room, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    text = room.raw[:size].decode("utf-16-le", "replace").replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _box(page: pdfium.PdfPage, annotation: object) -> tuple[float, float, float, float]:
    """Its rectangle on the displayed page."""
    import pypdfium2.raw as raw

    bounds, x, y = raw.FS_RECTF(), ctypes.c_int(), ctypes.c_int()
    raw.FPDFAnnot_GetRect(annotation, bounds)
    width, height = (round(length * _SCALE) for length in page.get_size())
    corners = []
    for across, up in ((bounds.left, bounds.bottom), (bounds.right, bounds.top)):
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, across, up, x, y)
        corners.append((x.value / _SCALE, y.value / _SCALE))
    (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(*corners, strict=True))
    return x0, y0, x1, y1


def _shows(page: pdfium.PdfPage, annotation: object) -> bool:
    """Whether it takes any space on the page."""
    x0, y0, x1, y1 = _box(page, annotation)
    width, height = page.get_size()
    return x1 > 0 and y1 > 0 and x0 < width and y0 < height and x1 > x0 and y1 > y0


def _inside(characters: Characters, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Which characters have their centre in the box."""
    x = (characters.boxes[:, 0] + characters.boxes[:, 2]) / 2
    y = (characters.boxes[:, 1] + characters.boxes[:, 3]) / 2
    inside: NDArray[np.bool_] = (box[0] <= x) & (x <= box[2]) & (box[1] <= y) & (y <= box[3])
    return inside


def _printed(characters: Characters, inside: NDArray[np.bool_]) -> str:
    """The words of some characters, without white space and the lines for values."""
    return _bare("".join(letter for at in np.flatnonzero(inside) if (letter := characters.text[at]) not in _FILLERS))


def _taken(typed: _Typed) -> tuple[float, float, float, float]:
    """The part of the box that the typed words fill, from its left; the lower limit is less certain."""
    x0, y0, x1, y1 = typed.box
    size, lines = _set(typed)
    width = size * max(sum(map(_advance, line)) for line in lines)
    return x0, y0, min(x1, x0 + width), y1


def _bare(text: str) -> str:
    return "".join(text.split())


def _without(characters: Characters, dropped: NDArray[np.bool_]) -> Characters:
    if not dropped.any():
        return characters
    kept = ~dropped
    text = "".join(characters.text[at] for at in np.flatnonzero(kept))
    arrays = {name: getattr(characters, name) for name in ("boxes", "sizes", "turns", "bold", "origins", "stamps")}
    known = {name: array[kept] for name, array in arrays.items() if array is not None}
    return replace(characters, text=text, **known)


def _appended(characters: Characters, typed: _Typed) -> Characters:
    size, lines = _set(typed)
    texts, boxes = [characters.text, "\n"], [characters.boxes, _BLANK]
    x0, y0, x1, y1 = typed.box
    if not typed.several_lines:
        y0 = (y0 + y1 - size * _HEIGHT) / 2
    for row, line in enumerate(lines):
        texts += (line, "\n")
        boxes += (_boxes(line, x0, y0 + row * size * _LEADING, x1, size), _BLANK)
    text = "".join(texts)
    plain = np.zeros(len(text) - len(characters.text), np.int8)
    added = np.concatenate(boxes[1:])
    base_lines = np.nan_to_num(added[:, [0, 3]] - np.array([0, _DESCENT * size], np.float32))
    origins, stamps = characters.origins, characters.stamps
    return replace(
        characters,
        text=text,
        boxes=np.concatenate(boxes),
        origins=None if origins is None else np.concatenate([origins, base_lines]),
        stamps=None if stamps is None else np.concatenate([stamps, plain.astype(np.int32)]),
        sizes=np.concatenate([characters.sizes, np.full(len(plain), size, np.float32)]),
        turns=np.concatenate([characters.turns, plain]),
        bold=np.concatenate([characters.bold, plain.astype(bool)]),
    )


def _set(typed: _Typed) -> tuple[float, list[str]]:
    """The largest font size in which the text fits its box, at most the file's, and its lines."""
    x0, y0, x1, y1 = typed.box
    size = max(_SMALLEST, min(typed.size if typed.size > 0 else _LARGEST, y1 - y0))
    lines = typed.text.splitlines() if typed.several_lines else [" ".join(typed.text.split())]
    while typed.several_lines:
        set_lines = [part for line in lines for part in _wrapped(line, (x1 - x0) / size)]
        if len(set_lines) * size * _LEADING <= y1 - y0 or size <= _SMALLEST:
            return size, set_lines
        size = max(_SMALLEST, size - 0.5)
    return size, lines


def _wrapped(line: str, width: float) -> Iterator[str]:
    """The line in parts of at most ``width`` ems, broken at spaces if any and beside wide letters."""
    taken = ""
    for word in re.findall(r"[^\s\u2e80-\uffef]+\s*|\S\s*", line):
        if taken and sum(map(_advance, taken + word.rstrip())) > width:
            yield taken.rstrip()
            taken = ""
        taken += word
    yield taken.rstrip()


def _advance(letter: str) -> float:
    """Its width in ems, roughly."""
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.5


def _boxes(line: str, x0: float, y0: float, x1: float, size: float) -> NDArray[np.float32]:
    """Boxes of the letters. A line wider than the box is compressed, so it never overlaps its neighbours."""
    edges = size * np.cumsum([0.0, *map(_advance, line)])
    edges = x0 + edges * min(1.0, (x1 - x0) / max(edges[-1], 1.0))
    boxes = np.empty((len(line), 4), np.float32)
    boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3] = edges[:-1], y0, edges[1:], y0 + size * _HEIGHT
    boxes[[letter.isspace() for letter in line]] = np.nan
    return boxes
