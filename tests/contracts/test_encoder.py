"""What every encoder promises, whichever it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder, TokenEncoder, load_encoder
from tests.index.made import CHINESE, ENGLISH

MODEL = Path(__file__).parents[2].parent / "shared" / "train" / "model"


@pytest.fixture(scope="module", params=["bundled", "static folder", "sentence-transformers"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "bundled":
        return load_encoder()
    if not MODEL.is_dir():
        pytest.skip("the fp16 reference model is not beside the repository")
    if request.param == "static folder":
        return load_encoder(MODEL)
    pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    from index.encoder import TransformerEncoder

    return TransformerEncoder(str(MODEL))


def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.encode([*ENGLISH, *CHINESE])
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(ENGLISH) + len(CHINESE), encoder.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[3], encoder.encode([ENGLISH[3]])[0], atol=1e-6)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


@pytest.mark.parametrize("text", ["", " \n", "…！？", "\x00", "\ud800"])
def test_a_text_without_a_word_has_a_finite_vector(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_an_empty_text_has_the_zero_vector(encoder: Encoder) -> None:
    assert not encoder.encode(["", ENGLISH[0]])[0].any()


def test_a_translation_is_nearer_than_another_sentence(encoder: Encoder) -> None:
    similar = encoder.encode(ENGLISH) @ encoder.encode(CHINESE).T
    assert (similar.argmax(axis=1) == np.arange(len(ENGLISH))).mean() >= 0.8


def test_tokens_pool_to_the_vectors_of_their_texts(encoder: Encoder) -> None:
    if not isinstance(encoder, TokenEncoder):
        pytest.skip("this encoder does not compare tokens")
    texts = [*ENGLISH, "", *CHINESE]
    assert np.array_equal(encoder.pool(encoder.tokens(texts)), encoder.encode(texts))


def test_late_interaction_is_highest_for_the_text_itself(encoder: Encoder) -> None:
    if not isinstance(encoder, TokenEncoder):
        pytest.skip("this encoder does not compare tokens")
    tokens = encoder.tokens([*ENGLISH, ""])
    for position, query in enumerate(tokens[:-1]):
        scores = encoder.maxsim(query, tokens)
        assert scores.argmax() == position
        assert scores[position] == pytest.approx(1, abs=1e-5)
        assert scores[-1] == 0
        assert (scores >= 0).all() and (scores <= 1.00001).all()
    assert not encoder.maxsim(tokens[-1], tokens).any()


def test_the_fingerprint_is_stable(encoder: Encoder) -> None:
    assert len(encoder.fingerprint) == 16
