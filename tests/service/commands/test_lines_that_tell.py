"""Questions about what only a heading or a form's field says: these are quoted, in every format."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

_NOTICE = """# 海草床通知

## 提交截止日期：2031年3月31日

各单位应当按时完成。

## 罚款：每吨520元

逾期加倍。
"""
_AGENDA = """<html><body><h1>Harbourtown</h1><h2>Regular meeting of the council</h2><h3>Tuesday, June 5, 2031</h3>
<h3>6:30 PM</h3><h2>Background</h2><p>Kelp has been cut in the harbour for a long time.</p></body></html>"""


def _form() -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(72, 780, "Kelp permit form")
    for y, label, value in ((740, "Holder:", "Delta Kelp Ltd"), (710, "Annual harvest (t):", "51300")):
        canvas.drawString(72, y, label)
        canvas.acroForm.textfield(name=label, value=value, x=200, y=y - 4, width=200, height=18)
    canvas.save()
    return made.getvalue()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("telling")
    for name, content in (("n.md", _NOTICE.encode()), ("a.html", _AGENDA.encode()), ("f.pdf", _form())):
        (folder / name).write_bytes(content)
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / name for name in ("n.md", "a.html", "f.pdf")]).failed
    return engine


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("提交截止日期是哪天？", "提交截止日期：2031年3月31日"),
        ("每吨罚款多少元？", "罚款：每吨520元"),
        ("When is the regular meeting of the council?", "Tuesday, June 5, 2031"),
        ("What is the annual harvest?", "Annual harvest (t): 51300"),
    ],
)
def test_a_line_that_tells_a_fact_is_quoted(engine: Engine, question: str, said: str) -> None:
    answer = engine.ask(question)
    assert said in answer.answer
    assert answer.status != "abstained"


def test_an_ordinary_heading_is_no_answer(engine: Engine) -> None:
    answer = engine.ask("What is the background?")
    assert all(citation.quote != "Background" for citation in answer.citations)
