"""Checks a person's corrections of a document's metadata, field by field, before they are stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from sinkqa.index.editable import EDITABLE
from sinkqa.index.store.documents.corrections import Corrections
from sinkqa.service.errors import InvalidCorrection

_MOST_CHARS, _LONGEST_URL = 500, 2_000
_YEARS = range(1000, 3000)
_COMMON = {"UK": "GB", "USA": "US", "PRC": "CN"}


def checked(given: Mapping[str, object]) -> Corrections:
    """Checks corrections by a person. None or blank text undoes a correction, so that the extracted value counts again.

    Raises:
        InvalidCorrection: a field cannot be corrected, or cannot have this value.
    """
    if unknown := [name for name in given if name not in _FIELDS]:
        raise InvalidCorrection(f"{_shown(unknown[0])}: cannot be corrected; name one of {', '.join(EDITABLE)}")
    changes: dict[str, str | int | None] = {}
    for name, value in given.items():
        is_back = value is None or (isinstance(value, str) and not value.strip())
        changes[name] = None if is_back else _FIELDS[name](name, value)
    return changes


def _line(name: str, value: object, *, most: int = _MOST_CHARS) -> str:
    """One line of words that can be shown."""
    if not isinstance(value, str):
        raise InvalidCorrection(f"{name}: expected a text, got {_shown(value)}; put it in quotes")
    text = unicodedata.normalize("NFC", " ".join(value.split()))
    if len(text) > most:
        raise InvalidCorrection(f"{name}: expected at most {most:,} characters, got {len(text):,}; shorten it")
    if any(unicodedata.category(char)[0] == "C" for char in text):
        raise InvalidCorrection(f"{name}: expected a line without control characters, got {_shown(text)}; type it anew")
    return text


def _year(name: str, value: object) -> int:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch("[0-9]{4}", text) or int(text) not in _YEARS:
        raise InvalidCorrection(
            f"{name}: expected a year of issue, 1000 to 2999, got {_shown(value)}; give four digits"
        )
    return int(text)


def _jurisdiction(name: str, value: object) -> str:
    code = _line(name, value).upper()
    code = _COMMON.get(code, code)
    if code not in _codes()["jurisdictions"]:
        raise InvalidCorrection(
            f"{name}: expected a country by its code of two letters, EU or UN, got {_shown(value)}; "
            "for example CN, US, JP, NZ, GB"
        )
    return code


def _language(name: str, value: object) -> str:
    code = re.split("[-_]", _line(name, value).lower())[0]  # zh-Hans is zh
    if code not in _codes()["languages"]:
        raise InvalidCorrection(
            f"{name}: expected a language by its code of two letters, got {_shown(value)}; for example zh, en, ja"
        )
    return code


def _url(name: str, value: object) -> str:
    text = _line(name, value, most=_LONGEST_URL)
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
        is_address = is_address and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise InvalidCorrection(
            f"{name}: expected an address that begins with https:// or http:// and names no user, got {_shown(value)}"
        )
    return text


_FIELDS: dict[str, Callable[[str, object], str | int]] = {
    "title": _line,
    "issuer": _line,
    "jurisdiction": _jurisdiction,
    "place": _line,
    "year": _year,
    "language": _language,
    "url": _url,
}


@cache
def _codes() -> dict[str, frozenset[str]]:
    lines = files("sinkqa.service").joinpath("data", "codes.txt").read_text("ascii").splitlines()
    pairs = (line.split("=") for line in lines if not line.startswith("#"))
    return {name: frozenset(codes.split()) for name, codes in pairs}


def _shown(value: object) -> str:
    return ascii(value)[:82] if isinstance(value, str) and not value.isprintable() else repr(value)[:82]
