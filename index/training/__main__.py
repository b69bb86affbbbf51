"""``python -m sinkqa.index.training --data ../shared/train --out index/models/static_model``: the bundled encoder."""

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
    """Reads the pairs, learns tokenizer and vectors, and writes the int8 model. Reports each step with its time."""
    parser = argparse.ArgumentParser(prog="python -m sinkqa.index.training", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/train"), help="folder that holds pairs/*.tsv.zst")
    parser.add_argument(
        "--out", type=Path, default=Path("index/models/static_model"), help="folder to write the model to"
    )
    parser.add_argument("--name", default="sinkqa-static-256", help="name of the model")
    parser.add_argument("--steps", type=int, default=None, help="batches to learn from (default: the shipped number)")
    chosen = parser.parse_args(arguments)
    if not is_installed("train"):
        parser.exit(1, f"{missing('train', 'training')}\n")
    for variable in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS"):  # before numpy, torch and the tokenizer start theirs
        os.environ.setdefault(variable, THREADS)
    from sinkqa.index.training.recipe import make_model
    from sinkqa.index.training.train import TrainingParams
    from sinkqa.index.training.vocabulary import VocabularySize

    params = TrainingParams()
    if chosen.steps:
        params = replace(params, steps=chosen.steps)
    begun = time.monotonic()

    def report(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {line}\n")
        sys.stderr.flush()

    make_model(chosen.data, chosen.out, name=chosen.name, params=params, size=VocabularySize(), report=report)


if __name__ == "__main__":
    main(sys.argv[1:])
