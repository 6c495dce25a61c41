"""The shapes of CDS Hooks 2.0 as they come in and go out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from medrag.vocabulary import Severity
from medrag_api.shapes import CLOSED

__all__ = ["Cards", "Context", "Counted", "Discovery", "Feedback", "HookRequest"]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
Uuid = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
    ),
]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Context(BaseModel):
    """What a hook tells of where the clinician is. Hooks may tell more; it is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    userId: Line  # noqa: N815 - the specification's names
    patientId: Id  # noqa: N815
    encounterId: Id | None = None  # noqa: N815
    selections: Annotated[list[Line], Field(max_length=500)] | None = None
    draftOrders: dict[str, Any] | None = None  # noqa: N815


class HookRequest(BaseModel):
    """A call of a service."""

    model_config = STRICT

    hook: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    hookInstance: Uuid  # noqa: N815
    context: Context
    prefetch: dict[str, dict[str, Any] | None] | None = None
    fhirServer: Annotated[  # noqa: N815
        Line | None, Field(description="Taken note of and never called.")
    ] = None
    fhirAuthorization: Annotated[  # noqa: N815
        dict[str, Any] | None, Field(description="Never used, stored or logged.")
    ] = None
    extension: dict[str, Any] | None = None


class CodingIn(BaseModel):
    """A Coding, as far as it is looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    system: Line | None = None
    display: Line | None = None


class OverrideReasonIn(BaseModel):
    """Why a card was overridden. The comment is not kept: it may tell of the patient."""

    model_config = STRICT

    reason: CodingIn | None = None
    userComment: Annotated[str, StringConstraints(max_length=10_000)] | None = None  # noqa: N815


class AcceptedSuggestion(BaseModel):
    """A suggestion that was taken."""

    model_config = STRICT

    id: Uuid


class Outcome(BaseModel):
    """What was done with one card."""

    model_config = STRICT

    card: Uuid
    outcome: Literal["accepted", "overridden"]
    acceptedSuggestions: Annotated[list[AcceptedSuggestion], Field(max_length=100)] | None = None  # noqa: N815
    overrideReason: OverrideReasonIn | None = None  # noqa: N815
    outcomeTimestamp: Annotated[  # noqa: N815
        str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$")
    ]
    extension: dict[str, Any] | None = None

    @model_validator(mode="after")
    def agree(self) -> Outcome:
        """A card that was accepted was not overridden."""
        if self.outcome == "accepted" and self.overrideReason is not None:
            raise PydanticCustomError(
                "disagreement", "an accepted card has none", {"field": "overrideReason"}
            )
        return self


class Feedback(BaseModel):
    """What clinicians did with cards."""

    model_config = STRICT

    feedback: Annotated[list[Outcome], Field(min_length=1, max_length=500)]


class Coding(BaseModel):
    """A coded reason or topic."""

    model_config = CLOSED

    code: str
    system: str
    display: str


class Source(BaseModel):
    """Where a card's primary evidence comes from."""

    model_config = CLOSED

    label: str
    url: str | None = None
    topic: Coding | None = None


class Link(BaseModel):
    """A page that shows a quote in its source."""

    model_config = CLOSED

    label: str
    url: str
    type: Literal["absolute"]


class FindingExtension(BaseModel):
    """Our severity, and the assertion ids every door gives; under ``org.medrag.finding``."""

    model_config = CLOSED

    severity: Severity
    assertions: list[str]


class Card(BaseModel):
    """One thing a clinician is told. There are no suggestions: none is made that no source states."""

    model_config = CLOSED

    uuid: str
    summary: Annotated[str, Field(max_length=139)]
    indicator: Literal["info", "warning", "critical"]
    detail: str
    source: Source
    links: list[Link] | None = None
    overrideReasons: list[Coding] | None = None  # noqa: N815
    extension: dict[str, FindingExtension] | None = None


class Cards(BaseModel):
    """The answer to a call; no cards when there is nothing to tell."""

    model_config = CLOSED

    cards: list[Card]


class ServiceOut(BaseModel):
    """One service of the discovery."""

    model_config = CLOSED

    hook: str
    title: str
    description: str
    id: str
    prefetch: dict[str, str]
    usageRequirements: str  # noqa: N815


class Discovery(BaseModel):
    """All services."""

    model_config = CLOSED

    services: list[ServiceOut]


class Counted(BaseModel):
    """Feedback was taken; there is nothing more to say."""

    model_config = CLOSED
