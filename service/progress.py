"""Reports the progress of a question from the steps that do the work to the caller who waits for the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Step = Literal["judging", "checking", "writing"]
"""The current step: judging the passages found, comparing quotes with the store, or writing with a model."""

_listener: ContextVar[Callable[[Step], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Callable[[Step], None]) -> Iterator[None]:
    """Inside, ``listener`` is called for each step that this thread begins. A step may begin several times."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def begun(step: Step) -> None:
    """Reports that a step begins."""
    if listener := _listener.get():
        listener(step)
