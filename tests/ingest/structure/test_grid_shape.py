from __future__ import annotations

import pytest

from sinkqa.ingest.structure.tables.grid_shape import GridShape, grid_shape
from sinkqa.ingest.structure.tables.wording import is_between, is_unit_line


def shape_of(drawn: str) -> GridShape:
    return grid_shape([line.split("|") for line in drawn.split("\n")])


@pytest.mark.parametrize(
    "header",
    [
        "地区|2023年|2024年",
        "地区|2024年配额|2025年配额",
        "Region|2022|2023",
        "|Q1 2024|Q2 2024",
        "Stand|2019-20|2020-21",
        "Stand|Jan 2024|Feb 2024",
        "项目|一季度|二季度",
        "Confidence|90%|95%",
        "|FY23|FY24",
        "Stand|felled (m3)|planted",
    ],
)
def test_names_and_periods_above_numbers_are_a_header(header: str) -> None:
    assert shape_of(f"{header}\nNorth shore|31|42\nSouth shore|55|16").header_rows == 1


@pytest.mark.parametrize(
    "drawn",
    [
        "Alder|10|12\nOak|20|25\nReed|1|2",
        "2019|5|6\n2020|7|8\n2021|7|8",
        "100|200|300\n110|210|310\n120|220|320",
        "Alder|2019|2020\nOak|2020|2021\nReed|2018|2022",
        "Lake|Great Reed\nDepth|14 m\nArea|580 km2\nShare of reed|5%",
        "Total|45%|55%\nAlder|1|2\nOak|3|4",
        "AD|activity data\nEF|emission factor\nGWP|global warming potential",
        "北京|3.5\n上海|4.1\n天津|2.2",
        "Northern stands||\nAlder|1|2\nSouthern stands||\nOak|1|2",
    ],
)
def test_a_table_without_a_header_gets_none(drawn: str) -> None:
    assert shape_of(drawn)[:2] == (0, 0)


def test_periods_below_groups_are_the_second_row_of_a_header() -> None:
    assert shape_of("Stand|Uptake||Loss|\n|2020|2021|2020|2021\nAlder|1|2|3|4\nOak|5|6|7|8").header_rows == 2


def test_a_row_that_numbers_the_columns_belongs_to_the_header() -> None:
    assert shape_of("项目|出口|进口|差额\n甲|1|2|3\n煤|10|20|30\n油|11|21|31").header_rows == 2


def test_caption_unit_and_note_rows_are_told_from_the_header() -> None:
    drawn = "表3 各林区面积||\n||单位：公顷\n林区|2023|2024\n东区|1|2\n西区|2|3\n注：面积按图测算。||"
    assert shape_of(drawn) == GridShape(title_rows=2, header_rows=1, label_columns=1, note_rows=1)


def test_ordinals_and_repeated_names_do_not_label_a_row_alone() -> None:
    assert shape_of("序号|名称|限值\n1|颗粒物|30\n2|二氧化硫|200").label_columns == 2
    assert shape_of("Shore|Stand|Area\nNorth|Alder|1\nNorth|Oak|2\nSouth|Oak|2").label_columns == 2
    assert shape_of("Shore|Stand|Area\nNorth|Alder|1\nEast|Oak|2\nSouth|Oak|2").label_columns == 1


@pytest.mark.parametrize(
    "line",
    [
        "单位：mg/m³",
        "单位 : 万公顷",
        "计量单位：万元",
        "（单位：亿吨标准煤）",
        "（亿元）",
        "Unit: kt CO2e",
        "(in million tonnes)",
        "Figures in thousands of tonnes",
        "US$ million",
        "(Mt CO₂-eq)",
    ],
)
def test_lines_that_give_a_unit_are_known(line: str) -> None:
    assert is_unit_line(line)
    assert is_between(line)


@pytest.mark.parametrize(
    "line", ["单位负责人：王某", "Kenya", "The carbon", "年", "Units were counted twice by two crews."]
)
def test_other_lines_give_no_unit(line: str) -> None:
    assert not is_unit_line(line)
