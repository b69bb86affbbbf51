"""Rewrites a question that depends on earlier turns into one that stands alone, by stated rules.

A question depends on the last full question if it is short and of one of these kinds:

- *elliptical*: it begins with a joining word ("And for the US?", "那日本呢？"), or it is only a name, a year or a
  provision and asks nothing itself. It becomes the last question, with the new name in place of the name of the same
  kind. If there is no name of that kind, the new words are added.
- *bare*: it has only question words ("How much?", "为什么？"). It is asked about the statement of the last question.
- *pointing*: it has a few words of its own and "it", "their", "该" or "其". The topic of the last question replaces the
  pronoun.
- *a wish* for another form of the same answer ("In English please", "再详细一点"): it becomes the last question again.

Any other question stands alone and is unchanged. If the rules cannot tell what a turn refers to, the turn is unchanged
too, and the result says so. The rules read only the user's turns, not the answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.language import detect
from sinkqa.service.answering.dialogue.conversing import Manner, small_talk, wish
from sinkqa.service.answering.dialogue.exchanging import exchange, phrase_slots, slots, with_the
from sinkqa.service.answering.dialogue.phrases import bare as bare_words
from sinkqa.service.answering.dialogue.phrases import phrases, whole
from sinkqa.service.answering.dialogue.pointing import named_document, pointed, topic
from sinkqa.service.answering.understanding.question import understand

_LEANS = 160  # characters: what is longer says what it means
MOST_TURNS, MOST_CHARS = 8, 1_000  # a thread further back, or a pasted text, is not what a short question leans on

_JOINS = re.compile(rf"\A{phrases('joins')}", re.IGNORECASE)
_TRAILS = re.compile(rf"{phrases('trails')}?[\s?？。.!！]*\Z", re.IGNORECASE)
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
_WHAT_A = re.compile(r"\A(?P<ask>what\s+(?:is|are)\s+)an?\s+\w+(?:\s\w+){0,3}?(?P<end>[\s?]*)\Z", re.IGNORECASE)
_SAYS_ON = re.compile(r"\A(?P<ask>.{8,}\b(?:about|regarding)\s+)\w+(?:\s\w+){0,2}?(?P<end>[\s?]*)\Z", re.IGNORECASE)
_WHAT_ZH = re.compile(
    r"\A(?P<ask>(?:请问)?(?:什么是|什么叫|何为|何谓)?)[^的，,是什？?]{2,12}(?P<asks>(?:是|指|是指)(?:什么|啥)(?:意思)?)?(?P<end>[\s？?]*)\Z"
)
_OF_ZH = re.compile(
    r"\A(?P<whose>.+的)(?P<core>[^的，,]{1,12}?)(?P<ask>是(?:多少|什么|哪些)|有哪些|为多少)(?P<end>.*)\Z"
)
_MEASURES = re.compile(rf"{phrases('measure')}\Z")
_MATTERS_EN = re.compile(rf"\A(?:the\s+|any\s+)?(?P<noun>{phrases('matter.en')})\Z", re.IGNORECASE)
_MATTERS_ZH = re.compile(
    rf"\A(?:它们?的|其)?(?P<noun>{phrases('matter.zh')})\Z|\A(?:它们?的|其)(?P<owned>[\u4e00-\u9fff]{{1,6}})\Z"
)
_ITS = re.compile(r"\A(?:its|their)\s+(?P<noun>[a-z][a-z -]{2,30})\Z", re.IGNORECASE)
_DEFINITE = re.compile(r"\Awhat (?:is|are|was|were)\s+(?P<rest>the\s+.+)\Z", re.IGNORECASE)
_DOES_IT = re.compile(
    r"\A(?:(?:what|how|when|where|why|who)\s+)?(?:do|does|did|is|are|was|were|will|has|have)\s+", re.IGNORECASE
)
_EARLY = re.compile(  # a pronoun before any noun that it could stand for
    rf"\A(?:(?:what|how|when|where|why|who|which)\s+(?:\w+\s+)?)?(?:{_AUX})\s+(?:it|they|its|their|that|this|these|those)\b"
    r"|\A(?:it|they|its|their|this|that)\b|\A(?:它|他们|其(?![中他余实次它])|该|这|那(?!么)|上述|前者|后者)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"\b(?:what|which|who|whom|whose|when|where|why|how)\b|\A(?:{_AUX})\b"
    "|什么|多[少长久大高远深]|哪|谁|几|怎|如何|吗|是否|何时|为何|是不是|有没有",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Followed:
    """The last turn, rewritten as a question of its own if it depends on earlier turns.

    ``question`` is the unchanged turn if it was not ``rewritten``. ``unresolved``: its words that refer to something
    unknown, or "" if there are none. ``language``: the language for the answer. It is the turn's language, or the one
    that the turn asks for (``asks_language``). ``manner``: a wish about the answer's form; "summary" names its
    document.
    """

    question: str
    rewritten: bool
    unresolved: str
    language: str
    manner: Manner = ""
    asks_language: bool = False


def follow(turns: Sequence[str]) -> Followed:
    """Rewrites the last of the user's ``turns`` as a question of its own; see :class:`Followed`.

    Reads at most the last eight turns and resolves each against those before it. Ignores all turns before a text of
    over 1,000 characters. Skips turns that are not questions, such as greetings and thanks, and turns that could not be
    resolved.
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
    """The question that :func:`follow` returns."""
    return follow(turns).question


