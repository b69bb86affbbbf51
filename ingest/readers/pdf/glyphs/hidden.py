"""Finds text that its page does not show: on layers that are off, without ink, white, or covered.

Cheap checks find candidates. Then the page is drawn with and without them, and the comparison decides.
"""

from __future__ import annotations

import ctypes
import io
import logging
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.clipping import find_clipped
from sinkqa.ingest.readers.pdf.glyphs.native import quick
from sinkqa.ingest.readers.pdf.glyphs.places import middles
from sinkqa.ingest.readers.pdf.glyphs.shapes import (
    PICTURE,
    Box,
    PageFrame,
    Shape,
    displayed_box,
    find_shapes,
    frame_of,
    is_filled,
    layers_of,
    paint_of,
)

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_PACKED = re.compile(rb"/ObjStm[^>]{0,200}>>\s*stream\r?\n")
_PACK = 1 << 20  # bytes of a pack of objects that are looked at, packed and unpacked
_WHITE = 0.92  # shade from which ink may not show on paper
_SCALE = 1.0  # pixels a point: enough for small print to leave a trace
_TRACE = 12  # of 255: less contrast is not seen
_LEAST = 4.0  # points; a smaller shape covers no text
_SCAN = 0.5  # share of the page that a picture of it fills
_OUTLINES = 300  # letters drawn as paths


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Properties of the characters of a page: displayed boxes, NaN for blanks, and the styles of their text objects."""

    boxes: NDArray[np.float32]
    shades: NDArray[np.float32]
    unseen: NDArray[np.bool_]
    objects: NDArray[np.int64]


def layers_are_off(content: bytes) -> bool:
    """Whether the file has optional content that may be off when the file is opened."""
    if not _mentions(content, b"/OCProperties"):
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
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError):
        return False  # its layers are as odd as the file: nothing is known of them


def _mentions(content: bytes, word: bytes) -> bool:
    """Whether a word occurs in a file or in its packed objects; if these are encrypted, it may."""
    if word in content or (b"/Encrypt" in content and b"/ObjStm" in content):
        return True
    for start in _PACKED.finditer(content):
        try:
            if word in zlib.decompressobj().decompress(content[start.end() : start.end() + _PACK], _PACK):
                return True
        except zlib.error:
            return True  # packed in another way
    return False


def find_hidden(
    page: pdfium.PdfPage, glyphs: Glyphs, objects_of: Callable[[], NDArray[np.int64]], *, layers_off: Callable[[], bool]
) -> NDArray[np.bool_]:
    """True for glyphs that ``page`` does not show. The text layer under the picture of a scan does not count as hidden.

    ``glyphs`` has the text object of each word. ``objects_of`` gives the text object of each glyph, but costs more.
    ``layers_off``: whether the file has optional content that may be off.
    """
    import pypdfium2.raw as raw

    inked = ~np.isnan(glyphs.boxes[:, 0])
    hidden = np.zeros(len(inked), bool)
    if not inked.any():
        return hidden
    frame, shapes = frame_of(page), find_shapes(page)
    pale = inked & (glyphs.shades >= _WHITE)
    if pale.any():
        under = _under(frame, shapes, glyphs)
        hidden |= pale & (under >= _WHITE)
        pale &= np.isnan(under)
    doubtful = _covered(frame, shapes, glyphs, inked)
    texts = [shape.address for shape in shapes if shape.kind == raw.FPDF_PAGEOBJ_TEXT and not shape.form]
    clipped = find_clipped(texts)
    layers = list(layers_of(shapes)) if layers_off() else []
    if layers or doubtful or clipped or pale.any():
        glyphs = replace(glyphs, objects=objects_of())
        doubtful = _covered(frame, shapes, glyphs, inked) | clipped | set(glyphs.objects[pale].tolist())
    groups = [doubtful, *layers]
    for group in filter(None, groups):
        inside = {shape.address for shape in shapes if shape.form in group} | group
        own = inked & np.isin(glyphs.objects, [*inside])
        if own.any():
            hidden |= _leaves_no_trace(page, group - {0}, glyphs, own)
    if (glyphs.unseen & inked).any():
        hidden |= _without_ink(frame, shapes, glyphs, inked)
    return hidden


def _under(frame: PageFrame, shapes: Sequence[Shape], glyphs: Glyphs) -> NDArray[np.float32]:
    """Shade painted under each glyph, 1 for bare paper; NaN if unknown."""
    import pypdfium2.raw as raw

    centre = middles(glyphs.boxes)
    under = np.ones(len(centre), np.float32)
    for shape in shapes:
        if shape.kind in (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM):
            continue
        box = displayed_box(frame, shape.address)
        if box and min(box[2] - box[0], box[3] - box[1]) >= _LEAST:
            shade = paint_of(shape.address) if shape.kind == raw.FPDF_PAGEOBJ_PATH else PICTURE
            under[_inside(centre, box)] = shade
    return under


def _covered(frame: PageFrame, shapes: Sequence[Shape], glyphs: Glyphs, inked: NDArray[np.bool_]) -> set[int]:
    """Text objects covered by an opaque shape or a picture that is drawn later."""
    import pypdfium2.raw as raw

    covering = (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE)
    first = next((at for at, shape in enumerate(shapes) if shape.kind == raw.FPDF_PAGEOBJ_TEXT), len(shapes))
    later = [at for at in range(first, len(shapes)) if shapes[at].kind in covering]
    boxes = [(at, box) for at in later if (box := _opaque(frame, shapes[at])) is not None]
    if not boxes:
        return set()
    order = {shape.address: at for at, shape in enumerate(shapes)}
    centre, own = middles(glyphs.boxes[inked]), glyphs.objects[inked]
    found: set[int] = set()
    for at, box in boxes:
        inside = _inside(centre, box)
        if inside.any():
            found.update(text for text in np.unique(own[inside]).tolist() if order.get(text, at) < at)
    return found


def _opaque(frame: PageFrame, shape: Shape) -> Box | None:
    """The displayed box of a filled shape or picture that may cover text. A picture of the whole page is a scan."""
    import pypdfium2.raw as raw

    if shape.kind == raw.FPDF_PAGEOBJ_PATH and not is_filled(shape.address):
        return None
    box = displayed_box(frame, shape.address)
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _LEAST:
        return None
    return None if shape.kind == raw.FPDF_PAGEOBJ_IMAGE and _share(frame, box) > _SCAN else box


def _share(frame: PageFrame, box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) / max(1.0, frame.width * frame.height)


def _inside(points: NDArray[np.float32], box: Box) -> NDArray[np.bool_]:
    x, y = points.T
    inside: NDArray[np.bool_] = (box[0] <= x) & (x <= box[2]) & (box[1] <= y) & (y <= box[3])
    return inside


def _without_ink(
    frame: PageFrame, shapes: Sequence[Shape], glyphs: Glyphs, inked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Glyphs drawn without ink, except those over a picture of text, which repeat its words."""
    import pypdfium2.raw as raw

    unseen = glyphs.unseen & inked
    if sum(shape.kind == raw.FPDF_PAGEOBJ_PATH for shape in shapes) > _OUTLINES:
        return np.zeros(len(unseen), bool)
    centre = middles(glyphs.boxes)
    pictures = [displayed_box(frame, shape.address) for shape in shapes if shape.kind == raw.FPDF_PAGEOBJ_IMAGE]
    over = np.zeros(len(unseen), bool)
    for box in pictures:
        over |= unseen & _inside(centre, box) if box else False
    return unseen & ~over


def _leaves_no_trace(
    page: pdfium.PdfPage, group: Iterable[int], glyphs: Glyphs, own: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which of the glyphs ``own``, those of a group of objects, change nothing on the drawn page."""
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
