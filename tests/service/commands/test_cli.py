"""The command line as its users meet it: every command, its JSON, its exit status, its pipes and its mishaps."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinkqa.index.store.sqlite.lock import write_lock
from sinkqa.ingest.readers import FORMATS
from sinkqa.service.commands.options import Kind
from tests.conftest import COMMAND, process

QUESTION = "北京试点的CCER抵销比例上限是多少？"

ANSWER = {
    "status", "abstain_reason", "question", "language", "answer", "segments", "citations", "passages", "confidence",
    "generation", "encoder", "timings_ms", "generated", "notes", "removed", "table", "missing",
    "suggestions",
}  # fmt: skip
CITATION = {
    "number", "passage_id", "doc_id", "title", "original", "section", "table", "page_start", "page_end", "page_label",
    "quote", "spans", "offset_unit", "text_sha256", "boxes", "language", "url", "verified", "score",
    "also_supported_by", "glosses", "flags", "translation", "warnings", "paragraph",
    "standing",
}  # fmt: skip
PASSAGE = {
    "passage_id", "doc_id", "title", "section", "table", "page_start", "page_end", "language", "text", "spans", "score",
    "why", "flags", "warnings", "page_label", "paragraph",
}  # fmt: skip
SPAN = {"start", "end", "start_utf16", "end_utf16"}
WHY = {"lexical_rank", "lexical", "dense_rank", "dense", "late", "matched_terms", "rerank"}


@pytest.fixture
def library(starter: Path, tmp_path: Path) -> Path:
    """A starter library of one's own, to change."""
    return Path(shutil.copytree(starter, tmp_path / "library"))


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("Otters returned to the upper valley after the weir was removed.\n")
    return path


def test_a_folder_names_what_it_passes_over(note, tmp_path, sinkqa):
    folder = tmp_path / "given"
    folder.mkdir()
    note.rename(folder / note.name)
    for name in ("weirs.xyz", "old.xls", ".DS_Store", "~$note.docx"):
        (folder / name).write_text("words")
    told = sinkqa("add", "-l", tmp_path / "kept", folder)
    assert told.status == 0 and "skipped weirs.xyz: not a readable format\n" in told.out
    assert "skipped old.xls: not a readable format; save it as .xlsx\n" in told.out
    assert told.out.endswith("1 added, 0 unchanged, 0 failed, 2 skipped, 2 hidden\n")
    report = json.loads(sinkqa("add", "-l", tmp_path / "kept", "--json", folder).out)
    assert {Path(each["path"]).name for each in report["skipped"]} == {"weirs.xyz", "old.xls"}


def test_a_first_question_begins_a_library_with_the_starter_corpus(starter, sinkqa):
    documents = json.loads(sinkqa("list", "-l", starter, "--json").out)["documents"]
    pages = [*(Path(__file__).parents[3] / "service" / "starter").rglob("*.md")]
    assert {record["name"] for record in documents} == {page.name for page in pages}
    assert len(documents) == len(pages)


def test_a_library_begun_by_adding_holds_what_was_added_and_nothing_else(tmp_path, note, sinkqa):
    assert sinkqa("add", "-l", tmp_path / "new", note).status == 0
    header, row = sinkqa("list", "-l", tmp_path / "new").out.splitlines()
    assert header.startswith("id\ttitle\t") and "Otters" in row
    assert "nothing else" in " ".join(sinkqa("add", "--help").out.split())


@pytest.mark.parametrize("question", [QUESTION, "How does New Zealand treat post-1989 forest?"])
def test_the_answer_object_has_the_keys_that_others_build_on(starter, sinkqa, question):
    answer = json.loads(sinkqa("ask", "-l", starter, "--json", question).out)
    assert answer.keys() == ANSWER
    assert answer["status"] == "answered" and answer["abstain_reason"] is None and answer["question"] == question
    assert answer["citations"] and answer["passages"]
    for citation in answer["citations"]:
        assert citation.keys() == CITATION
        assert citation["verified"] is True and citation["offset_unit"] == "codepoint"
        assert all(span.keys() == SPAN for span in citation["spans"])
    for passage in answer["passages"]:
        assert passage.keys() == PASSAGE and passage["why"].keys() == WHY
    numbers = {citation["number"] for citation in answer["citations"]}
    for segment in answer["segments"]:
        assert segment.keys() == {"text", "citations", "part", "tabled"} and {*segment["citations"]} <= numbers
        assert segment["text"] in answer["answer"]


