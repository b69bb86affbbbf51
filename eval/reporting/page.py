"""Common parts of the report pages, from the style to table cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from sinkqa.eval.reporting.plots import COLOURS
from sinkqa.eval.results.significance import Estimate

_STYLE = Path(__file__).with_name("page.css")
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write_page(path: Path, template: Path, parts: Mapping[str, str]) -> None:
    """Writes a self-contained page: the template with the parts and the style filled in."""
    page = template.read_text("utf-8")
    for name, value in {"style": _STYLE.read_text("utf-8"), **parts}.items():
        before, after = page.split(f"<!--{name}-->")
        page = before + value + after
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, "utf-8", errors="backslashreplace")


def made() -> str:
    """Returns the time of making the page."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def embedded(value: object) -> str:
    """Returns a value as JSON that cannot end the script around it."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "".join(_ESCAPES.get(char, char) for char in written)


def key(label: str, labels: Sequence[str]) -> str:
    """Returns a label with the colour that it has in all plots."""
    colour = COLOURS[list(labels).index(label) % len(COLOURS)]
    return f'<span class="key" style="--colour:{colour}"></span>{escape(label)}'


def cell(value: Estimate, *, best: bool = False) -> str:
    """Returns the HTML of a mean above its interval."""
    mean = f"<b>{value.mean:.3f}</b>" if best else f"{value.mean:.3f}"
    return f"{mean}<small>{value.low:.2f}–{value.high:.2f}</small>"


def number(value: float | None, form: str) -> str:
    """Returns a number in the given format, or an empty cell for None."""
    return "" if value is None else format(value, form)


def table(heads: Iterable[str], rows: Iterable[Sequence[str]], *, raw_heads: bool = False) -> str:
    """Returns a table of cells. The cells are HTML already."""
    head = "".join(f"<th>{name if raw_heads else escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
