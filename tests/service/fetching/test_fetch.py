"""Fetching from a real site that behaves well, badly, and as sites really do."""

from __future__ import annotations

import hashlib
import json
import os
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sinkqa.service.fetching.courier import Manners
from sinkqa.service.fetching.fetch import fetch
from sinkqa.service.fetching.manifest import ManifestEntry
from sinkqa.service.fetching.record import only_one
from tests import hostile
from tests.service.fetching.site import endless, page, redirect, status, stored, tag

PDF = hostile.pdf(pages=40)
TEXT = "Sedges hold the bank where the river bends, and each spring a survey counts the stems of a marked plot. "
HTML = f"<!doctype html><html><head><title>Sedges</title></head><body><p>{TEXT * 5}</p></body></html>".encode()
WAIT = b"<!doctype html><html><head><script>" + b"var a = 1;" * 500 + b"</script></head><body>Please wait</body></html>"


def only_failure(report):
    assert not report.kept and len(report.failed) == 1, report
    return report.failed[0]


def test_a_document_comes_with_a_record_of_where_from(publisher, bring, folder):
    address = publisher.has("/a", redirect("/b", 301))
    publisher.has("/b", page(PDF, ETag='"one"', Content_Type="application/pdf"))
    (kept,) = bring(address).fetched
    assert (folder / "doc-0.pdf").read_bytes() == PDF
    assert kept.final_url == publisher.at("/b") and kept.sha256 == hashlib.sha256(PDF).hexdigest()
    record = json.loads((folder / "fetched.json").read_bytes())
    assert record["format"] == 1 and record["files"]["doc-0"] == {
        "id": "doc-0", "url": address, "final_url": kept.final_url, "file": "doc-0.pdf", "sha256": kept.sha256,
        "bytes": len(PDF), "type": "pdf", "etag": '"one"', "last_modified": None, "when": kept.when,
    }  # fmt: skip
    assert datetime.now(UTC) - datetime.fromisoformat(kept.when) < timedelta(minutes=1)
    assert {path.name for path in folder.iterdir()} == {"doc-0.pdf", "fetched.json", ".lock"}


def test_every_request_says_who_asks_and_wants_the_bytes_as_they_are(publisher, bring):
    bring(publisher.has("/a", page(PDF)))
    assert [each.path for each in publisher.asked] == ["/robots.txt", "/a"]
    for each in publisher.asked:
        assert each.headers["User-Agent"].startswith("SinkQA/") and "robots" in each.headers["User-Agent"]
        assert each.headers["Accept-Encoding"] == "identity" and "Cookie" not in each.headers


def test_what_has_not_changed_does_not_come_again(publisher, bring, folder):
    address = publisher.has("/a", stored(PDF))
    first = bring(address)
    again = bring(address)
    assert again.unchanged == first.fetched and not again.fetched
    newer = hostile.pdf(pages=2)
    publisher.has("/a", stored(newer))
    assert [kept.bytes for kept in bring(address).fetched] == [len(newer)]
    assert (folder / "doc-0.pdf").read_bytes() == newer


def test_a_date_is_asked_after_where_there_is_no_tag(publisher, bring):
    date = "Mon, 01 Jan 2024 00:00:00 GMT"
    address = publisher.has("/a", page(PDF, Last_Modified=date), status(304))
    bring(address)
    assert len(bring(address).unchanged) == 1 and publisher.last()["If-Modified-Since"] == date


def test_the_same_bytes_again_are_no_change(publisher, bring):
    address = publisher.has("/a", page(PDF))  # no validator: there is nothing to ask after
    assert len(bring(address).fetched) == 1
    assert len(bring(address).unchanged) == 1


@pytest.mark.parametrize("how", ["deleted", "altered", "record lost", "record damaged", "other address"])
def test_a_file_that_is_not_as_it_came_comes_anew(publisher, bring, folder, how):
    address = publisher.has("/a", stored(PDF))
    bring(address)
    if how == "deleted":
        (folder / "doc-0.pdf").unlink()
    elif how == "altered":
        (folder / "doc-0.pdf").write_bytes(PDF + b"x")
    elif how == "record lost":
        (folder / "fetched.json").unlink()
    elif how == "record damaged":
        (folder / "fetched.json").write_text('{"format": 1, "files": {"doc-0": {"id": 3}}}')
    else:
        address = publisher.has("/elsewhere", stored(PDF))
    assert len(bring(address).fetched) == 1 and "If-None-Match" not in publisher.last()
    assert (folder / "doc-0.pdf").read_bytes() == PDF


