"""What became of a file that was to be added, for every caller and for the record of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

FileState = Literal["waiting", "added", "unchanged", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file, by its ``name``.

    ``unchanged``: its very bytes were there already. ``doc_id`` is set for a file that was added or unchanged,
    ``n_passages`` and ``warnings`` for one that was added, ``code`` and ``message`` for one that failed. Only files of
    jobs wait or are cancelled.
    """

    name: str
    state: FileState = "waiting"
    doc_id: str | None = None
    n_passages: int | None = None
    warnings: tuple[str, ...] = ()
    code: Annotated[str | None, "Stable name of the error that kept it out."] = None
    message: str | None = None
    replaced: Annotated[str | None, "The older version that was there under its name, now gone."] = None
