"""Drafts the content of a document at random: plain sections, and content of the kinds under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from sinkqa.eval.roundtrip.truth import Field, Grid, Heading, ListItem, Piece, PlacedCell, Runs, Text, TextRun, plain
from sinkqa.eval.roundtrip.words import Language, Words


@dataclass(slots=True)
class Draft:
    """A document to be made: its pieces in order, and the kinds of decoration on its pages."""

    random: Random
    language: Language
    words: Words
    pieces: list[Piece] = field(default_factory=list)
    dress: set[str] = field(default_factory=set)

    def chance(self, share: float) -> bool:
        """Returns true with the probability ``share``."""
        return self.random.random() < share

    def pick(self, *several: str) -> str:
        """Picks one of several strings at random."""
        return self.random.choice(several)


Maker = Callable[[Draft], list[Piece]]
_NUMBER = "#"


def begun(random: Random, language: Language, sections: int) -> Draft:
    """Starts a draft with a title and plain sections. The sections are numbered or not."""
    draft = Draft(random, language, Words(random, language))
    words, numbered, nested = draft.words, draft.chance(0.5), draft.chance(0.3)
    draft.pieces.append(Heading(0, words.title()))
    for number in range(1, sections + 1):
        mark = _section_mark(number, language) if numbered else ""
        draft.pieces.append(Heading(1, f"{mark}{words.title()}"))
        draft.pieces += [Text(plain(words.paragraph())) for _ in range(random.randint(1, 3))]
        if nested:
            below = {"en": f"{number}.1 ", "zh": "（一）"}[language] if numbered else ""
            draft.pieces += [Heading(2, f"{below}{words.title()}"), Text(plain(words.paragraph()))]
    return draft


def _section_mark(number: int, language: Language) -> str:
    return f"{number} " if language == "en" else f"{'一二三四五六七八九'[number - 1]}、"


def insert(draft: Draft, pieces: list[Piece]) -> None:
    """Inserts pieces after a paragraph, so that plain text stands on both sides."""
    places = [at for at, piece in enumerate(draft.pieces) if isinstance(piece, Text) and piece.kind == "plain"]
    at = draft.random.choice(places) + 1
    draft.pieces[at:at] = [*pieces, Text(plain(draft.words.paragraph(2)))]


def number(draft: Draft) -> None:
    """Numbers tables and notes in their order."""
    tables = notes = 0
    for place, piece in enumerate(draft.pieces):
        if isinstance(piece, Grid):
            tables += 1
            draft.pieces[place] = replace(piece, caption=piece.caption.replace(_NUMBER, str(tables)))
        elif isinstance(piece, Text) and piece.notes:
            marks = {mark: str(notes + at) for at, (mark, _) in enumerate(piece.notes, 1)}
            notes += len(marks)
            runs = tuple(replace(run, text=marks[run.text]) if run.form == "mark" else run for run in piece.runs)
            noted = tuple((marks[mark], text) for mark, text in piece.notes)
            draft.pieces[place] = replace(piece, runs=runs, notes=noted)


def powers(draft: Draft) -> list[Piece]:
    """Makes a paragraph with a figure that has a power of ten."""
    words, power = draft.words, draft.pick("3", "6", "9", "12", "-3", "-6")
    base = draft.pick("", f"{draft.words.figure('share')} × ") + "10"
    texts = words.either(
        f"The stock of {words.pick('place')} is put at |{base}^ tonnes of carbon. ",
        f"{words.pick('place')}的碳储量为|{base}^吨。",
    )
    return [Text(_shifted(texts, power) + plain(words.sentence()), "powers")]


def units(draft: Draft) -> list[Piece]:
    """Makes a paragraph with an area or a volume, whose unit has an exponent."""
    words, unit = draft.words, draft.pick("m|2", "m|3", "hm|2", "km|2", "Nm|3", "cm|2")
    name, power = unit.split("|")
    texts = words.either(
        f"The site of the {words.pick('body')} covers |{words.figure('days')} {name}^ of land. ",
        f"{words.pick('body')}的场地为|{words.figure('days')} {name}^，其中一部分为草地。",
    )
    return [Text(_shifted(texts, power) + plain(words.sentence()), "exponents of units")]


def subscripts(draft: Draft) -> list[Piece]:
    """Makes a paragraph that names a gas by its formula."""
    words, gas = draft.words, draft.pick("CO|2", "N|2|O", "CH|4", "SO|2", "CO|2|e")
    parts = gas.split("|")
    runs: Runs = tuple(
        TextRun(part, "lowered" if part.isdigit() else "plain") for part in parts
    )  # fmt: skip
    before = words.either(f"In {words.figure('year')} the {words.pick('place')} plant emitted ", "该企业当年排放的")
    after = words.either(f" of {words.figure('count')} tonnes. ", f"为{words.figure('count')}吨。")
    return [Text((TextRun(before), *runs, TextRun(after), TextRun(words.sentence())), "subscripts")]


def fractions(draft: Draft) -> list[Piece]:
    """Makes a formula with a fraction, on its own line."""
    words = draft.words
    top, bottom = draft.random.choice((("44", "12"), ("12", "44"), ("16", "12"), ("1", "3"), ("44", "28")))
    lead = words.either("Emissions are calculated as follows:", "排放量按下式计算：")
    formula = (TextRun("E = AD × OF × "), TextRun(f"{top}/{bottom}", "fraction"))
    where = words.either("where AD is the activity and OF the oxidation factor.", "式中AD为活动水平，OF为氧化率。")
    return [Text(plain(lead), "fractions"), Text(formula, "fractions", role="formula"), Text(plain(where), "fractions")]


def _shifted(texts: str, power: str) -> Runs:
    """Runs with the power raised after the base. ``texts`` marks the base: before|base^after."""
    before, _, rest = texts.partition("|")
    base, _, after = rest.partition("^")
    return TextRun(before + base), TextRun(power, "raised"), TextRun(after)


def notes(draft: Draft) -> list[Piece]:
    """Makes a paragraph with one or two notes."""
    words, runs, found = draft.words, [], []
    for number in range(draft.random.randint(1, 2)):
        first = words.sentence()
        runs += [TextRun(first[:-1]), TextRun(f"{number}", "mark"), TextRun(first[-1] + words.either(" ", ""))]
        found.append((f"{number}", words.sentence()))
    return [Text((*runs, TextRun(words.sentence())), "footnotes", tuple(found))]


_FORMATS: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (("decimal", "%1."), ("decimal", "(%1)"), ("lowerLetter", "(%1)"), ("lowerRoman", "(%1)")),
    "zh": (("decimal", "%1."), ("chineseCounting", "（%1）"), ("decimal", "（%1）"), ("chineseCounting", "%1、")),
}
_SIGNS = {
    "decimal": "1 2 3 4 5 6 7 8 9",
    "lowerLetter": "a b c d e f g h i",
    "upperLetter": "A B C D E F G H I",
    "lowerRoman": "i ii iii iv v vi vii viii ix",
    "upperRoman": "I II III IV V VI VII VIII IX",
    "chineseCounting": "一 二 三 四 五 六 七 八 九",
    "ideographTraditional": "甲 乙 丙 丁 戊 己 庚 辛 壬",
    "decimalEnclosedCircle": "① ② ③ ④ ⑤ ⑥ ⑦ ⑧ ⑨",
}


def sign(style: str, number: int) -> str:
    """Writes a number from 1 to 9 in one of Word's formats."""
    return _SIGNS[style].split()[number - 1]


