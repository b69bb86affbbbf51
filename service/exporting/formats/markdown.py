"""Writes Markdown with footnotes as GitHub supports them. Words from documents are escaped."""

from __future__ import annotations

from collections.abc import Iterator

from sinkqa.service.exporting.manuscript import Block, Grid, Manuscript, Mark, Note, Strands
from sinkqa.service.exporting.words import say
from sinkqa.service.markdown import escaped


def write_markdown(manuscript: Manuscript) -> bytes:
    """The manuscript as Markdown in UTF-8."""
    return ("\n\n".join(_blocks(manuscript)) + "\n").encode()


def _blocks(manuscript: Manuscript) -> Iterator[str]:
    yield f"# {_line(manuscript.title)}"
    yield f"*{_line(manuscript.made)}*"
    for block in manuscript.blocks:
        yield _table(block) if isinstance(block, Grid) else _block(block)
    if manuscript.is_list and manuscript.notes:
        yield f"## {_line(manuscript.heading)}"
        yield "\n".join(f"{note.number}. {_entry(note, manuscript.language)}" for note in manuscript.notes)
    elif manuscript.notes:
        yield "\n".join(f"[^{note.number}]: {_entry(note, manuscript.language)}" for note in manuscript.notes)


def _block(block: Block) -> str:
    text = _strands(block.strands)
    if block.kind in ("question", "part"):
        return f"{'##' if block.kind == 'question' else '###'} {_flat(text)}"
    if block.kind == "quote":
        return "\n>\n".join(f"> {line}" for line in text.splitlines() if line.strip())
    if block.kind == "caution":
        return "\n\n".join(f"*{line.strip()}*" for line in text.splitlines() if line.strip())
    return "\n\n".join(line.strip() for line in text.splitlines() if line.strip())


def _table(grid: Grid) -> str:
    head = "| " + " | ".join(map(_cell, ((name,) for name in grid.head))) + " |"
    rows = ["| " + " | ".join(map(_cell, row)) + " |" for row in grid.rows]
    caption = [f"**{_line(grid.caption)}**\n"] if grid.caption else []
    return "\n".join([*caption, head, "|" + " --- |" * len(grid.head), *rows])


def _entry(note: Note, language: str) -> str:
    """The reference on one line, with its link, followed by the quotes."""
    link = f" [{say(language, 'opened') if note.address else note.said}](<{note.url}>)" if note.url else ""
    told = [f"{_line(each.place)}: " if each.place else "" for each in note.quotes]
    quotes = [f" {place}“{_line(each.quote)}”" for place, each in zip(told, note.quotes, strict=True)]
    return f"{_line(note.reference)}{link}{''.join(quotes)}"


def _strands(strands: Strands) -> str:
    return "".join(_mark(strand) if isinstance(strand, Mark) else escaped(strand) for strand in strands)


def _mark(mark: Mark) -> str:
    return f" \\[{escaped(mark.label)}\\]" if mark.in_list else f"[^{mark.number}]"


def _cell(strands: Strands) -> str:
    return _flat(_strands(strands)).replace("|", "\\|")


def _line(text: str) -> str:
    return escaped(_flat(text))


def _flat(text: str) -> str:
    return " ".join(text.split())
