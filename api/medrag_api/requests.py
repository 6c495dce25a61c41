"""What may be asked of medrag, at any door: read strictly, unknown fields refused, values never told back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
)

from medrag.answer.person import tells_of_person
from medrag.answer.question import LONGEST_QUESTION, Question, read_question
from medrag.errors import InputRefused, Place, UsageError
from medrag.shelf import OpenShelf, SearchFilters
from medrag.vocabulary import Authority, Kind, Language, Severity
from medrag_api.patient import Patient, Term
from medrag_graph.interactions.regimen import MOST_CONDITIONS, MOST_DRUGS, Regimen, read_regimen

__all__ = [
    "AskRequest",
    "Filters",
    "InteractionRequest",
    "SearchRequest",
    "field_problems",
    "known_filters",
    "validated",
]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
#: Most passages one search or answer may be asked for; the settings' own bound.
MOST_PASSAGES = 50

Model = TypeVar("Model", bound=BaseModel)


def as_day(told: object) -> object:
    """``2024-05-31`` as a date; a number is not a date here, as it is to pydantic."""
    if not isinstance(told, str):
        return told
    try:
        if len(told) != 10 or not told.isascii():
            raise ValueError
        return date.fromisoformat(told)
    except ValueError as error:
        raise ValueError("a date is written 2024-05-31") from error


Day = Annotated[date, BeforeValidator(as_day)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")]
Section = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}-[0-9]$")]


class Filters(BaseModel):
    """Limits of a search; an empty list is no limit."""

    model_config = STRICT

    corpora: Annotated[list[Slug], Field(max_length=50)] = []
    kinds: Annotated[list[Kind], Field(max_length=10)] = []
    jurisdictions: Annotated[list[Code], Field(max_length=50)] = []
    languages: Annotated[list[Language], Field(max_length=10)] = []
    authorities: Annotated[list[Authority], Field(max_length=10)] = []
    #: SPL LOINC section codes.
    codes: Annotated[list[Section], Field(max_length=50)] = []

    def record(self) -> SearchFilters:
        """The filters as the core takes them."""
        return SearchFilters(
            tuple(self.corpora),
            tuple(self.kinds),
            tuple(self.jurisdictions),
            tuple(self.languages),
            tuple(self.authorities),
            tuple(self.codes),
        )


Words = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_QUESTION, description="In English, Chinese or French."),
]


Conversation = Annotated[str, StringConstraints(pattern=r"^(new|con_[A-Za-z0-9_-]{1,36})$")]


class AskRequest(BaseModel):
    """A question, and how it shall be answered."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={
            "examples": [
                {
                    "question": "When should an SGLT2 inhibitor be started in chronic kidney disease, and at what eGFR?",
                    "filters": {"kinds": ["guideline"]},
                    "top_k": 8,
                }
            ]
        },
    )

    question: Words
    patient: Annotated[Patient | None, Field(description="Never stored, never logged.")] = None
    conversation_id: Annotated[
        Conversation | None,
        Field(
            description="The conversation this is a turn of; `new` opens one. Kept for a while, deleted on request."
        ),
    ] = None
    answerer: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="auto, extractive, model, or the name of a model that is configured.",
        ),
    ] = "auto"
    as_of: Annotated[Day | None, Field(description="Answer from what was in force that day.")] = None
    filters: Filters = Filters()
    top_k: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] | None = None
    stream: Annotated[bool, Field(description="Server-sent events: each statement once it is verified.")] = (
        False
    )
    keep_question: Annotated[
        bool,
        Field(
            description="Consent to keep the words of the question with its answer, so that it can be asked again. "
            "Without it their sha256 is kept; of a patient nothing ever is."
        ),
    ] = False

    @property
    def personal(self) -> bool:
        """Whether it tells of a patient, beside the question or in it."""
        return self.patient is not None or self.conversation_id is not None or tells_of_person(self.question)

    def record(self) -> Question:
        """The question as the core takes it. Raises InputRefused when words that tell of a patient are to be kept."""
        if self.keep_question and self.personal:
            raise InputRefused(
                "a question that tells of a patient is never kept",
                place=Place(field="keep_question"),
                remedy="Leave keep_question out, or ask without the patient",
            )
        said = self.patient.model_dump(exclude_none=True) if self.patient is not None else None
        return Question(self.question, self.answerer, self.as_of, self.filters.record(), self.top_k, said)


