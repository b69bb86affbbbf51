"""Tells whether a piece or a cell of a table is about a row of a comparison, by name."""

from __future__ import annotations

from collections import Counter

from sinkqa.index.library import Library
from sinkqa.ingest.about.places import parts_in
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.comparing.rows import MARKET, VOLUNTARY, RowScope, codes_in
from sinkqa.service.evidence.entities import entities
from sinkqa.service.evidence.pieces import Candidate

_ARTICLE, _PARTIES = late(r"\W*(?:Article|第)\W*[\d一二三四五六七八九十]"), late(r"\bPart(?:y|ies)\b|缔约方")
_PARTIES_OF_TREATY = 5  # times that they are named around an article of a treaty
_AROUND = 12  # passages to either side
_LONGEST_NAME = 40  # characters of a label: what is longer is a statement


def is_of(row: RowScope, candidate: Candidate) -> bool:
    """Whether a piece is about the row: its document is the row's own, or it names the row and no other of its kind."""
    piece, about = candidate.piece, candidate.hit.about
    if piece.passage.doc_id in row.own:
        return True
    if row.code is not None:
        return _of_country(row.code, piece.said.text, *reversed(piece.passage.section))
    if not row.names:
        return False
    said, around = piece.said.folded, piece.place.headings.folded
    if _named(row, said) or _named(row, around):
        return not row.of or (_is_market(row, f"{said} {around}") and not _of_others(row, piece.said.text))
    is_home = bool(row.of) and (about.place or about.jurisdiction) in row.of
    return is_home and _is_market(row, f"{said} {around}")


def is_elsewhere(row: RowScope, passage: Passage, library: Library) -> bool:
    """Whether a passage of a country's own document is about another country: it, or the text around, names that more.

    A report of the European Union tells of one member state after the other; a law repeats the articles of a treaty.
    """
    if row.code is None or passage.doc_id not in row.own:
        return False
    around = " ".join(each.text for each in library.near(passage.passage_id, reach=_AROUND))
    is_article = bool(_ARTICLE.match(passage.section[-1] if passage.section else ""))
    if is_article and len(_PARTIES.findall(around)) >= _PARTIES_OF_TREATY:
        return True
    return any(_names_another(row.code, text) for text in (passage.text, around))


def _names_another(code: str, text: str) -> bool:
    """Whether a text names some other country more often than this one."""
    counts = Counter[str]()
    for each in entities(text):
        if each.kind in ("country", "region"):
            counts[code if code in codes_in(each.name) else each.name] += text.count(each.said) * (
                each.kind == "country" or code in codes_in(each.name)
            )
    own = counts.pop(code, 0)
    return max(counts.values(), default=0) > own


def names_row(row: RowScope, label: str) -> bool:
    """Whether a label of a table is the row's name."""
    if len(label) > _LONGEST_NAME:
        return False
    if row.code is not None:
        return codes_in(label) == {row.code}
    folded = fold(label)
    if any(name in folded.replace("(", " ").replace(")", " ").split() or name == folded for name in row.names):
        return True
    return bool(row.of) and {full for *_, full, _ in parts_in(label)} == set(row.of)


def stands_above(row: RowScope, text: str) -> bool:
    """Whether a caption and a heading of a table name the row and no other of its kind."""
    return codes_in(text) == {row.code} if row.code is not None else False


def _of_country(code: str, said: str, *headings: str) -> bool:
    """Whether a text names this country alone, or the nearest heading that names any does where the text names none."""
    for text in (said, *headings):
        if named := codes_in(text):
            return named == {code}
    return False


def _is_market(row: RowScope, folded: str) -> bool:
    """Whether a text names a market of the row's kind."""
    if row.voluntary is None:
        return MARKET.search(folded) is not None
    return (VOLUNTARY.search(folded) if row.voluntary else MARKET.search(VOLUNTARY.sub(" ", folded))) is not None


def _named(row: RowScope, folded: str) -> bool:
    return any(
        f" {name} " in f" {folded} " if name.isascii() and " " not in name else name in folded for name in row.names
    )


def _of_others(row: RowScope, said: str) -> bool:
    """Whether a text names the market's place among other places: it may speak of these."""
    named = {full for *_, full, _ in parts_in(said)} or codes_in(said)
    return bool(named - set(row.of))
