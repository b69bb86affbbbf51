"""Measures, for each kind of forgery, how many forged statements the product accepts as exact or supported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import get_args

from sinkqa.eval.answering.labelling import label, labelling
from sinkqa.eval.data.evidence import bare
from sinkqa.eval.forging import amounts, borders, glyphs, listed, tables, words
from sinkqa.eval.forging.kinds import KINDS, Forged, ForgeryKind, begun_small
from sinkqa.eval.forging.material import Language, Material, Sentence, Shelf, written
from sinkqa.eval.forging.truths import truths
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.index.hit import Hit
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.errors import IngestError
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.grounding.guard import Label
from sinkqa.service.grounding.quotes import compare_quote

MODULES = (listed, amounts, words, glyphs, borders, tables)  # importing them registers their kinds


@dataclass(frozen=True, slots=True)
class WrongVerdict:
    """A statement that got a wrong verdict, and the text that it was forged from."""

    claim: str
    source: str
    verdict: str


@dataclass(slots=True)
class ForgeryScore:
    """Counts of the verdicts on the ``tried`` statements of one kind and language.

    ``exact`` counts statements accepted as exact quotes although their source does not hold them word for word.
    ``labels`` counts the labels of whole statements: supported if all claims are supported, contradicted if one is.
    ``examples`` lists the statements with wrong verdicts.
    """

    kind: str
    language: Language
    why: str = ""
    tried: int = 0
    exact: int = 0
    labels: dict[Label, int] = field(default_factory=lambda: dict.fromkeys(get_args(Label), 0))
    examples: list[WrongVerdict] = field(default_factory=list)


class Verifier:
    """Labels statements with the product's own code for quotes, pieces and judging, but without its search."""

    def __init__(self, encoder: Encoder) -> None:
        self._judge, self._pieces = RuleJudge(encoder), Pieces(encoder)

    def label(self, claim: str, hits: Sequence[Hit], shelf: Shelf) -> Label:
        """Labels a statement by the hits that a search found for it."""
        return label(claim, lambda _: list(hits), shelf, self._judge, self._pieces)

    def near(self, text: str, sentence: Sentence) -> Label:
        """Labels a text by the sentence's passage, the passages around it, and some passages from elsewhere."""
        random = Random(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        return self.label(text, sentence.near(random), sentence.material.shelf)


@contextmanager
def searching(
    paths: Sequence[Path], encoder: Encoder, *, cache: Path | None, on_progress: OnProgress
) -> Iterator[Callable[[str, Sentence], Label]]:
    """Yields a function that labels statements as the engine does, including search, over a library of these files."""
    with labelling(paths, RuleJudge(encoder), encoder, cache=cache, on_progress=on_progress) as (_, labelled):
        yield lambda text, _: labelled(text)


def forge(
    material: Material, encoder: Encoder, *, seed: int, each: int, kinds: Sequence[str] = (), on_progress: OnProgress
) -> list[ForgeryScore]:
    """Forges ``each`` statements of every kind and scores their labels.

    ``kinds``: limits it to the kinds of these names.
    """
    chosen = [kind for kind in KINDS if not kinds or kind.name in kinds]
    verifier, scores = Verifier(encoder), list[ForgeryScore]()
    for done, kind in enumerate(chosen, 1):
        score = ForgeryScore(kind.name, kind.language, kind.why)
        random = Random(f"{seed} {kind.name} {kind.language}")
        for sentence, forged in forgeries(kind, material, each, random):
            _judge(score, sentence, forged, verifier, random)
        scores.append(score)
        on_progress(done, len(chosen), kind.name)
    return scores


def forgeries(kind: ForgeryKind, material: Material, count: int, random: Random) -> Iterator[tuple[Sentence, Forged]]:
    """Yields ``count`` different forged statements of a kind, or fewer if the sentences do not allow so many."""
    pool = material.of(kind.of, kind.language)
    seen: set[str] = set()
    for sentence in random.sample(pool, len(pool)):
        forged = kind.rule(sentence, random)
        if forged is None or is_true(forged, sentence, kind) or (key := bare(forged.claim)) in seen:
            continue
        seen.add(key)
        yield sentence, forged
        if len(seen) == count:
            return


def is_true(forged: Forged, sentence: Sentence, kind: ForgeryKind) -> bool:
    """Whether the forgery is true after all: its source or the text around the sentence says the same word for word."""
    said = bare(forged.claim)
    if forged.source is not None:
        return said == bare(forged.source)
    if kind.is_part:
        return said == bare(sentence.passage.text)
    return said in sentence.document.bare


def _judge(score: ForgeryScore, sentence: Sentence, forged: Forged, verifier: Verifier, random: Random) -> None:
    documents = sentence.material.documents
    if forged.source is None:
        hits, shelf, source = sentence.near(random), sentence.material.shelf, sentence.passage.text
        own = [sentence.passage]
    else:
        try:
            made = written(forged.source, forged.form)
        except IngestError:  # what nobody may read is no source
            return
        said = bare(forged.claim)
        hits = made.hits + [hit for hit in sentence.elsewhere(random) if said not in bare(hit.passage.text)]
        shelf, source, own = Shelf([made, *documents]), forged.source, made.passages
    label = verifier.label(forged.claim, hits, shelf)
    stands = any(bare(begun_small(forged.claim)) in bare(begun_small(passage.text)) for passage in own)
    exact = not stands and any(compare_quote(forged.claim, passage.text).result == "exact" for passage in own)
    score.tried += 1
    score.exact += exact
    score.labels[label] += 1
    if exact or label == "supported":
        verdicts = [*(["exact"] if exact else []), *(["supported"] if label == "supported" else [])]
        score.examples.append(WrongVerdict(forged.claim, source, " and ".join(verdicts)))


def try_truths(
    material: Material,
    labelled: Callable[[str, Sentence], Label],
    *,
    seed: int,
    count: int,
    on_progress: OnProgress,
) -> list[ForgeryScore]:
    """Labels ``count`` true statements. All of them should be supported, and none may be contradicted."""
    scores: dict[tuple[str, Language], ForgeryScore] = {}
    for done, (kind, language, text, sentence) in enumerate(truths(material, count, seed=seed), 1):
        score = scores.setdefault((kind, language), ForgeryScore(kind, language))
        label = labelled(text, sentence)
        score.tried += 1
        score.labels[label] += 1
        if label != "supported":
            score.examples.append(WrongVerdict(text, sentence.passage.text, label))
        on_progress(done, count, "true statements")
    return list(scores.values())


def share(scores: Iterable[ForgeryScore], label: Label) -> float:
    """Returns the share of all tried statements that have this label, 0..1."""
    counts = [(score.labels[label], score.tried) for score in scores]
    return sum(given for given, _ in counts) / max(1, sum(tried for _, tried in counts))
