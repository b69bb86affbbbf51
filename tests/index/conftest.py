from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder, load_encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture
def place_of(tmp_path: Path) -> Callable[[str], Path | str]:
    """Where the library of a name is: in the test's own folder, unless a module has other places."""
    return lambda name: tmp_path / name


@pytest.fixture
def opened(place_of: Callable[[str], Path | str], encoder: Encoder) -> Iterator[Callable[..., Library]]:
    """Opens libraries of the test's own and closes them after it."""
    libraries: list[Library] = []

    def open_one(name: str = "library", **how: object) -> Library:
        library = Library.open(place_of(name), create=True, **({"encoder": encoder} | how))
        libraries.append(library)
        return library

    yield open_one
    for library in libraries:
        library.close()


@pytest.fixture
def library(opened: Callable[..., Library]) -> Library:
    return opened()
