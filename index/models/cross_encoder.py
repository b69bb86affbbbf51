"""The bundled cross-encoder, which reads a question together with a text.

It runs as an int8 ONNX file on the CPU, without torch, and is loaded at the first question that needs it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.errors import RerankerMissing
from sinkqa.ingest.extras import missing

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 224
"""The most tokens of a pair that are read, including its four special tokens."""

BUNDLED = "bundled"
"""The name of the model that comes with the product."""

FOLDER = Path(__file__).parent / "cross_encoder_model"
"""Folder of the bundled model."""

_MODEL = "model.onnx"
_START, _END, _UNKNOWN = 0, 2, 3
_MOST_ASKED = 80  # tokens of a question

Encoding = list[int]


class CrossEncoder:
    """Scores how well texts answer a question. Safe to use from several threads.

    ``fingerprint`` changes if the scores change.

    Raises:
        RerankerMissing: ``onnxruntime`` is not installed, or the folder holds no such model.
    """

    weight: float | None = 0.3  # docs/decisions/0019
    depth = 20

    def __init__(self, folder: Path = FOLDER, *, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise RerankerMissing(missing("cross-encoder", "the bundled cross-encoder")) from error
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self.name: str = json.loads((folder / "model.json").read_text("utf-8"))["name"]
            model, pieces = (folder / _MODEL).read_bytes(), (folder / "tokenizer.json").read_bytes()
            self._tokenizer = Tokenizer.from_buffer(pieces)
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # what both libraries raise for a damaged file has no nearer class
            raise RerankerMissing(
                f"cannot load the cross-encoder in {folder}: {next(iter(str(error).splitlines()), '')}; "
                "reinstall sinkqa or write the folder again with python -m sinkqa.index.training.cross_encoder"
            ) from error
        self.fingerprint = hashlib.sha256(model + pieces).hexdigest()[:16]

    def answers(self, question: str, texts: Sequence[str]) -> Floats:
        """Scores how well each text answers the question: float32, (len(texts),), 0..1; comparable between questions.

        The score of a text does not depend on the other texts.
        """
        pairs = encode(self._tokenizer, [(question, text) for text in texts])
        return _sigmoid(np.array([self._logit(pair) for pair in pairs], np.float32))

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """Same as :meth:`answers`. :class:`Reranker` requires this method."""
        return self.answers(query, texts)

    def _logit(self, pair: Encoding) -> float:
        """Runs one pair at a time: int8 scales depend on the whole batch, including padding."""
        ids = np.array([pair], np.int64)
        (found,) = self._session.run(["answers"], {"ids": ids, "mask": np.ones_like(ids)})
        return float(found[0])


def is_own(folder: Path) -> bool:
    """Whether a folder contains a model for :class:`CrossEncoder`."""
    return (folder / _MODEL).is_file()


def encode(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], *, longest: int = LONGEST) -> list[Encoding]:
    """Returns the token ids of each pair, ``<s> first </s></s> second </s>``.

    Pairs that are too long lose their ends.
    """
    flat = [_clean(text) for pair in pairs for text in pair]
    numbers = [_unmarked(each.ids) for each in tokenizer.encode_batch(flat, add_special_tokens=False)]
    found = []
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        asked = first[:_MOST_ASKED]
        found.append([_START, *asked, _END, _END, *second[: longest - 4 - len(asked)], _END])
    return found


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _unmarked(numbers: Encoding) -> Encoding:
    """Removes marks that a text spells out, as ``</s>`` or ``<pad>``."""
    return [number if number >= _UNKNOWN else _UNKNOWN for number in numbers]


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)
