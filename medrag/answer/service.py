"""Answers a question from one open shelf: search, enough?, compose, verify."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medrag.answer.abstain import rule_for
from medrag.answer.compose import Composed, compose
from medrag.answer.evidence import weigh_evidence
from medrag.answer.facts import review_named
from medrag.answer.question import Question, read_question
from medrag.answer.records import Answer, Basis, Citation, DrugMention, Statement, Status, Withheld
from medrag.answer.refuse import refusal_kind
from medrag.answer.verify import verify_statements
from medrag.answer.words import abstention, limits, refusal
from medrag.errors import Place, UsageError
from medrag.identifiers import sha256_text
from medrag.protocols import Reviewed, Reviewer
from medrag.retrieve.plan import Plan
from medrag.retrieve.search import Clock, SearchResult, search
from medrag.settings import Settings
from medrag.shelf import OpenShelf, SearchFilters
from medrag.text.normalise import detect_language
from medrag.vocabulary import Language

__all__ = ["LOGIC", "Question", "ask"]

#: Version of the path from question to answer; stands in every basis.
LOGIC = "extractive-1"


def ask(shelf: OpenShelf, question: Question, settings: Settings, reviewer: Reviewer | None = None) -> Answer:
    """Answers, abstains or refuses. With a ``reviewer`` the drugs a question names are reviewed too.

    Raises QuestionRefused, InputRefused (patient), UsageError (unknown filter, no model), Unavailable.
    """
    text = read_question(question.text)
    check_answerer(question.answerer)
    check_filters(shelf, question.filters)
    clock = Clock()
    kind = refusal_kind(text)
    if kind is not None:
        return refused(shelf, text, kind, settings)
    result = search(
        shelf, text, settings, filters=question.filters, as_of=question.as_of, limit=question.top_k
    )
    clock.lap("search")
    reviewed = review_named(reviewer, question, result.plan)
    clock.lap("review")
    basis = basis_of(shelf, result, settings, review_keys(reviewer, reviewed))
    answer = answer_from(shelf, result, basis, reviewed, clock)
    return replace(with_review(answer, reviewed), timings_ms={**clock.laps, **result.timings_ms})


def answer_from(
    shelf: OpenShelf, result: SearchResult, basis: Basis, reviewed: Reviewed | None, clock: Clock
) -> Answer:
    """What the hits and the graded facts say, each statement proved; else an abstention."""
    facts = reviewed.facts if reviewed is not None else ()
    hits = result.hits if enough(shelf, result) else ()
    clock.lap("weigh")
    if not hits and not facts:
        return abstained(shelf, result, basis)
    allowed = frozenset(edition.id for edition in result.searched)
    composed = compose(shelf, result.plan, hits, facts, allowed)
    clock.lap("compose")
    verdict = verify_statements(shelf.catalogue, composed.statements, composed.citations, allowed)
    clock.lap("verify")
    if not verdict.kept:
        return abstained(shelf, result, basis, verdict.withheld)
    return answered(composed, verdict.kept, verdict.withheld, result, basis)


def review_keys(reviewer: Reviewer | None, reviewed: Reviewed | None) -> tuple[str, ...]:
    """What the basis says of the review."""
    if reviewer is None:
        return ("extractive", "no_review")
    if reviewed is not None and not reviewed.complete:
        return ("extractive", "review_unavailable")
    return ("facts",) if reviewed is not None and reviewed.facts else ("extractive",)


def with_review(answer: Answer, reviewed: Reviewed | None) -> Answer:
    """The answer with its review, under an id that covers both."""
    if reviewed is None:
        return answer
    told = json.dumps([answer.id, reviewed.report], sort_keys=True, ensure_ascii=False)
    return replace(answer, id="ans_" + sha256_text(told)[:24], interactions=reviewed.report)


def enough(shelf: OpenShelf, result: SearchResult) -> bool:
    """Whether the hits are evidence for this question; a search that found nothing never is."""
    if not result.hits:
        return False
    return not rule_for(shelf.encoder).too_thin(weigh_evidence(shelf, result))


def answered(
    composed: Composed,
    kept: Sequence[Statement],
    withheld: Sequence[Withheld],
    result: SearchResult,
    basis: Basis,
) -> Answer:
    text, statements, citations = (
        rejoin(composed, kept)
        if withheld
        else (
            composed.text,
            composed.statements,
            composed.citations,
        )
    )
    return sealed(
        "partial" if withheld else "answered",
        None,
        asked_of(result.plan),
        text,
        statements,
        citations,
        tuple(withheld),
        basis,
        degraded=not result.dense,
    )


def rejoin(
    composed: Composed, kept: Sequence[Statement]
) -> tuple[str, tuple[Statement, ...], tuple[Citation, ...]]:
    """The frame and the statements that stand, with offsets anew; citations no statement leans on go."""
    whole = composed.text[: composed.statements[0].start].rstrip()
    placed = []
    for statement in kept:
        start = len(whole) + 2
        marks = "".join(f"[{number}]" for number in statement.citations)
        whole += f"\n\n{statement.text} {marks}"
        placed.append(replace(statement, start=start, end=start + len(statement.text)))
    used = {number for statement in kept for number in statement.citations}
    return whole, tuple(placed), tuple(c for c in composed.citations if c.n in used)


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


def basis_of(shelf: OpenShelf, result: SearchResult, settings: Settings, keys: Sequence[str]) -> Basis:
    searched = tuple((e.work, e.label) for e in result.searched if searchable(shelf, e.work))
    told = limits(result.plan.language, *keys, *(() if result.dense else ("no_vectors",)))
    return Basis(shelf.snapshot.id, settings.fingerprint(), searched, "extractive", LOGIC, told)


def check_answerer(name: str) -> None:
    if name not in ("auto", "extractive", "model"):
        raise UsageError(
            "answerer is auto, extractive or model", place=Place(field="answerer"), remedy="Use auto"
        )
    if name == "model":
        raise UsageError(
            "no answering model is configured", place=Place(field="answerer"), remedy="Use auto or extractive"
        )


def check_filters(shelf: OpenShelf, filters: SearchFilters) -> None:
    """A filter that names what is not held would search nothing in silence."""
    for work in filters.corpora:
        if work not in shelf.works:
            raise UsageError(
                f"no work {work!r} is held",
                place=Place(field="filters.corpora"),
                remedy="See: medrag shelf list",
            )


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
    identity = json.dumps([status, reason, asked.language, text, places, *rests_on])
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
