"""Manages API keys. Each is shown once and stored as a hash, in one file that all processes of an installation read."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from sinkqa.ingest.text.patterns import late
from sinkqa.service.errors import InvalidKey, KeyNotFound, KeysUnreadable
from sinkqa.service.hosting.keyed import KeyedDatabase, KeyedNote
from sinkqa.service.hosting.scopes import SCOPES, Scope
from sinkqa.service.settings import Settings

FORMAT = 1
_SECRET = late(r"sinkqa_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_LABEL_CHARS = 80
_LOCK_S = 10.0
_RESTORE = "restore it from a backup, or end all keys by sinkqa key reset"
_USED_EVERY = timedelta(minutes=1)  # a busy key must not mean a write for each request


@dataclass(frozen=True, slots=True)
class Key:
    """The stored data of a key. Times are ISO 8601 in UTC. ``collections`` None means all, including future ones."""

    id: str
    label: str
    scope: Scope
    collections: tuple[str, ...] | None
    sha256: str
    created: str
    expires: str | None = None
    last_used: str | None = None
    revoked: str | None = None

    @property
    def state(self) -> Literal["valid", "expired", "revoked"]:
        """Whether the key is valid now, or else whether it has expired or was revoked."""
        if self.revoked:
            return "revoked"
        return "expired" if self.expires and datetime.fromisoformat(self.expires) <= _now() else "valid"

    def allows(self, scope: Scope) -> bool:
        """Whether the scope is this key's own or one that its own includes."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)

    def public(self) -> dict[str, object]:
        """All its data except the hash."""
        shown = asdict(self) | {"state": self.state}
        del shown["sha256"]
        return shown


