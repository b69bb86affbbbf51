"""The interface of rerankers, which are models that read question and passage together, and their loading."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.errors import RerankerMissing
from sinkqa.index.hit import Hit
from sinkqa.index.models.cross_encoder import BUNDLED, CrossEncoder, is_own
from sinkqa.index.models.passage_text import vector_text
from sinkqa.index.models.transformer import open_model

_DEPTH = 30  # each costs a pass through the model
_PROBES = (("forest carbon sink 森林碳汇", "Forests store carbon."), ("what is peat?", "泥炭是什么？"))
_HEAD = "ForSequenceClassification"
_MOST_LABELS = 2


class Reranker(Protocol):
    """Anything that scores how well a text answers a question. ``fingerprint`` changes if the scores change."""

    name: str
    fingerprint: str
    weight: float | None
    """The weight of the reranker's scores beside search scores, of which the best counts 1.

    None: only its scores decide.
    """

    depth: int
    """The least number of hits to fetch from the search. With a ``weight``, the reranker reads exactly so many."""

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """Returns float32, (len(texts),), 0..1, higher is better; comparable within one query."""
        ...


def load_reranker(name_or_folder: str | Path) -> Reranker:
    """Opens a cross-encoder: "bundled", a folder of that format, or a sentence-transformers model.

    It respects the offline flags of the model hub.

    Raises:
        RerankerMissing: the model or the extra it needs is not there, or the model is not a cross-encoder.
    """
    if name_or_folder == BUNDLED:
        return CrossEncoder()
    if is_own(Path(name_or_folder)):
        return CrossEncoder(Path(name_or_folder))
    return CrossEncoderReranker(str(name_or_folder))


class CrossEncoderReranker:
    """A sentence-transformers ``CrossEncoder`` with one label, or with two. The second then means relevant.

    Raises:
        RerankerMissing: see :func:`load_reranker`.
    """

    weight: float | None = None
    depth = _DEPTH

    def __init__(self, name: str) -> None:
        self._model = open_model("CrossEncoder", name, setting="reranker", missing=RerankerMissing)
        self.name = name
        if reason := self._unfit():
            raise RerankerMissing(f"the model {name!r} is not a reranker: {reason}; name a cross-encoder, or unset it")
        # weights cannot be hashed cheaply: what the model says of fixed pairs stands for them
        probe = np.round(self._logits(_PROBES), 2) + 0.0
        self.fingerprint = hashlib.sha256(name.encode() + probe.tobytes()).hexdigest()[:16]

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """Returns the sigmoid of one label, or the softmax of two, as :class:`Reranker` requires."""
        if not texts:
            return np.zeros(0, np.float32)
        logits = self._logits([(query, text) for text in texts])
        against = -logits if logits.ndim == 1 else logits[:, 0] - logits[:, 1]
        return np.asarray(1 / (1 + np.exp(np.clip(np.nan_to_num(against, nan=80), -80, 80))), np.float32)

    def _logits(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """float32, (n,) of a model with one label, else (n, labels)."""
        from torch.nn import Identity

        clean = [tuple(text.encode("utf-8", "replace").decode("utf-8") for text in pair) for pair in pairs]
        return np.asarray(self._model.predict(clean, activation_fn=Identity(), show_progress_bar=False), np.float32)

    def _unfit(self) -> str | None:
        """Why the model cannot rerank, or None: a model without a trained head gets a random one."""
        config = self._model.model.config
        made = type(self._model.model).__name__.endswith(_HEAD)
        if made and not any(each.endswith(_HEAD) for each in config.architectures or ()):
            return f"its architecture is {', '.join(config.architectures or ['unknown'])}, without {_HEAD}"
        n_labels = self._model.num_labels
        return f"it has {n_labels} labels, expected 1 or {_MOST_LABELS}" if n_labels > _MOST_LABELS else None


def rerank(reranker: Reranker, query: str, hits: Sequence[Hit]) -> list[Hit]:
    """Returns the hits by descending score, ties by passage_id, with the reranker's score in ``why.rerank``.

    ``score`` becomes the reranker's score. If the reranker has a weight, it becomes a weighted mean with the search
    score. Then the reranker reads only the first hits, and the others get the lowest reranker score.
    """
    read = hits if reranker.weight is None else hits[: reranker.depth]
    said = reranker.scores(query, [vector_text(hit.title, hit.passage) for hit in read]).tolist()
    said += [min(said, default=0.0)] * (len(hits) - len(read))
    best = max((hit.score for hit in hits), default=0.0)
    scored = [
        replace(hit, score=_together(hit.score, each, best, reranker.weight), why=replace(hit.why, rerank=each))
        for hit, each in zip(hits, said, strict=True)
    ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.passage.passage_id))


def _together(found: float, said: float, best: float, weight: float | None) -> float:
    """A hit's score; on the scale of the search if the search score counts too."""
    return said if weight is None else (found + weight * said * best) / (1 + weight)
