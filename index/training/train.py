"""Step 4 of training: contrastive learning of the token vectors, pooled and token by token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sinkqa.index.arrays import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from torch import Tensor

Ids = NDArray[np.int64]
Tokens = NDArray[np.int32]

_ACROSS = frozenset({"par", "dict"})  # kinds whose sides may change places: their languages then mix in a batch


@dataclass(frozen=True, slots=True)
class TrainingParams:
    """Parameters of training.

    Source: van den Oord et al. 2018 (InfoNCE), Kusupati et al. 2022 (nested sizes), Wortsman et al. 2022
    (interpolation of the weights with those before training).
    """

    dim: int = 256
    steps: int = 3_000
    batch: int = 1_024
    rate: float = 0.002
    warm_up: int = 100  # steps
    temperature: float = 0.07
    short_dim: int = 64  # a truncation that is trained too
    short_every: int = 2  # steps
    short_weight: float = 0.4
    longest: int = 110  # tokens of a text
    swapped: float = 0.3  # share of the pairs across languages whose sides change places
    cropped: float = 0.15  # share of the left texts cut to a run of their tokens, as a question is to its passage
    interaction_every: int = 2  # steps
    interaction_batch: int = 64  # pairs
    interaction_longest: int = 56  # tokens of a passage
    interaction_temperature: float = 0.05
    interaction_weight: float = 2.0
    drawn_back: float = 0.2  # share of the start vectors in the result: other fields gain, statutes lose little
    seed: int = 1
    mix: Mapping[str, float] = field(
        default_factory=lambda: {
            "par": 0.38,
            "dict": 0.20,
            "qp_en": 0.10,
            "qp_zh": 0.12,
            "qp_x": 0.08,
            "ict_en": 0.04,
            "ict_zh": 0.08,
        }
    )


class TokenTable:
    """Texts as token ids, one after another."""

    def __init__(self, texts: list[Tokens]) -> None:
        self.ids = np.concatenate(texts)
        self.starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])])

    @property
    def lengths(self) -> Ids:
        """Tokens of each text."""
        return np.diff(self.starts)

    def take(self, rows: Ids) -> list[Tokens]:
        """The texts of these rows, in this order."""
        return [self.ids[self.starts[row] : self.starts[row + 1]] for row in rows]


@dataclass(frozen=True, slots=True)
class PairTable:
    """The pairs of one kind with their sampling probabilities."""

    left: TokenTable
    right: TokenTable
    cumulative: Floats

    def draw(self, size: int, rng: np.random.Generator) -> Ids:
        """Distinct rows, at most ``size``, in random order."""
        rows = np.searchsorted(self.cumulative, rng.random(size))
        return rng.permutation(np.unique(np.minimum(rows, len(self.cumulative) - 1)))


def train(
    start: Floats,
    tables: Mapping[str, PairTable],
    counts: Floats,
    params: TrainingParams,
    report: Callable[[str], None],
) -> Floats:
    """The trained vectors, float32, (n_tokens, dim). ``counts``: how often each token occurs in the texts."""
    import torch

    rng = np.random.default_rng(params.seed)
    torch.manual_seed(params.seed)
    weights = torch.nn.Parameter(torch.from_numpy(start.copy()))
    weights.grad = torch.zeros_like(weights)
    optimiser = torch.optim.Adam([weights], lr=params.rate, betas=(0.9, 0.99), fused=True)
    rarity = torch.from_numpy(token_rarity(counts))
    kinds = [kind for kind in params.mix if kind in tables]
    odds = np.array([params.mix[kind] for kind in kinds])
    running: dict[str, float] = {}
    for step in range(params.steps):
        for group in optimiser.param_groups:
            group["lr"] = _rate(step, params)
        kind = kinds[rng.choice(len(kinds), p=odds / odds.sum())]
        left, right = _batch(tables[kind], kind, params, rng)
        loss = _learn(weights, rarity, left, right, params, step=step, rng=rng)
        optimiser.step()
        running[kind] = 0.95 * running.get(kind, loss) + 0.05 * loss
        if (step + 1) % 100 == 0:
            losses = " ".join(f"{name} {value:.3f}" for name, value in sorted(running.items()))
            report(f"step {step + 1} of {params.steps}: {losses}")
    trained = np.asarray(weights.detach().numpy(), np.float32)
    return (1 - params.drawn_back) * trained + params.drawn_back * start


def token_rarity(counts: Floats) -> Floats:
    """Log-idf of each token over the training texts, the rarest 1: float32, (n_tokens,)."""
    rarity = np.log(1 + counts.sum() / (counts + 5))
    return np.asarray(rarity / rarity.max(), np.float32)


def _rate(step: int, params: TrainingParams) -> float:
    return params.rate * min(1.0, (step + 1) / params.warm_up) * max(0.02, 1 - step / params.steps)


def _batch(
    table: PairTable, kind: str, params: TrainingParams, rng: np.random.Generator
) -> tuple[list[Tokens], list[Tokens]]:
    rows = table.draw(params.batch, rng)
    left, right = table.left.take(rows), table.right.take(rows)
    if kind in _ACROSS:
        for i in np.flatnonzero(rng.random(len(rows)) < params.swapped):
            left[i], right[i] = right[i], left[i]
    left = [_crop(text, rng) if rng.random() < params.cropped else text for text in left]
    return [text[: params.longest] for text in left], [text[: params.longest] for text in right]


def _crop(text: Tokens, rng: np.random.Generator) -> Tokens:
    """A run of at least six tokens of the text."""
    if len(text) <= 8:
        return text
    size = int(rng.integers(6, min(len(text), 30)))
    begin = int(rng.integers(0, len(text) - size + 1))
    return text[begin : begin + size]


def _learn(
    weights: Tensor,
    rarity: Tensor,
    left: list[Tokens],
    right: list[Tokens],
    params: TrainingParams,
    *,
    step: int,
    rng: np.random.Generator,
) -> float:
    """Puts the gradient of one batch into ``weights.grad`` and returns the loss.

    Only the rows of the batch are computed: they fit the processor's cache, the whole table does not.
    """
    import torch

    used, places = _places(np.concatenate([*left, *right]), len(weights))
    rows = torch.from_numpy(used)
    local = weights.detach()[rows].requires_grad_()
    middle = sum(map(len, left))
    bags = _bags(places[:middle], left, len(used)), _bags(places[middle:], right, len(used))
    # Torch's own embedding bag takes ten times as long to go back through as these two products with a sparse matrix.
    pooled = [torch.from_numpy(bag @ local.detach().numpy()).requires_grad_() for bag in bags]
    loss = _contrast(pooled[0], pooled[1], params.temperature, params.dim)
    if step % params.short_every == 0:
        loss = loss + params.short_weight * _contrast(pooled[0], pooled[1], params.temperature, params.short_dim)
    if step % params.interaction_every == 0:
        loss = loss + params.interaction_weight * _interaction(local, rarity[rows], bags, params, rng)
    loss.backward()
    gradient = sum(bag.T @ text.grad.numpy() for bag, text in zip(bags, pooled, strict=True))
    if local.grad is not None:
        gradient += local.grad.numpy()
    weights.grad.zero_()
    weights.grad[rows] = torch.from_numpy(gradient)
    return float(loss.detach())


def _places(ids: Tokens, size: int) -> tuple[Ids, Tokens]:
    """The distinct ids, ascending, and the place of each id among them (faster than sorting)."""
    stands = np.zeros(size, bool)
    stands[ids] = True
    return np.flatnonzero(stands), (np.cumsum(stands, dtype=np.int32) - 1)[ids]


def _bags(places: Tokens, texts: list[Tokens], width: int) -> csr_matrix:
    """A matrix with one row per text and one column per token; each token counts one over the text's length."""
    from scipy.sparse import csr_matrix

    lengths = np.array([len(text) for text in texts])
    shares = np.repeat((1 / lengths).astype(np.float32), lengths)
    return csr_matrix((shares, places, np.concatenate([[0], np.cumsum(lengths)])), shape=(len(texts), width))


