from __future__ import annotations

import pytest

from sinkqa.ingest.readers.pdf.lines.text import Word
from sinkqa.ingest.readers.pdf.tables.rows import column_edges, lines_of
from tests.ingest.pdf.test_pdf import assert_sound
from tests.ingest.sheets import Sheet, said
from tests.typeset import Run, broken

_PROSE = (
    "the owners of planted land must choose one of two methods before the year ends and may not change it later unless "
    "the board agrees in writing and the crop has been felled or burnt by a fire that nobody could have foreseen"
)


def column(sheet: Sheet, x: float, y: float, text: str, *, width: float = 215, most: int = 99) -> list[str]:
    lines = broken(text, width, size=10.5)[:most]
    for at, line in enumerate(lines):
        sheet.write(x, y + 14 * at, line)
    return lines


@pytest.mark.parametrize("size", [12, 16, 20, 26])
@pytest.mark.parametrize("side", [0, 1])
def test_a_heading_of_any_size_over_a_column_leaves_the_columns_apart(size: float, side: int) -> None:
    sheet = Sheet()
    sheet.write(72, 60, "Report on the Woods", size=24, font="Helvetica-Bold")
    expected = ["Report on the Woods"]
    for at in (0, 1):
        x, y = 72 + 235 * at, 110.0
        if at == side:
            sheet.write(x, y, "Duties", size=size, font="Helvetica-Bold")
            expected.append("Duties")
            y += 1.5 * size
        expected += column(sheet, x, y, f"Column {at} begins and {_PROSE} {_PROSE}.")
    document = sheet.read()
    assert document.text.split("\n")[:-1] == expected
    assert_sound(document)


@pytest.mark.parametrize("lines", [2, 3])
def test_short_blocks_side_by_side_are_read_one_by_one_row_by_row(lines: int) -> None:
    sheet = Sheet()
    expected = []
    for row in range(3):
        for at in (0, 1):
            text = f"Block {row}{at} says that {_PROSE}"
            expected += column(sheet, 72 + 235 * at, 100 + 70 * row, text, most=lines)
    assert sheet.read().text.split("\n")[:-1] == expected


def test_short_blocks_between_lines_of_full_width_are_read_one_by_one() -> None:
    sheet = Sheet()
    expected = column(sheet, 72, 80, f"First {_PROSE}.", width=450)
    for at in (0, 1):
        expected += column(sheet, 72 + 235 * at, 150, f"Block {at} says that {_PROSE}", most=2 + at)
    expected += column(sheet, 72, 210, f"Last {_PROSE} {_PROSE}.", width=450)
    assert sheet.read().text.split("\n")[:-1] == expected


@pytest.mark.parametrize("lines", [(4, 5, 4), (5, 4, 3), (3, 4, 5)])
def test_a_line_below_short_blocks_is_read_after_all_of_them(lines: tuple[int, ...]) -> None:
    sheet = Sheet()
    blocks = [broken(f"Block {at} says {_PROSE}", 152, size=10.5)[:most] for at, most in enumerate(lines)]
    for line in range(5):  # across, as no reader reads
        for at, block in enumerate(blocks):
            sheet.write(64 + 170 * at, 100 + 14 * line, "".join(block[line : line + 1]))
    last = "The board hears whoever planted the land before it decides."
    sheet.write(64, 184, last)
    assert sheet.read().text.split("\n")[:-1] == [*blocks[0], *blocks[1], *blocks[2], last]


def test_chinese_set_in_columns_from_right_to_left_is_read_down() -> None:
    columns = [
        "第一条为规范碳排放权交易活动制定本办法。",
        "第二条重点排放单位应当在30日内报告。",
        "第三条逾期未清缴的每吨罚款四百八十元。",
    ]
    sheet = Sheet()
    sheet.write(250, 60, "碳排放办法", size=18)
    for at, text in enumerate(columns):
        sheet.spread(480 - 30 * at, 100, text, step=15, down=True, size=12)
    document = sheet.read()
    assert "".join(said(document, "paragraph")).replace(" ", "") == "".join(columns)
    assert "碳排放办法" in document.text
    assert document.warnings == ()
    assert_sound(document)


@pytest.mark.parametrize("step", [13.0, 15.5, 19.0])
def test_chinese_spread_over_its_line_is_joined(step: float) -> None:
    sheet = Sheet()
    sheet.spread(72, 200, "到2030年森林面积应当达到四成以上", step=step)
    assert said(sheet.read()) == ["到2030年森林面积应当达到四成以上"]


