"""Finds when a text takes effect and when it expires, by its own words. What it says of other texts is left aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sinkqa.index.references.dates import DATE, first_date, later
from sinkqa.index.references.mention import Change
from sinkqa.ingest.document import Span
from sinkqa.ingest.text.numerals import ORDINAL_WORDS, read_number
from sinkqa.ingest.text.patterns import late

_OPENING, _ENDING = 1_500, 600  # code points
_HEAD = 6_000  # code points in which a law of English form says when it commences
_NEAR = 100  # code points between a statement and its date
_TITLE = 300  # code points
_LAST_LINES, _DATE_LINE = 6, 30  # where signatures stand; code points of a line that holds a date alone

# Chinese: 本办法自2023年3月1日起施行, 现予公布，自公布之日起施行.
_BEGINS = late(r"(?:起|之日|日)\s{0,2}(?:后\s?)?(?:正式)?\s{0,2}(?:施\s?行|实\s?施|执\s?行|生\s?效|试\s?行)")
_INSTRUMENT = (
    "法|条例|办法|规定|细则|规则|规程|规范|标准|文件|通知|通告|公告|方案|意见|指南|指引|导则|决定|方法学|令|目录|章程|计划"
    "|准则|制度|要求|措施|协定|公约|议定书|清单|纲要|名录|解释|批复|布告|决议|修正案|政策|协议"
)
_OWN = late(
    rf"(?:本(?:[\u4e00-\u9fff（）()]{{0,8}}?)(?:{_INSTRUMENT})|现予(?:公布|发布|印发)|请[\u4e00-\u9fff]{{0,8}}执行)"
    rf"(?P<between>[^。；]{{0,60}}?)[自从于]\s?(?P<when>[^。；;，,自]{{2,50}})\Z"
)
_NOT_WHOLE = late(r"第[一二三四五六七八九十百\d]+[条章款项]|附[件表录]|除外|规定的")
_PUBLISHED = late(r"(?:公\s?布|发\s?布|印\s?发|颁\s?布|签\s?发|下\s?发|通\s?过|签\s?署|批\s?准)")
_AFTER_DAYS = late(r"(?:起|后|满)\s?(?:第)?(\d{1,3}|[一二三四五六七八九十百]{1,4})\s?(日|天|个月)")
_ISSUED = late(rf"({DATE})(?:(?!通过|年)[^。\n]){{0,60}}?(?:公布|发布|颁布|印发|令第|令\s?\d|公告)")
_NOW_ISSUED = late(rf"现予?(?:公布|发布|印发)[^。\n]{{0,60}}。[^。；，]{{0,80}}?({DATE})")
_PASSED = late(rf"({DATE})[^。\n]{{0,60}}?(?:通过)")
_SIGNED = late(rf"[^。；，]{{0,60}}?({DATE})(?!\s*(?:起|至|前|后|以))")
_FIRST_ARTICLE = late(r"^[\s*#]*第一条", re.MULTILINE)
_VALID = late(
    r"(?:有效期|施行期|试行期|执行期|实施期)限?\s?(?:为|是|:|：|自[^，。]{2,30}起)?\s?"
    r"(?:(?P<number>\d{1,2}|[一二两三四五六七八九十]{1,3})\s?(?P<unit>年|个月)"
    r"|(?:截至|截止到?|至|到)\s?(?P<until>[^，。；\n]{6,24}))"
)
_UNTIL = late(rf"[，,]?\s?(?:有效期)?(?:截至|截止到?|至|到)\s?(?P<until>{DATE})\s?(?:止|失效|废止)?")
_NEXT_SENTENCE = late(r"。(?!\s?(?:本[\u4e00-\u9fff]{0,8})?(?:有效期|施行期|试行期))|\n")
_COVER = late(r"(\d{4}\s?[-—.]\s?\d\d\s?[-—.]\s?\d\d)\s*(?:实\s?施|起\s?实\s?施)")

# Japanese: この法律は、昭和三十二年十月一日から施行する. The first one is the law's own, later ones amend it.
_JAPANESE = late(
    r"この(?:法律|政令|省令|府令|規則|条例|告示|勅令|訓令)は、([^。]{1,120}?)から(?:これを)?(?:施行|適用)する"
)
_JAPANESE_ENDS = late(
    r"この(?:法律|政令|省令|条例|告示)は、([^。]{4,40})(?:限り(?:、?その効力を失う|で廃止)|までの間、?効力を有する)"
)
_LAW_NUMBER = late(
    r"(?:明治|大正|昭和|平成|令和)[元〇一二三四五六七八九十\d]{1,3}年[^\n]{0,16}(?:法律|政令|省令|条例)第"
)

# English: This Act comes into force on 1 July 2020.
_NOUN = (
    "act|law|regulations?|order|decision|directive|rules?|notice|standard|protocol|agreement"
    "|convention|instrument|policy|code|ordinance|scheme|measures|proclamation|memorandum|methodology|resolution"
    "|by-?laws?|decree|guidelines?|provisions|treaty|statute|tool|determination|declaration"
)
# The end of a verb and what stands before it: a long text is searched for a literal at a fifth of the time.
_VERBS = (
    (
        late(r"into\s+(?:force|effect|operation)\b"),
        late(r"\b(?:(?:shall|will)\s+)?(?:comes?|came|enters?|entered)\s+\Z"),
    ),
    (late(r"effect\b"), late(r"\b(?:(?:(?:shall|will)\s+)?takes?|took)\s+\Z")),
    (late(r"c(?<!\w.)ommences?\b"), late(r"\b(?:shall\s+)?\Z")),
    (late(r"effective\b"), late(r"\b(?:is|are|shall\s+be|becomes?|shall\s+become)\s+\Z")),
)
_LONGEST_VERB = 40
_THIS = late(
    rf"\b(?:this|these|the present)\s+(?:[a-z]+\s+){{0,2}}?(?P<noun>{_NOUN})\b(?P<between>[^.;:]{{0,140}})\Z",
    re.IGNORECASE,
)
_THIS_WORD = late(r"\b(?:this|these|the present)\s", re.IGNORECASE)
_FIRST_NOUN = late(rf"\b({_NOUN})\b", re.IGNORECASE)
_ATTACHED = late(r"^\s*(?:Schedule|Annex|Appendix|SCHEDULE|ANNEX|APPENDIX)\b", re.MULTILINE)
_BEFORE = late(r"(\w+)\W{1,3}\Z")
_FIELD = late(
    r"(?:\bdate\s+of\s+(?:entry\s+into\s+force|commencement|effect)\s+of\s+(?:this|the)\s+[^.;\n]{0,60}?\s+is\b"
    r"|^[ *_#]*(?:Effective\s+[Dd]ate|Coming\s+into\s+force|Date\s+of\s+(?:entry\s+into\s+force|commencement)"
    r"|Commencement)\s*(?:[:\t]|[-–—. ]*(?=\d))\s*)",
    re.MULTILINE,
)
_NOT_WHEN = frozenset(
    "of under in by to with from for when before after until if once unless on which where as that day date since "  # noqa: SIM905
    "amending against within upon".split()
)
_NOT = late(r"\b(?:not|never|part|sections?|articles?|provisions?)\b", re.IGNORECASE)
_DAYS = ORDINAL_WORDS | {"fifteenth": 15, "twentieth": 20, "thirtieth": 30, "sixtieth": 60, "ninetieth": 90}
_ON_PUBLICATION = late(
    r"\s*on\s+the\s+(?:(\d{1,2})(?:st|nd|rd|th)|([a-z]+))?\s*day\s+(?:following|after)\s+(?:the\s+(?:day|date)\s+of\s+)?"
    r"(?:that\s+of\s+)?(?:its|the)\s+publication",
    re.IGNORECASE,
)
_ASSENT = late(
    r"\s*on\s+the\s+day\s+after\s+(?:the\s+date\s+on\s+which\s+)?(?:it\s+receives\s+)?(?:the\s+)?royal\s+assent", re.I
)
_AT_ONCE = late(
    r"\s*(?:immediately|forthwith|at\s+once|on\s+(?:(?:the\s+date\s+of\s+)?its\s+)?(?:publication|adoption|signature))",
    re.I,
)
_NUMBERED = late(
    r"^[\s#*]*(?:Executive\s+)?(?:Order|Proclamation|Decision|Regulation|Directive)\s+(?:\([A-Z]+\)\s+)?(?:No\.?\s+)?"
    r"[\d/A-Z.]{2,14}\s+of\s+([^,;\n]{4,14},?\s+\d{4})",
    re.IGNORECASE | re.MULTILINE,
)
_GAZETTE = late(r"(?:\bOJ\s+L\s?\d+,\s?|Official\s+Journal[^\n]{0,60}?|^\s*)(\d{1,2}\.\d{1,2}\.\d{4})", re.MULTILINE)
_AFTER_MADE = late(
    r"\s*on\s+the\s+(day\s+after\s+the\s+)?day\s+on\s+which\s+(?:it\s+is|they\s+are)\s+made", re.IGNORECASE
)
_MADE = late(r"\bMade[\s\-–—.]+([^\n]{6,24})")
_ASSENTED = late(
    r"Date\s+of\s+assent[\s:]+([^\n]{6,30})|\[(\d{1,2}(?:st|nd|rd|th)\s+[A-Z][a-z]+\s+\d{4})\]", re.IGNORECASE
)
_BROUGHT = late(r"\bbrought\s+into\s+force,?\s+on\s+([^,;\n]{6,24})")
_APPOINTED = late(r"\s*on\s+a\s+(?:date|day)\s+(?:to\s+be\s+)?(?:appointed|fixed|set)", re.IGNORECASE)
_ENGLISH_ENDS = late(
    rf"\b(?:this|these|the present)\s+(?:[a-z]+\s+)?(?P<noun>{_NOUN})\s+(?:shall\s+|will\s+)?"
    r"(?:expires?|lapses?|ceases?\s+to\s+(?:have\s+effect|be\s+in\s+force|apply)"
    r"|terminates?|(?P<gone>(?:is|are)\s+repealed)|(?:remains?|is)\s+in\s+(?:force|effect)\s+until)\s+"
    r"(?:(?:on|from|with\s+effect\s+from|at\s+the\s+(?P<end>end|close)\s+of)\s+)?(?P<until>[^.;]{6,60})",
    re.IGNORECASE,
)


def effective(text: str) -> Change | None:
    """The statement that counts: a Chinese text's last, a Japanese text's first, the one at an English text's head."""
    if found := list(_chinese(text)):
        return None if _is_collection(text, found) else found[-1]
    if (japanese := _JAPANESE.search(text)) is not None:
        return _japanese(text, japanese)
    if (cover := _COVER.search(text, 0, _OPENING)) is not None:
        return Change("effective", cover.start(), cover.end(), first_date(cover[1]))
    return _chosen(list(_english(text)))


