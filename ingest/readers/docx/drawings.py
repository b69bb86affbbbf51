"""Reads the words of a Word document's drawings: text boxes, diagrams, titles of charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sinkqa.ingest.readers.docx.package import Package
from sinkqa.ingest.readers.docx.xml import MC, A, R, W

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_CHART_EX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
_SAID_ELSEWHERE = ("pres", "parTrans", "sibTrans", "doc")  # points of a diagram that are no boxes


class DrawingContent(NamedTuple):
    """One part of a drawing: ``box`` is an element with blocks, ``text`` its words, ``unread`` an unread part."""

    box: Any = None
    text: str = ""
    unread: str = ""


def drawn(drawing: Any, package: Package, part: str) -> list[DrawingContent]:
    """Returns the content of a drawing of ``part``, in file order.

    Of two versions of one part, the first with words counts. Text boxes come whole: drawings inside them belong to
    their own paragraphs.
    """
    return list(_inside(drawing, package, part))


def _inside(node: Any, package: Package, part: str) -> Iterator[DrawingContent]:
    for child in node:
        tag = child.tag
        if tag == W + "txbxContent":
            yield DrawingContent(box=child)
        elif tag == MC + "AlternateContent":
            yield from _version(child, package, part)
        elif tag == A + "p":
            yield DrawingContent(text=_drawn_text(child))
        elif tag == _TEXT_PATH:
            yield DrawingContent(text=child.get("string") or "")
        elif tag == _OBJECT:
            yield DrawingContent(unread=f"an embedded object ({child.get('ProgID') or 'of no name'})")
        elif tag == _CHART + "chart":
            yield from _chart(child, package, part)
        elif tag == _CHART_EX + "chart":
            yield DrawingContent(unread="a chart")
        elif tag == _DIAGRAM + "relIds":
            yield from _diagram(child, package, part)
        elif isinstance(tag, str):
            yield from _inside(child, package, part)


def _version(alternatives: Any, package: Package, part: str) -> list[DrawingContent]:
    for alternative in alternatives:
        if found := drawn(alternative, package, part):
            return found
    return []


def _drawn_text(paragraph: Any) -> str:
    return "".join(text.text or "" for text in paragraph.iter(A + "t")).strip()


def _chart(element: Any, package: Package, part: str) -> Iterator[DrawingContent]:
    """The titles of a chart, and the names of its series and categories; its figures are not words."""
    relation = package.relations(part).get(element.get(R + "id") or "")
    if relation is not None and package.holds(relation.target):
        chart = package.xml(relation.target)
        for title in chart.iter(_CHART + "title"):
            yield DrawingContent(text="".join(map(_drawn_text, title.iter(A + "p"))))
        series = list(chart.iter(_CHART + "ser"))
        yield DrawingContent(text=", ".join(name for each in series for name in _values(each, "tx")))
        yield DrawingContent(text=", ".join(_values(series[0], "cat") if series else ()))
    yield DrawingContent(unread="the figures of a chart")


def _values(series: Any, tag: str) -> list[str]:
    """The words that a series takes from its sheet, in order."""
    found = series.find(_CHART + tag)
    return [] if found is None else [value.text.strip() for value in found.iter(_CHART + "v") if value.text]


def _diagram(element: Any, package: Package, part: str) -> Iterator[DrawingContent]:
    relation = package.relations(part).get(element.get(R + "dm") or "")
    if relation is None or not package.holds(relation.target):
        yield DrawingContent(unread="a diagram")
        return
    for point in package.xml(relation.target).iter(_DIAGRAM + "pt"):
        if point.get("type") not in _SAID_ELSEWHERE:
            for words in point.findall(_DIAGRAM + "t"):
                yield DrawingContent(text="\n".join(filter(None, map(_drawn_text, words.iter(A + "p")))))
