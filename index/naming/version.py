"""The version of the words and rules that make the names of stored documents."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

_RULES = 2  # one more with each change to this package or sinkqa.index.references that gives a document other keys
_DATA = (
    ("sinkqa.index.naming", "names.txt"),
    ("sinkqa.index.glossary", "glossary.units.txt"),
    ("sinkqa.ingest", "data/manifest.json"),
)


@cache
def names_version() -> str:
    """Returns a version that changes if other words or rules may give other keys.

    Keys contain the positions of vocabulary entries.
    """
    digest = hashlib.sha256()
    for package, path in _DATA:
        digest.update(files(package).joinpath(path).read_bytes())
    return f"{_RULES}-{digest.hexdigest()[:16]}"
