"""Makes HTTP requests for fetching: one at a time for each host, and only to allowed places.

The courier follows redirects itself, because each hop must pass the same checks as the first address: an allowed host,
no step from https to http, robots.txt, and a connection to a public machine. The last check reads the address of the
actual connection before any byte is sent. So it also holds if a name resolves to another address in between.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib import metadata
from typing import Any
from urllib.robotparser import RobotFileParser

import httpx

from sinkqa.service.fetching.refusal import FetchRefusal

NAME = "SinkQA"
_REDIRECTS = 6
_ROBOTS_BYTES = 500 * 1024  # what RFC 9309 asks to be read of a robots.txt at least
_LONGEST_PAUSE_S = 120.0  # longer waits that a server asks for are left to the person
_REDIRECT = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Manners:
    """The limits of requests. ``pause_s``: the time between two requests to a host, and the first wait for a retry.

    The waits for further retries grow. ``timeout_s`` limits one request as a whole. ``stalled_s`` limits the wait for a
    connection and for each piece of the body. ``allow_private`` permits requests to this machine and to inner networks.
    """

    pause_s: float = 2.0
    retries: int = 3
    timeout_s: float = 600.0
    stalled_s: float = 30.0
    max_bytes: int = 200 * 2**20
    allow_private: bool = False


@dataclass(slots=True)
class _Host:
    """The state of a host: whose turn it is, when it was last asked, and until when or why it refuses."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    left_at: float = -math.inf
    away_until: float = -math.inf
    crawl_delay_s: float = 0.0
    closed: FetchRefusal | None = None


class Courier:
    """Makes the requests of one run. Use it as an async context manager, within one event loop."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._robots: dict[str, RobotFileParser] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": _user_agent(), "Accept": "*/*", "Accept-Encoding": "identity"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none kept, none sent
            timeout=httpx.Timeout(manners.stalled_s),
        )

    async def __aenter__(self) -> Courier:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *exc: Any) -> None:
        await self._client.__aexit__(*exc)

    @asynccontextmanager
    async def get(
        self,
        address: str,
        *,
        hosts: tuple[str, ...] | None = (),
        headers: Mapping[str, str] | None = None,
        robots: bool = True,
    ) -> AsyncIterator[httpx.Response]:
        """The response at the end of the redirects, its body unread; redirects may lead to ``hosts`` as well.

        ``hosts`` None: to any public machine.

        Raises:
            FetchRefusal: with one of the codes of its module.
        """
        url = httpx.URL(address)
        allowed = None if hosts is None else {url.netloc.decode().lower(), *map(str.lower, hosts)}
        for _ in range(_REDIRECTS):
            self._check(url, allowed)
            if robots:
                await self._ask_robots(url)
            with _named(url):
                async with self._turn(url), self._sent(url, headers or {}) as response:
                    if response.status_code not in _REDIRECT or response.next_request is None:
                        yield response
                        return
                    last, url = url, response.next_request.url
            if last.scheme == "https" and url.scheme != "https":
                raise FetchRefusal("redirect-refused", f"{last.host} redirects from https to {url.scheme}: {cut(url)}")
        raise FetchRefusal("too-many-redirects", f"redirected {_REDIRECTS} times, the last time to {cut(url)}")

    def _check(self, url: httpx.URL, allowed: set[str] | None) -> None:
        if url.scheme not in ("https", "http") or not url.host or url.userinfo:
            raise FetchRefusal("redirect-refused", f"redirected to {cut(url)}, which is no plain web address")
        if allowed is not None and url.netloc.decode().lower() not in allowed:
            raise FetchRefusal(
                "redirect-refused",
                f"redirected to {cut(url)}; expected {', '.join(sorted(allowed))}: "
                "if that host is right, list it under hosts in the manifest",
            )
        name = url.host.lower().rstrip(".")
        if not self._manners.allow_private and (
            name == "localhost" or name.endswith(".localhost") or not _public(name)
        ):
            raise _private(url, name)

    @asynccontextmanager
    async def _turn(self, url: httpx.URL) -> AsyncIterator[None]:
        """Waits until the host is free and has had its pause."""
        host = self._hosts[url.host]
        async with host.turn:
            if host.closed:
                raise host.closed
            begin_at = max(host.left_at + max(self._manners.pause_s, host.crawl_delay_s), host.away_until)
            await asyncio.sleep(max(0.0, begin_at - time.monotonic()))
            try:
                yield
            finally:
                host.left_at = time.monotonic()

    @asynccontextmanager
    async def _sent(self, url: httpx.URL, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        extensions = {} if self._manners.allow_private else {"trace": _guard(url)}
        async with (
            asyncio.timeout(self._manners.timeout_s),
            self._client.stream("GET", url, headers=headers, extensions=extensions) as response,
        ):
            self._heed(url, response)
            yield response

    def _heed(self, url: httpx.URL, response: httpx.Response) -> None:
        """Delays the host's next turn where it asks for that; closes the host where it asks for too long a delay."""
        if response.status_code not in (429, 503) or (wait := _retry_after(response)) is None:
            return
        host = self._hosts[url.host]
        if wait > _LONGEST_PAUSE_S:
            code = "rate-limited" if response.status_code == 429 else "server-error"
            host.closed = FetchRefusal(code, f"{url.host} asks to come back in {wait:.0f} s; run fetch again then")
            raise host.closed
        host.away_until = time.monotonic() + wait

    def close(self, address: str, why: FetchRefusal) -> None:
        """Closes the host of ``address`` for this run. Later requests to the host raise ``why``."""
        self._hosts[httpx.URL(address).host].closed = why

    async def _ask_robots(self, url: httpx.URL) -> None:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        async with self._asking[origin]:
            if origin not in self._robots:
                self._robots[origin] = await self._read_robots(f"{origin}/robots.txt")
        rules = self._robots[origin]
        self._hosts[url.host].crawl_delay_s = min(float(rules.crawl_delay(NAME) or 0), _LONGEST_PAUSE_S)
        if not rules.can_fetch(NAME, str(url)):
            raise FetchRefusal("robots-disallowed", f"{origin}/robots.txt asks programs not to read {cut(url)}")

    async def _read_robots(self, address: str) -> RobotFileParser:
        """The rules; none where there is no such file. A server that fails counts as a no, as RFC 9309 says."""
        rules, body = RobotFileParser(), b""
        try:
            async with self.get(address, robots=False) as response:
                if response.status_code == 429 or response.status_code >= 500:
                    raise FetchRefusal(
                        "robots-unavailable", f"{address} gives status {response.status_code}", again=True
                    )
                if response.status_code == 200:
                    async for piece in pieces(response):
                        body += piece
                        if len(body) > _ROBOTS_BYTES:
                            break
            rules.parse(body[:_ROBOTS_BYTES].decode("utf-8", "replace").splitlines())
        except FetchRefusal as error:
            if error.code not in ("redirect-refused", "too-many-redirects"):
                raise
            rules.parse([])  # redirects that lead nowhere lead to no rules
        except ValueError as error:
            raise FetchRefusal("robots-unavailable", f"{address} cannot be understood ({error})") from error
        return rules


