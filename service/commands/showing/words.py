"""Words around what the terminal shows, in English and Chinese: those of the page, and a few that only it needs."""

from __future__ import annotations

import re

PAGE = {
    "support.well": ("Well supported", "依据充分"),
    "support.partly": ("Partly supported", "部分有依据"),
    "support.weak": ("Weakly supported", "依据较弱"),
    "supportWhy.well": ("The quotes say what was asked for.", "引文说的正是所问内容。"),
    "supportWhy.partly": ("The documents answer only a part of the question.", "文件只回答了问题的一部分。"),
    "supportWhy.weak": (
        "The quotes are near the question, but may not be all of the answer, or beside the point: "
        "read them in their place.",
        "引文与问题相近，但未必完整、未必切题，请到原处核对。",
    ),
    "supportQuotes": (
        "{0:quote|quotes} of {1} documents, compared word for word.",
        "引文 {0} 条，出自 {1} 份文件，已逐字核对。",
    ),
    "supportQuotesOfOne": (
        "{0:quote|quotes} of one document, compared word for word.",
        "引文 {0} 条，出自同一份文件，已逐字核对。",
    ),
    "supportForeign": ("Quotes are in another language than the question.", "引文与提问的语言不同。"),
    "supportDoubts": (
        "A quote may not read as its page does; its source says why.",
        "有引文可能与页面所印不同，原因见出处。",
    ),
    "supportNumber": ("Of answers as sure as this one, about {0} are complete.", "同样有把握的答案，约 {0} 是完整的。"),
    "generation": ("Library version {0}", "资料库版本 {0}"),
    "generated": ("Written by a language model, checked sentence by sentence", "由语言模型撰写，逐句核对"),
    "abstain.premise_contradicted": ("The documents say otherwise", "文件所载与问题的前提不符"),
    "lookedSure": ("How near it comes", "接近程度"),
    "nearClose": ("close, but not enough ({0})", "接近，但不足以作答（{0}）"),
    "nearSome": ("some way off ({0})", "有些距离（{0}）"),
    "nearFar": ("far off ({0})", "相去较远（{0}）"),
    "nearMisses": ("The nearest passages", "最接近的段落"),
    "noPassages": ("No passage was found.", "没有找到段落。"),
    "understood": ("Understood as: {0}", "理解为：{0}"),
    "whyWords": ("Words", "字词"),
    "whyMeaning": ("Meaning", "语义"),
    "whyRerank": ("Reranker", "重排"),
    "whyTotal": ("Score", "总分"),
    "lang.zh": ("Chinese", "中文"),
    "lang.en": ("English", "英文"),
    "lang.ja": ("Japanese", "日文"),
    "claim.supported": ("Supported", "有依据"),
    "claim.partly": ("Partly supported", "部分有依据"),
    "claim.contradicted": ("Contradicted", "与文件不符"),
    "claim.unknown": ("Not in the library", "库中未见"),
    "findingSays": ("{0} “{1}”: the document says “{2}”", "{0}“{1}”：文件为“{2}”"),
    "findingSilent": ("{0} “{1}”: the document does not say it", "{0}“{1}”：文件没有提到"),
    "findingAdds": ("{0}: the document adds “{1}”", "{0}：文件另有“{1}”"),
    "element.number": ("Number", "数字"),
    "element.unit": ("Unit", "单位"),
    "element.year": ("Year", "年份"),
    "element.date": ("Date", "日期"),
    "element.entity": ("Name", "名称"),
    "element.negation": ("Negation", "否定"),
    "element.direction": ("Direction", "增减方向"),
    "element.modality": ("Obligation", "约束程度"),
    "element.length": ("Not checked, too long", "过长，未核对"),
    "element.words": ("Words", "用词"),
}
"""As on the page, by the page's names. A test compares them."""

