"""``python -m sinkqa.index.models.quantise FOLDER OUT`` makes the bundled encoder: a static model's floats as int8."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sinkqa.index.arrays import Floats
from sinkqa.index.models.cutting import write_pieces
from sinkqa.index.models.static import MODEL_FORMAT, Crossing, StaticEncoder, fingerprint, load_static, read_safetensors

_STEPS = 127  # int8 without -128, so that a row and its negative stay alike


def quantise_rows(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Scales each row to -127..127: int8 (n, dim) and float32 (n,), with ``scale[:, None] * rows`` close to it."""
    largest = np.abs(weights).max(axis=1)
    scale = np.where(largest > 0, largest / _STEPS, 1.0).astype(np.float32)
    return np.rint(weights / scale[:, None]).astype(np.int8), scale


def quantise(folder: Path, out: Path, *, name: str) -> StaticEncoder:
    """Writes the int8 form of the static model in ``folder`` to ``out`` and opens it."""
    weights = np.asarray(read_safetensors(folder / "model.safetensors"), np.float32)
    token_weight = np.load(folder / "token_weight.npy")
    tokenizer = (folder / "tokenizer.json").read_bytes()
    return write_model(out, weights, token_weight=token_weight, tokenizer=tokenizer, name=name)


def write_model(
    out: Path,
    weights: Floats,
    *,
    token_weight: NDArray[np.floating[Any]],
    tokenizer: bytes,
    name: str,
    crossing: Crossing | None = None,
) -> StaticEncoder:
    """Writes a model as int8 to ``out`` and opens it. ``tokenizer``: the JSON of the tokenizers library."""
    rows, scale = quantise_rows(weights)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "weights.npy", rows)
    np.save(out / "scale.npy", scale)
    np.save(out / "token_weight.npy", token_weight.astype(np.float16))
    (out / "tokenizer.json").write_bytes(tokenizer)
    write_pieces(out)
    if crossing:
        np.save(out / "script.npy", crossing.script)
        np.save(out / "reach.npy", crossing.ceiling.astype(np.float16))
    about = {
        "format": MODEL_FORMAT,
        "name": name,
        "fingerprint": fingerprint(rows, tokenizer),
        "tokens": len(rows),
        "dim": int(rows.shape[1]),
    }
    (out / "model.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    return StaticEncoder.load(out)


def parity(exact: StaticEncoder, quantised: StaticEncoder, texts: list[str]) -> Floats:
    """Returns the cosine between the two models' vectors of each text: float32, (len(texts),)."""
    cosines: Floats = np.sum(exact.encode(texts) * quantised.encode(texts), axis=1)
    return cosines


def main(arguments: list[str]) -> str:
    """Quantises FOLDER into OUT. Reports the parity over the model's own vocabulary, ten tokens at a time."""
    folder, out = Path(arguments[0]), Path(arguments[1])
    quantised = quantise(folder, out, name=arguments[2] if len(arguments) > 2 else out.resolve().name)
    words = list(json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"])[2:20_002]
    texts = [" ".join(word for word, _ in words[i : i + 10]) for i in range(0, len(words), 10)]
    cosines = parity(load_static(folder, name="exact"), quantised, texts)
    return (
        f"{out}: cosine to the original over {len(texts)} texts: mean {cosines.mean():.6f}, least {cosines.min():.6f}"
    )


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
