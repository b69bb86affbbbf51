"""The OpenAPI document is kept to: no failure of ours, no status or shape that it does not tell of."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import HOST
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from sinkqa.service.settings import Settings

KEPT = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
FOLDER = TemporaryDirectory(prefix="sinkqa-contract-")
keyed = Settings(library=Path(FOLDER.name, "open"), public_url=f"http://{HOST}")
_, ADMIN = keys_of(keyed).create("contract", scope="admin")
app = create_app(keyed)  # before any fixture
schema = schemathesis.openapi.from_asgi("/openapi.json", app)


guarded = create_app(Settings(library=Path(FOLDER.name, "keys"), public_url=f"http://{HOST}"))
guarded_schema = schemathesis.openapi.from_asgi("/openapi.json", guarded)


@pytest.fixture(scope="module")
def secrets(begin):
    settings = begin()
    keys = keys_of(guarded.state.settings)
    made = {scope: keys.create(f"contract-{scope}", scope=scope)[1] for scope in ("read", "admin")}
    guarded.state.settings, guarded.state.collections = settings, Collections(settings)
    yield made
    guarded.state.jobs.close()
    FOLDER.cleanup()


@guarded_schema.parametrize()
@hypothesis_settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_so_does_every_route_with_and_without_keys(case, secrets):
    for secret in (None, secrets["read"], secrets["admin"]):
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        case.call_and_validate(headers=headers, checks=KEPT)


@pytest.fixture(scope="module", autouse=True)
def served(begin):
    settings = begin()  # one of its own: it is written to
    app.state.settings, app.state.collections = settings, Collections(settings)
    yield
    app.state.jobs.close()


@schema.parametrize()
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_what_openapi_tells(case):
    case.call_and_validate(headers={"X-Api-Key": ADMIN}, checks=KEPT)


def test_every_operation_can_be_a_tool(client):
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names) and all(name.isidentifier() for name in names)
    assert all(each["summary"] and each["description"] for each in operations)


def test_bodies_that_openapi_tells_of_have_examples(client):
    for path in client.get("/openapi.json").json()["paths"].values():
        for operation in path.values():
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                assert kind != "application/json" or "$ref" in body["schema"]
