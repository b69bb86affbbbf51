"""Finds the rows of a comparison: countries, documents or carbon markets, as given or as the library holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.about.places import countries_in, parts_in
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.comparing.comparison import By
from sinkqa.service.errors import InvalidComparison
from sinkqa.service.evidence.entities import NAMES

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 60, 20, 400
_NO_COUNTRY = frozenset({None, "UN"})
_SHORTEST = 6  # digits of a document's id
_CELL_OF = " · "  # stands between row label and column header in a cell's label
VOLUNTARY = late(r"自愿减排|碳普惠|\bvoluntary\b|\bcrediting\b|碳信用")
MARKET = late(
    r"碳(?:排放权?)?(?:市场|交易)|碳排放(?:权交易|管理|配额)|排放交易|自愿减排|碳普惠|碳信用|交易试点"
    r"|\bemissions? trading\b|\bcarbon (?:market|trading|credit(?:ing)?)|\bcap[- ]and[- ]trade\b|\bets\b"
    r"|\bclean development mechanism\b|\bcdm\b|\bvoluntary (?:carbon )?market"
)
"""What names carbon markets, pilots and programmes of credits, folded."""
_ALIAS = late(r"\A(?P<name>.{2,40}?)\s*[（(](?P<short>[A-Z][A-Za-z+]{1,9})[）)]\s*\Z")
_LABELS = {
    "zh": {False: "{}碳市场", True: "{}自愿减排"},
    "en": {False: "{} carbon market", True: "{} voluntary carbon market"},
}


@dataclass(frozen=True, slots=True)
class RowScope:
    """A row and where its cells are looked for.

    ``code``: of a country. ``names``: what a market is called, folded. ``own``: documents of which every piece counts.
    ``naming``: documents of which only that counts which names the row. ``of``: a market's places, by full name or
    code. ``home``: the documents ``naming`` that are of these places. ``voluntary``: whether it is a voluntary market;
    None if its name does not tell.
    """

    label: str
    code: str | None
    names: tuple[str, ...]
    own: tuple[str, ...]
    naming: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    voluntary: bool | None = None

    @property
    def tiers(self) -> list[tuple[str, ...]]:
        """The documents that are searched, those first of which a piece that is likely enough is preferred."""
        return [each for each in (self.own, self.home, self.naming) if each]

    @property
    def doc_ids(self) -> tuple[str, ...]:
        """All documents that are searched."""
        return (*self.own, *(each for each in self.naming if each not in self.own))


def chosen(records: Sequence[DocumentRecord], filters: Filters, without: Sequence[str] = ()) -> list[DocumentRecord]:
    """The documents that meet the filters, in the order in which they were added."""

    def fits(record: DocumentRecord) -> bool:
        about, year = record.metadata, record.metadata.year
        return (
            record.doc_id not in without
            and (not filters.doc_ids or any(record.doc_id.startswith(each) for each in filters.doc_ids))
            and (not filters.jurisdictions or (about.jurisdiction or "") in filters.jurisdictions)
            and (not filters.types or record.type in filters.types)
            and (filters.year_from is None or (year is not None and year >= filters.year_from))
            and (filters.year_to is None or (year is not None and year <= filters.year_to))
        )

    return [record for record in records if fits(record)]


def rows(
    by: By, given: Sequence[str], held: Sequence[DocumentRecord], library: Library, language: str
) -> list[RowScope]:
    """The rows as ``given``, or all that the documents ``held`` have.

    Raises:
        InvalidComparison: a row names no country, document or market; or there are none, or too many.
    """
    labels = list(dict.fromkeys(" ".join(each.split()) for each in given if each.strip()))
    if len(labels) > MOST_ROWS:
        raise InvalidComparison(f"rows: expected at most {MOST_ROWS}, got {len(labels)}; compare them in parts")
    if by == "country":
        found = [_country(each, held) for each in labels] or list(_countries(held, library, language))
    elif by == "document":
        found = [_document(each, held) for each in labels] or [_of_record(each) for each in held]
    else:
        found = [_market(each, held) for each in labels] or list(_markets(held, library, language))
    if not found:
        raise InvalidComparison(
            f"rows: expected documents of at least one {by}, got {len(held)} documents of none; "
            "give rows, or set other filters"
        )
    if len(found) > MOST_ROWS:
        raise InvalidComparison(
            f"rows: expected at most {MOST_ROWS}, got {len(found)} of the library; give rows, or set filters"
        )
    return found


def within(row: RowScope, record: DocumentRecord) -> RowScope:
    """The same row, looked for by name in a document that is not its own."""
    names = row.names or (() if row.code else (fold(row.label),))
    return RowScope(row.label, row.code, names, (), (record.doc_id,), row.of)


def codes_in(text: str) -> frozenset[str]:
    """The countries that a text names."""
    return frozenset(code for *_, code in countries_in(text))


def _country(label: str, held: Sequence[DocumentRecord]) -> RowScope:
    code = label.upper() if label.upper() in _names() else next((code for *_, code in countries_in(label)), None)
    if code is None:
        code = next((code for *_, code in countries_in(label.title())), None)
    if code is None:
        raise InvalidComparison(
            f"rows: expected names of countries, got {label[:60]!r}; name them as China, EU or 日本, or compare by "
            "document or market"
        )
    return _of_country(label, code, held)


def _of_country(label: str, code: str, held: Sequence[DocumentRecord]) -> RowScope:
    """Its own documents: those of the whole country before those of its parts. If none, those of no country."""
    of_it = [each for each in held if each.metadata.jurisdiction == code]
    own = [each.doc_id for each in of_it if each.metadata.place is None] or [each.doc_id for each in of_it]
    others = [each.doc_id for each in held if each.metadata.jurisdiction in _NO_COUNTRY] if not own else []
    return RowScope(label, code, (), tuple(own), tuple(others))


def _countries(held: Sequence[DocumentRecord], library: Library, language: str) -> Iterator[RowScope]:
    """Of the documents; where these are of none, those that label rows of their tables or that their headings name."""
    codes = dict.fromkeys(each.metadata.jurisdiction for each in held if each.metadata.jurisdiction not in _NO_COUNTRY)
    if not codes:
        labels = [label_of(row) for each in held for row in library.passages(each.doc_id) if row.kind == "row"]
        headings = [named for several in library.headings([each.doc_id for each in held]).values() for named in several]
        alone = [codes_in(named) for named in (*labels, *headings)]
        codes = dict.fromkeys(code for found in alone if len(found) == 1 for code in found)
    for code in codes:
        if code:
            yield _of_country(name_of(code, language), code, held)


@cache
def _names() -> dict[str, tuple[str, str]]:
    """The names of countries in English and Chinese, by code."""
    named: dict[str, tuple[str, str]] = {}
    for line in files("sinkqa.service").joinpath(NAMES).read_text("utf-8").splitlines():
        kind, _, written = line.partition("=")
        if kind in ("country", "region"):
            aliases = [each for each in written.split("|") if not each.startswith("!")]
            code = next((code for *_, code in countries_in(aliases[0])), None)
            if code is not None:
                chinese = next((each for each in aliases if not each.isascii()), aliases[0])
                named.setdefault(code, (aliases[0], chinese))
    return named


def name_of(code: str, language: str) -> str:
    """The name of a country, or its code if no name of it is known."""
    named = _names().get(code)
    return named[language == "zh"] if named else code


def _document(label: str, held: Sequence[DocumentRecord]) -> RowScope:
    wanted = fold(label).strip("《》")
    by_id = [each for each in held if len(wanted) >= _SHORTEST and each.doc_id.startswith(wanted)]
    exact = [each for each in held if wanted in (fold(each.title), fold(each.name))]
    within = [each for each in held if wanted in fold(each.title)]
    found = by_id or exact or sorted(within, key=lambda each: len(each.title))
    if not found:
        raise InvalidComparison(f"rows: expected documents of the library, got {label[:60]!r}; give a title or an id")
    return RowScope(label, None, (), (found[0].doc_id,))


def _of_record(record: DocumentRecord) -> RowScope:
    return RowScope(record.title, None, (), (record.doc_id,))


def _market(label: str, held: Sequence[DocumentRecord]) -> RowScope:
    """The market of a place, or one that goes by this name."""
    alias = _ALIAS.match(label)
    known = next((each for each in _known_markets() if fold(label) in map(fold, each)), ())
    names = [alias["name"], alias["short"]] if alias else [label, *known]
    places = _places(" ".join(known) or label)
    is_voluntary = VOLUNTARY.search(fold(label)) is not None
    says_kind = MARKET.search(fold(label)) is not None
    titled = [each for each in held if MARKET.search(fold(each.title))]
    other = {
        each.doc_id for each in titled if says_kind and (VOLUNTARY.search(fold(each.title)) is not None) != is_voluntary
    }
    own = [each.doc_id for each in titled if _place_of(each) in places and each.doc_id not in other]
    short = [each for place in places for each in _short(place)]
    naming = [each.doc_id for each in held if each.doc_id not in own and each.doc_id not in other]
    called = tuple(dict.fromkeys(fold(each) for each in (*names, *short)))
    home = tuple(each.doc_id for each in held if each.doc_id in naming and _place_of(each) in places)
    kind = is_voluntary if says_kind else None
    return RowScope(label, None, called, tuple(own), tuple(naming), tuple(places), home, kind)


def _markets(held: Sequence[DocumentRecord], library: Library, language: str) -> Iterator[RowScope]:
    """The markets that documents are about by their titles, then those that label the rows of tables on markets."""
    seen = dict[str, None]()
    headings = library.headings([each.doc_id for each in held])
    for record in held:
        place = _place_of(record)
        title = next(
            (said for each in (record.title, *headings.get(record.doc_id, ())) if MARKET.search(said := fold(each))), ""
        )
        if title and place and place not in _NO_COUNTRY:
            called = place if place not in _names() else name_of(place, language)
            is_voluntary = VOLUNTARY.search(title) is not None
            seen.setdefault(_LABELS[language if language == "zh" else "en"][is_voluntary].format(called))
    for record in held:
        tables: dict[tuple[str | None, str], list[str]] = {}
        for passage in library.passages(record.doc_id):
            label = label_of(passage) if passage.kind == "row" else ""
            is_market = bool(_places(label) or _ALIAS.match(label))
            if label and is_market and MARKET.search(fold(above(passage))):
                tables.setdefault((passage.table, " ".join(passage.section)), []).append(label)
        seen |= dict.fromkeys(label for labels in tables.values() if len(labels) > 1 for label in labels)
    for label in seen:
        yield _market(label, held)


@cache
def _known_markets() -> list[tuple[str, ...]]:
    """All names of each market that is known."""
    lines = files("sinkqa.service").joinpath(NAMES).read_text("utf-8").splitlines()
    known = (line.removeprefix("market=") for line in lines if line.startswith("market="))
    return [tuple(each.lstrip("!") for each in names.split("|")) for names in known]


def _places(text: str) -> list[str]:
    """The parts of countries that a text names, by full name; else the countries, by code."""
    parts = [full for *_, full, _ in parts_in(text)]
    return list(dict.fromkeys(parts or [code for *_, code in countries_in(text)] or (["CN"] if "全国" in text else [])))


def _place_of(record: DocumentRecord) -> str | None:
    return record.metadata.place or record.metadata.jurisdiction


def _short(place: str) -> list[str]:
    """How a place is also called: 广东 for 广东省, and the names of a country for its code."""
    if place in _names():
        return list(_names()[place])
    return [place, re.sub(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区)\Z", "", place)]


def label_of(row: Passage) -> str:
    """The label of a table's row."""
    return " ".join(unit.text for unit in row.units if _CELL_OF not in unit.label and unit.label)


def above(row: Passage) -> str:
    """What stands above a row: the caption and the headers of its labels, and the nearest heading."""
    headers = (unit.label for unit in row.units if _CELL_OF not in unit.label)
    before = row.text.partition(label_of(row))[0]
    return " ".join((*row.section[-1:], *headers, before))
