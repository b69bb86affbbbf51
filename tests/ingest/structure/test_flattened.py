from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from sinkqa.ingest.flattened.rebuild import FlattenedLine, FlattenedTable, rebuild_tables
from tests.ingest.flattening import grid, lines_of, outcome, plain

SHARED = Path(__file__).parents[3].parent / "shared"
PAPER = SHARED / "paper" / "guan-xu-carbon-sinks.txt"
GOLD = SHARED / "gold" / "TABLES.json"
needs_paper = pytest.mark.skipif(not (PAPER.exists() and GOLD.exists()), reason="the paper and its gold are not here")

BODY = (
    "The commission met every spring to hear how the works had gone on, and it asked each place for its own account.\n"
    "Most of the accounts agreed that the money had come late, that the weather had been kind, and that more hands\n"
    "would be wanted in the coming year. Nothing in them was new to those who had followed the matter closely.\n"
)
CHINESE_BODY = (
    "委员会每年春天听取各处的汇报，并要求各处自行说明工程的进展情况，多数汇报都提到经费到位\n"
    "偏晚，天气总体适宜，来年还需要增加人手。长期关注此事的人对这些内容并不陌生，但仍认为汇报\n"
    "有必要继续进行下去，以便积累可比的数据。\n"
)


def tables_of(text: str) -> list[FlattenedTable]:
    return rebuild_tables(text, lines_of(text))


def words(text: str, table: FlattenedTable) -> list[list[str]]:
    """Rows of the table, header first, as plain text."""
    cells = grid(text, table.table)
    return [
        [cells.get((row, column), "") for column in range(table.table.n_columns)] for row in range(table.table.n_rows)
    ]


# The paper -----------------------------------------------------------------------------------------------------------


def paper_lines(text: str) -> list[FlattenedLine]:
    """The paper marks its pages with a blank at the start of a line."""
    lines, page, start = [], 0, 0
    for raw in text.split("\n"):
        page += raw.startswith(" ")
        for line in lines_of(raw):
            span = type(line.span)(start + line.span.start, start + line.span.end)
            blank = start >= 2 and text[start - 2 : start] == "\n\n"
            lines.append(FlattenedLine(span, line.text, page, blank or not lines))
        start += len(raw) + 1
    return lines


@pytest.fixture(scope="module")
def paper() -> tuple[str, dict[str, FlattenedTable]]:
    with PAPER.open(encoding="utf-8", newline="") as file:
        text = file.read()
    return text, {found.table.label or "": found for found in rebuild_tables(text, paper_lines(text))}


def gold_score(text: str, found: FlattenedTable, gold: dict) -> Counter[str]:
    """Certain gold pieces by whether they stand in their cell, are missing, or stand elsewhere."""
    rows = words(text, found)
    body = {row[0]: row for row in rows[found.table.header_rows :]}
    labels = [plain(row[gold["columns"][0]]["text"]) for row in gold["rows"]]
    score = Counter({"invented": len(set(body) - set(labels)), "rows": sum(label in body for label in labels)})
    for row, label in zip(gold["rows"], labels, strict=True):
        for column, name in enumerate(gold["columns"]):
            pieces = row[name] if isinstance(row[name], list) else [row[name]]
            for piece in (plain(p["text"]) for p in pieces if p.get("confidence", "certain") == "certain"):
                here = label in body and piece in body[label][column]
                elsewhere = any(piece in cell for other in rows for cell in other)
                score["right" if here else "wrong" if elsewhere else "missing"] += 1
    return score


@needs_paper
@pytest.mark.parametrize("number", [3, 4, 5])
def test_regular_tables_of_the_paper_come_back_exactly(paper, number):
    text, found = paper
    gold = json.loads(GOLD.read_text("utf-8"))[number - 1]
    expected = [[plain(row[name]["text"]) for name in gold["columns"]] for row in gold["rows"]]
    assert words(text, found[f"表{number}"])[1:] == expected
    assert not found[f"表{number}"].table.loose


