"""Draws the map of references as SVG: one line for each document, and arcs between the lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby

from sinkqa.service.overview.countries import country
from sinkqa.service.overview.library_overview import EdgeKind, MapEdge, MapNode, ReferenceMap
from sinkqa.service.overview.words import say

Link = Callable[[MapNode], str | None]

_MOST = 120  # documents: a picture with more is no longer read
_ROW, _HEAD, _TOP = 26, 40, 58  # pixels: a document, the name of a country, what stands above all
_LEFT, _YEAR, _DOT, _WIDTH = 20, 48, 620, 980
_LETTER = 7.0  # pixels of a Latin letter of 14 pixels, at most on average; Han characters are twice as wide
_INK: Mapping[EdgeKind, str] = {"cites": "#1c6547", "part": "#1c6547", "repeals": "#a02d1c"}
_DASHES: Mapping[EdgeKind, str] = {"part": "2 4", "repeals": "7 4"}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def draw_references(drawn: ReferenceMap, *, language: str, link: Link) -> str:
    """The map as one SVG document without scripts. ``link``: the address that a document's line leads to."""
    nodes, edges = _shown(drawn)
    place = dict(_places(nodes))
    height = (max(place.values(), default=_TOP) + _ROW) if nodes else _TOP
    told = say(language, "map counted", len(drawn.nodes), len(drawn.edges), drawn.alone)
    if len(nodes) < len(drawn.nodes):
        told = f"{told} {say(language, 'map cut', len(nodes))}"
    lang = "zh-Hans" if language == "zh" else "en"
    body = "\n".join((*_groups(nodes, place, language, link), *_arcs(nodes, edges, place, language)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" lang="{lang}" font-family="sans-serif" font-size="14" '
        f'role="group" aria-labelledby="map-title map-desc">\n'
        f'<title id="map-title">{say(language, "map")}</title>\n'
        f'<desc id="map-desc">{say(language, "map said")} {told}</desc>\n<style>\n{style()}</style>\n'
        f'<rect class="paper" fill="#fff" width="{_WIDTH}" height="{height}"/>\n{_legend(language)}\n{body}\n</svg>\n'
    )


@cache
def style() -> str:
    """The style of the picture, by itself in light and dark."""
    return files("sinkqa.service.overview.drawing").joinpath("map.css").read_text("utf-8")


def _shown(drawn: ReferenceMap) -> tuple[Sequence[MapNode], Sequence[MapEdge]]:
    """The documents with the most references, in their order, and the references among them."""
    if len(drawn.nodes) <= _MOST:
        return drawn.nodes, drawn.edges
    numbers = Counter(doc_id for edge in drawn.edges for doc_id in (edge.source, edge.target))
    kept = {doc_id for doc_id, _ in numbers.most_common(_MOST)}
    nodes = [node for node in drawn.nodes if node.doc_id in kept]
    return nodes, [edge for edge in drawn.edges if {edge.source, edge.target} <= kept]


def _places(nodes: Sequence[MapNode]) -> Iterator[tuple[str, int]]:
    """How far down the line of each document is, in pixels."""
    y = _TOP
    for _, group in groupby(nodes, key=lambda node: node.jurisdiction):
        y += _HEAD
        for node in group:
            yield node.doc_id, y
            y += _ROW


def _groups(nodes: Sequence[MapNode], place: dict[str, int], language: str, link: Link) -> Iterator[str]:
    for code, group in groupby(nodes, key=lambda node: node.jurisdiction):
        members = list(group)
        name = country(code, language) if code else say(language, "none")
        top = place[members[0].doc_id] - _ROW + 2
        yield f'<text class="where" x="{_LEFT}" y="{top}">{written(name)}</text>'
        yield from (_line(node, place[node.doc_id], link) for node in members)


def _line(node: MapNode, y: int, link: Link) -> str:
    shown = shortened(node.title, (_DOT - _LEFT - _YEAR - 44) / _LETTER)
    end = _LEFT + _YEAR + width_of(shown) * _LETTER + 8
    lang = {"zh": "zh-Hans"}.get(node.language or "", node.language or "")
    tag = f' lang="{escape(lang)}"' if lang else ""
    text = f'<text x="{_LEFT + _YEAR}" y="{y + 5}"{tag}>{written(shown)}<title>{written(node.title)}</title></text>'
    address = link(node)
    if address:
        text = f'<a href="{escape(address)}" data-document="{escape(node.doc_id)}">{text}</a>'
    return (
        f'<text class="year" x="{_LEFT}" y="{y + 5}">{node.year or "–"}</text>{text}'
        f'<path class="lead" stroke="#ccc" d="M{end:.0f} {y}H{_DOT - 8}"/>'
        f'<circle class="dot" cx="{_DOT}" cy="{y}" r="3.5"/>'
    )


def _arcs(nodes: Sequence[MapNode], edges: Sequence[MapEdge], place: dict[str, int], language: str) -> Iterator[str]:
    """Arcs at the right of the lines: the farther apart two documents are, the farther out. Short ones come last."""
    titles = {node.doc_id: node.title for node in nodes}
    reach = max(place.values(), default=1) - min(place.values(), default=0) or 1
    for edge in sorted(edges, key=lambda edge: -abs(place[edge.source] - place[edge.target])):
        start, end = place[edge.source], place[edge.target]
        out = _DOT + 40 + (_WIDTH - _DOT - 70) * 4 / 3 * abs(start - end) / reach
        width = min(3.0, 1 + 0.25 * edge.mentions)
        said = say(language, f"edge {edge.kind}", titles[edge.source], titles[edge.target], edge.mentions)
        kind = "" if edge.kind == "cites" else f" {edge.kind}"
        yield (
            f'<g class="reference" data-source="{escape(edge.source)}" data-target="{escape(edge.target)}">'
            f"<title>{written(said)}</title>"
            f'<path class="edge{kind}" {_ink(edge.kind)} stroke-width="{width:g}" '
            f'd="M{_DOT + 5} {start}C{out:.0f} {start} {out:.0f} {end} {_DOT + 14} {end}"/>'
            f'<path class="head{kind}" fill="{_INK[edge.kind]}" d="M{_DOT + 5} {end}l10 -4.5v9z"/></g>'
        )


def _ink(kind: EdgeKind) -> str:
    """How a line is drawn where no style may be read, as behind the server's policy."""
    dashes = f' stroke-dasharray="{_DASHES[kind]}"' if kind in _DASHES else ""
    return f'fill="none" stroke="{_INK[kind]}"{dashes}'


def _legend(language: str) -> str:
    """A line of each kind with its name, side by side."""
    drawn, x = "", float(_LEFT)
    for kind in _INK:
        name, more = say(language, kind), "" if kind == "cites" else f" {kind}"
        drawn += (
            f'<path class="edge{more}" {_ink(kind)} stroke-width="2" d="M{x:.0f} 28h34"/>'
            f'<path class="head{more}" fill="{_INK[kind]}" d="M{x + 40:.0f} 28l-10 -4.5v9z"/>'
            f'<text class="key" x="{x + 50:.0f}" y="33">{name}</text>'
        )
        x += 90 + width_of(name) * _LETTER
    return drawn


def written(text: str) -> str:
    """The text as XML may hold it: escaped, with a sign in the place of characters that XML or the eye cannot take."""
    return escape(_TURNING.sub("\ufffd", _NO_XML.sub("\ufffd", text)))


def shortened(text: str, most: float) -> str:
    """The text on one line of at most so many Latin letters, cut with an ellipsis."""
    line = " ".join(text.split())
    if width_of(line) <= most:
        return line
    kept, used = "", 1.0
    for letter in line:
        used += width_of(letter)
        if used > most:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def width_of(text: str) -> float:
    """How wide a text is, in Latin letters. Characters of East Asia are as wide as two, capitals a little wider."""
    return sum(
        2.0 if unicodedata.east_asian_width(letter) in "WF" else 1.25 if letter.isupper() else 1.0 for letter in text
    )
