"""Finds headings by their numbering and by the lines around them.

Readers without explicit headings (plain text, PDF) and with incomplete ones (HTML, DOCX) use this module. A single line
only *looks* like a heading (:func:`match`). :func:`find_headings` sees all lines of a document, and drops list items,
contents pages and numbers out of order.

Articles of laws (``第二十九条 …``, ``Article 5 …``) are headings, because they are cited, but their text follows on
the same line. For these and for ``摘要：…`` the heading is only ``line[:Heading.end]``. The rest is a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from sinkqa.ingest.text.numerals import HAN, ordinal

Family = Literal[
    "part", "annex", "chapter", "section", "article", "named", "caps", "cn", "roman", "letter", "cn_paren",
    "decimal1", "decimal2", "decimal3", "decimal4", "paren", "circled",
]  # fmt: skip

# Outermost first: a family nests in any family before it that the document uses.
_NESTING: tuple[Family, ...] = (
    "part", "annex", "chapter", "section", "article", "cn", "roman", "letter", "cn_paren",
    "decimal1", "decimal2", "decimal3", "decimal4", "paren", "circled",
)  # fmt: skip
_TOP: frozenset[Family] = frozenset({"part", "annex", "named", "caps"})
_LAWS: frozenset[Family] = frozenset({"part", "annex", "chapter", "section", "article"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A line, or the beginning of a line, that looks like a heading.

    ``[start, end)`` is the heading's part of the line. ``end`` is before the line's end if text follows. ``ordinal`` is
    the last number of the numbering (``1.2`` → 2), None if there is none. ``weak`` headings count only in a sequence
    with others, because their form alone is too little evidence. ``level`` is 1 (outermost) .. 6.
    """

    family: Family
    start: int
    end: int
    level: int = 1
    ordinal: int | None = None
    prefix: str = ""  # the numbering before the last number: "1." in "1.2"
    weak: bool = False


_END = r"(?=[\s\u3000【（(：:]|$)"
_NAMED_ZH = (
    r"摘\s*要|内容提要|提\s*要|关键词|关键字|引\s*言|前\s*言|导\s*言|绪\s*论|结\s*论|结\s*语|结束语|参考文献|致\s*谢|"
    r"目\s*录|附\s*则|总\s*则"
)
_NAMED_EN = (
    r"abstract|key\s?words?|index terms|introduction|background|conclusions?|concluding remarks|references|"
    r"bibliography|acknowledge?ments?|(?:table of )?contents|(?:executive )?summary|glossary|foreword|preface|"
    r"methods|methodology|results|discussion|abbreviations"
)
_RUN_IN = r"摘\s*要|内容提要|提\s*要|关键词|关键字|abstract|key\s?words?|index terms"

