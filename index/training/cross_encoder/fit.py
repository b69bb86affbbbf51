"""Step 4 of training: batches drawn by a weighted mix of sources, the loss, and the best state kept.

A run is a function of its seed: the batch of step n does not depend on when the run was started or resumed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor
from torch.nn import functional

from sinkqa.index.arrays import Floats
from sinkqa.index.models.cross_encoder import encode
from sinkqa.index.training.cross_encoder.network import Network, batches, learnt, padded
from sinkqa.index.training.cross_encoder.rows import Posing

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from sinkqa.index.models.cross_encoder import Encoding

_OTHERS = 5  # texts that do not answer, of one question
_POOL = 256  # rows drawn at once and sorted by length: batches of like lengths need little padding
_AT_ONCE = 6_144  # tokens read together where nothing is learnt
_REPORTED_EVERY = 50  # steps
_GROUPED = 0.5  # weight of the loss that ranks a question's texts, beside that of each text by itself


@dataclass(frozen=True, slots=True)
class FitParams:
    """Duration and rate of learning.

    ``tokens``: of a batch. ``rate``: the highest, after ``warm_up`` of all steps. ``longest``: tokens of a pair.
    """

    steps: int = 9_000
    tokens: int = 6_144
    rate: float = 1e-4
    warm_up: float = 0.04
    longest: int = 192
    checked_every: int = 600
    seed: int = 14


@dataclass(frozen=True, slots=True)
class _Item:
    """A row as read: its pairs. The first ``n`` pairs are positive."""

    pairs: list[Encoding]
    answering: int


class Mix:
    """Rows drawn by source, with replacement. Sources are drawn by their weights, rows of a source evenly."""

    def __init__(self, sources: Mapping[str, Sequence[Posing]], weights: Mapping[str, float], seed: int) -> None:
        self._names = sorted(name for name in sources if sources[name] and weights.get(name, 0) > 0)
        self._sources = sources
        total = sum(weights[name] for name in self._names)
        self._shares = np.array([weights[name] / total for name in self._names])
        self._seed = seed

    def draw(self, place: int, size: int) -> list[Posing]:
        """The rows of pool number ``place``."""
        rng = np.random.default_rng((self._seed, place))
        drawn: list[Posing] = []
        for number in rng.choice(len(self._names), size, p=self._shares):
            rows = self._sources[self._names[number]]
            drawn.append(rows[int(rng.integers(len(rows)))])
        return drawn


def fit(
    network: Network,
    tokenizer: Tokenizer,
    mix: Mix,
    *,
    held_out: Sequence[Posing],
    folder: Path,
    params: FitParams,
    report: Callable[[str], None],
) -> None:
    """Trains in place and ends with the state that scores best on the held-out rows. Resumes a stopped run.

    ``folder`` gets ``last.pt``, ``best.pt`` and ``scores.jsonl``.
    """
    optimiser = torch.optim.AdamW(learnt(network), lr=params.rate, weight_decay=0.01, fused=True)
    begun, best = _resumed(folder, network, optimiser)
    checked = [_item(row, tokenizer, params.longest, np.random.default_rng(0)) for row in held_out]
    running = 0.0
    batches_left = islice(_batches(mix, tokenizer, params, skip=begun), max(0, params.steps - begun))
    for step, batch in enumerate(batches_left, start=begun + 1):
        rate = params.rate * _schedule((step - 1) / params.steps, params.warm_up)
        running = 0.98 * running + 0.02 * _learn(network, optimiser, batch, rate=rate)
        if step % _REPORTED_EVERY == 0:
            report(f"step {step}: loss {running:.3f}")
        if step % params.checked_every == 0 or step == params.steps:
            scores = held_out_scores(network, checked)
            report(f"step {step}: loss {running:.3f}, held out {json.dumps(scores)}")
            best = _keep(folder, network, optimiser, step=step, scores=scores, best=best)
    network.load_state_dict(torch.load(folder / "best.pt", weights_only=True)["network"])


def held_out_scores(network: Network, items: Sequence[_Item]) -> dict[str, float]:
    """MRR of positive texts, AUROC of positive against negative texts, each 0..1, and their mean."""
    ranks: list[float] = []
    texts: list[tuple[float, bool]] = []
    logits = read(network, [pair for item in items for pair in item.pairs])
    ends = np.cumsum([len(item.pairs) for item in items], dtype=np.int64)
    for item, own in zip(items, np.split(logits, ends)[:-1], strict=True):
        texts += [(score, n < item.answering) for n, score in enumerate(own.tolist())]
        if 0 < item.answering < len(own):
            ranks.append(1 / (1 + int((own[item.answering :] >= own[: item.answering].max()).sum())))
    mrr, answers = float(np.mean(ranks)) if ranks else 0.5, auroc(texts)
    return {"mrr": round(mrr, 4), "answers": round(answers, 4), "mean": round((mrr + answers) / 2, 4)}


def auroc(scored: Sequence[tuple[float, bool]]) -> float:
    """The probability that a true item scores higher than a false one, ties one half; .5 if one kind is missing."""
    truth = np.array([true for _, true in scored], bool)
    n_true, n_false = int(truth.sum()), int((~truth).sum())
    if not n_true or not n_false:
        return 0.5
    ranks = rankdata([score for score, _ in scored])
    return float((ranks[truth].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false))


def read(network: Network, pairs: Sequence[Encoding]) -> Floats:
    """Logits, float32 (len(pairs),)."""
    network.eval()
    logits = np.zeros(len(pairs), np.float32)
    for places in batches(pairs, _AT_ONCE):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            logits[places] = network(*padded([pairs[n] for n in places])).float().numpy()
    network.train()
    return logits


def _learn(network: Network, optimiser: torch.optim.Optimizer, batch: Sequence[_Item], *, rate: float) -> float:
    """One step. Returns the loss before it."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    loss = _loss(network, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(learnt(network), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.item())


