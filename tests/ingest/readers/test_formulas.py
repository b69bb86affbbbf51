"""Formulas of web pages stand on one line in a form that nobody takes for another number."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.readers.pieces.inline import level
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.normalised_text import fold


def page(body: str) -> str:
    return read_bytes(f"<html><body><p>{body}</p></body></html>".encode(), "x.html").text.strip()


def math(body: str) -> str:
    return page(f"Given <math>{body}</math> here.").removeprefix("Given ").removesuffix(" here.")


def mi(text: str) -> str:
    return f"<mi>{text}</mi>"


def mn(text: str) -> str:
    return f"<mn>{text}</mn>"


def mo(text: str) -> str:
    return f"<mo>{text}</mo>"


def mtext(text: str) -> str:
    return f"<mtext>{text}</mtext>"


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        (mi("W") + mo("=") + mi("M") + mo("×") + f"<mfrac>{mn('28')}{mn('16')}</mfrac>", "W=M×28/16"),
        (mn("7") + f"<mfrac>{mn('28')}{mn('16')}</mfrac>", "7(28/16)"),
        (mn("7") + f"<mfrac>{mn('1')}{mn('4')}</mfrac>", "7 1/4"),
        (f"<mfrac>{mi('u')}{mi('v')}</mfrac>" + mi("w"), "(u/v)w"),
        (f"<mfrac><mrow>{mi('p')}{mo('−')}{mi('q')}</mrow>{mi('r')}</mfrac>", "(p−q)/r"),
        (f"<mfrac><mfrac>{mi('u')}{mi('v')}</mfrac><mfrac>{mi('p')}{mi('q')}</mfrac></mfrac>", "(u/v)/(p/q)"),
        (f"<mfrac><mrow>{mo('(')}{mi('p')}{mo('+')}{mi('q')}{mo(')')}</mrow>{mn('2')}</mfrac>", "(p+q)/2"),
        (mn("7.3") + mo("×") + f"<msup>{mn('10')}{mn('8')}</msup>", "7.3×10⁸"),
        (f"<msup>{mn('10')}<mrow>{mo('−')}{mn('4')}</mrow></msup>", "10⁻⁴"),
        (f"<msup>{mn('10')}{mn('8')}</msup>{mn('6')}", "10⁸ 6"),
        (f"<msup>{mn('2')}{mi('k')}</msup>", "2^(k)"),
        (f"<msup>{mi('z')}<mrow>{mi('m')}{mo('+')}{mn('1')}</mrow></msup>", "z^(m+1)"),
        (f"<msup><mfrac>{mn('1')}{mn('3')}</mfrac>{mn('2')}</msup>", "(1/3)²"),
        (f"<msub>{mi('BE')}{mi('y')}</msub>{mo('&#x2062;')}<msub>{mi('GWP')}{mn('4')}</msub>", "BE_(y) GWP₄"),
        (f"<msubsup>{mi('z')}{mi('i')}{mn('2')}</msubsup>", "zᵢ²"),
        (
            f"<munderover>{mo('∑')}<mrow>{mi('i')}{mo('=')}{mn('1')}</mrow>{mn('12')}</munderover>"
            f"<msub>{mi('q')}{mi('i')}</msub>",
            "∑_(i=1)¹² qᵢ",
        ),
        (f"<msqrt>{mi('a')}{mo('+')}{mn('5')}</msqrt>", "√(a+5)"),
        (f"<mroot>{mi('a')}{mn('3')}</mroot>", "∛(a)"),
        (f"<mroot>{mi('a')}{mn('5')}</mroot>", "√[5](a)"),
        (mn("4") + mo("&#x2062;") + mn("5"), "4 5"),
        (mi("AD") + mo("&#x2062;") + mi("OF"), "AD OF"),
        (mi("cos") + mo("&#x2061;") + mi("t"), "cos t"),
        (f"<mfenced>{mi('s')}{mi('t')}</mfenced>", "(s,t)"),
        (f"<mover accent='true'>{mi('q')}{mo('¯')}</mover>", "q\u0304"),
        (
            mo("(")
            + "<mtable><mtr><mtd><mn>9</mn></mtd><mtd><mn>8</mn></mtd></mtr>"
            + "<mtr><mtd><mn>7</mn></mtd><mtd><mn>6</mn></mtd></mtr></mtable>"
            + mo(")"),
            "(9, 8; 7, 6)",
        ),
        (
            f"<semantics><mrow>{mi('h')}{mo('=')}{mn('9')}</mrow>"
            "<annotation encoding='application/x-tex'>h=\\nine</annotation></semantics>",
            "h=9",
        ),
        (f"<mmultiscripts>{mi('C')}<mprescripts></mprescripts>{mn('6')}{mn('14')}</mmultiscripts>", "₆¹⁴C"),
    ],
)
def test_a_formula_reads_on_one_line(markup, line):
    assert math(markup) == line


def test_lines_of_aligned_equations_stay_apart():
    cells = "".join(f"<mtr><mtd>{mi(a)}</mtd><mtd>{mo('=')}{mn(b)}</mtd></mtr>" for a, b in (("E", "5"), ("F", "6")))
    assert math(f"<mtable>{cells}</mtable>") == "E=5; F=6"


def test_a_displayed_formula_ends_the_sentence_that_leads_to_it():
    formula = f"<p><math display='block'>{mi('E')}{mo('=')}{mn('5')}</math> (2)</p>"
    lead, end = "The limit follows from</p>", "<p>where E is a mass."
    assert page(lead + formula + end).split("\n") == ["The limit follows from", "E=5 (2)", "where E is a mass."]
    document = read_bytes(f"<html><body><p>{lead}{formula}{end}</body></html>".encode(), "x.html")
    assert len(document.blocks) == 2


def test_the_number_of_an_equation_stands_behind_it():
    label, equation = f"<mtd>{mtext('(7)')}</mtd>", f"<mtd>{mi('E')}{mo('=')}{mn('5')}</mtd>"
    assert math(f"<mtable><mlabeledtr>{label}{equation}</mlabeledtr></mtable>") == "E=5 (7)"


def test_digits_of_prose_and_of_a_formula_do_not_meet():
    fraction = f"<math><mfrac>{mn('28')}{mn('16')}</mfrac></math>"
    assert page(f"共3{fraction}5吨") == "共3 28/16 5吨"
    assert page("<math alttext='a + b'></math> is shown") == "a + b is shown"


def test_a_formula_nested_past_reason_is_read_without_recursion():
    assert math("<mrow>" * 3000 + mn("5") + "</mrow>" * 3000) == "5"


@pytest.mark.parametrize(
    ("height", "before", "script", "line"),
    [
        ("high", "10", "9", "10⁹"),
        ("high", "hm", "2", "hm²"),
        ("high", "10", "−6", "10⁻⁶"),
        ("high", "x", "n+1", "x^(n+1)"),
        ("high", "2", "0.5", "2^(0.5)"),
        ("high", "1", "st", "1st"),
        ("high", "claim", "[3]", "claim[3]"),
        ("high", "x", "1/2", "x^(1/2)"),
        ("high", "e", "−kt", "e^(−kt)"),
        ("high", "Brand", "TM", "BrandTM"),
        ("high", "word", "1,3", "word¹,³"),
        ("high", "see", "the note below, please", "seethe note below, please"),
        ("low", "CO", "2", "CO₂"),
        ("low", "CO", "2e", "CO₂e"),
        ("low", "PM", "2.5", "PM₂.₅"),
        ("low", "NO", "x", "NOₓ"),
        ("low", "BE", "y", "BE_(y)"),
        ("low", "EF", "CO2,y", "EF_(CO2,y)"),
        ("low", "Caption ", "in small print", "Caption in small print"),
    ],
)
def test_raised_and_lowered_runs_follow_the_same_form(height, before, script, line):
    assert level([(before, ""), (script, height)]) == line
    assert level([(before, ""), (script[:1], height), (script[1:], height)]) == line


def test_a_digit_behind_a_script_is_set_apart():
    assert level([("10", ""), ("9", "high"), ("5 t", "")]) == "10⁹ 5 t"


def test_a_fraction_of_a_high_and_a_low_number_is_no_power():
    assert level([("3", ""), ("1", "high"), ("⁄", ""), ("2", "low"), (" t", "")]) == "3 1/2 t"
    assert page("C<sub>3</sub>: <sup>28</sup>/<sub>16</sub>") == "C₃: 28/16"


def test_a_small_o_before_a_scale_is_a_degree():
    assert level([("25 ", ""), ("o", "high"), ("C", "")]) == "25 °C"
    assert level([("25", ""), ("0", "high"), ("F", "")]) == "25°F"


def test_amounts_and_search_agree_on_what_is_written():
    assert [amount.low for amount in amounts(fold("2.5×10⁹ t"))] == [2_500_000_000]
    assert [float(amount.low) for amount in amounts(fold("W=M×28/16"))] == [1.75]
    assert analyze("CO₂ NOₓ PM₂.₅") == analyze("CO2 NOx PM2.5")
