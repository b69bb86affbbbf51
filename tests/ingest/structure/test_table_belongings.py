"""Captions, units and notes of tables in markup, Word and plain text belong to their table, and rows show them."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from sinkqa.ingest.document import Document, Table, quote
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

PROSE = "运行单位应当按照规定记录数据，并对记录的真实性负责，主管部门每年抽查一次。"
ABOVE: list[str | list[tuple[str, ...]]] = [
    "表1 既有窑炉排放限值",
    "单位：mg/L",
    [("项目", "燃气窑炉"), ("颗粒物", "80"), ("氮氧化物", "400")],
    "注：按标准状态计。",
    "表2 新增窑炉排放限值",
    "（单位：mg/L）",
    [("项目", "燃气窑炉"), ("颗粒物", "50"), ("氮氧化物", "300")],
]


def html(parts: list[str | list[tuple[str, ...]]]) -> bytes:
    body = "".join(
        f"<p>{part}</p>"
        if isinstance(part, str)
        else "<table>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in part) + "</table>"
        for part in parts
    )
    return f"<html><body><h1>限值</h1><p>{PROSE}</p>{body}<p>{PROSE}</p></body></html>".encode()


def word(parts: list[str | list[tuple[str, ...]]]) -> bytes:
    document = docx.Document()
    document.add_paragraph(PROSE)
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=len(part), cols=len(part[0]))
        for row, texts in zip(table.rows, part, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.add_paragraph(PROSE)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def markdown(parts: list[str | list[tuple[str, ...]]]) -> bytes:
    lines = ["# 限值", "", PROSE, ""]
    for part in parts:
        if isinstance(part, str):
            lines += [part, ""]
        else:
            bar = "|" + "---|" * len(part[0])
            lines += ["|" + "|".join(part[0]) + "|", bar, *("|" + "|".join(row) + "|" for row in part[1:]), ""]
    return "\n".join([*lines, PROSE, ""]).encode()


def plain(parts: list[str | list[tuple[str, ...]]]) -> bytes:
    lines = ["限值", "", PROSE, ""]
    for part in parts:
        lines += [part, ""] if isinstance(part, str) else ["\t".join(row) for row in part]
    return "\n".join([*lines, PROSE, ""]).encode()


MAKERS = {"made.html": html, "made.docx": word, "made.md": markdown, "made.txt": plain}


def tables_of(content: bytes, name: str) -> tuple[Document, list[Table]]:
    document = read_bytes(content, name)
    return document, [block.table for block in document.blocks if block.table is not None]


def about(document: Document, table: Table) -> str:
    return quote(document.text, (*table.caption, *table.notes))


@pytest.mark.parametrize("name", MAKERS)
def test_caption_unit_and_note_belong_to_their_table_in_every_format(name: str) -> None:
    document, found = tables_of(MAKERS[name](ABOVE), name)
    assert [(table.label, table.header_rows, table.n_rows) for table in found] == [("表1", 1, 3), ("表2", 1, 3)]
    assert about(document, found[0]) == "表1 既有窑炉排放限值 … 单位：mg/L … 注：按标准状态计。"
    assert about(document, found[1]) == "表2 新增窑炉排放限值 … （单位：mg/L）"
    rows = [passage for passage in split(document) if passage.kind == "row" and passage.units[0].text == "氮氧化物"]
    assert [[unit.text for unit in row.units] for row in rows] == [
        ["氮氧化物", "400", "mg/L"],
        ["氮氧化物", "300", "mg/L"],
    ]
    assert [row.units[-1].label for row in rows] == ["氮氧化物 · 单位", "氮氧化物 · 单位"]


@pytest.mark.parametrize("name", MAKERS)
def test_a_document_that_captions_below_gives_each_table_its_own(name: str) -> None:
    rows = [[("区", "2030年"), ("北", str(n)), ("南", str(n + 1)), ("西", str(n + 2))] for n in (10, 20, 30)]
    parts = [part for n, table in enumerate(rows, 1) for part in (table, f"表{n} 第{n}年产量")]
    _, found = tables_of(MAKERS[name](parts), name)
    assert [table.label for table in found] == ["表1", "表2", "表3"]
    assert [table.header_rows for table in found] == [1, 1, 1]


def test_rows_over_all_columns_that_name_a_table_or_note_it_are_no_rows() -> None:
    rows = (
        "<tr><td colspan=3>表3 各区产量</td></tr><tr><td colspan=3>单位：万吨</td></tr>"
        "<tr><td>区</td><td>2030</td><td>2031</td></tr><tr><td>北</td><td>1</td><td>2</td></tr>"
        "<tr><td>南</td><td>3</td><td>4</td></tr><tr><td colspan=3>注：不含岛屿。</td></tr>"
    )
    document, [table] = tables_of(f"<html><body><p>{PROSE}</p><table>{rows}</table></body></html>".encode(), "a.html")
    assert (table.label, table.n_rows, table.header_rows) == ("表3", 3, 1)
    assert about(document, table) == "表3 各区产量 … 单位：万吨 … 注：不含岛屿。"


def test_rows_that_head_groups_stay_rows() -> None:
    rows = "".join(
        f"<tr><td colspan=2>{group}</td></tr><tr><td>{name}</td><td>{value}</td></tr>"
        for group, name, value in (("North", "Alder", 1), ("South", "Oak", 2), ("West", "Reed", 3))
    )
    _, [table] = tables_of(f"<html><body><p>{PROSE}</p><table>{rows}</table></body></html>".encode(), "a.html")
    assert (table.n_rows, table.caption) == (6, ())


def test_a_table_that_brings_its_caption_takes_no_other() -> None:
    page = (
        "<html><body><p>Table 3. Lost</p>"
        "<table><caption>Table 4. Reed</caption><tr><td>Shore</td><td>2019-20</td></tr>"
        "<tr><td>North</td><td>3</td></tr></table>"
        "<figure><table><tr><td>Shore</td><td>Cut</td></tr><tr><td>West a/</td><td>3</td></tr></table>"
        "<figcaption>Table 5. Cut</figcaption></figure><p>a/ with the island.</p><p>Source: register.</p></body></html>"
    )
    document, found = tables_of(page.encode(), "a.html")
    assert [(each.label, each.header_rows) for each in found] == [("Table 4", 1), ("Table 5", 1)]
    assert about(document, found[1]) == "Table 5. Cut … a/ with the island. … Source: register."


def test_a_question_for_one_of_two_tables_gets_its_value_with_the_unit(tmp_path: Path) -> None:
    path = tmp_path / "炉.html"
    path.write_bytes(html(ABOVE))
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([path])
    old, new = engine.ask("既有窑炉氮氧化物的排放限值是多少？"), engine.ask("表2中氮氧化物的限值是多少？")
    assert "400" in old.answer and "mg/L" in old.answer and "300" not in old.answer
    assert "300" in new.answer and [citation.table for citation in new.citations][-1] == "表2"
