"""The outcome of one part of an attack, and whether it meets the requirements."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_SHOWN = 50  # failures that are kept of a part: more say nothing new


@dataclass(frozen=True, slots=True)
class Bar:
    """A requirement: a figure is at most ``limit``, or at least ``limit``. ``got`` is None if it was not measured."""

    name: str
    got: float | None
    limit: float
    at_least: bool = False

    @property
    def ok(self) -> bool | None:
        """Whether the requirement is met; None if it was not measured."""
        if self.got is None:
            return None
        return self.got >= self.limit if self.at_least else self.got <= self.limit


@dataclass(frozen=True, slots=True)
class Failure:
    """One input and its effect. ``input`` is enough to make the input again with the same seed."""

    input: str
    happened: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one part of an attack: inputs tried, seconds, figures by name, requirements and failures."""

    part: str
    tried: int
    seconds: float
    figures: dict[str, float]
    bars: tuple[Bar, ...]
    failures: tuple[Failure, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no requirement is broken."""
        return all(bar.ok is not False for bar in self.bars)

    def plain(self) -> dict[str, Any]:
        """Returns the outcome as JSON values."""
        bars = [asdict(bar) | {"ok": bar.ok} for bar in self.bars]
        return asdict(self) | {"bars": bars, "ok": self.ok}


@dataclass(slots=True)
class Clock:
    """The time of a part, in seconds. It starts when the clock is made."""

    allowed_s: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def spent_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    @property
    def left_s(self) -> float:
        """Remaining seconds, at least 0."""
        return max(0.0, self.allowed_s - self.spent_s)
