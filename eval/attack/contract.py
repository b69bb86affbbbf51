"""Attacks a server with requests derived from its OpenAPI document, with keys and without."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from sinkqa.eval.errors import ServerFailed
from sinkqa.eval.outcome import MOST_SHOWN, Bar, Clock, Failure, Outcome

_CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
)  # fmt: skip
_NAMES = {"ST101": "server errors", "ST103": "undocumented statuses"}
_OTHER = "other answers than documented"
_START_S, _LEAST_S = 180.0, 10  # seconds beside its own, to read the schema and to end what it has begun; at least
_SHOWN = 3_000  # characters: the first requests that failed, as commands to repeat them


def contract(url: str, keys: dict[str, str | None], seed: int, clock: Clock, folder: Path) -> Outcome:
    """Runs schemathesis once for each key. The runs share the time evenly.

    ``keys`` maps the name of a key to the key; None is a request without a key. Each run takes at least 10 seconds.
    """
    figures: dict[str, float] = {}
    failures: list[Failure] = []
    broken: Counter[str] = Counter()
    for number, (name, secret) in enumerate(keys.items()):
        seconds = max(_LEAST_S, int(clock.left_s / (len(keys) - number)))
        reported = _run(url, secret, seed + number, seconds, folder / f"{name}.json")
        figures[f"{name} requests"] = reported["test_cases"]["generated"]
        for each in reported["failures"]:
            broken[_NAMES.get(each["code"], _OTHER)] += each["count"]
            where = f"{name} key, seed {seed + number}: {', '.join(each['operations'])}"
            failures.append(Failure(where, f"{each['title']}, {each['count']} times"))
        broken["errors of the run"] += len(reported["errors"])
        failures += [Failure(f"{name} key", json.dumps(each, ensure_ascii=False)[:500]) for each in reported["errors"]]
        if shown := reported["said"].partition("= FAILURES =")[2].strip("= \n"):
            failures.append(Failure(f"{name} key, as schemathesis shows it", shown[:_SHOWN]))
    bars = [Bar(name, broken[name], 0) for name in (*_NAMES.values(), _OTHER, "errors of the run")]
    tried = int(sum(figures.values()))
    return Outcome("contract", tried, clock.spent_s, figures, tuple(bars), tuple(failures[:MOST_SHOWN]))


def _run(url: str, secret: str | None, seed: int, seconds: int, report: Path) -> dict[str, Any]:
    """One run; its report as schemathesis writes it, and as ``said`` what it printed.

    Raises:
        ServerFailed: it wrote none.
    """
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{url}/openapi.json"]
    options = [
        "--phases", "fuzzing", "--checks", ",".join(_CHECKS), "--max-time", str(seconds), "--seed", str(seed),
        "--max-examples", "100000", "--continue-on-failure", "--no-shrink", "--generation-database", "none",
        "--report-json-path", str(report),
    ]  # fmt: skip
    header = ["--header", f"Authorization:Bearer {secret}"] if secret else []
    done = subprocess.run(
        [*command, *options, *header], cwd=report.parent, capture_output=True, text=True, timeout=seconds + _START_S
    )
    if not report.is_file():
        raise ServerFailed(f"schemathesis did not run: {done.stdout[-300:]}{done.stderr[-300:]}")
    reported: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return reported | {"said": done.stdout}
