"""Compares the words stored for a page of a real file with the words that another library finds on it."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.ingest.document import Document, Page
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import SUFFIXES, read
from sinkqa.ingest.text.normalised_text import fold

BAR = 0.99
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_UNSEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PageCheck:
    """A page, or a whole document if the format has no pages. Words are multisets; white space and order do not count.

    ``lost``: words of the page that are not stored. ``added``: stored words that are not on the page. Both come with
    counts. ``furniture``: the share of stored words kept as running heads, page numbers and the like.
    """

    document: str
    page: int
    words: int
    stored: int
    lost: tuple[tuple[str, int], ...]
    added: tuple[tuple[str, int], ...]
    furniture: float
    note: str = ""

    @property
    def recall(self) -> float:
        """Share of the page's words that are stored; 1 for a page without words."""
        return 1 - sum(count for _, count in self.lost) / self.words if self.words else 1.0

    @property
    def precision(self) -> float:
        """Share of the stored words that are on the page; 1 if nothing is stored."""
        return 1 - sum(count for _, count in self.added) / self.stored if self.stored else 1.0

    @property
    def ok(self) -> bool:
        """Whether recall and precision both reach the required value."""
        return min(self.recall, self.precision) >= BAR


def compare(document: str, page: int, own: str, body: str, furniture: str, note: str = "") -> PageCheck:
    """Compares two readings of one page. Finds the words that only one of them has."""
    stored = f"{body}\n{furniture}"
    theirs, ours = Counter(_words(own)), Counter(_words(stored))
    lost, added = _beyond(theirs - ours, own, stored), _beyond(ours - theirs, stored, own)
    aside = len(_words(furniture)) / max(1, ours.total())
    return PageCheck(document, page, theirs.total(), ours.total(), lost, added, aside, note)


def _words(text: str) -> list[str]:
    return _TOKEN.findall(fold(text))


def _beyond(words: Counter[str], text: str, other: str) -> tuple[tuple[str, int], ...]:
    """Words that occur more often in one text than in another, even with spaces ignored (emis sions)."""
    here, there = (_UNSEEN.sub("", fold(each)) for each in (text, other))
    more = {word: min(count, here.count(word) - there.count(word)) for word, count in words.items()}
    return tuple(sorted(((w, n) for w, n in more.items() if n > 0), key=lambda item: (-item[1], item[0])))


def check_pages(folder: Path, seed: int, pages: int, *, on_progress: OnProgress) -> Iterator[PageCheck]:
    """Checks pages of a folder's PDFs, drawn by the seed, and then each of its HTML and Word files as a whole.

    A refused file, and a page without a text layer, are reported without words.

    Raises:
        NothingToMeasure: the folder has no such file.
    """
    paths = sorted(path for path in folder.rglob("*") if SUFFIXES.get(path.suffix) in ("pdf", "html", "docx"))
    if not paths:
        raise NothingToMeasure(f"{folder}: no PDF, HTML or Word file; give a folder with documents")
    documents: dict[Path, Document] = {}
    for number, path in enumerate(paths):
        on_progress(number, len(paths), path.name[:30])
        try:
            documents[path] = read(path)
        except IngestError as error:
            yield PageCheck(path.name, 0, 0, 0, (), (), 0.0, f"refused: {error.code}")
    drawn = _drawn({path: each for path, each in documents.items() if path.suffix == ".pdf"}, seed, pages)
    for path, document in documents.items():
        if path.suffix == ".pdf":
            for page, text in _page_texts(document.content, drawn.get(path, [])):
                yield _of_page(document, page, text)
        else:
            own = _html_text(path) if SUFFIXES[path.suffix] == "html" else _word_text(path)
            yield _of_page(document, None, own)


def _drawn(documents: Mapping[Path, Document], seed: int, pages: int) -> dict[Path, list[int]]:
    """Page numbers from 0 by file; files weigh by their pages, but none has more than a fifth of all."""
    random, chosen = Random(seed), dict[Path, list[int]]()
    every = [(path, page) for path, document in documents.items() for page in range(len(document.pages))]
    random.shuffle(every)
    left = pages
    for path, page in every:
        if left and len(chosen.get(path, ())) < max(1, pages // 5):
            chosen.setdefault(path, []).append(page)
            left -= 1
    return {path: sorted(numbers) for path, numbers in chosen.items()}


def _page_texts(content: bytes, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on damaged tables say nothing about words
    reader = PdfReader(io.BytesIO(content))
    for number in numbers:
        yield number, reader.pages[number].extract_text()


def _html_text(path: Path) -> str:
    """All of the body but scripts, styles and menus."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(path.read_bytes().decode("utf-8", errors="replace"))
    tree.strip_tags(["script", "style", "nav", "noscript", "template", "svg"])
    return tree.body.text(separator=" ") if tree.body else ""


def _word_text(path: Path) -> str:
    import docx

    document = docx.Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _of_page(document: Document, number: int | None, own: str) -> PageCheck:
    """A page by its number from 0, or all of the document as page 0."""
    page = document.pages[number] if number is not None else Page(0, 0, len(document.text))
    body: list[str] = []
    aside: list[str] = []
    for block in document.blocks:
        into = aside if block.kind == "furniture" else body
        for start, end in block.spans:
            if start < page.end and end > page.start:
                into.append(document.text[max(start, page.start) : min(end, page.end)])
    warnings = "; ".join(each for each in document.warnings if _mentions(each, page.number))
    return compare(document.name, page.number, own, "\n".join(body), "\n".join(aside), warnings)


def _mentions(warning: str, page: int) -> bool:
    """Whether a warning names a page, by itself or in a range."""
    numbers = re.sub(r"^\S+: ", "", warning)
    ranges = re.findall(r"(\d+)(?:\s*[-–]\s*(\d+))?", numbers)
    return "page" in numbers and any(int(first) <= page <= int(last or first) for first, last in ranges)
