import pytest

from sinkqa.eval.data.benchmark import CorpusEntry, as_document
from sinkqa.eval.data.collections import find_benchmarks, read_benchmark
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.ingest.errors import FileMissing
from tests.eval.collections import CORPUS, QRELS, QUERIES, write_collection, write_rows


def test_a_collection_is_read_whole(tmp_path):
    benchmark = read_benchmark(write_collection(tmp_path / "small", extra={"q1": {"candidates": ["forest"]}}))
    assert benchmark.name == "small"
    assert {e.entry_id: (e.title, e.text) for e in benchmark.corpus} == CORPUS
    assert {q.query_id: q.text for q in benchmark.queries} == QUERIES
    assert benchmark.qrels == QRELS
    assert benchmark.queries[0].candidates == ("forest",)


def test_so_many_queries_are_the_same_ones_each_time(tmp_path):
    folder = write_collection(tmp_path / "small")
    some = read_benchmark(folder, n_queries=2)
    assert some == read_benchmark(folder, n_queries=2)
    assert len(some.queries) == len(some.qrels) == 2
    assert some.questions_sha256 != read_benchmark(folder).questions_sha256


def test_queries_that_nobody_judged_are_left_out(tmp_path):
    folder = write_collection(tmp_path / "small", qrels={"q1": {"forest": 1}})
    assert [query.query_id for query in read_benchmark(folder).queries] == ["q1"]


def test_judged_entries_that_are_not_there_are_a_warning(tmp_path):
    folder = write_collection(tmp_path / "small", qrels={"q1": {"gone": 1}})
    assert "not in the corpus" in read_benchmark(folder).warnings[0]


@pytest.mark.parametrize("empty", ["corpus", "queries", "qrels"])
def test_an_empty_part_is_named(tmp_path, empty):
    folder = write_collection(tmp_path / "small", **{empty: {}})
    with pytest.raises((NothingToMeasure, MalformedData), match=empty):
        read_benchmark(folder)


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_part_is_named(tmp_path, missing):
    folder = write_collection(tmp_path / "small")
    (folder / missing).unlink()
    with pytest.raises(FileMissing, match=missing.split("/")[-1]):
        read_benchmark(folder)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"_id": 3, "text": "x"}', '{"_id": "a"}', '{"_id": "a", "text": null}', '"text"']
)
def test_a_malformed_line_is_named_with_its_number(tmp_path, line):
    folder = write_collection(tmp_path / "small")
    path = folder / "corpus.jsonl"
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(MalformedData, match=r"corpus\.jsonl:6"):
        read_benchmark(folder)


@pytest.mark.parametrize("ids", [("q1", "q1"), ("q1", "")])
def test_an_id_that_is_no_name_is_named(tmp_path, ids):
    folder = write_collection(tmp_path / "small")
    write_rows(folder / "queries.jsonl", [{"_id": name, "text": "a"} for name in ids])
    with pytest.raises(MalformedData, match=r"queries\.jsonl:2: expected an id of its own"):
        read_benchmark(folder)


def test_a_judged_query_without_a_text_is_named(tmp_path):
    with pytest.raises(MalformedData, match="q9"):
        read_benchmark(write_collection(tmp_path / "small", qrels={"q9": {"forest": 1}}))


def test_collections_within_a_folder_are_found(tmp_path):
    for name in ("b", "a"):
        write_collection(tmp_path / name)
    assert [path.name for path in find_benchmarks([tmp_path, tmp_path / "a"])] == ["a", "b"]
    with pytest.raises(FileMissing):
        find_benchmarks([tmp_path / "a" / "qrels"])


def test_an_entry_becomes_a_document_of_one_passage():
    document, passage = as_document(CorpusEntry("e1", "Forests", "They grow."))
    assert passage.section == ("Forests",)
    assert passage.text == document.text == "They grow."
    assert passage.doc_id == document.doc_id
    assert as_document(CorpusEntry("e2", "Forests", "They grow."))[0].doc_id != document.doc_id
    assert as_document(CorpusEntry("e3", "Only a title", " "))[1].text == "Only a title"
