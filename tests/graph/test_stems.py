"""French names become the English names they are by named rules, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.text.normalise import fold_name
from medrag_graph.stems import english_forms


@pytest.mark.parametrize(
    ("french", "english", "rule"),
    [
        ("warfarine", "warfarin", "final-e"),
        ("ciclosporine", "ciclosporin", "final-e"),
        ("acide acétylsalicylique", "acetylsalicylic acid", "acid"),
        ("VALPROÏQUE (ACIDE)", "valproic acid", "acid"),
        ("acide ursodésoxycholique", "ursodeoxycholic acid", "acid"),
        ("chlorure de sodium", "sodium chloride", "of"),
        ("sodium (picosulfate de)", "sodium picosulfate", "inverted+of"),
        ("diméthyle ( fumarate de)", "dimethyl fumarate", "inverted+of"),
        ("phénytoïne", "phenytoin", "final-e"),
        ("or", "gold", "irregular"),
    ],
)
def test_a_rule_makes_the_english_name_and_says_its_own(french: str, english: str, rule: str) -> None:
    assert (rule, english) in list(english_forms(fold_name(french)))


def test_a_name_that_is_english_already_is_not_its_own_form() -> None:
    assert "morphine" not in [form for _, form in english_forms("morphine")]


@given(st.text(st.sampled_from("abcdefinortuy (),é"), max_size=30))
def test_forms_are_distinct_and_bounded(text: str) -> None:
    forms = [form for _, form in english_forms(fold_name(text))]
    assert len(forms) == len(set(forms))
    assert len(forms) < 3000
