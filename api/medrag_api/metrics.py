"""What a server counts, as Prometheus reads it: routes, states, severities and reasons of our own lists, never a word."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import medrag
from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import Jobs
from medrag.errors import MedragError
from medrag.records import Snapshot
from medrag.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

    from medrag.backends import Models
    from medrag_graph.interactions import InteractionReport

__all__ = ["MULTIPROC", "Metrics", "reason_of", "worker_gone"]

#: The folder in which several workers keep their counts together; prometheus_client reads it when it is first imported.
MULTIPROC: Final = "PROMETHEUS_MULTIPROC_DIR"
#: Seconds; the review of a regimen takes some ms, an answer of a model some seconds.
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
#: Reasons whose words are not ours to know, such as those a later version gives.
OTHER: Final = "other"
Json = Mapping[str, Any]


class Metrics:
    """The counters of one application. ``snapshot``: the one readers see."""

    def __init__(self, settings: Settings, snapshot: Callable[[], Snapshot | None], models: Models) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._settings, self._snapshot, self._models = settings, snapshot, models
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "medrag_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "medrag_request_seconds",
            "From a request's head to its answer's last byte.",
            ("route",),
            buckets=BUCKETS,
            registry=registry,
        )
        self._questions = Counter(
            "medrag_questions", "Answers by status and reason.", ("status", "reason"), registry=registry
        )
        self._withheld = Counter(
            "medrag_withheld", "Statements withheld, by reason.", ("reason",), registry=registry
        )
        self._findings = Counter(
            "medrag_findings", "Findings reported.", ("kind", "severity"), registry=registry
        )
        self._pairs = Counter("medrag_pairs", "Pairs reviewed, by outcome.", ("outcome",), registry=registry)
        self._calls = Counter("medrag_model_calls", "Calls of models.", ("model",), registry=registry)
        self._tokens = Counter(
            "medrag_model_tokens", "Tokens of models.", ("model", "direction"), registry=registry
        )
        self._lines = Gauge(
            "medrag_open_lines", "Event streams held open.", registry=registry, multiprocess_mode="livesum"
        )
        self._called: dict[str, tuple[int, int, int]] = {}
        #: Children by their labels: looking one up in the library takes as long as counting does.
        self._request = cache(lambda *labels: self._requests.labels(*labels))
        self._took = cache(lambda route: self._seconds.labels(route))
        self._finding = cache(lambda *labels: self._findings.labels(*labels))
        self._pair = cache(lambda outcome: self._pairs.labels(outcome))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request, by its route's template."""
        self._request(method, route, str(status)).inc()
        self._took(route).observe(seconds)

    def answer(self, document: Json) -> None:
        """One answer, and what was withheld from it; its review was counted where it was made."""
        self._questions.labels(document["status"], document["reason"] or "").inc()
        for item in document["withheld"]:
            self._withheld.labels(reason_of(item["reason"])).inc()
        self._note_calls()

    def review(self, report: InteractionReport) -> None:
        """One review's findings and outcomes."""
        for finding in report.findings:
            self._finding(finding.kind, finding.severity).inc()
        for pair in report.pairs:
            self._pair(pair.outcome).inc()

    def line(self, step: int) -> None:
        """A stream of events was opened (1) or closed (-1)."""
        self._lines.inc(step)

    def _note_calls(self) -> None:
        for model in self._models.all():
            name, spent = model.name, model.spent()
            now = (spent.calls, spent.tokens_in, spent.tokens_out)
            before = self._called.get(name, (0, 0, 0))
            self._called[name] = now
            more = [one - other for one, other in zip(now, before, strict=True)]
            if more[0] > 0:
                self._calls.labels(name).inc(more[0])
                self._tokens.labels(name, "sent").inc(more[1])
                self._tokens.labels(name, "received").inc(more[2])

    def text(self) -> tuple[bytes, str]:
        """Everything counted, of all workers, and what can only be looked at: its bytes and media type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        looked = CollectorRegistry()
        looked.register(Looks(self._settings, self._snapshot))
        return generate_latest(self._counted()) + generate_latest(looked), CONTENT_TYPE_LATEST

    def _counted(self) -> CollectorRegistry:
        """This process's counts, or those of all workers where they keep them together."""
        if not os.environ.get(MULTIPROC):
            return self.registry
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return together


class Looks:
    """What is looked up when it is asked for: the version, the snapshot and its age, the jobs."""

    def __init__(self, settings: Settings, snapshot: Callable[[], Snapshot | None]) -> None:
        self._settings, self._snapshot = settings, snapshot

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from prometheus_client.core import GaugeMetricFamily

        build = GaugeMetricFamily("medrag_build_info", "The version.", labels=("version",))
        build.add_metric((medrag.__version__,), 1)
        yield build
        held = self._snapshot()
        yield GaugeMetricFamily("medrag_ready", "Whether a shelf is lent.", value=int(held is not None))
        if held is not None:
            age = (datetime.now(UTC) - held.created).total_seconds()
            yield GaugeMetricFamily("medrag_snapshot_age_seconds", "Since it was made.", value=max(0.0, age))
        jobs = GaugeMetricFamily("medrag_jobs", "Jobs by state.", labels=("state",))
        for state, times in self._jobs().items():
            jobs.add_metric((state,), times)
        yield jobs

    def _jobs(self) -> dict[str, int]:
        """None where the catalogue cannot be read: that a metric is missing tells it."""
        try:
            with closing(Catalogue(self._settings.catalogue, create=False)) as catalogue:
                return Jobs(catalogue).counted()
        except MedragError:
            return {}


@cache
def reasons() -> list[tuple[re.Pattern[str], str]]:
    """The proof's words for why a statement is withheld, as patterns: what they name of it is not counted."""
    from medrag.answer.proof.records import WORDS

    return [(pattern_of(words), key.replace("_", "-")) for key, words in WORDS.items()]


def pattern_of(words: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", words)), re.DOTALL)


def reason_of(words: str) -> str:
    """The key of a reason: one of the proof's, citation for what a citation lacks, or other."""
    for pattern, key in reasons():
        if pattern.fullmatch(words):
            return key
    return "citation" if "citation" in words or "cited" in words or "quote" in words else OTHER


def worker_gone(pid: int) -> None:
    """Forgets what a worker that ended held open."""
    folder = os.environ.get(MULTIPROC)
    if folder and Path(folder).is_dir():
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]
