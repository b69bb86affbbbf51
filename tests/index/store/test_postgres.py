"""A library in PostgreSQL loses nothing, says what is wrong, and ranks alike however it is read."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.errors import (
    LibraryBusy,
    LibraryFormatMismatch,
    LibraryNotFound,
    LibraryReadOnly,
    LibraryUnreadable,
)
from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.retrieval import prepare
from sinkqa.index.store.postgres.wire import PostgresConnection
from tests.index.made import CHINESE, ENGLISH, made, own_word, random_addition
from tests.postgresql import Server

WRITER = """
import sys
from sinkqa.index.library import Library
from tests.index.made import random_addition
library = Library.open(sys.argv[1])
print("ready", flush=True)
for result in library.add_all((random_addition(seed) for seed in range(int(sys.argv[2]), 100_000)), group_s=0):
    print(result.doc_id, flush=True)
"""


@pytest.fixture
def address(database: Callable[[], str], encoder: Encoder) -> str:
    place = database()
    Library.open(place, create=True, encoder=encoder).close()
    return place


def writer(address: str, first: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, address, str(first)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def acknowledged(process: subprocess.Popen[str], wanted: int) -> Iterator[str]:
    """The first documents that a writer says are there."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for _, line in zip(range(wanted), process.stdout, strict=False):
        yield line.strip()


def asked(address: str, statement: str) -> list[tuple[object, ...]]:
    with closing(PostgresConnection(address)) as connection:
        return connection.execute(statement).fetchall()


def test_a_writer_that_is_killed_loses_nothing_acknowledged(address: str, encoder: Encoder) -> None:
    told: set[str] = set()
    for nth in range(3):
        with writer(address, 1000 * nth) as process:
            told |= set(acknowledged(process, 4 + nth))
            process.send_signal(signal.SIGKILL)
    with Library.open(address, encoder=encoder) as library:
        assert told <= {record.doc_id for record in library.documents()} and len(told) == 15
        assert library.check() == []


def test_a_server_that_is_killed_loses_nothing_acknowledged(
    own_server: Server, encoder: Encoder, tmp_path: Path
) -> None:
    address = own_server.new()
    with Library.open(address, create=True, encoder=encoder) as library:
        with writer(address) as process:
            told = set(acknowledged(process, 6))
            own_server.kill()
            assert process.wait(60) != 0
        with pytest.raises(LibraryUnreadable):
            library.documents()
        own_server.start()
        assert told <= {record.doc_id for record in library.documents()} and len(told) == 6
        assert library.check() == []
        assert library.search(own_word(3), k=1)