def items(draft: Draft, kind: str, style: str, around: str, count: int) -> list[ListItem]:
    """Makes the items of a list that starts at 1."""
    return [
        ListItem(
            around.replace("%1", sign(style, n)), plain(draft.words.sentence()), kind, n, style, around, first=n == 1
        )
        for n in range(1, count + 1)
    ]


def grouped(pieces: Sequence[Piece]) -> Iterator[Piece | list[ListItem]]:
    """Yields pieces in order. The items of one list come together."""
    several: list[ListItem] = []
    for piece in pieces:
        if several and not (isinstance(piece, ListItem) and not (piece.first and piece.depth == 1)):
            yield several
            several = []
        if isinstance(piece, ListItem):
            several.append(piece)
        else:
            yield piece
    if several:
        yield several


def lead(draft: Draft, kind: str) -> Text:
    """Makes the sentence that introduces a list."""
    return Text(plain(draft.words.either("The operator shall observe the following:", "企业应当遵守下列规定：")), kind)


def listed(draft: Draft) -> list[Piece]:
    """Makes a lead-in and a list of three to six items."""
    style, around = draft.random.choice(_FORMATS[draft.language])
    return [lead(draft, "list"), *items(draft, "list", style, around, draft.random.randint(3, 6))]


def large_heading(draft: Draft) -> list[Piece]:
    """Makes a heading of 9 to 24 points above a paragraph."""
    size = float(draft.random.randint(9, 24))
    return [
        Heading(1, draft.words.title(), "headings of any size", size),
        Text(plain(draft.words.paragraph()), "headings of any size"),
    ]