async def pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yields the body in pieces, as it arrives. One layer of gzip is decompressed, in case the server sent it unasked.

    Any other compression is refused, because one piece could decompress to gigabytes.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip"):
        raise FetchRefusal("bad-encoding", f"compressed as {encoding[:40]!r}, though asked for as it is")
    async for piece in response.aiter_bytes() if encoding == "gzip" else response.aiter_raw():
        yield piece


def cut(url: httpx.URL) -> str:
    """The address, shortened for a message."""
    text = str(url)
    return text if len(text) <= 200 else text[:199] + "…"


def _user_agent() -> str:
    try:
        version = metadata.version("sinkqa")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"{NAME}/{version} (fetches cited policy documents for one reader; obeys robots.txt)"


def _public(host: str) -> bool:
    """Whether an IP address is of the public internet; a name counts as public until it is resolved."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return True


def _private(url: httpx.URL, address: str) -> FetchRefusal:
    return FetchRefusal(
        "private-address", f"{url.host} is {address}, an address of this machine or of an inner network"
    )


def _guard(url: httpx.URL) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
    """Checks each connection as it is made, except to a proxy that the user has set."""
    is_direct = True

    async def watch(event: str, info: dict[str, Any]) -> None:
        nonlocal is_direct
        if event == "connection.connect_tcp.started":
            is_direct = info["host"] == url.raw_host.decode("ascii")
        elif event == "connection.connect_tcp.complete" and is_direct:
            stream = info["return_value"]
            address = stream.get_extra_info("server_addr")[0]
            if not _public(address):
                await stream.aclose()
                raise _private(url, address)

    return watch


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait; None where the header is missing or malformed."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


@contextmanager
def _named(url: httpx.URL) -> Iterator[None]:
    """Turns network errors into refusals."""
    try:
        yield
    except TimeoutError as error:
        raise FetchRefusal(
            "timed-out", f"{url.host}: not done in the time allowed; run fetch again to go on"
        ) from error
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise FetchRefusal("unreachable", f"{url.host}: no connection ({error or 'timed out'})", again=True) from error
    except httpx.TimeoutException as error:
        raise FetchRefusal("timed-out", f"{url.host}: nothing came for too long", again=True) from error
    except httpx.DecodingError as error:
        raise FetchRefusal("bad-encoding", f"{url.host}: damaged compression ({error})") from error
    except httpx.InvalidURL as error:
        raise FetchRefusal("redirect-refused", f"{url.host} sends on to no address ({error})") from error
    except httpx.TransportError as error:
        raise FetchRefusal("broken-reply", f"{url.host}: {error}", again=True) from error
