"""Writes a draft as a PDF in a random layout."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import cast

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from sinkqa.eval.roundtrip.drafting import Draft
from sinkqa.eval.roundtrip.truth import (
    Excluded,
    Field,
    Grid,
    Heading,
    ListItem,
    Piece,
    Runs,
    Text,
    TextRun,
    Truth,
    linear,
    truth_of,
)
from sinkqa.eval.roundtrip.writers.dressing import LAYER, Dressing
from sinkqa.eval.roundtrip.writers.setting import LATIN, Style, broken, faces
from sinkqa.eval.roundtrip.writers.sheets import Layout, Sheet
from sinkqa.eval.roundtrip.writers.tabling import set_table

_COLUMNS = {"two columns": 2, "three columns": 3}


def write_pdf(draft: Draft) -> tuple[bytes, Truth]:
    """Writes a draft as a PDF. Returns the file and its truth."""
    random = draft.random
    style = Style(random.choice([*LATIN]), random.choice(faces()), random.choice((9.0, 10.0, 10.5, 11.0, 12.0)))
    layout = _layout(draft, style)
    if layout.columns > 1:
        style = replace(style, size=min(style.size, 10.0) - (layout.columns - 2))
    dressing = Dressing(draft, style)
    sheet = Sheet(layout, style, random, dressing)
    truth = truth_of(draft.pieces)
    if "contents list" in draft.dress:
        truth.excluded += _contents(sheet, draft)
        truth.allowed += [draft.words.either("Contents", "目录")]
    if "drop capitals" in draft.dress:
        _mark_first(draft)
    for kind, several in groupby(draft.pieces, key=lambda piece: piece.kind if isinstance(piece, Text) else ""):
        if kind == "short blocks":
            _beside(sheet, [piece.runs for piece in several if isinstance(piece, Text)])
        else:
            truth.allowed += [text for piece in several for text in _set(sheet, piece, draft)]
    content = _with_notes(sheet.save(), sheet.typed)
    truth.excluded += dressing.drawn
    if layout.numbered:
        truth.excluded += [Excluded(str(number), "line numbers") for number in range(1, sheet.counted + 1)]
    return (_with_layer(content) if "layer off" in draft.dress else content), truth


def _layout(draft: Draft, style: Style) -> Layout:
    random, dress = draft.random, draft.dress
    columns = next((count for kind, count in _COLUMNS.items() if kind in dress), 1)
    width, height = random.choice(((595.0, 842.0), (612.0, 792.0)))
    return Layout(
        width=width,
        height=height,
        margin=random.choice((54.0, 64.0, 72.0)),
        columns=columns,
        gutter=random.choice((16.0, 20.0, 26.0)),
        leading=random.choice((1.25, 1.4, 1.5)),
        gap=random.choice((0.2, 0.5, 0.8)),
        indent=2 * style.size if draft.language == "zh" else random.choice((0.0, 14.0)),
        justified="hyphenation" in dress or draft.chance(0.3),
        hyphens="hyphenation" in dress,
        numbered="line numbers" in dress,
        loose=float("letters placed" in dress),
        twice=next((how for how in ("at once", "later") if f"bold twice {how}" in dress), ""),
        late_marks=draft.chance(0.3),
        turned="turned page" in dress,
    )


def _set(sheet: Sheet, piece: Piece, draft: Draft) -> list[str]:
    if isinstance(piece, Heading):
        _heading(sheet, piece)
    elif isinstance(piece, Text):
        _SETTERS.get(piece.kind, _paragraph)(sheet, piece)
    elif isinstance(piece, ListItem):
        _item(sheet, piece)
    elif isinstance(piece, Grid):
        return set_table(sheet, piece, draft.language)
    else:
        _field(sheet, piece)
    return []


def _heading(sheet: Sheet, piece: Heading) -> None:
    base = sheet.style.size
    size = piece.size or base * (1.7, 1.35, 1.15)[piece.level]
    style = replace(sheet.style, size=size, bold=True)
    spread = 0.6 * size if piece.spaced else 0.0
    lines = broken((TextRun(piece.text),), style, (sheet.frame.width - 4) * (0.5 if spread else 1.0))
    sheet.need((len(lines) + 1) * sheet.layout.leading * size + 2 * base)
    sheet.frame.y += 0.6 * size
    if spread:
        _spread(sheet, lines, style, spread)
    else:
        sheet.flow(lines, style, ragged=True)
    sheet.frame.y += 0.3 * size


def _spread(sheet: Sheet, lines: Sequence[list[TextRun]], style: Style, spread: float) -> None:
    """Letter by letter, further apart than words are as a rule."""
    for line in lines:
        x, base = sheet.frame.x, sheet.frame.y + style.size
        for char in "".join(run.text for run in line):
            x = sheet.line(x, base, [TextRun(char)], style) + spread
        sheet.frame.y += sheet.layout.leading * style.size


def _paragraph(sheet: Sheet, piece: Text) -> None:
    layout, style = sheet.layout, sheet.style
    indent = layout.indent if piece.role == "paragraph" else 3 * style.size
    lines = broken(piece.runs, style, sheet.frame.width, indent=indent, hyphens=layout.hyphens)
    for mark, text in piece.notes:
        sheet.note(mark, text, (len(lines) + 1) * layout.leading * style.size)
    lines = broken(piece.runs, style, sheet.frame.width, indent=indent, hyphens=layout.hyphens)
    sheet.flow(lines, style, indent=indent)
    sheet.frame.y += layout.gap * style.size


def _beside(sheet: Sheet, blocks: Sequence[Runs]) -> None:
    """Short paragraphs side by side, the rest below all of them."""
    style, gap = sheet.style, 18.0
    width = (sheet.frame.width - gap * (len(blocks) - 1)) / len(blocks)
    several = [broken(runs, style, width) for runs in blocks]
    height = sheet.layout.leading * style.size
    sheet.need(height * max(map(len, several)) + 6)
    for column, lines in enumerate(several):
        for number, line in enumerate(lines):
            base = sheet.frame.y + number * height + style.size
            sheet.line(sheet.frame.x + column * (width + gap), base, line, style)
    sheet.frame.y += height * max(map(len, several)) + 6


def _contents(sheet: Sheet, draft: Draft) -> list[Excluded]:
    """A list of the sections with dots and page numbers, on a page of its own."""
    style, found = sheet.style, []
    sheet.flow([[TextRun(draft.words.either("Contents", "目录"))]], replace(style, bold=True, size=style.size * 1.4))
    for place, piece in enumerate(piece for piece in draft.pieces if isinstance(piece, Heading) and piece.level):
        number, dot = str(place // 2 + 1), style.width(TextRun("."))
        room = sheet.frame.width - style.width(TextRun(piece.text)) - style.width(TextRun(number)) - 8
        dots = "." * max(3, int(room / dot))
        sheet.flow([[TextRun(piece.text), TextRun(" "), TextRun(dots), TextRun(" "), TextRun(number)]], style)
        found.append(Excluded(f"{piece.text}{dots}{number}", "contents list"))
    sheet.next_page()
    return found


def _item(sheet: Sheet, piece: ListItem) -> None:
    style, left = sheet.style, 1.8 * sheet.style.size * piece.depth
    runs = (TextRun(f"{piece.mark} "), *piece.runs)
    sheet.flow(broken(runs, style, sheet.frame.width - left), style, left=left)
    sheet.frame.y += 0.2 * style.size


def _vertical(sheet: Sheet, piece: Text) -> None:
    """On a page of its own, columns from right to left."""
    sheet.next_page()
    style, layout = replace(sheet.style, size=12.0), sheet.layout
    x, y = layout.width - layout.margin - 14, layout.margin + 12
    for char in "".join(run.text for run in piece.runs):
        if y > layout.height - layout.margin - 200:
            x, y = x - 26, layout.margin + 12
        sheet.line(x, y, [TextRun(char)], style)
        y += 15
    sheet.next_page()


def _typed(sheet: Sheet, piece: Text) -> None:
    """A note on the page that is no part of its content: it is put in when all is set."""
    sheet.typed.append((sheet.number, linear(piece.runs)))


def _mark_first(draft: Draft) -> None:
    place = next(n for n, piece in enumerate(draft.pieces) if isinstance(piece, Text) and piece.kind == "plain")
    draft.pieces[place] = replace(cast(Text, draft.pieces[place]), kind="drop capitals")


def _dropped(sheet: Sheet, piece: Text) -> None:
    """A paragraph that begins with a letter as high as two of its lines."""
    style, step = sheet.style, sheet.layout.leading * sheet.style.size
    text = linear(piece.runs)
    large = replace(style, size=1.1 * step + style.size)
    left = large.width(TextRun(text[0])) + 3
    lines = broken((TextRun(text[1:]),), style, sheet.frame.width - left)
    beside, below = lines[:2], "".join(run.text for line in lines[2:] for run in [*line, TextRun(" ")])
    sheet.need(3 * step)
    sheet.line(sheet.frame.x, sheet.frame.y + step + style.size, [TextRun(text[0])], large)
    sheet.flow(beside, style, left=left)
    sheet.frame.y = sheet.frame.y if len(beside) > 1 else sheet.frame.y + step
    sheet.flow(broken((TextRun(below),), style, sheet.frame.width), style)
    sheet.frame.y += sheet.layout.gap * style.size


_SETTERS = {"vertical text": _vertical, "typed notes": _typed, "drop capitals": _dropped}


def _field(sheet: Sheet, piece: Field) -> None:
    """A label, and beside it a field of a form that is filled in."""
    sheet.need(26)
    frame = sheet.frame
    end = sheet.line(frame.x, frame.y + 12, [TextRun(piece.label)], sheet.style)
    sheet.canvas.acroForm.textfield(
        name=piece.label, value=piece.value, x=end + 8, y=sheet.layout.height - frame.y - 18, width=150, height=16,
        fontSize=10, borderWidth=0,
    )  # fmt: skip
    frame.y += 24


def _with_notes(content: bytes, notes: Sequence[tuple[int, str]]) -> bytes:
    """With notes typed onto pages, in the lower margin of what the page shows."""
    if not notes:
        return content
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for number, text in notes:
        foot = max(20, float(writer.pages[number - 1].cropbox.bottom) + 4)
        note = FreeText(text=text, rect=(60, foot, 260, foot + 16), font_size="9pt")
        writer.add_annotation(number - 1, note)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _with_layer(content: bytes) -> bytes:
    """Names the layer that the drawn marks are of, and turns it off."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    layer = writer._add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("Old text")})
    )
    usage = DictionaryObject({NameObject("/OFF"): ArrayObject([layer]), NameObject("/Order"): ArrayObject([layer])})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): usage}
    )
    for page in writer.pages:
        resources = cast(DictionaryObject, page["/Resources"].get_object())
        resources[NameObject("/Properties")] = DictionaryObject({NameObject(f"/{LAYER}"): layer})
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
