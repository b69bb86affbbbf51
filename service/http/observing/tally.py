"""Adds up the metrics of several processes, from files that remain after the processes end."""

from __future__ import annotations

import fcntl
import json
import os
import resource
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import no_type_check

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_PROCESSES, _LOCK, _OPEN = "processes.json", "numbers.lock", "open."
_CPU, _START = "process_cpu_seconds", "process_start_time_seconds"
_PAST = 0  # in the place of a process id, for all processes that have ended


def note(folder: Path, pids: Sequence[int]) -> None:
    """Records the current workers, and the processor time of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    aside = folder / f"{_PROCESSES}.new"
    aside.write_text(json.dumps({"pids": [os.getpid(), *pids], "ended_s": ended.ru_utime + ended.ru_stime}))
    aside.replace(folder / _PROCESSES)


def fold(folder: Path, pid: int) -> None:
    """Adds the counts of an ended process to those of earlier ones, so that all ended processes share one file."""
    with _alone(folder, fcntl.LOCK_EX):
        for counted in folder.glob(f"*_{pid}.db"):
            _add(counted, counted.with_name(counted.name.replace(f"_{pid}.", f"_{_PAST}.")))
            counted.unlink()


@no_type_check  # prometheus_client does not say
def _add(counted: Path, to: Path) -> None:
    past = MmapedDict(str(to))
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(counted)):
        past.write_value(key, past.read_value(key)[0] + value, 0.0)
    past.close()


@contextmanager
def together(folder: Path) -> Iterator[CollectorRegistry]:
    """Inside, the registry has the metrics of all processes, including ended ones."""
    registry = CollectorRegistry()
    registry.register(_ProcessCollector(folder))
    with _alone(folder, fcntl.LOCK_SH):
        MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
        yield registry


def note_open(folder: Path, collection: str) -> None:
    """Records that a process has opened a collection."""
    (folder / f"{_OPEN}{collection}").touch()


def is_open(folder: Path, collection: str) -> bool:
    """Whether any process has opened the collection."""
    return (folder / f"{_OPEN}{collection}").exists()


@contextmanager
def _alone(folder: Path, kind: int) -> Iterator[None]:
    """Keeps counts from being folded while they are read, when they would count twice or not at all."""
    with (folder / _LOCK).open("a") as lock:
        fcntl.flock(lock, kind)
        yield


class _ProcessCollector(Collector):
    """Memory, files and processor time of all processes of a server, added up; the start is that of the oldest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Sums; what the system does not report is left out."""
        known = json.loads((self._folder / _PROCESSES).read_text())
        sums: dict[str, Metric] = {}
        for pid in known["pids"]:
            for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                (sample,) = metric.samples
                value = sample.value
                if metric.name in sums:
                    (before,) = sums[metric.name].samples
                    value = min(before.value, value) if metric.name == _START else before.value + value
                metric.samples = [sample._replace(value=value)]
                sums[metric.name] = metric
        if isinstance(cpu := sums.get(_CPU), CounterMetricFamily):
            cpu.samples = [cpu.samples[0]._replace(value=cpu.samples[0].value + known["ended_s"])]
        return sums.values()
