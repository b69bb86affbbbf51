"""Equations of Word stand on one line in a form that nobody takes for another number."""

from __future__ import annotations

import pytest

from tests.ingest.wordfile import cell, lines, paragraph, row, table


def r(text: str, properties: str = "") -> str:
    return f"<m:r><w:rPr>{properties}</w:rPr><m:t>{text}</m:t></m:r>"


def part(name: str, *arguments: tuple[str, str], properties: str = "") -> str:
    inside = "".join(f"<m:{tag}>{content}</m:{tag}>" for tag, content in arguments)
    return f"<m:{name}><m:{name}Pr>{properties}</m:{name}Pr>{inside}</m:{name}>"


def over(top: str, bottom: str, properties: str = "") -> str:
    return part("f", ("num", top), ("den", bottom), properties=properties)


def up(base: str, above: str) -> str:
    return part("sSup", ("e", base), ("sup", above))


def down(base: str, below: str) -> str:
    return part("sSub", ("e", base), ("sub", below))


def brackets(*arguments: str, opening: str = "(", closing: str = ")") -> str:
    signs = f'<m:begChr m:val="{opening}"/><m:endChr m:val="{closing}"/>'
    return part("d", *(("e", argument) for argument in arguments), properties=signs)


def sum_of(below: str, above: str, inside: str) -> str:
    return part("nary", ("sub", below), ("sup", above), ("e", inside), properties='<m:chr m:val="∑"/>')


CASES = part("eqArr", ("e", r("x&amp;, 0")), ("e", r("y&amp;, 1")))
MATRIX = "<m:m>" + "".join(f"<m:mr><m:e>{r(a)}</m:e><m:e>{r(b)}</m:e></m:mr>" for a, b in ("98", "76")) + "</m:m>"


@pytest.mark.parametrize(
    ("equation", "line"),
    [
        (r("W=M×") + over(r("28"), r("16")), "W=M×28/16"),
        (r("4\u20625") + r("k\u2062m"), "4 5km"),
        (r("7") + over(r("28"), r("16")) + r("k"), "7(28/16)k"),
        (over(r("p") + r("−q"), over(r("u"), r("v"))), "(p−q)/(u/v)"),
        (over(r("n"), r("k"), '<m:type m:val="noBar"/>'), "n¦k"),
        (r("7.3×") + up(r("10"), r("8")), "7.3×10⁸"),
        (up(r("10"), r("−4")), "10⁻⁴"),
        (up(brackets(r("a+b")), r("n+1")), "(a+b)^(n+1)"),
        (up(up(r("z"), r("2")), r("3")), "(z²)³"),
        (down(r("BE"), r("y")) + r("=") + down(r("EF"), down(r("CO"), r("2"))), "BE_(y)=EF_(CO₂)"),
        (part("sSubSup", ("e", r("z")), ("sub", r("i")), ("sup", r("2"))), "zᵢ²"),
        (part("sPre", ("sub", r("6")), ("sup", r("14")), ("e", r("C"))), "₆¹⁴C"),
        (sum_of(r("i=1"), r("12"), down(r("q"), r("i"))), "∑_(i=1)¹² qᵢ"),
        (part("rad", ("deg", ""), ("e", r("a+5")), properties='<m:degHide m:val="1"/>'), "√(a+5)"),
        (part("rad", ("deg", r("3")), ("e", r("a"))), "∛(a)"),
        (part("func", ("fName", r("sin")), ("e", r("θ"))), "sin θ"),
        (part("limLow", ("e", r("max")), ("lim", r("t&lt;5"))) + r("Q"), "max_(t<5) Q"),
        (part("acc", ("e", r("q")), properties='<m:chr m:val="̅"/>'), "q\u0304"),
        (part("bar", ("e", r("q")), properties='<m:pos m:val="top"/>'), "q\u0304"),
        (brackets(MATRIX, opening="[", closing="]"), "[9, 8; 7, 6]"),
        (r("f=") + brackets(CASES, opening="{", closing=""), "f={x, 0; y, 1"),
        (part("eqArr", ("e", r("E&amp;=5")), ("e", r("F&amp;=6#(1)"))), "E=5; F=6 (1)"),
        (part("phant", ("e", r("Z")), properties='<m:show m:val="0"/>') + r("A"), "A"),
        (f"<w:del>{r('9')}</w:del><w:ins>{r('8')}</w:ins>" + r("7", "<w:strike/>"), "8"),
    ],
)  # fmt: skip
def test_an_equation_reads_on_one_line(equation, line):
    assert lines(paragraph("Let ", f"<m:oMath>{equation}</m:oMath>", " be.")) == [f"Let {line} be."]
    assert lines(paragraph(f"<m:oMathPara><m:oMath>{equation}</m:oMath></m:oMathPara>")) == [line]


def test_digits_of_prose_and_of_an_equation_do_not_meet():
    assert lines(paragraph("共3", f"<m:oMath>{over(r('28'), r('16'))}</m:oMath>", "5吨")) == ["共3 28/16 5吨"]


@pytest.mark.parametrize(
    ("instruction", "line"),
    [
        (r"EQ \f(28,16)", "28/16"),
        (r"eq W = \f(a+b;\r(3,c))", "W = (a+b)/∛(c)"),
        (r"EQ \o\ac(○,12)", "⑫"),
        (r"EQ \o\ac(○,33)", "(33)"),
        (r"EQ hm\s\up8(2)", "hm²"),
        (r"EQ \i\su(1,5,x)", "∑₁⁵ x"),
        (r"EQ \b(1\,5)", "(1,5)"),
        ("PAGE", ""),
    ],
)
def test_a_field_that_draws_a_formula_reads_on_one_line(instruction, line):
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = "".join(f"<w:r><w:instrText>{half}</w:instrText></w:r>" for half in (instruction[:4], instruction[4:]))
    assert lines(paragraph("a ", mark.format("begin"), code, mark.format("end"), " b")) == [f"a {line} b"]


def test_a_displayed_equation_ends_the_sentence_that_leads_to_it():
    equation = f"<m:oMath>{r('W=M×')}{over(r('28'), r('16'))}</m:oMath>"
    displayed = paragraph(f"<m:oMathPara>{equation}</m:oMathPara>")
    numbered = table(row(cell(paragraph(equation)), cell("(3)")))
    assert lines(paragraph("质量按下式计算：") + displayed + paragraph("式中M为活动数据。")) == [
        "质量按下式计算：\nW=M×28/16", "式中M为活动数据。",
    ]  # fmt: skip
    assert lines(paragraph("The mass is") + numbered + paragraph("where M is the input.")) == [
        "The mass is\nW=M×28/16\t(3)", "where M is the input.",
    ]  # fmt: skip
    more = paragraph(f"<m:oMath>{r('=7')}</m:oMath>") + paragraph(f"<m:oMath>{r('V=9')}</m:oMath>")
    assert lines(paragraph("Then") + displayed + more) == ["Then\nW=M×28/16\n=7", "V=9"]
    assert lines(paragraph("A sentence.") + displayed) == ["A sentence.", "W=M×28/16"]
    assert lines(paragraph("The mass") + paragraph(equation, " is small.")) == ["The mass", "W=M×28/16 is small."]
