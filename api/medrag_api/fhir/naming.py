"""Chooses what a CodeableConcept stands for: its codes before its words, and nothing where they name different drugs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from medrag.errors import Unavailable
from medrag.text.normalise import fold_name
from medrag_api.fhir.records import Json
from medrag_graph.interactions.allergies import group_names
from medrag_graph.resolve import Resolution, resolve, resolve_condition
from medrag_graph.stores import GraphHome

__all__ = ["Named", "name_allergy", "name_condition", "name_drug", "words_of"]

#: Systems whose codes are looked for first: a code of an ingredient before one of a class or a pack.
FIRST: Final = ("rxnorm", "atc", "unii", "drugbank", "icd-10", "doid", "mesh")
#: Names of systems that FHIR writes as addresses, beside those the graph knows.
PLAIN: Final[Mapping[str, str]] = {
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://snomed.info/sct": "snomed",
}
#: What SNOMED CT puts behind a term to say what kind of thing it is, and what makes an allergy of a substance.
TAG: Final = re.compile(
    r"\s*\((?:disorder|finding|situation|substance|product|medicinal product|clinical drug|event)\)$", re.I
)
ALLERGY: Final = re.compile(
    r"^(?:allergy|hypersensitivity|allergie|hypersensibilité)\s+(?:to|à la|à l['’]|aux?|à)\s*"
    r"|\s+(?:allergy|hypersensitivity)$|过敏$",
    re.I,
)
Resolve = Callable[[GraphHome, str | Mapping[str, str]], Resolution]


@dataclass(frozen=True, slots=True)
class Named:
    """What a concept of the record is called for the check. ``problem`` is a key of the words; "" when there is none."""

    asked: Mapping[str, str] | None
    text: str
    problem: str = ""
    #: Id of the drug it was resolved to; "" where it was not.
    concept: str = ""


def words_of(concept: Json) -> tuple[str, ...]:
    """The names a CodeableConcept has: what was written, then the displays of its codes."""
    found = [concept.get("text"), *(coding.get("display") for coding in concept.get("coding") or ())]
    plain = (TAG.sub("", " ".join(str(text).split())) for text in found if text)
    return tuple(dict.fromkeys(text for text in plain if text))


def coded(concept: Json) -> Iterator[dict[str, str]]:
    """Its codings as the check takes them, those of systems that name ingredients first."""
    codings = [
        {"system": PLAIN.get(coding["system"].rstrip("/"), coding["system"]), "code": coding["code"]}
        for coding in concept.get("coding") or ()
        if coding.get("system") and coding.get("code")
    ]
    yield from sorted(
        codings, key=lambda one: next((n for n, s in enumerate(FIRST) if s in one["system"]), 99)
    )


def name_drug(graph: GraphHome | Unavailable, concept: Json) -> Named:
    """The drug a medication's code stands for. Words that name no drug are passed on, so that the check tells so."""
    words = words_of(concept)
    codes = list(coded(concept))
    shown = words[0] if words else f"{codes[0]['system']}:{codes[0]['code']}" if codes else ""
    if not shown:
        return Named(None, "", "no_name")
    if isinstance(graph, Unavailable):
        return Named({"text": shown[:200]}, shown)
    told: list[dict[str, str] | str] = [*codes, *words]
    found = [(one, resolve(graph, one)) for one in told]
    held = [(one, item) for one, item in found if item.status == "resolved" and item.concept is not None]
    held.sort(key=lambda pair: pair[1].concept is not None and pair[1].concept.kind != "drug")
    if not held:
        return Named({"text": shown}, shown) if len(shown) <= 200 else Named(None, shown[:200], "long_name")
    first = held[0][1]
    if any(apart(first, item) for _, item in held[1:]):
        return Named(None, shown[:200], "codes_disagree")
    chosen = held[0][0]
    asked = {"text": chosen} if isinstance(chosen, str) else {"text": shown[:200], **chosen}
    return Named(asked, shown[:200], concept=first.concept.id if first.concept else "")


def apart(one: Resolution, other: Resolution) -> bool:
    """Whether two drugs have no ingredient in common; a class or a food says nothing against a drug."""
    if one.concept is None or other.concept is None or other.concept.kind != one.concept.kind:
        return False
    mine, theirs = (
        {part.id for part in item.ingredients or (item.concept,) if part} for item in (one, other)
    )
    return mine.isdisjoint(theirs)


def name_condition(graph: GraphHome | Unavailable, concept: Json) -> tuple[tuple[str, ...], bool]:
    """(names of the condition, whether one of them is known). Where code and words are different conditions both count:
    to miss a contraindication is the worse mistake."""
    return names(graph, concept, resolve_condition, frozenset())


def name_allergy(graph: GraphHome | Unavailable, concept: Json) -> tuple[tuple[str, ...], bool]:
    """As :func:`name_condition`, of the drug or group of drugs an allergy is to."""
    plain = {**concept, "text": ALLERGY.sub("", str(concept.get("text") or "")).strip()}
    plain["coding"] = [
        {**coding, "display": ALLERGY.sub("", TAG.sub("", str(coding.get("display") or ""))).strip()}
        for coding in concept.get("coding") or ()
    ]
    return names(graph, plain, resolve, frozenset(group_names()))


def names(
    graph: GraphHome | Unavailable, concept: Json, find: Resolve, groups: frozenset[str]
) -> tuple[tuple[str, ...], bool]:
    words = tuple(text for text in words_of(concept) if len(text) <= 200)
    if isinstance(graph, Unavailable):
        return words[:1], True
    known: dict[str, str] = {}
    for text in words:
        found = find(graph, text)
        if fold_name(text) in groups:
            known[fold_name(text)] = text
        elif found.status != "unresolved":
            known.setdefault(found.concept.id if found.concept else text, text)
    for one in coded(concept):
        held = find(graph, one).concept
        if held is not None:
            known.setdefault(held.id, held.name)
    return (tuple(known.values()), True) if known else (words[:1], False)
