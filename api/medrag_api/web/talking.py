"""The console's side of a conversation: what is known of it, corrected by hand, planned from, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import Form
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from medrag.dialogue.keeping import Conversations
from medrag.dialogue.records import LISTS, Dialogue
from medrag.dialogue.turn import edit_slots
from medrag.errors import Unavailable, UsageError
from medrag.vocabulary import Language
from medrag_api.consultation_models import SlotsPatch
from medrag_api.conversations import Keeper, owner_of
from medrag_api.plans import make_plan
from medrag_api.requests import validated
from medrag_api.review_terms import field_named, work_said
from medrag_api.review_words import SEVERITIES
from medrag_api.routes.reading import Reviewing
from medrag_api.routes.writing import WRITING
from medrag_api.web.check_view import SHAPES, place_of
from medrag_api.web.pages import language_of, render
from medrag_api.web.patient_form import EMPTY, MEASURED, patient_of, read_form
from medrag_api.web.rooms import page_router
from medrag_api.web.words import words_in

__all__ = ["conversation_view", "corrected", "router", "talks_of"]

router = page_router()
Json = Mapping[str, Any]
Id = Annotated[str, Form(alias="conversation_id", max_length=40)]
#: What may be chosen of a field; another value is shown and not offered.
OFFERED: Final = {"sex": ("female", "male"), "child_pugh": ("A", "B", "C")}


def talks_of(request: Request) -> Conversations | None:
    """Where conversations are kept; None where the operator keeps none, and each question is asked alone."""
    keeper: Keeper = request.app.state.conversations
    try:
        return keeper.store()
    except (UsageError, Unavailable):
        return None


def corrected(request: Request, identifier: str, form: FormData) -> Dialogue:
    """The conversation after what a form says otherwise than was known. Raises NotFound, InputRefused."""
    keeper: Keeper = request.app.state.conversations
    store, owner = keeper.store(), owner_of(request)
    kept = store.get(identifier, owner)
    shown = form_of([slot.as_json() for slot in kept.dialogue.slots])
    told = {**read_form(form), "drugs": str(form.get("drugs", "")).strip()} if "drugs" in form else shown
    patch = changes_in(shown, told)
    if patch:
        fields = validated(SlotsPatch, patch).told()
        kept = store.put(kept, edit_slots(kept.dialogue, fields), owner)
    return kept.dialogue


def changes_in(shown: Mapping[str, str], told: Mapping[str, str]) -> dict[str, Any]:
    """The slots whose field in the form is not what was shown, by what they shall be; None forgets one."""
    meant = patient_of({**EMPTY, **told})["patient"] or {}
    meant["drugs"] = told["drugs"].splitlines()
    changed = {
        name.removesuffix("_unit")
        for name in shown
        if name != "as_of" and said_of(name, shown) != said_of(name, told)
    }
    return {name: meant.get(name, [] if name in LISTS else None) for name in sorted(changed)}


def said_of(name: str, form: Mapping[str, str]) -> tuple[str, ...]:
    """A field's words as they count; a unit counts where there is a number."""
    if name.endswith("_unit"):
        return (form[name],) if form[name.removesuffix("_unit")] else ()
    return tuple(line.strip() for line in form[name].splitlines())


def form_of(slots: Sequence[Json]) -> dict[str, str]:
    """The fields of the patient panel as a conversation's slots fill them, and `drugs`, one a line."""
    form = {**EMPTY, "drugs": ""}
    for slot in slots:
        name, value = slot["field"], slot["value"]
        if name in LISTS:
            form[name] = "\n".join(filter(None, (form[name], slot.get("said") or value)))
        elif name in MEASURED:
            form |= {name: f"{value['value']:g}", f"{name}_unit": value["unit"]}
        elif name in form and (name not in OFFERED or value in OFFERED[name]):
            form[name] = value_said(value)
    return form


def value_said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def conversation_view(told: Json | None, language: Language) -> dict[str, Any] | None:
    """What the page shows of a conversation: what is known and since when, what is asked, the form that corrects it."""
    if told is None:
        return None
    return {
        "id": told["id"],
        "turn": told["turn"],
        "question": told["question"],
        "anew": told["started_anew"],
        "known": [known(slot, language) for slot in told["slots"]],
        "questions": told["questions"],
        "form": form_of(told["slots"]),
    }


def known(slot: Json, language: Language) -> dict[str, Any]:
    w = words_in(language_word(language))
    value = slot["value"]
    if isinstance(value, bool):
        words = w.yes if value else w.no
    elif isinstance(value, dict):
        words = f"{value['value']:g} {value['unit']}"
    else:
        words = slot.get("said") or value_said(value)
    name = w.drugs if slot["field"] == "drugs" else field_named(slot["field"], language)
    return {"field": name, "words": words, "turn": slot["turn"], "role": slot.get("role") or ""}


def language_word(language: Language) -> Any:
    """The console speaks two languages; a third is told in English."""
    return "zh" if language == "zh" else "en"


# --- acts ----------------------------------------------------------------------------------------------


@router.post("/console/consultations/plan")
def plan(request: Request, identifier: Id, desk: Reviewing) -> Response:
    """What to find out, to do and to watch, for what a conversation knows."""
    keeper: Keeper = request.app.state.conversations
    kept = keeper.store().get(identifier, owner_of(request))
    made, language = make_plan(desk, kept.dialogue), language_of(request)
    parts = [
        (part, [item_view(item, language) for item in made[part]])
        for part in ("checklist", "actions", "monitoring")
    ]
    known_slots = [known(slot.as_json(), language) for slot in kept.dialogue.slots]
    told = {"parts": parts, "known": known_slots, "silent": made["silent"], "complete": made["complete"]}
    return render(request, "plan.html", "ask", identifier=identifier, lang=made["language"], **told)


def item_view(item: Json, language: Language) -> dict[str, Any]:
    citation, severity = item["citation"], item["severity"]
    document = citation.get("document") or {}
    return {
        "text": item["text"],
        "about": item["about"],
        "verbatim": item["said"] == "verbatim",
        "severity": severity or "",
        "shape": SHAPES.get(severity, ""),
        "word": SEVERITIES[severity][language] if severity else "",
        "place": place_of(citation),
        "source": document.get("title") or citation.get("source", ""),
        "work": work_said(document, language) if {"id", "edition"} <= document.keys() else "",
    }


@router.post("/console/consultations/end", dependencies=[WRITING])
def end(request: Request, identifier: Id) -> Response:
    """Nothing of the conversation stays."""
    keeper: Keeper = request.app.state.conversations
    keeper.store().delete(identifier, owner_of(request))
    return RedirectResponse("/console/ask", 303)
