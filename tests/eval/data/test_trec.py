import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sinkqa.eval.data.trec import ScoredDoc, read_qrels, read_run, write_run
from sinkqa.eval.errors import MalformedData
from sinkqa.ingest.errors import FileMissing

ids = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=8)
scores = st.floats(allow_nan=False, allow_infinity=False, width=32)
runs = st.dictionaries(
    ids, st.lists(st.tuples(ids, scores), min_size=1, unique_by=lambda pair: pair[0], max_size=8), max_size=4
)


@given(runs)
@example({"\ufeff": [("0", 0.0)]})
def test_a_run_is_read_back_in_the_order_it_was_written(tmp_path_factory, run):
    path = tmp_path_factory.mktemp("run") / "a.run"
    ordered = {q: [ScoredDoc(*each) for each in sorted(docs, key=lambda d: -d[1])] for q, docs in run.items()}
    write_run(path, ordered)
    assert read_run(path) == ordered


def test_equal_scores_stay_in_the_order_of_their_ranks(tmp_path):
    path = tmp_path / "a.run"
    path.write_text("q Q0 b 1 0.5 x\nq Q0 a 2 0.5 x\nq Q0 c 3 0.7 x\n", "utf-8")
    assert [each.doc_id for each in read_run(path)["q"]] == ["c", "b", "a"]


def test_qrels_are_read_with_white_space_in_their_ids(tmp_path):
    path = tmp_path / "a.qrels"
    path.write_text("q%201 0 d 2\nq%201 0 100%25 -1\n森林 0 d 0\n", "utf-8")
    assert read_qrels(path) == {"q 1": {"d": 2, "100%": -1}, "森林": {"d": 0}}


def test_beir_judgements_are_read_with_and_without_their_heading(tmp_path):
    for name, text in {"a.tsv": "query-id\tcorpus-id\tscore\nq 1\td\t2\n", "b.tsv": "q 1\td\t2\r\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert read_qrels(tmp_path / name) == {"q 1": {"d": 2}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.qrels", "q 0 d\n"),
        ("a.qrels", "q 0 d much\n"),
        ("a.qrels", "q 0 d 1\nq 0 d 2\n"),
        ("a.tsv", "q d 1\n"),
        ("a.run", "q Q0 d 1 0.5\n"),
        ("a.run", "q Q0 d first 0.5 x\n"),
        ("a.run", "q Q0 d 1 0.5 x\nq Q0 d 2 0.4 x\n"),
        ("a.run", b"q Q0 \xff 1 0.5 x\n"),
    ],
)
def test_a_malformed_line_is_named_with_its_file(tmp_path, name, text):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(MalformedData, match=name):
        (read_run if name.endswith(".run") else read_qrels)(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileMissing, match=r"none\.run"):
        read_run(tmp_path / "none.run")
