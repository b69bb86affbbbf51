"""Asks an endpoint of chat completions questions, and saves each answer as soon as it arrives."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from sinkqa.eval.data.gold import Question
from sinkqa.eval.errors import EndpointFailed, MalformedData
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.running import OnProgress, quiet

_MOST_BYTES = 8 * 2**20  # of one answer
_IN_A_ROW = 3  # failed questions, after which the endpoint is taken to be gone
_FINAL = (401, 403, 404)  # these go for every question


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint to ask, with its limits. ``key`` and the query of the address are sent, but never printed or saved.

    ``system``: a message before each question, "" for none. A question is tried at most ``1 + retries`` times, each for
    ``timeout_s`` seconds. The pause between tries begins at ``pause_s`` seconds and doubles.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    system: str = ""
    timeout_s: float = 120.0
    retries: int = 3
    pause_s: float = 1.0

    @property
    def address(self) -> str:
        """The address to which questions are sent."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EndpointFailed(f"expected an address such as http://127.0.0.1:8000/v1, got {parts.path[:80]!r}")
        path = parts.path.rstrip("/")
        return parts._replace(path=path if path.endswith("/chat/completions") else f"{path}/chat/completions").geturl()

    @property
    def name(self) -> str:
        """The address without its possibly secret parts: user name, password and query."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """The response to a question: its text, its annotations, and how long it took."""

    query_id: str
    asked: str
    content: str
    annotations: tuple[dict[str, Any], ...]
    ms: float


class _TryFailed(Exception):
    """One try that failed; ``again``: another may not."""

    def __init__(self, why: str, *, again: bool, final: bool = False) -> None:
        super().__init__(why)
        self.again, self.final = again, final


def ask_all(
    endpoint: Endpoint,
    questions: Sequence[Question],
    kept: Path,
    *,
    persistent: bool = False,
    on_progress: OnProgress = quiet,
) -> tuple[dict[str, Reply], dict[str, str]]:
    """Asks all questions. Returns the replies by query, and the reasons for missing replies.

    Questions with a reply in ``kept`` are not asked again, and new replies are added there. After a few failures in a
    row it stops, unless ``persistent``.

    Raises:
        EndpointFailed: the endpoint refuses every question, or cannot be reached.
        MalformedData: ``kept`` holds other data.
    """
    names = {each.query_id: digest(endpoint.name, endpoint.model, endpoint.system, each.text) for each in questions}
    known = {each.query_id: each for each in _read(kept) if names.get(each.query_id) == each.asked}
    missing = [each for each in questions if each.query_id not in known]
    failed: dict[str, str] = {}
    in_a_row = 0
    kept.parent.mkdir(parents=True, exist_ok=True)
    with httpx.Client(headers=_headers(endpoint), timeout=endpoint.timeout_s) as client, kept.open("ab") as file:
        for number, question in enumerate(missing, 1):
            try:
                content, annotations, ms = _answered(client, endpoint, question.text)
            except _TryFailed as failure:
                failed[question.query_id], in_a_row = str(failure), in_a_row + 1
                if failure.final or (in_a_row >= _IN_A_ROW and not persistent):
                    raise EndpointFailed(
                        f"{endpoint.name}: {failure}; {len(known)} of {len(questions)} answers are in {kept}. "
                        "Mend the endpoint and run the same command again: it asks only what is missing"
                    ) from failure
            else:
                in_a_row = 0
                reply = Reply(question.query_id, names[question.query_id], content, annotations, ms)
                file.write(json.dumps(asdict(reply), ensure_ascii=True).encode() + b"\n")
                file.flush()
                known[question.query_id] = reply
            on_progress(number, len(missing), "questions")
    return known, failed


def _answered(client: httpx.Client, endpoint: Endpoint, text: str) -> tuple[str, tuple[dict[str, Any], ...], float]:
    """Text, annotations, and the milliseconds of the try that succeeded.

    Raises:
        _TryFailed: all tries failed; of the last.
    """
    for attempt in Retrying(
        stop=stop_after_attempt(1 + endpoint.retries),
        retry=retry_if_exception(lambda error: isinstance(error, _TryFailed) and error.again),
        wait=wait_exponential(multiplier=endpoint.pause_s, max=60),
        reraise=True,
    ):
        with attempt:
            began = time.perf_counter()
            content, annotations = _said(_sent(client, endpoint, text))
            return content, annotations, 1000 * (time.perf_counter() - began)
    raise AssertionError("tenacity raises what failed last")


def _sent(client: httpx.Client, endpoint: Endpoint, text: str) -> bytes:
    messages = [{"role": "system", "content": endpoint.system}] if endpoint.system else []
    body = {"model": endpoint.model, "messages": [*messages, {"role": "user", "content": text}], "stream": False}
    deadline, received = time.monotonic() + endpoint.timeout_s, bytearray()
    try:
        with client.stream("POST", endpoint.address, json=body) as response:
            status = response.status_code
            if status != 200:  # what it says of it may repeat the key: the status is enough
                again = status == 429 or status >= 500
                raise _TryFailed(f"it refused with status {status}", again=again, final=status in _FINAL)
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > _MOST_BYTES:
                    raise _TryFailed(f"its answer is longer than {_MOST_BYTES // 2**20} MiB", again=False)
                if time.monotonic() > deadline:
                    raise _TryFailed(f"it did not end within {endpoint.timeout_s:g} s", again=True)
    except httpx.TimeoutException as error:
        raise _TryFailed(f"it did not answer within {endpoint.timeout_s:g} s", again=True) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _TryFailed(f"it cannot be reached, or broke off ({type(error).__name__})", again=True) from error
    return bytes(received)


def _said(received: bytes) -> tuple[str, tuple[dict[str, Any], ...]]:
    try:
        message = json.loads(received)["choices"][0]["message"]
        content = message.get("content") or message.get("refusal") or ""
        if isinstance(content, list):
            content = "\n".join(part["text"] for part in content if part.get("type") in ("text", "output_text"))
        annotations = tuple(each for each in message.get("annotations") or () if isinstance(each, dict))
        if not isinstance(content, str):
            raise TypeError(f"its content is {type(content).__name__}")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _TryFailed("it answered with something other than a chat completion", again=True) from error
    return content, annotations


def _headers(endpoint: Endpoint) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}


def _read(path: Path) -> Iterator[Reply]:
    """The replies of a file; a last line that was cut off is taken away, so that the next one stands by itself."""
    if not path.is_file():
        return
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    for number, line in enumerate(whole.splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                yield Reply(**row | {"annotations": tuple(row["annotations"])})
            except (ValueError, TypeError, KeyError) as error:
                raise MalformedData(f"{path}:{number}: expected a kept answer, got {line[:60]!r}; remove it") from error