def spaced_heading(draft: Draft) -> list[Piece]:
    """Makes a heading with spaces between its letters."""
    return [Heading(1, draft.words.title(), "spaced headings", spaced=True), Text(plain(draft.words.paragraph()))]


def repeated(draft: Draft) -> list[Piece]:
    """Makes sentences that differ only in their figures."""
    words = draft.words
    return [
        Text(plain(words.either(
            f"The quota for the year {year} amounts to {words.figure('count')} tonnes in all.",
            f"{year}年度配额总量为{words.figure('count')}吨。",
        )), "lines that differ by a figure")
        for year in range(2020, 2020 + draft.random.randint(3, 6))
    ]  # fmt: skip


def form(draft: Draft) -> list[Piece]:
    """Makes lines of a filled-in form. Values are Latin, because forms use the standard PDF faces."""
    words = draft.words
    labels = words.either("Operator:,Annual emissions (t):,Contact:", "企业名称：,年排放量：,联系人：").split(",")
    values = ("Arden Glass Works", words.figure("count"), "Mira Holt")
    return [Field(label, value) for label, value in zip(labels, values, strict=True)]


def caption(draft: Draft) -> str:
    """Makes a table's caption. :func:`number` gives it its number at the end."""
    return draft.words.either(f"Table {_NUMBER} ", f"表{_NUMBER} ") + draft.words.title()


def grid(draft: Draft, kind: str, *, rows: int = 0, columns: int = 0) -> Grid:
    """Makes a table of places and figures."""
    words, random = draft.words, draft.random
    n_columns = columns or random.randint(2, 4)
    names = words.distinct("place", rows or random.randint(3, 6))
    names += [f"{name} {number}" for number in range(2, 9) for name in names][: max(0, rows - len(names))]
    heads = [words.either("Region", "地区"), *words.distinct("thing", n_columns)]
    held = random.choices(("share", "count", "sector"), (6, 2, 1), k=n_columns + 1)
    places = [PlacedCell(0, column, text[:1].upper() + text[1:]) for column, text in enumerate(heads)]
    for row, name in enumerate(names, 1):
        places.append(PlacedCell(row, 0, name))
        places += [PlacedCell(row, column, words.pick(held[column])) for column in range(1, n_columns + 1)]
    return Grid(caption(draft), tuple(places), kind=kind, rules=random.choice(("full", "booktabs", "rows")))


def ruled(draft: Draft) -> list[Piece]:
    """Makes a table with all lines drawn."""
    return [replace(grid(draft, "ruled table"), rules="full")]


def set_in(draft: Draft) -> list[Piece]:
    """Makes a table whose corner cell is empty."""
    table = grid(draft, "cells set in from the left")
    return [replace(table, places=tuple(place for place in table.places if place.row or place.column))]


def booktabs(draft: Draft) -> list[Piece]:
    """Makes a table with three lines."""
    return [replace(grid(draft, "three-line table"), rules="booktabs")]


def unruled(draft: Draft) -> list[Piece]:
    """Makes a table without lines."""
    return [replace(grid(draft, "table without rules"), rules="none")]


def unit_line(draft: Draft) -> list[Piece]:
    """Makes a line with the unit between caption and table, for two tables, since the wrong one may get the caption."""
    unit = draft.words.either("Unit: ", "单位：") + draft.pick("mg/m³", "t/hm²", "kg", "GJ/t")
    return [replace(grid(draft, "unit line"), unit=unit), replace(grid(draft, "unit line"), unit=unit)]


def caption_below(draft: Draft) -> list[Piece]:
    """Makes a table with its caption below it."""
    return [replace(grid(draft, "caption below"), below=True)]


def remarked(draft: Draft) -> list[Piece]:
    """Makes a table with a line below it that names the source."""
    remark = draft.words.either("Note: ", "注：") + draft.words.sentence()
    return [replace(grid(draft, "table with remark"), remark=remark)]


def years(draft: Draft) -> list[Piece]:
    """Makes a table whose header is a row of years."""
    table, first = grid(draft, "year headers"), draft.random.randint(2012, 2022)
    suffix = draft.pick("", draft.words.either("", "年"))
    heads = {place.column: f"{first + place.column}{suffix}" for place in table.places if place.row == 0}
    places = [replace(p, text=heads[p.column]) if p.row == 0 and p.column else p for p in table.places]
    return [replace(table, places=tuple(places))]


