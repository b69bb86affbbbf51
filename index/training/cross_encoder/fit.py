"""Fourth step of training: batches drawn by a weighted mix of sources, losses, and the best state kept.

A run is a function of its seed: what step n learns from does not depend on when the run was begun or resumed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from index.cross_encoder import SUPPORTED, batches, encode
from index.training.cross_encoder.network import CrossEncoder, learnt, padded
from index.training.cross_encoder.rows import NOT_SUPPORTED, Claim, Group, Row

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.cross_encoder import Encoding

_OTHERS = 5  # texts that do not answer, of one question
_POOL = 256  # rows drawn at once and sorted by length: batches of like lengths need little padding
_GROUPED = 0.5  # weight of the loss that ranks a question's texts, beside that of each text by itself


@dataclass(frozen=True, slots=True)
class FitParams:
    """How long and how fast is learnt. ``tokens``: of a batch; ``rate``: the highest, after ``warm_up`` of all steps."""

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
    """Rows drawn by source: of each as often as its weight says, every row once before any comes again."""

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
    held_out: Sequence[Row],
    folder: Path,
    params: FitParams,
    report: Callable[[str], None],
) -> None:
    """Trains in place and ends with the state that does best on the held-out rows; goes on where a run was stopped.

    ``folder`` gets ``last.pt``, ``best.pt`` and ``scores.jsonl``.
    """
    torch.manual_seed(params.seed)
    own = learnt(network)
    optimiser = torch.optim.AdamW(own, lr=params.rate, weight_decay=0.01, fused=True)
    step, best = _resumed(folder, network, optimiser)
    checked = [_item(row, tokenizer, params.longest, np.random.default_rng(0)) for row in held_out]
    running = np.zeros(2)
    for batch in _batches(mix, tokenizer, params, skip=step):
        for group in optimiser.param_groups:
            group["lr"] = params.rate * _schedule(step / params.steps, params.warm_up)
        losses = _losses(network, batch)
        torch.stack(losses).sum().backward()
        torch.nn.utils.clip_grad_norm_(own, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        running = 0.98 * running + 0.02 * np.array([loss.item() for loss in losses])
        step += 1
        if step % 50 == 0:
            report(f"step {step}: losses {running.round(3)}")
        if step % params.checked_every == 0 or step == params.steps:
            scores = held_out_scores(network, checked)
            report(f"step {step}: losses {running.round(3)}, held out {json.dumps(scores)}")
            with (folder / "scores.jsonl").open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"step": step, **scores}) + "\n")
            if (now := scores["mean"]) >= best:
                best = now
                _save({"network": network.state_dict(), "step": step, "mean": now}, folder / "best.pt")
            state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "best": best}
            _save(state, folder / "last.pt")
        if step >= params.steps:
            break
    network.load_state_dict(torch.load(folder / "best.pt", weights_only=True)["network"])


def held_out_scores(network: CrossEncoder, items: Sequence[_Item]) -> dict[str, float]:
    """MRR of the text that answers, AUROC of texts that answer, and of supported claims, each 0..1, and their mean."""
    from sklearn.metrics import roc_auc_score

    answers, entails = read(network, [pair for item in items for pair in item.pairs])
    place = 0
    ranks, texts, truth, claims, supported = [], [], [], [], []
    for item in items:
        own = answers[place : place + len(item.pairs)]
        if item.answering is None:
            claims.append(entails[place, SUPPORTED])
            supported.append(item.label == SUPPORTED)
        else:
            texts += own.tolist()
            truth += [n < item.answering for n in range(len(own))]
            if 0 < item.answering < len(own):
                ranks.append(1 / (1 + int((own[item.answering :] >= own[: item.answering].max()).sum())))
        place += len(item.pairs)
    scores = {
        "mrr": float(np.mean(ranks)) if ranks else 0.5,
        "answers": float(roc_auc_score(truth, texts)) if len(set(truth)) == 2 else 0.5,
        "entails": float(roc_auc_score(supported, claims)) if len(set(supported)) == 2 else 0.5,
    }
    return {name: round(value, 4) for name, value in (*scores.items(), ("mean", float(np.mean(list(scores.values())))))}


@torch.inference_mode()
def read(network: CrossEncoder, pairs: Sequence[Encoding]) -> tuple[np.ndarray, np.ndarray]:
    """Logits *answers*, float32 (n,), and probabilities of the labels, float32 (n, 3)."""
    network.eval()
    answers, entails = np.zeros(len(pairs), np.float32), np.zeros((len(pairs), 3), np.float32)
    for places in batches(pairs, 6_144):
        with torch.autocast("cpu", torch.bfloat16):
            first, second = network(*padded([pairs[n] for n in places]))
        answers[places] = first.float().numpy()
        entails[places] = second.float().softmax(1).numpy()
    network.train()
    return answers, entails


def _losses(network: CrossEncoder, items: Sequence[_Item]) -> list[Tensor]:
    """Of answering and of entailing, each by its share of the batch."""
    with torch.autocast("cpu", torch.bfloat16):
        answers, entails = network(*padded([pair for item in items for pair in item.pairs]))
    answers, entails = answers.float(), entails.float()
    nothing = answers.sum() * 0
    alone, ranked, labelled = [], [], []
    place = 0
    for item in items:
        own = slice(place, place + len(item.pairs))
        if item.answering is None:
            labelled.append((entails[place], item.label))
        else:
            target = torch.tensor([float(n < item.answering) for n in range(len(item.pairs))])
            alone.append(functional.binary_cross_entropy_with_logits(answers[own], target, reduction="sum"))
            if 0 < item.answering < len(item.pairs):
                ranked.append(-functional.log_softmax(answers[own], 0)[: item.answering].logsumexp(0))
        place += len(item.pairs)
    n_texts = sum(len(item.pairs) for item in items if item.answering is not None)
    share = n_texts / max(place, 1)
    answering = nothing
    if alone:
        answering = torch.stack(alone).sum() / n_texts
        if ranked:
            answering = answering + _GROUPED * torch.stack(ranked).mean()
    entailing = nothing
    if labelled:
        logs = functional.log_softmax(torch.stack([logit for logit, _ in labelled]), 1)
        entailing = -torch.stack(
            [_log_share(log, label) for log, (_, label) in zip(logs, labelled, strict=True)]
        ).mean()
    return [answering * math.sqrt(share), entailing * math.sqrt(1 - share)]


def _log_share(log: Tensor, label: int) -> Tensor:
    return log[1:].logsumexp(0) if label == NOT_SUPPORTED else log[label]


def _batches(mix: Mix, tokenizer: Tokenizer, params: FitParams, *, skip: int) -> Iterator[list[_Item]]:
    """Batches without end, from number ``skip`` on."""
    place = number = 0
    while True:
        rng = np.random.default_rng((params.seed, place, 1))
        rows = mix.draw(place, _POOL)
        items = [_item(row, tokenizer, params.longest, rng) for row in rows]
        items.sort(key=lambda item: max(map(len, item.pairs)))
        pooled: list[list[_Item]] = [[]]
        for item in items:
            taken = [*pooled[-1], item]
            longest = max(len(pair) for each in taken for pair in each.pairs)
            if pooled[-1] and longest * sum(len(each.pairs) for each in taken) > params.tokens:
                pooled.append([item])
            else:
                pooled[-1] = taken
        for batch in rng.permutation(len(pooled)):
            if number >= skip:
                yield pooled[batch]
            number += 1
        place += 1


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


def _save(state: dict[str, object], file: Path) -> None:
    beside = file.with_suffix(".new")
    torch.save(state, beside)
    beside.replace(file)
