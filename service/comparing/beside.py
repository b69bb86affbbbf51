"""Tells which words of another document's own cells the row's documents bear out, contradict or pass over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sinkqa.index.hit import Hit
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import Citation
from sinkqa.service.comparing.comparison import BesideCell, Relation
from sinkqa.service.errors import InvalidText
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.grounding.guard import Label
from sinkqa.service.grounding.verifying import Entailment, verify

_KEY = late(r"\A\s*[^：:；;。,，]{1,30}[：:]\s*")
_RELATIONS: dict[Label, Relation] = {
    "supported": "agrees",
    "contradicted": "differs",
    "partly": "silent",
    "unknown": "silent",
}


def stands(
    text: str,
    search: Callable[[str], list[Hit]],
    sources: Sources,
    judge: Entailment,
    pieces: Pieces,
) -> tuple[BesideCell, Sequence[Citation]]:
    """How the words of a cell stand to what ``search`` finds, with the citations, numbered from 1.

    The cell differs if one of its statements is contradicted, and agrees if one is borne out. Else it is silent.
    """
    said = _KEY.sub("", text)
    try:
        checked, citations = verify(said, search, sources, judge, pieces)
    except InvalidText:  # a mark or a number alone says nothing that could be checked
        return BesideCell("silent", (said,), ("silent",)), ()
    relations = tuple(_RELATIONS[each.label] for each in checked)
    whole: Relation = "differs" if "differs" in relations else "agrees" if "agrees" in relations else "silent"
    bearing = [each for each, relation in zip(checked, relations, strict=True) if relation != "silent"]
    cited = tuple(dict.fromkeys(number for each in bearing for number in each.citations))
    return BesideCell(whole, tuple(each.claim for each in checked), relations, cited), citations
