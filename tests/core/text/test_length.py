"""The length estimate: its laws, and how near it comes to the packaged model's own count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.text.length import estimate_tokens, weigh_tokens

#: Texts of our own with the tokens multilingual-e5 makes of them, counted once with the packaged model.
COUNTED = [
    ("Start metformin at 500 mg once daily and raise the dose every week as the stomach allows.", 20),
    ("L'association avec un diurétique épargneur de potassium expose à une hyperkaliémie sévère.", 28),
    ("二甲双胍应在肾小球滤过率低于三十时停用，并每三个月复查一次肾功能。", 27),
]


@given(st.text(max_size=80), st.text(max_size=80))
def test_weights_add_up_at_white_space(one: str, other: str) -> None:
    parts = weigh_tokens(one) + weigh_tokens(other)
    assert weigh_tokens(f"{one}\n{other}") <= parts + 1e-6
    assert weigh_tokens(f"{one}\n{other}") >= parts - 1.0 * (one + other).count("-") - 1e-6


@given(st.text(max_size=80))
def test_only_white_space_has_no_tokens(text: str) -> None:
    assert (estimate_tokens(text) == 0) == (not text.strip())


@pytest.mark.parametrize(("text", "counted"), COUNTED)
def test_near_the_real_count(text: str, counted: int) -> None:
    assert estimate_tokens(text) == pytest.approx(counted, rel=0.2)
