"""Step 2 of training: a Unigram tokenizer whose pieces are whole Chinese and English words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sinkqa.index.training.corpus import Pair, share

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+")
_HAN = "\u3400"  # everything of the vocabulary from here on is Chinese
_WORD_PENALTY = 2.0  # nats below the rarest whole word: pieces are for words the vocabulary lacks
_LETTER_PENALTY = 14.0
# Share of each source that is counted: enough for stable counts, without one source's jargon ruling them.
_COUNTED = {"mojLaw": 0.06, "ECDICT": 0.15, "LawRefBook": 0.15, "wh-briefings": 0.5, "python-docs-zh-cn": 0.5}
_TERM_COUNT = {"zh": 300, "en": 60}  # a term of the glossary counts as if it had been seen so often


@dataclass(frozen=True, slots=True)
class VocabularySize:
    """The number of pieces of each sort."""

    chinese_words: int = 27_000
    characters: int = 6_000
    english_words: int = 22_500
    english_pieces: int = 4_000


def build_tokenizer(pairs: Iterable[Pair], size: VocabularySize) -> Tokenizer:
    """A tokenizer that normalises, cuts and numbers text. Ids 0 and 1 are padding and the unknown token.

    NFKC, lower case, accents and traditional characters are folded by one character map. The scores are
    log-frequencies, so that the best path through a Chinese sentence is its most probable sequence of words.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    normalizer = normalizers.Precompiled(_compiled_map())
    chinese, english = _count_words(pairs, normalizer.normalize_str)
    scores = _scores(chinese, english, size)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    tokenizer = Tokenizer(models.Unigram([("[PAD]", 0.0), ("[UNK]", 0.0), *ranked], unk_id=1, byte_fallback=False))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), "removed"),
            pre_tokenizers.Split(Regex(r"\p{Han}+"), "isolated"),
            pre_tokenizers.Split(Regex(r"\p{N}+"), "isolated"),
        ]
    )
    return tokenizer


def is_chinese(token: str) -> bool:
    """Whether a token of the vocabulary is written in Chinese characters."""
    return token >= _HAN


def _count_words(pairs: Iterable[Pair], normalise: Callable[[str], str]) -> tuple[Counter[str], Counter[str]]:
    import rjieba

    chinese: Counter[str] = Counter()
    english: Counter[str] = Counter()
    seen: set[str] = set()
    for pair in pairs:
        if share(pair.left + pair.right) >= _COUNTED.get(pair.source, 1.0):
            continue
        for text in (pair.left, pair.right):
            if text in seen:
                continue
            seen.add(text)
            for run in _RUN.findall(normalise(text)):
                if run < _HAN:
                    english[run] += 1
                else:
                    chinese.update(rjieba.cut(run, False))
            if pair.source == "glossary":
                _count_terms(normalise(text), chinese, english)
    return chinese, english


def _count_terms(term: str, chinese: Counter[str], english: Counter[str]) -> None:
    for run in _RUN.findall(term):
        if run < _HAN:
            english[run] = max(english[run], _TERM_COUNT["en"])
        elif 2 <= len(run) <= 3:  # longer ones are made of words that carry their meaning
            chinese[run] = max(chinese[run], _TERM_COUNT["zh"])


def _scores(chinese: Counter[str], english: Counter[str], size: VocabularySize) -> dict[str, float]:
    """The log-frequency of each piece, per language."""
    totals = math.log(chinese.total()), math.log(english.total())
    characters: Counter[str] = Counter()
    for word, count in chinese.items():
        for character in word:
            characters[character] += count
    kept = dict(_most({word: count for word, count in chinese.items() if len(word) > 1}, size.chinese_words))
    for character, count in _most(characters, size.characters):
        kept[character] = max(chinese[character], round(count * 0.02), 1)
    scores = {word: math.log(count) - totals[0] for word, count in kept.items()}
    words = {word: count for word, count in english.items() if len(word) > 1}
    scores |= {word: math.log(count) - totals[1] for word, count in _most(words, size.english_words)}
    return _numbers() | _pieces(english, size.english_pieces, floor=min(scores.values())) | scores


def _most(counts: dict[str, int], size: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]


def _numbers() -> dict[str, float]:
    digits = [str(i) for i in range(100)] + [f"{i:02d}" for i in range(10)] + [f"{i:03d}" for i in range(1000)]
    return {number: -10.0 - 0.5 * len(number) for number in digits + [str(year) for year in range(1900, 2101)]}


def _pieces(english: Counter[str], size: int, *, floor: float) -> dict[str, float]:
    """Parts of English words, learnt from the word list. Each is less likely than the rarest whole word."""
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    words = [(word, count) for word, count in sorted(english.items()) if count > 1 and 3 <= len(word) <= 24]
    with TemporaryDirectory() as folder:
        listed, model = Path(folder) / "words", Path(folder) / "pieces"
        listed.write_text("".join(f"{word}\n" * max(1, int(math.log(count))) for word, count in words), "utf-8")
        SentencePieceTrainer.train(
            input=str(listed),
            model_prefix=str(model),
            vocab_size=size,
            model_type="unigram",
            add_dummy_prefix=False,
            character_coverage=1.0,
            max_sentencepiece_length=12,
            hard_vocab_limit=False,  # a small sample has fewer parts
            num_threads=1,
            minloglevel=2,
        )
        learnt = SentencePieceProcessor(model_file=f"{model}.model")
    named = [(learnt.id_to_piece(i), learnt.get_score(i)) for i in range(learnt.get_piece_size())]
    pieces = {piece: floor + score - _WORD_PENALTY for piece, score in named if re.fullmatch("[a-z]+", piece)}
    letters = dict.fromkeys("abcdefghijklmnopqrstuvwxyzαβγδεμπσω", floor - _LETTER_PENALTY)
    return letters | pieces


def _compiled_map() -> bytes:
    """The character map in the trie form that the tokenizer reads."""
    from sentencepiece import SentencePieceTrainer, sentencepiece_model_pb2

    with TemporaryDirectory() as folder:
        rules, text, model = (Path(folder) / name for name in ("rules.tsv", "text", "model"))
        rules.write_text("".join(f"{_codes(chr(c))}\t{_codes(to)}\n" for c, to in folded_characters()), "utf-8")
        text.write_text("hello world 你好 世界\n" * 200, "utf-8")
        SentencePieceTrainer.train(
            input=str(text),
            model_prefix=str(model),
            vocab_size=18,
            normalization_rule_tsv=str(rules),
            hard_vocab_limit=False,
            num_threads=1,
            minloglevel=2,
        )
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString(Path(f"{model}.model").read_bytes())
    return bytes(proto.normalizer_spec.precompiled_charsmap)


def _codes(text: str) -> str:
    return " ".join(f"{ord(character):X}" for character in text)


@cache
def folded_characters() -> list[tuple[int, str]]:
    """Code points that fold to something else, and their results."""
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    folded = []
    for code in range(0x21, 0x31350):
        if 0xD800 <= code <= 0xDFFF:
            continue
        to = simplify(_without_accents(unicodedata.normalize("NFKC", chr(code)).lower())).strip() or " "
        if to != chr(code):
            folded.append((code, to))
    return folded


def _without_accents(character: str) -> str:
    base = unicodedata.normalize("NFD", character)
    return (
        base[0] if base[:1].isascii() and all(unicodedata.combining(mark) for mark in base[1:]) and base else character
    )
