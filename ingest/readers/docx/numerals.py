"""Writes list numbers in the numerals of Word's formats."""

from __future__ import annotations

import re
from collections.abc import Callable

# fmt: off
_ONES = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
         "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"]
# fmt: on
_TENS = ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
_FIRST = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
          "twelve": "twelfth"}  # fmt: skip
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKS = "*†‡§"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウノオクヤマケフコエテアサキユメミシヒモセスン"
# Digits with zero first, then the powers ten, hundred, thousand; ten thousand comes last.
_PLAIN = ("零一二三四五六七八九", "十百千万")
_LEGAL_SIMPLIFIED = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟万")
_LEGAL_TRADITIONAL = ("零壹貳參肆伍陸柒捌玖", "拾佰仟萬")
_LEGAL_JAPANESE = ("〇壱弐参四伍六七八九", "拾百阡萬")
_KOREAN = ("영일이삼사오육칠팔구", "십백천만")


def word_numeral(number: int, kind: str) -> str:
    """Writes the number in the numerals of a ``w:numFmt``; in digits if the format lacks it, "" for bullets."""
    return "" if kind in ("bullet", "none") else _KINDS.get(kind, str)(number) or str(number)


def _letters(alphabet: str) -> Callable[[int], str]:
    """a, b, … z, aa, bb: Word repeats the letter, up to 30 times."""

    def write(number: int) -> str:
        times, place = divmod(number - 1, len(alphabet))
        return alphabet[place] * (times + 1) if 0 <= times < 30 else ""

    return write


def _series(signs: str) -> Callable[[int], str]:
    """A closed series of signs; digits follow the last one."""
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else ""


def _digits(signs: str) -> Callable[[int], str]:
    return lambda number: "".join(signs[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN if number < 4000 else ():
        written += letters * (number // value)
        number %= value
    return written


def _counted(digits: str, powers: str, *, names_one: bool = False, names_zero: bool = True) -> Callable[[int], str]:
    """Chinese counting below 100 million: 十, 一百零一; ``names_one``: 壹拾; without zeros, as in Japan: 百一."""

    def below_ten_thousand(number: int) -> str:
        written, is_gap = "", False
        for place, digit in zip(range(3, -1, -1), map(int, f"{number:04d}"), strict=True):
            if not digit:
                is_gap = bool(written)
                continue
            bare = digit == 1 and place and not names_one and (not names_zero or (place == 1 and not written))
            written += digits[0] * (is_gap and names_zero) + digits[digit] * (not bare)
            written += powers[place - 1] if place else ""
            is_gap = False
        return written

    def write(number: int) -> str:
        if not 0 < number < 10**8:
            return ""
        high, low = divmod(number, 10**4)
        if not high:
            return below_ten_thousand(low)
        gap = digits[0] if names_zero and 0 < low < 1000 else ""
        return below_ten_thousand(high) + powers[3] + gap + below_ten_thousand(low)

    return write


def _cardinal(number: int) -> str:
    """English words below a million, written as Word does: Twenty-one."""
    return _words(number).capitalize() if 0 <= number < 10**6 else ""


def _words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    unit, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = number % unit
    return f"{_words(number // unit)} {name}" + (f" {_words(rest)}" if rest else "")


def _ordinal_words(number: int) -> str:
    head, last = re.fullmatch("(.*?)([a-z]*)", _cardinal(number).lower(), re.DOTALL).groups()  # type: ignore[union-attr]
    ending = _FIRST.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th" if last else "")
    return (head + ending).capitalize()


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_CHINESE = _counted(*_PLAIN)
_KINDS: dict[str, Callable[[int], str]] = {
    "decimalZero": "{:02d}".format,
    "upperLetter": _letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "lowerLetter": _letters("abcdefghijklmnopqrstuvwxyz"),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "ordinal": _ordinal,
    "cardinalText": _cardinal,
    "ordinalText": _ordinal_words,
    "hex": "{:X}".format,
    "chicago": _letters(_MARKS),
    "numberInDash": "- {} -".format,
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalEnclosedCircle": _series(_CIRCLED),
    "decimalEnclosedCircleChinese": _series(_CIRCLED),
    "decimalEnclosedParen": _series("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _series("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "ideographEnclosedCircle": _series("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "ideographTraditional": _series(_STEMS),
    "ideographZodiac": _series(_BRANCHES),
    "ideographZodiacTraditional": lambda number: _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12],
    "ideographDigital": _digits("〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": _digits("〇一二三四五六七八九"),
    "taiwaneseDigital": _digits("○一二三四五六七八九"),
    "chineseCounting": _CHINESE,
    "chineseCountingThousand": _CHINESE,
    "taiwaneseCounting": _CHINESE,
    "taiwaneseCountingThousand": _CHINESE,
    "japaneseCounting": _CHINESE,  # which Chinese versions of Word write for 一、二、三
    "chineseLegalSimplified": _counted(*_LEGAL_SIMPLIFIED, names_one=True),
    "ideographLegalTraditional": _counted(*_LEGAL_TRADITIONAL, names_one=True),
    "japaneseLegal": _counted(*_LEGAL_JAPANESE, names_one=True, names_zero=False),
    "aiueo": _series(_AIUEO),
    "aiueoFullWidth": _series(_AIUEO),
    "iroha": _series(_IROHA),
    "irohaFullWidth": _series(_IROHA),
    "ganada": _series("가나다라마바사아자차카타파하"),
    "chosung": _series("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
    "koreanDigital": _digits("영일이삼사오육칠팔구"),
    "koreanCounting": _counted(*_KOREAN, names_zero=False),
    "russianLower": _letters("абвгдежзиклмнопрстуфхцчшщыэюя"),
    "russianUpper": _letters("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"),
}
