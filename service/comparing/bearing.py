"""Tells whether a piece or a cell of a table is about a row of a comparison, by name."""

from __future__ import annotations

from sinkqa.ingest.about.places import parts_in
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.comparing.rows import MARKET, Row, codes_in
from sinkqa.service.evidence.pieces import Candidate

_LONGEST_NAME = 40  # characters of a label: what is longer is a statement


def is_of(row: Row, candidate: Candidate) -> bool:
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
        return not row.of or (bool(MARKET.search(f"{said} {around}")) and not _of_others(row, piece.said.text))
    is_home = bool(row.of) and (about.place or about.jurisdiction) in row.of
    return is_home and bool(MARKET.search(f"{said} {around}"))


def names_row(row: Row, label: str) -> bool:
    """Whether a label of a table is the row's name."""
    if len(label) > _LONGEST_NAME:
        return False
    if row.code is not None:
        return codes_in(label) == {row.code}
    folded = fold(label)
    if any(name in folded.replace("(", " ").replace(")", " ").split() or name == folded for name in row.names):
        return True
    return bool(row.of) and {full for *_, full, _ in parts_in(label)} == set(row.of)


def _of_country(code: str, said: str, *headings: str) -> bool:
    """Whether a text names this country alone, or the nearest heading that names any does where the text names none."""
    for text in (said, *headings):
        if named := codes_in(text):
            return named == {code}
    return False


def _named(row: Row, folded: str) -> bool:
    return any(
        f" {name} " in f" {folded} " if name.isascii() and " " not in name else name in folded for name in row.names
    )


def _of_others(row: Row, said: str) -> bool:
    """Whether a text names the market's place among other places: it may speak of these."""
    named = {full for *_, full, _ in parts_in(said)} or codes_in(said)
    return bool(named - set(row.of))
