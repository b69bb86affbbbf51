"""Finds names of documents in English text by their capitals: Climate Change Response Act 2002."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sinkqa.index.references.mention import Mention
from sinkqa.ingest.text.patterns import late

_KIND = late(
    r"\b(?:Act|Law|Code|Statute|Regulations?|Directive|Agreement|Protocol|Convention|Treaty|Pact|Declaration|Accords?"
    r"|Strategy|Plan|Programme|Order|Proclamation|Memorandum|Standards?|Methodology|Measures|Rules|Guidelines?"
    r"|Guidance|Provisions|Opinions|Ordinance|Roadmap|Decision|Resolution|Communication|Framework|Policy|Charter"
    r"|Constitution|Deal|White Paper|Contributions?|Bill)\b(?![-’'])"
)
_OF = frozenset(["Law", "Code", "Declaration", "Convention", "Act", "Charter", "Strategy", "Plan", "Constitution"])
_TO = frozenset(["Protocol", "Convention", "Plan", "Strategy", "Roadmap"])
_UNDER = frozenset(["Agreement", "Strategy"])
_ON = frozenset(["on", "for", "concerning", "regarding", "against"])
_SMALL = frozenset(["of", "and", "on", "for", "to", "in", "by", "with", "&"])
_NO_NAMES = """
The This That These Those An Any All Each Every Such Its Their Our His Section Sections Article Articles Part Parts
Schedule Schedules Chapter Annex Appendix Table Figure Paragraph Clause Title Subpart Under In At By From With Without
See Of To If When Where While As For And Or But Pursuant Amending Amends Repealing Per Despite Following Through Since
Because Before After During Both Either Also However Therefore Subject Parties Party Implementation Provisions
Purposes Signatories Adoption Context Text Goals Objectives Ratification Whereas Having Regard No Nos Is Are Was Were
Be It They We You Not Only Although Though Unless Until Upon Within On Read Existing Current Related Proposed Amended
Compare Cf Inserted Repealed Substituted Replaced Added Step January February March April May June July August
September October November December President President’s President's Administration Today’s Today's Office Director
Secretary Secretariat Depositary Registry Group Application Conference Meeting Officials
"""
_WEAKER = """
Measures Standards Rules Provisions Programme Resolution Communication Decision Opinions Policy Order Memorandum
Proclamation
"""
_WEAK = frozenset(_WEAKER.split())
_STOPS = frozenset(_NO_NAMES.split())
_OF_MANY = """
Executive Implementation Action Work National Annual Strategic Strategy Management Principal New Draft Final Proposed
International Federal State Technical General Standard Public Local Regional Provincial Policy Council Commission
Presidential Model Interim Special Member States Country Countries Legislative Rulemaking Plan Act Order Orders
In-Council Programme Program Resolution Council’s Framework Legal Common Joint Second First Third Project Methodology
Monitoring Delegated Implementing Court District Nationally Determined Intended Financial Minister Ministers
Government Governing Parliament Regulations Regulation Directive Law Agreement Protocol Rules Convention Minimum Other
Own Global Quality Research Partnership Host Secretary Department Committee Board Principle Long-Term Long-term
Mid-Century Parent Private Environmental Environment Business Development A/R Large-scale Small-scale Simplified
Baseline Approved Consolidated Response National-level Communication Proposal Party Reference Conservation Compliance
Safety Climate Sectoral
"""
_GENERAL = frozenset(_OF_MANY.split())
_WORD = late(r"[^\s\u3000-\u9fff\uff00-\uffef]+")
_AGAIN = late(r"\s(?:Convention|Act|Regulations?|Law|Agreement|Directive|Strategy|Plan|Order|Protocol|Communication)\b")
_ROMAN = late("[IVXLC]+")
_YEARS = late(r"(?:19|20)\d\d(?:[-–—/]\d{2,4})?")
_INITIALS = late(r"(?:[A-Z]\.)+")
_DATED = late(
    r"(?:\s+|\s*\(|\s+of\s+|,\s(?=\d{4}[,;.)]))((?:19|20)\d\d)(?:[-–—](?:20)?\d\d)?(?!\d)\)?"
    r"|\s*\((?:Act|Law) No\.?\s?\d+ of ((?:19|20)\d\d)\)"
)
_EDGE = "“”\"'‘’()[]*_`<>"
_ENDS = ".,;:!?"
_REACH = 160  # code points to the left of the word for a kind
_EXTENT = 120  # code points to the right of it
_WRAPPED = 35  # code points of a line from which on it may go on in the next
_MOST_SMALL = 2  # small words in a row


def named(text: str) -> Iterator[Mention]:
    """Yields names that end in a word for a kind of document, or are made of it and its subject, in text order.

    The work is linear in the length of the text.
    """
    end = 0
    for kind in _KIND.finditer(text):
        if kind.start() < end or _AGAIN.match(text, kind.end()):
            continue
        start = _begin(text, kind.start(), end)
        last = _extent(text, kind.end(), kind[0])
        dated = _DATED.match(text, last)
        if not _is_name(text[start : kind.start()].split(), kind[0], text[kind.end() : last].split(), bool(dated)):
            continue
        end = dated.end() if dated else last
        shown = end if dated and dated[1] and _YEARS.fullmatch(text[last:end].strip()) else last
        name = " ".join(text[start:shown].split()).strip(_EDGE)
        year = int(dated[1] or dated[2]) if dated else None
        yield Mention(start, end, "name", name, year)


def _is_name(before: Sequence[str], kind: str, behind: Sequence[str], is_dated: bool) -> bool:
    """Whether the words around a word for a kind tell one document from others."""
    said = [_core(word) for word in before]
    if kind.startswith("Contribution") and said[-1:] != ["Determined"]:
        return False
    subject = [word for word in behind if _core(word)[:1].isupper()]
    if subject:
        return bool(said) or len(subject) > 1 or kind in _OF
    if kind in _WEAK and not is_dated:
        return False
    return any(word not in _GENERAL | _SMALL and not _YEARS.fullmatch(word) for word in said) or (
        is_dated and len(said) > 1
    )


def _begin(text: str, at: int, least: int) -> int:
    """Where the capitalised words begin that end at ``at``."""
    low = max(least, at - _REACH)
    start = right = at
    small, wants_small, is_inside = 0, False, False
    for found in reversed([*_WORD.finditer(text, low, at)]):
        if found.start() == low > least or not _is_one_line(text, found.end(), right):
            break
        word, right = found[0], found.start()
        core = word.strip(_EDGE)
        if word.endswith(")"):
            is_inside = True
        opens = word.startswith("(")
        if not core or (word.rstrip(_EDGE)[-1:] in _ENDS and not _INITIALS.fullmatch(core)):
            break
        if (core in _SMALL or core == "the") and not word.endswith(")"):
            if (
                start == at and not is_inside
            ):  # the word for a kind is another's object: the secretariat of the Convention
                break
            small += 1
            if small > _MOST_SMALL or (wants_small and core != "of"):
                break
            wants_small = core == "the"
            continue
        if wants_small or not _is_name_word(core):
            break
        small = 0
        if core == "Executive" and start == at:
            return found.start()
        if opens and not is_inside:
            return found.start() + 1
        if not is_inside or opens:
            start = found.start() + (len(word) - len(word.lstrip("“\"'‘[*_`")))
        is_inside = is_inside and not opens
        if word[0] in '“"‘[':
            break
    return start


def _extent(text: str, at: int, kind: str) -> int:
    """Where the subject ends that stands behind a word for a kind: … on Biological Diversity."""
    end = left = at
    small = 0
    for number, found in enumerate(_WORD.finditer(text, at, at + _EXTENT)):
        word = found[0]
        if not _is_one_line(text, left, found.start()) or text[at : at + 1] not in (" ", "\n"):
            break
        core = word.strip(_EDGE).rstrip(_ENDS).strip(_EDGE)
        if number == 0:
            if not (
                word in _ON
                or (word == "of" and kind in _OF)
                or (word == "to" and kind in _TO)
                or (word == "under" and kind in _UNDER)
            ):
                break
        elif core in _SMALL or core == "the":
            small += 1
            if small > _MOST_SMALL or core != word:
                break
        elif not _is_name_word(core) or word[0] in "([" or found.end() == at + _EXTENT or _YEARS.fullmatch(core):
            break
        else:
            small = 0
            end = found.start() + len(word.rstrip(_ENDS + _EDGE))
            if word[-1] in _ENDS + ')”"’':
                break
        left = found.end()
    return end


def _is_name_word(core: str) -> bool:
    if core in _STOPS or _ROMAN.fullmatch(core):
        return False
    return bool(core) and (core[0].isupper() or _YEARS.fullmatch(core) is not None)


def _is_one_line(text: str, left: int, right: int) -> bool:
    """Whether only spaces stand between two words, or the end of a line that is full."""
    gap = text[left:right]
    if gap and not gap.isspace():
        return False
    breaks = gap.count("\n")
    if not breaks:
        return "\t" not in gap and len(gap) < 4
    line = left - text.rfind("\n", max(0, left - _WRAPPED - 1), left)
    return breaks == 1 and line > _WRAPPED


def _core(word: str) -> str:
    return word.strip(_EDGE)
