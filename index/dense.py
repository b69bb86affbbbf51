"""Retrieval step of the flow, dense leg: exact inner products by FAISS, in cells once the library is large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from index.lexical import Ranking, Rows
from index.static import Floats

FLAT_UP_TO = 200_000  # passages; exact search stays below 10 ms up to about here
_CELLS_PROBED = 16
_TRAINING_VECTORS_PER_CELL = 64


class DenseIndex:
    """A FAISS index file, mapped into memory for searching only (adding to a mapped index aborts the process)."""

    def __init__(self, path: Path) -> None:
        import faiss

        faiss.omp_set_num_threads(1)  # one query is too short a job to share: waking threads costs more
        self._faiss: Any = faiss  # its stubs know C++ signatures only, not what the Python wrapper takes
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Floats, *, depth: int, allowed: Rows | None = None) -> Ranking:
        """The best ``depth`` passages by cosine, -1..1. A zero vector finds nothing."""
        if not vector.any() or not len(self) or (allowed is not None and not len(allowed)):
            return Ranking.nothing()
        scores, rows = self._index.search(vector[None], min(depth, len(self)), params=self._parameters(allowed))
        rows, scores = rows[0][rows[0] >= 0], scores[0][rows[0] >= 0]
        order = np.lexsort((rows, -scores))
        return Ranking(rows[order], scores[order])

    def _parameters(self, allowed: Rows | None) -> Any:
        selector = None
        if allowed is not None:
            bits = np.zeros(int(allowed.max()) + 1, bool)
            bits[allowed] = True
            selector = self._faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))
        if isinstance(self._index, self._faiss.IndexIVF):
            # under a filter the nearest cells may hold too few of the allowed: look into all
            probes = self._index.nlist if allowed is not None else _CELLS_PROBED
            return self._faiss.SearchParametersIVF(sel=selector, nprobe=probes)
        return self._faiss.SearchParameters(sel=selector)


def write_dense(path: Path, rows: Rows, vectors: Floats, *, flat_up_to: int = FLAT_UP_TO) -> None:
    """Writes a new index of the vectors, float32 (len(rows), dim): flat, or in cells past ``flat_up_to``."""
    import faiss

    dim = vectors.shape[1]
    if len(rows) <= flat_up_to:
        index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
    else:
        cells = int(4 * np.sqrt(len(rows)))
        index = faiss.index_factory(dim, f"IVF{cells},Flat", faiss.METRIC_INNER_PRODUCT)
        sample = np.random.default_rng(0).permutation(len(rows))[: cells * _TRAINING_VECTORS_PER_CELL]
        index.train(vectors[sample])
    index.add_with_ids(vectors, rows)
    faiss.write_index(index, str(path))


def update_dense(old: Path, new: Path, *, removed: Rows, rows: Rows, vectors: Floats) -> None:
    """Writes a copy of ``old`` without the removed rows and with the new ones."""
    import faiss

    index: Any = faiss.read_index(str(old))
    if len(removed):
        index.remove_ids(removed)
    if len(rows):
        index.add_with_ids(vectors, rows)
    faiss.write_index(index, str(new))
