"""What tests of uploads share: an application over a library of its own, and the wait for a job to end."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.service.http.conftest import Client

OVER = ("done", "failed", "cancelled")


def send(client: Any, *files: tuple[str, bytes]) -> httpx.Response:
    """Uploads files, each with the name its sender gives it."""
    return client.post("/v1/documents", files=[("files", file) for file in files])


def ended(client: Any, response: httpx.Response) -> dict[str, Any]:
    """The job that an upload began, once it is over."""
    assert response.status_code == 202, response.text
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = client.get(response.headers["location"]).json()
        if job["state"] in OVER:
            return job
        time.sleep(0.02)
    raise AssertionError(f"not over: {job}")


def added(client: Client, name: str, content: bytes) -> str:
    """Uploads one file and gives the id of its document."""
    job = ended(client, send(client, (name, content)))
    (file,) = job["files"]
    assert file["state"] in ("added", "unchanged"), file
    return str(file["doc_id"])