def test_a_broken_download_goes_on_where_it_broke(publisher, bring, folder):
    half = len(PDF) // 2
    address = publisher.has("/a", stored(PDF, broken_after=half), stored(PDF))
    assert len(bring(address).fetched) == 1
    assert publisher.last()["Range"] == f"bytes={half}-" and publisher.last()["If-Range"] == tag(PDF)
    assert (folder / "doc-0.pdf").read_bytes() == PDF


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(publisher, bring, folder):
    address = publisher.has("/a", stored(PDF, broken_after=1000))
    assert only_failure(bring(address, retries=0)).code == "broken-reply"
    assert (folder / ".doc-0.part").read_bytes() == PDF[:1000]
    publisher.has("/a", stored(PDF))
    assert len(bring(address).fetched) == 1 and publisher.last()["Range"] == "bytes=1000-"
    assert (folder / "doc-0.pdf").read_bytes() == PDF


@pytest.mark.parametrize(
    "then",
    [
        stored(PDF, ranges=False),
        stored(hostile.pdf(pages=3)),
        stored(hostile.pdf(pages=3), heeds=False),
        status(416),
    ],
    ids=["ranges ignored", "changed in between", "changed and its condition ignored", "range refused"],
)
def test_what_cannot_be_gone_on_with_begins_anew(publisher, bring, folder, then):
    address = publisher.has("/a", stored(PDF, broken_after=1000), then, stored(PDF))
    assert len(bring(address).fetched) == 1
    assert (folder / "doc-0.pdf").read_bytes() in (PDF, hostile.pdf(pages=3))


@pytest.mark.parametrize(
    "said",
    [
        "bytes 999-{last}/{total}",
        "bytes 0-{last}/{total}",
        "bytes 0-5/6",
        "bytes 1000-1001",
        "",
        "bytes */9",
        "bytes ٣-٤/٥",
    ],
)
def test_a_part_that_does_not_fit_is_not_joined_on(publisher, bring, folder, said):
    said = said.format(last=len(PDF) - 1, total=len(PDF))
    wrong = status(206, b"?" * (len(PDF) - 1000), Content_Range=said.encode("utf-8").decode("latin-1"))
    address = publisher.has("/a", stored(PDF, broken_after=1000), wrong, stored(PDF))
    assert len(bring(address).fetched) == 1 and (folder / "doc-0.pdf").read_bytes() == PDF


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_sure_mark_nothing_is_joined_on(publisher, bring, folder, etag):
    address = publisher.has("/a", stored(PDF, broken_after=1000, etag=etag), stored(PDF))
    assert len(bring(address).fetched) == 1 and "Range" not in publisher.last()
    assert (folder / "doc-0.pdf").read_bytes() == PDF


@pytest.mark.parametrize(
    ("code", "named", "tries"),
    [
        (202, "not-ready", 3), (401, "forbidden", 1), (403, "forbidden", 1), (404, "not-found", 1),
        (410, "not-found", 1), (418, "unexpected-status", 1), (429, "rate-limited", 3), (451, "forbidden", 1),
        (500, "server-error", 3), (503, "server-error", 3), (204, "unexpected-status", 1),
        (206, "unexpected-status", 1), (304, "unexpected-status", 1), (302, "unexpected-status", 1),
    ],
)  # fmt: skip
def test_each_status_has_its_name_and_only_what_may_pass_is_tried_again(publisher, bring, folder, code, named, tries):
    address = publisher.has("/a", status(code))
    failure = only_failure(bring(address))
    assert failure.code == named and str(code) in failure.message and failure.page == address
    assert len(publisher.paths()) == tries
    assert not (folder / "doc-0.pdf").exists()


def test_what_passes_is_waited_for(publisher, bring):
    address = publisher.has("/a", status(503), status(429, Retry_After="0"), stored(PDF))
    assert len(bring(address).fetched) == 1 and len(publisher.paths()) == 3


def test_one_that_fails_keeps_no_other_from_coming_and_keeps_what_it_was(publisher, bring, folder):
    good, bad = publisher.has("/good", stored(PDF)), publisher.has("/bad", stored(PDF))
    bring(good, bad)
    publisher.has("/bad", status(404))
    report = bring(good, bad)
    assert [kept.id for kept in report.unchanged] == ["doc-0"] and [each.id for each in report.failed] == ["doc-1"]
    assert (folder / "doc-1.pdf").read_bytes() == PDF


