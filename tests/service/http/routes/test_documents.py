"""Documents over HTTP: each page and passage in its place, quotes marked where they stand, deletions undone."""

from __future__ import annotations

import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from sinkqa.ingest.document import Box, Page, Span
from sinkqa.service.answer import QuotedSpan
from sinkqa.service.documents import page_images as drawing
from sinkqa.service.errors import PageNotDrawn
from sinkqa.service.http.app import create_app
from sinkqa.service.interfaces.links import passage_link
from tests.articles import ARTICLES, single_column, two_columns, with_table
from tests.hostile import repeating
from tests.service.http.conftest import FILES, ZH, Client
from tests.service.http.uploading import added

ASTRAL = (
    "# 𝒜 survey 🌲\n\n## Trees 🌳\n\nThe 🌲 stand holds 𝟒𝟎 oaks and one yew. It is fenced.\n\n## Ponds\n\nTwo ponds.\n"
)


@pytest.fixture(scope="module")
def client(begin):
    app = create_app(begin())
    yield Client(app)
    app.state.jobs.close()


@pytest.fixture(scope="module")
def lake(client):
    return added(client, "lake.pdf", single_column("zh"))


@pytest.fixture(scope="module")
def survey(client):
    return added(client, "survey.md", ASTRAL.encode())


def image(client, doc_id, page=1, **query):
    response = client.get(f"/v1/documents/{doc_id}/pages/{page}", params={"format": "png", **query})
    assert response.status_code == 200 and response.headers["content-type"] == "image/png", response.text
    return np.array(Image.open(io.BytesIO(response.content)))


def told(response, status, code):
    assert (response.status_code, response.json()["code"]) == (status, code), response.text


def test_documents_are_listed_a_page_at_a_time(client, lake, survey):
    every = client.get("/v1/documents").json()
    assert every["total"] == len(every["documents"]) >= 5 and every["next_offset"] is None
    assert [each["title"] for each in every["documents"]] == sorted(each["title"] for each in every["documents"])
    seen, offset = [], 0
    while offset is not None:
        part = client.get("/v1/documents", params={"limit": 2, "offset": offset}).json()
        seen, offset = seen + part["documents"], part["next_offset"]
    assert seen == every["documents"]
    assert client.get("/v1/documents?offset=999").json()["documents"] == []


def test_nobody_learns_where_files_lie_on_the_server(client, settings):
    body = client.get("/v1/documents").text
    assert str(settings.library.parent) not in body and "sources" not in body


