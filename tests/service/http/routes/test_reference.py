"""The reference of the API: a browser shows it and tries a request, with nothing from another host."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from sinkqa.service.http.guards.headers import PAGE_POLICY
from tests.service.http.browsing import needs_chromium
from tests.service.http.conftest import Client

FILES = ("/docs", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/start.js")
UNFIT = ("/v1/documents/by-address", "/v1/compare")
"""One would take something in, and one wants documents of known countries, which this library lacks."""


def test_the_page_names_no_other_host_and_runs_nothing_of_its_own_text(client):
    page = client.get("/docs")
    assert page.status_code == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    assert {*re.findall(r'(?:src|href)="([^"]+)"', page.text)} <= {*FILES, "/openapi.json", "/favicon.ico"}
    assert "<style" not in page.text and "<script>" not in page.text and "style=" not in page.text


@pytest.mark.parametrize("path", FILES)
def test_each_file_is_held_to_the_policy_of_the_page_and_sent_once(client, path):
    first = client.get(path)
    assert first.status_code == 200 and first.headers["content-security-policy"] == PAGE_POLICY
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "name", ["", "nothing.js", "../core.py", "%2e%2e/core.py", "redoc.standalone.js", "x/start.js"]
)
def test_there_is_no_other_file(client, name):
    assert client.get(f"/docs/{name}").status_code == 404


def test_it_is_as_public_as_the_document_it_shows(begin):
    settings = begin()
    keys_of(settings).create("any")
    client = Client(create_app(settings))
    assert [client.get(path).status_code for path in (*FILES, "/openapi.json")] == [200] * 5
    assert client.get("/v1/models").status_code == 401
    assert client.get("/docsx").status_code == client.get("/docs.json").status_code == 401


def test_examples_of_bodies_are_answered_as_they_stand(client):
    """What the page offers to be tried leads somewhere."""
    tried = 0
    for path, item in client.get("/openapi.json").json()["paths"].items():
        body = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" in body and path not in UNFIT:
            url = path.replace("{vector_store_id}", "default")
            assert client.post(url, body["example"]).status_code == 200, (path, body["example"])
            tried += 1
    assert tried >= 10


@pytest.fixture
def opened(browser, address):
    """A page of this server that fails the test where it errs or reaches elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((address, "data:")) else wrong.append(asked.url))
    yield page
    context.close()
    assert not wrong


@needs_chromium
def test_a_browser_shows_every_route_and_tries_one(opened, address):
    opened.goto(f"{address}/docs")
    opened.wait_for_selector(".opblock", timeout=60_000)
    shown = {each.inner_text().replace("\u200b", "") for each in opened.query_selector_all(".opblock-summary-path")}
    assert shown == set(httpx.get(f"{address}/openapi.json").json()["paths"])
    assert opened.evaluate("document.documentElement.classList.contains('dark-mode')")
    opened.click("#operations-answers-search .opblock-summary-control")
    opened.click("#operations-answers-search >> text=Try it out")
    opened.fill("#operations-answers-search textarea", json.dumps({"query": "peat", "k": 1}))
    opened.click("#operations-answers-search >> text=Execute")
    answer = opened.wait_for_selector("#operations-answers-search .live-responses-table .response .microlight")
    assert "Rewetting drained peat" in answer.inner_text()


@needs_chromium
@pytest.mark.parametrize("width", [390, 768])
def test_it_fits_a_narrow_screen(opened, address, width):
    opened.set_viewport_size({"width": width, "height": 800})
    opened.goto(f"{address}/docs")
    opened.wait_for_selector(".opblock", timeout=60_000)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_the_keyboard_alone_opens_a_route(opened, address):
    opened.goto(f"{address}/docs")
    opened.wait_for_selector(".opblock", timeout=60_000)
    opened.focus("#operations-answers-search .opblock-summary-control")
    opened.keyboard.press("Enter")
    assert opened.wait_for_selector("#operations-answers-search .opblock-description")
