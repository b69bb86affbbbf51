"""Fetches many documents: one at a time from each host, and from several hosts at once. Each can fail by itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from sinkqa.service.fetching.courier import Courier, Manners
from sinkqa.service.fetching.download import download
from sinkqa.service.fetching.manifest import ManifestEntry
from sinkqa.service.fetching.record import FetchRecord, Kept, only_one
from sinkqa.service.fetching.refusal import FetchRefusal
from sinkqa.service.intake.adding import OnProgress

_HOSTS_AT_ONCE = 4
_HOST_IS_GONE = {"unreachable", "robots-unavailable"}


@dataclass(frozen=True, slots=True)
class NotFetched:
    """A document that could not be fetched: the reason, and the address to open by hand."""

    id: str
    title: str
    code: str
    message: str
    page: str


@dataclass(slots=True)
class FetchReport:
    """The result for each document. ``by_hand``: documents without a file address, which were not requested."""

    fetched: list[Kept] = field(default_factory=list)
    unchanged: list[Kept] = field(default_factory=list)
    failed: list[NotFetched] = field(default_factory=list)
    by_hand: list[ManifestEntry] = field(default_factory=list)

    @property
    def kept(self) -> list[Kept]:
        """All documents that are now in the folder, new or unchanged."""
        return self.fetched + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        by_hand = [{"id": entry.id, "title": entry.title, "page": entry.by_hand} for entry in self.by_hand]
        return asdict(self) | {"by_hand": by_hand}


def fetch(
    entries: Sequence[ManifestEntry],
    folder: Path,
    *,
    manners: Manners | None = None,
    on_progress: OnProgress | None = None,
) -> FetchReport:
    """Fetches each document into ``folder``. A failure is reported, and all other documents are still fetched.

    Unchanged documents are not downloaded again. If a call is stopped, the next call continues its work.

    Raises:
        FetchBusy: another process is fetching into the folder.
        InvalidSetting: the folder cannot be created or written to.
    """
    with only_one(folder):
        run = _Run(folder, manners or Manners(), on_progress)
        asyncio.run(run.all(entries))
    order = {entry.id: place for place, entry in enumerate(entries)}
    for part in (run.report.fetched, run.report.unchanged, run.report.failed):
        part.sort(key=lambda each: order[each.id])
    return run.report


class _Run:
    """The state of one call of :func:`fetch`."""

    def __init__(self, folder: Path, manners: Manners, on_progress: OnProgress | None) -> None:
        self.report = FetchReport()
        self._folder = folder
        self._manners = manners
        self._on_progress = on_progress
        self._record = FetchRecord(folder)
        self._total = 0

    async def all(self, entries: Sequence[ManifestEntry]) -> None:
        """Everything, in order for each host."""
        self.report.by_hand = [entry for entry in entries if not entry.url]
        by_host: defaultdict[str, list[ManifestEntry]] = defaultdict(list)
        for entry in entries:
            if entry.url:
                by_host[httpx.URL(entry.url).host].append(entry)
        self._total = sum(map(len, by_host.values()))
        places = asyncio.Semaphore(_HOSTS_AT_ONCE)
        async with Courier(self._manners) as courier, asyncio.TaskGroup() as group:
            for of_host in by_host.values():
                group.create_task(self._in_turn(of_host, courier, places))

    async def _in_turn(self, entries: Sequence[ManifestEntry], courier: Courier, places: asyncio.Semaphore) -> None:
        async with places:
            for entry in entries:
                try:
                    await self._one(entry, courier)
                except FetchRefusal as error:
                    if error.code in _HOST_IS_GONE:
                        courier.close(entry.url or "", error)
                    self._fail(entry, error.code, error.message)
                except OSError as error:
                    self._fail(entry, "cannot-write", f"{self._folder}: {error.strerror or error}")
                self._tell(entry.id)

    async def _one(self, entry: ManifestEntry, courier: Courier) -> None:
        known = self._record.intact(entry)

        def on_bytes(got: int, size: int | None) -> None:
            self._tell(f"{entry.id} {got / 2**20:.1f}{f' of {size / 2**20:.1f}' if size else ''} MiB")

        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(1 + self._manners.retries),
            retry=retry_if_exception(lambda error: isinstance(error, FetchRefusal) and error.again),
            wait=wait_exponential(multiplier=self._manners.pause_s, max=60),
            reraise=True,
        ):
            with attempt:
                kept = await download(
                    entry, self._folder, courier, manners=self._manners, known=known, on_bytes=on_bytes
                )
        if kept is not known:
            self._record.keep(kept)
        is_new = known is None or kept.sha256 != known.sha256
        (self.report.fetched if is_new else self.report.unchanged).append(kept)

    def _fail(self, entry: ManifestEntry, code: str, message: str) -> None:
        self.report.failed.append(NotFetched(entry.id, entry.title, code, message, entry.by_hand))

    def _tell(self, what: str) -> None:
        if self._on_progress:
            done = len(self.report.kept) + len(self.report.failed)
            self._on_progress(done, self._total, what)
