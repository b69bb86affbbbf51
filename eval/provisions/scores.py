"""Scores whether an answer gives the requested provision completely, and nothing else.

Texts are compared without white space, hyphens and the width of their punctuation. A piece of an answer without "…"
must stand in its document in one piece. If it does not, the answer left something out without saying so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

from sinkqa.eval.provisions.outline import set_aside
from sinkqa.eval.provisions.questions import ProvisionQuestion, Target, chinese
from sinkqa.ingest.document import Document, Span
from sinkqa.service.answer import Answer, Citation

LONG = {"zh": 2_400, "ja": 2_400, "en": 7_200}
"""A provision of at least so many characters need not be given to its end."""
_BEGINNING = 4  # the part of LONG that must be there of what is longer
_GOES_ON = re.compile(r"continue|goes on|more follow|further|未完|后续|续|继续|还有|其余|下文|余下|以下部分", re.I)
_CITED = re.compile(r"\[\d{1,2}\]")
_FOLDED = str.maketrans(dict.fromkeys("“”„‘’'\"`-‐‑–—­「」『』", ""))

HEADLINES = {
    "article": "whole and right",
    "paragraph": "paragraph",
    "end": "end said",
    "date": "date of effect",
    "definition": "definition",
    "penalty": "penalty",
}
"""The measure that shows, for each kind of question, whether it was answered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Scores by measure, each 0 or 1, and a short description of the error; "" if there is none."""

    scores: dict[str, float]
    fault: str


class Source:
    """A document's text in the form in which answers are compared with it."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self._document = document

    @cached_property
    def forms(self) -> tuple[str, str]:
        """The whole text, and the text without running heads, notes and tables, which a quote may skip."""
        kept, at = [], 0
        for start, end in set_aside(self._document):
            kept.append(self.text[at:start])
            at = max(at, end)
        return bare(self.text), bare("".join([*kept, self.text[at:]]))

    def said(self, spans: Sequence[Span]) -> list[str]:
        """Returns the bare words under each span. Spans without words are left out."""
        return [words for start, end in spans if (words := bare(self.text[start:end]))]


def bare(text: str) -> str:
    """Removes white space, quotation marks and hyphens, and makes letters and punctuation one width."""
    return re.sub(r"\s", "", normalize("NFKC", text).translate(_FOLDED))


def score(
    question: ProvisionQuestion, answer: Answer, sources: Mapping[str, Source], titles: Mapping[str, str]
) -> Verdict:
    """Scores an answer to a question. ``titles``: names of documents by id, for the description of errors."""
    if question.kind == "end":
        return _end(question, answer)
    documents = {target.doc_id for target in question.targets}
    given = bare(_CITED.sub("", "".join(segment.text for segment in answer.segments)).replace("…", ""))
    strays = [each for each in answer.citations if each.doc_id not in documents]
    missing = min((_missing(target, given, answer, sources[target.doc_id]) for target in question.targets), key=len)
    astray = [each for each in answer.citations if not any(_within(each, target) for target in question.targets)]
    hole = _hole(question, answer, sources)
    silent, whole = answer.status == "abstained" or not answer.citations, not missing and not hole
    fault = (
        "abstained" if silent
        else f"wrong law: {titles.get(strays[0].doc_id, '?')}" if strays
        else f"another provision: {_quoted(astray[0])}" if astray and question.kind in ("article", "paragraph")
        else f"missing: {missing[0][:60]}" if missing
        else f"silent hole: {hole[:60]}" if hole
        else ""
    )  # fmt: skip
    scores = {"wrong law": float(bool(strays)), "silent hole": float(bool(hole)), "abstained": float(silent)}
    if question.kind in ("article", "paragraph"):
        right = not silent and not astray
        measures = {HEADLINES[question.kind]: right and whole}
        if question.kind == "article":
            measures |= {"whole": whole and not silent, "right": right}
    else:
        measures = {HEADLINES[question.kind]: not missing and not silent}
        if question.kind == "definition":
            full = any(_holds(given, sources[t.doc_id].said((*t.needed, *t.more))) for t in question.targets)
            measures |= {"definition with its list": full and not silent}
        fault = "" if measures[HEADLINES[question.kind]] else fault
    return Verdict({name: float(value) for name, value in measures.items()} | scores, fault)


def _end(question: ProvisionQuestion, answer: Answer) -> Verdict:
    """Past the last article nothing is to be cited, and the answer abstains or names the last one."""
    told = _remarks(answer)
    names = [rf"(?<!\d){question.last}(?!\d)", f"[第共]{chinese(question.last)}条"]
    named = any(re.search(name, told) for name in names)
    right = not answer.citations and (answer.status == "abstained" or named)
    fault = (
        "" if right else f"cited: {_quoted(answer.citations[0])}" if answer.citations else f"said: {answer.answer[:60]}"
    )
    return Verdict({HEADLINES["end"]: float(right), "last article named": float(named and right)}, fault)


def _missing(target: Target, given: str, answer: Answer, source: Source) -> list[str]:
    """The lines that the answer lacks; of a long provision's beginning only, where the answer says that it goes on."""
    lines = source.said(target.needed)
    language = "zh" if re.search("[一-龥]", source.text[:2000]) else "en"
    if sum(map(len, lines)) > LONG[language] and _GOES_ON.search(_remarks(answer)):
        kept, length = [], 0
        for line in lines:
            room = LONG[language] // _BEGINNING - length
            kept += [line[:room]] if room > 0 else []
            length += len(line)
        lines = kept
    return [line for line in lines if line not in given]


def _remarks(answer: Answer) -> str:
    """What the answer says of itself: its notes, and its text beside the segments."""
    text = answer.answer
    for segment in answer.segments:
        text = text.replace(segment.text, " ")
    return " ".join([text, *answer.notes])


def _holds(given: str, lines: Sequence[str]) -> bool:
    return all(line in given for line in lines)


def _within(citation: Citation, target: Target) -> bool:
    """Whether all that is cited lies in what may be given, and none of it in notes."""
    if citation.doc_id != target.doc_id:
        return False
    return all(
        any(start <= span.start and span.end <= end for start, end in target.allowed)
        and not any(start < span.end and span.start < end for start, end in target.notes)
        for span in citation.spans
    )


def _hole(question: ProvisionQuestion, answer: Answer, sources: Mapping[str, Source]) -> str:
    """The first piece of the answer that is in none of its documents as it stands; "" where there is none.

    The heading may stand before a piece; tables, which are not shown as they stand, and documents that were not read
    are not looked into.
    """
    cited = {each.number: each.doc_id for each in answer.citations if each.table is None}
    heads = {bare(sources[t.doc_id].text[t.allowed[0].start : t.needed[0].start]) for t in question.targets if t.needed}
    for segment in answer.segments:
        documents = [cited[number] for number in segment.citations if number in cited]
        forms = [form for each in documents if each in sources for form in sources[each].forms]
        for part in re.split(r"…+", _CITED.sub("", segment.text)):
            piece = bare(part)
            rests = {piece, *(piece.removeprefix(head) for head in heads if head and len(head) < 300)}
            if forms and piece and not any(rest in form for rest in rests for form in forms):
                return piece
    return ""


def _quoted(citation: Citation) -> str:
    where = " › ".join(citation.section[-1:])
    return f"{where[:40]}: {citation.quote[:60]}".replace("\n", " ")