def test_two_writers_at_once_both_land(address: str, encoder: Encoder) -> None:
    with writer(address) as one, writer(address, 50_000) as other:
        told: list[list[str]] = [[], []]
        threads = [
            threading.Thread(target=lambda into=into, process=process: into.extend(acknowledged(process, 12)))
            for into, process in zip(told, (one, other), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        one.kill()
        other.kill()
    with Library.open(address, encoder=encoder) as library:
        assert {*told[0], *told[1]} <= {record.doc_id for record in library.documents()}
        assert len({*told[0], *told[1]}) == 24
        assert library.check() == []
        generations = [record.generation for record in library.documents()]
        assert generations == sorted(set(generations)) and library.generation == generations[-1]


def test_a_writer_that_waits_too_long_is_told(address: str, encoder: Encoder) -> None:
    with (
        Library.open(address, encoder=encoder) as one,
        Library.open(address, encoder=encoder, lock_timeout_s=0.1) as other,
        one._store.writing(),
        pytest.raises(LibraryBusy, match="another process is writing"),
    ):
        other.add(*made("en.txt", ENGLISH))


def test_a_session_that_the_server_ended_is_begun_anew(address: str, encoder: Encoder) -> None:
    with Library.open(address, encoder=encoder) as library:
        library.add(*made("en.txt", ENGLISH))
        asked(
            address,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        with library.reading():
            assert len(library.documents()) == 1
        library.add(*made("zh.txt", CHINESE, language="zh"))
        assert len(library.documents()) == 2


def test_what_is_wrong_with_an_address_is_told_without_its_password(server: Server, encoder: Encoder) -> None:
    for address, error, words in (
        ("postgresql://me:geheim@127.0.0.1:1/library", LibraryUnreadable, "the server runs"),
        (server.address("nowhere"), LibraryNotFound, "create that database"),
        (server.address("postgres"), LibraryNotFound, "add a document to create one"),
        (server.address("postgres", user="guarded:geheim"), LibraryUnreadable, "the user and the password"),
    ):
        with pytest.raises(error, match=words) as told:
            Library.open(address, encoder=encoder)
        assert "geheim" not in told.value.message and "postgresql://" in told.value.message


def test_another_format_is_refused(address: str, encoder: Encoder) -> None:
    asked(address, "UPDATE meta SET value = '99' WHERE name = 'format' RETURNING 1")
    with pytest.raises(LibraryFormatMismatch, match="format 99, this SinkQA reads format 1"):
        Library.open(address, encoder=encoder)


def test_who_may_only_read_searches_and_is_refused_to_write(address: str, server: Server, encoder: Encoder) -> None:
    with Library.open(address, encoder=encoder) as library:
        library.add(*made("en.txt", ENGLISH))
    asked(address, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    with Library.open(address.replace("postgres@", "reader@"), encoder=encoder) as library:
        assert library.search("wetland fund", k=1)[0].passage.text == ENGLISH[2]
        with pytest.raises(LibraryReadOnly, match="may only read"):
            library.add(*made("zh.txt", CHINESE))


def test_deleted_words_are_in_no_table(address: str, encoder: Encoder) -> None:
    with Library.open(address, encoder=encoder) as library:
        kept, gone = library.add_all([random_addition(1), random_addition(2)], group_s=9)
        library.remove(gone.doc_id)
        words = {word for (word,) in asked(address, "SELECT word FROM words")}
        assert own_word(1) in words and own_word(2) not in words
        library.remove(kept.doc_id)
    for table in ("words", "postings", "counts", "vectors", "buckets", "fresh", "gone"):
        assert asked(address, f"SELECT * FROM {table}") == [], table


def test_small_buckets_worn_by_change_rank_as_one_that_was_filled_at_once(
    database: Callable[[], str], encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    worn, fresh = (Library.open(database(), create=True, encoder=encoder) for _ in range(2))
    with worn, fresh, monkeypatch.context() as patch:
        patch.setattr("sinkqa.index.search.postgres.writer.BUCKET", 7)
        dice, there = random.Random(5), dict[int, str]()
        for seed in range(24):
            there[seed] = worn.add(random_addition(seed).document, random_addition(seed).passages).doc_id
            if seed % 3 == 2:
                worn.remove(there.pop(dice.choice(sorted(there))))
        patch.undo()
        list(fresh.add_all([random_addition(seed) for seed in there], group_s=9))
        for query in ("carbon forest credits", "碳储量 核查", own_word(min(there))):
            one, other = (
                [(hit.passage.passage_id, round(hit.score, 5)) for hit in library.search(query, k=20)]
                for library in (worn, fresh)
            )
            assert one == other and one
        assert worn.check() == []


@pytest.mark.parametrize("filters", [None, Filters(languages=("en",))], ids=["all", "english"])
def test_reading_rare_terms_first_finds_what_reading_all_finds(
    address: str, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, filters: Filters | None
) -> None:
    with Library.open(address, encoder=encoder) as library:
        list(library.add_all([random_addition(seed, paragraphs=8) for seed in range(60)], group_s=9))
        searcher = library._backend.searcher()
        for text in (
            f"{own_word(7)} carbon stored in old stands",
            f"核查员测量样地 {own_word(9)}",
            "carbon credits fire",
        ):
            query = prepare(text, encoder, searcher.terms)
            whole = searcher.candidates(query, depth=5, filters=filters)
            monkeypatch.setattr("sinkqa.index.search.postgres.backend._READ_AT_ONCE", 1)
            parted = searcher.candidates(query, depth=5, filters=filters)
            monkeypatch.undo()
            for one, other in zip(whole, parted, strict=True):
                assert np.allclose(one, other) if isinstance(one, np.ndarray) and one.dtype.kind == "f" else True
            assert list(whole.passage_ids) == list(parted.passage_ids)
            assert whole.lexical_ranks.tolist() == parted.lexical_ranks.tolist()


def test_a_language_that_grows_gets_a_graph_that_finds_nearly_all(
    address: str, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinkqa.index.search.postgres.graphs.EXACT_UP_TO", 200)
    with Library.open(address, encoder=encoder) as library:
        list(library.add_all([random_addition(2 * seed, paragraphs=50) for seed in range(12)], group_s=9))
        built = asked(address, "SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%hnsw%'")
        assert len(built) == 1 and "'en'" in str(built[0][0])
        recall = library.recall()
        assert recall is not None and recall.at_10 > 0.95 and recall.at_100 > 0.9
        library.rebuild()
        assert library.check() == [] and library.search(own_word(4), k=1)


def test_a_process_that_forks_has_sessions_of_its_own(address: str, encoder: Encoder) -> None:
    with Library.open(address, encoder=encoder) as library:
        library.add(*made("en.txt", ENGLISH))
    script = (
        "import os, sys; from sinkqa.index.library import Library; library = Library.open(sys.argv[1]);"
        "pid = os.fork();"
        "n = len(Library.open(sys.argv[1]).documents());"
        "os._exit(0 if n == 1 else 1) if pid == 0 else sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", script, address], timeout=60, check=False).returncode == 0


def test_names_made_by_other_words_are_made_anew_when_the_database_is_opened(address: str, encoder: Encoder) -> None:
    with Library.open(address, encoder=encoder) as library:
        library.add(*made("en.txt", ENGLISH))
    kept = asked(address, "SELECT key, doc FROM names ORDER BY key")
    asked(address, "UPDATE meta SET value = 'other words' WHERE name = 'names'")
    asked(address, "DELETE FROM names")
    with Library.open(address, encoder=encoder) as library:
        assert kept and asked(address, "SELECT key, doc FROM names ORDER BY key") == kept
        assert library.check() == []
