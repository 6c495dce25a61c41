"""Asks the reviewer about the drugs a question names, and cites the graded facts it answers with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from medrag.answer.cite import CitationList
from medrag.answer.draft import Candidate
from medrag.answer.question import Question
from medrag.answer.records import Source
from medrag.protocols import Reviewed, ReviewedFact, Reviewer
from medrag.retrieve.plan import Plan
from medrag.shelf import OpenShelf

__all__ = ["cite_facts", "place_facts", "review_named"]

#: A question may be of a class, such as "NSAIDs with warfarin".
DRUGLIKE = frozenset(["drug", "class"])


def review_named(reviewer: Reviewer | None, question: Question, plan: Plan) -> Reviewed | None:
    """The review of what the question names, for the patient told beside it: two drugs or more, or a drug and a
    condition. None where there is nothing to review, or no one to do it."""
    if reviewer is None:
        return None
    drugs, conditions = named(plan, DRUGLIKE), named(plan, frozenset(["disease"]))
    told: Mapping[str, Any] = question.patient or {}
    beside = len(told.get("drugs") or ()) + len(told.get("conditions") or ())
    if not drugs or len(drugs) + len(conditions) + beside < 2:
        return None
    return reviewer.review(drugs, conditions, question.patient, question.as_of, plan.language)


def named(plan: Plan, kinds: Collection[str]) -> tuple[str, ...]:
    """What the question calls them, each thing once."""
    found = {mention.thing.id: mention.text for mention in plan.mentions if mention.thing.kind in kinds}
    return tuple(found.values())


def place_facts(
    shelf: OpenShelf, facts: Sequence[ReviewedFact], editions: Collection[str]
) -> list[Candidate]:
    """Each fact of the editions with the places of its quotes; nothing is proved yet."""
    documents = shelf.catalogue.documents_of(proof.document for fact in facts for proof in fact.proofs)
    passages = shelf.catalogue.passages_of(proof.passage for fact in facts for proof in fact.proofs)
    said: list[Candidate] = []
    for fact in facts:
        places = []
        for proof in fact.proofs:
            document = documents[proof.document]
            edition = shelf.editions[document.edition]
            source = Source(document, edition, shelf.works[edition.work])
            places.append((source, passages[proof.passage], proof.span))
        if all(source.document.edition in editions for source, _, _ in places):
            said.append((fact.text, places, "fact"))
    return said


def cite_facts(
    shelf: OpenShelf, facts: Sequence[ReviewedFact], editions: Collection[str], cited: CitationList
) -> tuple[list[tuple[str, tuple[int, ...]]], set[str]]:
    """Each fact of the editions with the numbers of its quotes, and the documents they stand in."""
    placed = place_facts(shelf, facts, editions)
    said = [
        (text, tuple(dict.fromkeys(cited.cite(*place) for place in places))) for text, places, _ in placed
    ]
    return said, {source.document.id for _, places, _ in placed for source, _, _ in places}