_OWN = {
    "page": ("p. {0}", "第 {0} 页"),
    "pages": ("pp. {0}", "第 {0} 页"),
    "paragraph": ("para. {0}", "第 {0} 段"),
    "digest": ("digest of {0}", "摘编自《{0}》"),
    "sourceIn": ("source in {0}", "原文为{0}"),
    "noAnswer": ("No answer. {0}.", "未作答。{0}。"),
    "labelled": ("{0}: {1}", "{0}：{1}"),
    "beside": ("Set beside: {0}", "对照文件：{0}"),
    "beside.agrees": ("agrees", "一致"),
    "beside.differs": ("differs", "不一致"),
    "beside.silent": ("the row's documents are silent", "该行文件未提及"),
    "beside.unsaid": ("no cell of its own", "对照文件无此格"),
    "between": ("; ", "；"),
    "sentences": (" ", ""),
    "skipped": ("“…” stands where text of the source is left out.", "“…”表示略去了原文的一部分。"),
    "tryOther": ("Try other words or fewer filters.", "请换个说法，或减少筛选条件。"),
    "removed": ("removed", "已删去"),
    "quote.exact": ("exact", "逐字一致"),
    "quote.altered": ("altered", "有改动"),
    "quote.absent": ("absent", "库中未见"),
    "difference": ("quoted {0}, stored {1}", "引作 {0}，原文为 {1}"),
    "counted": ("{0} {1}", "{1} {0} 句"),
    "hint": (
        "{0:document|documents} in the library. Ask in English or Chinese; a follow-up may lean on what was asked "
        "before. :help lists commands, Ctrl-D ends.",
        "资料库中有 {0} 份文件。可用中文或英文提问，追问可以承接上文。:help 列出命令，Ctrl-D 退出。",
    ),
    "help": (
        ":open N     show the passage of quote N in the last answer\n"
        ":save FILE  write this thread to a file: .docx, .md, .html, .xlsx, .bib or .ris\n"
        ":new        begin a new thread, so that questions do not lean on the ones before\n"
        ":help       show this\n"
        ":quit       end; so does Ctrl-D. Ctrl-C stops an answer",
        ":open N     显示上一个答案中引文 N 所在的段落\n"
        ":save FILE  将本对话写入文件：.docx、.md、.html、.xlsx、.bib 或 .ris\n"
        ":new        另开新对话，此后的问题不再承接上文\n"
        ":help       显示本说明\n"
        ":quit       退出，也可按 Ctrl-D。Ctrl-C 停止作答",
    ),
    "noCommand": ("no command {0}; :help lists what there is", "没有命令 {0}；:help 列出全部命令"),
    "noQuote": (
        "expected the number of a quote or passage in the last answer, {0}, got {1}",
        "应为上一个答案中引文或段落的编号 {0}，而不是 {1}",
    ),
    "nothingToOpen": ("there is no quote to open yet; ask something first", "还没有可打开的引文，请先提问"),
    "nothingToSave": ("there is no answer to save yet; ask something first", "还没有可保存的答案，请先提问"),
    "noFile": ("expected a file to write to, for example :save answers.docx", "请给出文件名，例如 :save answers.docx"),
    "fileThere": ("{0} is there already; name another file", "{0} 已存在，请换一个文件名"),
    "newThread": ("A new thread.", "已另开新对话。"),
    "stopped": ("Stopped.", "已停止。"),
    "gone": ("The passage is no longer in the library.", "该段落已不在资料库中。"),
}
_WORDS = PAGE | _OWN
_COUNTED = re.compile(r"\{(\d):([^|}]*)\|([^}]*)\}")
_PLAIN = re.compile(r"\{(\d)\}")


def say(language: str, name: str, *args: object) -> str:
    """What ``name`` means, in Chinese for "zh", else in English.

    ``{0}`` stands for the first argument, ``{0:page|pages}`` for it with the noun that fits.
    """
    words = _WORDS[name][language == "zh"]
    counted = _COUNTED.sub(lambda m: f"{{{m[1]}}} {m[2] if str(args[int(m[1])]) == '1' else m[3]}", words)
    return _PLAIN.sub(lambda m: str(args[int(m[1])]), counted)


def join(language: str, sentences: list[str]) -> str:
    """Sentences one after the other, as the language has them: with a blank between, in Chinese without."""
    return say(language, "sentences").join(sentences)
