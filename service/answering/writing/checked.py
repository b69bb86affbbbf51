"""Checks generated text sentence by sentence. Removes each that cites no evidence or is not supported by it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.sentences import sentence_spans
from sinkqa.service.answer import Answer, Citation, Removed, Segment
from sinkqa.service.answering.writing.generating import NO_ANSWER, Generator, Source
from sinkqa.service.errors import GeneratorStopped, GeneratorUnavailable
from sinkqa.service.grounding.guard import Verdict
from sinkqa.service.grounding.quote import Quote
from sinkqa.service.grounding.verifying import Entailment, finding_lines

_KEY = r"c\s?:\s?[0-9a-zA-Z]+"
# Keys in brackets, and numbers in brackets: nobody but us may number citations.
_MARK = late(rf"[\[【]\s?(?:{_KEY}|\d{{1,3}})(?:[\s,，;；、]{{1,3}}(?:{_KEY}|\d{{1,3}}))*\s?[\]】]")
_EVIDENCE_CHARS = 4_000  # that a generator reads
_LIST_MARK = late(r"^\s*(?:[-*•·]|\d{1,2}[.)、]|#+)\s+")
_ASIDE = late(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)  # models that think aloud
_LINK = late(r"https?://\S+|\]\([^)]{0,300}\)")


@dataclass(frozen=True, slots=True)
class Written:
    """The sentences that passed, each with the keys of its evidence, the removed ones, and notes for the reader.

    ``reached``: whether the generator returned any text, so that it may be asked for more.
    """

    sentences: tuple[tuple[str, tuple[str, ...]], ...] = ()
    removed: tuple[Removed, ...] = ()
    notes: tuple[str, ...] = ()
    reached: bool = True


def sources(pieces: Sequence[tuple[str, Citation]]) -> dict[str, tuple[Source, Citation]]:
    """The input of a generator, by key: evidence in reading form with its citation, up to 4,000 characters.

    A key is ``c:`` and 4 or more hex digits of a hash, so that a model cannot guess keys by counting.
    """
    given: dict[str, tuple[Source, Citation]] = {}
    room = _EVIDENCE_CHARS
    for text, citation in pieces:
        room -= len(text)
        if room < 0 and given:
            break
        digest = hashlib.sha256(f"{citation.passage_id}:{citation.quote}".encode("utf-8", "surrogatepass")).hexdigest()
        key = next(key for n in range(4, 65) if (key := f"c:{digest[:n]}") not in given)
        given[key] = Source(key, citation.title, " › ".join(citation.section), text), citation
    return given


def written_over(answer: Answer, written: Written, citations: Mapping[str, Citation]) -> Answer:
    """The extractive answer with its text replaced by the sentences that passed. If none passed, its text stays."""
    notes = (*answer.notes, *written.notes)
    if not written.sentences:
        note = "the answer is made of quotes"
        return replace(answer, notes=(*notes, note), removed=written.removed)
    used = dict.fromkeys(key for _, keys in written.sentences for key in keys)
    numbers = {key: number for number, key in enumerate(used, 1)}
    segments = tuple(Segment(text, tuple(numbers[key] for key in keys)) for text, keys in written.sentences)
    return replace(
        answer,
        answer=" ".join(f"{s.text} " + "".join(f"[{n}]" for n in s.citations) for s in segments),
        segments=segments,
        citations=tuple(replace(citations[key], number=number) for key, number in numbers.items()),
        generated=True,
        table=None,  # it tells the segments that were
        notes=notes,
        removed=written.removed,
    )


def write(question: str, sources: Sequence[Source], generator: Generator, judge: Entailment) -> Written:
    """Asks the generator and checks each of its sentences. If no sentence passes, the notes say why."""
    said, notes, whole = "", list[str](), True
    try:
        for piece in generator.generate(question, sources):
            said += piece
    except GeneratorStopped as stopped:
        notes, whole = [stopped.message], False
    except GeneratorUnavailable as unavailable:
        return Written(notes=(unavailable.message,), reached=False)
    said = _ASIDE.sub("", said)
    if not said.strip() or said.strip(" .。") == NO_ANSWER:
        what = "said nothing" if not said.strip() else "found no answer in the evidence"
        return Written(notes=(*notes, f"{generator.name} {what}"))
    passed, removed = _checked(list(_sentences(said)), sources, judge, whole=whole)
    if not passed:
        notes.append(f"nothing that {generator.name} wrote could be checked against the evidence")
    return Written(tuple(passed), tuple(removed), tuple(notes))


def _checked(
    sentences: Sequence[tuple[str, tuple[str, ...]]], sources: Sequence[Source], judge: Entailment, *, whole: bool
) -> tuple[list[tuple[str, tuple[str, ...]]], list[Removed]]:
    texts = {source.key: source.text for source in sources}
    quotes = {source.key: Quote(source.text, above=(source.title, *source.section.split(" › "))) for source in sources}
    passed: dict[str, tuple[str, ...]] = {}
    removed: list[Removed] = []
    for place, (text, cited) in enumerate(sentences, 1):
        known = [key for key in cited if key in texts]
        if not whole and place == len(sentences):
            removed.append(Removed(text, "not finished"))
        elif not known:
            removed.append(Removed(text, "cites nothing that was given" if cited else "cites nothing"))
        elif any(link[0] not in " ".join(texts[key] for key in known) for link in _LINK.finditer(text)):
            removed.append(Removed(text, "holds a link that the evidence does not"))
        elif text not in passed:
            supporting, verdict = _supporting(text, known, quotes, judge)
            if supporting:
                passed[text] = supporting
            else:
                removed.append(
                    Removed(text, "; ".join((f"{verdict.label} by the evidence", *finding_lines(verdict.findings))))
                )
    return list(passed.items()), removed


def _supporting(
    text: str, cited: Sequence[str], quotes: Mapping[str, Quote], judge: Entailment
) -> tuple[tuple[str, ...], Verdict]:
    """The cited keys that support the sentence, each alone where one suffices; none where all together do not."""
    verdict = judge.entails(text, [quotes[key] for key in cited])
    if verdict.label != "supported":
        return (), verdict
    alone = tuple(key for key in cited if judge.entails(text, [quotes[key]]).label == "supported")
    return alone or tuple(cited), verdict


def _sentences(said: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sentences without their marks, each with the keys that stand in it or right after it."""
    for line in said.splitlines():
        plain, marks = _without_marks(_LIST_MARK.sub("", line).replace("**", ""))
        for start, end in sentence_spans(plain, detect(plain)):
            yield plain[start:end], tuple(dict.fromkeys(key for at, key in marks if start < at <= end))


def _without_marks(line: str) -> tuple[str, list[tuple[int, str]]]:
    """The line without citation marks, and each key with its place: the length of the text before it."""
    plain, marks, done = "", list[tuple[int, str]](), 0
    for mark in _MARK.finditer(line):
        plain = (plain + line[done : mark.start()]).rstrip()
        found = (re.sub(r"\s", "", key).lower() for key in re.findall(_KEY, mark[0]))
        marks += ((len(plain), key) for key in found)
        done = mark.end()
        if plain.endswith((".", "!", "?")) and line[done : done + 1].isalnum():
            plain += " "  # a model may leave out the space: two sentences all the same
    return plain + line[done:], marks
