"""Metrics for Prometheus: requests, stages of answers, abstentions, withdrawn quotes, and the open libraries."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.answer import Answer, SearchResult
from sinkqa.service.engine import Engine
from sinkqa.service.grounding.quoting import QuoteReport
from sinkqa.service.grounding.verifying import VerifyReport
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.observing import tally
from sinkqa.service.settings import Settings

_Result = TypeVar("_Result", SearchResult, VerifyReport, QuoteReport)
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_WITHDRAWING = "sinkqa.service.evidence.citations"  # where a quote that fails its check is withdrawn, with a warning


class Metrics:
    """The metrics of one application since its start.

    Processes that serve together share ``folder``. Each of them then reports the metrics of all.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._libraries: _CollectionCollector | None = None
        self.registry = all_of = CollectorRegistry()
        ProcessCollector(registry=all_of)
        self._requests = Counter("sinkqa_requests", "Requests done.", ("method", "route", "status"), registry=all_of)
        self._request_s = Histogram(
            "sinkqa_request_seconds", "Time of requests.", ("route",), buckets=_SECONDS, registry=all_of
        )
        self._stage_s = Histogram(
            "sinkqa_stage_seconds", "Time of the engine, by stage.", ("stage",), buckets=_SECONDS, registry=all_of
        )
        self._answers = Counter("sinkqa_answers", "Answers given.", ("status",), registry=all_of)
        self._abstentions = Counter("sinkqa_abstentions", "Answers withheld, by reason.", ("reason",), registry=all_of)
        self._withdrawn = Counter(
            "sinkqa_withdrawn_quotes", "Quotes that differed from the stored text.", registry=all_of
        )

    @contextmanager
    def watching(self, collections: Collections) -> Iterator[None]:
        """Inside, metrics cover the open collections, and withdrawn quotes are counted."""
        libraries, withdrawals = _CollectionCollector(collections, self._folder), _Withdrawals(self._withdrawn)
        self._libraries = libraries
        self.registry.register(libraries)
        logging.getLogger(_WITHDRAWING).addHandler(withdrawals)
        try:
            yield
        finally:
            logging.getLogger(_WITHDRAWING).removeHandler(withdrawals)
            self.registry.unregister(libraries)
            self._libraries = None

    def open_engine(self, settings: Settings, *, create: bool, reencode: bool) -> Engine:
        """As :meth:`Engine.open`. The metrics include the work of this engine."""
        engine = _CountedEngine.open(settings, create=create, reencode=reencode)
        engine.metrics = self
        if self._folder:
            tally.note_open(self._folder, settings.collection)
        return engine

    def requested(self, method: str, route: str, status: int, taken_s: float) -> None:
        """Counts a request that has ended."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_s.labels(route).observe(taken_s)

    def answered(self, answer: Answer) -> None:
        """Counts an answer."""
        self._answers.labels(answer.status).inc()
        if answer.abstain_reason:
            self._abstentions.labels(answer.abstain_reason).inc()

    def timed(self, timings_ms: Mapping[str, float]) -> None:
        """Counts the stages of work that the engine has just finished, in their order."""
        for stage, taken_ms in timings_ms.items():
            self._stage_s.labels(stage).observe(taken_ms / 1000)
        if trace.get_current_span().is_recording():
            _trace(timings_ms)

    def page(self) -> bytes:
        """All metrics in Prometheus' text format."""
        if self._folder is None:
            return generate_latest(self.registry)
        with tally.together(self._folder) as registry:
            if self._libraries:
                registry.register(self._libraries)
            return generate_latest(registry)


class _CountedEngine(Engine):
    """An engine that records metrics of its work."""

    metrics: Metrics

    def stream(self, *args: Any, **options: Any) -> Iterator[Answer]:
        for answer in super().stream(*args, **options):
            yield answer
        self.metrics.answered(answer)
        self.metrics.timed(answer.timings_ms)

    def search(self, *args: Any, **options: Any) -> SearchResult:
        return self._timed(super().search(*args, **options))

    def verify(self, *args: Any, **options: Any) -> VerifyReport:
        return self._timed(super().verify(*args, **options))

    def verify_quote(self, *args: Any, **options: Any) -> QuoteReport:
        return self._timed(super().verify_quote(*args, **options))

    def _timed(self, result: _Result) -> _Result:
        self.metrics.timed(result.timings_ms)
        return result


class _Withdrawals(logging.Handler):
    """Counts the warnings of quotes that were withdrawn."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.WARNING)
        self._counter = counter

    def emit(self, record: logging.LogRecord) -> None:
        self._counter.inc()


class _CollectionCollector(Collector):
    """Gauges of the open collections at the time of the scrape, of all processes that share ``folder``."""

    def __init__(self, collections: Collections, folder: Path | None) -> None:
        self._collections, self._folder = collections, folder

    def collect(self) -> Iterable[Metric]:
        """Generation and size of each."""
        described = ("generation", "Changes to the library."), ("documents", "Documents."), ("passages", "Passages.")
        gauges = [GaugeMetricFamily(f"sinkqa_library_{name}", text, labels=["collection"]) for name, text in described]
        for name in self._collections.names():
            if engine := self._opened(name):
                documents = engine.documents()
                values = engine.generation, len(documents), sum(record.n_passages for record in documents)
                for gauge, value in zip(gauges, values, strict=True):
                    gauge.add_metric([name], value)
        return gauges

    def _opened(self, name: str) -> Engine | None:
        if self._folder and tally.is_open(self._folder, name):
            with suppress(SinkQAError):  # deleted, or damaged: its requests say so
                return self._collections.engine(name)
        return self._collections.opened(name)


def _trace(timings_ms: Mapping[str, float]) -> None:
    """A span for each stage, within the one of the request."""
    at = time.time_ns() - int(sum(timings_ms.values()) * 1e6)
    for stage, taken_ms in timings_ms.items():
        span = trace.get_tracer("sinkqa").start_span(f"sinkqa.{stage}", start_time=at)
        at += int(taken_ms * 1e6)
        span.end(at)
