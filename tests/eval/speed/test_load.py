"""Load on a real server, short; and the judge of it, which must see what is wrong."""

from __future__ import annotations

import asyncio
import json

import pytest

from sinkqa.eval.commands.load import verdicts_of
from sinkqa.eval.errors import ServerFailed
from sinkqa.eval.speed.document_lifetimes import DocumentLifetime, SeenDocument, contradictions
from sinkqa.eval.speed.load import LoadReport, Plan, Times, load
from sinkqa.eval.speed.loopback import serving


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> LoadReport:
    with serving(tmp_path_factory.mktemp("load") / "library") as server:
        found = asyncio.run(load(server.url, Plan(clients=8, seconds=10), memory=server.memory_mb))
        assert server.process.is_running()
    return found


def test_a_server_under_load_makes_no_error_and_tells_nothing_wrong(report):
    assert report.errors == {}
    assert report.wrong == {}


def test_a_load_is_of_every_kind_and_measured(report):
    assert {"ask", "search", "upload", "delete", "job", "all"} <= report.times.keys()
    assert report.requests == report.times["all"].n > 50
    for times in report.times.values():
        assert 0 < times.p50_ms <= times.p99_ms
    assert 100 < report.memory["settled"] <= report.memory["peak"] < 4000
    json.dumps(report.times["all"].ratio)


DOC = "d" * 64
HERE = {"since": 5, "there_s": 10.0}  # taken in, told at 10 s
GONE = HERE | {"leaving_s": 20.0, "gone_s": 21.0, "until": 9}


@pytest.mark.parametrize(
    ("life", "seen", "wrong"),
    [
        (HERE, SeenDocument(11, 12, 5, (DOC,), DOC), None),
        (HERE, SeenDocument(8, 9, 5, (DOC,)), None),  # found before its owner was told
        (HERE, SeenDocument(8, 9, 4, (DOC,)), "a document that its generation does not have yet"),
        (HERE, SeenDocument(11, 12, 5, ("e" * 64,)), "a document that nobody added"),
        (HERE, SeenDocument(11, 12, 5, (), DOC), "without a document that was there, under its own name"),
        (HERE, SeenDocument(9, 12, 5, (), DOC), None),  # asked before it was there
        (GONE, SeenDocument(19, 20.5, 6, (), DOC), None),  # it was on its way out
        (GONE, SeenDocument(20.5, 22, 8, (DOC,)), None),  # of a generation that still had it
        (GONE, SeenDocument(20.5, 22, 9, (DOC,)), "a document that its generation no longer has"),
        (GONE, SeenDocument(21.5, 22, 8, (DOC,)), "a document whose deletion was acknowledged before"),
        (GONE, SeenDocument(11, 12, 6, (), DOC), "without a document that was there, under its own name"),
    ],
)
def test_the_judge_tells_what_cannot_be_so(life, seen, wrong):
    assert [*contradictions(seen, {DOC: DocumentLifetime(DOC, **life)})] == ([wrong] if wrong else [])


def test_a_quote_is_in_its_document_or_it_is_not():
    life = DocumentLifetime(DOC, text="One. Two. Three.")
    assert life.holds("One. … Three.", [(0, 4), (10, 16)])
    assert not life.holds("One.", [(0, 3)])


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({}, []),
        ({"errors": {"ask: 500 ": 1}}, ["no error"]),
        ({"wrong": {"a document that nobody added": 1}}, ["no wrong answer"]),
        ({"times": {"all": Times(9, 30.0, 201.0, 10.0)}}, ["p99 at most 20 times the unloaded p50"]),
        ({"memory": {"settled": 100.0, "end": 111.0}}, ["memory grows by at most 10%"]),
    ],
)
def test_verdicts_fail_for_what_failed_and_nothing_else(changed, failed):
    fine = {
        "errors": {},
        "wrong": {},
        "times": {"all": Times(9, 30.0, 200.0, 10.0)},
        "memory": {"settled": 100.0, "end": 109.0},
    }
    verdicts = verdicts_of(LoadReport(plan=Plan(), requests=9, seconds=1.0, **(fine | changed)))
    assert [what for what, holds in verdicts.items() if not holds] == failed


def test_what_cannot_be_seen_is_no_verdict():
    verdicts = verdicts_of(LoadReport(Plan(), 9, 1.0, {}, {}, {"all": Times(9, 1.0, 2.0, None)}, None))
    assert [*verdicts.values()] == [True, True, None, None]


def test_a_server_that_does_not_start_is_named(tmp_path):
    (tmp_path / "library.sqlite").write_text("no library")
    with pytest.raises(ServerFailed, match="ended before it listened"), serving(tmp_path):
        pass
