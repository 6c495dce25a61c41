"""Answers a question from one open shelf: search, enough?, compose (by quoting, or with a model), verify."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag

from medrag.answer.abstain import rule_for
from medrag.answer.compose import Composed, compose
from medrag.answer.draft import Candidate, Draft, alone
from medrag.answer.events import Begun, Done, Event, Said
from medrag.answer.evidence import weigh_evidence
from medrag.answer.facts import place_facts, review_named
from medrag.answer.orders import without_orders
from medrag.answer.question import Question, read_question
from medrag.answer.records import Answer, Basis, Citation, Statement, Withheld
from medrag.answer.refuse import refusal_kind
from medrag.answer.seal import LOGIC, abstained, asked_of, basis_of, refused, sealed, with_review
from medrag.answer.verify import Verifier, verify_statements
from medrag.answer.words import limits
from medrag.answer.writing.write import Brief, Written, write_answer
from medrag.errors import Place, UsageError
from medrag.identifiers import content_id
from medrag.protocols import AnswerModel, ModelShelf, Reviewed, Reviewer
from medrag.retrieve.search import Clock, SearchResult, search
from medrag.settings import Settings
from medrag.shelf import OpenShelf, SearchFilters

__all__ = ["LOGIC", "Question", "answer_events", "ask"]

#: Version of the path by which a model writes; stands in the basis of what it wrote.
MODEL_LOGIC = "model-1"


def ask(
    shelf: OpenShelf,
    question: Question,
    settings: Settings,
    reviewer: Reviewer | None = None,
    models: ModelShelf | None = None,
) -> Answer:
    """Answers, abstains or refuses. With a ``reviewer`` the drugs a question names are reviewed too; with ``models`` one of
    them may write, and whatever it does the answer is proved or quoted.

    Raises QuestionRefused, InputRefused (patient), UsageError (unknown filter, no such model), Unavailable.
    """
    told = answer_events(shelf, question, settings, reviewer, models)
    return next(event.answer for event in told if isinstance(event, Done))


@dataclass(frozen=True, slots=True)
class Asking:
    """One question with all it is answered from."""

    shelf: OpenShelf
    question: Question
    settings: Settings
    result: SearchResult
    basis: Basis
    reviewed: Reviewed | None
    clock: Clock
    gone: Flag | None = None

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(edition.id for edition in self.result.searched)


def answer_events(
    shelf: OpenShelf,
    question: Question,
    settings: Settings,
    reviewer: Reviewer | None = None,
    models: ModelShelf | None = None,
    gone: Flag | None = None,
) -> Iterator[Event]:
    """The same answer as it comes about: Begun, Said and Withheld in turn, Done. What is wrong with the question is raised
    before the first. Setting ``gone`` stops a model that is writing."""
    text = read_question(question.text)
    chosen = pick_models(models, question.answerer)
    check_filters(shelf, question.filters)
    clock = Clock()
    kind = refusal_kind(text)
    if kind is not None:
        answer = refused(shelf, text, kind, settings)
        yield Begun(asking_id(question, text, answer.basis), answer.basis)
        yield Done(answer)
        return
    result = search(
        shelf, text, settings, filters=question.filters, as_of=question.as_of, limit=question.top_k
    )
    clock.lap("search")
    hits, ordering = without_orders(result.hits)
    result = replace(result, hits=hits)
    reviewed = review_named(reviewer, question, result.plan)
    clock.lap("review")
    keys = review_keys(reviewer, reviewed)
    basis = basis_of(shelf, result, settings, keys, ordering)
    asking = Asking(shelf, question, settings, result, basis, reviewed, clock, gone)
    meant = replace(basis, answerer=chosen[0].name) if chosen else basis
    yield Begun(asking_id(question, text, meant), meant)
    answer = yield from answered_by(asking, chosen)
    yield Done(replace(with_review(answer, reviewed), timings_ms={**clock.laps, **result.timings_ms}))


def answered_by(asking: Asking, chosen: Sequence[AnswerModel]) -> Generator[Event, None, Answer]:
    """What a model wrote and was proved, where one is asked and enough of it stands; else the sources in their own words."""
    shelf, result = asking.shelf, asking.result
    enough_held = enough(shelf, result)
    asking.clock.lap("weigh")
    if not chosen or not enough_held:
        answer = quoted(asking, enough_held)
        if chosen and answer.statements:
            unasked = Written(fingerprint=chosen[0].fingerprint, failure="model_not_asked")
            answer = fallen_back(answer, asking, unasked, degraded=False)
        yield from retold(answer)
        return answer
    brief = brief_of(asking)
    written = yield from write_answer(brief, chosen, asking.gone)
    asking.clock.lap("model")
    if written.draft is not None:
        return written_answer(asking, written, written.draft)
    answer = fallen_back(quoted(asking, True), asking, written, degraded=True)
    yield from retold(answer)
    return answer


def brief_of(asking: Asking) -> Brief:
    """What a model is given to write from: passages, and the graded facts that stand."""
    shelf, result, reviewed = asking.shelf, asking.result, asking.reviewed
    verdicts = reviewed.verdicts if reviewed is not None else ()
    verifier = Verifier(shelf.catalogue, asking.allowed, verdicts)
    facts = place_facts(shelf, reviewed.facts if reviewed is not None else (), asking.allowed)
    standing = tuple(fact for fact in facts if stands(fact, verifier))
    return Brief(
        shelf, result.plan, result.hits, standing, asking.question.patient, verifier, asking.settings
    )


def stands(fact: Candidate, verifier: Verifier) -> bool:
    statement, citations = alone(fact)
    return bool(verifier.verify([statement], citations).kept)


def written_answer(asking: Asking, written: Written, draft: Draft) -> Answer:
    """The draft as an answer. ``basis.limits`` says what was cut short."""
    language = asking.result.plan.language
    keys = ["model", *(["trimmed"] if written.trimmed else []), *(["model_cut"] if written.cut else [])]
    told = limits(language, *keys, count=written.trimmed, whole=written.whole)
    basis = replace(
        asking.basis,
        answerer=written.model,
        logic=MODEL_LOGIC,
        limits=(*told, *asking.basis.limits[1:]),
        prompt=written.prompt,
        model=written.fingerprint,
    )
    return sealed(
        "partial" if written.withheld else "answered",
        None,
        asked_of(asking.result.plan),
        draft.text,
        tuple(draft.statements),
        draft.citations(),
        tuple(written.withheld),
        basis,
        degraded=written.cut or not asking.result.dense,
    )


def fallen_back(answer: Answer, asking: Asking, written: Written, *, degraded: bool) -> Answer:
    """The answer that comes instead of a model's: it says why, which model it was, and what that said."""
    told = limits(asking.result.plan.language, written.failure)
    basis = replace(
        answer.basis,
        limits=(*told, *answer.basis.limits),
        prompt=written.prompt,
        model=written.fingerprint,
    )
    return sealed(
        answer.status,
        answer.reason,
        asked_of(asking.result.plan),
        answer.text,
        answer.statements,
        answer.citations,
        (*written.withheld, *answer.withheld),
        basis,
        degraded=degraded or answer.degraded,
    )


