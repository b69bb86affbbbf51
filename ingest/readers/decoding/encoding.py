"""Decodes text files, with newlines untranslated."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from sinkqa.ingest.errors import EmptyDocument, UnreadableDocument
from sinkqa.ingest.readers.decoding.likelihood import cost, foreign, mended

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TWO_BYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
# Each with the nats by which it is likelier than the others before a byte is seen: what files of policy come in.
_CANDIDATES = {
    "utf-8": 6.0, "gb18030": 3.0, "cp1252": 3.0, "big5hkscs": 2.0, "utf-16-le": 0.0, "utf-16-be": 0.0, "cp932": 0.0,
    "euc_jp": -5.0, "cp949": -2.0, "cp1251": -2.0, "cp1250": -4.0, "koi8_r": -4.0, "iso8859_15": -4.0,
}  # fmt: skip
_DECLARED = 30.0  # nats that a declaration counts
_DOUBTFUL = 14.0  # nats: a reading that leads by less is reported as a guess
_WINDOW = 65_536  # bytes of the beginning, the middle and the end that are weighed; the whole is read with what wins
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1b\x7f]")
_CONTROL_BYTES = bytes((*range(1, 9), *range(14, 28), 0x7F))
_PRINTED = re.compile(r"[^\s\0\u200b\ufeff]")
_WIDE = re.compile("[\u0800-\U0010ffff]")
_DAMAGE = re.compile("\ufffd+")
_LINE_END = re.compile("\r\n?|\n")
_PIECE = re.compile(rb"[^\n]{2000}[\x30-\xff]*[\x00-\x2f]|[^\n]*\n|[^\n]+")  # cut after what is no half
_NO_CHARACTER = re.compile("[\uf8f0-\uf8f3]")  # what Python makes of bytes that Shift JIS leaves free
_PADDING = re.compile(rb"(?:\0\0){4,}\Z")
_MAX_CONTROLS = 0.02  # of all characters; text has only stray form marks
_MAX_BROKEN = 0.05  # of the characters that are not ASCII
_MAX_RARE = 0.4  # of the characters that are not ASCII: more are in no text of a language that is known here
_MAX_MENDED = 200_000  # bytes of one piece that are weighed one by one
_MAX_PLACES = 5


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters of a file without its byte order mark; ``encoding`` is a Python codec name."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(content: bytes, *, name: str, declared: str | None = None) -> Decoded:
    """Decodes by byte order mark, else as UTF-8 if valid, else in the encoding that gives the most probable text.

    ``declared`` is a codec that the file names. It is evidence, but it does not decide. Bytes that belong to no
    character become U+FFFD, with a warning that counts them and names their lines. A close decision gives a warning
    too. Lone surrogates and NUL stay, except zero bytes that pad the end.

    Raises:
        EmptyDocument: there is only white space.
        UnreadableDocument: no encoding makes text of the bytes.
    """
    if content.endswith(b"\0" * 8):
        content = _PADDING.sub(b"", content)
    decoded = _by_mark(content) or _valid_utf8(content) or _likeliest(content, name, declared)
    text = decoded.text.rstrip("\0\x1a")
    if not _is_text(text, decoded.encoding, content):
        raise UnreadableDocument(
            f"{name}: no text encoding fits; expected UTF-8, UTF-16, GB18030 or Big5 text, got binary data; "
            "convert the file to UTF-8 or give it the extension of its real format"
        )
    if not _PRINTED.search(text):
        raise EmptyDocument(f"{name}: expected text, got an empty file; check that it was saved")
    return Decoded(text, decoded.encoding, (*decoded.warnings, *_damage(text, decoded.encoding, name)))


def _by_mark(content: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return Decoded(_read(content[len(mark) :], encoding), encoding)
    return None


def _valid_utf8(content: bytes) -> Decoded | None:
    """Whether it is valid UTF-8, unless zero bytes may be halves of UTF-16 or pairs of bytes may be Chinese in GBK."""
    try:
        text = content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    doubtful = not text.isascii() or "\0" in text or _CONTROLS.search(text)
    return None if doubtful and not _WIDE.search(text) else Decoded(text, "utf-8")


def _likeliest(content: bytes, name: str, declared: str | None) -> Decoded:
    """The encoding with the lowest cost, and a warning if another costs little more."""
    sample = _sample(content)
    ranked = []
    for codec in dict.fromkeys((*_CANDIDATES, *filter(None, (declared,)))):
        text = sample.decode(codec, "replace")
        bonus = _CANDIDATES.get(codec, 0.0) + _DECLARED * (codec == declared)
        ranked.append((cost(text, text.count("\ufffd"), codec) - bonus, codec, text))
    ranked.sort(key=lambda each: each[0])
    least, codec, text = ranked[0]
    rival, other = next((each[:2] for each in ranked if each[2] != text), (least + _DOUBTFUL, ""))
    guessed = f"{name}: its encoding is a guess: read as {codec}, may be {other}; save it as UTF-8 to be sure"
    return Decoded(_read(content, codec), codec, (guessed,) if rival - least < _DOUBTFUL else ())


def _sample(content: bytes) -> bytes:
    """Beginning, middle and end, cut between characters of two and of four bytes."""
    if len(content) <= 4 * _WINDOW:
        return content
    starts = (0, len(content) // 8 * 4, (len(content) - _WINDOW) // 4 * 4)
    return b"".join(content[start : start + _WINDOW] for start in starts)


def _read(content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec, "surrogatepass" if codec.startswith("utf") else "strict")
    except UnicodeDecodeError:
        text = ""
    if codec in _TWO_BYTE:
        return text if text and not _is_shifted(text) else "".join(_mended(p, codec) for p in _PIECE.findall(content))
    if codec.startswith("utf-16") and (not text or _is_shifted(text)):
        return _mended(content, codec)
    return text or content.decode(codec, "replace")


def _mended(piece: bytes, codec: str) -> str:
    text = piece.decode(codec, "replace")
    if ("\ufffd" in text or _is_shifted(text)) and len(piece) <= _MAX_MENDED:
        return mended(piece, codec)
    return text


def _is_shifted(text: str) -> bool:
    """Whether some characters may be halves of two others, as after a lost byte."""
    count, rare = foreign(text)
    return (rare > 2 and rare > 0.05 * min(count, 200)) or _NO_CHARACTER.search(text) is not None


def _is_text(text: str, codec: str, content: bytes) -> bool:
    if _count_controls(text, codec, content) > _MAX_CONTROLS * len(text):
        return False
    if codec == "utf-8" and "\ufffd" not in text:
        return True
    count, rare = foreign(text)
    broken = len(_DAMAGE.findall(text))
    return broken <= max(2, _MAX_BROKEN * count) and (codec == "utf-8" or rare <= max(4, _MAX_RARE * count))


def _count_controls(text: str, codec: str, content: bytes) -> int:
    if codec == "utf-8":  # a byte each, and bytes are counted ten times as fast
        return len(content) - len(content.translate(None, _CONTROL_BYTES))
    return len(_CONTROLS.findall(text))


def _damage(text: str, codec: str, name: str) -> tuple[str, ...]:
    found = [place.start() for place in _DAMAGE.finditer(text)] if "\ufffd" in text else []
    if not found:
        return ()
    ends = [end.start() for end in _LINE_END.finditer(text, 0, found[-1])]
    lines = list(dict.fromkeys(sum(end < place for end in ends) + 1 for place in found[: _MAX_PLACES + 1]))
    shown = ", ".join(map(str, lines[:_MAX_PLACES])) + (" ..." if len(found) > _MAX_PLACES else "")
    what = "damaged characters" if len(found) > 1 else "damaged character"
    return (f"{name}: {len(found)} {what} read as U+FFFD ({codec}), line{'s' * (len(lines) > 1)} {shown}",)
