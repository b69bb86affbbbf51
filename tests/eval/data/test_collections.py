import json
from importlib.util import find_spec

import pytest

from sinkqa.eval.data.collections import LAYOUTS, find_benchmarks, read_benchmark
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.ingest.errors import ExtraMissing, FileMissing
from tests.eval.collections import CORPUS, QRELS, QUERIES, write_collection, write_rows

JUDGED = [
    {"query-id": q, "corpus-id": d, "score": float(rel)} for q, judged in QRELS.items() for d, rel in judged.items()
]
ENTRIES = [{"_id": name, "title": title, "text": text} for name, (title, text) in CORPUS.items()]
ASKED = [{"_id": name, "text": text} for name, text in QUERIES.items()]


def mteb(folder, corpus="corpus", queries="queries", qrels="qrels", split="test"):
    for name, rows in ((corpus, ENTRIES), (queries, ASKED), (qrels, JUDGED)):
        (folder / name).mkdir(parents=True)
        write_rows(folder / name / f"{split}-00000-of-00001.jsonl", rows)
    return folder


def trec(folder, topics, collection, qrels=None):
    folder.mkdir()
    lines = "".join(f"{q} 0 {d} {rel}\n" for q, judged in QRELS.items() for d, rel in judged.items())
    (folder / "qrels.txt").write_text(qrels or lines, "utf-8")
    for (name, text), default in ((topics, "topics"), (collection, "collection")):
        (folder / f"{default}{name}").write_text(text, "utf-8")
    return folder


TRECTEXT = "".join(
    f"<DOC>\n<DOCNO> {name} </DOCNO>\n<TITLE>{title}</TITLE>\n<TEXT>\n{text}\n</TEXT>\n</DOC>\n"
    for name, (title, text) in CORPUS.items()
)
TOPICS = (".tsv", "".join(f"{name}\t{text}\n" for name, text in QUERIES.items()))
COLLECTION = (".trectext", TRECTEXT)


def same(benchmark):
    assert {e.entry_id: (e.title, e.text) for e in benchmark.corpus} == CORPUS
    assert {q.query_id: q.text for q in benchmark.queries} == QUERIES
    assert benchmark.qrels == QRELS
    return True


@pytest.mark.parametrize("qrels", ["qrels", "default", "data"])
def test_a_task_of_mteb_is_read_whole(tmp_path, qrels):
    benchmark = read_benchmark(mteb(tmp_path / "task", qrels=qrels))
    assert same(benchmark) and benchmark.name == "task"


def test_files_of_mteb_stand_beside_each_other_too(tmp_path):
    write_rows(tmp_path / "corpus.jsonl", ENTRIES)
    write_rows(tmp_path / "queries.jsonl", ASKED)
    (tmp_path / "qrels").mkdir()
    write_rows(tmp_path / "qrels" / "test.jsonl", JUDGED)
    assert same(read_benchmark(tmp_path))


@pytest.mark.parametrize("form", ["{}-{}", "{1}-{0}"])
def test_each_language_of_a_task_is_a_collection(tmp_path, form):
    for language in ("zh", "en"):
        mteb(tmp_path / "task", *(form.format(language, part) for part in ("corpus", "queries", "qrels")))
    found = find_benchmarks([tmp_path / "task"])
    assert [place.name for place in found] == ["task-en", "task-zh"]
    assert all(same(read_benchmark(place)) for place in found)
    with pytest.raises(FileMissing, match="task-en, task-zh"):
        read_benchmark(tmp_path / "task")


def test_folders_of_languages_are_named_with_what_they_are_of(tmp_path):
    for name in ("zh", "nq"):
        mteb(tmp_path / "task" / name)
    assert [place.name for place in find_benchmarks([tmp_path / "task"])] == ["nq", "task-zh"]


