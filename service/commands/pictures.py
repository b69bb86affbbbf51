"""Text from files as a terminal may show it: none of it drives the terminal, or turns the direction of a line."""

from __future__ import annotations

from rich.text import Text

from sinkqa.service.evidence.warnings.direction import SHOWN

_DRIVING = {code: 0x2400 + code for code in range(32)} | {127: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
PICTURES: dict[int, int | str] = _DRIVING | SHOWN
_CONTROLS = {code: picture for code, picture in PICTURES.items() if chr(code) not in "\t\n"}


def shown(text: Text) -> Text:
    """Control characters as pictures, one for one: styles stay in place."""
    text.plain = text.plain.translate(_CONTROLS)
    return text
