"""Retrieval step of the flow: one score from the legs' scores, a weighted sum of normalised parts."""

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
    """What one point of each part counts beside a cosine.

    ``lexical`` is for passages in the question's language; an English term is a whole word, which tells more than a
    pair of characters. What crosses the languages are digits and names, which say little.
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
    """Scores, float32 (n,), of n candidates. Inputs are (n,): cosine -1..1, share of perfect BM25 and MaxSim 0..1.

    ``words``: distinct tokens of each; the more there are, the nearer one comes to any word of the question by chance.
    A passage in the question's own language, ``asked_in``, repeats its words; one in another language can only mean
    the same, and raw scores would hide it. So the words it cannot share are estimated from what it means, and each
    candidate is judged against the ordinary ones of its language.
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
    """What shared words add to a passage as near in meaning in the question's own language: a line through those.

    With few of them to tell from, less is expected, and never more than one of them has.
    """
    best = np.sort(meaning[own])[-_NEIGHBOURS:][0]
    near = own & (meaning >= best)
    distance, words = meaning[near] - meaning[near].mean(), lexical[near] - lexical[near].mean()
    slope = max(0.0, float((distance * words).mean()) / max(float(np.square(distance).mean()), 1e-6))
    n = np.count_nonzero(near)
    line = lexical[near].mean() + slope * (meaning - meaning[near].mean())
    return np.asarray(np.clip(line, 0, lexical[near].max()) * n / (n + _FEW_NEIGHBOURS), np.float32)


def _shifted(scores: Floats, spoken: NDArray[np.str_], language_shift: float) -> Floats:
    """The means of the languages' best drawn towards the highest, less so where few candidates tell a mean."""
    groups = [spoken == language for language in distinct(spoken)]
    means = [np.sort(scores[group])[-_BACKGROUND:].mean() for group in groups]
    shifted = scores.copy()
    for group, mean in zip(groups, means, strict=True):
        n = np.count_nonzero(group)
        shifted[group] += language_shift * (max(means) - mean) * n / (n + _FEW)
    return shifted
