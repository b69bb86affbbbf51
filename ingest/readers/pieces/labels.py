"""Enumerations that the markup does not mark as lists: (a), (i), • and lone labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sinkqa.ingest.readers.pieces.draft import Piece

_NUMBER = r"(?:[0-9A-Za-z]{1,5}|[一二三四五六七八九十]{1,3})"
# What numbers with a stop: no word, as "End."
_SIGN = r"(?:[0-9]{1,5}[A-Za-z]{0,2}|[A-Za-z]{1,2}|[ivxlc]{1,6}|[IVXLC]{1,6}|[一二三四五六七八九十]{1,3})"
_LABEL_ALONE = re.compile(rf"(?:[(（]{_NUMBER}[)）]|{_SIGN}[.)、]|[•·▪◦‣–—-])(?:\s*[(（]{_NUMBER}[)）])*")
_ITEM = re.compile(
    r"(?:\((?P<label>[a-z]{1,2}|[ivxlc]{1,6}|[A-Z]{1,2})\)|(?P<bullet>[•·▪◦‣]|[–—-](?=\s)))\s*(?=\S)"
    r"|(?P<lone>[a-z])\)\s+(?=\S)|(?P<kanji>[一二三四五六七八九十]{1,3})\u3000(?=\S)|(?P<iroha>[イロハニホヘトチリヌルヲワ])\u3000(?=\S)"
)


def is_label(text: str) -> bool:
    """Whether a block holds only the number or bullet of the next one."""
    return _LABEL_ALONE.fullmatch(text) is not None


def merge_labels(pieces: Sequence[Piece]) -> list[Piece]:
    """Joins a lone label with the text that it labels, and nests lettered paragraphs as list items."""
    return _nested(_joined(pieces))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    done: list[Piece] = []
    label: Piece | None = None
    for piece in pieces:
        if label is not None:
            if piece.grid is None and piece.kind in ("paragraph", "list_item", "footnote"):
                kind = piece.kind if label.kind == "heading" else label.kind
                level = piece.level if label.kind == "heading" else label.level
                piece = replace(
                    piece,
                    kind=kind,
                    level=level,
                    text=f"{label.text} {piece.text}",
                    anchor=label.anchor or piece.anchor,
                )
            else:
                done.append(replace(label, kind="paragraph", level=0) if label.kind == "heading" else label)
            label = None
        if piece.grid is None and is_label(piece.text):
            label = piece
        else:
            done.append(piece)
    return [*done, label] if label else done


def _nested(pieces: Sequence[Piece]) -> list[Piece]:
    """Lettered and bulleted paragraphs as list items. Their level is the number of open numbering styles."""
    done: list[Piece] = []
    styles: list[str] = []
    previous = ""
    for piece in pieces:
        found = _ITEM.match(piece.text) if piece.kind == "paragraph" and piece.grid is None else None
        if found is None:
            styles = [] if piece.kind in ("paragraph", "heading") else styles
            done.append(piece)
            continue
        label = found["label"] or found["lone"]
        style = _style(label, previous, styles) if label else found.lastgroup or ""
        previous = label or ""
        styles = [*styles[: styles.index(style)], style] if style in styles else [*styles, style]
        done.append(replace(piece, kind="list_item", level=len(styles)))
    return done


def _style(label: str, previous: str, open_styles: Sequence[str]) -> str:
    """Letter or Roman: (i) after (h) is a letter, inside (a) it is Roman."""
    if label.isupper():
        return "upper"
    if label == "i" and previous == "h":
        return "letter"
    if re.fullmatch("[ivxlc]+", label) and (len(label) > 1 or "roman" in open_styles or label == "i"):
        return "roman"
    return "letter"
