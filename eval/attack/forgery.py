"""Attacks verification with forged statements until the time is up, and checks true statements too."""

from __future__ import annotations

from pathlib import Path

from sinkqa.eval.forging.material import read_material
from sinkqa.eval.forging.measure import ForgeryScore, Verifier, forge, share, try_truths
from sinkqa.eval.outcome import MOST_SHOWN, Bar, Clock, Failure, Outcome
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.index.models.encoder import load_encoder

_EACH = 1  # forged statements of each kind and language in a round
_TRUTHS = 40  # true ones in a round
_MOST_ROUNDS = 50
_LEAST_TRUE = 0.98


def forgery(folder: Path, seed: int, clock: Clock, *, on_progress: OnProgress) -> Outcome:
    """Runs rounds until the time is up: one forged statement of each kind and a few true ones.

    Each round has its own seed.
    """
    material = read_material([folder], on_progress=on_progress)
    encoder = load_encoder()
    labelled = Verifier(encoder).near
    forged: list[ForgeryScore] = []
    true: list[ForgeryScore] = []
    rounds = 0
    while not rounds or (clock.left_s > clock.spent_s / rounds and rounds < _MOST_ROUNDS):
        dice = seed + rounds
        forged += forge(material, encoder, seed=dice, each=_EACH, on_progress=on_progress)
        true += try_truths(material, labelled, seed=dice, count=_TRUTHS, on_progress=on_progress)
        rounds += 1
    tried, exact = sum(each.tried for each in forged), sum(each.exact for each in forged)
    supported, truth = sum(each.labels["supported"] for each in forged), share(true, "supported")
    kinds = {f"{each.kind}, {each.language}" for each in forged}
    passed = {f"passed: {kind}": float(_passed(forged, kind)) for kind in sorted(kinds) if _passed(forged, kind)}
    figures = {"forged": float(tried), "kinds": float(len(kinds)), "true": float(sum(each.tried for each in true))}
    failures = [
        Failure(f"{score.kind}: {each.claim}", f"{each.verdict} by {each.source}"[:400])
        for score in forged
        for each in score.examples
    ]
    bars = (
        Bar("taken as exact", exact, 0),
        Bar("taken as supported", supported, 0),
        Bar("share of true ones supported", truth, _LEAST_TRUE, at_least=True),
    )
    return Outcome("forge", tried, clock.spent_s, figures | passed, bars, tuple(failures[:MOST_SHOWN]))


def _passed(scores: list[ForgeryScore], kind: str) -> int:
    return sum(len(each.examples) for each in scores if f"{each.kind}, {each.language}" == kind)
