"""Builds the application from routers, error handlers and guards."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from sinkqa.ingest.errors import SinkQAError
from sinkqa.ingest.extras import is_installed
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.jobs import AllJobs
from sinkqa.service.hosting.quotas import Quotas
from sinkqa.service.http.analysis import comparing, mentions, standing, tracing
from sinkqa.service.http.guards import access, problems
from sinkqa.service.http.guards.clients import threads
from sinkqa.service.http.observing import requests as observing
from sinkqa.service.http.observing.metrics import Metrics
from sinkqa.service.http.protocols import dify, embeddings, openai
from sinkqa.service.http.protocols import mcp as connecting
from sinkqa.service.http.routes import (
    answers,
    deleting,
    documents,
    exporting,
    health,
    inside,
    jobs,
    libraries,
    page,
    reference,
)
from sinkqa.service.http.routes.surveying import overview
from sinkqa.service.settings import Settings

_log = logging.getLogger(__name__)
_DESCRIPTION = """Ask climate-policy documents, in Chinese or English. Every quote is word for word and was checked."""


def create_app(settings: Settings, *, together: Path | None = None, runs_jobs: bool = True) -> FastAPI:
    """The application that serves the libraries of these settings. The first request to a library opens it.

    ``together``: a folder shared by the processes that serve together. One of these processes has ``runs_jobs``.
    """
    app = FastAPI(
        title="SinkQA",
        version=metadata.version("sinkqa"),
        summary="Document-grounded question answering for climate policy.",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,  # these pages load scripts from another host
        redoc_url=None,
        redirect_slashes=False,  # a redirect would go where the Host header says
        lifespan=_lifespan,
        # spans go where OTEL_EXPORTER_OTLP_ENDPOINT says, once the extra is installed; numbers and logs are our own
        telemetry={"auto_configure": is_installed("otel"), "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.metrics = Metrics(together)
    app.state.collections = Collections(settings, opens=app.state.metrics.open_engine)
    app.state.jobs = AllJobs(settings, runs=runs_jobs)
    app.state.quotas = Quotas(settings)
    problems.install(app)
    for module in (
        answers,
        comparing,
        tracing,
        documents,
        standing,
        deleting,
        inside,
        libraries,
        overview,
        exporting,
        jobs,
        mentions,
        openai,
        embeddings,
        dify,
        health,
        reference,
        page,
    ):
        app.include_router(module.router)
    connecting.install(app)
    access.install(app, settings, together)
    observing.install(app, app.state.metrics)  # the last one added stands around all others
    _tell_problems(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = threads(app.state.settings)
    async with AsyncExitStack() as running:
        running.enter_context(app.state.metrics.watching(app.state.collections))
        await running.enter_async_context(connecting.connected(app))
        await run_in_threadpool(_warm, app)
        running.push_async_callback(run_in_threadpool, app.state.jobs.close)
        await run_in_threadpool(app.state.jobs.resume, app.state.collections)
        yield


def _warm(app: FastAPI) -> None:
    """Loads the models, so that the first question does not wait for them.

    A library that cannot be opened is logged. The server starts all the same, so that it can be repaired.
    """
    try:
        health.probe(app.state.collections.engine(app.state.settings.collection))
    except SinkQAError as error:
        _log.warning("not ready: %s", error.message)
    gc.collect()
    gc.freeze()  # what is there now stays: collections need not walk it for each answer


def _tell_problems(app: FastAPI) -> None:
    told = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            access.document(told())
            problems.as_problems(told())
            reference.add_examples(told())
        return told()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change the document
