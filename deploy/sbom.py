"""Writes what SinkQA is made of here as CycloneDX 1.6: the packages it needs to run, as installed, and its model.

Run by the interpreter that SinkQA is installed for, with cyclonedx-bom within reach: ``python deploy/sbom.py FILE``.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def needed(package: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Names of the packages that one needs here, itself among them.

    Raises:
        PackageNotFoundError: one of them is not installed.
    """
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [(canonicalize_name(package), extras)]
    while waiting:
        name, chosen = waiting.pop()
        if (name, chosen) in found:
            continue
        found.add((name, chosen))
        for requirement in map(Requirement, requires(name) or ()):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*chosen, "")):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return {name for name, _ in found}


def listed() -> dict[str, Any]:
    """Everything this interpreter has, as cyclonedx-bom tells it."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    how = ["--mc-type", "application", "--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible"]
    told = subprocess.run([*command, *how, sys.executable], stdout=subprocess.PIPE, check=True).stdout
    bill: dict[str, Any] = json.loads(told)
    return bill


def model() -> dict[str, Any]:
    """The bundled encoder: a component of files, each with its hash."""
    folder = Path(find_spec("sinkqa.index").submodule_search_locations[0]) / "models" / "static_model"  # type: ignore[union-attr, index]
    about = json.loads((folder / "model.json").read_text("utf-8"))
    files = [
        {
            "type": "file",
            "bom-ref": f"{about['name']}/{path.name}",
            "name": f"index/models/static_model/{path.name}",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        }
        for path in sorted(folder.iterdir())
    ]
    return {
        "type": "machine-learning-model",
        "bom-ref": about["name"],
        "name": about["name"],
        "version": about["fingerprint"],
        "description": "bundled bilingual encoder; sources and their terms: index/models/static_model/README.md",
        "components": files,
    }


def bill() -> dict[str, Any]:
    """Packages that SinkQA needs to run, without what else is installed, and its model."""
    told, wanted = listed(), needed("sinkqa")
    told["components"] = [each for each in told["components"] if canonicalize_name(each["name"]) in wanted]
    if missing := wanted - {canonicalize_name(each["name"]) for each in told["components"]} - {"sinkqa"}:
        raise PackageNotFoundError(", ".join(sorted(missing)))
    root = told["metadata"]["component"]["bom-ref"]
    kept = {root, *(each["bom-ref"] for each in told["components"])}
    encoder = model()
    told["dependencies"] = [
        {"ref": each["ref"], "dependsOn": [ref for ref in each.get("dependsOn", ()) if ref in kept]}
        for each in told["dependencies"]
        if each["ref"] in kept
    ]
    for each in told["dependencies"]:
        if each["ref"] == root:
            each["dependsOn"].append(encoder["bom-ref"])
    told["dependencies"].append({"ref": encoder["bom-ref"]})
    told["components"].append(encoder)
    return told


if __name__ == "__main__":
    (target,) = sys.argv[1:]
    Path(target).write_text(json.dumps(bill(), ensure_ascii=False, indent=1) + "\n", "utf-8")