@pytest.mark.parametrize("after", ["1", None])
def test_a_host_that_asks_for_a_pause_gets_it_for_all_its_documents(publisher, bring, after):
    after = after or format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    first = publisher.has("/a", status(429, Retry_After=after), stored(PDF))
    assert len(bring(first, publisher.has("/b", stored(PDF))).fetched) == 2
    refused, *others = [each for each in publisher.asked if each.path != "/robots.txt"]
    assert all(each.began - refused.ended > 0.7 for each in others)


def test_a_host_that_asks_for_an_hour_is_not_asked_again(publisher, bring):
    addresses = [publisher.has(f"/{name}", status(503, Retry_After="3600")) for name in "abc"]
    report = bring(*addresses)
    assert [each.code for each in report.failed] == ["server-error"] * 3 and "3600 s" in report.failed[2].message
    assert publisher.paths() == ["/a"]


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause(publisher, bring):
    addresses = [publisher.has(f"/{number}", stored(PDF)) for number in range(3)]
    assert len(bring(*addresses, pause_s=0.15).fetched) == 3
    for one, next_one in zip(publisher.asked, publisher.asked[1:], strict=False):
        assert next_one.began - one.ended > 0.1


def test_robots_are_obeyed(publisher, bring):
    rules = b"User-agent: *\nAllow: /\n\nUser-agent: sinkqa\nDisallow: /private/\nCrawl-delay: 1\n"
    publisher.has("/robots.txt", page(rules))
    private, public = publisher.has("/private/a", stored(PDF)), publisher.has("/public/a", stored(PDF))
    report = bring(private, public)
    assert [each.code for each in report.failed] == ["robots-disallowed"] and publisher.paths() == ["/public/a"]
    robots, asked = publisher.asked
    assert asked.began - robots.ended > 0.9


def test_robots_are_obeyed_where_a_redirect_leads(publisher, bring):
    publisher.has("/robots.txt", page(b"User-agent: *\nDisallow: /private/\n"))
    publisher.has("/private/a", stored(PDF))
    assert only_failure(bring(publisher.has("/a", redirect("/private/a")))).code == "robots-disallowed"
    assert publisher.paths() == ["/a"]


@pytest.mark.parametrize(
    ("robots", "code"),
    [
        (status(404), None), (status(403), None), (page(b"<html>no such page</html>"), None),
        (page(b"\xff\xfe\0" * 99), None), (page(b"#" * 2_000_000), None),
        (redirect("/robots.txt"), None), (redirect("http://elsewhere.invalid/"), None),
        (status(500), "robots-unavailable"), (status(429), "robots-unavailable"),
        (page(b"User-agent: *\nDisallow: //[\n"), "robots-unavailable"),
    ],
)  # fmt: skip
def test_no_robots_is_a_yes_and_broken_robots_are_a_no(publisher, bring, robots, code):
    publisher.has("/robots.txt", robots)
    report = bring(publisher.has("/a", stored(PDF)), publisher.has("/b", stored(PDF)))
    assert [each.code for each in report.failed] == ([code] * 2 if code else [])
    assert len([each for each in publisher.asked if each.path == "/robots.txt"]) <= 6 - 3 * bool(code)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (HTML, "pdf", "expected pdf, got html"),
        (WAIT, "pdf", "expected pdf, got html"),
        (PDF, "html", "expected html, got pdf"),
        (b"", "pdf", "expected pdf, got nothing"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "pdf", "image/png"),
        (b"MZ" + bytes(range(256)) * 9, "pdf", "expected pdf"),
        (b"just words", "html", "expected html, got text"),
        (b"PK\x03\x04" + bytes(100), "docx", "damaged or truncated archive"),
    ],
)
def test_the_bytes_must_be_of_the_type_whatever_the_server_calls_them(publisher, bring, folder, body, kind, said):
    failure = only_failure(bring(publisher.has("/a", page(body, Content_Type="application/pdf")), kind=kind))
    assert failure.code == "wrong-type" and said in failure.message and "application/pdf" in failure.message
    assert {path.name for path in folder.iterdir()} == {".lock"}


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "nonsense\t\x80"])
def test_the_right_bytes_under_a_wrong_name_are_taken(publisher, bring, kind):
    assert len(bring(publisher.has("/a", page(PDF, Content_Type=kind))).fetched) == 1


def test_a_waiting_page_is_no_document(publisher, bring):
    assert only_failure(bring(publisher.has("/a", page(WAIT)), kind="html")).code == "no-text"
    assert len(bring(publisher.has("/a", page(HTML)), kind="html").fetched) == 1


