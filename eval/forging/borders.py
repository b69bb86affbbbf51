"""Kinds of forgery across the borders of sentences, lists, headings, articles and documents."""

from __future__ import annotations

import re
from random import Random

from sinkqa.eval.forging.kinds import Forged, begun_small, is_plain, kind
from sinkqa.eval.forging.material import Sentence

_BANS = re.compile(  # a lead-in whose last clause forbids what follows
    r"(?:禁止|不得|严禁)[^。；（）]*[:：]$|\bprohibit(?:s|ing) the following"
    r"|\b(?:prohibit(?:ed|s|ing)|forbidden|(?:shall|must|may) not|no person (?:may|shall))\b[^.;()]*:$",
    re.IGNORECASE,
)
_LEADS = {
    "en": ("The following are permitted: ", "The following are not required: "),
    "zh": ("允许下列行为：", "不要求下列事项："),
}


@kind("end of a sentence with the start of the next", "two statements cut into one that nobody made")
def _across(sentence: Sentence, _: Random) -> Forged | None:
    after = sentence.after()
    if after is None or not is_plain(sentence.text, sentence.language) or not is_plain(after, sentence.language):
        return None
    if sentence.language == "zh":
        tail, head = sentence.text[:-1].split("，")[-1], after.split("，")[0]
        return Forged(f"{tail}{head.rstrip('。')}。") if "，" in sentence.text and "，" in after else None
    words = [*sentence.text[:-1].split()[-5:], *begun_small(after).split()[:8]]
    return Forged(f"{' '.join(words).capitalize()}.")


@kind("full stop between sentences dropped", "the one is said of the other")
def _run_on(sentence: Sentence, _: Random) -> Forged | None:
    after = sentence.after()
    if after is None or not is_plain(sentence.text, sentence.language) or not is_plain(after, sentence.language):
        return None
    space = " " if sentence.language == "en" else ""
    return Forged(sentence.text[:-1] + space + begun_small(after) + sentence.text[-1])


@kind("start of a sentence with the end of another", "the act of one is given to another")
def _crossed(sentence: Sentence, _: Random) -> Forged | None:
    after = sentence.after()
    return _joined(sentence, after, " " if sentence.language == "en" else "，") if after else None


@kind("two sentences joined by an ellipsis", "the act of one is given to another")
def _skipped(sentence: Sentence, _: Random) -> Forged | None:
    after = sentence.after()
    return _joined(sentence, after, " … ") if after else None


@kind("sentences of two documents joined by an ellipsis", "the act of one is given to another")
def _skipped_far(sentence: Sentence, random: Random) -> Forged | None:
    other = sentence.other(random)
    return _joined(sentence, other.text, " … ") if other else None


def _joined(sentence: Sentence, other: str, by: str) -> Forged | None:
    """The subject of a sentence with what another says, cut at words in English and at commas in Chinese."""
    if not is_plain(sentence.text, sentence.language) or not is_plain(other, sentence.language):
        return None
    if sentence.language == "zh":
        ours, theirs = sentence.text.split("，"), other.split("，")
        has_both = len(ours) > 1 and len(theirs) > 2 and ours[0] != theirs[0]
        return Forged(ours[0] + by + theirs[-1]) if has_both else None
    verb = r"\b(?:shall|may|will|must|should|is|are|has|have|was|were)\b"
    here, there = re.search(verb, sentence.text), re.search(verb, other)
    if here is None or there is None:
        return None
    subject, other_subject = sentence.text[: here.start()].rstrip(), other[: there.start()].rstrip()
    if other_subject.casefold().endswith(subject.casefold()):  # the other sentence is of the same one
        return None
    return Forged(subject + by + other[there.start() :])


@kind("item of a ban alone", "what is forbidden is asserted", is_part=True)
def _ban_item(sentence: Sentence, random: Random) -> Forged | None:
    if not is_plain(sentence.text, sentence.language):
        return None
    lead, other = {
        "en": ("No person may do any of the following:", "(b) draining bogs."),
        "zh": ("禁止下列行为：", "（二）排干湿地。"),
    }[sentence.language]
    first = ("(a) " if sentence.language == "en" else "（一）") + begun_small(sentence.text)
    return Forged(sentence.text, f"{lead}\n{first}{';' if sentence.language == 'en' else '；'}\n{other}\n")


@kind("item of a real ban alone", "what is forbidden is asserted", "zh", is_part=True)
@kind("item of a real ban alone", "what is forbidden is asserted", "en", is_part=True, of="list")
def _real_item(sentence: Sentence, _: Random) -> Forged | None:
    bare = sentence.unmarked
    is_item = len(bare) > 8 and not bare.endswith((":", "：", "—"))
    return Forged(bare) if is_item and sentence.lead and _BANS.search(sentence.lead) else None


@kind("item of a real list under another lead-in", "it is said of something else", "zh")
@kind("item of a real list under another lead-in", "it is said of something else", "en", of="list")
def _other_lead(sentence: Sentence, random: Random) -> Forged | None:
    bare = sentence.unmarked
    if not sentence.lead or len(bare) < 9:
        return None
    if _BANS.search(sentence.lead):
        return Forged(random.choice(_LEADS[sentence.language]) + bare)
    other = sentence.other(random, sentence.passage.kind, fits=lambda each: each.lead not in (None, sentence.lead))
    if other is None:
        return None
    return Forged(f"{other.lead}{' ' if sentence.language == 'en' else ''}{bare}")


@kind("number of another article", "the law says it elsewhere")
def _other_article(sentence: Sentence, random: Random) -> Forged | None:
    other = sentence.of_same_document(random)
    if not sentence.article or other is None or not other.article or other.article == sentence.article:
        return None
    return Forged(f"{other.article}{': ' if sentence.language == 'en' else ' '}{sentence.text}")


@kind("number of an article that is not there", "the law has no such article")
def _no_article(sentence: Sentence, random: Random) -> Forged | None:
    if not sentence.article:
        return None
    number = "第九百九十条 " if sentence.language == "zh" else f"Article {random.randint(901, 990)}: "
    return Forged(number + sentence.text)


@kind("name of another law put before", "another law says it", "zh")
def _other_law(sentence: Sentence, random: Random) -> Forged | None:
    other = sentence.other(random)
    if other is None or not sentence.article or not is_plain(sentence.text, "zh") or _same_title(sentence, other):
        return None
    return Forged(f"《{other.document.record.title}》规定，{sentence.text}")


@kind("name of another document put before", "another document says it", "en")
def _other_document(sentence: Sentence, random: Random) -> Forged | None:
    other = sentence.other(random)
    if other is None or not is_plain(sentence.text, "en") or _same_title(sentence, other):
        return None
    return Forged(f"According to {other.document.record.title}, {begun_small(sentence.text)}.")


def _same_title(sentence: Sentence, other: Sentence) -> bool:
    """Whether one document's title is part of the other's: an edition, a translation, an amendment of it."""
    ours, theirs = sentence.document.record.title, other.document.record.title
    return ours in theirs or theirs in ours


@kind("speaker put in", "nobody of that name said so")
def _speaker(sentence: Sentence, random: Random) -> Forged | None:
    if not is_plain(sentence.text, sentence.language):
        return None
    said = {
        "en": ("Greenpeace says that {}.", "According to the tobacco industry, {}."),
        "zh": ("绿色和平组织称，{}。", "烟草行业认为，{}。"),
    }
    return Forged(random.choice(said[sentence.language]).format(begun_small(sentence.text)))
