"""The commands about abstaining and grounding. ``eval.cli`` registers them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sinkqa.eval.answering.kinds import KINDS
from sinkqa.eval.commands.options import AsJson, Cache, EncoderName, JudgeName, Queries, print_json


def calibrate(
    kinds: Annotated[Path, typer.Argument(help="Kinds of questions, as the first lines of the default tell.")] = KINDS,
    judge: JudgeName = "rules",
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Weights by which an answer's signs become its confidence, and how they do on clusters and kinds left out."""
    from sinkqa.eval.answering.calibration import calibrate as run
    from sinkqa.eval.answering.kinds import read_examples
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.tables import print_calibration
    from sinkqa.index.models.encoder import load_encoder
    from sinkqa.service.answering.judging.judge import load_judge

    judging = load_judge(judge, load_encoder())
    with progress("calibrate") as advance:
        examples = list(read_examples(kinds, judging, cache=cache, on_progress=advance))
        calibrated = run(examples, judging.signs)
    if as_json:
        print_json(asdict(calibrated))
    else:
        print_calibration(calibrated)


def ground(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON lines with claim, evidence and label.")],
    encoder: EncoderName = None,
    fit: Annotated[Path | None, typer.Option(help="Fit the score on the tuning halves, keep the weights here.")] = None,
    as_json: AsJson = False,
) -> None:
    """How well supported claims are told from others: AUC beside the word-overlap floor, and the labels given."""
    from sinkqa.eval.answering.ground import fit as fitted
    from sinkqa.eval.answering.ground import read_items, score_set, write_weights
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.tables import print_ground
    from sinkqa.index.models.encoder import load_encoder

    sets, loaded = {path.stem: read_items(path) for path in files}, load_encoder(encoder)
    with progress("ground") as advance:
        if fit:
            write_weights(fit, fitted(list(sets.values()), loaded, on_progress=advance))
            return
        scores = [each for name, items in sets.items() for each in score_set(name, items, loaded, on_progress=advance)]
    if as_json:
        print_json([asdict(score) for score in scores])
    else:
        print_ground(scores)


def abstain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Questions with passages, JSON lines.")],
    queries: Queries = None,
    judge: JudgeName = "rules",
    as_json: AsJson = False,
) -> None:
    """Whether confidence tells questions that their passages answer from others: AUROC, and shares answered."""
    from sinkqa.eval.answering.abstain import read_posed, score_abstaining
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.answer_tables import print_abstaining
    from sinkqa.index.models.encoder import load_encoder
    from sinkqa.service.answering.judging.judge import load_judge

    judging, scores = load_judge(judge, load_encoder()), []
    for path in files:
        posed = read_posed(path, most=queries)
        with progress(path.stem) as advance:
            scores.append(score_abstaining(path.stem, posed, judging, on_progress=advance))
    if as_json:
        print_json([asdict(each) | {"auroc": each.auroc._asdict(), "floor": each.floor._asdict()} for each in scores])
    else:
        print_abstaining(scores)
