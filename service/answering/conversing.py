"""Asking step of the flow: turns that ask no document anything: greetings, wishes about form, for a summary, vague ones.

All but the summary are told by the whole turn, so that no question with a "help" or 你好 in it is taken for one.
"""

from __future__ import annotations

import re
from typing import Literal

from index.analyzer import units
from service.answering.understanding import understand
from service.evidence.amounts import amounts

SmallTalk = Literal["", "greeting", "thanks", "help"]
Manner = Literal["", "shorter", "longer", "summary", "table"]
Wish = Literal["", "again", "shorter", "longer", "summary", "table", "en", "zh"]

_EDGE = r"[\s,，。.!！?？~～…:：;；👋🙏😊-]*"
_HELLO = (
    r"(?:hi+|hello|hey|greetings|good (?:morning|afternoon|evening|day)|howdy|hello there|hi there|how are you(?: doing)?"
    r"|(?:你|您|大家)好[呀啊吗]?|嗨|哈喽|哈啰|早上好|上午好|下午好|晚上好|早安?|在吗|有人吗)"
)
_THANKS = (
    r"(?:(?:ok(?:ay)?|great|perfect|good|cool|nice|got it|that helps)?[\s,，]*(?:many )?(?:thanks|thank you|thx|cheers|ta)"
    r"(?: a lot| very much| so much| again)?(?: for (?:that|your help|the help))?|ok(?:ay)?|great|perfect|cool|got it|i see|bye|goodbye"
    r"|(?:好的?|行|嗯)?[，,]?(?:谢谢|多谢|感谢|谢了)(?:你|您|啦|了)?(?:的帮助)?|好的|好吧|明白了?|知道了|收到|再见|拜拜)"
)
_HELP = (
    r"(?:(?:please )?help(?: me)?(?: please)?|what (?:else )?can you (?:do|answer|tell me|help(?: me)? with)(?: for me)?"
    r"|what do you (?:do|know(?: about)?)|who are you|what are you|what(?:'s| is) this|what is sinkqa|how (?:do|can|should) i (?:use|ask|start)(?: this| you| it)?"
    r"(?: a question)?|how does (?:this|it) work|what (?:can|should|could) i ask(?: you| here)?|what(?:'s| is) in (?:the|this|your) library"
    r"|what (?:documents|sources|laws|policies) (?:do you have|are there|are in the library|does the library hold)"
    r"|(?:which|what) questions can (?:you answer|i ask)|get(?:ting)? started|examples?|example questions|start|test(?:ing)?"
    r"|(?:请问)?(?:你|您)?(?:能|会|可以)(?:做|干|回答)?(?:什么|哪些|啥)(?:问题)?|(?:你|您)?有(?:什么|哪些|啥)(?:功能|用|文件|文档|资料|法规)"
    r"|(?:你|您)(?:是谁|是什么|叫什么(?:名字)?)|(?:请问)?(?:怎么|如何|怎样)(?:使?用|提问|开始|问)(?:你|它|呢)?|帮助|帮帮我|帮忙|使用(?:说明|方法|帮助)"
    r"|(?:我)?(?:可以|能|该)(?:问|怎么问)(?:你)?(?:些?什么|哪些)?(?:问题)?|(?:库|这)里(?:都)?有(?:什么|哪些|啥)(?:文件|文档|资料|内容|法规)?"
    r"|(?:有哪些|举几个)(?:示例|例子|例题)|示例|例子|试试|测试)"
)
_SMALL: tuple[tuple[SmallTalk, re.Pattern[str]], ...] = (
    ("help", re.compile(rf"\A{_EDGE}(?:{_HELLO}{_EDGE})*(?:(?:so|and|请问|那|那么){_EDGE})?{_HELP}{_EDGE}\Z", re.IGNORECASE)),
    ("thanks", re.compile(rf"\A{_EDGE}{_THANKS}(?:{_EDGE}{_THANKS})?{_EDGE}\Z", re.IGNORECASE)),
    ("greeting", re.compile(rf"\A{_EDGE}{_HELLO}(?:{_EDGE}{_HELLO})?(?:{_EDGE}(?:sinkqa|there|everyone|all))?{_EDGE}\Z", re.IGNORECASE)),
)  # fmt: skip

_PLEASE = r"(?:(?:please|can you|could you|would you|now|and|say (?:it|that)|answer|translate (?:it|that|this))\s+)*"


def _in_language(english: str, chinese: str) -> str:
    """A wish for an answer in a language that is called so in English and in Chinese."""
    return (
        rf"{_PLEASE}(?:in|into)\s+{english}|{english}"
        rf"|(?:请|麻烦)?(?:你|您)?(?:用|翻译成|翻成|换成|改成|说)(?:{chinese})(?:来)?(?:回答|说|版|再说一遍|写)?(?:一下|吧|一遍)?|(?:{chinese})(?:版|呢|回答)"
    )


