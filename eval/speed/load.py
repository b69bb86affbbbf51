"""Loads a server: many clients ask, search, upload and delete at once, and no answer may be wrong."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Any

import httpx

from sinkqa.eval.speed.document_lifetimes import DocumentLifetime, SeenDocument, contradictions

Memory = Callable[[], float]
"""Returns the server's memory now, in MiB."""

_SHARES = {"ask": 45, "search": 45, "upload": 5, "delete": 5}
_KEPT = 2  # documents that a client has at most: the library stays as large as it is
_ALONE = 1 / 6  # of the time, before, for one client that has the server to itself
_TIMEOUT_S = 120.0
_SAMPLE_S = 0.5
_POLL_S = 0.1
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_QUESTIONS = (
    "北京试点的CCER抵销比例上限是多少？",
    "How are forest sinks counted?",
    "林业碳汇项目的计入期有多长？",
    "Which credits may be used to offset emissions?",
    "What is the capital of the moon?",
)
_TEXTS = (
    "The {name} scheme\n\nThe {name} scheme covers {n} hectares of wet meadow. It pays {m} marks per hectare.\n",
    "{name}湿地固碳试点办法\n\n{name}湿地固碳试点的面积为{n}公顷。每公顷每年补贴{m}元。\n",
)
_ABOUT = ("How many hectares does the {name} scheme cover?", "{name}湿地固碳试点的面积是多少公顷？")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the load.

    It gives the number of clients, the seconds that they run, the mean seconds that a client pauses between two
    requests, and the random seed.
    """

    clients: int = 64
    seconds: float = 60.0
    pause_s: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """Times of ``n`` requests in milliseconds, and the median for a single client without other load."""

    n: int
    p50_ms: float
    p99_ms: float
    alone_p50_ms: float | None

    @property
    def ratio(self) -> float | None:
        """The p99 under load divided by the median of a single client."""
        return self.p99_ms / self.alone_p50_ms if self.alone_p50_ms else None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The results of a plan. ``errors`` and ``wrong`` count failed requests and wrong answers. Memory is in MiB.

    ``times``: for each kind of request and, as "all", for all requests. Memory counts as settled after a third of the
    time. ``settled`` and ``end`` are medians over a sixth of it. ``memory`` is None if the server is not ours to
    inspect.
    """

    plan: Plan
    requests: int
    seconds: float
    errors: dict[str, int]
    wrong: dict[str, int]
    times: dict[str, Times]
    memory: dict[str, float] | None

    @property
    def growth(self) -> float | None:
        """The share by which memory grew after it had settled."""
        return self.memory["end"] / self.memory["settled"] - 1 if self.memory else None


async def load(url: str, plan: Plan, *, key: str | None = None, memory: Memory | None = None) -> LoadReport:
    """Runs a plan against a server. Nobody else may change its library during the run.

    It deletes its own documents at the end. ``key`` needs the scope write if the server requires a key.

    Raises:
        httpx.HTTPError: the server does not answer from the beginning.
    """
    limits = httpx.Limits(max_connections=plan.clients + 1, max_keepalive_connections=plan.clients + 1)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S, limits=limits, headers=headers) as http:
        lives = {life.doc_id: life for life in await _found(http)}
        alone, loaded = _Record(lives), _Record(lives)
        await _run(http, alone, Plan(1, max(plan.seconds * _ALONE, 2.0), 0.0, plan.seed + 1))
        samples: list[float] = []
        watching = asyncio.create_task(_watch(memory, samples)) if memory else None
        began = time.monotonic()
        await _run(http, loaded, plan)
        took_s = time.monotonic() - began
        if watching:
            watching.cancel()
        loaded.errors += alone.errors
        loaded.wrong += alone.wrong
        await _tidy(http, [*alone.mine, *loaded.mine])
        return _report(plan, took_s, alone, loaded, samples)


