"""Definitions in laws: the formulae that define a term, and the defined term, in zh, en and ja."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late

_LONGEST_ZH, _LONGEST_EN = 30, 12  # characters and words of a term: what is longer is a clause
_MARK = (  # how an item, an article or a paragraph begins; possessive, lest rows of numbers take for ever
    r"(?:\s*+(?:\((?:[一二三四五六七八九十百]{1,4}|\d{1,3}|[a-z]{1,2}|[ivx]{1,5})\)|[一二三四五六七八九十百]{1,4}[、 ]"
    r"|\d{1,3}(?:\.\d{1,3})*[.、)]?(?=[ (\"'\u4e00-\u9fff])|[a-z]\)|[-·*]|第[一二三四五六七八九十百千\d]+条))*+\s*+"
)
ITEM = late(  # how an item begins
    r"\s*(?:\([一二三四五六七八九十百a-z\d]{1,5}\)|[一二三四五六七八九十]{1,3}[、 ]|\d{1,3}[.)、](?!\d)|[a-z]\)|[-·*] )"
)
HEADING = late(  # over definitions
    r"定义|术语|用语|释义|名词解释|\bdefinitions?\b|\binterpretation\b|\bglossary\b|\bterminology\b|\bmeanings?\b|\bdefined\b"
)
GLOSSARY = late(  # over a list of terms and nothing else
    r"(?:术语(?:[和与及、]定义|解释)?|名词解释|缩略[语词]|\bglossary(?: of [a-z ]+)?"
    r"|^[\d.ivx ]*(?:terms and )?definitions|\babbreviations(?: and acronyms)?|\bacronyms|\bterminology)\W*$"
)
_LEAD = late(  # announces definitions
    r"(?:用语|术语|词语|名词|概念)[^。;]{0,12}(?:含义|涵义|定义|适用|解释|如下|意义)"
    r"|^[^.;]{0,30}\b(?:in|for (?:the )?purposes? of) (?:this|these) [^.;]{0,120}[:-]$"
    r"|unless the context otherwise requires|following (?:specific )?(?:definitions|terms|expressions)"
    r"|各号に掲げる用语|用语の意义"
)
_LEAD_CUES = ("otherwise requires", "following", "用语", "术语", "词语", "名词", "概念")
_WITHIN = late(  # "In this section, " before the term
    rf"^{_MARK}(?:in|for (?:the )?purposes? of|as used in|under) (?:this|these|subsections?|sections?|paragraphs?"
    r"|parts?|subparts?|schedules?|articles?|clauses?|the)\b[^,\"]{0,120}?"
    r"(?:,\s*unless the context otherwise requires)?[,-]+\s*"
)

_ZH = late(
    rf"(?:^|(?<=[。;:\s])){_MARK}(?P<head>[^。;:!?]{{1,90}}?)\s*,?\s*(?:一般|通常|均|都|即|就|则|主要)?"
    r"(?:是指|系指|指的是|专指)"
)
_ZH_CALLED = late(r"所称的?(?P<head>[^。;:,!?]{1,40}?)(?:,?(?:是指|是|指)|,(?:包括|为|即))")
_ZH_COUNTED = late(rf"^{_MARK}(?P<head>[^。;:,]{{1,40}}),\s*(?:包括|分为|即)")
_ZH_LISTED = late(rf"^{_MARK}(?P<head>[^。;:,]{{1,40}}?)\s*(?:[:]|,\s*(?:是|指|即|为|包括|分为)|--+)\s*\S")
_ZH_BEFORE = late(
    r"^.*(?:所称的?|所说的|所谓的?|中的|里的)|^.*,|^(?:其中|这里的?|关于|对于|术语|本文的?|本(?:法|条例|办法)中)"
)
_ZH_NO_TERM = late(  # begins or ends like a clause
    r"^(?:这|此|其|该|它|那|我|他|她|也|并|但|而|因|由|以|如|可|需|应|不|只|仅|主要|所|即|又|或|和|与|的|将|在|对|从|是|指)"
    r"|(?:[的了就也都不将]|分别|一般|通常|主要|可以|应当)$"
)
_ALSO = late(r"\((?:以下)?(?:又|也)?(?:简称|统称|称为?)?:?\s*\"?([^()\"]{1,30})\"?\)")

_QUOTED = "[\"'ìî]+[^\"'ìî.;]{1,80}[\"'ìî]+"
_MEANS = (
    r"(?:means?\b(?! (?:of|to|by)\b)|ha(?:s|ve) the (?:same )?meanings?\b|shall (?:mean|have the meaning|include)\b"
    r"|(?:is|are) defined\b|refers? to\b|denotes?\b|signif(?:y|ies)\b|shall refer to\b|is understood to mean\b)"
)
_RELATING = (
    r"(?:,\s*(?:in relation to|in respect of|with respect to|with regard to|for the purposes? of|for|when|where|as)\b"
    r"(?:[^,;]{1,120},){1,3}?)?"
)
_EN_QUOTED = late(
    rf"(?P<heads>{_QUOTED}(?:(?:,|,? or|,? and) {_QUOTED}){{0,5}})(?: \((?P<short>[^)]{{1,30}})\))?"
    rf"(?: of [^,;.]{{1,40}})?{_RELATING},?\s*-?\s*(?:also )?(?P<verb>{_MEANS}|includes?\b|is\b|are\b)"
)
_PURPOSE = late(r"\b(?:in|for (?:the )?purposes? of) (?:this|these|the) [^,.]{1,80}, (?:the (?:term|expression) )?$")
_OPENING = late(rf"{_MARK}(?:the |an? )?(?:(?:term|expression) )?$")
_EN_PLAIN = late(
    rf"^{_MARK}(?:the )?(?:(?:term|expression) )?(?P<head>[a-z0-9][^\"'.;:,]{{0,90}}?){_RELATING}"
    rf",?\s*-?\s*(?:also )?(?P<verb>{_MEANS}|includes\b)"
)
_EN_OPEN = late(rf"^{_MARK}(?P<head>[a-z][a-z0-9 ()-]{{1,60}}?)(?:,[^.;:]{{1,120}})?,\s*-+\s*$")
_EN_LISTED = late(rf"^{_MARK}(?P<head>[a-z0-9][^\"'.;:,]{{0,60}}?)\s*(?::| -+)\s*\S")
_EN_NO_TERM = late(
    r"^(?:this|that|it|which|these|those|he|she|we|they|what|by|as|such|there|and|or|but|if|when|in|on|for|of|to|with"
    r"|at|from|also|note|source|see|where|while|because|so|our|your|its|their|otherwise|including|despite|however|subject|except"
    r"|means)\b|\b(?:may|must|shall|being)\b|\b(?:the|a|an|of|to|and|or|as|is|are)$"
)
_ARTICLE = late(r"^(?:the|an?|any) ")
_SHORT_AT_END = late(r"\s*\(([^() ]{2,12})\)\s*$")

_JA_QUOTED = late(r"\"(?P<head>[^\"]{1,40})\"とは")
_JA_LISTED = late(rf"^{_MARK}(?P<head>[^\s。、()]{{2,30}})(?:\([^)]*\))? .*をいう")
_JA_WITHIN = late(r"(?P<head>[\u4e00-\u9fff\u30a1-\u30fa\u30fc々]{2,20})\((?:[^()]|\([^()]*\))*?をいう")

_DOTTED = late(r"^[a-z]?\d{1,3}(?:\.\d{1,3})+\.?\s+")
STEMS = frozenset(("mean", "means", "meani", "defin", "refer", "denot", "signi", "指", "称", "を"))  # of any formula


def term_key(text: str) -> str:
    """Returns the key of a term: folded, without quotes, article, outer punctuation and double spaces."""
    plain = re.sub(r"[\"'ìî《》<>()]+", "", fold(text))
    return _ARTICLE.sub("", " ".join(plain.strip(" ,.;:!?、。-·").split()))


def announces(said: str) -> bool:
    """Whether a folded unit announces definitions."""
    may = said.endswith((":", "-")) or any(cue in said for cue in _LEAD_CUES)
    return may and _LEAD.search(said) is not None


def defined(said: str, *, lead: bool, under: bool, within: bool = False) -> Iterator[str]:
    """Yields the terms that a unit defines, in the form of :func:`term_key`. Synonyms follow the main term.

    Args:
        said: the unit, folded.
        lead: whether definitions were announced before it: "the following terms", "In this Act, …".
        under: whether a heading over it is about definitions.
        within: whether it is an item of a definition that began before, and so part of that term's definition.
    """
    expected = (lead or under) and not within
    found = False
    for terms in (_zh(said, expected), _ja(said, expected), _en(said, expected)):
        for term in terms:
            found = True
            yield term
    if lead and not found and not within:
        yield from _listed(said)


def heading_terms(heading: str) -> Iterator[str]:
    """Yields the terms of a numbered heading in a standard's terms and definitions: "3.1 固体废物 solid wastes"."""
    if _DOTTED.match(heading):
        parts = re.split(r"(?<=[\u4e00-\u9fff\")]) +(?=[a-z])", _DOTTED.sub("", heading), maxsplit=1)
        yield from filter(None, map(term_key, parts))