def remark(followed: Followed) -> str:
    """A line in the asker's language if the turn cannot be answered as the asker meant it, else ""."""
    zh = followed.language == "zh"
    if followed.unresolved and zh:
        return f"不清楚“{followed.unresolved}”指的是什么，请把问题说完整。"
    if followed.unresolved:
        return f"It is not clear what “{followed.unresolved}” refers to; please ask the full question."
    if followed.manner == "shorter":
        return "答案逐字引用原文，不能缩短。" if zh else "Answers quote their sources and cannot be shortened."
    if followed.manner == "table":
        return "只有可比的内容才列成表格。" if zh else "Only things that can be compared are shown as a table."
    if followed.asks_language and detect(followed.question) != followed.language:
        return "答案引用原文，用文件自身的语言。" if zh else "Answers are quotes in the language of their documents."
    return ""


def _follow(before: str, turn: str) -> Followed:
    """The turn completed from the full question ``before``; "": there is no such question."""
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
        is_said = wanted in ("en", "zh")
        language = wanted if is_said else language
        return Followed(before or turn, bool(before), "" if before else turn, language, manner, is_said)
    question, unresolved = _rewritten(before, turn)
    return Followed(turn if unresolved else question, question != turn and not unresolved, unresolved, language)


def _rewritten(before: str, turn: str) -> tuple[str, str]:
    """The turn rewritten to stand alone, and the words that could not be resolved, "" where all could."""
    bare = _END.sub("", turn)
    rest = _JOINS.sub("", bare).strip()
    said = rest.lower() if rest.isascii() else rest
    if said in bare_words() or whole("asks.only").match(said):
        return (_asked_of(before, said), "") if before else (turn, bare)
    phrase = _TRAILS.sub("", rest).strip()
    if whole("neighbour").match(phrase):
        return turn, phrase
    if whole("has").match(bare) or whole("example").match(phrase):
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
        if whole("subjectless").match(rest) and (about := topic(before)):
            return f"{about}{rest}？", ""
        if whole("short.asking").match(rest) and _weight(_words(rest)) <= 1 and pointed(before, turn) == (turn, ""):
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
    if not new.left_kind and not [word for word in _words(rest) if word not in known]:
        return new.question, ""
    head = _new_head(new.question, rest)
    if head:
        return head, ""
    if detect(before) == "zh":
        said = _PREPOSITION.sub("", rest) if rest.isascii() or not rest[:1] > "\u2e80" else rest
        return f"{said if new.left_kind == 'year' else said + '，'}{new.question}", ""
    if re.match(r"(?:the|this|that|these|those)\b", rest, re.IGNORECASE) and not new.left_kind:
        return turn, rest  # another thing asked, and not known of what
    lead = "" if _PREPOSITION.match(rest) else {"instrument": "under ", "year": "in "}.get(new.left_kind, "for ")
    lead = "in " if not _PREPOSITION.match(rest) and new.left_kind in ("country", "region", "province") else lead
    end = _END.search(new.question)
    cut = end.start() if end else len(new.question)
    return f"{new.question[:cut]} {lead}{rest}{new.question[cut:]}", ""


def _new_head(question: str, phrase: str) -> str:
    """The question with another thing asked: "What is the limit in China?" + "the price"; "" where it is no such."""
    if (found := _WHAT_ZH.match(question)) and (found["ask"] or found["asks"]):
        return f"{found['ask']}{phrase}{found['asks'] or ''}{found['end']}" if not phrase.isascii() else ""
    if found := _WHAT_A.match(question):
        return f"{found['ask']}{phrase}{found['end']}" if re.match(r"an?\s", phrase, re.IGNORECASE) else ""
    if (found := _SAYS_ON.match(question)) and re.fullmatch(r"[a-z-]+(?: [a-z-]+){0,2}", phrase):
        return f"{found['ask']}{phrase}{found['end']}"
    if found := _OF_ZH.match(question):
        phrase = re.sub(r"\A(?:它们?的|其)", "", phrase)
        if _MEASURES.search(phrase) and _MEASURES.search(found["core"]) and not phrase.isascii():
            return f"{found['whose']}{phrase}{found['ask']}{found['end']}"
        return ""
    found = _WHAT_IS.match(question)
    if not found or not re.match(r"the\s", phrase, re.IGNORECASE):
        return ""
    noun = phrase if not found["whose"] else re.sub(r"\Athe\s+", "", phrase, flags=re.IGNORECASE)
    whose = (found["the"] or "") + found["whose"] if found["whose"] else ""
    asks = found["ask"].split()[0] + (" are " if noun.endswith("s") else " is ")
    return f"{asks}{whose}{noun}{found['where'] or ''}{found['end']}"


def _asked_of(before: str, words: str) -> str:
    """The question ``before`` asked by other words: "Why does the scheme pay for peat?" of "Does the scheme …?"."""
    english, chinese = bare_words().get(words, (words, words))
    if detect(before) == "zh":
        stated = re.sub(r"吗?[\s?？。]*\Z", "", before)
        is_yes_no = f"{stated}吗" in before or "是否" in before
        return (
            f"{chinese}{stated.replace('是否', '', 1)}？"
            if is_yes_no and words in bare_words()
            else f"{chinese}：{before}"
        )
    asks = english[0].upper() + english[1:]
    if _YES_NO.match(before) and words in bare_words() and not english.startswith("which"):
        return f"{asks} {before[0].lower()}{before[1:]}"
    what = _WHAT_IS.match(before)
    if what and english in ("how much", "how long", "when", "where"):
        return f"{asks} {what['ask'].split()[1]} {before[what.end('ask') :]}"
    return f"{asks}: {before}"


def _of_topic(before: str, turn: str, noun: str) -> tuple[str, str]:
    """A question for exceptions, deadlines and the like, of what the question before is about."""
    bare = _END.sub("", turn)
    phrase = _TRAILS.sub("", _JOINS.sub("", bare)).strip()
    about = topic(before)
    if not about:
        return turn, bare
    if whole("example").match(phrase):
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
