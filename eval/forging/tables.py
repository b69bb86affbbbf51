"""Kinds of forgery that give a table row the cell of another row, the header of another column or another caption."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from sinkqa.eval.forging.kinds import Forged, filled, kind
from sinkqa.eval.forging.material import Language, Sentence
from sinkqa.ingest.passage import Passage

_CELL_OF = " · "  # stands between row label and column header in a cell's label


class _Table(NamedTuple):
    """Two tables of our own, as Markdown with place holders."""

    source: str
    row: str  # its first row, as the product says it


_TABLES: dict[Language, _Table] = {
    "en": _Table(
        "{S}\n\nTable 4. Removals by country\n\n| Country | {y} (Mt) | {z} (Mt) |\n|---|---|---|\n| {p} | {n} | {m} |\n"
        "| {q} | 9{n} | 7{m} |\n\nTable 5. Emissions by country\n\n| Country | {y} (Mt) |\n|---|---|\n| {p} | 8{n} |\n",
        "Table 4. Removals by country | Country: {p} | {y} (Mt): {n} | {z} (Mt): {m}",
    ),
    "zh": _Table(
        "{S}\n\n表4 各国吸收量\n\n| 国家 | {y}年（万吨） | {z}年（万吨） |\n|---|---|---|\n| {p} | {n} | {m} |\n"
        "| {q} | 9{n} | 7{m} |\n\n表5 各国排放量\n\n| 国家 | {y}年（万吨） |\n|---|---|\n| {p} | 8{n} |\n",
        "表4 各国吸收量 | 国家: {p} | {y}年（万吨）: {n} | {z}年（万吨）: {m}",
    ),
}
_CHANGES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "cell of another row, own table": (
        "the amount is of another country", (("{n}", "9{n}"), ("{m}", "7{m}"), ("{p}", "{q}")),
    ),
    "header of another column, own table": ("the amount is of another year", (("{y}", "{z}"),)),
    "unit of a header changed, own table": (
        "another amount", (("Mt", "kt"), ("Mt", "t"), ("万吨", "吨"), ("万吨", "亿吨")),
    ),
    "number of another table, own table": (
        "another table", (("Table 4", "Table 5"), ("表4", "表5"), ("Table 4", "Table 44"), ("表4", "表44")),
    ),
    "caption of another table, own table": (
        "another quantity", (("Removals", "Emissions"), ("吸收量", "排放量")),
    ),
    "cell empty or negative, own table": ("no such amount is there", (("{n}", "-"), ("{m}", "n/a"), ("{n}", "-{n}"))),
}  # fmt: skip


def _own(changes: tuple[tuple[str, str], ...]) -> Callable[[Sentence, Random], Forged | None]:
    def rule(sentence: Sentence, random: Random) -> Forged | None:
        table = _TABLES[sentence.language]
        old, new = random.choice([each for each in changes if each[0] in table.row])
        state = random.getstate()
        source = filled(table.source, sentence, random)
        random.setstate(state)
        return Forged(filled(table.row.replace(old, new, 1), sentence, random), source, "md")

    return rule


for _name, (_why, _pairs) in _CHANGES.items():
    kind(_name, _why)(_own(_pairs))


@kind("cell of another row", "the amount is of something else", of="row")
def _other_cell(sentence: Sentence, random: Random) -> Forged | None:
    row = sentence.passage
    cells = [unit for unit in row.units if _CELL_OF in unit.label]
    if not cells:
        return None
    cell = random.choice(cells)
    header = cell.label.split(_CELL_OF)[-1]
    values = {
        unit.text
        for other in _same_table(sentence)
        for unit in other.units
        if unit.label.split(_CELL_OF)[-1] == header and _CELL_OF in unit.label and unit.text not in cell.text
    }
    said = f"{header}: {cell.text}"
    if not values or len(header) < 2 or row.text.count(said) != 1:
        return None
    return Forged(row.text.replace(said, f"{header}: {random.choice(sorted(values))}"))


@kind("label of another row", "the amounts are of something else", of="row")
def _other_label(sentence: Sentence, random: Random) -> Forged | None:
    row = sentence.passage
    first = row.units[0]
    labels = {other.units[0].text for other in _same_table(sentence) if other.units[0].label == first.label}
    labels = {each for each in labels if each not in row.text and each not in first.label}
    if not labels or row.text.count(first.text) != 1 or len(row.units) < 2 or len(first.text) < 2:
        return None
    return Forged(row.text.replace(first.text, random.choice(sorted(labels))))


@kind("header of another column", "the amount is of something else", of="row")
def _other_header(sentence: Sentence, random: Random) -> Forged | None:
    cells = [unit for unit in sentence.passage.units if _CELL_OF in unit.label]
    heads = [cell.label.split(_CELL_OF)[-1] for cell in cells]
    if (
        len(set(heads)) < 2
        or any(len(head) < 3 for head in heads)
        or cells[0].text == cells[1].text
        or heads[0] == heads[1]
    ):
        return None
    one, two = f"{heads[0]}: {cells[0].text}", f"{heads[1]}: {cells[1].text}"
    label = sentence.passage.units[0].text
    return Forged(f"{label} — {heads[1]}: {cells[0].text}; {heads[0]}: {cells[1].text}") if one != two else None


@kind("number of another table", "another table", of="row")
def _other_table(sentence: Sentence, random: Random) -> Forged | None:
    label = sentence.passage.table
    if not label or not re.search(r"\d", label):
        return None
    other = re.sub(r"\d+", lambda number: str(int(number[0]) + random.randint(1, 5)), label, count=1)
    text = sentence.passage.text
    return Forged(text.replace(label, other, 1) if text.startswith(label) else f"{other}: {text}")


def _same_table(sentence: Sentence) -> list[Passage]:
    """The other rows beneath the same heading, near by."""
    around = sentence.document.passages[max(0, sentence.place - 12) : sentence.place + 13]
    row = sentence.passage
    return [
        other for other in around
        if other.kind == "row" and other is not row and (other.section, other.table) == (row.section, row.table)
    ]  # fmt: skip
