"""Defines the result of adding one file, for every caller and for the record of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

FileState = Literal["waiting", "added", "unchanged", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of adding one file, with its ``name``.

    ``unchanged``: its exact bytes were already in the library. ``doc_id`` is set for an added or unchanged file,
    ``n_passages`` and ``warnings`` for an added one, ``code`` and ``message`` for a failed one. Only files of jobs can
    be waiting or cancelled.
    """

    name: str
    state: FileState = "waiting"
    doc_id: str | None = None
    n_passages: int | None = None
    warnings: tuple[str, ...] = ()
    code: Annotated[str | None, "Stable name of the error that kept it out."] = None
    message: str | None = None
    replaced: Annotated[str | None, "The older version that was there under its name, now gone."] = None
