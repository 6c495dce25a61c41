"""Reads a patient's record into what a check is asked: one patient, everything that stands, and notes on the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from medrag.errors import Unavailable
from medrag.vocabulary import Language
from medrag_api.fhir.bundle import Resources
from medrag_api.fhir.medicines import read_medicines
from medrag_api.fhir.naming import name_allergy, name_condition
from medrag_api.fhir.records import Json, Note, Placed, Record
from medrag_api.fhir.validate import FhirRefused
from medrag_api.fhir.values import read_person, read_values
from medrag_api.fhir.words import told
from medrag_graph.interactions.regimen import Regimen, read_regimen
from medrag_graph.stores import GraphHome

__all__ = ["read_record", "regimen_of"]

#: Codes of "no known allergy": SNOMED CT, and the absent-unknown codes of the International Patient Summary,
#: https://hl7.org/fhir/uv/ips/CodeSystem-absent-unknown-uv-ips.html (reviewed: false).
NO_ALLERGY: Final = frozenset(
    {"716186003", "409137002", "no-known-allergies", "no-known-medication-allergies"}
)
Namer = Callable[[GraphHome | Unavailable, Json], tuple[tuple[str, ...], bool]]


def read_record(
    placed: Iterable[Placed], graph: GraphHome | Unavailable, language: Language, today: date | None = None
) -> Record:
    """Everything a check takes. Raises FhirRefused when it speaks of more than one patient."""
    resources = Resources(placed, language)
    subject, patient = one_patient(resources)
    person, of_person = read_person(patient, today or datetime.now(UTC).date(), language)
    values, of_values = read_values(resources, language)
    medicines, unchecked, of_medicines = read_medicines(resources, graph, language)
    notes: list[Note] = [*resources.notes, *of_person, *of_values, *of_medicines]
    conditions = read_names(resources, "Condition", name_condition, graph, language, notes)
    allergies = read_names(resources, "AllergyIntolerance", name_allergy, graph, language, notes)
    return Record(medicines, unchecked, conditions, allergies, {**person, **values}, subject, tuple(notes))


def one_patient(resources: Resources) -> tuple[str, Json]:
    """(how the request refers to the patient, the Patient). Two people's drugs are never checked as one's."""
    people = [item for item in resources.placed if item.kind == "Patient"]
    ids = {str(item.resource.get("id") or item.reference) for item in people}
    if len(ids) > 1:
        raise FhirRefused([("entry", "the record of one patient was expected, this holds several")])
    subjects = {
        reference
        for item in resources.placed
        for key in ("subject", "patient")
        if (reference := subject_of(item.resource.get(key)))
    }
    named = {owner(resources, reference) for reference in subjects} | ids
    if len(named) > 1:
        raise FhirRefused([("entry", "resources of one patient were expected, these are of several")])
    if people:
        return people[0].reference, people[0].resource
    return (min(subjects) if subjects else ""), {}


def subject_of(value: object) -> str:
    return str(value.get("reference") or "") if isinstance(value, dict) else ""


def owner(resources: Resources, reference: str) -> str:
    """The id of the patient a reference names."""
    plain = reference.partition("/_history/")[0]
    held = resources.refer({}, reference)
    return str(held.get("id") or plain) if held is not None else plain.split("/")[-1]


def read_names(
    resources: Resources,
    kind: str,
    namer: Namer,
    graph: GraphHome | Unavailable,
    language: Language,
    notes: list[Note],
) -> dict[str, tuple[str, ...]]:
    """Name to the resources that say it."""
    found: dict[str, tuple[str, ...]] = {}
    for item in resources.of(kind):
        codings = (item.resource.get("code") or {}).get("coding") or ()
        if kind == "AllergyIntolerance" and any(coding.get("code") in NO_ALLERGY for coding in codings):
            continue
        names, known = namer(graph, item.resource.get("code") or {})
        if not names:
            notes.append(Note("warning", "incomplete", told("unnamed", language, kind=kind), item.reference))
        elif not known:
            said = told("unknown_name", language, kind=kind, text=names[0])
            notes.append(Note("warning", "not-found", said, item.reference))
        for name in names:
            found[name] = (*found.get(name, ()), *((item.reference,) if item.reference else ()))
    return found


def regimen_of(record: Record, language: Language) -> Regimen | None:
    """What the check is asked; None when there is no medicine to check. Raises InputRefused: too many, or facts of the
    patient that exclude one another."""
    if not record.medicines:
        return None
    patient: Mapping[str, Any] = {**record.patient, "allergies": list(record.allergies)}
    return read_regimen(
        {
            "drugs": [dict(item.asked) for item in record.medicines],
            "conditions": list(record.conditions),
            "patient": patient,
            "language": language,
        }
    )
