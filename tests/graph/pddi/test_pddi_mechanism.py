"""Mechanism rules on sentences of our own: kinds, directions, drugs, consequences, and what must not be read."""

from __future__ import annotations

import pytest

from medrag_graph.pddi import MechanismFact, read_mechanism
from medrag_graph.pddi.consequences import CONSEQUENCES, FIRST

MAIN, PLUS = "ALPHAZINE", "BÊTADRINES"


def read(text: str) -> tuple[MechanismFact, ...]:
    facts = read_mechanism(text, MAIN, PLUS)
    for fact in facts:
        assert fact.span.of(text).strip() == fact.span.of(text) != ""
    return facts


def told(text: str) -> list[tuple[str, str, str]]:
    """(kind, direction, role) of what happens to drugs."""
    return [
        (fact.kind, fact.direction, fact.affected.role if fact.affected else "")
        for fact in read(text)
        if fact.kind != "outcome"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hausse notée : augmentation des concentrations de l’alphazine.", ("exposure", "increase", "main")),
        ("Baisse des taux sériques de la bêtadrine.", ("exposure", "decrease", "plus")),
        ("Variation de l'exposition à l'alphazine.", ("exposure", "variable", "main")),
        ("Inhibition du métabolisme de l'alphazine.", ("metabolism", "decrease", "main")),
        ("Accélération du métabolisme hépatique de la bêtadrine.", ("metabolism", "increase", "plus")),
        ("Diminution de l'absorption de l'alphazine.", ("absorption", "decrease", "main")),
        ("Augmentation de l'absorption de la bêtadrine.", ("absorption", "increase", "plus")),
        ("Réduction de l'excrétion rénale de l'alphazine.", ("elimination", "decrease", "main")),
        ("Augmentation de la clairance de la bêtadrine.", ("elimination", "increase", "plus")),
        ("Inhibition du transport de l'alphazine.", ("transport", "decrease", "main")),
        ("Déplacement de ses liaisons aux protéines plasmatiques.", ("protein_binding", "decrease", "")),
        ("Formation de complexes dans l'estomac.", ("chemical", "none", "")),
        ("Addition des toxicités.", ("additive", "increase", "both")),
        ("Antagonisme réciproque.", ("antagonism", "none", "both")),
        ("Augmentation de l'effet de l'alphazine.", ("effect", "increase", "main")),
        ("Diminution de l'activité de la bêtadrine.", ("effect", "decrease", "plus")),
    ],
)
def test_what_happens(text: str, expected: tuple[str, str, str]) -> None:
    assert told(text) == [expected]


def test_its_metabolism_is_that_of_the_drug_just_named() -> None:
    text = "Diminution très importante des concentrations de bêtadrine par augmentation de son métabolisme."
    first, second = read(text)
    assert (first.degree, first.possible) == ("degree.very_marked", False)
    assert (second.kind, second.direction, second.affected) == ("metabolism", "increase", first.affected)
    assert first.affected is not None
    assert first.affected.role == "plus"


def test_a_drug_outside_the_pair_keeps_its_own_word() -> None:
    (fact,) = read("Augmentation des concentrations du Gammol.")
    assert fact.affected is not None
    assert (fact.affected.role, fact.affected.words) == ("named", "Gammol")


def test_both_drugs_named_one_after_the_other() -> None:
    assert told("Baisse des concentrations de l'alphazine et de la bêtadrine.") == [
        ("exposure", "decrease", "both")
    ]


def test_the_active_metabolite_is_told_apart() -> None:
    (fact,) = read("Augmentation des concentrations du métabolite actif de l'alphazine.")
    assert (fact.metabolite, fact.affected and fact.affected.role) == (True, "main")


def test_lithium_levels_are_lithiums() -> None:
    (fact,) = read_mechanism("Hausse : augmentation de la lithémie.", "ALPHAZINE", "LITHIUM")
    assert fact.affected is not None
    assert fact.affected.role == "plus"


def test_a_risk_is_possible_and_a_plain_statement_is_not() -> None:
    (risk,) = read("Risque d'augmentation des concentrations d'alphazine.")
    (plain,) = read("Augmentation des concentrations d'alphazine.")
    assert (risk.possible, plain.possible) == (True, False)


