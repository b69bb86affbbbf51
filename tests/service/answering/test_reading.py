"""The judge that reads: the bundled cross-encoder as one more sign, and in the engine beside the rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.errors import RerankerMissing
from sinkqa.index.models.cross_encoder import BUNDLED, CrossEncoder
from sinkqa.service.answering.judging.answerer import candidates
from sinkqa.service.answering.judging.confidence import READING_SIGNS, READING_WEIGHTS, SIGNS
from sinkqa.service.answering.judging.judge import READ, ModelJudge, RuleJudge, load_judge
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.settings import Settings
from tests.service.answering.judging.test_judging import CASES, PLAN

pytest.importorskip("onnxruntime", reason="needs the extra: make models EXTRAS=models,train")


@pytest.fixture(scope="module")
def model() -> CrossEncoder:
    return CrossEncoder()


@pytest.fixture(scope="module")
def judge(encoder, model) -> ModelJudge:
    return ModelJudge(encoder, model)


class Counting(CrossEncoder):
    """The bundled one, which keeps what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def answers(self, question: str, texts: list[str]) -> np.ndarray:
        self.read += texts
        return super().answers(question, texts)


def test_the_model_tells_the_text_that_answers_in_both_languages(model):
    texts = [
        "Farmers who lose pasture receive 40 euros a year for each hectare.",
        "The warden measures the water table every week.",
        "失去牧场的农户每年每公顷获得四十欧元补贴。",
        "十月至次年五月水位距地表不得超过十厘米。",
    ]
    for question in ("How much are farmers paid when they lose their meadows?", "农民没了草场能拿到多少补偿？"):
        scores = model.answers(question, texts)
        assert min(scores[0], scores[2]) > max(scores[1], scores[3]), question


def test_one_sign_is_added_and_the_others_stay(found, encoder, judge):
    asked, seen = understand(CASES[0][0]), Pieces(encoder).of(found(PLAN))
    chosen, signs = judge.look(asked, seen)
    rules, ruled = RuleJudge(encoder).look(asked, seen)
    assert chosen == rules and np.array_equal(signs[:, : len(SIGNS)], ruled)
    assert signs.shape == (len(chosen), len(READING_SIGNS)) and 0 <= signs[:, -1].min() <= signs[:, -1].max() <= 1
    assert tuple(READING_WEIGHTS) == READING_SIGNS and min(READING_WEIGHTS.values()) >= 0


def test_only_the_first_pieces_are_read_and_the_rest_get_the_lowest(found, encoder):
    counting = Counting()
    chosen, signs = ModelJudge(encoder, counting).look(
        understand("the water table"), Pieces(encoder).of(found(PLAN * 6))
    )
    assert len(counting.read) == min(READ, len(chosen))
    assert (signs[READ:, -1] == signs[:READ, -1].min()).all()


@pytest.mark.parametrize(("question", "expected"), CASES)
def test_the_likeliest_piece_answers(found, encoder, judge, question, expected):
    judged = candidates(understand(question), found(PLAN), judge, Pieces(encoder))
    assert any(said in judged[0].piece.said.text for said in expected.split("|"))


def test_a_judge_is_known_by_name(encoder, tmp_path):
    assert type(load_judge("rules", encoder)) is RuleJudge
    assert isinstance(load_judge(BUNDLED, encoder), ModelJudge)
    with pytest.raises(RerankerMissing, match="cannot load the cross-encoder"):
        load_judge(str(tmp_path), encoder)


def test_the_engine_reads_what_it_found_and_checks_as_ever(tmp_path: Path):
    (tmp_path / "plan.md").write_text(PLAN, "utf-8")
    settings = Settings(library=tmp_path / "library", reranker=BUNDLED, workers=1)
    engine = Engine.open(settings, create=True)
    engine.add([tmp_path / "plan.md"])
    answer = engine.ask("How much money do farmers receive for lost pasture?")
    assert answer.status != "abstained" and "40 euros" in " ".join(each.quote for each in answer.citations)
    assert engine.ask("Who composed the opera of the barber?").status == "abstained"
    assert all(passage.why["rerank"] is not None for passage in engine.search("water table").hits)
