"""Decides who may request what: hosts, origins, API keys with scopes and collections, rates, and the log of writes.

Every route except the public ones needs a key if the server listens beyond loopback, or if a key was ever made. With a
proxy in front, every request comes from loopback. So the first key shows that the server is not open to everyone.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request, params
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.engine import Engine
from sinkqa.service.errors import Forbidden, KeysUnreadable, RateLimited, Unauthorized, WrongHost
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import Key, keys_of
from sinkqa.service.hosting.scopes import Scope as KeyScope
from sinkqa.service.http.guards.headers import SecureHeaders
from sinkqa.service.http.guards.limits import Limits, answer_early
from sinkqa.service.http.guards.problems import refuse, refuse_named
from sinkqa.service.http.guards.rates import Budget, buckets, is_loopback, network
from sinkqa.service.http.observing.requests import ID_HEADER
from sinkqa.service.settings import Settings

PUBLIC = re.compile(r"/|/healthz|/readyz|/openapi\.json|/favicon\.ico|/docs(?:/.*)?|/page/.*")
"""Paths that need no key: the page and its files, the health of the server, and the description of its API."""

_SAFE = {"GET", "HEAD", "OPTIONS"}
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_WRONG_KEYS = 20  # a minute from one address; further ones get 429 in place of 401; valid keys still work
_NOTED_S = 60.0
_audit = logging.getLogger("sinkqa.audit")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request. ``scope`` None: public routes only. ``collections`` None: all collections."""

    who: str
    address: str
    scope: KeyScope | None
    collections: tuple[str, ...] | None = None
    key: Key | None = None


def caller_of(request: Request) -> Caller:
    """The sender of this request."""
    caller: Caller = request.state.caller
    return caller


def may_see(request: Request, collection: str) -> bool:
    """Whether this request may know of a collection. Check this before a collection is listed."""
    caller = caller_of(request)
    if caller.scope is None:
        return bool(collection == request.app.state.settings.collection)
    return caller.collections is None or collection in caller.collections


def check_collection(request: Request, collection: str) -> str:
    """The collection, if the request may use it. Check this before a collection is opened.

    Raises:
        Forbidden: the key is for other collections.
        Unauthorized: the request has no key, and names another collection than that of the settings.
    """
    request.state.collection = collection
    if may_see(request, collection):
        return collection
    if caller_of(request).scope is None:
        raise Unauthorized("a collection that is named needs an API key: send it as Authorization: Bearer …")
    raise Forbidden(f"collection: the key is not for {collection[:80]!r}; use one that is")


class Reachable(Collections):
    """The collections that a request may use. It cannot list, open, create or delete any other."""

    def __init__(self, collections: Collections, request: Request) -> None:
        vars(self).update(vars(collections))  # the same engines, under the same lock
        self._request = request

    def names(self) -> list[str]:
        """As :meth:`Collections.names`, for the collections that the request may use."""
        return [name for name in super().names() if may_see(self._request, name)]

    def settings(self, name: str) -> Settings:
        """As :meth:`Collections.settings`. Checks every use of a collection except :meth:`names` and :meth:`opened`."""
        return super().settings(check_collection(self._request, name))

    def opened(self, name: str) -> Engine | None:
        """As :meth:`Collections.opened`."""
        return super().opened(check_collection(self._request, name))


def _needs(scope: KeyScope) -> params.Security:
    """``dependencies`` of a route whose callers need this scope; OpenAPI documents it."""

    async def check(
        request: Request,
        _bearer: Annotated[Any, Depends(HTTPBearer(scheme_name="bearer", auto_error=False, description=_BEARER))],
        _header: Annotated[
            Any, Depends(APIKeyHeader(name="X-Api-Key", scheme_name="header", auto_error=False, description=_HEADER))
        ],
    ) -> None:
        request.state.writes = scope != "read" or getattr(request.state, "writes", False)
        caller = caller_of(request)
        if caller.scope is None:
            raise Unauthorized("an API key is needed: send it as Authorization: Bearer …, or X-Api-Key")
        if caller.key and not caller.key.allows(scope):
            raise Forbidden(f"key: expected the scope {scope}, got {caller.scope}; ask for a key that has it")

    return params.Security(check, scopes=[scope])


