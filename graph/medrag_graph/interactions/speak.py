"""Says a source's mechanism and management in the asker's language, from the PDDI facts read out of its French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from medrag.vocabulary import Language
from medrag_graph.coded import CODED_SCALES, Facts, facts_of, kept_facts
from medrag_graph.interactions.pairs import Hit
from medrag_graph.interactions.report import Said
from medrag_graph.interactions.words import name_of
from medrag_graph.model import Claim, GraphConcept

__all__ = ["people_singled_out", "prepare_to_say", "say_claim"]


def say_claim(hit: Hit, concepts: Mapping[str, GraphConcept], language: Language) -> Said | None:
    """The sentences, or None when the text is not coded: then the quote stands alone."""
    if hit.claim.native_scale not in CODED_SCALES:
        return None
    names = (name_of(concepts[hit.a], language), name_of(concepts[hit.b], language))
    coded = hit.claim.coded
    said = say_coded(coded, names, language) if coded else say(facts_of(hit.claim, concepts), names, language)
    return said if said.mechanism or said.management else None


def prepare_to_say(claims: Iterable[Claim]) -> None:
    """Loads what sentences are made of, and the facts kept with these claims, so that no check waits for it."""
    for coded in {claim.coded for claim in claims if claim.coded}:
        say(kept_facts(coded), ("", ""), "en")


@lru_cache(maxsize=65_536)
def say_coded(coded: str, names: tuple[str, str], language: Language) -> Said:
    return say(kept_facts(coded), names, language)


def say(facts: Facts, names: tuple[str, str], language: Language) -> Said:
    from medrag_graph.pddi.render import Speaker, render_management, render_mechanism

    speaker = Speaker(language, *names)
    mechanism = [said.text for said in render_mechanism(facts.mechanism, speaker)]
    management = [said.text for said in render_management(facts.management, speaker)]
    between = "" if language == "zh" else " "
    return Said(between.join(mechanism), between.join(management))


def people_singled_out(hit: Hit, concepts: Mapping[str, GraphConcept]) -> tuple[tuple[str, str], ...]:
    """(population code, role of the text it stands in) of every group of patients a claim's texts single out."""
    facts = facts_of(hit.claim, concepts)
    told = [(code, "mechanism") for fact in facts.mechanism for code in fact.population]
    told += [(code, "management") for fact in facts.management for code in fact.population]
    return tuple(dict.fromkeys(told))
