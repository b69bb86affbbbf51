"""Reports what is installed and loaded, and what is outdated or damaged. If one check fails, the others still run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from sinkqa.index.library import Library
from sinkqa.index.models.reranker import Reranker
from sinkqa.index.store.postgres.wire import shown
from sinkqa.ingest.errors import SinkQAError
from sinkqa.ingest.extras import install_command, is_installed
from sinkqa.service.settings import Settings

_PACKAGES = ("faiss-cpu", "tantivy", "tokenizers", "pypdf", "pypdfium2")
_EXTRAS = {
    "ocr": "rapidocr",
    "models": "sentence-transformers",
    "cross-encoder": "onnxruntime",
    "llm": "openai",
    "otel": "opentelemetry-sdk",
    "postgres": "asyncpg",
}
"""The extras that a server may use, each with the package whose version is reported."""
_UNREAD = "cannot be read"


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """Facts about the installation and the library. Each problem is one line that ends with its remedy."""

    facts: dict[str, str]
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def examine(
    settings: Settings,
    *,
    library: Library | None = None,
    reranker: Callable[[], Reranker | None] = lambda: None,
    trouble: SinkQAError | None = None,
) -> DoctorReport:
    """Runs every check. ``trouble``: the error that kept the library from opening, or None if it is open."""
    problems = [trouble.message] if trouble else []

    def fact(tell: Callable[[], object]) -> str:
        """The result of one check. If the check fails, this says so, and the reason is added to the problems."""
        try:
            return str(tell())
        except SinkQAError as error:
            problems.append(error.message)
        except Exception as error:  # noqa: BLE001  # whatever damage looks like, doctor goes on to the next
            problems.append(f"{type(error).__name__}: {error}; restore the library from a copy")
        return _UNREAD

    facts = {"sinkqa": _version("sinkqa"), "library": str(settings.library)}
    if settings.store is not None:
        facts["store"] = shown(settings.store.value)
    if library is not None:
        facts |= {
            "documents": fact(lambda: library.size().documents),
            "quota": fact(lambda: _quota(settings, library)),
            "generation": fact(lambda: library.generation),
            "encoder": library.encoder.fingerprint,
            "dense recall": fact(lambda: _recall(library)),
        }
    facts["reranker"] = fact(lambda: loaded.fingerprint if (loaded := reranker()) else "none")
    facts |= {name: _version(name) for name in _PACKAGES}
    facts |= {f"extra {extra}": _extra(extra, name) for extra, name in _EXTRAS.items()}
    if library is not None:
        fact(lambda: problems.extend(str(problem) for problem in library.check()))
    return DoctorReport(facts, tuple(dict.fromkeys(problems)))


def _quota(settings: Settings, library: Library) -> str:
    most = (settings.collection_max_documents or "any number of", settings.collection_max_mb or "any number of")
    size = library.size()
    return f"{size.documents} of {most[0]} documents, {size.n_bytes / 2**20:.1f} of {most[1]} MiB"


def _recall(library: Library) -> str:
    """How exact search by meaning is here."""
    if (recall := library.recall()) is None:
        return "nothing is indexed"
    return f"@10 {recall.at_10:.3f}, @100 {recall.at_100:.3f} of exact search, by {recall.queries} stored vectors"


def _extra(extra: str, package: str) -> str:
    return _version(package) if is_installed(extra) else f"not installed; install it with: {install_command(extra)}"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
