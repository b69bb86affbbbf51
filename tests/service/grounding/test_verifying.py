"""Any text, claim by claim: what the library supports, contradicts or does not know, each with checked quotes."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidText
from sinkqa.service.grounding.verifying import MOST_CHARS, MOST_CLAIMS, finding_lines
from sinkqa.service.settings import Settings

FACT = "The council of Elmvale pays 40 marks for each hectare of alder swamp."
ZH = "榆谷议会对每公顷桤木沼泽补贴四十马克。"
NOTES = {
    "alder.md": f"# Payments\n\n{FACT} The payment began in 2031 and ends after nine years. "
    "Owners must not drain the swamp. The area under reeds increased by 12% in two years.\n",
    "zh.md": f"# 榆谷补贴\n\n{ZH}补贴期为九年；业主不得排干沼泽。芦苇面积两年内增加12%。\n\n"
    "| 村庄 | 面积上限 | 补贴标准 |\n|---|---|---|\n| 榆谷 | 12公顷 | 40马克 |\n| 柳滩 | 30公顷 | 25马克 |\n",
}
REPORT = {"text", "claims", "citations", "generation", "encoder", "timings_ms", "counts"}
CLAIM = {"claim", "label", "support", "findings", "citations"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        (folder / name).write_text(text, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / name for name in NOTES]).failed
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.open(Settings(library=folder / "library"))


@pytest.mark.parametrize(
    "claim",
    [
        FACT,
        ZH,
        "The payment began in 2031 and ends after nine years.",
        "榆谷議會對每公頃桤木沼澤補貼40馬克。",
        "业主不得排干沼泽。",
    ],
)
def test_what_the_library_says_is_supported_with_the_quote_that_says_it(engine, claim):
    report = engine.verify(claim)
    (checked,) = report.claims
    assert (checked.label, checked.findings) == ("supported", ())
    assert checked.citations and report.counts["supported"] == 1
    for citation in report.citations:
        text = engine.text(citation.doc_id)
        assert citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)


@pytest.mark.parametrize(
    ("claim", "element"),
    [
        ("The council of Elmvale pays 90 marks for each hectare of alder swamp.", "number"),
        ("The payment began in 2035 and ends after nine years.", "year"),
        ("The area under reeds decreased by 12% in two years.", "direction"),
        ("The council of Elmvale does not pay 40 marks for each hectare of alder swamp.", "negation"),
        ("榆谷议会对每公顷桤木沼泽补贴九十马克。", "number"),
        ("芦苇面积两年内减少12%。", "direction"),
    ],
)
def test_what_the_library_says_otherwise_is_contradicted_and_the_element_named(engine, claim, element):
    report = engine.verify(claim)
    (checked,) = report.claims
    assert checked.label == "contradicted"
    assert element in {finding.element for finding in checked.findings}
    assert checked.citations, "what speaks against a claim is shown"


@pytest.mark.parametrize("claim", ["Pigs were seen flying over Paris.", "今天的晚饭是饺子。", "Otters eat fish."])
def test_what_the_library_is_silent_on_is_unknown_and_without_a_quote(engine, claim):
    report = engine.verify(claim)
    (checked,) = report.claims
    assert (checked.label, checked.citations, report.citations) == ("unknown", (), ())


def test_every_claim_of_a_text_is_told_in_its_order_and_each_quote_once(engine):
    report = engine.verify(f"- {FACT} [1]\n- Pigs fly over Paris.\n\n{FACT}\n{ZH}")
    assert [claim.label for claim in report.claims] == ["supported", "unknown", "supported", "supported"]
    assert sum(report.counts.values()) == 4
    first, _, again, other = (claim.citations for claim in report.claims)
    assert first == again == (1,) and other != first
    assert [citation.number for citation in report.citations] == [*range(1, len(report.citations) + 1)]


def test_an_answer_of_ours_is_supported_by_its_own_library(engine):
    answer = engine.ask("How much does the council of Elmvale pay per hectare of alder swamp?")
    assert engine.verify(answer.answer).counts["supported"] >= 1
    assert {claim.label for claim in engine.verify(answer.answer).claims} <= {"supported"}


@pytest.mark.parametrize("text", ["", " \n", "？！…", "[1]", "a" * (MOST_CHARS + 1), "Elms grow. " * (MOST_CLAIMS + 1)])
def test_what_cannot_be_verified_is_named(engine, text):
    with pytest.raises(InvalidText) as caught:
        engine.verify(text)
    assert caught.value.message.startswith("text: expected") and "\n" not in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 pays.",
        "alder\x00swamp",
        "a" * 3_000,
        "的" * 3_000,
        "{}[]()<>&%$#x",
        "((((" * 50 + "x",
        "1" * 500,
        "𠮷碳🌳",
    ],
)
def test_odd_texts_have_a_report(engine, text):
    assert engine.verify(text).counts["supported"] == 0


def test_a_quote_that_the_store_does_not_bear_out_supports_nothing(tmp_path):
    (tmp_path / "alder.md").write_text(NOTES["alder.md"], "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "alder.md"])
    assert engine.verify(FACT).claims[0].label == "supported"
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as connection:
        connection.execute("UPDATE documents SET text_sha256 = 'x'")
        connection.commit()
    report = engine.verify(FACT)
    assert (report.claims[0].label, report.citations) == ("unknown", ())


def test_the_command_prints_each_claim_with_its_label_and_what_fails(folder, sinkqa):
    lie = FACT.replace("40", "90")
    ran = sinkqa("verify", "-l", folder / "library", f"{FACT} {lie}")
    assert ran.status == 0
    assert re.match(rf"Supported +{re.escape(FACT)} \[1\]\n", ran.out)
    assert "Contradicted " in ran.out and "Number “90”" in ran.out
    assert re.search(r"1 supported.*1 contradicted", ran.out, re.IGNORECASE)


def test_the_command_reads_standard_input_and_gives_json(folder, sinkqa):
    report = json.loads(sinkqa("verify", "-l", folder / "library", "--json", "-", stdin=FACT).out)
    assert report.keys() == REPORT and report["claims"][0].keys() == CLAIM
    assert report["counts"] == {"supported": 1, "partly": 0, "contradicted": 0, "unknown": 0}
    refused = sinkqa("verify", "-l", folder / "library", "-", stdin=" ")
    assert refused.status == 1 and refused.err.startswith("error[invalid-text]: ") and refused.err.count("\n") == 1


def test_a_statement_of_too_many_marks_and_numbers_is_unknown_and_says_so_and_the_others_are_checked(engine):
    tangled = "The sums are " + ", ".join(map(str, range(100, 160)))
    first, second, third = engine.verify(f"{FACT} {tangled}. {FACT}").claims
    assert (first.label, third) == ("supported", first)
    assert (second.label, second.citations) == ("unknown", ())
    (why,) = finding_lines(second.findings)
    assert "not checked" in why and "split it" in why


def test_a_lead_in_said_again_for_each_of_many_items_is_refused(engine):
    lead = "The following duties of owners and of tenants and of the council of Elmvale are laid down here" * 8
    with pytest.raises(InvalidText, match="lead-in"):
        engine.verify(f"{lead}:\n" + "- they pay\n" * 190)