def test_spread_headings_are_words_and_real_spaces_stay() -> None:
    sheet = Sheet()
    sheet.spread(150, 60, "中华人民共和国森林标准", step=26, size=16)
    sheet.spread(150, 100, "ANNUAL REPORT", step=18, size=14)
    sheet.write(72, 200, "The answers are A B C D E and not F G H of the list.")
    sheet.write(72, 230, "x y z n k are variables, and 1 2 3 4 5 are numbers.")
    sheet.write(72, 260, "报送单位 联系人 填报日期")
    lines = sheet.read().text.split("\n")
    assert lines[:2] == ["中华人民共和国森林标准", "ANNUAL REPORT"]
    assert "The answers are A B C D E and not F G H of the list." in lines
    assert "x y z n k are variables, and 1 2 3 4 5 are numbers." in lines
    assert "报送单位 联系人 填报日期" in lines


@pytest.mark.parametrize(
    "text",
    [
        "{year}年度配额总量为{amount}亿吨，比上年有所增加。",
        "{year}年配额 {amount}亿吨",
        "In {year} the wood grew by {other} ha.",
    ],
)
def test_the_first_line_of_each_page_is_text_where_it_tells_figures_of_its_own(text: str) -> None:
    sheet = Sheet()
    firsts = []
    for page, amount in enumerate((41, 43, 45, 51, 52)):
        firsts.append(text.format(year=2019 + page, amount=amount, other=7 + page))
        sheet.write(72, 60, firsts[-1])
        sheet.write(72, 90, f"{'abcde'[page]} {_PROSE}."[:90])
        sheet.write(290, 815, f"Chapter {1 + page // 2} - {page + 1}", size=8)
        sheet.next_page()
    document = sheet.read()
    assert said(document, "furniture") == [f"Chapter {1 + page // 2} - {page + 1}" for page in range(5)]
    for first in firsts:
        assert any(first in text for text in said(document))


@pytest.mark.parametrize(
    ("text", "is_head"),
    [
        ("Duties of owners Chapter {}", True),
        ("林木所有者的义务 第{}章", True),
        ("The wood of the north holds {} ha", False),
        ("Chapter {} of the book was read to the board.", False),
    ],
)
@pytest.mark.parametrize("chapters", [(1, 2, 2), (2, 2, 3, 3, 5)])
def test_a_head_that_says_the_chapter_is_furniture_in_a_short_document(
    text: str, chapters: tuple[int, ...], is_head: bool
) -> None:
    sheet = Sheet()
    for page, chapter in enumerate(chapters):
        sheet.write(72, 60, text.format(chapter))
        column(sheet, 72, 140, f"Owner {'abcde'[page]} says that {_PROSE}.", width=400)
        sheet.next_page()
    heads = [text.format(chapter) for chapter in chapters]
    assert said(sheet.read(), "furniture") == heads * is_head


@pytest.mark.parametrize(("y", "size", "is_head"), [(36, 8, True), (36, 10.5, False), (70, 8, False)])
def test_a_head_that_says_the_chapter_by_the_edge_is_furniture_on_a_single_page(
    y: float, size: float, is_head: bool
) -> None:
    sheet = Sheet()
    sheet.write(72, y, "Duties of owners, Chapter 4", size=size)
    column(sheet, 72, 110, f"Each owner knows that {_PROSE}.", width=400)
    assert said(sheet.read(), "furniture") == ["Duties of owners, Chapter 4"] * is_head


@pytest.mark.parametrize("right", [True, False])
def test_numbers_of_lines_down_the_margin_are_furniture(right: bool) -> None:
    sheet = Sheet()
    words = broken(f"Section 4. {_PROSE} {_PROSE} {_PROSE}.", 380, size=11)
    for at, line in enumerate(words):
        number = Run(str(at + 1), 8)
        sheet.write(60 - (number.width if right else 8), 140 + 24 * at, number.text, size=8)
        sheet.write(84, 140 + 24 * at, line, size=11)
    document = sheet.read()
    assert said(document) == [" ".join(words)]
    assert said(document, "furniture") == [str(at + 1) for at in range(len(words))]
    assert_sound(document)


def test_ordinals_of_a_list_and_of_a_table_stay() -> None:
    sheet = Sheet()
    for at in range(8):
        sheet.write(72, 140 + 16 * at, str(at + 1))
        sheet.write(100, 140 + 16 * at, f"Lot {'abcdefgh'[at]}")
        sheet.write(300, 140 + 16 * at, f"{17 * at + 3}")
    document = sheet.read()
    assert said(document, "furniture") == []


