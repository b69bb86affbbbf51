"""Clauses of standards are headings by their numbers, however plainly they are set; lists and formulas are none."""

from __future__ import annotations

import io

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from sinkqa.ingest.document import Document, quote
from sinkqa.ingest.readers.pdf.reader import read_pdf
from sinkqa.ingest.structure.clauses import Clause, find_clauses
from tests.ingest.shape import assert_sound
from tests.typeset import HEIGHT, WIDTH, Run

_TEXT = "本标准规定了海水中污染物的排放限值、监测和监控要求，以及标准的实施与监督等相关规定，适用于现有单位的管理。"
_BODY = (
    "1 适用范围", _TEXT, "2 规范性引用文件", "GB 5468 海水测试方法", "3 术语和定义", "3.1 海水 sea water", _TEXT,
    "3.2 现有单位", _TEXT, "4 排放控制要求", "4.1 新建单位执行规定的限值。", "4.3 排放高度", "4.3.1 一般要求", _TEXT,
    "5 监测要求", "5.1 采样", "1 单位一", "2 单位二", _TEXT, "C=C1×(21-O2)", "5.2 分析方法", _TEXT, "附录A 计算方法",
    "A.1 总则", _TEXT, "A.2 计算", _TEXT,
)  # fmt: skip
_OUTLINE = [
    (1, "1 适用范围"), (1, "2 规范性引用文件"), (1, "3 术语和定义"), (2, "3.1 海水 sea water"), (2, "3.2 现有单位"),
    (1, "4 排放控制要求"), (2, "4.3 排放高度"), (3, "4.3.1 一般要求"), (1, "5 监测要求"), (2, "5.1 采样"),
    (2, "5.2 分析方法"), (1, "附录A 计算方法"), (2, "A.1 总则"), (2, "A.2 计算"),
]  # fmt: skip


def test_the_clauses_of_a_standard_set_in_one_type_are_its_outline() -> None:
    document = read_pdf(_standard(), "standard.pdf")
    assert_sound(document)
    assert _headings(document) == [(0, "海水污染物排放标准"), *_OUTLINE]


def test_the_cover_and_the_contents_of_a_standard_head_nothing() -> None:
    document = read_pdf(_standard(), "standard.pdf")
    kinds = {quote(document.text, block.spans): block.kind for block in document.blocks}
    assert kinds["中华人民共和国国家标准"] == "paragraph"
    assert kinds["GB 77123—2031"] == "paragraph"
    assert kinds["目 次"] == "furniture"
    assert kinds["前言............................................II"] == "furniture"
    assert document.metadata.title == "海水污染物排放标准"


def test_numbers_follow_each_other_and_sentences_only_count() -> None:
    lines = ["1 总则", "文", "1.1 目的", "1.2 本条是一个句子。", "1.3 对象", "2 要求", "文", "7 其他", "3 附则"]
    found = find_clauses(lines, [False] * len(lines))
    assert found == {
        0: Clause(1, True), 2: Clause(2, True), 3: Clause(2, False), 4: Clause(2, True), 5: Clause(1, True),
        8: Clause(1, True),
    }  # fmt: skip


def test_items_measures_and_lists_without_the_first_clauses_are_no_scheme() -> None:
    for lines in (
        ["1 海藻", "2 海草", "3 海带"],
        ["1 海藻", "文", "2 海草", "文", "3 海带", "文"],
        ["1 范围很广的情况下应当执行。", "2 要求", "3 其他"],
        ["1 总则", "2 个单位", "3 吨"],
    ):
        assert not find_clauses(lines, [False] * len(lines))


def _headings(document: Document) -> list[tuple[int, str]]:
    return [(block.level, quote(document.text, block.spans)) for block in document.blocks if block.kind == "heading"]


def _standard() -> bytes:
    """A cover, a contents page and clauses, the whole body in one face and size."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(WIDTH, HEIGHT))
    for y, size, line in (
        (90, 26, "中 华 人 民 共 和 国 国 家 标 准"), (150, 14, "GB 77123—2031"), (320, 24, "海水污染物排放标准"),
        (700, 12, "2031-05-16 发布"), (760, 14, "环 境 保 护 部 发 布"),
    ):  # fmt: skip
        _line(canvas, 120, y, line, size)
    canvas.showPage()
    _line(canvas, 270, 80, "目 次", 16)
    for row, (name, page) in enumerate(
        (("前言", "II"), ("1 适用范围", "1"), ("2 规范性引用文件", "1"), ("3 术语和定义", "2"))
    ):
        _line(canvas, 72, 120 + 18 * row, f"{name}{'.' * 44}{page}", 10.5)
    canvas.showPage()
    down = 80.0
    for part in _BODY:
        x, rest = (93.0 if part is _TEXT else 72.0), part
        while rest:
            fits = next(n for n in range(len(rest), 0, -1) if _width(rest[:n]) <= 520 - x)
            _line(canvas, x, down, rest[:fits], 10.5)
            x, down, rest = 72.0, down + 17, rest[fits:]
    canvas.save()
    return made.getvalue()


def _width(text: str) -> float:
    run = Run(text)
    return float(pdfmetrics.stringWidth(text, run.font, run.size))


def _line(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    canvas.setFont(Run(text).font, size)
    canvas.drawString(x, HEIGHT - y, text)
