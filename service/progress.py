"""How far a question has come: told from inside, by the steps that do the work, to whoever waits for its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Step = Literal["judging", "checking", "writing"]
"""What is done now: passages were found and are judged; quotes are compared with the store; a model writes."""

_listener: ContextVar[Callable[[Step], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Callable[[Step], None]) -> Iterator[None]:
    """Inside, ``listener`` is told of each step that this thread begins; a step may begin several times."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def begun(step: Step) -> None:
    """To be called by what begins a step."""
    if listener := _listener.get():
        listener(step)
