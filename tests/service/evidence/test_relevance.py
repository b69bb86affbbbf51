"""How well pieces fit a text: a share, larger where meaning and words are shared."""

from __future__ import annotations

import numpy as np
import pytest

from sinkqa.index.models.encoder import Encoder, WordTokens
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.evidence.relevance import nearest, relevance

NOTES = "# Notes\n\nFarmers receive 40 euros for each hectare. The opera began at eight. 农户每公顷获得四十欧元。\n"
QUESTION = Analysis("How many euros do farmers receive for each hectare?")


@pytest.fixture(params=["late interaction", "shared words"])
def either(request: pytest.FixtureRequest, encoder: Encoder) -> Encoder:
    return encoder if request.param == "late interaction" else WordTokens(encoder)


def test_relevance_is_a_share_and_prefers_the_piece_that_answers(found, either):
    pieces = [each.piece for each in Pieces(either).of(found(NOTES))]
    fit = relevance(QUESTION, pieces, either)
    assert fit.shape == (3,) and fit.dtype == np.float32
    assert ((fit >= 0) & (fit <= 1)).all()
    assert fit[0] > 2 * fit[1]
    assert relevance(QUESTION, [], either).shape == (0,)


def test_the_same_is_found_in_another_language(found, encoder):
    pieces = [each.piece for each in Pieces(encoder).of(found(NOTES))]
    fit = relevance(QUESTION, pieces, encoder)
    assert fit[2] > fit[1]


def test_a_heading_tells_pieces_of_the_same_words_apart(found, encoder):
    hits = found(
        "# Limits\n\n## North fen\n\nNo more than two cows graze.\n\n## River bank\n\nNo more than nine cows.\n"
    )
    pieces = [each.piece for each in Pieces(encoder).of(hits)]
    fit = relevance(Analysis("How many cows on the river bank?"), pieces, encoder)
    assert pieces[int(fit.argmax())].passage.section[-1] == "River bank"


def test_the_nearest_come_first_and_none_says_the_same_words(found, encoder):
    hits = found(NOTES + "\n## Again\n\nFarmers receive 40 euros for each hectare.\n")
    near = nearest(QUESTION, hits, Pieces(encoder), most=8)
    texts = [candidate.piece.said.text for candidate, _ in near]
    assert texts[0] == "Farmers receive 40 euros for each hectare." and len(set(texts)) == len(texts) == 3
    fits = [fit for _, fit in near]
    assert fits == sorted(fits, reverse=True)
    assert (
        nearest(QUESTION, hits, Pieces(encoder), most=2) != near
        and nearest(QUESTION, [], Pieces(encoder), most=2) == []
    )