class SearchRequest(BaseModel):
    """A query for passages."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={
            "examples": [{"query": "华法林 布洛芬", "top_k": 5, "filters": {"corpora": ["ansm"]}}]
        },
    )

    query: Words
    as_of: Day | None = None
    filters: Filters = Filters()
    top_k: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] | None = None

    def words(self) -> str:
        """The query as one readable line. Raises QuestionRefused."""
        return read_question(self.query)


class CodedDrug(BaseModel):
    """A drug by its code: of rxnorm, drugbank, unii or atc, or the system's FHIR address."""

    model_config = STRICT

    code: Term
    system: Term


def shape_of(told: Any) -> str:
    return "name" if isinstance(told, str) else "coded"


#: A name as typed, or a code; told apart by shape, so that a wrong one is told once.
Drug = Annotated[Annotated[Term, Tag("name")] | Annotated[CodedDrug, Tag("coded")], Discriminator(shape_of)]


class InteractionRequest(BaseModel):
    """A regimen to check, and for whom."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={
            "examples": [
                {"drugs": ["Coumadin", "布洛芬"], "patient": {"age_years": 78, "egfr_ml_min_1_73m2": 28}}
            ]
        },
    )

    drugs: Annotated[list[Drug], Field(min_length=1, max_length=MOST_DRUGS)]
    conditions: Annotated[list[Term], Field(max_length=MOST_CONDITIONS)] = []
    patient: Annotated[Patient | None, Field(description="Never stored, never logged.")] = None
    as_of: Annotated[Day | None, Field(description="Check with what was in force that day.")] = None
    minimum_severity: Annotated[
        Severity, Field(description="What no source grades is shown whatever is asked for.")
    ] = "minor"
    language: Annotated[
        Language, Field(description="Of headlines and advice. It changes no finding and no quote.")
    ] = "en"

    def record(self) -> Regimen:
        """The regimen as the review takes it. Raises InputRefused."""
        return read_regimen(self.model_dump(exclude_none=True))


def validated(model: type[Model], told: Any) -> Model:
    """Reads plain data into a request. Raises InputRefused naming the first field that is wrong."""
    try:
        return model.model_validate(told)
    except ValidationError as error:
        found = field_problems(error.errors(include_input=False, include_url=False))
        field, problem = found[0]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise InputRefused(problem + more, place=Place(field=field)) from None


def field_problems(errors: Sequence[Any]) -> list[tuple[str, str]]:
    """(dotted field, problem) of pydantic's errors, in its order, without any value that was sent."""
    return [(field_of(item), problem_of(item)) for item in errors]


def field_of(item: Any) -> str:
    """``patient.egfr_ml_min_1_73m2``. A key that is not a plain name is not told back: it may hold anything."""
    if item["loc"][:1] == ("header",):
        # The names of headers are ours: others are not read.
        return str(item["loc"][-1]).lower()
    told = [part for part in item["loc"] if part not in ("body", "path", "query")]
    # The tag of a union stands behind the place in the list; it is no field.
    parts = [
        part
        for at, part in enumerate(told)
        if not (part in ("name", "coded") and at and isinstance(told[at - 1], int))
    ]
    if item["type"] == "disagreement":
        parts.append(item["ctx"]["field"])
    return ".".join(plain_name(part) for part in parts) or "body"


def plain_name(part: int | str) -> str:
    told = str(part)
    return (
        told
        if len(told) <= 40 and told.isascii() and told.replace("_", "").isalnum()
        else "(a key that is no field)"
    )


def problem_of(item: Any) -> str:
    """pydantic's words, which hold bounds and allowed values but no input."""
    if item["type"] == "extra_forbidden":
        return "there is no such field"
    if item["type"] == "missing":
        return "this field is missing"
    if item["type"] in ("string_unicode", "string_sub_type"):
        return "the text is not valid Unicode"
    return str(item["msg"]).removeprefix("Value error, ")


def known_filters(shelf: OpenShelf, filters: SearchFilters) -> None:
    """Raises UsageError when a corpus is named that is not held: it would search nothing in silence."""
    if unknown := [work for work in filters.corpora if work not in shelf.works]:
        raise UsageError(
            f"{len(unknown)} of the corpora named are not on the shelf",
            place=Place(field="filters.corpora"),
            remedy=f"Held: {', '.join(sorted(shelf.works))}",
        )
