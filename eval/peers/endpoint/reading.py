"""Reads the text of any assistant as an answer with citations, by published rules.

docs/benchmarks.md gives users the same rules:

- A quote is a text between quotation marks or in a Markdown quotation, of at least 8 Chinese characters or 4 words. It
  cites the document that contains it verbatim, ignoring white space. A quote that no document contains is invalid.
- A link or annotation with one of SinkQA's own addresses (``#/p/PASSAGE?q=…``) cites the place in the address. Another
  one cites the document whose file name, title or id is the end of its address, its words or its title; else nothing.
- A file name in brackets cites that document.
- A place cited twice counts once. A document is cited by name only if no quote of it is.
- Marks such as [1], and everything from a heading "Sources" on, do not belong to the statement.
- A reply abstains if it is empty, or if its first sentence says that the sources hold no answer and neither it nor the
  next sentence continues with "but".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sinkqa.eval.data.evidence import bare, stretches
from sinkqa.index.errors import LibraryError
from sinkqa.index.library import Library
from sinkqa.service.answer import Answer, Citation, QuotedSpan, Segment

ABSTAINS = (
    r"\b(?:documents?|passages?|sources?|texts?|library|context|informations?|materials?|excerpts?|files?|papers?|"
    r"reports?)\b[^.!?]{0,60}?\b(?:do|does|did|could|can)(?: not|n['’]t)\s+(?:\w+\s)?(?:contain|provide|include|"
    r"mention|specify|state|say|address|discuss|cover|deal|give|answer|hold|indicate|offer|describe|support|bear|show)"
    r"|\b(?:can(?:not| not|['’]t)|could(?: not|n['’]t)|(?:was|am|are|is) (?:unable|not able) to)\s+(?:\w+\s)?(?:find|"
    r"answer|determine|locate|provide|say|tell)"
    r"|\b(?:no|not enough|insufficient|any) (?:\w+ ){0,2}?(?:information|evidence|mention|answer|data|details?|"
    r"documents?)(?: \w+){0,4}? (?:in|on|about|is|are|was|that|to|available|found)\b"
    r"|\b(?:is|are|was|were)(?: not|n['’]t) (?:mentioned|specified|provided|stated|found|available|addressed|covered|"
    r"given|described|contained) (?:in|by)\b"
    r"|\b(?:documents?|passages?|sources?|texts?|library|context)\b[^.!?]{0,40}?\b(?:has|have|holds?|contains?|gives?|"
    r"says?|offers?)\s+(?:nothing|no)\b"
    r"|\b(?:do not|don['’]t) know\b|\bNO_ANSWER\b"
    r"|(?:文件|文档|资料|资料库|材料|文中|原文|上下文|来源|报告|论文|知识库|内容)[^。！？]{0,16}?(?:没有|并未|未|不)(?:直接|明确|具体)?"
    r"(?:涉及|提及|提到|说明|给出|包含|提供|找到|载明|规定|回答|记载|支持|说|足够)"
    r"|(?:无法|不能)(?:直接|准确)?(?:回答|确定|得知|判断|找到|从)|(?:没有|未能?)(?:检索|查|找)到"
    r"|没有与[^。！？]{0,30}?[有相]关的|没有能够?回答"
    r"|不知道|没有(?:足够|相关|任何)的?(?:信息|资料|依据|内容|证据)|信息不足"
)
"""Matches the first sentence of an abstention, in English and Chinese."""

_HOWEVER = re.compile(r"\b(?:but|however|although|though|nevertheless)\b|但|不过|然而", re.I)
_SENTENCE = re.compile(r"[。！？]|[.!?](?=\s|$)(?<!\b[A-Z][a-z]\.)(?<!\bNo\.)(?<!\bArt\.)")
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"\n]+)\"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»|„([^„“”]+)[“”]")
_SKIPPED = re.compile(r"\s*(?:\[?(?:…|\.{3,}|……)\]?)\s*")
_HAN, _WORD = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+")
_LEAST_HAN, _LEAST_WORDS = 8, 4
_FIRST = 1_000  # characters of a first sentence that are looked at
_MARK = re.compile(r"\s*(?:\[\^?\d+(?:\s*[,，、–-]\s*\d+)*\]|【[^【】]{0,80}】|\[c:\w+\])")
_BRACKETED = re.compile(r"[\[【(（〔]([^\[\]【】()（）〔〕\n]{3,200})[\]】)）〕]")
_SOURCES = re.compile(
    r"\W*(?:sources?|references?|citations?|bibliography|(?:资料)?来源|参考(?:文献|资料)|引用|引文|出处)\W*", re.I
)
_OWN_PLACE = re.compile(r"/p/(?P<passage>[^?/]+)(?:\?(?P<query>.*))?$")


class Documents:
    """The documents that may be cited, by the names that people and programs use for them."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.texts = {record.doc_id: library.text(record.doc_id) for record in library.documents()}
        self._bare = {doc_id: bare(text) for doc_id, text in self.texts.items()}
        self._named: dict[str, str] = {}
        self._files: dict[str, str] = {}
        for record in library.documents():
            stem = record.name.rpartition(".")[0] or record.name
            self._files[record.name.casefold()] = record.doc_id
            for name in (record.doc_id, record.name, stem, record.metadata.title or ""):
                if name.strip():
                    self._named.setdefault(" ".join(name.split()).casefold(), record.doc_id)

    def named(self, *names: str) -> str | None:
        """Returns the document that has exactly one of these names."""
        found = (self._named.get(" ".join(name.split()).casefold()) for name in names)
        return next((each for each in found if each), None)

    def file(self, text: str) -> str | None:
        """Returns the document whose file name occurs in a text."""
        said = text.casefold()
        return next((doc_id for name, doc_id in self._files.items() if name in said), None)

    def holding(self, quote: str) -> tuple[str, tuple[tuple[int, int], ...]] | None:
        """Returns the first document that contains every piece of a quote, and the places.

        Pieces are separated by "…".
        """
        pieces = [piece for piece in _SKIPPED.split(quote) if bare(piece)]
        for doc_id, text in self._bare.items():
            if pieces and all(bare(piece) in text for piece in pieces):
                places = [stretches([piece], self.texts[doc_id])[0] for piece in pieces]
                return doc_id, tuple(sorted(set(places)))
        return None

    def place(self, url: str) -> tuple[str, tuple[tuple[int, int], ...]] | None:
        """Returns the document and word spans that one of SinkQA's own addresses names; without words, the passage."""
        found = _OWN_PLACE.search(urlsplit(url).fragment)
        if not found:
            return None
        try:
            passage = self._library.passage(unquote(found["passage"]))
        except LibraryError:
            return None
        asked = parse_qs(found["query"] or "").get("q", [""])[0]
        named = re.findall(r"(\d+)-(\d+)", asked)
        places = [(int(start), int(end)) for start, end in named] or [(start, end) for start, end in passage.spans]
        return passage.doc_id, tuple(places)


