"""Codes vectors for the dense retriever with two bits a coordinate, and scans the codes fast.

A rotation mixes all coordinates, so each becomes nearly normal for any encoder. The four levels that are optimal for a
normal variable (Max 1960, Quantizing for minimum distortion, table I) then serve every library, and no codebook is
trained. Two coordinates share a nibble, the form that the product quantiser of FAISS reads (André et al. 2015).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sinkqa.index.arrays import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]
else:
    Codes = np.ndarray


_LEVELS = np.array([-1.5104, -0.4528, 0.4528, 1.5104], np.float32)
_BORDER = np.float32(0.9816)  # between the two levels of one sign
_IN_A_BYTE = 4  # coordinates


@dataclass(frozen=True, slots=True)
class Coder:
    """Turns vectors into codes. ``centre``, float32, (dim,), is subtracted. ``scale`` is the spread of the differences.

    Subtracting the centre changes no order, because it lowers every cosine with a query by the same amount. Codes need
    it for encoders whose vectors all have a common direction.
    """

    centre: Floats
    scale: float

    @classmethod
    def of(cls, vectors: Floats) -> Coder:
        """Makes a coder for vectors like these, float32, (n, dim)."""
        centre = vectors.mean(axis=0)
        scale = float(np.sqrt(np.square(vectors - centre).mean()))
        return cls(centre, scale or 1.0)

    @property
    def code_bytes(self) -> int:
        """The number of bytes of one vector's code."""
        return _width(len(self.centre)) // _IN_A_BYTE

    def encode(self, vectors: Floats) -> Codes:
        """Returns the codes of vectors, float32, (n, dim): uint8, (n, code_bytes)."""
        turned = ((vectors - self.centre) / np.float32(self.scale)) @ rotation(len(self.centre))
        levels = (turned > -_BORDER).view(np.uint8) + (turned > 0) + (turned > _BORDER)
        packed = levels[:, 0::4] | levels[:, 1::4] << 2 | levels[:, 2::4] << 4 | levels[:, 3::4] << 6
        return np.asarray(packed, np.uint8)

    def scan(self, codes: Codes) -> Any:
        """Returns a FAISS index over the codes, numbered in order, for queries from :meth:`turned`."""
        import faiss

        width = _width(len(self.centre))
        plain: Any = faiss.IndexPQ(width, width // 2, 4, faiss.METRIC_INNER_PRODUCT)
        nibbles = np.arange(16)
        pair = np.stack((_LEVELS[nibbles % 4], _LEVELS[nibbles // 4]), axis=1) * np.float32(self.scale)
        faiss.copy_array_to_vector(np.tile(pair.ravel(), width // 2), plain.pq.centroids)
        plain.is_trained = True
        plain.add_sa_codes(np.ascontiguousarray(codes))
        return faiss.IndexPQFastScan(plain)

    def turned(self, query: Floats) -> Floats:
        """Returns the query in the form of the scan, float32, (1, width)."""
        turned: Floats = query[None] @ rotation(len(self.centre))
        return turned


@lru_cache(maxsize=2)
def rotation(dim: int) -> Floats:
    """Returns the rotation, float32, (dim, width), with orthonormal rows, the same on every machine.

    ``width`` is ``dim`` rounded up to a multiple of 4. Cosine transforms after random sign flips, applied twice, spread
    each coordinate over all.
    """
    place = np.arange(dim)
    waves = np.cos(np.pi / dim * (place[None] + 0.5) * place[:, None]) * np.sqrt(2 / dim)
    waves[0] /= np.sqrt(2)
    signs = 1.0 - 2.0 * (np.frombuffer(hashlib.shake_128(b"signs").digest(2 * dim), np.uint8) % 2)
    waves = waves.astype(np.float32)
    turned = (signs[:dim, None].astype(np.float32) * waves) @ (signs[dim:, None].astype(np.float32) * waves)
    return np.pad(turned, ((0, 0), (0, _width(dim) - dim)))


def _width(dim: int) -> int:
    return -(-dim // _IN_A_BYTE) * _IN_A_BYTE
