"""Makes any number of documents and questions from a seed, in Chinese and English.

Words come from the vocabulary of the bundled encoder, with its frequencies. So word frequencies fall as in real text.
The subject of a document is a direction among the encoder's vectors: words near it are drawn more often, and words near
the direction of the section more often still. Words that were used return. Both languages draw from the same subjects.
Each document has names and figures of its own, which make the vocabulary grow without end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.models.encoder import BUNDLED_MODEL

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_SCRIPTS = {"zh": 1, "en": -1}  # as the encoder's script.npy has them
_SUBJECTS = 600
_SEEDS_OF_A_SUBJECT = 6  # words whose mean it is
_COMMON = 200  # words of a language that are said whatever one speaks about
_TELLING = (200, 20_000)  # ranks of words that subjects are made of
_PULL = 18.0  # exponent of the cosine to the subject: with it passages have neighbours as near as real ones'
_DIMENSIONS = 64  # of each vector, which the encoder's first 64 numbers stand for
_MOST_SAID = 0.004  # share of any other word, near its subject too
_AGAIN = 0.3  # of the words of a paragraph were said in it before
_PARAGRAPHS, _SPREAD, _MOST = 45, 1.0, 600  # of a document: median, log-normal spread, most
_SENTENCES = (3, 6)
_WORDS = {"en": (10, 28), "zh": (10, 26)}  # of a sentence
_SECTION = 6  # paragraphs
_NAMED, _COUNTED = 0.12, 0.3  # sentences with a name, with a figure
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwz", "aeiou"
_TOLD = 3  # words that a question takes
_FRAMES = {
    "en": ("How does {} affect {} and {}?", "What is said about {} {} in {}?", "Which {} applies to {} with {}?"),
    "zh": ("{}对{}和{}有什么影响？", "关于{}的{}，{}是如何规定的？", "哪些{}适用于{}的{}？"),
}


class Topic(NamedTuple):
    """The topic of a document: its subject, and ``said``, a few characteristic words of one of its sentences."""

    language: str
    subject: int
    said: list[str]


class MadeDocument(NamedTuple):
    """A Markdown document in one language."""

    name: str
    text: str
    paragraphs: int
    topic: Topic


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words of a language from the most frequent on; ``shares`` sum to 1, ``directions`` (n, dim) have length 1."""

    words: list[str]
    shares: Floats
    directions: Floats

    def about(self, direction: Floats) -> NDArray[np.float64]:
        """Shares added up, for drawing, where one speaks in this direction; the commonest words are said as ever."""
        pull = np.exp(_PULL * np.maximum(self.directions @ direction, 0))
        pull[:_COMMON] = mean = pull @ self.shares
        shares = self.shares * (pull / mean)
        np.minimum(shares, _MOST_SAID, out=shares, where=np.arange(len(shares)) >= _COMMON)
        drawn: NDArray[np.float64] = np.cumsum(shares, dtype=np.float64)
        drawn /= drawn[-1]
        return drawn


def documents(seed: int) -> Iterator[MadeDocument]:
    """Yields endless documents, the same ones for a seed. Each has about 75 paragraphs of the length of a passage."""
    number = 0
    while True:
        random = np.random.default_rng([seed, number])
        subject = int(random.integers(_SUBJECTS))
        language = "zh" if random.random() < 0.5 else "en"
        paragraphs = int(np.clip(random.lognormal(np.log(_PARAGRAPHS), _SPREAD), 3, _MOST))
        text, said = _document(random, language, _leaning(random, _subjects(seed)[subject], 0.85), paragraphs)
        yield MadeDocument(f"{language}-{number:06d}.md", text, paragraphs, Topic(language, subject, said))
        number += 1