def _zh(said: str, expected: bool) -> Iterator[str]:
    found = False
    if "指" in said or "所称" in said:
        for match in (*_ZH.finditer(said), *_ZH_CALLED.finditer(said)):
            for key in _zh_terms(match["head"]):
                found = True
                yield key
    if expected and not found and (counted := _ZH_COUNTED.match(said)):
        yield from _zh_terms(counted["head"])


def _zh_terms(head: str) -> Iterator[str]:
    others = [term_key(other) for other in _ALSO.findall(head)]
    plain = re.sub(r"\([^()]*\)", "", head)
    quoted = re.findall(r"\"([^\"]{1,40})\"\s*$", plain)
    plain = quoted[-1] if quoted else plain.rstrip(" ,")
    while (shorter := _ZH_BEFORE.sub("", plain, count=1)) != plain:
        plain = shorter
    key = term_key(plain)
    if not 0 < len(key) <= _LONGEST_ZH or _ZH_NO_TERM.search(key) or not re.search("[\u4e00-\u9fff]", key):
        return
    yield key
    yield from (other for other in others if other and not _ZH_NO_TERM.search(other))


def _ja(said: str, expected: bool) -> Iterator[str]:
    if "とは" in said:
        yield from (term_key(quoted["head"]) for quoted in _JA_QUOTED.finditer(said))
    elif expected and "をいう" in said and (listed := _JA_LISTED.match(said)):
        yield term_key(listed["head"])
    if "をいう" in said:
        yield from (term_key(within["head"]) for within in _JA_WITHIN.finditer(said))


