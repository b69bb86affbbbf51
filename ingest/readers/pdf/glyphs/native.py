"""Fast calls of pdfium."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any


@functools.cache
def quick(name: str, result: type, *arguments: type) -> Callable[..., Any]:
    """Returns a pdfium function that takes plain integers and keeps the GIL: 4 times faster per character.

    Handles and pointers are given as addresses (``c_void_p``).
    """
    import pypdfium2.raw as raw

    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)