@dataclass(slots=True)
class _Record:
    """The requests of all clients of a run, and the responses."""

    lives: dict[str, DocumentLifetime]
    mine: list[DocumentLifetime] = field(default_factory=list)
    seen: list[SeenDocument] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)


class _Client:
    """One of them: a request, the answer, a thought, the next."""

    def __init__(self, number: int, http: httpx.AsyncClient, record: _Record, plan: Plan) -> None:
        self._random = Random(f"{plan.seed}/{number}")
        self._http, self._record, self._plan = http, record, plan
        self._own: list[DocumentLifetime] = []
        self._generation = 0

    async def run(self) -> None:
        turns: dict[str, Callable[[], Awaitable[None]]] = {
            "ask": self._ask, "search": self._search, "upload": self._upload, "delete": self._delete
        }  # fmt: skip
        until = time.monotonic() + self._plan.seconds
        await asyncio.sleep(self._random.uniform(0, self._plan.pause_s))  # people do not begin all at once
        while time.monotonic() < until:
            (kind,) = self._random.choices([*_SHARES], [*_SHARES.values()])
            await turns[kind]()
            if self._plan.pause_s:
                thought_s = self._random.expovariate(1 / self._plan.pause_s)
                await asyncio.sleep(min(thought_s, max(0.0, until - time.monotonic())))

    async def _ask(self) -> None:
        life = self._any()
        question = life.question if life else self._random.choice(_QUESTIONS)
        await self._look("ask", "/v1/answer", {"question": question}, "citations", None)

    async def _search(self) -> None:
        life = self._any()
        query = life.name if life else self._random.choice(_QUESTIONS)
        await self._look("search", "/v1/search", {"query": query}, "hits", life)

    async def _look(
        self, kind: str, path: str, body: dict[str, str], cited: str, sought: DocumentLifetime | None
    ) -> None:
        before, sent = self._generation, time.monotonic()
        reply = await self._send(kind, "POST", path, json=body)
        if reply is None:
            return
        generation = reply["generation"]
        if generation < before:
            self._record.wrong["an answer is of an older generation than the one before it"] += 1
        self._generation = max(before, generation)
        docs = tuple(each["doc_id"] for each in reply[cited])
        self._record.seen.append(
            SeenDocument(sent, time.monotonic(), generation, docs, sought.doc_id if sought else None)
        )
        for each in reply["citations"] if cited == "citations" else ():
            life = self._record.lives.get(each["doc_id"])
            if life and life.text and not life.holds(each["quote"], [(s["start"], s["end"]) for s in each["spans"]]):
                self._record.wrong["a quote is not in its document"] += 1

    async def _upload(self) -> None:
        if len(self._own) >= _KEPT:
            return await self._delete()
        life = _made(self._random)
        self._record.lives[life.doc_id] = life
        self._record.mine.append(life)
        content = {"files": (f"{life.name}.txt", life.text.encode())}
        job = await self._send("upload", "POST", "/v1/documents", files=content)
        while job and job["state"] in ("queued", "running"):
            await asyncio.sleep(_POLL_S * (1 + self._random.random()))
            job = await self._send("job", "GET", f"/v1/jobs/{job['job_id']}")
        if not job:
            return None
        if job["files"][0]["state"] != "added":
            self._record.errors[f"upload: {job['files'][0]['code'] or job['code'] or job['files'][0]['state']}"] += 1
            return None
        life.there_s = time.monotonic()
        self._own.append(life)
        if record := await self._send("document", "GET", f"/v1/documents/{life.doc_id}"):
            life.since = record["generation"]
            self._generation = max(self._generation, record["generation"])
        return None

    async def _delete(self) -> None:
        if not self._own:
            return await self._upload()
        life = self._own.pop(0)
        life.leaving_s = time.monotonic()
        permanent = self._random.random() < 0.5
        if await self._send("delete", "DELETE", f"/v1/documents/{life.doc_id}", params={"permanent": permanent}):
            life.gone_s = time.monotonic()
            if listed := await self._send("list", "GET", "/v1/documents", params={"limit": 1}):
                life.until = listed["generation"]
                self._generation = max(self._generation, listed["generation"])
        return None

    def _any(self) -> DocumentLifetime | None:
        """In half of the calls a recent document of any client, which may be deleted by now; else None."""
        mine = self._record.mine[-2 * self._plan.clients :]
        return self._random.choice(mine) if mine and self._random.random() < 0.5 else None

    async def _send(self, kind: str, method: str, path: str, **how: Any) -> dict[str, Any] | None:
        began = time.perf_counter()
        try:
            response = await self._http.request(method, path, **how)
        except httpx.TransportError as error:
            self._record.errors[f"{kind}: {type(error).__name__}"] += 1
            return None
        self._record.taken[kind].append(1000 * (time.perf_counter() - began))
        if response.is_success:
            reply: dict[str, Any] = response.json()
            return reply
        self._record.errors[f"{kind}: {response.status_code} {_code(response)}"] += 1
        return None


