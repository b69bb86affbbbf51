"""Fourth step of training: batches drawn by a weighted mix of sources, losses, and the best state kept.

A run is a function of its seed: what step n learns from does not depend on when the run was begun or resumed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor
from torch.nn import functional

from index.cross_encoder import SUPPORTED, batches, encode
from index.static import Floats
from index.training.cross_encoder.network import CrossEncoder, learnt, padded
from index.training.cross_encoder.rows import NOT_SUPPORTED, Claim, Group, Row

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.cross_encoder import Encoding

_OTHERS = 5  # texts that do not answer, of one question
_POOL = 256  # rows drawn at once and sorted by length: batches of like lengths need little padding
_AT_ONCE = 6_144  # tokens read together where nothing is learnt
_REPORTED_EVERY = 50  # steps
_GROUPED = 0.5  # weight of the loss that ranks a question's texts, beside that of each text by itself


@dataclass(frozen=True, slots=True)
class FitParams:
    """How long and how fast is learnt.

    ``tokens``: of a batch; ``rate``: the highest, after ``warm_up`` of all steps; ``longest``: tokens of a pair.
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
    """A row as it is read: its pairs, which of them answer (or None for a claim), and a claim's label."""

    pairs: list[Encoding]
    answering: int | None
    label: int


class Mix:
    """Rows drawn by source: of each as often as its weight says, and every row of a source alike, with replacement."""

    def __init__(self, sources: Mapping[str, Sequence[Row]], weights: Mapping[str, float], seed: int) -> None:
        self._names = sorted(name for name in sources if sources[name] and weights.get(name, 0) > 0)
        self._sources = sources
        total = sum(weights[name] for name in self._names)
        self._shares = np.array([weights[name] / total for name in self._names])
        self._seed = seed

    def draw(self, place: int, size: int) -> list[Row]:
        """The rows of pool number ``place``."""
        rng = np.random.default_rng((self._seed, place))
        drawn: list[Row] = []
        for number in rng.choice(len(self._names), size, p=self._shares):
            rows = self._sources[self._names[number]]
            drawn.append(rows[int(rng.integers(len(rows)))])
        return drawn


def fit(
    network: CrossEncoder,
    tokenizer: Tokenizer,
    mix: Mix,
    *,
    held_out: Sequence[Row],
    folder: Path,
    params: FitParams,
    report: Callable[[str], None],
) -> None:
    """Trains in place and ends with the state that does best on the held-out rows; goes on where a run was stopped.

    ``folder`` gets ``last.pt``, ``best.pt`` and ``scores.jsonl``.
    """
    torch.manual_seed(params.seed)
    optimiser = torch.optim.AdamW(learnt(network), lr=params.rate, weight_decay=0.01, fused=True)
    begun, best = _resumed(folder, network, optimiser)
    checked = [_item(row, tokenizer, params.longest, np.random.default_rng(0)) for row in held_out]
    running = np.zeros(2)
    batches_left = islice(_batches(mix, tokenizer, params, skip=begun), max(0, params.steps - begun))
    for step, batch in enumerate(batches_left, start=begun + 1):
        losses = _learn(
            network, optimiser, batch, rate=params.rate * _schedule((step - 1) / params.steps, params.warm_up)
        )
        running = 0.98 * running + 0.02 * losses
        if step % _REPORTED_EVERY == 0:
            report(f"step {step}: losses {running.round(3)}")
        if step % params.checked_every == 0 or step == params.steps:
            scores = held_out_scores(network, checked)
            report(f"step {step}: losses {running.round(3)}, held out {json.dumps(scores)}")
            best = _keep(folder, network, optimiser, step=step, scores=scores, best=best)
    network.load_state_dict(torch.load(folder / "best.pt", weights_only=True)["network"])


def held_out_scores(network: CrossEncoder, items: Sequence[_Item]) -> dict[str, float]:
    """MRR of the text that answers, AUROC of texts that answer, and of supported claims, each 0..1, and their mean."""
    answers, entails = read(network, [pair for item in items for pair in item.pairs])
    place = 0
    ranks: list[float] = []
    texts: list[tuple[float, bool]] = []
    claims: list[tuple[float, bool]] = []
    for item in items:
        own = answers[place : place + len(item.pairs)]
        if item.answering is None:
            claims.append((float(entails[place, SUPPORTED]), item.label == SUPPORTED))
        else:
            texts += [(score, n < item.answering) for n, score in enumerate(own.tolist())]
            if 0 < item.answering < len(own):
                ranks.append(1 / (1 + int((own[item.answering :] >= own[: item.answering].max()).sum())))
        place += len(item.pairs)
    scores = {"mrr": float(np.mean(ranks)) if ranks else 0.5, "answers": auroc(texts), "entails": auroc(claims)}
    return {name: round(value, 4) for name, value in (*scores.items(), ("mean", float(np.mean(list(scores.values())))))}


