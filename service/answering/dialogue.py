"""Dialogue step of the flow: a question that leans on the turns before it into one that stands alone, by stated rules.

A question leans on the last full one where it is short and

- *elliptical*: it opens with a joining word ("And for the US?", "那日本呢？") or is no more than a name, a year or a
  provision, and asks nothing itself: it is that question with the new name in the place of the one of its kind, or
  with the new words added where there is none;
- *bare*: only words that ask ("How much?", "为什么？"): it asks this of what that question says;
- *pointing*: "it", "their", "该", "其" beside a few words of its own: what that question is about takes their place;
- *a wish* for another form of the same answer ("In English please", "再详细一点"): it is that question again.

Any other question stands alone and is left as it is. Where the rules cannot tell what is meant the turn is left as it
is, too, and they say so. Only what the user said counts, not the answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.analyzer import units
from ingest.language import detect
from ingest.view import fold
from service.answering.conversing import Manner, small_talk, wish
from service.answering.exchanging import exchange, phrase_slots, slots, with_the
from service.answering.pointing import named_document, pointed, topic
from service.answering.understanding import understand

_LEANS = 160  # characters: what is longer says what it means
MOST_TURNS, MOST_CHARS = 8, 1_000  # a thread further back, or a pasted text, is not what a short question leans on

_JOINS = re.compile(
    r"\A(?:(?:and|but|or|also|then|so|ok|okay|well|what about|how about|and what about|and how about)\b[\s,]*)+"
    r"|\A(?:那么|那麼|那|还有|另外|而|以及|换成|如果是|要是|再问)[，,\s]*",
    re.IGNORECASE,
)
_TRAILS = re.compile(
    r"(?:又?呢|又?如何|怎么样|怎样|\b(?:instead|then|too|as well|please)\b)?[\s?？。.!！]*\Z", re.IGNORECASE
)
_IS_TRAILING = re.compile(r"呢[\s?？。.!！]*\Z")
_END = re.compile(r"[\s?？。.!！]*\Z")
_EMPTY = (
    "a an the of in on at for to from by with about as into than is are was were be been do does did has have had can "
    "could may might must shall should will would and or but not no if i we you me us please tell say much many long "
    "what who which when where why how then there it its they them their this that these those same one ones any more "
    "的了吗呢是在于对和与或有由被把从到为其该此它们这那个些吧啊请问要会能可以又也都还么"
)
_PREPOSITION = re.compile(
    r"\A(?:(?:in|for|at|by|of|with|under|on|to|from|since|until|after|before)\b|对于|对|在)\s*", re.IGNORECASE
)
_AUX = (
    "is|are|was|were|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had|"
    "isn't|aren't|don't|doesn't|can't"
)
_YES_NO = re.compile(rf"\A(?:{_AUX})\b", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"\A(?P<ask>(?:what|which)\s+(?:is|are|was|were)\s+)(?P<the>the\s+)?(?P<whose>\S.*?['’]s?\s+)?(?P<core>.+?)"
    r"(?P<where>\s+(?:in|of|for|under|by|to|on|within|per)\s.*?)?(?P<end>[\s?]*)\Z",
    re.IGNORECASE,
)
_OF_ZH = re.compile(
    r"\A(?P<whose>.+的)(?P<core>[^的，,]{1,12}?)(?P<ask>是(?:多少|什么|哪些)|有哪些|为多少)(?P<end>.*)\Z"
)
_MEASURES = re.compile(
    r"(?:上限|下限|价格?|碳价|期限|面积|比例|目标|定义|罚款|处罚|条件|范围|程序|标准|要求|日期|时间|部门|期)\Z"
)
_MATTERS_EN = re.compile(
    r"\A(?:the\s+|any\s+)?(?P<noun>(?:\w+\s)?(?:exceptions?|exemptions?|deadlines?|time limits?|penalt(?:y|ies)|fines?"
    r"|conditions?|requirements?|examples?|definitions?|scope|sanctions?))\Z",
    re.IGNORECASE,
)
_MATTERS_ZH = re.compile(
    r"\A(?:它们?的|其)?(?P<noun>(?:例外|豁免|[\u4e00-\u9fff]{0,2}期限|时限|限制|处罚|罚款|罚则|法律责任|[\u4e00-\u9fff]{0,2}条件|要求|例子|依据|上限|下限"
    r"|主管部门|适用范围|范围|定义|施行日期|立法目的|目的|[\u4e00-\u9fff]{0,2}程序|[\u4e00-\u9fff]{0,2}标准|计入期))\Z"
    r"|\A(?:它们?的|其)(?P<owned>[\u4e00-\u9fff]{1,6})\Z"
)
_ITS = re.compile(r"\A(?:its|their)\s+(?P<noun>[a-z][a-z -]{2,30})\Z", re.IGNORECASE)
_HAS = re.compile(
    r"\A(?:(?:are|is|were|was) there\s+|(?:does|do) (?:it|they) have\s+)?(?:any|an?|other)\s+(?P<noun>[a-z ]{4,30}?)[\s?]*\Z"
    r"|\A(?:有没有|是否有|有)(?P<zh>什么)?(?:例外|豁免|期限|时限|时间限制|限制|处罚|罚款|条件|要求|例子|依据|上限|下限|规定)[^，]{0,4}\Z",
    re.IGNORECASE,
)
_BARE = {
    "why": "为什么", "why not": "为什么不", "how come": "为什么", "since when": "从什么时候开始", "how much": "多少",
    "how many": "多少", "how long": "多久", "how": "如何", "when": "什么时候", "where": "在哪里", "who": "谁",
    "by whom": "由谁", "by when": "到什么时候", "until when": "到什么时候", "which ones": "哪些", "which": "哪些",
    "which article is that": "哪一条规定", "which article": "哪一条规定", "what article is that": "哪一条规定",
    "which section is that": "哪一条规定", "where does it say so": "哪一条规定", "where does it say that": "哪一条规定",
    "says who": "哪一条规定", "source": "哪一条规定", "sources": "哪一条规定", "where is that": "哪一条规定",
    "reference": "哪一条规定", "which law": "哪部法律", "which law is that": "哪部法律", "how so": "为什么",
}  # fmt: skip
_BARE_ZH = {
    "为什么": "why", "为何": "why", "为什么呢": "why", "原因呢": "why", "原因": "why", "多少": "how much",
    "是多少": "how much", "具体多少": "how much", "多久": "how long", "从什么时候开始": "since when",
    "什么时候": "when", "何时": "when", "什么时候开始": "since when", "谁": "who", "由谁": "by whom", "在哪里": "where",
    "怎么": "how", "如何": "how", "怎么做": "how", "哪些": "which ones", "这是哪一条": "which article",
    "是哪一条": "which article", "哪一条": "which article", "哪条": "which article", "第几条": "which article",
    "在哪一条": "which article", "这是哪条规定的": "which article", "依据呢": "which article", "出处呢": "which article",
    "出处": "which article", "依据是什么": "which article",
}  # fmt: skip
_ASKS_ONLY = re.compile(  # words that ask this of what the question before says
    r"\A.{0,2}(?:多少|几|多久|多长|多大|多高)(?:钱|元|年|天|个月|时间)?\Z|\A(?:这|那)?(?:是|在)?(?:依据|根据|出自|属于)?的?(?:是|在)?(?:哪|第几)一?条(?:规定)?(?:的|里)?\Z"
    r"|\A哪(?:个|一个|边|种|家)(?:更|最|比较)[\u4e00-\u9fff]{1,4}\Z|\Awhy\s+(?:so \w+|is (?:that|this|it)(?: so)?|though|then|not)\Z"
    r"|\A(?:how|since when|until when) exactly\Z|\Awhich (?:one |of (?:them|these) |of the two )?(?:is|are|has) (?:the )?(?:more \w+|\w+er|\w+est|most \w+)\Z",
    re.IGNORECASE,
)
_SUBJECTLESS = re.compile(
    r"\A(?:(?:由|应)?谁|怎么|怎样|如何|什么时候|何时|多久|在哪里?|哪些部门|去哪里?|向谁)[\u4e00-\u9fff]{1,6}\Z"
)
_SHORT_ASKING = re.compile(r"\A(?:who|how|when|where)(?:\s[a-z]+){1,3}\Z", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"\A(?:(?:please |can you )?(?:give|show)(?: me)? (?:an |some )?examples?|for example|like what|such as|(?:请|能|能不能|可以)?举个?(?:几个)?例子?(?:说明)?吗?|比如|例如|比如说)\Z",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"\Awhat (?:is|are|was|were)\s+(?P<rest>the\s+.+)\Z", re.IGNORECASE)
_DOES_IT = re.compile(
    r"\A(?:(?:what|how|when|where|why|who)\s+)?(?:do|does|did|is|are|was|were|will|has|have)\s+", re.IGNORECASE
)
_EARLY = re.compile(  # a pronoun before any noun that it could stand for
    rf"\A(?:(?:what|how|when|where|why|who|which)\s+(?:\w+\s+)?)?(?:{_AUX})\s+(?:it|they|its|their|that|this|these|those)\b"
    r"|\A(?:it|they|its|their|this|that)\b|\A(?:它|他们|其(?![中他余实次它])|该|这|那(?!么)|上述|前者|后者)",
    re.IGNORECASE,
)
_NEIGHBOUR = re.compile(
    r"\A(?:(?:the )?(?:next|previous|last) (?:one|section|article|paragraph|part)|[上下前后]一[条款项章节个])\Z",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"\b(?:what|which|who|whom|whose|when|where|why|how)\b|\A(?:{_AUX})\b|什么|多[少长久大高远深]|哪|谁|几|怎|如何|吗|是否|何时|为何|是不是|有没有",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Followed:
    """The last turn, made to stand alone where it leans on the ones before it.

    ``question`` is the turn as it stands where it was not ``rewritten``. ``unresolved``: the words of it that lean on
    something that could not be told, "" where none do. ``language`` is the one that the answer is wanted in: the
    turn's, or the one that it asks for. ``manner``: a wish about the answer's form; "summary" names its document.
    """

    question: str
    rewritten: bool
    unresolved: str
    language: str
    manner: Manner = ""


def follow(turns: Sequence[str]) -> Followed:
    """The last of the user's ``turns`` as a question of its own; see :class:`Followed`.

    At most the last eight are looked at, each resolved in its turn, and none before a text of over 1,000 characters.
    What is no question, a greeting or thanks, is passed over, and so is one that could not be resolved.
    """
    before, followed = "", Followed("", False, "", "en")
    for turn in turns[-MOST_TURNS:]:
        turn = turn.strip()
        if small_talk(turn):
            followed = Followed(turn, False, "", detect(turn))
            continue
        known = before if len(before) + len(turn) <= MOST_CHARS else ""
        followed = _follow(known, turn)
        before = before if followed.unresolved else followed.question
    return followed


def resolve(turns: Sequence[str]) -> str:
    """The question of :func:`follow`."""
    return follow(turns).question


def untold(followed: Followed) -> str:
    """What to tell the asker, in their language, of a turn that leans on something that could not be told; else ""."""
    if not followed.unresolved:
        return ""
    if followed.language == "zh":
        return f"不清楚“{followed.unresolved}”指的是什么，请把问题说完整。"
    return f"It is not clear what “{followed.unresolved}” stands for: please ask the whole question."


def _follow(before: str, turn: str) -> Followed:
    """The turn with what it takes from the full question ``before``; "" is none."""
    if len(turn) > _LEANS:
        return Followed(turn, False, "", detect(turn))
    language = next((each for each in (detect(turn), detect(before)) if each in ("zh", "en")), "en")
    wanted = wish(turn)
    if wanted == "summary":
        document = named_document(before)
        asks = f"总结{document}" if language == "zh" else f"Summarise {document}"
        return Followed(asks if document else turn, bool(document), "" if document else turn, language, "summary")
    if wanted:
        manner: Manner = wanted if wanted in ("shorter", "longer", "table") else ""
        language = wanted if wanted in ("en", "zh") else language
        return Followed(before or turn, bool(before), "" if before else turn, language, manner)
    question, unresolved = _rewritten(before, turn)
    return Followed(turn if unresolved else question, question != turn and not unresolved, unresolved, language)


def _rewritten(before: str, turn: str) -> tuple[str, str]:
    """The turn made to stand alone, and the words that could not be told, "" where all could."""
    bare = _END.sub("", turn)
    rest = _JOINS.sub("", bare).strip()
    said = rest.lower() if rest.isascii() else rest
    if said in _BARE or said in _BARE_ZH or _ASKS_ONLY.match(said):
        return (_asked_of(before, said), "") if before else (turn, bare)
    phrase = _TRAILS.sub("", rest).strip()
    if _NEIGHBOUR.match(phrase):
        return turn, phrase
    if _HAS.match(bare) or _EXAMPLE.match(phrase):
        return _of_topic(before, turn, "")
    if asked := _DEFINITE.match(rest):
        phrase = asked["rest"] if _MATTERS_EN.match(asked["rest"]) else phrase
    matter = _ITS.match(phrase) or _MATTERS_EN.match(phrase) or _MATTERS_ZH.match(phrase)
    if matter and not _ASKS.search(phrase):
        head = _new_head(before, phrase) if not _ITS.match(phrase) else ""
        return (head, "") if head else _of_topic(before, turn, matter["noun"] or matter["owned"])
    if _JOINS.match(turn) and _DOES_IT.match(rest) and _is_name(_DOES_IT.sub("", rest)):
        phrase = rest = _DOES_IT.sub("", rest)
    if _is_elliptical(turn, rest):
        return _exchanged(before, turn, phrase)
    if before and not slots(rest) and _weight(_words(rest)) <= 2:
        if _SUBJECTLESS.match(rest) and (about := topic(before)):
            return f"{about}{rest}？", ""
        if _SHORT_ASKING.match(rest) and _weight(_words(rest)) <= 1 and pointed(before, turn) == (turn, ""):
            return f"{rest}: {before}", ""
    is_early = _EARLY.match(rest) and _weight(_words(rest)) <= 4
    return pointed(before, turn) if is_early or _weight(_words(rest)) <= 2 else (turn, "")


def _is_name(said: str) -> bool:
    """Whether words are names and no more."""
    named = phrase_slots(said)[1]
    return bool(named) and not set(_words(said)) - set(units(" ".join(slot.said for slot in named)))


def _is_elliptical(question: str, rest: str) -> bool:
    """Whether nothing is asked: what follows the joining word is a phrase, or all of it is names and years."""
    said = _TRAILS.sub("", rest)
    named = phrase_slots(said)[1]
    if _ASKS.search(said) or not (_words(said) or named) or len(_words(said)) > 12:
        return False
    joins, trails = _JOINS.match(question), _IS_TRAILING.search(question)
    if joins and not joins[0].isascii() and not trails and len(said) > 8:
        return False
    names = units(" ".join(slot.said for slot in named))
    joined = joins or trails or (_PREPOSITION.match(said) and "?" in question)
    return bool(joined) or not set(_words(said)) - set(names)


def _exchanged(before: str, turn: str, phrase: str) -> tuple[str, str]:
    """The question before with the names and years of the phrase in the places of theirs; what is new is added."""
    if not before:
        leans = _JOINS.match(turn) or _IS_TRAILING.search(turn) or _PREPOSITION.match(phrase)
        return turn, phrase if leans else ""
    new = exchange(before, phrase)
    if new.between:
        return turn, new.between
    rest = _PREPOSITION.sub(lambda lead: lead[0].lower(), new.left)
    if new.left_kind == "provision" and (document := named_document(new.question)):
        zh = detect(new.question) == "zh"
        return (f"{document}{rest}规定了什么？" if zh else f"What does {rest} of {document} say?"), ""
    is_said = _JOINS.match(turn) or _IS_TRAILING.search(turn) or _PREPOSITION.match(phrase)
    if new.question == before and new.left_kind in ("name", "instrument") and not is_said:
        return turn, ""  # another name by itself: a topic of its own
    known = set(units(new.question))
    if not [word for word in _words(rest) if word not in known]:
        return new.question, ""
    head = _new_head(new.question, rest)
    if head:
        return head, ""
    if detect(before) == "zh":
        return f"{rest if new.left_kind == 'year' else rest + '，'}{new.question}", ""
    if re.match(r"(?:the|this|that|these|those)\b", rest, re.IGNORECASE) and not new.left_kind:
        return turn, rest  # another thing asked, and not known of what
    lead = "" if _PREPOSITION.match(rest) else {"instrument": "under ", "year": "in "}.get(new.left_kind, "for ")
    lead = "in " if not _PREPOSITION.match(rest) and new.left_kind in ("country", "region", "province") else lead
    end = _END.search(new.question)
    cut = end.start() if end else len(new.question)
    return f"{new.question[:cut]} {lead}{rest}{new.question[cut:]}", ""


def _new_head(question: str, phrase: str) -> str:
    """The question with another thing asked: "What is the limit in China?" + "the price"; "" where it is no such."""
    if found := _OF_ZH.match(question):
        phrase = re.sub(r"\A(?:它们?的|其)", "", phrase)
        if _MEASURES.search(phrase) and not phrase.isascii():
            return f"{found['whose']}{phrase}{found['ask']}{found['end']}"
        return ""
    found = _WHAT_IS.match(question)
    if not found or not re.match(r"the\s", phrase, re.IGNORECASE):
        return ""
    noun = phrase if not found["whose"] else re.sub(r"\Athe\s+", "", phrase, flags=re.IGNORECASE)
    whose = (found["the"] or "") + found["whose"] if found["whose"] else ""
    asks = found["ask"].split()[0] + (" are " if noun.endswith("s") else " is ")
    return f"{asks}{whose}{noun}{found['where'] or ''}{found['end']}"


def _asked_of(before: str, bare: str) -> str:
    """The question ``before`` asked by other words: "Why does the scheme pay for peat?" of "Does the scheme …?"."""
    if bare not in _BARE and bare not in _BARE_ZH or bare == "why not":
        return f"{bare}：{before}" if detect(before) == "zh" else f"{bare[0].upper()}{bare[1:]}: {before}"
    if detect(before) == "zh":
        asks = bare if bare in _BARE_ZH else _BARE[bare]
        asks = _BARE[_BARE_ZH[asks]] if asks in ("原因", "原因呢", "依据呢", "出处呢", "出处") else asks
        stated = re.sub(r"吗?[\s?？。]*\Z", "", before)
        is_yes_no = stated + "吗" in before or "是否" in before
        return f"{asks}{stated.replace('是否', '', 1)}？" if is_yes_no else f"{asks}：{before}"
    asks = bare if bare in _BARE else _BARE_ZH[bare]
    asks = re.sub(
        r"\A(which article|what article|which section).*|\Awhere does it.*|\Asays who\Z", "which article", asks
    )
    asks = asks.capitalize()
    if _YES_NO.match(before) and asks != "Which article":
        return f"{asks} {before[0].lower()}{before[1:]}"
    what = _WHAT_IS.match(before)
    if what and asks in ("How much", "How many", "How long", "When", "Where"):
        verb = what["ask"].split()[1]
        return f"{asks} {verb} {before[what.end('ask') :]}"
    return f"{asks}: {before}"


def _of_topic(before: str, turn: str, noun: str) -> tuple[str, str]:
    """A question for exceptions, deadlines and the like, of what the question before is about."""
    bare = _END.sub("", turn)
    phrase = _TRAILS.sub("", _JOINS.sub("", bare)).strip()
    about = topic(before)
    if not about:
        return turn, bare
    if _EXAMPLE.match(phrase):
        return (f"{about}有哪些例子？" if detect(turn) == "zh" else f"What are examples of {about}?"), ""
    if detect(turn) == "zh":
        return (f"{about}{bare}？" if not noun else f"{about}的{noun}是什么？"), ""
    places = [slot.said for slot in slots(before) if slot.kind in ("country", "region", "province")]
    if len(places) == 1 and places[0] not in about:
        about += f" in {with_the(places[0])}"
    if noun:
        return (
            f"What {'are' if noun.endswith('s') else 'is'} the {noun} {'of' if _ITS.match(phrase) else 'for'} {about}?",
            "",
        )
    return f"{bare} for {about}?", ""


def _words(text: str) -> list[str]:
    """What a question says beside the words that ask: characters of Chinese, stems of English."""
    return [unit for unit in units(understand(text).matter) if unit not in _empty()]


@cache
def _empty() -> frozenset[str]:
    return frozenset(units(_EMPTY))


def _weight(words: Sequence[str]) -> float:
    """Words, two Chinese characters for one."""
    return sum(1.0 if word.isascii() else 0.5 for word in words)