def gaps(draft: Draft) -> list[Piece]:
    """Makes a table with some empty cells."""
    table = grid(draft, "empty cells", rows=6, columns=3)
    inner = [place for place in table.places if place.row and place.column]
    empty = draft.random.sample(inner, 3)
    return [replace(table, places=tuple(replace(p, text="") if p in empty else p for p in table.places))]


def turned_labels(draft: Draft) -> list[Piece]:
    """Makes a table whose labels span two rows and read upwards."""
    return [replace(piece, kind="turned labels") for piece in merged(draft) if isinstance(piece, Grid)]


def formatted(draft: Draft) -> list[Piece]:
    """Makes a table of shares with percent signs and of amounts with commas."""
    table = grid(draft, "number formats", columns=2)
    figures = {1: lambda: f"{draft.words.figure('share')}%", 2: lambda: f"{draft.random.randint(1_000, 99_999):,}"}
    places = [replace(p, text=figures[p.column]()) if p.row and p.column else p for p in table.places]
    return [replace(table, places=tuple(places))]


def merged(draft: Draft) -> list[Piece]:
    """Makes a table with two label columns. Each label of the first spans two rows."""
    words, names = draft.words, draft.words.distinct("place", 3)
    sectors = words.distinct("sector", 2)
    heads = [words.either("Region", "地区"), words.either("Sector", "行业"), *words.distinct("thing", 2)]
    places = [PlacedCell(0, column, text[:1].upper() + text[1:]) for column, text in enumerate(heads)]
    for number, name in enumerate(names):
        places.append(PlacedCell(1 + 2 * number, 0, name, row_span=2))
        for half, sector in enumerate(sectors):
            row = 1 + 2 * number + half
            places.append(PlacedCell(row, 1, sector))
            places += [PlacedCell(row, column, words.figure("share")) for column in (2, 3)]
    return [Grid(caption(draft), tuple(places), label_columns=2, kind="merged cells")]


def two_rows(draft: Draft) -> list[Piece]:
    """Makes a table with a header of two rows: groups above years."""
    words = draft.words
    groups, first = words.distinct("thing", 2), draft.random.randint(2012, 2024)
    places = [PlacedCell(0, 0, words.either("Region", "地区"), row_span=2)]
    for number, group in enumerate(groups):
        places.append(PlacedCell(0, 1 + 2 * number, group[:1].upper() + group[1:], column_span=2))
        places += [
            PlacedCell(1, 1 + 2 * number + year, words.either(f"{first + year}", f"{first + year}年"))
            for year in (0, 1)
        ]
    for row, name in enumerate(words.distinct("place", 4), 2):
        places.append(PlacedCell(row, 0, name))
        places += [PlacedCell(row, column, words.figure("share")) for column in range(1, 5)]
    return [Grid(caption(draft), tuple(places), header_rows=2, kind="two-row header")]


def continued(draft: Draft) -> list[Piece]:
    """Makes a table that continues on the next page, where its header is repeated."""
    rows = draft.random.randint(14, 30)
    return [replace(grid(draft, "continued table", rows=rows, columns=3), rules="full", alone=True)]


def grouped_rules(draft: Draft) -> list[Piece]:
    """Makes a table with rules only between groups of rows."""
    return [replace(grid(draft, "rules between groups", rows=6), rules="groups")]


def sideways(draft: Draft) -> list[Piece]:
    """Makes a table on its own page, turned by 90 degrees."""
    return [replace(grid(draft, "sideways table", columns=4, rows=6), sideways=True)]


def wrapped(draft: Draft) -> list[Piece]:
    """Makes a table whose cells are sentences of several lines."""
    words = draft.words
    heads = words.either("Body,Duty,Term", "机构,职责,期限").split(",")
    places = [PlacedCell(0, column, text) for column, text in enumerate(heads)]
    for row, name in enumerate(words.distinct("body", 3), 1):
        places += [
            PlacedCell(row, 0, name),
            PlacedCell(row, 1, words.sentence()),
            PlacedCell(row, 2, words.figure("days")),
        ]
    return [Grid(caption(draft), tuple(places), kind="wrapped cells", rules="full")]


def blocks(draft: Draft) -> list[Piece]:
    """Makes short paragraphs side by side."""
    return [Text(plain(draft.words.paragraph(2)), "short blocks") for _ in range(draft.random.randint(2, 3))]


def vertical(draft: Draft) -> list[Piece]:
    """Makes a page of vertical text."""
    return [Text(plain(draft.words.paragraph(2)), "vertical text")]
