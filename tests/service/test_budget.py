"""Work ends from inside when its time is up, or when nobody waits for it any longer."""

from __future__ import annotations

import contextvars
import os
import threading
import time
from dataclasses import replace

import pytest

from sinkqa.service.budget import WorkBudget, allowing, checkpoint, spending
from sinkqa.service.engine import Engine
from sinkqa.service.errors import DeadlineExceeded
from sinkqa.service.settings import Settings
from tests.conftest import process


def burn() -> None:
    """Works until it is told to stop, or for half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        sum(range(10_000))
        checkpoint()


def test_without_a_budget_work_goes_on():
    checkpoint()
    with allowing(WorkBudget()):
        checkpoint()


def test_work_ends_once_its_processor_time_is_spent():
    with pytest.raises(DeadlineExceeded, match="processor time"), spending(0.05):
        burn()


def test_waiting_costs_no_processor_time():
    with spending(5.0):
        time.sleep(0.02)
        checkpoint()


def test_work_in_a_thread_ends_when_its_request_is_given_up():
    ended: list[str] = []
    begun = threading.Event()

    def work() -> None:
        begun.set()
        with pytest.raises(DeadlineExceeded, match="given up"):
            burn()
        ended.append("by its budget")

    budget = WorkBudget()
    with allowing(budget):
        thread = threading.Thread(target=contextvars.copy_context().run, args=(work,))
        thread.start()
    begun.wait(10)
    budget.cancel()
    thread.join(20)
    assert ended == ["by its budget"]


ASKED = (
    lambda engine: engine.ask("What holds carbon?"),
    lambda engine: engine.search("carbon"),
    lambda engine: engine.verify("Reed beds hold carbon. Reed beds are drained."),
    lambda engine: engine.verify_quote("Reed beds hold carbon"),
)


@pytest.mark.parametrize("ask", ASKED, ids=["ask", "search", "verify", "quote"])
def test_whatever_asks_the_engine_has_a_budget(tmp_path, ask):
    (tmp_path / "reeds.md").write_text("# Reeds\n\nReed beds hold carbon in the ground.\n")
    settings = Settings(library=tmp_path / "library")
    Engine.open(settings, create=True).add([tmp_path / "reeds.md"])
    ask(Engine.open(settings))
    with pytest.raises(DeadlineExceeded) as raised:
        ask(Engine.open(replace(settings, request_cpu_s=1e-9)))
    assert raised.value.code == "deadline-exceeded"
    with pytest.raises(DeadlineExceeded):
        given_up = WorkBudget()
        given_up.cancel()
        with allowing(given_up):
            ask(Engine.open(settings))


def test_the_command_line_names_it(starter):
    ran = process("verify", "-l", starter, "Burning is banned.", env=os.environ | {"SINKQA_REQUEST_CPU_S": "1e-9"})
    assert ran.status == 1
    assert ran.err.startswith("error[deadline-exceeded]: ") and "Traceback" not in ran.err
