"""What callers may say of answers and findings, how it is kept, and how often what was said."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from medrag.answer.person import tells_of_person
from medrag.catalogue import Catalogue
from medrag.catalogue.alerts import AlertCard, Alerts
from medrag.catalogue.feedback import Feedback, Feedbacks, new_id, today
from medrag.errors import InputRefused, Place
from medrag.vocabulary import Severity
from medrag_api.hooks.cards import INDICATORS
from medrag_api.hooks.reasons import REASONS
from medrag_api.shapes import CLOSED
from medrag_graph.interactions.report import FindingKind

__all__ = ["OF_ANSWERS", "FeedbackIn", "FeedbackOut", "keep_feedback"]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
#: Why an answer did not help.
AnswerReason = Literal["wrong", "incomplete", "outdated", "off-topic", "unclear", "other"]
OF_ANSWERS: Final[tuple[str, ...]] = get_args(AnswerReason)
#: An assertion the catalogue holds, or the rule of this project that inferred one.
AssertionId = Annotated[
    str,
    StringConstraints(
        pattern=r"^(a_[0-9a-f]{24}|[a-z][a-z_-]{1,29}(/[A-Za-z][A-Za-z0-9_.-]{0,60}){1,4})$", max_length=200
    ),
]
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:medrag:feedback")
MOST_WORDS: Final = 2000
#: A number that may be a person's; no rule has one.
LONG_NUMBER: Final = re.compile(r"[0-9]{5}")


class FindingRef(BaseModel):
    """A finding as a report lists it."""

    model_config = STRICT

    kind: FindingKind
    severity: Severity
    assertions: Annotated[
        list[AssertionId], Field(min_length=1, max_length=200, description="`id` of each of its assertions.")
    ]

    @property
    def rules(self) -> list[str]:
        """Those that are rules of this project."""
        return [item for item in self.assertions if not item.startswith("a_")]


class FeedbackIn(BaseModel):
    """What is said of one answer, or of one finding."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={
            "examples": [
                {"answer": "ans_0123456789abcdef01234567", "helpful": False, "reason": "incomplete"},
                {
                    "finding": {
                        "kind": "cumulative_risk",
                        "severity": "major",
                        "assertions": ["cumulative/bleeding"],
                    },
                    "outcome": "overridden",
                    "reason": "will-monitor",
                },
            ]
        },
    )

    answer: Annotated[str, StringConstraints(pattern=r"^ans_[0-9a-f]{24}$")] | None = None
    finding: FindingRef | None = None
    helpful: bool | None = None
    outcome: Literal["accepted", "overridden"] | None = None
    reason: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=40)] | None,
        Field(description=f"Of an answer: {', '.join(OF_ANSWERS)}. Of a finding: {', '.join(REASONS)}."),
    ] = None
    comment: Annotated[str, StringConstraints(min_length=1, max_length=MOST_WORDS)] | None = None
    keep_comment: Annotated[bool, Field(description="Consent to keep the comment's words.")] = False

    @model_validator(mode="after")
    def agree(self) -> FeedbackIn:
        """One thing is spoken of, something is said of it, and it is said as that thing needs it."""
        if (self.answer is None) == (self.finding is None):
            raise disagreement("answer", "either an answer or a finding is wanted")
        if self.helpful is None and self.outcome is None:
            raise disagreement("helpful", "helpful or outcome is wanted")
        if self.outcome is not None and self.finding is None:
            raise disagreement("outcome", "only a finding has one")
        known = OF_ANSWERS if self.finding is None else tuple(REASONS)
        if self.reason is not None and self.reason not in known:
            raise disagreement("reason", f"one of: {', '.join(known)}")
        if self.outcome == "accepted" and self.reason is not None:
            raise disagreement("reason", "what was accepted has none")
        if self.finding is not None and any(LONG_NUMBER.search(rule) for rule in self.finding.rules):
            raise disagreement("finding", "these are no ids of rules")
        if self.comment is not None and not self.keep_comment:
            raise disagreement("comment", "words are taken with keep_comment alone")
        return self


def disagreement(field: str, words: str) -> PydanticCustomError:
    return PydanticCustomError("disagreement", words, {"field": field})


class FeedbackOut(BaseModel):
    """That it is kept."""

    model_config = CLOSED

    id: str
    day: str


def keep_feedback(catalogue: Catalogue, told: FeedbackIn, tenant: str, days: int) -> dict[str, Any]:
    """Keeps it, and counts what was done with a finding beside the cards of CDS Hooks.

    Raises InputRefused for words that tell of a person, and for assertions that are not held.
    """
    if told.comment is not None and tells_of_person(told.comment):
        raise InputRefused(
            "words that tell of a person are never kept",
            place=Place(field="comment"),
            remedy="Say it without the patient, or leave it out",
        )
    held, finding = Feedbacks(catalogue, days=days), told.finding
    card = card_of(held, finding) if finding is not None else None
    item = Feedback(
        new_id(),
        tenant,
        today(),
        told.answer,
        card.id if card is not None else None,
        told.helpful,
        told.reason or "",
        told.comment,
    )
    held.add(item)
    if card is not None and told.outcome is not None:
        Alerts(catalogue).answer_finding(card, told.outcome, told.reason or "", item.day)
    return {"id": item.id, "day": item.day}


def card_of(held: Feedbacks, finding: FindingRef) -> AlertCard:
    """The finding as alerts are counted. Raises InputRefused."""
    rules = tuple(dict.fromkeys(finding.assertions))
    if held.unheld(rule for rule in rules if rule.startswith("a_")):
        raise InputRefused(
            "not all of these assertions are held",
            place=Place(field="finding.assertions"),
            remedy="Send the ids that the report lists",
        )
    key = uuid.uuid5(NAMESPACE, "\n".join((finding.kind, finding.severity, *sorted(rules))))
    return AlertCard(str(key), finding.kind, finding.severity, INDICATORS[finding.severity], rules)
