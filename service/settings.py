"""Reads the settings. No other module reads the environment.

The class is a plain dataclass, because importing pydantic takes a tenth of the time of a question on the command line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple, Self

from sinkqa.index.opening import is_address, within_address
from sinkqa.service.errors import InvalidSetting

SCHEMA = "collection_"
"""The prefix of the database schemas of collections."""


def default_library() -> Path:
    """The platform's user data folder for SinkQA."""
    import platformdirs

    return platformdirs.user_data_path("sinkqa", appauthor=False) / "library"


class Secret:
    """A text that is not printed by accident. It is no dataclass, whose value :func:`dataclasses.asdict` would show."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return "Secret(…)"


class _Bounds(NamedTuple):
    """The bounds of a number or a text; None: unbounded."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    pattern: str | None = None

    def hold(self, value: object) -> bool:
        if isinstance(value, int | float):  # put so that not-a-number keeps to none
            return (
                (self.ge is None or value >= self.ge)
                and (self.gt is None or value > self.gt)
                and (self.le is None or value <= self.le)
            )
        return self.pattern is None or (isinstance(value, str) and re.search(self.pattern, value) is not None)

    def __str__(self) -> str:
        limits = (("of at least", self.ge), ("above", self.gt), ("of at most", self.le), ("that fits", self.pattern))
        return "".join(f" {how} {limit}" for how, limit in limits if limit is not None)


def _setting(default: Any, *, description: str, **limits: Any) -> Any:
    meta = {"description": description, "limits": _Bounds(**limits)}
    return field(default_factory=default, metadata=meta) if callable(default) else field(default=default, metadata=meta)


_SWITCH = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)


def _switch(given: object) -> bool:
    return _SWITCH[str(given).lower()]


def _number(given: object) -> int:
    """A whole number: 2.5 is none."""
    return int(given if isinstance(given, int) else str(given))


def _secret(given: object) -> Secret:
    return given if isinstance(given, Secret) else Secret(str(given))


def _address(given: object) -> Secret:
    address = _secret(given)
    if not is_address(address.value):
        raise ValueError(address)
    return address


def _origins(given: object) -> tuple[str, ...]:
    """The environment has one string for several words."""
    words = re.split(r"[,\s]+", given.strip()) if isinstance(given, str) else list(map(str, given))  # type: ignore[call-overload]
    if not all(re.fullmatch(r"https?://[^/\s*@]+", word) for word in words):
        raise ValueError(given)
    return tuple(word.lower() for word in words)


_KINDS: dict[str, tuple[Callable[[Any], object], str]] = {
    "Path": (Path, "a path"),
    "str": (str, "a text"),
    "int": (_number, "a whole number"),
    "float": (float, "a number"),
    "bool": (_switch, "true or false"),
    "Secret": (_secret, "a text"),
    "Address": (_address, "postgresql://user:password@host:port/database"),
    "Origins": (_origins, "addresses as https://site.org, without a path or *"),
}
"""For each name of a field's type: the function that converts a given value, and a description of valid values."""