def _is_collection(text: str, found: Sequence[Change]) -> bool:
    """Whether several texts that each begin with a first article say when they take effect."""
    begins = [article.start() for article in _FIRST_ARTICLE.finditer(text)]
    ends = [0, *(change.end for change in found)]
    return sum(any(low <= at < high for at in begins) for low, high in pairwise(ends)) > 1


def _chinese(text: str) -> Iterator[Change]:
    for verb in _BEGINS.finditer(text):
        low = max(0, verb.start() - 140)
        clause = text[low : verb.start()]
        begin = max(clause.rfind(mark) for mark in "。；") + 1
        if _is_quoted(text, verb.start()):
            continue
        said = clause[begin:] + verb[0].rstrip("施实执生试行效正式 \n")
        own = _OWN.search(said)
        if own is None or _NOT_WHOLE.search(own["between"]) or "《" in own["when"]:
            continue
        on = _chinese_date(text, own["when"], verb.end())
        if on is not None:
            yield Change("effective", low + begin + own.start(), verb.end(), on)


def _chinese_date(text: str, when: str, end: int) -> str | None:
    """The date that 自…起 names; empty for the publication on a day that nobody tells; None if it is no date."""
    if on := first_date(when, to_the_day=True):
        return on
    if not _PUBLISHED.search(when):
        return None
    on = _published(text, end)
    if wait := _AFTER_DAYS.search(when + text[end - 8 : end]):
        number = int(read_number(wait[1]) or 0)
        return later(on, **({"months": number} if wait[2] == "个月" else {"days": number})) if len(on) == 10 else ""
    return on


