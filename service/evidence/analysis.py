"""The analysis of a text for all later steps. Each property is computed once, at its first use."""

from __future__ import annotations

import re
from functools import cached_property

from sinkqa.ingest.text.amounts import Amount, amounts
from sinkqa.ingest.text.analyzer import analyze, units
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import cased, fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.entities import Entity, entities

# "(Smith and Wu, 2019; Li, 2020)", "王某等(2020)": the years of works that are cited, not of what is said.
_CITED_WORKS = late(
    r"\((?:[^()\d]{2,80}?(?:[,，]|et al\.?|等)\s?(?:19|20)\d\d[a-z]?[;；]?\s?)+\)"
    r"|(?:et al\.?,?|等)\s?\((?:19|20)\d\d[a-z]?\)"
)
# Who does something, without a name: 由县级以上人民政府林业主管部门责令, by the Secretary of the Interior
_BODY = late(
    "部门|机关|机构|政府|委员会|法院|大臣|知事|审议会|理事会"
    r"|\b(?:minister|secretary|secretariat|agency|agencies|authority|authorities|commission|committee|council"
    r"|department|ministry|registrar|board|administrator|president|parliament|government)\b"
)


_ACCOUNTED = late(r"(\d{4})年度|(?:fiscal|financial|compliance) year (\d{4})")


class Analysis:
    """The analysis of one text. It is immutable, and each property is computed at its first use."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._has: dict[re.Pattern[str], bool] = {}

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether the search form contains a match of the pattern. Each pattern is searched only once."""
        found = self._has.get(pattern)
        if found is None:
            found = self._has[pattern] = pattern.search(self.folded) is not None
        return found

    @cached_property
    def language(self) -> str:
        """The language that :func:`detect` finds."""
        return detect(self.text)

    @cached_property
    def folded(self) -> str:
        """The search form, in which the offsets of amounts count."""
        return fold(self.text)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The distinct index terms."""
        return frozenset(analyze(self.text))

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts, in order."""
        return tuple(amounts(cased(self.text)))

    @cached_property
    def stated(self) -> tuple[Amount, ...]:
        """The amounts that the text itself states, without the years of works that it cites."""
        cited = [match.span() for match in _CITED_WORKS.finditer(self.folded)]
        return tuple(a for a in self.amounts if not any(start <= a.start < end for start, end in cited))

    @cached_property
    def accounted(self) -> frozenset[str]:
        """The financial years that it names, four digits each."""
        return frozenset(match[1] or match[2] for match in _ACCOUNTED.finditer(self.folded))

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """The distinct names, in order of their first place. For aliases of one entity, only the first is included."""
        return tuple({each.name: each for each in entities(self.text)}.values())

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its entities. All aliases of an entity have the same name."""
        return frozenset(each.name for each in self.entities)

    def holds(self, entity: Entity) -> bool:
        """Whether the text contains the name: a known name under any alias, any other name word by word."""
        return entity.name in self.names or (entity.kind == "name" and f" {entity.name} " in self._spoken)

    @cached_property
    def actors(self) -> frozenset[str]:
        """The persons and bodies that are named or described, folded: 孙颖莎, 主管部门, the Minister, Elm Council."""
        return self._tagged("nr", "nt") | frozenset(match[0] for match in _BODY.finditer(self.folded)) | self._proper

    @cached_property
    def sites(self) -> frozenset[str]:
        """The places that are named, folded, including places that no list contains."""
        return self._tagged("ns", "nt", "nsf") | self._proper

    def _tagged(self, *tags: str) -> frozenset[str]:
        return frozenset(word for word, tag in self._words if tag in tags)

    @cached_property
    def _words(self) -> tuple[tuple[str, str], ...]:
        """Chinese words with their parts of speech."""
        if self.folded.isascii():
            return ()
        import rjieba  # its dictionary costs 0.1 s, which an English question need not pay

        return tuple((word, tag) for word, tag in rjieba.tag(self.folded))

    @cached_property
    def _proper(self) -> frozenset[str]:
        return frozenset(each.said.lower() for each in self.entities)

    @cached_property
    def _spoken(self) -> str:
        return f" {' '.join(units(self.text))} "
