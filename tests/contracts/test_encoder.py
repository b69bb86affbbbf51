"""What every encoder promises, whichever it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.models.encoder import Encoder, TransformerEncoder, WordTokens, load_encoder
from tests.index.made import CHINESE, ENGLISH

MODEL = Path(__file__).parents[2].parent / "shared" / "train" / "model"


@pytest.fixture(scope="module", params=["bundled", "vectors alone", "static folder", "sentence-transformers"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "bundled":
        return load_encoder()
    if request.param == "vectors alone":
        return WordTokens(load_encoder())
    if not MODEL.is_dir():
        pytest.skip("the fp16 reference model is not beside the repository")
    if request.param == "static folder":
        return load_encoder(MODEL)
    pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    return WordTokens(TransformerEncoder(str(MODEL)))


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


def test_reading_gives_the_vectors_and_the_tokens_of_the_texts(encoder: Encoder) -> None:
    texts = [*ENGLISH, "", *CHINESE]
    vectors, tokens = encoder.read(texts)
    assert np.array_equal(vectors, encoder.encode(texts))
    assert all(map(np.array_equal, tokens, encoder.tokens(texts)))
    assert len(tokens) == len(texts) and {ids.dtype for ids in tokens} == {np.dtype(np.uint32)}
    assert [len(ids) > 0 for ids in tokens] == [text != "" for text in texts]


def test_no_texts_have_no_tokens(encoder: Encoder) -> None:
    vectors, tokens = encoder.read([])
    assert vectors.shape == (0, encoder.dim) and tokens == encoder.tokens([]) == []


@pytest.mark.parametrize("text", ["", " \n", "…！？", "\x00", "\ud800", "carbon\ud800 sink"])
def test_any_text_has_tokens_or_none(encoder: Encoder, text: str) -> None:
    (tokens,) = encoder.tokens([text])
    assert tokens.dtype == np.uint32 and tokens.ndim == 1


def test_late_interaction_is_highest_for_the_text_itself(encoder: Encoder) -> None:
    tokens = encoder.tokens([*ENGLISH, ""])
    for position, query in enumerate(tokens[:-1]):
        scores = encoder.maxsim(query, tokens)
        assert scores.argmax() == position
        assert scores[position] == pytest.approx(1, abs=1e-5)
        assert scores[-1] == 0
        assert scores.dtype == np.float32 and (scores >= 0).all() and (scores <= 1).all()
    assert not encoder.maxsim(tokens[-1], tokens).any()
    assert encoder.maxsim(tokens[0], []).shape == (0,)


def test_late_interaction_adds_up_what_each_word_finds_nearest(encoder: Encoder) -> None:
    query, *passages = encoder.tokens([f"{ENGLISH[0]} {CHINESE[0]}", *ENGLISH, "", *CHINESE])
    weights, near = encoder.nearest(query, passages)
    assert weights.dtype == near.dtype == np.float32
    assert weights.shape == np.unique(query).shape and near.shape == (len(weights), len(passages))
    assert weights.sum() == pytest.approx(1, abs=1e-5) and (weights >= 0).all()
    assert (near >= 0).all() and (near <= 1).all() and not near[:, len(ENGLISH)].any()
    assert np.allclose(encoder.maxsim(query, passages), weights @ np.square(near), atol=1e-5)
    assert encoder.nearest(query, [])[1].shape == (len(weights), 0)
    assert encoder.nearest(passages[len(ENGLISH)], passages)[1].shape == (0, len(passages))


def test_a_repeated_word_counts_once_on_either_side(encoder: Encoder) -> None:
    once, passage = encoder.tokens([ENGLISH[0], ENGLISH[1]])
    twice = np.concatenate([once, once])
    assert np.array_equal(encoder.maxsim(twice, [passage]), encoder.maxsim(once, [passage]))
    assert np.array_equal(encoder.maxsim(passage, [twice]), encoder.maxsim(passage, [once]))


def test_what_late_interaction_counts_is_a_share(encoder: Encoder) -> None:
    assert 0 <= encoder.maxsim_weight <= 1


def test_the_fingerprint_is_stable(encoder: Encoder) -> None:
    assert len(encoder.fingerprint) == 16
