"""Decodes marked-up text, which may declare its own encoding."""

from __future__ import annotations

import codecs
import re

from sinkqa.ingest.readers.decoding import encoding

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,20})""", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "big5": "big5hkscs",
          "shift_jis": "cp932", "euc_kr": "cp949", "utf-16": "utf-8"}  # fmt: skip
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7"}  # no browser reads these either
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(content: bytes, name: str, *, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Returns the characters of ``content``, and warnings.

    ``charset``, from the envelope, has priority over the text's own. Valid UTF-8 is UTF-8, whatever is declared. A
    declaration that gives unlikely text is overruled. Raises EmptyDocument and UnreadableDocument as :func:`decode`
    does.
    """
    declared = None if content.startswith(_MARKS) else _codec(charset) or _declared(content)
    if declared and declared.startswith("iso2022"):
        try:
            return content.decode(declared), ()
        except UnicodeError:
            declared = None
    found = encoding.decode(content, name=name, declared=declared)
    overruled = (f"{name}: declares {declared} but is {found.encoding}",)
    fits = declared is None or found.encoding in (declared, "utf-8")
    return found.text, (*(() if fits else overruled), *found.warnings)


def _declared(content: bytes) -> str | None:
    """The codec that the text itself declares."""
    found = _DECLARED.search(content[:4096])
    return _codec(found[1].decode("ascii")) if found else None


def _codec(name: str | None) -> str | None:
    """The codec of a name, if it is one of text: some of Python's only re-encode bytes."""
    try:
        "".encode(name or "undefined")  # refuses what is none of text, as base64, and the one that refuses all
        codec = codecs.lookup(name or "").name
    except (LookupError, UnicodeError):
        return None
    return None if codec in _NO_CHARSETS else _WIDER.get(codec, codec)
