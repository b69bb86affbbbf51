"""First half of reading a text file: bytes to characters, newlines untranslated, with a reason when that fails."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from ingest.errors import EmptyDocument, UnreadableDocument

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ["gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1252", "cp1251", "cp1250", "iso8859_15", "koi8_r"]
_SAMPLE = 262_144  # bytes shown to the statistical detector; the whole file is decoded with what it finds
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1b\x7f]")
_PLAIN = re.compile("[\t\n\r\x20-\u024f\u2010-\u2044\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_PLAIN_STOPS = re.compile("[\n\r 。，]")
_UNPRINTED = re.compile("[\\s\0\u200b\ufeff]+")
_MAX_CONTROLS = 0.02  # of all characters; text has none but for stray form marks
_MAX_BROKEN = 0.001  # of all bytes; one torn character in a long file is forgiven, with a warning


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters of a file without its byte order mark; ``encoding`` is a Python codec name."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(content: bytes, *, name: str) -> Decoded:
    """Decode by byte order mark, else UTF-8, else UTF-16 by its zero bytes, else by statistics.

    Lone surrogates and NUL survive. Raises EmptyDocument where there is nothing but white space, and
    UnreadableDocument where no encoding makes text of the bytes.
    """
    decoded = _by_mark(content) or _utf16_without_mark(content) or _utf8(content) or _by_statistics(content)
    if decoded is None or len(_CONTROLS.findall(decoded.text)) > _MAX_CONTROLS * len(decoded.text):
        raise UnreadableDocument(
            f"{name}: no text encoding fits; expected UTF-8, UTF-16, GB18030 or Big5 text, got binary data; "
            "convert the file to UTF-8 or give it the extension of its real format"
        )
    if not _UNPRINTED.sub("", decoded.text):
        raise EmptyDocument(f"{name}: expected text, got an empty file; check that it was saved")
    return decoded


def _by_mark(content: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], encoding) or _torn(content[len(mark) :], encoding)
    return None


def _utf16_without_mark(content: bytes) -> Decoded | None:
    """Read either way round, only true UTF-16 lies in a few blocks and has line ends, spaces or full stops."""
    if len(content) % 2 or (b"\0" not in content and _strict(content, "utf-8")):
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        sample = content[:_SAMPLE].decode(encoding, "replace")
        if _PLAIN_STOPS.search(sample) and len(_PLAIN.findall(sample)) >= 0.95 * len(sample):
            return _strict(content, encoding)
    return None


def _utf8(content: bytes) -> Decoded | None:
    return _strict(content, "utf-8") or _torn(content, "utf-8")


def _strict(content: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(content.decode(encoding, "surrogatepass"), encoding)
    except UnicodeDecodeError:
        return None


def _torn(content: bytes, encoding: str) -> Decoded | None:
    """A file cut off or damaged at a few places only, so that the encoding is beyond doubt all the same."""
    text = content.decode(encoding, "replace")
    broken = text.count("\ufffd") - content.count("\ufffd".encode(encoding))
    foreign = sum(1 for letter in text[:_SAMPLE] if letter > "\x7f") - broken
    if broken > max(1, _MAX_BROKEN * len(content)) or foreign < 20 * broken:
        return None
    return Decoded(text, encoding, (f"{broken} damaged characters read as U+FFFD ({encoding})",))


def _by_statistics(content: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    sample = content[:_SAMPLE]
    best = from_bytes(sample[: sample.rfind(b"\n") + 1] or sample, cp_isolation=_LEGACY).best()
    return _strict(content, best.encoding) if best else None