def retold(answer: Answer) -> Iterator[Said | Withheld]:
    """An answer that is whole already, statement by statement."""
    yield from answer.withheld
    reached, told = 0, set[int]()
    by_number = {citation.n: citation for citation in answer.citations}
    for at, statement in enumerate(answer.statements):
        ends = answer.statements[at + 1].start - 2 if at + 1 < len(answer.statements) else len(answer.text)
        fresh = tuple(by_number[n] for n in dict.fromkeys(statement.citations) if n not in told)
        told |= set(statement.citations)
        yield Said(answer.text[reached:ends], statement, fresh)
        reached = ends


def quoted(asking: Asking, enough_held: bool) -> Answer:
    """What the hits and the graded facts say, each statement proved; else an abstention."""
    shelf, result, reviewed, clock = asking.shelf, asking.result, asking.reviewed, asking.clock
    facts = reviewed.facts if reviewed is not None else ()
    hits = result.hits if enough_held else ()
    if not hits and not facts:
        return abstained(shelf, result, asking.basis)
    composed = compose(shelf, result.plan, hits, facts, asking.allowed)
    clock.lap("compose")
    in_force = reviewed.verdicts if reviewed is not None else ()
    verdict = verify_statements(
        shelf.catalogue, composed.statements, composed.citations, asking.allowed, in_force
    )
    clock.lap("verify")
    if not verdict.kept:
        return abstained(shelf, result, asking.basis, verdict.withheld)
    return answered(composed, verdict.kept, verdict.withheld, result, asking.basis)


def review_keys(reviewer: Reviewer | None, reviewed: Reviewed | None) -> tuple[str, ...]:
    """What the basis says of the review."""
    if reviewer is None:
        return ("extractive", "no_review")
    if reviewed is not None and not reviewed.complete:
        return ("extractive", "review_unavailable")
    return ("facts",) if reviewed is not None and reviewed.facts else ("extractive",)


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


def pick_models(models: ModelShelf | None, answerer: str) -> Sequence[AnswerModel]:
    """The models to try. Raises UsageError for a model that is not configured."""
    chosen = models.pick(answerer) if models is not None else ()
    if chosen or answerer in ("auto", "extractive"):
        return chosen
    problem = (
        "no answering model is configured" if answerer == "model" else "no model of that name is configured"
    )
    raise UsageError(
        problem, place=Place(field="answerer"), remedy="Use auto or extractive, or set MEDRAG_MODEL_URL"
    )


def asking_id(question: Question, text: str, basis: Basis) -> str:
    """Names an asking: the same question of the same shelf under the same settings has the same."""
    filters = repr(question.filters)
    return content_id(
        "ask_",
        text,
        question.answerer,
        str(question.as_of),
        filters,
        str(question.top_k),
        basis.snapshot,
        basis.settings,
        basis.answerer,
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