@pytest.mark.parametrize("part", ["", "/text", "/outline", "/passages", "/pages/1", "/pages/1?format=png"])
def test_what_the_client_has_is_not_sent_again(client, lake, part):
    url = f"/v1/documents/{lake}{part}"
    first = client.get(url)
    etag = first.headers["etag"]
    assert first.status_code == 200 and first.headers["cache-control"] == "private, no-cache"
    for known in (etag, f'"x", W/{etag}', "*"):
        again = client.get(url, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(url, headers={"If-None-Match": '"x"'}).status_code == 200
    assert client.get(url + ("&" if "?" in url else "?") + "collection=default").headers["etag"] == etag


def test_a_list_is_new_when_the_library_is(client):
    etag = client.get("/v1/documents").headers["etag"]
    assert client.get("/v1/documents", headers={"If-None-Match": etag}).status_code == 304
    added(client, "news.md", b"# News\n\nA new pond was dug.\n")
    assert client.get("/v1/documents", headers={"If-None-Match": etag}).status_code == 200


def test_pages_are_slices_of_the_text(client, lake, survey):
    for doc_id in (lake, survey):
        text = client.get(f"/v1/documents/{doc_id}/text").json()
        pages = [client.get(f"/v1/documents/{doc_id}/pages/{n + 1}").json() for n in range(text["n_pages"])]
        assert "".join(page["text"] for page in pages) == text["text"]
        for page in pages:
            place, utf16 = page["place"], text["text"].encode("utf-16-le")
            assert text["text"][place["start"] : place["end"]] == page["text"]
            assert utf16[2 * place["start_utf16"] : 2 * place["end_utf16"]].decode("utf-16-le") == page["text"]
            assert page["text_sha256"] == text["text_sha256"]


def test_highlights_are_cut_to_the_page_and_joined(client, lake):
    page = client.get(f"/v1/documents/{lake}/pages/2").json()
    start, end = page["place"]["start"], page["place"]["end"]
    spans = [f"0-{start + 4}", f"{start + 2}-{start + 9}", f"{end - 3}-999999999", "5-2", f"{end}-{end + 5}"]
    shown = client.get(f"/v1/documents/{lake}/pages/2", params={"highlight": spans}).json()
    assert [(each["start"], each["end"]) for each in shown["highlights"]] == [(start, start + 9), (end - 3, end)]
    assert shown["boxes"] and all(box["page"] == 2 for box in shown["boxes"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: single_column("en"),
        lambda: two_columns("zh"),
        *(lambda rotate=rotate: with_table("en", "full", rotate=rotate) for rotate in (0, 90, 180, 270)),
    ],
)
def test_the_words_of_a_passage_are_marked_and_no_others(client, make):
    """White ink under a hidden paragraph shows what is marked: only that paragraph's place differs from the plain."""
    doc_id = added(client, "marked.pdf", make())
    passages = client.get(f"/v1/documents/{doc_id}/passages").json()["passages"]
    passage = max(
        (each for each in passages if each["page_start"] == each["page_end"] == 1), key=lambda p: len(p["text"])
    )
    page = client.get(f"/v1/documents/{doc_id}/pages/1", params={"passage": passage["passage_id"]}).json()
    plain = image(client, doc_id, width=1000).astype(int)
    marked = image(client, doc_id, width=1000, passage=passage["passage_id"]).astype(int)
    assert plain.shape == marked.shape and plain.shape[1] == 1000
    assert abs(plain.shape[0] / plain.shape[1] - page["height"] / page["width"]) < 0.01
    scale = 1000 / page["width"]
    inside = np.zeros(plain.shape[:2], bool)
    for box in page["boxes"]:
        inside[
            int((box["y0"] - 1.5) * scale) : int((box["y1"] + 1.5) * scale) + 2,
            int((box["x0"] - 1.5) * scale) : int((box["x1"] + 1.5) * scale) + 2,
        ] = True
    changed = (plain != marked).any(axis=2)
    assert changed.sum() > 0.5 * inside.sum() and not (changed & ~inside).any()
    dark = (plain < 100).all(axis=2)
    inked = (dark & inside).sum() / inside.sum()
    assert inked > 0.03 and inked > 2 * (dark & ~inside).sum() / (~inside).sum()
    highlights = [f"{span['start']}-{span['end']}" for span in passage["spans"]]
    assert (image(client, doc_id, width=1000, highlight=highlights) == marked).all()


def test_an_image_comes_to_who_accepts_it(client, lake):
    url = f"/v1/documents/{lake}/pages/1"
    browser = {"Accept": "image/avif,image/webp,image/png,image/*;q=0.8,*/*;q=0.5"}
    assert client.get(url, headers=browser).headers["content-type"] == "image/png"
    for accept in ("*/*", "application/json", "application/json, image/png"):
        assert client.get(url, headers={"Accept": accept}).headers["content-type"] == "application/json"
    assert client.get(url, headers={"Accept": "*/*"}).headers["vary"].startswith("Accept")


def test_pages_that_are_not_there_or_have_no_image_are_told(client, lake, survey):
    told(client.get(f"/v1/documents/{lake}/pages/99"), 404, "page-not-found")
    told(client.get(f"/v1/documents/{lake}/pages/0"), 422, "invalid-request")
    told(client.get(f"/v1/documents/{lake}/pages/1?highlight=a-b"), 422, "invalid-request")
    told(client.get(f"/v1/documents/{lake}/pages/1?passage=none"), 404, "passage-not-found")
    told(client.get(f"/v1/documents/{survey}/pages/1?format=png"), 406, "no-page-image")
    told(client.get("/v1/documents/none/pages/1"), 404, "document-not-found")
    told(client.get("/v1/passages/none"), 404, "passage-not-found")


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_drawn(client, lake, monkeypatch):
    words = b"0 g BT /F1 12 Tf 72 700 Td (Forests hold carbon, and so do the soils below them.) Tj ET\n"
    doc_id = added(client, "heavy.pdf", repeating(1, b"1 g " + b"0 0 595 842 re f\n" * 30_000 + words))
    image(client, lake)
    assert drawing._pool is not None
    busy = [*drawing._pool._processes.values()]
    monkeypatch.setattr(drawing, "_PATIENCE_S", 1.0)
    began = time.monotonic()
    told(client.get(f"/v1/documents/{doc_id}/pages/1?format=png"), 422, "page-not-drawn")
    assert time.monotonic() - began < 3
    for process in busy:
        process.join(5)
        assert process.exitcode is not None, "nobody goes on drawing it"
    monkeypatch.undo()
    assert image(client, lake, width=100).shape[1] == 100


@pytest.mark.parametrize("box", [b"[0 0 0 0]", b"[0 0 1000000 1000000]", b"[0 0 0.001 9999]", b"[-5 -5 -1 -1]"])
def test_pages_of_odd_sizes_are_drawn_within_bounds_or_named(box):
    content = repeating(1).replace(b"[0 0 595 842]", box)
    page = Page(1, 0, 10, width=595.0, height=842.0)
    odd = [Box(1, -99, -9, 9999, 9999), Box(1, 5, 5, 1, 1)]
    drawn = np.array(Image.open(io.BytesIO(drawing.draw(content, page, odd, width=4096))))
    assert drawn.shape[0] * drawn.shape[1] <= 16_400_000 and max(drawn.shape) <= 16_384
    with pytest.raises(PageNotDrawn, match="damaged"):
        drawing.draw(content, Page(1, 0, 10), odd, width=100)
    with pytest.raises(PageNotDrawn, match="damaged"):
        drawing.draw(content, Page(2, 0, 10, width=595.0, height=842.0), odd, width=100)


def test_what_crashes_the_drawing_process_takes_nothing_else_with_it(client, lake):
    image(client, lake)
    assert drawing._pool is not None
    drawing.kill(drawing._pool)
    time.sleep(0.5)
    statuses = [client.get(f"/v1/documents/{lake}/pages/1?format=png").status_code for _ in range(2)]
    assert statuses in ([422, 200], [200, 200])


def test_headings_stand_where_the_outline_says(client, lake, survey):
    for doc_id, wanted in (
        (lake, [section.heading for section in ARTICLES["zh"].sections]),
        (survey, ["Trees 🌳", "Ponds"]),
    ):
        text = client.get(f"/v1/documents/{doc_id}/text").json()["text"]
        headings = client.get(f"/v1/documents/{doc_id}/outline").json()["headings"]
        assert [each["text"] for each in headings] == wanted
        for heading in headings:
            (span,) = heading["spans"]
            assert text[span["start"] : span["end"]] == heading["text"] and span["start"] == heading["start"]
            page = client.get(f"/v1/documents/{doc_id}/pages/{heading['page']}").json()
            assert page["place"]["start"] <= span["start"] < page["place"]["end"]
        starts = [heading["start"] for heading in headings]
        assert starts == sorted(starts)


def test_passages_follow_each_other_and_quote_the_text(client, lake, survey):
    for doc_id in (lake, survey):
        text = client.get(f"/v1/documents/{doc_id}/text").json()["text"]
        listed = client.get(f"/v1/documents/{doc_id}/passages").json()["passages"]
        passage_id, walked, before = listed[0]["passage_id"], [], None
        while passage_id:
            passage = client.get(f"/v1/passages/{passage_id}").json()
            assert passage["quote"] == " … ".join(text[span["start"] : span["end"]] for span in passage["spans"])
            assert (passage["doc_id"], passage["previous"]) == (doc_id, before)
            walked.append({name: passage[name] for name in listed[0]})
            before, passage_id = passage_id, passage["next"]
        assert walked == listed
    paged = client.get(f"/v1/documents/{lake}/passages?limit=2&offset=1").json()
    assert len(paged["passages"]) == 2 and paged["next_offset"] == 3


def test_a_link_opens_a_passage_with_the_words_to_highlight():
    spans = [QuotedSpan(3, 9, 3, 9), Span(20, 21)]
    assert passage_link("http://a", "beef") == "http://a/#/p/beef"
    assert passage_link("", "beef", spans=spans) == "/#/p/beef?q=3-9,20-21"
    assert passage_link("", "beef", spans=spans[:1], collection="moor") == "/#/p/beef?q=3-9&collection=moor"


def test_a_deletion_leaves_nothing_to_find_and_can_be_undone(begin):
    app = create_app(settings := begin())
    client = Client(app)
    try:
        before = client.post("/v1/search", {"query": ZH}).json()["hits"]
        doc_id = before[0]["doc_id"]
        record = client.get(f"/v1/documents/{doc_id}").json()
        gone = client("DELETE", f"/v1/documents/{doc_id[:8]}").json()
        assert (gone["doc_id"], gone["title"]) == (doc_id, record["title"]) and gone["restorable_until"] > "2020"
        told(client.get(f"/v1/documents/{doc_id}"), 404, "document-not-found")
        told(client.get(f"/v1/passages/{before[0]['passage_id']}"), 404, "passage-not-found")
        told(client("DELETE", f"/v1/documents/{doc_id}"), 404, "document-not-found")
        assert doc_id not in client.post("/v1/search", {"query": ZH}).text
        back = client.post(gone["restore_url"])
        changing = {"added_at", "generation"}
        assert {k: v for k, v in back.json().items() if k not in changing} == {
            k: v for k, v in record.items() if k not in changing
        }
        after = client.post("/v1/search", {"query": ZH}).json()["hits"]
        for one, other in zip(after, before, strict=True):  # sums in the order of rows, which are others now
            assert one["why"].pop("late") == pytest.approx(other["why"].pop("late"), abs=1e-6)
        assert after == before
        assert not app.state.collections.engine().doctor().problems
        told(client.post(gone["restore_url"]), 404, "document-not-found")
        gone = client("DELETE", f"/v1/documents/{doc_id}", params={"permanent": True}).json()
        assert (gone["restorable_until"], gone["restore_url"]) == (None, None)
        told(client.post(f"/v1/documents/{doc_id}/restore"), 404, "document-not-found")
        assert settings.library.joinpath("trash.sqlite").is_file()
    finally:
        app.state.jobs.close()


def test_what_was_deleted_is_gone_from_disk_when_its_time_is_over(begin):
    secret = "The sunken orchard at Quillwharf holds ninety pear trees."
    app = create_app(settings := begin({**FILES, "secret.txt": secret}, undo_s=1))
    client = Client(app)
    engine = app.state.collections.engine()
    try:
        (doc_id,) = [record.doc_id for record in engine.documents() if record.name == "secret.txt"]
        gone = client("DELETE", f"/v1/documents/{doc_id}").json()
        time.sleep(2.1)
        told(client.post(gone["restore_url"]), 404, "document-not-found")
        for path in settings.library.glob("trash.sqlite*"):
            content = path.read_bytes()
            assert doc_id.encode() not in content and b"Quillwharf" not in content and b"quillwharf" not in content
    finally:
        app.state.jobs.close()


def test_deleting_while_others_read_shows_a_whole_document_or_none(begin):
    app = create_app(begin())
    client = Client(app)
    doc_id = added(client, "lake.pdf", single_column("en"))
    parts = ("", "/text", "/outline", "/passages", "/pages/1", "/pages/2?format=png&width=100")
    whole = {part: client.get(f"/v1/documents/{doc_id}{part}") for part in parts}
    stop, seen, wrong = threading.Event(), set(), []

    def read(part):
        while not stop.is_set():
            response = client.get(f"/v1/documents/{doc_id}{part}")
            seen.add((part, response.status_code))
            if response.status_code != 404 and (response.status_code != 200 or not same(part, response)):
                wrong.append((part, response.status_code, response.text[:300]))

    def same(part, response):
        if part == "":
            return response.json()["text_sha256"] == whole[part].json()["text_sha256"]
        return response.content == whole[part].content

    readers = [threading.Thread(target=read, args=(part,)) for part in parts]
    for reader in readers:
        reader.start()
    try:
        for _ in range(6):
            gone = client("DELETE", f"/v1/documents/{doc_id}")
            assert gone.status_code == 200
            time.sleep(0.03)
            assert client.post(gone.json()["restore_url"]).status_code == 200
            time.sleep(0.03)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
        app.state.jobs.close()
    assert not wrong
    assert {status for _, status in seen} == {200, 404}


def test_what_is_known_of_a_document_is_corrected_and_taken_back(client):
    doc_id = added(client, "mere.md", "# 沼泽\n\n本办法所称沼泽，是指常年积水的湿地。\n".encode())
    url, before = f"/v1/documents/{doc_id}", client.get(f"/v1/documents/{doc_id}")
    changes = {"title": "沼泽管理办法", "year": 2002, "jurisdiction": "NZ", "url": "https://mere.example/1"}
    after = client("PATCH", url, json=changes, headers={"Content-Type": "application/merge-patch+json"}).json()
    assert (after["title"], after["metadata"]["year"], after["metadata"]["url"]) == (
        "沼泽管理办法",
        2002,
        changes["url"],
    )
    assert after["edited"]["title"] == {"read": "沼泽"} and after["edited"]["year"] == {"read": None}
    again = client.get(url, headers={"If-None-Match": before.headers["etag"]})
    assert again.status_code == 200 and again.json() == after
    assert after in client.get("/v1/documents?limit=1000").json()["documents"]
    found = client.post("/v1/search", {"query": "沼泽管理办法", "filters": {"jurisdictions": ["NZ"]}}).json()["hits"]
    assert {(hit["doc_id"], hit["title"]) for hit in found} == {(doc_id, "沼泽管理办法")}
    assert client("PATCH", url, json={}).json() == after
    back = client("PATCH", url, json={"title": None, "year": None, "jurisdiction": None, "url": ""}).json()
    assert back["edited"] == {} and back["metadata"] == before.json()["metadata"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"colour": "red"}, "invalid-request"),
        ({"authors": []}, "invalid-request"),
        ({"year": "2002"}, "invalid-request"),
        ({"year": 99999}, "invalid-request"),
        ({"year": 13}, "invalid-correction"),
        ({"jurisdiction": "Atlantis"}, "invalid-correction"),
        ({"language": "english"}, "invalid-correction"),
        ({"url": "javascript:alert(1)"}, "invalid-correction"),
        ([], "invalid-request"),
    ],
)
def test_a_correction_that_cannot_be_is_a_problem_and_changes_nothing(client, lake, body, code):
    before = client.get(f"/v1/documents/{lake}").json()
    refused = client("PATCH", f"/v1/documents/{lake}", json=body)
    told(refused, 422, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get(f"/v1/documents/{lake}").json() == before
    told(client("PATCH", "/v1/documents/abcdefabcdef", json={"year": 2002}), 404, "document-not-found")
