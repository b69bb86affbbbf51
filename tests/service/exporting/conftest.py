"""A library with ten answers, and what Word has in its footnotes."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from sinkqa.service.answer import Answer
from sinkqa.service.engine import Engine
from sinkqa.service.exporting.memo import AnswerItem, Memo
from sinkqa.service.interfaces.links import passage_link
from sinkqa.service.settings import Settings
from tests.service.exporting.library import FILES, QUESTIONS


def link(passage_id: str, *, spans=()) -> str:
    return passage_link("http://127.0.0.1:8000", passage_id, spans=spans)


@dataclass(frozen=True, slots=True)
class Footnote:
    text: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """What a package holds, read part by part: marks are the ids that the body refers to, in its order."""

    marks: tuple[int, ...]
    footnotes: dict[int, Footnote]
    urls: tuple[str, ...]


def word(content: bytes) -> Word:
    with zipfile.ZipFile(BytesIO(content)) as package:
        body, notes = (parse_xml(package.read(f"word/{name}.xml")) for name in ("document", "footnotes"))
        linked = "word/_rels/footnotes.xml.rels"
        rels = parse_xml(package.read(linked)) if linked in package.namelist() else []
    targets = {rel.get("Id"): rel.get("Target") for rel in rels}
    return Word(
        marks=tuple(int(mark.get(qn("w:id"))) for mark in body.iter(qn("w:footnoteReference"))),
        footnotes={
            int(note.get(qn("w:id"))): Footnote(
                "".join(text.text or "" for text in note.iter(qn("w:t"))),
                tuple(targets[each.get(qn("r:id"))] for each in note.iter(qn("w:hyperlink"))),
            )
            for note in notes
            if note.get(qn("w:type")) is None
        },
        urls=tuple(targets.values()),
    )


@pytest.fixture
def shelf(tmp_path: Path):
    """Makes a library of these files."""

    def make(files: dict[str, str]) -> Engine:
        for name, text in files.items():
            (tmp_path / name).write_bytes(text.encode())
        engine = Engine.open(Settings(library=tmp_path / "library", workers=1), create=True)
        assert not engine.add([tmp_path / name for name in files]).failed
        return engine

    return make


@pytest.fixture(scope="session")
def engine(tmp_path_factory) -> Engine:
    """The library of all files. Only to be read."""
    folder = tmp_path_factory.mktemp("exported")
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode())
    made = Engine.open(Settings(library=folder / "library", workers=1), create=True)
    assert not made.add([folder / name for name in FILES]).failed
    return made


@pytest.fixture(scope="session")
def answers(engine) -> list[Answer]:
    given = [engine.ask(question) for question in QUESTIONS]
    assert {each.status for each in given} == {"answered"} and any(each.table for each in given)
    return given


@pytest.fixture(scope="session")
def basket(answers) -> Memo:
    return Memo(tuple(map(AnswerItem.of, answers)), title="十条 ten", language="zh", style="gbt7714")
