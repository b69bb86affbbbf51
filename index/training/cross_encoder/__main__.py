"""Makes the bundled cross-encoder: ``python -m sinkqa.index.training.cross_encoder --work /tmp/cross-encoder``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from sinkqa.ingest.extras import is_installed, missing

THREADS = "2"


def main(arguments: list[str]) -> None:
    """Mines, trains, and writes the int8 model. Steps that are done already are skipped."""
    parser = argparse.ArgumentParser(prog="python -m sinkqa.index.training.cross_encoder", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/train"), help="folder of the training data")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is kept between runs")
    parser.add_argument("--run", default="run", help="name of this run inside the work folder")
    parser.add_argument("--out", type=Path, default=None, help="folder to write the model to (default: none)")
    parser.add_argument("--layers", type=int, default=None, help="layers of the base that are kept (default: shipped)")
    parser.add_argument("--steps", type=int, default=None, help="batches to learn from (default: the shipped number)")
    parser.add_argument("--rate", type=float, default=None, help="highest learning rate (default: shipped)")
    parser.add_argument("--only", choices=("mine", "train", "export"), default=None, help="one step of the three")
    chosen = parser.parse_args(arguments)
    if not is_installed("train"):
        parser.exit(1, f"{missing('train', 'training')}\n")
    for variable in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS"):  # before numpy, torch and the tokenizer start theirs
        os.environ.setdefault(variable, THREADS)
    from sinkqa.index.training.cross_encoder import recipe
    from sinkqa.index.training.cross_encoder.fit import FitParams

    given = {"steps": chosen.steps, "rate": chosen.rate}
    params = replace(FitParams(), **{name: value for name, value in given.items() if value})
    begun = time.monotonic()

    def report(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {line}\n")
        sys.stderr.flush()

    layers = chosen.layers or recipe.LAYERS
    run = chosen.work / chosen.run
    run.mkdir(parents=True, exist_ok=True)
    if chosen.only in (None, "mine"):
        recipe.mine(chosen.data, chosen.work, report=report)
    if chosen.only in (None, "train"):
        recipe.train(chosen.data, chosen.work, run, layers=layers, params=params, report=report)
    if chosen.out and chosen.only in (None, "export"):
        recipe.export(chosen.work, run, chosen.out, layers=layers, report=report)


if __name__ == "__main__":
    main(sys.argv[1:])
