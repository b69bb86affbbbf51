"""Fits the weights that turn signs into a confidence, and measures how well they generalise.

Every candidate of a question is an example: it states a share of the points that the question asks for, or none. Every
kind of question has the same weight. The fit is cross-validated: it is judged on clusters of wordings, and on kinds,
that were left out of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sinkqa.eval.answering.abstain import Posed, hits_of
from sinkqa.eval.answering.judging import locate, text_worth
from sinkqa.eval.answering.withholding import auroc
from sinkqa.eval.data.gold import Question, documents_named
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.index.hit import Hit
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.readers import find_files
from sinkqa.service.answering.judging.answerer import READ
from sinkqa.service.answering.judging.confidence import BAR, SIGNS
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.answering.judging.selecting import comes_into_question
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Pieces

_FOLDS = 5
_ROUNDS = 3  # of fitting: each weighs the wrong candidates by how likely the one before finds them
_SHARP = 3.0  # how much more the best-scored wrong candidate counts than the others
_RIDGE = 0.02 / len(SIGNS)  # keeps weights small that few questions speak for
_KEPT = 0.88  # of the answerable questions: about so many are answered
_WHOLE = 0.99  # of the points: an answer that says so much is complete

Floats = NDArray[np.float64]
Model = tuple[Floats, float]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question of a ``kind`` with its m candidates.

    ``signs``: float32, (m, n_signs). ``worth``: the share of the points that a candidate states, 0..1. ``shown``: the
    share that its passage states, since an answer shows more than one piece of the passage. Both are 0 if the question
    is unanswerable. Wordings of one question, and questions over the same passage, share a ``cluster``.
    """

    kind: str
    query_id: str
    cluster: Hashable
    answerable: bool
    signs: NDArray[np.float32]
    worth: Floats
    shown: Floats


