"""Management rules on sentences of our own: every action, what to watch, when, how far apart, and what is no action."""

from __future__ import annotations

import pytest

from medrag.vocabulary import Severity
from medrag_graph.pddi import ManagementFact, Quantity, read_management
from medrag_graph.pddi.facts import ACTIONS
from medrag_graph.pddi.management_rules import MONITORED

MAIN, PLUS = "ALPHAZINE", "BÊTADRINES"


def read(text: str, level: Severity = "moderate") -> tuple[ManagementFact, ...]:
    facts = read_management(text, level, MAIN, PLUS)
    for fact in facts:
        assert fact.span.of(text).strip() == fact.span.of(text) != ""
        assert fact.condition is None or fact.condition.span.of(text)
    return facts


def actions(text: str) -> list[str]:
    return [fact.action for fact in read(text)]


#: A sentence of our own for each action.
SENTENCES = {
    "contraindicated": "avec la gammine",
    "avoid": "Eviter cette association.",
    "caution": "chez le sujet âgé",
    "be_aware": "avec la gammine",
    "monitor": "Surveillance clinique.",
    "adjust_dose": "Adaptation de la posologie.",
    "reduce_dose": "Réduire la dose.",
    "increase_dose": "Augmenter la posologie.",
    "limit_dose": "Ne pas dépasser 5 mg par jour.",
    "lowest_dose": "Débuter aux posologies minimales.",
    "space_intake": "Prendre l'alphazine à distance de la bêtadrine.",
    "delay": "Respecter un délai de 3 jours entre l'arrêt de l'une et le début de l'autre.",
    "take_together": "Prendre les deux médicaments simultanément.",
    "stop": "Interrompre le traitement par l'alphazine.",
    "stop_before": "Interrompre l'alphazine 4 jours avant l'examen.",
    "do_not_stop_abruptly": "Ne pas arrêter brutalement l'alphazine.",
    "do_not_use": "Ne pas administrer le même jour.",
    "alternative": "Utiliser un autre antalgique.",
    "contraception": "Utiliser une méthode contraceptive fiable.",
    "hydrate": "Hydrater le patient.",
    "correct_potassium": "Corriger toute hypokaliémie.",
    "supplement": "Contrôle de la calcémie et supplémentation si besoin.",
    "avoid_alcohol": "Eviter la prise de boissons alcoolisées.",
    "avoid_sodium": "Eviter les surcharges sodées.",
    "inform_patient": "Prévenir le patient.",
    "supervise": "A n'utiliser que sous contrôle médical.",
    "weigh_benefit": "Evaluer le rapport bénéfice/risque.",
    "interpret_levels": "Prudence dans l'interprétation des dosages.",
    "see_label": "Se reporter à l'AMM.",
}
LEVELS: dict[str, Severity] = {"contraindicated": "contraindicated", "be_aware": "minor"}


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action(action: str) -> None:
    facts = read(SENTENCES[action], LEVELS.get(action, "moderate"))
    assert action in [fact.action for fact in facts]


#: What to watch, in words of our own.
WATCHED = {
    "monitor.clinical": "clinique",
    "monitor.hospital": "en milieu hospitalier",
    "monitor.laboratory": "biologique",
    "monitor.ecg": "de l'ECG",
    "monitor.inr": "de l'INR",
    "monitor.lithium": "de la lithémie",
    "monitor.potassium": "de la kaliémie",
    "monitor.electrolytes": "électrolytique",
    "monitor.calcium": "de la calcémie",
    "monitor.sodium": "de la natrémie",
    "monitor.magnesium": "de la magnésémie",
    "monitor.renal": "de la fonction rénale",
    "monitor.glucose": "de la glycémie",
    "monitor.blood_urine_glucose": "sanguine et urinaire",
    "monitor.blood_count": "de l'hémogramme",
    "monitor.liver": "des transaminases",
    "monitor.digoxin": "de la digoxinémie",
    "monitor.theophylline": "de la théophyllinémie",
    "monitor.quinidine": "de la quinidinémie",
    "monitor.drug_level": "des concentrations plasmatiques",
    "monitor.vitamin_d": "de la vitamine D",
    "monitor.cpk": "des CPK",
    "monitor.amylase": "de l'amylasémie",
    "monitor.ferritin": "de la ferritinémie",
    "monitor.thyroid": "de la TSH",
    "monitor.blood_pressure": "de la pression artérielle",
    "monitor.bleeding_time": "du temps de saignement",
    "monitor.coagulation": "de la coagulation",
    "monitor.bleeding_signs": "des signes hémorragiques",
    "monitor.viral_load": "de la charge virale",
    "monitor.cardiac": "de la fonction cardiaque",
    "monitor.hydration": "de l'état d'hydratation",
    "monitor.hearing": "auditive",
    "monitor.neuromuscular": "de la curarisation",
    "monitor.response": "de la réponse thérapeutique",
    "monitor.respiratory": "respiratoire",
    "monitor.ammonia": "de l'ammoniémie",
    "monitor.eye": "ophtalmologique",
    "monitor.haematocrit": "de l'hématocrite",
}


