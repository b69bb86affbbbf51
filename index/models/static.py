"""A static bilingual encoder that needs only numpy and tokenizers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats, Tokens, distinct
from sinkqa.index.errors import EncoderMissing, LibraryFormatMismatch
from sinkqa.index.models.cutting import Cutter, FolderCutter, TokenizerCutter

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Encoded(NamedTuple):
    """Encoded texts: ``vectors`` float32, (n, dim), rows L2-normalised; ``tokens`` of each text."""

    vectors: Floats
    tokens: list[Tokens]


MODEL_FORMAT = 1
_TEXTS_AT_ONCE = 256
_SHORT = 300  # characters: a sentence up to this long is kept with its tokens, since questions meet it again ...
_MOST_KNOWN = 20_000  # ... and so many of them
_MOST_POOLED = 100  # texts that are read alone, as questions are: search and answering each read the same one
_FIRST_WORD = 2  # ids 0 and 1 are padding and the unknown token
_FLOATS = {"F16": np.float16, "F32": np.float32, "F64": np.float64}


@dataclass(frozen=True, slots=True)
class Crossing:
    """The highest cosine that each token can have with a word of the other language.

    ``script``: int8, (n_tokens,), 1 Chinese, -1 Latin, 0 neither. ``ceiling``: float32, (n_tokens,), 0..1, the highest
    cosine to a token of the other script; 1 for a token of neither.
    """

    script: NDArray[np.int8]
    ceiling: Floats

    def level(self, cosines: Floats, left: Tokens, right: Tokens) -> Floats:
        """Divides cosines across scripts by the ceiling of the left token. Results are at most 1.

        A word has a cosine of 1 with itself, but perhaps only 0.6 with its translation. Without this step, every
        passage in the language of the query would rank above its translation.
        """
        across = np.multiply.outer(self.script[left], self.script[right]) < 0
        share = np.divide(cosines, self.ceiling[left][:, None], out=cosines.copy(), where=across)
        levelled: Floats = np.minimum(share, np.float32(1), out=share)
        return levelled


class StaticEncoder:
    """Sums one vector per token. It has no network, so the cost of a passage is that of its tokenisation.

    ``weights`` is (n_tokens, dim), int8 or floating, and may be memory-mapped. The vector of token ``i`` is ``scale[i]
    * weights[i]``. ``token_weight`` is the weight of a query token in :meth:`maxsim`. There ``crossing`` compensates
    for the distance between languages.
    """

    maxsim_weight = 1.0

    def __init__(
        self,
        cutter: Cutter,
        weights: NDArray[Any],
        *,
        scale: Floats,
        token_weight: Floats | None,
        name: str,
        fingerprint: str,
        crossing: Crossing | None = None,
    ) -> None:
        self.name, self.fingerprint, self.dim = name, fingerprint, int(weights.shape[1])
        self._cutter, self._weights, self._scale = cutter, weights, scale
        self._token_weight, self._crossing = token_weight, crossing
        self._unit = np.empty(weights.shape, np.float32)  # takes up memory only where rows are written
        self._is_unit = np.zeros(len(weights), bool)
        self._known: dict[str, Tokens] = {}
        self._pooled: dict[str, Encoded] = {}

    @classmethod
    def load(cls, folder: Path) -> StaticEncoder:
        """Opens a folder written by ``sinkqa.index.models.quantise``; the weights stay on disk until they are used.

        Raises:
            EncoderMissing: a file of the model is missing or cannot be read.
            LibraryFormatMismatch: the folder has another format.
        """
        try:
            about = json.loads((folder / "model.json").read_text("utf-8"))
            if about.get("format") != MODEL_FORMAT:
                raise LibraryFormatMismatch(
                    f"the model in {folder} has format {about.get('format')}, expected {MODEL_FORMAT}: "
                    "write it again with python -m sinkqa.index.models.quantise"
                )
            return cls(
                FolderCutter(folder),
                np.load(folder / "weights.npy", mmap_mode="r"),
                scale=np.load(folder / "scale.npy").astype(np.float32),
                token_weight=np.load(folder / "token_weight.npy").astype(np.float32),
                name=about["name"],
                fingerprint=about["fingerprint"],
                crossing=_read_crossing(folder),
            )
        except (OSError, ValueError, KeyError) as error:
            raise EncoderMissing(
                f"cannot load the encoder in {folder}: {error}; reinstall sinkqa or write the folder anew "
                "with python -m sinkqa.index.models.quantise"
            ) from error

    def encode(self, texts: Sequence[str]) -> Floats:
        """Returns float32, (len(texts), dim), rows L2-normalised; a zero row for a text without a known token."""
        return self.read(texts).vectors

    def read(self, texts: Sequence[str]) -> Encoded:
        """Returns the vectors and tokens of the texts. Each text is tokenised once."""
        alone = texts[0] if len(texts) == 1 and len(texts[0]) <= _SHORT else None
        if alone is not None and (known := self._pooled.get(alone)):
            return known
        tokens = self.tokens(texts)
        read = Encoded(self._pool(tokens), tokens)
        if alone is not None:
            if len(self._pooled) >= _MOST_POOLED:
                self._pooled = {}
            read.vectors.flags.writeable = False  # others are given the same
            self._pooled[alone] = read
        return read

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Returns the ids of the known tokens of each text, in order; empty if there is none."""
        _share_no_products()  # whatever is multiplied was tokens before
        if len(self._known) > _MOST_KNOWN:
            self._known = {}
        known = self._known  # this very one: another thread may begin anew
        found = {text: known[text] for text in texts if text in known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(missing), _TEXTS_AT_ONCE):
            part = missing[start : start + _TEXTS_AT_ONCE]
            clean = [_without_surrogates(text) for text in part]
            for text, cut in zip(part, self._cutter.cut(clean), strict=True):
                ids = np.array(cut, dtype=np.uint32)
                found[text] = ids[ids >= _FIRST_WORD]
        known.update((text, found[text]) for text in missing if len(text) <= _SHORT)
        return [found[text] for text in texts]

    def _pool(self, tokens: Sequence[Tokens]) -> Floats:
        vectors = np.zeros((len(tokens), self.dim), np.float32)
        for row, ids in enumerate(tokens):
            if len(ids):  # counts first: a passage repeats its words, and a row of weights is a kilobyte
                words, counts = np.unique(ids, return_counts=True)
                vectors[row] = (counts * self._scale[words]).astype(np.float32) @ self._rows(words)
        return _normalised(vectors)

    def maxsim(self, query: Tokens, passages: Sequence[Tokens]) -> Floats:
        """Scores each passage by late interaction with one query: float32, (len(passages),), 0..1."""
        weights, cosines = self.nearest(query, passages)
        return np.minimum(weights @ np.square(cosines), np.float32(1))  # rounding can pass 1

    def nearest(self, query: Tokens, passages: Sequence[Tokens]) -> tuple[Floats, Floats]:
        """Returns the weight of each query token, and its nearness to each passage.

        Weights of the query's n distinct tokens, ascending: float32, (n,), sum 1. Nearness: float32, (n,
        len(passages)), 0..1, the cosine to the nearest token of each passage, 0 for an empty passage.
        """
        asked = distinct(query)
        found = np.zeros((len(asked), len(passages)), np.float32)
        lengths = np.fromiter(map(len, passages), np.intp, len(passages))
        filled = np.flatnonzero(lengths)
        if not len(filled) or not len(asked):
            return np.zeros(len(asked), np.float32), found
        vocabulary, where = self._places(np.concatenate(passages))
        cosines = self._levelled(asked, vocabulary)
        starts = np.cumsum(lengths[filled]) - lengths[filled]
        nearest = np.maximum.reduceat(np.take(cosines, where, axis=1), starts, axis=1)
        found[:, filled] = np.clip(nearest, 0, 1)
        weight = self._query_weight(asked)
        return weight / max(float(weight.sum()), 1e-9), found

    def _levelled(self, left: Tokens, right: Tokens) -> Floats:
        """Cosines of tokens, levelled across languages."""
        cosines = self._cosines(left, right)
        return self._crossing.level(cosines, left, right) if self._crossing else cosines

    def _places(self, ids: Tokens) -> tuple[Tokens, NDArray[np.intp]]:
        """The distinct ids, ascending, and each id's place among them. Faster than sorting."""
        stands = np.zeros(len(self._weights), bool)
        stands[ids] = True
        vocabulary = np.flatnonzero(stands)
        place = np.empty(len(stands), np.intp)  # only those of the vocabulary are ever written or read
        place[vocabulary] = np.arange(len(vocabulary))
        return vocabulary.astype(np.uint32), place[ids]

    def _cosines(self, left: Tokens, right: Tokens) -> Floats:
        cosines = self._unit_rows(right) @ self._unit_rows(left).T  # the long side first: BLAS likes it
        return np.ascontiguousarray(cosines.T)

    def _unit_rows(self, ids: Tokens) -> Floats:
        """Unit vectors of tokens, cached because queries use the same words again and again."""
        known = self._is_unit[ids]
        if not known.all():
            missing = ids[~known]
            self._unit[missing] = _normalised(self._rows(missing))
            self._is_unit[missing] = True  # only now: another thread may be reading
        return self._unit.take(ids, axis=0)

    def _rows(self, ids: Tokens) -> Floats:
        return np.asarray(self._weights[ids], np.float32)

    def _query_weight(self, ids: Tokens) -> Floats:
        if self._token_weight is not None:
            return self._token_weight[ids]
        lengths: Floats = self._scale[ids] * np.linalg.norm(self._rows(ids), axis=1)
        return lengths


