"""What people see, in a real pseudo-terminal: wide characters line up, narrow windows hold, colour is optional."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.screen import lines, seen

_COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-9]|9[0-7])(?:;\d+)*m")


def column_of(line: str, cell: int) -> str:
    """What is printed from a cell on; a wide character takes two."""
    taken = 0
    for at, char in enumerate(line):
        if taken >= cell:
            return line[at:]
        taken += cell_len(char)
    return ""


@pytest.mark.parametrize("columns", [60, 100])
def test_columns_line_up_under_their_names_whatever_the_script(starter, columns):
    header, *rows = lines(seen("list", "-l", starter, columns=columns))
    where, year = (cell_len(header[: header.index(name)]) for name in ("where", "year"))
    records = [row for row in rows if re.match(r"[0-9a-f]{12}  ", row)]
    assert rows[-2].startswith("44 documents, ") or rows[-3].startswith("44 documents, ")
    assert len(records) == 44 and any("碳" in row for row in records)
    for row in records:
        assert cell_len(row) <= columns
        assert re.match(r"(CN|US|EU|JP|NZ|UN|  ) ", column_of(row, where)), row
        assert re.match(r"(\d{4}|    ) ", column_of(row, year)), row


COMMANDS = ["list", "show DOC", "show DOC --passages", "search -k 2 红树林", "ask 森林法对采伐有什么规定？", "doctor"]


@pytest.mark.parametrize(("columns", "command"), [*((20, command) for command in COMMANDS), (45, COMMANDS[0])])
def test_narrow_terminals_hold_every_line(starter, command, columns):
    doc_id = Engine.open(Settings(library=starter)).documents()[0].doc_id
    shown = seen(*command.replace("DOC", doc_id).split(" "), "-l", starter, columns=columns)
    assert max(map(cell_len, lines(shown))) <= columns
    assert "id            title" in shown or command != "list"
    assert "…" not in "".join(lines(shown)[:3])  # names of facts and documents are given whole


def test_colour_is_for_terminals_and_for_those_who_want_it(starter):
    assert _COLOUR.search(seen("ask", "红树林", "-l", starter, columns=80))
    assert not _COLOUR.search(seen("ask", "红树林", "-l", starter, columns=80, NO_COLOR="1"))
    assert "\x1b" not in seen("ask", "红树林", "-l", starter, columns=80, TERM="dumb")


@pytest.mark.parametrize("command", [*COMMANDS, "--help"])
def test_pipes_get_no_escape_sequence(starter, sinkqa, command, monkeypatch):
    monkeypatch.setenv("SINKQA_LIBRARY", str(starter))
    doc_id = Engine.open(Settings(library=starter)).documents()[0].doc_id
    ran = sinkqa(*command.replace("DOC", doc_id).split(" "))
    assert ran.status == 0 and "\x1b" not in ran.out + ran.err


def test_an_answer_shows_document_section_table_and_page(starter):
    question = "Who funds sink projects on the international market?"
    shown = "\n".join(lines(seen("ask", "-l", starter, question, columns=100)))
    assert re.search(r"\[1\]", shown)
    assert re.search(r"Table \d · p\. \d", shown) and "digest of " in shown


def test_a_piped_list_is_one_line_for_each_document_parted_by_tabs(starter, sinkqa):
    header, *rows = [line.split("\t") for line in sinkqa("list", "-l", starter).out.splitlines()]
    assert header == ["id", "title", "where", "year", "lang", "passages"]
    assert len(rows) == 44 and {len(row) for row in rows} == {6}
    assert all(re.fullmatch("[0-9a-f]{12}", row[0]) and int(row[5]) > 0 for row in rows)


PLAIN = "Bitterns hide in the reeds of the same valley, and boatmen hear them long before they see one. " * 8


def test_text_from_files_cannot_drive_the_terminal(tmp_path: Path):
    hostile = "Herons nest \x1b[2J\x1b]0;owned\x07 in the tall pines of the \x9b31m lower valley."
    (tmp_path / "a.md").write_text(
        f'---\ntitle: "Herons\\e[31m"\n---\n\n# Birds \x1b[5m\n\n{hostile}\n\n{PLAIN}\n', "utf-8"
    )
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    report = engine.add([tmp_path / "a.md"])
    assert not report.failed
    (added,) = report.added
    for command in ("list", f"show {added.doc_id} --passages", "search herons", "ask herons?"):
        shown = seen(*command.split(" "), "-l", tmp_path / "library", columns=80)
        assert not {"\x07", "\x9b"} & {*shown} and "\x1b[2J" not in shown and "\x1b]" not in shown
        assert "\x1b[5m" not in shown


@pytest.mark.parametrize("columns", [60, 100])
def test_progress_is_drawn_in_bytes_and_names_from_the_start_and_leaves_no_trace(tmp_path, columns):
    (tmp_path / "[red]a.txt").write_text("Herons nest in the tall pines.")
    shown = seen("add", "-l", tmp_path / "library", tmp_path / "[red]a.txt", columns=columns)
    bar, after = shown[: shown.rindex("\x1b[2K")], shown[shown.rindex("\x1b[2K") :]
    assert "0/1 file, 0.0 kB/0.0 kB" in bar and "[red]a.txt" in bar and "?" not in "".join(lines(bar))
    assert ("Adding" in bar) == (columns == 100)
    assert "/1 file" not in after and "1 added, 0 unchanged, 0 failed" in after
