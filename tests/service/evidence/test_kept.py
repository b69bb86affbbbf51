"""What stands beside a quote is read once for a generation; what it is compared with, each time."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.evidence.citations import holds
from sinkqa.service.evidence.kept import KeptDocuments
from sinkqa.service.settings import Settings

QUESTION = "How much does the forest office pay for each otter?"
FACT = "The forest office pays 40 marks for each otter.\n"


class Counting:
    """A library that counts what is read of its documents."""

    def __init__(self, library):
        self.read, self._library = Counter(), library

    def __getattr__(self, name):
        def read(*args, **how):
            self.read[name] += 1
            return getattr(self._library, name)(*args, **how)

        return read


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    (tmp_path / "pay.md").write_text(f"# Pay\n\n{FACT}", "utf-8")
    assert not engine.add([tmp_path / "pay.md"]).failed
    return engine


def test_pages_boxes_and_remarks_are_read_once_and_records_and_text_each_time(engine):
    (doc_id,) = (record.doc_id for record in engine.documents())
    library = Counting(engine._library)
    kept = KeptDocuments(library, engine.generation, lambda doc_id: (3,))
    for _ in range(3):
        assert kept.pages(doc_id) == engine._library.pages(doc_id)
        assert kept.boxes(doc_id) is None and kept.astral(doc_id) == (3,)
        assert kept.remarks(doc_id) == ((), ())
        assert FACT in kept.text(doc_id) and kept.document(doc_id).doc_id == doc_id
    assert (library.read["pages"], library.read["boxes"], library.read["text"]) == (1, 1, 3)
    assert library.read["document"] == 3 + 1


def test_another_generation_is_read_anew(engine, tmp_path):
    assert "40 marks" in engine.ask(QUESTION).answer
    before = engine._asking._kept
    assert engine.ask(QUESTION) and engine._asking._kept is before
    (tmp_path / "pay.md").write_text("# Pay\n\nThe forest office pays 90 marks for each otter.\n", "utf-8")
    assert not engine.add([tmp_path / "pay.md"]).failed
    assert "90 marks" in engine.ask(QUESTION).answer
    assert engine._asking._kept.generation == engine.generation > before.generation


def test_a_text_that_was_hashed_before_is_told_from_any_other():
    text = "Otters."
    own = hashlib.sha256(text.encode()).hexdigest()
    for _ in range(2):
        assert holds(text, [], text_sha256=own)
        assert not holds("Otters!", [], text_sha256=own)
