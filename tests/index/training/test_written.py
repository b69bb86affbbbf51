from __future__ import annotations

from collections import Counter
from pathlib import Path

from sinkqa.index.training.corpus import LONGEST, Pair
from sinkqa.index.training.written import WRITTEN, Written, key_of, read_written
from tests.index.made import CHINESE, ENGLISH

KINDS = {"ask", "none", "true", "false"}
PAIRS = [
    Pair("notes", "ict_en", "On peat", ENGLISH[2]),
    Pair("notes", "ict_en", "On peat, again", ENGLISH[2]),
    Pair("laws", "ict_zh", "湿地条例 补贴", CHINESE[2]),
    Pair("captions", "par", ENGLISH[3], CHINESE[3]),
]


def lines(tmp_path: Path, *rows: tuple[str, str, str, str]) -> Path:
    file = tmp_path / "written.tsv"
    file.write_text("".join("\t".join((key_of(text), *rest)) + "\n" for text, *rest in rows), "utf-8")
    return file


def test_lines_are_read_with_the_passages_that_they_are_about(tmp_path: Path) -> None:
    file = lines(
        tmp_path,
        (CHINESE[2], "false", "en", "Farmers pay the fund."),
        (ENGLISH[2], "ask", "en", "Who is paid?"),
        (ENGLISH[3], "ask", "en", "Of no such passage"),
        (CHINESE[3], "ask", "zh", "译文不算"),
    )
    assert list(read_written(iter(PAIRS), file)) == [
        Written("false", "en", "Farmers pay the fund.", "湿地条例 补贴", CHINESE[2]),
        Written("ask", "en", "Who is paid?", "On peat", ENGLISH[2]),
    ]


def test_a_passage_that_is_read_in_part_is_named_by_that_part() -> None:
    whole = "Peat is wet. " * 200
    assert key_of(whole) == key_of(whole[:LONGEST]) == key_of(whole[:LONGEST] + "Reeds")
    assert key_of(whole) != key_of(whole[: LONGEST - 1])


def test_the_bundled_file_is_whole_and_says_nothing_twice() -> None:
    rows = [line.split("\t") for line in WRITTEN.read_text("utf-8").split("\n")[:-1]]
    assert all(len(row) == 4 and len(row[0]) == 12 and int(row[0], 16) >= 0 for row in rows)
    assert {row[1] for row in rows} == KINDS and {row[2] for row in rows} == {"zh", "en"}
    assert all(row[3] == row[3].strip() and 3 < len(row[3]) < 400 for row in rows)
    assert len({tuple(row) for row in rows}) == len(rows)


def test_its_counts_are_those_that_its_page_tells() -> None:
    counts = Counter(tuple(line.split("\t")[1:3]) for line in WRITTEN.read_text("utf-8").split("\n")[:-1])
    page = WRITTEN.with_name("README.md").read_text("utf-8")
    for kind in KINDS:
        row = next(line for line in page.split("\n") if line.startswith(f"| `{kind}` |"))
        cells = [int(cell.replace(",", "")) for cell in row.split("|")[3:5]]
        assert cells == [counts[kind, "zh"], counts[kind, "en"]], kind
