"""The public algorithms that tell a real identity or card number from any other number."""

from __future__ import annotations

from datetime import date

__all__ = [
    "is_card",
    "is_chinese_id",
    "is_french_nir",
    "is_hong_kong_id",
    "is_iban",
    "is_nhs_number",
    "is_ssn",
    "is_taiwan_id",
    "luhn",
]

#: GB 11643-1999, section 4.4: ISO 7064 MOD 11-2 over the first 17 digits.
CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHINESE_CHECK = "10X98765432"
#: First two digits of GB/T 2260: provinces, Taiwan, Hong Kong, Macao.
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
#: Letter values of Taiwan's identity card, in the order of its own table.
TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled, its digits added; the sum ends in 0."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """A payment card: 13 to 19 digits, an issuer's first digit (2-6, or 9 for national use), Luhn."""
    return 13 <= len(digits) <= 19 and digits[0] in "234569" and luhn(digits)


def is_chinese_id(number: str) -> bool:
    """GB 11643: 18 characters, or the 15 of before 1999. A right check character, or a real region and day of birth.

    A slip in the last character still names a person, so either is enough."""
    if number[:2] not in PROVINCES:
        return False
    if len(number) == 15:
        return number.isdigit() and is_day("19" + number[6:12])
    total = sum(int(digit) * weight for digit, weight in zip(number, CHINESE_WEIGHTS, strict=False))
    return CHINESE_CHECK[total % 11] == number[-1].upper() or is_day(number[6:14])


def is_day(told: str) -> bool:
    """YYYYMMDD of a day that was, from 1880."""
    try:
        day = date(int(told[:4]), int(told[4:6]), int(told[6:8]))
    except ValueError:
        return False
    return 1880 <= day.year <= 2100


def is_ssn(area: str, group: str, serial: str) -> bool:
    """SSA, randomised numbering since 2011: no area 000, 666 or 900-999, no group 00, no serial 0000."""
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_nhs_number(digits: str) -> bool:
    """NHS Data Dictionary, NHS NUMBER: weights 10 to 2, 11 minus the remainder by 11; 11 is 0, 10 is never given."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return len(digits) == 10 and (11 - total % 11) % 11 == int(digits[-1])


def is_french_nir(number: str) -> bool:
    """INSEE: 13 characters and a key of 97 minus them modulo 97; Corsica's 2A counts as 19, 2B as 18."""
    body = number[:13].upper().replace("2A", "19").replace("2B", "18")
    return len(number) == 15 and body.isdigit() and 97 - int(body) % 97 == int(number[13:])


def is_hong_kong_id(letters: str, digits: str, check: str) -> bool:
    """Hong Kong Immigration Department: weights 9 (a space counts 36) to 2; the sum with the check divides by 11."""
    values = [36, *(ord(c) - 55 for c in letters)][-2:] + [int(digit) for digit in digits]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return (total + (10 if check == "A" else int(check))) % 11 == 0


def is_taiwan_id(number: str) -> bool:
    """National Immigration Agency: the letter is two digits, weights 1, 9, 8 ... 1, 1; the sum ends in 0."""
    first = TAIWAN_LETTERS.index(number[0]) + 10
    digits = [first // 10, first % 10, *(int(digit) for digit in number[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0


def is_iban(text: str) -> bool:
    """ISO 13616: the first four characters to the end, letters as 10-35, remainder 1 by 97."""
    if not 15 <= len(text) <= 34:
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