@dataclass(frozen=True, slots=True)
class KindScore:
    """The scores of one kind of question.

    ``seen``, ``unseen`` and ``left_out`` are AUROCs of answerable against unanswerable questions. They are None if the
    kind lacks one of the two. ``seen``: weights fitted to all questions. ``unseen``: weights fitted to the other
    clusters. ``left_out``: weights fitted to the other kinds. The remaining scores use the weights of ``unseen``.
    ``chosen``: mean worth of the best candidate. ``answered`` and ``false_answers``: the shares of the answerable and
    of the unanswerable questions that are answered at the shipped threshold.
    """

    kind: str
    n: int
    seen: float | None
    unseen: float | None
    left_out: float | None
    chosen: float | None
    answered: float | None
    false_answers: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and offset of the fit, and the scores of each kind.

    The confidence predicts the share of complete answers.
    """

    weights: dict[str, float]
    offset: float
    kinds: tuple[KindScore, ...]


def gold_examples(
    kind: str,
    questions: Sequence[Question],
    judge: RuleJudge,
    *,
    documents: Sequence[Path],
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> list[Example]:
    """Makes the examples of gold questions over a library of ``documents``.

    Leaves out questions with a false premise.
    """
    files = find_files(documents)
    corpus = digest([sorted(sha256_of(path) for path in files), []])
    pieces, found = Pieces(judge.encoder), list[Example]()
    with gold_library(questions, (files, []), corpus, judge.encoder, cache=cache, on_progress=on_progress) as (
        library,
        about,
        *_,
    ):
        named = documents_named(library, questions)
        sources = {record.doc_id: library.text(record.doc_id) for record in library.documents()}
        for question in questions:
            if question.expects == "correction":
                continue
            asked = locate(question, named, about, sources)
            hits = library.search(question.text, k=READ, reranker=judge.reranker)
            cluster, can = question.cluster or question.query_id, question.expects == "answer"
            matrix, *worth = _candidates(question.text, hits, judge, pieces, partial(text_worth, asked))
            found.append(Example(kind, question.query_id, cluster, can, matrix, *(each * can for each in worth)))
    return found


def posed_examples(kind: str, posed: Sequence[Posed], judge: RuleJudge) -> list[Example]:
    """Makes the examples of questions that come with their passages."""
    pieces, found = Pieces(judge.encoder), list[Example]()
    for each in posed:
        can = each.answerable
        matrix, *worth = _candidates(each.question, hits_of(each, judge.encoder), judge, pieces, each.worth)
        found.append(Example(kind, each.query_id, each.passages, can, matrix, *(share * can for share in worth)))
    return found


def _candidates(
    text: str, hits: Sequence[Hit], judge: RuleJudge, pieces: Pieces, worth: Callable[[Passage, Analysis], float]
) -> tuple[NDArray[np.float32], Floats, Floats]:
    asked = understand(text)
    found = [each for each in pieces.of(hits) if comes_into_question(asked, each.piece)]
    if not found:
        return np.zeros((0, len(judge.signs)), np.float32), np.zeros(0), np.zeros(0)
    chosen, matrix = judge.look(asked, found)
    best = [found[i].piece for i in chosen]
    said = np.array([worth(piece.passage, piece.said) for piece in best])
    return matrix, said, np.array([worth(piece.passage, piece.whole) for piece in best])


def calibrate(found: Sequence[Example], signs: Sequence[str] = SIGNS) -> Calibration:
    """Fits a logistic regression over candidates, with no weight below 0.

    It is scaled so that the probability of the best candidate is the measured share. Answerable and unanswerable
    questions have equal weight, and so does each kind among them.

    Raises:
        ValueError: there are no answerable or no unanswerable questions.
    """
    model = _fit(found)
    line = _line(model, found)
    model, unseen = _stretched(model, line), _cross_validated(found, line)
    kinds = dict.fromkeys(each.kind for each in found)
    scores = [_score(kind, found, model, unseen) for kind in kinds]
    weights = {name: round(float(weight), 2) for name, weight in zip(signs, model[0], strict=True)}
    return Calibration(weights, round(model[1], 2), tuple(scores))


def _score(kind: str, found: Sequence[Example], model: Model, unseen: Sequence[tuple[float, float]]) -> KindScore:
    own = [place for place, each in enumerate(found) if each.kind == kind]
    examples = [found[place] for place in own]
    others = [each for each in found if each.kind != kind]
    held = [unseen[place] for place in own]
    truth = [each.answerable for each in examples]
    both = len(set(truth)) == 2
    apart = _fit(others) if both and len({each.answerable for each in others}) == 2 else None
    given = [sure >= BAR for sure, _ in held]
    return KindScore(
        kind,
        len(own),
        seen=auroc([_likeliest(each, model)[0] for each in examples], truth) if both else None,
        unseen=auroc([sure for sure, _ in held], truth) if both else None,
        left_out=auroc([_likeliest(each, apart)[0] for each in examples], truth) if apart else None,
        chosen=_mean([worth for (_, worth), can in zip(held, truth, strict=True) if can]),
        answered=_mean([each for each, can in zip(given, truth, strict=True) if can]),
        false_answers=_mean([each for each, can in zip(given, truth, strict=True) if not can]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _cross_validated(found: Sequence[Example], line: tuple[float, float]) -> list[tuple[float, float]]:
    """For each example the confidence and worth of its best candidate, by weights fitted to other clusters.

    All folds are scaled by the same ``line``, so that their confidences can be compared.
    """
    names = sorted({f"{each.kind}:{each.cluster}" for each in found})
    np.random.default_rng(0).shuffle(names)
    fold = {name: place % _FOLDS for place, name in enumerate(names)}
    folds = [fold[f"{each.kind}:{each.cluster}"] for each in found]
    rest = [[each for each, held in zip(found, folds, strict=True) if held != number] for number in range(_FOLDS)]
    models = [_stretched(_fit(part), line) for part in rest]
    return [_likeliest(each, models[number]) for each, number in zip(found, folds, strict=True)]


def _likeliest(example: Example, model: Model) -> tuple[float, float]:
    """The confidence in the best candidate, and its worth. Both are 0 if there is no candidate."""
    if not len(example.worth):
        return 0.0, 0.0
    logits = example.signs @ model[0] + model[1]
    best = int(logits.argmax())
    return float(1 / (1 + np.exp(-logits[best]))), float(example.worth[best])


def _stretched(model: Model, line: tuple[float, float]) -> Model:
    """The model with its logits multiplied and moved."""
    slope, shift = line
    return model[0] * slope, model[1] * slope + shift


def _line(model: Model, found: Sequence[Example]) -> tuple[float, float]:
    """Slope and shift of the logits by which shares come true, of answered questions to whole libraries.

    Those are answered that are as sure as most of the answerable ones.
    """
    from scipy.optimize import minimize

    weights, offset = model
    whole = [each for each in found if isinstance(each.cluster, str) and len(each.worth)]
    if not any(each.answerable for each in whole):
        return 1.0, 0.0
    best = np.array([(each.signs @ weights + offset).max() for each in whole])
    right = np.array([each.shown[(each.signs @ weights).argmax()] >= _WHOLE for each in whole], float)

    answerable = np.array([each.answerable for each in whole])
    given = best >= np.quantile(best[answerable], 1 - _KEPT)
    best, right = best[given], right[given]

    def loss(line: Floats) -> float:
        logits = line[0] * best + line[1]
        return float((np.logaddexp(0, logits) - right * logits).mean())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.1, None), (None, None)]).x
    return float(slope), float(shift)


def _fit(found: Sequence[Example]) -> Model:
    """Weights per unit of each sign, and the offset."""
    filled = [each for each in found if len(each.worth)]
    kinds = {each.answerable for each in filled}
    if len(kinds) < 2:
        raise ValueError(f"expected answerable and other questions, got {len(filled)} of one sort")
    each = _balanced(filled)
    shares = [np.full(len(example.worth), 1 / len(example.worth)) for example in filled]
    for _ in range(_ROUNDS):
        weights, offset = _regress(filled, each, shares)
        for place, example in enumerate(filled):
            logits = example.signs @ weights
            likely = np.exp(_SHARP * (logits - logits.max()))
            shares[place] = likely / likely.sum()
    return weights, offset


def _balanced(found: Sequence[Example]) -> list[float]:
    """What each question weighs: half of all for answerable and for other ones, in equal parts for their kinds."""
    counts = Counter((each.answerable, each.kind) for each in found)
    sets = Counter(answerable for answerable, _ in counts)
    return [0.5 / sets[each.answerable] / counts[each.answerable, each.kind] for each in found]


def _regress(found: Sequence[Example], each: Sequence[float], shares: Sequence[Floats]) -> Model:
    """One weighted logistic regression: half of an answerable question is on what is right of it, half on the rest."""
    from scipy.optimize import minimize

    right, wrong = [], []
    for example, weight, share in zip(found, each, shares, strict=True):
        total = example.worth.sum()
        rest = share * (1 - example.worth)
        both = 0.5 * weight if total else 0.0
        right.append(both * example.worth / max(total, 1e-9))
        wrong.append((weight - both) * rest / max(rest.sum(), 1e-9))
    matrix = np.concatenate([example.signs for example in found]).astype(float)
    for_, against = np.concatenate(right), np.concatenate(wrong)
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    scaled = (matrix - mean) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = parameters[0] + scaled @ parameters[1:]
        value = (
            for_ @ np.logaddexp(0, -logits)
            + against @ np.logaddexp(0, logits)
            + _RIDGE * np.square(parameters[1:]).sum()
        )
        slope = against / (1 + np.exp(-logits)) - for_ / (1 + np.exp(logits))
        return float(value), np.concatenate([[slope.sum()], scaled.T @ slope + 2 * _RIDGE * parameters[1:]])

    bounds = [(None, None), *[(0, None)] * matrix.shape[1]]
    found_ = minimize(loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found_[1:] / spread
    return weights, float(found_[0] - mean @ weights)
