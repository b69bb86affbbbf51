from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.errors import EncoderMismatch, EncoderMissing
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import BUNDLED_MODEL, Encoder, TransformerEncoder, WordTokens, load_encoder
from sinkqa.index.models.static import StaticEncoder
from tests.conftest import Ran
from tests.index.made import CHINESE, ENGLISH, addition, made
from tests.index.tiny import EXTRA, write_bert, write_sentence_transformer

TEXTS = [*ENGLISH, *CHINESE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentence_transformer(tmp_path_factory.mktemp("models") / "tiny")


def test_a_transformer_in_a_folder_gives_the_vectors_that_transformers_computes(folder: Path) -> None:
    encoder = load_encoder(folder)
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(folder)(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = AutoModel.from_pretrained(folder).eval()(**tokens).last_hidden_state
    mask = tokens["attention_mask"][:, :, None]
    mean = ((states * mask).sum(1) / mask.sum(1)).numpy()
    assert encoder.dim == 16
    assert np.allclose(encoder.encode(TEXTS), mean / np.linalg.norm(mean, axis=1, keepdims=True), atol=1e-5)


def test_a_library_is_searched_with_a_transformer(opened: Callable[..., Library], folder: Path) -> None:
    library = opened("tiny", encoder=folder)
    list(library.add_all([addition("a.txt", ENGLISH), addition("b.txt", CHINESE, language="zh")]))
    for name, text in [("a.txt", text) for text in ENGLISH] + [("b.txt", text) for text in CHINESE]:
        best = library.search(f"{name}\n{text}", mode="dense")[0]  # what is encoded: title, headings, words
        assert best.passage.text == text and best.why.dense == pytest.approx(1, abs=0.01)
    assert library.search("", mode="dense") == []


def test_a_vector_encoder_finds_the_words_that_a_text_shares(encoder: Encoder) -> None:
    words = WordTokens(encoder)
    query, *passages = words.tokens(["the forest stores carbon", "Forests", "Carbon is stored in this forest.", "森林"])
    assert words.maxsim(query, passages) == pytest.approx([0.25, 0.75, 0])
    weights, near = words.nearest(query, passages)
    assert weights == pytest.approx([0.25] * 4)
    assert sorted(near[:, 1]) == [0, 1, 1, 1]


def test_a_ranking_by_a_vector_encoder_counts_shared_words_once(
    opened: Callable[..., Library], encoder: Encoder
) -> None:
    library = opened(encoder=WordTokens(encoder))
    library.add(*made("en.txt", ENGLISH))
    hits = library.search("How does the wetland fund pay?", mode="dense")
    assert {hit.why.late for hit in hits} != {0} and all(0 <= hit.why.late <= 1 for hit in hits)
    assert [hit.score for hit in hits] == pytest.approx([hit.why.dense for hit in hits])


def test_a_library_with_other_tokens_is_another_encoders(opened: Callable[..., Library], encoder: Encoder) -> None:
    opened().add(*made("en.txt", ENGLISH))
    with pytest.raises(EncoderMismatch):
        opened(encoder=WordTokens(encoder))
    library = opened(encoder=WordTokens(encoder), reencode=True)
    assert library.search("wetland fund", k=1)[0].why.late == 1


def test_a_static_model_that_sentence_transformers_saved_has_its_vectors(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason=EXTRA)
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    weights = np.load(BUNDLED_MODEL / "weights.npy") * np.load(BUNDLED_MODEL / "scale.npy")[:, None]
    tokenizer = Tokenizer.from_file(str(BUNDLED_MODEL / "tokenizer.json"))
    theirs = SentenceTransformer(modules=[StaticEmbedding(tokenizer, weights.astype(np.float32))], device="cpu")
    theirs.save(str(tmp_path / "static"))
    ours = load_encoder(tmp_path / "static")
    expected = theirs.encode(TEXTS, normalize_embeddings=True)
    assert isinstance(ours, StaticEncoder)
    assert np.allclose(ours.encode(TEXTS), expected, atol=1e-5)
    assert np.allclose(load_encoder().encode(TEXTS), expected, atol=1e-4), "the bundled model is the same one"


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    (write_bert(tmp_path / "model", "BertModel") / "model.safetensors").write_bytes(b"\xff" * 9)
    with pytest.raises(EncoderMissing, match="header") as caught:
        load_encoder(tmp_path / "model")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", ["", "./nowhere", "/nowhere", "~/nowhere", "a/b/c", "a\\b", "a\x00b"])
def test_what_can_only_be_a_folder_is_never_looked_for_elsewhere(name: str) -> None:
    pytest.importorskip("sentence_transformers", reason=EXTRA)
    with pytest.raises(EncoderMissing, match="no such folder"):
        TransformerEncoder(name)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as Python marks what cannot be imported
    with pytest.raises(EncoderMissing, match="the extra models"):
        load_encoder("some/encoder")


def test_an_encoder_that_is_not_there_is_one_line_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sinkqa: Callable[..., Ran]
) -> None:
    monkeypatch.setenv("SINKQA_ENCODER", str(tmp_path / "nowhere"))
    ran = sinkqa("list", "-l", tmp_path / "library")
    assert ran.status == 1 and ran.err.startswith("error[encoder-missing]: ")
    assert ran.err.count("\n") == 1


def test_the_bundled_encoder_is_the_default(encoder: Encoder) -> None:
    assert load_encoder().fingerprint == load_encoder(BUNDLED_MODEL).fingerprint == encoder.fingerprint
