"""Finds whole sentences of a quote that state a claim, and the words that limit them and that the claim omits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sinkqa.ingest.text.numerals import ordinal
from sinkqa.ingest.text.patterns import late
from sinkqa.service.grounding.claims import LABEL
from sinkqa.service.grounding.clauses import Clause, Clauses
from sinkqa.service.grounding.polarity import marks
from sinkqa.service.grounding.quote import Quote

_LONGEST_PLACE = 6  # clauses
_SHORT_HEADING = 40  # characters: a longer one tells of more than the standing of what is below
_TELLING = 4  # tokens of a heading that nobody begins another statement with
_NESTED = 3  # lists within lists whose items are looked for: each multiplies the work
_PART_ENDS = frozenset({".", ";"})
_ALIKE = {";": "."}  # borders behind which another statement begins
# Clauses that may be left out in front of a statement: they join it to another, and say nothing.
_JOINS = late(
    "(?:however|therefore|thus|hence|moreover|furthermore|in addition|additionally|also|accordingly|consequently"
    "|finally|in particular|for example|for instance|first(?:ly)?|second(?:ly)?|third(?:ly)?"
    "|此外|同时|因此|另外|为此|例如|比如|首先|其次|最后|一是|二是|三是|四是|五是|第[一二三四五])"
)
# How a clause begins that goes on from a whole statement and may be left out, if nothing in it turns the meaning.
_ADDS = late("(?:and|as well as|including|such as|thereby|并且?|以及|同时|还|也|从而|进而|包括)(?![a-z])")
_LIMITS = late(
    r"\b(?:if|unless|except\w*|exclud\w+|provided|providing|whether|subject to|as long as|only|when|until|till|but"
    r"|without|although|though|however|save|notwithstanding|not|no|never|false|untrue|should|shall|must|cannot)\b"
    "|如|若|假|倘|除|外|为前提|是否|但|不|未|无|禁止|只|仅|应当|必须|须|经|当|限"
)
_TURNING = frozenset({"negation", "duty", "extent", "bound", "member", "time", "leave"})  # families of words that limit
# How a statement begins that takes back the one before, and how one that merely limits it, behind a semicolon.
_DENIES = (
    r"(?:this|that|these|it|the (?:above|foregoing|preceding|previous)|nothing in)\b.{0,60}?\b(?:no longer|false|untrue"
    r"|wrong|a myth|rejected|repealed|revoked|withdrawn|except|(?:not|n't) (?:apply|hold|so|true|the case|in force))\b"
    "|(?:前款|前项|上述|前述|以上|本条|本款|[该这此]).{0,16}?(?:不适用|除外|不在此|不实|错误|谣言|失效|废止)"
    "|.{0,30}(?:不在此列|除外|不在此限)|(?:已?(?:废止|失效|删除|撤销|作废|被推翻)|不实|谣言|假的?)(?!.{12})"
    r"|(?:repealed|revoked|withdrawn|rejected|deleted|superseded|void|false|untrue|wrong|not (?:so|true)|no)\b(?!.{24})"
)
_TAKES_BACK = late(_DENIES)
_LIMITS_ALL = late(
    rf"{_DENIES}|(?:unless|except|excepting|save|provided that|only|but|subject to|however|notwithstanding|otherwise)\b"
    "|但|然而|不过|除"
)
_STANDING = late(  # headings under which nothing stands as the source's own word, or as law in force
    r"\b(?:repealed|revoked|rescinded|superseded|withdrawn|rejected|myths?|misconceptions?|not (?:adopted|in force)"
    r"|void|obsolete|expired|cancelled|invalid|drafts?|deleted|struck|false|untrue|wrong|incorrect|misleading|fiction\w*"
    r"|hypothetical\w*|allegations?|counter-?arguments?|objections?)\b"
    "|废止|失效|撤销|驳回|否决|无效|作废|草案|征求意见|未(?:通过|采纳|生效)|谣言|误[区解]|不实|错误|虚假|假设|质疑|已删除"
)
_SAYS = late(  # joins a place to what is said there
    "under|according|to|of|the|in|by|per|pursuant|as|with|accordance|on|and|at|from|that|says?|states?|provides?|sets?"
    "|out|its|this|[根据依按照规定由和的中在指出明确提到等对于]"
)


def sayings(ours: Clauses, quote: Quote) -> Iterator[str | None]:
    """Yields a result for each place where whole clauses of the quote state the claim.

    The result is None, or the words that limit those clauses and that the claim leaves out. A claim may begin with its
    location: headings, a caption, the document's title, or the number of one of them.
    """
    theirs = quote.clauses.all
    tail = ours.all[-1].exact
    if not any(tail[-len(clause.exact) :] == clause.exact for clause in theirs):
        return  # without this, no more work: the last clause stands nowhere
    for claim in _without_place(ours.all, quote):
        for first, clause in enumerate(theirs):
            if claim[0].exact == clause.exact and (last := _follow(claim, 0, theirs, first)) is not None:
                yield _left_out(quote, first, last)


def _follow(claim: Sequence[Clause], place: int, theirs: Sequence[Clause], at: int, lists: int = 0) -> int | None:
    """The last clause of the quote that says the claim's from ``place`` on, which stands at ``at``; None if none."""
    while True:
        mark = claim[place].mark
        if claim[place].exact != theirs[at].exact or mark not in ("", theirs[at].mark):
            return None
        if place + 1 == len(claim):
            return at
        if at + 1 == len(theirs):
            return None
        ours, border = claim[place + 1].border, theirs[at + 1].border
        if _ALIKE.get(ours, ours) != _ALIKE.get(border, border) or claim[place + 1].quoted != theirs[at + 1].quoted:
            return None
        if ours == ":" and lists < _NESTED:
            return _item(claim, place + 1, theirs, at + 1, lists + 1)
        place, at = place + 1, at + 1


