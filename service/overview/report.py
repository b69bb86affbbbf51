"""Writes an overview as one HTML page, with its tables and its map, that needs no other files and runs no scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from sinkqa.service.overview.drawing.arcs import Link, draw_references, written
from sinkqa.service.overview.library_overview import HeatMap, LibraryOverview
from sinkqa.service.overview.tables import (
    cell_text,
    column_name,
    facet_lines,
    kind_names,
    shade,
    standing_name,
    topic_names,
)
from sinkqa.service.overview.words import say

_HEAD = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{counted}</p>
<p class="small">{rule}</p>
"""


def write_report(overview: LibraryOverview, *, language: str, link: Link) -> bytes:
    """The overview as an HTML page in UTF-8. ``link``: the addresses of documents on the map."""
    head = _HEAD.format(
        lang="zh-Hans" if language == "zh" else "en",
        title=say(language, "title"),
        counted=say(language, "counted", overview.documents, overview.passages, overview.topical),
        rule=say(language, "rule"),
        style=files("sinkqa.service.overview").joinpath("report.css").read_text("utf-8"),
    )
    parts = (*_facets(overview, language), *_heat(overview.by_country, language), *_heat(overview.by_year, language))
    body = "\n".join((*parts, *_timeline(overview, language), *_map(overview, language, link)))
    return f"{head}{body}\n</main>\n</body>\n</html>\n".encode()


def _facets(overview: LibraryOverview, language: str) -> Iterator[str]:
    yield '<table class="facets"><tbody>'
    for name, counts in facet_lines(overview, language):
        between = "、" if language == "zh" else ", "
        said = between.join(f"{written(value)}&nbsp;{count}" for value, count in counts)
        yield f'<tr><th scope="row">{name}</th><td>{said}</td></tr>'
    yield "</tbody></table>"


def _heat(heat: HeatMap, language: str) -> Iterator[str]:
    if not heat.columns:
        return
    yield f'<h2>{say(language, f"by {heat.by}")}</h2>\n<p class="small">{say(language, "cells")}</p>'
    columns = [*(column_name(heat, column, language) for column in heat.columns), say(language, "total")]
    yield _opened([say(language, "topic"), *columns], "heat")
    for row in heat.rows:
        name = row.named.zh if language == "zh" else row.named.name
        cells = "".join(f'<td class="shade{shade(cell, heat)}">{cell_text(cell)}</td>' for cell in row.cells)
        yield f'<tr><th scope="row">{name}</th>{cells}<td>{cell_text(row.total)}</td></tr>'
    yield "</tbody></table></div>"


def _timeline(overview: LibraryOverview, language: str) -> Iterator[str]:
    yield f"<h2>{say(language, 'timeline')}</h2>"
    has_standing = any(standing_name(each, language) for each in overview.timeline)
    names = ["year", "document", "jurisdiction", "kind", "topic", *(["standing"] if has_standing else [])]
    yield _opened([say(language, name) for name in names], "timeline")
    for each in overview.timeline:
        lang = {"zh": "zh-Hans"}.get(each.language or "", each.language or "")
        cells = [
            f"<td{_lang(lang)}>{written(each.title)}</td>",
            f"<td>{escape(each.jurisdiction or '')}</td>",
            f"<td>{kind_names(each, language)}</td>",
            f"<td>{topic_names(each, language)}</td>",
            *([f"<td>{standing_name(each, language)}</td>"] if has_standing else []),
        ]
        yield f'<tr><th scope="row">{each.year or "–"}</th>{"".join(cells)}</tr>'
    yield "</tbody></table></div>"


def _map(overview: LibraryOverview, language: str, link: Link) -> Iterator[str]:
    drawn = overview.references
    yield f"<h2>{say(language, 'map')}</h2>"
    if not drawn or not drawn.edges:
        yield f"<p>{say(language, 'map none')}</p>"
        return
    yield f'<p class="small">{say(language, "map said")}</p>'
    yield f'<div class="wide">{draw_references(drawn, language=language, link=link)}</div>'
    titles = {node.doc_id: node.title for node in drawn.nodes}
    yield f"<details><summary>{say(language, 'references')}</summary><ul>"
    for edge in drawn.edges:
        said = say(language, f"edge {edge.kind}", titles[edge.source], titles[edge.target], edge.mentions)
        yield f"<li>{written(said)}</li>"
    yield "</ul></details>"


def _opened(names: Sequence[str], kind: str) -> str:
    head = "".join(f'<th scope="col">{written(name)}</th>' for name in names)
    return f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>'


def _lang(language: str) -> str:
    return f' lang="{escape(language)}"' if language else ""
