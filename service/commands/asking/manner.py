"""The options of a command that asks: how it puts one question or many, and how it shows the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from sinkqa.service.commands import filtering, memo
from sinkqa.service.commands.showing.answers import show_answer

if TYPE_CHECKING:
    from datetime import date

    from sinkqa.index.hit import Filters
    from sinkqa.service.answer import Answer
    from sinkqa.service.engine import Engine


class Asks(TypedDict):
    """Arguments of :meth:`Engine.ask`."""

    k: int | None
    filters: Filters
    generate: bool
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Manner:
    """Options of ``ask``. ``kind`` is the format of the ``export``, "" where there is none."""

    filters: Filters
    k: int | None = None
    as_of: date | None = None
    generate: bool = False
    quotes: bool = False
    verbose: bool = False
    as_json: bool = False
    export: Path | None = None
    kind: str = ""
    library: Path | None = None
    collection: str | None = None

    @property
    def asks(self) -> Asks:
        """What the engine is asked with, besides the question."""
        return {"k": self.k, "filters": self.filters, "generate": self.generate, "as_of": self.as_of}

    def show(self, answer: Answer, engine: Engine) -> None:
        """Prints an answer. If nothing was found, names on stderr the chosen jurisdictions without documents."""
        show_answer(answer, as_json=self.as_json, quotes=self.quotes, verbose=self.verbose)
        if not answer.passages and self.filters.jurisdictions:
            filtering.note_empty(engine, self.filters)

    def write(self, answers: Sequence[Answer], engine: Engine) -> None:
        """Writes the answers to the ``export`` file, if one was named and there are answers."""
        if self.export and answers:
            memo.write(answers, engine, self.export, self.kind, library=self.library, collection=self.collection)