def _contrast(left: Tensor, right: Tensor, temperature: float, dim: int) -> Tensor:
    """Symmetric InfoNCE over the batch, on the first ``dim`` numbers."""
    from torch.nn.functional import normalize

    return _symmetric(normalize(left[:, :dim], dim=1) @ normalize(right[:, :dim], dim=1).T / temperature)


def _symmetric(scores: Tensor) -> Tensor:
    """Cross entropy along rows and columns of a square of scores whose diagonal is true. Scores stay below 80."""
    odds = scores.exp()  # once for both sides
    loss: Tensor = (odds.sum(0).log().mean() + odds.sum(1).log().mean()) / 2 - scores.diagonal().mean()
    return loss


def _interaction(
    local: Tensor,
    rarity: Tensor,
    bags: tuple[csr_matrix, csr_matrix],
    params: TrainingParams,
    rng: np.random.Generator,
) -> Tensor:
    """InfoNCE over the late-interaction scores of the first pairs of the batch."""
    import torch
    from torch.nn.functional import normalize

    size = min(params.interaction_batch, bags[0].shape[0])
    queries = [np.unique(text[:24]) for text in _texts(bags[0], size)]
    passages = [_window(text, params.interaction_longest, rng) for text in _texts(bags[1], size)]
    asked, askers = np.unique(np.concatenate(queries), return_inverse=True)
    found, finders = np.unique(np.concatenate(passages), return_inverse=True)
    vectors = local[torch.from_numpy(asked)], local[torch.from_numpy(found)]
    cosines = normalize(vectors[0], dim=1) @ normalize(vectors[1], dim=1).T
    nearest = cosines.gather(1, torch.from_numpy(_winners(cosines.detach().numpy(), finders, passages)))
    matched = nearest.clamp(min=0) ** 2  # (distinct query tokens, passages)
    weight = rarity[torch.from_numpy(asked)] * vectors[0].norm(dim=1)
    owner = torch.from_numpy(np.repeat(np.arange(size), [len(text) for text in queries]))
    which = torch.from_numpy(askers)
    total = torch.zeros(size).index_add(0, owner, weight[which])
    scores = torch.zeros(size, size).index_add(0, owner, (matched * weight[:, None])[which]) / total[:, None]
    return _symmetric(scores / params.interaction_temperature)


def _winners(cosines: Floats, finders: NDArray[np.intp], passages: list[Tokens]) -> Ids:
    """The column of the nearest token of each passage, for each row of cosines."""
    longest = max(map(len, passages))
    padded = np.empty((len(passages), longest), np.int64)
    at = 0
    for i, text in enumerate(passages):
        padded[i] = np.resize(finders[at : at + len(text)], longest)  # repeating tokens changes no maximum
        at += len(text)
    best = cosines[:, padded].argmax(axis=2)
    winners: Ids = padded[np.arange(len(passages)), best]
    return winners


def _texts(bag: csr_matrix, size: int) -> Iterator[Tokens]:
    return (bag.indices[bag.indptr[i] : bag.indptr[i + 1]] for i in range(size))


def _window(text: Tokens, longest: int, rng: np.random.Generator) -> Tokens:
    begin = int(rng.integers(0, max(1, len(text) - longest + 1)))
    return text[begin : begin + longest]
