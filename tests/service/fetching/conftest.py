"""A site to fetch from, and a way to fetch from it without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sinkqa.service.fetching.courier import Manners
from sinkqa.service.fetching.fetch import FetchReport, fetch
from sinkqa.service.fetching.manifest import ManifestEntry
from tests.service.fetching.site import Site, site

HASTE: dict[str, Any] = {"pause_s": 0.0, "retries": 2, "timeout_s": 20.0, "stalled_s": 5.0, "allow_private": True}


@pytest.fixture
def publisher() -> Iterator[Site]:
    with site() as script:
        yield script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "fetched"


@pytest.fixture
def bring(folder: Path) -> Callable[..., FetchReport]:
    """Fetches addresses, each as the document ``doc-N`` of a type, into the folder; ``entry`` adds to its entry."""

    def run(*addresses: str, kind: str = "pdf", entry: dict[str, Any] | None = None, **manners: Any) -> FetchReport:
        entries = [
            ManifestEntry(id=f"doc-{number}", title=f"Document {number}", type=kind, url=address, **(entry or {}))
            for number, address in enumerate(addresses)
        ]
        return fetch(entries, folder, manners=Manners(**HASTE | manners))

    return run
