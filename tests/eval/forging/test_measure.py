from collections import Counter

import pytest

from sinkqa.eval.answering.labelling import together
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.forging.material import read_material
from sinkqa.eval.forging.measure import Verifier, forge, searching, share, try_truths
from sinkqa.eval.forging.truths import TRUTHS, truths
from sinkqa.index.models.encoder import load_encoder
from tests.eval.forging.texts import write_library


def quiet(*_):
    pass


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return read_material([write_library(tmp_path_factory.mktemp("forging") / "library")], on_progress=quiet)


def test_a_forged_figure_is_counted_and_not_supported(material):
    scores = forge(
        material, load_encoder(), seed=1, each=2, kinds=["figure changed", "year changed"], on_progress=quiet
    )
    assert {score.kind for score in scores} == {"figure changed", "year changed"}
    for score in scores:
        assert score.tried == sum(score.labels.values()) >= 1
        assert score.exact == 0 and score.labels["supported"] == 0
        assert score.examples == []


def test_true_statements_are_drawn_evenly_over_kinds_and_languages(material):
    drawn = list(truths(material, 16, seed=1))
    assert len(drawn) == 16
    counts = Counter((kind, language) for kind, language, *_ in drawn)
    assert {kind for kind, _ in counts} <= set(TRUTHS)
    assert max(counts.values()) <= 2
    assert drawn != list(truths(material, 16, seed=2))


def test_verbatim_sentences_are_supported_and_true_statements_are_never_contradicted(material):
    scores = try_truths(material, Verifier(load_encoder()).near, seed=1, count=30, on_progress=quiet)
    assert sum(score.tried for score in scores) == 30
    assert share(scores, "contradicted") == 0
    assert all(score.labels["supported"] == score.tried for score in scores if score.kind == "sentence")
    wrong = [score for score in scores if score.labels["supported"] < score.tried]
    assert all(len(score.examples) == score.tried - score.labels["supported"] for score in wrong)


def test_a_statement_is_held_against_what_it_is_given_alone(material):
    verifier, (sentence, *_) = Verifier(load_encoder()), material.of("text", "en")
    near = [sentence.document.hit(sentence.passage)]
    assert verifier.label(sentence.text, near, material.shelf) == "supported"
    assert verifier.label(sentence.text, [], material.shelf) == "unknown"
    assert verifier.label("…", near, material.shelf) == "unknown"


def test_documents_without_a_sentence_are_nothing_to_measure(tmp_path):
    (tmp_path / "a.txt").write_text("12 34 56\n", "utf-8")
    with pytest.raises(NothingToMeasure, match="expected sentences"):
        read_material([tmp_path], on_progress=quiet)


def test_true_statements_can_be_found_by_the_search_of_a_library(tmp_path, material):
    paths = [write_library(tmp_path / "library")]
    with searching(paths, load_encoder(), cache=None, on_progress=quiet) as labelled:
        sentence = material.of("text", "en")[0]
        assert labelled(sentence.text, sentence) == "supported"
        assert labelled("Nobody has heard of the quiet moons of Saturn.", sentence) == "unknown"


@pytest.mark.parametrize(
    ("labels", "whole"),
    [
        ({"supported"}, "supported"),
        ({"supported", "unknown"}, "partly"),
        ({"supported", "contradicted"}, "contradicted"),
    ],
)
def test_a_text_is_supported_where_all_of_its_claims_are(labels, whole):
    assert together(labels) == whole
