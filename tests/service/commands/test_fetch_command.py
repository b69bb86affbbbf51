"""``sinkqa fetch`` as its users meet it."""

from __future__ import annotations

import json
import re
from collections import Counter

import httpx
import pytest

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.fetching.manifest import load_manifest, select
from tests import hostile
from tests.conftest import process
from tests.service.fetching.site import page, site, status, stored


@pytest.fixture
def publisher():
    with site() as script:
        yield script


@pytest.fixture
def listed(publisher, tmp_path):
    """A manifest: one document that comes, one that does not, one to open by hand."""
    publisher.has("/reeds", stored(hostile.pdf()))
    publisher.has("/shut", status(403))
    documents = [
        {"id": "reeds", "title": "A survey of reeds", "url": publisher.at("/reeds"), "year": 2023},
        {"id": "shut", "title": "芦苇调查", "url": publisher.at("/shut"), "page": "https://example.org/shut"},
        {"id": "hand", "title": "By hand only", "page": "https://example.org/hand"},
    ]
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"format": 1, "documents": documents}), "utf-8")
    return path


@pytest.fixture
def run(sinkqa, listed, tmp_path, monkeypatch):
    monkeypatch.setenv("SINKQA_FETCH_PRIVATE", "1")
    monkeypatch.setenv("SINKQA_FETCH_PAUSE_S", "0")
    return lambda *more: sinkqa("fetch", "-l", tmp_path / "library", "--manifest", listed, *more)


def test_what_comes_is_added_and_answers_and_what_does_not_is_listed(run, sinkqa, publisher, tmp_path):
    ran = run()
    assert ran.status == 1
    assert ran.err == (
        "error[forbidden]: shut: 127.0.0.1: status 403 Forbidden (0 bytes); open by hand: https://example.org/shut\n"
    )
    assert "by hand hand: By hand only: https://example.org/hand\n" in ran.out
    assert "1 fetched, 0 unchanged, 1 failed, 1 to open by hand\n" in ran.out
    assert ran.out.endswith("1 added, 0 unchanged, 0 failed\n")
    asked = json.loads(sinkqa("ask", "-l", tmp_path / "library", "--json", "What do reed beds hold back?").out)
    assert asked["status"] == "answered" and hostile.SENTENCE in asked["citations"][0]["quote"]


def test_what_the_list_says_of_a_document_stands_in_its_citations(run, sinkqa, publisher, tmp_path):
    run()
    (record,) = json.loads(sinkqa("list", "-l", tmp_path / "library", "--json").out)["documents"]
    assert (record["metadata"]["title"], record["metadata"]["year"]) == ("A survey of reeds", 2023)
    asked = json.loads(sinkqa("ask", "-l", tmp_path / "library", "--json", "What do reed beds hold back?").out)
    assert asked["citations"][0]["title"] == "A survey of reeds"
    assert asked["citations"][0]["url"] == publisher.at("/reeds")


def test_the_json_names_everything(run, publisher):
    ran = run("--json")
    assert ran.status == 1 and ran.err == ""
    report = json.loads(ran.out)
    assert report.keys() == {"fetched", "unchanged", "failed", "by_hand", "added"}
    assert [kept["file"] for kept in report["fetched"]] == ["reeds.pdf"]
    assert [added["doc_id"] for added in report["added"]["added"]] == [report["fetched"][0]["sha256"]]
    assert report["failed"][0].keys() == {"id", "title", "code", "message", "page"}


def test_again_adds_only_what_the_library_does_not_hold(run, sinkqa, tmp_path):
    run("--only", "reeds")
    again = run("--only", "reeds")
    assert again.status == 0 and "0 fetched, 1 unchanged, 0 failed" in again.out
    assert again.out.endswith("0 added, 0 unchanged, 0 failed\n")
    (record,) = json.loads(sinkqa("list", "-l", tmp_path / "library", "--json").out)["documents"]
    sinkqa("remove", "-l", tmp_path / "library", record["doc_id"])
    assert run("--only", "reeds").out.endswith("1 added, 0 unchanged, 0 failed\n")


def test_a_newer_version_takes_the_place_of_the_older(run, sinkqa, publisher, tmp_path):
    run("--only", "reeds")
    publisher.has("/reeds", stored(hostile.pdf(pages=2)))
    assert "replaces an older version" in run("--only", "reeds").out
    assert len(json.loads(sinkqa("list", "-l", tmp_path / "library", "--json").out)["documents"]) == 1


