"""Questions about Word files are answered in the words and figures of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.ingest.wordfile import cell, control, package, paragraph, row, run, table

SHAPE = (
    '<w:r><w:drawing><wp:anchor><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx><w:txbxContent>{}'
    "</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
)
POWER = "<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>{}</m:t></m:r></m:sup></m:sSup></m:oMath>"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("word")
    peat = (
        paragraph("The peat stock of the Alder fen is 3.5×", POWER.format("8"), " tonnes of carbon.")
        + paragraph("The permit of the Alder fen ends after ", run("4", "<w:strike/>"), run("7"), " years.")
        + paragraph("Notice on the Alder fen.", SHAPE.format(paragraph("Claims are lodged by 14 May 2033.")))
    )
    caps = paragraph("表1 各流域的泥炭开采上限") + table(
        row("流域", "上限（吨）"),
        row("青溪", "410"),
        control(row("白水", "520")),
        row(cell("630"), properties='<w:gridBefore w:val="1"/>'),
    )
    paths = []
    for name, body in (("fen.docx", peat), ("caps.docx", caps)):
        path = Path(folder, name)
        path.write_bytes(package(body))
        paths.append(path)
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add(paths).failed
    return engine


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("What is the peat stock of the Alder fen in tonnes?", "3.5×10⁸", "108"),
        ("After how many years does the permit of the Alder fen end?", "7 years", "47"),
        ("By when are claims lodged for the Alder fen?", "14 May 2033", "?"),
        ("白水的上限是多少？", "520", "410"),
    ],
)
def test_the_answer_says_what_the_page_shows(engine, question, said, unsaid):
    answer = engine.ask(question)
    text = " ".join(segment.text for segment in answer.segments)
    assert answer.status == "answered" and said in text and unsaid not in text
