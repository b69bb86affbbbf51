"""Ingest, PDF: text in a file that its page does not show: on layers that are off, without ink, white, or covered.

What may be hidden is found by cheap signs; whether it is, the page itself tells, drawn once with it and once without.
"""

from __future__ import annotations

import ctypes
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ingest.readers.pdf.native import quick
from ingest.readers.pdf.places import displayed_corners

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_WHITE = 0.92  # shade from which ink may not show on paper
_SCALE = 1.0  # pixels a point: enough for small print to leave a trace
_TRACE = 12  # of 255: less contrast is not seen
_LEAST = 4.0  # points; a smaller shape covers no text
_MOST_SHAPES = 5000
_DEEPEST = 4
_SCAN = 0.5  # share of the page that a picture of it fills
_OUTLINES = 300  # letters drawn as paths
_MOST_LAYERS = 8  # drawn one by one


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What is known of the characters of a page: displayed boxes, NaN for blanks, and their text objects' styles."""

    boxes: NDArray[np.float32]
    shades: NDArray[np.float32]
    unseen: NDArray[np.bool_]
    objects: NDArray[np.int64]


class _Shape(NamedTuple):
    """Something drawn, by its address and kind; ``form`` is the outermost form that holds it, or 0."""

    address: int
    kind: int
    form: int = 0


def layers_are_off(content: bytes) -> bool:
    """Whether the file has optional content that may be off when it is opened."""
    if b"/OCProperties" not in content and b"/ObjStm" not in content:
        return False
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every fault that it mends
    try:
        properties = pypdf.PdfReader(io.BytesIO(content)).root_object.get("/OCProperties")
        if properties is None:
            return False
        usual = properties.get_object().get("/D", {}).get_object()
        return bool(usual.get("/OFF") or usual.get("/AS") or usual.get("/BaseState", "/ON") != "/ON")
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        return False  # its layers are as odd as the file: nothing is known of them


def find_hidden(
    page: pdfium.PdfPage, glyphs: Glyphs, objects_of: Callable[[], NDArray[np.int64]], *, layers_off: Callable[[], bool]
) -> NDArray[np.bool_]:
    """True for glyphs that nobody sees on ``page``; a text layer under the picture of a scan is not hidden.

    ``glyphs`` know the text object of each word, ``objects_of`` gives that of each glyph, which costs more.
    ``layers_off`` tells whether the file has optional content that may be off; it is asked where the page has any.
    """
    inked = ~np.isnan(glyphs.boxes[:, 0])
    hidden = np.zeros(len(inked), bool)
    if not inked.any():
        return hidden
    shapes = _shapes(ctypes.cast(page.raw, ctypes.c_void_p).value or 0)
    pale = inked & (glyphs.shades >= _WHITE)
    if pale.any():
        bare = pale & _on_paper(page, shapes, glyphs, pale)
        hidden |= bare
        pale &= ~bare
    doubtful = _covered(page, shapes, glyphs, inked)
    layers = list(_layers(shapes)) if _may_have_layers(shapes) and layers_off() else []
    if layers or doubtful or pale.any():
        glyphs = replace(glyphs, objects=objects_of())
        doubtful = _covered(page, shapes, glyphs, inked) | set(glyphs.objects[pale].tolist())
    groups = [doubtful, *layers]
    for group in filter(None, groups):
        inside = {shape.address for shape in shapes if shape.form in group} | group
        own = inked & np.isin(glyphs.objects, [*inside])
        if own.any():
            hidden |= _leaves_no_trace(page, group - {0}, glyphs, own)
    if (glyphs.unseen & inked).any():
        hidden |= _without_ink(page, shapes, glyphs, inked)
    return hidden


