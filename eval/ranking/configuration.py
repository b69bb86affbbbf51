"""A configuration of search, and the fingerprints that distinguish measurements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from sinkqa.index.hit import Filters, Hit, SearchMode
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import BUNDLED_MODEL, Encoder
from sinkqa.index.models.reranker import Reranker
from sinkqa.index.query.fusion import DEFAULT_WEIGHTS, Weights
from sinkqa.index.query.retrieval import DEPTH

_STAGES = ("ingest", "index")
_ANSWERING = (*_STAGES, "service", "eval")
_NOT_RUN = {"__pycache__", "static_model", "training"}  # the model is named by the encoder's fingerprint
_LIBRARIES = ("faiss-cpu", "numpy", "opencc", "rjieba", "tantivy", "tokenizers")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration of search. ``encoder`` is a name or folder, None for the bundled one. ``k``: passages requested.

    ``candidates``: each question ranks only the entries that the collection lists for it.
    """

    mode: SearchMode = "hybrid"
    encoder: str | None = None
    weights: Weights = DEFAULT_WEIGHTS
    k: int = 20
    candidates: bool = False
    name: str | None = None
    reranker: Reranker | None = None

    @property
    def label(self) -> str:
        """Short name for tables and files."""
        parts: list[str] = [self.mode]
        if self.encoder and self.mode != "lexical":
            parts.append(Path(self.encoder).name)
        if self.weights != DEFAULT_WEIGHTS and self.mode != "lexical":
            parts += [f"{name}={value:g}" for name, value in asdict(self.weights).items()]
        if self.reranker:
            parts.append(f"reranked-{Path(self.reranker.name).name}")
        return self.name or "-".join(parts + ["candidates"] * self.candidates)

    def search(self, library: Library, query: str, *, filters: Filters | None = None) -> list[Hit]:
        """Searches the library in this configuration."""
        library.weights = self.weights
        return library.search(query, k=self.k, mode=self.mode, filters=filters, reranker=self.reranker)

    def describe(self, encoder: Encoder) -> dict[str, Any]:
        """Returns everything that the ranking depends on, except corpus and code."""
        about: dict[str, Any] = {"mode": self.mode, "k": self.k, "depth": DEPTH, "candidates": self.candidates}
        about |= {"weights": asdict(self.weights), "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint}
        if self.reranker:
            about |= {"reranker": self.reranker.name, "reranker_fingerprint": self.reranker.fingerprint}
        return about

    def sizes(self) -> dict[str, float]:
        """Returns the sizes on disk of the models that a search runs, MB.

        Models given by name and not as a folder are left out.
        """
        encoder = 0.0 if self.mode == "lexical" else _model_megabytes(self.encoder or BUNDLED_MODEL)
        found = {"encoder_mb": encoder, "reranker_mb": _model_megabytes(self.reranker.name) if self.reranker else None}
        return {name: size for name, size in found.items() if size is not None}


def weights_of(pairs: Iterable[str]) -> Weights:
    """Returns the default weights with the changes in ``pairs`` ("maxsim=1.5").

    Raises:
        ValueError: no such weight, or no number.
    """
    changed: dict[str, float] = {}
    known = asdict(DEFAULT_WEIGHTS)
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in known:
            raise ValueError(f"expected one of {', '.join(known)}, as maxsim=1.5, got {pair!r}")
        changed[name] = float(value)
    return replace(DEFAULT_WEIGHTS, **changed)


def fingerprints(
    *, corpus: str, questions: str, encoder: Encoder, configuration: Mapping[str, Any], answers: bool = False
) -> dict[str, str]:
    """Returns fingerprints of corpus, questions, index, configuration and code, 16 hex digits each.

    With ``answers``, the fingerprint of the code also covers answering and judging answers.
    """
    return {
        "corpus": corpus[:16],
        "questions": questions[:16],
        "index": digest(corpus, encoder.fingerprint, code_fingerprint()),
        "configuration": digest(configuration),
        "code": code_fingerprint(_ANSWERING if answers else _STAGES),
    }


@cache
def code_fingerprint(stages: Sequence[str] = _STAGES) -> str:
    """Hashes the code and data of folders, and of libraries.

    Default: the folders that read, split, index and search.
    """
    root = Path(__file__).parents[2]
    files = [[str(path.relative_to(root)), path.read_bytes().hex()] for path in _files(root, stages)]
    return digest(files, [f"{name} {metadata.version(name)}" for name in _LIBRARIES])


def digest(*parts: object) -> str:
    """Hashes JSON values to 16 hex digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def megabytes(path: Path) -> float:
    """Returns the size of a file, or of all files in a folder, in MB."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files) / 1e6


def _model_megabytes(model: str | Path) -> float | None:
    return megabytes(Path(model)) if Path(model).is_dir() else None


def _files(root: Path, stages: Sequence[str]) -> Iterator[Path]:
    for stage in stages:
        for path in sorted((root / stage).rglob("*")):
            if path.is_file() and not _NOT_RUN & set(path.relative_to(root).parts):
                yield path
