import json

import pytest

from sinkqa.eval.data.beir import read_benchmark
from sinkqa.eval.data.trec import read_run
from sinkqa.eval.ranking.configuration import Configuration, weights_of
from sinkqa.eval.ranking.running import score_benchmark
from sinkqa.eval.results.saved import read_result
from sinkqa.index.models.encoder import WordTokens, load_encoder
from tests.eval.collections import CORPUS, write_collection


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def score(folder, encoder, *modes, **how):
    settings = how.pop("settings", {})
    configurations = [Configuration(mode, **settings) for mode in modes]
    return list(score_benchmark(read_benchmark(folder), configurations, encoder, **how))


def test_questions_find_their_entries_and_the_lost_one_scores_zero(tmp_path, encoder):
    ((result, kept),) = score(write_collection(tmp_path / "small"), encoder, "hybrid")
    values = {each.query_id: each.scores["RR@10"] for each in result.questions}
    assert not kept
    assert values["q1"] == values["q2"] == values["q3"] == 1
    assert result.estimates()["RR@10"].mean == pytest.approx(sum(values.values()) / 4)
    first = result.questions[0]
    assert [(wanted.name, wanted.rank) for wanted in first.wanted] == [("forest", 1)]
    assert first.found[0][0] == "forest"
    assert result.facts["passages"] == len(CORPUS)
    assert result.fingerprints.keys() == {"corpus", "questions", "index", "configuration", "code"}


def test_a_lexical_search_without_a_known_word_scores_zero(tmp_path, encoder):
    ((result, _),) = score(write_collection(tmp_path / "small"), encoder, "lexical")
    assert {each.query_id: each.scores["R@20"] for each in result.questions}["q4"] == 0


def test_what_is_finished_is_not_measured_again(tmp_path, encoder):
    folder, out = write_collection(tmp_path / "small"), tmp_path / "out"
    ((first, _),) = score(folder, encoder, "lexical", out=out)
    again = score(folder, encoder, "lexical", "dense", out=out)
    assert [(result.label, kept) for result, kept in again] == [("lexical", True), ("dense", False)]
    assert again[0][0] == first == read_result(out / "small.lexical.json")
    run = read_run(out / "small.lexical.run")
    assert [each.doc_id for each in run["q1"]] == [name for name, _ in first.questions[0].found]


def test_a_torn_result_is_measured_again(tmp_path, encoder):
    folder, out = write_collection(tmp_path / "small"), tmp_path / "out"
    score(folder, encoder, "lexical", out=out)
    path = out / "small.lexical.json"
    path.write_text(path.read_text("utf-8")[:100], "utf-8")
    assert [kept for _, kept in score(folder, encoder, "lexical", out=out)] == [False]
    assert json.loads(path.read_text("utf-8"))["label"] == "lexical"


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"corpus": {**CORPUS, "new": ("", "another")}}, {"corpus", "index"}),
        ({"queries": {"q1": "another", "q2": "b", "q3": "c", "q4": "d"}}, {"questions"}),
        ({"qrels": {"q1": {"ocean": 1}}}, {"questions"}),
        ({"settings": {"weights": weights_of(["maxsim=0.5"])}}, {"configuration"}),
        ({"settings": {"k": 5}}, {"configuration"}),
    ],
)
def test_fingerprints_tell_what_changed(tmp_path, encoder, change, changed):
    settings = change.pop("settings", {})
    ((before, _),) = score(write_collection(tmp_path / "small"), encoder, "hybrid")
    ((after, _),) = score(write_collection(tmp_path / "b" / "small", **change), encoder, "hybrid", settings=settings)
    differing = {name for name in before.fingerprints if before.fingerprints[name] != after.fingerprints[name]}
    assert differing == changed


def test_a_kept_library_is_filled_once(tmp_path, encoder):
    folder, cache, steps = write_collection(tmp_path / "small"), tmp_path / "cache", []
    first = score(folder, encoder, "lexical", cache=cache)
    again = score(folder, encoder, "lexical", cache=cache, on_progress=lambda *step: steps.append(step))
    assert first[0][0].questions == again[0][0].questions
    assert "index" not in {what for _, _, what in steps}


def test_candidates_alone_are_ranked_when_asked(tmp_path, encoder):
    folder = write_collection(tmp_path / "small", extra={"q1": {"candidates": ["cement", "forest", "gone"]}})
    ((result, _),) = score(folder, encoder, "dense", settings={"candidates": True})
    assert {name for name, _ in result.questions[0].found} == {"cement", "forest"}
    assert result.label == "dense-candidates"


def test_an_encoder_is_given_many_texts_at_once(tmp_path, encoder):
    calls = []

    class Plain:
        name, fingerprint, dim = "plain", "plain", encoder.dim

        def encode(self, texts):
            calls.append(len(texts))
            return encoder.encode(texts)

    ((result, _),) = score(write_collection(tmp_path / "small"), WordTokens(Plain()), "dense")
    assert calls[0] == len(CORPUS)
    assert result.questions[0].scores["RR@10"] == 1


def test_weights_are_named():
    with pytest.raises(ValueError, match="maxsim"):
        weights_of(["nonsense=1"])
