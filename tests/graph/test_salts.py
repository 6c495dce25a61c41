"""Salt words come off by a closed list; a mineral's salt stays whole."""

from __future__ import annotations

import pytest

from medrag_graph.salts import split_salt


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("warfarin sodium", ("warfarin", "sodium")),
        ("metformin hydrochloride", ("metformin", "hydrochloride")),
        ("sodium, warfarin", ("warfarin", "sodium")),
        ("chlorhydrate de metformine", ("metformine", "chlorhydrate")),
        ("heparine calcique", ("heparine", "calcique")),
        ("amoxicillin trihydrate", ("amoxicillin", "trihydrate")),
        ("lithium carbonate", ("lithium", "carbonate")),
        ("estradiol valerate", ("estradiol", "valerate")),
    ],
)
def test_a_salt_has_a_base(name: str, expected: tuple[str, str]) -> None:
    assert split_salt(name) == expected


@pytest.mark.parametrize("name", ["sodium chloride", "warfarin", "zinc", "calcium acetate", ""])
def test_minerals_and_bare_names_stay_whole(name: str) -> None:
    assert split_salt(name) is None