def _is_quoted(text: str, at: int) -> bool:
    """Whether quotation marks that opened in this paragraph are still open: an amendment gives new words so."""
    line = text[max(text.rfind("\n", 0, at) + 1, at - 400) : at]
    return any(line.rfind(opens) > line.rfind(closes) for opens, closes in ("“”", "「」", "‘’"))


def _published(text: str, end: int) -> str:
    """The date of publication: as the head gives it, beside the statement that ends at ``end``, or at the very end."""
    opening = text[:_OPENING]
    if issued := _ISSUED.search(opening) or _NOW_ISSUED.search(opening):
        return first_date(issued[1])
    if signed := _SIGNED.match(text, end + 1 if text[end : end + 1] in "。" else end):
        return first_date(signed[1])
    if passed := _PASSED.search(opening):
        return first_date(passed[1])
    return _signed_below(text)


def signed(text: str) -> str:
    """The day on which an order or a decision was signed, as its last lines or its number in the title give it."""
    if on := _signed_below(text):
        return on
    numbered = _NUMBERED.search(text, 0, _TITLE)
    return first_date(numbered[1], to_the_day=True) if numbered else ""


def _signed_below(text: str) -> str:
    """The date that is alone in one of the last lines."""
    lines = [line.strip() for line in text[-_ENDING:].splitlines() if line.strip()]
    dates = (first_date(line, to_the_day=True) for line in reversed(lines[-_LAST_LINES:]) if len(line) <= _DATE_LINE)
    return next(filter(None, dates), "")


