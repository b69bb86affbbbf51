from __future__ import annotations

import random
import time

import pytest

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.encoding import decode

SIMPLIFIED = "第一章 总则\r\n第一条 为了修复海岸，改善水质，制定本办法。每年公布一次结果。\r\n"
TRADITIONAL = "第一章 總則\n第一條 為了修復海岸，改善水質，制定本辦法。每年公佈一次結果。\n"
ENGLISH = "The plan — “new reefs” — costs €5 a metre.\rNext line.\r\n"


@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((SIMPLIFIED, e) for e in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *((TRADITIONAL, e) for e in ("utf-8", "big5", "gb18030", "utf-16-le")),
        *((ENGLISH, e) for e in ("utf-8", "cp1252", "utf-16-le", "utf-16-be")),
    ],
)
def test_text_comes_back_whatever_it_was_written_in(text: str, encoding: str, times: int) -> None:
    assert decode((text * times).encode(encoding), name="a.txt").text == text * times


def test_nul_and_lone_surrogates_survive() -> None:
    text = "before\0after and a lone \ud83d half"
    assert decode(text.encode("utf-8", "surrogatepass"), name="a.txt").text == text


def test_a_file_cut_inside_a_character_is_read_with_a_warning() -> None:
    decoded = decode((SIMPLIFIED * 9).strip().encode()[:-1], name="a.txt")
    assert decoded.text.startswith(SIMPLIFIED)
    assert "damaged" in decoded.warnings[0]


@pytest.mark.parametrize("content", [random.Random(7).randbytes(4000), b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9])
def test_binary_data_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"a\.bin.*expected .* got"):
        decode(content, name="a.bin")


@pytest.mark.parametrize("content", [b"", b" \r\n\f ", b"\0" * 64, "\ufeff".encode("utf-8"), "　\n".encode("gb18030")])
def test_a_file_of_nothing_is_empty(content: bytes) -> None:
    with pytest.raises(EmptyDocument):
        decode(content, name="a.txt")


def test_a_large_legacy_file_is_decoded_in_seconds() -> None:
    content = (SIMPLIFIED * 60_000).encode("gb18030")
    began = time.perf_counter()
    assert decode(content, name="a.txt").encoding == "gb18030"
    assert time.perf_counter() - began < 4