def _made(random: Random) -> DocumentLifetime:
    """A document of a name that no other has, in Chinese or English."""
    name = "".join(random.choices(_SYLLABLES, k=6)).capitalize()
    language = random.randrange(len(_TEXTS))
    text = _TEXTS[language].format(name=name, n=random.randrange(1000, 9999), m=random.randrange(10, 99))
    doc_id = hashlib.sha256(text.encode()).hexdigest()
    return DocumentLifetime(doc_id, name, _ABOUT[language].format(name=name), text)


async def _found(http: httpx.AsyncClient) -> list[DocumentLifetime]:
    """The documents that are there before."""
    lives: list[DocumentLifetime] = []
    offset: int | None = 0
    while offset is not None:
        listed = (await http.get("/v1/documents", params={"limit": 1000, "offset": offset})).raise_for_status().json()
        lives += [DocumentLifetime(each["doc_id"], since=0, there_s=-math.inf) for each in listed["documents"]]
        offset = listed["next_offset"]
    return lives


async def _run(http: httpx.AsyncClient, record: _Record, plan: Plan) -> None:
    await asyncio.gather(*(_Client(number, http, record, plan).run() for number in range(plan.clients)))
    for seen in record.seen:
        record.wrong.update(contradictions(seen, record.lives))


async def _watch(memory: Memory, samples: list[float]) -> None:
    while True:
        samples.append(await asyncio.to_thread(memory))
        await asyncio.sleep(_SAMPLE_S)


async def _tidy(http: httpx.AsyncClient, made: list[DocumentLifetime]) -> None:
    for life in made:
        if life.gone_s == math.inf and life.there_s < math.inf:
            await http.delete(f"/v1/documents/{life.doc_id}", params={"permanent": True})


def _report(plan: Plan, took_s: float, alone: _Record, loaded: _Record, samples: list[float]) -> LoadReport:
    def times(taken: list[float], usual: list[float]) -> Times:
        ordered = sorted(taken)
        slow = ordered[min(len(ordered) - 1, math.ceil(0.99 * len(ordered)) - 1)]
        return Times(len(taken), median(taken), slow, median(usual) if usual else None)

    kinds = {kind: times(taken, alone.taken.get(kind, [])) for kind, taken in loaded.taken.items()}
    everything = [[each for taken in record.taken.values() for each in taken] for record in (loaded, alone)]
    if everything[0]:
        kinds["all"] = times(*everything)
    sixth = max(1, len(samples) // 6)
    memory = {
        "start": samples[0],
        "settled": median(samples[2 * sixth : 3 * sixth] or samples),
        "end": median(samples[-sixth:]),
        "peak": max(samples),
    } if samples else None  # fmt: skip
    return LoadReport(
        plan, len(everything[0]), took_s, dict(loaded.errors.most_common()), dict(loaded.wrong), kinds, memory
    )


def _code(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    return str(body.get("code", "")) if isinstance(body, dict) else ""