class Keys:
    """The keys of one installation, in one file beside its libraries. Safe for many processes and threads.

    Each process sees the changes of the others at its next look. A damaged or missing file admits nobody: each library
    of the installation keeps a mark that keys were made, also those in the database at ``address``.
    """

    def __init__(self, path: Path, *, address: str | None = None) -> None:
        self.path = path
        self._notes: list[KeyedNote | KeyedDatabase] = [KeyedNote(path.parent)]
        if address is not None:
            self._notes.append(KeyedDatabase(address))
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, ...], dict[str, Key]] | None = None

    def exist(self) -> bool:
        """Whether a key was ever made here. Revoked and expired keys count, and so do keys whose file is lost.

        Raises:
            LibraryError: a library cannot be read, so the answer is unknown.
        """
        return os.path.lexists(self.path) or self._is_noted()

    def note(self) -> None:
        """Marks every library if keys exist. This is for libraries that are newer than the keys."""
        if os.path.lexists(self.path):
            self._write_notes()

    def reset(self, *, to_open: bool) -> Path | None:
        """Ends all keys, whatever the state of their file. Moves the file aside and returns its new path.

        Afterwards requests are refused until a key is made. With ``to_open`` they are served as if there had never been
        a key.

        Raises:
            KeysUnreadable: the folder cannot be written to.
        """
        with self._alone():
            aside = None
            if os.path.lexists(self.path):
                aside = self.path.with_name(f"{self.path.name}.{_now():%Y%m%dT%H%M%SZ}.{secrets.token_hex(2)}")
                self.path.rename(aside)
            if to_open:
                for note in self._notes:
                    note.erase()
            else:
                self._write({})
                self._write_notes()
        return aside

    def stored(self) -> list[Key]:
        """Every key, oldest first.

        Raises:
            KeysUnreadable: the file is damaged, or users other than its owner may write to it.
        """
        return list(self._read().values())

    def create(
        self, label: str, *, scope: Scope = "read", collections: Sequence[str] = (), days: int | None = None
    ) -> tuple[Key, str]:
        """Makes a key. Returns it with its secret, which is stored nowhere. No ``collections`` means all of them.

        Raises:
            InvalidKey: the label is empty, longer than 80 characters or has control characters; or ``days`` is below 1.
            KeysUnreadable: as :meth:`stored`.
        """
        if not label.strip() or len(label) > _LABEL_CHARS or not label.isprintable():
            raise InvalidKey(
                f"label: expected 1-{_LABEL_CHARS} printable characters, got {label[:80]!r}; name its user"
            )
        if days is not None and not 1 <= days <= 36_500:
            raise InvalidKey(f"days: expected 1-36500, got {days}; leave it out for a key that does not expire")
        now = _now()
        expires = (now + timedelta(days=days)).isoformat() if days else None
        with self._changing() as keys:
            name = next(name for name in iter(lambda: secrets.token_hex(4), "") if name not in keys)
            secret = f"sinkqa_{name}_{secrets.token_urlsafe(32)}"
            scoped = tuple(sorted(set(collections))) or None
            keys[name] = key = Key(name, label.strip(), scope, scoped, _hash(secret), now.isoformat(), expires)
        return key, secret

    def revoke(self, name: str) -> Key:
        """Ends a key at once, by its id or its label. Revoking it again changes nothing.

        Raises:
            KeyNotFound: no key has this id, and no key or several keys have this label.
            KeysUnreadable: as :meth:`stored`.
        """
        with self._changing() as keys:
            found = [key for key in keys.values() if name == key.id] or [k for k in keys.values() if name == k.label]
            if len(found) != 1:
                got = f"{len(found)} keys have it" if found else "no key has it"
                raise KeyNotFound(f"key {name!r}: expected the id or the label of one key, {got}; see sinkqa key list")
            keys[found[0].id] = key = replace(found[0], revoked=found[0].revoked or _now().isoformat())
        return key

    def find(self, secret: str) -> Key | None:
        """The key with this secret, if it is valid now. Takes as long for a wrong secret as for a right one.

        Raises:
            KeysUnreadable: as :meth:`stored`.
        """
        keys, named = self._read(), _SECRET.fullmatch(secret)
        key = keys.get(named[1]) if named else None
        same = hmac.compare_digest(_hash(secret), key.sha256 if key else "0" * 64)
        return key if key and same and key.state == "valid" else None

    def used(self, key: Key) -> None:
        """Records the use of a key, to the minute.

        Raises:
            KeysUnreadable: as :meth:`stored`, or the file cannot be written now.
        """
        if not self._is_stale(self._read().get(key.id)):
            return
        with self._changing() as keys:
            if self._is_stale(current := keys.get(key.id)) and current:  # as it is now: it may be revoked by now
                keys[key.id] = replace(current, last_used=_now().isoformat())

    def _is_noted(self) -> bool:
        return any(note.stands() for note in self._notes)

    def _write_notes(self) -> None:
        for note in self._notes:
            note.write()

    @staticmethod
    def _is_stale(key: Key | None) -> bool:
        return key is not None and (
            key.last_used is None or _now() - datetime.fromisoformat(key.last_used) >= _USED_EVERY
        )

    def _read(self) -> dict[str, Key]:
        """By id; read again only when the file has changed."""
        try:
            status = self.path.stat()
        except FileNotFoundError as error:
            if self.path.is_symlink():
                raise self._unreadable(f"a link to a file that is not there; {_RESTORE}") from error
            if self._is_noted():
                raise self._unreadable(f"it is gone, and keys were made for this library; {_RESTORE}") from error
            return {}
        except OSError as error:
            raise self._unreadable(f"{error.strerror}; {_RESTORE}") from error
        if not stat.S_ISREG(status.st_mode):
            raise self._unreadable(f"expected a file, got a folder, a pipe or a device; {_RESTORE}")
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_mode)
        with self._lock:
            if not self._seen or self._seen[0] != stamp:
                if os.name == "posix" and status.st_mode & 0o022:
                    raise self._unreadable("others than its owner may write to it; chmod 600 it")
                self._seen = stamp, self._parsed()
            return self._seen[1]

    def _parsed(self) -> dict[str, Key]:
        try:
            stored = json.loads(self.path.read_bytes())
            if stored["format"] != FORMAT:
                raise self._unreadable(f"expected format {FORMAT}, got {stored['format']!r}; upgrade sinkqa")
            return {key.id: key for key in map(_loaded, stored["keys"])}
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise self._unreadable(f"{type(error).__name__}; {_RESTORE}") from error

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Key]]:
        """The keys to change, alone of all processes; written as a whole and swapped in."""
        with self._alone():
            keys = dict(self._read())
            yield keys
            self._write(keys)
            self._write_notes()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=_LOCK_S, mode=0o600):
                yield
        except Timeout as error:
            raise self._unreadable("another process is changing it; try again") from error
        except OSError as error:
            raise self._unreadable(str(error.strerror)) from error

    def _write(self, keys: dict[str, Key]) -> None:
        content = json.dumps({"format": FORMAT, "keys": [asdict(key) for key in keys.values()]}, indent=1)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")  # for its owner alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _unreadable(self, why: str) -> KeysUnreadable:
        return KeysUnreadable(f"keys file {self.path}: {why}")


def keys_of(settings: Settings) -> Keys:
    """The keys of an installation, stored beside its libraries."""
    address = settings.store.value if settings.store else None
    return Keys(settings.library / "keys.json", address=address)


def scrubbed(text: str) -> str:
    """The text with each secret of a key replaced by a placeholder."""
    return _SECRET.sub(r"sinkqa_\1_[removed]", text)


def _hash(secret: str) -> str:
    # A slow hash guards words that people choose. These secrets are 256 random bits: nobody can try them all, and a
    # hash that took 50 ms would let anyone keep the server busy with wrong keys.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _loaded(stored: dict[str, Any]) -> Key:
    """Reads one key. Raises ValueError, TypeError or LookupError where it is malformed."""
    key = Key(**stored)
    texts = (key.id, key.label, key.sha256, key.created)
    if not all(isinstance(text, str) for text in texts) or len(key.sha256) != 64 or key.scope not in SCOPES:
        raise ValueError(f"key {key.id!r}")
    for time in (key.created, key.expires, key.last_used, key.revoked):
        if time is not None and datetime.fromisoformat(time).tzinfo is None:
            raise ValueError(f"key {key.id!r}: a time without a zone")
    names = stored["collections"]
    if names is not None and not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise ValueError(f"key {key.id!r}: collections")
    return replace(key, collections=None if names is None else tuple(names))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
