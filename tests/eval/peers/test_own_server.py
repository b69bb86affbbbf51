import json

import pytest

from sinkqa.eval.results.saved import read_result
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.eval.answering.test_answers import TEXT, rows
from tests.eval.collections import write_rows
from tests.service.http.conftest import serving

NOT_TOLD = {"recall@1", "recall@5", "recall@10", "confidence"}
"""Of an answer over this interface nobody learns the ranking, nor how sure it is."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server of ours over a small library, and the questions about it."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "lund.md").write_text(TEXT, "utf-8")
    settings = Settings(library=folder / "library")
    engine = Engine.open(settings, create=True)
    engine.add([folder / "lund.md"])
    (record,) = engine.documents()
    write_rows(folder / "q.jsonl", rows(engine.text(record.doc_id)))
    with serving(settings) as server:
        yield server.url, folder


def test_our_own_server_scores_as_the_engine_does(tmp_path, evaluate, served):
    url, folder = served
    about = ("--questions", folder / "q.jsonl", "--document", folder / "lund.md", "--out", tmp_path)
    status, _, told = evaluate("gold", *about, "--answers")
    assert status == 0, told
    status, printed, told = evaluate("endpoint", f"{url}/v1", *about, "--model", "sinkqa", "--json")
    assert status == 0, told
    assert json.loads(printed)[0]["label"] == "sinkqa"
    ours, asked = read_result(tmp_path / "q.answers.json"), read_result(tmp_path / "q.sinkqa.answers.json")
    for one, other in zip(ours.questions, asked.questions, strict=True):
        wanted = {name: value for name, value in one.scores.items() if name not in NOT_TOLD}
        assert other.scores == pytest.approx(wanted), one.text
    assert {name: ours.fingerprints[name] for name in ("corpus", "questions")} == {
        name: asked.fingerprints[name] for name in ("corpus", "questions")
    }
    assert evaluate("compare", tmp_path / "q.answers.json", tmp_path / "q.sinkqa.answers.json")[0] == 0
    assert evaluate("leaderboard", tmp_path, "-o", tmp_path / "board.html")[0] == 0
    assert evaluate("report", tmp_path, "-o", tmp_path / "report.html")[0] == 0