def test_the_restriction_at_the_head_of_a_sentence_is_kept_with_its_facts() -> None:
    (fact,) = read("Avec la forme injectable : risque d'hypotension.")
    assert fact.condition is not None
    assert fact.condition.words == "Avec la forme injectable"


def test_a_restriction_inside_a_sentence_holds_for_what_follows_it_alone() -> None:
    first, second = read("Risque de coma. De plus, avec le gammol, diminution du métabolisme de l'alphazine.")
    assert first.condition is None
    assert second.condition is not None
    assert second.condition.words == "avec le gammol"


def test_the_patients_singled_out() -> None:
    (fact,) = read("Risque de sédation, notamment chez le sujet âgé.")
    assert fact.population == ("population.elderly",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "Mécanisme inconnu.",
        "L'augmentation des concentrations d'alphazine est discutée.",
        "Association sans risque d'hypotension.",
        "Prudence en cas d'hypokaliémie.",
        "A surveiller chez l'insuffisant hépatique.",
        "Traitement de l'hypertension artérielle.",
        "Patient aux antécédents d'ulcération.",
        "Absence de torsades de pointes.",
    ],
)
def test_what_is_denied_or_only_a_premise_gives_no_fact(text: str) -> None:
    assert read(text) == ()


def test_less_of_an_effect_is_no_risk_of_that_effect() -> None:
    codes = {fact.consequence for fact in read("Diminution de l'effet sédatif de l'alphazine.")}
    assert codes == {""}
    codes = {fact.consequence for fact in read("Réduction de l'effet antihypertenseur.")}
    assert codes == {"outcome.reduced_antihypertensive"}


