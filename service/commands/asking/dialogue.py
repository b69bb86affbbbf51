"""A small dialogue on a terminal. A question may refer to the questions before it."""

from __future__ import annotations

import gc
import locale
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.index.errors import DocumentNotFound, PassageNotFound
from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.commands import memo, terminal
from sinkqa.service.commands.asking.manner import Manner
from sinkqa.service.commands.showing.answers import NEAREST
from sinkqa.service.commands.showing.passages import show_passage
from sinkqa.service.commands.showing.words import say
from sinkqa.service.conversation import ask_in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sinkqa.service.answer import Answer, Citation, RankedPassage
    from sinkqa.service.engine import Engine

_PROMPT = "> "
_COLONS = ":："  # as English and Chinese keyboards have it


class Dialogue:
    """A thread of questions and answers, and the commands about it."""

    def __init__(self, engine: Engine, manner: Manner) -> None:
        self._engine, self._manner = engine, manner
        self._language = _of_locale()
        self._turns: list[str] = []
        self._answers: list[Answer] = []
        self._saved: set[Path] = set()
        self._commands: dict[str, Callable[[str], bool]] = {
            "open": self._open,
            "save": self._save,
            "new": self._begin_anew,
            "help": self._help,
            "quit": lambda given: False,
        }

    def run(self) -> None:
        """Reads and answers until the input ends, or somebody says so."""
        gc.enable()  # which one question does without
        _speak_utf8()
        with suppress(ImportError):
            import readline  # noqa: F401  # from here on, input() knows the keys for moving and the lines before
        self._note("hint", self._engine.size().documents)
        going = True
        while going:
            try:
                line = input(_PROMPT).strip()
            except KeyboardInterrupt:  # what was typed is dropped
                terminal.show_line(Text())
                continue
            except EOFError:
                terminal.show_line(Text())
                break
            try:
                going = self._answer_to(line)
            except SinkQAError as error:
                terminal.show_error(error)
            except KeyboardInterrupt:
                self._note("stopped")
        self._manner.write(self._answers, self._engine)

    def _answer_to(self, line: str) -> bool:
        """Does what a line says; whether the dialogue goes on."""
        if not line:
            return True
        if line[0] not in _COLONS:
            self._ask(line)
            return True
        name, _, given = line[1:].partition(" ")
        if command := self._commands.get(name.lower()):
            return command(given.strip())
        self._note("noCommand", line.split()[0])
        return True

    def _ask(self, turn: str) -> None:
        manner = self._manner
        turns = [*self._turns, turn]
        *_, answer = ask_in_turn(self._engine, turns, **manner.asks)
        self._turns, self._language = turns, answer.language
        if answer.question != turn:
            self._note("understood", answer.question)
        if not answer.is_reply:
            self._answers.append(answer)
        manner.show(answer, self._engine)
        terminal.show_line(Text())

    def _open(self, given: str) -> bool:
        shown: Sequence[Citation | RankedPassage] = ()
        if self._answers:
            shown = self._answers[-1].citations or self._answers[-1].passages[:NEAREST]
        if not shown:
            self._note("nothingToOpen")
            return True
        with suppress(ValueError):
            if 1 <= (number := int(given.strip("[]"))) <= len(shown):
                self._show_passage(shown[number - 1])
                return True
        numbers = "1" if len(shown) == 1 else f"1–{len(shown)}"
        self._note("noQuote", numbers, given[:40] or "–")
        return True

    def _show_passage(self, at: Citation | RankedPassage) -> None:
        try:
            passage = self._engine.passage(at.passage_id)
        except (PassageNotFound, DocumentNotFound):
            self._note("gone")
        else:
            show_passage(passage, at, self._language)

    def _save(self, given: str) -> bool:
        path = Path(given.strip("\"'")).expanduser()
        if not given:
            self._note("noFile")
        elif not self._answers:
            self._note("nothingToSave")
        elif path.exists() and path not in self._saved:
            self._note("fileThere", path)
        else:
            kind, manner = memo.format_of(path), self._manner
            memo.write(self._answers, self._engine, path, kind, library=manner.library, collection=manner.collection)
            self._saved.add(path)
        return True

    def _begin_anew(self, given: str) -> bool:
        self._turns, self._answers = [], []
        self._note("newThread")
        return True

    def _help(self, given: str) -> bool:
        self._note("help")
        return True

    def _note(self, name: str, *args: object) -> None:
        terminal.show_line(Text(say(self._language, name, *args), style="dim"))


def _speak_utf8() -> None:
    """Where the environment names a locale that is not there, or C, the keyboard is read as Python reads: in UTF-8.

    Else each byte of a Chinese character would be taken for a key that commands the line.
    """
    try:
        locale.setlocale(locale.LC_CTYPE, "")
        is_known = locale.nl_langinfo(locale.CODESET) != "ANSI_X3.4-1968"  # ASCII
    except (locale.Error, AttributeError):
        is_known = False
    if not is_known:
        os.environ.pop("LC_ALL", None)
        os.environ["LC_CTYPE"] = "C.UTF-8"


def _of_locale() -> str:
    """The language to begin in: Chinese where the terminal's is, else English."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"
