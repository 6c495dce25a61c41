"""Reads numbers written in words or digits: "two", "三", "1,000", "10 000"."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from medrag.answer.proof.units import UNIT_WORDS

__all__ = ["decimal", "spell_out"]

#: Chinese numerals are numbers only before something counted.
COUNTED = re.compile(
    r"(?<![第同统单])(?P<n>[二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九半])"
    r"(?=(?:个)?(?:小时|月|星期|天|周|年|岁|片|粒|倍|分钟|毫克|毫升|微克|克|支|滴|剂|次|日次|喷|单位))"
)
WORDS: Final = {
    word: str(n)
    for n, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
SPELLED = re.compile(
    rf"\b({'|'.join(WORDS)}|one)\b(?= (?:to|or) (?:\d|{'|'.join(WORDS)})[a-z]*[ -](?:{UNIT_WORDS})\b)"
    rf"|\b({'|'.join(WORDS)})\b(?=[ -](?:\w+ )?(?:{UNIT_WORDS})\b| times\b)|\bone(?=[ -](?:{UNIT_WORDS})\b)"
)
_HALF_HOUR = re.compile(r"\bhalf an hour\b")
_HAN_DIGIT: Final = {char: n for n, char in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


def spell_out(text: str) -> str:
    """Number words before what they count as digits; lengths change, so this comes before any offset is taken."""
    text = _HALF_HOUR.sub("30 minutes", text)
    text = FIRST_DAY.sub("第1日", text)
    text = PARTS.sub(part_of, ORDINAL.sub(lambda m: f" {NUMBERED[m['unit']]}no{m['n']} ", text))
    text = NUMBERED_EN.sub(lambda m: f"{m['unit'].lower()}no{m['n']}", text)
    text = COUNTED.sub(lambda m: "0.5" if m["n"] == "半" else str(han_number(m["n"])), text)
    return SPELLED.sub(lambda m: WORDS.get(m[0], "1"), text)


#: "首日" is the first day.
FIRST_DAY = re.compile("首[日天](?!光)")
#: "第3天" and "day 3" are one day; neither is a length of time.
NUMBERED: Final = {"天": "day", "日": "day", "周": "week", "个月": "month", "月": "month", "周期": "cycle"}
ORDINAL = re.compile(r"第 ?(?P<n>\d+) ?(?P<unit>周期|天|日|周|个月|月)")
NUMBERED_EN = re.compile(
    r"\b(?P<unit>day|week|month|cycle) (?P<n>\d+)\b(?![ -]?(?:to|or|-|~))", re.IGNORECASE
)
#: Parts of a whole, in words: "三分之一", "one third".
PARTS = re.compile(
    r"(?P<low>[二三四五])分之(?P<n>[一二三四])"
    r"|\b(?P<m>one|a|two|three)[ -](?P<part>third|quarter|fourth|fifth)s?\b"
    r"(?! (?:day|dose|week|month|trimester|degree|line|party))",
    re.IGNORECASE,
)
_PART: Final = {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5}


def part_of(match: re.Match[str]) -> str:
    """A part of a whole as a word of its own: no number that might be read as an amount."""
    if match["low"]:
        return f" part{_HAN_DIGIT[match['n']]}of{_HAN_DIGIT[match['low']]} "
    count = {"a": 1, "one": 1, "two": 2, "three": 3}[match["m"].lower()]
    return f"part{count}of{_PART[match['part'].lower()]}"


def han_number(text: str) -> int:
    if "十" not in text:
        return _HAN_DIGIT[text]
    tens, ones = text.split("十")
    return 10 * (_HAN_DIGIT[tens] if tens else 1) + (_HAN_DIGIT[ones] if ones else 0)


def decimal(text: str) -> Fraction:
    """ "1,000" is a thousand, "1,5" one and a half, "10 000" ten thousand."""
    bare = text.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
        return Fraction(bare.replace(",", ""))
    return Fraction(bare.replace(",", "."))