def test_an_abstention_is_an_answer_with_a_reason(starter, sinkqa):
    ran = sinkqa("ask", "-l", starter, "--json", "Who won the chess tournament in Reykjavik?")
    answer = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert answer.keys() == ANSWER
    assert answer["status"] == "abstained" and answer["citations"] == [] and answer["segments"] == []
    assert answer["abstain_reason"] in {"no_evidence", "out_of_scope", "premise_contradicted", "unsupported"}


def test_a_greeting_is_replied_to_with_questions_that_are_answered(starter, sinkqa):
    for greeting, holds in (("hello", "44 documents"), ("你好", "44份文件")):
        shown = sinkqa("ask", "-l", starter, greeting).out
        assert holds in shown and not re.search("abstained|confidence|Nearest", shown)
        told = json.loads(sinkqa("ask", "-l", starter, "--json", greeting).out)
        assert (told["abstain_reason"], told["segments"], told["passages"]) == ("no_question", [], [])
        assert shown.splitlines() == [*told["answer"].splitlines(), "", *offered(told)]
        for question in told["suggestions"]:
            assert json.loads(sinkqa("ask", "-l", starter, "--json", question).out)["segments"]


def offered(told):
    return ["可以这样问：" if told["language"] == "zh" else "You could ask:", *(f"  {q}" for q in told["suggestions"])]


def test_search_gives_as_many_passages_as_asked_and_says_why(starter, sinkqa):
    result = json.loads(sinkqa("search", "-l", starter, "--json", "-k", 3, "红树林").out)
    assert result.keys() == {"query", "hits", "generation", "timings_ms"}
    assert [hit.keys() == PASSAGE for hit in result["hits"]] == [True] * 3
    assert [hit["score"] for hit in result["hits"]] == sorted((hit["score"] for hit in result["hits"]), reverse=True)
    shown = sinkqa("search", "-l", starter, "-k", 3, "红树林").out
    assert all(hit["passage_id"] in shown and hit["title"] in shown for hit in result["hits"])


@pytest.mark.parametrize(("mode", "other"), [("lexical", "dense_rank"), ("dense", "lexical_rank")])
def test_one_leg_alone_can_be_searched(starter, sinkqa, mode, other):
    hits = json.loads(sinkqa("search", "-l", starter, "--json", "--mode", mode, "wetland restoration").out)["hits"]
    assert hits and all(hit["why"][other] is None for hit in hits)


def test_filters_keep_to_what_they_name(starter, sinkqa):
    def documents(*filters: object) -> list[dict]:
        hits = json.loads(sinkqa("search", "-l", starter, "--json", "-k", 50, "forest carbon", *filters).out)["hits"]
        known = {each["doc_id"]: each for each in listed}
        return [known[hit["doc_id"]]["metadata"] | {"doc_id": hit["doc_id"], "passage": hit} for hit in hits]

    listed = json.loads(sinkqa("list", "-l", starter, "--json").out)["documents"]
    assert {each["jurisdiction"] for each in documents("--jurisdiction", "nz", "--jurisdiction", "US")} == {"NZ", "US"}
    assert {each["passage"]["language"] for each in documents("--language", "zh")} == {"zh"}
    assert all(2022 <= each["year"] <= 2023 for each in documents("--from", 2022, "--to", 2023))
    one = listed[0]["doc_id"]
    assert {each["doc_id"] for each in documents("--doc", one[:8])} == {one}
    assert documents("--type", "pdf") == [] and documents("--type", "markdown") != []


