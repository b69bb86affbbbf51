"""Settings at the edge: the only reader of the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from index.opening import is_address, within_address
from service.errors import InvalidSetting

SCHEMA = "collection_"
"""Collections in a database have schemas that begin so."""


def default_library() -> Path:
    """The platform's user data folder for SinkQA."""
    return platformdirs.user_data_path("sinkqa", appauthor=False) / "library"


def _words(given: object) -> object:
    """The environment has one string for several words."""
    return tuple(re.split(r"[,\s]+", given.strip())) if isinstance(given, str) else given


def _origin(word: str) -> str:
    if not re.fullmatch(r"https?://[^/\s*@]+", word):
        raise ValueError("expected addresses as https://site.org, without a path or *")
    return word.lower()


Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(_words)]


def _address(given: SecretStr) -> SecretStr:
    if not is_address(given.get_secret_value()):
        raise ValueError("expected postgresql://user:password@host:port/database")
    return given


class Settings(BaseModel):
    """One table: name, default, meaning. :meth:`load` reads each from ``SINKQA_<NAME>``."""

    model_config = ConfigDict(frozen=True)

    library: Path = Field(default_factory=default_library, description="Folder of the library.")
    store: Annotated[SecretStr, AfterValidator(_address)] | None = Field(
        None,
        description="PostgreSQL database that holds documents and what is searched, as postgresql://user@host/name; "
        "unset: files in the library's folder, where uploads, keys and deleted documents are in any case.",
    )
    collection: str = Field("default", description="Collection that is meant where none is named.")
    public_url: str | None = Field(
        None, pattern="^https?://", description="Address that users reach serve at, for links; unset: as it was asked."
    )
    host: str = Field(
        "127.0.0.1", min_length=1, description="Address that serve listens on; off this machine, requests need a key."
    )
    cors_origins: Origins | None = Field(
        None, description="Sites whose pages may ask, as https://site.org; unset: none."
    )
    rate_limit: int = Field(600, ge=0, description="Requests a minute for each key or outside address; 0: any number.")
    processes: int = Field(1, ge=1, le=64, description="Processes that serve answers with, 1-64; one for each core.")
    threads: int | None = Field(
        None,
        ge=1,
        le=256,
        description="Requests that a process of serve works on at once; "
        "unset: 4 for each core, 1 where there are several processes; 32 more where a model writes.",
    )
    request_limit: int = Field(128, ge=1, description="Requests that serve holds at once; others come back later.")
    request_timeout_s: float = Field(60.0, gt=0, description="Seconds until a request is given up.")
    request_cpu_s: float = Field(10.0, gt=0, description="Seconds of processor time that one question may take.")
    client_timeout_s: float = Field(15.0, gt=0, description="Seconds a client may keep serve waiting.")
    body_max_mb: float = Field(1.0, gt=0, le=64, description="Size of a request that is no upload, in MiB.")
    upload_max_mb: float = Field(200.0, gt=0, le=2048, description="Size of an upload, in MiB.")
    collection_max_mb: float = Field(0.0, ge=0, description="Size of all files of a collection, in MiB; 0: any size.")
    collection_max_documents: int = Field(0, ge=0, description="Documents in a collection; 0: any number.")
    key_day_mb: float = Field(0.0, ge=0, description="Size of what a key may upload in a day, in MiB; 0: any size.")
    key_day_documents: int = Field(0, ge=0, description="Documents a key may upload in a day; 0: any number.")
    encoder: str | None = Field(None, description="Encoder name or local folder; unset: the bundled bilingual one.")
    reranker: str | None = Field(
        None, description="Cross-encoder that reorders the best passages: bundled, a name or a folder; unset: none."
    )
    judge: str = Field(
        "rules",
        description="What judges whether a passage answers: rules, or bundled, the cross-encoder that reads both.",
    )
    k: int = Field(8, ge=1, le=100, description="Passages retrieved for a question, 1-100.")
    workers: int | None = Field(None, ge=1, le=64, description="Processes that read files; unset: one for each core.")
    file_timeout_s: float = Field(
        120.0, ge=1, description="Seconds of processor time to read a file, as many more for each 25 MiB of it."
    )
    lock_timeout_s: float = Field(30.0, ge=0, description="Seconds to wait for another process that is writing.")
    undo_s: float = Field(
        3600.0, ge=0, le=2_592_000, description="Seconds for which a document deleted over HTTP can be put back."
    )
    llm_url: str | None = Field(
        None, pattern="^https?://", description="OpenAI-compatible endpoint that may write answers; unset: none."
    )
    llm_model: str | None = Field(None, description="Model to ask at that endpoint.")
    llm_key: SecretStr | None = Field(None, description="Key of that endpoint, where it wants one.")
    llm_timeout_s: float = Field(30.0, gt=0, le=600, description="Seconds after which an answer goes on without it.")
    llm_retries: int = Field(2, ge=0, le=10, description="Times it is asked again where it fails at once, 0-10.")
    llm_max_tokens: int = Field(600, ge=16, le=8_000, description="Tokens it may write for one answer, 16-8000.")
    llm_max_cost: float | None = Field(None, gt=0, description="What one answer may cost, at the prices below.")
    llm_price_in: float | None = Field(None, gt=0, description="Price of a million tokens read.")
    llm_price_out: float | None = Field(None, gt=0, description="Price of a million tokens written.")
    fetch_pause_s: float = Field(2.0, ge=0, le=60, description="Seconds between two requests of fetch to one host.")
    fetch_retries: int = Field(3, ge=0, le=10, description="Times fetch asks again where that may help, 0-10.")
    fetch_timeout_s: float = Field(600.0, gt=0, description="Seconds that one request of fetch may take as a whole.")
    fetch_max_mb: float = Field(200.0, gt=0, le=512, description="Size up to which fetch takes a document, in MiB.")
    add_by_address: bool = Field(
        False, description="Whether whoever may upload may also name an address of the web to take a document from."
    )
    fetch_private: bool = Field(
        False, description="Whether fetch may reach this machine and inner networks: for a mirror of your own."
    )

    @property
    def place(self) -> Path | str:
        """Where the documents of this collection are: the folder, or the address of the database."""
        if self.store is None:
            return self.library
        address = self.store.get_secret_value()
        return address if self.collection == "default" else within_address(address, SCHEMA + self.collection)

    @classmethod
    def load(cls, **given: object) -> Settings:
        """Settings from the environment, overridden by the options ``given``; None and empty variables are not given.

        Raises:
            InvalidSetting: naming the setting, what was got and what is expected.
        """
        named = {name: os.environ.get(f"SINKQA_{name.upper()}") or None for name in cls.model_fields}
        values = {name: value for name, value in (*named.items(), *given.items()) if value is not None}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            got = "an address that is not shown" if name == "store" else repr(first["input"])
            raise InvalidSetting(
                f"setting {name} (SINKQA_{name.upper()}): {first['msg'].lower()}, got {got}; correct or unset it"
            ) from error
