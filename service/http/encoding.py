"""JSON that can always be sent: documents may hold lone surrogates, which UTF-8 has no bytes for."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


class Json(JSONResponse):
    """A body as :func:`dumps` writes it."""

    def render(self, content: Any) -> bytes:
        """The bytes."""
        return dumps(content).encode()


def dumps(content: Any) -> str:
    """The JSON on one line. Characters stay as they are, but if UTF-8 cannot encode one, all but ASCII are escaped."""
    line = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(content, allow_nan=False, separators=(",", ":"))
    return line
