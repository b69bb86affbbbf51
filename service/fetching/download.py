"""Downloads one document into its file. The file must be complete and of the expected type."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers.sniff import sniff
from sinkqa.service.fetching.courier import Courier, Manners, pieces
from sinkqa.service.fetching.manifest import ManifestEntry
from sinkqa.service.fetching.record import Kept, replace_with
from sinkqa.service.fetching.refusal import FetchRefusal

if TYPE_CHECKING:
    import httpx

OnBytes = Callable[[int, int | None], None]
"""Called with (bytes so far, bytes in all or None)."""

_LEAST_TEXT = 200  # characters: less than any document, more than "please wait" in most words
_PDF_END = 4096  # bytes at the end within which %%EOF stands
_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]+/([0-9]{1,18})")
_BAD = {
    401: "forbidden", 403: "forbidden", 451: "forbidden", 404: "not-found", 410: "not-found", 429: "rate-limited",
    202: "not-ready",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Partial:
    """The beginning of an interrupted download, and the validator that says whether the rest still belongs to it."""

    path: Path

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".json")

    def begin(self, url: str, validator: str | None) -> None:
        """Deletes the old beginning. Without a validator the new download cannot be resumed."""
        self.drop()
        if validator:
            replace_with(self._note, json.dumps({"url": url, "validator": validator}).encode())

    def resumable(self, url: str) -> tuple[int, str] | None:
        """The number of bytes present and the validator for If-Range; None if the download must start again."""
        try:
            note = json.loads(self._note.read_bytes())
            size = self.path.stat().st_size
            return (size, str(note["validator"])) if size and note["url"] == url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def drop(self) -> None:
        """Deletes the partial download."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


async def download(
    entry: ManifestEntry, folder: Path, courier: Courier, *, manners: Manners, known: Kept | None, on_bytes: OnBytes
) -> Kept:
    """Requests the document once and returns it. Returns ``known`` if the server says that it has not changed.

    The bytes that arrived before an interruption are kept. The next call requests only the rest.

    Raises:
        FetchRefusal: the document could not be fetched. A file from an earlier fetch remains.
    """
    address = entry.url or ""
    part = Partial(folder / f".{entry.id}.part")
    begun = part.resumable(address)
    headers = _conditions(known, begun)
    async with courier.get(address, hosts=entry.hosts, headers=headers) as response:
        if response.status_code == 304 and known:
            part.drop()
            return known
        start, size = _place(response, begun, part)
        if size is not None and size > manners.max_bytes:
            raise _too_large(size, manners)
        if not start:
            part.begin(address, _validator(response))
        got = start
        with part.path.open("ab") as file:
            async for piece in pieces(response):
                got += len(piece)
                if got > manners.max_bytes:
                    part.drop()
                    raise _too_large(got, manners)
                file.write(piece)
                on_bytes(got, size)
            file.flush()
            os.fsync(file.fileno())
    try:
        return _accept(entry, part.path, folder, response, size=size)
    finally:
        part.drop()


def _conditions(known: Kept | None, begun: tuple[int, str] | None) -> dict[str, str]:
    headers = {}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    elif known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    if begun:
        headers |= {"Range": f"bytes={begun[0]}-", "If-Range": begun[1]}
    return headers


def _validator(response: httpx.Response) -> str | None:
    """What If-Range may hold: a strong tag or a date; nothing for a compressed body, whose bytes are not the file's."""
    if response.headers.get("Content-Encoding"):
        return None
    tag = str(response.headers.get("ETag", ""))
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def _place(response: httpx.Response, begun: tuple[int, str] | None, part: Partial) -> tuple[int, int | None]:
    """Where in the file the body begins, and how long the file is if that is known."""
    status = response.status_code
    if status == 200:
        length = response.headers.get("Content-Length", "")
        is_length = length.isascii() and length.isdigit() and not response.headers.get("Content-Encoding")
        return 0, int(length) if is_length else None
    if status == 206 and begun:
        found = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        is_same = (_validator(response) or begun[1]) == begun[1]  # some servers ignore If-Range
        if found and int(found[1]) == begun[0] and is_same and not response.headers.get("Content-Encoding"):
            return begun[0], int(found[2])
    if begun and status in (206, 416):
        part.drop()
        raise FetchRefusal(
            "unexpected-status", f"status {status}: the server cannot go on at byte {begun[0]}", again=True
        )
    host, length = response.url.host, response.headers.get("Content-Length", "?")
    code = _BAD.get(status) or ("server-error" if status >= 500 else "unexpected-status")
    again = code in ("rate-limited", "not-ready", "server-error")
    raise FetchRefusal(
        code, f"{host}: status {status} {response.reason_phrase}"[:200] + f" ({length} bytes)", again=again
    )


def _too_large(size: int, manners: Manners) -> FetchRefusal:
    return FetchRefusal(
        "too-large", f"{size / 2**20:.1f} MiB or more; at most {manners.max_bytes / 2**20:g} MiB are fetched"
    )


def _accept(entry: ManifestEntry, path: Path, folder: Path, response: httpx.Response, *, size: int | None) -> Kept:
    """Moves the download to its place if it passes all checks."""
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if size is not None and len(content) != size:
        raise FetchRefusal("truncated", f"{len(content)} bytes came of {size}", again=True)
    _check_type(entry, content, str(response.headers.get("Content-Type", "no type")))
    if size is None and entry.type == "pdf" and b"%%EOF" not in content[-_PDF_END:]:
        raise FetchRefusal(
            "truncated", f"{len(content)} bytes came, the server named no length, and the PDF has no end"
        )
    if entry.sha256 and sha256 != entry.sha256:
        raise FetchRefusal("checksum-mismatch", f"expected sha256 {entry.sha256}, got {sha256}")
    path.replace(folder / entry.file)
    return Kept(
        id=entry.id,
        url=entry.url or "",
        final_url=str(response.url),
        file=entry.file,
        sha256=sha256,
        bytes=len(content),
        type=entry.type,
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        when=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _check_type(entry: ManifestEntry, content: bytes, said: str) -> None:
    """Checks the type by the bytes alone; the server's own claim stands in the message only."""
    try:
        kind = sniff(content, entry.file, expected=entry.type) if content else "nothing"
    except IngestError as error:
        raise FetchRefusal("wrong-type", f"expected {entry.type}, served as {said[:80]}: {error.message}") from error
    if kind != entry.type:
        raise FetchRefusal(
            "wrong-type", f"expected {entry.type}, got {kind} ({len(content)} bytes, served as {said[:80]})"
        )
    if kind == "html" and (length := _visible(content)) < _LEAST_TEXT:
        raise FetchRefusal(
            "no-text", f"a web page with {length} characters of text: a waiting page, or one that needs a browser"
        )


def _visible(content: bytes) -> int:
    """The number of visible characters of the page, without blanks."""
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(content)
    page.strip_tags(["script", "style", "noscript", "template", "head"])
    return len("".join(page.root.text().split())) if page.root else 0
