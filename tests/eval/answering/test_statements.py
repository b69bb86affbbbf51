"""Hand-written statements: their layout, what a judge says of them, and whether the bundled ones hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from sinkqa.eval.answering.statements import Labelled, Row, Statement, label_statements, read_statements, tally
from sinkqa.eval.data.evidence import bare
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.readers import read
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.grounding.guard import Verdict

POLICIES = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"
MILLS = "# Mill Act\n\nThe owner of a mill shall report its silt to the Council within 30 days.\n"
ALDERS = "# 桤木条例\n\n砍伐桤木的单位应当在两年内补种三百株桤木。\n"
LINES = [
    ["t01", "supported", "en", "mill.md", MILLS.splitlines()[2], "within 30 days"],
    ["t01b", "contradicted", "en", "mill.md", MILLS.splitlines()[2].replace("30", "90"), "within 30 days"],
    ["t02", "supported", "zh", "alder.md", "谁砍了桤木，谁就得把树还给河岸。", "补种三百株桤木"],
    ["t02b", "unsupported", "zh-en", "mill.md", "土星的卫星上没有磨坊。", "its silt"],
]


class Credulous:
    """A judge that takes everything for support."""

    def entails(self, claim, quotes):
        return Verdict("supported", 1.0, ())

    def supports(self, claim, quotes):
        return True


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "mill.md").write_text(MILLS, "utf-8")
    (folder / "alder.md").write_text(ALDERS, "utf-8")
    return folder


@pytest.fixture
def statements(tmp_path):
    return written(tmp_path / "four.tsv", LINES)


def written(path, lines):
    path.write_text("".join("\t".join(line) + "\n" for line in lines), "utf-8")
    return path


def test_what_the_documents_say_is_supported_and_what_they_do_not_is_not(documents, statements):
    encoder = load_encoder()
    labelled = label_statements(read_statements(statements), [documents], RuleJudge(encoder), encoder)
    assert [each.given for each in labelled] == ["supported", "contradicted", "unknown", "unknown"]
    assert [each.statement.statement_id for each in labelled if each.is_missed] == ["t02"]
    assert not any(each.is_false_support for each in labelled)


def test_another_judge_can_be_handed_in(documents, statements):
    labelled = label_statements(read_statements(statements), [documents], Credulous(), load_encoder())
    assert [each.statement.statement_id for each in labelled if each.is_false_support] == ["t01b", "t02b"]
    assert not any(each.is_missed for each in labelled)


def test_labels_are_counted_by_truth_and_by_group():
    def given(language, truth, label):
        return Labelled(Statement("t", truth, language, "d", "s", "e"), label)

    rows = tally(
        [
            given("zh-en", "supported", "partly"),
            given("en-ja", "supported", "supported"),
            given("zh", "supported", "supported"),
            given("en", "contradicted", "unknown"),
        ]
    )
    zero = dict.fromkeys(("supported", "partly", "contradicted", "unknown"), 0)
    assert rows == [
        Row("supported", "zh", zero | {"supported": 1}),
        Row("supported", "across", zero | {"supported": 1, "partly": 1}),
        Row("supported", "all", zero | {"supported": 2, "partly": 1}),
        Row("contradicted", "en", zero | {"unknown": 1}),
        Row("contradicted", "all", zero | {"unknown": 1}),
    ]


@pytest.mark.parametrize(
    "line",
    [
        LINES[0][:5],
        [*LINES[0], "more"],
        ["t09", "true", *LINES[0][2:]],
        ["t09", "supported", "English", *LINES[0][3:]],
        ["t09", "supported", "en", "mill.md", " ", "words"],
        LINES[0],
    ],
)
def test_a_line_of_another_layout_is_named(tmp_path, line):
    with pytest.raises(MalformedData, match=r"set\.tsv:2"):
        read_statements(written(tmp_path / "set.tsv", [LINES[0], line]))


def test_no_statement_is_nothing_to_measure(tmp_path):
    with pytest.raises(NothingToMeasure, match="expected statements"):
        read_statements(written(tmp_path / "set.tsv", []))


def test_a_document_that_is_not_given_is_named(documents, statements):
    encoder = load_encoder()
    with pytest.raises(NothingToMeasure, match=r"t02 is about alder\.md"):
        label_statements(read_statements(statements), [documents / "mill.md"], RuleJudge(encoder), encoder)


def test_the_command_prints_counts_and_what_went_wrong(documents, statements, tmp_path, evaluate):
    asked = ("statements", statements, "--document", documents, "--cache", tmp_path / "cache")
    status, printed, _ = evaluate(*asked)
    assert status == 0
    assert "Near misses called supported (must be 0): 0" in printed
    assert f"Faithful statements not called supported: 1\n  t02, unknown: {LINES[2][4]}" in printed
    status, printed, _ = evaluate(*asked, "--json")
    report = json.loads(printed)
    assert [(row["truth"], row["group"], sum(row["given"].values())) for row in report["counts"]] == [
        ("supported", "en", 1),
        ("supported", "zh", 1),
        ("supported", "all", 2),
        ("contradicted", "en", 1),
        ("contradicted", "all", 1),
        ("unsupported", "across", 1),
        ("unsupported", "all", 1),
    ]
    assert {each["statement_id"]: each["given"] for each in report["statements"]}["t01b"] == "contradicted"


def test_the_bundled_statements_are_read_unless_others_are_given(documents, evaluate):
    status, _, told = evaluate("statements", "--document", documents)
    assert status == 1
    assert "s01 is about" in told


def test_each_bundled_paraphrase_has_a_near_miss_of_its_own():
    bundled = {each.statement_id: each for each in read_statements()}
    assert Counter(each.truth == "supported" for each in bundled.values()) == {True: 60, False: 60}
    for name, each in bundled.items():
        near = bundled.get(f"{name}b")
        assert (each.truth == "supported") == (near is not None), name
        if near:
            assert (near.document, near.language) == (each.document, each.language), name
            assert near.text != each.text, name


@pytest.mark.skipif(not POLICIES.exists(), reason="shared documents are not beside this checkout")
def test_the_evidence_of_bundled_statements_stands_in_their_documents():
    bundled = read_statements()
    texts = {name: bare(read(POLICIES / name).text) for name in {each.document for each in bundled}}
    assert [each.statement_id for each in bundled if bare(each.evidence) not in texts[each.document]] == []
    assert [each.statement_id for each in bundled if bare(each.text) in texts[each.document]] == []