def _japanese(text: str, found: re.Match[str]) -> Change | None:
    on = first_date(found[1], to_the_day=True)
    if not on:
        if not found[1].startswith("公布の日"):
            return None
        number = _LAW_NUMBER.search(text, 0, _OPENING)
        on = first_date(number[0]) if number and found[1] == "公布の日" else ""
    return Change("effective", found.start(), found.end(), on)


def _verbs(text: str) -> Iterator[Span]:
    """The places of "comes into force" and its like."""
    for end, beginning in _VERBS:
        for found in end.finditer(text):
            if begins := beginning.search(text, max(0, found.start() - _LONGEST_VERB), found.start()):
                yield Span(begins.start(), found.end())


def _english(text: str) -> Iterator[Change]:
    for verb in sorted(_verbs(text)):
        low = max(0, verb.start - 180)
        said = _last_this(text[low : verb.start])
        if said is None or _NOT.search(said["between"]) or not _is_own(text, said["noun"], low + said.start()):
            continue
        before = _BEFORE.search(text[max(0, low + said.start() - 20) : low + said.start()])
        on = None if before and before[1].lower() in _NOT_WHEN else _english_date(text, verb.end)
        if on is not None:
            yield Change("effective", low + said.start(), verb.end, on)
    for said in _FIELD.finditer(text):
        words = text[said.end() : said.end() + _NEAR].partition("\n\n")[0]
        if on := first_date(words, to_the_day=True):
            yield Change("effective", said.start(), said.end(), on)


def _last_this(window: str) -> re.Match[str] | None:
    """The last "this Act" of a window, if no sentence ends behind it."""
    starts = [each.start() for each in _THIS_WORD.finditer(window)]
    return next((found for at in reversed(starts) if (found := _THIS.match(window, at))), None)


