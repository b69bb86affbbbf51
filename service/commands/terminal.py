"""What the command line prints: Rich for people, JSON for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from rich.console import Console, ConsoleDimensions
from rich.padding import Padding
from rich.text import Text

from sinkqa.service.commands.phrases import count
from sinkqa.service.commands.pictures import PICTURES, shown

if TYPE_CHECKING:
    from rich.table import Table

    from sinkqa.ingest.errors import SinkQAError
    from sinkqa.service.documents.doctor import DoctorReport
    from sinkqa.service.intake.adding import AddReport
    from sinkqa.service.intake.reading import AddProgress, OnReading

_NARROW = 50  # columns: below this, a table of documents would have no room for titles
_WIDE = 70  # columns: below this, a bar leaves its title out for the names of files


class _Output(Console):
    def on_broken_pipe(self) -> NoReturn:
        """``sinkqa list | head``: who reads has had enough, which is no error."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to fail at the last flush
        raise SystemExit(0)


_out = _Output(highlight=False)
if _out.is_dumb_terminal:  # for which Rich assumes 80 columns
    _out.size = ConsoleDimensions(*shutil.get_terminal_size((80, 25)))
_err = Console(stderr=True, highlight=False)


@contextmanager
def progress(title: str, *, quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on stderr; call it with (done, total, name of what was begun or finished last)."""
    if quiet or not _err.is_terminal:
        yield lambda done, total, name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    columns = (
        SpinnerColumn(),
        TextColumn(title),
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", style="dim", markup=False, table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("", total=None)

        def advance(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name.translate(PICTURES))

        yield advance


@contextmanager
def reading(title: str, *, quiet: bool) -> Iterator[OnReading | None]:
    """A bar on stderr over the bytes of the files, with the names of those that are being read."""
    if quiet or not _err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    is_wide = _err.width >= _WIDE
    columns = (
        SpinnerColumn(),
        *((TextColumn(title), BarColumn(20), TimeElapsedColumn()) if is_wide else (BarColumn(8),)),
        TextColumn("{task.fields[amount]}"),
        TextColumn("{task.description}", style="dim", markup=False, table_column=Column(no_wrap=True, ratio=1)),
    )
    with Progress(*columns, console=_err, transient=True, expand=True) as bar:
        task = bar.add_task("…", total=None, amount="")

        def advance(now: AddProgress) -> None:
            amount = f"{now.done}/{count(now.files, 'file')}, {_size(now.done_bytes)}/{_size(now.bytes)}"
            names = ", ".join(now.names).translate(PICTURES)
            bar.update(task, completed=now.done_bytes, total=max(now.bytes, 1), description=names, amount=amount)

        yield advance


def _size(n_bytes: int) -> str:
    """Bytes in the unit that fits them."""
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{n_bytes / 1e3:.1f} kB"


def write(text: str) -> None:
    """Prints ``text`` as it is, control characters and all."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _out.on_broken_pipe()


def show_error(error: SinkQAError) -> None:
    """One line on stderr: the code and the message."""
    show_note(f"error[{error.code}]", error.message, style="bold red")


def show_note(label: str, message: str, *, style: str) -> None:
    """One line on stderr. Control characters are replaced: a file name could move the cursor or forge a line."""
    _err.print(Text.assemble((label, style), ": ", message.translate(PICTURES)), soft_wrap=True)


def show_added(report: AddReport, *, as_json: bool) -> None:
    """Counts on stdout, one line for each file that failed on stderr."""
    if as_json:
        return show_json(report.as_dict())
    from sinkqa.ingest.extras import missing, missing_for_users

    for file in report.added:
        note = count(file.n_passages or 0, "passage") + (", replaces an older version" if file.replaced else "")
        name = file.name.translate(PICTURES)
        show_line(Text.assemble(("added ", "green"), name, (f"  {note}  {(file.doc_id or '')[:12]}", "dim")))
        for warning in file.warnings:
            show_note("warning", warning, style="yellow")
    for file in report.unchanged:
        show_line(Text.assemble(("unchanged ", "dim"), file.name.translate(PICTURES)))
    for failure in report.failed:
        show_note(f"error[{failure.code}]", failure.message or "", style="bold red")
    for passed in report.skipped:
        show_line(Text.assemble(("skipped ", "dim"), f"{Path(passed.path).name.translate(PICTURES)}: {passed.reason}"))
    said = [failure.message or "" for failure in report.failed]
    said += [warning for file in report.added for warning in file.warnings]
    if any(missing_for_users("ocr") in each for each in said):
        show_note("hint", missing("ocr", "a page that is a picture"), style="cyan")
    done = f"{len(report.added)} added, {len(report.unchanged)} unchanged, {len(report.failed)} failed"
    if report.skipped or report.hidden:
        done += f", {len(report.skipped)} skipped" + (f", {report.hidden} hidden" if report.hidden else "")
    show_line(Text(done, style="bold"))
    return None


def show_facts(facts: dict[str, Any]) -> None:
    """Names and values side by side, those left out that have none."""
    known = {name: value for name, value in facts.items() if value not in (None, "", (), [])}
    width = max(map(len, known), default=0)
    for name, value in known.items():
        text = Text(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value), overflow="fold")
        label = Text(f"{name:>{width}}  ", style="dim")
        if room() == "wide":
            from rich.table import Table

            grid = Table.grid()
            grid.add_row(label, shown(text))
            _out.print(grid)
        else:
            show_line(Text.assemble(label, text))


def show_doctor(report: DoctorReport, *, as_json: bool) -> None:
    """Facts first, then each problem with its remedy."""
    if as_json:
        return show_json(report.as_dict())
    show_facts(report.facts)
    for problem in report.problems:
        show_line(Text.assemble(("problem  ", "bold red"), problem))
    if report.problems:
        show_line(
            Text("sinkqa doctor --rebuild makes vectors and search indexes anew from the stored text", style="dim")
        )
    else:
        show_line(Text("all is well", style="green"))
    return None


def room() -> Literal["narrow", "wide"] | None:
    """Whether a table of documents has room for titles. None if the output is no terminal, as in a pipe."""
    if not _out.is_terminal:
        return None
    return "narrow" if _out.width < _NARROW else "wide"


def columns() -> int:
    """How many characters a line of the terminal holds."""
    return _out.width


def is_dialogue() -> bool:
    """Whether somebody types and reads the answers on a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and _out.is_terminal


def show_table(table: Table) -> None:
    """A table, for people."""
    _out.print(table)


def show_json(value: object, *, indent: int | None = 2) -> None:
    """One JSON value on stdout, in ASCII where the terminal has no Unicode; without ``indent`` on one line."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    write(json.dumps(value, ensure_ascii=not unicode, indent=indent) + "\n")


def show_line(text: Text, *, indent: int = 0) -> None:
    """Wraps for people, keeps whole lines for pipes."""
    if not text.plain:
        _out.print()
    elif _out.is_terminal:
        _out.print(Padding.indent(shown(text), indent))
    else:
        for line in shown(text).split("\n"):
            _out.print(Text(" " * indent) + line, soft_wrap=True)
