"""Where a passage or citation is looked up: one address for every interface."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request

from service.collections import DEFAULT
from service.settings import Settings


def base_of(request: Request) -> str:
    """The address that this server is reached at, without a slash at its end: as set, else as the request has it."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


def passage_link(base: str, passage_id: str, *, collection: str = DEFAULT) -> str:
    """The address of a passage, which stays while its document does."""
    where = f"{base}/v1/passages/{quote(passage_id, safe='')}"
    return where if collection == DEFAULT else f"{where}?collection={quote(collection, safe='')}"
