"""The interface of encoders, and the choice of an encoder by a setting."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from zlib import crc32

import numpy as np

from sinkqa.index.arrays import Floats, Tokens
from sinkqa.index.errors import EncoderMissing
from sinkqa.index.models.static import Encoded, StaticEncoder, load_static
from sinkqa.index.models.transformer import open_model
from sinkqa.ingest.text.analyzer import analyze

BUNDLED_MODEL = Path(__file__).parent / "static_model"


class VectorEncoder(Protocol):
    """Anything that turns a text into a vector.

    ``fingerprint`` changes if the vectors change. ``dim`` is the length of a vector.
    """

    name: str
    fingerprint: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """Returns float32, (len(texts), dim), rows L2-normalised; a zero row for a text without a known token."""
        ...


class Encoder(VectorEncoder, Protocol):
    """A vector encoder that also compares texts token by token (late interaction).

    ``maxsim_weight``, 0..1: the weight of late interaction in a ranking. It is 1 if tokens are near to other tokens in
    meaning. It is 0 if tokens are words, because BM25 has counted these already.
    """

    maxsim_weight: float

    def read(self, texts: Sequence[str]) -> Encoded:
        """Returns the results of :meth:`encode` and :meth:`tokens` for the cost of one."""
        ...

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Returns the ids of the known tokens of each text, in order; empty if there is none."""
        ...

    def maxsim(self, query: Tokens, passages: Sequence[Tokens]) -> Floats:
        """Scores each passage by late interaction with one query: float32, (len(passages),), 0..1.

        The score sums, over the query's distinct tokens, the weight times the squared cosine to the nearest passage
        token, and divides by the sum of weights. Source: Khattab and Zaharia 2020, ColBERT, section 3.2; here squared
        and weighted.
        """
        ...

    def nearest(self, query: Tokens, passages: Sequence[Tokens]) -> tuple[Floats, Floats]:
        """Returns the weight of each query token, and its nearness to each passage.

        Weights of the query's n distinct tokens, ascending: float32, (n,), sum 1. Nearness: float32, (n,
        len(passages)), 0..1, the cosine to the nearest token of each passage, 0 for an empty passage.
        """
        ...


class WordTokens:
    """Adds token-level results to any vector encoder. Its tokens are index terms, and each matches only itself."""

    maxsim_weight = 0.0

    def __init__(self, encoder: VectorEncoder) -> None:
        self._encoder = encoder
        self.name, self.dim = encoder.name, encoder.dim
        # libraries hold tokens beside vectors: without these the same vectors are not the same library
        self.fingerprint = hashlib.sha256(f"words:{encoder.fingerprint}".encode()).hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Same as in :class:`Encoder`."""
        return self._encoder.encode(texts)

    def read(self, texts: Sequence[str]) -> Encoded:
        """Same as in :class:`Encoder`."""
        return Encoded(self.encode(texts), self.tokens(texts))

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Returns checksums of the texts' index terms."""
        return [
            np.array([crc32(term.encode("utf-8", "replace")) for term in analyze(text)], np.uint32) for text in texts
        ]

    def maxsim(self, query: Tokens, passages: Sequence[Tokens]) -> Floats:
        """Returns the share of the query's distinct terms in each passage, float32, (len(passages),), 0..1."""
        weights, held = self.nearest(query, passages)
        shares: Floats = np.minimum(weights @ held, np.float32(1))  # rounding can pass 1
        return shares

    def nearest(self, query: Tokens, passages: Sequence[Tokens]) -> tuple[Floats, Floats]:
        """Same as in :class:`Encoder`, but with equal weights, and with 1 for a term that the passage contains."""
        distinct = np.unique(query)
        weights = np.full(len(distinct), 1 / max(1, len(distinct)), np.float32)
        held = [np.isin(distinct, passage) for passage in passages]
        return weights, np.array(held, np.float32).reshape(len(passages), len(distinct)).T


def load_encoder(name_or_folder: str | Path | None = None) -> Encoder:
    """Opens an encoder: None for the bundled one, otherwise a folder or the name of a sentence-transformers model.

    A folder with a static model needs only numpy and tokenizers. Every other model needs the ``models`` extra.

    Raises:
        EncoderMissing: the model, or the extra it needs, is not installed.
    """
    if name_or_folder is None:
        return StaticEncoder.load(BUNDLED_MODEL)
    folder = Path(name_or_folder)
    if (folder / "model.json").is_file():
        return StaticEncoder.load(folder)
    static = _static_module(folder)
    return load_static(static, name=folder.name) if static else WordTokens(TransformerEncoder(str(name_or_folder)))


class TransformerEncoder:
    """Any sentence-transformers model, by name or folder, on the device that the library chooses.

    Raises:
        EncoderMissing: the extra is not installed, or the model cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        self._model = open_model("SentenceTransformer", name, setting="encoder", missing=EncoderMissing)
        self.name = name
        self.dim = int(self._model.encode(["."]).shape[1])
        # weights cannot be hashed cheaply: what the model says of one fixed sentence stands for them
        probe = np.round(self.encode(["forest carbon sink 森林碳汇"]), 2) + 0.0
        self.fingerprint = hashlib.sha256(f"{name}:{self.dim}:".encode() + probe.tobytes()).hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Returns float32, (len(texts), dim), rows L2-normalised; a zero row for an empty text."""
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        vectors = np.asarray(self._model.encode(clean, normalize_embeddings=True, show_progress_bar=False), np.float32)
        vectors = vectors.reshape(len(clean), self.dim)
        vectors[[not text.strip() for text in clean]] = 0
        return np.nan_to_num(vectors)


def _static_module(folder: Path) -> Path | None:
    """The folder of a sentence-transformers model's only module, if that module is a static one; otherwise None."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    static = kinds[:1] == ["StaticEmbedding"] and set(kinds[1:]) <= {"Normalize"}
    return folder / modules[0]["path"] if static else None
