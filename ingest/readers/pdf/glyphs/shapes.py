"""Shapes drawn on a page, from the bottom up: place, paint and layer."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.native import quick
from sinkqa.ingest.readers.pdf.glyphs.places import displayed_corners
from sinkqa.ingest.readers.pdf.glyphs.styles import shade_of

if TYPE_CHECKING:
    import pypdfium2 as pdfium

PICTURE = 0.5
"""The shade of a picture or a pattern. White is visible on some part of it."""
_MOST_SHAPES = 5000
_DEEPEST = 4
_OPTIONAL = "OC\0".encode("utf-16-le")  # how content that may be switched off is marked
_MOST_LAYERS = 8  # drawn one by one

Box = tuple[float, float, float, float]


class PageFrame(NamedTuple):
    """How a page is displayed: its visible box in user space, its rotation in degrees, its size in points."""

    bounds: Box
    rotation: int
    width: float
    height: float


class Shape(NamedTuple):
    """A drawn object: its address and its kind. ``form`` is the outermost form that contains it, or 0."""

    address: int
    kind: int
    form: int = 0


def frame_of(page: pdfium.PdfPage) -> PageFrame:
    """Returns the frame of an open page."""
    return PageFrame(page.get_bbox(), page.get_rotation(), *page.get_size())


def find_shapes(page: pdfium.PdfPage) -> list[Shape]:
    """Returns the shapes of the page, from the bottom up. A form comes before its content."""
    return _shapes(ctypes.cast(page.raw, ctypes.c_void_p).value or 0)


def _shapes(holder: int, depth: int = 0, form: int = 0) -> list[Shape]:
    import pypdfium2.raw as raw

    holds = "FPDFFormObj_" if depth else "FPDFPage_"
    count = quick(f"{holds}CountObjects", ctypes.c_int, ctypes.c_void_p)(holder)
    get = quick(f"{holds}GetObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong if depth else ctypes.c_int)
    kind_of = quick("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p)
    addresses = list(filter(None, map(get, repeat(holder), range(min(count, _MOST_SHAPES)))))
    kinds = list(map(kind_of, addresses))
    shapes = list(map(Shape, addresses, kinds, repeat(form)))
    if raw.FPDF_PAGEOBJ_FORM not in kinds or depth == _DEEPEST:
        return shapes
    flat: list[Shape] = []
    for shape in shapes:
        flat.append(shape)
        if shape.kind == raw.FPDF_PAGEOBJ_FORM and len(flat) < _MOST_SHAPES:
            flat += _shapes(shape.address, depth + 1, form or shape.address)
    return flat


def layers_of(shapes: Sequence[Shape]) -> Iterator[set[int]]:
    """Yields sets of objects that may be switched off together: of one name of optional content, or of one form.

    Objects are given by address.
    """
    import pypdfium2.raw as raw

    layers: dict[str, set[int]] = {}
    for shape in shapes:
        name = f"form {shape.address}" if shape.kind == raw.FPDF_PAGEOBJ_FORM else _layer(shape.address)
        if name and (shape.kind != raw.FPDF_PAGEOBJ_FORM or not shape.form):
            layers.setdefault(name, set()).add(shape.address)
    yield from list(layers.values())[:_MOST_LAYERS]


def _layer(address: int) -> str:
    """The name of an object's optional content, after a prefix of ours; empty without one."""
    import pypdfium2.raw as raw

    mark_of = quick("FPDFPageObj_GetMark", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
    name_of = quick("FPDFPageObjMark_GetName", ctypes.c_int, *[ctypes.c_void_p] * 2, ctypes.c_ulong, ctypes.c_void_p)
    buffer, length = ctypes.create_string_buffer(256), ctypes.c_ulong()
    at, length_at = ctypes.addressof(buffer), ctypes.addressof(length)
    for index in range(quick("FPDFPageObj_CountMarks", ctypes.c_int, ctypes.c_void_p)(address)):
        mark = mark_of(address, index)
        if name_of(mark, at, len(buffer), length_at) and buffer.raw[: length.value] == _OPTIONAL:
            handle = ctypes.cast(mark, raw.FPDF_PAGEOBJECTMARK)
            wide = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
            raw.FPDFPageObjMark_GetParamStringValue(handle, b"Name", wide, len(buffer), ctypes.byref(length))
            return "layer " + buffer.raw[: max(0, min(length.value, len(buffer)) - 2)].decode("utf-16-le", "replace")
    return ""


def displayed_box(frame: PageFrame, address: int) -> Box | None:
    """Returns the box of an object on the displayed page, origin top left; None if it has none."""
    bounds = (ctypes.c_float * 4)()
    at = ctypes.addressof(bounds)
    if not quick("FPDFPageObj_GetBounds", ctypes.c_int, *[ctypes.c_void_p] * 5)(address, at, at + 4, at + 8, at + 12):
        return None
    return displayed_corners(tuple(bounds), frame.bounds, frame.rotation)


def is_filled(path: int) -> bool:
    """Whether a path is filled. A path that is only stroked is not."""
    modes = (ctypes.c_int * 2)()
    at = ctypes.addressof(modes)
    quick("FPDFPath_GetDrawMode", ctypes.c_int, *[ctypes.c_void_p] * 3)(path, at, at + 4)
    return bool(modes[0])


def paint_of(path: int) -> float:
    """Returns the shade of a filled path, and NaN for a stroked one. A wide stroke is a band, a narrow one a frame."""
    if not is_filled(path):
        return math.nan
    colour = (ctypes.c_uint * 4)()
    at = ctypes.addressof(colour)
    known = quick("FPDFPageObj_GetFillColor", ctypes.c_int, *[ctypes.c_void_p] * 5)(path, at, at + 4, at + 8, at + 12)
    return float(shade_of(np.array([colour[:]], np.uint32))[0]) if known else PICTURE


def thin_shapes(page: pdfium.PdfPage, most: float) -> list[Box]:
    """Returns the displayed boxes of all shapes with a height of at most ``most`` points."""
    import pypdfium2.raw as raw

    frame = frame_of(page)
    paths = [shape.address for shape in find_shapes(page) if shape.kind == raw.FPDF_PAGEOBJ_PATH]
    boxes = [displayed_box(frame, path) for path in paths]
    return [box for box in boxes if box is not None and box[3] - box[1] <= most]
