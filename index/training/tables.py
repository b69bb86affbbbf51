"""Token-id tables of the pairs, by kind, with sampling probabilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sinkqa.index.arrays import Floats
from sinkqa.index.training.corpus import Pair, share
from sinkqa.index.training.train import PairTable, TokenTable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LONGEST = 320  # tokens kept of a text
_AT_ONCE = 20_000
_BALANCE = 0.6  # a source of n pairs is drawn from in proportion to n to this power, so that the largest cannot rule
_USED = {("mojLaw", "par"): 0.55, ("mojLaw", "qp_x"): 0.6, ("ECDICT", "dict"): 0.7}  # share read, to save time
_LONGEST_HEADWORD = 24  # characters


def tabulate(pairs: Iterable[Pair], tokenizer: Tokenizer) -> tuple[dict[str, PairTable], Floats]:
    """One table for each kind, and the count of each token in them: float32, (n_tokens,)."""
    chosen: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if _is_used(pair):
            chosen[pair.kind].append(pair)
    counts = np.zeros(tokenizer.get_vocab_size(), np.float32)
    tables = {}
    for kind, group in sorted(chosen.items()):
        left = _tokens([pair.left for pair in group], tokenizer)
        right = _tokens([pair.right for pair in group], tokenizer)
        filled = [i for i in range(len(group)) if len(left[i]) and len(right[i])]
        odds = _odds([group[i].source for i in filled])
        table = PairTable(TokenTable([left[i] for i in filled]), TokenTable([right[i] for i in filled]), odds)
        tables[kind] = table
        for side in (table.left, table.right):
            counts += np.bincount(side.ids, minlength=len(counts)).astype(np.float32)
    return tables, counts


def _is_used(pair: Pair) -> bool:
    if pair.source == "ECDICT" and len(pair.left) > _LONGEST_HEADWORD:
        return False
    return share(pair.left) < _USED.get((pair.source, pair.kind), 1.0)


def _tokens(texts: Sequence[str], tokenizer: Tokenizer) -> list[NDArray[np.int32]]:
    found: list[NDArray[np.int32]] = []
    for start in range(0, len(texts), _AT_ONCE):
        for encoding in tokenizer.encode_batch_fast(list(texts[start : start + _AT_ONCE]), add_special_tokens=False):
            ids = np.array(encoding.ids[:_LONGEST], dtype=np.int32)
            found.append(ids[ids > 1])
    return found


def _odds(sources: Sequence[str]) -> Floats:
    """Cumulative probabilities of the rows, ending at 1."""
    _, which, sizes = np.unique(np.array(sources), return_inverse=True, return_counts=True)
    weight = (sizes ** (_BALANCE - 1.0))[which]
    odds: Floats = np.cumsum(weight / weight.sum())
    return odds
