"""Finds straight lines drawn on a page that may border table cells."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from sinkqa.ingest.readers.pdf.glyphs.native import quick

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_THIN = 3.5  # a filled rectangle no thicker than this many points is a drawn line
_JOIN = 3.0  # pieces of one line may be this far apart, in points
_SHORTEST = 8.0  # shorter lines border nothing
_MOST_PATHS = 4000  # a page with more is a map or a chart
_DEEPEST_FORM = 4

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


class Rule(NamedTuple):
    """A horizontal or vertical line. ``at`` is its position across, ``start`` and ``end`` those along it, in points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rules:
    """The lines of a displayed page, origin top left. ``bands`` are the upper and lower edges of shaded areas."""

    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()
    bands: tuple[Rule, ...] = ()

    def turned(self, turn: int, width: float, height: float) -> Rules:
        """Returns the lines in the frame in which text of ``turn`` quarter turns is upright.

        The page size is in points. Of shaded areas only the upper and lower edges are known. So one or three quarter
        turns lose them.
        """
        if turn == 1:
            across, down = self.down, tuple(Rule(height - at, start, end) for at, start, end in self.across)
            return Rules(_mirrored(across, None, height), tuple(sorted(down)))
        if turn == 2:
            across, down, bands = (
                _mirrored(rules, size, reach)
                for rules, size, reach in (
                    (self.across, height, width),
                    (self.down, width, height),
                    (self.bands, height, width),
                )
            )
            return Rules(across, down, bands)
        if turn == 3:
            across = tuple(sorted(Rule(width - at, start, end) for at, start, end in self.down))
            return Rules(across, _mirrored(self.across, None, width))
        return self


def _mirrored(rules: Iterable[Rule], size: float | None, reach: float) -> tuple[Rule, ...]:
    """Rules seen from the other end of their direction; with ``size``, also from the other side."""
    return tuple(
        sorted(Rule(at if size is None else size - at, reach - end, reach - start) for at, start, end in rules)
    )


def find_rules(page: PdfPage) -> Rules:
    """Returns every horizontal and vertical line of the page. Collinear pieces are joined.

    Empty if the page is a drawing.
    """
    across, down, bands = [], [], []
    frame = _to_displayed(page)
    for count, path in enumerate(_paths(ctypes.cast(page.raw, ctypes.c_void_p).value or 0, frame)):
        if count == _MOST_PATHS:
            return Rules()
        for x0, y0, x1, y1, filled in path:
            width, height = x1 - x0, y1 - y0
            if height <= _THIN and width > height:
                across.append(Rule((y0 + y1) / 2, x0, x1))
            elif width <= _THIN and height > width:
                down.append(Rule((x0 + x1) / 2, y0, y1))
            elif filled:
                bands += [Rule(y0, x0, x1), Rule(y1, x0, x1)]
    return Rules(_joined(across), _joined(down), _joined(bands))


