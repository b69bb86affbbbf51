"""Finds the provisions that a question cites, and shows them whole, in the words of their documents."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.provisions.outline import OMITTED, Outline, Provision, Said
from sinkqa.ingest.provisions.reading import order
from sinkqa.ingest.provisions.references import Reference, Step, references
from sinkqa.ingest.splitting.packing import size
from sinkqa.ingest.text.numerals import write_numeral
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Evidence

LONGEST = 2_400.0
"""The largest size of a provision that is shown whole (see :func:`size`)."""
SHORT = 600.0
"""The largest size of a provision that is shown whole if the question asks only for something in it."""

_KEPT = 24  # outlines
_FEWEST = 3  # provisions of a kind that a document has for the last one to be its end
_HAN_NAMES = {
    "article": "条",
    "section": "条",
    "number": "条",
    "chapter": "章",
    "part": "部分",
    "annex": "附件",
    "paragraph": "款",
    "item": "项",
}
_NAMES = {"number": "Section", "heading": "Part"}


class Outlines:
    """Makes the outlines of documents on demand, and caches the latest. Safe for threads.

    If a document is added anew, it gets a new outline.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, str, int], Outline] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, doc_id: str, sources: Sources) -> Outline:
        """The outline of a document.

        Raises:
            DocumentNotFound: no document has this id.
        """
        record = sources.document(doc_id)
        key = (record.doc_id, record.generation, record.text_sha256, record.n_passages)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        outline = Outline(sources.passages(doc_id), sources.text(doc_id))
        with self._lock:
            self._kept[key] = outline
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return outline


def provisions_asked(
    asked: Asked,
    doc_ids: Sequence[str],
    outlines: Outlines,
    sources: Sources,
    within: Mapping[str, str] = MappingProxyType({}),
) -> Settled | None:
    """The provisions that the question cites, whole, from the first of the documents that has them.

    If ``within`` gives a heading for a document, only the text under this heading counts.

    The result is None if the question cites no provision, or if no given document can have it. A long provision is
    shown up to the end of a paragraph, and a note says that it goes on. If the question cites a paragraph, only this
    paragraph is shown. For a number above a law's last one, the result is a note without evidence.
    """
    cited = [each for each in references(asked.text) if each.place[-1].kind != "table"]
    if not cited or not doc_ids:
        return None
    room = max(SHORT, LONGEST / len(cited))
    searched = [_Searched(each, outlines.of(each, sources), within.get(each, "")) for each in doc_ids]
    evidence: dict[tuple[str, Provision], tuple[Evidence, ...]] = {}
    notes: list[str] = []
    for reference in cited:
        found = _found(reference, searched)
        if found is None:
            notes += _beyond(reference, searched[0], sources, asked.language)
            continue
        doc_id, outline, provision = found
        shown, left = _shown(outline, provision, room)
        if any(not each.is_heading for each in shown) and (doc_id, provision) not in evidence:
            evidence[doc_id, provision] = tuple(_evidence(shown, cut=bool(left)))
            notes += _notes(outline, provision, reference, left, asked.language)
    if not evidence and not notes:
        return None
    return Settled(tuple(each for pieces in evidence.values() for each in pieces), tuple(dict.fromkeys(notes)))


