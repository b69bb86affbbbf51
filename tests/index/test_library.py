from __future__ import annotations

import inspect
import os
import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from sinkqa.index.arrays import Floats
from sinkqa.index.errors import (
    AmbiguousDocument,
    DocumentNotFound,
    EncoderMismatch,
    LibraryBusy,
    LibraryNotFound,
    LibraryReadOnly,
    PassageNotFound,
)
from sinkqa.index.hit import Filters, Hit
from sinkqa.index.library import Addition, Library
from sinkqa.index.models.encoder import Encoder, WordTokens
from sinkqa.index.store.documents.serialization import pack_vector
from sinkqa.index.store.sqlite.lock import write_lock
from sinkqa.ingest.document import Document, Metadata, Page, Span, quote
from tests.index.made import CHINESE, ENGLISH, made, own_word, random_addition

Open = Callable[..., Library]


@pytest.fixture(params=["folder", "database"])
def place_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path | str]:
    """Every test of the library holds whatever stands behind it; those that look into its folder have one alone."""
    if request.param == "folder":
        return lambda name: tmp_path / name
    if "tmp_path" in inspect.signature(request.function).parameters:
        pytest.skip("looks into the folder of a library")
    new, known = request.getfixturevalue("database"), dict[str, str]()
    return lambda name: known.get(name) or known.setdefault(name, new())


