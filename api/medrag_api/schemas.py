"""What medrag says, as JSON: one function builds each document, for every door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from medrag.answer.records import Answer, Basis, Citation, Source, Statement
from medrag.catalogue import EditionState, Publication
from medrag.catalogue.jobs import Job
from medrag.editions import editions_in_force
from medrag.records import Hit, Passage, Snapshot, Work
from medrag.retrieve.search import SearchResult
from medrag.settings import Settings
from medrag.shelf import OpenShelf

__all__ = [
    "answer_json",
    "basis_json",
    "citation_json",
    "history_json",
    "in_force_ids",
    "passage_json",
    "search_json",
    "shelf_json",
    "statement_json",
    "work_json",
]


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as every door gives it. Only ``timings_ms`` differs between two answers of one id."""
    return {
        "id": answer.id,
        "status": answer.status,
        "reason": answer.reason,
        "language": answer.language,
        "answer": answer.text,
        "statements": [statement_json(statement) for statement in answer.statements],
        "citations": [citation_json(citation) for citation in answer.citations],
        "withheld": [{"text": item.text, "reason": item.reason} for item in answer.withheld],
        "interactions": answer.interactions,
        "missing_context": missing_json(answer.interactions),
        "drugs": [
            {"input": d.input, "name": d.name, "names": {k: list(v) for k, v in d.names.items()}}
            for d in answer.drugs
        ],
        "basis": basis_json(answer.basis),
        "degraded": answer.degraded,
        "timings_ms": dict(answer.timings_ms),
    }


def statement_json(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "start": statement.start,
        "end": statement.end,
        "citations": list(statement.citations),
        "support": statement.support,
    }


