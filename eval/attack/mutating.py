"""Breaks valid files at random: their bytes, or the structure of their format."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

from sinkqa.eval.attack.samples import Sample

# A checksum or a bracket would be all that is ever tried.
_PLAIN_SHARE = {"docx": 0.05, "xlsx": 0.05, "pptx": 0.05, "epub": 0.05, "json": 0.1}

Mutator = Callable[[bytes, Random], bytes]

_MOST_BYTES = 500_000  # keeps most files quick to read: more of them are tried
_NUMBERS = (b"0", b"-1", b"1e309", b"nan", b"2147483648", b"-99999999999999999999", b"0.0000000001", b"65536")
_BYTES = (b"\0", b"\xff", b"\xfe\xff", b"<", b"&", b"%", b"\r", b"\x1b[", "\u202e".encode(), "\u0301".encode() * 99)
_MARKS = ("#", ">", "|", "- ", "[", "`", "*", "\t", "1. ", "---\n", "$$", "<b>", "第", "(", "&#x110000;", "<!--")
_CODECS = ("utf-16", "utf-32", "utf-7", "gb18030", "big5", "shift_jis", "latin-1", "cp037", "utf-8-sig")
_NAMES = ("hex", "base64", "rot13", "undefined", "idna", "utf-9", "gb18030", "x" * 999, "utf-16", "mbcs")
_VALUES: tuple[Any, ...] = (None, True, -1, 10**400, 1e308, "", "\u202e", [], {}, [[[]]], {"text": 1}, "x" * 9999)


def mutated(sample: Sample, random: Random) -> bytes:
    """Breaks a sample in one to four places. The same state of ``random`` gives the same bytes."""
    content = sample.content
    for _ in range(random.randint(1, 4)):
        plain = _PLAIN_SHARE.get(sample.kind, 0.4)
        mutators = _PLAIN if random.random() < plain else _OWN[sample.kind]
        content = random.choice(mutators)(content, random)[:_MOST_BYTES]
    return content


def _slice(content: bytes, random: Random, most: int = 4096) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.randint(1, most))


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 8, 64)) if content else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(content: bytes, random: Random) -> bytes:
    start, end = _slice(content, random)
    return content[:start] + content[end:]


def _truncate(content: bytes, random: Random) -> bytes:
    return content[: random.randint(0, len(content))]


def _repeat(content: bytes, random: Random) -> bytes:
    start, end = _slice(content, random, random.choice((8, 256, 4096)))
    return content[:start] + content[start:end] * random.choice((2, 50, 5000)) + content[end:]


def _swap(content: bytes, random: Random) -> bytes:
    (a, b), (c, d) = sorted((_slice(content, random), _slice(content, random)))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:] if b <= c else content


def _insert(content: bytes, random: Random) -> bytes:
    start, _ = _slice(content, random)
    return content[:start] + random.choice(_BYTES) * random.choice((1, 20, 2000)) + content[start:]


_PLAIN: tuple[Mutator, ...] = (_flip, _cut, _truncate, _repeat, _swap, _insert)


def _replacing(pattern: str, made: Callable[[bytes, Random], bytes]) -> Mutator:
    """Puts something else for one to eight of the matches of a pattern."""
    compiled = re.compile(pattern.encode())

    def replace(content: bytes, random: Random) -> bytes:
        found = [match.span() for match in compiled.finditer(content)]
        for start, end in sorted(random.sample(found, min(len(found), random.choice((1, 8)))), reverse=True):
            content = content[:start] + made(content[start:end], random) + content[end:]
        return content

    return replace


_numbers = _replacing(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", lambda _, random: random.choice(_NUMBERS))
_pdf_names = _replacing(r"/[A-Z]\w+", lambda name, random: random.choice((b"/Kids", b"/Parent", b"/Length", name * 2)))
_pdf_links = _replacing(r"\d+ 0 R", lambda _, random: b"%d 0 R" % random.randint(0, 40))
_closings = _replacing(r"</\w+>", lambda _, random: random.choice((b"", b"</x>", b"<table><tr><td>")))
_attributes = _replacing(r'"[^"<>]{0,99}"', lambda _, random: b'"' + random.choice(_NUMBERS) + b'"')
_elements = _replacing(
    r"<([\w:]+)(?: [^>]*)?>.{0,400}?</\1>", lambda whole, random: whole * random.choice((0, 2, 2, 200))
)  # well formed before, well formed after
_charsets = _replacing(r'charset="?[\w-]+', lambda _, random: b'charset="' + random.choice(_NAMES).encode())


def _pdf_stream(content: bytes, random: Random) -> bytes:
    """One compressed stream, broken within."""
    found = [match.span(1) for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)]
    if not found:
        return content
    start, end = random.choice(found)
    try:
        inner = zlib.decompress(content[start:end])
    except zlib.error:
        inner = content[start:end]
    broken = random.choice((*_PLAIN, _numbers))(inner, random)[:_MOST_BYTES]
    return content[:start] + zlib.compress(broken, 1) + content[end:]


def _member(content: bytes, random: Random) -> bytes:
    """One part of a package, broken within."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError):
        return content
    name = random.choice([*parts] or [""])
    if random.random() < 0.6 and parts:
        name = _main_part(parts)
    sound, broken = (_numbers, _attributes, _elements), (*_PLAIN, _closings, _nest)
    breaking = random.choice(sound if random.random() < 0.8 else broken)
    parts[name] = breaking(parts.get(name, b""), random)[:_MOST_BYTES]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for each, body in parts.items():
            info = zipfile.ZipInfo(each)  # of a fixed date: the same dice give the same bytes
            new.writestr(info, body, zipfile.ZIP_DEFLATED, 1)
    return written.getvalue()


