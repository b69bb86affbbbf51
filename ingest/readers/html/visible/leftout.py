"""Counts the text that the reader left out of a page, and warns about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sinkqa.ingest.readers.pieces.draft import STRUCK_OUT

_MIN_HIDDEN = 8  # characters; less is a mark or a word of a control
_MAX_NAMES = 5


@dataclass(slots=True)
class LeftOut:
    """Running counts. Lengths are in characters, with white space between words collapsed."""

    struck: bool = False
    hidden: list[int] = field(default_factory=list)
    furniture: dict[str, int] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    formulas: int = 0

    def hide(self, text: str) -> None:
        """Counts a passage that the page does not show."""
        length = len(" ".join(text.split()))
        if length >= _MIN_HIDDEN:
            self.hidden.append(length)

    def set_aside(self, name: str, length: int) -> None:
        """Counts prose that the reader took for furniture because of its name or place."""
        self.furniture[name] = self.furniture.get(name, 0) + length

    def warnings(self) -> list[str]:
        """Returns the warnings for the user, in a fixed order."""
        told = [STRUCK_OUT] if self.struck else []
        if self.hidden:
            count = len(self.hidden)
            told.append(
                f"hidden text left out: {count} passage{'s' * (count > 1)}, about {sum(self.hidden)} characters"
            )
        for name, length in list(self.furniture.items())[:_MAX_NAMES]:
            told.append(f"left out as furniture of the page: {name} (about {length} characters)")
        if self.frames:
            named = ", ".join(self.frames[:_MAX_NAMES])
            told.append(f"frames hold other pages, which were not read: {named}")
        if self.formulas:
            told.append(f"formulas that are pictures without a text were not read: {self.formulas}")
        return told
