"""The client for ordinary programs; awaiting.py is the same for asynchronous ones."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from medrag.vocabulary import Language, Severity
from medrag_api.client import calls
from medrag_api.client.calls import Call, Json
from medrag_api.client.events import AnswerEvent, EventReader, answer_event
from medrag_api.client.failing import error_of, unreachable, wait_of
from medrag_api.consultation_models import ConsultationOut, PlanOut, SlotsPatch
from medrag_api.interaction_models import DrugCardOut, DrugListOut, InteractionReportOut, SuggestionsOut
from medrag_api.models import AnswerOut, HealthOut, PassageOut, SearchOut, ShelfOut, WorkOut
from medrag_api.patient import Patient
from medrag_api.requests import Filters

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """Asks a medrag server. Every method raises the errors of medrag.errors: InputRefused and UsageError naming the field,
    NotFound, Unavailable when the server cannot be reached or cannot answer now.

    ``key``: sent as a bearer token. ``timeout_s``: of one request; a model may write for a minute. ``retries``: how often a
    request is sent again when the server says when to come back; a request that writes carries an idempotency key, its own or
    the one given, and is sent again when the connection breaks too: it is done once. ``transport``: for tests, as httpx has it.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str = "",
        timeout_s: float = 120.0,
        retries: int = 2,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._retries = retries
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=timeout_s,
            transport=transport,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def ask(
        self,
        question: str,
        *,
        patient: Patient | Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
        answerer: str = "auto",
        as_of: date | None = None,
        filters: Filters | Mapping[str, Any] | None = None,
        top_k: int | None = None,
        keep_question: bool = False,
    ) -> AnswerOut:
        """One question, one answer. ``conversation_id``: ``new``, or the id an answer gave."""
        return self._send(
            calls.ask(
                question,
                patient=patient,
                conversation_id=conversation_id,
                answerer=answerer,
                as_of=as_of,
                filters=filters,
                top_k=top_k,
                keep_question=keep_question,
            )
        )

    def check(
        self,
        drugs: Sequence[str | Mapping[str, str]],
        *,
        conditions: Sequence[str] = (),
        patient: Patient | Mapping[str, Any] | None = None,
        as_of: date | None = None,
        minimum_severity: Severity | None = None,
        language: Language | None = None,
    ) -> InteractionReportOut:
        """A regimen reviewed; a drug is a name, or ``{"code": ..., "system": ...}``."""
        return self._send(
            calls.check(
                drugs,
                conditions=list(conditions),
                patient=patient,
                as_of=as_of,
                minimum_severity=minimum_severity,
                language=language,
            )
        )

    def search(
        self,
        query: str,
        *,
        as_of: date | None = None,
        filters: Filters | Mapping[str, Any] | None = None,
        top_k: int | None = None,
    ) -> SearchOut:
        """Ranked passages."""
        return self._send(calls.search(query, as_of=as_of, filters=filters, top_k=top_k))

    def answer(self, id: str) -> AnswerOut:
        """An answer as it was given."""
        return self._send(calls.answer(id))

    def answers(self, *, limit: int | None = None, cursor: str | None = None) -> Json:
        """Which answers are kept, the last given first."""
        return self._send(calls.answers(limit, cursor))

    def feedback(
        self,
        *,
        answer: str | None = None,
        finding: Mapping[str, Any] | None = None,
        helpful: bool | None = None,
        outcome: str | None = None,
        reason: str | None = None,
        comment: str | None = None,
        keep_comment: bool = False,
        idempotency_key: str | None = None,
    ) -> Json:
        """Says whether an answer helped, or what was done with a finding (its kind, severity and assertions)."""
        return self._send(
            calls.feedback(
                idempotency_key,
                answer=answer,
                finding=finding,
                helpful=helpful,
                outcome=outcome,
                reason=reason,
                comment=comment,
                keep_comment=keep_comment,
            )
        )

    def drug(self, id: str, *, language: Language = "en", as_of: date | None = None) -> DrugCardOut:
        """A drug's card by its concept id."""
        return self._send(calls.drug(id, language, as_of))

    def find_drugs(self, name: str, *, limit: int | None = None, cursor: str | None = None) -> DrugListOut:
        """What a name stands for, or candidates; ``cursor`` is ``next`` of the page before."""
        return self._send(calls.find_drugs(name, limit, cursor))

    def suggest_drugs(self, prefix: str, *, language: Language = "en") -> SuggestionsOut:
        """Names that begin so."""
        return self._send(calls.suggest_drugs(prefix, language))

    def passage(self, id: str) -> PassageOut:
        """A passage in its words."""
        return self._send(calls.passage(id))

    def document_text(self, id: str) -> str:
        """The canonical text that offsets count in."""
        return self._send(calls.document_text(id))

    def shelf(self, *, limit: int | None = None, cursor: str | None = None) -> ShelfOut:
        """All works, or a page of them."""
        return self._send(calls.shelf(limit, cursor))

    def work(self, id: str) -> WorkOut:
        """One work with its editions."""
        return self._send(calls.work(id))

    def shelf_diff(self, id: str, before: str, after: str, *, language: Language = "en") -> Json:
        """What changed between two editions of a work, by their labels."""
        return self._send(calls.shelf_diff(id, before, after, language))

    def open_consultation(self) -> ConsultationOut:
        """An empty conversation."""
        return self._send(calls.open_consultation())

    def consultation(self, id: str) -> ConsultationOut:
        """All that is kept of a conversation."""
        return self._send(calls.consultation(id))

    def correct_slots(self, id: str, slots: SlotsPatch | Mapping[str, Any]) -> ConsultationOut:
        """Sets, replaces or forgets (None) what a conversation knows."""
        return self._send(calls.correct_slots(id, slots.told() if isinstance(slots, SlotsPatch) else slots))

    def plan(self, id: str) -> PlanOut:
        """What to find out, to do and to monitor."""
        return self._send(calls.plan(id))

    def delete_consultation(self, id: str) -> None:
        """Nothing of it stays."""
        self._send(calls.delete_consultation(id))

    def ingest(
        self, targets: Sequence[str], *, stage: bool = False, idempotency_key: str | None = None
    ) -> Json:
        """The job that puts cards, by their ids, on the shelf."""
        return self._send(calls.ingest(targets, stage, idempotency_key))

    def ingest_file(
        self,
        path: Path,
        about: Mapping[str, Any] | None = None,
        *,
        stage: bool = False,
        idempotency_key: str | None = None,
    ) -> Json:
        """The job that puts a document on the shelf, with what is said of it; or, without that, a manifest."""
        return self._send(calls.ingest_file(path, about, stage, idempotency_key))

    def publish(self, edition: str = "all", *, force: str = "", idempotency_key: str | None = None) -> Json:
        """The job that publishes an edition that waits."""
        return self._send(calls.publish(edition, force, idempotency_key))

    def withdraw(self, target: str, reason: str, *, idempotency_key: str | None = None) -> Json:
        """The job that takes an edition or a work out of every answer."""
        return self._send(calls.withdraw(target, reason, idempotency_key))

    def rollback(
        self, snapshot: str = "previous", *, reason: str = "", idempotency_key: str | None = None
    ) -> Json:
        """The snapshot that readers see from now on."""
        return self._send(calls.rollback(snapshot, reason, idempotency_key))

    def jobs(self, *, limit: int | None = None, cursor: str | None = None) -> Json:
        """The last jobs, newest first."""
        return self._send(calls.jobs(limit, cursor))

    def job(self, id: str) -> Json:
        """One job."""
        return self._send(calls.job(id))

    def cancel_job(self, id: str) -> Json:
        """The job, which ends soon."""
        return self._send(calls.cancel_job(id))

    def live(self) -> HealthOut:
        """Whether the process lives."""
        return self._send(calls.live())

    def ready(self) -> HealthOut:
        """Whether it can answer."""
        return self._send(calls.ready())

    def stream(self, question: str, **how: Any) -> Iterator[AnswerEvent]:
        """The answer as it comes about: meta, each statement once it is verified, withheld, done. Takes what :meth:`ask`
        takes. Leaving the loop early stops a model that is writing."""
        for name, document in self._events(calls.ask(question, stream=True, **how)):
            event = answer_event(name, document)
            if event is not None:
                yield event

    def watch_job(self, id: str) -> Iterator[tuple[str, Json]]:
        """``progress`` whenever it changes, then ``done``, each with the job."""
        yield from self._events(calls.watch_job(id))

    def _events(self, call: Call[Any]) -> Iterator[tuple[str, Json]]:
        reader = EventReader()
        try:
            with self._http.stream(**call.sent()) as response:
                if not response.is_success:
                    response.read()
                    raise error_of(response)
                for line in response.iter_lines():
                    if (told := reader.take(line)) is not None:
                        yield told
        except httpx.HTTPError as error:
            raise unreachable(error) from error

    def _send(self, call: Call[T]) -> T:
        for attempt in range(self._retries + 1):
            try:
                response = self._http.request(**call.sent())
            except httpx.HTTPError as error:
                if call.once and attempt < self._retries:
                    continue
                raise unreachable(error) from error
            if response.is_success:
                return call.read(response)
            wait = wait_of(response)
            if wait is None or attempt == self._retries:
                break
            time.sleep(wait)
        raise error_of(response)
