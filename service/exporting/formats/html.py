"""Writes HTML: one page that needs no other files, runs no scripts and prints well."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from sinkqa.service.exporting.manuscript import Block, Grid, Manuscript, Mark, Note, Strands
from sinkqa.service.exporting.words import say

_UPRIGHT = 5  # columns of a table that the measure of the text has room for
_TAGS = {"zh": "zh-Hans"}
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
<p class="made">{made}</p>
"""


def write_html(manuscript: Manuscript) -> bytes:
    """The manuscript as one HTML page in UTF-8."""
    head = _HEAD.format(
        lang=_tag(manuscript.language),
        title=escape(manuscript.title),
        made=escape(manuscript.made),
        style=files("sinkqa.service.exporting").joinpath("memo.css").read_text("utf-8"),
    )
    body = "\n".join(_grid(each) if isinstance(each, Grid) else _block(each) for each in manuscript.blocks)
    return f"{head}{body}\n{''.join(_notes(manuscript))}</main>\n</body>\n</html>\n".encode()


def _block(block: Block) -> str:
    text, lang = _strands(block.strands), _lang(block.language)
    if block.kind in ("question", "part"):
        level = 2 if block.kind == "question" else 3
        return f"<h{level}{lang}>{text}</h{level}>"
    paragraphs = "\n".join(f"<p>{line}</p>" for line in text.split("\n") if line.strip())
    if block.kind == "quote":
        return f"<blockquote{lang}>{paragraphs}</blockquote>"
    return f'<div class="{block.kind}"{lang}>{paragraphs}</div>'


def _grid(grid: Grid) -> str:
    caption = f"<caption>{escape(grid.caption)}</caption>" if grid.caption else ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' if name else "<td></td>" for name in grid.head)
    rows = "\n".join(_row(row) for row in grid.rows)
    inner = f"{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
    kind = "wide broad" if len(grid.head) > _UPRIGHT else "wide"
    return f'<div class="{kind}"><table{_lang(grid.language)}>{inner}\n</table></div>'


def _row(row: tuple[Strands, ...]) -> str:
    label, *cells = (_strands(strands).replace("\n", "<br>") for strands in row)
    return f'<tr><th scope="row">{label}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _notes(manuscript: Manuscript) -> Iterator[str]:
    if not manuscript.notes:
        return
    yield f'<section class="notes">\n<h2>{escape(manuscript.heading)}</h2>\n<ol>\n'
    for note in manuscript.notes:
        back = say(manuscript.language, "back", note.number)
        link = f'<a class="back" href="#m{note.number}" aria-label="{escape(back)}">↑</a>'
        yield f'<li id="n{note.number}" value="{note.number}"><p>{_reference(note)} {link}</p>'
        for each in note.quotes:
            place = f"<cite>{escape(each.place)}</cite> " if each.place else ""
            words = escape(each.quote).replace("\n", "<br>")
            yield f"<blockquote{_lang(each.language)}>{place}“{words}”</blockquote>"
        yield "</li>\n"
    yield "</ol>\n</section>\n"


def _reference(note: Note) -> str:
    return "".join(
        f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(text)}</a>' if url else escape(text)
        for text, url in note.linked()
    )


def _strands(strands: Strands) -> str:
    return "".join(_mark(each) if isinstance(each, Mark) else escape(each) for each in strands)


def _mark(mark: Mark) -> str:
    """The first mark of a note is where the note leads back to."""
    place = f' id="m{mark.number}"' if mark.is_first else ""
    link = f'<a href="#n{mark.number}"{place}>{escape(mark.label)}</a>'
    return f" [{link}]" if mark.in_list else f"<sup>{link}</sup>"


def _lang(language: str) -> str:
    return f' lang="{escape(_tag(language))}"' if language else ""


def _tag(language: str) -> str:
    return _TAGS.get(language, language)
