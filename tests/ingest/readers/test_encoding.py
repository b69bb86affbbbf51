from __future__ import annotations

import random
import time

import pytest

from sinkqa.ingest.errors import EmptyDocument, UnreadableDocument
from sinkqa.ingest.readers.decoding.charset import decode as declared
from sinkqa.ingest.readers.decoding.encoding import decode

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


LAW = (
    "第一条 为了修复海岸，改善水质，制定本办法。\n第二条 重点单位应当于每年四月二十日前报送监测结果。\n"
    "第三条 逾期不报的，处三万元罚款；情节严重的，处九万元罚款。\n"
)
LAW_OF_TAIWAN = "第一條 為了修復海岸，改善水質，制定本辦法。\n第二條 逾期不報者，處三萬元罰鍰。\n"
LAW_OF_JAPAN = (
    "第一条　事業者は、毎年四月二十日までに結果を報告しなければならない。\n第二条　大臣は、これを公表する。\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LAW, "gbk"), (LAW, "gb18030"), (LAW, "utf-8"), (LAW, "utf-16"), (LAW, "utf-16-le"), (LAW, "utf-16-be"),
        (LAW_OF_TAIWAN, "big5"), (LAW_OF_JAPAN, "cp932"), (LAW_OF_JAPAN, "euc_jp"),
        (LAW[:24], "gbk"), (LAW[:24], "utf-8"),
    ],
)  # fmt: skip
def test_a_text_cut_inside_a_character_loses_that_character_alone(text, encoding):
    decoded = decode(text.rstrip().encode(encoding)[:-1], name="a.txt")
    assert decoded.text == text.rstrip()[:-1] + "\ufffd"
    last = text.rstrip().count("\n") + 1
    assert any("1 damaged character" in said and said.endswith(f"line {last}") for said in decoded.warnings)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "euc_jp"])
@pytest.mark.parametrize("broken", [b"\xff", b" ", b""], ids=["foreign", "space", "lost"])
def test_a_broken_byte_harms_its_own_character_and_none_after_it(encoding, broken):
    text = LAW_OF_JAPAN if encoding == "euc_jp" else LAW
    before, after = text.split("，" if encoding != "euc_jp" else "、", 1)
    content = before.encode(encoding)[:-1] + broken + after.encode(encoding)
    decoded = decode(content, name="a.txt")
    assert decoded.text.startswith(before[:-2]) and decoded.text.endswith(after[2:])
    assert decoded.text.count("\ufffd") == 1 and "damaged" in decoded.warnings[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("罚款四百元", "gbk"), ("配额", "gbk"), ("罰款四百元", "big5"), ("碳市場", "big5"), ("配額清繳", "gbk"),
        ("The levy (清缴) is due in May.", "gbk"), ("The levy (碳費) is due in May.", "big5"),
    ],
)  # fmt: skip
def test_a_short_text_is_read_as_what_is_likeliest_and_a_guess_is_told(text, encoding):
    decoded = decode(text.encode(encoding), name="a.txt")
    assert decoded.text == text
    assert len(text) > 3 or "guess" in decoded.warnings[0]


@pytest.mark.parametrize(
    "text",
    ["Les émissions déclarées sont vérifiées.", "Die Gebühr beträgt 50 €.", "15 °C and 30 m³", "Québec"],
)
def test_letters_with_marks_are_no_chinese(text):
    assert decode(text.encode("cp1252"), name="a.txt").text == text


def test_letters_of_central_europe_and_of_russia_are_told_apart():
    for text, encoding in (("Držitel povolení předloží úřadu výkaz", "cp1250"), ("Выбросы за год", "koi8_r")):
        assert decode((text + ".\n").encode(encoding), name="a.txt").text == text + ".\n"


def test_zero_bytes_that_fill_up_the_end_are_no_text():
    for encoding in ("utf-8", "gbk", "utf-16-le"):
        assert decode((LAW * 2).encode(encoding) + bytes(512), name="a.txt").text == LAW * 2


def test_a_page_is_read_as_what_it_declares_with_its_broken_byte():
    page = f'<html><head><meta charset="gb2312"><title>海岸</title></head><body><p>{LAW}</p></body></html>'
    content = page.encode("gbk").replace("海".encode("gbk"), "海".encode("gbk")[:1] + b"\xff", 1)
    text, warnings = declared(content, "a.html")
    assert text.endswith(page[-len(LAW) - 20 :]) and "\ufffd" in text
    assert len(warnings) == 1 and "damaged" in warnings[0]
    text, warnings = declared(page.replace("gb2312", "iso-8859-1").encode("gbk"), "a.html")
    assert LAW in text and "declares cp1252 but is gb18030" in warnings[0]
