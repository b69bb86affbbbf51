"""Citing step of the flow: key terms of a quote in the other language, as far as the bundled glossary knows them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from index.analyzer import units
from index.expansion import GLOSSARY, glossary
from service.answer import Gloss

_MOST = 6  # terms of one quote


def gloss(quote: str, *, language: str) -> tuple[Gloss, ...]:
    """The first terms of ``quote`` that the glossary renders in ``language`` ("zh" or "en"), each once."""
    found: dict[str, Gloss] = {}
    known = glossary()
    for said, _ in known.find(quote):
        term = _written()[tuple(said)]
        for place in known.places[tuple(said)]:
            other = next((each for each in known.entries[place] if each[0].isascii() == (language == "en")), None)
            if other and term not in found and said[0].isascii() != (language == "en"):
                found[term] = Gloss(term, _written()[other])
    return tuple(found.values())[:_MOST]


@cache
def _written() -> dict[tuple[str, ...], str]:
    """Renderings as the glossary writes them, by their units, which are stems."""
    lines = files("index").joinpath(GLOSSARY).read_text("utf-8").splitlines()
    written = (each for line in lines if not line.startswith("#") for each in line.replace("=", "|").split("|") if each)
    return {tuple(units(each)): each.removeprefix("!") for each in written}