def load_static(folder: Path, *, name: str) -> StaticEncoder:
    """Opens the module folder of a sentence-transformers ``StaticEmbedding`` without torch.

    Raises:
        EncoderMissing: a file of the model is missing or cannot be read.
    """
    from tokenizers import Tokenizer

    try:
        weights = read_safetensors(folder / "model.safetensors")
        description = (folder / "tokenizer.json").read_bytes()
    except (OSError, ValueError, KeyError) as error:
        raise EncoderMissing(f"cannot load the static model in {folder}: {error}; check the folder") from error
    token_weight = folder / "token_weight.npy"
    return StaticEncoder(
        TokenizerCutter(lambda: Tokenizer.from_str(description.decode("utf-8"))),
        weights,
        scale=np.ones(len(weights), np.float32),
        token_weight=np.load(token_weight).astype(np.float32) if token_weight.is_file() else None,
        name=name,
        fingerprint=fingerprint(weights, description),
    )


def read_safetensors(path: Path) -> NDArray[Any]:
    """Returns the largest matrix of a safetensors file, memory-mapped. Raises ValueError if there is none."""
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        if header_bytes > path.stat().st_size:
            raise ValueError("the header is longer than the file")
        header = json.loads(file.read(header_bytes))
    header.pop("__metadata__", None)
    matrices = [entry for entry in header.values() if entry["dtype"] in _FLOATS and len(entry["shape"]) == 2]
    if not matrices:
        raise ValueError("the file holds no matrix of floating-point numbers")
    entry = max(matrices, key=lambda each: each["shape"][0] * each["shape"][1])
    offset = 8 + header_bytes + entry["data_offsets"][0]
    return np.memmap(path, _FLOATS[entry["dtype"]], "r", offset, tuple(entry["shape"]))


def fingerprint(weights: NDArray[Any], tokenizer: bytes) -> str:
    """Hashes the content of a static model to 16 hex digits."""
    digest = hashlib.sha256(np.ascontiguousarray(weights).data)
    digest.update(tokenizer)
    return digest.hexdigest()[:16]


def _read_crossing(folder: Path) -> Crossing | None:
    if not (folder / "reach.npy").is_file():
        return None
    return Crossing(np.load(folder / "script.npy"), np.load(folder / "reach.npy").astype(np.float32))


def _normalised(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit


@cache
def _share_no_products() -> None:
    """Limits products to one thread: they take a millisecond, and waking a second thread costs more than it saves."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def _without_surrogates(text: str) -> str:
    """Drops lone surrogates: the tokenizer takes UTF-8, which has none."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
