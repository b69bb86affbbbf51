"""Reads the manifest: the documents to fetch, their addresses and their types."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import FORMATS
from sinkqa.service.errors import InvalidManifest, InvalidSetting


class ManifestEntry(BaseModel):
    """One document. Without a ``url``, the address of the file is not known, and ``page`` is where to look for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80, description="Names the file, too.")
    title: str = Field(min_length=1)
    title_zh: str | None = None
    issuer: str | None = None
    jurisdiction: str | None = None
    year: int | None = Field(None, ge=1000, le=9999)
    language: str | None = None
    type: str = Field("pdf", description="What the bytes must be: a format that is read.")
    url: str | None = Field(None, description="Official address of the file.")
    page: str | None = Field(None, description="Official page to open by hand.")
    hosts: tuple[str, ...] = Field((), description="Hosts (host or host:port) it may redirect to, besides its own.")
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$", description="Of the only bytes that will do, if known.")

    @field_validator("url", "page")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        try:
            url = httpx.URL(value or "https://unset")
        except httpx.InvalidURL as error:
            raise ValueError(f"expected an address, got none ({error})") from error
        if url.scheme not in ("https", "http") or not url.host or url.userinfo:
            raise ValueError("expected an http or https address without a name or password")
        return value

    @field_validator("type")
    @classmethod
    def _is_read(cls, value: str) -> str:
        if value not in FORMATS:
            raise ValueError(f"expected one of {', '.join(FORMATS)}")
        return value

    @model_validator(mode="after")
    def _has_address(self) -> ManifestEntry:
        if not (self.url or self.page):
            raise ValueError("expected url, page or both")
        return self

    @property
    def by_hand(self) -> str:
        """The address to open by hand."""
        return self.page or self.url or ""

    @property
    def about(self) -> Metadata:
        """The document's metadata for the library. Its title is in the document's own language."""
        title = self.title_zh if self.language == "zh" and self.title_zh else self.title
        return Metadata(
            title=title,
            issuer=self.issuer,
            jurisdiction=self.jurisdiction,
            year=self.year,
            url=self.url or self.page,
        )

    @property
    def file(self) -> str:
        """The name of the file in the folder. The server does not influence it."""
        return self.id + FORMATS[self.type].suffixes[0]


class Manifest(BaseModel):
    """Documents in the order in which they are requested."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    documents: tuple[ManifestEntry, ...]

    @field_validator("documents")
    @classmethod
    def _has_each_once(cls, value: tuple[ManifestEntry, ...]) -> tuple[ManifestEntry, ...]:
        ids = [entry.id for entry in value]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"expected each id once, got {', '.join(twice)} again")
        return value


def load_manifest(path: Path | None = None) -> tuple[ManifestEntry, ...]:
    """The documents of a manifest. The default is the bundled manifest (policy documents that the paper cites).

    Raises:
        InvalidManifest: the file cannot be read, or something in it is not as described in docs/fetching.md.
    """
    source = path or resources.files("sinkqa.ingest") / "data" / "manifest.json"
    try:
        return Manifest.model_validate_json(source.read_bytes()).documents
    except OSError as error:
        raise InvalidManifest(f"manifest {path}: cannot be read ({error.strerror}); check the path") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise InvalidManifest(
            f"manifest {path}: {where}: {first['msg'].lower()}; see docs/fetching.md for what it holds"
        ) from error


def select(entries: Sequence[ManifestEntry], patterns: Sequence[str]) -> list[ManifestEntry]:
    """The entries whose id matches one of ``patterns`` (``us-*``), in manifest order. No patterns select all entries.

    Raises:
        InvalidSetting: a pattern matches no entry. The message names it.
    """
    for pattern in patterns:
        if not any(fnmatchcase(entry.id, pattern) for entry in entries):
            raise InvalidSetting(f"option --only: no document has the id {pattern!r}; see sinkqa fetch --list")
    return [e for e in entries if not patterns or any(fnmatchcase(e.id, pattern) for pattern in patterns)]
