"""Finds the table that a question asks for: the label that the question names, and whether it asks for all rows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sinkqa.ingest.text.numerals import HAN, ordinal
from sinkqa.ingest.text.patterns import late

_LABEL = late(
    r"(?:(?<![代发报年列图量外告])(附?)表|(?<!\w)((?:supplementary |appendix )?)tab(?:le|\.)) ?"
    r"([a-z]?[.\-–]?\d{1,3}(?:[.\-–—]\d{1,3})*[a-z]?(?![a-z\d%份张个页])|[一二三四五六七八九十]{1,3}(?![下些样个种直般旦]))",
    re.IGNORECASE,
)
_WHOLE = late(
    r"各[\u4e00-\u9fff\w]{1,20}分别[?？。\s]*\Z|列表|列出|列举|一览|汇总|[整全]张?个?表|表格|分别(?:是|为|有|在|规定|定|占|可以|不得|能|要求)?(?:多少|什么|几|哪些|怎)"
    r"|(?<!\w)(?:tabulate|as a table|in a table|table of|(?:whole|entire|full|complete) table|respectively)(?!\w)"
    r"|(?<!\w)(?:list|show|give)(?: \w+){0,3} (?:all|every|each)(?!\w)"
    r"|(?<!\w)(?:(?:for|of|in) (?:each|every)|for all)(?!\w)",
    re.IGNORECASE,
)
_STOCK = late(
    r"《[^》]*》|[请把将给我出的里中内看下是有和了吗呢完整列示显展容说哪些什么全部\s\W]"
    r"|(?<!\w)(?:please|can|could|you|me|us|i|what|which|is|are|does|do|says?|stands?|shows?|contains?|give|print|display"
    r"|see|reproduce|the|a|an|in|of|from|contents?|content|whole|entire|full|complete|paper|document|report|list|all)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TableAsked:
    """The table that a question asks for. ``label``: its printed label, normalised ("4", "附1", "A2"), or None.

    ``whole``: the question asks for the whole table or for each row, not for one thing in it.
    """

    label: str | None
    whole: bool

    def names(self, printed: str | None) -> bool:
        """Whether the question names the table with this printed label ("表4", "TABLE 4")."""
        found = _LABEL.match(unicodedata.normalize("NFKC", printed or ""))
        return found is not None and self.label == _form(found)


def table_asked(question: str) -> TableAsked | None:
    """The table that a question asks for, by its label ("表4", "Table 4") or by asking row by row; else None."""
    said = unicodedata.normalize("NFKC", question)
    labels = list(_LABEL.finditer(said))
    bare = len(labels) == 1 and not _STOCK.sub("", _LABEL.sub(" ", said))
    whole = bare or bool(_WHOLE.search(said))
    if not labels and not whole:
        return None
    return TableAsked(_form(labels[0]) if len({*map(_form, labels)}) == 1 else None, whole)


def _form(label: re.Match[str]) -> str:
    """The number of a label in digits, with the kind of table in front if the label names one."""
    number = label[3]
    if number[0] in HAN:
        number = str(ordinal(number))
    kind = label[1] or (label[2] or "").strip().lower()
    return kind + re.sub(r"[–—]", "-", number).upper()
