"""Finds the words that make a bound of a number: at least, up to, below, 以上, 不超过."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["before", "behind"]

#: Comparison words right before a number, then those that may stand farther off, then those behind.
NEAR: Final = (
    (
        r"<=|≤|not (?:more|greater|higher|longer) than|no (?:more|greater|higher|longer) than|at most|up to|not above|within"
        r"|不超过|不高于|不大于|不多于|至多|最多|小于等于|小于或等于|≦|au maximum|jusqu'a",
        "<=",
    ),
    (
        r">=|≥|at least|not (?:less|lower|fewer) than|no (?:less|lower|fewer) than|not below|a minimum of"
        r"|(?<![未不])满(?!意|足)|年满|不低于|不少于|不小于|至少|大于等于|大于或等于|≧|au moins",
        ">=",
    ),
    (
        r"<|less than|lower than|fewer than|below|under|younger than|smaller than|shorter than|falls? (?:to )?below"
        r"|moins de|低于|小于|少于|不足|未满|不满|inferieure? a",
        "<",
    ),
    (
        r">|more than|greater than|higher than|above|exceeds?|exceeding|older than|longer than|over"
        r"|(?:高于|大于|超过)正常(?:值)?上限的?|高于|大于|超过|多于|超出|superieure?s? a|plus de",
        ">",
    ),
    (r"about|approximately|around|roughly|约|大约|约为|大概|environ", "~"),
)
FAR: Final = (
    (
        r"(?:(?:should|must|do|does|may|can|shall) not|cannot|never|not to|not) (?:be )?exceed(?:ed|ing)?|maximum|maximal|max\.?|no more than"  # noqa: E501
        r"|(?:不应|不得|不宜|不可|不能|切勿|勿|请勿|不要|不)超过|最大|最高|极量|ne pas depasser|maximale?",
        "<=",
    ),
    (r"minimum|minimal|最低|最小|最少|下限", ">="),
)
BEHIND: Final = (
    (
        r" ?(?:or|and) (?:more|greater|above|higher|older|over|longer|later)|或以上|及以上|以上|或更高|及其以上|ou plus",
        ">=",
    ),
    (
        r" ?(?:or|and) (?:less|below|lower|younger|under|fewer|shorter)|或以下|及以下|以下|以内|之内|内(?!酰)|或更低|ou moins",
        "<=",
    ),
    (r"左右|上下", "~"),
)
_GAP = r"(?: ?(?:of|to|a|an|is|the|by|take|takes|give|total|:|为|至|到|是|\0))*[ ]?$"
_NEAR = [(re.compile(rf"(?:(?<![a-z])(?:{words}))" + _GAP), told) for words, told in NEAR]
_FAR = [(re.compile(rf"(?<![a-z])(?P<far>{words})[^\d;.。；,，]{{0,70}}$"), told) for words, told in FAR]
_BEHIND = [(re.compile(words), told) for words, told in BEHIND]
#: "at least separated by 4 hours": what may stand between such words and the number.
_CLOSE = [
    (
        re.compile(
            rf"(?P<far>{words})(?: |by|间隔|相隔|隔|隔开|要|应|需|完成|治疗|持续|连续|服用?|使用|给予|应用|用药|注射)+$"
        ),
        told,
    )
    for words, told in ((r"at most|最多|至多", "<="), (r"at least|至少|最少|不少于", ">="))
]
#: "should not be used for more than 4 weeks": what may stand between the "not" and the "more than". No patient may:
#: "not given to patients older than 65" bounds the patients.
_NOT = re.compile(
    r"(?<![a-z])(?P<far>(?:(?:should|must|do|does|may|can|shall) not|cannot|never|not to|not|no)(?= )"
    r"|不(?:应|得|宜|可|能|要)?该?)"
    r"(?: |be|use|used|give|given|take|taken|administer|administered|continuously|continue|continued|last|for|receive"
    r"|prescribe|prescribed|连续|长期|使用|服用|应用|用药|给予|给药|时间|疗程|\0)*$"
)
#: "infused over 30 minutes" is a length of time, no bound.
_DURING = re.compile(
    r"(?:infus\w*|inject\w*|administer\w*|given|bolus|gradual\w*|taper\w*|titrat\w*"
    r"|slowly|reduc\w*|withdraw\w*|spread|divided)[^\d;.]{0,30}\bover (?:a period of )?$"
)


def before(text: str, at: int, reached: int) -> tuple[str, int, tuple[int, int]]:
    """The comparison in front of a number, where number and comparison begin, and where words farther off stand."""
    front = text[max(reached, at - 110) : at]
    shift = at - len(front)
    if _DURING.search(front):
        return "=", at, (0, 0)
    for patterns, near in ((_FAR[:1], False), (_NEAR, True), (_CLOSE, False), (_FAR[1:], False)):
        for pattern, told in patterns:
            found = pattern.search(front)
            if found and near:
                denied = _NOT.search(front[: found.start()]) if told == ">" else None
                far = (shift + denied.start("far"), shift + denied.end("far")) if denied else (0, 0)
                return "<=" if denied else told, shift + found.start(), far
            if found:
                return told, nearer(front, at, told), (shift + found.start("far"), shift + found.end("far"))
    return "=", at, (0, 0)


def nearer(front: str, at: int, told: str) -> int:
    """Where a second word for the same comparison begins, as in "maximum, not more than 4 g"; else the number."""
    found = next((m for pattern, same in _NEAR if same == told and (m := pattern.search(front))), None)
    return at - len(front) + found.start() if found else at


def behind(text: str, end: int, dimension: str) -> tuple[str, int]:
    """The comparison behind a number that ends at ``end``, and where its words end; "=" when there is none."""
    for pattern, told in _BEHIND:
        found = pattern.match(text, end)
        if found:
            # "12岁以下" is what is said for "under 12 years"; of other amounts the bound is meant as well.
            young = told == "<=" and dimension == "month" and found[0] == "以下"
            return "<" if young else told, found.end()
    return "=", end
