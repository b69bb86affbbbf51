"""Questions about provisions by number: articles, their paragraphs, and the article after the last one.

A question has a :class:`Target` in each document that contains the law. All copies and versions of a law count, because
a question that names the law does not distinguish them.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal
from unicodedata import normalize

from sinkqa.eval.provisions.outline import Article, Law, after_mark
from sinkqa.ingest.document import Span

Kind = Literal["article", "paragraph", "end", "date", "definition", "penalty"]
Names = tuple[str, str]
"""The full name of a law and a short name."""

LAWS = Path(__file__).with_name("laws.toml")
_ENGLISH = {"section": ("section", "s"), "Sec.": ("section", "Sec.")}
_REPEALED = re.compile(r"(?:\(\w+\))?[\s\[(（]*(?:[Rr]epealed|[Ee]xpired|削除|删去)[.\])）\s]*")
_DIGITS = "零一二三四五六七八九"
_ALIKE = 0.8  # of the shorter one's pieces: two texts of one law
_PIECE = 12  # letters


@dataclass(frozen=True, slots=True)
class Target:
    """The expected content of an answer, and its place in a document. Spans are of the source text.

    ``needed`` must be in the answer. ``more`` is the rest of a list. Citations must lie within ``allowed`` and outside
    ``notes``.
    """

    doc_id: str
    needed: tuple[Span, ...]
    allowed: tuple[Span, ...]
    notes: tuple[Span, ...] = ()
    more: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvisionQuestion:
    """A generated question. Questions of one ``cluster`` ask for the same. ``last``: the last number in the law."""

    query_id: str
    text: str
    kind: Kind
    pair: str
    law: str
    cluster: str
    targets: tuple[Target, ...]
    last: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """The texts of one law, and its name in each language."""

    laws: tuple[Law, ...]
    names: Mapping[str, Names]

    @property
    def title(self) -> str:
        """The title as the first text prints it."""
        return self.laws[0].title

    @property
    def language(self) -> str:
        """The language of the first text."""
        return self.laws[0].language


def families(laws: Iterable[Law]) -> list[Family]:
    """Groups laws that have one name or nearly equal texts. The groups are in the order of their first laws."""
    groups: list[list[Law]] = []
    for law in laws:
        for group in groups:
            if _key(law.title) == _key(group[0].title) or _alike(law, group[0]):
                group.append(law)
                break
        else:
            groups.append([law])
    return [Family(tuple(group), _names(group[0])) for group in groups]


def number_questions(family: Family, *, wordings: int, sample: int | None, seed: int) -> Iterator[ProvisionQuestion]:
    """Questions by number, each in up to four wordings a language; ``sample`` of articles and of paragraphs."""
    numbered: dict[str, list[tuple[Law, Article]]] = {}
    for law in family.laws:
        for article in law.articles:
            numbered.setdefault(article.number, []).append((law, article))
    stated = {number: held for number, held in numbered.items() if _says(held[0][0], held[0][1].lines)}
    for number in drawn(sorted(stated), sample, f"{family.title} articles {seed}"):
        held = stated[number]
        targets = tuple(Target(law.document.doc_id, each.lines, (each.range,), each.notes) for law, each in held)
        yield from made(
            "article", family, number, _article_wordings(family, number, held[0][1].style), targets, wordings
        )
    divided = sorted(number for number, held in stated.items() if all(article.paragraphs for _, article in held))
    for number in drawn(divided, sample, f"{family.title} paragraphs {seed}"):
        law, article = stated[number][0]
        shared = set.intersection(*({each.number for each in held.paragraphs} for _, held in stated[number]))
        telling = [each for each in article.paragraphs[1:] if _says(law, each.lines)] or article.paragraphs[:1]
        if not (telling := [each for each in telling if each.number in shared]):
            continue  # a question that names no version asks for none that only an older one has
        part = random.Random(f"{number} {seed}").choice(telling).number
        asks = _paragraph_wordings(family, article, part)
        yield from made("paragraph", family, f"{number}({part})", asks, _paragraphs(stated[number], part), wordings)
    ends = [law.articles[-1] for law in family.laws if law.articles]
    if len({each.number for each in ends}) == 1 and ends[0].number.isdecimal():
        beyond = str(int(ends[0].number) + 1)
        asks = {language: texts[:1] for language, texts in _article_wordings(family, beyond, ends[0].style).items()}
        yield from made("end", family, beyond, asks, (), 1, last=ends[0].number)


def made(
    kind: Kind,
    family: Family,
    about: str,
    asks: Mapping[str, Sequence[str]],
    targets: tuple[Target, ...],
    wordings: int,
    *,
    last: str = "",
) -> Iterator[ProvisionQuestion]:
    """Yields a question for each of the first ``wordings`` wordings of each language."""
    cluster = f"{family.title} {kind} {about}"
    for language, texts in asks.items():
        for number, text in enumerate(texts[:wordings], 1):
            name, pair = f"{cluster} {language}{number}", f"{language}→{family.language}"
            yield ProvisionQuestion(name, text, kind, pair, family.title, cluster, targets, last)


def drawn(pool: Sequence[str], sample: int | None, seed: str) -> Sequence[str]:
    """Draws ``sample`` items of a pool at random, in the pool's order. Returns all if the pool has no more."""
    if sample is None or sample >= len(pool):
        return pool
    return [pool[place] for place in sorted(random.Random(seed).sample(range(len(pool)), sample))]


