"""Identifies this SinkQA: its version, the library format that it writes, and the encoder of its vectors."""

from __future__ import annotations

import json
from pathlib import Path


def versions() -> dict[str, str]:
    """The facts by name. No model is loaded to find them."""
    from importlib import metadata, resources

    from sinkqa.index.store.sqlite.schema import STORE_FORMAT
    from sinkqa.service.settings import Settings

    name = Settings.load().encoder
    with resources.as_file(resources.files("sinkqa.index") / "models" / "static_model") as bundled:
        fingerprint = _fingerprint(Path(name) if name else bundled)
    return {
        "version": metadata.version("sinkqa"),
        "library format": str(STORE_FORMAT),
        "encoder": f"{name or 'bundled'}{fingerprint}",
    }


def _fingerprint(folder: Path) -> str:
    """What the folder of a static model says of itself, after a blank; "" for any other, which has to be loaded."""
    try:
        return f" {json.loads((folder / 'model.json').read_text('utf-8'))['fingerprint']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
