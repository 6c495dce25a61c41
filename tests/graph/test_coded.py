"""Facts kept with a claim are the facts the rules read, whatever they are made of."""

from __future__ import annotations

import pytest

from medrag_graph.coded import code_claims, facts_of, kept_facts
from medrag_graph.model import Claim, GraphConcept

CONCEPTS = {
    "a": GraphConcept("a", "drug", "alphazine", {"fr": ("ALPHAZINE",)}),
    "b": GraphConcept("b", "class", "betadrines", {"fr": ("BÊTADRINES",)}),
}


def claim(mechanism: str, management: str, scale: str = "ansm") -> Claim:
    told = {"mechanism": mechanism, "management": management}
    return Claim("c", "e", "interacts_with", "a", "b", "major", scale, "", "", told, ())


@pytest.mark.parametrize(
    ("mechanism", "management"),
    [
        ("", ""),
        ("Ceci n'est lu par aucune règle", "Ni ceci"),
        (
            "Risque majoré de saignement, notamment chez le sujet âgé.",
            "Surveillance clinique et biologique régulière.",
        ),
        (
            "Augmentation des concentrations plasmatiques de l'alphazine par diminution de son métabolisme hépatique.",
            "Prendre l'alphazine à distance des bêtadrines (plus de 2 heures, si possible).",
        ),
        (
            "Diminution de l'absorption digestive.",
            "Adapter la posologie pendant le traitement et 1 à 2 semaines après son arrêt, sans dépasser 20 mg par jour.",
        ),
    ],
)
def test_kept_facts_are_the_facts_read(mechanism: str, management: str) -> None:
    bare = claim(mechanism, management)
    (coded,) = code_claims([bare], CONCEPTS.values())
    assert coded.coded
    assert facts_of(coded, CONCEPTS) == kept_facts(coded.coded) == facts_of(bare, CONCEPTS)


def test_something_was_read() -> None:
    text = "Augmentation des concentrations plasmatiques de l'alphazine, chez l'insuffisant rénal."
    (coded,) = code_claims([claim(text, "Surveillance de l'INR pendant 8 jours.")], CONCEPTS.values())
    facts = facts_of(coded, {})
    assert facts.mechanism
    assert facts.management


def test_a_scale_no_rule_reads_has_no_facts() -> None:
    bare = claim("Risque majoré de saignement.", "Surveillance.", "ndfrt")
    assert code_claims([bare], CONCEPTS.values()) == (bare,)
    assert not facts_of(bare, CONCEPTS).mechanism
