"""Makes true statements for comparison with the forged ones, from numbers, headings and captions of documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from sinkqa.eval.forging.kinds import is_plain
from sinkqa.eval.forging.material import LANGUAGES, MOST_OF_ARTICLE, Language, Material, Sentence
from sinkqa.ingest.passage import PassageKind
from sinkqa.ingest.structure.lists import mark_of

_MOST_CHARS = 2_000
_ITEMS = ("bullet", "paren", "half", "circled")  # styles of marks that paragraphs do not have
_Said = Callable[[Sentence], str | None]


def _verbatim(sentence: Sentence) -> str | None:
    """A sentence that stands by itself: the item of a list says nothing without its lead-in."""
    mark = mark_of(sentence.text)
    is_item = sentence.text.startswith("—") or (mark and mark[0].startswith(_ITEMS))
    return sentence.text if sentence.text.endswith((".", "。")) and not is_item else None


def _article(sentence: Sentence) -> str | None:
    """The whole article, its number before it."""
    if sentence.article is None or sentence.unit:
        return None
    here = sentence.document.passages
    section = sentence.passage.section
    if sentence.place and here[sentence.place - 1].section == section:
        return None
    parts = [passage.text for passage in here[sentence.place :][: MOST_OF_ARTICLE + 1] if passage.section == section]
    text = f"{sentence.article}{': ' if sentence.language == 'en' else ' '}" + "\n".join(parts)
    return text if len(parts) <= MOST_OF_ARTICLE and len(text) <= _MOST_CHARS else None


def _row(sentence: Sentence) -> str | None:
    return sentence.passage.text


def _labelled_row(sentence: Sentence) -> str | None:
    """A row with the number of its table before it."""
    row = sentence.passage
    if not row.table:
        return None
    return row.text if row.text.startswith(row.table) else f"{row.table}: {row.text}"


def _adjacent(sentence: Sentence) -> str | None:
    after = sentence.after()
    if after is None or not (is_plain(sentence.text, sentence.language) and is_plain(after, sentence.language)):
        return None
    return f"{sentence.text}{' ' if sentence.language == 'en' else ''}{after}"


def _headed(sentence: Sentence) -> str | None:
    """A sentence with its heading before it."""
    if not sentence.passage.section or sentence.article or not _verbatim(sentence):
        return None
    heading = re.sub(r"[:：.。]+$", "", sentence.passage.section[-1])
    if not 3 < len(heading) <= 100 or re.search("[。!?]", heading):
        return None
    return f"{heading}{': ' if sentence.language == 'en' else '：'}{sentence.text}"


def _list(sentence: Sentence) -> str | None:
    whole = sentence.passage.text
    return whole if sentence.lead and sentence.unit == 1 and len(whole) <= _MOST_CHARS else None


def _item(sentence: Sentence) -> str | None:
    if not sentence.lead or sentence.text.endswith((":", "：")):
        return None
    return f"{sentence.lead}{' ' if sentence.language == 'en' else ''}{sentence.text}"


TRUTHS: dict[str, tuple[PassageKind, _Said]] = {
    "sentence": ("text", _verbatim),
    "article with its number": ("text", _article),
    "row": ("row", _row),
    "row with its table's number": ("row", _labelled_row),
    "two sentences": ("text", _adjacent),
    "sentence with its heading": ("text", _headed),
    "list with its lead-in": ("list", _list),
    "item with its lead-in": ("list", _item),
    "item of an article with its lead-in": ("text", _item),
}


def truths(material: Material, count: int, *, seed: int) -> Iterator[tuple[str, Language, str, Sentence]]:
    """Yields the kind, language and text of each true statement, and the sentence that it comes from.

    It yields ``count`` statements in all. It spreads them as evenly as the documents allow.
    """
    supply = {
        (kind, language): _drawn(material, kind, language, Random(f"{seed} {kind} {language}"))
        for kind in TRUTHS
        for language in LANGUAGES
    }
    given = 0
    while supply and given < count:
        for key in [*supply]:
            found = next(supply[key], None)
            if found is None:
                del supply[key]
            elif given < count:
                given += 1
                yield (*key, *found)


def _drawn(material: Material, kind: str, language: Language, random: Random) -> Iterator[tuple[str, Sentence]]:
    of, said = TRUTHS[kind]
    pool = material.of(of, language)
    for sentence in random.sample(pool, len(pool)):
        if text := said(sentence):
            yield text, sentence
