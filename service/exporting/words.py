"""The program's own words in a memo, in English and Chinese."""

from __future__ import annotations

WORDS = {
    "memo": ("Memo", "备忘"),
    "notes": ("Notes", "注释"),
    "references": ("References", "参考文献"),
    "opened": ("Source", "原文"),
    "back": ("Back to the mark of note {}", "回到注 {} 的标记处"),
    "passage": ("Passage in SinkQA", "SinkQA 原处"),
    "pages": ("p. {}", "第 {} 页"),
    "quoted": ("“{}”", "“{}”"),
    "digest": ("Quoted from a digest of it: “{}”.", "引自其摘编《{}》。"),
    "missing": ("Not found: {}", "未找到：{}"),
    "between": ("; ", "；"),
    "gone": (
        "Left out: its source is no longer in the library: {}",
        "已略去：其出处已不在资料库中：{}",
    ),
    "changed": (
        "Left out: its source no longer says this word for word: {}",
        "已略去：其出处现已不含这段原文：{}",
    ),
    "uncited": ("Left out: no source was given with it.", "已略去：没有附出处。"),
    "generated": (
        "Written by a language model, checked sentence by sentence.",
        "由语言模型撰写，逐句核对。",
    ),
    "made": (
        "{}. Every quote was compared with its source word for word.",
        "{}。引文均与原文逐字核对。",
    ),
    "labelled": ("{}: ", "{}："),
    "supported": ("Supported", "有依据"),
    "partly": ("Partly supported", "部分有依据"),
    "contradicted": ("Contradicted", "与文件不符"),
    "unknown": ("Not in the library", "库中未见"),
    "number": ("No.", "序号"),
    "kind": ("Kind", "类别"),
    "text": ("Text", "内容"),
    "marks": ("Notes", "注"),
    "title": ("Document", "文件"),
    "section": ("Section", "章节"),
    "page": ("Page", "页码"),
    "quote": ("Quote", "引文"),
    "language": ("Language", "语言"),
    "address": ("Address", "网址"),
    "document": ("Document id", "文件编号"),
    "places": ("Characters", "字符位置"),
    "question": ("Question", "问题"),
    "statement": ("Answer", "答案"),
    "verified": ("Verified statement", "核对的句子"),
    "remark": ("Own note", "笔记"),
    "caution": ("Caution", "提示"),
    "part": ("Part", "分题"),
    "table": ("Table", "表"),
    "sources": ("Sources", "出处"),
    "compared": ("Comparison by {}: {}", "按{}比较：{}"),
    "by.country": ("country", "国家"),
    "by.document": ("document", "文件"),
    "by.market": ("carbon market", "碳市场"),
    "listed": (", ", "、"),
    "beside": ("{} · {}", "{} · {}"),
    "relation": ("{}: {}", "{}：{}"),
    "relation.agrees": ("Agrees", "一致"),
    "relation.differs": ("Differs", "不同"),
    "relation.silent": ("The documents do not say", "文件未提及"),
    "source_of": ("Source: {}", "出处：{}"),
    "row": ("Row", "行"),
}


def say(language: str, name: str, *args: object) -> str:
    """The words for ``name``, in Chinese for "zh", else in English."""
    return WORDS[name][language == "zh"].format(*args)