@pytest.mark.parametrize(
    ("option", "given", "meant"),
    [
        ("--jurisdiction", "UK", "GB"),
        ("--jurisdiction", "china", "CN"),
        ("--jurisdiction", "Z", ""),
        ("--language", "Chinese", "zh"),
    ],
)
def test_a_filter_that_has_no_such_code_names_those_that_there_are(starter, sinkqa, option, given, meant):
    for command in ("ask", "search"):
        refused = sinkqa(command, "-l", starter, "forest", option, given)
        assert refused.status == 1 and refused.err.startswith(f"error[invalid-filter]: {option} '{given}': expected")
        assert ("CN, EU, JP, NZ, UN, US" if option == "--jurisdiction" else "en, zh") in refused.err
        assert (f"did you mean {meant}?" in refused.err) == bool(meant) and refused.err.count("\n") == 1


def test_a_country_that_no_document_is_of_is_named_where_nothing_is_found(starter, sinkqa):
    for command in ("ask", "search"):
        ran = sinkqa(command, "-l", starter, "forest", "--jurisdiction", "gb")
        assert ran.status == 0 and "no document here is of GB" in ran.err and "CN, EU" in ran.err
    assert sinkqa("search", "-l", starter, "forest", "--jurisdiction", "CN").err == ""


def test_a_list_is_sorted_as_asked(starter, sinkqa):
    def column(sort: str, at: int) -> list[str]:
        rows = sinkqa("list", "-l", starter, "--sort", sort).out.splitlines()[1:]
        return [row.split("\t")[at] for row in rows]

    assert column("title", 1) == sorted(column("title", 1), key=str.casefold)
    assert column("year", 3) == sorted(column("year", 3), reverse=True)
    assert [*map(int, column("passages", 5))] == sorted(map(int, column("passages", 5)), reverse=True)
    assert column("where", 2) == sorted(column("where", 2), key=lambda code: (not code, code))


@pytest.mark.parametrize("program", ["sinkqa", "sinkqa-eval"])
def test_the_version_names_the_format_of_libraries_and_the_encoder(program, starter, sinkqa):
    done = subprocess.run([COMMAND.with_name(program), "--version"], capture_output=True, text=True, timeout=60)
    version, store, encoder = done.stdout.splitlines()
    facts = json.loads(sinkqa("doctor", "-l", starter, "--json").out)["facts"]
    assert version == f"{program} {facts['sinkqa']}" and done.stderr == ""
    assert re.fullmatch(r"library format \d+", store)
    assert encoder == f"encoder bundled {facts['encoder']}"


def test_a_first_use_says_what_is_done_and_where(tmp_path):
    ran = process("list", "-l", tmp_path / "library")
    assert ran.err.startswith(f"first use: indexing the starter corpus, 44 documents, into {tmp_path / 'library'}; ")
    assert "--library mine" in ran.err and ran.err.count("\n") == 1
    assert process("list", "-l", tmp_path / "library").err == ""


def test_the_formats_to_filter_by_are_those_that_are_read():
    assert {kind.value for kind in Kind} == {*FORMATS}


def test_a_document_is_added_shown_listed_removed_and_gone(library, note, sinkqa):
    added = json.loads(sinkqa("add", "-l", library, "--json", note).out)
    assert added.keys() == {"added", "unchanged", "failed", "skipped", "hidden"}
    (doc,) = added["added"]
    assert doc.keys() == {"name", "doc_id", "n_passages", "superseded", "warnings"}
    assert json.loads(sinkqa("add", "-l", library, "--json", note).out)["unchanged"] == ["note.txt"]
    short = doc["doc_id"][:8]
    shown = json.loads(sinkqa("show", "-l", library, short, "--passages", "--text", "--json").out)
    assert shown["doc_id"] == doc["doc_id"] and shown["text"] == note.read_text()
    assert [passage["text"] for passage in shown["passages"]] == [note.read_text().strip()]
    assert sinkqa("show", "-l", library, short, "--text").out == note.read_text()
    assert "Otters" in sinkqa("show", "-l", library, short, "--passages").out
    assert f"{doc['doc_id'][:12]}\t" in sinkqa("list", "-l", library).out
    assert "weir" in sinkqa("ask", "-l", library, "Why did otters return to the upper valley?").out
    assert json.loads(sinkqa("remove", "-l", library, "--json", short).out) == {"removed": [doc["doc_id"]]}
    assert sinkqa("show", "-l", library, short).status == 1
    assert "Otters" not in sinkqa("search", "-l", library, "otters weir").out
    assert sinkqa("doctor", "-l", library).status == 0


