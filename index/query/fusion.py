"""Score fusion: a weighted sum of the retrievers' normalised scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.index.arrays import Floats, distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BACKGROUND = 50  # best candidates of a language that tell what an ordinary candidate in it scores
_FEW = 3  # so many candidates say half of what many would
_NEIGHBOURS = 100  # best candidates in the question's language that tell how meaning and shared words go together
_FEW_NEIGHBOURS = 10
_SHORT = 10  # words; below that a passage is as short as can be


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the parts of a score; the cosine has the weight 1.

    ``lexical`` applies to passages in the question's language. ``lexical_en`` is higher, because an English term is a
    whole word and carries more meaning than a pair of characters. Across languages only digits and names match, and
    they carry little meaning.
    """

    lexical: float = 3.0
    lexical_en: float = 5.0  # in place of it where question and passage are English
    lexical_across: float = 1.0
    maxsim: float = 2.0
    unshared: float = 1.3  # of the words that a passage in another language would be expected to share
    language_shift: float = 0.5  # of the distance between the languages' ordinary candidates, 0..1
    length: float = 0.03  # taken off late interaction for each e-fold of a passage's words


DEFAULT_WEIGHTS = Weights()


def fuse(
    *,
    dense: Floats,
    lexical: Floats,
    maxsim: Floats,
    words: Sequence[int],
    languages: Sequence[str],
    asked_in: str,
    weights: Weights,
) -> Floats:
    """Fuses the scores of n candidates, float32 (n,). Inputs are (n,): cosine -1..1, BM25 share and MaxSim 0..1.

    ``words``: distinct tokens of each candidate; a longer passage matches any query word better by chance.
    ``asked_in``: the language of the question. A passage in this language repeats the question's words. One in another
    language can only match its meaning, so its raw score would be too low. Therefore the missing word score is
    estimated from the meaning, and each candidate is compared with typical candidates of its language.
    """
    spoken = np.array(languages)
    excess = np.log(np.maximum(words, _SHORT)).astype(np.float32)
    meaning: Floats = dense + weights.maxsim * (maxsim - weights.length * (excess - excess.mean()))
    own = spoken == asked_in
    words_shared = (weights.lexical_en if asked_in == "en" else weights.lexical) * lexical
    if weights.unshared and own.any() and not own.all():
        expected = weights.unshared * _expected(meaning, words_shared, own)
    else:
        expected = np.zeros_like(meaning)
    across = np.maximum(weights.lexical_across * lexical, expected)
    return _shifted(meaning + np.where(own, words_shared, across), spoken, weights.language_shift)


def _expected(meaning: Floats, lexical: Floats, own: NDArray[np.bool_]) -> Floats:
    """Predicts the word score of a passage from its closeness in meaning, by linear regression.

    The line is fitted to the passages in the question's language that are nearest in meaning. With few of them the
    prediction shrinks; it never exceeds the highest word score among them.
    """
    best = np.sort(meaning[own])[-_NEIGHBOURS:][0]
    near = own & (meaning >= best)
    distance, words = meaning[near] - meaning[near].mean(), lexical[near] - lexical[near].mean()
    slope = max(0.0, float((distance * words).mean()) / max(float(np.square(distance).mean()), 1e-6))
    n = np.count_nonzero(near)
    line = lexical[near].mean() + slope * (meaning - meaning[near].mean())
    return np.asarray(np.clip(line, 0, lexical[near].max()) * n / (n + _FEW_NEIGHBOURS), np.float32)


def _shifted(scores: Floats, spoken: NDArray[np.str_], language_shift: float) -> Floats:
    """Raises each language's scores toward the mean of the best language; less with few candidates."""
    groups = [spoken == language for language in distinct(spoken)]
    means = [np.sort(scores[group])[-_BACKGROUND:].mean() for group in groups]
    shifted = scores.copy()
    for group, mean in zip(groups, means, strict=True):
        n = np.count_nonzero(group)
        shifted[group] += language_shift * (max(means) - mean) * n / (n + _FEW)
    return shifted
