"""Says a source's mechanism and management in the asker's language, from the PDDI facts read out of its French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from medrag.vocabulary import Language, Severity
from medrag_graph.interactions.pairs import Hit
from medrag_graph.interactions.report import Said
from medrag_graph.interactions.words import name_of
from medrag_graph.model import Claim, GraphConcept

if TYPE_CHECKING:
    from medrag_graph.pddi import ManagementFact, MechanismFact

__all__ = ["CODED_SCALES", "people_singled_out", "say_claim", "warm_up"]

#: The scales whose texts the rules can read.
CODED_SCALES: Final = frozenset({"ansm"})


def say_claim(hit: Hit, concepts: Mapping[str, GraphConcept], language: Language) -> Said | None:
    """The sentences, or None when the text is not coded: then the quote stands alone."""
    claim = hit.claim
    if claim.native_scale not in CODED_SCALES:
        return None
    main, plus = source_name(claim.subject, concepts), source_name(claim.object, concepts)
    names = (name_of(concepts[hit.a], language), name_of(concepts[hit.b], language))
    mechanism = claim.qualifiers.get("mechanism", "")
    management = claim.qualifiers.get("management", "")
    said = Said(
        say_mechanism(mechanism, main, plus, names, language) if mechanism else "",
        say_management(management, claim.severity, main, plus, names, language) if management else "",
    )
    return said if said.mechanism or said.management else None


def source_name(identifier: str, concepts: Mapping[str, GraphConcept]) -> str:
    """The name the French text is likely to use."""
    concept = concepts.get(identifier)
    return "" if concept is None else next(iter(concept.names.get("fr", ())), concept.name)


def warm_up(claims: Iterable[Claim], concepts: Mapping[str, GraphConcept]) -> int:
    """Reads the texts of every coded claim once, so that no check waits for it; how many claims were read.

    Some half a millisecond each: for a service to do when it starts, beside its first requests.
    """
    coded = 0
    for claim in claims:
        if claim.native_scale in CODED_SCALES and claim.predicate == "interacts_with":
            people_in(claim, concepts)
            coded += 1
    return coded


@lru_cache(maxsize=16_384)
def mechanism_facts(text: str, main: str, plus: str) -> tuple[MechanismFact, ...]:
    from medrag_graph.pddi import read_mechanism

    return read_mechanism(text, main, plus)


@lru_cache(maxsize=16_384)
def management_facts(text: str, level: Severity, main: str, plus: str) -> tuple[ManagementFact, ...]:
    from medrag_graph.pddi import read_management

    return read_management(text, level, main, plus)


@lru_cache(maxsize=65_536)
def say_mechanism(text: str, main: str, plus: str, names: tuple[str, str], language: Language) -> str:
    from medrag_graph.pddi.render import Speaker, render_mechanism

    facts = mechanism_facts(text, main, plus)
    return joined([said.text for said in render_mechanism(facts, Speaker(language, *names))], language)


@lru_cache(maxsize=65_536)
def say_management(
    text: str, level: Severity, main: str, plus: str, names: tuple[str, str], language: Language
) -> str:
    from medrag_graph.pddi.render import Speaker, render_management

    facts = management_facts(text, level, main, plus)
    return joined([said.text for said in render_management(facts, Speaker(language, *names))], language)


def joined(sentences: list[str], language: Language) -> str:
    return ("" if language == "zh" else " ").join(sentences)


def people_singled_out(hit: Hit, concepts: Mapping[str, GraphConcept]) -> tuple[tuple[str, str], ...]:
    """(population code, role of the text it stands in) of every group of patients a claim's texts single out."""
    return people_in(hit.claim, concepts) if hit.claim.native_scale in CODED_SCALES else ()


def people_in(claim: Claim, concepts: Mapping[str, GraphConcept]) -> tuple[tuple[str, str], ...]:
    main, plus = source_name(claim.subject, concepts), source_name(claim.object, concepts)
    mechanism = claim.qualifiers.get("mechanism", "")
    management = claim.qualifiers.get("management", "")
    told = [
        (code, "mechanism")
        for fact in (mechanism_facts(mechanism, main, plus) if mechanism else ())
        for code in fact.population
    ]
    told += [
        (code, "management")
        for fact in (management_facts(management, claim.severity, main, plus) if management else ())
        for code in fact.population
    ]
    return tuple(dict.fromkeys(told))