Address = Secret
Origins = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One table: name, default, meaning. :meth:`load` reads each from ``SINKQA_<NAME>``.

    Raises:
        InvalidSetting: a value is not valid. The message names the setting, the value and what is expected.
    """

    library: Path = _setting(default_library, description="Folder of the library.")
    store: Address | None = _setting(
        None,
        description="PostgreSQL database that holds documents and what is searched, as postgresql://user@host/name; "
        "unset: files in the library's folder, where uploads, keys and deleted documents are in any case.",
    )
    collection: str = _setting("default", description="Collection that is meant where none is named.")
    public_url: str | None = _setting(
        None, pattern="^https?://", description="Address that users reach serve at, for links; unset: as it was asked."
    )
    host: str = _setting(
        "127.0.0.1", pattern=r"\S", description="Address that serve listens on; off this machine, requests need a key."
    )
    cors_origins: Origins | None = _setting(
        None, description="Sites whose pages may ask, as https://site.org; unset: none."
    )
    rate_limit: int = _setting(
        600, ge=0, description="Requests a minute for each key or outside address; 0: any number."
    )
    processes: int = _setting(1, ge=1, le=64, description="Processes that serve answers with, 1-64; one for each core.")
    threads: int | None = _setting(
        None,
        ge=1,
        le=256,
        description="Requests that a process of serve works on at once; "
        "unset: 4 for each core, 1 where there are several processes; 32 more where a model writes.",
    )
    request_limit: int = _setting(128, ge=1, description="Requests that serve holds at once; others come back later.")
    request_timeout_s: float = _setting(60.0, gt=0, description="Seconds until a request is given up.")
    request_cpu_s: float = _setting(10.0, gt=0, description="Seconds of processor time that one question may take.")
    client_timeout_s: float = _setting(15.0, gt=0, description="Seconds a client may keep serve waiting.")
    body_max_mb: float = _setting(1.0, gt=0, le=64, description="Size of a request that is no upload, in MiB.")
    upload_max_mb: float = _setting(200.0, gt=0, le=2048, description="Size of an upload, in MiB.")
    collection_max_mb: float = _setting(
        0.0, ge=0, description="Size of all files of a collection, in MiB; 0: any size."
    )
    collection_max_documents: int = _setting(0, ge=0, description="Documents in a collection; 0: any number.")
    key_day_mb: float = _setting(0.0, ge=0, description="Size of what a key may upload in a day, in MiB; 0: any size.")
    key_day_documents: int = _setting(0, ge=0, description="Documents a key may upload in a day; 0: any number.")
    encoder: str | None = _setting(None, description="Encoder name or local folder; unset: the bundled bilingual one.")
    reranker: str | None = _setting(
        None, description="Cross-encoder that reorders the best passages: bundled, a name or a folder; unset: none."
    )
    judge: str = _setting(
        "rules",
        description="What judges whether a passage answers: rules, or bundled, the cross-encoder that reads both.",
    )
    log: str = _setting(
        "auto",
        pattern="^(auto|json|plain)$",
        description="Lines of the log of serve: json, plain for people, or auto, which is plain on a terminal.",
    )
    k: int = _setting(8, ge=1, le=100, description="Passages retrieved for a question, 1-100.")
    workers: int | None = _setting(
        None, ge=1, le=64, description="Processes that read files; unset: one for each core."
    )
    file_timeout_s: float = _setting(
        120.0, ge=1, description="Seconds of processor time to read a file, as many more for each 25 MiB of it."
    )
    lock_timeout_s: float = _setting(30.0, ge=0, description="Seconds to wait for another process that is writing.")
    undo_s: float = _setting(
        604_800.0, ge=0, le=2_592_000, description="Seconds for which a document deleted over HTTP can be put back."
    )
    llm_url: str | None = _setting(
        None, pattern="^https?://", description="OpenAI-compatible endpoint that may write answers; unset: none."
    )
    llm_model: str | None = _setting(None, description="Model to ask at that endpoint.")
    llm_key: Secret | None = _setting(None, description="Key of that endpoint, where it wants one.")
    llm_timeout_s: float = _setting(30.0, gt=0, le=600, description="Seconds after which an answer goes on without it.")
    llm_retries: int = _setting(2, ge=0, le=10, description="Times it is asked again where it fails at once, 0-10.")
    llm_max_tokens: int = _setting(600, ge=16, le=8_000, description="Tokens it may write for one answer, 16-8000.")
    llm_max_cost: float | None = _setting(None, gt=0, description="What one answer may cost, at the prices below.")
    llm_price_in: float | None = _setting(None, gt=0, description="Price of a million tokens read.")
    llm_price_out: float | None = _setting(None, gt=0, description="Price of a million tokens written.")
    fetch_pause_s: float = _setting(2.0, ge=0, le=60, description="Seconds between two requests of fetch to one host.")
    fetch_retries: int = _setting(3, ge=0, le=10, description="Times fetch asks again where that may help, 0-10.")
    fetch_timeout_s: float = _setting(600.0, gt=0, description="Seconds that one request of fetch may take as a whole.")
    fetch_max_mb: float = _setting(200.0, gt=0, le=512, description="Size up to which fetch takes a document, in MiB.")
    add_by_address: bool = _setting(
        False, description="Whether whoever may upload may also name an address of the web to take a document from."
    )
    fetch_private: bool = _setting(
        False, description="Whether fetch may reach this machine and inner networks: for a mirror of your own."
    )

    @property
    def place(self) -> Path | str:
        """The place of this collection's documents: the folder, or the address of the database."""
        if self.store is None:
            return self.library
        address = self.store.value
        return address if self.collection == "default" else within_address(address, SCHEMA + self.collection)

    def __post_init__(self) -> None:
        """Makes each value one of its type, and checks it: a text of the environment too."""
        for each in fields(self):
            given = getattr(self, each.name)
            if given is not each.default and not (given is None and "None" in str(each.type)):
                object.__setattr__(self, each.name, _checked(each.name, str(each.type), given, each.metadata["limits"]))

    @classmethod
    def load(cls, **given: object) -> Self:
        """Settings from the environment, overridden by the options ``given``. None and empty variables do not count.

        Raises:
            InvalidSetting: a value is not valid. The message names the setting, the value and what is expected.
        """
        named = {each.name: os.environ.get(f"SINKQA_{each.name.upper()}") or None for each in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in (*named.items(), *given.items()) if value is not None}
        return cls(**values)


def _checked(name: str, kind: str, given: object, limits: _Bounds) -> object:
    make, expected = _KINDS[kind.removesuffix(" | None")]
    try:
        value = make(given)
        if limits.hold(value):
            return value
    except (ValueError, TypeError, KeyError):
        pass
    got = "an address that is not shown" if name == "store" else repr(given)
    raise InvalidSetting(
        f"setting {name} (SINKQA_{name.upper()}): expected {expected}{limits}, got {got}; correct or unset it"
    )
