"""What the command line prints: Rich for people, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sinkqa.service.commands import tabular
from sinkqa.service.commands.phrases import count, cut, flat, foreign, place
from sinkqa.service.commands.pictures import PICTURES, shown

if TYPE_CHECKING:
    from rich.table import Table

    from sinkqa.index.hit import Filters
    from sinkqa.ingest.errors import SinkQAError
    from sinkqa.service.answer import Answer, Citation, RankedPassage, SearchResult
    from sinkqa.service.documents.doctor import DoctorReport
    from sinkqa.service.grounding.quoting import QuoteReport
    from sinkqa.service.grounding.verifying import VerifyReport
    from sinkqa.service.intake.adding import AddReport

_NARROW = 50  # columns: below this, a table of documents would have no room for titles


class _Output(Console):
    def on_broken_pipe(self) -> NoReturn:
        """``sinkqa list | head``: who reads has had enough, which is no error."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to fail at the last flush
        raise SystemExit(0)


_out = _Output(highlight=False)
_err = Console(stderr=True, highlight=False)


def filters(
    doc: Sequence[str] | None,
    language: Sequence[str] | None,
    jurisdiction: Sequence[str] | None,
    kind: Sequence[str] | None,
    since: int | None,
    until: int | None,
) -> Filters:
    """The command line's filter options as the index takes them."""
    from sinkqa.index.hit import Filters

    return Filters(
        doc_ids=tuple(doc or ()),
        languages=tuple(language or ()),
        jurisdictions=tuple(name.upper() for name in jurisdiction or ()),
        types=tuple(kind or ()),
        year_from=since,
        year_to=until,
    )


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
    """One line on stderr, whatever a file name holds: it could move the cursor or forge a second line."""
    _err.print(Text.assemble((label, style), ": ", message.translate(PICTURES)), soft_wrap=True)


def show_answer(answer: Answer, *, as_json: bool) -> None:
    """The answer, its numbered quotes with section and page, and how sure it is."""
    if as_json:
        return show_json(answer.as_dict())
    if answer.is_reply:
        return _show_reply(answer)
    if answer.status == "abstained":
        show_line(Text(answer.answer, style="yellow"))
    else:
        _show_segments(answer)
    if answer.missed:
        show_line(Text(answer.missed, style="yellow"))
    _citations(answer.citations, of=answer)
    if answer.status == "abstained" and answer.passages and not answer.citations:
        _out.print()
        show_line(Text("Nearest passages, which do not answer it:", style="dim"))
        for passage in answer.passages[:3]:
            show_line(Text.assemble("· ", (passage.title, "bold")), indent=2)
            show_line(place(passage), indent=4)
            show_line(Text(cut(passage.text, 160), style="dim"), indent=4)
    _offered(answer)
    _out.print()
    for removed in answer.removed:
        show_line(Text.assemble(("removed ", "red"), (f"{removed.text}  ", "strike"), (removed.reason, "dim")))
    for note in answer.notes:
        show_line(Text(note, style="dim"))
    total = sum(answer.timings_ms.values())
    show_line(Text(f"{answer.status} · confidence {answer.confidence:.2f} · {total:.0f} ms", style="dim"))
    return None


def _show_reply(answer: Answer) -> None:
    """What is said to somebody who asks nothing: no answer, so that nothing is said of how sure it is."""
    for line in answer.answer.splitlines():
        show_line(Text(line))
    _offered(answer)


def _offered(answer: Answer) -> None:
    """Questions to ask, each on a line that can be copied whole."""
    if answer.suggestions:
        _out.print()
        show_line(Text(answer.offer, style="dim"))
        for question in answer.suggestions:
            show_line(Text(question), indent=2)


def _show_segments(answer: Answer) -> None:
    """Each segment under the part of the question that it answers, and the table in the place of its own."""
    table, part = answer.table, ""
    for segment in answer.segments:
        if segment.part and segment.part != part:
            show_line(Text(segment.part, style="bold"))
        part = segment.part
        if not (answer.table and segment.tabled):
            show_line(Text.assemble(segment.text, (tabular.marks(segment.citations), "bold cyan")))
        elif table:
            if _out.is_terminal and tabular.has_room(table, _out.width):
                _out.print(tabular.side_by_side(table))
            else:
                for line, indent in tabular.row_by_row(table):
                    show_line(line, indent=indent)
            table = None


