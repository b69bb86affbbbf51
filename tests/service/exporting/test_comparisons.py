"""A comparison as a file: the table itself, a note for each quote, and what another document has beside it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from io import BytesIO

import docx
import openpyxl
import pytest

from sinkqa.ingest.document import Span, quote
from sinkqa.service.answer import AnswerCell, AnswerRow
from sinkqa.service.comparing.comparison import Beside, BesideCell, Comparison
from sinkqa.service.exporting.memo import Memo
from tests.service.exporting.conftest import link, word

ROWS = ["沼泽保护法", "Woodland Credit Act"]


@pytest.fixture(scope="session")
def made(engine, answers) -> Comparison:
    """A comparison whose cells on the diagonal quote what two answers do; the others are not found."""
    found = engine.compare(["处罚", "抵销比例"], by="document", rows=ROWS)
    cited = [dataclasses.replace(answers[at].citations[0], number=n) for n, at in enumerate((0, 6), 1)]
    none = AnswerCell(missing="检索的1份文件中未找到")
    cells = [
        [AnswerCell(each.quote, (each.number,)) if at == n else none for n in (0, 1)] for at, each in enumerate(cited)
    ]
    rows = tuple(AnswerRow(label, tuple(own)) for label, own in zip(ROWS, cells, strict=True))
    return dataclasses.replace(found, table=dataclasses.replace(found.table, rows=rows), citations=tuple(cited))


@pytest.fixture(scope="session")
def set_beside(made) -> Comparison:
    """The same beside a document whose own cells agree in the first row and are none in the second."""
    (number,) = next(cell.citations for row in made.table.rows for cell in row.cells if cell.citations)
    own, none = AnswerCell("三百元以上", (number,)), AnswerCell(missing="未找到")
    table = dataclasses.replace(made.table, rows=(AnswerRow(ROWS[0], (own, own)), AnswerRow(ROWS[1], (none, none))))
    agrees, unsaid = BesideCell("agrees", citations=(number,)), BesideCell("unsaid")
    return dataclasses.replace(made, beside=Beside("0" * 64, "调查", table, ((agrees, agrees), (unsaid, unsaid))))


def test_word_has_the_table_with_a_footnote_for_each_quote(engine, made):
    content = engine.export(Memo.of_comparison(made), "docx", link=link).content
    document, package = docx.Document(BytesIO(content)), word(content)
    assert document.paragraphs[0].text == "按文件比较：处罚、抵销比例"
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["", *made.columns],
        *([row.label, *(cell.missing or cell.text for cell in row.cells)] for row in made.table.rows),
    ]
    assert set(package.footnotes) == set(package.marks) and len(package.footnotes) == len(made.citations)
    assert all(url.startswith("http://127.0.0.1:8000/#/p/") for url in package.urls)


def test_excel_has_the_table_and_every_source_to_the_letter(engine, made):
    book = openpyxl.load_workbook(BytesIO(engine.export(Memo.of_comparison(made), "xlsx", link=link).content))
    assert book.sheetnames == ["备忘", "表 1", "出处"] and book["表 1"].freeze_panes == "B2"
    for row in book["出处"].iter_rows(min_row=2):
        spans = [Span(*map(int, each.split("-"))) for each in row[10].value.split(", ")]
        assert quote(engine.text(row[9].value), spans).replace("\r", "") == row[4].value.replace("\r", "")
        assert row[6].hyperlink.target.startswith("http")


@pytest.mark.parametrize("kind", ["csv", "markdown", "html"])
def test_cells_of_another_document_follow_each_column_with_how_they_stand(engine, set_beside, kind):
    text = engine.export(Memo.of_comparison(set_beside), kind, link=link).content.decode("utf-8-sig")
    assert "处罚 · 调查" in text and "一致：三百元以上" in text and "未找到" in text
    if kind == "csv":
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        assert head[:5] == ["", "处罚", "处罚 · 调查", "抵销比例", "抵销比例 · 调查"] and len(rows) == len(ROWS)


def test_a_cell_whose_quote_the_store_does_not_bear_out_is_left_out(engine, made):
    forged = tuple(dataclasses.replace(each, quote=f"{each.quote}!") for each in made.citations)
    exported = engine.export(Memo.of_comparison(dataclasses.replace(made, citations=forged)), "markdown", link=link)
    assert exported.withheld == len(forged)
    assert not any(each.quote in exported.content.decode() for each in made.citations)


@pytest.fixture
def compared(engine, sinkqa):
    def compare(*options: str):
        return sinkqa("compare", "-l", engine.folder, "--by", "document", "--on", "处罚,抵销比例", *options)

    return compare


def test_the_command_writes_what_is_asked_for_to_a_file_or_to_standard_output(compared, tmp_path):
    shown = compared("--format", "csv")
    assert shown.status == 0 and shown.out.lstrip("\ufeff").startswith('"","处罚"') and not shown.err
    path = tmp_path / "table.docx"
    written = compared("--output", str(path))
    assert written.status == 0 and not written.out and path.name in written.err.replace("\n", "")
    assert path.read_bytes().startswith(b"PK")
    other = tmp_path / "table.txt"
    assert compared("--format", "md", "--output", str(other)).status == 0
    assert other.read_text("utf-8").startswith("# 按文件比较")


def test_the_command_refuses_what_cannot_be_written_before_it_compares(compared, tmp_path):
    for options, said in (
        (("--format", "docx"), "--output"),
        (("--json", "--format", "md"), "--json"),
        (("--format", "pdf"), "pdf"),
    ):
        ran = compared(*options)
        assert ran.status == 2 and said in ran.err and not ran.out, options
    ran = compared("--output", str(tmp_path / "table.pdf"))
    assert ran.status == 1 and "error[invalid-export]" in ran.err
    assert compared("--output", str(tmp_path / "no" / "table.md")).status == 1
    assert json.loads(compared("--json").out)["columns"] == ["处罚", "抵销比例"]
