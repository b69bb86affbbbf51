"""Finds text outside the clip path of its drawing."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sinkqa.ingest.readers.pdf.glyphs.native import quick

if TYPE_CHECKING:
    import pypdfium2.raw as raw

_SLACK = 1.0  # points: print may touch the edge
_MOST_SEGMENTS = 64  # of a clip path; what has more is a drawing
_MOST = 300  # text objects of a page that are looked at


def find_clipped(texts: Iterable[int]) -> set[int]:
    """Returns addresses of the page's text objects, outside of forms, that are not wholly inside their clip path."""
    clip_of = quick("FPDFPageObj_GetClipPath", ctypes.c_void_p, ctypes.c_void_p)
    count_of = quick("FPDFClipPath_CountPaths", ctypes.c_int, ctypes.c_void_p)
    bounds_of = quick("FPDFPageObj_GetBounds", ctypes.c_int, *[ctypes.c_void_p] * 5)
    clips = [(text, clip, count) for text in texts if (clip := clip_of(text)) and (count := count_of(clip)) > 0]
    bounds = (ctypes.c_float * 4)()
    at = ctypes.addressof(bounds)
    found = set()
    for text, clip, count in clips[:_MOST]:
        if not bounds_of(text, at, at + 4, at + 8, at + 12):
            continue
        left, bottom, right, top = bounds
        for path in range(count):
            x0, y0, x1, y1 = _bounds(clip, path)
            if left < x0 - _SLACK or bottom < y0 - _SLACK or right > x1 + _SLACK or top > y1 + _SLACK:
                found.add(text)
    return found


def _bounds(clip: int, path: int) -> tuple[float, float, float, float]:
    """Box of one path of a clip path in user space; the whole plane if it is too complex."""
    import pypdfium2.raw as raw

    handle = ctypes.cast(clip, raw.FPDF_CLIPPATH)
    count = raw.FPDFClipPath_CountPathSegments(handle, path)
    if not 0 < count <= _MOST_SEGMENTS:
        return -1e9, -1e9, 1e9, 1e9
    points = [_point(raw.FPDFClipPath_GetPathSegment(handle, path, segment)) for segment in range(count)]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _point(segment: raw.FPDF_PATHSEGMENT) -> tuple[float, float]:
    import pypdfium2.raw as raw

    x, y = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value
