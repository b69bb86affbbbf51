"""What countries are called in English and Chinese."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sinkqa.index.glossary.renderings import GLOSSARY
from sinkqa.ingest.about.places import countries_in

_SECTION = "\n# Countries and regions\n"
_NATIONS = {"UN": ("United Nations", "联合国")}


def country(code: str, language: str) -> str:
    """The name of a jurisdiction. ``language``: "zh", or else English. A code without a name is its own name."""
    names = _names().get(code)
    return names[language == "zh"] if names else code


@cache
def _names() -> dict[str, tuple[str, str]]:
    """The names in the glossary, by code. A name counts if all of it names a country."""
    found = dict(_NATIONS)
    _, _, places = files("sinkqa.index.glossary").joinpath(GLOSSARY).read_text("utf-8").partition(_SECTION)
    for line in places.splitlines():
        if line[:1].isupper():
            english, chinese = (side.partition("|")[0] for side in line.split("="))
            for start, end, code in countries_in(english):
                if (start, end) == (0, len(english)):
                    found.setdefault(code, (english, chinese))
    return found