_BEARER = "A key of `sinkqa key create`; needed where the server is not for this machine alone, or has keys."
_HEADER = "The same key, where the Authorization header is taken."


async def _check_unlimited(request: Request) -> None:
    if caller_of(request).collections is not None:
        raise Forbidden("key: expected one for all collections, since this tells of all; use one that is")


UNLIMITED = Depends(_check_unlimited)
"""The ``dependencies`` of a route that shows all collections."""
READS = _needs("read")
WRITES = _needs("write")


def needs_key(settings: Settings) -> bool:
    """Whether requests need a key although no key was made, because other machines may send requests.

    A public address means that there is a proxy in front. All requests through a proxy come from this machine.
    """
    host = urlsplit(settings.public_url or "").hostname
    return not is_loopback(settings.host) or (host is not None and not is_loopback(host))


def standing(settings: Settings) -> str:
    """One line for the operator at the start: who may request what."""
    keys = keys_of(settings)
    try:
        if not (keys.exist() or needs_key(settings)):
            return (
                "open to everyone on this machine: no key is needed to ask, to add or to delete; "
                "sinkqa key create shuts it"
            )
        counts = Counter(key.scope for key in keys.stored() if key.state == "valid")
    except SinkQAError as error:
        return f"requests are refused: {error.message}"
    if not counts:
        return "requests need a key, and there is none that is valid: sinkqa key create"
    valid = ", ".join(f"{count} {scope}" for scope, count in sorted(counts.items()))
    return f"every request needs a key, but for the page and what tells that the server lives; valid keys: {valid}"


class Access:
    """Refuses unauthorised requests before any of the body is read."""

    def __init__(self, app: ASGIApp, settings: Settings, together: Path | None = None) -> None:
        self._app = app
        self._keys = keys_of(settings)
        self._is_local = is_loopback(settings.host)
        public = urlsplit(settings.public_url or "")
        self._host = public.hostname
        self._needs_key = needs_key(settings)
        self._origins = {*(settings.cors_origins or ())}
        if public.netloc:
            self._origins.add(f"{public.scheme}://{public.netloc}".lower())
        self._rates = buckets(settings.rate_limit, "requests", together)
        self._wrong = buckets(_WRONG_KEYS, "wrong-keys", together)
        self._noted: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":  # nothing here speaks WebSocket
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            detail = "expected Content-Length or Transfer-Encoding, got both: servers on the way may read two requests"
            await answer_early(refuse(scope["path"], 400, "bad-request", detail), scope, receive, send)
            return
        try:
            self._check_host(headers)
            self._check_origin(scope["method"], headers)
            caller = self._caller(scope, headers)
            budget = self._spend(caller)
            if caller.scope is None and not PUBLIC.fullmatch(scope["path"]):
                raise Unauthorized("an API key is needed: send it as Authorization: Bearer …, or X-Api-Key")
        except SinkQAError as error:
            await answer_early(refuse_named(scope["path"], error), scope, receive, send)
            return
        await self._pass_on(caller, budget, scope, receive, send)

    async def _pass_on(self, caller: Caller, budget: Budget | None, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        state["caller"] = caller
        status = 500  # where nothing was sent, the server's own refusal follows

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if budget:
                    MutableHeaders(scope=message).update(budget.headers())
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        finally:
            if state.get("writes"):
                _log_write(caller, scope, status)
            if caller.key:
                await self._note(caller.key)

    def _check_host(self, headers: Headers) -> None:
        """A page that had its own name rebound to this machine still sends that name.

        Off loopback a key is needed, which such a page has not; names are not ours to know there.
        """
        host = headers.get("host", "")
        named = _HOST.fullmatch(host)
        if not named or (self._is_local and not is_loopback(named[1]) and named[1].lower() != self._host):
            expected = "localhost, or the one in the setting public_url" if self._is_local else "a name or an address"
            raise WrongHost(f"Host: expected {expected}, got {host[:80]!r}; ask at that address")

    def _check_origin(self, method: str, headers: Headers) -> None:
        """Browsers send some requests to any site without asking it first; they do say whose page asks."""
        origin = headers.get("origin")
        if method in _SAFE or (origin is None and headers.get("sec-fetch-site", "none") in ("none", "same-origin")):
            return
        page = (origin or "").lower()
        if page not in {f"http://{headers['host'].lower()}", f"https://{headers['host'].lower()}"} | self._origins:
            got = (origin or "another site")[:80]
            raise Forbidden(f"Origin: expected this server's own page, got {got!r}; see the setting cors_origins")

    def _caller(self, scope: Scope, headers: Headers) -> Caller:
        address = scope["client"][0] if scope.get("client") else "unknown"
        needed = self._needs_key or self._keys.exist()
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        given = secret.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "").strip()
        if not needed:  # clients that must send some key send what they like
            return Caller(address, address, "admin")
        key = self._keys.find(given) if given else None
        if key:
            return Caller(f"{key.label} ({key.id})", address, key.scope, key.collections, key)
        if given and not PUBLIC.fullmatch(scope["path"]):
            budget = self._wrong.take(network(address))
            if budget and budget.wait_s:
                raise RateLimited("too many wrong keys from this address", retry_s=budget.wait_s)
            raise Unauthorized("key: expected one that is valid, got one that is unknown, expired or revoked")
        self._watch()
        return Caller(address, address, None)

    def _watch(self) -> None:
        """Warns the operator, once a minute, that no key can be read; clients learn only what they need."""
        try:
            self._keys.stored()
        except KeysUnreadable as error:
            if time.monotonic() - self._noted.get("", -_NOTED_S) >= _NOTED_S:
                self._noted[""] = time.monotonic()
                _log.error("requests are refused: %s", error.message)

    def _spend(self, caller: Caller) -> Budget | None:
        """Counts the request, unless it comes from this machine, whose users could take all of it anyway."""
        if caller.key is None and is_loopback(caller.address):
            return None
        budget = self._rates.take(caller.key.id if caller.key else network(caller.address))
        if budget and budget.wait_s:
            raise RateLimited(
                f"expected at most {budget.limit} requests a minute; come back in {budget.wait_s} s",
                retry_s=budget.wait_s,
            )
        return budget

    async def _note(self, key: Key) -> None:
        """Records the use of a key, once a minute. A record that cannot be written does not stop the request."""
        if time.monotonic() - self._noted.get(key.id, -_NOTED_S) < _NOTED_S:
            return
        self._noted[key.id] = time.monotonic()
        try:
            await run_in_threadpool(self._keys.used, key)
        except KeysUnreadable as error:
            _log.warning("use of key %s not noted: %s", key.id, error.message)


