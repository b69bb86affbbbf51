"""The command that serves: one process or several, every interface over HTTP."""

from __future__ import annotations

import gc
import logging
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.service.commands.options import Collection, Library, open_engine
from sinkqa.service.errors import InvalidSetting

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from sinkqa.service.engine import Engine
    from sinkqa.service.http.serving.handover import Giver
    from sinkqa.service.settings import Settings

_log = logging.getLogger(__name__)
_WORKER = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from sinkqa.service.commands.serve import work; work()"
)


def serve(
    library: Library = None,
    collection: Collection = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: 127.0.0.1, this machine.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0: any that is free.")] = 8000,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer, one for each core; default: 1.")
    ] = None,
) -> None:
    """Serve the page and the API until stopped; requests that run are finished first.

    On another address than this machine's own, or with a public one set, requests need a key: sinkqa key create.
    With several processes, SIGHUP replaces them one by one, and nobody is refused meanwhile.
    """
    from sinkqa.service.settings import Settings

    given = {"library": library, "collection": collection, "host": host, "processes": processes}
    settings = Settings.load(**given)
    if settings.processes > 1:
        raise typer.Exit(_serve_together(settings, port, {name: str(value) for name, value in given.items() if value}))
    from sinkqa.service.commands.phrases import count
    from sinkqa.service.http.app import (
        create_app,  # with FastAPI behind it, half a second that no other command waits for
    )
    from sinkqa.service.http.observing.lines import announce
    from sinkqa.service.http.serving.server import serve_alone

    documents = _begin(settings)
    lead = f"{count(documents, 'document')}, Ctrl-C stops"

    def on_listening(address: str) -> None:
        announce(f"SinkQA: {settings.public_url or address} — {lead}", settings.log)

    serve_alone(create_app(settings), settings, port=port, on_listening=on_listening)


def _begin(settings: Settings, worker: int | None = None) -> int:
    """What every process that answers does first; the number of documents, where it is the first process.

    The library is opened here, so that a user sees what is wrong.
    """
    from sinkqa.ingest.extras import is_installed, missing
    from sinkqa.service.http.guards.access import standing
    from sinkqa.service.http.guards.clients import SLICE_S
    from sinkqa.service.http.observing.lines import begin_log, is_plain

    gc.enable()
    documents = 0
    if not worker:
        engine = open_engine(settings.library, settings.collection, quiet=not is_plain(settings.log))
        engine.ready()
        documents = engine.size().documents
    begin_log(settings.log, worker)
    sys.setswitchinterval(SLICE_S)
    if not worker:
        _log.warning(standing(settings))
        for extra, needed_by in _needed(settings):
            if not is_installed(extra):
                _log.warning(missing(extra, needed_by))
    return documents


def _needed(settings: Settings) -> Iterator[tuple[str, str]]:
    """Extras that are used once somebody asks for it, with what asks for each."""
    import os

    if settings.llm_url:
        yield "llm", "the setting llm_url"
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        yield "otel", "OTEL_EXPORTER_OTLP_ENDPOINT"


def _serve_together(settings: Settings, port: int, given: dict[str, str]) -> int:
    """Listens here, and answers in workers that are started as this process was; the exit status."""
    if sys.platform == "win32":
        raise InvalidSetting(
            f"setting processes: expected 1 on Windows, where connections cannot be handed over, got "
            f"{settings.processes}; unset it, or serve under WSL or in a container"
        )
    import asyncio
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from sinkqa.service.http.observing.lines import begin_log
    from sinkqa.service.http.serving.processes import Processes, listening_at

    try:
        listeners = listening_at(settings.host, port)
    except OSError as error:
        raise InvalidSetting(
            f"host and port: cannot listen at {settings.host}:{port}: {error.strerror or error}; name others"
        ) from error
    begin_log(settings.log)
    with TemporaryDirectory(prefix="sinkqa-serve-") as name:
        folder = Path(name)

        def start(number: int) -> tuple[subprocess.Popen[bytes], Giver]:
            return _started(number, folder, given)

        return asyncio.run(Processes(start, listeners, settings.processes, folder).run())


def _started(number: int, folder: Path, given: dict[str, str]) -> tuple[subprocess.Popen[bytes], Giver]:
    """A worker in a new interpreter: after an upgrade it is one of the new version."""
    import json
    import subprocess

    from sinkqa.service.http.serving.handover import pair

    ours, theirs = pair()
    told = json.dumps({"number": number, "link": theirs.fileno(), "folder": str(folder), "given": given})
    command = [sys.executable, "-c", _WORKER, json.dumps(sys.path), told]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    theirs.close()
    return process, ours


def work() -> None:
    """All that a worker does: it answers the connections that it is handed, until no more come."""
    import json
    import os
    import signal
    from pathlib import Path

    from sinkqa.ingest.errors import SinkQAError
    from sinkqa.service.commands import terminal
    from sinkqa.service.http.serving.handover import OPENED, Taker

    for ignored in (signal.SIGINT, signal.SIGHUP):  # the one that listens hears of them too, and says what to do
        signal.signal(ignored, lambda *_: None)
    told = json.loads(sys.argv[2])
    number, folder, link = told["number"], Path(told["folder"]), Taker.of(told["link"])
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # before anything that counts is imported
    from sinkqa.service.http.app import create_app
    from sinkqa.service.http.serving.server import Worker
    from sinkqa.service.settings import Settings

    try:
        settings = Settings.load(**told["given"])
        _begin(settings, number)
    except SinkQAError as error:
        terminal.show_error(error)
        sys.exit(1)
    link.tell(OPENED)
    Worker(create_app(settings, together=folder, runs_jobs=number == 0), settings, link).run()


def mcp(library: Library = None, collection: Collection = None) -> None:
    """Serve an assistant over standard input and output (Model Context Protocol)."""
    from concurrent.futures import ThreadPoolExecutor

    from sinkqa.service.mcp import Place, Server
    from sinkqa.service.settings import Settings

    def opened() -> Engine:
        engine = open_engine(library, collection)
        engine.ready()
        return engine

    gc.enable()
    settings = Settings.load(library=library, collection=collection)
    opening = ThreadPoolExecutor(1).submit(opened)  # the assistant need not wait for it
    place = Place(settings.collection, opening.result, settings.public_url)
    Server(lambda _: place).run()