def texts(hits: list[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


def test_a_question_finds_the_answer_in_its_own_language_and_across(library: Library) -> None:
    library.add(*made("en.txt", ENGLISH))
    library.add(*made("zh.txt", CHINESE, language="zh"))
    for question in ("How many forest credits may emitters use?", "排放企业可以用多少林业碳信用？"):
        assert set(texts(library.search(question, k=2))) == {ENGLISH[1], CHINESE[1]}


def test_a_hit_says_why_it_was_found(library: Library) -> None:
    library.add(*made("en.txt", ENGLISH))
    (hit,) = library.search("wetland fund farmers", k=1)
    assert hit.passage.text == ENGLISH[2]
    assert hit.why.lexical_rank == hit.why.dense_rank == 1
    assert hit.why.matched_terms == ("wetland", "fund", "farmer")
    assert 0 < hit.why.lexical <= 1 and 0 < hit.why.dense <= 1 and 0 < hit.why.late <= 1


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_every_mode_finds_a_sentence_by_itself(library: Library, mode: str) -> None:
    library.add(*made("en.txt", ENGLISH))
    for sentence in ENGLISH:
        assert texts(library.search(sentence, k=1, mode=mode)) == [sentence]  # type: ignore[arg-type]


def test_adding_the_same_bytes_twice_changes_nothing(library: Library) -> None:
    first = library.add(*made("en.txt", ENGLISH))
    again = library.add(*made("en.txt", ENGLISH))
    assert (first.status, again.status) == ("added", "unchanged")
    assert again.generation == first.generation == library.generation


def test_a_better_reading_of_the_same_bytes_replaces_the_old_one(library: Library) -> None:
    document, passages = made("en.txt", ENGLISH)
    library.add(document, passages)
    result = library.add(document, passages[:2])
    assert (result.status, result.n_passages) == ("updated", 2)
    assert len(library.passages(document.doc_id)) == 2
    assert library.document(document.doc_id).sources == ("en.txt",)
    assert ENGLISH[4] not in texts(library.search(ENGLISH[4]))


def test_other_bytes_from_the_same_source_supersede_the_old_ones(library: Library) -> None:
    old = library.add(*made("plan.txt", ENGLISH[:3]), source="/plans/plan.txt")
    new = library.add(*made("plan.txt", ENGLISH[3:]), source="/plans/plan.txt")
    assert new.superseded == old.doc_id
    assert [record.doc_id for record in library.documents()] == [new.doc_id]
    assert ENGLISH[2] not in texts(library.search(ENGLISH[2]))


def test_equal_names_from_different_sources_live_side_by_side(library: Library) -> None:
    library.add(*made("plan.txt", ENGLISH[:3]), source="/a/plan.txt")
    library.add(*made("plan.txt", ENGLISH[3:]), source="/b/plan.txt")
    assert len(library.documents()) == 2


def test_a_document_read_from_two_sources_goes_with_the_last_of_them(library: Library) -> None:
    shared = library.add(*made("a.txt", ENGLISH), source="a").doc_id
    library.add(*made("b.txt", ENGLISH), source="b")
    assert library.document(shared).sources == ("a", "b")
    assert library.add(*made("a.txt", CHINESE), source="a").superseded is None
    assert library.add(*made("b.txt", ENGLISH[:1]), source="b").superseded == shared


def test_many_documents_share_few_commits_and_each_is_acknowledged(library: Library) -> None:
    results = list(library.add_all([random_addition(seed) for seed in range(20)], group_s=60))
    assert library.generation == 1
    assert len({result.doc_id for result in results}) == 20
    assert all(own_word(seed) in library.search(own_word(seed), k=1)[0].passage.text for seed in range(20))


def test_without_grouping_each_document_is_findable_when_it_is_acknowledged(library: Library) -> None:
    for seed, result in enumerate(library.add_all((random_addition(seed) for seed in range(4)), group_s=0)):
        assert result.generation == seed + 1
        assert library.search(own_word(seed), k=1)[0].passage.doc_id == result.doc_id


def test_what_is_removed_is_not_found_again(library: Library) -> None:
    kept, gone = (library.add(*made(name, words)) for name, words in (("a", ENGLISH[:3]), ("b", ENGLISH[3:])))
    passage_id = library.passages(gone.doc_id)[0].passage_id
    assert library.remove(gone.doc_id[:6]).doc_id == gone.doc_id
    for mode in ("lexical", "dense", "hybrid"):
        assert {hit.passage.doc_id for hit in library.search(ENGLISH[4], k=50, mode=mode)} <= {kept.doc_id}  # type: ignore[arg-type]
    with pytest.raises(PassageNotFound, match="search again"):
        library.passage(passage_id)
    with pytest.raises(DocumentNotFound):
        library.text(gone.doc_id)


def test_a_document_deleted_while_it_is_looked_up_is_not_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinkqa.index.store.documents.catalogue.resolve", lambda connection, prefix: "f" * 64)
    for look in (library.document, library.text):
        with pytest.raises(DocumentNotFound, match="deleted just now"):
            look("ffffff")


def test_one_reading_within_another_sees_the_same(library: Library) -> None:
    first = library.add(*made("a", ENGLISH[:3]))
    with library.reading():
        with library.reading():
            assert library.search(ENGLISH[0], k=3)
        other = threading.Thread(target=library.remove, args=(first.doc_id,))
        other.start()
        other.join()
        assert library.document(first.doc_id) and library.search(ENGLISH[0], k=3)
    with pytest.raises(DocumentNotFound):
        library.document(first.doc_id)


def test_deleted_words_are_nowhere_in_the_files(library: Library, tmp_path: Path) -> None:
    name = "qqvanishingnameqq"
    result = library.add(*made(name, ["a passage about qqvanishingwordqq"]))
    library.remove(result.doc_id)
    library.close()
    left = b"".join(file.read_bytes() for file in (tmp_path / "library").rglob("*") if file.is_file())
    assert name.encode() not in left and b"qqvanishingwordqq" not in left


def test_the_store_gives_back_exactly_what_was_added(library: Library) -> None:
    text = "Ｆｏｒｅｓｔ\r\n\x00 \ud800 森林 e\u0301 𠮷"
    boxes = np.full((len(text), 4), np.nan, np.float32)
    boxes[:3] = [[1, 2, 3.5, 4], [3.5, 2, 5, 4], [5, 2, 6, 4]]
    metadata = Metadata(title="标题", authors=("甲",), year=2020, language="zh", jurisdiction="CN")
    pages = (Page(1, 0, 4, "i", 600, 800, 0.9), Page(2, 4, len(text)))
    document = Document("x.pdf", b"\x00bytes", "application/pdf", text, pages, (), metadata, boxes, ("a remark",))
    library.add(document, [])
    record = library.document(document.doc_id)
    assert library.text(record.doc_id) == text
    assert library.content(record.doc_id) == document.content
    assert library.pages(record.doc_id) == pages
    assert np.array_equal(library.boxes(record.doc_id), boxes, equal_nan=True)  # type: ignore[arg-type]
    assert (record.metadata, record.title, record.warnings) == (metadata, "标题", ("a remark",))
    assert (record.type, record.n_pages, record.n_passages, record.n_bytes) == ("pdf", 2, 0, 6)
    assert record.text_sha256 == document.text_sha256
    assert library.check() == []


def test_stored_passages_quote_the_stored_text(library: Library) -> None:
    document, passages = made("zh.txt", CHINESE, language="zh")
    library.add(document, passages)
    assert library.passages(document.doc_id) == passages
    for hit in library.search("碳", k=10):
        assert quote(library.text(hit.passage.doc_id), hit.passage.spans) == hit.passage.text
        assert library.passage(hit.passage.passage_id) == hit.passage


@pytest.mark.parametrize("prefix", ["", "abc", "zzzzzz", "000000", "%", "x" * 10_000, "\ud800"])
def test_an_unknown_document_is_a_named_error(library: Library, prefix: str) -> None:
    library.add(*made("en.txt", ENGLISH))
    with pytest.raises(DocumentNotFound):
        library.document(prefix)


def test_a_prefix_of_two_documents_is_ambiguous(library: Library) -> None:
    with library._store.writing():
        for tail in ("1", "2"):
            library._store.connection.execute(
                f"INSERT INTO documents SELECT {tail}, ?, '', '', '', '', '', '', 0, "
                "'{}', '[]', 0, 0, '', '', 0, '[]', '', '{}', '', NULL, ''",
                ("abcdef" + tail,),
            )
    with pytest.raises(AmbiguousDocument, match="2 ids"):
        library.document("abcdef")


def test_filters_leave_only_what_meets_them_and_still_fill_k(library: Library) -> None:
    additions = [random_addition(seed, paragraphs=5) for seed in range(40)]
    marked = [
        replace(each, document=replace(each.document, metadata=replace(each.document.metadata, year=2000 + seed % 4)))
        for seed, each in enumerate(additions)
    ]
    list(library.add_all(marked, group_s=60))
    chosen = marked[2].document
    for filters, expected in (
        (Filters(years := ()), None),
        (Filters(year_from=2002, year_to=2002), lambda hit: library.document(hit.passage.doc_id).metadata.year == 2002),
        (Filters(languages=("ZH",)), lambda hit: hit.passage.language == "zh"),
        (Filters(doc_ids=(chosen.doc_id[:8],)), lambda hit: hit.passage.doc_id == chosen.doc_id),
    ):
        hits = library.search("carbon 森林 credits stands 年", k=5, filters=filters)
        assert len(hits) == 5
        assert expected is None or all(expected(hit) for hit in hits)
    assert library.search("carbon", filters=Filters(types=("pdf",))) == []
    assert library.search("carbon", filters=Filters(jurisdictions=("XX",))) == []
    with pytest.raises(DocumentNotFound):
        library.search("carbon", filters=Filters(doc_ids=("000000",)))
    assert years == ()


@pytest.mark.parametrize("query", ["", " \n", "…！？", "😀", "\x00", "\ud800", "qqunknownqq"])
def test_a_query_without_a_known_word_finds_nothing(library: Library, query: str) -> None:
    library.add(*made("en.txt", ENGLISH))
    assert library.search(query, mode="lexical") == []
    assert all(np.isfinite(hit.score) for hit in library.search(query))


@pytest.mark.parametrize("query", ["carbon " * 20_000, "森林" * 50_000, "a" * 100_000, "🌲carbon\x00\ud800"])
def test_a_hostile_query_is_answered_or_finds_nothing(library: Library, query: str) -> None:
    library.add(*made("en.txt", ENGLISH))
    assert len(library.search(query)) in (0, len(ENGLISH))


def test_an_empty_library_finds_nothing(library: Library) -> None:
    assert library.search("carbon") == [] == library.documents() == library.check()


def test_equal_scores_are_ordered_by_passage_id(library: Library) -> None:
    for number in range(8):
        library.add(*made("same.txt", [ENGLISH[0], f"tail {number}"]), source=str(number))
    hits = library.search(ENGLISH[0], k=8)
    ids = [hit.passage.passage_id for hit in hits if hit.score == hits[0].score]
    assert len(ids) == 8 and ids == sorted(ids)


def test_k_below_one_is_a_mistake_of_the_caller(library: Library) -> None:
    with pytest.raises(ValueError, match="k must be"):
        library.search("carbon", k=0)


def test_passages_that_do_not_fit_are_refused_whole(library: Library) -> None:
    document, passages = made("en.txt", ENGLISH)
    with pytest.raises(ValueError, match="outside the text"):
        library.add(document, [replace(passages[0], spans=(Span(0, 10_000),))])
    with pytest.raises(ValueError, match="is of document"):
        library.add(document, [replace(passages[0], doc_id="0" * 64)])
    assert library.documents() == []


def test_an_error_in_the_stream_keeps_what_was_acknowledged(library: Library) -> None:
    def stream() -> Iterator[Addition]:
        yield random_addition(1)
        yield random_addition(2)
        raise OSError("the disk went away")

    acknowledged = []
    with pytest.raises(OSError, match="went away"):
        for result in library.add_all(stream(), group_s=0):
            acknowledged.append(result.doc_id)  # noqa: PERF401  the list must outlive the error
    assert [record.doc_id for record in library.documents()] == acknowledged
    assert len(acknowledged) == 2
    assert library.check() == []


def test_random_adds_and_removes_leave_what_a_fresh_library_of_the_survivors_holds(opened: Open) -> None:
    worn, choice, present = opened("worn"), random.Random(3), dict[int, str]()
    for _ in range(34):  # 204 adds and removes
        seeds = choice.sample(range(60), 4)
        additions = [random_addition(seed) for seed in seeds]
        for seed, result in zip(seeds, worn.add_all(additions, group_s=60), strict=True):
            present[seed] = result.doc_id
        for seed in choice.sample(sorted(present), 2):
            worn.remove(present.pop(seed))
    fresh = opened("fresh")
    list(fresh.add_all([random_addition(seed) for seed in present], group_s=60))
    assert worn.check() == []
    assert {record.doc_id for record in worn.documents()} == {record.doc_id for record in fresh.documents()}
    for question in (*ENGLISH, *CHINESE, *(own_word(seed) for seed in range(0, 60, 7))):
        found, expected = worn.search(question, k=50), fresh.search(question, k=50)
        assert [hit.passage for hit in found] == [hit.passage for hit in expected]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)


def test_an_open_reader_notices_what_another_writer_adds_and_removes(opened: Open) -> None:
    reader, writer = opened(), opened()
    assert reader.search(ENGLISH[0]) == []
    result = writer.add(*made("en.txt", ENGLISH))
    assert texts(reader.search(ENGLISH[0], k=1)) == [ENGLISH[0]]
    writer.remove(result.doc_id)
    assert reader.search(ENGLISH[0]) == []


def test_one_reading_sees_one_generation(opened: Open) -> None:
    reader, writer = opened(), opened()
    result = writer.add(*made("en.txt", ENGLISH))
    with reader.reading():
        writer.remove(result.doc_id)
        (hit,) = reader.search(ENGLISH[0], k=1)
        assert reader.text(hit.passage.doc_id).startswith(hit.passage.text)
        assert reader.generation == result.generation
    assert reader.search(ENGLISH[0]) == []


def test_readers_in_threads_never_err_while_a_writer_writes(opened: Open) -> None:
    writer, reader = opened(), opened()
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                for hit in reader.search("carbon stands 森林", k=20):
                    assert hit.passage.text
            except Exception as error:  # noqa: BLE001  a thread's error would be lost
                errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for seed in range(12):
        result = writer.add(*_pair(seed))
        if seed % 3 == 0:
            writer.remove(result.doc_id)
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []


def _pair(seed: int) -> tuple[Document, list]:  # type: ignore[type-arg]
    made_one = random_addition(seed)
    return made_one.document, list(made_one.passages)


def test_a_second_writer_is_told_who_writes(opened: Open, tmp_path: Path) -> None:
    library = opened(lock_timeout_s=0.1)
    library.add(*made("en.txt", ENGLISH))
    with write_lock(tmp_path / "library", timeout_s=1), pytest.raises(LibraryBusy, match=f"process {os.getpid()} on"):
        library.add(*made("zh.txt", CHINESE))
    assert library.add(*made("zh.txt", CHINESE)).status == "added"


def test_readers_do_not_wait_for_the_writer(opened: Open, tmp_path: Path) -> None:
    library = opened()
    library.add(*made("en.txt", ENGLISH))
    with write_lock(tmp_path / "library", timeout_s=1):
        assert texts(opened().search(ENGLISH[0], k=1)) == [ENGLISH[0]]


def test_no_library_in_the_folder_is_a_named_error(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(LibraryNotFound, match="expected library"):
        Library.open(tmp_path / "none", encoder=encoder)
    assert not Library.exists(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_a_named_error(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(LibraryReadOnly, match="name another folder"):
        Library.open(tmp_path / "file" / "library", create=True, encoder=encoder)


class _Shorter:
    """Vectors alone, and others: the first 64 numbers of the bundled encoder's."""

    name, fingerprint, dim = "shorter", "0123456789abcdef", 64

    def __init__(self, whole: Encoder) -> None:
        self._whole = whole

    def encode(self, texts: list[str]) -> Floats:
        vectors = self._whole.encode(texts)[:, : self.dim]
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def test_another_encoder_is_refused_until_it_may_encode_anew(opened: Open, encoder: Encoder) -> None:
    opened().add(*made("en.txt", ENGLISH))
    shorter = WordTokens(_Shorter(encoder))
    with pytest.raises(EncoderMismatch, match="rebuild"):
        opened(encoder=shorter)
    library = opened(encoder=shorter, reencode=True)
    assert texts(library.search("wetland fund", k=1, mode="dense")) == [ENGLISH[2]]
    assert library.check() == []
    assert library._store.connection.execute("SELECT min(length(vector)) FROM features").fetchone() == (128,)
    assert len(pack_vector(shorter.encode(["carbon"])[0])) == 128


def _as_nobody(folder: Path) -> list[str]:
    """What a user without rights gets of the library: in a child, since a process cannot take its rights back."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            os.write(there, "\n".join(_search_and_remove(folder)).encode())
        finally:
            os._exit(0)
    os.close(there)
    with os.fdopen(here, encoding="utf-8") as answers:
        found = answers.read()
    os.waitpid(child, 0)
    return found.splitlines()


def _search_and_remove(folder: Path) -> list[str]:
    with Library.open(folder) as library:
        found = texts(library.search("wetland fund", k=1))
        try:
            library.remove(library.documents()[0].doc_id)
        except LibraryReadOnly as error:
            found.append(error.code)
        return [*found, str(library.check())]


@pytest.mark.skipif(not hasattr(os, "fork") or os.getuid() != 0, reason="only root can become a user without rights")
@pytest.mark.parametrize("derived", [True, False])
def test_a_folder_without_write_permission_can_be_searched(encoder: Encoder, derived: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Library.open(folder, create=True, encoder=encoder) as library:
            library.add(*made("en.txt", ENGLISH))
            library.search("carbon")
        if not derived:
            (folder / "derived" / "CURRENT").unlink()
        assert _as_nobody(folder) == [ENGLISH[2], "library-read-only", "[]"]


def test_a_thread_that_ends_leaves_no_connection_open(library: Library) -> None:
    library.add(*made("en.txt", ENGLISH))

    def open_files() -> int:
        return len(psutil.Process().open_files())

    before = open_files()
    for _ in range(20):
        thread = threading.Thread(target=library.search, args=("wetland fund",))
        thread.start()
        thread.join()
    assert open_files() < before + 10, "one more or less for the log, not one for each thread"
    assert library.search("wetland fund")
