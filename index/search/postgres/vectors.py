"""The dense retriever in PostgreSQL: vectors ordered by pgvector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.store.postgres.wire import PostgresConnection

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPARE = 20  # the server orders by the query at half precision: so many more, ordered anew by whoever asked
NEAREST = 'SELECT "row" FROM vectors WHERE language = ? ORDER BY embedding <#> ?::halfvec LIMIT ?'
_NEAREST_WITHIN = """
WITH within AS MATERIALIZED (SELECT * FROM vectors WHERE "row" = ANY(?::bigint[]) AND language = ?)
SELECT "row" FROM within ORDER BY embedding <#> ?::halfvec LIMIT ?
"""


def vector_text(vector: NDArray[Any]) -> str:
    """Returns the vector in pgvector's notation. Six digits identify each half-precision number."""
    return f"[{','.join(f'{value:.6g}' for value in vector.tolist())}]"


def nearest(connection: PostgresConnection, vector: Floats, depths: Mapping[str, int], allowed: Rows | None) -> Rows:
    """Returns rows that are likely the best of each language, a few more than requested."""
    text, values = vector_text(vector), list[Any]()
    for language, depth in sorted(depths.items()):
        if allowed is not None:
            values += [allowed.tolist()]
        values += [language, text, depth + _SPARE]
    part = NEAREST if allowed is None else _NEAREST_WITHIN
    found = connection.execute(" UNION ALL ".join([f"({part})"] * len(depths)), values)
    return np.sort(np.array([row for (row,) in found], np.int64))
