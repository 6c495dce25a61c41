"""Names of combination products divide into their parts."""

from __future__ import annotations

import pytest

from medrag_graph.combinations import CO_NAMES, split_parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("sulfamethoxazole/trimethoprim", ("sulfamethoxazole", "trimethoprim")),
        ("SULFAMÉTHOXAZOLE + TRIMÉTHOPRIME", ("SULFAMÉTHOXAZOLE", "TRIMÉTHOPRIME")),
        ("codeine and acetaminophen", ("codeine", "acetaminophen")),
        ("aspirin, caffeine, and dihydrocodeine", ("aspirin", "caffeine", "dihydrocodeine")),
        ("amoxicilline et acide clavulanique", ("amoxicilline", "acide clavulanique")),
        ("paracétamol associé à la codéine", ("paracétamol", "la codéine")),
        ("co-trimoxazole", ("sulfamethoxazole", "trimethoprim")),
        ("亚胺培南、西司他丁", ("亚胺培南", "西司他丁")),
    ],
)
def test_a_combination_divides(name: str, parts: tuple[str, ...]) -> None:
    assert split_parts(name) == parts


@pytest.mark.parametrize(
    "name", ["warfarin", "insulin 70/30", "estrogens, conjugated", "Hyperforin (and others)", ""]
)
def test_what_is_no_combination_stays_whole(name: str) -> None:
    assert split_parts(name) == (name,)


def test_every_co_name_has_two_parts_or_more() -> None:
    assert all(len(parts) > 1 for parts in CO_NAMES.values())