def _joined(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    joined: list[Rule] = []
    for group in clusters(sorted(rules), gap=1.2):
        at = sum(rule.at for rule in group) / len(group)
        pieces: list[Rule] = []
        for rule in sorted(group, key=lambda rule: rule.start):
            if pieces and rule.start - pieces[-1].end <= _JOIN:
                pieces[-1] = Rule(at, pieces[-1].start, max(pieces[-1].end, rule.end))
            else:
                pieces.append(Rule(at, rule.start, rule.end))
        joined += [piece for piece in pieces if piece.end - piece.start >= _SHORTEST]
    return tuple(joined)


def clusters(rules: Sequence[Rule], *, gap: float) -> Iterator[list[Rule]]:
    """Yields runs of rules in the order of ``at``. Within a run, neighbours are at most ``gap`` points apart."""
    run: list[Rule] = []
    for rule in rules:
        if run and rule.at - run[-1].at > gap:
            yield run
            run = []
        run.append(rule)
    if run:
        yield run


def _to_displayed(page: PdfPage) -> Matrix:
    """Maps user space to the displayed page: visible box at the origin, rotated, y downwards."""
    left, bottom, right, top = page.get_bbox()
    return {
        0: (1, 0, 0, -1, -left, top),
        90: (0, 1, 1, 0, -bottom, -left),
        180: (-1, 0, 0, 1, right, -bottom),
        270: (0, -1, -1, 0, top, right),
    }[page.get_rotation() % 360]


def _apply(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def _then(first: Matrix, second: Matrix) -> Matrix:
    origin, right, up = (_apply(second, _apply(first, point)) for point in ((0, 0), (1, 0), (0, 1)))
    return (
        right[0] - origin[0],
        right[1] - origin[1],
        up[0] - origin[0],
        up[1] - origin[1],
        *origin,
    )


def _paths(holder: int, frame: Matrix, *, depth: int = 0) -> Iterator[list[tuple[float, float, float, float, bool]]]:
    """The boxes (x0, y0, x1, y1, filled) of each painted path: one a stroked segment, one a filled rectangle."""
    import pypdfium2.raw as pdfium

    holds = "FPDFFormObj_" if depth else "FPDFPage_"
    count = quick(f"{holds}CountObjects", ctypes.c_int, ctypes.c_void_p)(holder)
    get = quick(f"{holds}GetObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong if depth else ctypes.c_int)
    kind_of = quick("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p)
    for shape in map(get, repeat(holder), range(count)):
        kind = kind_of(shape)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield _boxes(shape, _then(_matrix(shape), frame))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            yield from _paths(shape, _then(_matrix(shape), frame), depth=depth + 1)


def _matrix(shape: int) -> Matrix:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    quick("FPDFPageObj_GetMatrix", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(shape, ctypes.addressof(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _boxes(path: int, frame: Matrix) -> list[tuple[float, float, float, float, bool]]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    mode_of = quick("FPDFPath_GetDrawMode", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    mode_of(path, ctypes.addressof(fill), ctypes.addressof(stroke))
    boxes = []
    for subpath in _subpaths(path, frame):
        if stroke.value:
            boxes += [_box(pair, filled=False) for pair in itertools.pairwise(subpath)]
        elif fill.value and 4 <= len(subpath) <= 6:
            box = _box(subpath, filled=True)
            if min(box[2] - box[0], box[3] - box[1]) <= _THIN or not _is_white(path):
                boxes.append(box)
    return boxes


def _box(points: Sequence[Point], *, filled: bool) -> tuple[float, float, float, float, bool]:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys), filled


def _subpaths(path: int, frame: Matrix) -> Iterator[list[Point]]:
    """The corners of each straight-lined subpath; those with curves are left out."""
    import pypdfium2.raw as pdfium

    get = quick("FPDFPath_GetPathSegment", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    kind_of = quick("FPDFPathSegment_GetType", ctypes.c_int, ctypes.c_void_p)
    closes = quick("FPDFPathSegment_GetClose", ctypes.c_int, ctypes.c_void_p)
    point_of = quick("FPDFPathSegment_GetPoint", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    x, y = ctypes.c_float(), ctypes.c_float()
    x_at, y_at = ctypes.addressof(x), ctypes.addressof(y)
    points: list[Point] = []
    curved = False
    for index in range(quick("FPDFPath_CountSegments", ctypes.c_int, ctypes.c_void_p)(path)):
        segment = get(path, index)
        kind = kind_of(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points
            points, curved = [], False
        curved |= kind == pdfium.FPDF_SEGMENT_BEZIERTO
        point_of(segment, x_at, y_at)
        points.append(_apply(frame, (x.value, y.value)))
        if closes(segment):
            points.append(points[0])
    if len(points) > 1 and not curved:
        yield points


def _is_white(path: int) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    color_of = quick("FPDFPageObj_GetFillColor", ctypes.c_int, *[ctypes.c_void_p] * 5)
    color_of(path, *map(ctypes.addressof, (red, green, blue, alpha)))
    return min(red.value, green.value, blue.value) >= 250 or alpha.value == 0
