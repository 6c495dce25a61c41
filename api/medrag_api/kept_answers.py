"""Decides which answers are kept, keeps them without making the asker wait, and gives them again as they were given."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from medrag.answer.question import read_question
from medrag.catalogue import Catalogue
from medrag.catalogue.answers import Answers, KeptAnswer
from medrag.errors import CatalogueUnavailable, Withdrawn
from medrag.identifiers import edition_id, sha256_text
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.requests import AskRequest, validated

__all__ = [
    "AnswerKeeper",
    "KeptAnswer",
    "answers_of",
    "body_of",
    "keep_now",
    "request_of",
    "to_keep",
    "written",
]

log: Final = structlog.get_logger("medrag.answers")
#: Answers that wait to be written; a writer that holds the catalogue for long makes the oldest of them be lost.
MOST_WAITING: Final = 1_000
#: Who answers when no model does; a model may say again what it was told, so its answers need consent.
WORDLESS: Final = frozenset({"extractive", "none"})


def body_of(document: dict[str, Any]) -> str:
    """An answer as it goes over the wire."""
    return json.dumps(document, ensure_ascii=False)


def answers_of(settings: Settings, catalogue: Catalogue) -> Answers:
    """The answers a catalogue keeps, within the settings' bounds."""
    return Answers(catalogue, most=settings.keep_answers, days=settings.keep_answers_days)


def to_keep(
    shelf: OpenShelf, asked: AskRequest, document: dict[str, Any], settings: Settings
) -> KeptAnswer | None:
    """The answer as it is kept; None where it must not be: of a patient, of a model without consent, or when the
    operator keeps none. It is of the person at this machine, unless a door says whose it is."""
    answerer, model = document["basis"]["answerer"], document["basis"]["model"]
    if settings.keep_answers == 0 or asked.personal:
        return None
    spoken = answerer not in WORDLESS or (model is not None and document["withheld"])
    if spoken and not asked.keep_question:
        return None
    words = read_question(asked.question)
    return KeptAnswer(
        id=document["id"],
        asked=datetime.now(UTC).isoformat(timespec="microseconds"),
        snapshot=document["basis"]["snapshot"],
        editions=tuple(sorted(shelf.snapshot.editions)),
        cited=tuple(
            sorted(set(editions_named(document["citations"])) | set(editions_named(document["interactions"])))
        ),
        settings=settings.fingerprint(),
        answerer=answerer if model is None or answerer not in WORDLESS else f"{answerer} after a model",
        question_sha256=sha256_text(words),
        question=words if asked.keep_question else None,
        request=asked.model_dump(mode="json", include={"answerer", "as_of", "filters", "top_k"}),
        body=body_of(document),
        tenants=("*",),
    )


def editions_named(told: Any) -> Iterator[str]:
    """Edition ids anywhere in a document: of quoted documents, of sources' claims, of the steps a claim came by."""
    if isinstance(told, list | tuple):
        for item in told:
            yield from editions_named(item)
    elif isinstance(told, dict):
        label, work = told.get("edition"), told.get("work") or told.get("source")
        if isinstance(label, str) and "@" in label:
            yield label
        elif isinstance(label, str) and label and isinstance(work, str):
            yield edition_id(work, label)
        for item in told.values():
            yield from editions_named(item)


def request_of(kept: KeptAnswer) -> AskRequest:
    """How a kept question was asked."""
    return validated(AskRequest, {"question": kept.question, **kept.request})


def written(catalogue: Catalogue, kept: KeptAnswer) -> KeptAnswer:
    """The answer, unless an edition it rests on was withdrawn since. Raises Withdrawn."""
    for identifier in kept.cited:
        state = catalogue.find_edition(identifier)
        if state is not None and state.edition.withdrawn is not None:
            raise Withdrawn(
                f"this answer rests on {identifier}, which was withdrawn: {state.edition.withdrawn}",
                remedy="Ask again",
            )
    return kept


def keep_now(settings: Settings, catalogue: Catalogue, kept: KeptAnswer | None) -> str:
    """Keeps an answer of a command; what speaks against it when the catalogue cannot be written, else nothing."""
    if kept is not None:
        try:
            answers_of(settings, catalogue).keep([kept])
        except CatalogueUnavailable as error:
            return error.problem
    return ""


class AnswerKeeper:
    """Writes a server's answers from a thread of its own, so that no asker waits for a writer of the shelf."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._waiting: queue.Queue[KeptAnswer | None] = queue.Queue(MOST_WAITING)
        self._pending: dict[str, KeptAnswer] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def keep(self, kept: KeptAnswer | None) -> None:
        """Has an answer written soon; None is no answer to keep."""
        if kept is None:
            return
        with self._lock:
            before = self._pending.get(kept.id)
            if before is not None:
                kept = replace(kept, tenants=tuple(sorted({*before.tenants, *kept.tenants})))
            self._pending[kept.id] = kept
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="medrag-answers", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(kept)
        except queue.Full:
            self._forget([kept])
            log.warning("answer_not_kept", answer=kept.id, problem="too many wait to be written")

    def get(self, identifier: str, tenant: str = "*") -> KeptAnswer:
        """The answer of that id as it was given, to that tenant. Raises NotFound, Withdrawn, Unavailable."""
        with closing(Catalogue(self.settings.catalogue, create=False)) as catalogue:
            held, pending = answers_of(self.settings, catalogue), self._pending.get(identifier)
            if pending is not None and tenant in ("*", *pending.tenants):
                return written(catalogue, pending)
            kept = held.get(identifier)
            if tenant not in ("*", *kept.tenants):
                raise held.missing()
            return written(catalogue, kept)

    def last(self, limit: int, tenant: str = "*", after: tuple[str, str] | None = None) -> list[KeptAnswer]:
        """The last given to that tenant, newest first; those that wait to be written come a moment later."""
        with closing(Catalogue(self.settings.catalogue, create=False)) as catalogue:
            return answers_of(self.settings, catalogue).last(limit, tenant, after)

    def close(self) -> None:
        """Writes what waits, then stops."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            self._waiting.put(None)
            thread.join(timeout=10)

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, ending = self._more(first)
            self._put(batch)
            self._forget(batch)
            if ending:
                return

    def _more(self, first: KeptAnswer) -> tuple[list[KeptAnswer], bool]:
        """What came meanwhile, and whether the end came with it."""
        batch = [first]
        while not self._waiting.empty():
            item = self._waiting.get()
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _put(self, batch: list[KeptAnswer]) -> None:
        try:
            with closing(Catalogue(self.settings.catalogue, create=False)) as catalogue:
                answers_of(self.settings, catalogue).keep(batch)
        except CatalogueUnavailable as error:
            log.warning("answers_not_kept", count=len(batch), problem=error.problem)

    def _forget(self, batch: list[KeptAnswer]) -> None:
        with self._lock:
            for item in batch:
                self._pending.pop(item.id, None)


class TenantKeeper:
    """The keeper as one tenant's callers use it: what is kept is theirs, and what they get was given to them."""

    def __init__(self, keeper: AnswerKeeper, tenant: str) -> None:
        self._keeper, self._tenant = keeper, tenant

    def keep(self, kept: KeptAnswer | None) -> None:
        self._keeper.keep(replace(kept, tenants=(self._tenant,)) if kept is not None else None)

    def get(self, identifier: str) -> KeptAnswer:
        """Raises NotFound, Withdrawn, Unavailable."""
        return self._keeper.get(identifier, self._tenant)

    def last(self, limit: int, after: tuple[str, str] | None = None) -> list[KeptAnswer]:
        """Raises Unavailable."""
        return self._keeper.last(limit, self._tenant, after)
