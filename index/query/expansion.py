"""Query expansion: groups a question's terms, and adds synonyms and translations to each group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sinkqa.index.glossary.renderings import glossary
from sinkqa.index.query.quantity import variants
from sinkqa.index.search.query import Alternative, Group
from sinkqa.ingest.text.analyzer import analyze, terms_of, units
from sinkqa.ingest.text.normalised_text import cased

_ALTERNATIVE = 0.5  # what an alternative counts beside the words it stands for; see docs/decisions/0008
_MOST_GROUPS = 64  # of a long query only so many stretches are looked up

# Words that hold a sentence together: English stems, as the index has them, and Chinese particles that stand alone.
# They are asked for only where a query has nothing else. Negations stay, and so do words that are also names.
_FUNCTION_WORDS = frozenset(
    """a an and are as at be been but by can could did do doe for from had has have how if in into is it its might of on
    or shall should so such than that the their them then there these they this those to was were what when where which
    while who whom whose whi will with would 的 了 吗 呢 么 吧 啊 是 和 与 或 在 有 这 那 其""".split()  # noqa: SIM905  # a list of them reads worse
)


def expand(text: str) -> list[Group]:
    """Groups the query's distinct index terms. No term is in two groups; function words are left out.

    A stretch that the glossary or ``index.query.quantity`` knows forms one group with its other wordings. Any other
    term forms its own group. Groups are in the order of their first terms.
    """
    place = {term: place for place, term in enumerate(dict.fromkeys(analyze(text)))}
    free = dict(place)
    groups: list[Group] = []
    for said, otherwise in wordings(text):
        own = tuple(dict.fromkeys(term for term in _terms_within(said) if term in free))
        others = dict.fromkeys(wording for wording in otherwise if not set(wording) <= set(own))
        if own and others:
            groups.append(Group(own, tuple(Alternative(terms, _ALTERNATIVE) for terms in others)))
            for term in own:
                del free[term]
        if len(groups) == _MOST_GROUPS:
            break
    telling = [term for term in free if term not in _FUNCTION_WORDS]
    groups += [Group((term,)) for term in (telling if telling or groups else free)]
    return sorted(groups, key=lambda group: place[group.terms[0]])


def tells_something(text: str) -> bool:
    """Whether any term carries meaning. Function words do not, nor does a single letter or digit."""
    return is_telling(analyze(text))


def is_telling(terms: Iterable[str]) -> bool:
    """Same as :func:`tells_something`, for the terms of a text."""
    return any(term not in _FUNCTION_WORDS and not (len(term) == 1 and term.isascii()) for term in terms)


def matched_terms(groups: Iterable[Group], standing: Collection[str]) -> tuple[str, ...]:
    """Returns the groups' own terms in the passage, and the terms of alternatives that it contains completely."""
    found: dict[str, None] = {}
    for group in groups:
        found |= dict.fromkeys(term for term in group.terms if term in standing)
        for terms, _ in group.alternatives:
            found |= dict.fromkeys(terms) if all(term in standing for term in terms) else {}
    return tuple(found)


def wordings(text: str) -> Iterator[tuple[list[str], list[tuple[str, ...]]]]:
    """Yields stretches of a text, as units, with their other wordings. All terms of a wording must occur together."""
    for each in variants(cased(text)):
        yield units(each.said), each.otherwise
    yield from glossary().find(text)


def _terms_within(said: list[str]) -> Iterator[str]:
    """The terms that a text has because of this stretch, including longer words."""
    yield from terms_of(said)
    run = "".join(unit if len(unit) == 1 else " " for unit in said)
    for length in range(3, len(run) + 1):
        yield from (run[start : start + length] for start in range(len(run) - length + 1))
