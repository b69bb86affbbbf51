from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.errors import EncoderMissing, LibraryFormatMismatch
from sinkqa.index.models.encoder import BUNDLED_MODEL, load_encoder
from sinkqa.index.models.quantise import parity, quantise, quantise_rows
from sinkqa.index.models.static import Crossing, StaticEncoder, load_static
from tests.index.made import CHINESE, ENGLISH

MODEL = Path(__file__).parents[3].parent / "shared" / "train" / "model"
needs_model = pytest.mark.skipif(not MODEL.is_dir(), reason="the fp16 reference model is not beside the repository")


def test_the_bundled_model_stays_below_twenty_megabytes() -> None:
    assert sum(file.stat().st_size for file in BUNDLED_MODEL.iterdir()) < 20_000_000


def test_quantised_rows_are_within_half_a_step_of_the_original() -> None:
    weights = np.random.default_rng(1).normal(size=(50, 16)).astype(np.float32)
    weights[7] = 0
    rows, scale = quantise_rows(weights)
    assert np.all(np.abs(rows * scale[:, None] - weights) <= scale[:, None] * 0.5001)
    assert not rows[7].any()


@pytest.fixture(scope="module")
def quantised(tmp_path_factory: pytest.TempPathFactory) -> StaticEncoder:
    return quantise(MODEL, tmp_path_factory.mktemp("quantised"), name="int8")


@needs_model
def test_a_quantised_model_agrees_with_its_original_to_four_digits(quantised: StaticEncoder) -> None:
    assert parity(load_static(MODEL, name="fp16"), quantised, [*ENGLISH, *CHINESE]).min() > 0.9999


@needs_model
def test_late_interaction_of_a_quantised_model_agrees_with_its_original(quantised: StaticEncoder) -> None:
    exact = load_static(MODEL, name="fp16")
    query, *passages = quantised.tokens([ENGLISH[1], *CHINESE])
    assert np.allclose(quantised.maxsim(query, passages), exact.maxsim(query, passages), atol=2e-3)


@needs_model
def test_vectors_are_those_of_sentence_transformers() -> None:
    library = pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    texts = [*ENGLISH, *CHINESE]
    theirs = library.SentenceTransformer(str(MODEL), device="cpu").float().encode(texts, normalize_embeddings=True)
    assert np.allclose(load_static(MODEL, name="fp16").encode(texts), theirs, atol=1e-5)


@needs_model
def test_a_sentence_transformers_folder_with_a_static_module_needs_no_torch() -> None:
    encoder = load_encoder(MODEL)
    assert isinstance(encoder, StaticEncoder)
    assert encoder.dim == 256


@needs_model
def test_quantising_twice_gives_the_same_fingerprint(tmp_path: Path, quantised: StaticEncoder) -> None:
    assert quantise(MODEL, tmp_path / "out", name="again").fingerprint == quantised.fingerprint


def test_pooling_counts_a_repeated_token_as_often_as_it_stands(encoder: StaticEncoder) -> None:
    (vector,), (tokens,) = encoder.read(["carbon carbon carbon forest"])
    weights = np.load(BUNDLED_MODEL / "weights.npy")[tokens] * np.load(BUNDLED_MODEL / "scale.npy")[tokens][:, None]
    expected = weights.sum(axis=0)
    assert np.allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)


def test_maxsim_is_what_its_definition_says(encoder: StaticEncoder) -> None:
    query, passage = encoder.tokens(["forest carbon", "wood and coal, stored"])
    rows = np.load(BUNDLED_MODEL / "weights.npy").astype(np.float32)
    weight = np.load(BUNDLED_MODEL / "token_weight.npy").astype(np.float32)

    def cosine(i: int, j: int) -> float:
        return float(rows[i] @ rows[j] / np.linalg.norm(rows[i]) / np.linalg.norm(rows[j]))

    best = [max(0.0, *(cosine(i, j) for j in passage)) ** 2 for i in query]
    expected = sum(w * b for w, b in zip(weight[query], best, strict=True)) / weight[query].sum()
    assert encoder.maxsim(query, [passage])[0] == pytest.approx(expected, abs=1e-5)


def test_a_word_and_its_translation_count_alike_once_levelled() -> None:
    crossing = Crossing(np.array([0, 0, 1, -1, -1, 0], np.int8), np.array([1, 1, 0.6, 0.6, 0.5, 1], np.float32))
    cosines = np.array([[1.0, 0.6, 0.3, 0.2]], np.float32)  # itself, its translation, another word, a number
    right = np.array([2, 3, 4, 5], np.uint32)
    assert np.allclose(crossing.level(cosines, np.array([2], np.uint32), right), [[1, 1, 0.5, 0.2]])


def test_the_bundled_model_levels_late_interaction_across_languages(encoder: StaticEncoder) -> None:
    query, own, translation = encoder.tokens(["forest carbon sink", "forest roads and a kitchen sink", "森林碳汇"])
    own_score, translated = encoder.maxsim(query, [own, translation])
    assert translated > own_score


def test_a_missing_model_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="reinstall"):
        StaticEncoder.load(tmp_path)


def test_a_model_of_another_format_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"format": 99}), "utf-8")
    with pytest.raises(LibraryFormatMismatch, match=r"index\.models\.quantise"):
        load_encoder(tmp_path)


def test_a_truncated_static_folder_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text('[{"type": "x.StaticEmbedding", "path": ""}]', "utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 9)
    with pytest.raises(EncoderMissing, match="longer than the file"):
        load_encoder(tmp_path)


def test_a_model_that_is_nowhere_is_a_named_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderMissing, match="no-such-model"):
        load_encoder("nobody/no-such-model")


def test_each_word_of_a_query_finds_its_nearest_in_a_passage(encoder: StaticEncoder) -> None:
    forest, both = encoder.tokens(["forest", "forest tax"])
    nothing = forest[:0]
    weights, cosines = encoder.nearest(both, [forest, nothing])
    assert weights.sum() == pytest.approx(1, abs=1e-5) and cosines.shape == (len(np.unique(both)), 2)
    assert cosines[:, 0].max() == pytest.approx(1, abs=1e-3) and cosines[:, 0].min() < 0.9
    assert not cosines[:, 1].any()
    assert [len(part) for part in encoder.nearest(nothing, [both])] == [0, 0]


def test_a_text_met_again_has_the_same_tokens_and_no_cache_grows_without_end(
    encoder: StaticEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinkqa.index.models.static._MOST_KNOWN", 3)
    texts = ["a forest", "碳汇", "a forest", "long " * 200]
    first = [ids.tolist() for ids in encoder.tokens(texts)]
    for number in range(10):
        encoder.tokens([f"forest number {number}"])
        assert len(encoder._known) <= 4
    assert [ids.tolist() for ids in encoder.tokens(texts)] == first and first[0] == first[2]
    assert "long " * 200 not in encoder._known