def test_a_split_that_is_not_there_is_named_with_those_that_are(tmp_path):
    folder = mteb(tmp_path / "task")
    write_rows(folder / "qrels" / "dev.jsonl", JUDGED[:1])
    assert len(read_benchmark(folder, split="dev").queries) == 1
    with pytest.raises(FileMissing, match=r"'train', found dev, test"):
        read_benchmark(folder, split="train")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"query-id": "q1", "corpus-id": "forest", "score": "much"}, "whole number"),
        ({"query-id": "q1", "corpus-id": "forest", "score": 0.5}, "whole number"),
        ({"query-id": "q1", "score": 1}, "corpus-id"),
        ({"query-id": "q1", "corpus-id": "forest", "score": 1}, "judged before"),
        ({"query-id": True, "corpus-id": "forest", "score": 1}, "expected an id"),
    ],
)
def test_a_row_that_does_not_fit_is_named_with_its_line(tmp_path, row, told):
    folder = mteb(tmp_path / "task")
    write_rows(folder / "qrels" / "test-00000-of-00001.jsonl", [*JUDGED, row])
    with pytest.raises(MalformedData, match=rf"test-00000-of-00001\.jsonl:{len(JUDGED) + 1}: .*{told}"):
        read_benchmark(folder)


@pytest.mark.skipif(not find_spec("pyarrow"), reason="needs the extra parquet")
def test_parquet_is_read_as_json_lines_are(tmp_path):
    import pyarrow
    import pyarrow.parquet

    for part, rows in (("corpus", ENTRIES), ("queries", ASKED), ("default", JUDGED)):
        (tmp_path / part).mkdir()
        table = pyarrow.Table.from_pylist(rows)
        pyarrow.parquet.write_table(table, tmp_path / part / "test-00000-of-00001.parquet")
    assert same(read_benchmark(tmp_path))
    (tmp_path / "corpus" / "test-00000-of-00001.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(MalformedData, match="expected Parquet"):
        read_benchmark(tmp_path)


@pytest.mark.skipif(bool(find_spec("pyarrow")), reason="the extra parquet is installed")
def test_parquet_names_its_extra_where_it_is_missing(tmp_path):
    for part in ("corpus", "queries", "qrels"):
        (tmp_path / f"{part}.parquet").write_bytes(b"PAR1")
    with pytest.raises(ExtraMissing, match="the extra parquet"):
        read_benchmark(tmp_path)


SGML = "".join(
    f"<top>\n<num> Number: {q}\n<title> {text}\n\n<desc> Description:\nmore\n</top>\n" for q, text in QUERIES.items()
)
TOPIC = '<topic number="{}"><query>{}</query></topic>'
XML = f"<topics>{''.join(TOPIC.format(q, text) for q, text in QUERIES.items())}</topics>"
PLAIN = [(name, f"{title}\t{text}") for name, (title, text) in CORPUS.items()]


@pytest.mark.parametrize(
    "topics",
    [
        TOPICS,
        (".txt", SGML),
        (".xml", XML),
        (".jsonl", "".join(json.dumps({"qid": q, "title": text}) + "\n" for q, text in QUERIES.items())),
    ],
)
@pytest.mark.parametrize(
    "collection",
    [
        COLLECTION,
        (".jsonl", "".join(json.dumps({"docno": d, "title": t, "contents": x}) + "\n" for d, (t, x) in CORPUS.items())),
        (".tsv", "docid\ttitle\ttext\n" + "".join(f"{name}\t{rest}\n" for name, rest in PLAIN)),
    ],
)
def test_topics_qrels_and_collection_of_trec_are_read_whole(tmp_path, topics, collection):
    assert same(read_benchmark(trec(tmp_path / "track", topics, collection)))


def test_a_collection_of_trec_may_be_a_folder(tmp_path):
    folder = trec(tmp_path / "track", TOPICS, COLLECTION)
    (folder / "docs" / "deep").mkdir(parents=True)
    (folder / "collection.trectext").rename(folder / "docs" / "deep" / "fr-1")
    assert same(read_benchmark(folder))


def test_marks_and_entities_are_no_words_of_a_document(tmp_path):
    text = "<DOC>\r\n<DOCNO>forest</DOCNO>\r\n<P>Wood &amp; soil</P>\r\n<F P=1>hold</F> carbon.\r\n</DOC>\r\n"
    folder = trec(tmp_path / "track", ("", "q1\twood\n"), ("", text), qrels="q1 0 forest 1\n")
    for name in ("topics", "collection"):
        (folder / name).rename(folder / f"{name}.txt")
    (entry,) = read_benchmark(folder).corpus
    assert entry.text == "Wood & soil\nhold carbon."


@pytest.mark.parametrize(
    ("topics", "collection", "told"),
    [
        ((".tsv", "q1 no tab\n"), COLLECTION, r"topics\.tsv:1"),
        ((".txt", "<top>\n<title> nobody's\n</top>\n"), COLLECTION, r"topics\.txt:1: .*<num>"),
        ((".txt", "\n<top>\n<num> 1\n</top>\n"), COLLECTION, r"topics\.txt:2: .*<title>"),
        (TOPICS, (".trectext", "<DOC>\n<TEXT>x</TEXT>\n</DOC>\n"), r"collection\.trectext:1: .*<DOCNO>"),
        (TOPICS, (".trectext", "\n<DOC>\n<DOCNO>a</DOCNO>\n"), r"collection\.trectext:2: .*</DOC>"),
        (TOPICS, (".trectext", TRECTEXT * 2), r"collection\.trectext:\d+: expected an id of its own"),
        (TOPICS, (".tsv", "a\tb\tc\n"), r"collection\.tsv:1: expected 2 cells"),
    ],
)
def test_a_malformed_file_of_trec_is_named_with_its_line(tmp_path, topics, collection, told):
    with pytest.raises(MalformedData, match=told):
        read_benchmark(trec(tmp_path / "track", topics, collection))


@pytest.mark.parametrize("held", [(), ("readme.md",), ("corpus", "queries")])
def test_a_folder_in_no_layout_is_told_what_was_looked_for(tmp_path, held):
    for name in held:
        (tmp_path / name).touch()
    with pytest.raises(FileMissing) as told:
        find_benchmarks([tmp_path])
    assert all(layout.LOOKS_FOR in str(told.value) for layout in LAYOUTS)
    assert all(name in str(told.value) for name in held or ("an empty folder",))


def test_a_byte_order_mark_line_ends_and_spaces_in_ids_change_nothing(tmp_path):
    folder = write_collection(
        tmp_path / "odd", corpus={"d 1": ("", "Wood.")}, queries={"q 1": "wood?"}, qrels={"q 1": {"d 1": 1}}
    )
    plain = read_benchmark(folder)
    for path in folder.rglob("*.*"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    odd = read_benchmark(folder)
    assert (odd.corpus, odd.queries, odd.qrels) == (plain.corpus, plain.queries, plain.qrels)


def test_queries_without_a_relevant_entry_stay_and_are_warned_of(tmp_path):
    folder = write_collection(tmp_path / "none", qrels={"q1": {"forest": 0}, "q2": {"market": 1}})
    benchmark = read_benchmark(folder)
    assert [query.query_id for query in benchmark.queries] == ["q1", "q2"]
    assert benchmark.warnings == ("queries without a relevant entry, which score 0: 1",)


def test_a_collection_without_a_judgement_is_named(tmp_path):
    folder = mteb(tmp_path / "task")
    (folder / "qrels" / "test-00000-of-00001.jsonl").write_text("", "utf-8")
    with pytest.raises(NothingToMeasure, match="qrels"):
        read_benchmark(folder)


def test_bytes_that_are_no_text_do_not_reach_the_terminal(tmp_path):
    folder = write_collection(tmp_path / "odd")
    (folder / "queries.jsonl").write_bytes(b"\x1b[2J\x00\x07")
    with pytest.raises(MalformedData) as told:
        read_benchmark(folder)
    assert str(told.value).isprintable()