def _is_own(text: str, noun: str, at: int) -> bool:
    """Whether "this Act" means the document: an act by its head, and not one that an annex reprints."""
    own = _FIRST_NOUN.search(text, 0, _OPENING)
    kind = _kind(noun)
    if own and _kind(own[1]) == kind:
        return True
    return kind in text[:_OPENING].lower() and not _ATTACHED.search(text, 0, at)


def _kind(noun: str) -> str:
    return noun.split()[-1].lower().rstrip("s")


def _english_date(text: str, at: int) -> str | None:
    """The date behind a statement; empty for a publication whose day nobody tells; None if it is left open."""
    words = text[at : at + _NEAR]
    if found := _ON_PUBLICATION.match(words):
        number = int(found[1] or 0) or _DAYS.get((found[2] or "first").lower(), 0)
        issued = _GAZETTE.search(text, 0, _OPENING)
        on = first_date(issued[1]) if issued and "Journal" in text[:_OPENING] else ""
        return later(on, days=number) if on and number else ""
    if _ASSENT.match(words):
        assent = _ASSENTED.search(text, 0, _HEAD)
        return later(first_date(assent[0]), days=1) if assent else ""
    if found := _AFTER_MADE.match(words):
        made = _MADE.search(text, 0, _OPENING)
        return later(first_date(made[1]), days=1 if found[1] else 0) if made else ""
    if _APPOINTED.match(words):
        dates = sorted(filter(None, (first_date(each[1]) for each in _BROUGHT.finditer(text, at, at + _HEAD))))
        return dates[0] if dates else None
    if _AT_ONCE.match(words):
        return first_date(text[:_OPENING], to_the_day=True)
    sentence = re.split(r"\.\s|;|\n\s*\n", words, maxsplit=1)[0]
    return first_date(sentence, to_the_day=True) or None


def _chosen(found: Sequence[Change]) -> Change | None:
    """The statement at the head, else the last one if all dates agree: others stand in texts that are reprinted."""
    if head := [change for change in found if change.start < _HEAD]:
        return head[0]
    return found[-1] if len({change.on for change in found}) == 1 else None


def expires(text: str, began: Change | None) -> Iterator[Change]:
    """Yields the statement that names the document's last day, if there is one. ``began``: its effect."""
    if began and (valid := _end_after(text, began)):
        yield valid
    elif japanese := _JAPANESE_ENDS.search(text):
        if on := first_date(japanese[1], to_the_day=True):
            yield Change("expires", japanese.start(), japanese.end(), on)
    else:
        for said in _ENGLISH_ENDS.finditer(text):
            before = _BEFORE.search(text[max(0, said.start() - 20) : said.start()])
            on = first_date(said["until"], to_the_day=True)
            if on and _is_own(text, said["noun"], said.start()) and not (before and before[1].lower() in _NOT_WHEN):
                is_gone = said["gone"] and not said["end"]  # on that day it is no longer in force
                yield Change("expires", said.start(), said.end(), later(on, days=-1) if is_gone else on)
                break


def _end_after(text: str, began: Change) -> Change | None:
    """The term that the words in and beside the statement of effect give: 有效期5年, 至2033年12月31日止."""
    behind = text[began.end : began.end + 80]
    if stop := _NEXT_SENTENCE.search(behind):
        behind = behind[: stop.start()]
    words = text[began.start : began.end] + behind
    until = _UNTIL.match(behind)
    if until:
        on, end = first_date(until["until"], to_the_day=True), began.end + until.end()
    elif (valid := _VALID.search(words)) and "许可" not in words[: valid.start()]:
        on, end = _last_day(valid, began.on), began.start + valid.end()
    else:
        return None
    return Change("expires", began.start, max(end, began.end), on) if on else None


def _last_day(valid: re.Match[str], began: str) -> str:
    """The last day of a term that begins on a day; empty if that day is not known."""
    if valid["until"]:
        return first_date(valid["until"], to_the_day=True)
    if len(began) < 10:
        return ""
    number = int(read_number(valid["number"]) or 0)
    return later(
        began, months=number if valid["unit"] == "个月" else 0, years=number * (valid["unit"] == "年"), days=-1
    )