def _on_paper(
    page: pdfium.PdfPage, shapes: Sequence[_Shape], glyphs: Glyphs, pale: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """True for pale glyphs under which nothing is drawn but lines and text."""
    import pypdfium2.raw as raw

    centre = (glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2
    bare = pale.copy()
    for shape in shapes:
        if shape.kind not in (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM) and bare.any():
            box = displayed_box(page, shape.address)
            if box and min(box[2] - box[0], box[3] - box[1]) >= _LEAST:
                bare &= ~_inside(centre, box)
    return bare


def _shapes(holder: int, depth: int = 0, form: int = 0) -> list[_Shape]:
    """What is drawn on the page, from the bottom up; a form stands before what it holds."""
    import pypdfium2.raw as raw

    holds = "FPDFFormObj_" if depth else "FPDFPage_"
    count = quick(f"{holds}CountObjects", ctypes.c_int, ctypes.c_void_p)(holder)
    get = quick(f"{holds}GetObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong if depth else ctypes.c_int)
    kind_of = quick("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p)
    addresses = list(filter(None, map(get, repeat(holder), range(min(count, _MOST_SHAPES)))))
    kinds = list(map(kind_of, addresses))
    shapes = list(map(_Shape, addresses, kinds, repeat(form)))
    if raw.FPDF_PAGEOBJ_FORM not in kinds or depth == _DEEPEST:
        return shapes
    flat: list[_Shape] = []
    for shape in shapes:
        flat.append(shape)
        if shape.kind == raw.FPDF_PAGEOBJ_FORM and len(flat) < _MOST_SHAPES:
            flat += _shapes(shape.address, depth + 1, form or shape.address)
    return flat


def _may_have_layers(shapes: Sequence[_Shape]) -> bool:
    import pypdfium2.raw as raw

    marks_of = quick("FPDFPageObj_CountMarks", ctypes.c_int, ctypes.c_void_p)
    return any(shape.kind == raw.FPDF_PAGEOBJ_FORM or marks_of(shape.address) for shape in shapes)


def _layers(shapes: Sequence[_Shape]) -> Iterator[set[int]]:
    """Addresses of what may be switched off together: marked with one name of optional content, or one form."""
    import pypdfium2.raw as raw

    layers: dict[str, set[int]] = {}
    for shape in shapes:
        name = f"form {shape.address}" if shape.kind == raw.FPDF_PAGEOBJ_FORM else _layer(shape.address)
        if name and (shape.kind != raw.FPDF_PAGEOBJ_FORM or not shape.form):
            layers.setdefault(name, set()).add(shape.address)
    yield from list(layers.values())[:_MOST_LAYERS]


def _layer(address: int) -> str:
    """The name of the optional content that an object is marked as; empty without one."""
    import pypdfium2.raw as raw

    shape = ctypes.cast(address, raw.FPDF_PAGEOBJECT)
    buffer = ctypes.create_string_buffer(256)
    wide = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
    length = ctypes.c_ulong()
    for index in range(raw.FPDFPageObj_CountMarks(shape)):
        mark = raw.FPDFPageObj_GetMark(shape, index)
        raw.FPDFPageObjMark_GetName(mark, wide, len(buffer), ctypes.byref(length))
        if buffer.raw[: max(0, length.value - 2)].decode("utf-16-le", "replace") == "OC":
            raw.FPDFPageObjMark_GetParamStringValue(mark, b"Name", wide, len(buffer), ctypes.byref(length))
            return "layer " + buffer.raw[: max(0, min(length.value, len(buffer)) - 2)].decode("utf-16-le", "replace")
    return ""


def _covered(page: pdfium.PdfPage, shapes: Sequence[_Shape], glyphs: Glyphs, inked: NDArray[np.bool_]) -> set[int]:
    """Text objects over which an opaque shape or a picture is drawn later."""
    import pypdfium2.raw as raw

    covering = (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE)
    first = next((at for at, shape in enumerate(shapes) if shape.kind == raw.FPDF_PAGEOBJ_TEXT), len(shapes))
    later = [at for at in range(first, len(shapes)) if shapes[at].kind in covering]
    if not later:
        return set()
    order = {shape.address: at for at, shape in enumerate(shapes)}
    objects, at_object = np.unique(glyphs.objects[inked], return_inverse=True)
    orders = np.array([order.get(address, len(shapes)) for address in objects.tolist()])[at_object]
    centre = (glyphs.boxes[inked, :2] + glyphs.boxes[inked, 2:]) / 2
    found: set[int] = set()
    for at in later:
        box = _opaque(page, shapes[at])
        if box is not None:
            under = (orders < at) & _inside(centre, box)
            found.update(glyphs.objects[inked][under].tolist())
    return found


def _opaque(page: pdfium.PdfPage, shape: _Shape) -> tuple[float, float, float, float] | None:
    """The displayed box of a filled shape or picture that may cover text; a picture of the whole page is a scan."""
    import pypdfium2.raw as raw

    if shape.kind == raw.FPDF_PAGEOBJ_PATH:
        modes = (ctypes.c_int * 2)()
        at = ctypes.addressof(modes)
        quick("FPDFPath_GetDrawMode", ctypes.c_int, *[ctypes.c_void_p] * 3)(shape.address, at, at + 4)
        if not modes[0]:
            return None
    box = displayed_box(page, shape.address)
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _LEAST:
        return None
    return None if shape.kind == raw.FPDF_PAGEOBJ_IMAGE and _share(page, box) > _SCAN else box


def displayed_box(page: pdfium.PdfPage, address: int) -> tuple[float, float, float, float] | None:
    """The box of an object on the displayed page, top-left origin; None where it has none."""
    bounds = (ctypes.c_float * 4)()
    at = ctypes.addressof(bounds)
    if not quick("FPDFPageObj_GetBounds", ctypes.c_int, *[ctypes.c_void_p] * 5)(address, at, at + 4, at + 8, at + 12):
        return None
    return displayed_corners(tuple(bounds), page.get_bbox(), page.get_rotation())


def thin_shapes(page: pdfium.PdfPage, most: float) -> list[tuple[float, float, float, float]]:
    """Boxes of all shapes no higher than ``most`` points, as displayed."""
    import pypdfium2.raw as raw

    shapes = _shapes(ctypes.cast(page.raw, ctypes.c_void_p).value or 0)
    boxes = [displayed_box(page, shape.address) for shape in shapes if shape.kind == raw.FPDF_PAGEOBJ_PATH]
    return [box for box in boxes if box is not None and box[3] - box[1] <= most]


def _share(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> float:
    width, height = page.get_size()
    return (box[2] - box[0]) * (box[3] - box[1]) / max(1.0, width * height)


def _inside(points: NDArray[np.float32], box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    x, y = points.T
    inside: NDArray[np.bool_] = (box[0] <= x) & (x <= box[2]) & (box[1] <= y) & (y <= box[3])
    return inside


def _without_ink(
    page: pdfium.PdfPage, shapes: Sequence[_Shape], glyphs: Glyphs, inked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Glyphs drawn without ink, but for those that stand over a picture of text: they say what it shows."""
    import pypdfium2.raw as raw

    unseen = glyphs.unseen & inked
    if sum(shape.kind == raw.FPDF_PAGEOBJ_PATH for shape in shapes) > _OUTLINES:
        return np.zeros(len(unseen), bool)
    centre = (glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2
    pictures = [displayed_box(page, shape.address) for shape in shapes if shape.kind == raw.FPDF_PAGEOBJ_IMAGE]
    over = np.zeros(len(unseen), bool)
    for box in pictures:
        over |= unseen & _inside(centre, box) if box else False
    return unseen & ~over


def _leaves_no_trace(
    page: pdfium.PdfPage, group: Iterable[int], glyphs: Glyphs, own: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which of the glyphs ``own``, those of a group of objects, change nothing where they stand on the page."""
    places = np.flatnonzero(own)
    boxes = np.nan_to_num(glyphs.boxes[places])
    frame = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    shown, corner = _drawn(page, frame)
    switch = quick("FPDFPageObj_SetIsActive", ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    for address in group:
        switch(address, 0)
    trace = np.abs(_drawn(page, frame)[0].astype(np.int16) - shown) > _TRACE
    for address in group:
        switch(address, 1)
    edges = boxes * _SCALE - np.array([*corner, *corner])
    low = np.floor(edges[:, :2]).astype(int).clip(0).tolist()
    high = np.ceil(edges[:, 2:]).astype(int).tolist()
    bare = np.array([not trace[y0:y1, x0:x1].any() for (x0, y0), (x1, y1) in zip(low, high, strict=True)])
    objects = glyphs.objects[places]
    shown_beside = ~bare & (np.append(objects[1:] == objects[:-1], False))
    lost = np.zeros(len(own), bool)
    lost[places] = bare & ~np.append(False, shown_beside[:-1])  # a full stop leaves no trace beside a letter that does
    return lost


def _drawn(
    page: pdfium.PdfPage, frame: tuple[float, float, float, float]
) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """The part of the page within ``frame`` in shades of grey, (height, width), and its corner in pixels."""
    width, height = page.get_size()
    left, top = max(0.0, frame[0] - 1), max(0.0, frame[1] - 1)
    right, bottom = min(width, frame[2] + 1), min(height, frame[3] + 1)
    crop = (left, height - bottom, width - right, top)
    picture = page.render(scale=_SCALE, crop=crop, grayscale=True, draw_annots=False, may_draw_forms=False).to_numpy()
    return picture.reshape(picture.shape[:2]), (left * _SCALE, top * _SCALE)
