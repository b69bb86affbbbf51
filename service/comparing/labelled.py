"""Takes a cell of a comparison from a document's own table, where its labels settle which one it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.comparing.bearing import names_row, stands_above
from sinkqa.service.comparing.columns import Column, holds
from sinkqa.service.comparing.rows import RowScope, above, label_of

_CELL_OF = " · "
_LONGEST_HEADER = 30  # characters
_KEYED = late(r"\A\s*(?P<key>[^：:；;。,，《》]{1,12})[：:]")  # 森林：……, in a cell that says several things


class Labelled(NamedTuple):
    """Cells of a table's row that are the cell asked for. ``header``: what it stands under, empty if a key tells."""

    passage: Passage
    units: tuple[Unit, ...]
    header: str

    @property
    def heads(self) -> tuple[Unit, ...]:
        """The labels of the row."""
        return tuple(unit for unit in self.passage.units if _CELL_OF not in unit.label)

    @property
    def text(self) -> str:
        """The words of the cells, one below the other."""
        return "\n".join(unit.text for unit in self.units)


def labelled(row: RowScope, column: Column, passages: Iterable[Passage]) -> Labelled | None:
    """The cell that a table labels with the row's and the column's name; None if none or several are so labelled.

    Labels are compared by notions in either language. A table may have them the other way round, or have its row's name
    in what stands above it. A cell that begins with a key (森林：) is the cell of that key.
    """
    found = [each for passage in passages if passage.kind == "row" for each in _cells(row, column, passage)]
    exact = [each for each in found if fold(each.header) == fold(column.label)]
    best = exact or found
    return best[0] if best and len({each.header for each in best}) == 1 else None


def _cells(row: RowScope, column: Column, passage: Passage) -> Iterator[Labelled]:
    label = label_of(passage)
    cells = [
        (unit, unit.label.removeprefix(label).removeprefix(_CELL_OF))
        for unit in passage.units
        if _CELL_OF in unit.label
    ]
    if names_row(row, label):
        keyed = tuple(unit for unit, _ in cells if (key := _KEYED.match(unit.text)) and is_called(column, key["key"]))
        if keyed:
            yield Labelled(passage, keyed, "")
            return
        for header in dict.fromkeys(header for _, header in cells):
            if is_called(column, header):
                yield Labelled(passage, tuple(unit for unit, under in cells if under == header), header)
    elif is_called(column, label):
        under = tuple(unit for unit, header in cells if names_row(row, header))
        if not under and cells and stands_above(row, above(passage)):
            under = tuple(unit for unit, _ in cells)
        if under:
            yield Labelled(passage, under, label)


def is_called(column: Column, label: str) -> bool:
    """Whether a label of a table names what the column asks for."""
    if not label or len(label) > _LONGEST_HEADER:
        return False
    return fold(label) == fold(column.label) or (bool(column.names) and holds(column.names, frozenset(analyze(label))))


def tables_of(passages: Sequence[Passage]) -> list[Passage]:
    """The rows of tables among a document's passages."""
    return [each for each in passages if each.kind == "row"]