@pytest.mark.parametrize("code", sorted({rule.code for rule in MONITORED}))
def test_each_thing_to_watch(code: str) -> None:
    (fact,) = read(f"Surveillance {WATCHED[code]}.")
    assert fact.action == "monitor"
    assert code in fact.monitor


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        (
            "Prendre à distance (plus de 2 heures, si possible).",
            Quantity("2", "unit.hour", "", (), "bound.more_than"),
        ),
        (
            "Prendre à distance (plus de deux heures).",
            Quantity("deux", "unit.hour", "", (), "bound.more_than"),
        ),
        ("Espacer les prises d'au moins 12 heures.", Quantity("12", "unit.hour", "", (), "bound.at_least")),
        ("Respecter un délai de 6 à 24 heures avant le début.", Quantity("6", "unit.hour", "24")),
        ("Respecter un délai d'une semaine après l'arrêt.", Quantity("une", "unit.week")),
        ("Prendre à distance (6 heures, ou 12 heures).", None),
        ("Prendre à distance, 6 heures avant ou 4 heures après.", None),
        ("Prendre à distance.", None),
    ],
)
def test_intervals_are_copied_and_never_chosen_among_several(text: str, interval: Quantity | None) -> None:
    (fact,) = read(text)
    assert fact.interval == interval


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("Ne pas dépasser 20 mg/j d'alphazine.", Quantity("20", "unit.mg", "", ("per.day",))),
        (
            "Réduire la dose à 0,5 mg deux fois par jour.",
            Quantity("0,5", "unit.mg", "", ("per.twice_daily",)),
        ),
        ("Réduire la dose de moitié.", Quantity("de moitie", "part.half")),
        ("Réduction de la posologie de 75%.", Quantity("75", "unit.percent")),
        ("Réduire la dose à 5 mg ou 10 mg.", None),
        ("Réduire la dose (150 mg 1 jour sur deux).", None),
        ("Réduire la dose.", None),
    ],
)
def test_doses_are_copied_and_never_chosen_among_several(text: str, dose: Quantity | None) -> None:
    assert read(text)[0].dose == dose


def test_after_stopping_is_a_time_and_never_an_order_to_stop() -> None:
    monitor, adjust = read(
        "Contrôle de l'INR et adaptation de la posologie de l'alphazine pendant l'association et 8 jours après"
        " l'arrêt de la bêtadrine."
    )
    assert (monitor.action, adjust.action) == ("monitor", "adjust_dose")
    assert adjust.when == ("when.during", "when.after_stopping")
    assert adjust.lasting == Quantity("8", "unit.day")
    assert adjust.target is not None
    assert adjust.target.role == "main"


def test_if_needed_belongs_to_the_action_it_stands_before() -> None:
    watch, level, adjust = read(
        "Surveillance clinique, et éventuellement des concentrations plasmatiques de bêtadrine ; si besoin,"
        " adaptation de sa posologie."
    )
    assert [watch.if_needed, level.if_needed, adjust.if_needed] == [False, True, True]
    assert level.target == adjust.target
    assert adjust.target is not None
    assert adjust.target.role == "plus"


def test_if_it_cannot_be_avoided_is_no_need_and_no_restriction() -> None:
    (fact,) = read("Si l'association ne peut être évitée, surveillance clinique étroite.", "major")
    assert (fact.if_unavoidable, fact.if_needed, fact.condition, fact.intensity) == (
        True,
        False,
        None,
        "intensity.close",
    )


