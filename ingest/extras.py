"""Extras: their modules, whether they are installed, and the command that installs them.

All code that needs an extra uses this module, so that the command in its message works: from a checkout, a wheel, pipx
or uv.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from sinkqa.ingest.errors import ExtraMissing

EXTRAS: dict[str, tuple[str, ...]] = {
    "ocr": ("rapidocr", "onnxruntime"),
    "models": ("sentence_transformers", "torch"),
    "cross-encoder": ("onnxruntime",),
    "llm": ("openai",),
    "otel": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
    "postgres": ("asyncpg",),
    "eval": ("ir_measures", "matplotlib", "psutil", "reportlab", "scipy"),
    "parquet": ("pyarrow",),
    "langchain": ("langchain_core",),
    "llama-index": ("llama_index.core",),
    "dev": ("hypothesis", "pytest", "schemathesis"),
    "train": ("onnx", "onnxruntime", "scipy", "sentencepiece", "torch", "zstandard"),
}
"""The modules of each extra, as far as SinkQA needs them."""


def is_installed(extra: str) -> bool:
    """Whether every module of the extra is installed."""
    return all(map(_is_found, EXTRAS[extra]))


def require(extra: str, needed_by: str) -> None:
    """Raises an error before any work is done.

    Raises:
        ExtraMissing: a module of the extra is not installed.
    """
    if not is_installed(extra):
        raise ExtraMissing(missing(extra, needed_by))


def missing(extra: str, needed_by: str) -> str:
    """Returns the message to the person who runs SinkQA if an extra is not installed."""
    return f"{needed_by} needs the extra {extra}, which is not installed; install it with: {install_command(extra)}"


def missing_for_users(extra: str) -> str:
    """Returns the message to users of a server that others run.

    It has no path of that machine, and says who can help.
    """
    return f"whoever runs SinkQA installs the extra {extra}; sinkqa doctor names the command"


def install_command(extra: str) -> str:
    """Returns the command line that installs the extra into this environment."""
    checkout = _checkout()
    if checkout:
        place = "." if checkout.resolve() == Path.cwd() else str(checkout)
        what = ["--editable", f"{place}[{extra}]"]
    else:
        what = [*_requirements(extra)]
    return _line([*_installer(), *what])


def _is_found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it is in
        return False


def _checkout() -> Path | None:
    """The folder of the sources, where the installation is editable and they are still there."""
    import json
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        origin = json.loads(distribution("sinkqa").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    if not origin.get("dir_info", {}).get("editable"):
        return None
    folder = Path(url2pathname(urlsplit(origin["url"]).path))
    return folder if (folder / "pyproject.toml").is_file() else None


def _requirements(extra: str) -> Iterator[str]:
    """What the extra adds, by the metadata of the package: no source or index of SinkQA's own is needed for it."""
    from importlib.metadata import requires

    for requirement in requires("sinkqa") or ():
        asked, _, condition = requirement.partition(";")
        if re.search(rf"extra == ['\"]{re.escape(extra)}['\"]", condition):
            yield asked.strip()


def _installer() -> list[str]:
    """What installs packages into this environment."""
    import sysconfig

    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").is_file():
        return ["pipx", "inject", prefix.name]
    if not _is_found("pip"):
        by_uv = "\nuv = " in _text(prefix / "pyvenv.cfg")
        tool = ["uv", "pip", "install", "--python"] if by_uv else ["python3", "-m", "pip", "--python"]
        return [*tool, _shown(Path(sys.executable)), *([] if by_uv else ["install"])]
    pip = Path(sysconfig.get_path("scripts"), "pip.exe" if os.name == "nt" else "pip")
    if prefix != Path(sys.base_prefix) and pip.is_file():
        return [_shown(pip), "install"]
    return [_shown(Path(sys.executable)), "-m", "pip", "install"]


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def _shown(path: Path) -> str:
    """Short where it is below the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _line(words: list[str]) -> str:
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(words)
    import shlex

    return shlex.join(words)
