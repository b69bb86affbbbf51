"""Measures whether confidence separates questions that the given passages answer from the others."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sinkqa.eval.answering.withholding import Area, area
from sinkqa.eval.data.evidence import bare
from sinkqa.eval.data.lines import read_rows
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.eval.results.significance import Estimate, estimate
from sinkqa.index.hit import Hit, Why
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.sentences import sentence_spans
from sinkqa.service.answering.judging.answerer import candidates, confidence_in
from sinkqa.service.answering.judging.confidence import BAR
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Posed:
    """A question, the passages given for it as (title, text), and whether they answer it.

    ``answers``: strings; a passage that answers the question contains one of them. ``sentences``: the sentences that
    answer it, if they are marked.
    """

    query_id: str
    question: str
    passages: tuple[tuple[str, str], ...]
    answerable: bool
    answers: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    def worth(self, _: Passage, said: Analysis) -> float:
        """Returns 1 if the text overlaps a marked sentence, else 0.

        Without marked sentences: 1 if it contains an answer.
        """
        text = bare(said.text)
        if self.sentences:
            return float(any(bare(each) in text or text in bare(each) for each in self.sentences))
        return float(any(bare(each) in text for each in self.answers))


@dataclass(frozen=True, slots=True)
class AbstainScore:
    """How well confidence separates a set's answerable questions from the others. All values have intervals.

    ``auroc``: AUROC of the confidence. ``floor``: AUROC of the word overlap. ``answered`` and ``false_answers``: the
    shares of the answerable and of the unanswerable questions that are answered at the shipped threshold.
    """

    name: str
    n: int
    n_answerable: int
    auroc: Area
    floor: Area
    answered: Estimate
    false_answers: Estimate


def read_posed(path: Path, *, most: int | None = None) -> list[Posed]:
    """Reads the questions of a JSONL file with ``question``, ``passages`` and ``answerable``, in file order.

    ``most`` limits their number. The questions are then drawn at random, always the same ones.

    Raises:
        FileMissing, MalformedData: no such file, or a line lacks one of these fields.
        NothingToMeasure: all questions are answerable, or none is.
    """
    found = []
    for number, row in read_rows(path, id=str, question=str, passages=list, answerable=bool):
        passages = _passages(row, f"{path}:{number}")
        answers = [each if isinstance(each, list) else [each] for each in row.get("answers") or ()]
        found.append(
            Posed(
                row["id"],
                row["question"],
                passages,
                row["answerable"],
                answers=tuple(str(each) for among in answers for each in among if each),
                sentences=tuple(map(str, row.get("gold_sentences") or ())),
            )
        )
    if len({each.answerable for each in found}) < 2:
        raise NothingToMeasure(f"{path}: expected questions with an answer and without, got {len(found)} of one kind")
    return found if most is None else random.Random(0).sample(found, min(most, len(found)))


def score_abstaining(
    name: str, posed: Sequence[Posed], judge: RuleJudge, *, on_progress: OnProgress = quiet
) -> AbstainScore:
    """Scores the confidence of each question over its own passages against whether they answer it.

    The bootstrap draws questions over the same passages together.
    """
    sure, shared = [], []
    pieces = Pieces(judge.encoder)
    for done, each in enumerate(posed, 1):
        asked, hits = understand(each.question), hits_of(each, judge.encoder)
        sure.append(confidence_in(asked, hits, candidates(asked, hits, judge, pieces)))
        shared.append(overlap(each))
        if done % 20 == 0 or done == len(posed):
            on_progress(done, len(posed), name)
    truth = [each.answerable for each in posed]
    clusters = [each.passages for each in posed]
    return AbstainScore(
        name,
        len(posed),
        sum(truth),
        auroc=area(sure, truth, clusters=clusters),
        floor=area(shared, truth, clusters=clusters),
        answered=_answered([each for each in zip(sure, truth, clusters, strict=True) if each[1]]),
        false_answers=_answered([each for each in zip(sure, truth, clusters, strict=True) if not each[1]]),
    )


def _answered(posed: Sequence[tuple[float, bool, Hashable]]) -> Estimate:
    """Share of the questions whose confidence reaches the bar."""
    return estimate([float(sure >= BAR) for sure, _, _ in posed], clusters=[cluster for *_, cluster in posed])


def hits_of(posed: Posed, encoder: Encoder) -> list[Hit]:
    """Ranks the passages as retrieval does, best first. The units of each passage are its sentences."""
    texts = [f"{title} {text}".strip() for title, text in posed.passages]
    vectors, tokens = encoder.read([posed.question, *texts])
    dense, late = vectors[1:] @ vectors[0], encoder.maxsim(tokens[0], tokens[1:])
    asked = set(analyze(posed.question))
    shares = [len(asked & set(analyze(text))) / max(1, len(asked)) for text in texts]
    hits = [
        Hit(
            _passage(posed, place),
            title,
            float(dense[place] + 2 * encoder.maxsim_weight * late[place] + shares[place]),
            _why(dense, late, shares, place),
        )
        for place, (title, _) in enumerate(posed.passages)
    ]
    return sorted(hits, key=lambda hit: -hit.score)


def overlap(posed: Posed) -> float:
    """Returns the largest share of the question's terms that one passage contains, 0..1.

    This baseline needs no model.
    """
    asked = set(analyze(posed.question))
    return max((len(asked & set(analyze(text))) / max(1, len(asked)) for _, text in posed.passages), default=0.0)


def _why(dense: Any, late: Any, shares: Sequence[float], place: int) -> Why:
    return Why(dense=float(dense[place]), late=float(late[place]), lexical=shares[place])


def _passage(posed: Posed, place: int) -> Passage:
    text = posed.passages[place][1]
    language = detect(text)
    spans = [Span(start, end) for start, end in sentence_spans(text, language)]
    units = tuple(Unit((span,), text[span.start : span.end]) for span in spans)
    whole = (Span(0, len(text)),)
    return Passage(f"{posed.query_id}-{place}", "text", whole, text, units, (), 1, 1, language)


def _passages(row: Mapping[str, Any], where: str) -> tuple[tuple[str, str], ...]:
    def read() -> Iterator[tuple[str, str]]:
        for passage in row["passages"]:
            yield str(passage.get("title") or ""), str(passage["text"])

    try:
        return tuple(read())
    except (KeyError, AttributeError) as error:
        raise MalformedData(f"{where}: expected passages with text, got one without ({error!r})") from error