def _log_write(caller: Caller, scope: Scope, status: int) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    fields = {
        "who": caller.who,
        "address": caller.address,
        "method": scope["method"],
        "route": route,
        "path": scope["path"],
        "collection": scope["state"].get("collection"),
        "status": status,
    }
    _audit.info("write %s %s by %s: %s", scope["method"], route, caller.who, status, extra=fields)


def document(openapi: dict[str, Any]) -> None:
    """Adds to each operation of an OpenAPI document the refusals that its guards can give."""
    refusals: dict[Literal["keys", "all"], dict[str, str]] = {
        "keys": {"401": "A key is needed", "403": "The key does not reach this far, or another site asks"},
        "all": {
            "413": "The body is too large",
            "408": "The body came too slowly",
            "421": "The Host header names another server",
            "429": "Too many requests",
            "503": "Not ready, too much to do, or it took too long: come back later",
        },
    }
    for item in openapi["paths"].values():
        for operation in item.values():
            added = refusals["all"] | (refusals["keys"] if "security" in operation else {})
            if "requestBody" in operation:
                added |= {"415": "The body is of another type: see the header Content-Type"}
            for status, description in added.items():
                operation["responses"].setdefault(status, {"description": description})


def install(app: FastAPI, settings: Settings, together: Path | None = None) -> None:
    """Installs the guards around the application. Only the observing of requests is outside them.

    ``together``: a folder shared by the processes that serve together. They count requests jointly.
    """
    app.add_middleware(Limits, settings=settings)
    app.add_middleware(Access, settings=settings, together=together)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "X-Api-Key", "X-SinkQA-Collection", "Content-Type", ID_HEADER],
            expose_headers=[ID_HEADER, "Retry-After", "RateLimit", "RateLimit-Policy", "ETag", "Location"],
        )
    app.add_middleware(SecureHeaders)
