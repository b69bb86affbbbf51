"""Fields of a Word document. Their results are read; their instructions are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sinkqa.ingest.readers.docx.maths.eq import shown
from sinkqa.ingest.readers.docx.xml import W, switch, whole

_CONTENTS = "TOC"
_CONTENTS_MARK = "_Toc"  # how Word calls the places that a contents list leads to


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    has_result: bool = False


class Fields:
    """The fields that are open at a place of the text."""

    def __init__(self) -> None:
        self._open: list[_Field] = []
        self._leads_on = False

    def begin_paragraph(self) -> None:
        """Ends open instructions, because none continues in the next paragraph. If one seems to, the field is damaged.

        Its words are then shown.
        """
        for field in self._open:
            field.has_result = True
        self._leads_on = False

    @property
    def are_shown(self) -> bool:
        """Whether words here are shown: they belong to the text or to a field's result, not to its instruction."""
        return all(field.has_result for field in self._open)

    @property
    def is_contents_line(self) -> bool:
        """Whether this paragraph is a line of a contents list that Word made."""
        return self._leads_on

    def link(self, anchor: str) -> None:
        """Records a link to a place in the document."""
        is_listed = any(field.instruction.split()[:1] == [_CONTENTS] for field in self._open)
        self._leads_on |= is_listed and anchor.startswith(_CONTENTS_MARK)

    def instruct(self, text: str) -> None:
        """Adds to the instruction of the field that opened last."""
        if self._open and not self._open[-1].has_result:
            self._open[-1].instruction += text
            words = self._open[-1].instruction.split()
            if words[:1] == ["PAGEREF"] and len(words) > 1:
                self.link(words[1])

    def mark(self, element: Any) -> str:
        """Reads a ``w:fldChar``. Returns the text that a form's box or list, or a formula, shows by itself."""
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            self._open.append(_Field())
            return _form_value(element.find(W + "ffData"))
        if kind == "separate" and self._open:
            self._open[-1].has_result = True
        elif kind == "end" and self._open:
            ended = self._open.pop()
            return "" if ended.has_result or not self.are_shown else shown(ended.instruction) or ""
        return ""


def _form_value(data: Any) -> str:
    box = None if data is None else data.find(W + "checkBox")
    if box is not None:
        checked = switch(box, W + "checked")
        return "☑" if checked or (checked is None and switch(box, W + "default")) else "☐"
    choice = None if data is None else data.find(W + "ddList")
    if choice is None:
        return ""
    entries = [entry.get(W + "val") or "" for entry in choice.findall(W + "listEntry")]
    chosen = whole(choice, W + "result") or whole(choice, W + "default") or 0
    return entries[chosen] if 0 <= chosen < len(entries) else ""
