"""Lists all statements of one kind in a document, if the question asks for nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from sinkqa.index.hit import Filters, Stated
from sinkqa.index.library import Library
from sinkqa.index.query.expansion import tells_something
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.provisions.formulae import FORMULAE, HEADINGS, NOTE, ProvisionKind
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.understanding.naming import Meant
from sinkqa.service.answering.understanding.question import Asked, besides
from sinkqa.service.evidence.pieces import Evidence, share_of_answer
from sinkqa.service.evidence.units import LEADS, below, lines, said

_ROOMS: dict[ProvisionKind, float] = {  # answers long, by kind
    "penalty": 2.5,
    "prohibition": 2.5,
    "repeal": 1.0,
    "scope": 1.0,
    "authority": 1.0,
}
_TELLING: dict[ProvisionKind, re.Pattern[str]] = {  # who is in charge of all that a law is about, and not of one task
    "authority": late(
        r"(?:主管|负责)(?:全国|本行政区域|本地区|本市|本省)|competent (?:national )?authorit"
        r"|(?:administer\w*|responsible for|charged with) [^.;]{0,40}\bthis (?:act|regulation|law|order)"
    )
}
_MOST = 1_000  # statements that are counted
_APART = late(r"^(?:附件|附录|附表|附 ?則|附 ?则|annex|appendix|schedule|別表)")
_MORE = {
    "zh": "此处只显示开头，另有{}处同类规定未显示，自“{}”起。",
    "en": "Only the first are shown; {} more of the kind follow from “{}” on.",
}


def enumerated(asked: Asked, documents: Sequence[str], meant: Meant, library: Library) -> Settled | None:
    """All statements of the kind asked for, in reading order, from the first document that makes any.

    The result is None if the question asks for no such kind, or also names a conduct, a place or a time. If the
    document makes more statements than an answer has room for, a note says how many and where they are.
    """
    kinds = [each for each in asked.provisions if each in _ROOMS]
    if not kinds or not documents or tells_something(besides(asked, kinds, meant.mentions)):
        return None
    kind = kinds[0]
    for doc_id in documents:
        filters = Filters(doc_ids=(doc_id,))
        found = _of_the_law(library.stating(kind, filters=filters, most=_MOST), meant.within.get(doc_id, ""))
        if found:
            return _in_room(_telling(kind, _under_its_heading(kind, found)), kind, asked.language)
    return None


def _of_the_law(found: Sequence[Stated], heading: str) -> list[Stated]:
    """Those under the ``heading`` where there is one, else those of the law itself where it makes any."""
    if heading:
        return [each for each in found if heading in each.hit.passage.section]
    own = [each for each in found if not any(_APART.search(fold(above)) for above in each.hit.passage.section)]
    return own or list(found)


def _under_its_heading(kind: ProvisionKind, found: list[Stated]) -> list[Stated]:
    """Those under a heading that names the kind, as the chapter on liability, where there is one; else all."""
    headed = HEADINGS.get(kind)
    if headed is None:
        return found
    under = [each for each in found if any(headed.heading.search(fold(above)) for above in each.hit.passage.section)]
    return under or found


def _telling(kind: ProvisionKind, found: list[Stated]) -> list[Stated]:
    """Those that speak of the law as a whole, where there are any."""
    if kind not in _TELLING:
        return found
    return [each for each in found if _TELLING[kind].search(fold(each.hit.passage.text))] or found


def _in_room(found: Sequence[Stated], kind: ProvisionKind, language: str) -> Settled:
    """The first provisions that the answer has room for, at least one, each whole."""
    room, evidence = _ROOMS[kind], list[Evidence]()
    seen: set[tuple[Span, ...]] = set()
    provisions = [list(group) for _, group in groupby(found, key=lambda each: each.hit.passage.section)]
    for place, provision in enumerate(provisions):
        pieces = [piece for each in provision if (piece := _piece(each, kind, seen)) and not _only_leads(piece)]
        room -= sum(share_of_answer(each.text) for each in pieces)
        if place and room < 0:
            left = provisions[place:]
            where = _where(left[0][0].hit.passage)
            return Settled(tuple(evidence), (_MORE.get(language, _MORE["en"]).format(len(left), where),))
        evidence += pieces
    return Settled(tuple(evidence))


def _where(passage: Passage) -> str:
    """The chapter and the article."""
    return " ".join(passage.section[-2:])


def _piece(stated: Stated, kind: ProvisionKind, seen: set[tuple[Span, ...]]) -> Evidence | None:
    """What a passage says of the kind, and is not ``seen``, as a lead-in is whose list goes on."""
    passage = stated.hit.passage
    shown = [unit for unit in _stating(stated, kind) if unit.spans not in seen]
    seen.update(unit.spans for unit in shown)
    return Evidence(passage, tuple(shown), said(passage, shown, numbered=True), 1.0) if shown else None


def _only_leads(piece: Evidence) -> bool:
    """Whether it is a lead-in without what it leads to."""
    return piece.text.rstrip().endswith(LEADS)


def _stating(stated: Stated, kind: ProvisionKind) -> Iterator[Unit]:
    """The units that say something of the kind, with what leads to them and what they lead to."""
    passage, outline = stated.hit.passage, lines(stated.hit.passage)
    wanted: set[int] = set()
    for place, line in enumerate(outline):
        if stated.unit in line.units or any(_says(passage.units[unit], kind, passage) for unit in line.units):
            wanted |= {place, *line.above, *below(outline, place)}
    kept = {unit for place in wanted for unit in outline[place].units} or {stated.unit}
    return (unit for place, unit in enumerate(passage.units) if place in kept)


def _says(unit: Unit, kind: ProvisionKind, passage: Passage) -> bool:
    folded = fold(unit.text)
    return FORMULAE[kind].said_in(folded, is_wide=passage.language != "en") and not NOTE.search(folded)
