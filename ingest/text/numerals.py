"""Reads and writes numerals: Chinese, circled, Roman and lettered ones, number words and months."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

HAN = "一二三四五六七八九十百千零〇两"
"""The digits and powers of ten of Chinese numerals."""
_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
HAN_DIGITS = "零〇一二三四五六七八九"
"""The digits of years and decimals, written one by one."""


def _in_order(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + place * step for place, word in enumerate(words.split())}


_ONES = _in_order("one two three four five six seven eight nine", 1)
_TENS = _in_order("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_TEENS = _in_order("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
_NUMBERS = _ONES | _TEENS | _TENS
NUMBER_WORD = (
    rf"(?:(?:{'|'.join(_TENS)})[ -](?:{'|'.join(_ONES)})|{'|'.join(word for word in _NUMBERS if word != 'one')}"
    r"|one(?= (?:hundred|thousand|million|billion|trillion)))(?![a-z])"
)
"""Matches number words 1..99 in folded English text; a lone "one" is not a number."""
ORDINAL_WORDS = _in_order("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1)
ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
"""The first year of each era of Japan."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def ordinal(number: str) -> int:
    """Returns the value of a Chinese, circled, Roman, Arabic or lettered number; 0 if it has none."""
    if digits := re.match(r"\d+", number):
        return int(digits.group())
    if re.fullmatch("[IVXLC]+", number) and (len(number) > 1 or number in "IVX"):
        values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in number]
        return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
    if number.isascii():
        return ord(number[0].upper()) - ord("A") + 1
    total = digit = 0
    for value in (int(unicodedata.numeric(letter, 2)) for letter in number):
        if value in (10, 100, 1000):
            total += (digit or 1) * value
            digit = 0
        else:
            digit = value
    return total + digit


def normalised(number: str) -> str:
    """Returns one spelling for a number: ``"21"``, ``"181A"``, ``"21-2"`` for 二十一条之二, ``"1.4.2"``, ``"A"``.

    White space and brackets are ignored. Of single letters only I, V and X are Roman.
    """
    bare = re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", number)).strip(".")
    parts = re.split("[之の]", bare)
    return "-".join(_one(part) for part in parts if part)


def _one(number: str) -> str:
    if number[0] in HAN:
        return str(ordinal(number))
    upper = number.upper()
    if re.fullmatch("[IVXLC]+", upper) and (len(upper) > 1 or upper in "IVX"):
        return str(ordinal(upper))
    if lettered := re.fullmatch("([IVX]+)([A-D])", upper):
        return f"{ordinal(lettered[1])}{lettered[2]}"
    return upper


def read_numeral(numeral: str) -> int | None:
    """Returns the value, below 10,000, of a Chinese numeral; None if it is not one, such as 十四五 or 千."""
    if len(numeral) == 4 and all(char in _HAN_DIGITS for char in numeral):
        return int("".join(str(_HAN_DIGITS[char]) for char in numeral))  # 二〇三〇
    total, digit, below = 0, None, 10**4
    for place, char in enumerate(numeral):
        if char in "零〇":
            if digit is not None:
                return None
        elif char in _HAN_DIGITS:
            if digit is not None:
                return None
            digit = _HAN_DIGITS[char]
        else:
            power = _HAN_TENS[char]
            if power >= below or (digit is None and (place or power != 10)):
                return None
            total, digit, below = total + (digit or 1) * power, None, power
    if digit is not None and below > 10 and total and numeral[-2] not in "零〇":
        return None  # 一百五 is 150 in speech
    return total + (digit or 0) or None


def read_number(written: str) -> Decimal | None:
    """Returns the value of digits, a word or a Chinese numeral in folded text; None if there is none.

    Commas separate thousands; 点 separates the decimals of a Chinese numeral.
    """
    if written[0].isdecimal() or written[0] == ".":
        return Decimal(written.replace(",", ""))
    if written[0].isascii():
        return Decimal(sum(_NUMBERS[word] for word in re.split("[ -]", written)))
    whole, _, decimals = written.partition("点")
    number = read_numeral(whole) if whole.strip("零〇") else 0
    if number is None or (not number and not decimals):
        return None
    part = "".join(str(_HAN_DIGITS[char]) for char in decimals)
    return Decimal(f"{number}.{part or 0}") if part else Decimal(number)


def era_year(era: str, number: str) -> int:
    """Returns the calendar year of a year of a Japanese era; 元 is the first. 令和 and 六 give 2024."""
    nth = 1 if number == "元" else read_number(number) or 0
    return ERAS[era] + int(nth) - 1


def write_numeral(number: int) -> str:
    """The Chinese numeral of 1..999."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    digits = "零一二三四五六七八九"
    text = f"{digits[hundreds]}百" if hundreds else ""
    text += f"{'' if tens == 1 and not hundreds else digits[tens]}十" if tens else "零" if hundreds and ones else ""
    return text + (digits[ones] if ones else "")
