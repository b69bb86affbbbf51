"""Records the files in a folder of fetched documents, and the address that each came from.

The record is a JSON file beside the documents. It is replaced as a whole after each document.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sinkqa.service.errors import FetchBusy, InvalidManifest, InvalidSetting
from sinkqa.service.fetching.manifest import ManifestEntry

_FORMAT = 1
_NAME = "fetched.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document in the folder. ``when``: the UTC time at which it was fetched, ISO 8601."""

    id: str
    url: str
    final_url: str
    file: str
    sha256: str
    bytes: int
    type: str
    etag: str | None
    last_modified: str | None
    when: str


class FetchRecord:
    """The record of a folder, read once and written after each change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = _read(folder / _NAME)

    def intact(self, entry: ManifestEntry) -> Kept | None:
        """The document of ``entry`` if its address is the same and its file still has the fetched bytes, else None."""
        kept = self._kept.get(entry.id)
        if kept is None or (kept.url, kept.file, kept.type) != (entry.url, entry.file, entry.type):
            return None
        try:
            content = (self._folder / kept.file).read_bytes()
        except OSError:
            return None
        return kept if hashlib.sha256(content).hexdigest() == kept.sha256 else None

    def keep(self, kept: Kept) -> None:
        """Records a fetched document. The record is durable on return."""
        self._kept[kept.id] = kept
        files = {name: asdict(each) for name, each in sorted(self._kept.items())}
        replace_with(
            self._folder / _NAME,
            json.dumps({"format": _FORMAT, "files": files}, ensure_ascii=False, indent=1).encode(),
        )


def replace_with(path: Path, content: bytes) -> None:
    """Writes a file so that either the whole new content is there or none of it."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds the right to fetch into ``folder``. If its process dies, the right is free again.

    Raises:
        FetchBusy: another process is fetching into the folder.
        InvalidSetting: the folder cannot be created or written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock", timeout=0, is_singleton=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise FetchBusy(
            f"another process is fetching into {folder}: wait for it to finish, or name another folder with --to"
        ) from error
    except OSError as error:
        raise InvalidSetting(
            f"folder {folder}: cannot be written to ({error.strerror}): correct that, or name another with --to"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _read(path: Path) -> dict[str, Kept]:
    """Reads the record; a damaged one counts as empty, so that its files are fetched again."""
    try:
        found = json.loads(path.read_bytes())
        if found["format"] > _FORMAT:
            raise InvalidManifest(
                f"record {path}: expected format {_FORMAT}, got {found['format']}: fetch with the newer version, or "
                "name another folder with --to"
            )
        return TypeAdapter(dict[str, Kept]).validate_python(found["files"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, ValidationError):
        return {}