#: A sentence of our own for each consequence.
SENTENCES = {
    "outcome.reduced_antihypertensive": "Diminution de l'effet antihypertenseur.",
    "outcome.contraceptive_failure": "Perte d'efficacité contraceptive.",
    "outcome.uricosuric": "Diminution de l'effet uricosurique.",
    "outcome.hypoglycaemia_masked": "Peut masquer les symptômes de l'hypoglycémie.",
    "outcome.thrombosis": "Risque thrombotique.",
    "outcome.gi_ulcer": "Risque d'ulcération.",
    "outcome.bleeding": "Saignements possibles.",
    "outcome.orthostatic_hypotension": "Risque d'hypotension orthostatique.",
    "outcome.intracranial_hypertension": "Risque d'hypertension intracrânienne.",
    "outcome.pulmonary_hypertension": "Risque d'hypertension artérielle pulmonaire.",
    "outcome.hypertension": "Risque de poussée hypertensive.",
    "outcome.hypotension": "Chute : hypotension sévère.",
    "outcome.hyperkalaemia": "Risque d'hyperkaliémie.",
    "outcome.hypokalaemia": "Risque d'hypokaliémie.",
    "outcome.hyponatraemia": "Risque d'hyponatrémie.",
    "outcome.hypercalcaemia": "Risque d'hypercalcémie.",
    "outcome.hypocalcaemia": "Risque d'hypocalcémie.",
    "outcome.hypomagnesaemia": "Risque d'hypomagnésémie.",
    "outcome.hypophosphataemia": "Risque d'hypophosphatémie.",
    "outcome.qt": "Allongement de l'intervalle QT.",
    "outcome.torsades": "Torsades de pointes.",
    "outcome.arrhythmia": "Risque d'arythmie.",
    "outcome.bradycardia": "Bradycardie.",
    "outcome.conduction": "Bloc auriculo-ventriculaire.",
    "outcome.heart_failure": "Défaillance cardiaque.",
    "outcome.coronary": "Risque d'angor.",
    "outcome.ergotism": "Cas d'ergotisme.",
    "outcome.vasoconstriction": "Vasoconstriction.",
    "outcome.respiratory_depression": "Dépression respiratoire.",
    "outcome.cns_depression": "Somnolence.",
    "outcome.serotonin_syndrome": "Syndrome sérotoninergique.",
    "outcome.seizures": "Risque de convulsions.",
    "outcome.neuroleptic_malignant": "Syndrome malin.",
    "outcome.extrapyramidal": "Dyskinésies.",
    "outcome.psychiatric": "Hallucinations.",
    "outcome.behaviour": "Troubles du comportement.",
    "outcome.encephalopathy": "Encéphalopathie.",
    "outcome.hyperammonaemia": "Hyperammoniémie.",
    "outcome.neuropathy": "Neuropathie.",
    "outcome.neurotoxicity": "Neurotoxicité.",
    "outcome.ototoxicity": "Ototoxicité.",
    "outcome.nephrotoxicity": "Néphrotoxicité.",
    "outcome.kidney_failure": "Insuffisance rénale aiguë.",
    "outcome.dehydration": "Risque de déshydratation.",
    "outcome.hepatotoxicity": "Hépatotoxicité.",
    "outcome.hyperbilirubinaemia": "Hyperbilirubinémie.",
    "outcome.pancreatitis": "Pancréatite.",
    "outcome.pulmonary_toxicity": "Toxicité pulmonaire.",
    "outcome.haematotoxicity": "Neutropénie.",
    "outcome.infection": "Risque d'infection.",
    "outcome.vaccine_disease": "Maladie vaccinale.",
    "outcome.immunosuppression": "Immunodépression.",
    "outcome.macrophage_damage": "Atteinte des macrophages.",
    "outcome.rhabdomyolysis": "Rhabdomyolyse.",
    "outcome.hypo_or_hyperglycaemia": "Risque d'hypoglycémie ou d'hyperglycémie.",
    "outcome.hypoglycaemia": "Risque d'hypoglycémie.",
    "outcome.hyperglycaemia": "Risque d'hyperglycémie.",
    "outcome.lactic_acidosis": "Acidose lactique.",
    "outcome.metabolic_acidosis": "Acidose métabolique.",
    "outcome.alkalosis": "Alcalose.",
    "outcome.hypothyroidism": "Hypothyroïdie.",
    "outcome.thyroid_imbalance": "Déséquilibre du traitement thyroïdien substitutif.",
    "outcome.antabuse": "Effet antabuse.",
    "outcome.angioedema": "Angio-œdème.",
    "outcome.oedema": "Apparition d'œdèmes.",
    "outcome.hypersensitivity": "Réaction allergique.",
    "outcome.skin_necrosis": "Nécrose cutanée.",
    "outcome.colon_necrosis": "Nécrose colique.",
    "outcome.constipation": "Constipation.",
    "outcome.anticholinergic": "Rétention urinaire.",
    "outcome.cholinergic": "Effets cholinergiques.",
    "outcome.neuromuscular_block": "Potentialisation des curares.",
    "outcome.hyperthermia": "Hyperthermie.",
    "outcome.withdrawal": "Syndrome de sevrage.",
    "outcome.teratogenicity": "Risque tératogène.",
    "outcome.hypervitaminosis_a": "Hypervitaminose A.",
    "outcome.cobalamin": "Carence en cyanocobalamine.",
    "outcome.aluminium": "Absorption de l'aluminium.",
    "outcome.hyperchelation": "Hyperchélation.",
    "outcome.pruritus": "Prurit.",
    "outcome.shock": "Collapsus.",
    "outcome.tendon": "Rupture tendineuse.",
    "outcome.condom": "Rupture du préservatif.",
    "outcome.fatal": "Issue parfois mortelle.",
    "outcome.coma": "Risque de coma.",
    "outcome.treatment_failure": "Echec du traitement.",
    "outcome.reduced_efficacy": "Perte d'efficacité.",
    "outcome.overdose": "Signes de surdosage.",
    "outcome.adverse_effects": "Effets indésirables accrus.",
    "outcome.toxicity": "Toxicité accrue.",
}


@pytest.mark.parametrize("code", sorted({rule.code for rule in (*FIRST, *CONSEQUENCES)}))
def test_each_consequence(code: str) -> None:
    facts = read(SENTENCES[code])
    assert code in {fact.consequence for fact in facts}
    assert all(fact.rule and fact.direction for fact in facts)
