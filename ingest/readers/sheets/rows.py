"""Makes tables and lines from the rows of a spreadsheet or of a file of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sinkqa.ingest.readers.pieces.draft import Grid, GridCell, Piece
from sinkqa.ingest.structure.tables.cell_kinds import kind_of
from sinkqa.ingest.structure.tables.grid_shape import GridShape, grid_shape
from sinkqa.ingest.structure.tables.wording import is_note, is_unit_line, table_label

MAX_CELLS = 100_000
"""The most cells read from one file. With more, the library would consist of one table."""
_MAX_TITLE = 120  # characters of a line alone that is the caption of the table below it
_MAX_NAME = 60  # characters of the name of a column
_SHAPED = 200  # rows that tell the shape of a table
_ENDS = ("。", "；", ".", ";", "!", "！")

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Texts by row and column, in rows of one length, and the spans of merged cells, by place."""

    rows: Sequence[Sequence[str]]
    merged: Mapping[Place, Place]

    def part(self, top: int, bottom: int, columns: Sequence[int]) -> Sheet:
        """Returns some rows and columns. A merged cell that extends beyond them ends with them."""
        at = {column: place for place, column in enumerate(columns)}
        kept = {
            (row - top, at[column]): (
                min(high, bottom - row),
                sum(inner in at for inner in range(column, column + wide)),
            )
            for (row, column), (high, wide) in self.merged.items()
            if top <= row < bottom and column in at
        }
        return Sheet([[self.rows[row][column] for column in columns] for row in range(top, bottom)], kept)


def row_pieces(
    rows: Sequence[Sequence[str]], *, merged: Mapping[Place, Place] | None = None, named: bool = True
) -> list[Piece]:
    """Makes tables with caption, header and notes, and the lines between them.

    Empty rows separate tables. So do empty columns between tables with their own headers. ``merged``: the rows and
    columns of a cell, by (row, column), 0-based. ``named``: the first row of words names the columns, as in files of
    values, even if nothing else shows it.
    """
    width = max(map(len, rows), default=0)
    even = [[*(text.replace("\r\n", "\n").replace("\r", "\n").strip() for text in row)] for row in rows]
    sheet = Sheet([[*row, *[""] * (width - len(row))] for row in even], merged or {})
    pieces: list[Piece] = []
    for block in _joined(list(_blocks(sheet))):
        pieces += _block_pieces(block, named=named)
    return _captioned(pieces)


def _blocks(sheet: Sheet) -> Iterator[Sheet]:
    """Runs of rows with content, each without its empty columns."""
    covered = {row + below for (row, _), (high, _) in sheet.merged.items() for below in range(high)}
    start: int | None = None
    for index in range(len(sheet.rows) + 1):
        filled = index < len(sheet.rows) and (any(sheet.rows[index]) or index in covered)
        if filled and start is None:
            start = index
        elif not filled and start is not None:
            if any(any(row) for row in sheet.rows[start:index]):
                yield sheet.part(start, index, range(len(sheet.rows[0])))
            start = None


def _joined(blocks: Sequence[Sheet]) -> Iterator[Sheet]:
    """Joins a block without its own header to the table above: the empty row separated groups."""
    held: Sheet | None = None
    for block in blocks:
        used, shape = _used(block), grid_shape(_packed(block).rows[:_SHAPED])
        goes_on = (
            held is not None and len(used) > 1 and used == _used(held) and not (shape.header_rows + shape.title_rows)
        )
        if held is not None and goes_on:
            down = len(held.rows)
            moved = {(row + down, column): size for (row, column), size in block.merged.items()}
            held = Sheet([*held.rows, *block.rows], {**held.merged, **moved})
            continue
        if held is not None:
            yield from _side_by_side(held)
        held = block
    if held is not None:
        yield from _side_by_side(held)


def _used(sheet: Sheet) -> list[int]:
    """Columns with content or under a merged cell."""
    covered = {inner for (_, column), (_, wide) in sheet.merged.items() for inner in range(column + 1, column + wide)}
    return [c for c in range(len(sheet.rows[0])) if c in covered or any(row[c] for row in sheet.rows)]


def _packed(sheet: Sheet) -> Sheet:
    return sheet.part(0, len(sheet.rows), _used(sheet))


