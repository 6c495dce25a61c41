"""Counts the cards a server gives, from a thread of its own, so that no clinician waits for a writer of the shelf."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import structlog

from medrag.catalogue import Catalogue
from medrag.catalogue.alerts import AlertBurden, AlertCard, AlertCounts, Alerts
from medrag.errors import CatalogueUnavailable
from medrag.settings import Settings
from medrag_api.hooks.cards import Made, interruptive
from medrag_api.hooks.reasons import known_reason
from medrag_api.hooks.shapes import Feedback, Outcome

__all__ = ["AlertCounter", "alert_burden"]

log: Final = structlog.get_logger("medrag.alerts")
#: Seconds that counts are held before they are written; a server that is killed loses at most these.
FLUSH_S: Final = 1.0


def alert_burden(settings: Settings) -> AlertBurden:
    """Interruptive cards for each 1,000 checks, and by rule how often it was shown and overridden: counts alone.

    Raises CatalogueUnavailable.
    """
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        return Alerts(catalogue).burden()


class AlertCounter:
    """Counts in memory and writes once a second. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], AlertCounts] = {}
        self._shown: Counter[AlertCard] = Counter()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def given(self, service: str, made: Sequence[Made]) -> None:
        """Counts one check and its cards."""
        key = (today(), service)
        with self._lock:
            held = self._counts.get(key, AlertCounts())
            self._counts[key] = AlertCounts(held.checks + 1, held.interruptive + interruptive(made))
            self._shown.update(item.counted for item in made)
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._write, name="medrag-alerts", daemon=True)
                self._thread.start()

    def answered(self, feedback: Feedback) -> None:
        """Counts what was done with cards. Raises NotFound for one that was not given, and CatalogueUnavailable.

        Comments and times are not kept; a reason is kept by its code.
        """
        self.flush()
        with closing(Catalogue(self.settings.catalogue, create=False)) as catalogue:
            Alerts(catalogue).answer([outcome_of(item) for item in feedback.feedback], today())

    def flush(self) -> None:
        """Writes what was counted. Raises CatalogueUnavailable, and keeps the counts for the next time."""
        with self._lock:
            counts, shown = self._counts, self._shown
            self._counts, self._shown = {}, Counter()
        if not counts:
            return
        try:
            with closing(Catalogue(self.settings.catalogue, create=False)) as catalogue:
                Alerts(catalogue).count(counts, shown)
        except CatalogueUnavailable:
            with self._lock:
                for key, item in counts.items():
                    held = self._counts.get(key, AlertCounts())
                    self._counts[key] = AlertCounts(
                        held.checks + item.checks, held.interruptive + item.interruptive
                    )
                self._shown.update(shown)
            raise

    def close(self) -> None:
        """Writes what waits, then stops."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout=10)
        self._try()

    def _write(self) -> None:
        """Writes once a second until there is nothing left; the next check starts it again."""
        while not self._stop.wait(FLUSH_S):
            self._try()
            with self._lock:
                if not self._counts:
                    self._thread = None
                    return

    def _try(self) -> None:
        try:
            self.flush()
        except CatalogueUnavailable as error:
            log.warning("alerts_not_counted_yet", problem=error.problem)


def outcome_of(item: Outcome) -> tuple[str, str, str]:
    """(card, outcome, code of the reason; "" when none was told)."""
    coding = item.overrideReason.reason if item.overrideReason else None
    return item.card.lower(), item.outcome, known_reason(coding.code, coding.system) if coding else ""


def today() -> str:
    return datetime.now(UTC).date().isoformat()
