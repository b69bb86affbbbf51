"""The log: one JSON object on a line, with the id of the request it belongs to."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from sinkqa.service.hosting.keys import scrubbed

_TOLD = {"method", "route", "status", "taken_ms", "collection", "who", "address", "path"}
ID_OF_REQUEST: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """The id of the request that runs now, as its client gave it or as it was told it; None outside of any."""
    return ID_OF_REQUEST.get()


class JsonLines(logging.Formatter):
    """One JSON object on a line for each record; ``worker`` is the number of the process, where there are several."""

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
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


def log_as_json(worker: int | None = None) -> None:
    """All logging of this process goes to standard error as JSON lines, from the level of information on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(worker))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell the addresses of language models
