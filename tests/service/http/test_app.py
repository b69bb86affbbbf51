"""What holds for the application as a whole."""

from __future__ import annotations

import os

import anyio
import pytest
from anyio import to_thread

from sinkqa.service.http.app import create_app
from sinkqa.service.settings import Settings


@pytest.mark.parametrize(
    ("given", "threads"),
    [
        ({}, 4 * (os.cpu_count() or 1)),
        ({"llm_url": "http://127.0.0.1:9/v1"}, 4 * (os.cpu_count() or 1) + 32),
        ({"threads": 3}, 3),
    ],
)
def test_few_requests_are_worked_on_at_once_unless_they_wait_for_a_model(tmp_path, given, threads):
    async def begun() -> float:
        app = create_app(Settings(library=tmp_path / "library", **given))
        async with app.router.lifespan_context(app):
            return to_thread.current_default_thread_limiter().total_tokens

    assert anyio.run(begun) == threads
