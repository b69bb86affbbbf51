"""Says in words that a document is not in force, in the asker's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from sinkqa.service.answer import Citation, Standing


class StandingSource(Protocol):
    """Tells whether documents are in force. Both ways give the same, but for titles and quotes."""

    def of(self, doc_id: str, on: date) -> Standing:
        """The standing of a document on a day, with the words that say so, read from the store."""

    def unquoted(self, doc_id: str, on: date) -> Standing:
        """The standing without titles and quotes, which is quicker."""


class StandingOf:
    """Gives the standing of documents on the date that is asked about. Each is looked up once.

    ``on``: the date, YYYY-MM-DD.
    """

    def __init__(self, on: date, source: StandingSource) -> None:
        self.on = on.isoformat()
        self._date, self._source = on, source
        self._known: dict[str, Standing] = {}
        self._told: dict[str, Standing] = {}

    def __call__(self, doc_id: str) -> Standing:
        """The standing of one document without titles and quotes: for choosing."""
        if doc_id not in self._known:
            self._known[doc_id] = self._source.unquoted(doc_id, self._date)
        return self._known[doc_id]

    def told(self, doc_id: str) -> Standing:
        """The standing of one document with the words that say so: for showing."""
        if doc_id not in self._told:
            self._told[doc_id] = self._source.of(doc_id, self._date)
        return self._told[doc_id]


OUT = frozenset(["repealed", "superseded", "expired", "not_yet", "proposed"])
"""What a standing is called if the document is not in force."""

_LONGEST = 90  # characters of a title in a sentence
_INNER = str.maketrans("《》", "〈〉")
_HAN = re.compile("[\u3400-\u9fff]")
_SENTENCES = {
    "zh": {
        "repealed": "{title}已{on}{by}废止。",
        "superseded": "{title}已{on}{by}取代。",
        "expired": "{title}的有效期已{on}届满。",
        "not_yet": "{title}{since}尚未施行。",
        "proposed": "{title}是草案或提案，并非现行规定。",
        "in_force": "{title}将{on}{by}废止或取代。",
        "valid": "{title}的有效期至{until}。",
    },
    "en": {
        "repealed": "{title} was repealed{by}{on}.",
        "superseded": "{title} has been superseded{by}{on}.",
        "expired": "{title} has expired{on}.",
        "not_yet": "{title} is not yet in force{since}.",
        "proposed": "{title} is a draft or a proposal, and not law in force.",
        "in_force": "{title} is to be repealed or replaced{by}{on}.",
        "valid": "{title} is valid until {until}.",
    },
}
_LABELS = {
    "zh": {
        "repealed": "已废止",
        "superseded": "已被新版取代",
        "expired": "已失效",
        "not_yet": "尚未施行",
        "proposed": "草案，尚未施行",
    },
    "en": {
        "repealed": "repealed",
        "superseded": "superseded by a newer version",
        "expired": "expired",
        "not_yet": "not yet in force",
        "proposed": "a proposal, not in force",
    },
}
_DATED = {"zh": "此处指{}时的情况。", "en": "This is about what was in force on {}."}


def is_out(standing: Standing) -> bool:
    """Whether texts of the library say that the document is not in force on the date."""
    return standing.status in OUT


def sentence(title: str, standing: Standing, language: str) -> str:
    """One sentence on how the document stands, if it is not in force or will not be; else ""."""
    language = language if language in _SENTENCES else "en"
    if standing.status == "in_force" and not standing.until:
        return ""
    is_own = standing.status == "in_force" and not standing.newer_title
    form = _SENTENCES[language].get("valid" if is_own else standing.status, "")
    if not form:
        return ""
    by = marked(standing.newer_title, language) if standing.newer_title else ""
    until, since = standing.until or "", standing.since or ""
    if language == "zh":
        said = {
            "by": f"被{by}" if by else "被" if standing.status == "superseded" else "",
            "on": f"于{until}" if until else "",
            "since": f"自{since}起施行，此前" if since else "",
        }
    else:
        said = {
            "by": f" by {by}" if by else "",
            "on": f" on {until}" if standing.status == "expired" and until else f" from {until}" if until else "",
            "since": f": it takes effect on {since}" if since else "",
        }
    return form.format(title=marked(title, language), until=until, **said)


def label(standing: Standing, language: str) -> str:
    """The shortest words for a document that is not in force, with their date; "" for any other."""
    word = _LABELS.get(language, _LABELS["en"]).get(standing.status, "")
    when = standing.since if standing.status == "not_yet" else standing.until
    return " · ".join(filter(None, (word, when))) if word else ""


def dated(on: str, language: str) -> str:
    """A note that an answer is about another date than today."""
    return _DATED.get(language, _DATED["en"]).format(on)


def marked(title: str, language: str) -> str:
    """A title between the marks that titles have in the language, cut where it is very long."""
    title = " ".join(title.split())
    if title.startswith("《") and title.find("》") == len(title) - 1:
        title = title[1:-1]
    title = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"
    if language == "zh" and _HAN.search(title):
        return f"《{title.translate(_INNER)}》"
    return f"“{title}”"


def standing_cited(cited: Sequence[Citation], standing: StandingOf) -> tuple[Citation, ...]:
    """The citations; each of a document that is not in force has its standing."""
    return tuple(replace(each, standing=_out(each.doc_id, standing)) for each in cited)


def _out(doc_id: str, standing: StandingOf) -> Standing | None:
    told = standing.told(doc_id) if is_out(standing(doc_id)) else None
    return told if told is not None and is_out(told) else None


def notes_on(cited: Sequence[Citation], language: str) -> tuple[str, ...]:
    """One sentence for each cited document that is not in force."""
    said = (sentence(each.title, each.standing, language) for each in cited if each.standing is not None)
    return tuple(dict.fromkeys(each for each in said if each))