# (family, pattern): group "n" is the number; the title is what follows the match.
_FORMS: tuple[tuple[Family, str], ...] = (
    ("part", rf"第(?P<n>[{HAN}\d]+)\s*(?:[编編篇]|部分){_END}\s*"),
    ("chapter", rf"第(?P<n>[{HAN}\d]+)\s*章(?:の[{HAN}]+)?{_END}\s*"),
    ("section", rf"第(?P<n>[{HAN}\d]+)\s*[节節](?:の[{HAN}]+)?{_END}\s*"),
    ("article", rf"第(?P<n>[{HAN}\d]+)\s*[条條](?:[之の][{HAN}]+)*"),
    ("annex", rf"附\s?(?:件|录|表|则)\s?(?P<n>[{HAN}\d]+|[A-Z](?![A-Za-z]))?(?:[\s\u3000：:.、]+|$)"),
    (
        "annex",
        r"(?:ANNEX|Annex|APPENDIX|Appendix|SCHEDULE|Schedule)(?:\s(?P<n>[IVXLC]+|\d+|[A-Z]))?(?:[\s:.—–-]+|$)",
    ),
    ("part", r"(?:PART|Part|TITLE|Title|BOOK|Book)\s(?P<n>[IVXLC]+|\d+|[A-Z])(?:[\s:.—–-]+|$)"),
    ("chapter", r"(?:CHAPTER|Chapter|SUBTITLE|Subtitle|SUBPART|Subpart)\s(?P<n>[IVXLC]+|\d+|[A-Z])(?:[\s:.—–-]+|$)"),
    ("part", r"(?:Decision|Resolution|DECISION|RESOLUTION|决议|决定)\s(?=\S*\d)[\w/.-]{1,24}$"),
    (
        "section",
        r"(?:SECTION|Section|SEC\.|Sec\.|§)\s?(?:\d+\.(?=\d+[a-z]?\s+[A-Z]))?(?P<n>[IVXLC]+|\d+[A-Za-z]{0,2})(?:[\s:.—–-]+|$)",
    ),
    ("article", r"(?:ARTICLE|Article|Art\.)\s(?P<n>[IVXLC]+|\d+[a-z]?)(?:[\s:.—–-]+|$)"),
    ("cn", rf"(?P<n>[{HAN}]{{1,4}})、\s*"),
    ("cn_paren", rf"[（(](?P<n>[{HAN}]{{1,4}})[）)]\s*"),
    ("paren", r"（(?P<n>\d{1,2})）\s*"),
    ("circled", r"(?P<n>[①-⑳])\s*"),
    ("decimal4", r"(?P<p>(?:\d{1,2}\.){3})(?P<n>\d{1,2})\.?(?:\s+|(?=[\u3400-\u9fff]))"),
    ("decimal3", r"(?P<p>(?:\d{1,2}\.){2})(?P<n>\d{1,2})\.?(?:\s+|(?=[\u3400-\u9fff]))"),
    ("decimal2", r"(?P<p>(?:\d{1,2}|[A-H])\.)(?P<n>\d{1,2})\.?(?:\s+|(?=[\u3400-\u9fff]))"),
    ("decimal1", r"(?P<n>\d{1,2})(?:[.．、]\s*(?!\d)|\s+)"),
    ("roman", r"(?P<n>[IVX]{1,6})\.\s+"),
    ("letter", r"(?P<n>[A-Z])\.\s+"),
    ("named", rf"[【\[]?(?:{_NAMED_ZH}|{_NAMED_EN})[】\]]?[：:.]?\s*$"),
    ("named", rf"(?:[【\[](?:{_RUN_IN})[】\]]\s*[：:]?|(?:{_RUN_IN})\s*(?:[：:—]|\.(?=\s\S)))"),
)
_PATTERNS = tuple((family, re.compile(form, re.IGNORECASE if family == "named" else 0)) for family, form in _FORMS)
_ANY_FORM = re.compile(  # most lines have none: one look is cheaper than one for each form
    "|".join(f"(?{'i' if family == 'named' else ''}:{re.sub(r'[?]P<[np]>', '?:', form)})" for family, form in _FORMS)
)
_SENTENCE_END = tuple("。；，、,;!！…")
_FINAL = (*_SENTENCE_END, ".", "：", ":")
_LEADER = re.compile(r"(?:\.{3,}|…{2,}|·{3,}|(?:\. ){3,})\s*\d*\s*$|\t\d+$")
_VERB = re.compile(r"\b(?:shall|must|may|is|are|was|were|has|have|had|will|can|applies|apply|means)\b")
_MONTH = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|月|年|日|%|％")
_ARTICLE_MENTION = re.compile(r"[的、和至第款所中，,。或及与规项]|之规定")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MAX_CJK, _MAX_LATIN = 42, 110
_MAX_ROMAN = 220  # "IV. …" without a full stop at its end is a heading at any length of a heading
_ROMAN_LETTERS = {1: 9, 5: 22, 10: 24}  # I, V and X as the letters they also are
_LOOK_AHEAD = 100  # headings
_BARE = 16  # characters of ``CHAPTER XVIII`` alone in its line
_MAX_NAME = 70
_MAX_LINE = 4000  # no run-in heading is looked for in a line that is a whole book


def match(line: str) -> Heading | None:
    """Returns the heading that a single ``line`` looks like. Offsets refer to ``line``. The level is a first guess."""
    start = len(line) - len(line.lstrip())
    body = line[start : start + _MAX_LINE].rstrip()
    for family, pattern in _PATTERNS if _ANY_FORM.match(body) else ():
        if found := pattern.match(body):
            heading = _judge(family, found, body)
            return heading and replace(heading, start=start, end=start + heading.end)
    return _caps(body, start)


def heading_level(line: str) -> int | None:
    """Returns the level 1..6 of a line that looks like a heading, without its document; otherwise None."""
    heading = match(line)
    return heading.level if heading else None


def find_headings(lines: Sequence[str]) -> dict[int, Heading]:
    """Finds headings among all non-blank lines (or paragraphs) of a document: index into ``lines`` → heading.

    Levels are dense: the outermost numbering in the document is level 1, the next one inside it 2, at most 6.
    """
    found = {index: heading for index, line in enumerate(lines) if (heading := match(line))}
    found = _without_runs(found, lines)
    found = _levelled(_in_sequence(found))
    return dict(sorted((found | _names_below(found, lines)).items()))