def test_numbers_of_lines_beside_large_headings_and_rows_are_furniture_to_the_last_page() -> None:
    sheet = Sheet()
    for number, line in enumerate(broken(f"Section 4. {_PROSE} {_PROSE} {_PROSE}.", 300, size=11)[:9], 2):
        y = 140 + 16 * number
        sheet.write(50, y, str(number), size=6.5)
        sheet.write(64, y, line, size=11)
    sheet.write(50, 140, "1", size=6.5)
    sheet.write(64, 140, "Duties of owners", size=17, font="Helvetica-Bold")
    for number, row in enumerate((("Lot", "Area", "Year"), ("North", "17.3", "2031"), ("South", "19.5", "2032")), 11):
        y = 190 + 16 * number
        sheet.write(50, y, str(number), size=6.5)
        for x, cell in zip((64, 220, 330), row, strict=True):
            sheet.write(x, y, cell, size=11)
    sheet.next_page()
    sheet.write(50, 80, "14", size=6.5)
    sheet.write(64, 80, "It holds for all lots.", size=11)
    document = sheet.read()
    assert said(document, "furniture") == [str(number) for number in range(1, 15)]
    assert said(document, "heading") == ["Duties of owners"]
    assert "North 17.3 2031" in " ".join(said(document)) and "It holds for all lots." in document.text
    assert_sound(document)


def test_every_fifth_line_or_each_line_of_a_ruled_sheet_may_be_numbered() -> None:
    sheet = Sheet()
    words = broken(f"Section 4. {' '.join([_PROSE] * 9)}.", 380, size=12)[:24]
    for at, line in enumerate(words):
        sheet.write(84, 80 + 28 * at, line, size=12)
        if at % 5 == 4:
            sheet.write(50, 80 + 28 * at, str(at + 1), size=8)
    sheet.next_page()
    for at in range(24):
        sheet.write(60, 80 + 28 * at, str(at + 1), size=12)
        if at not in (0, 1, 2, 9, 10, 20):
            sheet.write(90, 80 + 28 * at, words[at], size=12)
    document = sheet.read()
    assert said(document, "furniture") == ["5", "10", "15", "20", *(str(at + 1) for at in range(24))]


@pytest.mark.parametrize("size", [11, 8])
@pytest.mark.parametrize(
    "text", ["第{}类林木所有者应当在每年四月二十日前报送造林结果", "the {} owner says that " + _PROSE]
)
def test_ordinals_of_items_of_several_lines_stay(text: str, size: float) -> None:
    sheet = Sheet()
    y = 80.0
    for at in range(8):
        sheet.write(72, y, str(at + 1), size=size)
        for line in broken((text.format("一二三四五六七八"[at]) + "，") * 2 + "；", 300, size=11):
            sheet.write(104, y, line, size=11)
            y += 16
    document = sheet.read()
    assert said(document, "furniture") == []


def test_ordinals_of_items_of_one_full_line_stay() -> None:
    sheet = Sheet()
    for at in range(9):
        sheet.write(72, 80 + 16 * at, str(at + 1))
        sheet.write(
            95, 80 + 16 * at, f"The owner of lot {'abcdefghi'[at]} files a plan before the year ends and keeps it"
        )
    assert said(sheet.read(), "furniture") == []


@pytest.mark.parametrize(("heading", "gap"), [("Contents", 300), ("目 录", 0)])
def test_contents_without_dots_are_furniture(heading: str, gap: float) -> None:
    sheet = Sheet()
    sheet.write(250, 80, heading)
    for at, (title, page) in enumerate((("Scope of rules", 1), ("Terms", 2), ("Duties", 5), ("Annex A", 12))):
        x = sheet.write(72, 140 + 18 * at, title + " " * (0 if gap else 20))
        sheet.write(x + gap, 140 + 18 * at, str(page))
    document = sheet.read()
    assert said(document, "furniture") == [heading, "Scope of rules 1", "Terms 2", "Duties 5", "Annex A 12"]


def test_letters_of_no_size_part_no_columns() -> None:
    flat = [Word(text, x, 90, x + 30, 90, x + 15, 90, 0.0, False) for text, x in (("yearly", 72), ("figures", 110))]
    assert column_edges(lines_of(flat), 2.0) == []


def test_a_heading_that_a_page_of_contents_begins_with_is_no_furniture() -> None:
    sheet = Sheet()
    for at, title in enumerate(("Scope of rules", "Terms", "Duties of growers", "Annex A")):
        sheet.write(72, 60 + 18 * at, f"{title} {'.' * 40} {at + 2}")
    sheet.next_page()
    sheet.write(72, 60, "Scope of rules")
    sheet.write(72, 120, "The rules apply to growers of kelp in every bay.")
    document = sheet.read()
    assert said(document, "furniture") == [
        f"{title} {'.' * 40} {at + 2}"
        for at, title in enumerate(("Scope of rules", "Terms", "Duties of growers", "Annex A"))
    ]
