"""What a process costs is measured with all that it starts, and every figure stands beside its bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.eval.speed.bench import Figure, bench
from sinkqa.eval.speed.processes import measure
from sinkqa.eval.speed.raw import extract
from tests.hostile import SENTENCE, pdf

WORK = "import time\nwhile time.process_time() < 0.5: pass\n"
IN_A_CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {WORK!r}])"
MEMORY = "import time\nheld = bytearray(60_000_000)\ntime.sleep(0.4)"


@pytest.mark.parametrize("script", [WORK, IN_A_CHILD])
def test_processor_time_counts_wherever_it_is_spent(script):
    usage = measure(["-c", script])
    assert 0.35 < usage.cpu_s < 1.5
    assert usage.wall_s > 0.4


def test_memory_is_that_of_all_processes_at_once():
    one, two = measure(["-c", MEMORY]), measure(["-c", MEMORY], ["-c", MEMORY])
    assert one.peak_bytes > 60_000_000
    assert two.peak_bytes > one.peak_bytes + 50_000_000


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(RuntimeError, match="no such thing"):
        measure(["-c", "raise SystemExit('no such thing')"])
    assert measure(["-c", "raise SystemExit(1)"], allowed=(0, 1)).wall_s > 0


def test_the_reference_extracts_all_text(tmp_path):
    files = {"a.pdf": pdf(), "a.html": f"<p>{SENTENCE}</p>".encode(), "a.md": SENTENCE.encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert SENTENCE.split()[0] in extract(tmp_path / name)


@pytest.mark.parametrize(
    ("figure", "ok"),
    [
        (Figure("a", 2.0, "s"), None),
        (Figure("a", 2.0, "s", bound=2.0), True),
        (Figure("a", 2.1, "s", bound=2.0), False),
        (Figure("a", 2.1, "s", bound=2.0, at_least=True), True),
    ],
)
def test_a_bound_is_the_most_or_the_least_that_a_figure_may_be(figure, ok):
    assert figure.ok is ok


@pytest.mark.slow
def test_one_run_measures_adding_asking_and_searching(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(pdf(pages=3))
    (tmp_path / "a.md").write_text(f"# Reeds\n\n{SENTENCE}\n")
    figures = bench([tmp_path], ["What do reeds hold?"])
    bounded = {figure.what for figure in figures if figure.bound is not None}
    assert {"add / raw, CPU", "add, cores kept busy", "add, peak memory", "cold ask"} < bounded
    assert any("hybrid" in what for what in bounded)
    assert all(figure.value > 0 for figure in figures)