def _en(said: str, expected: bool) -> Iterator[str]:
    quoted = False
    for match in _EN_QUOTED.finditer(said) if any(mark in said for mark in "\"'ì") else ():
        before = said[: match.start()]
        if re.match(_MEANS, match["verb"]) or _PURPOSE.search(before) or (expected and _OPENING.match(before)):
            quoted = True
            yield from filter(None, map(term_key, re.findall(_QUOTED, match["heads"])))
            yield from filter(None, [term_key(match["short"] or "")])
    if quoted:
        return
    inside = _WITHIN.match(said)
    rest = said[inside.end() :] if inside else said
    if not (expected or inside):
        return
    if (plain := _EN_PLAIN.match(rest)) or (expected and (plain := _EN_OPEN.match(rest))):
        yield from _en_terms(plain["head"])


def _en_terms(head: str) -> Iterator[str]:
    short = _SHORT_AT_END.search(head)
    is_short = short is not None and _abbreviates(short[1], head[: short.start()])
    key = term_key(head[: short.start()] if short and is_short else head)
    if not key or len(key.split()) > _LONGEST_EN or _EN_NO_TERM.search(key):
        return
    yield key
    if short and is_short:
        yield term_key(short[1])
    yield from map(term_key, re.split(r",? and |,? or ", key)) if " and " in key or " or " in key else ()


def _abbreviates(short: str, full: str) -> bool:
    """Whether ``short`` consists of letters of the name in order, beginning with its first letter."""
    left = iter(full)
    return short[:1] == full[:1] and all(letter in left for letter in short.removesuffix("s"))


def _listed(said: str) -> Iterator[str]:
    """The term of an item "(一) term: meaning" in a list announced as definitions."""
    if wide := _ZH_LISTED.match(said):
        yield from _zh_terms(wide["head"])
    elif narrow := _EN_LISTED.match(said):
        yield from _en_terms(narrow["head"])