@dataclass(slots=True)
class _MarkedText:
    """A reply taken apart: its blocks as they are read, the texts quoted, and the links, in order."""

    blocks: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def as_answer(
    question: str, language: str, content: str, annotations: Sequence[Mapping[str, Any]], documents: Documents,
    abstains: re.Pattern[str],
) -> Answer:  # fmt: skip
    """Converts a reply into an answer of our type, without a confidence.

    A citation without spans names only its document.
    """
    text = _taken_apart(content)
    said = [line for block in text.blocks if (line := _MARK.sub("", block).strip())]
    withheld = is_abstention("\n".join(said), abstains)
    citations = tuple(_citations(text, content, annotations, documents))
    return Answer(
        status="abstained" if withheld else "answered",
        abstain_reason="unsupported" if withheld else None,
        question=question,
        language=language,
        answer="\n".join(said),
        segments=tuple(Segment(each, ()) for each in said),
        citations=citations,
        passages=(),
        confidence=0.0,
        generation=0,
        encoder="",
        timings_ms={},
    )


def is_abstention(said: str, abstains: re.Pattern[str]) -> bool:
    """Whether a text says that there is no answer, and then gives none."""
    if not said.strip():
        return True
    end = _SENTENCE.search(said)
    first = (said[: end.end()] if end else said.partition("\n")[0])[:_FIRST]
    found = abstains.search(first)
    if not found:
        return False
    rest = said[len(first) :].lstrip()
    begins = _HOWEVER.match(rest)
    return not (begins or _HOWEVER.search(first, found.end()))


def _taken_apart(content: str) -> _MarkedText:
    tokens = MarkdownIt("commonmark").enable("table").parse(content)
    text, depth, row, is_said = _MarkedText(), 0, list[str](), True
    for token, before in zip(tokens, [None, *tokens], strict=False):
        depth += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and is_said:
            text.blocks.append("; ".join(filter(None, row)))
        elif token.type in ("fence", "code_block") and is_said:
            text.blocks.append(token.content.strip())
        elif token.type == "inline":
            shown, whole = _inline(token, text)
            is_said = is_said and not _SOURCES.fullmatch(whole.partition("\n")[0])
            text.quotes += [whole] if depth else _quoted(whole)
            if before and before.type in ("td_open", "th_open"):
                row.append(shown)
            elif is_said:
                text.blocks += [line.strip() for line in shown.split("\n") if line.strip()]
    return text


