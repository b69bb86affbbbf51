"""Questions that come line by line from standard input: an answer for each, as soon as it is there."""

from __future__ import annotations

import gc
import sys
from itertools import chain
from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.commands import terminal
from sinkqa.service.commands.asking.manner import Manner

if TYPE_CHECKING:
    from sinkqa.service.answer import Answer
    from sinkqa.service.engine import Engine

_BLANK = "\ufeff \t\r\n"  # a mark of byte order too, which some programs begin a text with


def answer_lines(engine: Engine, manner: Manner, first: str) -> bool:
    """Answers the ``first`` line and all that follow, each by itself; a blank line asks nothing.

    With JSON, each line of the output is one object: an answer, or the ``question`` with its ``error``. Returns whether
    all were answered, be it with an abstention.
    """
    gc.enable()  # which one question does without
    answers: list[Answer] = []
    begun = failed = False
    for line in chain([first], sys.stdin):
        question = line.strip(_BLANK)
        if not question:
            continue
        try:
            answer = engine.ask(question, **manner.asks)
        except SinkQAError as error:
            failed = True
            _show_failed(question, error, manner)
            continue
        if manner.as_json:
            terminal.show_json(answer.as_dict(), indent=None)
        else:
            if begun:
                terminal.show_line(Text())
            begun = True
            terminal.show_line(Text(f"> {question}", style="bold"))
            manner.show(answer, engine)
        if manner.export:
            answers.append(answer)
    manner.write(answers, engine)
    return not failed


def _show_failed(question: str, error: SinkQAError, manner: Manner) -> None:
    if manner.as_json:
        told = {"question": question, "error": {"code": error.code, "message": error.message}}
        terminal.show_json(told, indent=None)
    else:
        terminal.show_error(error)
