"""Shows the progress of long work on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sinkqa.eval.ranking.running import OnProgress


@contextmanager
def progress(what: str) -> Iterator[OnProgress]:
    """Shows a bar for each step of ``what`` until all is done. Shows nothing if standard error is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(done: int, total: int, step: str) -> None:
            if step not in tasks:
                for task in tasks.values():
                    bars.remove_task(task)
                tasks.clear()
                tasks[step] = bars.add_task(f"{what}: {step}"[:60], total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield advance
