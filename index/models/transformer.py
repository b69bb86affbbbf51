"""Loads sentence-transformers models by name or folder. Each failure has a named error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from sinkqa.index.errors import LibraryError
from sinkqa.ingest import extras

_OFFLINE_FLAGS = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def open_model(
    kind: Literal["SentenceTransformer", "CrossEncoder"], name: str, *, setting: str, missing: type[LibraryError]
) -> Any:
    """Opens the model in a folder or in the local cache. Otherwise downloads it, unless an offline flag is set.

    Raises:
        LibraryError: as ``missing``, naming ``setting``: no such model, a damaged one, or the extra is not installed.
    """
    try:
        import sentence_transformers
        from safetensors import SafetensorError
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        told = extras.missing("models", f"the {setting} {name!r}")
        raise missing(f"{told}; or unset the {setting}") from error
    disable_progress_bar()
    load = getattr(sentence_transformers, kind)
    try:
        if _is_path(name) and not (name and Path(name).is_dir()):
            raise OSError("no such folder")
        try:
            model = load(name, local_files_only=True)
        except OSError:
            if _is_offline() or Path(name).is_dir():
                raise
            model = load(name)
        return model.float() if model.device.type == "cpu" else model  # half floats are slow and coarse there
    except (
        OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError, SafetensorError,
    ) as error:  # fmt: skip
        reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
        raise missing(
            f"cannot load the {setting} {name!r}: {reason}; give the path of a model folder, or download it first"
        ) from error


def _is_path(name: str) -> bool:
    """Whether the name is a path. A model's name is ``owner/model`` or ``model``; anything else is a folder."""
    return not name or name.startswith(("/", ".", "~")) or name.count("/") > 1 or "\\" in name or "\0" in name


def _is_offline() -> bool:
    return any(os.environ.get(flag, "").upper() in {"1", "ON", "YES", "TRUE"} for flag in _OFFLINE_FLAGS)
