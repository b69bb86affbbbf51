"""Content that Word files, web pages and Markdown can have but a printed page cannot."""

from __future__ import annotations

from dataclasses import replace

from sinkqa.eval.roundtrip.drafting import Draft, grid, items, lead, sign
from sinkqa.eval.roundtrip.truth import ListItem, Piece, Text, TextRun, plain

LEGAL = "decimal of all levels"
"""A format in which Word writes the numbers of the upper levels as figures, whatever formats those levels have."""


def struck(draft: Draft) -> list[Piece]:
    """Makes a paragraph with a struck figure and the valid one."""
    words = draft.words
    old, new = words.figure("count"), words.figure("count")
    before, after = words.either("The cap is|tonnes of carbon dioxide.", "年度总量上限为|吨二氧化碳。").split("|")
    space = words.either(" ", "")
    runs = (TextRun(before + space), TextRun(old, "struck"), TextRun(new, "inserted"), TextRun(space + after + space))
    return [Text((*runs, TextRun(words.sentence())), "struck text")]


def hidden(draft: Draft) -> list[Piece]:
    """Makes words that are in the file but not shown."""
    words = draft.words
    space = words.either(" ", "")
    secret = words.either("internal remark seven", "内部备注第七号")
    return [
        Text((TextRun(words.sentence() + space), TextRun(secret, "hidden"), TextRun(words.sentence())), "hidden text")
    ]


def boxed(draft: Draft) -> list[Piece]:
    """Makes a text box beside a paragraph."""
    return [Text(plain(draft.words.sentence()), "text box", flow="beside")]


def controlled(draft: Draft) -> list[Piece]:
    """Makes a paragraph inside a content control."""
    return [Text(plain(draft.words.paragraph(2)), "content controls")]


def restarted(draft: Draft) -> list[Piece]:
    """Makes two lists of one format. The second starts at 1 again."""
    kind = "restarted lists"
    found: list[Piece] = []
    for _ in range(2):
        found += [lead(draft, kind), *items(draft, kind, "decimal", "%1.", 3)]
    return found


def numbered(draft: Draft) -> list[Piece]:
    """Makes a list in one of Word's rarer number formats."""
    kind, style = "rare list formats", draft.pick("ideographTraditional", "decimalEnclosedCircle", "upperRoman")
    around = {"ideographTraditional": "%1、", "decimalEnclosedCircle": "%1", "upperRoman": "%1."}[style]
    return [lead(draft, kind), *items(draft, kind, style, around, draft.random.randint(3, 5))]


def late(draft: Draft) -> list[Piece]:
    """Makes articles with numbers from 100."""
    kind = "articles beyond ninety-nine"
    signs = ("九十九", "一百", "一百零一", "一百零二")
    style, around = "chineseCountingThousand", "第%1条"
    return [
        ListItem(around.replace("%1", text), plain(draft.words.sentence()), kind, 99 + n, style, around, first=n == 0)
        for n, text in enumerate(signs)
    ]


def renumbered(draft: Draft) -> list[Piece]:
    """Makes a list that starts at a later number, counts down, or skips numbers."""
    kind = "lists that count otherwise"
    numbers = draft.random.choice(((4, 5, 6), (3, 2, 1), (1, 2, 7)))
    found: list[Piece] = [lead(draft, kind)]
    for place, number in enumerate(numbers):
        found.append(ListItem(f"{number}.", plain(draft.words.sentence()), kind, number, first=place == 0))
    return found


def legal(draft: Draft) -> list[Piece]:
    """Makes clauses such as 1.1 below a chapter that is numbered in words."""
    kind, style = "legal numbers", "chineseCounting" if draft.language == "zh" else "upperRoman"
    around = draft.words.either("Part %1", "第%1章")
    found: list[Piece] = []
    for number in (1, 2):
        text = plain(draft.words.title())
        mark = around.replace("%1", sign(style, number))
        found.append(ListItem(mark, text, kind, number, style, around, first=number == 1))
        for below in (1, 2):
            text = plain(draft.words.sentence())
            found.append(ListItem(f"{number}.{below}", text, kind, below, LEGAL, "%1.%2", 2, below == 1))
    return found


def counted(draft: Draft) -> list[Piece]:
    """Makes a table whose first column Word numbers."""
    table = grid(draft, "numbers in cells", columns=3)
    return [replace(table, places=tuple(
        replace(place, text=f"{place.row}.") if place.row and not place.column else place for place in table.places
    ))]  # fmt: skip


def nested_list(draft: Draft) -> list[Piece]:
    """Makes a list of two levels."""
    kind, inner = "nested list", draft.pick("lowerLetter", "lowerRoman")
    found: list[Piece] = [lead(draft, kind)]
    for number in range(1, 4):
        text = plain(draft.words.sentence())
        found.append(ListItem(f"{number}.", text, kind, number, "decimal", "%1.", first=number == 1))
        for below in range(1, 3):
            text = plain(draft.words.sentence())
            found.append(ListItem(f"{sign(inner, below)}.", text, kind, below, inner, "%2.", 2, below == 1))
    return found


def remarked_on_the_page(draft: Draft) -> list[Piece]:
    """Makes a note that somebody typed onto a page. It is Latin, because the standard face is."""
    return [Text(plain(f"Seen by Mira Holt, file {draft.words.figure('days')}"), "typed notes", flow="form")]


def emphasised(draft: Draft) -> list[Piece]:
    """Makes bold type that ends in a full stop. In Chinese no space follows it."""
    words = draft.words
    name = words.either("Penalty:", "罚款：")
    rest = words.either(f" {words.figure('count')} euros for each tonne. ", f"每吨{words.figure('count')}元。")
    return [Text((TextRun(name, "bold"), TextRun(rest), TextRun(words.sentence())), "emphasis")]


def braced(draft: Draft) -> list[Piece]:
    """Makes a TeX formula at the end of a line."""
    words = draft.words
    formula = words.either(
        "Emissions follow from $E = C \\times \\frac{44}{12}$", "排放量为$E = C \\times \\frac{44}{12}$"
    )
    names = words.either("The factor is written as {EF}", "排放因子记为{EF}")
    return [Text(plain(formula), "braces"), Text(plain(names), "braces")]
