"""The judge by rules: how likely each candidate answers, and which are looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sinkqa.index.models.encoder import load_encoder
from sinkqa.service.answering.judging.answerer import candidates
from sinkqa.service.answering.judging.judge import LOOKED_AT, RuleJudge, shortlist
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.grounding.quote import Quote

PLAN = """# Peat plan of the Elm valley

## Water

The valley council keeps the water table within ten centimetres of the surface from October to May.
Farmers who lose pasture receive 40 euros a year for each hectare. Sluices are opened in June.

## Duties

The warden has three duties:

- measure the water table every week;
- repair the sluices before the first frost;
- report fires to the council within a day.

## Parcels

Table 1 Parcels and their limits

| Parcel | Grazing limit | Mowing |
|---|---|---|
| North fen | 2 cows per hectare | after 15 July |
| Alder marsh | no grazing | never |
| River bank | 5 cows per hectare | after 1 June |

## 水位

榆谷议会规定，十月至次年五月泥炭地水位距地表不得超过十厘米。失去牧场的农户每年每公顷获得四十欧元补贴。
"""
CASES = [
    ("How much money do farmers receive for lost pasture?", "40 euros|四十欧元"),
    ("How many cows may graze on the river bank?", "5 cows per hectare"),
    ("When may the north fen be mown?", "after 15 July"),
    ("What are the duties of the warden?", "repair the sluices"),
    ("失去牧场的农户每年每公顷获得多少补贴？", "四十欧元|40 euros"),
]
ELSEWHERE = ["Who composed the opera of the barber?", "红烧肉怎么做才好吃？"]


@pytest.mark.parametrize(("question", "expected"), CASES)
def test_the_likeliest_piece_answers(found, encoder, question, expected):
    judged = candidates(understand(question), found(PLAN), RuleJudge(encoder), Pieces(encoder))
    assert any(said in judged[0].piece.said.text for said in expected.split("|"))


def test_likelihood_tells_our_subject_from_another(found, encoder):
    hits, pieces, judge = found(PLAN), Pieces(encoder), RuleJudge(encoder)

    def best(question: str) -> float:
        return max((each.likely for each in candidates(understand(question), hits, judge, pieces)), default=0.0)

    ours, others = [best(question) for question, _ in CASES], [best(question) for question in ELSEWHERE]
    assert sorted(ours)[1] > max(others) + 0.1


def test_only_those_that_fit_best_are_looked_at(found, encoder):
    fens = "".join(f"## Fen {n}\n\nFen {n} holds {n + 2} cows and the warden counts them.\n\n" for n in range(50))
    every = Pieces(encoder).of(found("# Fens\n\n" + fens))
    asked = understand("How many cows does fen 7 hold?")
    chosen, fit = shortlist(asked, every, encoder)
    assert len(every) == 50 and len(set(chosen)) == len(chosen) == len(fit) == LOOKED_AT
    likely = RuleJudge(encoder).answers(asked, every)
    assert likely.dtype == np.float32 and likely.shape == (50,)
    assert set(np.flatnonzero(likely)) == set(chosen)
    assert every[int(likely.argmax())].piece.said.text.startswith("Fen 7 holds 9 cows")


def test_a_well_found_passage_goes_before_one_that_fits_as_well(found, encoder):
    hits = found("# Fens\n\n## A\n\nThe fen holds nine cows.\n\n## A\n\nThe fen holds nine cows.\n")
    ranked = [replace(hit, score=score) for hit, score in zip(hits, (0.2, 1.0), strict=True)]
    chosen, _ = shortlist(understand("How many cows does the fen hold?"), Pieces(encoder).of(ranked), encoder)
    assert chosen == [1, 0]


def test_no_candidate_is_no_likelihood():
    assert RuleJudge(load_encoder()).answers(understand("How many cows?"), []).shape == (0,)


def test_what_bears_a_claim_out_is_told_by_the_same_judge(encoder):
    judge = RuleJudge(encoder)
    quote = [Quote("Farmers receive 40 euros for each hectare.")]
    assert judge.entails("Farmers receive 40 euros for each hectare.", quote).label == "supported"
    assert judge.entails("Farmers receive 90 euros for each hectare.", quote).label == "contradicted"
