"""One made-up report in Chinese and English, and the layouts in which tests have it typeset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.typeset import HEIGHT, MARGIN, WIDTH, Place, Press, Rules, Run, broken

Language = Literal["zh", "en"]
_NOTE_Y = 720.0  # upper edge of the footnotes
_TOP = 490.0  # where the sections begin on each page
_SIZE = 10.5
_GUTTER = 24.0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A report. In the first paragraph of the first section ``noted`` is followed by a raised 1, without a space."""

    title: str
    running_head: str
    abstract: str
    sections: tuple[Section, ...]
    noted: str
    footnote: str

    @property
    def flow(self) -> list[str]:
        """Headings and paragraphs in reading order."""
        return [text for section in self.sections for text in (section.heading, *section.paragraphs)]


ARTICLES: dict[Language, Article] = {
    "en": Article(
        "A Carbon Account for the Lake District",
        "Lake District Carbon Account",
        "This account lists what the forests and marshes of an imagined district took up over five years. "
        "It was set for testing and names no real place.",
        (
            Section(
                "1. Forests",
                (
                    "Volunteers planted 1,250 hectares of mixed woodland on former pasture, of which 45 hectares lie "
                    "on the northern shore. Survival after the second winter was highest among alder and lowest among "
                    "oak, so the replanting plan for the coming season favours alder on wet ground.",
                    "Growth was measured on sixty plots by the same crew each autumn. The crew recorded height, girth "
                    "and the number of living stems, and a second crew repeated every tenth plot without knowing the "
                    "first result. The two crews differed by less than three per cent on average.",
                    "Uptake is stated in tonnes of carbon dioxide. Stems, branches and roots are counted; litter and "
                    "soil are left aside because no baseline had been taken before the planting began.",
                ),
            ),
            Section(
                "2. Marshes",
                (
                    "Two drained marshes were wetted again by closing old ditches with timber dams. Water stood within "
                    "ten centimetres of the surface after eight months, and reeds returned along the southern edge in "
                    "the following summer without being sown.",
                    "Methane rose at first, as had been expected, and fell back in the third year. Over the whole "
                    "period the marshes lost far less carbon than they had under drainage, and the council decided to "
                    "extend the work to a third site.",
                ),
            ),
            Section(
                "3. Costs",
                (
                    "Planting took the largest share of the budget. Dams were cheap to build but must be inspected "
                    "after each flood, and the inspection is the only cost that will not fall with time.",
                    "Land was lent by its owners for twenty years. Each owner receives a yearly statement of the "
                    "carbon held on the lent land, and may sell no more than half of it as credits.",
                ),
            ),
        ),
        "45",
        "Counted on the ground in the second autumn.",
    ),
    "zh": Article(
        "湖区碳汇核算报告",
        "湖区碳汇核算",
        "本报告核算一个虚构湖区的森林与沼泽在五年间的吸收量，仅供测试排版使用，不涉及任何真实地点。",
        (
            Section(
                "一、森林",
                (
                    "志愿者在旧牧场上营造混交林 1250 公顷，其中北岸占 45 公顷。第二个冬天之后，柳树的成活率最高，"
                    "松树最低，因此来年的补植计划在湿地上优先选用柳树，并在坡地上保留原有的灌木丛。",
                    "每年秋季由同一支小组测量六十块样地的树高、胸径和成活株数，另一支小组在不知道结果的情况下复测其中十分之一。"
                    "两组结果平均相差不到百分之三，说明测量方法稳定可靠，可以用于逐年比较。",
                    "吸收量以二氧化碳当量计算，只包括树干、树枝和树根。由于造林之前没有测定基线，枯落物和土壤碳库暂不计入。",
                ),
            ),
            Section(
                "二、沼泽",
                (
                    "两处排干的沼泽通过木坝封堵旧沟重新蓄水。八个月以后，水位距离地表不到十厘米，第二年夏天芦苇沿着南侧自然恢复，"
                    "没有经过人工播种，鸟类的种类也随之增加。",
                    "甲烷排放起初如预期上升，第三年回落。从整个时期来看，沼泽损失的碳远远少于排水时期，议会因此决定把工程扩大到第三处地点。",
                ),
            ),
            Section(
                "三、费用",
                (
                    "造林占预算的最大部分。木坝的建造费用很低，但是每次洪水之后都必须检查，只有这项费用不会随时间减少。",
                    "土地由所有者借出二十年。所有者每年收到一份所借土地的碳储量说明，最多可以把其中的一半作为碳信用出售。",
                ),
            ),
        ),
        "45",
        "第二年秋季实地清点的结果。",
    ),
}

