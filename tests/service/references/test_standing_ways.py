"""The standing of a document by every way in: command line, HTTP and the Model Context Protocol."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mcp import Client as Caller

from sinkqa.service.engine import Engine
from sinkqa.service.http.app import create_app
from sinkqa.service.mcp import Place, Server
from sinkqa.service.settings import Settings
from tests.conftest import Ran
from tests.service.http.conftest import Client
from tests.service.references.test_standings import REEDS, SHORES

ON = "2035-06-01"
Told = dict[str, Any]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("standing")
    (folder / "texts").mkdir()
    (folder / "texts" / "reeds.md").write_text(REEDS, "utf-8")
    (folder / "texts" / "shores.md").write_text(SHORES, "utf-8")
    settings = Settings(library=folder / "library")
    Engine.open(settings, create=True).add([folder / "texts"])
    return settings


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Engine:
    return Engine.open(settings)


@pytest.fixture(scope="module")
def reeds(engine: Engine) -> str:
    return next(record.doc_id for record in engine.documents() if record.name == "reeds.md")


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[Client]:
    return Client(create_app(settings))  # type: ignore[return-value]


def _by_mcp(engine: Engine, **given: object) -> Told:
    async def call() -> Told:
        async with Caller(Server(lambda _: Place("default", lambda: engine))) as caller:
            result = await caller.call_tool("standing", given)
            return {"error": result.is_error, "told": result.structured_content}

    return asyncio.run(call())


def test_every_way_in_tells_the_same(
    sinkqa: Callable[..., Ran], settings: Settings, engine: Engine, client: Client, reeds: str
) -> None:
    expected = json.loads(json.dumps(engine.standing(reeds, datetime.date.fromisoformat(ON)).as_dict()))
    assert expected["standing"]["status"] == "repealed"
    printed = sinkqa("standing", reeds[:8], "--as-of", ON, "--json", "-l", settings.library)
    assert json.loads(printed.out) == expected
    assert client.get(f"/v1/documents/{reeds}/standing", params={"as_of": ON}).json() == expected
    assert _by_mcp(engine, doc_id=reeds, as_of=ON)["told"] == expected


def test_today_is_the_default(engine: Engine, client: Client, reeds: str) -> None:
    today = datetime.date.today().isoformat()
    assert engine.standing(reeds).standing.on == today
    assert client.get(f"/v1/documents/{reeds}/standing").json()["standing"]["on"] == today


def test_an_unchanged_standing_is_not_sent_again(client: Client, reeds: str) -> None:
    first = client.get(f"/v1/documents/{reeds}/standing", params={"as_of": ON})
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/v1/documents/{reeds}/standing", params={"as_of": ON}, headers=known).status_code == 304
    other = client.get(f"/v1/documents/{reeds}/standing", params={"as_of": "2032-01-01"}, headers=known)
    assert other.json()["standing"]["status"] == "in_force"


@pytest.mark.parametrize("day", ["yesterday", "2035-13-01", "2035", "20350601", "0", "2035-06-01T00:00:00", ""])
def test_no_date_is_refused(
    sinkqa: Callable[..., Ran], settings: Settings, engine: Engine, client: Client, reeds: str, day: str
) -> None:
    assert client.get(f"/v1/documents/{reeds}/standing", params={"as_of": day}).status_code == 422
    assert sinkqa("standing", reeds, "--as-of", day, "-l", settings.library).status == 2
    assert _by_mcp(engine, doc_id=reeds, as_of=day)["error"]


def test_no_such_document(sinkqa: Callable[..., Ran], settings: Settings, engine: Engine, client: Client) -> None:
    assert client.get(f"/v1/documents/{'0' * 12}/standing").status_code == 404
    refused = sinkqa("standing", "0" * 12, "-l", settings.library)
    assert (refused.status, "no document" in refused.err) == (1, True)
    assert _by_mcp(engine, doc_id="0" * 12)["error"]


def test_the_command_shows_the_words_that_say_so(sinkqa: Callable[..., Ran], settings: Settings, reeds: str) -> None:
    shown = sinkqa("standing", reeds, "--as-of", ON, "-l", settings.library).out
    assert "repealed" in shown
    assert "until  2034-01-01" in shown
    assert "苇溪市湖岸保护条例" in shown
    assert "同时废止" in shown


def test_without_a_document_the_command_lists_all(sinkqa: Callable[..., Ran], settings: Settings, reeds: str) -> None:
    listed = sinkqa("standing", "--as-of", ON, "-l", settings.library).out.splitlines()
    assert listed[0].split("\t") == ["id", "standing", "since", "until", "title"]
    assert listed[1].split("\t")[1:4] == ["in force", "2034-01-01", ""] or len(listed) == 3
    row = next(line.split("\t") for line in listed if line.startswith(reeds[:12]))
    assert row[1:] == ["repealed", "2031-05-01", "2034-01-01", "苇溪市芦苇保护办法"]
    told = json.loads(sinkqa("standing", "--as-of", ON, "--json", "-l", settings.library).out)
    assert {each["standing"]["status"] for each in told["standings"]} == {"in_force", "repealed"}
