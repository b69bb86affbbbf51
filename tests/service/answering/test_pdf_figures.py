"""Figures of PDF pages, from the page to the answer: what is set is what is quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.ingest.sheets import Sheet
from tests.typeset import Run


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("figures")
    sheet = Sheet()
    sheet.write(72, 80, "The Otter Meadows", size=18)
    sheet.line(72, 140, "The peat of the otter meadows holds 2.5 x 10", Run("9", raised=True), " tonnes of carbon.")
    sheet.line(72, 160, "The otter meadows cover 1200 hm", Run("2", raised=True), " of land.")
    sheet.write(72, 180, "The fee for late otter reports is 30 dollars a day.")
    sheet.write(72, 200, "The fee for late otter reports is 90 dollars a day.", grey=1.0)
    sheet.write(100, 175, "DRAFT", size=60, grey=0.8)
    (folder / "otters.pdf").write_bytes(sheet.save())
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / "otters.pdf"]).failed
    return engine


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many tonnes of carbon does the peat of the otter meadows hold?", "2.5 x 10⁹ tonnes"),
        ("How much land do the otter meadows cover?", "1200 hm²"),
        ("What is the fee for late otter reports?", "30 dollars"),
    ],
)
def test_a_figure_is_quoted_as_the_page_sets_it(engine: Engine, question: str, words: str) -> None:
    answer = engine.ask(question)
    assert answer.status != "abstained"
    assert words in answer.answer
    assert "90 dollars" not in answer.answer
