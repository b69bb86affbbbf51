from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinkqa.index.models.cutting import _FEW, FolderCutter, TokenizerCutter, _Pieces, _read_tokenizer, write_pieces
from sinkqa.index.models.encoder import BUNDLED_MODEL, load_encoder
from tests.index.made import CHINESE, ENGLISH

WHOLE = TokenizerCutter(lambda: _read_tokenizer(BUNDLED_MODEL / "tokenizer.json"))
VOCABULARY = json.loads((BUNDLED_MODEL / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]


@pytest.fixture(scope="module")
def pieces() -> _Pieces:
    return _Pieces(BUNDLED_MODEL)


def test_texts_are_cut_as_the_tokenizer_cuts_them(pieces: _Pieces) -> None:
    dice = random.Random(15)
    runs = ["".join(dice.choice(VOCABULARY)[0] for _ in range(dice.randint(1, 9))) for _ in range(4_000)]
    texts = [*ENGLISH, *CHINESE, *runs, "", " ", "ﬀ ½ Ⅳ ﾊﾝｶｸ", "σabcdefghijklmnopqrstuvwxyz", "жж жжa 𠀀𠀁碳"]
    assert [pieces.cut(text) for text in texts] == WHOLE.cut(texts)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=400)
def test_any_text_is_cut_as_the_tokenizer_cuts_it(pieces: _Pieces, text: str) -> None:
    clean = text.encode("utf-8", "replace").decode("utf-8")
    assert [pieces.cut(clean)] == WHOLE.cut([clean])


def test_the_vocabulary_laid_beside_the_bundled_tokenizer_is_its_own(tmp_path: Path) -> None:
    shutil.copy(BUNDLED_MODEL / "tokenizer.json", tmp_path)
    write_pieces(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (BUNDLED_MODEL / path.name).read_bytes(), "write_pieces makes it anew"
    assert len([*tmp_path.iterdir()]) == 4


def test_few_texts_are_cut_without_the_tokenizer_and_many_with_it() -> None:
    cutter = FolderCutter(BUNDLED_MODEL)
    first = cutter.cut(CHINESE)
    assert "_tokenizer" not in vars(cutter._whole)
    cutter.cut(["碳汇" * _FEW])
    assert "_tokenizer" in vars(cutter._whole)
    assert cutter.cut(CHINESE) == first


def test_a_model_without_the_vocabulary_beside_it_cuts_alike(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BUNDLED_MODEL, tmp_path / "model"))
    (folder / "pieces.txt").unlink()
    there, here = (load_encoder(each).tokens([*ENGLISH, *CHINESE]) for each in (folder, None))
    assert [list(ids) for ids in there] == [list(ids) for ids in here]


def test_another_kind_of_tokenizer_has_no_vocabulary_beside_it(tmp_path: Path) -> None:
    words = {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": words, "added_tokens": []}), "utf-8")
    (tmp_path / "pieces.txt").write_text("of a model before", "utf-8")
    write_pieces(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tokenizer.json"]
