"""A small program that lays invented tables down column by column, as text extraction does."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from sinkqa.ingest.document import Span, Table
from sinkqa.ingest.flattened.rebuild import FlattenedLine, FlattenedTable, rebuild_tables

CHINESE_LABELS = [
    "松江县", "白石镇", "青龙湾", "柳河", "大洼", "安平", "临山区", "榆树沟", "金沙洲", "石门岭", "云岭", "长汀",
]  # fmt: skip
ENGLISH_LABELS = [
    "North Bay", "Ashford", "Kelmore", "Upper Glen", "Tarn Valley", "Westholm", "Corran", "Pinehurst", "Lake Ormond",
    "Sandvik", "Harrow Down", "Milby",
]  # fmt: skip
CHINESE_WORDS = [
    "灌溉", "渠道", "苗圃", "围栏", "监测站", "补植", "抚育", "巡护", "防火", "病虫害", "种子库", "水源", "保育",
    "轮作", "堤岸", "坡面", "覆盖物", "鱼道",
]  # fmt: skip
CHINESE_VERBS = ["建设", "扩大", "改造", "维护", "加强", "推广", "引进", "开展", "完善", "资助"]
ENGLISH_WORDS = [
    "irrigation", "nursery", "fencing", "monitoring", "replanting", "thinning", "patrol", "seedbank", "hedgerow",
    "drainage", "orchard", "culvert",
]  # fmt: skip
ENGLISH_VERBS = ["Expand", "Maintain", "Build", "Restore", "Support", "Survey", "Replace", "Fund"]


@dataclass(frozen=True)
class Truth:
    """An invented table: header and row labels, and the text of each cell ("" where empty)."""

    headers: list[str]
    labels: list[str]
    cells: list[list[str]]  # cells[row][column - 1]
    kinds: list[str]


@dataclass(frozen=True)
class Style:
    """How a table is laid down."""

    chinese: bool
    mode: str  # "before", "after", "block after", "block before"
    blank_between: float
    blank_within: float
    width: int
    continued: bool
    note: bool


def cell_text(rng: random.Random, kind: str, chinese: bool) -> str:
    if kind == "number":
        return rng.choice([f"{rng.uniform(1, 99):.1f}%", f"{rng.randint(100, 9900):,}", f"{rng.uniform(0, 9):.2f}"])
    if kind == "year":
        return str(rng.randint(1998, 2040))
    if kind == "title":
        inner = "".join(rng.sample(CHINESE_WORDS, 2)) + rng.choice(["管理办法", "实施方案", "行动计划"])
        return f"《{inner}》（{rng.randint(2001, 2030)}）"
    if not chinese:
        words = rng.sample(ENGLISH_WORDS, 2 if kind == "short" else rng.randint(4, 9))
        return f"{rng.choice(ENGLISH_VERBS)} {' and '.join([' '.join(words[:-1]), words[-1]])}"
    clauses = 1 if kind == "short" else rng.randint(2, 4)
    return "，".join(rng.choice(CHINESE_VERBS) + "".join(rng.sample(CHINESE_WORDS, 2)) for _ in range(clauses))


CHINESE_COLUMNS = [
    ("覆盖面积", "number"), ("完成年份", "year"), ("主要措施", "long"), ("政策文件", "title"), ("资金比例", "number"),
    ("管护对象", "short"), ("技术模式", "short"), ("存在问题", "long"),
]  # fmt: skip
ENGLISH_COLUMNS = [
    ("Area (kha)", "number"), ("Target year", "year"), ("Main measure", "long"), ("Cost share", "number"),
    ("Next task", "short"), ("Lead project", "short"), ("Known problem", "long"),
]  # fmt: skip


def invent(rng: random.Random, chinese: bool, empty: float) -> Truth:
    columns = rng.sample(CHINESE_COLUMNS if chinese else ENGLISH_COLUMNS, rng.randint(1, 4))
    labels = rng.sample(CHINESE_LABELS if chinese else ENGLISH_LABELS, rng.randint(2, 10))
    corner = rng.choice(["地区", "试点", "类别"] if chinese else ["Region", "Site", "Pilot area"])
    cells = [["" if rng.random() < empty else cell_text(rng, kind, chinese) for _, kind in columns] for _ in labels]
    return Truth([corner, *(name for name, _ in columns)], labels, cells, [kind for _, kind in columns])


def wrap(text: str, width: int, chinese: bool) -> list[str]:
    if not chinese:
        lines, line = [], ""
        for word in text.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        return [*lines, line]
    lines = [""]
    for char in text:
        if len(lines[-1]) >= width and char not in "，。）》":
            lines.append("")
        lines[-1] += char
    return lines


def lay_down(rng: random.Random, truth: Truth, style: Style, number: int) -> tuple[str, str]:
    """The text of the table with body text around it, and the part of it that is table."""
    parts = [range(len(truth.labels))]
    if style.continued and len(truth.labels) >= 4:
        half = len(truth.labels) // 2
        parts = [range(half), range(half, len(truth.labels))]
    caption = f"表{number} 各处设施情况" if style.chinese else f"Table {number}. State of the works by place"
    table = caption + "\n\n"
    for k, rows in enumerate(parts):
        if k:
            again = f"续表{number} 各处设施情况" if style.chinese else f"Table {number} (continued)"
            table += f"\f{again}\n\n"
        table += laid(rng, truth, style, rows)
    if style.note:
        table += "资料来源：据各处年报整理。\n\n" if style.chinese else "Source: yearly reports of the places.\n\n"
    return f"{body(rng, style.chinese)}\n{table}{body(rng, style.chinese)}\n", table


def laid(rng: random.Random, truth: Truth, style: Style, rows: range) -> str:
    columns: list[list[str]] = [[truth.labels[r] for r in rows]]
    columns += [[truth.cells[r][c] for r in rows] for c in range(len(truth.headers) - 1)]
    pieces: list[str] = []
    if style.mode == "block before":
        pieces += truth.headers
    for header, cells in zip(truth.headers, columns, strict=True):
        pieces += [header] if style.mode == "before" else []
        pieces += [cell for cell in cells if cell]
        pieces += [header] if style.mode == "after" else []
    if style.mode == "block after":
        pieces += truth.headers
    out = ""
    for piece in pieces:
        lines = wrap(piece, style.width, style.chinese)
        for i, line in enumerate(lines):
            last = i == len(lines) - 1
            blank = rng.random() < (style.blank_between if last else style.blank_within)
            out += line + ("\n\n" if blank else "\n")
    return out if out.endswith("\n\n") else out + "\n"


def body(rng: random.Random, chinese: bool) -> str:
    if chinese:
        told = "近年来得到持续投入，当地住户也参与了日常管理。"
        text = "".join("这一带的" + "和".join(rng.sample(CHINESE_WORDS, 3)) + told for _ in range(5))
        return "\n".join(wrap(text, 38, True)) + "\n"
    text = " ".join(
        f"Over the years the {rng.choice(ENGLISH_WORDS)} in these places has seen steady work, and people help with it."
        for _ in range(5)
    )
    return "\n".join(wrap(text, 84, False)) + "\n"


def lines_of(text: str) -> list[FlattenedLine]:
    lines, at, blank, page = [], 0, True, 1
    for raw in re.split(r"(?<=\n)", text):
        page += raw.startswith("\f")
        stripped = raw.strip()
        if stripped:
            start = at + raw.index(stripped)
            lines.append(FlattenedLine(Span(start, start + len(stripped)), stripped, page, blank))
        blank = not stripped
        at += len(raw)
    return lines


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def grid(text: str, table: Table) -> dict[tuple[int, int], str]:
    """The text of each cell without white space."""
    return {(c.row, c.column): plain("".join(text[s.start : s.end] for s in c.spans)) for c in table.cells}


def judge(text: str, truth: Truth, found: list[FlattenedTable], inside: str) -> str:
    """ "exact", "loose" (nothing wrong, something missing), "none", or what is wrong."""
    if not found:
        return "none"
    if len(found) > 1:
        return f"wrong: {len(found)} tables"
    start, lines = text.index(inside), lines_of(text)
    for i in found[0].lines:
        if not start <= lines[i].span.start < start + len(inside):
            return f"wrong: took body line {lines[i].text}"
    table = found[0].table
    if not table.cells:
        return "none"
    cells = grid(text, table)
    labels = [plain(label) for label in truth.labels]
    rebuilt = [cells.get((row, 0)) for row in range(table.header_rows, table.n_rows)]
    if rebuilt != labels:
        return f"wrong: labels {rebuilt}"
    headers = [cells.get((0, column)) for column in range(table.n_columns)]
    if headers != [plain(header) for header in truth.headers]:
        return f"wrong: headers {headers}"
    exact = not table.loose
    for r, row in enumerate(truth.cells):
        for c, expected in enumerate(row):
            got = cells.get((r + table.header_rows, c + 1), "")
            if got and got != plain(expected):
                return f"wrong: {truth.labels[r]} / {truth.headers[c + 1]}: {got}, not {expected}"
            exact = exact and got == plain(expected)
    return "exact" if exact else "loose"


def outcome(seed: int) -> tuple[str, Style, str]:
    """Invent, lay down, rebuild and judge the table of one seed."""
    rng = random.Random(seed)
    chinese = rng.random() < 0.6
    style = Style(
        chinese,
        rng.choice(["before", "before", "before", "after", "block after", "block before"]),
        blank_between=rng.choice([0.0, 0.5, 0.9, 1.0]),
        blank_within=rng.choice([0.0, 0.0, 0.1]),
        width=rng.choice([9, 12, 16]) if chinese else rng.choice([20, 28]),
        continued=rng.random() < 0.2,
        note=rng.random() < 0.7,
    )
    truth = invent(rng, chinese, rng.choice([0.0, 0.0, 0.1, 0.3]))
    text, inside = lay_down(rng, truth, style, rng.randint(1, 12))
    return judge(text, truth, rebuild_tables(text, lines_of(text)), inside), style, text
