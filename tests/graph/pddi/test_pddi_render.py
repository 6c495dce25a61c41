"""Facts said in three languages: names come from the caller, numbers from the text, restrictions stay."""

from __future__ import annotations

import pytest

from medrag.vocabulary import Language
from medrag_graph.pddi import Quantity, read_management, read_mechanism, render_management, render_mechanism
from medrag_graph.pddi.quantity_words import say_dose, say_time
from medrag_graph.pddi.render import Speaker

SPEAKERS: dict[Language, Speaker] = {
    "en": Speaker("en", "alphazine", "betadrine"),
    "zh": Speaker("zh", "阿法嗪", "倍他君"),
    "fr": Speaker("fr", "alphazine", "bêtadrine"),
}


def mechanism(text: str, language: Language) -> str:
    facts = read_mechanism(text, "ALPHAZINE", "BÊTADRINES")
    return " ".join(said.text for said in render_mechanism(facts, SPEAKERS[language]))


def management(text: str, language: Language) -> str:
    facts = read_management(text, "moderate", "ALPHAZINE", "BÊTADRINES")
    return " ".join(said.text for said in render_management(facts, SPEAKERS[language]))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Concentrations of alphazine may rise markedly; the metabolism of alphazine is reduced."
            " Risk of bleeding and overdose.",
        ),
        ("zh", "阿法嗪的血药浓度可能明显升高；阿法嗪的代谢减弱。 有出血和药物过量的风险。"),
        (
            "fr",
            "Alphazine : augmentation possible des concentrations (nettement) ; alphazine : métabolisme diminué."
            " Risque : hémorragie et surdosage.",
        ),
    ],
)
def test_a_mechanism(language: Language, expected: str) -> None:
    text = (
        "Risque d'augmentation importante des concentrations d'alphazine par inhibition de son métabolisme,"
        " avec saignement et surdosage."
    )
    assert mechanism(text, language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Monitor clinical condition and the INR more often; if needed, adjust the dose of betadrine during the"
            " combination and for 8 days after stopping.",
        ),
        ("zh", "更频繁地监测临床情况和INR；必要时，合用期间和停药后8天内调整倍他君的剂量。"),
        (
            "fr",
            "Surveiller l'état clinique et l'INR plus fréquemment ; si besoin, adapter la posologie (bêtadrine)"
            " pendant l'association et pendant 8 jours après l'arrêt.",
        ),
    ],
)
def test_a_management(language: Language, expected: str) -> None:
    text = (
        "Surveillance clinique et contrôle plus fréquent de l'INR, adaptation éventuelle de la posologie de la"
        " bêtadrine pendant l'association et 8 jours après son arrêt."
    )
    assert management(text, language) == expected


def test_the_interval_keeps_its_bound_and_si_possible_qualifies_it() -> None:
    text = "Prendre l'alphazine à distance de la bêtadrine (plus de 2 heures, si possible)."
    assert management(text, "en") == "Take the two drugs apart: more than 2 hours, if possible."
    assert management(text, "zh") == "两药分开服用：超过2小时（如有可能）。"
    assert management(text, "fr") == "Espacer les prises : plus de 2 heures, si possible."


def test_a_restriction_is_always_said() -> None:
    text = "Avec la forme injectable : surveillance clinique."
    assert management(text, "en") == "In this case (“Avec la forme injectable”): monitor clinical condition."
    assert management(text, "zh") == "在此情况下（“Avec la forme injectable”）：监测临床情况。"
    long = "Avec " + "la forme injectable très lente et " * 10 + "sûre : surveillance clinique."
    assert management(long, "en") == "In the case the quoted text describes: monitor clinical condition."


def test_a_drug_that_is_neither_is_quoted_unless_the_caller_or_the_table_names_it() -> None:
    facts = read_mechanism("Augmentation des concentrations du Gammol.", "ALPHAZINE", "BÊTADRINES")
    (said,) = render_mechanism(facts, SPEAKERS["en"])
    assert said.text == "Concentrations of the drug the source calls “Gammol” rise."
    (said,) = render_mechanism(facts, Speaker("zh", "甲", "乙", {"Gammol": "伽莫"}))
    assert said.text == "伽莫的血药浓度升高。"
    assert mechanism("Baisse des concentrations de l'opiacé.", "en") == "Concentrations of the opioid fall."


def test_every_sentence_tells_where_its_french_stands() -> None:
    text = "Risque de coma. Avec la gammine, risque d'hypotension."
    facts = read_mechanism(text, "ALPHAZINE", "BÊTADRINES")
    first, second = render_mechanism(facts, SPEAKERS["en"])
    assert [span.of(text) for span in first.spans] == ["coma"]
    assert [span.of(text) for span in second.spans] == ["Avec la gammine", "hypotension"]


def test_no_fact_is_no_sentence() -> None:
    assert render_mechanism((), SPEAKERS["en"]) == ()
    assert render_management((), SPEAKERS["zh"]) == ()


def test_quantities_in_three_languages() -> None:
    assert say_time(Quantity("une", "unit.week"), "en") == "one week"
    assert say_time(Quantity("deux", "unit.week"), "zh") == "两周"
    assert say_time(Quantity("1", "unit.week", "2"), "en") == "1 to 2 weeks"
    assert say_time(Quantity("4", "unit.week", bound="bound.up_to"), "fr") == "jusqu'à 4 semaines"
    assert say_dose(Quantity("0,5", "unit.mg", per=("per.twice_daily",)), "en") == "0.5 mg twice daily"
    assert say_dose(Quantity("0,5", "unit.mg", per=("per.day",)), "fr") == "0,5 mg par jour"
    assert say_dose(Quantity("20", "unit.mg", per=("per.day",)), "zh") == "每日20 mg"
    assert say_dose(Quantity("de moitie", "part.half"), "zh") == "减半"
