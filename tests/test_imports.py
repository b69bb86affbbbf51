"""What a command does not need it does not wait for: told by the names of modules, not by the clock."""

import subprocess
import sys
from pathlib import Path

import pytest

QUESTION = "How high may offsets be in Beijing?"
_TOLD = """
import sys
from sinkqa.service.cli import main
try:
    main()
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""
SERVING = {
    "fastapi",
    "uvicorn",
    "httpx",
    "openai",
    "mcp",
    "multiprocessing",
    "sinkqa.service.http",
    "sinkqa.service.fetching",
}
READING = {
    "pypdf",
    "pypdfium2",
    "docx",
    "openpyxl",
    "sinkqa.service.intake.reader_pool",
    "sinkqa.service.intake.adding",
}
MODELS = {"pydantic", "pydantic_core", "importlib.metadata", "email"}
DIALOGUE = {
    "readline",
    "sinkqa.service.conversation",
    "sinkqa.service.commands.asking.dialogue",
    "sinkqa.service.commands.asking.lines",
}
ASKING = {"faiss", "rjieba", "tantivy", "tokenizers", "numpy.ma", "sinkqa.service.asking", "sinkqa.service.answering"}


def modules(*arguments: object) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _TOLD, *map(str, arguments)], capture_output=True, check=True, timeout=120, text=True
    )
    return set(done.stderr.splitlines())


@pytest.mark.parametrize("command", [(), ("ask",), ("add",), ("list",), ("serve",), ("fetch",), ("key",)])
def test_help_needs_neither_numbers_nor_a_library(command):
    found = modules(*command, "--help")
    assert "sinkqa.service.cli" in found
    assert not found & (
        SERVING | READING | ASKING | DIALOGUE | {"numpy", "sqlite3", "sinkqa.service.engine", "sinkqa.service.settings"}
    )


def test_a_list_needs_nothing_that_asks_reads_or_serves(starter: Path):
    found = modules("list", "-l", starter)
    assert "sinkqa.index.library" in found
    assert not found & (SERVING | READING | ASKING | MODELS)


def test_a_question_needs_nothing_that_reads_or_serves(starter: Path):
    found = modules("ask", "-l", starter, QUESTION)
    assert "sinkqa.service.asking" in found
    assert not found & (
        SERVING | READING | MODELS | DIALOGUE | {"numpy.ma", "numpy.typing", "rich.progress", "rich.markdown"}
    )


def test_a_dialogue_needs_nothing_that_answers_before_a_question_is_asked():
    told = "import sys; from sinkqa.service.commands.asking import dialogue; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, timeout=120, text=True)
    found = set(done.stdout.splitlines())
    assert "sinkqa.service.conversation" in found
    assert not found & (SERVING | READING | MODELS | {"faiss", "tantivy", "sinkqa.service.asking", "rich.progress"})


def test_questions_in_a_pipe_need_no_more_than_one_question(starter: Path):
    done = subprocess.run(
        [sys.executable, "-c", _TOLD, "ask", "-l", starter, "--json"],
        capture_output=True, check=True, timeout=120, text=True, input=f"{QUESTION}\n",
    )  # fmt: skip
    found = set(done.stderr.splitlines())
    assert "sinkqa.service.commands.asking.lines" in found
    assert not found & (SERVING | READING | MODELS | {"readline", "sinkqa.service.commands.asking.dialogue"})
