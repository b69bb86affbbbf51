"""Limits the work of one request. The adapter sets the budget, and the engine's loops check it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sinkqa.service.errors import DeadlineExceeded


class WorkBudget:
    """The processor time of one request, set by :func:`spending`, and whether anybody still waits for the result."""

    def __init__(self) -> None:
        self._cpu_ends, self._cpu_s = math.inf, math.inf
        self._is_cancelled = False

    def cancel(self) -> None:
        """Ends the work at its next :func:`checkpoint`, because nobody waits for the result any longer."""
        self._is_cancelled = True

    def start_thread(self, cpu_s: float) -> None:
        """Assigns the work to the calling thread, with ``cpu_s`` seconds of processor time from now on."""
        self._cpu_ends, self._cpu_s = time.thread_time() + cpu_s, cpu_s

    def check(self) -> None:
        """Raises DeadlineExceeded if the budget is used up."""
        if self._is_cancelled:
            raise DeadlineExceeded("given up: it took too long, or the server ends; ask for less, or later")
        if time.thread_time() > self._cpu_ends:
            raise DeadlineExceeded(
                f"not answered within {self._cpu_s:g} s of processor time (setting request_cpu_s): ask for less at once"
            )


_budget: ContextVar[WorkBudget | None] = ContextVar("budget", default=None)


@contextmanager
def allowing(budget: WorkBudget) -> Iterator[None]:
    """Inside, and in threads with a copy of this context, work is limited to ``budget``."""
    token = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(token)


@contextmanager
def spending(cpu_s: float) -> Iterator[None]:
    """Inside, this thread works on the request of this context, with ``cpu_s`` seconds of processor time."""
    budget = _budget.get() or WorkBudget()
    budget.start_thread(cpu_s)
    with allowing(budget):
        yield


def give_up() -> None:
    """Ends the work of this context at its next :func:`checkpoint`, because nobody waits for the result any longer."""
    if budget := _budget.get():
        budget.cancel()


def checkpoint() -> None:
    """Checks the budget. Loops must call it so often that no step between two calls takes long.

    Raises:
        DeadlineExceeded: the budget of the request is used up.
    """
    if budget := _budget.get():
        budget.check()