def test_files_go_where_they_are_wanted_and_documents_into_the_collection(run, sinkqa, tmp_path):
    assert run("--only", "reeds", "--to", tmp_path / "mine", "--collection", "wet").status == 0
    assert (tmp_path / "mine" / "reeds.pdf").read_bytes() == hostile.pdf()
    assert "survey" in sinkqa("search", "-l", tmp_path / "library", "--collection", "wet", "survey of reeds").out


def test_a_file_that_came_whole_and_cannot_be_read_fails_alone(run, publisher):
    publisher.has("/reeds", page(b"%PDF-1.7\nno pages, no end %%EOF"))
    ran = run("--only", "reeds")
    assert ran.status == 1 and "1 fetched" in ran.out and re.match(r"error\[[a-z-]+\]: reeds.pdf", ran.err)


def test_nothing_that_came_begins_no_library(run, tmp_path):
    assert run("--only", "hand").status == 0
    assert run("--only", "shut").status == 1
    assert not (tmp_path / "library" / "library.sqlite").exists()


def test_the_list_is_printed_and_nothing_asked(run, publisher):
    plain, machine = run("--list"), run("--list", "--json", "--only", "r*")
    assert plain.status == machine.status == 0 and publisher.asked == []
    assert plain.out.splitlines()[0].startswith("reeds · pdf · - · 2023 · A survey of reeds · http://127.0.0.1:")
    assert plain.out.splitlines()[2] == "hand · by hand · - · - · By hand only · https://example.org/hand"
    assert [each["id"] for each in json.loads(machine.out)["documents"]] == ["reeds"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("no json", "invalid json"),
        ("[]", "object"),
        ('{"format": 2, "documents": []}', "format"),
        ('{"format": 1, "documents": [{"id": "a", "title": "A"}]}', "expected url, page or both"),
        ('{"format": 1, "documents": [{"id": "../a", "title": "A", "page": "https://e.org"}]}', "documents.0.id"),
        ('{"format": 1, "documents": [{"id": "a", "title": "A", "url": "file:///etc/passwd"}]}', "http or https"),
        ('{"format": 1, "documents": [{"id": "a", "title": "A", "url": "http://e.org:port/"}]}', "documents.0.url"),
        ('{"format": 1, "documents": [{"id": "a", "title": "A", "url": "https://me:pw@e.org/"}]}', "name or password"),
        ('{"format": 1, "documents": [{"id": "a", "title": "A", "page": "https://e.org", "x": 1}]}', "documents.0.x"),
        (
            '{"format": 1, "documents": [{"id": "a", "title": "A", "page": "https://e.org", "type": "exe"}]}',
            "one of pdf",
        ),
    ],
)
def test_a_manifest_that_is_none_is_named(run, listed, wrong, said):
    listed.write_text(wrong)
    ran = run()
    assert ran.status == 1 and ran.err.count("\n") == 1
    assert ran.err.startswith(f"error[invalid-manifest]: manifest {listed}") and said in ran.err


def test_other_mistakes_are_named(run, listed, tmp_path, publisher):
    assert "option --only: no document has the id 'otters'" in run("--only", "otters").err
    (tmp_path / "file").touch()
    assert run("--to", tmp_path / "file" / "below").err.startswith("error[invalid-setting]: folder ")
    listed.unlink()
    assert "cannot be read (No such file or directory)" in run().err
    assert publisher.asked == []


def test_this_machine_is_out_of_reach_unless_the_setting_says_so(run, publisher, monkeypatch):
    monkeypatch.delenv("SINKQA_FETCH_PRIVATE")
    assert run("--only", "reeds").err.startswith("error[private-address]: reeds: ") and publisher.asked == []


def test_the_bundled_manifest_lists_what_the_paper_cites():
    entries = load_manifest()
    assert {"CN", "US", "EU", "JP", "NZ"} <= {entry.jurisdiction for entry in entries}
    assert Counter(bool(entry.url) for entry in entries)[True] >= 20
    for entry in entries:
        assert entry.by_hand and entry.issuer and (entry.language == "en" or entry.title_zh), entry.id
        assert entry.year is None or 1990 <= entry.year <= 2026
        url = httpx.URL(entry.url or entry.by_hand)
        assert url.port is None and "." in url.host and not url.host.replace(".", "").isdigit()
    assert [entry.id for entry in select(entries, ["eu-*", "jp-ndc-2021"])][-1] == "jp-ndc-2021"
    with pytest.raises(SinkQAError, match="--list"):
        select(entries, ["xx-*"])


def test_the_bundled_list_is_printed_at_once_and_in_both_languages():
    ran = process("fetch", "--list")
    assert ran.status == 0 and len(ran.out.splitlines()) == len(load_manifest())
    listed = process("fetch", "--list", "--json", "--only", "eu-*").out
    assert "nature restoration" in listed and "自然恢复法" in listed
