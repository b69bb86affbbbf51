"""Serves the API reference at `/docs`: Swagger UI for `/openapi.json`. Its files come from a package."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sinkqa.service.http.caching import unless_known

_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SinkQA: API</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<noscript>This page needs JavaScript. For programs: <a href="/openapi.json">/openapi.json</a></noscript>
<main id="reference"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = b"""const night = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", night.matches);
night.addEventListener("change", follow);
follow();
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null, // asks no other host
});
"""
_PACKAGED = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_TYPES = {**_PACKAGED, "start.js": "text/javascript"}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def reference(request: Request) -> Response:
    """The page. It needs no key, because it shows no more than `/openapi.json`."""
    return unless_known(request, lambda: Response(_PAGE, media_type="text/html"), _PAGE)


@router.get("/docs/{name}")
def file(request: Request, name: str) -> Response:
    """A script or the style of that page."""
    if name not in _TYPES:
        raise HTTPException(404)
    content = _content(name)
    return unless_known(request, lambda: Response(content, media_type=_TYPES[name]), content)


def add_examples(document: dict[str, Any]) -> None:
    """Adds a valid example with the required fields to each JSON body of an OpenAPI document."""
    schemas = document["components"]["schemas"]
    for item in document["paths"].values():
        for operation in item.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            schema = schemas.get(body.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
            example = _example(schema, schemas)
            if example:
                body["example"] = example


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The first example of each part that is required, else of those that have one; empty where one has none."""
    parts = schema.get("properties", {})
    made: dict[str, Any] = {}
    for name in schema.get("required") or [name for name, part in parts.items() if "examples" in part]:
        part = parts[name]
        inner = schemas.get(part.get("items", part).get("$ref", "").rpartition("/")[2])
        if "examples" in part:
            made[name] = part["examples"][0]
        elif inner is not None:
            made[name] = [_example(inner, schemas)] if "items" in part else _example(inner, schemas)
        else:
            return {}
    return made


@cache
def _content(name: str) -> bytes:
    return _START if name == "start.js" else (resources.files("fastapi_offline") / "static" / name).read_bytes()