def _item(claim: Sequence[Clause], place: int, theirs: Sequence[Clause], at: int, lists: int) -> int | None:
    """As :func:`_follow`, for the text after a colon, or for any item of the list after it."""
    for number in range(at, len(theirs)):
        begins = number == at or theirs[number].line or theirs[number].mark or theirs[number].border in _PART_ENDS
        if begins and (last := _follow(claim, place, theirs, number, lists)) is not None:
            return last
    return None


def _left_out(quote: Quote, first: int, last: int) -> str | None:
    """What governs the clauses ``first``..``last`` of the quote and is none of them."""
    theirs = quote.clauses.all
    begin, end = first, last + 1
    while not _begins(theirs, begin):
        begin -= 1
    while end < len(theirs) and not _begins(theirs, end):
        end += 1
    before, said, behind = theirs[begin:first], theirs[first : last + 1], theirs[last + 1 : end]
    if any(not _JOINS.fullmatch(each.wording) and not LABEL.fullmatch(each.wording) for each in before):
        return _wording(before)
    if behind and not _only_adds(behind):
        return _wording(behind)
    return _lead(theirs, first) or _taken_back(quote, end) or _around(quote, begin) or _standing(quote, begin, said)


def _begins(theirs: Sequence[Clause], at: int) -> bool:
    """Whether a statement begins here: the text, a sentence, a part of one, or an item behind another."""
    return not at or theirs[at].border in _PART_ENDS or _is_next_item(theirs, at)


def _is_next_item(theirs: Sequence[Clause], at: int) -> bool:
    """Whether this is the item behind one that ends in a colon or in nothing, as drafters elsewhere write."""
    if not (theirs[at].line and theirs[at].mark):
        return False
    before = next((clause.mark for clause in reversed(theirs[:at]) if clause.line and clause.mark), "")
    return bool(before) and _follows(theirs[at].mark, before)


def _follows(mark: str, before: str) -> bool:
    """Whether one mark comes next in a list: 2 after 1, b after a, ii after i, 二 after 一."""
    if len(mark) == len(before) == 1 and mark.isascii() and mark.isalpha():
        return ord(mark) == ord(before) + 1
    both = mark.isascii() == before.isascii() and mark.isdigit() == before.isdigit()
    return both and (ordinal(mark.upper()) == ordinal(before.upper()) + 1)


def _only_adds(behind: Sequence[Clause]) -> bool:
    said = " ".join(each.wording for each in behind)
    turns = any(mark.family in _TURNING for mark in marks(said))
    return behind[0].border == "," and bool(_ADDS.match(said)) and not _LIMITS.search(said) and not turns