def _citations(citations: Sequence[Citation], *, of: Answer | None = None) -> None:
    """Each numbered quote under its title and place; of an answer, what helps to read one in another language."""
    from sinkqa.service.exporting.paragraphs import quoted

    for citation in citations:
        _out.print()
        show_line(Text.assemble((f"[{citation.number}] ", "bold cyan"), (citation.title, "bold")))
        show_line(place(citation), indent=4)
        show_line(Text(f"“{quoted(citation.quote)}”", style="italic"), indent=4)
        if of and citation.translation:
            show_line(Text.assemble(f"{citation.translation} ", (f"({of.of_translations})", "dim")), indent=4)
        if of and citation.language != of.language:
            show_line(foreign(citation), indent=4)
        if citation.original:
            show_line(Text(f"digest of {citation.original}", style="dim"), indent=4)
        if citation.url:
            show_line(Text(citation.url, style="dim underline"), indent=4)
        _doubts(citation)


def _doubts(of: Citation | RankedPassage) -> None:
    """Why its words may not be what the page says."""
    for warning in of.warnings:
        show_line(Text(warning, style="yellow"), indent=4)


_LABELS = {"supported": "green", "partly": "yellow", "contradicted": "bold red", "unknown": "dim"}


def show_verified(report: VerifyReport, *, as_json: bool) -> None:
    """Each statement with its label and what fails in it, then the quotes."""
    if as_json:
        return show_json(report.as_dict())
    from sinkqa.service.grounding.verifying import finding_lines

    for claim in report.claims:
        marks = tabular.marks(claim.citations)
        show_line(Text.assemble((f"{claim.label:<13}", _LABELS[claim.label]), claim.claim, (marks, "bold cyan")))
        for finding in finding_lines(claim.findings):
            show_line(Text(finding, style="dim"), indent=13)
    _citations(report.citations)
    _out.print()
    counts = " · ".join(f"{found} {label}" for label, found in report.counts.items() if found)
    show_line(Text(f"{counts} · {sum(report.timings_ms.values()):.0f} ms", style="dim"))
    return None


def show_quote(report: QuoteReport, *, as_json: bool) -> None:
    """Whether the quote is exact, where the stored text departs from it, and that text."""
    if as_json:
        return show_json(report.as_dict())
    style = {"exact": "green", "altered": "bold red", "absent": "dim"}[report.result]
    show_line(Text.assemble((f"{report.result}  ", style), flat(report.quote)))
    for said, found in report.differences:
        show_line(Text.assemble(("quoted ", "dim"), said or "–", (", stored ", "dim"), found or "–"), indent=4)
    _citations([report.citation] if report.citation else [])
    return None


def show_search(result: SearchResult, *, as_json: bool) -> None:
    """Ranked passages with their place and the reasons of their rank."""
    if as_json:
        return show_json(result.as_dict())
    if not result.hits:
        show_line(Text("No passage fits; try other words or fewer filters.", style="yellow"))
    for rank, hit in enumerate(result.hits, 1):
        show_line(Text.assemble((f"{rank:>2}. ", "bold cyan"), (hit.title, "bold")))
        show_line(place(hit), indent=4)
        show_line(Text(cut(hit.text, 400)), indent=4)
        _doubts(hit)
        why = hit.why
        legs = f"score {hit.score:.3f} · lexical {_rank(why['lexical_rank'])} · dense {_rank(why['dense_rank'])}"
        reranked = "" if why["rerank"] is None else " · reranked"
        show_line(Text(f"{legs}{reranked} · {hit.passage_id}", style="dim"), indent=4)
    return None


def _rank(rank: int | None) -> str:
    return f"#{rank}" if rank else "–"


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
    """Whether a table of documents has room for titles; None where nobody looks on, as in a pipe."""
    if not _out.is_terminal:
        return None
    return "narrow" if _out.width < _NARROW else "wide"


def show_table(table: Table) -> None:
    """A table, for people."""
    _out.print(table)


def show_json(value: object) -> None:
    """One JSON value on stdout, in ASCII where the terminal has no Unicode."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    write(json.dumps(value, ensure_ascii=not unicode, indent=2) + "\n")


def show_line(text: Text, *, indent: int = 0) -> None:
    """Wraps for people, keeps whole lines for pipes."""
    if _out.is_terminal:
        _out.print(Padding.indent(shown(text), indent))
    else:
        for line in shown(text).split("\n"):
            _out.print(Text(" " * indent) + line, soft_wrap=True)