def _main_part(parts: dict[str, bytes]) -> str:
    """The body of a Word file, else the longest part that is markup."""
    markup = [name for name in parts if name.endswith((".xml", ".xhtml", ".html"))] or [*parts]
    return "word/document.xml" if "word/document.xml" in parts else max(markup, key=lambda name: len(parts[name]))


def _names_of_bodies(content: bytes, random: Random) -> bytes:
    """A mail that says of its parts what is not so."""
    said = random.choice((b"base64", b"quoted-printable", b"x-unknown", b"8bit"))
    header = re.compile(rb"(content-transfer-encoding: )[\w-]+", re.I)
    changed = header.sub(lambda match: match[1] + said, content, count=random.choice((1, 9)))
    return changed.replace(b"multipart/", random.choice((b"multipart/", b"message/", b"text/")), 1)


def _nest(content: bytes, random: Random) -> bytes:
    """A stretch within many of one tag of the file."""
    tags = re.findall(rb"<([a-zA-Z][\w:]*)", content[:200_000]) or [b"div"]
    tag, depth = random.choice(tags), random.choice((3, 100, 5000))
    start, end = _slice(content, random)
    closed = b"</%s>" % tag * depth if random.random() < 0.5 else b""
    return content[:start] + b"<%s>" % tag * depth + content[start:end] + closed + content[end:]


def _encoded(content: bytes, random: Random) -> bytes:
    return content.decode(errors="replace").encode(random.choice(_CODECS), errors="ignore")


def _marks(content: bytes, random: Random) -> bytes:
    start, _ = _slice(content, random)
    return content[:start] + (random.choice(_MARKS) * random.choice((3, 100, 20_000))).encode() + content[start:]


def _front(content: bytes, random: Random) -> bytes:
    """Front matter as YAML has it, with an alias, a wrong type or a coding that is none."""
    said = random.choice(("title: [a, b", "a: &a [*a, *a]", "date: 9999-99-99", f"charset: {random.choice(_NAMES)}"))
    return f"---\n{said}\nencoding: {random.choice(_NAMES)}\n---\n".encode() + content


def _tree(content: bytes, random: Random) -> bytes:
    """A JSON value, or one line of JSON lines, with another value somewhere in it, or nested deeply."""
    lines = content.splitlines() or [b""]
    number = random.randrange(len(lines)) if content[:1] == b"{" and len(lines) > 1 else None
    try:
        value = json.loads(content if number is None else lines[number])
    except (ValueError, RecursionError):
        return content
    try:
        changed = json.dumps(_changed(value, random), ensure_ascii=random.random() < 0.5).encode(errors="replace")
    except RecursionError:
        return content
    depth = random.choice((0, 0, 50, 5000))
    changed = b"[" * depth + changed + b"]" * depth
    return changed if number is None else b"\n".join([*lines[:number], changed, *lines[number + 1 :]])


def _changed(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.8:
        key = random.choice([*value])
        return value | {key: _changed(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.8:
        index = random.randrange(len(value))
        return [*value[:index], _changed(value[index], random), *value[index + 1 :]]
    return random.choice(_VALUES)


_OWN: dict[str, tuple[Mutator, ...]] = {
    "pdf": (_numbers, _pdf_names, _pdf_links, _pdf_stream, _pdf_stream),
    "docx": (_member,),
    "xlsx": (_member,),
    "pptx": (_member,),
    "epub": (_member,),
    "html": (_closings, _elements, _attributes, _charsets, _nest, _numbers, _encoded),
    "markdown": (_marks, _front, _nest, _encoded),
    "text": (_marks, _encoded, _insert),
    "csv": (_marks, _encoded, _insert, _numbers),
    "mail": (_marks, _charsets, _encoded, _insert, _names_of_bodies),
    "json": (_tree, _tree, _tree, _numbers, _encoded),
}