# "§" stands for the references that a question makes.
_ASKS_ZH = late(
    r"""§ (?: 的? (?:具体|完整|主要|全部)* (?:条文|内容|原文|全文|规定)? (?:都|又|主要|具体|分别|各自|各)*
        (?:是怎么|是如何|是怎样|是)? (?:说|讲|规定|写|涉及|提到)? (?:了|的是|的)? (?:哪些|些|什么|啥|怎么|如何)?
        (?:说|规定|写|讲|内容|条文)? 的? )? [\s，,？?。.！!吗呢]* \Z""",
    re.VERBOSE,
)
_OF = r"(?:\s(?:of|in|to|under|from)\s[^?§]{1,120}?)?"
_ASKS_EN = late(
    rf"""what\s(?:does|do|did|would)\s(?:[^§?]{{0,60}}\s)?§{_OF}\s
        (?:says?|provides?|state|read|contain|stipulate|set\sout|lay\sdown|cover|require|prescribe|regulate)
        (?:\sabout|\sfor)?[^\w§]*\Z
    | (?:what(?:['’]s|\sis|\sare)|quote|show|give|cite|read|print)(?:\sme)?\s(?:the\s)?
        (?:(?:(?:full|exact|whole|complete)\s)?(?:text|wording|contents?|words|provisions?)\s(?:of|in)\s)?(?:the\s)?
        §(?:\sabout)?{_OF}(?:\sin\sfull)?[^\w§]*\Z
    | what(?:['’]s|\sis)\sin\s(?:the\s)?§{_OF}[^\w§]*\Z | (?:text|wording)\sof\s(?:the\s)?§{_OF}[^\w§]*\Z
    | how\sdoes\s§{_OF}\sread[^\w§]*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_ASKING = late(
    r"[?？]|什么|多少|哪|谁|如何|怎|是否|吗|\b(?:what|which|who|how|when|where|why|does|do|is|are|can|may|must)\b",
    re.IGNORECASE,
)
_SEVERAL = late(r"§(?:(?:[\s,，、和及与或至到–-]|and|or|to)*§)+")
_BARE = 60  # characters that a bare citation has besides its references


def asks_for_the_provision(asked: Asked) -> bool:
    """Whether the question asks for a whole provision (森林法第十条规定了什么), and not for a detail in it."""
    cited = references(asked.text)
    if not cited:
        return False
    text, end = "", 0
    for each in sorted(cited, key=lambda each: each.start):
        text += asked.text[end : each.start] + "§"
        end = max(end, each.end)
    text = _SEVERAL.sub("§", text + asked.text[end:]).strip().strip("“”\"'")
    if not _ASKING.search(text):
        return size(text) <= _BARE / 2 and asked.kind == "topic"
    if not asked.text.isascii() and _ASKS_ZH.search(text) and not _ASKING.search(text.partition("§")[0]):
        return True
    return _ASKS_EN.search(text) is not None


class _Searched:
    """A document in which provisions are looked for, or what it holds under a heading."""

    def __init__(self, doc_id: str, outline: Outline, heading: str) -> None:
        self.doc_id, self.outline, self.heading = doc_id, outline, heading
        self.scope = outline.beneath(heading) if heading else None

    def find(self, reference: Reference) -> Provision | None:
        return self.outline.find(reference, self.scope)


def _found(reference: Reference, searched: Sequence[_Searched]) -> tuple[str, Outline, Provision] | None:
    found = ((each.doc_id, each.outline, provision) for each in searched if (provision := each.find(reference)))
    return next(found, None)


def passages_beneath(heading: str, doc_id: str, outlines: Outlines, sources: Sources) -> frozenset[str]:
    """The ids of all passages under a heading of a document."""
    outline = outlines.of(doc_id, sources)
    scope = outline.beneath(heading)
    return frozenset(each.passage_id for each in outline.passages[scope.first : scope.last]) if scope else frozenset()


def _shown(outline: Outline, provision: Provision, room: float) -> tuple[tuple[Said, ...], int]:
    """The part of a provision that fits in ``room``, and how many paragraphs are left out after it."""
    said = outline.said(provision)
    total, end = 0.0, 0
    for place, each in enumerate(said):
        total += size(each.text)
        if total > room:
            break
        if place + 1 == len(said) or said[place + 1].begins:
            end = place + 1
    else:
        return said, 0
    while end and said[end - 1].is_heading:
        end -= 1
    end = end or max(1, place)
    return said[:end], sum(each.begins for each in said[end:]) or 1


def _evidence(said: Sequence[Said], *, cut: bool) -> Iterator[Evidence]:
    """One for each passage, in order, its units joined as in the source; a heading goes with what it stands over."""
    groups: list[tuple[Passage, list[Said]]] = []
    for passage, following in groupby(said, key=lambda each: each.passage):
        under = groups.pop()[1] if groups and all(each.is_heading for each in groups[-1][1]) else []
        groups.append((passage, [*under, *following]))
    for place, (passage, group) in enumerate(groups):
        text = "".join(each.before + each.text for each in group)
        text = (text if group[0].before == OMITTED else text.removeprefix(group[0].before)).lstrip("\n")
        units: tuple[Unit, ...] = tuple(unit for each in group for unit in each.units)
        yield Evidence(passage, units, text + ("\n…" if cut and place == len(groups) - 1 else ""), relevance=1.0)


def _notes(outline: Outline, provision: Provision, reference: Reference, left: int, language: str) -> Iterator[str]:
    name = _name(reference.place[-1], language)
    if left and language == "zh":
        yield f"{name}未完，此处只显示开头，其后还有{left}段；全文见原文。"
    elif left:
        yield f"{name} continues: {left} more paragraph{'s are' if left > 1 else ' is'} not shown here."
    for step in provision.missing[:1]:
        count = outline.paragraphs(provision)
        if language == "zh":
            there = f"（共{write_numeral(count)}款）" if step.kind == "paragraph" and 0 < count < 1000 else ""
            yield f"{name}没有{_name(step, language)}{there}。"
        else:
            yield f"{name} has no {_name(step, language)}."


def _beyond(reference: Reference, searched: _Searched, sources: Sources, language: str) -> Iterator[str]:
    """That the document has provisions of this kind, but not this one."""
    *outer, step = reference.place
    last = searched.outline.last(step.kind, searched.scope) if not outer else None
    if last is None or step.kind not in ("article", "section", "chapter") or not last.number[0].isdecimal():
        return
    end, title = order(last.number)[0], searched.heading or sources.document(searched.doc_id).title
    if end < _FEWEST:
        return
    beyond = step.number[0].isdecimal() and order(step.number)[0] > end
    if language == "zh":
        title = title if title.startswith("《") else f"《{title}》"
        kind = _HAN_NAMES[step.kind]
        whole = f"共{write_numeral(end)}{kind}，" if beyond and end < 1000 else ""
        yield f"{title}{whole}没有{_name(step, language)}。"
    elif beyond:
        yield f"{title} ends at {_name(Step(step.kind, last.number), language)}: it has no {_name(step, language)}."
    else:
        yield f"{title} has no {_name(step, language)}."


def _name(step: Step, language: str) -> str:
    """``第四条`` or ``Article 4``."""
    kind, number = step
    if language != "zh":
        within = {"paragraph": f"paragraph {number}", "item": f"item ({number})"}
        return within.get(kind) or f"{_NAMES.get(kind, kind.capitalize())} {number}".strip()
    head, _, sub = number.partition("-")
    if kind == "decision":
        return f"决定{number}"
    if kind == "annex":
        return f"附件{number}"
    if not head.isdecimal() or not 0 < int(head) < 1000:
        return f"第{number}{_HAN_NAMES.get(kind, '部分')}"
    said = f"第{write_numeral(int(head))}{_HAN_NAMES.get(kind, '部分')}"
    return said + (f"之{write_numeral(int(sub))}" if sub.isdecimal() else "")
