"""Structure step of ingest: the numbers that headings and references carry, however they are written."""

from __future__ import annotations

import re
import unicodedata

HAN = "一二三四五六七八九十百千零〇两"
"""The digits and powers of ten of Chinese numerals."""
_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}


def ordinal(number: str) -> int:
    """Value of a Chinese, circled, Roman, Arabic or lettered number; 0 where it has none."""
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
    """One way to write a number: ``"21"``, ``"181A"``, ``"21-2"`` for 二十一条之二, ``"1.4.2"``, ``"A"``.

    White space and brackets do not count; Roman numbers of one letter are such from I, V and X alone.
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
    """The number below 10,000 that a Chinese numeral stands for; None where it is none, as 十四五 or 千."""
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


def write_numeral(number: int) -> str:
    """The Chinese numeral of 1..999."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    digits = "零一二三四五六七八九"
    text = f"{digits[hundreds]}百" if hundreds else ""
    text += f"{'' if tens == 1 and not hundreds else digits[tens]}十" if tens else "零" if hundreds and ones else ""
    return text + (digits[ones] if ones else "")
