"""Numbers that Word keeps out of the text are those that the page shows."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers.docx.numerals import word_numeral
from tests.ingest.shape import headings
from tests.ingest.wordfile import lines, paragraph, read, style


def level(depth: int, kind: str = "decimal", text: str = "", more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{text or f"%{depth + 1}."}"/></w:lvl>'
    )


def kind(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def use(number: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def numbered(text: str, number: int, depth: int = 0, more: str = "") -> str:
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(*filter(None, [text]), properties=place + more)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("decimalZero", {3: "03", 27: "27"}),
        ("upperLetter", {26: "Z", 27: "AA", 28: "BB", 53: "AAA"}),
        ("lowerRoman", {4: "iv", 49: "xlix", 1994: "mcmxciv"}),
        ("ordinal", {1: "1st", 12: "12th", 22: "22nd", 113: "113th"}),
        ("cardinalText", {7: "Seven", 42: "Forty-two", 100: "One hundred"}),
        ("ordinalText", {3: "Third", 12: "Twelfth", 20: "Twentieth", 99: "Ninety-ninth", 100: "One hundredth"}),
        ("chineseCounting", {10: "十", 15: "十五", 40: "四十", 101: "一百零一", 110: "一百一十", 1003: "一千零三"}),
        ("chineseLegalSimplified", {3: "叁", 10: "壹拾", 25: "贰拾伍", 101: "壹佰零壹"}),
        ("japaneseCounting", {10: "十", 123: "一百二十三"}),
        ("koreanCounting", {10: "십", 101: "백일"}),
        ("ideographDigital", {10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 3: "寅", 12: "亥", 13: "13"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedParen", {3: "⑶"}),
        ("decimalFullWidth", {12: "１２"}),
        ("numberInDash", {5: "- 5 -"}),
        ("bullet", {5: ""}),
        ("none", {5: ""}),
        ("unheardOf", {5: "5"}),
    ],
)  # fmt: skip
def test_numerals_are_those_of_their_kind(kind, shown):
    assert {number: word_numeral(number, kind) for number in shown} == shown


def test_a_list_restarts_where_its_own_number_says_so():
    restarted = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>{level(0, "upperRoman", "Part %1")}</w:lvlOverride>'
    numbering = kind(0, level(0), level(1, "lowerLetter", "(%2)")) + use(1, 0) + use(2, 0, restarted) + use(3, 0, other)
    body = "".join(
        numbered(*item)
        for item in [("a", 1), ("b", 1), ("c", 1, 1), ("d", 2), ("e", 2), ("f", 2, 1), ("g", 3), ("h", 3), ("i", 3, 1)]
    )
    assert lines(body, numbering=numbering) == [
        "1. a", "2. b", "(a) c", "5. d", "6. e", "(a) f", "Part I g", "Part II h", "(a) i",
    ]  # fmt: skip


def test_levels_restart_after_the_level_they_name():
    numbering = use(1, 0) + kind(
        0,
        level(0, "chineseCountingThousand", "第%1章"),
        level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>'),
        level(2, "decimal", "（%3）", '<w:lvlRestart w:val="1"/>'),
    )
    depths = [0, 1, 1, 2, 0, 1, 2, 1, 2]
    body = "".join(numbered("规定内容。", 1, depth) for depth in depths)
    labels = [text.removesuffix("规定内容。").strip() for text in lines(body, numbering=numbering)]
    assert [label for label in labels if label] == [
        "第一章", "第一条", "第二条", "（1）", "第二章", "第三条", "（1）", "第四条", "（2）",
    ]  # fmt: skip


def test_legal_levels_count_in_digits_whatever_the_levels_above_show():
    legal = "<w:isLgl/>"
    numbering = use(1, 0) + kind(
        0, level(0, "upperRoman", "Article %1"), level(1, "lowerLetter", "%1.%2", legal), level(2, text="%1.%2.%3")
    )
    body = "".join(numbered("x", 1, depth) for depth in (0, 1, 0, 1, 2))
    assert lines(body, numbering=numbering) == ["Article I x", "1.1 x", "Article II x", "2.1 x", "II.a.1 x"]


def test_lists_come_through_styles_and_links():
    def number(of: int) -> str:
        return f'<w:pPr><w:numPr><w:numId w:val="{of}"/></w:numPr></w:pPr>'

    styles = (
        style("list", "list", number(2), "numbering")
        + style("base", "base", number(3))
        + style("derived", "derived", '<w:basedOn w:val="base"/>')
        + style("second", "second", number(3))
    )
    numbering = (
        kind(0, '<w:numStyleLink w:val="list"/>')
        + kind(1, '<w:styleLink w:val="list"/>', level(0, "ideographTraditional", "%1、"))
        + kind(2, level(0, text="B%1"), level(1, text="%1-%2", more='<w:pStyle w:val="second"/>'))
        + use(1, 0) + use(2, 1) + use(3, 2)
    )  # fmt: skip
    body = (
        numbered("x", 1)
        + numbered("y", 1)
        + paragraph("z", properties='<w:pStyle w:val="derived"/>')
        + paragraph("off", properties='<w:pStyle w:val="derived"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + paragraph("below", properties='<w:pStyle w:val="second"/>')
    )
    assert lines(body, styles=styles, numbering=numbering) == ["甲、 x", "乙、 y", "B1 z", "off", "1-1 below"]


def test_every_paragraph_that_shows_a_number_counts():
    custom = (
        '<w:lvl w:ilvl="0"><w:start w:val="9"/><mc:AlternateContent><mc:Choice Requires="w14">'
        '<w:numFmt w:val="custom" w:format="001, 002, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/>'
        '</mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1"/></w:lvl>'
    )
    numbering = (
        kind(0, level(0)) + kind(1, custom) + kind(2, level(0, "none", "附注")) + kind(3, level(0, "bullet", "•"))
    )
    numbering += use(1, 0) + use(2, 1) + use(3, 2) + use(4, 3)
    deleted = "<w:rPr><w:del/></w:rPr>"
    body = numbered("a", 1) + numbered("", 1) + numbered("c", 1) + numbered("", 1, more=deleted) + numbered("d", 1)
    body += numbered("e", 2) + numbered("f", 2) + numbered("g", 3) + numbered("h", 4)
    assert lines(body, numbering=numbering) == ["1. a", "3. c", "4. d", "009 e", "010 f", "附注 g", "h"]


def test_articles_beyond_the_hundredth_are_headings():
    numbering = kind(0, level(0, "chineseCountingThousand", "第%1条", start=100)) + use(1, 0)
    document = read(numbered("罚款三千元。", 1) + numbered("罚款五千元。", 1), numbering=numbering)
    assert [text for _, text in headings(document)] == ["第一百条", "第一百零一条"]
