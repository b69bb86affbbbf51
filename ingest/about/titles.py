"""Finds a document's title if the reader found none or only a part."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from sinkqa.ingest.about.bodies import is_body
from sinkqa.ingest.about.places import is_country
from sinkqa.ingest.about.standards import is_series, leading_number
from sinkqa.ingest.structure.tables.wording import table_label

_OPENING = 1_500  # characters
_FIRST_TABLES = 20_000  # characters in which tables are looked for
_MAX_TITLE = 600
_LONG = 50  # characters from which on a line may have been broken because it was full
_WRAPPED = 12  # Chinese characters of a line of prose, at the least
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# What stands above a title and is none: running heads and imprints, numbers of all kinds (EB 61, COM(2031) 12 final,
# AR-XY0003, GB 7—2031), stamps, dates.
_MASTHEAD = re.compile(
    r".*(?:Federal Register\s?/.*|\bVol(?:\.|ume)\s?\d.*|\s/\sVersion\s[\d.]+)"
    r"|[A-Z]{3,}(?:/[A-Z]{3,})+"  # an acronym in two languages
    r"|(?!(?:PART|TITLE|CHAPTER)\b)[A-Z]{2,6}(?:[\s(/—-]+[A-Z]{1,6})*[\s(/—-]*\d[A-Za-z\d.()/\s—-]*"
    r"|\[?(?:Docket|RIN|ISSN|ISBN|ICS|DOI|Distr|(?i:Sectoral scope)|Original|Page|No\.|Version \d|VERSION)\b.*"
    r"|(?:S\.O\.|G\.S\.R\.|S\.R\.O\.)\s?\d.*|CCS\s[A-Z]\s?\d+|[A-Z]{2,4}|[\W\d_]+"
    r"|\d+\s(?:CFR|U\.?S\.?C)\b.*|(?:www\.|https?:).*"
    r"|(.{6,60}?)(?:\s\1)+"  # a stamp that is printed again and again
    r"|(?:[^\n]*\bOfficial Journal of|Presidential Documents|(?i:The Gazette of|Canada Gazette)|Public Disclosure).*"
    r"|(?i:(?:(?:VCS|CDM|Verra|Gold Standard)\s)?methodology)"
    r"|\d{2,3}(?:ST|ND|RD|TH|D|st|nd|rd|th) CONGRESS|\d(?:ST|ND|D|st|nd|d) SESSION|(?:AN ACT|A BILL)"
    r"|CDM\s.\sExecutive Board.*|(?i:Clean Development Mechanism)"
    rf"|(?:[A-Z][\w ]+,\s(?:the\s)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH},?|{_MONTH}\s\d{{1,2}},)\s\d{{4}}"
    r"|\(Text with EEA relevance\)|FOR IMMEDIATE RELEASE|\[PART .*|(?:First|Second|Third|\w+th) edition"
    r"|(?:DRAFT|BRIEFING|FACT SHEET|PRESS RELEASE|REPORT|NOTIFICATION|INTERNATIONAL STANDARD)"
    r"|(?:UN )?Framework Convention on Climate Change|Subsidiary Body for .*"
    r"|(?:附件|附錄|附录|別紙|别紙|資料)\s?[\d一二三四五六七八九十]*[：:]?|[A-Z]\s?\d{2}"
    r"|[\u4e00-\u9fff]{1,8}\s?[〔\[【（(]\s?\d{4}\s?[〕\]】）)]\s?\d+\s?号"  # 国发〔2031〕7号
    # the number that stands above a Japanese law, order or notice
    r"|(?:(?:明治|大正|昭和|平成|令和)\S{1,4}年\S{2,12}|[\u4e00-\u9fff]{2,8}(?:告示|省令|府令|規則|訓令))第\S+号"
    r"|[\u4e00-\u9fff]{2,20}(?:[部局会院厅]|政府|主席)\s?令|第\s?[\d一二三四五六七八九十百〇]+\s?号"
    r"|(?:目\s*[次录錄]|公開|机密|特急|加急|文\s?件|公\s?告)"
)
_OPEN = re.compile(
    r"(?:\b(?:a|an|and|as|at|by|for|from|in|its|of|on|or|the|to|under|with)|[,、]|关于|關於|《[^》]*|（[^）]*"
    r"|\s[—–]|\bPart \d+:)$"
)
_FULL_STOP = (".", "。", ";", "；", ":", "：", "!", "?")
# Rules in the Federal Register: the title stands between the last number and the agency.
_RULE_TITLE = re.compile(
    r"^(?:RIN\b[^\n]*|[^\n]*\]|[^\n]*\bCFR Part[^\n]*)\n((?:(?!RIN\b|\[)[^\n\]]+\n){1,8}?)AGENCY:", re.MULTILINE
)
# 《…》已经…通过，现予公布 is how an order names what it puts into force.
_ORDERED = re.compile(r"^\s*《([^》]{4,80})》(?:已|业)[^。]*(?:公布|发布|施行)", re.MULTILINE)
_SHORT_TITLE = re.compile(r"\bmay be (?:called|cited as)(?: the)?\s[“\"‘']{0,2}([A-Z][^.;\n“”\"’']{5,120})[”\"’'.\n]")
# AN ACT To provide for …: how a bill is called where it has no short title.
_LONG_TITLE = re.compile(r"^(?:AN ACT|A BILL|An Act)\s*\n\s*(To [^\n]+(?:\n[a-z][^\n]*)*)", re.MULTILINE)
_REMARK = re.compile(r"（(?!.*(?:[日号]|通过|公布|附件|[布审批见]稿))[\u4e00-\u9fff\w、]{2,20}）")
_PERIOD = re.compile(r"((?:19|20)\d\d)\s?[-–—]\s?((?:19|20)\d\d)")
_COVER_LINES, _OFTEN = 12, 3
_KANA = re.compile(r"[\u3040-\u30ff]")
_MISREAD_QUOTES = re.compile("ì([^ìî]{4,})î")  # quotation marks of one code page read in another


def is_masthead(line: str) -> bool:
    """Whether a line only belongs above a title: an issuer alone, a number, a running head."""
    return _MASTHEAD.fullmatch(line) is not None or is_body(line.removesuffix("文件")) or is_series(line)


def bare(text: str) -> str:
    """Returns the letters and digits alone, in one case, to compare differently set text."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def stands_for_title(lines: Sequence[str], at: int) -> bool:
    """Whether a line may be the title: it is not a masthead and does not continue one."""
    goes_on = at > 0 and lines[at][0].islower() and is_masthead(lines[at - 1])
    return not goes_on and not is_masthead(lines[at])