def _judge(family: Family, found: re.Match[str], body: str) -> Heading | None:
    """The conditions on the title of one family of numbering."""
    groups = found.groupdict()
    number = ordinal(groups["n"]) if groups.get("n") else None
    heading = Heading(family, 0, len(body), _first_level(family), number, groups.get("p") or "")
    title = body[found.end() :]
    if family == "named":
        return replace(heading, end=len(found.group().rstrip()))
    if family == "article" and found.group().startswith("第"):
        return _chinese_article(heading, found, body)
    if family in _LAWS and (end := run_in_end(title)):
        return replace(heading, end=found.end() + end)
    if not title:
        return heading if family in _LAWS else None
    if family in ("section", "article") and _names_section(found.group().rstrip(), title):
        return heading
    if not reads_as_title(title, longest=_MAX_ROMAN if family == "roman" else _MAX_LATIN) or (
        family in _LAWS and title[0].islower()
    ):
        return None
    if family.startswith("decimal") and (title[0].islower() or _MONTH.match(title) or not title[0].isalnum()):
        return None
    weak = family in ("decimal1", "letter", "roman", "paren", "circled", "cn_paren")
    return replace(heading, weak=weak)


def _chinese_article(heading: Heading, found: re.Match[str], body: str) -> Heading | None:
    """Whether ``第X条`` opens a paragraph; a wrapped line that only mentions an article does not."""
    rest = body[found.end() :]
    if rest and not rest[0].isspace() and rest[0] not in "【（(":
        return None if _ARTICLE_MENTION.match(rest) else replace(heading, end=found.end(), weak=True)
    return replace(heading, end=found.end())


def _names_section(mark: str, title: str) -> bool:
    """Whether words with a full stop are the name of a section, as in ``SEC. 3. GRANTS.``, and not a sentence."""
    apart = mark.startswith("§") or mark.endswith((".", "—", "–", ":"))
    name = title.removesuffix(".")
    named = mark.startswith("§") or _in_title_case(name)
    return apart and named and name != title and name[0].isupper() and reads_as_title(name) and not _VERB.search(name)


