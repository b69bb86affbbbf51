"""Makes links to passages and citations, the same for every interface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import quote, urlencode

from fastapi import Request

from sinkqa.service.hosting.collections import DEFAULT
from sinkqa.service.settings import Settings


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def base_of(request: Request) -> str:
    """The base address of this server without a final slash: the configured one, else the address of the request."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


def passage_link(base: str, passage_id: str, *, spans: Iterable[_Span] = (), collection: str = DEFAULT) -> str:
    """The address that opens a passage in the page. It is valid as long as the document is stored.

    ``BASE/#/p/PASSAGE?q=start-end,start-end&collection=NAME``: ``q`` gives the words to highlight, in code points of
    the document's source text. Without ``q``, the passage is highlighted. ``collection`` is left out for the default
    one. The part after the ``#`` is only for the page: no server or proxy on the way can see or log it.
    """
    asked = {"q": ",".join(f"{span.start}-{span.end}" for span in spans)}
    asked |= {} if collection == DEFAULT else {"collection": collection}
    query = urlencode({name: value for name, value in asked.items() if value}, safe=",")
    return f"{base}/#/p/{quote(passage_id, safe='')}" + (f"?{query}" if query else "")
