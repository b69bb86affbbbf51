"""A declared encoding is used where it is one of text; whatever else is declared harms nothing."""

from __future__ import annotations

import encodings.aliases

import pytest

from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.readers.decoding.charset import decode

SAID = "Les tourbières réhumidifiées gardent le carbone; les prés salés protègent la côte été comme hiver. " * 3
ODD = [
    "hex",
    "base64",
    "bz2",
    "zlib",
    "uu",
    "quopri",
    "rot13",
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "x.y",
]


@pytest.mark.parametrize("declared", ODD)
@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_a_declaration_that_is_no_charset_is_passed_over(declared, suffix):
    start = {
        "html": f"<html><head><meta charset={declared}></head><body><p>",
        "md": f"---\ncharset={declared}\n---\n",
        "json": f'{{"charset=": "charset={declared}", "text": "',
    }[suffix]
    end = {"html": "</p></body></html>", "md": "\n", "json": '"}'}[suffix]
    text = read_bytes(f"{start}{SAID}{end}".encode("latin-1"), f"note.{suffix}").text
    assert "gardent le carbone" in text


def test_every_codec_of_the_interpreter_as_a_declaration_gives_text_or_a_named_error():
    for name in sorted({*encodings.aliases.aliases, *encodings.aliases.aliases.values()}):
        content = f'<?xml version="1.0" encoding="{name}"?><p>{SAID}</p>'.encode("latin-1") + b"\xff\xfe\x80"
        try:
            text, _ = decode(content, "note.html")
        except IngestError:
            continue
        assert isinstance(text, str)


def test_a_legacy_charset_that_is_declared_is_still_read():
    assert decode(b'charset="koi8-r" ' + "болото".encode("koi8-r"), "a.html")[0].endswith("болото")
