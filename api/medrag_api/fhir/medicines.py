"""Reads the medicines of a record: requests and statements, with the Medication each refers to."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from medrag.errors import Unavailable
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language
from medrag_api.fhir.bundle import Resources
from medrag_api.fhir.naming import Named, name_drug, words_of
from medrag_api.fhir.records import Json, Medicine, Note, Placed, Unchecked
from medrag_api.fhir.words import told
from medrag_graph.interactions.regimen import route_in
from medrag_graph.stores import GraphHome

__all__ = ["read_medicines"]

DOSES: Final = {"MedicationRequest": "dosageInstruction", "MedicationStatement": "dosage"}


def read_medicines(
    resources: Resources, graph: GraphHome | Unavailable, language: Language
) -> tuple[tuple[Medicine, ...], tuple[Unchecked, ...], tuple[Note, ...]]:
    """Every medicine that stands. A statement of a drug that is also requested is the same therapy, told once."""
    taken: list[Medicine] = []
    unchecked: list[Unchecked] = []
    notes: list[Note] = []
    #: By the drug and where it acts: a gel of a drug that is also swallowed is a therapy of its own.
    requested: dict[tuple[str, str], int] = {}
    for item in (*resources.of("MedicationRequest"), *resources.of("MedicationStatement")):
        named = name_item(resources, graph, item)
        if named.asked is None:
            why = told(named.problem, language)
            unchecked.append(
                Unchecked(named.text or item.reference or item.kind, why, refs(item), item.draft)
            )
            continue
        asked = {**named.asked, **routed(item)}
        key = (named.concept or fold_name(named.text), asked.get("route", ""))
        if item.kind == "MedicationStatement" and key in requested:
            at = requested[key]
            taken[at] = replace(taken[at], references=(*taken[at].references, *refs(item)))
            text = f"{named.text}: {told('same_therapy', language)}"
            notes.append(Note("information", "informational", text, item.reference))
            continue
        requested.setdefault(key, len(taken))
        taken.append(Medicine(asked, refs(item), item.draft))
    return tuple(taken), tuple(unchecked), tuple(notes)


def name_item(resources: Resources, graph: GraphHome | Unavailable, item: Placed) -> Named:
    """What a request or statement is for."""
    concept = item.resource.get("medicationCodeableConcept")
    if concept is None:
        reference = item.resource.get("medicationReference") or {}
        address = str(reference.get("reference") or "")
        medication = resources.refer(item.resource, address) if address else None
        if medication is None and reference.get("display"):
            # The words beside a reference name the drug as well as the words beside a code do.
            return name_drug(graph, {"text": reference["display"]})
        if medication is None:
            return Named(None, "", "no_reference")
        concept = medication.get("code") or ingredients_of(medication)
    return name_drug(graph, concept)


def ingredients_of(medication: Json) -> Json:
    """A Medication without a code, by the names of what is in it."""
    parts = [words_of(part.get("itemCodeableConcept") or {}) for part in medication.get("ingredient") or ()]
    return {"text": " / ".join(part[0] for part in parts)} if parts and all(parts) else {}


def routed(item: Placed) -> dict[str, str]:
    """Where a drug acts, when every dose of it says so in the same way."""
    doses = item.resource.get(DOSES[item.kind]) or ()
    said = {route_in(" ".join(words_of(dose.get("route") or {}))) for dose in doses}
    route = said.pop() if len(said) == 1 else None
    return {"route": route} if route else {}


def refs(item: Placed) -> tuple[str, ...]:
    return (item.reference,) if item.reference else ()
