"""What is known of a document is corrected by whoever knows better, and answers follow."""

from __future__ import annotations

import json

import pytest

from sinkqa.service.documents.editing import checked
from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidCorrection
from sinkqa.service.hosting.backup import back_up
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.settings import Settings

LEVY = "# Marsh Ministry\n\n## 1 Levy\n\nThe marsh levy is {} marks per hectare.\n"
ASKED = "How much is the marsh levy?"


@pytest.fixture
def settings(tmp_path):
    return Settings(library=tmp_path / "library", workers=1)


@pytest.fixture
def levy(tmp_path, settings):
    path = tmp_path / "levy.md"
    path.write_text(LEVY.format(30))
    Engine.open(settings, create=True).add([path])
    return path


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("title", "  Marsh\n Levy  Act ", "Marsh Levy Act"),
        ("issuer", "湿地局", "湿地局"),
        ("jurisdiction", "nz", "NZ"),
        ("jurisdiction", "EU", "EU"),
        ("year", " 2002 ", 2002),
        ("year", 2002, 2002),
        ("language", "zh-Hans", "zh"),
        ("url", "https://marsh.example:8443/act?no=1#s2", "https://marsh.example:8443/act?no=1#s2"),
        ("place", "", None),
        ("year", None, None),
    ],
)
def test_a_value_is_kept_in_the_form_of_its_field(field, given, kept):
    assert checked({field: given}) == {field: kept}


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("colour", "red"),
        ("authors", "Heron"),
        ("title", 7),
        ("title", "a" * 501),
        ("title", "turned \u202e round"),
        ("title", "half \ud800"),
        ("jurisdiction", "New Zealand"),
        ("jurisdiction", "ZZ"),
        ("year", "02"),
        ("year", 20022),
        ("year", True),
        ("year", "二〇〇二"),
        ("year", -2002),
        ("language", "english"),
        ("language", "xx"),
        ("url", "javascript:alert(1)"),
        ("url", "marsh.example/act"),
        ("url", "https://user:word@marsh.example"),
        ("url", "https://marsh example"),
        ("url", "https://[half"),
        ("url", "https://marsh.example:port"),
    ],
)
def test_what_a_document_cannot_be_known_by_is_a_named_error(field, given):
    with pytest.raises(InvalidCorrection, match=field) as refused:
        checked({field: given})
    assert "\n" not in refused.value.message and refused.value.message.isprintable()


def test_an_answer_cites_the_corrected_title_and_filters_follow(settings, levy):
    engine = Engine.open(settings)
    (record,) = engine.documents()
    engine.ask(ASKED)  # what is kept of documents between questions must not outlive the correction
    engine.edit(record.doc_id, {"title": "Marsh Levy Act", "jurisdiction": "NZ", "url": "https://marsh.example/act"})
    (citation,) = engine.ask(ASKED).citations
    assert (citation.title, citation.url) == ("Marsh Levy Act", "https://marsh.example/act")
    assert (
        engine.ask("What does the Marsh Levy Act say the levy is in New Zealand?").citations[0].title == citation.title
    )
    assert engine.document(record.doc_id[:9]).edited["title"] == {"read": "Marsh Ministry"}


def test_corrections_outlast_a_rebuild_a_newer_version_and_a_backup(settings, levy, tmp_path):
    engine = Engine.open(settings)
    (old,) = engine.documents()
    engine.edit(old.doc_id, {"title": "Marsh Levy Act", "year": "2002"})
    engine.rebuild()
    levy.write_text(LEVY.format(45))
    assert engine.add([levy]).added[0].replaced == old.doc_id
    back_up(settings, tmp_path / "copy")
    copy = Engine.open(Settings(library=tmp_path / "copy", workers=1))
    (record,) = copy.documents()
    assert (record.title, record.metadata.year) == ("Marsh Levy Act", None)
    assert "45 marks" in copy.ask(ASKED).answer and copy.ask(ASKED).citations[0].title == "Marsh Levy Act"
    assert not copy.doctor().problems


def test_each_collection_has_corrections_of_its_own(settings, levy):
    collections = Collections(settings)
    first, second = collections.engine(), collections.engine("fens", create=True)
    second.add([levy])
    (record,) = second.documents()
    second.edit(record.doc_id, {"title": "Marsh Levy Act"})
    assert [each.title for each in (*first.documents(), *second.documents())] == ["Marsh Ministry", "Marsh Levy Act"]


def test_the_command_corrects_shows_both_and_takes_back(settings, levy, sinkqa):
    def run(*words):
        return sinkqa(*words, "-l", settings.library)

    doc_id = run("list").out.splitlines()[-1][:12]
    edited = run("edit", doc_id, "--title", "Marsh Levy Act", "--year", "2002", "--jurisdiction", "nz")
    assert edited.status == 0 and "title (read: Marsh Ministry)" in edited.out and "year (read: nothing)" in edited.out
    assert "title (read: Marsh Ministry)" in run("show", doc_id).out
    (listed,) = json.loads(run("list", "--json").out)["documents"]
    assert listed["metadata"]["year"] == 2002 and listed["edited"]["year"] == {"read": None}
    assert "Marsh Levy Act" in run("ask", ASKED, "--jurisdiction", "NZ", "--from", "2002").out
    back = json.loads(run("edit", doc_id, "--clear", "title", "--year", "", "--json").out)
    assert (back["title"], list(back["edited"])) == ("Marsh Ministry", ["jurisdiction"])


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--year", "next"], 1, "error[invalid-correction]: year:"),
        ([], 2, "nothing to correct"),
        (["--clear", "colour"], 2, "colour"),
        (["--year", "2002", "--clear", "year"], 2, "give one of them"),
    ],
)
def test_the_command_says_what_it_cannot_correct(settings, levy, sinkqa, options, status, words):
    told = sinkqa("edit", sinkqa("list", "-l", settings.library).out[:12], "-l", settings.library, *options)
    assert told.status == status and words in " ".join(told.err.replace("│", " ").split())
