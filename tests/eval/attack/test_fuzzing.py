"""Broken files through the real readers; and whoever watches them, who must see a crash, a hang and a traceback."""

from __future__ import annotations

import time
from random import Random

import pytest

from sinkqa.eval.attack import fuzzing
from sinkqa.eval.attack.fuzzing import fuzz
from sinkqa.eval.attack.mutating import mutated
from sinkqa.eval.attack.samples import read_samples
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.outcome import Clock
from sinkqa.ingest.readers import FORMATS
from sinkqa.ingest.readers.markdown import read_markdown
from tests.eval.attack.samples import SAMPLES, lay_out
from tests.hostile import slow

SLOW = SAMPLES[0].__class__("pdf", "slow.pdf", slow())


@pytest.mark.slow
def test_no_broken_file_takes_its_reader_down():
    outcome = fuzz(SAMPLES, seed=20, clock=Clock(90), most=400)
    assert outcome.ok, outcome.failures
    assert outcome.tried > 50
    assert outcome.figures["read"] > 10 and outcome.figures["refused"] > 5
    assert outcome.tried == outcome.figures["read"] + outcome.figures["refused"]
    assert all(outcome.figures[f"{kind} read"] for kind in FORMATS), "broken, but not beyond all reading"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_same_dice_break_a_file_in_the_same_way(sample):
    first = [mutated(sample, Random(n)) for n in range(20)]
    assert first == [mutated(sample, Random(n)) for n in range(20)]
    assert len({*first} - {sample.content}) > 10


def test_samples_are_made_of_documents_and_all_can_be_read(tmp_path):
    found = read_samples(lay_out(tmp_path))
    assert {sample.kind for sample in found} == FORMATS.keys()
    for sample in found:
        verdict = fuzzing._read(sample.name, sample.content)
        assert verdict.name == "read", (sample.name, verdict)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToMeasure):
        read_samples(tmp_path / "empty")


@pytest.fixture
def reader():
    reader = fuzzing._Reader()
    yield reader
    reader.end()


def awaited(reader):
    while not (verdict := reader.verdict()):
        time.sleep(0.05)
    return verdict


def test_a_reader_that_dies_is_seen_and_the_next_file_is_read(reader):
    reader.begin(1, SLOW, SLOW.content)
    reader._process.kill()
    assert awaited(reader).name == "crash"
    reader.begin(2, SAMPLES[4], SAMPLES[4].content)
    assert awaited(reader).name == "read"


def test_a_reader_that_goes_on_and_on_is_seen_and_ended(reader, monkeypatch):
    monkeypatch.setattr(fuzzing, "HANG_S", 0.1)
    reader.begin(1, SLOW, SLOW.content)
    assert awaited(reader).name == "hang"


def test_what_escapes_a_reader_is_seen(monkeypatch):
    def failing(content, name):
        return read_markdown(content, name).pages[1 // (len(content) * 0)]

    monkeypatch.setattr(type(FORMATS["markdown"]), "reader", lambda _: failing)
    verdict = fuzzing._read("sinks.md", SAMPLES[3].content)
    assert verdict.name == "traceback" and verdict.detail.startswith("ZeroDivisionError in test_fuzzing.py")
