"""The application: routers, errors and what stands around them; nothing else."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from fastapi import FastAPI

from service.collections import Collections
from service.http import answers, health, problems
from service.settings import Settings

_DESCRIPTION = """Ask climate-policy documents, in Chinese or English. Every quote is word for word and was checked."""


def create_app(settings: Settings) -> FastAPI:
    """The application over the libraries of these settings, which are opened by the first request that means them."""
    app = FastAPI(
        title="SinkQA",
        version=metadata.version("sinkqa"),
        summary="Document-grounded question answering for climate policy.",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,  # these pages load scripts from another host
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.collections = Collections(settings)
    problems.install(app)
    for module in (answers, health):
        app.include_router(module.router)
    _tell_problems(app)
    return app


def _tell_problems(app: FastAPI) -> None:
    told = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            problems.as_problems(told())
        return told()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change the document
