"""What a trail says in words, in Chinese and English."""

from __future__ import annotations

_WORDS = {
    "policy.supported": ("The policy says it, in whole sentences.", "政策原文有整句为据。"),
    "policy.likely": (
        "A clause comes near in other words or another language, and has every amount and name; compare it.",
        "有条文与此相近，用词或语言不同，数字和名称都对得上，请核对原文。",
    ),
    "policy.partly": (
        "A clause is on the subject, but does not bear out all of it.",
        "有条文与此有关，但未能全部证实。",
    ),
    "policy.contradicted": ("A clause says otherwise.", "有条文与此不符。"),
    "policy.silent": (
        "The policy is in the library and was searched; no clause says it.",
        "政策在库中，已检索全文，未见条文这样说。",
    ),
    "policy.missing": ("The policy is not in the library.", "库中没有这份政策。"),
    "policy.untested": ("Not compared: time ran out.", "时间已到，未核对。"),
    "policy.named": ("In the library.", "在库中。"),
    "probable": ("Probably the document that is meant: {0}.", "可能是所指的文件：{0}。"),
    "end.supported": ("A policy says it, in whole sentences.", "有政策原文整句为据。"),
    "end.likely": (
        "A policy very likely says it, in other words or another language: compare the clause.",
        "很可能有政策依据，用词或语言不同，请核对条文。",
    ),
    "end.partly": ("A policy is on the subject, but does not bear out all of it.", "政策与此有关，但未能全部证实。"),
    "end.contradicted": ("A policy says otherwise.", "政策与此不符。"),
    "end.silent": (
        "Policies that are named are in the library, and none of them says it.",
        "所指政策在库中，但其中未见这样的条文。",
    ),
    "end.missing": ("The policies that are named are not in the library.", "所指政策不在库中。"),
    "end.untested": ("Not compared: time ran out.", "时间已到，未核对。"),
    "end.unnamed": (
        "No policy is named by the claim or near the passages that state it.",
        "论断中及陈述它的段落附近都没有提到政策。",
    ),
    "end.unstated": (
        "No passage states it, and it names no policy.",
        "没有段落这样陈述，论断也没有提到政策。",
    ),
    "label.supported": ("supported", "有依据"),
    "label.likely": ("likely", "很可能"),
    "label.partly": ("partly", "部分"),
    "label.contradicted": ("contradicted", "不符"),
    "label.silent": ("silent", "未见"),
    "label.missing": ("not here", "库中无"),
    "label.untested": ("not compared", "未核对"),
    "label.named": ("in the library", "在库中"),
    "label.near": ("nearest", "最近"),
    "stated": ("stated by {0}", "陈述于 {0}"),
    "policy": ("{0}", "{0}"),
    "near.claim": ("named by the claim: {0}", "论断所指：{0}"),
    "near.row": ("named in the same row: {0}", "同一行所载：{0}"),
    "near.sentence": ("named in the same sentence: {0}", "同一句所载：{0}"),
    "near.paragraph": ("named in the same paragraph: {0}", "同一段所载：{0}"),
    "near.section": ("named in the same section: {0}", "同一节所载：{0}"),
    "near.document": ("named: {0}", "提到：{0}"),
    "near.itself": ("the passage stands in it", "该段落即出自此文件"),
    "lacks": ("not in the clause: {0}", "条文中没有：{0}"),
    "digest": ("digest of {0}", "摘编自《{0}》"),
    "cited_by": ("named by {0}: {1}", "被 {0} 份文件提到：{1}"),
    "and": ("; ", "；"),
    "newer": ("; newer: {0}", "；新文件：{0}"),
    "standing.in_force": ("in force on {0}", "{0} 有效"),
    "standing.not_yet": ("not yet in force on {0}", "{0} 尚未施行"),
    "standing.expired": ("expired by {0}", "{0} 已过有效期"),
    "standing.repealed": ("repealed by {0}", "{0} 已废止"),
    "standing.superseded": ("superseded by {0}", "{0} 已有新版"),
    "standing.proposed": ("a proposal on {0}", "{0} 尚为提案"),
    "standing.unknown": ("whether it is in force on {0} is not told by the texts", "{0} 是否有效，文本未载明"),
    "end.length": ("Not compared: it is too long for one statement.", "过长，不像一句话，未核对。"),
    "note.length": (
        "A statement of more than {0} marks and numbers is not compared: split it.",
        "一句话中标点和数字超过 {0} 个的，不作核对，请拆开。",
    ),
    "note.claims": (
        "{0} statements were followed, {1} further ones were not: ask for them on their own.",
        "已追溯 {0} 句，另有 {1} 句未追溯，请分开查询。",
    ),
    "note.policies": (
        "{0} policies were followed, {1} further ones were not.",
        "已追溯 {0} 份政策，另有 {1} 份未追溯。",
    ),
    "note.time": ("Time ran out before every policy was compared.", "时间已到，有政策未核对。"),
    "note.no_mentions": ("The document names no other document.", "该文件没有提到其他文件。"),
    "note.no_statements": ("The passage makes no statement of its own.", "该段落没有可追溯的陈述。"),
    "note.withdrawn": (
        "A quote differs from the stored text and was withdrawn: run doctor.",
        "有引文与所存原文不符，已撤下，请运行 doctor。",
    ),
}


def say(language: str, name: str, *args: object) -> str:
    """What ``name`` means, in Chinese for "zh", else in English. ``{0}`` stands for the first argument."""
    return _WORDS[name][language == "zh"].format(*args)
