"""The made text is the same for a seed and like real text; growth is measured by real processes, and drawn."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice

import numpy as np
import psutil
import pytest

from sinkqa.eval.reporting.growth_plot import _PANELS, draw
from sinkqa.eval.speed.calls import time_calls
from sinkqa.eval.speed.growth import Effort, Milestone, growth
from sinkqa.eval.speed.growth_text import documents, questions
from sinkqa.eval.speed.loopback import Server
from sinkqa.eval.speed.processes import measure
from sinkqa.eval.speed.resident import resident
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.text.language import detect


@pytest.fixture(scope="module")
def made():
    return list(islice(documents(3), 12))


@pytest.fixture(scope="module")
def milestones() -> list[Milestone]:
    return list(growth([20, 60], effort=Effort(questions=4, seconds=0.2, changes=2, cold_runs=1)))


def test_a_seed_makes_the_same_text_and_another_seed_other_text(made):
    assert list(islice(documents(3), 3)) == made[:3]
    assert next(documents(4)).text != made[0].text
    topics = [each.topic for each in made]
    assert questions(3, topics, 6) == questions(3, topics, 6) != questions(4, topics, 6)


def test_made_text_is_in_the_language_that_its_name_says(made):
    spoken = {each.name[:2] for each in made}
    assert spoken == {"zh", "en"}
    for each in made:
        body = max(each.text.split("\n\n"), key=len)
        assert detect(body) == each.name[:2]


def test_words_fall_off_as_in_real_text(made):
    words = Counter(" ".join(each.text.lower() for each in made if each.name.startswith("en")).split())
    ranked = [n for _, n in words.most_common()]
    assert 0.02 < ranked[0] / sum(ranked) < 0.12  # "the"
    assert sum(1 for n in ranked if n == 1) > 0.2 * len(ranked)  # said once


def test_paragraphs_of_one_document_are_nearer_to_each_other_than_to_another_documents(made):
    first, second = ([part for part in each.text.split("\n\n") if part[0] != "#"][:20] for each in made[:2])
    vectors = load_encoder().encode([*first, *second])
    cosines = vectors @ vectors.T
    within, across = cosines[: len(first), : len(first)], cosines[: len(first), len(first) :]
    assert np.median(within) > np.median(across) + 0.1


@pytest.mark.slow
def test_every_size_has_the_same_figures_and_larger_libraries_are_larger(milestones):
    small, large = milestones
    assert 10 <= small.passages < large.passages < 2_000
    assert small.documents < large.documents
    assert [(figure.what, figure.unit) for figure in small.figures] == [(f.what, f.unit) for f in large.figures]
    named = [{(figure.what, figure.unit): figure for figure in each.figures} for each in milestones]
    assert named[0]["library on disk", "MB"].value < named[1]["library on disk", "MB"].value
    assert named[1]["library on disk", "MB"].value > named[1]["library on disk", "MB"].reference_value > 0
    for figure in large.figures:
        assert figure.value > 0 or "read" in figure.what or "written" in figure.what, figure
    recall = named[1]["dense leg, recall @10", ""]
    assert recall.value == recall.reference_value == 1  # so few are all scored


@pytest.mark.slow
def test_each_panel_shows_measured_figures(milestones, tmp_path):
    draw(milestones, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes()[:4] == b"\x89PNG"
    measured = [(figure.what, figure.unit) for figure in milestones[0].figures]
    for title, unit, names in _PANELS:
        for name in names:
            assert any(what.startswith(name) and each == unit for what, each in measured), (title, name)


def test_sizes_below_one_are_refused():
    with pytest.raises(ValueError, match="at least 1 passage"):
        next(growth([0]))


def test_what_a_step_costs_is_the_steps_own(starter):
    with resident(starter) as tell:
        search = tell("search", "How high may offsets be in Beijing?")
        assert 0 < search["cpu_s"] < 5
        assert search["written_mb"] < 0.1
        memory = tell("memory")
        assert 10 < memory["private_mb"] <= memory["mb"] < 2000


def test_a_step_that_fails_is_no_measurement(starter, tmp_path, capfd):
    with resident(starter) as tell, pytest.raises(RuntimeError, match="told 'remove' ended with exit status 1"):
        tell("remove", str(tmp_path / "nothing"))
    assert "nothing" in capfd.readouterr().err


def test_bytes_are_counted_that_a_child_sends_to_files(tmp_path):
    work = f"open({str(tmp_path / 'sent')!r}, 'wb').write(bytes(3_000_000))"
    usage = measure(["-c", f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {work!r}])"])
    # A memory disk counts none, and a busy one may write again.
    assert usage.written_bytes == 0 or 3_000_000 <= usage.written_bytes < 9_000_000


def test_times_of_calls_leave_out_the_first():
    called: list[int] = []
    times = time_calls(called.append, 5)
    assert called == [0, 0, 1, 2, 3, 4]
    assert 0 <= times.p50 <= times.p95


def test_a_server_counts_the_time_of_its_processes_too(tmp_path):
    work = "import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', 'while True: pass'])"
    process = psutil.Popen([sys.executable, "-c", work])
    server = Server("", process, None)
    try:
        while server.cpu_s_of_all() < 0.5:
            assert process.is_running()
        assert server.cpu_s() < 0.4
    finally:
        for each in [*process.children(recursive=True), process]:
            each.kill()
        process.wait()
