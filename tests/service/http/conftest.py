"""A small real library behind the application, and a client that speaks HTTP to it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI

from sinkqa.service.engine import Engine
from sinkqa.service.http.app import create_app
from sinkqa.service.settings import Settings
from tests.conftest import COMMAND

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FILES = {
    "sinks.md": (
        "# 林场碳汇管理办法\n\n## 一、抵销比例\n\n"
        "重点排放单位使用林场碳汇抵销的数量不得超过其年度应清缴配额的6%。\n"
        "林场碳汇项目的计入期为二十年。\n\n## 二、监测\n\n监测单位每五年对样地复查一次。\n"
    ),
    "forest.html": (
        "<html lang='en'><head><title>Woodland credit rules</title></head><body><h1>Woodland credit rules</h1>"
        "<h2>Limits</h2><p>An operator may cover at most 8 percent of its obligation with woodland credits. "
        "Credits expire after twelve years.</p><h2>Fire</h2><p>Losses from wildfire above 50 hectares must be reported "
        "within thirty days to the registry.</p></body></html>"
    ),
    "peat.txt": "Rewetting drained peat keeps carbon in the ground. The scheme pays 40 marks per hectare each year.\n",
}
ZH, EN, OUTSIDE = (
    "林场碳汇的抵销比例上限是多少？",
    "How much of its obligation may an operator cover?",
    "今天晚上吃什么？",
)


@dataclass(frozen=True, slots=True)
class Served:
    """A server in a process of its own, and where it listens; ``log`` is what it wrote, line by line."""

    url: str
    process: subprocess.Popen[str]
    log: list[str]


@contextmanager
def serving(settings: Settings, *options: str, **environment: str) -> Iterator[Served]:
    """``sinkqa serve`` on a free port of the loopback address, until left."""
    command = [COMMAND, "serve", "--library", settings.library, "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment)
    log: list[str] = []
    assert process.stderr is not None
    for line in process.stderr:
        log.append(line)
        if found := re.search(r"http://[\d.]+:[1-9]\d*", line):
            break
    else:
        pytest.fail(f"it did not start: {log}")
    reader = threading.Thread(target=log.extend, args=(process.stderr,))
    reader.start()
    try:
        yield Served(found.group(), process, log)
    finally:
        process.terminate()
        process.wait(timeout=60)
        reader.join()
        process.stderr.close()


class Client:
    """Speaks HTTP with an application in this process; unforeseen errors come as the 500 that they make."""

    def __init__(self, app: FastAPI, **headers: str) -> None:
        self.app, self.headers = app, headers

    def __call__(self, method: str, url: str, **how: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, url, headers=self.headers | how.pop("headers", {}), **how)

        return asyncio.run(send())

    def get(self, url: str, **how: Any) -> httpx.Response:
        return self("GET", url, **how)

    def post(self, url: str, json: Any = None, **how: Any) -> httpx.Response:
        return self("POST", url, json=json, **how)


@pytest.fixture(scope="session")
def begin(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Settings]:
    """Makes a library of these files, by default of all, in a folder of its own; gives its settings."""

    def make(files: dict[str, str] = FILES, **settings: Any) -> Settings:
        folder = tmp_path_factory.mktemp("served")
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        made = Settings(library=folder / "library", workers=1, **settings)
        report = Engine.open(made, create=True).add([folder / name for name in files])
        assert not report.failed
        return made

    return make


@pytest.fixture(scope="session")
def settings(begin: Callable[..., Settings]) -> Settings:
    """A library of all files. Only to be read: ``begin`` makes one to change."""
    return begin()


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Engine:
    return Engine.open(settings)


@pytest.fixture(scope="session")
def address(settings: Settings) -> Iterator[str]:
    """Where a real server answers from the library of all files. Only to be read."""
    with serving(settings) as served:
        yield served.url


@pytest.fixture(scope="module")  # no longer: its event loop would be in the way of others
def browser() -> Iterator[Browser]:
    """A browser without a window, for tests that are marked with :data:`browsing.needs_chromium`."""
    from playwright.sync_api import sync_playwright

    from tests.service.http.browsing import CHROMIUM

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens the page of the module's own server ``served``; see :func:`browsing.visiting`."""
    from tests.service.http.browsing import visiting

    with visiting(browser, request.getfixturevalue("served").url) as go:
        yield go


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[Client]:
    """The application over the library of all files. Only to be read."""
    return Client(create_app(settings))
