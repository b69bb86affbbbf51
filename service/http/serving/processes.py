"""Serves with several processes: this one accepts connections and hands them to workers, which answer."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import subprocess
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sinkqa.service.http.observing import tally
from sinkqa.service.http.serving.handover import GONE, LEAVING, OPENED, READY, Giver

Start = Callable[[int], tuple[subprocess.Popen[bytes], Giver]]
"""Starts the worker with this number, from 0."""

END_S = 43.0  # for a worker to leave: a moment to linger, 30 s for what runs, 10 s to leave off jobs
_BEGIN_S = 600.0  # for a worker to be ready, where another has its place still: indexes may be made anew
_STEADY_S = 10.0  # a worker that lived so long did not fail at its start
_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_TRIES = 4  # of a worker that fails before any was ready, until all is given up
_AT_ONCE = 64  # connections, before something else has its turn
_QUEUED = 2048  # connections that the system keeps until they are accepted
_NO_ROOM_S = 0.1

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _WorkerProcess:
    number: int
    process: subprocess.Popen[bytes]
    link: Giver
    began: float = field(default_factory=time.monotonic)
    connections: int = 0
    given: int = 0  # when it was given one last, counted in connections of all
    is_opened: bool = False
    is_ready: bool = False
    is_leaving: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)  # it is ready, or has ended
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __str__(self) -> str:
        return f"worker {self.number} (process {self.process.pid})"


class Processes:
    """Keeps a number of workers running, and replaces each that ends. Worker 0 starts before the others.

    Each connection goes to the worker with the fewest connections, and stays there. Only this process listens, so no
    connection is refused when workers start or end. If no worker is ready, connections wait.
    """

    def __init__(self, start: Start, listeners: Sequence[socket.socket], count: int, folder: Path) -> None:
        self._start, self._listeners, self._count, self._folder = start, listeners, count, folder
        self._workers: list[_WorkerProcess] = []
        self._failures = Counter[int]()
        self._waiting: deque[socket.socket] = deque()  # accepted, and no worker took it
        self._is_listening = self._is_accepting = self._is_stopping = self._has_given_up = False
        self._given = 0
        self._restarts = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self) -> int:
        """Serves until stopped. Returns the exit status: 1 if no worker could start."""
        loop = asyncio.get_running_loop()
        for number, act in (
            (signal.SIGTERM, self._stop),
            (signal.SIGINT, self._stop_or_kill),
            (signal.SIGHUP, self._restarts.set),
        ):
            loop.add_signal_handler(number, act)
        self._begin(0)
        restarting = loop.create_task(self._restart())
        while self._workers or not self._is_stopping:
            await self._changed.wait()
            self._changed.clear()
        restarting.cancel()
        return int(self._has_given_up)

    def _begin(self, number: int, *, beside: _WorkerProcess | None = None) -> _WorkerProcess | None:
        """Begins a worker, where its place is free but for the one that it stands ``beside``."""
        others = [each for each in self._workers if each.number == number and not each.is_leaving]
        if self._is_stopping or others not in ([], [beside]):
            return None
        worker = _WorkerProcess(number, *self._start(number))
        self._workers.append(worker)
        self._note()
        asyncio.get_running_loop().add_reader(worker.link, self._hear, worker)
        return worker

    def _hear(self, worker: _WorkerProcess) -> None:
        heard = worker.link.heard()
        if heard is None:
            self._bury(worker)
            return
        worker.connections -= heard.count(GONE)
        if OPENED in heard:
            worker.is_opened = True
            for number in range(1, self._count):
                self._begin(number)
        if READY in heard:
            worker.is_ready = True
            worker.settled.set()
            self._listen()
        if LEAVING in heard and not worker.is_leaving:
            _log.warning("%s was told to end; another takes its place", worker)
            self._retire(worker)
            self._begin(worker.number)
        self._hand_over()

    def _retire(self, worker: _WorkerProcess) -> None:
        """Lets a worker finish its connections, without new ones, and end; one that is not ready ends at once."""
        worker.is_leaving = True
        worker.link.end()
        if not worker.is_ready:
            worker.process.terminate()
        asyncio.get_running_loop().call_later(END_S, self._kill, worker)

    def _kill(self, worker: _WorkerProcess) -> None:
        if not worker.ended.is_set():
            _log.error("%s did not end in time and is killed", worker)
            worker.process.kill()

    def _bury(self, worker: _WorkerProcess) -> None:
        """Removes a worker whose end of the link is closed."""
        asyncio.get_running_loop().remove_reader(worker.link)
        worker.link.close()
        status = worker.process.wait()
        self._workers.remove(worker)
        worker.settled.set()
        worker.ended.set()
        self._changed.set()
        tally.fold(self._folder, worker.process.pid)
        self._note()
        if not (worker.is_leaving or self._is_stopping):
            self._replace(worker, status)

    def _replace(self, worker: _WorkerProcess, status: int) -> None:
        """Starts another worker in its place; after a pause where several failed at their start."""
        number = worker.number
        lived_s = time.monotonic() - worker.began
        self._failures[number] = 0 if worker.is_ready and lived_s > _STEADY_S else self._failures[number] + 1
        failures = self._failures[number]
        if not self._is_listening and (failures >= _TRIES or (number == 0 and not worker.is_opened)):
            _log.error("%s %s; no worker can begin", worker, _exit_text(status))
            self._has_given_up = True
            self._stop()
            return
        pause_s = min(_LONGEST_PAUSE_S, _PAUSE_S * 2 ** (failures - 2)) if failures > 1 else 0.0
        _log.error("%s %s after %.0f s; another begins in %g s", worker, _exit_text(status), lived_s, pause_s)
        asyncio.get_running_loop().call_later(pause_s, self._begin, number)
        self._listen()

    async def _restart(self) -> None:
        """Replaces every worker, one after the other, on each request to restart."""
        while True:
            await self._restarts.wait()
            self._restarts.clear()
            _log.info("told to restart: workers are replaced one by one")
            if all([await self._renewed(number) for number in range(self._count)]):
                _log.info("restarted: every worker was replaced")

    async def _renewed(self, number: int) -> bool:
        """Whether another worker could begin beside the one of this number, which ends then, or goes on."""
        old = next((each for each in self._workers if each.number == number and not each.is_leaving), None)
        new = self._begin(number, beside=old)
        if old is None or new is None:  # it has ended by itself, and another begins anyway
            return not self._is_stopping
        with suppress(TimeoutError):
            async with asyncio.timeout(_BEGIN_S):
                await new.settled.wait()
        if not new.is_ready:
            _log.error("%s could not begin: %s goes on; mend the cause and restart again", new, old)
            self._retire(new)
            return False
        self._retire(old)
        await old.ended.wait()
        return True

    def _listen(self) -> None:
        """Begins once every worker is ready or had its chance, so that the first who come spread over all of them."""
        if self._is_listening or self._is_stopping:
            return
        ready = {each.number for each in self._workers if each.is_ready}
        if not ready or len(ready | {number for number, times in self._failures.items() if times}) < self._count:
            return
        self._is_listening = True
        try:
            for listener in self._listeners:
                listener.listen(_QUEUED)
        except OSError as error:
            _log.error("cannot listen: %s", error)
            self._has_given_up = True
            self._stop()
            return
        for listener in self._listeners:
            host, port = listener.getsockname()[:2]
            _log.info("%d processes answer at http://%s:%d", self._count, f"[{host}]" if ":" in host else host, port)
        self._accept_on()

    def _accept_on(self) -> None:
        if self._is_listening and not self._is_accepting and not self._is_stopping:
            self._is_accepting = True
            for listener in self._listeners:
                asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def _accept_no_more(self) -> None:
        if self._is_accepting:
            self._is_accepting = False
            for listener in self._listeners:
                asyncio.get_running_loop().remove_reader(listener)

    def _accept(self, listener: socket.socket, most: int = _AT_ONCE) -> bool:
        """Accepts what has come, and hands it over; whether there may be more."""
        try:
            for _ in range(most):
                connection, _ = listener.accept()
                self._waiting.append(connection)
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:  # no descriptor is left: it waits where it is
            _log.error("connections wait: %s", error)
            self._accept_no_more()
            asyncio.get_running_loop().call_later(_NO_ROOM_S, self._accept_on)
            return False
        finally:
            self._hand_over()
        return True

    def _hand_over(self) -> None:
        """Gives what was accepted to the workers; where none takes it, no more is accepted until one does."""
        while self._waiting:
            taker = next((each for each in self._by_work() if each.link.give(self._waiting[0])), None)
            if taker is None:
                self._accept_no_more()
                return
            self._given += 1
            taker.connections += 1
            taker.given = self._given
            self._waiting.popleft().close()
        self._accept_on()

    def _by_work(self) -> list[_WorkerProcess]:
        """Workers that may be given a connection, those with the fewest first, in turn where they have as many."""
        able = [each for each in self._workers if each.is_ready and not each.is_leaving]
        return sorted(able, key=lambda each: (each.connections, each.given))

    def _stop(self) -> None:
        """Answers the connections that exist, then ends everything."""
        if self._is_stopping:
            return
        self._is_stopping = True
        self._accept_no_more()
        for listener in self._listeners:
            while self._is_listening and self._accept(listener):
                pass
            listener.close()
        for connection in self._waiting:
            connection.close()
        for worker in self._workers:
            self._retire(worker)
        self._changed.set()

    def _stop_or_kill(self) -> None:
        """Kills the workers on a second Ctrl-C."""
        if self._is_stopping:
            for worker in self._workers:
                worker.process.kill()
        self._stop()

    def _note(self) -> None:
        tally.note(self._folder, [each.process.pid for each in self._workers])


def _exit_text(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def listening_at(host: str, port: int) -> list[socket.socket]:
    """Sockets bound to every address of a host, not yet listening. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            listener = socket.socket(family, kind, protocol)
            bound.append(listener)
            listener.setblocking(False)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
    except OSError:
        for listener in bound:
            listener.close()
        raise
    return bound