def _in_title_case(name: str) -> bool:
    words = [word for word in re.findall(r"[A-Za-z’'-]+", name) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.6 * len(words)


def run_in_end(title: str) -> int:
    """Returns the end of ``Definitions.`` in ``Definitions. For the purposes of …``; 0 if no text follows."""
    found = re.match(r"[A-Z][^.。]{2,90}\.(?=\s+[(A-Z“\"])", title)
    if not found:
        return 0
    return found.end() if _in_title_case(found.group()) else 0


def reads_as_title(title: str, *, longest: int = _MAX_LATIN) -> bool:
    """Whether words are short enough for a heading, and are not a sentence, a contents entry or an address."""
    cjk = len(_CJK.findall(title))
    if len(title) > (_MAX_CJK if cjk * 3 > len(title) else longest) or _LEADER.search(title):
        return False
    if title.endswith(_FINAL) or re.search(r"[。；;]|https?://|www\.|\|", title):
        return False
    return any(letter.isalpha() for letter in title) and title.count("，") + title.count(", ") <= 3


def _caps(body: str, start: int) -> Heading | None:
    """A line in capitals: two words or one long one, not a sentence or a formula."""
    if not 6 <= len(body) <= 90 or not body.isupper() or _CJK.search(body) or not reads_as_title(body):
        return None
    words = [word for word in re.findall(r"[^\W\d_]+", body) if len(word) > 1]
    if sum(map(len, words)) < 0.6 * len(body) or not (len(words) > 1 or len(words[0]) >= 7):
        return None
    return Heading("caps", start, start + len(body), 1, weak=len(words) == 1)


def _first_level(family: Family) -> int:
    shallow: dict[Family, int] = {
        "section": 2, "article": 3, "cn_paren": 2, "letter": 2, "decimal2": 2, "decimal3": 3, "decimal4": 4,
        "paren": 4, "circled": 5,
    }  # fmt: skip
    return shallow.get(family, 1)


def _without_runs(found: dict[int, Heading], lines: Sequence[str]) -> dict[int, Heading]:
    """Drops contents pages and lists: numbered lines that follow each other with no text between them."""
    kept: dict[int, Heading] = {}
    run: list[int] = []
    for index in [*sorted(found), None]:
        if run and (index is None or _run_ends(found, run, index, lines)):
            if not _is_list([found[i] for i in run]):
                kept.update((i, found[i]) for i in run)
            run = []
        if index is not None:
            run.append(index)
    return kept


def _run_ends(found: dict[int, Heading], run: Sequence[int], index: int, lines: Sequence[str]) -> bool:
    """Ends at text between headings, at a heading with text on its line, and where numbers restart."""
    heading = found[index]
    text_between = index != run[-1] + 1 or any(found[i].end < len(lines[i].rstrip()) for i in (run[-1], index))
    again = heading.ordinal is not None and any(
        (found[i].family, found[i].prefix, found[i].ordinal) == (heading.family, heading.prefix, heading.ordinal)
        for i in run
    )
    return text_between or again or found[run[-1]].family == "named"


def _is_list(run: Sequence[Heading]) -> bool:
    """Three neighbours of one numbering in order, or two of a weak one: items, cells or a contents page."""
    run = run[:_LOOK_AHEAD]
    for first in range(len(run)):
        same = [h for h in run[first:] if h.family == run[first].family and h.prefix == run[first].prefix]
        steps = sum(1 for a, b in pairwise(same) if b.ordinal == (a.ordinal or 0) + 1)
        if run[first].family != "caps" and steps >= (1 if run[first].weak else 2):
            return True
    return sum(h.family == "caps" for h in run) > 3


def _in_sequence(found: dict[int, Heading]) -> dict[int, Heading]:
    """Keeps numbers that begin at 1 or follow the last kept one of their family, with one gap allowed."""
    kept: dict[int, Heading] = {}
    last: dict[tuple[Family, str], int] = {}
    order = sorted(found)
    for place, index in enumerate(order):
        heading = _as_letter(found[index], last)
        key = (heading.family, heading.prefix)
        if heading.ordinal is not None:
            step = heading.ordinal - last.get(key, 0)
            allowed = (1,) if heading.weak else (1, 2, 3)
            out_of_order = heading.ordinal != 1 and step not in allowed
            if out_of_order and not _opens(heading, key in last, found, order[place + 1 : place + _LOOK_AHEAD]):
                continue
            last[key] = heading.ordinal
        _forget_inner(last, heading.family)
        kept[index] = heading
    return kept


def _as_letter(heading: Heading, last: dict[tuple[Family, str], int]) -> Heading:
    """``I.`` right after ``H.`` is a letter, not Roman."""
    letter = _ROMAN_LETTERS.get(heading.ordinal or 0)
    if heading.family == "roman" and letter and last.get(("letter", "")) == letter - 1:
        return replace(heading, family="letter", ordinal=letter)
    return heading


def _opens(heading: Heading, begun: bool, found: dict[int, Heading], later: Sequence[int]) -> bool:
    """Whether an extract begins at 第三章: its next number must follow before anything else of its family."""
    if heading.family in _LAWS and not heading.weak:
        return True  # amendments and excerpts quote articles in any order
    if begun or heading.weak:
        return False
    following = next((found[i] for i in later if found[i].family == heading.family), None)
    return following is not None and following.ordinal == (heading.ordinal or 0) + 1


def _forget_inner(last: dict[tuple[Family, str], int], family: Family) -> None:
    """Lets inner numbering restart in a new section (articles run on through chapters)."""
    inner = _NESTING[_NESTING.index(family) + 1 :] if family in _NESTING else ()
    for key in [key for key in last if key[0] in inner and key[0] != "article" and not key[1]]:
        del last[key]


def _names_below(found: dict[int, Heading], lines: Sequence[str]) -> dict[int, Heading]:
    """The names below ``CHAPTER II``, ``Article 3``, alone on their lines: headings of the same level."""
    names: dict[int, Heading] = {}
    for index, heading in found.items():
        below, text = (lines[at].strip() if at < len(lines) else "" for at in (index + 1, index + 2))
        if heading.family not in _LAWS or len(lines[index].strip()) > _BARE or not below or not text:
            continue
        if (name := found.get(index + 1)) and name.family in ("caps", "named"):
            names[index + 1] = replace(name, level=heading.level)
        elif index + 1 not in found and _names(below, text):
            start = lines[index + 1].index(below)
            names[index + 1] = Heading("named", start, start + len(below), heading.level)
    return names


def _names(line: str, text: str) -> bool:
    """Whether a line is a name above its text, not the first line of it: short, set apart, with more below."""
    opens = line[0].isupper() or _CJK.match(line)
    below = not text[0].islower() and (len(text) > 1.5 * len(line) or match(text) is not None)
    short = len(line) <= (_MAX_CJK // 2 if _CJK.match(line) else _MAX_NAME)
    return bool(opens) and below and short and reads_as_title(line) and not _VERB.search(line) and "\t" not in line


def _ends_before(found: dict[int, Heading], annex: int) -> bool:
    """Whether the outermost numbering comes before the first annex and does not restart in one."""
    outer = ("chapter", "article", "decimal1")
    before, after = ({h.family for index, h in found.items() if (index < annex) is side} for side in (True, False))
    return any(family in before and family not in after for family in outer)


def _levelled(found: dict[int, Heading]) -> dict[int, Heading]:
    used = [family for family in _NESTING if any(h.family == family for h in found.values())]
    first = next((index for index in sorted(found) if found[index].family == "annex"), None)
    if first is not None and ("part" in used or _ends_before(found, first)):  # annexes stand beside these
        used.remove("annex")
    rank = {family: level for level, family in enumerate(used, 1)}
    return {
        index: replace(heading, level=1 if heading.family in _TOP else min(rank[heading.family], 6))
        for index, heading in found.items()
    }
