import itertools
import shutil
from pathlib import Path

import pytest

from sinkqa.eval.data.gold import DEPTH, Evidence, Judgement, Question, evidence_recall, judge, read_questions
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.ranking.configuration import Configuration
from sinkqa.eval.ranking.recall import MEASURES, score_gold
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split
from tests.eval.collections import write_rows

SHARED = Path(__file__).parents[3].parent / "shared"
TEXT = """# Forests

The northern district planted 4,210 hectares of pine. Its foresters thin the stands every nine years.

# Markets

北方交易所规定抵销比例不得超过百分之七。企业每年六月提交报告。
"""
OTHER = "# Notes\n\nThe northern district planted 4,210 hectares of pine, says the newspaper.\n"


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for name, text in {"main.md": TEXT, "other.md": OTHER}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def library(files, encoder, tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("library"), create=True, encoder=encoder) as library:
        for name in ("main.md", "other.md"):
            document = read(files / name)
            library.add(document, split(document))
        yield library


def row(query_id, text, *places, lang="en", **more):
    evidence = [{"hop": hop, "must_contain": list(words)} for hop, *words in places]
    return {"id": query_id, "question": text, "lang": lang, "evidence": evidence, **more}


def questions(tmp_path, *rows):
    write_rows(tmp_path / "gold.jsonl", rows)
    return list(read_questions(tmp_path / "gold.jsonl"))


ROWS = (
    row("a", "How much pine was planted?", (1, "4,210 hectares"), group="g1", type="numeric", style="natural"),
    row("b", "抵销比例的上限是多少？", (1, "百分之七"), lang="zh", group="g2", type="table", table=1),
    row("c", "How often are stands thinned, what share?", (1, "nine years"), (2, "百分之七"), type="multi-hop"),
    row("d", "Who won the cup?", type="unanswerable"),
    row("e", "Where do whales sleep?", (1, "not said anywhere")),
)  # fmt: skip


@pytest.mark.parametrize("ranks", [*itertools.product([None, 1, 4], repeat=3)])
def test_a_question_is_covered_when_every_hop_has_one_place(ranks):
    evidence = (Evidence(1, ("a",)), Evidence(1, ("b",)), Evidence(2, ("c",)))
    judged = Judgement(Question("q", "?", "en", None, evidence), ranks, within_reading=2)
    for cutoff in (1, 3, 4):
        reached = [rank is not None and rank <= cutoff for rank in ranks]
        assert judged.covered(cutoff) == ((reached[0] or reached[1]) and reached[2])
    assert judged.found[-1] == judged.covered(2)


def test_evidence_is_ranked_where_it_stands(tmp_path, library):
    doc_id = next(record.doc_id for record in library.documents() if record.name == "main.md")
    asked = questions(tmp_path, *ROWS)
    judged = {
        each.question.query_id: (each, hits)
        for each, hits in judge(library, asked, search=lambda text: library.search(text, k=DEPTH), about=[doc_id])
    }
    assert judged.keys() == {"a", "b", "c", "e"}
    found, hits = judged["a"]
    assert hits[found.ranks[0] - 1].passage.doc_id == doc_id
    assert judged["b"][0].found == (True,) * 4
    assert None not in judged["c"][0].ranks
    assert judged["e"][0].ranks == (None,)


def test_only_the_document_that_is_asked_about_counts(tmp_path, library):
    ids = {record.name: record.doc_id for record in library.documents()}
    (asked,) = questions(tmp_path, ROWS[0])
    ranks = {}
    for name in ids:
        ((judged, hits),) = judge(library, [asked], search=lambda text: library.search(text, k=9), about=[ids[name]])
        ranks[name] = judged.ranks[0]
        assert hits[judged.ranks[0] - 1].passage.doc_id == ids[name]
    assert ranks["main.md"] != ranks["other.md"]