def in_sentence(lines: Sequence[str], at: int) -> bool:
    """Whether a line is one of several lines of one sentence. The next lines begin in lower case, and the last ends it.

    In Chinese, length shows it: all lines are full, and a sentence ends inside one.
    """
    if any(_are_full(lines[start : start + 3]) for start in range(max(0, at - 2), at + 1)):
        return True
    last = at
    while last + 1 < len(lines) and lines[last + 1][0].islower():
        last += 1
    return (last > at or lines[at][0].islower()) and lines[last].endswith(".")


def best_title(title: str | None, text: str, name: str) -> str:
    """Returns the reader's title, completed if it is partial; else the first suitable line; else the file's name.

    ``title`` is trusted. A part is added from nearby lines only if the title's first or last word shows that it is
    missing.
    """
    opening = text[:_OPENING]
    lines = [joined for line in opening.splitlines() if (joined := " ".join(line.split()))]
    at = next((at for at, line in enumerate(lines) if line == title), None)
    if (not title or title in " ".join(lines)) and (rule := _RULE_TITLE.search(opening)):
        return " ".join(rule[1].split())
    if not title or is_series(title) or (at is not None and len(title) > 4 and _MASTHEAD.fullmatch(title)):
        if ordered := _ORDERED.search(opening):
            return ordered[1]
        if bill := _LONG_TITLE.search(opening):
            short = _SHORT_TITLE.search(text[: 2 * _OPENING])
            return short[1] if short else " ".join(bill[1].split()).rstrip(".")
        telling = [at for at, line in enumerate(lines) if _tells(line) and stands_for_title(lines, at)]
        telling = [at for at in telling if not in_sentence(lines, at)]
        if len({table_label(line) for line in text[:_FIRST_TABLES].splitlines()} - {None}) > 1:
            telling = [at for at in telling if not table_label(lines[at])]  # one table of several names no document
        if set_apart := [at for at in telling if not lines[at].endswith(_FULL_STOP)]:
            return _tidied(_run_on(lines, set_apart[0]))
        if short := _SHORT_TITLE.search(text[: 2 * _OPENING]):
            return short[1]
        return lines[telling[0]] if telling else title or PurePath(name).stem
    if at is None:
        return title
    whole = _run_on(lines, at) if _OPEN.search(title) else title
    if is_country(title) and len(lines) > at + 1 and _reads_as_name(lines[at + 1]):
        whole = f"{title} {_run_on(lines, at + 1)}"
    return " ".join([*_before(lines, at), whole])[:_MAX_TITLE] if title[0].islower() else whole


