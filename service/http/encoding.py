"""Writes JSON that can always be sent. Documents may contain lone surrogates, which UTF-8 cannot encode."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


class Json(JSONResponse):
    """A response whose body :func:`dumps` writes."""

    def render(self, content: Any) -> bytes:
        """The body in bytes."""
        return dumps(content).encode()


def dumps(content: Any) -> str:
    """The JSON on one line. If UTF-8 cannot encode a character, all characters outside ASCII are escaped."""
    line = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(content, allow_nan=False, separators=(",", ":"))
    return line