@needs_paper
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_tables_of_the_paper_have_all_rows_and_nothing_wrong(paper, number):
    text, found = paper
    gold = json.loads(GOLD.read_text("utf-8"))[number - 1]
    score = gold_score(text, found[f"表{number}"], gold)
    assert score["rows"] == len(gold["rows"])
    assert score["wrong"] == score["invented"] == 0
    assert score["right"] >= 0.9 * (score["right"] + score["missing"])
    assert found[f"表{number}"].table.pages == tuple(gold["pages"])


@needs_paper
def test_displaced_continued_caption_belongs_to_its_table_and_body_text_does_not(paper):
    text, found = paper
    lines = paper_lines(text)
    table = json.loads(GOLD.read_text("utf-8"))[0]
    taken = sorted(lines[i].span for i in found["表1"].lines)
    assert taken[-1].start == table["continuation_caption"]["start"]
    assert all(table["region"][0] <= span.start < table["region"][1] for span in taken[:-1])


@needs_paper
def test_spanning_header_of_the_paper_stands_over_its_columns(paper):
    spanning = [cell for cell in paper[1]["表1"].table.cells if cell.column_span > 1]
    assert [(cell.row, cell.column, cell.column_span) for cell in spanning] == [(0, 1, 2)]


# Invented tables -----------------------------------------------------------------------------------------------------


def verdicts(seeds: range) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in seeds:
        verdict, style, _ = outcome(seed)
        assert not verdict.startswith("wrong"), f"seed {seed}, {style}: {verdict}"
        counts[verdict] += 1
    return counts


def test_invented_tables_come_back_right_or_loose_and_never_wrong():
    counts = verdicts(range(3000, 3060))
    assert counts["exact"] >= 18


@pytest.mark.slow
def test_many_invented_tables_come_back_right_or_loose():
    seen = [outcome(seed)[0].split(":")[0] for seed in range(200)]
    counts = Counter(seen)
    assert counts["wrong"] == 0
    assert counts["exact"] >= 60


def test_empty_cell_leaves_the_rest_of_its_column_loose_unless_words_place_it():
    labels = "白石镇\n\n青龙湾\n\n松江县\n\n金沙洲\n\n"
    text = f"表1 措施\n\n地区\n\n{labels}面积\n\n1.2%\n\n3.4%\n\n5.6%\n\n7.8%\n\n政策文件\n\n"
    text += "《白石镇护林办法》（2020）\n\n《松江县护林办法》（2021）\n\n《金沙洲护林办法》（2022）\n\n来源：年报。\n"
    [found] = tables_of(text)
    assert [row[2] for row in words(text, found)[1:]] == [
        "《白石镇护林办法》（2020）", "", "《松江县护林办法》（2021）", "《金沙洲护林办法》（2022）",
    ]  # fmt: skip


def test_continued_part_is_joined_under_the_headers_of_the_first():
    first = ["地区", "白石镇", "青龙湾", "松江县", "面积", "1.2%", "3.4%", "5.6%", "完成年份", "2020", "2021", "2022"]
    then = ["地区", "金沙洲", "大洼", "临山区", "面积", "2.2%", "4.4%", "6.6%", "完成年份", "2030", "2031", "2032"]
    text = "\n\n".join(["表2 进展", *first, "\f续表2 进展", *then, "来源：年报。\n"])
    [found] = tables_of(text)
    rows = words(text, found)
    assert [row[0] for row in rows] == ["地区", "白石镇", "青龙湾", "松江县", "金沙洲", "大洼", "临山区"]
    assert rows[4] == ["金沙洲", "2.2%", "2030"]
    assert found.table.pages == (1, 2)


# What is no table ----------------------------------------------------------------------------------------------------