def test_doctor_states_facts_and_names_a_remedy_that_works(library, sinkqa):
    report = json.loads(sinkqa("doctor", "-l", library, "--json").out)
    assert report.keys() == {"facts", "problems"} and report["problems"] == []
    assert {"sinkqa", "library", "documents", "generation", "encoder"} <= report["facts"].keys()
    (library / "derived" / "CURRENT").write_text("{}")
    ill = sinkqa("doctor", "-l", library)
    assert ill.status == 1 and "problem" in ill.out and "sinkqa doctor --rebuild" in ill.out
    assert sinkqa("doctor", "-l", library, "--rebuild").status == 0
    assert "5%" in sinkqa("ask", "-l", library, QUESTION).out


def test_a_library_of_another_encoder_is_named_and_rebuilt(library, sinkqa):
    with sqlite3.connect(library / "library.sqlite") as connection:
        connection.execute("UPDATE meta SET value = 'of old' WHERE name = 'encoder'")
    connection.close()
    refused = sinkqa("ask", "-l", library, QUESTION)
    assert refused.status == 1 and refused.err.startswith("error[encoder-mismatch]") and "rebuild" in refused.err
    assert sinkqa("doctor", "-l", library, "--rebuild").status == 0
    assert "5%" in sinkqa("ask", "-l", library, QUESTION).out


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_dash_reads_the_question_from_standard_input(starter, sinkqa, command):
    asked = sinkqa(command, "-l", starter, "--json", "-", stdin="红树林\n")
    assert asked.status == 0 and json.loads(asked.out)["question" if command == "ask" else "query"].strip() == "红树林"
    assert sinkqa("ask", "-l", starter, "-", stdin="").err.startswith("error[invalid-question]")


def test_the_library_is_named_by_the_option_or_by_the_environment(starter, sinkqa, monkeypatch, tmp_path):
    monkeypatch.setenv("SINKQA_LIBRARY", str(starter))
    assert json.loads(sinkqa("doctor", "--json").out)["facts"]["library"] == str(starter)
    other = tmp_path / "library with a blank"
    assert sinkqa("show", "-l", other, "abcdef").err.startswith(f"error[library-not-found]: no library in {other}")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, ""),
        (("frob",), 2, "No such command"),
        (("ask",), 2, "no question"),
        (("search",), 2, "Missing argument"),
        (("ask", "q", "-k", "0"), 2, "-k"),
        (("search", "q", "--mode", "psychic"), 2, "psychic"),
        (("search", "q", "--type", "papyrus"), 2, "papyrus"),
        (("search", "q", "--from", "lately"), 2, "--from"),
        (("ask", "?!"), 1, "error[invalid-question]: question: expected at least one word"),
        (("ask", "word " * 1000), 1, "error[invalid-question]: question: expected at most 4,000 characters, got 5,000"),
        (("show", "abcdef"), 1, "error[document-not-found]"),
        (("show", "xyz"), 1, "error[document-not-found]"),
        (("remove", "abcdef"), 1, "error[document-not-found]"),
        (("ask", "q", "--doc", "abcdef"), 1, "error[document-not-found]"),
        (("add", "/nowhere/at all.pdf"), 1, "error[file-missing]: /nowhere/at all.pdf: no such file or folder"),
        (("add", "x", "--workers", "0"), 1, "error[invalid-setting]: setting workers"),
        (("--help",), 0, ""),
        (("search", "q", "--from", "2050", "--to", "1900"), 0, ""),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, tuple) else "",
)
def test_the_exit_status_tells_success_from_error_from_misuse(starter, sinkqa, arguments, status, said, monkeypatch):
    monkeypatch.setenv("SINKQA_LIBRARY", str(starter))
    ran = sinkqa(*arguments)
    assert ran.status == status
    assert said in ran.err
    if status == 1:
        assert ran.err.count("\n") == 1


