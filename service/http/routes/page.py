"""Serves the page at `/` and its files. They are static, our own, and read only once."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sinkqa.service.http.caching import unless_known

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOLDER = Path(__file__).parents[2] / "page"
_FILES = {
    path.relative_to(_FOLDER).as_posix(): path.read_bytes()
    for path in sorted(_FOLDER.rglob("*"))
    if path.suffix in _TYPES
}
"""All files of the page. A path from a client is never opened."""

router = APIRouter(include_in_schema=False)


@router.get("/")
def page(request: Request) -> Response:
    """The page itself. It needs no key, and asks for one if the API does."""
    return file(request, "index.html")


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """The icon, for browsers that request it at the usual address."""
    return file(request, "icon.svg")


@router.get("/page/{name:path}")
def file(request: Request, name: str) -> Response:
    """A script, a style or the icon. Browsers ask again each time, so that an upgrade is never half visible."""
    content = _FILES.get(name)
    if content is None:
        raise HTTPException(404)
    return unless_known(request, lambda: Response(content, media_type=_TYPES[Path(name).suffix]), content)
