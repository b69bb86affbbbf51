"""Writes the log: one JSON object on each line, with the id of its request; at a terminal, plain lines for people."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from sinkqa.service.hosting.keys import scrubbed

_TOLD = {"method", "route", "status", "taken_ms", "collection", "who", "address", "path"}
_SAID = ("Shutting down", "Waiting for connections", "Waiting for background")
"""The messages of uvicorn that people need. All others are about its internal steps."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
ID_OF_REQUEST: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """The id of the current request, from the client or made by the server. None outside of any request."""
    return ID_OF_REQUEST.get()


class JsonLines(logging.Formatter):
    """One JSON object on a line for each record. ``worker``: the number of the process, if there are several."""

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
            "worker": self._worker,
            **{name: value for name, value in vars(record).items() if name in _TOLD},
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        told = {name: value for name, value in line.items() if value is not None}
        return scrubbed(json.dumps(told, default=str))


class PlainLines(logging.Formatter):
    """A line for people for each record: time, level if it is a warning or worse, event, and duration."""

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record, with the lines of an error below it."""
        parts = [f"{datetime.fromtimestamp(record.created):%H:%M:%S}"]
        parts += [f"worker {self._worker}"] * (self._worker is not None)
        parts += [record.levelname.lower()] * (record.levelno >= logging.WARNING)
        parts.append(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", record.getMessage()))
        if (taken_ms := getattr(record, "taken_ms", None)) is not None:
            parts.append(f"{taken_ms:.0f} ms")
        error = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return scrubbed("  ".join(parts) + error)


def _concerns_people(record: logging.LogRecord) -> bool:
    """Whether it is more than a step of the server's own."""
    return record.levelno >= logging.WARNING or record.name != "uvicorn.error" or record.getMessage().startswith(_SAID)


def is_plain(log: str) -> bool:
    """Whether to write lines for people: the setting ``log`` decides, or else whether standard error is a terminal."""
    return log == "plain" or (log == "auto" and sys.stderr.isatty())


def begin_log(log: str, worker: int | None = None) -> None:
    """Sends all logging of this process to standard error, from the level INFO on, in the format of ``log``."""
    handler = logging.StreamHandler(sys.stderr)
    if is_plain(log):
        handler.setFormatter(PlainLines(worker))
        handler.addFilter(_concerns_people)
    else:
        handler.setFormatter(JsonLines(worker))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in ("httpx", "faiss.loader"):  # the addresses of language models; processors that this one is not
        logging.getLogger(name).setLevel(logging.WARNING)


def announce(line: str, log: str) -> None:
    """Writes one line for the person who started the server, if a person is at a terminal to read it."""
    if is_plain(log):
        print(line, file=sys.stderr, flush=True)  # noqa: T201
    elif sys.stdout is not None and sys.stdout.isatty():
        print(line, flush=True)  # noqa: T201
