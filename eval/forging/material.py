"""Reads documents into memory: their true sentences, and the passages that the product makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sinkqa.eval.data.evidence import bare
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.index.hit import Hit, Why
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Document, Page
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.passage import Passage, PassageKind
from sinkqa.ingest.readers import find_files, format_of, read, read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.ingest.structure.lists import mark_of

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_CHARS: dict[PassageKind, range] = {"text": range(10, 401), "list": range(8, 401)}  # of a sentence, of an item
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百]+条|Article \d+")
_ITEM = re.compile(r"\s*(?:[（(]?(?:[一二三四五六七八九十]+|\d+|[a-z]|[ivx]+)[)）.、]|[-•—–])\s*")  # a list mark
MOST_OF_ARTICLE = 8  # passages of an article that are taken
_DRAWN = 500  # sentences that are looked at for another one
_AROUND = 2  # passages before and after a sentence's own, and as many of other documents


@dataclass(frozen=True, eq=False)
class Held:
    """A document, its record and its passages in reading order."""

    document: Document
    record: DocumentRecord
    passages: list[Passage]

    @property
    def hits(self) -> list[Hit]:
        """All passages as search hits."""
        return [self.hit(passage) for passage in self.passages]

    @cached_property
    def bare(self) -> str:
        """The texts of all passages without white space, one passage a line."""
        return "\n".join(bare(passage.text) for passage in self.passages)

    def hit(self, passage: Passage) -> Hit:
        """Returns a passage as a search hit."""
        return Hit(passage, self.record.title, 1.0, Why(), self.document.metadata)


def held(document: Document) -> Held:
    """Cuts a document into passages as a library does."""
    about, passages = document.metadata, split(document)
    record = DocumentRecord(
        document.doc_id, document.name, about.title or document.name, document.media_type, format_of(document), about,
        document.warnings, len(document.pages), len(document.content), len(passages), document.text_sha256, "", 0, (),
    )  # fmt: skip
    return Held(document, record, passages)


def written(text: str, form: str) -> Held:
    """Reads a text as a file of the format ``form``: ``txt`` or ``md``."""
    return held(read_bytes(text.encode(), f"source.{form}"))


class Shelf:
    """Documents in memory. It serves as the :class:`Sources` in which quotes are compared with their text."""

    def __init__(self, several: Sequence[Held]) -> None:
        self._held = {each.document.doc_id: each for each in several}

    def document(self, doc_id: str) -> DocumentRecord:
        """Returns the record of a document."""
        return self._held[doc_id].record

    def text(self, doc_id: str) -> str:
        """Returns the source text of a document."""
        return self._held[doc_id].document.text

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """Returns the pages of a document."""
        return self._held[doc_id].document.pages

    def boxes(self, doc_id: str) -> NDArray[np.float32] | None:
        """Returns the boxes of a document's code points, None if its format has no boxes."""
        return self._held[doc_id].document.boxes

    def passages(self, doc_id: str) -> list[Passage]:
        """Returns the passages of a document in reading order."""
        return self._held[doc_id].passages

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """Returns a passage and the passages around it, in reading order."""
        for each in self._held.values():
            for place, passage in enumerate(each.passages):
                if passage.passage_id == passage_id:
                    return each.passages[max(0, place - reach) : place + reach + 1]
        return []


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A true sentence, list item or cell. It is the unit ``unit`` of the passage ``place`` of a document."""

    text: str
    language: Language
    document: Held
    place: int
    unit: int
    material: Material = field(repr=False)

    @property
    def passage(self) -> Passage:
        """The passage of the sentence."""
        return self.document.passages[self.place]

    @property
    def article(self) -> str | None:
        """The number of the sentence's article, as its heading gives it. None outside of articles."""
        found = _ARTICLE.match(self.passage.section[-1]) if self.passage.section else None
        return found[0] if found else None

    @property
    def unmarked(self) -> str:
        """The sentence without a list mark."""
        return _ITEM.sub("", self.text, count=1) if _ITEM.match(self.text) else self.text

    @property
    def lead(self) -> str | None:
        """The lead-in if the sentence is a list item: the nearest line above it whose mark has another style."""
        above, mark = self.passage.units[: self.unit], mark_of(self.text)
        if mark is None and (self.passage.kind != "list" or any(mark_of(unit.text) for unit in above)):
            return None
        for unit in reversed(above):
            other = mark_of(unit.text)
            is_sibling = bool(mark and other and mark[0] == other[0])
            if unit.text.endswith((":", "：")) and not is_sibling:
                return unit.text
            if other is None and self.passage.kind != "list":
                return None
        return None

    def after(self) -> str | None:
        """The next sentence of the same passage."""
        rest = self.passage.units[self.unit + 1 :]
        return rest[0].text if rest and self.passage.kind == "text" else None

    def other(
        self, random: Random, kind: PassageKind = "text", *, fits: Callable[[Sentence], bool] | None = None
    ) -> Sentence | None:
        """Draws a sentence in the same language from another document.

        It draws from passages of the given kind, and only sentences for which ``fits`` is true.
        """
        pool = self.material.of(kind, self.language)
        for each in random.sample(pool, min(_DRAWN, len(pool))):
            if each.document is not self.document and (fits is None or fits(each)):
                return each
        return None

    def of_same_document(self, random: Random) -> Sentence | None:
        """Draws a sentence from another passage of the same document."""
        own = self.material.of("text", self.language)
        here = [each for each in own if each.document is self.document and each.place != self.place]
        return random.choice(here) if here else None

    def near(self, random: Random) -> list[Hit]:
        """Makes up search results: the passage, the passages around it, the rest of its article, and some others."""
        here, own = self.document.passages, self.passage
        chosen = [own, *here[max(0, self.place - _AROUND) : self.place], *here[self.place + 1 :][:_AROUND]]
        if self.article:
            chosen += [passage for passage in here[self.place :][:MOST_OF_ARTICLE] if passage.section == own.section]
        hits = [self.document.hit(passage) for passage in dict.fromkeys(chosen)]
        return hits + self.elsewhere(random)

    def elsewhere(self, random: Random) -> list[Hit]:
        """Draws passages of other documents."""
        found = (self.other(random) for _ in range(_AROUND))
        return [each.document.hit(each.passage) for each in found if each]


