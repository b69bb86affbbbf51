"""The manifest: the files that make up the search index of one generation."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sinkqa.index.errors import SearchIndexDamaged
from sinkqa.index.search.embedded.coding import Coder
from sinkqa.index.store.documents.serialization import to_json

DERIVED_FORMAT = 6
CURRENT = "CURRENT"


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that lists the removed places of a segment, uint32, ascending."""

    name: str
    size: int
    crc: int
    rows: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment: its file and number of rows."""

    name: str
    size: int
    crc: int
    rows: int
    removed: Removed | None = None

    @property
    def alive(self) -> int:
        """The number of its rows that are not removed."""
        return self.rows - (self.removed.rows if self.removed else 0)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of ``CURRENT``. ``last``: the highest row ever indexed. ``coder``: the parameters of all codes."""

    format: int
    generation: int
    encoder: str
    last: int
    coder: tuple[str, float] | None
    segments: tuple[Entry, ...]

    def files(self) -> set[str]:
        """The names of all files."""
        removed = {each.removed.name for each in self.segments if each.removed}
        return removed | {each.name for each in self.segments}

    def make_coder(self) -> Coder | None:
        """The coder of all codes; None if there are no codes."""
        if self.coder is None:
            return None
        centre, scale = self.coder
        return Coder(np.frombuffer(b64decode(centre), "<f4"), scale)


def packed_coder(coder: Coder | None) -> tuple[str, float] | None:
    """Returns the coder in the form of a manifest."""
    return (b64encode(coder.centre.astype("<f4").tobytes()).decode(), coder.scale) if coder else None


def read_manifest(derived: Path) -> Manifest:
    """Reads ``CURRENT``. Raises SearchIndexDamaged if it is missing, torn or of another format."""
    path = derived / CURRENT
    try:
        crc, _, text = path.read_text("utf-8").partition(" ")
        if zlib.crc32(text.encode()) != int(crc, 16):
            raise SearchIndexDamaged(f"{path}: it is of another format, or differs from its checksum")
        values = json.loads(text)
        if values["format"] != DERIVED_FORMAT:
            raise SearchIndexDamaged(f"{path}: format {values['format']}, expected {DERIVED_FORMAT}")
        entries = [
            Entry(**each | {"removed": Removed(**each["removed"]) if each["removed"] else None})
            for each in values["segments"]
        ]
        coder = (values["coder"][0], values["coder"][1]) if values["coder"] else None
        return Manifest(**values | {"segments": tuple(entries), "coder": coder})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SearchIndexDamaged(f"{path}: {error}") from error


def write_manifest(derived: Path, manifest: Manifest, *, aside: str) -> None:
    """Makes the manifest current: writes ``CURRENT`` under the name ``aside``, then replaces the old one."""
    text = to_json(asdict(manifest))
    (derived / aside).write_text(f"{zlib.crc32(text.encode()):08x} {text}", "utf-8")
    (derived / aside).replace(derived / CURRENT)
