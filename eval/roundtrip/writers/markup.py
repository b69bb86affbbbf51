"""Writes a draft as a web page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sinkqa.eval.roundtrip.drafting import Draft, grouped
from sinkqa.eval.roundtrip.truth import (
    Excluded,
    Grid,
    Heading,
    ListItem,
    Piece,
    PlacedCell,
    Text,
    TextRun,
    Truth,
    truth_of,
    with_bases,
)

_TYPES = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_LINED = '<span style="text-decoration: line-through">{}</span>'
_STRIKING = ("<del>{}</del>", "<s>{}</s>", "<strike>{}</strike>", _LINED)
_OTHERWISE = "lists that count otherwise"
_HIDING = (
    '<span style="display:none">{}</span>',
    "<span hidden>{}</span>",
    "<template>{}</template>",
    '<span class="x9">{}</span>',
)


def write_html(draft: Draft) -> tuple[bytes, Truth]:
    """Writes a draft as a web page. Returns the file and its truth."""
    writer, truth = _HtmlWriter(draft), truth_of(draft.pieces)
    body = writer.body()
    if "boilerplate" in draft.dress:
        body, left = _framed(draft, body)
        truth.excluded += left
    charset = "gbk" if "old encoding" in draft.dress and draft.language == "zh" else "utf-8"
    title = next(piece.text for piece in draft.pieces if isinstance(piece, Heading))
    lang = "en" if draft.language == "en" else "zh-CN"
    page = (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="{charset}"><title>{escape(title)}</title>'
        "<style>.x9 { display: none } .y { color: #333 }</style></head>\n"
        f"<body>{body}</body></html>"
    )
    return page.encode(charset, errors="xmlcharrefreplace"), truth


def _framed(draft: Draft, body: str) -> tuple[str, list[Excluded]]:
    """With what stands around the text of most pages."""
    words = draft.words
    links = words.either("Home,Contact,Sitemap", "首页,联系我们,网站地图").split(",")
    about = words.either("All rights reserved.", "版权所有。")
    cookies = words.either("We use cookies.", "本网站使用缓存。")
    nav = "".join(f'<li><a href="/{n}">{text}</a></li>' for n, text in enumerate(links))
    framed = (
        f"<nav><ul>{nav}</ul></nav><main>{body}</main><footer>{about}</footer>"
        f'<div class="cookie-banner">{cookies}</div><script>var tonnes = "12345678";</script>'
    )
    left = [*links, about, cookies, "var tonnes = 12345678"]
    return framed, [Excluded(text, "boilerplate") for text in left]


def _counting(items: Sequence[ListItem]) -> str:
    """How the numbers of a list begin and go on."""
    if items[0].kind != _OTHERWISE:
        return ""
    down = items[1].number < items[0].number
    return " reversed" if down else f' start="{items[0].number}"' if items[0].number > 1 else ""


class _HtmlWriter:
    def __init__(self, draft: Draft) -> None:
        self.draft, self.notes = draft, list[tuple[str, str]]()
        self.math, self.striking = draft.chance(0.5), draft.pick(*_STRIKING)
        self.hiding, self.bare_marks = draft.pick(*_HIDING), draft.chance(0.5)
        self.panels = 0

    def body(self) -> str:
        """All pieces, each section in an element of its own where the page has such."""
        parts, section = [], list[str]()
        for piece in grouped(self.draft.pieces):
            if isinstance(piece, Heading) and piece.level == 1:
                parts += self._section(section)
                section = []
            section.append(self.set(piece))
        parts += self._section(section)
        return "\n".join([*parts, self._notes()])

    def _section(self, inner: list[str]) -> list[str]:
        dress, text = self.draft.dress, "\n".join(inner)
        if not inner or "<h1" in inner[0]:
            return [text]
        if "sections with any name" in dress:
            name = self.draft.pick("social", "share-capital", "consent", "footer-notes", "sidebar-levy")
            return [f'<section id="{name}">{text}</section>']
        if "closed panels" in dress:
            self.panels += 1
            if self.draft.chance(0.3):
                head, _, rest = text.partition("\n")
                return [f"<details><summary>{head}</summary>{rest}</details>"]
            state = self.draft.pick("hidden", 'style="display:none"', 'aria-hidden="true" style="display: none"')
            button = f'<button aria-expanded="false" aria-controls="p{self.panels}">'
            head, _, rest = text.partition("\n")
            head = head.replace("<h2>", f"<h2>{button}").replace("</h2>", "</button></h2>")
            return [f'{head}<div id="p{self.panels}" role="region" {state}>{rest}</div>']
        if "headers of sections" in dress:
            head, _, rest = text.partition("\n")
            return [f"<section><header>{head}</header>{rest}</section>"]
        return [text]

    def set(self, piece: Piece | list[ListItem]) -> str:
        """One piece, or a list, as an element."""
        if isinstance(piece, Heading):
            return f"<h{piece.level + 1}>{escape(piece.text)}</h{piece.level + 1}>"
        if isinstance(piece, Text):
            self.notes += piece.notes
            return f"<p>{self._runs(piece.runs)}</p>"
        if isinstance(piece, list):
            return self._list(piece)
        return self._grid(piece) if isinstance(piece, Grid) else ""

    def _runs(self, runs: tuple[TextRun, ...]) -> str:
        pairs = with_bases(runs) if self.math else ((run, "") for run in runs)
        return "".join(self._of(run, base) for run, base in pairs)

    def _of(self, run: TextRun, base: str) -> str:
        text = escape(run.text)
        if run.form == "fraction":
            top, bottom = text.split("/")
            return f"<math><mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac></math>"
        if base:
            tag = "mn" if base[0].isdigit() else "mi"
            return f"<math><msup><{tag}>{base}</{tag}><mn>{text}</mn></msup></math>"
        if run.form == "mark":
            shown = text if self.bare_marks else f"[{text}]"
            return f'<sup><a href="#n{text}" id="r{text}">{shown}</a></sup>'
        form = {
            "raised": "<sup>{}</sup>", "lowered": "<sub>{}</sub>", "struck": self.striking, "hidden": self.hiding,
            "inserted": "<ins>{}</ins>", "bold": "<b>{}</b>",
        }.get(run.form, "{}")  # fmt: skip
        return form.format(text)

    def _notes(self) -> str:
        if not self.notes:
            return ""
        rows = "".join(f'<li id="n{mark}">{escape(text)} <a href="#r{mark}">↩</a></li>' for mark, text in self.notes)
        return f'<section class="footnotes"><hr><ol>{rows}</ol></section>'

    def _list(self, items: Sequence[ListItem]) -> str:
        """Numbers as the browser gives them, where it has the format and shows it as printed; else written out."""
        if any(each.style not in _TYPES or each.around not in ("%1.", "%2.") for each in items):
            return "\n".join(f"<p>{escape(each.mark)} {self._runs(each.runs)}</p>" for each in items)
        rows, depth = "", items[0].depth
        for each in items:
            opens = f'<ol type="{_TYPES[each.style]}">'
            if each.depth > depth:
                rows = rows.removesuffix("</li>") + opens
            elif each.depth < depth:
                rows += "</ol></li>"
            value = f' value="{each.number}"' if each.kind == _OTHERWISE and each.number > 6 else ""
            rows += f"<li{value}>{self._runs(each.runs)}</li>"
            depth = each.depth
        rows += "</ol></li>" * (depth - items[0].depth)
        return f'<ol type="{_TYPES[items[0].style]}"{_counting(items)}>{rows}</ol>'

    def _cell(self, grid: Grid, place: PlacedCell) -> str:
        """The text, within a heading or a table of its own where the page is laid out so."""
        text = escape(place.text)
        if "tables within cells" not in self.draft.dress or place.row < grid.header_rows:
            return text
        if place.column == 0:
            return f"<h4>{text}</h4>"
        return f"<table><tr><td>{text}</td></tr></table>" if place.column == grid.n_columns - 1 else text

    def _grid(self, piece: Grid) -> str:
        rows = []
        for row in range(piece.n_rows):
            cells = []
            for place in sorted((p for p in piece.places if p.row == row), key=lambda p: p.column):
                spans = "".join(
                    f' {name}="{count}"'
                    for name, count in (("rowspan", place.row_span), ("colspan", place.column_span))
                    if count > 1
                )
                tag = "th" if row < piece.header_rows and piece.kind != "year headers" else "td"
                cells.append(f"<{tag}{spans}>{self._cell(piece, place)}</{tag}>")
            rows.append(f"<tr>{''.join(cells)}</tr>")
        within = f"<caption>{escape(piece.caption)}</caption>" if not piece.unit and self.draft.chance(0.5) else ""
        above = "" if within else f"<p>{escape(piece.caption)}</p>"
        unit = f'<p align="right">{escape(piece.unit)}</p>' if piece.unit else ""
        remark = f"<p>{escape(piece.remark)}</p>" if piece.remark else ""
        return f"{above}{unit}<table>{within}{''.join(rows)}</table>{remark}"
