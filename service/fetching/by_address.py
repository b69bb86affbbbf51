"""Fetches one document by its address, under the same checks as the documents of a manifest."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import unquote

import httpx

from sinkqa.service.errors import AddressRefused
from sinkqa.service.fetching.courier import Courier, Manners, cut, pieces
from sinkqa.service.fetching.refusal import FetchRefusal
from sinkqa.service.settings import Settings

_IN_MEMORY = 1 << 20
_MOST_CHARS = 120
_LONGEST = 2_000
_OF_THE_REQUEST = 0.8  # of the time that a request may take: the rest is for putting what came on disk


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A fetched file: a ``name`` made from its address, and its bytes from the beginning."""

    name: str
    content: BinaryIO
    n_bytes: int


@asynccontextmanager
async def fetched(address: str, settings: Settings) -> AsyncIterator[FetchedFile]:
    """Fetches the file at a web address. Redirects may lead to any public machine; robots.txt is obeyed.

    Raises:
        AddressRefused: it is not a web address, or no document may be fetched from it.
    """
    url = _checked(address)
    most = int(min(settings.fetch_max_mb, settings.upload_max_mb) * 2**20)
    manners = Manners(
        pause_s=0.0,
        timeout_s=min(settings.fetch_timeout_s, _OF_THE_REQUEST * settings.request_timeout_s),
        max_bytes=most,
        allow_private=settings.fetch_private,
    )
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        try:
            async with Courier(manners) as courier, courier.get(str(url), hosts=None) as response:
                if response.status_code != 200:
                    raise FetchRefusal("unexpected-status", f"{url.host}: status {response.status_code}")
                async for piece in pieces(response):
                    file.write(piece)
                    if file.tell() > most:
                        raise FetchRefusal("too-large", f"more than {most / 2**20:g} MiB")
        except FetchRefusal as error:
            raise AddressRefused(
                f"address: nothing was taken from {cut(url)[:120]} ({error.code}): {error.message}; "
                "open it in a browser and upload the file"
            ) from error
        size = file.tell()
        file.seek(0)
        yield FetchedFile(file_name(url), cast(BinaryIO, file), size)


def file_name(url: httpx.URL) -> str:
    """A name, with its suffix, that is unique to the address, so that a later file of that name is a new version."""
    whole = unquote(f"{url.host}{url.raw_path.decode('ascii')}").strip("/").replace("/", "_").replace("\\", "_")
    if len(whole) <= _MOST_CHARS:
        return whole
    tail = whole.rpartition(".")[2].partition("?")[0]
    suffix = f".{tail}" if tail.isalnum() and len(tail) <= 5 else ""
    return f"{whole[: _MOST_CHARS - 20]}_{hashlib.sha256(str(url).encode()).hexdigest()[:10]}{suffix}"


def _checked(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("https", "http") or not url.host or url.userinfo or len(address) > _LONGEST:
        raise AddressRefused(
            f"address: expected one of the web that begins with https:// or http:// and names no user, "
            f"got {address[:80]!r}; copy it from the browser's address bar"
        )
    return url
