"""Finds the term whose definition a question asks for, in its possible readings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sinkqa.ingest.provisions.defining import term_key
from sinkqa.ingest.text.patterns import late

_MOST = 6  # readings
_QUOTED = late(r"\"([^\"]{1,60})\"|(?<![a-z0-9])'([^']{2,60})'(?![a-z0-9])")
_POLITE = late(
    r"^(?:请问|请教|请(?:解释|说明|告诉我|介绍)(?:一下|下)?|解释(?:一下|下)|说明一下|想(?:问|知道|了解)(?:一下)?|我想(?:问|知道|了解)(?:一下)?|你好"
    r"|please |can you |could you |tell me |explain |i(?:'d| would) like to know |do you know )[,: ]*"
)

_ASKED_FOR = (
    r"(?:一词|这个词|这一概念|这个概念|这一术语|这个术语)?(?:在[^,]{1,30}?(?:中|里|上|下))?"
    r"(?:的?(?:法律|法定|官方|具体|准确)?(?:定义|含义|涵义|释义)|的(?:概念|意思)|(?:是|有)?(?:什么|啥|何)意思|意味着什么"
    r"|(?:指的是|是指|所指的?是?|指)(?:的是)?(?:什么|啥|哪些|何)|(?:是|被)?(?:怎么|如何|怎样|怎么样|作何)(?:被)?(?:定义|界定|理解|解释)"
    r"|(?:是|算)(?:个)?什么概念)"
)
_STRONG = (
    late(r"(?:怎么|如何|怎样)(?:定义|界定|理解|解释)(?P<term>[^,?。]+)"),
    late(r"什么(?:样的)?[^,?。]{0,12}?(?:算是?|才算|属于|称为|叫做?|叫作)(?P<term>[^,?。]+)"),
    late(
        r"(?:对|把|将|给)(?P<term>[^,?。]+?)(?:是|的)?(?:怎么|如何|怎样|做出?了?|作出?了?|下|有)[^,?。]{0,6}(?:定义|界定)"
    ),
    late(rf"(?P<term>[^,?。]+?){_ASKED_FOR}"),
    late(r"\bhow (?:do|does|did|would) [^?]*?\bdefines? (?P<term>[^?;]+)"),
    late(r"\bhow (?:is|are|was|were|should) (?P<term>[^?;]+?)(?: to)?(?: be)? (?:defined|interpreted|understood)\b"),
    late(r"\bwhat (?:do|does|did) (?:(?!\bmean\b)[^?;])*?\bmean by (?P<term>[^?;]+)"),
    late(r"\bwhat (?:do|does|did) (?P<term>[^?;]+?) (?:mean|refer to|stand for)\b"),
    late(r"\bwhat (?:is|are) (?:meant|understood) by (?P<term>[^?;]+)"),
    late(r"\bwhat (?:counts|qualifies|count|qualify) as (?P<term>[^?;]+)"),
    late(r"\bwhat (?:is|are) (?:considered|regarded as|deemed)(?: to be)? (?P<term>[^?;]+)"),
    late(r"\b(?:definition|meaning)s? (?:of|for) (?P<term>[^?;]+)"),
    late(r"\bdefined? (?:the (?:term|word|expression) )?(?P<term>[^?;]+)"),
    late(r"^(?P<term>[^?;]+?)(?:'s)? (?:definition|meaning|defined)\b"),
    late(r"^(?P<term>\"[^\"?]{2,60}\")(?: (?:under|in|of|according to) [^?]+)?\W*$"),
)
_CUES = (  # without any of these no pattern fits
    '"',
    *("定义", "界定", "义", "意", "概念", "理解", "解释", "指", "算", "属于", "称为", "叫"),
    *(
        "defin",
        "mean",
        "refer",
        "stand for",
        "count",
        "qualif",
        "considered",
        "regarded",
        "deemed",
        "stood",
        "interpret",
    ),
)
_WEAK = (
    late(r"^(?P<term>[^,?。]+?)(?:是什么|是啥)(?:东西)?\s*\??$"),
    late(r"(?:什么(?:是|叫做?|叫作)|何为|何谓|啥是|啥叫)(?P<term>[^,?。]+)"),
    late(r"\bwhat(?: is| are|'s) (?P<term>[^?;]+)"),
)
_BEFORE = late(  # what may stand before a term: where it is defined
    r"》(?:里面?|中|上|内|对|所称|所说|规定)?的?|(?:里面?|中|内|所称|所说|所指|提到|规定|关于|对于|对|法|条例|办法|规定|标准|细则|下)的?|的"
)
_AFTER_WIDE = late(r"(?:在|根据|按照|依照|依据).*$|的$|是$")
_PLACED = late(  # what may stand after it, and says where
    r",? (?:under|in|according to|pursuant to|within|as defined|as used|for the purposes? of)\b.*$"
)
_AFTER = late(
    r",? (?:and (?:what|how|who|does|is|which)|under|in|according|pursuant|within|for|by|as|per|to|on|from)\b"
)
_LEADING = late(r"^(?:(?:the )?(?:term|word|expression|phrase|concept) |(?:a|an|the) |[a-z. ]{2,20}'s )")
_NOTHING = ("的", "了", "呢", "规定的", "是", "it", "that", "this")
_WIDE = late("[\u3400-\u9fff]")


class Meaning(NamedTuple):
    """The possible readings of the term asked for, best first, each as :func:`term_key` gives it.

    ``is_certain``: the question explicitly asks for a definition. "What is" alone does not.
    """

    terms: tuple[str, ...] = ()
    is_certain: bool = False


def meaning_asked(folded: str) -> Meaning:
    """The term that a folded question asks to define or explain. Empty if it asks for no meaning."""
    said = _POLITE.sub("", folded.strip())
    strong = _STRONG if any(cue in said for cue in _CUES) else ()
    for patterns, certain in ((strong, True), (_WEAK, False)):
        for pattern in patterns:
            if match := pattern.search(said):
                readings = map(term_key, (*_quoted(said), *_readings(match["term"], certain=certain)))
                if terms := tuple(dict.fromkeys(term for term in readings if term and term not in _NOTHING)):
                    return Meaning(terms[:_MOST], certain)
    return Meaning()


def _quoted(said: str) -> Iterator[str]:
    for match in _QUOTED.finditer(said):
        yield match[1] or match[2]


def _readings(term: str, *, certain: bool) -> Iterator[str]:
    """The term as it stands, and without what stands before or after it."""
    if not _WIDE.search(term):
        for shorter in _ends(term, certain=certain):
            yield shorter
            while (without := _LEADING.sub("", shorter, count=1)) != shorter and (certain or "'s " not in shorter):
                shorter = without
                yield shorter
        return
    whole = _AFTER_WIDE.sub("", term.strip())
    places = [match for match in _BEFORE.finditer(whole) if certain or match[0].rstrip("的") not in ("", "法", "对")]
    yield whole
    yield from (whole[match.end() :] for match in places)


def _ends(term: str, *, certain: bool) -> Iterator[str]:
    yield term
    if certain:
        yield from (term[: match.start()] for match in reversed([*_AFTER.finditer(term)]))
    elif placed := _PLACED.search(term):
        yield term[: placed.start()]
