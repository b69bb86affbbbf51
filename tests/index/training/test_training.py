from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from sinkqa.index.models.encoder import BUNDLED_MODEL, load_encoder
from sinkqa.index.models.static import StaticEncoder
from sinkqa.index.training.corpus import Pair, made_questions, read_pairs, share
from sinkqa.index.training.recipe import make_model, token_weight
from sinkqa.index.training.tables import tabulate
from sinkqa.index.training.train import PairTable, TokenTable, TrainingParams, token_rarity, train
from sinkqa.index.training.vocabulary import VocabularySize, folded_characters
from tests.index.made import CHINESE, ENGLISH


def questions(pair: Pair) -> set[str]:
    return {made.left for made in made_questions([pair])}


def test_a_definition_is_asked_for_in_its_own_language_and_across() -> None:
    pair = Pair(
        "mojLaw",
        "par",
        'The term "carbon sink" referred to herein means a place that takes up carbon.',
        "本办法所称碳汇,系指吸收碳之场所。",
    )
    made = list(made_questions([pair]))
    assert {(each.kind, each.right) for each in made} == {
        ("qp_zh", pair.right),
        ("qp_x", pair.left),
        ("qp_x", pair.right),
    }
    assert all("碳汇" in each.left or "carbon sink" in each.left for each in made)


def test_an_amount_of_a_statute_is_asked_for() -> None:
    pair = Pair("laws", "ict_zh", "申请人应当说明理由", "主管机关应当自收到申请之日起三十日内作出书面决定。")
    assert questions(pair) == {"主管机关应当自收到申请之日起多少日内作出书面决定？"}


def test_a_heading_is_asked_for_and_ordinary_pairs_yield_no_question() -> None:
    (heading,) = questions(Pair("laws", "ict_zh", "湿地保护条例 监督管理", "各级政府应当监督湿地保护工作。"))
    assert "湿地保护条例 监督管理" in heading
    assert not questions(Pair("captions", "par", "A dog runs.", "一只狗在跑。"))


def test_a_sample_does_not_depend_on_the_run() -> None:
    assert share("carbon") == share("carb" + "on") == crc32(b"carbon") / 2**32
    assert 0.4 < np.mean([share(str(i)) < 0.5 for i in range(2000)]) < 0.6


def test_a_folder_without_pairs_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="training data"):
        next(read_pairs(tmp_path))


@pytest.mark.parametrize(("written", "folded"), [("匯", "汇"), ("Ａ", "a"), ("É", "e"), ("①", "1"), ("⽔", "水")])
def test_variants_of_a_character_fold_to_one(written: str, folded: str) -> None:
    assert dict(folded_characters())[ord(written)] == folded


@pytest.mark.parametrize(
    ("left", "right"),
    [("國內外碳匯ＣＯ２", "国内外碳汇CO2"), ("Café CARBON", "cafe carbon"), ("1,257 萬公頃", "1 257万公顷")],
)
def test_the_bundled_tokenizer_reads_variants_alike(left: str, right: str) -> None:
    encoder = load_encoder()
    assert isinstance(encoder, StaticEncoder)
    first, second = encoder.tokens([left, right])
    assert len(first)
    assert np.array_equal(first, second)


def test_rare_tokens_weigh_more_than_common_ones() -> None:
    counts = np.array([0, 0, 10, 1_000, 100_000], np.float32)
    rarity = token_rarity(counts)
    assert rarity.max() == 1
    assert rarity[2] > rarity[3] > rarity[4] > 0
    weight = token_weight(np.ones((5, 3), np.float32), counts)
    assert weight[2] > weight[4]


def test_pairs_become_tables_that_draw_only_pairs_with_tokens() -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(BUNDLED_MODEL / "tokenizer.json"))
    pairs = [Pair("a", "par", english, chinese) for english, chinese in zip(ENGLISH, CHINESE, strict=False)]
    pairs.append(Pair("b", "par", "!!!", "？"))
    tables, counts = tabulate(pairs, tokenizer)
    table = tables["par"]
    assert len(table.left.lengths) == len(pairs) - 1
    assert counts.sum() == table.left.lengths.sum() + table.right.lengths.sum()
    drawn = table.draw(500, np.random.default_rng(0))
    assert sorted(drawn) == list(range(len(pairs) - 1))


