from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sinkqa.eval.cli import app, main
from sinkqa.eval.structure import Share, score_structure
from sinkqa.ingest.document import Block, Document, Page, Span
from sinkqa.ingest.errors import FileMissing
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.readers.text import read_text
from sinkqa.ingest.splitting.splitter import split

SHARED = Path(__file__).parents[2].parent / "shared"
PAPER = SHARED / "paper" / "guan-xu-carbon-sinks.txt"
TEXT = (
    "Port survey\n\n1. Quays\n\nThe quays were measured in autumn.\n\n2. Ships\n\nTwo ships came.\n\n"
    "| Port | Ships | Load |\n|---|---|---|\n| East | 12 | 400 t |\n| West | 7 | 90 t |\n"
)


def place(text: str, level: int = 0) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"text": text, "start": start, "end": start + len(text), "page": 1, "level": level}


def structure() -> Any:
    return {
        "pages": [{"page": 1, "start": 0, "end": len(TEXT)}],
        "outline": [place("Port survey"), place("1. Quays", 1), place("2. Ships", 1)],
        "footnotes": [],
        "table_captions": [],
    }


def tables(*, rows: tuple[tuple[str, str, str], ...] = (("East", "12", "400 t"), ("West", "7", "90 t"))) -> Any:
    columns = ["Port", "Ships", "Load"]
    made = [{key: place(cell) for key, cell in zip(columns, row, strict=True)} for row in rows]
    return [{"table": 1, "region": [TEXT.index("| Port"), len(TEXT)], "columns": columns, "rows": made}]


def read() -> Document:
    return read_text(TEXT.encode(), "a.txt")


def test_a_document_read_as_its_truth_says_scores_full() -> None:
    score = score_structure(read(), split(read()), structure=structure(), tables=tables())
    assert (score.headings, score.extra_headings, score.pages) == (Share(3, 3), 0, Share(1, 1))
    assert score.crossing.right == 0
    assert score.crossing.of > 0
    (table,) = score.tables
    assert (table.rows, table.cells, table.misplaced, table.invented) == (Share(2, 2), Share(4, 4), 0, 0)


def test_a_wrong_level_is_a_heading_missed() -> None:
    truth = structure()
    truth["outline"][2]["level"] = 2
    score = score_structure(read(), [], structure=truth, tables=[])
    assert (score.headings, score.extra_headings) == (Share(2, 3), 1)


def test_entries_in_another_row_are_misplaced_and_spoil_both_rows() -> None:
    (table,) = score_structure(
        read(), [], structure=structure(), tables=tables(rows=(("East", "7", "400 t"), ("West", "12", "90 t")))
    ).tables
    assert (table.rows, table.cells, table.misplaced, table.invented) == (Share(0, 2), Share(2, 4), 2, 0)


def test_a_row_the_truth_does_not_have_is_invented() -> None:
    (table,) = score_structure(read(), [], structure=structure(), tables=tables(rows=(("East", "12", "400 t"),))).tables
    assert (table.rows, table.invented) == (Share(1, 1), 1)


def test_a_table_that_was_not_found_scores_nothing() -> None:
    blank = Document("a", b"", "text/plain", TEXT, (Page(1, 0, len(TEXT)),), (Block("paragraph", (Span(0, 5),)),))
    score = score_structure(blank, [], structure=structure(), tables=tables())
    assert score.tables[0].rows == Share(0, 2)
    assert score.headings == Share(0, 3)


def test_a_passage_over_two_sections_is_counted() -> None:
    spans = (
        Span(*(place("The quays")[k] for k in ("start", "end"))),
        Span(*(place("Two ships")[k] for k in ("start", "end"))),
    )
    passage = Passage("d", "text", spans, "", (), (), 1, 1, "en")
    assert score_structure(read(), [passage], structure=structure(), tables=[]).crossing == Share(1, 1)


def test_the_command_prints_tables_or_json(tmp_path: Path) -> None:
    arguments = ["structure"]
    for option, content in (
        ("document", TEXT),
        ("structure", json.dumps(structure())),
        ("tables", json.dumps(tables())),
    ):
        path = tmp_path / f"{option}.txt"
        path.write_text(content, encoding="utf-8")
        arguments += [f"--{option}", str(path)]
    printed = CliRunner().invoke(app, arguments)
    assert printed.exit_code == 0
    assert "3/3" in printed.stdout
    assert json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)["headings"] == {"right": 3, "of": 3}


def test_a_missing_file_is_one_line_and_status_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = str(tmp_path / "none")
    monkeypatch.setattr(
        "sys.argv", ["sinkqa-eval", "structure", "--document", missing, "--structure", missing, "--tables", missing]
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith(FileMissing.code)
    assert error.count("\n") == 1


@pytest.mark.skipif(not PAPER.exists(), reason="shared documents are not beside this checkout")
def test_the_paper_is_recovered() -> None:
    truth = json.loads((SHARED / "gold" / "STRUCTURE.json").read_text(encoding="utf-8"))
    cells = json.loads((SHARED / "gold" / "TABLES.json").read_text(encoding="utf-8"))
    document = read_text(PAPER.read_bytes(), PAPER.name)
    score = score_structure(document, split(document), structure=truth, tables=cells)
    assert (score.headings, score.pages, score.footnotes) == (Share(15, 15), Share(13, 13), Share(2, 2))
    assert score.crossing.right == 0
    assert [table.invented for table in score.tables] == [0] * 5
