"""`sinkqa-eval references`, with a small stand-in for what finds mentions and what resolves them."""

from __future__ import annotations

import json
import re
import sys
from types import ModuleType

import pytest

from sinkqa.index.library import Library
from sinkqa.index.references.mention import Mention, References
from sinkqa.service.references.resolution import Resolution
from tests.eval.collections import write_rows

ALDER = {"document": "alder.md", "name": "Otter Act", "nth": 1, "means": ["otter.md"], "address": None}
ROWS = [
    {"document": "alder.md", "read": "whole"},
    ALDER | {"table": 2},
    ALDER | {"name": "Heron Act", "means": [], "address": "https://herons.example"},
    ALDER | {"name": "Toad Act", "means": []},
    {"document": "lost.md", "read": "whole"},
]


class ByName:
    """Resolves a name to the document of that file name."""

    def __init__(self, library: Library) -> None:
        self._ids = {record.name: record.doc_id for record in library.documents()}

    def resolve(self, mention: Mention, *, doc_id: str = "") -> Resolution:
        found = self._ids.get(mention.name.partition(" ")[0].lower() + ".md")
        return Resolution("exact", (found,), title=mention.name) if found else Resolution("missing")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two documents and a list; mentions are all that is called ``… Act``."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "alder.md").write_text("# Alder Act\n\nSee the Otter Act and the Heron Act, not the toad act.\n", "utf-8")
    (folder / "otter.md").write_text("# Otter Act\n\nOtters swim.\n", "utf-8")
    write_rows(tmp_path / "list.jsonl", ROWS[:3] + ROWS[4:])

    def references(library: Library, doc_id: str) -> References:
        found = re.finditer(r"[A-Z]\w+ Act", library.text(doc_id))
        return References(tuple(Mention(each.start(), each.end(), "title", each[0]) for each in found))

    resolving = ModuleType("sinkqa.service.references.resolving")
    resolving.Resolver = ByName  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, resolving.__name__, resolving)
    monkeypatch.delitem(sys.modules, "sinkqa.eval.policies.measuring", raising=False)
    monkeypatch.setattr(Library, "references", references, raising=False)
    yield tmp_path
    sys.modules.pop("sinkqa.eval.policies.measuring", None)


def test_the_command_prints_counts_and_what_went_wrong(files, evaluate):
    asked = ("references", files / "documents", "--list", files / "list.jsonl")
    status, printed, told = evaluate(*asked, "--show")
    assert status == 0, told
    assert "printed tables: right 1.000 (.21–1.00, 1 of 1), wrong .000" in printed.replace("0.000", ".000")
    assert "right, each document counted alike: 1.000 (1.00–1.00, 1 documents)" in printed
    assert "missing documents given with their address: 0.000" in printed
    assert "Wrong: 0" in printed and "Beyond the list: 1\n  alder.md: Alder Act → " in printed
    assert "Not measured, as the library lacks them: lost.md" in printed
    status, printed, _ = evaluate(*asked, "--json")
    report = json.loads(printed)
    assert [(each["name"], each["listed"], each["right"]) for each in report["totals"]] == [
        ("printed tables", 1, 1),
        ("elsewhere", 1, 1),
        ("all", 2, 2),
    ]
    assert [each["truth"] for each in report["mentions"]] == ["right", "right"]
    assert report["not_measured"] == ["lost.md"]


def test_words_of_the_list_that_are_not_there_are_a_named_error(files, evaluate):
    write_rows(files / "other.jsonl", ROWS)
    status, _, told = evaluate("references", files / "documents", "--list", files / "other.jsonl")
    assert status == 1
    assert "malformed-data" in told and "Toad Act" in told


def test_documents_or_a_library_are_given(files, evaluate):
    assert evaluate("references")[0] == 2
    assert evaluate("references", files / "documents", "--library", files / "documents")[0] == 2
