"""Answers a question for one kind of provision: a definition, or a date of effect."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import takewhile

from sinkqa.index.glossary.renderings import glossary
from sinkqa.index.hit import Filters, Stated
from sinkqa.index.library import Library
from sinkqa.index.query.expansion import tells_something
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.provisions.defining import ITEM
from sinkqa.ingest.provisions.formulae import BROUGHT, FORMULAE, HEADINGS, NOTE, OPEN, ProvisionKind
from sinkqa.ingest.text.analyzer import analyze, units
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.pieces import Evidence
from sinkqa.service.evidence.units import said

_EXACT, _RENDERED, _NEAR = 0, 1, 2  # how a defined term fits the one asked for
_MOST_PARTS = 4  # passages of one definition or article
_HEAD = 6  # passages in which a document says when it was published
_GOES_ON = late(  # begins a sentence that belongs to the definition before it
    r"\s*(?:但是?|包括|不包括|其中|它|该|前述|以上|一般包括|通常|ただし|"
    r"(?:but|and|it|this|these|they|such|the term|and also) (?:also )?"
    r"(?:includes?|excludes?|means?|does not|do not|is|are)\b|(?:but|except|excluding|including)\b)"
)
_LAW = late(
    r"(?:法|条例|办法|规定|规则|细则|标准|通则|规范|法律|公约|协定|議定書|规程)(?:\W|$|\d)|方法学|令$"
    r"|\b(?:act|regulations?|order|agreement|directive|law|code|convention|protocol|decree|rules|standard|methodology)\b"
)
_NO_LAW = late(
    r"\bfact ?sheet|report\b|\bbriefing|\bcommunication|\bremarks|\bspeech|\bproposal|\bsummary"
    r"|解读|意见|方案|规划|报道|经验"
)
_ARTICLE = late(r"^(?:\(.{1,30}\) ?)?(?:第.{1,8}条|article \d|section \d|sec\. |§)|^\d+[a-z]{0,2} [a-z]")
_APART = late(  # and what amends it
    r"^(?:附件|附录|附表|annex|appendix|schedule|別表)|附 ?则 ?\(.*(?:法律|政令)第"
)
_DAY = r"(?:\d{4} ?年|[平昭令大][和成正]\S{1,4}年|\b(?:19|20)\d\d\b)"
_PUBLISHED = late(  # when a document was published
    rf"\d日[^。;,]{{0,30}}(?:公布|发布|颁布|印发|令第)|[平昭令大][和成正].{{1,8}}年.{{0,8}}(?:法律|政令)第"
    rf"|(?:令|号|公布|发布)[^。;,]{{0,12}}{_DAY}"
    rf"|(?:published|promulgated|signed|date of assent|assented)[^.;]{{0,40}}{_DAY}"
)
_ON_PUBLICATION = late(  # takes effect then
    r"自(?:公布|发布|颁布|印发|颁发)之日(?! ?\(\d)|公布の日|its (?:official )?publication"
    r"|date of (?:its )?(?:publication|promulgation)\b"
)
_ENDS = ("。", ".", ";", "；", ":", "：", "—", "）", ")")
_BEGINNING = (
    "commencement entry into force come comes came enter take takes took effect effective date when start apply "
    "article annex chapter part section act law regulation title and of "
    "施行 生效 实施 开始 日期 时间 附则 第条 何时 什么时候 从什么时候 起施行 起实施 执行 正式"
)
_DEFINED_IN = {"zh": "另有定义：{}", "en": "also defined in: {}"}
_UNDATED = {
    "zh": "施行之日以公布日期为准，文中未载明日期。",
    "en": "The date is that of publication, which the text does not give.",
}


def kinds_wanted(asked: Asked) -> tuple[ProvisionKind, ...]:
    """The kinds of provision to look for by a filtered search, the most specific first; never definitions."""
    return tuple(kind for kind in asked.provisions if kind != "definition")


def definitions_asked(
    asked: Asked,
    library: Library,
    *,
    doc_ids: Sequence[str] = (),
    jurisdictions: Sequence[str] = (),
    among: Collection[str] = (),
) -> Settled | None:
    """The whole sentences that define the term asked for; None if the question asks for no term or none is defined.

    If ``doc_ids`` are given, only these documents are read; if ``among`` is given, only these passages. Otherwise the
    result is one definition: primary law comes before other documents, and the ``jurisdictions`` before others. A term
    fits if it differs only in inflection, or if it is the rendering in the glossary. If the question explicitly asks
    for a definition, a term with all of the words and one more fits too.
    """
    filters = Filters(doc_ids=tuple(doc_ids)) if doc_ids else None
    names = library.terms(filters=filters) if asked.terms else []
    for fit in (_EXACT, _RENDERED, _NEAR) if "definition" in asked.provisions else (_EXACT, _RENDERED):
        for reading in asked.terms:
            if terms := list(_fitting(tuple(names), reading, fit)):
                found = [each for term in terms for each in library.stating("definition", term=term, filters=filters)]
                if not (found := _among(found, among)):
                    continue
                found.sort(key=lambda each: (each.term != reading, *_preference(each, asked, jurisdictions)))
                return _defined(found, asked, library)
    return None


def effect_asked(
    asked: Asked, library: Library, *, doc_ids: Sequence[str] = (), among: Collection[str] = ()
) -> Settled | None:
    """The whole article that says when, or on what conditions, the named documents take effect.

    If ``among`` is given, only the passages with these ids are read, such as those of a treaty in a schedule.

    The result is None if the question does not ask for this, if it names no document, if none of the documents says it,
    or if the question asks when something else in them takes effect. Among copies and versions with one name, only the
    first that gives a date is used.
    """
    if "effect" not in asked.provisions or not doc_ids:
        return None
    filters = Filters(doc_ids=tuple(doc_ids))
    found = _among(library.stating("effect", filters=filters), among)
    if not found or _asks_for_another(asked, library, filters, found):
        return None
    evidence: list[Evidence] = []
    notes: list[str] = []
    for stated in _one_of_each(asked, found):
        article = list(_article(stated, found, library))
        published = _publication(stated, library)
        if published is None and _on_publication(stated):
            notes.append(_UNDATED.get(asked.language, _UNDATED["en"]))
        evidence += [*article, *([published] if published else [])]
    return Settled(tuple(evidence), tuple(dict.fromkeys(notes)))


def _among(found: Iterable[Stated], passages: Collection[str]) -> list[Stated]:
    return [each for each in found if not passages or each.hit.passage.passage_id in passages]


# definitions


def _fitting(names: tuple[str, ...], reading: str, fit: int) -> Iterator[str]:
    """The defined terms that are the one asked for, in this way."""
    asked, known = _words(reading), _by_words(names)
    if not asked:
        return
    if fit == _EXACT:
        yield from known.get(asked, ())
    elif fit == _RENDERED:
        yield from (name for other in _renderings(asked) for name in known.get(other, ()))
    else:
        yield from (name for key in known if _is_near(key, asked) for name in known[key])


@lru_cache(maxsize=8)
def _by_words(names: tuple[str, ...]) -> dict[tuple[str, ...], list[str]]:
    """Defined terms by what they are compared by."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        if key := _words(name):
            found.setdefault(key, []).append(name)
    return found


