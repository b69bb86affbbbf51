"""Reading step of the flow: the bundled cross-encoder, which reads a question or a claim together with a text.

It runs as an int8 ONNX file on the processor; nothing here needs torch. Loaded by the first question that needs it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from index.errors import RerankerMissing
from index.static import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

PADDING = 1
LONGEST = 224
"""Tokens of a pair that are read, its four marks among them."""

SUPPORTED, CONTRADICTED, NEUTRAL = range(3)
FOLDER = Path(__file__).parent / "reader"
"""Where the bundled model lies."""

_START, _END = 0, 2
_MOST_ASKED = 80  # tokens of a question or a claim
_AT_ONCE = 1_024  # tokens of a batch: what stays in the processor's cache

Encoding = list[int]


class CrossEncoder:
    """Says how well texts answer a question and whether evidence supports a claim. Safe for threads.

    ``fingerprint`` changes whenever the scores would.

    Raises:
        RerankerMissing: ``onnxruntime`` is not installed, or the folder holds no such model.
    """

    def __init__(self, folder: Path = FOLDER, *, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise RerankerMissing("the cross-encoder needs onnxruntime: pip install 'sinkqa[reader]'") from error
        try:
            card = json.loads((folder / "model.json").read_text("utf-8"))
            model = (folder / "model.onnx").read_bytes()
        except (OSError, ValueError) as error:
            raise RerankerMissing(f"cannot load the cross-encoder in {folder}: {error}") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.name: str = card["name"]
        self.fingerprint = hashlib.sha256(model).hexdigest()[:16]
        self._folder = folder
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def answers(self, question: str, texts: Sequence[str]) -> Floats:
        """How far each text answers the question, float32, (len(texts),), 0..1; comparable between questions."""
        return _sigmoid(self._read([(question, text) for text in texts])[0])

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """As :meth:`answers`: what :class:`index.reranker.Reranker` asks for."""
        return self.answers(query, texts)

    def entails(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Probabilities that evidence supports, contradicts or leaves open a claim, float32, (len(pairs), 3).

        ``pairs``: of claim and evidence.
        """
        logits = self._read(pairs)[1]
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)

    def _read(self, pairs: Sequence[tuple[str, str]]) -> tuple[Floats, Floats]:
        """Logits of both heads, (n,) and (n, 3)."""
        encoded = encode(self._tokenizer, pairs)
        answers, entails = np.zeros(len(pairs), np.float32), np.zeros((len(pairs), 3), np.float32)
        for places in batches(encoded, _AT_ONCE):
            ids = np.full((len(places), max(len(encoded[n]) for n in places)), PADDING, np.int64)
            for row, place in enumerate(places):
                ids[row, : len(encoded[place])] = encoded[place]
            found = self._session.run(None, {"ids": ids, "mask": (ids != PADDING).astype(np.int64)})
            answers[places], entails[places] = cast("list[Any]", found)
        return answers, entails

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))


def encode(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], *, longest: int = LONGEST) -> list[Encoding]:
    """Token numbers of each pair, ``<s> first </s></s> second </s>``; of what is too long the ends are left out."""
    flat = [_clean(text) for pair in pairs for text in pair]
    numbers = [each.ids for each in tokenizer.encode_batch(flat, add_special_tokens=False)]
    found = []
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        asked = first[:_MOST_ASKED]
        found.append([_START, *asked, _END, _END, *second[: longest - 4 - len(asked)], _END])
    return found


def batches(encoded: Sequence[NDArray[np.int64] | Encoding], size: int) -> Iterator[NDArray[np.int64]]:
    """Places of pairs of nearly equal length, so many that about ``size`` tokens come together."""
    order = np.argsort([len(each) for each in encoded], kind="stable")
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and len(encoded[order[stop]]) * (stop + 1 - start) <= size:
            stop += 1
        yield order[start:stop]
        start = stop


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)
