"""Quotas: refused before anything is kept, counted across restarts, given back where nothing came of it."""

from __future__ import annotations

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.errors import DayQuotaExceeded, QuotaExceeded
from sinkqa.service.hosting import quotas as quotas_module
from sinkqa.service.hosting.jobs import Jobs, readers_beside
from sinkqa.service.hosting.quotas import Quotas
from sinkqa.service.settings import Settings

MIB = 2**20


@pytest.fixture
def made(tmp_path):
    """Makes quotas of these settings over an empty library, and its jobs."""
    opened = []

    def make(**limits):
        settings = Settings(library=tmp_path / "library", workers=1, **limits)
        opened.append(Jobs(Engine.open(settings, create=True), readers_beside(settings)))
        return Quotas(settings), opened[-1]

    yield make
    for jobs in opened:
        jobs.close()


def test_without_limits_anything_comes_in(made):
    quotas, jobs = made()
    with quotas.admitting(jobs, "k", [10**12] * 1000):
        pass
    assert not (jobs.engine.folder / quotas_module.USAGE_FILE).exists()


def test_a_collection_takes_no_more_documents_or_bytes_than_it_may(made):
    quotas, jobs = made(collection_max_documents=2, collection_max_mb=1)
    with (
        quotas.admitting(jobs, None, [1, 1]),  # what comes in just now counts
        pytest.raises(QuotaExceeded, match="at most 2 documents, got 3"),
        quotas.admitting(jobs, None, [1]),
    ):
        pytest.fail("it was let in")
    with pytest.raises(QuotaExceeded, match="at most 1 MiB"), quotas.admitting(jobs, None, [MIB + 1]):
        pytest.fail("it was let in")
    with quotas.admitting(jobs, None, [MIB // 2]):
        pass


def test_a_key_sends_no_more_in_a_day_than_it_may_whatever_restarts(made, monkeypatch):
    quotas, jobs = made(key_day_documents=3, key_day_mb=1)
    with quotas.admitting(jobs, "one", [10, 10]):
        pass
    again, _ = made(key_day_documents=3, key_day_mb=1)
    assert (again.of_key("one").documents, again.of_key("one").n_bytes) == (2, 20)
    for sizes in ([1, 1], [MIB]):
        with pytest.raises(DayQuotaExceeded, match="midnight") as raised, again.admitting(jobs, "one", sizes):
            pytest.fail("it was let in")
        assert 0 < raised.value.retry_s <= 86_400
    assert again.of_key("one").documents == 2, "what was refused is not counted"
    with again.admitting(jobs, "two", [1]), again.admitting(jobs, None, [MIB * 9]):
        pass
    monkeypatch.setattr(quotas_module, "_today", lambda: "2999-01-01")
    assert again.of_key("one").documents == 0
    with again.admitting(jobs, "one", [1, 1, 1]):
        pass


def test_what_fails_to_come_in_is_given_back(made):
    quotas, jobs = made(key_day_documents=1, collection_max_documents=1)
    for _ in range(2):
        with pytest.raises(OSError, match="broken"), quotas.admitting(jobs, "one", [1]):
            raise OSError("broken")
    with quotas.admitting(jobs, "one", [1]):
        pass


def test_two_processes_do_not_give_the_same_room_away(made):
    quotas, jobs = made(collection_max_documents=2)
    others = Quotas(Settings(library=jobs.engine.folder, collection_max_documents=2))
    with (
        quotas.admitting(jobs, None, [1, 1]),
        pytest.raises(QuotaExceeded, match="at most 2 documents, got 3"),
        others.admitting(jobs, None, [1]),
    ):
        pytest.fail("it was let in")
    with others.admitting(jobs, None, [1, 1]):
        pass


def test_room_for_an_upload_whose_process_was_killed_is_free_again(made, monkeypatch):
    quotas, jobs = made(collection_max_documents=1)
    killed = quotas.admitting(jobs, None, [1])
    killed.__enter__()
    with pytest.raises(QuotaExceeded), quotas.admitting(jobs, None, [1]):
        pytest.fail("it was let in")
    monkeypatch.setattr(quotas_module.time, "time", lambda: 4e9)
    with quotas.admitting(jobs, None, [1]):
        pass
