"""What is told of a library as a whole is true of it as it is now, whoever changed it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sinkqa.index.library import Library
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.guide import Guide

LAW = "# {name}\n\n**第一条** 为了保护{name}所说的一切，制定本条例。\n\n**第二条** 榆谷议会主管有关工作。\n"


def add(library: Library, name: str) -> str:
    document = read_bytes(LAW.format(name=name).encode(), f"{name}.md")
    return library.add(document, split(document)).doc_id


@pytest.fixture
def library(tmp_path, encoder):
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as library:
        yield library


def test_names_follow_what_is_written(library):
    guide = Guide(library)
    assert guide.names.meant("榆谷泥炭条例").documents == ()
    peat = add(library, "榆谷泥炭条例")
    assert guide.names.meant("榆谷泥炭条例").documents == (peat,)
    library.remove(peat)
    assert guide.names.meant("榆谷泥炭条例").documents == ()


def test_names_follow_what_another_process_writes(library, tmp_path, encoder):
    guide = Guide(library)
    assert guide.names.meant("榆谷林木条例").documents == ()
    with Library.open(tmp_path / "library", encoder=encoder) as other:  # knows nothing of the first, as a process does
        trees = add(other, "榆谷林木条例")
    assert guide.names.meant("榆谷林木条例").documents == (trees,)


def test_a_document_that_is_read_anew_has_a_new_outline(library):
    guide = Guide(library)
    peat = add(library, "榆谷泥炭条例")
    outline = guide.outlines.of(peat, library)
    assert guide.outlines.of(peat, library) is outline
    document = read_bytes(library.content(peat), "榆谷泥炭条例.md")
    library.remove(peat)
    library.add(document, split(document))
    assert guide.outlines.of(peat, library) is not outline


def test_openings_tell_what_is_there_now(library):
    guide = Guide(library)
    assert guide.openings.answer("greeting", "zh").suggestions == ()
    add(library, "榆谷泥炭条例")
    opening = guide.openings.answer("greeting", "zh")
    assert "库中有1份文件" in opening.lines[0] and "榆谷泥炭条例" in opening.lines[1]


def test_threads_ask_for_names_while_documents_come(library):
    guide = Guide(library)
    named = [f"榆谷{kind}条例" for kind in ("泥炭", "林木", "草地", "湖泊")]

    def ask(_: int) -> set[str]:
        return {name for name in named if guide.names.meant(name).documents}

    with ThreadPoolExecutor(4) as pool:
        for count, name in enumerate(named, 1):
            asking = [pool.submit(ask, place) for place in range(8)]
            add(library, name)
            held = set(named[:count])
            assert all(held - {name} <= each.result() <= held for each in asking)