def _made_tables(rng: np.random.Generator) -> dict[str, PairTable]:
    """Two languages of forty words each; word ``i`` of the one means word ``i + 40`` of the other."""
    texts = [rng.integers(2, 42, 6).astype(np.int32) for _ in range(400)]
    odds = np.arange(1, 401, dtype=np.float32) / 400
    return {"par": PairTable(TokenTable(texts), TokenTable([text + 40 for text in texts]), odds)}


def test_training_brings_words_together_that_translate_each_other() -> None:
    pytest.importorskip("torch", reason="the train extra is not installed")
    rng = np.random.default_rng(3)
    start = rng.standard_normal((82, 16)).astype(np.float32)
    params = TrainingParams(
        dim=16, short_dim=8, steps=150, batch=64, rate=0.02, warm_up=5, drawn_back=0, mix={"par": 1.0}
    )
    lines: list[str] = []
    tables, counts = _made_tables(rng), np.full(82, 30, np.float32)
    vectors = train(start, tables, counts, params, lines.append)
    assert np.array_equal(vectors, train(start, tables, counts, params, lines.append)), "the seed fixes the result"
    unit = vectors[2:] / np.linalg.norm(vectors[2:], axis=1, keepdims=True)
    nearest = (unit[:40] @ unit[40:].T).argmax(axis=1)
    assert np.mean(nearest == np.arange(40)) > 0.9
    assert lines[0].startswith("step 100 of 150: par ")
    half = train(start, tables, counts, replace(params, drawn_back=0.5), lines.append)
    assert np.allclose(half, (vectors + start) / 2, atol=1e-6)


def _write_pairs(folder: Path) -> None:
    """Three sources in our own words: sentences made of translated words, a dictionary of them, and passages."""
    import zstandard

    words = {"forest": "森林", "carbon": "碳", "market": "市场", "water": "水", "price": "价格", "farmer": "农民"}
    pairs = list(itertools.permutations(words, 3))
    rows = [f"made\tpar\t{' '.join(three)}\t{''.join(words[word] for word in three)}" for three in pairs]
    rows += [f"CC-CEDICT\tdict\t{english}\t{chinese}" for english, chinese in words.items()]
    rows += [f"made\tqp_en\twhat is the {a} of the {b}\tthe {a} of {b} and of {c}" for a, b, c in pairs]
    (folder / "pairs").mkdir()
    packed = zstandard.ZstdCompressor().compress("\n".join(rows).encode("utf-8"))
    (folder / "pairs" / "made.tsv.zst").write_bytes(packed)


def test_training_end_to_end_makes_a_model_that_the_runtime_opens(tmp_path: Path) -> None:
    for extra in ("torch", "zstandard", "sentencepiece", "google.protobuf"):
        pytest.importorskip(extra, reason="the train extra is not installed")
    _write_pairs(tmp_path)
    params = TrainingParams(dim=32, short_dim=16, steps=60, batch=64, rate=0.02, warm_up=5)
    size = VocabularySize(chinese_words=20, characters=20, english_words=20, english_pieces=60)
    lines: list[str] = []
    make_model(tmp_path, tmp_path / "model", name="small", params=params, size=size, report=lines.append)
    encoder = load_encoder(tmp_path / "model")
    assert isinstance(encoder, StaticEncoder)
    assert (encoder.name, encoder.dim) == ("small", 32)
    query, right, wrong = encoder.encode(["the price of carbon", "碳價格", "农民水"])
    assert right @ query > wrong @ query
    tokens = encoder.tokens(["price carbon", "碳价格", "农民水"])
    assert np.diff(encoder.maxsim(tokens[0], tokens[1:])) < 0
    assert lines[0] == "246 pairs"
