"""Seals answers: what was said, or fixed words where nothing may be, under an id that is a hash of all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medrag.answer.records import Answer, Basis, Citation, DrugMention, Statement, Status, Withheld
from medrag.answer.words import abstention, limits, refusal
from medrag.identifiers import sha256_text
from medrag.protocols import Reviewed
from medrag.retrieve.plan import Plan
from medrag.retrieve.search import SearchResult
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag.text.normalise import detect_language
from medrag.vocabulary import Language

__all__ = ["LOGIC", "abstained", "asked_of", "basis_of", "refused", "sealed", "with_review"]

#: Version of the path from question to answer; stands in every basis.
LOGIC = "extractive-1"


def abstained(
    shelf: OpenShelf, result: SearchResult, basis: Basis, withheld: Sequence[Withheld] = ()
) -> Answer:
    """Fixed words that name what was searched."""
    titles = [
        f"{shelf.works[edition.work].title} ({edition.label})"
        for edition in result.searched
        if searchable(shelf, edition.work)
    ]
    text = abstention(result.plan.language, titles)
    reason = "withheld" if withheld else "thin_evidence"
    return sealed(
        "abstained",
        reason,
        asked_of(result.plan),
        text,
        (),
        (),
        tuple(withheld),
        basis,
        degraded=not result.dense,
    )


def searchable(shelf: OpenShelf, work: str) -> bool:
    """Name lists are not evidence and are not said to have been searched."""
    return shelf.works[work].kind != "terminology"


def refused(shelf: OpenShelf, text: str, kind: str, settings: Settings) -> Answer:
    language = detect_language(text)
    basis = Basis(shelf.snapshot.id, settings.fingerprint(), (), "none", LOGIC, ())
    body = refusal(kind, language)
    return sealed("refused", kind, Asked(text, language, ()), body, (), (), (), basis, degraded=False)


def basis_of(
    shelf: OpenShelf, result: SearchResult, settings: Settings, keys: Sequence[str], ordering: int = 0
) -> Basis:
    """What a quoting answer rests on; ``ordering`` passages were left out because their document gives orders."""
    searched = tuple((e.work, e.label) for e in result.searched if searchable(shelf, e.work))
    more = (*(() if result.dense else ("no_vectors",)), *(("orders",) if ordering else ()))
    told = limits(result.plan.language, *keys, *more, count=ordering)
    return Basis(shelf.snapshot.id, settings.fingerprint(), searched, "extractive", LOGIC, told)


def drugs_of(plan: Plan) -> tuple[DrugMention, ...]:
    found = {mention.thing.id: mention for mention in plan.mentions if mention.thing.kind == "drug"}
    return tuple(
        DrugMention(mention.text, mention.thing.names["en"][0], mention.thing.names)
        for mention in found.values()
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer repeats of its question: never the words, only what was understood."""

    question: str
    language: Language
    drugs: tuple[DrugMention, ...]


def asked_of(plan: Plan) -> Asked:
    return Asked(plan.question, plan.language, drugs_of(plan))


def sealed(
    status: Status,
    reason: str | None,
    asked: Asked,
    text: str,
    statements: tuple[Statement, ...],
    citations: tuple[Citation, ...],
    withheld: tuple[Withheld, ...],
    basis: Basis,
    *,
    degraded: bool,
) -> Answer:
    """The answer under an id that is a hash of what it says and rests on."""
    places = [(c.source.document.id, c.start, c.end) for c in citations]
    rests_on = [sha256_text(asked.question), basis.snapshot, basis.settings, basis.logic]
    made_by = [basis.answerer, basis.prompt, basis.model, basis.limits, degraded]
    kept_back = [(item.text, item.reason) for item in withheld]
    identity = json.dumps([status, reason, asked.language, text, places, *rests_on, *made_by, kept_back])
    return Answer(
        "ans_" + sha256_text(identity)[:24],
        status,
        reason,
        asked.language,
        text,
        statements,
        citations,
        withheld,
        asked.drugs,
        basis,
        degraded,
    )


def with_review(answer: Answer, reviewed: Reviewed | None) -> Answer:
    """The answer with its review, under an id that covers both."""
    if reviewed is None:
        return answer
    told = json.dumps([answer.id, reviewed.report], sort_keys=True, ensure_ascii=False)
    return replace(answer, id="ans_" + sha256_text(told)[:24], interactions=reviewed.report)
