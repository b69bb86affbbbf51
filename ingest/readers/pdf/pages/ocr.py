"""Recognises text (OCR) on pages that are pictures. It needs the ocr extra."""

from __future__ import annotations

import functools
import logging
import unicodedata
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from sinkqa.ingest.extras import is_installed
from sinkqa.ingest.readers.pdf.lines.text import Characters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_LONG_SIDE = 2200  # pixels; A4 at about 190 dpi: fewer lose small print, more cost time for nothing
_MIN_SCORE = 0.6  # below, a line is noise: stamps, drawings, smudges
_EM = 0.8  # font size by the height of a recognised line


class _Recognised(Protocol):
    boxes: NDArray[np.float32] | None
    txts: Sequence[str] | None
    scores: Sequence[float] | None


def ocr_available() -> bool:
    """Whether the ocr extra is installed."""
    return is_installed("ocr")


def recognise(page: pdfium.PdfPage) -> Characters:
    """Recognises the characters on ``page``, line by line. A character's box is its share of its line's box."""
    width, height = page.get_size()
    scale = _LONG_SIDE / max(width, height, 1.0)
    found = _engine()(page.render(scale=scale).to_numpy())
    texts: list[str] = []
    boxes: list[NDArray[np.float32]] = []
    for corners, text, score in zip(
        () if found.boxes is None else found.boxes, found.txts or (), found.scores or (), strict=True
    ):
        if score >= _MIN_SCORE and text.strip():
            low, high = corners.min(axis=0) / scale, corners.max(axis=0) / scale
            texts.append(text.replace("\n", " "))
            boxes.append(_shares(texts[-1], low, high))
    blank = np.full((1, 4), np.nan, np.float32)
    joined = np.concatenate([blank, *(part for box in boxes for part in (box, blank))])[1:]
    sizes = np.nan_to_num((joined[:, 3] - joined[:, 1]) * np.float32(_EM))
    count = len(joined)
    plain = np.zeros(count, np.int8)
    text = "".join(f"{text}\n" for text in texts)
    return Characters(text, joined, sizes, plain, plain.astype(bool), width, height)


def _shares(text: str, low: NDArray[np.float32], high: NDArray[np.float32]) -> NDArray[np.float32]:
    """Boxes of a line's characters, full-width ones twice as wide; NaN for spaces; (len(text), 4)."""
    units = [2.0 if unicodedata.east_asian_width(char) in "WF" else 1.0 for char in text]
    edges = low[0] + np.cumsum([0.0, *units]) / sum(units) * (high[0] - low[0])
    boxes = np.empty((len(text), 4), np.float32)
    boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3] = edges[:-1], low[1], edges[1:], high[1]
    boxes[[char.isspace() for char in text]] = np.nan
    return boxes


@functools.cache
def _engine() -> Callable[[NDArray[np.uint8]], _Recognised]:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return cast("Callable[[NDArray[np.uint8]], _Recognised]", RapidOCR(params={"Global.log_level": "error"}))
