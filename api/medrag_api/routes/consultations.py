"""Consultations: open one, see and correct what it knows, plan, take it away, delete it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from medrag.dialogue.keeping import Conversations
from medrag.dialogue.turn import edit_slots
from medrag_api.consultation_models import ConsultationOut, PlanOut, SlotsPatch
from medrag_api.conversations import Keeper, owner_of
from medrag_api.conversing import export_json
from medrag_api.plans import make_plan
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reviewing, as_json

__all__ = ["Keeping", "Owner", "keeping", "router"]

router = APIRouter(route_class=JsonRoute)


def keeping(request: Request) -> Keeper:
    """The conversations of this process; opened by whoever needs them."""
    keeper: Keeper = request.app.state.conversations
    return keeper


def store_of(request: Request) -> Conversations:
    return keeping(request).store()


Keeping = Annotated[Keeper, Depends(keeping)]
Store = Annotated[Conversations, Depends(store_of)]
Owner = Annotated[str, Depends(owner_of)]
Id = Annotated[str, Path(min_length=1, max_length=40)]


class OpenRequest(BaseModel):
    """Nothing need be said to open a conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@router.post(
    "/consultations",
    status_code=201,
    response_model=ConsultationOut,
    responses=PROBLEM,
    summary="Open a conversation",
)
def open_consultation(_: OpenRequest, store: Store, owner: Owner) -> Response:
    """An empty conversation; its id goes with `POST /ask` as `conversation_id`."""
    told = as_json(export_json(store.open(owner), store.where))
    told.status_code = 201
    return told


@router.get(
    "/consultations/{id}", response_model=ConsultationOut, responses=PROBLEM, summary="All that is kept of it"
)
def export_consultation(id: Id, store: Store, owner: Owner) -> Response:
    """The slots, with the turn that set each, and what every turn changed. Of the turns' words only the last question
    is kept."""
    return as_json(export_json(store.get(id, owner), store.where))


@router.patch(
    "/consultations/{id}/slots",
    response_model=ConsultationOut,
    responses=PROBLEM,
    summary="Correct slots by hand",
)
def correct_slots(id: Id, told: SlotsPatch, store: Store, owner: Owner) -> Response:
    """Sets, replaces or forgets (null) what the conversation knows."""
    kept = store.get(id, owner)
    return as_json(export_json(store.put(kept, edit_slots(kept.dialogue, told.told()), owner), store.where))


@router.post(
    "/consultations/{id}/plan",
    response_model=PlanOut,
    responses=PROBLEM,
    summary="Checklist and monitoring plan",
)
def plan_consultation(id: Id, _: OpenRequest, desk: Reviewing, store: Store, owner: Owner) -> Response:
    """What to find out first, what to do, what to monitor: from graded facts and labels held, each with its citation."""
    kept = store.get(id, owner)
    return as_json({"id": kept.id, "turn": kept.dialogue.turns, **make_plan(desk, kept.dialogue)})


@router.delete("/consultations/{id}", status_code=204, responses=PROBLEM, summary="Delete it")
def delete_consultation(id: Id, store: Store, owner: Owner) -> Response:
    """Nothing of it stays."""
    store.delete(id, owner)
    return Response(status_code=204)
