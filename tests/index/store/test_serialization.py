from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.store.documents import serialization
from sinkqa.ingest.document import Metadata, Page, Span
from sinkqa.ingest.passage import Passage, Unit

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
SPANS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(lambda pair: Span(*pair)), max_size=3)
PASSAGES = st.builds(
    Passage,
    doc_id=st.text("0123456789abcdef", min_size=64, max_size=64),
    kind=st.sampled_from(["text", "list", "row", "table"]),
    spans=SPANS.map(tuple),
    text=ANY_TEXT,
    units=st.lists(st.builds(Unit, SPANS.map(tuple), ANY_TEXT, ANY_TEXT), max_size=2).map(tuple),
    section=st.lists(ANY_TEXT, max_size=2).map(tuple),
    page_start=st.integers(1, 999),
    page_end=st.integers(1, 999),
    language=st.sampled_from(["zh", "en", "ja"]),
    table=st.none() | ANY_TEXT,
)


@given(PASSAGES)
def test_a_passage_comes_back_as_it_was(passage: Passage) -> None:
    values = (
        passage.doc_id,
        passage.language,
        passage.page_start,
        passage.page_end,
        serialization.pack_passage(passage),
    )
    assert serialization.read_passage(values) == passage


@given(ANY_TEXT)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert serialization.unpack_text(serialization.pack_text(text)) == text


def test_a_text_is_unpacked_once_and_never_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialization, "_texts", serialization._Texts(60_000))
    texts = [f"{place} fens " * 1_000 for place in range(9)]
    packed = [serialization.pack_text(text) for text in texts]
    first = serialization.unpack_text(packed[0])
    assert serialization.unpack_text(bytes(bytearray(packed[0]))) is first
    assert [serialization.unpack_text(each) for each in packed] == texts
    assert serialization._texts._size <= 60_000 and serialization.unpack_text(packed[0]) is not first
    changed = bytearray(packed[0])
    changed[len(changed) // 2] ^= 1
    with pytest.raises(LibraryDamaged):
        serialization.unpack_text(bytes(changed))
    assert (
        serialization.unpack_text(serialization.pack_text("fen " * 30_000)) == "fen " * 30_000
        and serialization._texts._size == 0
    )


@pytest.mark.parametrize("content", [b"", b"z", b"r", b"word " * 50_000, bytes(range(256)) * 3])
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    assert serialization.unpack(serialization.pack(content)) == content


def test_only_what_shrinks_is_deflated() -> None:
    noise = np.random.default_rng(0).bytes(100_000)
    assert len(serialization.pack(noise)) == len(noise) + 1
    assert len(serialization.pack(b"forest " * 10_000)) < 1_000


@given(arrays(np.float32, st.tuples(st.integers(0, 30), st.just(4)), elements=st.floats(-2_000, 2_000, width=32)))
def test_boxes_come_back_within_a_thirtysecond_of_a_point(boxes: np.ndarray) -> None:
    boxes = boxes.copy()
    boxes[::3] = np.nan
    found = serialization.unpack_boxes(serialization.pack_boxes(boxes))
    assert found.shape == boxes.shape
    assert np.array_equal(np.isnan(found), np.isnan(boxes))
    assert np.nanmax(np.abs(found - boxes), initial=0) <= 1 / 32


def test_metadata_and_pages_come_back_as_they_were() -> None:
    metadata = Metadata(title="Sinks \ud800", authors=("A", "乙"), year=2021, language="zh", url="https://e.org")
    pages = (Page(1, 0, 5, "iv", 595.0, 842.0, 0.5), Page(2, 5, 9))
    assert serialization.read_metadata(serialization.metadata_json(metadata)) == metadata
    assert serialization.read_metadata(serialization.metadata_json(Metadata())) == Metadata()
    assert serialization.read_metadata('{"title":"Sinks"}').place is None  # as libraries hold it that knew no place
    assert serialization.read_pages(serialization.pages_json(pages)) == pages


def test_tokens_are_kept_once_each_in_order() -> None:
    packed = serialization.pack_tokens(np.array([9, 3, 9, 70_000], np.uint32))
    assert serialization.unpack_tokens(packed).tolist() == [3, 9, 70_000]


def test_terms_come_back_field_by_field_even_when_empty() -> None:
    assert serialization.unpack_terms(serialization.pack_terms((["a"], [], ["碳汇", "b"]))) == ["a", "", "碳汇 b"]