def _inline(token: Token, text: _MarkedText) -> tuple[str, str]:
    """What is read of it, links that are marks left out; and all of it, as it is quoted."""
    shown, whole, link = list[str](), list[str](), list[str]()
    address: str | None = None
    for child in token.children or ():
        if child.type == "link_open":
            address, link = str(child.attrs.get("href", "")), []
        elif child.type == "link_close":
            words = "".join(link)
            text.links.append((address or "", words))
            is_mark = re.fullmatch(r"\W*(?:\d+|source|来源|link)\W*", words, re.I)
            shown += [] if is_mark else [words]
            whole += [] if is_mark else [words]
            address = None
        else:
            piece = "\n" if child.type in ("softbreak", "hardbreak") else child.content
            (shown if address is None else link).append(piece)
            whole += [piece] if address is None else []
    return "".join(shown), "".join(whole)


def _quoted(text: str) -> Iterator[str]:
    for found in _QUOTED.finditer(text):
        quote = next(filter(None, found.groups()))
        if len(_HAN.findall(quote)) >= _LEAST_HAN or len(_WORD.findall(quote)) >= _LEAST_WORDS:
            yield quote.strip()


def _citations(
    text: _MarkedText, content: str, annotations: Sequence[Mapping[str, Any]], documents: Documents
) -> Iterator[Citation]:
    """Places that links name, quotes, then documents by name; each once."""
    links = [*text.links, *_annotated(annotations)]
    placed: list[tuple[str, tuple[tuple[int, int], ...]]] = []
    named: list[str | None] = []
    for url, words in links:
        if place := documents.place(url):
            placed += [place] if place not in placed else []
        elif url or words:
            named.append(documents.named(words, *_names_in(url)) or documents.file(words))
    named += [doc_id for each in _BRACKETED.findall(content) if (doc_id := documents.file(each))]
    invalid: list[str] = []
    for quote in dict.fromkeys(text.quotes):
        held = documents.holding(_MARK.sub("", quote))
        if held is None:
            invalid.append(quote)
        elif not any(held[0] == doc_id and _meet(held[1], spans) for doc_id, spans in placed):
            placed.append(held)
    number = 0
    for doc_id, spans in placed:
        quote = " … ".join(documents.texts[doc_id][start:end] for start, end in spans)
        yield _citation(number := number + 1, doc_id, quote, spans)
    for quote in invalid:
        yield _citation(number := number + 1, "", quote, ())
    quoted = {doc_id for doc_id, _ in placed}
    for name in dict.fromkeys(named):
        if name not in quoted:
            yield _citation(number := number + 1, name or "", "", ())


def _meet(a: Sequence[tuple[int, int]], b: Sequence[tuple[int, int]]) -> bool:
    return any(start < other[1] and other[0] < end for start, end in a for other in b)


def _annotated(annotations: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Address and title of each annotation, in the forms of chat completions and of responses."""
    for each in annotations:
        inner = each.get(str(each.get("type")), each)
        told = inner if isinstance(inner, Mapping) else each
        address = told.get("url") or ""
        title = told.get("title") or told.get("filename") or told.get("file_id") or ""
        yield str(address), str(title)


def _names_in(url: str) -> list[str]:
    """The end of the address, and of what stands behind #, as names."""
    parts = urlsplit(url)
    ends = [unquote(part.rstrip("/").rpartition("/")[2]) for part in (parts.path, parts.fragment) if part]
    return [name for end in ends for name in (end, end.rpartition(".")[0]) if name]


def _citation(number: int, doc_id: str, quote: str, spans: Sequence[tuple[int, int]]) -> Citation:
    return Citation(
        number=number,
        passage_id=f"{doc_id[:12]}:{','.join(f'{start}-{end}' for start, end in spans) or number}",
        doc_id=doc_id,
        title="",
        original=None,
        section=(),
        table=None,
        page_start=1,
        page_end=1,
        page_label=None,
        quote=quote,
        spans=tuple(QuotedSpan(start, end, start, end) for start, end in spans),
        text_sha256="",
        boxes=(),
        language="",
        url=None,
        score=0.0,
    )
