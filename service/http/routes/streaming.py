"""Streams an answer as events. One thread does the work, and each event is sent when it is ready."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import anyio
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.answer import Answer
from sinkqa.service.budget import give_up
from sinkqa.service.errors import DeadlineExceeded
from sinkqa.service.http.encoding import dumps
from sinkqa.service.progress import Step, listening

EVENTS = """The answer as server-sent events, nothing of it twice, each with one JSON object:

1. `progress`, any number of times: the `step` that begins: `judging` what was found, `checking` quotes word for word,
   `writing` by a language model;
2. `evidence`: `question`, `language`, `generation`, `encoder` and the ranked `passages`, before any model writes;
3. `citations`: the `citations` that the segments refer to;
4. `abstention`, where it abstains: `abstain_reason` and the `text` that says so, or that replies to a greeting;
5. `table`, where there is one: the `table` that the segments marked as `tabled` tell row by row;
6. `segment`, for each: its `text`, `citations`, the numbers, `part` and `tabled`;
7. `done`: `status`, `confidence`, `generated`, `notes`, `removed`, `missing`, `suggestions` and `timings_ms`.

Where it fails after the first event, `problem` is the last one: its `code` and `detail`, as a problem's elsewhere."""
EVENT = {
    "description": EVENTS,
    "type": "object",
    "properties": {
        "event": {"enum": ["progress", "evidence", "citations", "abstention", "table", "segment", "done", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
EXAMPLE = """event: progress
data: {"step": "judging"}

event: evidence
data: {"question": "…", "language": "zh", "generation": 7, "encoder": "…", "passages": []}

event: done
data: {"status": "abstained", "confidence": 0.1, "generated": false, "notes": [], "removed": [], \
"missing": [], "suggestions": [], "timings_ms": {}}

"""

_LAST = ("status", "confidence", "generated", "notes", "removed", "missing", "suggestions", "timings_ms")
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
_PROGRESS = b"event: progress"
_LATE = "no answer within {:g} s (setting request_timeout_s): ask for less, or later"
_log = logging.getLogger(__name__)

_Told = asyncio.Queue[bytes | Exception | None]


async def streamed(ask: Callable[[], Iterator[Answer]], *, patience_s: float) -> Response:
    """Sends the steps of ``ask`` as events. The evidence must follow the first event within ``patience_s`` seconds.

    An error before the first event is raised, so that the response's status shows it.
    """
    told: _Told = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(item: bytes | Exception | None) -> None:
        loop.call_soon_threadsafe(told.put_nowait, item)

    def work() -> None:
        try:
            with listening(_Steps(tell)):
                for event in _events(ask()):
                    tell(event)
        except Exception as error:  # noqa: BLE001  # passed to the waiting coroutine, which logs unforeseen ones
            tell(error)
        finally:
            tell(None)

    working = asyncio.create_task(run_in_threadpool(work))  # one thread, of those that all questions share
    first = await told.get()
    if isinstance(first, Exception):
        await working
        raise first
    return EventSourceResponse(_relayed(first, told, working, patience_s), headers=_HEADERS)


async def _relayed(
    item: bytes | Exception | None, told: _Told, working: asyncio.Task[None], patience_s: float
) -> AsyncIterator[bytes]:
    """Passes on each event when it comes. If the client stops reading, the work ends at its next check."""
    ends = asyncio.get_running_loop().time() + patience_s
    try:
        while item is not None:
            yield _problem(item) if isinstance(item, Exception) else item
            if isinstance(item, bytes) and not item.startswith(_PROGRESS):
                ends = math.inf  # what follows has limits of its own
            try:
                async with asyncio.timeout_at(ends if ends < math.inf else None):
                    item = await told.get()
            except TimeoutError:
                yield _problem(DeadlineExceeded(_LATE.format(patience_s)))
                return
    finally:
        if not working.done():
            give_up()
            with anyio.CancelScope(shield=True):  # it holds its place among the requests until then
                await working


class _Steps:
    """Tells of each step once, the first time that it begins."""

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        self._tell = tell
        self._begun = set[Step]()

    def __call__(self, step: Step) -> None:
        if step not in self._begun:
            self._begun.add(step)
            self._tell(_event("progress", {"step": step}, "step"))


def _events(steps: Iterator[Answer]) -> Iterator[bytes]:
    """The evidence at once; the rest when the last step is done."""
    answer = next(steps)
    yield _event("evidence", answer.as_dict(), "question", "language", "generation", "encoder", "passages")
    for later in steps:
        answer = later
    said = answer.as_dict()
    yield _event("citations", said, "citations")
    if answer.status == "abstained":
        yield _event("abstention", said | {"text": answer.lead}, "abstain_reason", "text")
    if answer.table:
        yield _event("table", said, "table")
    for segment in said["segments"]:
        yield _event("segment", segment, *segment)
    yield _event("done", said, *_LAST)


def _problem(error: Exception) -> bytes:
    if isinstance(error, SinkQAError):
        told = {"code": error.code, "detail": str(error)}
    else:
        _log.error("a question failed", exc_info=error)
        told = {"code": "internal-error", "detail": "the server failed; its log says why"}
    return _event("problem", told, *told)


def _event(name: str, data: Mapping[str, Any], *fields: str) -> bytes:
    return format_sse_event(event=name, data_str=dumps({field: data[field] for field in fields}))
