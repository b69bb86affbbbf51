"""JSON that can always be sent: documents may hold lone surrogates, which UTF-8 has no bytes for."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


class Json(JSONResponse):
    """UTF-8, with escapes in ASCII where the text cannot be encoded."""

    def render(self, content: Any) -> bytes:
        """The body."""
        try:
            return super().render(content)
        except UnicodeEncodeError:
            return dumps(content).encode("ascii")


def dumps(content: Any) -> str:
    """One line of plain ASCII."""
    return json.dumps(content, allow_nan=False, separators=(",", ":"))
