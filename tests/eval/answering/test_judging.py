"""Questions over several files: the right words of a wrong file are wrong, and each loss is told."""

import json
from dataclasses import replace

import pytest

from sinkqa.eval.answering.judging import WRONG, Asked, answer_scores, locate, loss, text_worth, unlocated
from sinkqa.eval.data.gold import Evidence, Judgement, Question
from sinkqa.index.hit import Filters
from sinkqa.ingest.document import Span
from sinkqa.service.answer import Segment
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.settings import Settings
from tests.eval.collections import write_rows

OLD = """# Orn fishing rules of 1990

A boat that fishes in the lake of Orn at night pays a fine of 300 crowns.
The rules are in force since May 1990, and the harbour master keeps a list of all boats.
"""
NEW = """# Orn fishing act of 2020

A boat that fishes in the lake of Orn at night pays a fine of 900 crowns.
Nets must have meshes of five centimetres or more. Pike may not be caught in April.
The act has been in force since June 2020, and the council may lend boats to schools.
"""
FINE = Evidence(1, ("a fine of  900 crowns",), "new.md")
POINT = {"en": ["900 crowns"], "zh": []}
ASKED = Question(
    "a", "What fine does a boat pay that fishes in the lake of Orn at night?", "en", None, (FINE,),
    points=(POINT,), documents=("new.md",),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("orn")
    for name, text in {"old.md": OLD, "new.md": NEW}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def engine(folder):
    engine = Engine.open(Settings(library=folder.parent / "orn-library"), create=True)
    engine.add([folder / "old.md", folder / "new.md"])
    return engine


@pytest.fixture(scope="module")
def ids(engine):
    return {record.name: record.doc_id for record in engine.documents()}


@pytest.fixture(scope="module")
def sources(engine, ids):
    return {doc_id: engine.text(doc_id) for doc_id in ids.values()}


@pytest.fixture(scope="module")
def by_file(engine, ids):
    """An answer that quotes the fine alone, by the file that it is asked of."""
    whole = {}
    for name, doc_id in ids.items():
        found = engine.ask(ASKED.text, bar=0.0, filters=Filters(doc_ids=(doc_id,)))
        cited = tuple(each for each in found.citations if "fine of" in each.quote)
        said = tuple(Segment(each.quote, (each.number,)) for each in cited)
        whole[name] = replace(found, status="answered", abstain_reason=None, segments=said, citations=cited)
    assert [len(each.citations) for each in whole.values()] == [1, 1]
    return whole


@pytest.fixture(scope="module")
def asked(ids, sources):
    return locate(ASKED, {name: [doc_id] for name, doc_id in ids.items()}, [], sources)


def test_evidence_without_offsets_stands_where_its_file_says_its_words(asked, ids, sources):
    ((doc_id, (start, end)),) = asked.places[0]
    assert (doc_id, sources[doc_id][start:end]) == (ids["new.md"], "a fine of 900 crowns")
    assert asked.documents == {ids["new.md"]}
    assert list(unlocated(asked)) == []


def test_evidence_that_stands_nowhere_is_warned_of(ids, sources):
    lost = replace(ASKED, evidence=(replace(FINE, must_contain=("a fine of 800 crowns",)),))
    (told,) = unlocated(locate(lost, {name: [doc_id] for name, doc_id in ids.items()}, [], sources))
    assert "a: " in told and "new.md" in told and "800 crowns" in told


def test_an_answer_is_complete_with_all_points_and_a_citation_of_a_right_file(asked, by_file, sources):
    right = answer_scores(asked, by_file["new.md"], sources)
    assert (right["complete"], right["answer points"], right["evidence cited"], right[WRONG]) == (1, 1, 1, 0)
    wrong = answer_scores(asked, by_file["old.md"], sources)
    assert (wrong["complete"], wrong["answer points"], wrong["evidence cited"], wrong[WRONG]) == (0, 0, 0, 1)
    copied = replace(by_file["old.md"], segments=(Segment("It pays 900 crowns.", (1,)),))
    copied = answer_scores(asked, copied, sources)
    assert (copied["answer points"], copied["complete"], copied[WRONG]) == (1, 0, 1)
    half = answer_scores(
        replace(asked, question=replace(ASKED, points=(POINT, {"en": ["prison"]}))), by_file["new.md"], sources
    )
    assert (half["answer points"], half["complete"], half["evidence cited"]) == (0.5, 0, 1)


def test_a_text_is_worth_its_points_and_half_of_them_beside_the_evidence(asked, engine, ids):
    (new,), (old,) = (
        [each for each in engine.passages(ids[name]) if "fine of" in each.text] for name in ("new.md", "old.md")
    )
    beside = replace(new, spans=(Span(0, 5),))
    fine = Analysis("It pays a fine of 900 crowns.")
    assert [text_worth(asked, passage, fine) for passage in (new, beside, old)] == [1, 0.5, 0]
    assert text_worth(asked, new, Analysis("Pike may not be caught in April.")) == 0
    two = replace(asked, question=replace(ASKED, points=(POINT, {"en": ["prison"]})))
    assert text_worth(two, new, fine) == 0.5


def test_of_the_files_that_hold_evidence_any_may_be_cited(asked, by_file, ids, sources):
    either = replace(asked, documents=frozenset(ids.values()))
    both = tuple(each for answer in by_file.values() for each in answer.citations)
    mixed = replace(by_file["new.md"], citations=both)
    assert answer_scores(asked, mixed, sources)[WRONG] == 0.5
    assert answer_scores(asked, mixed, sources)["complete"] == 1
    assert answer_scores(either, mixed, sources)[WRONG] == 0


def test_a_withheld_answer_cites_nothing(asked, by_file, sources):
    withheld = replace(by_file["old.md"], status="abstained", abstain_reason="premise_contradicted")
    scores = answer_scores(asked, withheld, sources)
    assert (scores["answered"], scores["complete"], scores["evidence cited"]) == (0, 0, 0)
    assert WRONG not in scores


@pytest.mark.parametrize("status", ["answered", "abstained"])
def test_a_false_premise_is_shown_by_a_quote_of_what_contradicts_it(asked, by_file, sources, status):
    premise = replace(asked, question=replace(ASKED, traits={"type": "false-premise"}))
    reason = "premise_contradicted" if status == "abstained" else None
    shown = {
        name: answer_scores(premise, replace(answer, status=status, abstain_reason=reason), sources)
        for name, answer in by_file.items()
    }
    assert {name: each["contradiction shown"] for name, each in shown.items()} == {"new.md": 1, "old.md": 0}
    assert shown["new.md"]["withheld"] == (status == "abstained")
    assert not {"answered", "complete", WRONG} & shown["new.md"].keys()


def test_an_answer_in_japanese_is_scored_by_the_chinese_variants(asked, by_file, sources):
    japanese = replace(
        by_file["new.md"], segments=(Segment("夜に釣りをする船は九百クローネを支払うものとする。", (1,)),)
    )
    point = {"zh": ["九百クローネ"], "en": ["crowns"]}
    scores = answer_scores(replace(asked, question=replace(ASKED, points=(point,))), japanese, sources)
    assert scores["answer points"] == 1


def test_a_loss_tells_rank_files_quotes_and_missing_points(engine, asked, by_file, ids):
    names = {doc_id: name for name, doc_id in ids.items()}
    hits = engine._library.search(ASKED.text, k=9)
    place = next(
        n for n, hit in enumerate(hits, 1) if hit.passage.doc_id == ids["new.md"] and "900" in hit.passage.text
    )
    found = loss(asked, by_file["old.md"], Judgement(ASKED, (place,), 1), hits, names)
    assert (found.stage, found.rank, found.given) == ("choice", place, True)
    assert found.right == ("new.md",) and found.missing == ("900 crowns",)
    ((file, quote),) = found.quoted
    assert file == "old.md" and "300 crowns" in quote
    assert (found.first == "old.md") == found.astray
    silent = replace(by_file["new.md"], status="abstained", abstain_reason="unsupported", citations=())
    assert loss(asked, silent, Judgement(ASKED, (place,), 1), hits, names).stage == "abstention"
    assert loss(asked, silent, Judgement(ASKED, (None,), 1), [], names).astray
    beside = replace(asked, places=((),))  # the right passage is cited, and not the words
    assert loss(beside, by_file["new.md"], Judgement(ASKED, (place,), 1), hits, names).stage == "items"


def test_hops_are_those_of_the_evidence():
    two = replace(ASKED, evidence=(FINE, replace(FINE, hop=2), replace(FINE, hop=2)))
    assert Asked(two, ((), (), ()), frozenset()).hops == {1, 2}


def test_the_command_judges_file_and_text_by_group_and_passes_over_a_file_without_evidence(tmp_path, folder, evaluate):
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "scan.pdf").write_bytes(b"%PDF-1.4 broken")

    def row(query_id, question, *words, points=(), **more):
        evidence = [{"doc": "new.md", "must_contain": list(words), "hop": 1}] if words else []
        files = ["new.md"] if words else []
        traits = {"style": "natural", "jurisdiction": ["SE"], "group": query_id, "cross": query_id == "b"}
        said = [{"en": [each], "zh": []} for each in points]
        return traits | {
            "id": query_id, "question": question, "lang": "en", "doc": files, "evidence": evidence,
            "answer_points": said, **more,
        }  # fmt: skip

    write_rows(
        tmp_path / "many.jsonl",
        [
            row("a", "How wide must the meshes of nets in Orn be?", "five centimetres", points=["five"], type="number"),
            row("b", "What may the council lend to schools?", "lend boats", points=["boats", "sails"], type="list"),
            row("c", "Who invented the telephone?", type="unanswerable"),
            row(
                "d", "Why may pike be caught in April?", "Pike may not be caught", points=["not"], type="false-premise"
            ),
        ],
    )
    command = (
        "gold",
        "--questions",
        tmp_path / "many.jsonl",
        "--document",
        folder,
        "--document",
        scans,
        "--answers",
    )
    status, printed, _ = evaluate(*command, "--out", tmp_path / "out", "--json")
    assert status == 0
    _, answers = json.loads(printed)
    assert any("scan.pdf" in each for each in answers["warnings"])
    found, groups = answers["mean_and_interval"], answers["by"]
    fitting = {"recall@5": 2, "complete": 2, "unanswerable answered": 1, "contradiction shown": 1}
    assert {name: found[name]["n"] for name in fitting} == fitting
    assert groups["type=number"]["complete"]["mean"] == 1
    assert groups["crossing=across"]["complete"]["mean"] == 0 < groups["crossing=across"]["recall@5"]["mean"]
    assert sum(answers["lost"].values()) == 1
    assert evaluate("compare", *[tmp_path / "out" / "many.answers.json"] * 2)[0] == 0
    assert evaluate("report", tmp_path / "out", "-o", tmp_path / "report.html")[0] == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "many, answers: 1 of 2 complete" in page and "mean gap" in page
    printed = evaluate(*command)[1]
    assert all(name in printed for name in ("across", "number", "Questions without an answer", "scan.pdf"))
    assert max(map(len, printed.splitlines())) <= 80 and "…" not in printed
