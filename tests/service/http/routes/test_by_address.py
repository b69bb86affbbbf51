"""Adding by address over HTTP: off unless allowed, never from inside, and then as any upload."""

from __future__ import annotations

import httpx
import pytest

from sinkqa.service.fetching.by_address import file_name
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from tests.service.fetching.site import page, redirect, site
from tests.service.http.conftest import FILES, Client
from tests.service.http.guards.test_problems import told
from tests.service.http.uploading import ended

PAGE = (
    b"<html><head><title>Teal rules</title></head><body><p>Teal may be counted by wardens each July.</p></body></html>"
)


@pytest.fixture
def publisher():
    with site() as script:
        yield script


@pytest.fixture
def serving(begin):
    """Makes clients of applications with settings."""
    apps = []

    def make(**how):
        apps.append(create_app(begin({"peat.txt": FILES["peat.txt"]}, **how)))
        return Client(apps[-1])

    yield make
    for app in apps:
        app.state.jobs.close()


def test_it_is_off_unless_the_operator_allows_it(serving, publisher):
    client = serving(fetch_private=True)
    address = publisher.has("/teal.html", page(PAGE))
    told(client.post("/v1/documents/by-address", {"address": address}), 403, "forbidden")
    assert not publisher.asked and client.get("/v1/quota").json()["by_address"] is False


def test_a_page_is_taken_in_from_its_address_also_behind_a_redirect_to_another_host(serving, publisher):
    client = serving(add_by_address=True, fetch_private=True)
    assert client.get("/v1/quota").json()["by_address"] is True
    publisher.has("/teal.html", page(PAGE))
    address = publisher.has("/old", redirect(publisher.at("/teal.html", "localhost")))
    job = ended(client, client.post("/v1/documents/by-address", {"address": f"  {address} "}))
    (file,) = job["files"]
    assert (file["state"], file["name"]) == ("added", "127.0.0.1_old")
    assert client.get(f"/v1/documents/{file['doc_id']}").json()["title"] == "Teal rules"
    assert client.post("/v1/search", {"query": "teal July"}).json()["hits"][0]["doc_id"] == file["doc_id"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433"])
def test_no_address_of_this_machine_is_asked(serving, publisher, host):
    client = serving(add_by_address=True)
    publisher.has("/teal.html", page(PAGE))
    refused = client.post("/v1/documents/by-address", {"address": publisher.at("/teal.html", host)})
    told(refused, 422, "address-refused")
    assert not publisher.asked, "no byte is sent"


@pytest.mark.parametrize(
    "address",
    ["", "teal", "file:///etc/passwd", "ftp://example.org/x", "https://", "https://a:b@example.org/x", "h" * 2001],
)
def test_only_addresses_of_the_web_are_taken(serving, address):
    client = serving(add_by_address=True, fetch_private=True)
    assert client.post("/v1/documents/by-address", {"address": address}).status_code == 422


def test_what_does_not_come_or_is_too_large_is_told_and_nothing_lands(serving, publisher):
    client = serving(add_by_address=True, fetch_private=True, fetch_max_mb=0.01)
    for path, why in (("/none", "status 404"), ("/large", "too-large"), ("/round", "too-many-redirects")):
        publisher.has("/large", page(b"x" * 20_000))
        publisher.has("/round", redirect("/round"))
        refused = client.post("/v1/documents/by-address", {"address": publisher.at(path)})
        told(refused, 422, "address-refused")
        assert why in refused.json()["detail"] and "upload the file" in refused.json()["detail"]
    publisher.has("/robots.txt", page(b"User-agent: *\nDisallow: /shut"))
    refused = client.post("/v1/documents/by-address", {"address": publisher.at("/shut")})
    assert "robots-disallowed" in refused.text or refused.status_code == 422
    assert client.get("/v1/jobs").json() == {"jobs": []}


def test_a_key_needs_the_scope_and_its_quota_counts(serving, publisher):
    client = serving(add_by_address=True, fetch_private=True, key_day_documents=1)
    keys = keys_of(client.app.state.settings)
    reads, writes = (keys.create(scope, scope=scope)[1] for scope in ("read", "write"))
    address = {"address": publisher.has("/teal.html", page(PAGE))}
    told(client.post("/v1/documents/by-address", address), 401, "unauthorized")
    told(client.post("/v1/documents/by-address", address, headers={"X-Api-Key": reads}), 403, "forbidden")
    assert not publisher.asked
    assert client.post("/v1/documents/by-address", address, headers={"X-Api-Key": writes}).status_code == 202
    told(client.post("/v1/documents/by-address", address, headers={"X-Api-Key": writes}), 429, "day-quota-exceeded")


def test_two_addresses_never_share_a_name():
    long = "https://example.org/" + "laws/" * 60
    names = [
        file_name(httpx.URL(address))
        for address in (
            "https://a.org/index.html",
            "https://b.org/index.html",
            "https://a.org/index.html?n=2",
            long + "one.pdf",
            long + "two.pdf",
            "https://例え.jp/湿地%2F法.pdf",
        )
    ]
    assert len(set(names)) == len(names) and not any("/" in name or len(name) > 130 for name in names)
    assert names[3].endswith(".pdf") and "湿地_法.pdf" in names[5]
