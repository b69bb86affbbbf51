"""Reading step of ingest: bytes of marked-up text to characters, where the text may declare its own encoding."""

from __future__ import annotations

import codecs
import re

from ingest.readers import encoding

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,20})""", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "big5": "big5hkscs",
          "shift_jis": "cp932", "euc_kr": "cp949", "utf-16": "utf-8"}  # fmt: skip
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7"}  # no browser reads these either
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Characters of ``content`` and warnings.

    Text that is valid UTF-8 is UTF-8 whatever it declares; a declaration that makes no likely text is overruled.
    Raises EmptyDocument and UnreadableDocument as :func:`ingest.readers.encoding.decode` does.
    """
    declared = None if content.startswith(_MARKS) else _declared(content)
    if declared and declared.startswith("iso2022"):
        try:
            return content.decode(declared), ()
        except UnicodeError:
            declared = None
    found = encoding.decode(content, name=name, declared=declared)
    overruled = (f"{name}: declares {declared} but is {found.encoding}",)
    return found.text, (*(overruled if declared not in (None, found.encoding) else ()), *found.warnings)


def _declared(content: bytes) -> str | None:
    """The codec that is declared, where it is one of text: Python has some of the name that only re-encode bytes."""
    found = _DECLARED.search(content[:4096])
    name = found[1].decode("ascii") if found else "undefined"
    try:
        "".encode(name)  # refuses what is no encoding of text, as base64 or hex, and the one that refuses all
        codec = codecs.lookup(name).name
    except (LookupError, UnicodeError):
        return None
    return None if codec in _NO_CHARSETS else _WIDER.get(codec, codec)
