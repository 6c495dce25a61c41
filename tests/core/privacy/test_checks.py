"""The check digits agree with the examples their authorities publish, and no digit can be changed unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.privacy.checks import (
    CHINESE_CHECK,
    CHINESE_WEIGHTS,
    is_card,
    is_chinese_id,
    is_french_nir,
    is_hong_kong_id,
    is_iban,
    is_nhs_number,
    is_ssn,
    is_taiwan_id,
    luhn,
)


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (is_chinese_id("11010519491231002X"), True),
        (is_chinese_id("440524188001010014"), True),
        (is_chinese_id("991231194912310021"), False),
        (is_chinese_id("110105491231002"), True),
        (is_chinese_id("110105491331002"), False),
        (is_nhs_number("9434765919"), True),
        (is_nhs_number("9434765918"), False),
        (is_french_nir("255081416802538"), True),
        (is_french_nir("255081416802539"), False),
        (is_hong_kong_id("A", "123456", "3"), True),
        (is_hong_kong_id("A", "123456", "4"), False),
        (is_taiwan_id("A123456789"), True),
        (is_taiwan_id("A123456788"), False),
        (is_card("4111111111111111"), True),
        (is_card("4111111111111112"), False),
        (is_iban("GB82WEST12345698765432"), True),
        (is_iban("GB82WEST12345698765433"), False),
        (is_ssn("123", "45", "6789"), True),
        (is_ssn("666", "45", "6789"), False),
        (is_ssn("900", "45", "6789"), False),
    ],
)
def test_known_numbers(told: bool, right: bool) -> None:
    assert told is right


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_seen(digits: str, place: int, step: int) -> None:
    check = next(last for last in "0123456789" if luhn(digits + last))
    at = place % len(digits)
    wrong = digits[:at] + str((int(digits[at]) + step) % 10) + digits[at + 1 :]
    assert not luhn(wrong + check)


@given(st.integers(0, 999))
def test_a_right_check_character_makes_an_identity(serial: int) -> None:
    body = f"11010519491331{serial:03d}"  # no such day: only the check character speaks for it
    total = sum(int(digit) * weight for digit, weight in zip(body, CHINESE_WEIGHTS, strict=True))
    right = CHINESE_CHECK[total % 11]
    assert is_chinese_id(body + right)
    assert not is_chinese_id(body + ("0" if right != "0" else "1"))
