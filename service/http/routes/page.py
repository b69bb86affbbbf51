"""The page at `/` and its files: static, ours, and read once."""

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
"""All there is: no path that a client names is ever opened."""

router = APIRouter(include_in_schema=False)


@router.get("/")
def page(request: Request) -> Response:
    """The page itself, which needs no key: it asks for one when the API does."""
    return file(request, "index.html")


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """For browsers that ask for it wherever they are."""
    return file(request, "icon.svg")


@router.get("/page/{name:path}")
def file(request: Request, name: str) -> Response:
    """A script, a style or the icon; asked for again each time, so that an upgrade is never half seen."""
    content = _FILES.get(name)
    if content is None:
        raise HTTPException(404)
    return unless_known(request, lambda: Response(content, media_type=_TYPES[Path(name).suffix]), content)
