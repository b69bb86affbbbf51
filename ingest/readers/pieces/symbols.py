"""Replaces letters of symbol fonts by the signs that they show."""

from __future__ import annotations

_FIRST = 0x20
# Adobe's Symbol encoding (PDF 32000-1, annex D.5) from 0x20 and from 0xA0.
_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\0〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
)
_CIRCLES = "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"


def _run(first: int, signs: str) -> dict[int, str]:
    return {code: sign for code, sign in enumerate(signs, first) if sign != "\0"}


# Microsoft's mapping of the signs that documents use: boxes, ticks, bullets, arrows, numbers in circles.
_FONTS: dict[str, dict[int, str]] = {
    "symbol": _run(_FIRST, _SYMBOL[0]) | _run(0xA0, _SYMBOL[1]),
    "wingdings": _run(0x80, _CIRCLES)
    | {0x20: " ", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x36: "⌛", 0x3F: "✍", 0x41: "✌", 0x43: "👍", 0x44: "👎"}
    | _run(0x45, "☜☞☝☟✋☺😐☹")
    | _run(0x6C, "●❍■□◻❑❒⬧⧫◆❖⬥")
    | {0x9E: "·", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA2: "⭘", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "☐", 0xAB: "★"}
    | {0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩"}
    | _run(0xFB, "✗✓☒☑"),
    "wingdings 2": _run(0x69, _CIRCLES) | _run(0x4F, "✗✓☒☑☒☒") | {0x20: " ", 0x97: "●", 0xA2: "■", 0xA3: "☐"},
    "wingdings 3": {0x20: " ", 0x21: "→", 0x22: "←"} | _run(0x66, "←→↑↓") | _run(0x70, "▲▼△▽◀▶◁▷"),
    "webdings": {0x20: " ", 0x33: "◀", 0x34: "▶", 0x35: "▲", 0x36: "▼", 0x61: "✔", 0x63: "☐", 0x67: "■", 0x6E: "●",
                 0x72: "✖"},
}  # fmt: skip


def is_symbol_font(font: str) -> bool:
    """Whether a font shows signs instead of letters."""
    return font.strip().lower() in _FONTS


def sign(font: str, code: int) -> str | None:
    """Returns the sign that ``font`` shows for a code (0x20-0xFF, or the same from 0xF000); None if unknown."""
    return _FONTS.get(font.strip().lower(), {}).get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code)
