"""Reads collections from folders. The files in a folder show its layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sinkqa.eval.data.benchmark import Benchmark, RawCollection, checked
from sinkqa.eval.data.layouts import beir, mteb, trec
from sinkqa.ingest.errors import FileMissing


class CollectionLayout(Protocol):
    """A layout of collections in folders. ``LOOKS_FOR`` describes in one line the files that such a folder holds."""

    LOOKS_FOR: str

    def subsets(self, folder: Path, /) -> list[str]:
        """Returns the names of a folder's collections in this layout; "" for a collection without a name."""
        ...

    def read(self, folder: Path, subset: str, split: str, /) -> RawCollection:
        """Reads the files of one collection."""
        ...


LAYOUTS: tuple[CollectionLayout, ...] = (beir, mteb, trec)
"""The layouts in the order in which they are tried. If several fit a folder, the first reads it."""

_LANGUAGES = (
    "ar bn cs da de el en es fa fi fr he hi hu id it ja ko ms nl no pl pt ro ru sv sw te th tr uk ur vi yo zh "
    "ara ben deu eng fas fin fra hin ind ita jpn kor nld pol por rus spa swa tel tha tur vie yor zho"
)
"""Names of folders that hold one language of the collection around them."""


@dataclass(frozen=True, slots=True)
class CollectionPlace:
    """The place of a collection: a folder, its layout, and the subset in the folder."""

    folder: Path
    layout: CollectionLayout
    subset: str = ""

    @property
    def name(self) -> str:
        """The folder's name with the subset. If the folder is named for a language, its parent's name comes first."""
        here = self.folder.resolve()
        if self.subset:
            return f"{here.name}-{self.subset}"
        return f"{here.parent.name}-{here.name}" if here.name in _LANGUAGES.split() and here.parent.name else here.name


def find_benchmarks(paths: Sequence[Path]) -> list[CollectionPlace]:
    """Finds the collections in the given folders and in their direct subfolders.

    Raises:
        FileMissing: a path holds none. The message lists the files that were looked for.
    """
    found: list[CollectionPlace] = []
    for path in paths:
        inner = sorted(each for each in path.iterdir() if each.is_dir()) if path.is_dir() else []
        here = _places(path) or [place for folder in inner for place in _places(folder)]
        if not here:
            what = "an empty folder" if path.is_dir() and not any(path.iterdir()) else _held(path)
            looked = "; or ".join(layout.LOOKS_FOR for layout in LAYOUTS)
            raise FileMissing(f"{path}: expected a collection, found {what}. Looked for {looked}")
        found += here
    return list(dict.fromkeys(found))


def read_benchmark(path: Path | CollectionPlace, *, split: str = "test", n_queries: int | None = None) -> Benchmark:
    """Reads one collection with its judgements of ``split``, or with its only judgements.

    ``n_queries`` limits it to so many judged queries, spread over the file, the same ones each time.

    Raises:
        FileMissing, MalformedData, ExtraMissing: see their names. Also raised if a path holds several collections.
        NothingToMeasure: there is no entry, no query, or no judgement.
    """
    place = path if isinstance(path, CollectionPlace) else _only(path)
    held = place.layout.read(place.folder, place.subset, split)
    return checked(place.name, held, n_queries=n_queries)


def _only(path: Path) -> CollectionPlace:
    found = find_benchmarks([path])
    if len(found) > 1:
        raise FileMissing(f"{path}: expected one collection, found {', '.join(each.name for each in found)}; name one")
    return found[0]


def _places(folder: Path) -> list[CollectionPlace]:
    if not folder.is_dir():
        return []
    return next(
        (
            found
            for layout in LAYOUTS
            if (found := [CollectionPlace(folder, layout, name) for name in layout.subsets(folder)])
        ),
        [],
    )


def _held(path: Path) -> str:
    if not path.is_dir():
        return "a file" if path.exists() else "nothing"
    names = sorted(each.name for each in path.iterdir())
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