_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = tuple(
    (wanted, re.compile(rf"\A(?:{pattern})(?:,?\s*please)?{_EDGE}\Z", re.IGNORECASE))
    for wanted, pattern in (
        ("en", _in_language("english", "英文|英语")),
        ("zh", _in_language("(?:chinese|mandarin)", "中文|汉语|普通话")),
        (
            "again",
            r"are you (?:really )?sure(?: about (?:that|this|it))?|really|is (?:that|this) (?:right|correct|true)|(?:say |tell me )?(?:that )?again"
            r"|repeat(?: that)?|(?:你)?确定吗|真的吗?|是真的吗|对吗|没错吗|再说一[遍次]|重复一[遍下]",
        ),
        (
            "shorter",
            rf"{_PLEASE}(?:(?:make it |keep it |a bit |a little |much )*(?:shorter|short|briefer|brief)|in short|in brief"
            r"|tl;?dr|be brief|in one sentence)|(?:请|能)?(?:再|更|说得?)*(?:简短|简单|简洁|短|精简)(?:一?点|一些|些)?(?:说|吗)?"
            r"|简单(?:来)?说|长话短说|一句话(?:说|概括|总结)",
        ),
        (
            "longer",
            rf"{_PLEASE}(?:(?:give me |in )?(?:some )?more details?|longer|elaborate|tell me more|say more|go on|continue|more"
            r"|explain(?: it| that)?(?: further| more)?|expand(?: on (?:it|that))?)|(?:请|能|能不能|可以)?(?:再|更|说得?|讲得?)*"
            r"(?:详细|具体|多说|展开|细)(?:一?点儿?|一些|些)?(?:说说|讲讲|说明|介绍)?(?:一下)?(?:吗|吧)?|继续|接着说|还有吗|还有呢|然后呢|展开说说",
        ),
        (
            "table",
            rf"{_PLEASE}(?:(?:as|in|make|give me) a table|table)|(?:请|能)?(?:用|以|做成|列成|列个|做个|给个)表格?(?:的?形式)?(?:列出|回答|显示|展示)?(?:来)?(?:吗)?",
        ),
        (
            "summary",
            rf"{_PLEASE}(?:summari[sz]e|sum (?:it |that |this )?up)(?:\s+(?:it|that|this|them|the (?:document|law|act|whole thing)))?"
            r"|(?:(?:please )?give me )?(?:(?:a|the) )?(?:summary|overview)(?: of (?:it|that|this))?"
            r"|(?:请|帮我|能)?(?:总结|概括|归纳|概述)(?:一下|下)?(?:这个|它|这部法律?|该法|该文件|这份文件|上面的?)?(?:的?主要)?(?:内容)?吧?",
        ),
    )
)

_SUMMARY = re.compile(
    r"\b(?:summari[sz]e|sum up)\b(?! of)|\b(?:summary|overview|outline|gist|main points|key points|structure|table of contents) of\b"
    r"|\A\s*what(?:'s| is) (?:in|inside)\b(?! force| effect| place| scope| common| dispute| stake)"
    r"|\A\s*what (?:does|do) .{3,80} (?:contain|consist of)(?: in general| overall)?[\s?]*\Z|\A\s*what is .{3,80} about[\s?]*\Z"
    r"|\A\s*(?:请|帮我|麻烦|能不能|能否)*(?:总结|概括|概述|归纳|梳理)(?!报告)|(?:概要|摘要|提纲|大纲|框架结构|结构|梗概)(?:是什么|有哪些|呢)?[\s?？。]*\Z"
    r"|(?:讲了|说了|包括|包含|有)(?:些?什么|哪些)(?:主要)?内容[\s?？。]*\Z|(?:主要|大致|大概|基本)(?:内容|讲了?什么|说了?什么|规定了?什么)(?:是什么|有哪些)?[\s?？。]*\Z",
    re.IGNORECASE,
)
_OF_A_PART = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]+[条款项]|\b(?:article|art\.|section|sec\.|paragraph)\s?\d", re.IGNORECASE
)
_VAGUE_END = re.compile(
    r"(?:怎么样|如何|怎样|咋样|呢|的?(?:情况|信息|资料|政策|相关)|是什么情况|情况怎么样|介绍|了解一下)?[\s?？。.!！]*\Z"
)
_VAGUE_LEAD = re.compile(
    r"\A(?:关于|了解|介绍(?:一下)?|说说|讲讲|谈谈|(?:please )?(?:tell me )?(?:something |more )?about|info(?:rmation)? on|any(?:thing)? on)\s*",
    re.IGNORECASE,
)
_MOST_VAGUE = 2  # words; two Chinese characters count for one


def small_talk(turn: str) -> SmallTalk:
    """What kind of small talk all of a turn is, "" where it is none."""
    return next((kind for kind, pattern in _SMALL if pattern.match(turn)), "") if len(turn) <= 80 else ""


def wish(turn: str) -> Wish:
    """What all of a turn wishes of the answer before: to hear it again, its language, its length, a table,
    a summary of its document.
    """
    return next((wanted for wanted, pattern in _WISHES if pattern.match(turn)), "") if len(turn) <= 80 else ""


def summary_asked(question: str) -> bool:
    """Whether a question is for a summary of a document: 总结一下湿地保护法, an overview of the Paris Agreement.

    One article's content is no summary.
    """
    return bool(_SUMMARY.search(question)) and not _OF_A_PART.search(question)


def vague(question: str) -> bool:
    """Whether a question is no more than a word or two that ask nothing: "carbon price", 碳汇怎么样？

    A date, a number or a greeting is not vague.
    """
    said = _VAGUE_END.sub("", _VAGUE_LEAD.sub("", question.strip()))
    if not said or small_talk(question) or wish(question) or any(True for _ in amounts(said.lower())):
        return False
    asked = understand(said)
    weight = sum(1.0 if unit.isascii() else 0.5 for unit in units(said))
    return weight <= _MOST_VAGUE and (asked.kind == "topic" or said == question.strip())