def test_pinned_bytes_are_the_only_ones_that_do(publisher, bring, folder):
    address = publisher.has("/a", stored(PDF))
    assert only_failure(bring(address, entry={"sha256": "0" * 64})).code == "checksum-mismatch"
    assert not (folder / "doc-0.pdf").exists()
    assert len(bring(address, entry={"sha256": hashlib.sha256(PDF).hexdigest()}).fetched) == 1


@pytest.mark.parametrize("length", [None, 10**18])
def test_what_is_too_large_is_cut_off(publisher, bring, folder, length):
    address = publisher.has("/a", endless(total=1 << 40, length=length, each=b"%PDF-" + b"x" * 65_000))
    assert only_failure(bring(address, max_bytes=2**20)).code == "too-large"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2**20


def test_a_pdf_of_unknown_length_must_have_its_end(publisher, bring):
    def unsized(body):
        return endless(total=len(body), each=body)

    assert only_failure(bring(publisher.has("/a", unsized(PDF[:-500])))).code == "truncated"
    assert len(bring(publisher.has("/a", unsized(PDF))).fetched) == 1


def test_a_stalled_server_is_left_and_asked_again(publisher, bring):
    def stall(exchange):
        exchange.head(200, 1000)
        exchange.wfile.write(b"%PDF-")
        exchange.wfile.flush()
        exchange.site.over.wait(5)

    started = time.monotonic()
    assert only_failure(bring(publisher.has("/a", stall), stalled_s=0.2, retries=1)).code == "timed-out"
    assert time.monotonic() - started < 3 and len(publisher.paths()) == 2
    publisher.has("/a", stall, stored(PDF))
    assert len(bring(publisher.at("/a"), stalled_s=0.2).fetched) == 1


@pytest.mark.parametrize("where", ["body", "headers"])
def test_a_trickle_does_not_outlast_the_time_for_the_whole(publisher, bring, where):
    def trickle(exchange):
        if where == "body":
            exchange.head(200, 10**6)
        else:
            exchange.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not exchange.site.over.wait(0.05):
            exchange.wfile.write(b"x")
            exchange.wfile.flush()

    started = time.monotonic()
    assert only_failure(bring(publisher.has("/a", trickle), timeout_s=0.5)).code == "timed-out"
    assert time.monotonic() - started < 3


def test_a_host_that_is_gone_is_named_once_found_out(publisher, bring):
    with_port = publisher.port
    report = bring("http://127.0.0.1:9/a", "http://127.0.0.1:9/b", f"http://localhost:{with_port}/nothing")
    assert [each.code for each in report.failed] == ["unreachable", "unreachable", "not-found"]
    assert only_failure(bring("https://nothing.invalid/a", allow_private=False)).code == "unreachable"


def test_a_document_without_an_address_is_left_to_the_hand(publisher, folder):
    entries = [
        ManifestEntry(id="by-hand", title="A", page="https://example.org/"),
        ManifestEntry(id="comes", title="B", url=publisher.has("/b", stored(PDF))),
    ]
    report = fetch(entries, folder, manners=Manners(pause_s=0, allow_private=True))
    assert [entry.id for entry in report.by_hand] == ["by-hand"] and not report.failed and len(report.fetched) == 1
    assert report.as_dict()["by_hand"] == [{"id": "by-hand", "title": "A", "page": "https://example.org/"}]


def test_a_folder_that_cannot_be_written_is_named(publisher, bring, folder, tmp_path):
    folder.mkdir()
    (folder / "doc-0.pdf").mkdir()
    failure = only_failure(bring(publisher.has("/a", stored(PDF))))
    assert failure.code == "cannot-write" and os.strerror(21) in failure.message


def test_progress_counts_documents_and_tells_of_bytes(publisher, folder):
    told = []
    entries = [
        ManifestEntry(id=name, title=name, url=publisher.has(f"/{name}", stored(hostile.pdf(pages=1))))
        for name in ("a", "b")
    ]
    manners = Manners(pause_s=0, allow_private=True)
    fetch(entries, folder, manners=manners, on_progress=lambda *what: told.append(what))
    assert [(done, total) for done, total, _ in told] == sorted((done, total) for done, total, _ in told)
    assert told[-1][:2] == (2, 2) and any("MiB" in name for _, _, name in told)


def test_the_folder_is_held_while_it_is_fetched_into(folder):
    from sinkqa.service.errors import FetchBusy

    with only_one(folder), pytest.raises(FetchBusy, match="another process"), only_one(folder):
        pass