def auroc(scored: Sequence[tuple[float, bool]]) -> float:
    """How often a true one has the higher score than a false one, equal ones half; .5 where one kind is missing."""
    truth = np.array([true for _, true in scored], bool)
    n_true, n_false = int(truth.sum()), int((~truth).sum())
    if not n_true or not n_false:
        return 0.5
    ranks = rankdata([score for score, _ in scored])
    return float((ranks[truth].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false))


def read(network: CrossEncoder, pairs: Sequence[Encoding]) -> tuple[Floats, Floats]:
    """Logits *answers*, float32 (n,), and probabilities of the labels, float32 (n, 3)."""
    network.eval()
    answers, entails = np.zeros(len(pairs), np.float32), np.zeros((len(pairs), 3), np.float32)
    for places in batches(pairs, _AT_ONCE):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            first, second = network(*padded([pairs[n] for n in places]))
        answers[places] = first.float().numpy()
        entails[places] = second.float().softmax(1).numpy()
    network.train()
    return answers, entails


def _learn(
    network: CrossEncoder, optimiser: torch.optim.Optimizer, batch: Sequence[_Item], *, rate: float
) -> NDArray[np.float64]:
    """One step; the two losses before it."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    losses = torch.stack(_losses(network, batch))
    losses.sum().backward()
    torch.nn.utils.clip_grad_norm_(learnt(network), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return np.array(losses.tolist())


def _losses(network: CrossEncoder, items: Sequence[_Item]) -> list[Tensor]:
    """Of answering and of entailing, each by its share of the batch."""
    with torch.autocast("cpu", torch.bfloat16):
        answers, entails = network(*padded([pair for item in items for pair in item.pairs]))
    answers, entails = answers.float(), entails.float()
    asked: list[tuple[Tensor, int]] = []  # logits of a question's texts, and how many of them answer
    labelled: list[tuple[Tensor, int]] = []
    place = 0
    for item in items:
        if item.answering is None:
            labelled.append((entails[place], item.label))
        else:
            asked.append((answers[place : place + len(item.pairs)], item.answering))
        place += len(item.pairs)
    share = sum(len(own) for own, _ in asked) / max(place, 1)
    nothing = answers.sum() * 0
    answering = _answering(asked) if asked else nothing
    entailing = _entailing(labelled) if labelled else nothing
    return [answering * math.sqrt(share), entailing * math.sqrt(1 - share)]


def _answering(asked: Sequence[tuple[Tensor, int]]) -> Tensor:
    """Of each text by itself, and of those that answer among all texts of their question."""
    alone, ranked = [], []
    for own, n_answering in asked:
        target = torch.tensor([float(n < n_answering) for n in range(len(own))])
        alone.append(functional.binary_cross_entropy_with_logits(own, target, reduction="sum"))
        if 0 < n_answering < len(own):
            ranked.append(-functional.log_softmax(own, 0)[:n_answering].logsumexp(0))
    loss = torch.stack(alone).sum() / sum(len(own) for own, _ in asked)
    return loss + _GROUPED * torch.stack(ranked).mean() if ranked else loss


def _entailing(labelled: Sequence[tuple[Tensor, int]]) -> Tensor:
    logs = functional.log_softmax(torch.stack([logits for logits, _ in labelled]), 1)
    shares = [_log_share(log, label) for log, (_, label) in zip(logs, labelled, strict=True)]
    return -torch.stack(shares).mean()


def _log_share(log: Tensor, label: int) -> Tensor:
    return log[1:].logsumexp(0) if label == NOT_SUPPORTED else log[label]


def _batches(mix: Mix, tokenizer: Tokenizer, params: FitParams, *, skip: int) -> Iterator[list[_Item]]:
    """Batches without end, from number ``skip`` on."""
    return islice(chain.from_iterable(_pool(mix, tokenizer, params, place) for place in count()), skip, None)


def _pool(mix: Mix, tokenizer: Tokenizer, params: FitParams, place: int) -> list[list[_Item]]:
    """The batches of pool number ``place``, of items of like length, in any order."""
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


def _item(row: Row, tokenizer: Tokenizer, longest: int, rng: np.random.Generator) -> _Item:
    if isinstance(row, Claim):
        return _Item(encode(tokenizer, [(row.claim, row.evidence)], longest=longest), None, row.label)
    assert isinstance(row, Group)
    answering = row.answering[:1]
    order = rng.permutation(len(row.others))[:_OTHERS]
    texts = [*answering, *(row.others[n] for n in sorted(order))]
    return _Item(encode(tokenizer, [(row.question, text) for text in texts], longest=longest), len(answering), 0)


def _schedule(done: float, warm_up: float) -> float:
    return min(1.0, done / warm_up) * max(0.0, 1 - done) if warm_up else 1 - done


def _resumed(folder: Path, network: CrossEncoder, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
    """The step a stopped run had come to, and its best score."""
    if not (folder / "last.pt").exists():
        return 0, 0.0
    state = torch.load(folder / "last.pt", weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), float(state["best"])


def _keep(
    folder: Path,
    network: CrossEncoder,
    optimiser: torch.optim.Optimizer,
    *,
    step: int,
    scores: Mapping[str, float],
    best: float,
) -> float:
    """Writes the state, as the best one too where it is; the best score."""
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
