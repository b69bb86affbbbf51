"""Takes from a claim the words that only name its source: "According to the Act, …", "《…法》规定…".

What is left is the statement that the source must make itself. Only words of a closed list are taken away, and only
where they stand by the source's name: whatever else stands there, such as a negation, stays in the statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sinkqa.index.references.mention import Mention
from sinkqa.ingest.about.places import countries_in
from sinkqa.ingest.text.patterns import late

_SHORTEST = 4  # letters or characters of a statement: with fewer left, nothing is taken away
_YEAR = r"(?:\s*[（(]\s*(?:19|20)\d\d(?:年|年?版|年?(?:修订|修正|公布|发布|施行|通过))?\s*[）)])?"
_NUMERAL = r"[\d一二三四五六七八九十百零]{1,6}"
_PROVISION = rf"(?:\s*第{_NUMERAL}[条章节款项](?:第{_NUMERAL}[款项])?|\s*附件[\d一二三四五]?)*"
_BEFORE_WIDE = late(
    r"(?:\A|(?<=[，。；;,.]))\s*(?:根据|按照|依照|依据|按|据|在|由|遵照|如|正如)?\s*(?:现行|新修订的?|修订后的|该)?的?\s*\Z"
)
_AFTER_WIDE = late(
    rf"{_YEAR}{_PROVISION}(?:\s*(?:的|中|里|中的|的有关|的相关)?\s*"
    r"(?:明确规定|规定|明确提出|提出|指出|明确|要求|强调|载明|写明|承诺|宣布|确定|确立|显示|表示|称|说|中)了?)?"
    r"\s*[，,：:]?\s*"
)
_BEFORE_NARROW = late(
    r"(?:\A|(?<=[.;,]))\s*"
    r"(?:according to|under|pursuant to|in accordance with|as stated in|as set out in|in|by|per|as)?"
    r"\s*(?:the|its|a)?\s*(?:revised|current|amended)?\s*\Z",
    re.IGNORECASE,
)
_OWNED = late(r"(?:[’']s|的|在|于)?\s*\Z")
_OWNER = late(r"(?:\A|[，。；;,.])\s*(?:根据|按照|依照|依据|据|在|由)?\s*([\u3400-\u9fff]{2,20}?)(?:的|在|于)?\s*\Z")
_AFTER_NARROW = late(
    r"(?:\s*\((?:19|20)\d\d\))?(?:,?\s*(?:article|section|art\.|sec\.|paragraph)\s?\d{1,4}[a-z]{0,2}(?:\(\d{1,3}\))*)?"
    r"\s*(?:(?:provides|states|says|stipulates|lays down|sets out|specifies|declares|announces|notes|finds|reports"
    r"|requires|proposes)\s+that\b|,|:)\s*",
    re.IGNORECASE,
)
# Where the source is the subject itself: "The Act forbids …"
_SUBJECT_NARROW = late(r"(?:\s*\((?:19|20)\d\d\))?\s+(?=[a-z])")
_SUBJECT = late(r"\A\s*(?:the|its|this)?\s*\Z", re.IGNORECASE)
_WIDE = late(r"[\u3400-\u9fff]")


def without_source(claim: str, mentions: Sequence[Mention], *, home: str | None = None, names: str = "") -> str:
    """The claim without the source that it names first, or as it is where it names none so.

    ``mentions``: the documents that the claim names, in its order. ``home``: the code of the source's country;
    ``names``: its title and issuer. What names these before the source goes with it. The name of any other country
    stays.
    """
    for mention in mentions:
        statement = _stripped(_without_owner(claim[: mention.start], home, names), claim[mention.end :])
        if statement is not None and sum(map(str.isalnum, statement)) >= _SHORTEST:
            return statement
    return claim


def _without_owner(before: str, home: str | None, names: str) -> str:
    """What stands before a source, without the name of its country or issuer at the end."""
    for start, end, code in countries_in(before):
        if code == home and _OWNED.match(before, end):
            return before[:start]
    owner = _OWNER.search(before)
    return before[: owner.start(1)] if owner and owner[1] in names else before


def _stripped(before: str, after: str) -> str | None:
    if _WIDE.search(after) or (_WIDE.search(before) and not after.strip()):
        opening, follows = _BEFORE_WIDE.search(before), _AFTER_WIDE.match(after)
    else:
        opening, follows = _BEFORE_NARROW.search(before), _AFTER_NARROW.match(after)
        if follows is None and (opening is None or _SUBJECT.fullmatch(before)):
            opening, follows = _SUBJECT.fullmatch(before), _SUBJECT_NARROW.match(after)
    if opening is None or follows is None:
        return None
    return f"{before[: opening.start()].rstrip()}{after[follows.end() :]}".strip()