def _side_by_side(sheet: Sheet) -> Iterator[Sheet]:
    """Splits the sheet at an empty column between two tables that each have a header and labels."""
    used = _used(sheet)
    gap = next((place for place in range(1, len(used)) if used[place] > used[place - 1] + 1), None)
    if gap is not None and 1 < gap < len(used) - 1:
        left, right = (sheet.part(0, len(sheet.rows), part) for part in (used[:gap], used[gap:]))
        alike = len(left.rows[0]) == len(right.rows[0])
        shapes = [_shape(part, named=alike) for part in (left, right)]
        labels = {kind_of(row[0]) for row in right.rows[shapes[1].title_rows + shapes[1].header_rows :]}
        if all(shape.header_rows for shape in shapes) and labels <= {"words", ""}:
            yield _packed(left)
            yield from _side_by_side(Sheet([[""] * used[gap] + list(row) for row in right.rows], {
                (row, column + used[gap]): size for (row, column), size in right.merged.items()
            }))  # fmt: skip
            return
    yield _packed(sheet)


def _block_pieces(sheet: Sheet, *, named: bool) -> list[Piece]:
    if len(sheet.rows[0]) < 2:
        return [Piece("paragraph", row[0]) for row in sheet.rows if row[0]]
    shape = _shape(sheet, named=named)
    titles = [" ".join(filter(None, row)) for row in sheet.rows[: shape.title_rows]]
    notes = [" ".join(filter(None, row)) for row in sheet.rows[len(sheet.rows) - shape.note_rows :]]
    body = sheet.part(shape.title_rows, len(sheet.rows) - shape.note_rows, range(len(sheet.rows[0])))
    covered = {
        (row + down, column + right)
        for (row, column), (high, wide) in body.merged.items()
        for down in range(high)
        for right in range(wide)
    } - body.merged.keys()
    cells = tuple(
        GridCell(row, column, text, *body.merged.get((row, column), (1, 1)))
        for row, texts in enumerate(body.rows)
        for column, text in enumerate(texts)
        if (row, column) not in covered
    )
    caption = "\n".join(titles)
    label = next(filter(None, map(table_label, titles)), None)
    grid = Grid(
        cells, len(body.rows), len(body.rows[0]), shape.header_rows, shape.label_columns, caption, tuple(notes), label
    )
    return [Piece("table", "", grid=grid)]


def _shape(sheet: Sheet, *, named: bool) -> GridShape:
    """The shape that the texts show. If they show no header, the first row that may name the columns is one."""
    foot = grid_shape(sheet.rows[-_SHAPED:]).note_rows
    shape = grid_shape(sheet.rows[:_SHAPED])._replace(note_rows=foot)
    if shape.header_rows or not named:
        return shape
    titles = next((at for at, row in enumerate(sheet.rows) if sum(map(bool, row)) > 1), 0)
    if titles and any(is_note(row[0]) for row in sheet.rows[:titles]):
        titles = shape.title_rows
    names = sheet.rows[titles] if titles + 1 < len(sheet.rows) else []
    told = len(names) - names.count("") >= max(2, len(names) - 1) and len({*names}) == len(names)
    words = all(
        kind_of(text) not in ("value",) and len(text) <= _MAX_NAME and not text.endswith(_ENDS) for text in names
    )
    return shape._replace(title_rows=titles, header_rows=1) if told and words else shape


def _captioned(pieces: Sequence[Piece]) -> list[Piece]:
    """Makes a short line, or two with a unit, above a table without a caption its caption."""
    done: list[Piece] = []
    for piece in pieces:
        if piece.grid is not None and not piece.grid.caption:
            above: list[str] = []
            while done and done[-1].grid is None and len(above) < 2 and _may_caption(done[-1].text, above):
                above.insert(0, done.pop().text)
            label = next(filter(None, map(table_label, above)), None)
            piece = replace(piece, grid=replace(piece.grid, caption="\n".join(above), label=label))
        done.append(piece)
    return done


def _may_caption(text: str, below: Sequence[str]) -> bool:
    short = len(text) <= _MAX_TITLE and not text.endswith(_ENDS) and not is_note(text)
    return short and (not below or is_unit_line(below[0]))