TABLE: dict[Language, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("Stand", "Area (ha)", "Uptake (t)", "Method"),
        ("Alder carr", "310", "4,120.5", "plot survey"),
        ("Oak slope", "95", "612.0", "plot survey"),
        ("Mixed wood", "845", "7,033.8", "airborne scan"),
        ("Reed marsh", "128", "-54.2", "flux tower"),
    ),
    "zh": (
        ("林分", "面积（公顷）", "吸收量（吨）", "方法"),
        ("柳树湿林", "310", "4120.5", "样地调查"),
        ("松树坡地", "95", "612.0", "样地调查"),
        ("混交林", "845", "7033.8", "航空扫描"),
        ("芦苇沼泽", "128", "-54.2", "通量塔"),
    ),
}
CAPTION: dict[Language, str] = {"en": "Table 1. Area and uptake by stand", "zh": "表1 各林分的面积与吸收量"}
_WIDTHS = (110.0, 90.0, 100.0, 110.0)


@dataclass(slots=True)
class _Cursor:
    """Where the next line goes: the frames (x, top, bottom, width) of each page are filled in turn."""

    press: Press
    article: Article
    frames: Sequence[tuple[float, float, float, float]]
    page: int = 1
    frame: int = 0
    y: float = 0.0

    def place(self, height: float) -> tuple[float, float]:
        """x and baseline of a line of ``height``, on a new column or page where the old one is full."""
        if self.y + height > self.frames[self.frame][2]:
            self.frame += 1
            if self.frame == len(self.frames):
                self.frame, self.page = 0, self.page + 1
                self.press.next_page()
                furnish(self.press, self.article, self.page)
            self.y = self.frames[self.frame][1]
        self.y += height
        return self.frames[self.frame][0], self.y


def furnish(press: Press, article: Article, page: int) -> None:
    """Sets the running head and the page number."""
    press.line(MARGIN, 42, Run(article.running_head, 8))
    press.rule(MARGIN, 48, press.width - MARGIN, 48)
    press.line(press.width / 2, press.height - 36, Run(f"- {page} -", 8))


def _pour(cursor: _Cursor) -> None:
    for section in cursor.article.sections:
        cursor.place(0.5 * _SIZE)
        x, y = cursor.place(2 * _SIZE)
        cursor.press.line(x, y, Run(section.heading, 13, bold=True))
        for paragraph in section.paragraphs:
            for line in broken(paragraph, cursor.frames[0][3] - 2, size=_SIZE):
                x, y = cursor.place(1.4 * _SIZE)
                cursor.press.ink(paragraph)
                cursor.press.line(x, y, *_with_mark(line, cursor.article.noted))
            cursor.press.ink("")
            cursor.y += 0.5 * _SIZE


def _with_mark(line: str, noted: str) -> Iterator[Run]:
    """The line, with a raised 1 glued to ``noted`` where it ends there or holds it."""
    before, found, after = line.partition(noted)
    if not found:
        yield Run(line, _SIZE)
        return
    yield from (Run(before + found, _SIZE), Run("1", _SIZE, raised=True), Run(after, _SIZE))


def _note(press: Press, article: Article, x: float) -> None:
    press.rule(x, _NOTE_Y, x + 140, _NOTE_Y)
    press.line(x, _NOTE_Y + 14, Run("1", 8, raised=True), Run(" " + article.footnote, 8))


def single_column(language: Language, *, hidden: str | None = None) -> bytes:
    """Title, abstract, sections on two pages; running heads, page numbers, one footnote on page 1."""
    article, press = ARTICLES[language], Press(hidden=hidden)
    furnish(press, article, 1)
    press.line(MARGIN, 90, Run(article.title, 18, bold=True))
    press.paragraph(MARGIN, 118, WIDTH - 2 * MARGIN, article.abstract, size=9.5)
    _note(press, article, MARGIN)
    frame = (MARGIN, _TOP, _NOTE_Y - 8, WIDTH - 2 * MARGIN)
    cursor = _Cursor(press, article, [frame], y=_TOP)
    _pour(cursor)
    return press.save()


