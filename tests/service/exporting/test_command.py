"""`sinkqa ask --export`: an answer into a file whose name says what kind it is."""

from __future__ import annotations

import json

import pytest

from tests.service.exporting.conftest import word
from tests.service.exporting.library import QUESTIONS


@pytest.fixture
def asked(engine, sinkqa, tmp_path):
    def ask(name: str, *options: str, question: str = QUESTIONS[0]):
        path = tmp_path / name
        return sinkqa("ask", "-l", engine.folder, "--export", path, *options, question), path

    return ask


@pytest.mark.parametrize("suffix", [".docx", ".MD", ".html", ".xlsx", ".bib", ".ris"])
def test_the_end_of_the_name_is_the_format(asked, suffix):
    ran, path = asked(f"memo{suffix}")
    assert ran.status == 0 and "三百元" in ran.out and str(path) in ran.err.replace("\n", "")
    start = {".docx": b"PK", ".xlsx": b"PK", ".html": b"<!doctype html>", ".MD": b"# ", ".bib": b"@", ".ris": b"TY  - "}
    assert path.read_bytes().startswith(start[suffix])


def test_notes_are_in_the_questions_language_and_link_to_the_public_address(asked, monkeypatch):
    _, path = asked("a.docx")
    (note,) = word(path.read_bytes()).footnotes.values()
    assert note.text.strip() == "某国人民代表大会. 沼泽保护法[Z]. 2021. 第三条." and not note.urls
    monkeypatch.setenv("SINKQA_PUBLIC_URL", "https://library.example/qa/")
    _, path = asked("b.docx", question=QUESTIONS[6])
    (note,) = word(path.read_bytes()).footnotes.values()
    assert note.text.strip().startswith("Woodland Credit Act (n.d.). Limits.")
    assert note.urls[0].startswith("https://library.example/qa/#/p/")


def test_json_stays_whole_and_a_refusal_is_written_with_its_reason(asked):
    ran, path = asked("a.md", "--json", question="What is the weather in Paris today?")
    assert json.loads(ran.out)["status"] == "abstained"
    assert json.loads(ran.out)["answer"] in path.read_text("utf-8").replace("\\", "")


def test_a_name_that_stands_for_no_format_is_refused_before_anything_is_asked(asked, tmp_path):
    ran, path = asked("memo.pdf")
    assert ran.status == 1 and "error[invalid-export]" in ran.err and ".docx" in ran.err and not ran.out
    assert not path.exists()
    ran, _ = asked("none/memo.md")
    assert ran.status == 1 and "cannot be written" in ran.err