class Material:
    """Documents and their true sentences."""

    def __init__(self, documents: Sequence[Held]) -> None:
        self.documents = list(documents)
        self._kept: dict[tuple[PassageKind, Language], list[Sentence]] = {}

    def of(self, kind: PassageKind, language: Language) -> list[Sentence]:
        """Returns the sentences in passages of a kind, in document and text order.

        Of a table row it takes the first cell.
        """
        if (kind, language) not in self._kept:
            self._kept[kind, language] = list(self._sentences(kind, language))
        return self._kept[kind, language]

    @cached_property
    def shelf(self) -> Shelf:
        """The documents in which quotes are compared with their text."""
        return Shelf(self.documents)

    def _sentences(self, kind: PassageKind, language: Language) -> Iterator[Sentence]:
        for document in self.documents:
            for place, passage in enumerate(document.passages):
                if passage.kind == kind and passage.language == language:
                    for number, unit in enumerate(passage.units[:1] if kind == "row" else passage.units):
                        if kind not in _CHARS or len(unit.text) in _CHARS[kind]:
                            yield Sentence(unit.text, language, document, place, number, self)


def read_material(paths: Sequence[Path], *, on_progress: OnProgress) -> Material:
    """Reads the documents of files and folders. It skips unreadable documents.

    Raises:
        FileMissing, NothingToRead: as :func:`find_files`.
        NothingToMeasure: the documents hold no sentence.
    """
    files, documents = find_files(paths), list[Held]()
    for done, path in enumerate(files, 1):
        try:
            documents.append(held(read(path)))
        except IngestError:
            continue
        finally:
            on_progress(done, len(files), "read")
    material = Material(documents)
    if not any(material.of("text", language) for language in LANGUAGES):
        names = ", ".join(map(str, paths))
        raise NothingToMeasure(f"{names}: expected sentences in Chinese or English, got none; give other documents")
    return material