def _loss(network: Network, items: Sequence[_Item]) -> Tensor:
    """The loss of each text alone, plus that of the positive texts among all texts of their question."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(*padded([pair for item in items for pair in item.pairs])).float()
    alone, ranked = [], []
    for item, own in zip(items, logits.split([len(item.pairs) for item in items]), strict=True):
        target = torch.tensor([float(n < item.answering) for n in range(len(own))])
        alone.append(functional.binary_cross_entropy_with_logits(own, target, reduction="sum"))
        if 0 < item.answering < len(own):
            ranked.append(-functional.log_softmax(own, 0)[: item.answering].logsumexp(0))
    loss = torch.stack(alone).sum() / len(logits)
    return loss + _GROUPED * torch.stack(ranked).mean() if ranked else loss


def _batches(mix: Mix, tokenizer: Tokenizer, params: FitParams, *, skip: int) -> Iterator[list[_Item]]:
    """Endless batches, from number ``skip`` on."""
    return islice(chain.from_iterable(_pool(mix, tokenizer, params, place) for place in count()), skip, None)


def _pool(mix: Mix, tokenizer: Tokenizer, params: FitParams, place: int) -> list[list[_Item]]:
    """The batches of pool number ``place``: items of similar length, in random order."""
    rng = np.random.default_rng((params.seed, place, 1))
    items = [_item(row, tokenizer, params.longest, rng) for row in mix.draw(place, _POOL)]
    items.sort(key=lambda item: max(map(len, item.pairs)))
    pooled: list[list[_Item]] = [[]]
    for item in items:
        taken = [*pooled[-1], item]
        longest = max(len(pair) for each in taken for pair in each.pairs)
        if pooled[-1] and longest * sum(len(each.pairs) for each in taken) > params.tokens:
            pooled.append([item])
        else:
            pooled[-1] = taken
    return [pooled[number] for number in rng.permutation(len(pooled))]


def _item(row: Posing, tokenizer: Tokenizer, longest: int, rng: np.random.Generator) -> _Item:
    answering = row.answering[:1]
    order = rng.permutation(len(row.others))[:_OTHERS]
    texts = [*answering, *(row.others[n] for n in sorted(order))]
    return _Item(encode(tokenizer, [(row.question, text) for text in texts], longest=longest), len(answering))


def _schedule(done: float, warm_up: float) -> float:
    return min(1.0, done / warm_up) * max(0.0, 1 - done) if warm_up else 1 - done


def _resumed(folder: Path, network: Network, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
    """The step that a stopped run had reached, and its best score."""
    if not (folder / "last.pt").exists():
        return 0, 0.0
    state = torch.load(folder / "last.pt", weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), float(state["best"])


def _keep(
    folder: Path,
    network: Network,
    optimiser: torch.optim.Optimizer,
    *,
    step: int,
    scores: Mapping[str, float],
    best: float,
) -> float:
    """Writes the state, also as the best one if it is. Returns the best score."""
    with (folder / "scores.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"step": step, **scores}) + "\n")
    if (now := scores["mean"]) >= best:
        best = now
        _save({"network": network.state_dict(), "step": step, "mean": now}, folder / "best.pt")
    state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "best": best}
    _save(state, folder / "last.pt")
    return best


def _save(state: dict[str, object], file: Path) -> None:
    beside = file.with_suffix(".new")
    torch.save(state, beside)
    beside.replace(file)