def _is_near(key: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """Whether a term holds all words asked for in a row and one more word, in Chinese two characters."""
    more = len(key) - len(asked)
    if len(asked) < 2 or _is_wide(key) != _is_wide(asked) or not 0 < more <= (2 if _is_wide(key) else 1):
        return False
    return any(key[start : start + len(asked)] == asked for start in range(more + 1))


@lru_cache(maxsize=20_000)
def _words(term: str) -> tuple[str, ...]:
    """What terms are compared by: words without inflection, and characters."""
    return tuple(units(term))


@lru_cache(maxsize=1_000)
def _renderings(asked: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    known = glossary()
    return frozenset(other for place in known.places.get(asked, ()) for other in known.entries[place])


def _is_wide(words: Sequence[str]) -> bool:
    return not words[0].isascii()


def _preference(stated: Stated, asked: Asked, jurisdictions: Sequence[str]) -> tuple[bool, int, bool, bool]:
    """A sort key: first an asked jurisdiction, then names in the question, then law, then the question's language."""
    home, title = stated.hit.about.jurisdiction or "", fold(stated.hit.title)
    named = set(analyze(" ".join((title, *stated.hit.passage.section)))) & set(analyze(asked.text))
    shared = {term for term in named - set(analyze(stated.term)) if tells_something(term)}
    is_law = _LAW.search(title) is not None and not _NO_LAW.search(title)
    elsewhere = bool(jurisdictions) and home not in jurisdictions
    return elsewhere, -len(shared), not is_law, stated.hit.passage.language != asked.language


def _defined(found: Sequence[Stated], asked: Asked, library: Library) -> Settled:
    """The first definition, and a note of other places that define the term otherwise."""
    first = found[0]
    evidence = tuple(_definition(first, library))
    shown = " ".join(each.text for each in evidence)
    others = dict.fromkeys(_where(each, first) for each in found[1:] if _definition_text(each) not in shown)
    others.pop(_where(first, first), None)
    note = _DEFINED_IN.get(asked.language, _DEFINED_IN["en"])
    return Settled(evidence, (note.format("; ".join(others)),) if others else ())


def _where(stated: Stated, seen_from: Stated) -> str:
    """The document's title, or in the same document the heading."""
    passage = stated.hit.passage
    if passage.doc_id != seen_from.hit.passage.doc_id:
        return stated.hit.title
    return passage.section[-1] if passage.section else stated.hit.title


def _definition_text(stated: Stated) -> str:
    return stated.hit.passage.units[stated.unit].text


def _definition(stated: Stated, library: Library) -> Iterator[Evidence]:
    """The sentence that defines, with its items and what goes on about it, in as many passages as it takes."""
    passage, start = stated.hit.passage, stated.unit
    if passage.kind == "row":
        yield Evidence(passage, passage.units, passage.text, 1.0)
        return
    opening = passage.units[start]
    if _is_titled(stated):
        yield _evidence(passage, passage.units)
        return
    taken = [opening, *_belonging(opening, passage.units[start + 1 :])]
    yield _evidence(passage, taken)
    if OPEN.search(fold(opening.text)) and taken[-1] is passage.units[-1]:
        for following in library.after(passage.passage_id, most=_MOST_PARTS - 1):
            if following.section != passage.section or following.units[0].spans != opening.spans:
                break
            yield _evidence(following, following.units[1:])


def _is_titled(stated: Stated) -> bool:
    """Whether the heading is the term, as in a standard, so that all beneath it defines."""
    passage = stated.hit.passage
    heading = fold(passage.section[-1]) if passage.section else ""
    return stated.unit == 0 and re.match(r"[a-z]?\d+\.\d", heading) is not None and stated.term in heading


def _belonging(opening: Unit, after: Sequence[Unit]) -> Iterator[Unit]:
    """The units after a definition that belong to it: items where it announces some, and what goes on about it."""
    is_open = OPEN.search(fold(opening.text)) is not None
    for unit in after:
        said = fold(unit.text)
        if not ((is_open and ITEM.match(said)) or _GOES_ON.match(said)):
            return
        yield unit


def _evidence(passage: Passage, shown: Sequence[Unit]) -> Evidence:
    return Evidence(passage, tuple(shown), said(passage, shown, numbered=True), 1.0)


# dates of effect


@cache
def _beginning() -> frozenset[str]:
    return frozenset(analyze(_BEGINNING))


def _asks_for_another(asked: Asked, library: Library, filters: Filters, found: Sequence[Stated]) -> bool:
    """Whether the question names what takes effect apart from the document: allowances that are registered."""
    names = " ".join(entity.said for entity in asked.entities)
    titles = " ".join(
        {each.hit.title for each in found} | {each.hit.passage.section[0] for each in found if each.hit.passage.section}
    )
    telling = set(analyze(asked.text)) - set(analyze(titles)) - set(analyze(names)) - _beginning()
    if not (telling := {term for term in telling if tells_something(term)}):
        return False
    own = {each.hit.passage.passage_id for each in found}
    others = [each for each in library.stating("onset", filters=filters) if each.hit.passage.passage_id not in own]
    best = max((len(telling & set(analyze(_definition_text(each)))) for each in others), default=0)
    ours = max(len(telling & set(analyze(each.hit.passage.text))) for each in found)
    return best > ours


def _one_of_each(asked: Asked, found: Sequence[Stated]) -> Iterator[Stated]:
    """The statement of each document's own effect; of documents with one name the first that gives a date."""
    best: dict[str, Stated] = {}
    for each in sorted(found, key=lambda each: _standing(asked, each)):
        best.setdefault(each.hit.passage.doc_id, each)
    names: list[str] = []
    for each in sorted(best.values(), key=_is_undated):
        name = re.sub(r"\W", "", fold(each.hit.title))
        if not any(name in other or other in name for other in names):
            names.append(name)
            yield each


def _standing(asked: Asked, stated: Stated) -> tuple[bool, int, bool, bool, bool]:
    """Sorts first what speaks of the document itself: no annex or amending act, under a heading of effect, dated."""
    heads = [fold(heading) for heading in stated.hit.passage.section]
    headed = bool(heads) and (HEADINGS["effect"].heading.search(heads[-1]) is not None or len(heads) > 1)
    shared = set(analyze(" ".join(heads))) & set(analyze(asked.text)) - _beginning()
    wide = re.search("[\u3040-\u9fff]", stated.hit.passage.text) is not None
    plain = FORMULAE["effect"].said_in(fold(_definition_text(stated)), is_wide=wide)
    return any(map(_APART.search, heads)), -len(shared), not plain, not headed, _is_undated(stated)


def _is_undated(stated: Stated) -> bool:
    """Whether it gives no date of its own: what it repeals may have one."""
    said = fold(_definition_text(stated))
    named = _ON_PUBLICATION.search(said)
    return re.search(_DAY, said[: named.start()] if named else said) is None and not (
        named and named[0].isascii() and re.search(_DAY, said)
    )


def _on_publication(stated: Stated) -> bool:
    """Whether the document takes effect when it is published, on a day that the statement does not give."""
    return _is_undated(stated) and _ON_PUBLICATION.search(fold(_definition_text(stated))) is not None


def _article(stated: Stated, found: Sequence[Stated], library: Library) -> Iterator[Evidence]:
    """The statement, and where an article or a section of its own makes it, all of that."""
    passage = stated.hit.passage
    heading = fold(passage.section[-1]) if passage.section else ""
    alone = _ARTICLE.search(heading) or (HEADINGS["effect"].heading.search(heading) and not re.match("附 ?则", heading))
    if not alone:
        opening = passage.units[stated.unit]
        yield _evidence(passage, [opening, *_belonging(opening, passage.units[stated.unit + 1 :])])
        return
    before = [unit for unit in passage.units[: stated.unit] if _is_sentence(unit)]
    after = takewhile(_is_sentence, passage.units[stated.unit + 1 :])
    taken = [*before, passage.units[stated.unit], *after]
    yield _evidence(passage, taken)
    if taken[-1] is passage.units[-1]:
        for following in library.after(passage.passage_id, most=_MOST_PARTS - 1):
            sentences = list(takewhile(_is_sentence, following.units))
            if following.section != passage.section or not sentences:
                break
            yield _evidence(following, sentences)
    for other in found:  # notes of an Act that was brought into force in parts
        part = other.hit.passage
        brought = [unit for unit in part.units if BROUGHT.search(unit.text)]
        if brought and part is not passage and (part.doc_id, part.section) == (passage.doc_id, passage.section):
            yield _evidence(part, brought)


def _is_sentence(unit: Unit) -> bool:
    """Whether it ends as one: a signature, a link or a caption beneath the last article does not."""
    return unit.text.rstrip().endswith(_ENDS) and not NOTE.search(fold(unit.text))


def _publication(stated: Stated, library: Library) -> Evidence | None:
    """Where a document that takes effect when it is published says when that was."""
    if not _on_publication(stated):
        return None
    for passage in library.passages(stated.hit.passage.doc_id, most=_HEAD):
        for unit in passage.units:
            if passage.kind != "table" and _PUBLISHED.search(fold(unit.text)):
                return _evidence(passage, [unit])
    return None
