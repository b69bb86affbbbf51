"""Affinity: how strongly the words of a line point to a row of a flattened table."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAMED = 4.0  # the line holds the row's own name
CONCEPT = 3.0  # it holds a term of the same concept of the domain
SHARED = 2.0  # it shares part of the name with this row alone
HINT = 1.5  # it holds a term of one Chinese character

_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
_PARTS = re.compile(r"[、，,/；;（）()]|\s+(?:and|or)\s+")


@lru_cache(maxsize=1)
def _terms() -> tuple[frozenset[str], dict[str, int]]:
    data = json.loads(files("sinkqa.ingest").joinpath("data/table_terms.json").read_text("utf-8"))
    return frozenset(data["header_words"]), {term: i for i, terms in enumerate(data["concepts"]) for term in terms}


@lru_cache(maxsize=1)
def _concept_pattern() -> re.Pattern[str]:
    """Longest term first, so that a term inside another is not counted. Latin terms match whole words."""
    terms = sorted(_terms()[1], key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(t)}(?=s?\b)" if t.isascii() else re.escape(t) for t in terms))


@lru_cache(maxsize=4096)
def concepts(text: str) -> dict[int, float]:
    """Returns the domain concepts (ecosystems, sectors, countries) that a text names, with their weights."""
    found: dict[int, float] = {}
    for match in _concept_pattern().finditer(text.lower()):
        concept, weight = _terms()[1][match[0]], CONCEPT if len(match[0]) > 1 else HINT
        found[concept] = max(weight, found.get(concept, 0.0))
    return found


def header_word(text: str) -> bool:
    """Whether a line ends with a word that usually heads a column. In English, also whether it begins with one."""
    words = _terms()[0]
    bare = re.sub(r"\s*[（(].*$", "", text).strip().lower()
    if any(bare.endswith(word) for word in words if not word.isascii()):
        return True
    latin = [re.sub(r"ies$", "y", word).removesuffix("s") for word in re.findall(r"[a-z]+", bare)]
    return bool(latin) and any(word in words or f"{word}s" in words for word in (latin[0], latin[-1]))


@lru_cache(maxsize=4096)
def _names(label: str) -> tuple[re.Pattern[str], ...]:
    """One pattern for each part of a row label that identifies the row by itself."""
    parts = (part.strip() for part in _PARTS.split(label))
    return tuple(
        re.compile(rf"(?<![A-Za-z]){re.escape(part)}(?![A-Za-z])" if part.isascii() else re.escape(part), re.IGNORECASE)
        for part in parts
        if len(part) >= 2
    )


@lru_cache(maxsize=4096)
def _units(label: str) -> frozenset[str]:
    """Words (Latin) and character pairs (Chinese) of a row label."""
    pairs = {label[i : i + 2] for i in range(len(label) - 1) if "\u4e00" <= min(label[i : i + 2]) <= "\u9fff"}
    return frozenset(pairs | set(_WORD.findall(label.lower())))


def affinities(texts: Sequence[str], labels: Sequence[str]) -> NDArray[np.float64]:
    """Returns how strongly each line points to each row: float64, (len(texts), len(labels)), 0..4.

    0 means no evidence.
    """
    import numpy as np

    scores = np.zeros((len(texts), len(labels)))
    label_concepts = [concepts(label).keys() for label in labels]
    everywhere = set.intersection(*map(set, label_concepts)) if labels else set()
    spread = Counter(unit for label in labels for unit in _units(label))
    for r, label in enumerate(labels):
        units = _units(label)
        own = [unit for unit in units if spread[unit] == 1]
        meant = label_concepts[r] - everywhere
        for i, text in enumerate(texts):
            named = concepts(text)
            score = max((named[concept] for concept in named.keys() & meant), default=0.0)
            if any(name.search(text) for name in _names(label)):
                score = NAMED
            elif own and 2 * (found := sum(unit in text.lower() for unit in own)) >= len(units):
                score = max(score, SHARED * found / len(units))
            scores[i, r] = score
    return scores