def test_a_level_text_that_only_restricts_yields_the_levels_own_action() -> None:
    (fact,) = read(":\n- avec la gammine\n- avec la deltine", "contraindicated")
    assert fact.action == "contraindicated"
    assert fact.condition is not None
    assert fact.condition.words == "avec la gammine - avec la deltine"


def test_a_restriction_holds_for_the_actions_under_it() -> None:
    first, second = read(
        ":\n- avec les autres bêtadrines\nSurveillance clinique. Adaptation de la posologie."
    )
    assert first.condition is not None
    assert first.condition == second.condition
    assert first.condition.words == "avec les autres bêtadrines"


def test_an_exception_said_after_the_action_is_kept() -> None:
    (fact,) = read("Eviter cette association sauf en milieu spécialisé.")
    assert fact.condition is not None
    assert fact.condition.words == "sauf en milieu spécialisé"


def test_a_restriction_in_brackets_holds_for_its_own_action() -> None:
    first, second = read("Surveillance clinique (pour l'alphazine, contrôle de l'INR).")
    assert first.condition is None
    assert second.condition is not None
    assert (second.monitor, second.condition.words) == (("monitor.inr",), "pour l'alphazine")


def test_a_level_goes_on_after_treatment() -> None:
    (fact,) = read("Et pendant les 3 mois suivant l'arrêt du traitement.", "contraindicated")
    assert (fact.action, fact.lasting) == ("contraindicated", Quantity("3", "unit.month"))
    assert fact.when == ("when.during_treatment", "when.after_stopping")


def test_a_level_printed_in_the_text_governs_what_follows() -> None:
    (fact,) = read("Contre-indication :\n- avec la gammine", "major")
    assert fact.action == "contraindicated"


def test_a_level_said_again_inside_its_own_restriction_does_not_split_it() -> None:
    """Both halves must hold together; two restrictions of their own would forbid too much."""
    (fact,) = read(
        "Avec l'alphazine à forte dose :\n- contre-indication avec la bêtadrine injectable", "contraindicated"
    )
    assert fact.condition is not None
    assert fact.condition.words.startswith("Avec l'alphazine à forte dose")
    assert fact.condition.words.endswith("bêtadrine injectable")


def test_what_a_level_forbids_is_said_beside_what_to_do_about_it() -> None:
    avoid, watch = read(
        ":\n- avec la gammine.\nSi l'association ne peut être évitée, surveillance clinique.", "major"
    )
    assert (avoid.action, watch.action, watch.if_unavoidable) == ("avoid", "monitor", True)
    assert avoid.condition == watch.condition


def test_a_bullet_with_its_own_action_leaves_the_others_to_the_level() -> None:
    first, second, third = read("- avec la gammine\n- avec la deltine : surveillance clinique.", "major")
    assert [fact.action for fact in (first, second, third)] == ["avoid", "avoid", "monitor"]
    assert first.condition is not None
    assert second.condition is not None
    assert first.condition.words == "avec la gammine"
    assert second.condition.words == "avec la deltine"
    assert third.condition == second.condition


def test_a_check_beforehand_and_a_continuous_one_stay_apart() -> None:
    first, second = read("Contrôle préalable du QT et surveillance ECG continue.")
    assert (first.when, first.intensity) == (("when.before",), "")
    assert (second.when, second.intensity) == ((), "intensity.continuous")


def test_one_of_several_ways_is_an_option() -> None:
    facts = read("Réduire la dose ou interrompre l'alphazine.")
    assert [(fact.action, fact.option) for fact in facts] == [("reduce_dose", True), ("stop", True)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Voir ci-dessus.",
        "Sans objet.",
        "Interaction attendue.",
        "L'arrêt du tabac est souhaitable.",
        "Surveillance.",
    ],
)
def test_what_no_rule_reads_gives_no_fact(text: str) -> None:
    assert read(text) == ()


def test_not_to_stop_is_never_to_stop() -> None:
    assert actions("Ne pas interrompre brutalement l'alphazine.") == ["do_not_stop_abruptly"]
    assert "stop" not in actions("Adapter la posologie avant puis après l'arrêt de l'alphazine.")
