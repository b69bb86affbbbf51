"""Who may ask what: with keys and without, and from where."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import replace

import pytest

from sinkqa.service.hosting import keys as keys_module
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.hosting.scopes import SCOPES
from sinkqa.service.http.app import create_app
from sinkqa.service.http.guards import rates
from sinkqa.service.http.guards.access import PUBLIC, standing
from sinkqa.service.http.guards.problems import OPENAI
from sinkqa.service.http.observing.lines import JsonLines
from sinkqa.service.settings import Settings
from tests.service.http.conftest import EN, FILES, Client
from tests.service.http.guards.test_problems import told

ASK = ("POST", "/v1/answer", {"question": EN})


@pytest.fixture(scope="module")
def library(begin):
    return begin({"peat.txt": FILES["peat.txt"]}).library


@pytest.fixture
def guarded(library, tmp_path):
    """Settings of a library of its own, its keys, and a way to make clients of them."""
    settings = Settings(library=shutil.copytree(library, tmp_path / "library"))
    return settings, keys_of(settings), lambda **how: Client(create_app(replace(settings, **how)))


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def test_on_loopback_without_keys_all_is_open_and_any_key_is_let_be(guarded):
    client = guarded[2]()
    for headers in ({}, bearer("whatever"), {"X-Api-Key": "sk-none"}, {"Authorization": "Basic eDp5"}):
        assert client(*ASK[:2], json=ASK[2], headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org", "127.0.0.1.example.org"])
def test_off_loopback_a_key_is_needed_even_where_none_was_made(guarded, host):
    client = guarded[2](host=host)
    refused = client.post("/v1/answer", {"question": EN})
    told(refused, 401, "unauthorized")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_every_name_of_this_machine_is_loopback(host):
    assert rates.is_loopback(host)


def test_no_name_is_not_loopback():
    assert not rates.is_loopback("")


def test_once_a_key_was_made_one_is_needed_on_loopback_too_at_once(guarded):
    _, keys, client_of = guarded
    client = client_of()
    assert client.post("/v1/answer", {"question": EN}).status_code == 200
    _, secret = keys.create("proxy")
    told(client.post("/v1/answer", {"question": EN}), 401, "unauthorized")
    assert client.post("/v1/answer", {"question": EN}, headers=bearer(secret)).status_code == 200
    keys.revoke("proxy")
    told(client.post("/v1/answer", {"question": EN}, headers=bearer(secret)), 401, "unauthorized")
    told(client.post("/v1/answer", {"question": EN}), 401, "unauthorized")


def test_a_keyed_library_stays_shut_when_the_file_of_keys_is_gone(guarded, caplog):
    _, keys, client_of = guarded
    _, secret = keys.create("desk")
    running = client_of()
    content = keys.path.read_bytes()
    assert running.get("/v1/documents", headers=bearer(secret)).status_code == 200
    for lose in (keys.path.unlink, lambda: keys.path.symlink_to("nowhere")):
        lose()
        for client in (running, client_of()):
            told(client.get("/v1/documents"), 401, "unauthorized")
            told(client.get("/v1/documents", headers=bearer(secret)), 503, "keys-unreadable")
            told(client.get("/v1/documents", headers=bearer("wrong")), 503, "keys-unreadable")
    assert "requests are refused" in caplog.text and "sinkqa key reset" in caplog.text
    keys.path.unlink()
    keys.path.write_bytes(content)
    keys.path.chmod(0o600)
    assert running.get("/v1/documents", headers=bearer(secret)).status_code == 200


def test_a_public_address_needs_keys_since_a_proxy_asks_for_others(guarded):
    _, keys, client_of = guarded
    client = client_of(public_url="https://qa.example.org")
    told(client.get("/v1/documents"), 401, "unauthorized")
    _, secret = keys.create("desk")
    assert client.get("/v1/documents", headers=bearer(secret)).status_code == 200


def test_the_start_says_who_may_ask(guarded):
    settings, keys, _ = guarded
    assert "open to everyone on this machine" in standing(settings)
    assert "open to everyone on this machine" in standing(replace(settings, public_url="http://[::1]:9"))
    assert "there is none" in standing(replace(settings, public_url="https://qa.example.org"))
    keys.create("desk")
    keys.create("editor", scope="admin")
    assert standing(settings).endswith("valid keys: 1 admin, 1 read")
    keys.path.unlink()
    assert standing(settings).startswith("requests are refused: ") and "key reset" in standing(settings)


def test_keys_come_in_either_header(guarded):
    _, keys, client_of = guarded
    _, secret = keys.create("desk")
    client = client_of()
    for headers in (bearer(secret), {"Authorization": f"bEaReR  {secret}"}, {"X-Api-Key": secret},
                    {"Authorization": "Basic eDp5", "X-Api-Key": secret}):  # fmt: skip
        assert client.post("/v1/answer", {"question": EN}, headers=headers).status_code == 200
    for headers in ({"Authorization": secret}, bearer(""), bearer(secret[:-1]), {"X-Api-Key": "é".encode() * 50},
                    {"Cookie": f"key={secret}"}):  # fmt: skip
        told(client.post("/v1/answer", {"question": EN}, headers=headers), 401, "unauthorized")
    told(client.post(f"/v1/answer?key={secret}&api_key={secret}", {"question": EN}), 401, "unauthorized")


def test_an_expired_key_is_unknown(guarded, monkeypatch):
    _, keys, client_of = guarded
    _, secret = keys.create("desk", days=1)
    client = client_of()
    assert client.get("/v1/models", headers=bearer(secret)).status_code == 200
    expires = keys_module.datetime.fromisoformat(keys.stored()[0].expires)
    monkeypatch.setattr(keys_module, "_now", lambda: expires)
    assert client.get("/v1/models", headers=bearer(secret)).status_code == 401


def operations(app):
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def needed_scope(operation):
    """The widest that is named; None for a public route."""
    named = [scope for each in operation.get("security", []) for scopes in each.values() for scope in scopes]
    return max(named, key=SCOPES.index, default=None)


def test_every_route_says_which_scope_it_needs_or_is_public(settings):
    for method, path, operation in operations(create_app(settings)):
        if PUBLIC.fullmatch(path):
            assert "security" not in operation, path
        else:
            needs = operation["security"]
            assert [name for each in needs for name in each] == ["bearer", "header"], path
            scope = needed_scope(operation)
            asking = ("/v1/answer", "/v1/compare", "/v1/next", "/v1/search", "/v1/verify", "/v1/export", "/retrieval")
            asks = path.startswith(asking) or OPENAI.fullmatch(path)
            assert scope == ("read" if method == "GET" or asks else "write"), (method, path)
            assert {"401", "403", "429"} <= set(operation["responses"])


def test_no_route_but_the_public_ones_answers_without_a_key(guarded):
    _, keys, client_of = guarded
    keys.create("any")
    client = client_of()
    for method, path, _ in operations(client.app):
        refused = client(method, path.replace("{", "").replace("}", ""), json={})
        assert (refused.status_code != 401) == bool(PUBLIC.fullmatch(path)), (method, path)
        if refused.status_code == 401 and OPENAI.fullmatch(path):
            assert refused.json()["error"]["type"] == "authentication_error"
            assert refused.json()["error"]["code"] == "unauthorized"
    for path in ("/nothing", "/v1", "/healthz/", "/HEALTHZ", "/page", "/v1/%2e%2e/healthz", "/mcp"):
        assert client.get(path).status_code == 401, path


def test_each_scope_reaches_as_far_as_it_says(guarded):
    _, keys, client_of = guarded
    client = client_of()
    secrets = {scope: keys.create(scope, scope=scope)[1] for scope in SCOPES}
    for method, path, operation in operations(client.app):
        if not (needed := needed_scope(operation)):
            continue
        for scope, secret in secrets.items():
            url = path.replace("{", "").replace("}", "")
            reaches = SCOPES.index(scope) >= SCOPES.index(needed)
            if reaches and needed != "read":
                continue  # would change the library: what it does is its own tests' business
            status = client(method, url, headers=bearer(secret), json={}).status_code
            assert (status == 403) != reaches, (method, path, scope)


def test_a_key_for_some_collections_sees_and_opens_no_other(guarded):
    _, keys, client_of = guarded
    client = client_of()
    client.app.state.collections.create("ours")
    client.app.state.collections.create("theirs")
    _, secret = keys.create("us", collections=["ours"])
    headers = bearer(secret)
    assert client.post("/v1/search", {"query": "peat"}, headers=headers | {"X-SinkQA-Collection": "ours"}).json()[
        "hits"
    ] == []  # fmt: skip
    odd = client.post("/v1/search", {"query": "peat"}, headers=headers | {"X-SinkQA-Collection": "../ours"})
    told(odd, 422, "invalid-collection")
    for name in ("theirs", "default", "nowhere"):
        for how in (
            {"headers": headers | {"X-SinkQA-Collection": name}},
            {"headers": headers, "params": {"collection": name}},
        ):
            told(client.post("/v1/search", {"query": "peat"}, **how), 403, "forbidden")
    told(client.post("/v1/search", {"query": "peat"}, headers=headers), 403, "forbidden")
    models = [each["id"] for each in client.get("/v1/models", headers=headers).json()["data"]]
    assert "sinkqa/ours" in models and "theirs" not in json.dumps(models)
    chat = {"model": "sinkqa/theirs", "messages": [{"role": "user", "content": EN}]}
    refused = client.post("/v1/chat/completions", chat, headers=headers)
    assert refused.status_code == 403 and refused.json()["error"]["type"] == "permission_error"
    assert client.post("/v1/vector_stores/theirs/search", {"query": "peat"}, headers=headers).status_code == 403
    body = {"knowledge_id": "theirs", "query": "peat", "retrieval_setting": {"top_k": 2, "score_threshold": 0}}
    assert client.post("/retrieval", body, headers=headers).status_code == 403
    assert client.get("/metrics", headers=headers).status_code == 403


def test_without_a_key_the_public_routes_tell_nothing_of_other_collections(guarded):
    _, keys, client_of = guarded
    client = client_of()
    client.app.state.collections.create("secret")
    keys.create("any")
    for name in ("secret", "nowhere"):
        refused = client.get("/readyz", headers={"X-SinkQA-Collection": name})
        told(refused, 401, "unauthorized")
        assert "WWW-Authenticate" in refused.headers


def test_a_damaged_file_of_keys_opens_nothing(guarded):
    _, keys, client_of = guarded
    _, secret = keys.create("desk")
    client = client_of()
    keys.path.write_text("{")
    told(client.post("/v1/answer", {"question": EN}, headers=bearer(secret)), 503, "keys-unreadable")
    told(client.post("/v1/answer", {"question": EN}), 401, "unauthorized")


def test_use_of_a_key_is_noted(guarded):
    _, keys, client_of = guarded
    _, secret = keys.create("desk")
    client_of().get("/v1/models", headers=bearer(secret))
    assert keys.stored()[0].last_used


def test_guessing_keys_is_slowed_and_those_who_have_one_are_not(guarded):
    _, keys, client_of = guarded
    key, secret = keys.create("desk")
    client = client_of()
    guesses = [client.get("/v1/models", headers=bearer(f"sinkqa_{key.id}_{n:043}")) for n in range(25)]
    assert [guess.status_code for guess in guesses[:20]] == [401] * 20
    assert guesses[-1].status_code == 429 and guesses[-1].json()["error"]["code"] == "rate-limited"
    assert 1 <= int(guesses[-1].headers["Retry-After"]) <= 3
    assert client.get("/v1/models", headers=bearer(secret)).status_code == 200


def test_a_key_has_so_many_requests_a_minute_and_another_its_own(guarded):
    _, keys, client_of = guarded
    client = client_of(rate_limit=3)
    _, first = keys.create("first")
    _, second = keys.create("second")
    got = [client.get("/v1/models", headers=bearer(first)) for _ in range(4)]
    assert [each.status_code for each in got] == [200, 200, 200, 429]
    assert [each.headers["RateLimit"].split(";")[1] for each in got[:3]] == ["r=2", "r=1", "r=0"]
    assert got[0].headers["RateLimit-Policy"] == '"requests";q=3;w=60'
    assert 1 <= int(got[3].headers["Retry-After"]) <= 20
    assert client.get("/v1/models", headers=bearer(second)).status_code == 200


def test_buckets_fill_again_and_are_forgotten_in_the_end(monkeypatch):
    now = 100.0
    monkeypatch.setattr(rates.time, "monotonic", lambda: now)
    buckets = rates.Buckets(60)
    assert [buckets.take("a").wait_s for _ in range(61)] == [0] * 60 + [1]
    now += 2.5
    assert [buckets.take("a").wait_s for _ in range(3)] == [0, 0, 1]
    for number in range(rates._MOST + 10):
        buckets.take(str(number))
    assert len(buckets._buckets) == rates._MOST
    assert rates.Buckets(0).take("a") is None


def test_addresses_of_one_network_share_a_bucket():
    assert rates.network("2001:db8::1") == rates.network("2001:db8::ffff") != rates.network("2001:db8:0:1::1")
    assert rates.network("192.0.2.1") != rates.network("192.0.2.2")
    assert rates.network("unknown") == "unknown"


@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "localhost:80:80", "evil.test:8000", "a b",
             "", "localhost@evil.test", "0.0.0.0", "2130706433", "[::1]evil", "localhost/", 'x"><script>']
)  # fmt: skip
def test_on_loopback_a_name_that_is_not_this_machines_is_refused(guarded, host):
    client = guarded[2]()
    for path in ("/healthz", "/", "/openapi.json"):
        told(client.get(path, headers={"Host": host}), 421, "wrong-host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "qa.example.org"])
def test_names_of_this_machine_and_the_public_one_are_taken(guarded, host):
    assert guarded[2](public_url="https://QA.example.org/x").get("/healthz", headers={"Host": host}).status_code == 200


def test_off_loopback_any_name_is_taken_that_is_one(guarded):
    client = guarded[2](host="0.0.0.0")
    assert client.get("/healthz", headers={"Host": "sinkqa:8000"}).status_code == 200
    told(client.get("/healthz", headers={"Host": 'x"><script>'}), 421, "wrong-host")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9"}, {"Origin": "http://localhost"},
     {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1.evil.test"}],
)  # fmt: skip
def test_another_sites_page_can_neither_ask_nor_write(guarded, headers):
    client = guarded[2]()
    for kind in ("application/json", "text/plain"):
        how = {"headers": headers | {"Content-Type": kind}, "content": json.dumps(ASK[2])}
        told(client("POST", "/v1/answer", **how), 403, "forbidden")
    assert "access-control-allow-origin" not in client.get("/healthz", headers=headers).headers


@pytest.mark.parametrize("headers", [{"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_our_own_page_can(guarded, headers):
    assert guarded[2]().post("/v1/answer", {"question": EN}, headers=headers).status_code == 200


def preflight(client, origin):
    return client(
        "OPTIONS", "/v1/answer",
        headers={"Origin": origin, "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization"},
    )  # fmt: skip


def test_cors_is_closed_unless_it_is_opened_for_a_site(guarded):
    _, keys, client_of = guarded
    closed, opened = client_of(), client_of(cors_origins=("https://app.example.org",))
    for refused in (preflight(closed, "https://app.example.org"), preflight(opened, "https://evil.test")):
        assert refused.status_code >= 400 and "access-control-allow-origin" not in refused.headers
    allowed = preflight(opened, "https://app.example.org")
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://app.example.org"
    assert "access-control-allow-credentials" not in allowed.headers
    keys.create("any")
    refused = opened.post("/v1/answer", {"question": EN}, headers={"Origin": "https://app.example.org"})
    told(refused, 401, "unauthorized")
    assert refused.headers["access-control-allow-origin"] == "https://app.example.org"


def test_nothing_in_a_request_becomes_a_header_of_the_answer(guarded):
    client = guarded[2]()
    for value in ("x", "x%0d%0aSet-Cookie:%20a=b"):
        answered = client.get(f"/v1/{value}", headers={"X-Request-Id": "a b", "X-SinkQA-Collection": "x y"})
        assert "set-cookie" not in answered.headers and answered.headers["X-Request-Id"] != "a b"


def test_writes_are_told_of_with_who_and_what_and_nothing_secret(guarded, caplog):
    _, keys, client_of = guarded
    client = client_of()
    _, writer = keys.create("desk", scope="write")
    _, reader = keys.create("lobby")
    writes = [(m, p) for m, p, each in operations(client.app) if needed_scope(each) == "write"]
    if not writes:
        pytest.skip("no route writes yet")
    method, path = writes[0]
    url = path.replace("{", "").replace("}", "") + "?token=hunter2"
    with caplog.at_level(logging.INFO):
        client(method, url, headers=bearer(writer))
        client(method, url, headers=bearer(reader))
        client.post("/v1/search?token=hunter2", {"query": "hunter2"}, headers=bearer(reader))
        client.get("/v1/models", headers=bearer(f"{writer}x"))
        logging.getLogger("other").warning("somebody logs %s", writer)
    audit = [record for record in caplog.records if record.name == "sinkqa.audit"]
    assert [record.who.split()[0] for record in audit] == ["desk", "lobby"]
    assert audit[0].status != 403 == audit[1].status
    assert {(record.method, record.route) for record in audit} == {(method, path)}
    ours = [record for record in caplog.records if record.name != "httpx"]  # the client of this test
    lines = "\n".join(JsonLines().format(record) for record in ours)
    assert "hunter2" not in lines and writer[16:] not in lines and reader[16:] not in lines
    assert json.loads(JsonLines().format(audit[0]))["who"].startswith("desk (")


def test_buckets_of_several_processes_are_the_same(tmp_path, monkeypatch):
    now = 100.0
    monkeypatch.setattr(rates.time, "monotonic", lambda: now)
    one, other = (rates.buckets(60, "requests", tmp_path) for _ in range(2))
    got = [each.take("a") for _ in range(31) for each in (one, other)]
    assert [budget.wait_s for budget in got] == [0] * 60 + [1, 1]
    assert [budget.left for budget in got[:3]] == [59, 58, 57]
    assert other.take("b").left == 59
    now += 2.5
    assert [each.take("a").wait_s for each in (one, other, one)] == [0, 0, 1]
    now += 1
    for number in range(200_000 // 10):  # more than there is room for
        one.take(str(number))
    assert other.take("19999").left == 58, "who came last is known"
    assert rates.buckets(0, "requests", tmp_path).take("a") is None
