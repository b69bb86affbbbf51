"""Draws pages of PDFs with quotes marked, in a separate process. A bad file can crash only that process."""

from __future__ import annotations

import io
import math
import multiprocessing
import resource
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np

from sinkqa.ingest.document import Box, Page
from sinkqa.ingest.readers.pdf.file import load_page, open_pdf
from sinkqa.service.errors import PageNotDrawn
from sinkqa.service.intake.workers import exit_with_parent, forkserver_context, kill, without_main_module

_PATIENCE_S = 20.0  # a page that takes longer is not drawn
_MEMORY = 2 << 30  # bytes that drawing may allocate
_MOST_PIXELS = 16_000_000
_LONGEST_EDGE = 16_384  # pixels
_MARK = (255, 226, 92)  # multiplied with the page, as a marker pen does
_MARGIN = 1.0  # points around a line

_lock = threading.Lock()
_pool: ProcessPoolExecutor | None = None


def draw(content: bytes, page: Page, boxes: Sequence[Box], *, width: int) -> bytes:
    """A PNG of a page, about ``width`` pixels wide, with the boxes marked. Only one page is drawn at a time.

    Raises:
        PageNotDrawn: the page is damaged, or drawing it takes too much time or memory.
    """
    with _lock:
        try:
            return _started().submit(_draw, content, page, boxes, width).result(timeout=_PATIENCE_S)
        except (TimeoutError, BrokenProcessPool, MemoryError) as error:
            _end()
            why = "takes too long" if isinstance(error, TimeoutError) else "takes too much, or crashes what draws it"
        except (RuntimeError, ValueError, ArithmeticError, OSError):
            why = "is damaged"
    raise PageNotDrawn(f"page {page.number} cannot be drawn: it {why}; read its text instead")


def _started() -> ProcessPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ProcessPoolExecutor(1, mp_context=forkserver_context(), initializer=_start)
        with without_main_module():
            _pool.submit(int)
    return _pool


def _end() -> None:
    """The process is ended, whatever it does just now; the next page starts another."""
    global _pool
    if _pool is not None:
        kill(_pool)
        _pool.shutdown(wait=False)
        _pool = None


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=exit_with_parent, args=(multiprocessing.parent_process(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))


def _draw(content: bytes, page: Page, boxes: Sequence[Box], width: int) -> bytes:
    from PIL import Image

    with open_pdf(content, "document") as document:
        loaded = load_page(document, page.number)
        if loaded is None:
            raise PageNotDrawn(f"page {page.number} cannot be drawn: it is damaged; read its text instead")
        across, down = loaded.get_size()
        scale = min((width - 0.01) / across, math.sqrt(_MOST_PIXELS / (across * down)), _LONGEST_EDGE / down)
        pixels = loaded.render(scale=scale, rev_byteorder=True, prefer_bgrx=False).to_numpy()[..., :3].copy()
    marked = np.zeros(pixels.shape[:2], bool)
    for box in boxes:
        x, y = pixels.shape[1] / page.width, pixels.shape[0] / page.height
        top, bottom = max(0, int((box.y0 - _MARGIN) * y)), math.ceil((box.y1 + _MARGIN) * y)
        marked[top:bottom, max(0, int((box.x0 - _MARGIN) * x)) : math.ceil((box.x1 + _MARGIN) * x)] = True
    pixels[marked] = (pixels[marked].astype(np.uint16) * _MARK // 255).astype(np.uint8)
    drawn = io.BytesIO()
    Image.fromarray(pixels).save(drawn, "PNG")
    return drawn.getvalue()