@pytest.mark.parametrize("name", ["other.md", "doc_id", "text_sha256"])
def test_evidence_may_name_its_document(tmp_path, library, name):
    record = next(record for record in library.documents() if record.name == "other.md")
    named = getattr(record, name, name)
    place = {"hop": 1, "must_contain": ["4,210 hectares"], "document": named}
    asked = questions(tmp_path, {**row("a", "How much pine was planted?"), "evidence": [place]})
    ((judged, hits),) = judge(library, asked, search=lambda text: library.search(text, k=9), about=[])
    assert hits[judged.ranks[0] - 1].passage.doc_id == record.doc_id


def test_evidence_in_a_document_that_is_not_there_is_named(tmp_path, library):
    place = {"hop": 1, "must_contain": ["x"], "document": "lost.md"}
    asked = questions(tmp_path, {**row("a", "?"), "evidence": [place]})
    with pytest.raises(NothingToMeasure, match=r"lost\.md"):
        list(judge(library, asked, search=library.search, about=[]))


@pytest.mark.parametrize("shown", ["empty", "partial", "full"])
def test_recall_is_what_was_shown(tmp_path, library, shown):
    doc_id = next(record.doc_id for record in library.documents() if record.name == "main.md")
    (asked,) = questions(tmp_path, ROWS[2])
    passages = library.search(asked.text, k=DEPTH)
    part = {
        "empty": [],
        "partial": [hit for hit in passages if "nine years" in hit.passage.text],
        "full": passages,
    }[shown]
    ((judged, _),) = judge(library, [asked], search=lambda _: part, about=[doc_id])
    assert judged.found[2] == (shown == "full")


def test_recall_by_language_and_tables_counts_questions_with_evidence(tmp_path, library):
    doc_id = next(record.doc_id for record in library.documents() if record.name == "main.md")
    recall = evidence_recall(library, questions(tmp_path, *ROWS), about=[doc_id])
    assert {name: each.n for name, each in recall.items()} == {"en": 3, "tables": 1, "zh": 1}
    assert recall["zh"].at == (1, 1, 1)
    assert recall["en"].at[-1] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "a"},
        row("a", "?") | {"evidence": [{"hop": 1}]},
        row("a", "?") | {"evidence": [{"hop": "x", "must_contain": []}]},
        row("a", "?") | {"evidence": ["x"]},
    ],
)
def test_a_malformed_question_is_named_with_its_line(tmp_path, broken):
    with pytest.raises(MalformedData, match=r"gold\.jsonl:1"):
        questions(tmp_path, broken)


def test_questions_without_evidence_or_without_lines_are_named(tmp_path, files, encoder):
    with pytest.raises(NothingToMeasure):
        questions(tmp_path)
    asked = questions(tmp_path, ROWS[3])
    with pytest.raises(NothingToMeasure, match="evidence"):
        list(score_gold("g", asked, [Configuration()], encoder, documents=[files / "main.md"]))


def test_gold_is_scored_by_trait_and_kept(tmp_path, files, encoder):
    asked, out = questions(tmp_path, *ROWS), tmp_path / "out"
    how = {"documents": [files / "main.md"], "beside": [files / "other.md"], "out": out}
    ((result, kept),) = score_gold("g", asked, [Configuration()], encoder, **how)
    assert not kept
    assert result.measures == list(MEASURES)
    assert result.facts["documents"] == 2
    assert result.facts["unanswerable"] == 1
    assert result.estimates(language="zh")["recall@1"].mean == 1
    assert result.estimates(asks="tables")["recall@1"].n == 1
    assert result.estimates(language="fr") == {}
    assert {("type", "numeric"), ("style", "natural"), ("table", "1")} <= set(result.groups())
    ((again, kept),) = score_gold("g", asked, [Configuration()], encoder, **how)
    assert kept
    assert again == result
    shutil.copytree(files, tmp_path / "changed")
    (tmp_path / "changed" / "other.md").write_text("# Else\n\nAnother text about the sea.\n", "utf-8")
    how["beside"] = [tmp_path / "changed" / "other.md"]
    ((changed, kept),) = score_gold("g", asked, [Configuration()], encoder, **how)
    assert not kept
    assert changed.fingerprints["corpus"] != result.fingerprints["corpus"]


