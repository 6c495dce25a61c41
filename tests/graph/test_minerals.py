"""Which mineral a salt is given for, read from names in English, French and VA's way of writing."""

from __future__ import annotations

import pytest

from medrag_graph.combinations import split_parts
from medrag_graph.minerals import mineral_of, salts_of
from medrag_graph.products import prepared_names, without_suffix


@pytest.mark.parametrize(
    ("name", "mineral"),
    [
        ("potassium chloride", "potassium"),
        ("chlorure de potassium", "potassium"),
        ("potassium (chlorure de)", "potassium"),
        ("ferrous sulfate,dried", "iron"),
        ("ferric carboxymaltose", "iron"),
        ("sulfate ferreux", "iron"),
        ("calcium (as carbonate)", "calcium"),
        ("magnesium sulfate heptahydrate", "magnesium"),
        ("aluminium hydroxide", "aluminum"),
        ("zinc oxide", "zinc"),
        ("potassium iodide", None),
        ("calcium folinate", None),
        ("sodium chloride", None),
        ("potassium", None),
        ("losartan potassium", None),
        ("warfarin", None),
    ],
)
def test_a_salt_is_given_for_its_mineral(name: str, mineral: str | None) -> None:
    assert mineral_of(name) == mineral


@pytest.mark.parametrize(
    ("name", "mineral"),
    [
        ("aluminium (sels)", "aluminum"),
        ("sels de fer", "iron"),
        ("calcium salts", "calcium"),
        ("sels biliaires", None),
    ],
)
def test_a_class_of_salts_names_its_mineral(name: str, mineral: str | None) -> None:
    assert salts_of(name) == mineral


def test_a_mineral_named_alone_shares_the_salt_of_the_last() -> None:
    assert split_parts("ALUMINUM/MAGNESIUM HYDROXIDE") == ("ALUMINUM HYDROXIDE", "MAGNESIUM HYDROXIDE")
    assert split_parts("calcium/cholecalciferol") == ("calcium", "cholecalciferol")


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("Nitroglycerin Sublingual", "nitroglycerin"),
        ("Buprenorphine Sublingual and Buccal (opioid dependence)", "buprenorphine"),
        ("Insulin Aspart (rDNA Origin)", "insulin aspart"),
        ("Amphotericin B Liposomal", "amphotericin b"),
        ("Doxorubicin Lipid Complex", "doxorubicin"),
        ("Eptinezumab-jjmr", "eptinezumab"),
    ],
)
def test_a_preparation_is_called_by_its_drug(name: str, drug: str) -> None:
    assert prepared_names(name)[-1] == drug


@pytest.mark.parametrize(
    "name",
    [
        "Oral Polio Vaccine",
        "sodium (bicarbonate de)",
        "POTASSIUM (AS CHLORIDE)",
        "Influenza B virus antigen (formaldehyde inactivated)",
        "losartan",
    ],
)
def test_what_is_no_preparation(name: str) -> None:
    assert prepared_names(name) == ()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("infliximab dyyb", ["infliximab"]),
        ("ziv aflibercept", ["aflibercept"]),
        ("insulin glargine yfgn", ["insulin glargine"]),
        ("losartan hctz", []),
        ("adalimumab", []),
    ],
)
def test_the_suffix_of_a_biological_says_nothing_and_that_of_a_chemical_may_be_a_drug(
    name: str, plain: list[str]
) -> None:
    assert list(without_suffix(name)) == plain