def _lead(theirs: Sequence[Clause], first: int) -> str | None:
    """The lead-in of the list that the clause is in."""
    for place in range(first - 1, -1, -1):
        leads = theirs[place + 1].border == ":" and (theirs[place + 1].line or theirs[place + 1].mark)
        if leads and not LABEL.fullmatch(theirs[place].wording):
            return theirs[place].wording
    return None


def _taken_back(quote: Quote, end: int) -> str | None:
    """The statement right after it, if this limits what is said or takes it back."""
    theirs = quote.clauses.all
    if end == len(theirs):
        after = quote.after.split("\n", 1)[0].strip().lower()
        return after if _TAKES_BACK.match(after) else None
    behind = theirs[end].wording
    pattern = _LIMITS_ALL if theirs[end].border == ";" else _TAKES_BACK
    return behind if pattern.match(behind) else None


def _around(quote: Quote, begin: int) -> str | None:
    """What the text before the quote leads to it with."""
    before = quote.before.rstrip()
    goes_on = before.endswith(",") and quote.text[:1].islower()
    return before if not begin and (goes_on or before.endswith((":", "：", "，"))) else None


def _standing(quote: Quote, begin: int, said: Sequence[Clause]) -> str | None:
    """The heading that says of all below it that it is void, or banned where the statement does not say so itself."""
    allows = not any(mark.family == "duty" for clause in said for mark in marks(clause.wording))
    for heading in (*quote.above[1:], _title(quote, begin)):
        bans = any(mark[:2] == ("duty", "forbid") for mark in marks(heading.lower()))
        if len(heading) <= _SHORT_HEADING and (_STANDING.search(heading.lower()) or (bans and allows)):
            return heading
    return None


def _title(quote: Quote, begin: int) -> str:
    """The line right above the statement if it is a title: one clause without a stop."""
    theirs = quote.clauses.all
    if not begin:
        return "" if quote.before.rstrip().endswith((".", "。", "!", "！")) else quote.before
    return theirs[begin - 1].wording if theirs[begin].line and theirs[begin - 1].line else ""


def _wording(left: Sequence[Clause]) -> str:
    return ", ".join(each.wording for each in left)


def _without_place(claim: Sequence[Clause], quote: Quote) -> Iterator[Sequence[Clause]]:
    """The claim, then the claim without what it says of the place at its beginning, as far as that is true."""
    yield claim
    rest = claim
    while len(rest) > 1 and (count := _attribution(rest, quote)) and rest[count].border != "|":  # no cell of a row
        rest = rest[count:]
        yield rest
    while rest and (size := _heading(rest[0].exact, quote)):
        cut = {name: getattr(rest[0], name)[size:] for name in ("tokens", "exact", "surface")}
        rest = [rest[0]._replace(**cut), *rest[1:]] if size < len(rest[0].exact) else rest[1:]
        if rest:
            yield rest


def _heading(said: Sequence[str], quote: Quote) -> int:
    """How many tokens at the beginning are a heading of the quote's, or the number of one.

    A short heading without a number, such as "No", could as well be the beginning of another statement.
    """
    forms = [tuple(form) for heading in quote.headings for form in (heading.exact, _label(heading.exact)) if form]
    standing = [form for form in forms if tuple(said[: len(form)]) == form]
    return max((len(form) for form in standing if form == tuple(said) or _names_a_place(form)), default=0)


def _names_a_place(heading: Sequence[str]) -> bool:
    return len(heading) >= _TELLING or any(token.startswith("=") for token in heading)


def _label(whole: Sequence[str]) -> Sequence[str]:
    """``第十三条`` of a heading that goes on, ``table 4``: up to its number, if that is near its beginning."""
    place = next((n for n, token in enumerate(whole[:3]) if token.startswith("=")), None)
    return whole[: place + 1] if place is not None else ()


def _attribution(rest: Sequence[Clause], quote: Quote) -> int:
    """How many clauses at the beginning say no more than where the quote stands: ``根据《…》第十三条，``."""
    above = [f" {' '.join(heading.exact)} " for heading in quote.headings]
    named = 0
    for count, clause in enumerate(rest[:_LONGEST_PLACE], 1):
        parts = groupby(clause.exact, lambda token: _SAYS.fullmatch(token) is None)
        runs = [" ".join(run) for says, run in parts if says]
        if not all(any(f" {run} " in each for each in above) for run in runs):
            break
        named = count if runs else named
    return min(named, len(rest) - 1)
