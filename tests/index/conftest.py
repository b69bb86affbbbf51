from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.library import Library
from index.models.encoder import Encoder, load_encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture
def opened(tmp_path: Path, encoder: Encoder) -> Iterator[Callable[..., Library]]:
    """Opens libraries in the test's own folder and closes them after it."""
    libraries: list[Library] = []

    def open_one(folder: str = "library", **how: object) -> Library:
        library = Library.open(tmp_path / folder, create=True, **({"encoder": encoder} | how))
        libraries.append(library)
        return library

    yield open_one
    for library in libraries:
        library.close()


@pytest.fixture
def library(opened: Callable[..., Library]) -> Library:
    return opened()
