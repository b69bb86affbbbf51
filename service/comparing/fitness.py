"""Says how well a piece serves as a cell: what it is about, and what is left of its likelihood to answer."""

from __future__ import annotations

from collections.abc import Mapping, Set

from sinkqa.ingest.passage import Unit
from sinkqa.ingest.text.amounts import REFERENCES, Amount
from sinkqa.ingest.text.analyzer import analyze, units
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.comparing.columns import Column, holds, says
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.assertion import is_sentence
from sinkqa.service.evidence.pieces import Candidate, Piece, share_of_answer

_NO_ACT = 0.8  # of a likelihood: nothing is done, or to be done
_ABOVE = 0.85  # ... the topic stands only in a heading
_LONG, _ROOM = 0.9, 0.5  # ... it is longer than this share of an answer
_REFERS, _MOST_REFERENCES = 0.94, 4  # ... for each provision that it refers to, up to so many
_TITLED = 1.06  # ... its document's title has the topic
_UNMEASURED = 0.75  # ... it has no amount, and the best of its kind have
_LEANING = 0.9  # ... it leans on what stands before it
_WISHED = 0.8  # ... it tells what somebody wished, or what might be
_DEFINES = 0.7  # ... it tells what a word means, or what a law is for
_ANNEXED = 0.6  # ... it stands in a treaty or list that is annexed
_UNENDED, _LINES = 0.8, 0.3  # ... it does not end as a sentence does; it is several lines of links or labels
_FEW_LINES = 2
_PUNISHES = 0.8  # ... it states a penalty, which is not asked for

_TIMES = frozenset({"year", "month", "day", "working day", "hour"})
_ACTS = late(
    r"应当|必须|推进|加强|实施|开展|鼓励|支持|建立|组织|禁止|不得|加大|促进|统筹|扩大|提升|修复|恢复|严格|健全|完善|设立|安排"
    r"|なければならない|ものとする|講ずる|努め|てはならない"
    r"|\b(?:shall|will|must|should|may not)\b"
    r"|\b(?:invest(?:s|ed|ing|ments?)|restor(?:e|es|ed|ing|ation)|protect(?:s|ed|ing|ion)?|expand(?:s|ed|ing)?"
    r"|support(?:s|ed|ing)?|conserv(?:e|es|ed|ing|ation)|establish(?:es|ed|ing)?|launch(?:es|ed|ing)?|reforest\w*"
    r"|promot(?:e|es|ed|ing)|enhanc(?:e|es|ed|ing)|incentiv\w+|encourag(?:e|es|ed|ing)|prohibit(?:s|ed)?|requires?"
    r"|increasing|reducing|improving|fund(?:s|ed|ing)?)\b"
)
_NAMES = late(  # of bodies and laws, which tell nothing of what is in their names
    r"《[^《》]{2,60}》|(?:[\u4e00-\u9fff]{2,8}、)*[\u4e00-\u9fff]{0,12}(?:部门|管理局|委员会|办公室|大臣|省令)"
    r"|(?:Department|Ministry|Minister|Secretary|Commission(?:er)?|Committee|Office|Directorate) (?:of|for) (?:the )?"
    r"[A-Z]\w+(?:(?:,| and| of) [A-Z]\w+){0,3}|\b(?:[A-Z][\w’'-]+ ){1,4}(?:Service|Act|Department|Agency|Authority"
    r"|Bureau|Law|Regulation|Directive|Convention|Council)\b"
)
_PROVISION = late(
    r"第[\d一二三四五六七八九十百]{1,6}[条條项項款]|前[条條款項项]"
    r"|\b(?:sub)?(?:section|paragraph|article|annex|schedule|chapter)s? \(?\d|\bregulation \(e[uc]\)"
)
LEANS = late(
    r"\A\W*(?:(?:this|these|those|that|it|they|such|together|in this|here|however|but)\b"
    r"|但|其中?|该|上述|此类?|这|前述|当該|これら)"
)
"""How a sentence begins that leans on the one before it, folded."""
_WISHES = late(
    r"\b(?:requested|commenters?|suggested|argued|contest(?:s|ed)?|would|could|might|suggests?|appears?|remains?)\b"
)
_PURPOSE = late(r"为了?[^。]{2,200}制定本|\bpurposes? of this (?:act|part|regulation|order)\b|ことを目的とする")
_MEANS = late(
    r"(?:是指|系指|所称|をいう)|\A\W*[\w -]{3,40}[,—–]?\s(?:\(a\) )?(?:means|has the meaning)\b"
    r"|\bhas the (?:same )?meaning\b"
)
_ANNEX = late(r"\A\W*(?:schedule|annex|appendix|附件|附录|附表|別表)\b|\A(?:附件|附录|附表|別表|附 ?[则則])")
_CLAUSE = late(r"[，,；;。：\n]")
_LIMITS = late(
    r"不(?:得|能|应)?(?:超过|超出|高于|多于|低于|少于)|上限|下限|至多|至少|以上|以下|以内|超えては"
    r"|\b(?:(?:not|never) (?:to )?exceed|at (?:most|least)|up to|maximum|minimum|no more than|limit(?:ed|s)?)\b"
)
_SANCTIONS = late(r"罚款|罰金|处分|罚|\bfine\b|\bpenalt|\bconviction\b")