def with_remark(title: str, text: str) -> str:
    """Returns the title with the bracketed remark of the line below: ``（试行）``, ``（发电行业）``; no date or number.

    In Japanese laws this line is the caption of the first article.
    """
    if _KANA.search(text[:_OPENING]):
        return title
    lines = [line for raw in text[:_OPENING].splitlines() if (line := raw.strip())]
    for at, line in enumerate(lines[1:], 1):
        if _REMARK.fullmatch(line) and bare("".join(lines[max(0, at - 4) : at])).endswith(bare(title)):
            return title + line
    return title


def with_drawn_name(title: str, text: str) -> str:
    """Returns the title with the plan's name before it, if the cover prints only the period as text.

    Covers may draw such a name as a picture. Then ``2031-2035`` is alone on its line, and the text mentions its Kelp
    Action Plan 2031–2035.
    """
    lines = [line for raw in text[:_OPENING].splitlines()[:_COVER_LINES] if (line := raw.strip())]
    period = next((found for line in lines if (found := _PERIOD.fullmatch(line))), None)
    above = lines[: lines.index(period[0])] if period else []
    if period is None or title in above:
        return title
    names = re.findall(rf"((?:[A-Z][\w’'-]+ ){{2,6}})({period[1]}\s?[-–—]\s?{period[2]})", text)
    counts = Counter(re.sub("^(?:The|This|Our) ", "", name) for name, _ in names)
    name, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
    return (
        title
        if count < _OFTEN or bare(name) in bare(" ".join((*above, title)))
        else f"{name}{period[1]}–{period[2]}: {title}"
    )


def join_lines(lines: Iterable[str]) -> str:
    """Joins the lines of a title. Chinese lines are joined without a space."""
    whole = ""
    for line in (" ".join(line.split()) for line in lines):
        apart = whole and line and not (_is_han(whole[-1]) and _is_han(line[0]))
        whole += f" {line}" if apart else line
    return whole


def _tells(line: str) -> bool:
    line = line.removeprefix(leading_number(line) or "")
    letters = sum(map(str.isalpha, line))
    return 4 <= len(line) <= 160 and letters > 0.5 * len(line)


def _are_full(lines: Sequence[str]) -> bool:
    """Whether three lines are wrapped Chinese prose: of equal length, with a sentence that ends inside one."""
    sizes = [len(line) for line in lines]
    full = len(lines) == 3 and min(sizes) >= _WRAPPED and max(sizes) - min(sizes) <= 2
    return full and _is_han(lines[0][0]) and any("。" in line[:-1] for line in lines)


def _run_on(lines: Sequence[str], at: int) -> str:
    """The line and its continuations: it ends open, or is full and the next begins small; or it names a number."""
    whole = lines[at]
    for following in lines[at + 1 : at + 5]:
        runs_on = _OPEN.search(whole) or (len(whole) >= _LONG and following[0].islower())
        named = re.fullmatch(r"[A-Z]{2,}-[A-Z]*\d[\w.-]*", following) or (
            re.search(r"\b[A-Z]{2,}-[A-Z]*\d[\w.-]*$", whole) and following[0] in "“\"‘'«ì"
        )
        if not (runs_on or named) or len(whole) + len(following) >= _MAX_TITLE or _is_prose(following):
            break
        whole = join_lines((whole, following))
    return whole


def _before(lines: Sequence[str], at: int) -> list[str]:
    """The lines before that a title fragment continues: ``Proposal for a``, ``REGULATION OF …``."""
    taken: list[str] = []
    for line in reversed(lines[max(0, at - 3) : at]):
        if is_masthead(line) or any(map(str.isdigit, line)) or line.endswith(_FULL_STOP):
            break
        taken.insert(0, line)
    return taken


def _reads_as_name(line: str) -> bool:
    """Whether a line is set like a title: all longer words capitalised, no full stop."""
    words = [word for word in line.split() if len(word) > 3]
    return bool(words) and all(word[0].isupper() for word in words) and not line.endswith(_FULL_STOP)


def _is_prose(line: str) -> bool:
    return line.endswith((".", "。", "；", ";")) and len(line) > _LONG


def _is_han(letter: str) -> bool:
    return "\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef"


def _tidied(title: str) -> str:
    return _MISREAD_QUOTES.sub(r"“\1”", title)
