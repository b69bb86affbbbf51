"""List numbers as a browser shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sinkqa.ingest.text.numerals import write_numeral

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from sinkqa.ingest.readers.html.visible.styles import HtmlStyles

_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_UNNUMBERED = frozenset({"none", "disc", "circle", "square"})
# fmt: off
_SERIES = {
    "lower-greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "cjk-heavenly-stem": "甲乙丙丁戊己庚辛壬癸",
    "cjk-earthly-branch": "子丑寅卯辰巳午未申酉戌亥",
    "hiragana": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん",
    "katakana": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン",
    "hiragana-iroha": "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす",
    "katakana-iroha": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
}
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
# fmt: on
_CHINESE = re.compile(r"cjk-ideographic|(?:simp|trad)-chinese-informal|japanese-informal|cjk-decimal")
_FORMAL = str.maketrans("一二三四五六七八九十百", "壹贰叁肆伍陆柒捌玖拾佰")
_CONTENT = re.compile(
    r"[\"'](?P<string>[^\"']*)[\"']|counter(?P<all>s)?\(\s*[\w-]+\s*(?(all),\s*[\"'](?P<between>[^\"']*)[\"']\s*)(?:,(?P<style>[^)]*))?\)"
)
_OWN = re.compile(
    r"[(（](?:[0-9]{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,6}|[一二三四五六七八九十百]{1,4})[)）]|"
    r"(?:[0-9]{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,6}|[一二三四五六七八九十百]{1,4})(?:[、)）．]|\.(?=\s|[^\x00-\x7f]|$))|"
    r"[①-⑳]|\d{1,2}(?:\.\d{1,2})+\.(?=\s|$)|\d{1,2}(?:\.\d{1,2}){2,}\s|第[一二三四五六七八九十百\d]{1,5}[条款项章节]"
)


class Counters:
    """Counts the items of the ordered lists of a page."""

    def __init__(self, styles: HtmlStyles) -> None:
        self._styles = styles
        self._last: dict[int, int] = {}
        self._numbers: dict[int, int] = {}

    def marker(self, item: LexborNode) -> str:
        """Returns the marker before an item ("3. ", "c. ", "三、"); "" for bullets and lists without numbers."""
        parent = item.parent
        if parent is None or parent.tag not in ("ol", "ul", "menu"):
            return ""
        may_style = self._styles.has_rules or "style" in parent.attributes or "style" in item.attributes
        if parent.tag != "ol" and not may_style:
            return ""
        attributes = parent.attributes
        step = -1 if "reversed" in attributes else 1
        number = self._last.get(parent.mem_id)
        if number is None:
            items = 1 if step > 0 else sum(1 for child in parent.iter() if child.tag == "li")
            number = integer(attributes.get("start"), items) - step
        number = integer(item.attributes.get("value"), number + step)
        self._last[parent.mem_id] = self._numbers[item.mem_id] = number
        return self._counted(number, item, parent) or self._shown(number, item, parent)

    def _counted(self, number: int, item: LexborNode, parent: LexborNode) -> str:
        """The text that a rule counts before an item: strings, ``counter(c, style)``, ``counters(c, ".")``."""
        shown = ""
        for found in _CONTENT.finditer(self._styles.before(item)):
            style = (found["style"] or "decimal").strip()
            if found["all"]:
                outer = self._numbers.get(parent.parent.mem_id) if parent.parent is not None else None
                shown += f"{outer}{found['between']}" if outer is not None else ""
            shown += found["string"] if found["string"] is not None else marker(number, style).rstrip("、. ")
        return f"{shown.rstrip()} " if shown else ""

    def _shown(self, number: int, item: LexborNode, parent: LexborNode) -> str:
        style = self._styles.look(item, item.attributes).list_style
        style = style or _TYPES.get(item.attributes.get("type") or "", "")
        style = style or self._styles.look(parent, parent.attributes).list_style
        style = style or _TYPES.get(parent.attributes.get("type") or "", "decimal" if parent.tag == "ol" else "disc")
        if style in _UNNUMBERED:
            return ""
        if style[0] in "\"'":
            return style[1:-1]
        return marker(number, style)


def marker(number: int, style: str) -> str:
    """Returns a number with the browser's suffix, in a ``list-style-type``; digits if the series has no sign for it."""
    if _CHINESE.fullmatch(style) and 0 < number < 1000:
        return f"{write_numeral(number)}、"
    if style.endswith("-chinese-formal") and 0 < number < 1000:
        return f"{write_numeral(number).translate(_FORMAL)}、"
    if style in _SERIES:
        stop = "、" if style[0] in "chk" else ". "
        return f"{_SERIES[style][number - 1]}{stop}" if 0 < number <= len(_SERIES[style]) else f"{number}{stop}"
    kinds = {"lower-latin": "a", "upper-latin": "A", **{name: sign for sign, name in _TYPES.items()}}
    if style == "decimal-leading-zero":
        return f"{number:02}. "
    return f"{numeral(number, kinds.get(style, '1'))}. "


def numeral(number: int, style: str) -> str:
    """Returns the number as a list in ``style`` ("1", "a", "A", "i", "I") shows it; digits if letters run out."""
    if style in "aA" and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord(style) + rest) + letters
        return letters
    if style in "iI" and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman if style == "I" else roman.lower()
    return str(number)


def numbers_itself(text: str) -> bool:
    """Whether a line has its own number, so that none must be added."""
    return _OWN.match(text) is not None


def integer(value: str | None, default: int) -> int:
    """Returns the whole number at the beginning of an attribute, else ``default``."""
    found = re.match(r"\s*(-?\d{1,6})", value or "")
    return int(found[1]) if found else default
