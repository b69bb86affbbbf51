"""Evidence: passages cut into what an answer may quote, and pieces of one passage joined again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.passage import Passage, Unit

_WIDE_CHARS = 200  # an answer is at most this long in Chinese ...
_NARROW_WORDS = 120  # ... or this many words long in English
_SHORT_ROW = 0.6  # of an answer: a row up to this long is shown whole, else cell by cell
_CELL_OF = " · "  # stands between row label and column header in a cell's label
_SHORT_LIST = 10  # items: a list up to this long is quoted whole


@dataclass(frozen=True, slots=True)
class Evidence:
    """Units of one passage that answer together; ``text`` is what is said, ``relevance`` 0..1 how well it fits.

    ``above`` is what a reader knows there: the document's title and country, the headings. ``answering``: how well it
    holds what is asked for, 0..1. ``nearness`` is the relevance before that and names count. ``also`` are passages that
    say the same.
    """

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    relevance: float = 0.0
    above: str = ""
    answering: float = 1.0
    nearness: float = 0.0
    also: tuple[Passage, ...] = ()


def cut(passage: Passage) -> Iterator[Evidence]:
    """What a passage offers: each sentence, a short list with its lead-in, or a table row; never half a table."""
    if passage.kind == "table":
        return
    if passage.kind == "row":
        heads = _heads(passage)
        cells = [unit for unit in passage.units if _CELL_OF in unit.label] or heads
        groups = [cells] if share_of_answer(_row_text(heads, cells)) <= _SHORT_ROW else [[cell] for cell in cells]
        yield from (Evidence(passage, (*heads, *group), _row_text(heads, group)) for group in groups)
    elif passage.kind == "list" and len(passage.units) <= _SHORT_LIST:
        yield Evidence(passage, passage.units, " ".join(unit.text for unit in passage.units))
    else:
        yield from (Evidence(passage, (unit,), unit.text) for unit in passage.units)


def _heads(row: Passage) -> list[Unit]:
    """The labels of a row."""
    return [unit for unit in row.units if _CELL_OF not in unit.label]


def _row_text(heads: Sequence[Unit], cells: Sequence[Unit]) -> str:
    """``北京 — 抵销比例限制: …; 地域限制: …``: the row's labels once, then each cell under its header."""
    said: list[str] = []
    for cell, before in zip(cells, [None, *cells], strict=False):
        header = cell.label.split(_CELL_OF)[-1] if cell not in heads else ""
        repeated = before is not None and before.label == cell.label
        said.append(cell.text if repeated or not header else f"{header}: {cell.text}")
    return " — ".join(filter(None, (" ".join(head.text for head in heads if head not in cells), "; ".join(said))))


def joined(shown: Sequence[Evidence]) -> list[Evidence]:
    """Pieces of one passage made one, in its order, so that each passage is quoted once."""
    passages: dict[str, list[Evidence]] = {}
    for piece in shown:
        passages.setdefault(piece.passage.passage_id, []).append(piece)
    return [_join(pieces) for pieces in passages.values()]


def _join(pieces: Sequence[Evidence]) -> Evidence:
    if len(pieces) == 1:
        return pieces[0]
    units = [unit for piece in pieces for unit in piece.units]
    order = sorted(dict.fromkeys(units), key=lambda unit: unit.spans[0])
    heads = _heads(pieces[0].passage) if pieces[0].passage.kind == "row" else []
    text = _row_text(heads, [unit for unit in order if unit not in heads]) if heads else _run_on(order)
    return replace(
        pieces[0], units=tuple(order), text=text, also=tuple(passage for piece in pieces for passage in piece.also)
    )


def _run_on(units: Sequence[Unit]) -> str:
    """Sentences after each other; between Chinese ones there is no space."""
    text = ""
    for unit in units:
        text += ("" if not text or text[-1] >= "\u2e80" else " ") + unit.text
    return text


def share_of_answer(text: str) -> float:
    """The part of an answer's length that ``text`` takes up; over 1 when it alone is too long."""
    wide = sum(char >= "\u2e80" for char in text)
    narrow = len([word for word in text.split() if word.isascii()])
    return wide / _WIDE_CHARS + narrow / _NARROW_WORDS


def cut_to_length(texts: Sequence[str]) -> list[str]:
    """The texts that an answer's length holds, and of the one that goes beyond it a beginning."""
    left, kept = 1.0, list[str]()
    for text in texts:
        size = share_of_answer(text)
        kept.append(text if size <= left else text[: int(len(text) * max(left, 0) / size)])
        left -= size
        if left <= 0:
            break
    return kept