def questions(seed: int, topics: Sequence[Topic], n: int) -> list[str]:
    """Makes questions about these topics, by turns in words of a sentence of the document and in the other language."""
    random = np.random.default_rng([seed, 1, 1])
    asked = []
    for number in range(n):
        language, subject, words = topics[int(random.integers(len(topics)))]
        if number % 2:
            language = "en" if language == "zh" else "zh"
            known = _vocabulary()[language]
            drawn = known.about(_subjects(seed)[subject])
            telling = drawn[_COMMON] + (1 - drawn[_COMMON]) * random.random(_TOLD)
            words = [known.words[place] for place in np.searchsorted(drawn, telling)]
        asked.append(_FRAMES[language][number // 2 % len(_FRAMES[language])].format(*words))
    return asked


def _document(random: Generator, language: str, direction: Floats, paragraphs: int) -> tuple[str, list[str]]:
    """The text, and what it says in one of its sentences."""
    known = _vocabulary()[language]
    lines = [f"# {_title(random, language, known.about(direction))}"]
    said: list[str] = []
    for number in range(paragraphs):
        if number % _SECTION == 0:
            drawn = known.about(_leaning(random, direction, 0.9))
            lines.append(f"## {_title(random, language, drawn)}")
        paragraph, telling = _paragraph(random, language, drawn)
        lines.append(paragraph)
        said = telling if number == 0 or random.random() < 1 / paragraphs else said
    return "\n\n".join(lines) + "\n", said


def _paragraph(random: Generator, language: str, drawn: NDArray[np.float64]) -> tuple[str, list[str]]:
    """The text, and the rarest words of its last sentence."""
    lengths = random.integers(*_WORDS[language], random.integers(*_SENTENCES, endpoint=True), endpoint=True).tolist()
    n = sum(lengths)
    places, earlier = np.searchsorted(drawn, random.random(n)), (random.random(n) * np.arange(n)).astype(int)
    for at in np.flatnonzero(random.random(n) < _AGAIN).tolist():
        places[at] = places[earlier[at]]
    words = list(map(_vocabulary()[language].words.__getitem__, places.tolist()))
    ends = [0, *accumulate(lengths)]
    has_name, has_figure = random.random((2, len(lengths))) < [[_NAMED], [_COUNTED]]
    sentences = []
    for number, (start, end) in enumerate(pairwise(ends)):
        if has_name[number]:
            words[start + 2] = _name(random, language)
        if has_figure[number]:
            words[start + 4] += _figure(random, language)
        sentences.append(_sentence(language, words[start:end]))
    rarest = np.unique(places[ends[-2] :])[-_TOLD:].tolist()
    telling = [_vocabulary()[language].words[place] for place in (rarest * _TOLD)[:_TOLD]]
    return ("" if language == "zh" else " ").join(sentences), telling


def _sentence(language: str, words: list[str]) -> str:
    if language == "zh":
        half = len(words) // 2
        return "".join([*words[:half], "，", *words[half:], "。"])
    text = " ".join(words)
    return f"{text[0].upper()}{text[1:]}."


def _figure(random: Generator, language: str) -> str:
    figure = f"{random.integers(1, 10 ** random.integers(1, 7)):,}"
    return f"{figure}吨" if language == "zh" else f" {figure} tonnes"


def _title(random: Generator, language: str, drawn: NDArray[np.float64]) -> str:
    words = _drawn(random, language, drawn, int(random.integers(3, 8)))
    return "".join(words) if language == "zh" else " ".join(words).capitalize()


def _drawn(random: Generator, language: str, drawn: NDArray[np.float64], n: int) -> list[str]:
    words = _vocabulary()[language].words
    return [words[place] for place in np.searchsorted(drawn, random.random(n)).tolist()]


def _name(random: Generator, language: str) -> str:
    if language == "zh":
        return "".join(map(chr, random.integers(0x4E00, 0x8FFF, 3).tolist()))
    pairs = random.integers(0, (len(_CONSONANTS), len(_VOWELS)), (random.integers(2, 5), 2)).tolist()
    return "".join(_CONSONANTS[first] + _VOWELS[second] for first, second in pairs).capitalize()


def _leaning(random: Generator, direction: Floats, kept: float) -> Floats:
    """A direction beside this one; ``kept`` is the cosine between them."""
    other = random.standard_normal(len(direction))
    other -= direction * (other @ direction)
    other /= np.linalg.norm(other)
    leaning: Floats = (kept * direction + np.sqrt(1 - kept**2) * other).astype(np.float32)
    return leaning


@cache
def _subjects(seed: int) -> Floats:
    """float32, (_SUBJECTS, dim): each the mean of a few words of both languages."""
    random = np.random.default_rng([seed, 0])
    directions = np.concatenate([each.directions[slice(*_TELLING)] for each in _vocabulary().values()])
    first = directions[random.integers(0, len(directions), _SUBJECTS)]
    near = np.argpartition(-(first @ directions.T), 10 * _SEEDS_OF_A_SUBJECT, axis=1)[:, : 10 * _SEEDS_OF_A_SUBJECT]
    chosen = [random.choice(row, _SEEDS_OF_A_SUBJECT, replace=False) for row in near]
    means = directions[np.array(chosen)].mean(axis=1)
    subjects: Floats = means / np.linalg.norm(means, axis=1, keepdims=True)
    return subjects


@cache
def _vocabulary() -> dict[str, _Vocabulary]:
    pieces = Path(BUNDLED_MODEL, "pieces.txt").read_text("utf-8").split("\n")
    scores, script = (np.load(BUNDLED_MODEL / f"{name}.npy") for name in ("scores", "script"))
    weights = np.load(BUNDLED_MODEL / "weights.npy")[:, :_DIMENSIONS].astype(np.float32)
    lengths = np.linalg.norm(weights, axis=1)
    vocabulary = {}
    for language, number in _SCRIPTS.items():
        places = np.flatnonzero((script == number) & (lengths > 0))
        places = places[np.argsort(-scores[places], kind="stable")]
        shares = np.exp(scores[places])
        vocabulary[language] = _Vocabulary(
            [pieces[place] for place in places.tolist()],
            (shares / shares.sum()).astype(np.float32),
            weights[places] / lengths[places, None],
        )
    return vocabulary
