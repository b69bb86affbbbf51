"""Completes metadata that a reader did not find, from the address, the title and the text."""

from __future__ import annotations

from dataclasses import fields, replace

from sinkqa.ingest.about.bodies import is_body
from sinkqa.ingest.about.dating import issue_year, revision_year
from sinkqa.ingest.about.issuing import find_issuing, most_named
from sinkqa.ingest.about.places import jurisdiction_of_host, place_in
from sinkqa.ingest.about.standards import Cover, is_chinese, leading_number, province_of, read_cover, titled
from sinkqa.ingest.about.titles import bare, best_title, with_drawn_name, with_remark
from sinkqa.ingest.document import Metadata

_WHITE_HOUSE = "whitehouse"


def complete(metadata: Metadata, text: str, *, name: str, prose: str | None = None) -> Metadata:
    """Fills the fields that are None. Keeps the reader's values, unless the text itself is clearer.

    The text decides the language, and a year of revision later than the reader's year. ``prose`` is the text without
    tables and furniture. If no title is found, only lines of ``prose`` can be the title.

    The jurisdiction comes from the address, else from the issuer, the title, the letterhead, the place, the wording of
    the norms, and last from the one country that the text names most. If none of these gives it, it stays None.
    """
    from sinkqa.ingest.text.language import detect

    cover = read_cover(text)
    title = _title(metadata.title, cover, text, prose, name)
    detected = detect(text)
    language = detected if detected != "und" else metadata.language
    known = [metadata.issuer] if metadata.issuer else [author for author in metadata.authors if is_body(author)]
    issuing = find_issuing(title, text, known=known, language=language or "")
    issuer = (
        issuing.issuer
        or (cover.issuer if cover else None)
        or ("The White House" if _WHITE_HOUSE in (metadata.url or "") else None)
    )
    place, home = _place((issuer, title), language or "")
    if cover and is_chinese(cover.number):
        place, home = place or province_of(cover.number), home or "CN"
    host = jurisdiction_of_host(metadata.url)
    country = host if host != "UN" else None  # which keeps the papers of its parties
    return replace(
        metadata,
        title=title,
        language=language,
        year=_year(metadata.year, text) or issue_year(title, text, name),
        issuer=metadata.issuer or issuer,
        jurisdiction=metadata.jurisdiction or country or issuing.jurisdiction or home or host or most_named(text),
        place=metadata.place or place,
    )


def _title(found: str | None, cover: Cover | None, text: str, prose: str | None, name: str) -> str:
    """The title with the number of the standard. The cover's title wins unless the reader's title contains it."""
    if cover and cover.title and bare(cover.title) not in bare(found or ""):
        found = cover.title
    title = with_drawn_name(with_remark(best_title(found, text if found or prose is None else prose, name), text), text)
    return titled(title, cover.number if cover else leading_number(title))


def _year(found: int | None, text: str) -> int | None:
    """The reader's year, or a later year of revision that the text gives."""
    return max(found, revision_year(text) or 0) if found else None


def overridden(metadata: Metadata, known: Metadata) -> Metadata:
    """Returns the metadata with every ``known`` field replaced."""
    said = {field.name: getattr(known, field.name) for field in fields(known)}
    return replace(metadata, **{name: value for name, value in said.items() if value})


def _place(names: tuple[str | None, ...], language: str) -> tuple[str | None, str | None]:
    """The first part of a country among the names, and its country."""
    return next(filter(None, (place_in(name, language=language) for name in names if name)), (None, None))
