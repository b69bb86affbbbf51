"""Storing step of the flow: the seam behind which a library's rows are kept, and what search is handed of them."""

from __future__ import annotations

from typing import NamedTuple

from index.arrays import Rows


class Features(NamedTuple):
    """What search needs of one row, packed as it is stored; unpacked by :mod:`index.store.columns`.

    ``terms`` by ``unpack_terms``, ``vector`` by ``unpack_vectors`` or ``unpack_halves``, ``tokens`` by
    ``unpack_tokens``.
    """

    row: int
    passage_id: str
    language: str
    terms: bytes
    vector: bytes
    tokens: bytes


class Changes(NamedTuple):
    """What changed between a generation and now, which is ``generation``.

    ``added``, int64, ascending: rows that are there now and were not then. ``removed``, int64, ascending: rows that
    were there then and are not now. A row never changes, and no number is used twice.
    """

    generation: int
    added: Rows
    removed: Rows
