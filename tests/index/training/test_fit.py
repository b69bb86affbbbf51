from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.index.training.small import needs, small_base, toy_groups

needs("torch", "transformers", "scipy")

import numpy as np  # noqa: E402
import torch  # noqa: E402

from sinkqa.index.training.cross_encoder import fit as fitting  # noqa: E402
from sinkqa.index.training.cross_encoder.base import make_tokenizer  # noqa: E402
from sinkqa.index.training.cross_encoder.fit import FitParams, Mix, auroc, fit, held_out_scores  # noqa: E402
from sinkqa.index.training.cross_encoder.network import Network, batches  # noqa: E402
from sinkqa.index.training.cross_encoder.rows import Posing  # noqa: E402

PARAMS = FitParams(steps=140, tokens=1_024, rate=1e-2, checked_every=70)
SHORT = replace(PARAMS, steps=12, checked_every=4, tokens=256)
HELD_OUT = toy_groups(30, seed=9)


def unanswered(count: int, *, seed: int) -> list[Posing]:
    return [Posing("toy none", group.question, (), group.others[:2]) for group in toy_groups(count, seed=seed)]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """So small a network is slower on two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def network(seed: int = 1) -> Network:
    torch.manual_seed(seed)
    return Network(small_base(seed=seed))


def train(made: Network, folder: Path, params: FitParams, lines: list[str] | None = None) -> None:
    sources = {"toy": toy_groups(400, seed=1), "toy none": unanswered(200, seed=2), "unused": toy_groups(9, seed=3)}
    fit(
        made,
        make_tokenizer(small_base().pieces),
        Mix(sources, {"toy": 3, "toy none": 1, "none of these": 5}, params.seed),
        held_out=HELD_OUT,
        folder=folder,
        params=params,
        report=(lines if lines is not None else []).append,
    )


def same(first: Network, second: Network) -> bool:
    others = second.state_dict()
    return all(torch.equal(value, others[name]) for name, value in first.state_dict().items())


def test_a_tiny_network_learns_which_text_answers(tmp_path: Path) -> None:
    made = network()
    words = made.encoder.embeddings.word_embeddings.weight.clone()
    lines: list[str] = []
    train(made, tmp_path, PARAMS, lines)
    _, last = [json.loads(line) for line in (tmp_path / "scores.jsonl").read_text("utf-8").splitlines()]
    assert last["step"] == 140 and min(last["mrr"], last["answers"]) > 0.8
    assert torch.equal(words, made.encoder.embeddings.word_embeddings.weight)
    assert [line.split(":")[0] for line in lines] == ["step 50", "step 70", "step 100", "step 140"]


def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path) -> None:
    def stop(line: str) -> None:
        if line.startswith("step 8:"):
            raise KeyboardInterrupt

    class Stopping(list[str]):
        append = staticmethod(stop)  # type: ignore[assignment]

    whole, stopped, resumed = network(), network(), network(seed=2)
    for folder in ("whole", "stopped"):
        (tmp_path / folder).mkdir()
    train(whole, tmp_path / "whole", SHORT)
    with pytest.raises(KeyboardInterrupt):
        train(stopped, tmp_path / "stopped", SHORT, Stopping())
    assert torch.load(tmp_path / "stopped" / "last.pt")["step"] == 4
    train(resumed, tmp_path / "stopped", SHORT)
    states = [torch.load(tmp_path / folder / "last.pt")["network"] for folder in ("whole", "stopped")]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    assert same(whole, resumed)
    assert not all(torch.equal(value, states[0][name]) for name, value in stopped.state_dict().items())
    assert (tmp_path / "whole" / "scores.jsonl").read_bytes() == (tmp_path / "stopped" / "scores.jsonl").read_bytes()


def test_a_finished_run_is_not_gone_on_with(tmp_path: Path) -> None:
    first, again = network(), network(seed=2)
    train(first, tmp_path, SHORT)
    before = (tmp_path / "last.pt").stat().st_mtime_ns
    train(again, tmp_path, SHORT)
    assert same(first, again) and (tmp_path / "last.pt").stat().st_mtime_ns == before


def test_the_best_state_is_kept_and_not_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    means = iter([0.5, 0.9, 0.7])
    monkeypatch.setattr(fitting, "held_out_scores", lambda *given: {"mean": next(means)})
    made = network()
    train(made, tmp_path, SHORT)
    best, last = (torch.load(tmp_path / name) for name in ("best.pt", "last.pt"))
    assert (best["step"], best["mean"]) == (8, 0.9) and (last["step"], last["best"]) == (12, 0.9)
    assert all(torch.equal(value, best["network"][name]) for name, value in made.state_dict().items())
    assert not all(torch.equal(value, last["network"][name]) for name, value in best["network"].items())


def test_sources_are_drawn_by_their_weights_and_pools_by_their_number() -> None:
    mix = Mix({"toy": toy_groups(5, seed=1), "toy none": unanswered(5, seed=2)}, {"toy": 3, "toy none": 1}, 7)
    counts = Counter(row.source for place in range(20) for row in mix.draw(place, 100))
    assert counts["toy"] + counts["toy none"] == 2000 and 1400 < counts["toy"] < 1600
    assert mix.draw(3, 50) == mix.draw(3, 50) != mix.draw(4, 50)


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        ([(0.1, False), (0.9, True)], 1.0),
        ([(0.9, False), (0.1, True)], 0.0),
        ([(0.5, False), (0.5, True)], 0.5),
        ([(0.1, False), (0.4, True), (0.3, False), (0.2, True)], 0.75),
        ([(0.2, True)], 0.5),
        ([], 0.5),
    ],
)
def test_auroc_counts_pairs_in_order(scored: list[tuple[float, bool]], expected: float) -> None:
    assert auroc(scored) == expected


def test_scores_without_a_held_out_row_are_even() -> None:
    assert held_out_scores(network(), []) == {"mrr": 0.5, "answers": 0.5, "mean": 0.5}


def test_held_out_scores_are_of_each_question_s_own_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    logits = np.array([3.0, 1.0, 0.5, 2.0, 4.0, -1.0, 0.0], np.float32)
    monkeypatch.setattr(fitting, "read", lambda *given: logits)
    items = [fitting._Item([[0]] * size, answering) for size, answering in ((3, 1), (3, 1), (1, 0))]
    scores = held_out_scores(network(), items)
    assert scores == {"mrr": 0.75, "answers": 0.8, "mean": 0.775}


def test_batches_hold_each_place_once_and_no_more_tokens_than_asked() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 90, 200)
    encoded = [[7] * n for n in lengths]
    found = list(batches(encoded, 256))
    assert sorted(np.concatenate(found)) == list(range(200))
    assert all(len(places) == 1 or len(places) * lengths[places].max() <= 256 for places in found)
    assert [len(places) for places in batches([[7] * 300, [7]], 256)] == [1, 1]
    assert list(batches([], 256)) == []