def test_a_document_that_cannot_be_read_ends_it_and_one_beside_does_not(tmp_path, files, encoder):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 broken")
    asked = questions(tmp_path, *ROWS)
    ((result, _),) = score_gold("g", asked, [Configuration()], encoder, documents=[files / "main.md"], beside=[bad])
    assert "bad.pdf" in result.warnings[0]
    with pytest.raises(IngestError, match=r"bad\.pdf"):
        list(score_gold("g", asked, [Configuration()], encoder, documents=[bad]))


def test_a_document_that_cannot_be_read_is_a_warning_where_it_holds_no_evidence(tmp_path, files, encoder):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 broken")
    place = {"hop": 1, "must_contain": ["4,210 hectares"], "doc": "main.md"}
    asked = questions(tmp_path, row("a", "How much pine was planted?") | {"evidence": [place]})
    ((result, _),) = score_gold("g", asked, [Configuration()], encoder, documents=[files, bad])
    assert "bad.pdf" in result.warnings[0] and result.facts["documents"] == 2
    asked = questions(tmp_path, row("a", "How much pine was planted?") | {"evidence": [place | {"doc": "bad.pdf"}]})
    with pytest.raises(IngestError, match=r"bad\.pdf"):
        list(score_gold("g", asked, [Configuration()], encoder, documents=[files, bad]))


def test_questions_over_many_documents_are_read_with_their_files_and_traits(tmp_path):
    place = {"doc": "a.md", "must_contain": ["x"], "hop": 1}
    more = {"doc": ["a.md", "b.md"], "jurisdiction": ["EU", "US"], "cross": True, "group": "g", "style": "typo"}
    asked, other = questions(
        tmp_path,
        row("a", "?", type="date", **more) | {"evidence": [place]},
        row("b", "?", lang="zh", cross=False, doc=[], jurisdiction=[], about=["c.md"]),
    )
    assert asked.evidence == (Evidence(1, ("x",), "a.md"),)
    assert asked.documents == ("a.md", "b.md")
    assert asked.traits == {
        "language": "en",
        "type": "date",
        "style": "typo",
        "jurisdiction": "EU",
        "crossing": "across",
    }
    assert (other.documents, other.traits) == ((), {"language": "zh", "crossing": "same"})
    with pytest.raises(MalformedData, match="file names"):
        questions(tmp_path, row("a", "?", doc="a.md"))


@pytest.mark.parametrize(
    ("ranks", "reach"), [((None, 4, 2), 4), ((3, 1, 7), 7), ((1, 2, None), None), ((None, None, 1), None)]
)
def test_evidence_reaches_as_far_as_its_last_hop(ranks, reach):
    evidence = (Evidence(1, ("a",)), Evidence(1, ("b",)), Evidence(2, ("c",)))
    assert Judgement(Question("q", "?", "en", None, evidence), ranks, within_reading=2).reach == reach


@pytest.mark.skipif(not SHARED.exists(), reason="shared gold questions are not beside this checkout")
def test_the_shared_gold_questions_are_read():
    asked = list(read_questions(SHARED / "gold" / "dev.jsonl"))
    assert len(asked) == 109
    assert sum(not each.evidence for each in asked) == 13


@pytest.mark.skipif(not SHARED.exists(), reason="shared gold questions are not beside this checkout")
def test_the_shared_questions_over_policies_name_their_files():
    asked = list(read_questions(SHARED / "gold" / "policy-dev.jsonl"))
    assert len(asked) == 90
    assert sum(each.traits["crossing"] == "across" for each in asked) == 33
    assert all(each.document in question.documents for question in asked for each in question.evidence)
