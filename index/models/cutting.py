"""Cuts texts into the tokens of a static model: with the tokenizer or, for the first texts, without it.

Reading the tokenizer's file takes a tenth of a second, most of the time of a question in a new process. The same
vocabulary as plain text loads in a tenth of that time. It gives the same tokens, but more slowly, so it serves only the
first texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_FILES = _RULES, _PIECES, _SCORES = "cutting.json", "pieces.txt", "scores.npy"
_FEW = 20_000  # characters: cutting more without the tokenizer costs as much as reading it
_SPECIAL = 2  # padding and the unknown token, which the library wants to see
_NO_PIECE = 10.0  # below the least score; so the tokenizers library has it in models/unigram


class Cutter(Protocol):
    """Anything that cuts texts into tokens."""

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Returns the ids of each text's tokens, in order."""
        ...


class TokenizerCutter:
    """Any tokenizer. It is opened at the first text."""

    def __init__(self, opened: Callable[[], Tokenizer]) -> None:
        self._opened = opened

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Same as in :class:`Cutter`."""
        found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in found]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = self._opened()
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer


class FolderCutter:
    """The tokenizer of a model's folder. If the plain vocabulary is beside it, the vocabulary cuts the first texts.

    Raises:
        OSError: the folder has no tokenizer.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "tokenizer.json"
        path.stat()
        self._whole = TokenizerCutter(lambda: _read_tokenizer(path))
        self._folder, self._left = folder, _FEW if _has_pieces(folder) else 0

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Same as in :class:`Cutter`."""
        self._left -= sum(map(len, texts))
        return self._whole.cut(texts) if self._left < 0 else [self._pieces.cut(text) for text in texts]

    @cached_property
    def _pieces(self) -> _Pieces:
        return _Pieces(self._folder)


class _Pieces:
    """The vocabulary of a Unigram tokenizer, with its rules for normalising and splitting text."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        rules = json.loads((folder / _RULES).read_text("utf-8"))
        pieces = (folder / _PIECES).read_text("utf-8").split("\n")
        tokenizer = Tokenizer.from_str(json.dumps(rules["tokenizer"]))
        self._normalise, self._part = tokenizer.normalizer.normalize_str, tokenizer.pre_tokenizer.pre_tokenize_str
        self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
        self._scores: list[float] = np.load(folder / _SCORES).tolist()
        self._least = min(self._scores) - _NO_PIECE
        self._longest: tuple[int, int] = rules["longest"]
        self._unknown: int = rules["unknown"]
        self._known: dict[str, list[int]] = {}

    def cut(self, text: str) -> list[int]:
        found: list[int] = []
        for part, _ in self._part(self._normalise(text)):
            if part not in self._known:
                self._known[part] = self._likeliest(part)
            found += self._known[part]
        return found

    def _likeliest(self, part: str) -> list[int]:
        """The sequence of pieces with the highest sum of scores; the first of equals.

        Source: Kudo 2018, Subword regularization, section 3.2; Viterbi search as in the tokenizers library.
        """
        size = len(part)
        best, ids, begins = [0.0] * (size + 1), [0] * (size + 1), [-1] * (size + 1)
        for start in range(size):
            longest = self._longest[part[start] > "\x7f"]
            for end in range(start + 1, min(size, start + longest) + 1):
                piece = self._ids.get(part[start:end])
                if piece is None and end > start + 1:
                    continue
                score = best[start] + (self._least if piece is None else self._scores[piece])
                if begins[end] < 0 or score > best[end]:
                    best[end], ids[end], begins[end] = score, self._unknown if piece is None else piece, start
        found: list[int] = []
        end = size
        while end:
            if ids[end] != self._unknown or found[-1:] != [
                self._unknown
            ]:  # of a row of unknown ones the library makes one
                found.append(ids[end])
            end = begins[end]
        return found[::-1]


def write_pieces(folder: Path) -> None:
    """Writes the tokenizer's vocabulary beside it in ``folder``, if the tokenizer is of a kind that allows this."""
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    whole = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    model = whole["model"]
    if model["type"] != "Unigram" or model.get("byte_fallback") or whole["added_tokens"]:
        return
    pieces, scores = zip(*model["vocab"], strict=True)
    lengths = [max((len(each) for each in pieces if (each[0] > "\x7f") is wide), default=1) for wide in (False, True)]
    model["vocab"] = model["vocab"][:_SPECIAL]
    rules = {"longest": lengths, "unknown": model["unk_id"], "tokenizer": whole}
    (folder / _RULES).write_text(json.dumps(rules, ensure_ascii=False) + "\n", "utf-8")
    (folder / _PIECES).write_text("\n".join(pieces), "utf-8")
    np.save(folder / _SCORES, np.array(scores, np.float64))


def _has_pieces(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _FILES)


def _read_tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))
