"""The overview on the command line: tables for people, JSON for programs, and files with the map."""

from __future__ import annotations

import locale
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import AsJson, Collection, Library, open_engine
from sinkqa.service.commands.showing.tables import show_table

if TYPE_CHECKING:
    from sinkqa.service.answer import AnswerTable
    from sinkqa.service.overview.library_overview import (
        HeatMap,
        LibraryOverview,
        MapNode,
        TopicPassages,
    )
    from sinkqa.service.overview.overviewing import Chosen

_MOST = 100  # passages that are listed


class Spoken(StrEnum):
    """Languages of the overview."""

    en = "en"
    zh = "zh"


def overview(
    library: Library = None,
    collection: Collection = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(help="Only documents about it: forest, grassland, cropland, wetland, ocean, market; repeatable."),
    ] = None,
    side: Annotated[list[str] | None, typer.Option(help="Only documents of this side: supply, demand.")] = None,
    means: Annotated[
        list[str] | None, typer.Option(help="Only documents about it: protection, management, restoration.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only documents of this kind: law, order, plan, methodology; repeatable.")
    ] = None,
    jurisdiction: Annotated[
        list[str] | None, typer.Option(help="Only documents of this country, by its code, EU or UN; repeatable.")
    ] = None,
    year: Annotated[list[str] | None, typer.Option(help="Only documents of this year; repeatable.")] = None,
    passages: Annotated[
        list[str] | None,
        typer.Option(
            help="List the passages about it instead: topic:forest, side:supply, means:restoration; several: about all."
        ),
    ] = None,
    svg: Annotated[Path | None, typer.Option(help="Write the map of references to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write all tables and the map to this file, as one page.")] = None,
    spoken: Annotated[
        Spoken | None, typer.Option("--in", help="Language of the overview; default: that of the terminal.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what the library holds: documents by topic, kind, country and year, a timeline, and who names whom."""
    engine = open_engine(library, collection)
    language = str(spoken.value) if spoken else _language()
    chosen: Chosen = {
        "topic": topic or [],
        "side": side or [],
        "means": means or [],
        "kind": kind or [],
        "jurisdiction": [each.upper() for each in jurisdiction or []],
        "year": year or [],
    }
    if passages:
        return _show_passages(engine.passages_of_topics(passages, chosen, most=_MOST), as_json=as_json)
    found = engine.overview_of_library(chosen)
    if svg:
        _write(svg, _drawn(found, language))
    if html:
        _write(html, _report(found, language))
    if as_json:
        return terminal.show_json(found.as_dict())
    if not svg and not html:
        _show(found, language)
    return None


def _language() -> str:
    return "zh" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"


def _show(found: LibraryOverview, language: str) -> None:
    from sinkqa.service.overview.tables import facet_lines, kind_names, standing_name, topic_names
    from sinkqa.service.overview.words import say

    if not found.documents:
        return terminal.show_line(Text(say(language, "empty")))
    said = say(language, "counted", found.documents, found.passages, found.topical)
    terminal.show_line(Text(said, style="bold"))
    for name, counts in facet_lines(found, language):
        values = ", ".join(f"{value} {number}" for value, number in counts)
        terminal.show_line(Text.assemble((f"{name}  ", "dim"), values))
    for heat in (found.by_country, found.by_year):
        if heat.columns:
            terminal.show_line(Text())
            show_table(_table(heat, language))
    terminal.show_line(Text(say(language, "cells"), style="dim"))
    terminal.show_line(Text(f"\n{say(language, 'timeline')}", style="bold"))
    for each in found.timeline:
        facts = (each.jurisdiction or "", kind_names(each, language), topic_names(each, language))
        told = " · ".join(filter(None, (*facts, standing_name(each, language))))
        terminal.show_line(Text.assemble((f"{each.year or '–':<6}", "cyan"), each.title, (f"  {told}", "dim")))
    _show_references(found, language)
    return None


def _show_references(found: LibraryOverview, language: str) -> None:
    from sinkqa.service.overview.words import say

    drawn = found.references
    terminal.show_line(Text(f"\n{say(language, 'references')}", style="bold"))
    if not drawn or not drawn.edges:
        return terminal.show_line(Text(say(language, "map none")))
    titles = {node.doc_id: node.title for node in drawn.nodes}
    for edge in drawn.edges:
        said = say(language, f"edge {edge.kind}", titles[edge.source], titles[edge.target], edge.mentions)
        terminal.show_line(Text(said))
    counted = say(language, "map counted", len(drawn.nodes), len(drawn.edges), drawn.alone)
    terminal.show_line(Text(counted, style="dim"))
    return None


def _table(heat: HeatMap, language: str) -> AnswerTable:
    from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable
    from sinkqa.service.overview.tables import cell_text, column_name
    from sinkqa.service.overview.words import say

    columns = [*(column_name(heat, column, language) for column in heat.columns), say(language, "total")]
    rows = (
        AnswerRow(
            row.named.zh if language == "zh" else row.named.name,
            tuple(AnswerCell(cell_text(cell)) for cell in (*row.cells, row.total)),
        )
        for row in heat.rows
    )
    return AnswerTable(say(language, f"by {heat.by}"), say(language, "topic"), tuple(columns), tuple(rows))


def _show_passages(found: TopicPassages, *, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        return terminal.show_json(asdict(found))
    for each in found.passages:
        place = " › ".join(each.section[-2:])
        terminal.show_line(Text.assemble((each.title, "bold"), (f"  {place}" if place else "", "dim")))
        terminal.show_line(Text.assemble((f"{each.passage_id}  {', '.join(each.topics)}", "dim")), indent=2)
        terminal.show_line(Text(each.text), indent=2)
    terminal.show_line(Text(f"{len(found.passages)} of {found.total} passages", style="dim"))
    return None


def _drawn(found: LibraryOverview, language: str) -> bytes:
    from sinkqa.service.overview.drawing.arcs import draw_references
    from sinkqa.service.overview.library_overview import ReferenceMap

    return draw_references(found.references or ReferenceMap((), (), 0), language=language, link=_link).encode()


def _report(found: LibraryOverview, language: str) -> bytes:
    from sinkqa.service.overview.report import write_report

    return write_report(found, language=language, link=_link)


def _link(node: MapNode) -> str | None:
    """Where the original is published: a file lies beside no server that could show the document."""
    return node.url if node.url and node.url.startswith(("https://", "http://")) else None


def _write(path: Path, content: bytes) -> None:
    """Writes a file and says so on stderr.

    Raises:
        InvalidExport: the file cannot be written.
    """
    from sinkqa.service.errors import InvalidExport

    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidExport(f"{path}: cannot be written: {error.strerror}; name another file") from None
    terminal.show_note("written", str(path), style="bold")