def two_columns(language: Language, *, hidden: str | None = None) -> bytes:
    """Title and abstract over the full width, sections in two columns, footnote under the left one."""
    article, press = ARTICLES[language], Press(hidden=hidden)
    furnish(press, article, 1)
    press.line(MARGIN, 90, Run(article.title, 18, bold=True))
    press.paragraph(MARGIN, 118, WIDTH - 2 * MARGIN, article.abstract, size=9.5)
    _note(press, article, MARGIN)
    column = (WIDTH - 2 * MARGIN - _GUTTER) / 2
    frames = [(x, _TOP, _NOTE_Y - 8, column) for x in (MARGIN, MARGIN + column + _GUTTER)]
    _pour(_Cursor(press, article, frames, y=_TOP))
    return press.save()


def places(rows: Sequence[Sequence[str]], *, header_rows: int = 1) -> list[Place]:
    """A plain grid whose header is bold."""
    return [
        Place(row, column, text, bold=row < header_rows)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
    ]


MERGED: dict[Language, list[Place]] = {
    language: [
        Place(0, 0, rows[0][0], row_span=2, bold=True),
        Place(0, 1, {"en": "Measured values", "zh": "实测值"}[language], column_span=2, bold=True),
        Place(0, 3, rows[0][3], row_span=2, bold=True),
        Place(1, 1, rows[0][1], bold=True),
        Place(1, 2, rows[0][2], bold=True),
        *(Place(row + 1, column, rows[row][column]) for row in (1, 2) for column in (0, 1, 2)),
        Place(2, 3, rows[1][3], row_span=2),
        *(Place(row + 1, column, rows[row][column]) for row in (3, 4) for column in range(4)),
    ]
    for language, rows in TABLE.items()
}


def with_table(
    language: Language, rules: Rules, *, rotate: int = 0, merged: bool = False, hidden: str | None = None
) -> bytes:
    """A paragraph, the caption, the table, a paragraph."""
    article = ARTICLES[language]
    width, height = (HEIGHT, WIDTH) if rotate in (90, 270) else (WIDTH, HEIGHT)
    press = Press(width=width, height=height, rotate=rotate, hidden=hidden)
    before, after = article.sections[0].paragraphs[1:3]
    y = press.paragraph(MARGIN, 80, width - 2 * MARGIN, before)
    press.line(MARGIN, y + 14, Run(CAPTION[language], 9.5, bold=True))
    cells = MERGED[language] if merged else places(TABLE[language])
    y = press.table(MARGIN, y + 24, _WIDTHS, cells, rules=rules)
    press.paragraph(MARGIN, y + 28, width - 2 * MARGIN, after)
    return press.save()


def continued_table(language: Language, *, repeat_header: bool = True) -> bytes:
    """A full grid of 24 rows on page 1 and 8 on page 2, under the same running head."""
    article, press = ARTICLES[language], Press()
    header = TABLE[language][0]
    for page, numbers in ((1, range(1, 25)), (2, range(25, 33))):
        if page == 2:
            press.next_page()
        furnish(press, article, page)
        rows = [
            (f"{TABLE[language][1 + n % 4][0]} {n}", str(7 * n), f"{n}.5", TABLE[language][1 + n % 4][3])
            for n in numbers
        ]
        shown = [header, *rows] if page == 1 or repeat_header else rows
        press.table(MARGIN, 70, _WIDTHS, places(shown, header_rows=len(shown) - len(rows)), rules="full")
    return press.save()


def encrypted(language: Language, password: str) -> bytes:
    """One paragraph behind a user password, which may be empty."""
    press = Press(password=password)
    press.paragraph(MARGIN, 80, WIDTH - 2 * MARGIN, ARTICLES[language].sections[0].paragraphs[0])
    return press.save()


def scanned(language: Language) -> bytes:
    """A page that is one picture, without a text layer."""
    press = Press()
    press.picture(single_column(language))
    return press.save()