def is_about(column: Column, piece: Piece, stated: Mapping[str, Set[Unit]] | None) -> bool:
    """Whether the piece, with the heading above it, holds every notion of the topic, and is of the kind asked for.

    ``stated``: the units that state the kind of provision, by passage; None if no such kind is asked for. What stands
    in the name of a body or a law does not count.
    """
    if column.concepts and not _holds_topic(column, piece, beside=True):
        return False
    if stated is not None and not stated.get(piece.passage_id, set()) & {*piece.units}:
        return False
    aspect = column.aspect
    if (aspect is None or aspect.kind is None) and not (piece.said.has(_ACTS) or _is_measured(piece)):
        return False
    if aspect is None:
        return True
    if aspect.kind == "authority" and not piece.said.actors:
        return False
    said = aspect.says is None or piece.said.has(aspect.says)
    return said and (not aspect.measured or _is_measured(piece))


def fitness(column: Column, candidate: Candidate) -> float:
    """What is left of a piece's likelihood to answer as that of being the cell; a little more than 1 at most."""
    piece, fit, aspect = candidate.piece, 1.0, column.aspect
    if aspect is None or aspect.kind is None:
        fit *= _NO_ACT if not piece.said.has(_ACTS) else 1
        fit *= _DEFINES if piece.said.has(_MEANS) or piece.said.has(_PURPOSE) else 1
    fit *= _ANNEXED if _is_annexed(piece) else 1
    if column.counted and not _is_measured(piece):
        fit *= _UNMEASURED
    if column.concepts:
        fit *= _ABOVE if not _holds_topic(column, piece) else 1
        fit *= _TITLED if holds(column.concepts, piece.place.origin.title.terms) else 1
    if aspect is not None and aspect.amounts and not piece.said.stated:
        fit *= _UNMEASURED
    if (aspect is None or aspect.kind != "penalty") and piece.said.has(_SANCTIONS):
        fit *= _PUNISHES
    fit *= _LEANING if piece.said.has(LEANS) else 1
    fit *= _ended(piece)
    fit *= _WISHED if piece.said.has(_WISHES) else 1
    if aspect is None or aspect.kind is None:
        fit *= _REFERS ** min(len(_PROVISION.findall(piece.said.folded)), _MOST_REFERENCES)
    return fit * (_LONG if share_of_answer(piece.statement) > _ROOM else 1)


def _ended(piece: Piece) -> float:
    """What is left where no unit ends as a sentence or a clause does. A cell of a table need not."""
    if piece.passage.kind in ("row", "table") or any(is_sentence(unit.text) for unit in piece.units):
        return 1.0
    return _LINES if len(piece.units) > _FEW_LINES else _UNENDED


def _holds_topic(column: Column, piece: Piece, beside: bool = False) -> bool:
    """Whether one clause of the piece says every notion of the topic.

    If the topic asks for an amount, a limit of the piece and the other words in its passage are enough.

    ``beside``: the heading above counts too.
    """
    own = _NAMES.sub(" ", piece.said.text)
    above = f"{piece.place.heading.text}. " if beside else ""
    clauses = _CLAUSE.split(own) if len(column.concepts) > 1 else [own]
    if any(says(column.concepts, frozenset(analyze(said)), units(said)) for said in (above + each for each in clauses)):
        return True
    terms = frozenset(analyze(above + own))
    return bool(column.counted) and is_limit(piece) and holds(column.counted, terms | piece.whole.terms)


def tells(piece: Piece) -> bool:
    """Whether the piece says what is done: no definition, and nothing that stands in a treaty that is annexed."""
    return piece.said.has(_ACTS) and not piece.said.has(_MEANS) and not _is_annexed(piece)


def _is_annexed(piece: Piece) -> bool:
    return any(_ANNEX.search(fold(each)) for each in piece.passage.section)


def is_limit(piece: Piece) -> bool:
    """Whether the piece sets a limit by an amount."""
    return _is_measured(piece) and piece.said.has(_LIMITS)


def measured(said: Analysis) -> list[Amount]:
    """The amounts that measure something: no times, dates, or numbers of things."""
    return [each for each in said.stated if each.kind == "number" and each.dimension not in {"", *_TIMES, *REFERENCES}]


def _is_measured(piece: Piece) -> bool:
    return bool(measured(piece.said))