def broken(folder: Path, how: str) -> Path:
    """A library folder that is none."""
    path = folder / "library"
    if how == "a file":
        path.write_text("not a folder")
        return path
    if how == "inside a file":
        path.write_text("not a folder")
        return path / "below"
    path.mkdir()
    if how == "garbage":
        (path / "library.sqlite").write_bytes(b"garbage" * 500)
    elif how == "another database":
        with sqlite3.connect(path / "library.sqlite") as connection:
            connection.execute("CREATE TABLE birds (name TEXT)")
    elif how == "another format":
        with sqlite3.connect(path / "library.sqlite") as connection:
            connection.executescript(
                f"PRAGMA application_id = {0x534E4B51}; PRAGMA user_version = 99; CREATE TABLE x(y)"
            )
    return path


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("a file", "library-read-only"),
        ("inside a file", "library-read-only"),
        ("garbage", "library-damaged"),
        ("another database", "library-format-mismatch"),
        ("another format", "library-format-mismatch"),
    ],
)
@pytest.mark.parametrize("command", ["ask", "add", "doctor"])
def test_a_folder_that_is_no_library_is_named(tmp_path, note, sinkqa, how, code, command):
    path = broken(tmp_path, how)
    before = (path / "library.sqlite").read_bytes() if path.is_dir() else None
    ran = sinkqa(command, "-l", path, *{"ask": ["otters"], "add": [note], "doctor": []}[command])
    assert ran.status == 1 and ran.err.startswith(f"error[{code}]: ") and ran.err.count("\n") == 1
    assert before is None or (path / "library.sqlite").read_bytes() == before


ODD_NAMES = [
    "with blanks and 🌳.txt",
    "芦苇荡.txt",
    "-dash.txt",
    "[bold]markup[dim].txt",
    "two\nlines.txt",
    "\x1b[31mescape.txt",
    os.fsdecode(b"latin-1 \xe9\xff.txt"),
]


def test_files_with_odd_names_are_taken_in_and_printed_harmlessly(tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    for number, name in enumerate(ODD_NAMES):
        (folder / name).write_text(f"Lapwings bred on meadow number {number} in May.")
        (folder / f"empty {name}").write_text("")
    ran = process("add", "-l", tmp_path / "library", "--", *(entry.name for entry in folder.iterdir()), cwd=folder)
    assert ran.out.splitlines()[-1] == f"{len(ODD_NAMES)} added, 0 unchanged, {len(ODD_NAMES)} failed"
    assert len(ran.out.splitlines()) == 1 + len(ODD_NAMES) and len(ran.err.splitlines()) == len(ODD_NAMES)
    for shown in ("with blanks and 🌳.txt", "芦苇荡.txt", "-dash.txt", "[bold]markup[dim].txt", "two␊lines.txt"):
        assert shown in ran.out and shown in ran.err
    listed = process("list", "-l", tmp_path / "library").out
    assert "\x1b" not in ran.out + ran.err + listed
    assert len(listed.splitlines()) == 1 + len(ODD_NAMES)


@pytest.mark.parametrize(
    "command", ["list", "list --json", "search -k 50 forest", "show DOC --passages", "show DOC --text"]
)
def test_a_reader_that_has_had_enough_is_no_error(starter, sinkqa, command):
    listed = json.loads(sinkqa("list", "-l", starter, "--json").out)["documents"]
    largest = max(listed, key=lambda record: record["n_passages"])["doc_id"]
    line = f"set -o pipefail; '{COMMAND}' {command.replace('DOC', largest)} | head -c 1"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, timeout=60, env={**os.environ, "SINKQA_LIBRARY": str(starter)}
    )
    assert (done.returncode, done.stderr) == (0, b"") and len(done.stdout) == 1


