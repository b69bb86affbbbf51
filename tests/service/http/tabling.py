"""An engine that answers with parts, a table and what is missing, all of it quoted from its own library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn

from sinkqa.service.answer import Answer, AnswerTable, Citation, Segment
from sinkqa.service.answering.judging.tabulating import table_of, tables
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.citations import cite
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.app import create_app
from sinkqa.service.settings import Settings

FENS = {
    "fens.md": (
        "# Fens\n\nTable 2 Limits of the | fens\n\n"
        "| Fen | Grazing *limit* | Mowing |\n|---|---|---|\n"
        "| North [fen](http://evil.test) | 2 cows | after 15 July |\n| Bank | 5 cows | |\n| Mere | | after 1 June |\n\n"
        "Wardens walk the fens each week. They | note what they find.\n"
    )
}
ASKED = "What are the limits of each fen, how often do wardens walk them, and who pays?"
MISSING = ("who | pays", "<b>when</b>")
SUGGESTED = ("What does “Fens” say about *limits*?", "Who | pays?")
TRANSLATED = "看守人每周巡查沼泽 | *一次*。"


class Tabling(Engine):
    """Answers any question from the first table of its library and the first passage beside it."""

    def stream(self, question: str, **how: Any) -> Iterator[Answer]:
        """The answer of the engine, with other segments."""
        *_, given = super().stream(question, **how)
        yield tabled(self, given)


def tabled(engine: Engine, given: Answer, label: str | None = None) -> Answer:
    """The answer with a table of the library in the place of its segments, and a statement for another part."""
    library = engine._library
    every = [library.passages(record.doc_id) for record in library.documents()]
    group = next(group for each in every for group in tables(each) if label in (None, group[0].table))
    source = table_of(group)
    assert source is not None
    texts = [passage for each in every for passage in each if passage.kind == "text"]
    citations: list[Citation] = []
    for evidence in (*source.evidence(), *source.beside):
        citations.append(_cited(engine, evidence.passage, evidence.units, len(citations) + 1))
    table = source.answer({each.passage_id: each.number for each in citations}, given.language)
    beside = tuple(
        Segment(evidence.text, (number,)) for number, evidence in enumerate(source.beside, len(source.evidence()) + 1)
    )
    last = _cited(engine, texts[0], texts[0].units, len(citations) + 1)
    statement = Segment("\n".join(unit.text for unit in texts[0].units), (last.number,), part="how *often* they walk")
    head = tuple(replace(each, part="the limits of each fen") for each in table.flattened())
    return answered(given, (*head, *beside, statement), (*citations, last), table)


def answered(
    given: Answer, segments: tuple[Segment, ...], citations: tuple[Citation, ...], table: AnswerTable
) -> Answer:
    """The answer with these in the place of its own."""
    said = " ".join(f"{each.text} " + "".join(f"[{n}]" for n in each.citations) for each in segments)
    return replace(
        given,
        status="partial",
        abstain_reason=None,
        answer=said,
        segments=segments,
        citations=(replace(citations[0], translation=TRANSLATED), *citations[1:]),
        table=table,
        missing=MISSING,
        suggestions=SUGGESTED,
    )


def _cited(engine: Engine, passage: Any, units: Any, number: int) -> Citation:
    citation = cite(engine._library, passage, units, number=number, score=1.0)
    assert citation is not None
    return citation


@contextmanager
def tabling(settings: Settings, opens: Callable[..., Engine] = Tabling.open) -> Iterator[str]:
    """A server in this process that answers with :class:`Tabling`, or another engine; gives its address."""
    app = create_app(settings)
    app.state.collections = Collections(settings, opens=opens)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
