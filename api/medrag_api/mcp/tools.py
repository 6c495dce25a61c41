"""The tools of the MCP door: each takes what an HTTP route takes and gives what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from medrag.errors import NotFound
from medrag.retrieve.search import search
from medrag.vocabulary import Language
from medrag_api.answering import Answering
from medrag_api.cards import drug_card, found_drugs
from medrag_api.desk import Desk
from medrag_api.interaction_models import DrugCardOut, DrugListOut, InteractionReportOut
from medrag_api.models import AnswerOut, PassageOut, SearchOut
from medrag_api.requests import AskRequest, Day, InteractionRequest, SearchRequest, known_filters, validated
from medrag_api.routes.passages import held_passage
from medrag_api.schemas import search_json
from medrag_api.shapes import CLOSED

__all__ = ["TOOLS", "Tool", "call_tool"]

Json = dict[str, Any]
STRICT: Final = ConfigDict(extra="forbid", frozen=True, strict=True)


class DrugArguments(BaseModel):
    """Which drug, and in which language its card is."""

    model_config = STRICT

    name: Annotated[
        str, Field(min_length=1, max_length=200, description="Any name of it, or its concept id.")
    ]
    language: Language = "en"
    as_of: Day | None = None


class PassageArguments(BaseModel):
    """Which passage."""

    model_config = STRICT

    id: Annotated[
        str, Field(min_length=1, max_length=40, description="The passage_id of a citation or a hit.")
    ]


class DrugToolOut(BaseModel):
    """What the name stands for, and the card of the drug when it stands for one."""

    model_config = CLOSED

    found: DrugListOut
    card: DrugCardOut | None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as it is listed and run. ``without`` names fields of the request that this door has no use for."""

    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Json, Desk, Answering], Json]
    without: tuple[str, ...] = ()

    def input_schema(self) -> Json:
        return schema_of(self.takes, "validation", self.without)

    def output_schema(self) -> Json:
        return schema_of(self.gives, "serialization", ())


@cache
def schema_of(model: type[BaseModel], mode: Any, without: tuple[str, ...]) -> Json:
    """The JSON schema of a model, an object at its root as the protocol wants it."""
    schema = model.model_json_schema(mode=mode)
    properties = {name: told for name, told in schema["properties"].items() if name not in without}
    return {**schema, "properties": properties}


def answer(told: Json, desk: Desk, answering: Answering) -> Json:
    return answering.answer(validated(AskRequest, told), desk)


def check(told: Json, desk: Desk, _: Answering) -> Json:
    report: Json = desk.review(validated(InteractionRequest, told).record()).as_json()
    return report


def find(told: Json, desk: Desk, answering: Answering) -> Json:
    asked = validated(SearchRequest, told)
    filters = asked.filters.record()
    known_filters(desk.shelf, filters)
    settings = answering.settings
    found = search(desk.shelf, asked.words(), settings, filters=filters, as_of=asked.as_of, limit=asked.top_k)
    return search_json(desk.shelf, found, settings)


def look_up(told: Json, desk: Desk, _: Answering) -> Json:
    asked = validated(DrugArguments, told)
    held = desk.graph(asked.as_of).concept(asked.name)
    listed, found = found_drugs(desk, held.name if held is not None else asked.name, asked.as_of)
    concept = held or found.concept
    card = drug_card(desk, concept, asked.language, asked.as_of) if concept is not None else None
    return {"found": listed, "card": card}


def show(told: Json, desk: Desk, _: Answering) -> Json:
    return held_passage(desk.shelf, validated(PassageArguments, told).id)


TOOLS: Final[Mapping[str, Tool]] = {
    "ask": Tool(
        "Answer a medication or guideline question",
        "Answers from the sources held: every statement of the answer has an exact quote with document, edition and place "
        "under `citations`. `status` may be abstained or refused: then say so, and add nothing of your own. Give the "
        "[n] marks and their sources to the reader. Facts about a patient go into `patient`; they are never kept.",
        AskRequest,
        AnswerOut,
        answer,
        ("conversation_id", "keep_question", "stream"),
    ),
    "check": Tool(
        "Check drugs against each other and the patient",
        "Reviews a regimen against every interaction source held. Every pair has an outcome; none_found, not_covered, "
        "unresolved_drug and source_unavailable are four different kinds of no, and none of them means safe. A name that "
        "is not known exactly is not used: its candidates are given for a person to choose from.",
        InteractionRequest,
        InteractionReportOut,
        check,
    ),
    "search": Tool(
        "Find passages",
        "Ranked passages of the editions in force, by words and by vectors, in English, Chinese or French.",
        SearchRequest,
        SearchOut,
        find,
    ),
    "drug": Tool(
        "One drug's card",
        "Names, codes, classes, risks and interactions of a drug by any of its names. Where the name is not known exactly, "
        "`card` is null and `found` lists candidates.",
        DrugArguments,
        DrugToolOut,
        look_up,
    ),
    "passage": Tool(
        "One passage in its words",
        "The text a citation points at, with its document, edition and offsets, to prove a quote.",
        PassageArguments,
        PassageOut,
        show,
    ),
}


def call_tool(name: str, told: Json, desk: Desk, answering: Answering) -> Json:
    """Runs a tool. Raises InputRefused naming the field, and what the route of the same name raises."""
    tool = TOOLS[name]
    if unused := [field for field in tool.without if field in told]:
        raise NotFound(f"{unused[0]} has no use at this door", remedy="Leave it out")
    return tool.run(told, desk, answering)