@pytest.mark.parametrize("encoding", ["ascii", "gb18030"])
def test_a_terminal_without_unicode_gets_what_it_can_show(starter, encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "SINKQA_LIBRARY": str(starter)}
    done = subprocess.run([COMMAND, "ask", QUESTION], capture_output=True, timeout=60, env=environment)
    assert done.returncode == 0 and "5%" in done.stdout.decode(encoding)
    done = subprocess.run([COMMAND, "ask", "--json", QUESTION], capture_output=True, timeout=60, env=environment)
    assert json.loads(done.stdout.decode(encoding))["question"] == QUESTION


def test_bytes_that_are_no_text_on_standard_input_are_read_as_far_as_they_are(starter):
    done = subprocess.run(
        [COMMAND, "ask", "-", "-l", starter], input=b"carbon \xff\xfe sink", capture_output=True, timeout=60
    )
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete "), ("zsh", "#compdef sinkqa"), ("fish", "complete ")])
def test_shells_get_a_completion_script(shell, mark):
    script = process(env={**os.environ, "_SINKQA_COMPLETE": f"source_{shell}"})
    assert mark in script.out and "sinkqa" in script.out and script.err == ""


def test_completion_knows_commands_and_choices():
    def completed(words: str) -> list[str]:
        environment = {**os.environ, "_SINKQA_COMPLETE": "complete_bash", "COMP_WORDS": words}
        return process(env={**environment, "COMP_CWORD": str(len(words.split(" ")) - 1)}).out.split()

    assert sorted(completed("sinkqa s")) == ["search", "serve", "show", "standing"]
    assert completed("sinkqa search --mode ") == ["hybrid", "lexical", "dense"]
    assert completed("sinkqa search --type m") == ["markdown", "mail"]


def unprivileged() -> list[str]:
    """How to run a command that file permissions bind, also as root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("as root, without setpriv, no folder is closed to writing")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]


@pytest.fixture
def closed(library: Path) -> Iterator[Path]:
    """A library that nobody may write to."""
    entries = [library, *library.rglob("*")]
    for path in entries:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield library
    for path in entries:
        path.chmod(0o755)


def test_a_library_that_cannot_be_written_to_is_read(closed, note):
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*unprivileged(), COMMAND, *arguments]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)

    asked = run("ask", "-l", closed, QUESTION)
    assert asked.returncode == 0 and "5%" in asked.stdout, asked.stderr
    assert run("doctor", "-l", closed).returncode == 0
    for refused in (run("add", "-l", closed, note), run("doctor", "--rebuild", "-l", closed)):
        assert refused.returncode == 1
        assert refused.stderr == (
            f"error[library-read-only]: cannot write to {closed}: change its permissions, or copy it\n"
        )


def test_a_second_writer_waits_for_the_first_or_is_told_who_it_is(library, note, sinkqa, monkeypatch):
    monkeypatch.setenv("SINKQA_LOCK_TIMEOUT_S", "0")
    with write_lock(library, timeout_s=0):
        busy = sinkqa("add", "-l", library, note)
        assert "5%" in sinkqa("ask", "-l", library, QUESTION).out  # readers go on
    assert busy.status == 1
    assert busy.err.startswith("error[library-busy]") and f"process {os.getpid()}" in busy.err

    monkeypatch.setenv("SINKQA_LOCK_TIMEOUT_S", "30")
    released: list[float] = []

    def hold() -> None:
        with write_lock(library, timeout_s=0):
            held.set()
            time.sleep(0.5)
            released.append(time.monotonic())

    held = threading.Event()
    writer = threading.Thread(target=hold)
    writer.start()
    held.wait()
    ran = sinkqa("add", "-l", library, note)
    assert ran.status == 0 and released and time.monotonic() > released[0]
    writer.join()
