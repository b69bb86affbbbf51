"""What tests of the service share: the bundled encoder, and passages as a search would hand them over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sinkqa.index.hit import Hit, Why
from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[Hit]]:
    """All passages of a Markdown text in its order, each found as well as the others."""

    def find(text: str, *, title: str = "", about: Metadata | None = None) -> list[Hit]:
        path = tmp_path / "found.md"
        path.write_text(text, "utf-8")
        why = Why(lexical=0.5, dense=0.5, late=0.5)
        return [Hit(passage, title, 1.0, why, about or Metadata()) for passage in split(read(path))]

    return find
