"""Resolves the pronouns of a follow-up against the question before it.

``it``, ``they``, 它 and 其 refer to the topic of that question: the subject of its clause, or the owner of the property
that it asks for. "this law" and 该办法 refer to the only name in that question that ends with this noun. If several
names are possible, the pronoun stays.
"""

from __future__ import annotations

import re

from sinkqa.ingest.text.language import detect
from sinkqa.service.answering.dialogue.exchanging import DOCUMENT, DOCUMENT_ZH, LEAD_ZH, Slot, slots, with_the

_AUX = r"(?:is|are|was|were|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had)"
_DOES = r"(?:do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had)"
_VERB = (  # none that is a noun as often: limit, measure, plan
    r"(?:take|enter|come|came|apply|say|cover|mean|require|last|expire|provide|contain|pay|include|begin|define|prohibit|ban|allow|permit|regulate"
    r"|govern|differ|sell|buy|have|get|make|give|receive|submit|surrender|replace|repeal|amend|establish|create|offer|protect|hold|happen|exist|calculate"
    r"|monitor|expect|become|be|been|go|reach|depend|affect|deal|grow|store|lose|earn)"
)
_STATE = re.compile(
    r"\s+(?:not\s+)?(?:\w+(?:ed|able|ible|ory|sive|tive|ding)|in force|valid|legal|free|open|made|done|held|set|given"
    r"|part)\b.*\Z",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"\A(?:[^,]*?\b)?(?P<aux>{_DOES})\s+(?P<np>(?!there\b)\S.*?)(?=\s+(?:not\s+|still\s+|also\s+)?{_VERB}\b)",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(r"\A(?:what|who|which|where)(?:['’]s|\s+(?:is|are|was|were))\s+(?P<np>.+)\Z", re.IGNORECASE)
_IS = re.compile(r"\A(?:[^,]*?\b)?(?:is|are|was|were)\s+(?P<np>(?!there\b)\S.*)\Z", re.IGNORECASE)
_ABOUT = re.compile(
    r"\A(?:please\s+)?(?:tell me about|explain|describe|what about|summari[sz]e|who\s+\w+s)\s+(?P<np>.+)\Z",
    re.IGNORECASE,
)
_ASKING_ZH = re.compile(
    r"是(?:多少|什么|指|谁|否|不是|哪)|有(?:哪些|什么|没有|多少)|何时|什么|多久|多少|几|由谁|谁|哪|怎么|怎样|如何|为什么|为何|是否|能否|可否|可以"
    r"|能不能|需要|应当|应该|必须|不得|规定|适用|包括|要求|对|在|从|自|把|被|将|是|有|会|吗|需"
)
_YEAR_END = re.compile(r"(?:(?:到|在)?(?:19|20)\d\d年?)+\Z")
_KINDS_ZH = (
    "实施条例|管理办法|实施办法|暂行条例|办法|条例|规定|细则|法律|法|协定|公约|议定书|方案|规划|意见|通知|标准|方法学|项目"
    "|制度|机制|政策|计划|市场|机构|部门|企业|条款|条"
)
_THIS_ZH = re.compile(
    rf"(?:(?<!应)该|(?<!因)此|上述|这(?:一|部|个|项|份|种|条)?|那(?:部|个|项|份|种|条))(?P<noun>{_KINDS_ZH})"
)
_IT_ZH = re.compile(
    r"(?P<owner>(?:它们?|他们)的|(?<![极尤与])其(?![中他余实次它]))|(?P<it>它们?|他们)|(?P<this>\A(?:这个?|那个?)(?=是|有|由|何|什|从|适|需|能|可))"
)
_FORMER_ZH, _LATTER_ZH = "前者", "后者"
_NOUN = (
    r"law|act|regulations?|rules?|scheme|programme|program|agreement|protocol|convention|order|directive|policy|plan|strategy"
    r"|measures?|methodology|standard|system|market|project|country|document|decision"
)
_THIS = re.compile(
    rf"\b(?:this|that|these|those)\s+(?P<noun>{_NOUN})\b(?!['’])|(?<=\bthe )(?P<bare>law|act)(?=\s*\?|\Z)", re.I
)
_ITS = re.compile(
    r"\b(?:its|their|theirs)\b(?:\s+(?P<what>[a-z-]+(?:\s[a-z-]+){0,2}?)(?=\s*[?.]?\Z|\s(?:in|of|for|under|by|is|are)\b))?",
    re.I,
)
_IT = re.compile(
    r"\b(?:it|they|them)\b(?!\s+(?:\w+\s+){0,3}(?:to|that|if|whether)\b)"
    rf"|(?:(?<=\bis )|(?<=\bare )|(?<=\bwas )|(?<=\bdoes ))(?:that|this|these|those)\b(?!\s+(?:{_NOUN})\b)"
    r"|\b(?:that|this|these|those)(?=\s*\?*\Z)",
    re.IGNORECASE,
)
_THERE = re.compile(r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b(?!\s+(?:is|are|was|were|any|an?)\b)", re.I)
_PERSON = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)
_FORMER = re.compile(r"\bthe (?P<which>former|latter|first|second)(?: one)?\b", re.IGNORECASE)
_PLACES = {"country", "region", "province"}


def pointed(before: str, turn: str) -> tuple[str, str]:
    """The turn with its pronouns resolved, and the pronoun that could not be resolved, or "".

    ``before`` is the last full question, or "" if there is none. A turn without pronouns is unchanged.
    """
    return _pointed_zh(before, turn) if detect(turn) == "zh" else _pointed_en(before, turn)


def topic(question: str) -> str:
    """The subject of a question's clause, in the question's words, or "" if the rules find none.

    If the question asks for a property of a thing, the thing is the subject: 林场碳汇 in 林场碳汇的抵销比例上限是多少.
    """
    bare = question.strip().rstrip("?？。.! ")
    return _topic_zh(bare) if detect(question) == "zh" else _topic_en(bare)


def named_document(question: str) -> str:
    """The only document that a question names, in the question's words; "" if it names none or several."""
    known = {slot.name: slot.said for slot in slots(question) if slot.kind == "instrument" and _reads_as_document(slot)}
    if len(known) == 1:
        said = next(iter(known.values()))
        return with_the(said) if said.isascii() else said
    if known:
        return ""
    if detect(question) == "zh":
        found = list(dict.fromkeys(LEAD_ZH.sub("", match[0]) for match in DOCUMENT_ZH.finditer(question)))
        return found[0] if len(found) == 1 else ""
    return ""


def _reads_as_document(slot: Slot) -> bool:
    """Whether a known instrument is a text, and no unit or mechanism: 森林法 and no CCER."""
    return slot.said[0] == "《" or bool(DOCUMENT.search(f"{slot.said}") or DOCUMENT_ZH.fullmatch(slot.said))


def _topic_zh(bare: str) -> str:
    said = LEAD_ZH.sub("", bare)
    asks = _ASKING_ZH.search(_blanked(said))
    head = said[: asks.start()] if asks else said
    owner = head.partition("的")[0] if "的" in _blanked(head) else head
    owner = re.sub(r"[里中内上]\Z", "", _YEAR_END.sub("", owner).strip("，, "))
    if _is_place(owner):
        owner = head.strip("，, ")  # 它 is no country, but what the country has
    return owner if _is_noun_zh(owner) else named_document(bare)


def _is_place(said: str) -> bool:
    return any(slot.said == said and slot.kind in _PLACES for slot in slots(said))


def _is_noun_zh(said: str) -> bool:
    """Whether Chinese words may name something: no clause, no pronoun, nothing that wants words after it."""
    if not 2 <= len(said) <= 30 or re.search(r"[，,；;了]|如果|[到在于没要被把会使让给对从与和或及低高]\Z", said):
        return False
    import rjieba  # its dictionary costs 0.1 s, which most turns need not pay

    tags = [tag[:1] for _, tag in rjieba.tag(re.sub(r"[《》“”（）()]", "", said))]
    return not {"p", "d", "r", "y"} & set(tags)


def _blanked(said: str) -> str:
    """The text with its names blanked, so that no word is looked for in them: 对 in 应对气候变化法."""
    taken = [(slot.start, slot.end) for slot in slots(said)]
    taken += [
        match.span()
        for match in re.finditer("应对|对外|自愿|自然|有关|所有|国有|规定书|会议|在线|将来|有害|有机|需求|专有", said)
    ]
    for start, end in taken:
        said = said[:start] + "\0" * (end - start) + said[end:]
    return said


def _topic_en(bare: str) -> str:
    for pattern in (_WHAT_IS, _SUBJECT, _ABOUT):
        if (found := pattern.match(bare)) and _is_phrase(found["np"]):
            return found["np"].strip()
    if found := _IS.match(bare):
        said = _STATE.sub("", found["np"])
        if said != found["np"] and _is_phrase(said):
            return said.strip()
    return named_document(bare)


def _is_phrase(said: str) -> bool:
    """Whether words may be a noun with what belongs to it: few, none of them asking or pointing."""
    asks = re.search(r"\b(?:what|which|who|how|why|it|they|this|that|and what|there)\b|[,;:]", said, re.IGNORECASE)
    return 1 <= len(said.split()) <= 12 and not asks


def _several(before: str) -> bool:
    """Whether the question has several of the things that "it" may stand for: two countries, two laws."""
    kinds = [("place" if slot.kind in _PLACES else slot.kind, slot.name) for slot in slots(before)]
    return any(
        kind == "place" and name != other for kind, name in set(kinds) for same, other in set(kinds) if kind == same
    )


def _sides(before: str) -> list[str]:
    """Names of one kind, where the question has just two of them."""
    for kind in ("place", "instrument", "name"):
        named = [s.said for s in slots(before) if ("place" if s.kind in _PLACES else s.kind) == kind]
        if len(dict.fromkeys(named)) == 2:
            return list(dict.fromkeys(named))
    return []


def _pointed_zh(before: str, turn: str) -> tuple[str, str]:
    for word, place in ((_FORMER_ZH, 0), (_LATTER_ZH, 1)):
        if word in turn:
            sides = _sides(before)
            return (turn.replace(word, sides[place]), "") if sides else (turn, word)
    if this := _THIS_ZH.search(turn):
        named = _ending_with(before, this["noun"])
        return (turn[: this.start()] + named + turn[this.end() :], "") if named else (turn, this[0])
    if not (it := _IT_ZH.search(turn)):
        return turn, ""
    about = topic(before)
    is_other = _is_place(about) and not it["owner"]
    if not about or is_other or (_several(before) and "们" not in it[0]):
        return turn, it[0].removesuffix("的")
    return turn[: it.start()] + (f"{about}的" if it["owner"] else about) + turn[it.end() :], ""


def _ending_with(before: str, noun: str) -> str:
    """The only name of the question that is a ``noun``: 林场碳汇管理办法 for 该办法, and its document for 该法."""
    document = named_document(before)
    if document and (document.strip("《》").endswith(noun) or noun in ("法律", "规定")):
        return document
    found = list(dict.fromkeys(re.findall(rf"[\u4e00-\u9fff]{{1,20}}?{noun}", LEAD_ZH.sub("", before))))
    if len(found) == 1:
        return LEAD_ZH.sub("", found[0])
    return topic(before) if not found and topic(before).endswith(noun[-1]) else ""


def _pointed_en(before: str, turn: str) -> tuple[str, str]:
    if former := _FORMER.search(turn):
        sides = _sides(before)
        place = 0 if former["which"].lower() in ("former", "first") else 1
        return (_put(turn, former, with_the(sides[place])), "") if sides else (turn, former[0])
    if person := _PERSON.search(turn):
        return turn, person[0]
    if this := _THIS.search(turn):
        named = _named_noun(before, this["noun"] or this["bare"])
        start = this.start() - (4 if this["bare"] else 0)
        return (turn[:start] + named + turn[this.end() :], "") if named else (turn, this[0])
    if there := _THERE.search(turn):
        places = {slot.name: slot.said for slot in slots(before) if slot.kind in _PLACES}
        if len(places) != 1:
            return turn, there[0]
        return _put(turn, there, f"in {with_the(next(iter(places.values())))}"), ""
    it = _ITS.search(turn) or _IT.search(turn)
    if not it:
        return turn, ""
    word = it[0].split()[0]
    about = _agreeing(
        before, topic(before), is_plural=word.lower() in ("they", "them", "their", "theirs", "these", "those")
    )
    is_other = it.re is _IT and _is_place(about)
    if not about or is_other or (_several(before) and word.lower() in ("it", "its", "that", "this")):
        return turn, word
    if it.re is _IT:
        return _put(turn, it, about), ""
    what = it.groupdict().get("what")
    is_long = len(about.split()) > 4 or re.search(r"\b(?:in|of|for|under|on)\b", about)
    if is_long and what:
        return _put(turn, it, f"the {what} of {about}"), ""
    owner = f"{about}{'’' if about.endswith('s') else '’s'}"
    return _put(turn, it, f"{owner} {what}" if what else owner), ""


def _agreeing(before: str, about: str, *, is_plural: bool) -> str:
    """What a question is about, where it fits "they" or "it"; else the document that it names for "it", or ""."""
    head = re.split(r"\s(?:in|of|for|under|on|by|to|from|with)\s", about)[0]
    reads_plural = bool(re.search(r"[^s]s\Z|\band\b|people\Z", head)) and not re.search(r"['’]s?\Z|(?:us|is)\Z", head)
    if not about or reads_plural == is_plural or (is_plural and head.split()[-1][:1].isupper()):
        return about
    if is_plural:
        return f"{re.sub(r'^an? ', '', head)}s{about[len(head) :]}" if re.match(r"an?\s", head) else ""
    return named_document(before)


def _named_noun(before: str, noun: str) -> str:
    """What "this law" stands for: the only document named, or the subject where it ends with the noun."""
    document, about = named_document(before), topic(before)
    if about.lower().endswith(noun.lower()):
        return about
    is_text = noun.lower() not in (
        "scheme",
        "programme",
        "program",
        "system",
        "market",
        "project",
        "country",
        "standard",
    )
    return document if is_text else ""


def _put(turn: str, match: re.Match[str], said: str) -> str:
    """The turn with ``said`` in place of a match, with a capital where the turn began with one."""
    said = said[0].upper() + said[1:] if match.start() == 0 and turn[:1].isupper() else said
    return turn[: match.start()] + said + turn[match.end() :]
