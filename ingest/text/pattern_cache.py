"""Reading step of the flow: compiled patterns, kept beside the compiled modules of Python.

Compiling what a question meets takes longer than answering it: Python compiles every pattern anew in every process,
and keeps modules only. What the compiler of patterns makes of one is a list of numbers, which is kept here under
the pattern, its flags and the exact version of Python, where and when Python keeps a module (`__pycache__`, and
nothing under ``PYTHONDONTWRITEBYTECODE``). Where that cannot be, every pattern is compiled as ever.
"""

from __future__ import annotations

import atexit
import marshal
import os
import re
import sys
from array import array
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

_MOST = 4_000  # patterns; with more, most are of sources that have changed since
_MADE_BY = (sys.version, sys.byteorder, array("I").itemsize)

Made = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]
"""What is kept of a pattern: its flags, code (uint32), number of groups, and their names, forth and back."""


def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As :func:`re.compile`, from what an earlier process made. Of patterns in sources only: what is kept grows."""
    key, kept = (pattern, int(flags)), _kept()
    try:
        if key not in kept:
            made = _made(*key)
            if not kept.keys() - _read().keys():
                atexit.register(_write)
            kept[key] = made
        flags, code, groups, names, by_number = kept[key]
        numbers = array("I", code).tolist()
        found: re.Pattern[str] = import_module("_sre").compile(pattern, flags, numbers, groups, names, by_number)
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeError):  # another Python, whose inside differs
        return re.compile(pattern, flags)
    return found


def place() -> Path:
    """The file that holds them."""
    return Path(cache_from_source(__file__)).with_suffix(".patterns")


@cache
def _kept() -> dict[tuple[str, int], Made]:
    return dict(_read())


@cache
def _read() -> dict[tuple[str, int], Made]:
    with suppress(OSError, EOFError, ValueError, TypeError):
        made_by, kept = marshal.loads(place().read_bytes())
        if made_by == _MADE_BY and len(kept) < _MOST:
            return dict(kept)
    return {}


def _made(pattern: str, flags: int) -> Made:
    parsed: Any = import_module("re._parser").parse(pattern, flags)
    code = import_module("re._compiler")._code(parsed, flags)
    names: dict[str, int] = dict(parsed.state.groupdict)
    by_number: list[str | None] = [None] * parsed.state.groups
    for name, number in names.items():
        by_number[number] = name
    numbers = array("I", map(int, code)).tobytes()
    return int(flags | parsed.state.flags), numbers, parsed.state.groups - 1, names, tuple(by_number)


def _write() -> None:
    """Puts the file in place whole: another process reads the old one or the new one."""
    if sys.dont_write_bytecode:
        return
    with suppress(OSError):
        place().parent.mkdir(exist_ok=True)
        aside = place().with_suffix(f".{os.getpid()}")
        aside.write_bytes(marshal.dumps((_MADE_BY, _kept())))
        aside.replace(place())
