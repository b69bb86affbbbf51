"""Questions without an argument: a dialogue on a terminal, line by line in a pipe."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.conftest import COMMAND
from tests.screen import lines, typed

ZH, EN = "北京试点的CCER抵销比例上限是多少？", "What is the offset limit in Beijing?"
PROMPT = "> "


def talk(library: Path, *said: str, columns: int = 80, **how: str) -> str:
    """What stands on the screen after these lines were typed, each at a prompt, and the input ended."""
    steps = [(PROMPT, f"{line}\n") for line in said]
    end = [] if said[-1:] == (":quit",) else [(PROMPT, "\x04")]
    shown = typed("ask", "-l", library, columns=columns, steps=[*steps, *end], **how)
    return "\n".join(line.rstrip() for line in lines(shown))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_question_without_words_opens_a_dialogue_whose_turns_lean_on_those_before(starter):
    shown = talk(starter, EN, "And in Shanghai?", "珠峰上的鱼叫什么名字？")
    assert shown.startswith("44 documents in the library.") and ":help" in shown
    assert "offset limit of the Beijing pilot" in flat(shown)
    understood = shown.index("Understood as: What is the offset limit in Shanghai?")
    assert "offset limit of the Shanghai pilot" in flat(shown[understood:])
    assert "理解为" not in shown and "未作答" in shown


def test_a_thread_that_is_begun_anew_leans_on_nothing(starter):
    shown = talk(starter, EN, ":new", "And in Shanghai?")
    assert "A new thread." in shown and "Understood as" not in shown


def test_the_passage_of_a_quote_is_opened_with_the_quote_marked(starter):
    answer = Engine.open(Settings(library=starter)).ask(EN)
    passage = Engine.open(Settings(library=starter)).passage(answer.citations[0].passage_id)
    steps = [(PROMPT, f"{EN}\n"), (PROMPT, ":open 1\n"), (PROMPT, "\x04")]
    shown = typed("ask", "-l", starter, columns=200, steps=steps)
    opened = shown[shown.index(":open 1") :]
    assert all(flat(line) in flat("\n".join(lines(opened))) for line in passage.text.splitlines())
    assert "\x1b[1;4m" in opened  # bold and underlined


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (":open 7", "expected the number of a quote or passage in the last answer, 1, got 7"),
        (":open", "expected the number of a quote or passage in the last answer, 1, got –"),
        (":open " + "9" * 200, "got 9999"),
        (":frob", "no command :frob; :help lists what there is"),
        ("：help", ":save FILE"),
        (":save", "expected a file to write to"),
        (":save x.xyz", "error[invalid-export]: x.xyz"),
        (":save /nowhere/at/all.md", "error[invalid-export]: /nowhere/at/all.md: cannot be written"),
        ("?!", "error[invalid-question]"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_dialogue_goes_on(starter, command, said):
    shown = talk(starter, EN, command, "And in Shanghai?")
    assert said in flat(shown) and "Understood as: What is the offset limit in Shanghai?" in shown


def test_before_a_first_answer_there_is_nothing_to_open_or_save(starter):
    shown = talk(starter, ":open 1", ":save thread.md", "", ":quit")
    assert "no quote to open yet" in shown and "no answer to save yet" in shown


def test_a_thread_is_saved_with_its_quotes_and_no_other_file_is_written_over(starter, tmp_path):
    thread, mine = tmp_path / "thread.md", tmp_path / "mine.md"
    mine.write_text("My own notes.")
    shown = talk(starter, EN, f":save {mine}", f":save {thread}", "And in Shanghai?", f":save '{thread}'")
    assert mine.read_text() == "My own notes." and "is there already" in flat(shown)
    assert shown.count("written: ") == 2
    saved = thread.read_text("utf-8")
    assert EN in saved and "What is the offset limit in Shanghai?" in saved and "Shanghai pilot" in saved


def test_a_dialogue_is_exported_when_it_ends(starter, tmp_path):
    thread = tmp_path / "thread.md"
    steps = [(PROMPT, f"{ZH}\n"), (PROMPT, "\x04")]
    typed("ask", "-l", starter, "--export", thread, columns=80, steps=steps)
    assert ZH in thread.read_text("utf-8")


def test_the_line_before_comes_back_with_the_arrow_key(starter):
    shown = talk(starter, "?!", "\x1b[A")
    assert shown.count("error[invalid-question]") == 2


def test_ctrl_c_drops_what_was_typed_and_stops_an_answer_but_not_the_dialogue(starter):
    steps = [
        (PROMPT, "half a ques"),
        ("half a ques", "\x03"),
        (PROMPT, f"{EN}\n"),
        (EN, "\x03"),
        ("Stopped.", "And in Shanghai?\n"),
        ("Shanghai?", "\n"),
        (PROMPT, ":quit\n"),
    ]
    shown = typed("ask", "-l", starter, columns=80, steps=steps)
    assert "Traceback" not in shown and "Aborted" not in shown
    assert "Understood as" not in shown  # the question that was stopped is no turn to lean on


def test_a_dialogue_speaks_chinese_where_the_terminal_does(starter):
    shown = talk(starter, ":help", ZH, ":help", LC_ALL="zh_CN.UTF-8")
    assert shown.startswith("资料库中有 44 份文件") and "另开新对话" in shown and "list commands" not in shown


@pytest.mark.parametrize("how", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"LC_ALL": "C", "LANG": "C"}])
def test_a_dialogue_holds_on_poor_terminals(starter, how):
    shown = talk(starter, EN, ":open 1", columns=40, **how)
    assert "Beijing pilot" in flat(shown)
    assert max(len(line) for line in shown.splitlines()) <= 40


def piped(library: Path, text: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([COMMAND, "ask", "-l", library, *options], input=text, capture_output=True, timeout=120)


def test_questions_in_a_pipe_are_answered_line_by_line(starter):
    done = piped(starter, f"\ufeff{ZH}\r\n\n{EN}".encode())
    shown = done.stdout.decode()
    assert done.returncode == 0 and done.stderr == b""
    assert shown.index(f"> {ZH}\n") < shown.index(f"\n\n> {EN}\n")
    assert shown.count("> ") == 2 and "理解为" not in shown


def test_json_in_a_pipe_has_one_object_on_each_line_and_says_what_failed(starter):
    done = piped(starter, f"{ZH}\n?!\n\xff{EN}\n".encode("utf-8", "surrogateescape"), "--json")
    first, failed, last = map(json.loads, done.stdout.splitlines())
    assert first["question"] == ZH and first["status"] == "answered" and last["status"] == "answered"
    assert failed["question"] == "?!" and failed["error"]["code"] == "invalid-question"
    assert done.returncode == 1 and done.stderr == b""
    assert json.loads(piped(starter, b"", "--json", ZH).stdout)["answer"] == first["answer"]


def test_an_answer_comes_before_the_next_question_is_known(starter):
    with subprocess.Popen(
        [COMMAND, "ask", "-l", starter, "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        for question in (ZH, EN):
            running.stdin.write(f"{question}\n".encode())
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["question"] == question
        running.stdin.close()
        assert running.wait(60) == 0


def test_a_pipe_without_a_question_is_wrong_usage_and_begins_no_library(tmp_path):
    done = piped(tmp_path / "library", b"\n \n")
    assert done.returncode == 2 and b"no question" in done.stderr and not (tmp_path / "library").exists()


def test_answers_of_a_pipe_are_exported_together(starter, tmp_path):
    made = tmp_path / "answers.md"
    assert piped(starter, f"{ZH}\n{EN}\n".encode(), "--export", str(made)).returncode == 0
    assert ZH in made.read_text("utf-8") and EN in made.read_text("utf-8")


def test_a_reader_of_many_answers_who_has_had_enough_is_no_error(starter):
    line = f"set -o pipefail; yes '{EN}' | head -30 | '{COMMAND}' ask | head -1"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, timeout=120, env={**os.environ, "SINKQA_LIBRARY": str(starter)}
    )
    assert done.stdout.decode() == f"> {EN}\n" and done.stderr == b""


def test_ctrl_c_ends_a_pipe_without_a_traceback(starter):
    with subprocess.Popen(
        [COMMAND, "ask", "-l", starter], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stdin.write(f"{EN}\n".encode())
        running.stdin.flush()
        assert running.stdout.readline().decode() == f"> {EN}\n"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode != 0 and b"Traceback" not in out + err


@pytest.mark.parametrize("module", ["typer", "rich.text", "sinkqa.service.commands.showing.checks"])
def test_ctrl_c_while_the_program_is_loaded_ends_it_without_a_traceback(module):
    interrupting = f"""
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
import sinkqa.service.cli
"""
    done = subprocess.run([sys.executable, "-c", interrupting], capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_once_loaded_ctrl_c_is_what_it_was():
    told = "import signal as s; before = s.getsignal(2); import sinkqa.service.cli; print(s.getsignal(2) is before)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, timeout=60, text=True)
    assert done.stdout == "True\n", done.stderr
