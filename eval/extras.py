"""What the evaluation's commands need beside SinkQA: named before any work starts, so that none is lost."""

from __future__ import annotations

from importlib.util import find_spec

from sinkqa.eval.errors import ExtraMissing


def needs(extra: str, *packages: str, what: str) -> None:
    """Makes sure that the packages of an extra are there; ``what`` needs them.

    Raises:
        ExtraMissing: one of them is not installed.
    """
    missing = [each for each in packages if find_spec(each) is None]
    if missing:
        names = ", ".join(missing)
        raise ExtraMissing(
            f"{what} needs {names}, got no such package; install the extra: pip install 'sinkqa[{extra}]'"
        )