ENGLISH_MENTION = "Table 1 shows how the works went on in the years that followed the meeting of all the places.\n"
CHINESE_MENTION = "表1总结了各处的工程进展，涉及灌溉、苗圃等方面，相关数据来自各处历年的汇报材料和台账记录。\n"
ENGLISH_LIST = "".join(f"Table {n}. State of the works in part {n} ..... {n + 10}\n" for n in range(1, 9))
CHINESE_LIST = "".join(f"表{n} 第{n}部分工程的进展 …… {n + 10}\n" for n in range(1, 9))


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n{ENGLISH_MENTION}{BODY}",
        f"{BODY}\nTable 1. State of the works\n\n{BODY}",
        f"{CHINESE_BODY}\n{CHINESE_MENTION}{CHINESE_BODY}",
        f"{CHINESE_BODY}\n表1 各处工程进展\n\n{CHINESE_BODY}",
        f"List of tables\n{ENGLISH_LIST}{BODY}",
        f"{CHINESE_LIST}{CHINESE_BODY}",
    ],
)
def test_captions_and_mentions_without_a_table_give_none(text):
    assert tables_of(text) == []


def test_numbered_list_after_a_caption_is_no_table():
    items = "".join(
        f"{n}. Visit the works at place number {n} and write down what was seen there\n" for n in range(1, 15)
    )
    assert tables_of(f"{BODY}\nTable 3. Duties\n\n{items}\n{BODY}") == []


def test_short_lined_prose_after_a_caption_is_no_table():
    rng = random.Random(5)
    walk = ["the old", "road ran", "down past", "mill and", "church to", "where boats", "lay under", "willows all"]
    prose = "\n".join(" ".join(rng.choices(walk, k=2)) + rng.choice(["", "", ",", "."]) for _ in range(60))
    assert tables_of(f"Table 2. A walk\n\n{prose}\n\n{BODY}{BODY}") == []


def test_short_lined_chinese_prose_after_a_caption_is_no_table():
    prose = "\n".join(CHINESE_BODY.replace("\n", "")[i : i + 14] for i in range(0, 120, 14))
    assert tables_of(f"表2 汇报\n\n{prose}\n\n{CHINESE_BODY}{CHINESE_BODY}") == []


def test_region_of_three_thousand_short_lines_is_refused_quickly():
    rng = random.Random(1)
    lines = "\n".join(f"{rng.choice('甲乙丙丁')}{rng.randint(1, 999)}号" for _ in range(3000))
    started = time.perf_counter()
    assert tables_of(f"表1 台账\n\n{lines}\n") == []
    assert time.perf_counter() - started < 2


def test_region_of_four_hundred_lines_stays_bounded():
    rng = random.Random(2)
    lines = "\n\n".join(f"{rng.choice('甲乙丙丁')}{rng.choice('东南西北')}村" for _ in range(390))
    started = time.perf_counter()
    tables_of(f"表1 台账\n\n地区\n\n{lines}\n\n来源：年报。\n")
    assert time.perf_counter() - started < 15


SCRAPS = ["", "\n\n", "表1", "表1\n", "Table 1\n\nSource:", "表1 某某\n\n\n\n来源：", "续表1\n\n甲\n乙\n丙\n丁\n"]


@pytest.mark.parametrize("text", SCRAPS)
def test_scraps_give_no_table(text):
    assert tables_of(text) == []


def test_line_that_does_not_slice_the_text_is_a_programmer_mistake():
    [line] = lines_of("表1 某某")
    with pytest.raises(ValueError, match="does not slice"):
        rebuild_tables("另一段文字", [line])


def test_closed_region_that_cannot_be_rebuilt_is_kept_as_one_loose_table():
    text = (
        CHINESE_BODY + "\n表7 名录\n\n甲处\n乙处\n丙处\n丁处\n戊处\n己处\n庚处\n\n资料来源：年报。\n\n" + CHINESE_BODY
    )
    [found] = tables_of(text)
    assert found.table.cells == () and len(found.table.loose) == 7
    assert found.table.label == "表7" and len(found.table.notes) == 1