def missing_json(review: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What the review wants to know. Its rules rest on sources that are named in the review, not on held quotes."""
    asked = [] if review is None else review["missing_context"]
    told = {(item["field"], item["why"]): None for item in asked}
    return [{"field": field, "why": why, "citation": None} for field, why in told]


def citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "passage_id": citation.passage,
        "quote": {"exact": citation.exact, "prefix": citation.prefix, "suffix": citation.suffix},
        "position": {"start": citation.start, "end": citation.end},
        "page": citation.page,
        "section": list(citation.section),
        "document": document_json(citation.source),
    }


def document_json(source: Source) -> dict[str, Any]:
    """Where the document differs from its work, the document's word counts."""
    document, edition, work = source.document, source.edition, source.work
    return {
        "id": document.id,
        "title": document.title,
        "work": work.id,
        "work_title": work.title,
        "publisher": document.publisher or work.publisher,
        "edition": edition.label,
        "published": document.published or edition.published,
        "retrieved": edition.retrieved.isoformat(),
        "jurisdiction": document.jurisdiction or work.jurisdiction,
        "language": document.language,
        "licence": work.rights.licence,
        "url": document.url or work.url,
        "sha256": document.sha256,
        "kind": work.kind,
        "authority": work.authority,
        "superseded_by": edition.superseded_by,
        "redistributable": work.rights.redistributable,
        "lost_characters": document.lost_characters,
    }


def basis_json(basis: Basis) -> dict[str, Any]:
    return {
        "snapshot": basis.snapshot,
        "settings": basis.settings,
        "sources_searched": [{"id": work, "edition": label} for work, label in basis.sources_searched],
        "answerer": basis.answerer,
        "logic": basis.logic,
        "limits": list(basis.limits),
        "prompt": basis.prompt or None,
        "model": basis.model or None,
    }


def search_json(shelf: OpenShelf, result: SearchResult, settings: Settings) -> dict[str, Any]:
    """Ranked passages; the query is not told back."""
    documents = shelf.catalogue.documents_of(hit.passage.document for hit in result.hits)
    sources = {
        key: Source(
            document, shelf.editions[document.edition], shelf.works[shelf.editions[document.edition].work]
        )
        for key, document in documents.items()
    }
    return {
        "language": result.plan.language,
        "intents": list(result.plan.intents),
        "concepts": [thing.id for thing in result.plan.things],
        "hits": [
            hit_json(rank, hit, sources[hit.passage.document])
            for rank, hit in enumerate(result.hits, start=1)
        ],
        "snapshot": shelf.snapshot.id,
        "settings": settings.fingerprint(),
        "sources_searched": [{"id": e.work, "edition": e.label} for e in result.searched],
        "degraded": not result.dense,
        "timings_ms": dict(result.timings_ms),
    }


def hit_json(rank: int, hit: Hit, source: Source) -> dict[str, Any]:
    passage = hit.passage
    return {
        "rank": rank,
        "passage_id": passage.id,
        "score": hit.score,
        "found": [{"method": f.method, "rank": f.rank, "score": f.score} for f in hit.found],
        "folded": list(hit.folded),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "kind": passage.kind,
        "section": list(passage.section),
        "code": passage.code,
        "page": passage.page,
        "document": document_json(source),
    }


def passage_json(passage: Passage, source: Source, *, in_force: bool) -> dict[str, Any]:
    return {
        "id": passage.id,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "section": list(passage.section),
        "code": passage.code,
        "kind": passage.kind,
        "document": document_json(source),
        "in_force": in_force,
    }


def shelf_json(shelf: OpenShelf) -> dict[str, Any]:
    """The works of the snapshot, by id."""
    held = sorted({edition.work for edition in shelf.editions.values()})
    return {
        "snapshot": snapshot_json(shelf.snapshot),
        "works": [work_json(shelf, shelf.works[work]) for work in held],
    }


def snapshot_json(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "created": snapshot.created.isoformat(),
        "passages": snapshot.passages,
        "encoder": snapshot.encoder or None,
    }


def in_force_ids(shelf: OpenShelf, day: date | None = None) -> set[str]:
    """Editions that answer on a day; none is an answer here, where it is not for a search."""
    return {e.id for e in editions_in_force(tuple(shelf.editions.values()), day or datetime.now(UTC).date())}


def work_json(shelf: OpenShelf, work: Work) -> dict[str, Any]:
    """A work with those of its editions that the snapshot holds."""
    serving = in_force_ids(shelf)
    states = [state for state in shelf.catalogue.editions(work.id) if state.edition.id in shelf.editions]
    return {
        "id": work.id,
        "title": work.title,
        "publisher": work.publisher,
        "kind": work.kind,
        "authority": work.authority,
        "jurisdiction": work.jurisdiction,
        "language": work.language,
        "url": work.url,
        "rights": {
            "licence": work.rights.licence,
            "url": work.rights.url,
            "redistributable": work.rights.redistributable,
            "max_quote_chars": work.rights.max_quote_chars,
        },
        "editions": [edition_json(state, state.edition.id in serving) for state in states],
    }


def edition_json(state: EditionState, in_force: bool) -> dict[str, Any]:
    edition = state.edition
    return {
        "id": edition.id,
        "label": edition.label,
        "published": edition.published,
        "valid_from": edition.valid_from.isoformat(),
        "retrieved": edition.retrieved.isoformat(),
        "in_force": in_force,
        "superseded_by": edition.superseded_by,
        "withdrawn": edition.withdrawn,
        "documents": state.documents,
        "passages": state.passages,
        "assertions": state.assertions,
        "names": state.names,
        "content_sha256": edition.content_sha256,
    }


def waiting_json(current: Snapshot | None, states: Sequence[EditionState]) -> dict[str, Any]:
    """Complete editions readers do not see, each with the edition of its work they see now, and what was withdrawn."""
    seen = frozenset(current.editions) if current is not None else frozenset[str]()
    sealed = [state for state in states if state.state == "sealed"]
    now = {state.edition.work: state.edition.id for state in sealed if state.edition.id in seen}
    return {
        "snapshot": current.id if current is not None else None,
        "waiting": [
            {
                "edition": state.edition.id,
                "work": state.edition.work,
                "published": state.edition.published,
                "valid_from": state.edition.valid_from.isoformat(),
                "documents": state.documents,
                "passages": state.passages,
                "assertions": state.assertions,
                "after": now.get(state.edition.work),
            }
            for state in sealed
            if state.edition.id not in seen and state.edition.withdrawn is None
        ],
        "withdrawn": [
            {"edition": state.edition.id, "reason": state.edition.withdrawn}
            for state in sealed
            if state.edition.withdrawn is not None
        ],
    }


def job_json(job: Job) -> dict[str, Any]:
    """A job as it is told; rates are items a second of the stage at hand."""
    rate, eta = job.rate, job.eta_s
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "rate": round(rate, 1) if rate is not None else None,
        "eta_s": round(eta, 1) if eta is not None else None,
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "cancelling": job.cancel and job.finished is None,
        "note": job.note,
        "result": job.result,
        "problem": job.problem,
    }


def history_json(
    current: str | None,
    moves: Iterable[Publication],
    kept: Iterable[Snapshot],
    runs: Iterable[dict[str, Any]],
) -> dict[str, Any]:
    """Every move of the pointer, the snapshots still kept, and the last runs; newest last, runs newest first."""
    return {
        "current": current,
        "publications": [
            {"snapshot": m.snapshot, "at": m.at, "action": m.action, "reason": m.reason} for m in moves
        ],
        "snapshots": [{**snapshot_json(s), "editions": list(s.editions)} for s in kept],
        "runs": [
            {"id": r["id"], "started": r["started"], "finished": r["finished"], "outcome": r["outcome"]}
            for r in runs
        ],
    }
