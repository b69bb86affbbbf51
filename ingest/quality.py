"""The quality gate: whether an extracted text is language, with reasons. Garbage never reaches the index."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import PoorQuality

REFUSED_BELOW = 0.35
WARNED_BELOW = 0.85
_SAMPLE = 100_000  # characters looked at, from the beginning, the middle and the end
_MOJIBAKE = re.compile(
    "锟斤拷|烫烫烫|屯屯屯|锘|鐨勭|涓€|浜嗙|"  # UTF-8 read as GBK, freed memory
    "Ã[\u0080-\u00bf\u2018-\u2022€™œž]|â€[\u0080-\u00bf™œ\u009d“”˜¦\u2018-\u2022]|Â[\u00a0-\u00bf]|"  # UTF-8 as Latin-1
    "[äåæçèé][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,2}|"  # Chinese UTF-8 as Latin-1
    "[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß°±²³´µ¶·¸¹º»¼½¾¿][ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß¡-¿]{3,}"  # GBK as Latin-1
)
_BAD_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_UNMAPPED = re.compile(r"\(cid:\d+\)|/[A-Z]\d{1,3}(?=/|\s)")
_SPACED_LATIN = re.compile(r"(?<![A-Za-z])(?:[A-Za-z] ){4,}[A-Za-z](?![A-Za-z])")
_MAX_GBK = 2_000  # Chinese characters looked at
_SPLIT_WORD = re.compile(r"\b[a-z]{4,} (?:s|ed|ing|tion|tions|ment|ly)\b(?! ?[’'])")
_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile("[\u3400-\u9fff]")
_REPEAT = re.compile(r"([^\s.\-_=*·…—0])\1{19,}")
_RATE = re.compile(r"\d\s?[%％‰]|\d[.．]\d|百分之")
# What only damage leaves behind in Chinese: a rate without its sign, a bare count "以上", a document number whose
# bracketed year ran into it.
_BARE_RATE = re.compile(
    r"(?:下降|提高|提升|增长|降低|减少|达到?|占|总?量的|额的|比例[^，。；\d]{0,6}|率[^，。；\d]{0,8}|控制在|不(?:超过|低于|高于|少于))"
    r"\s?\d{1,4}"
    r"(?=左右|以上|以下|以内|或者|[，。；、）)]|的)|(?<![\d第])\d{1,3}(?:以上|以下|以内|左右)(?!\d)|[\u4e00-\u9fff](?:19|20)\d{3,6}号"
)


@dataclass(frozen=True, slots=True)
class Quality:
    """``score`` 0..1: the share of the text that reads as language. ``reasons``, for the user, most important first."""

    score: float
    reasons: tuple[str, ...] = ()


def assess(text: str) -> Quality:
    """Scores a text by traces of wrong decoding, lost fonts and broken layout. Empty text scores 0."""
    sample = _sample(text)
    solid = len(re.sub(r"\s+", "", sample))
    if not solid:
        return Quality(0.0, ("no text",))
    damage = [(share, reason) for share, reason in _damage(sample, solid) if share > 0.002]
    damage.sort(reverse=True)
    score = 1.0
    for share, _ in damage:
        score *= 1.0 - min(share, 1.0)
    return Quality(round(score, 4), tuple(f"{reason} ({min(share, 1.0):.1%} of the text)" for share, reason in damage))


def numbers_damaged(text: str) -> bool:
    """Whether percent signs and decimal points seem lost: a rate has no sign, and no rate has a sign or a point."""
    sample = _sample(text)
    if len(_HAN.findall(sample)) < 0.3 * len(sample) or _RATE.search(text):
        return False
    return _BARE_RATE.search(text) is not None


def gate(document: Document) -> Document:
    """Returns the document, with a warning if its text is partly damaged.

    Raises:
        PoorQuality: less than ``REFUSED_BELOW`` of the text reads as language. The message says why.
    """
    quality = assess(document.text)
    if quality.score < REFUSED_BELOW:
        raise PoorQuality(
            f"{document.name}: the text is not readable: {'; '.join(quality.reasons)}; expected readable text; "
            "find another copy or run OCR over it"
        )
    warnings = list(document.warnings)
    if quality.score < WARNED_BELOW:
        warnings.append(f"{document.name}: text partly damaged: {'; '.join(quality.reasons)}")
    if numbers_damaged(document.text):
        warnings.append(f"{document.name}: percent signs and decimal points seem lost: figures cannot be trusted")
    return replace(document, warnings=tuple(warnings))


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    third, middle = _SAMPLE // 3, len(text) // 2
    return text[:third] + text[middle : middle + third] + text[-third:]


def _damage(text: str, solid: int) -> list[tuple[float, str]]:
    """(share of the solid text, description) for each kind of damage."""

    def share(pattern: re.Pattern[str]) -> float:
        return sum(len(found.group()) for found in pattern.finditer(text)) / solid

    words = _WORD.findall(text)
    split_words = 8 * len(_SPLIT_WORD.findall(text)) / max(len(words), 200)
    return [
        (max(2 * share(_MOJIBAKE), _read_as_gbk(text, solid)), "characters of a wrongly decoded encoding"),
        (4 * text.count("\ufffd") / solid, "replacement characters"),
        (4 * share(_BAD_CONTROL), "control characters"),
        (2 * share(_PRIVATE), "characters without a meaning (private use)"),
        (share(_UNMAPPED), "glyphs without a character"),
        (share(_SPACED_LATIN), "letters set apart by spaces"),
        (split_words if split_words > 0.02 else 0.0, "words broken by spaces"),
        (share(_REPEAT), "one character repeated"),
        (_repetition(text), "the same line repeated"),
        (_wordless(text, solid), "symbols instead of words"),
    ]


def _read_as_gbk(text: str, solid: int) -> float:
    """Share of Chinese characters that are UTF-8 decoded as GBK. In true Chinese there are hardly any."""
    han = _HAN.findall(text)
    sample = "".join(han[:_MAX_GBK])
    back = sample.encode("gbk", "ignore").decode("utf-8", "replace")
    restored = len(back) - back.count("\ufffd")
    return len(han) / solid if len(sample) >= 20 and restored > 0.7 * len(back) else 0.0


def _repetition(text: str) -> float:
    """Share of long lines that copy the commonest line, beyond the number that running heads explain.

    At most half, so repetitive text is reported but not refused.
    """
    lines = [line.strip() for line in text.splitlines() if len(line.strip()) >= 12]
    if len(lines) < 20:
        return 0.0
    share = Counter(lines).most_common(1)[0][1] / len(lines)
    return min(share, 0.5) if share > 0.3 else 0.0


def _wordless(text: str, solid: int) -> float:
    """How far letters fall short of two fifths of the text: tables of figures pass, line noise does not."""
    letters = sum(map(str.isalnum, text))
    share = letters / solid
    return 0.0 if share >= 0.4 or solid < 40 else (0.4 - share) / 0.4