def _article_wordings(family: Family, number: str, style: str) -> dict[str, list[str]]:
    """How an article is asked for, by language."""
    asks: dict[str, list[str]] = {}
    if names := family.names.get("zh"):
        whole, short = names
        spelt, plain = _spelt(number), _spelt(number, numerals=False)
        asks["zh"] = [
            f"{_quoted(whole)}{spelt}规定了什么？",
            f"{short}{plain}的内容是什么？",
            f"请给出{short}{spelt}原文",
            f"{whole} {spelt}",
        ]
    if names := family.names.get("en"):
        whole, short = names
        word, brief = _ENGLISH.get(style, ("Article", "Art."))
        asks["en"] = [
            f"What does {word} {number} of the {whole} say?",
            f"{word.capitalize()} {number} {short}",
            f"Quote {brief} {number} of the {short}.",
            f"What is provided in the {whole}, {word.lower()} {number}?",
        ]
    return asks


def _paragraph_wordings(family: Family, article: Article, part: str) -> dict[str, list[str]]:
    number, asks = article.number, {}
    if (names := family.names.get("zh")) and part.isdecimal():
        unit, plain = "项" if family.language == "ja" else "款", _spelt(number, numerals=False)
        first = f"{_quoted(names[0])}{_spelt(number)}第{chinese(part)}{unit}规定了什么？"
        asks["zh"] = [first, f"{names[1]}{plain}第{part}{unit}"]
    if names := family.names.get("en"):
        word, _ = _ENGLISH.get(article.style, ("Article", ""))
        numbered = f"Section {number}({part}) {names[1]}"
        spelt = f"{names[1]}, Article {number}, paragraph {part}"
        first = f"What does {word} {number}({part}) of the {names[0]} say?"
        asks["en"] = [first, spelt if word == "Article" else numbered]
    return asks


def _paragraphs(held: Sequence[tuple[Law, Article]], number: str) -> tuple[Target, ...]:
    """The paragraph of this number in each text of an article; heading and lead-in may stand beside it."""
    found = []
    for law, article in held:
        for lines in (each.lines for each in article.paragraphs if each.number == number):
            allowed = (Span(lines[0].start, lines[-1].end), *article.lead)
            needed = (after_mark(law.document.text, lines[0]), *lines[1:])
            found.append(Target(law.document.doc_id, needed, allowed, article.notes))
    return tuple(found)


def _spelt(number: str, *, numerals: bool = True) -> str:
    """第十六条之二 of 16-2, or 第16条之2; letters stay: 第5ZI条."""
    first, *rest = number.split("-")
    write = chinese if numerals and number.replace("-", "").isdecimal() else str
    return "之".join([f"第{write(first)}条", *map(write, rest)])


def chinese(number: str) -> str:
    """Writes a number from 1 to 999 in Chinese numerals: 124 is 一百二十四."""
    value = int(number)
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "") or "零"


def _quoted(name: str) -> str:
    return name if "《" in name else f"《{name}》"


def _says(law: Law, lines: Sequence[Span]) -> bool:
    """Whether lines say anything: those of what was repealed do not."""
    said = "".join(law.document.text[start:end] for start, end in lines)
    return len(said) > 4 and not _REPEALED.fullmatch(said)


def _names(law: Law) -> dict[str, Names]:
    known = known_names().get(_key(law.title), {})
    names = {language: (values[0], values[-1]) for language, values in known.items()}
    if law.language == "zh":
        names.setdefault("zh", (law.title, re.sub(r"^中华人民共和国|[（(]试行[）)]$", "", law.title)))
    elif law.language == "en":
        names.setdefault("en", (law.title, re.sub(r" (?:19|20)\d\d$", "", law.title)))
    return names


@cache
def known_names() -> dict[str, dict[str, list[str]]]:
    """Returns names of laws by language, by the key of their title."""
    rows = tomllib.loads(LAWS.read_text("utf-8"))["law"]
    return {_key(row["title"]): {k: v for k, v in row.items() if k != "title"} for row in rows}


def _key(title: str) -> str:
    return re.sub(r"\W|中华人民共和国", "", normalize("NFKC", title)).lower()


def _alike(a: Law, b: Law) -> bool:
    """Whether most of the shorter text stands in the other."""
    if not a.articles or not b.articles or a.language != b.language:
        return False
    first, second = (_pieces(law) for law in (a, b))
    return len(first & second) >= _ALIKE * max(1, min(len(first), len(second))) and min(len(first), len(second)) > 20


def _pieces(law: Law) -> set[str]:
    said = re.sub(r"\W", "", "".join(law.document.text[s:e] for each in law.articles for s, e in each.lines))
    return {said[at : at + _PIECE] for at in range(len(said)) if _chosen(said[at : at + 4])}


def _chosen(text: str) -> bool:
    """One in eight texts, always the same ones."""
    return sum(map(ord, text)) % 8 == 0


def merged(questions: Iterable[ProvisionQuestion]) -> list[ProvisionQuestion]:
    """Merges questions with the same text. An answer that is right for one of them is right for the merged question."""
    found: dict[str, ProvisionQuestion] = {}
    for each in questions:
        first = found.get(each.text)
        found[each.text] = each if first is None else replace(first, targets=(*first.targets, *each.targets))
    return list(found.values())
