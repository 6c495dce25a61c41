"""Reads the numbers of a statement with their units, comparisons, frequencies and lengths of time, in one form.

Units are converted by the table here, which is the declared one: metric prefixes of gram, litre, mole and metre,
minutes to weeks, months to years. International units, milliequivalents, tablets and cells convert into nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

__all__ = ["Amount", "Often", "read_amounts", "read_often"]

Comparison = Literal["=", "<", "<=", ">", ">=", "~"]

#: Unit as written (folded) -> (dimension, factor to the dimension's base unit).
_PREFIXES: Final = {"k": Fraction(1000), "": Fraction(1), "m": Fraction(1, 1000), "n": Fraction(1, 10**9)}
_MICRO: Final = Fraction(1, 10**6)


def _table() -> dict[str, tuple[str, Fraction]]:
    one = Fraction(1)
    units: dict[str, tuple[str, Fraction]] = {}

    def add(dimension: str, factor: Fraction, names: str) -> None:
        units.update(dict.fromkeys(names.split("|"), (dimension, factor)))

    add("g", Fraction(1000), "kg|kilogram|kilograms|公斤|千克")
    add("g", one, "g|gram|grams|gm|克")
    add("g", Fraction(1, 1000), "mg|milligram|milligrams|毫克")
    add("g", _MICRO, "μg|mcg|ug|microgram|micrograms|微克")
    add("g", Fraction(1, 10**9), "ng|nanogram|nanograms|纳克")
    add("l", one, "l|litre|litres|liter|liters|升")
    add("l", Fraction(1, 10), "dl|分升")
    add("l", Fraction(1, 1000), "ml|millilitre|millilitres|milliliter|milliliters|毫升|cc")
    add("mol", one, "mol|摩尔")
    add("mol", Fraction(1, 1000), "mmol|毫摩尔")
    add("mol", _MICRO, "μmol|umol|micromol|微摩尔")
    add("mol", Fraction(1, 10**9), "nmol")
    add("meq", one, "meq|毫当量")
    add("iu", one, "iu|international units|international unit|国际单位|unit|units|单位|u")
    add("s", one, "s|sec|second|seconds|秒|秒钟")
    add("s", Fraction(1, 1000), "ms|msec|millisecond|milliseconds|毫秒")
    add("s", Fraction(60), "min|mins|minute|minutes|分钟")
    add("s", Fraction(3600), "h|hr|hrs|hour|hours|小时|heure|heures")
    add("s", Fraction(86400), "d|day|days|天|日|jour|jours|昼夜")
    add("s", Fraction(604800), "week|weeks|wk|wks|周|星期|个星期|semaine|semaines")
    add("month", one, "month|months|个月|月|mois")
    add("month", Fraction(12), "year|years|yr|yrs|years old|years of age|year old|岁|周岁|年|an|ans")
    add("mmhg", one, "mmhg|mm hg|毫米汞柱")
    add("m", Fraction(1, 100), "cm|厘米")
    add("m", Fraction(1, 1000), "mm|毫米")
    add("m2", one, "m2|平方米")
    add("celsius", one, "°c|℃|摄氏度")
    add("%", one, "%|percent|per cent")
    add("tablet", one, "tablet|tablets|片|comprime|comprimes")
    add("capsule", one, "capsule|capsules|粒")
    add("drop", one, "drop|drops|滴")
    add("puff", one, "puff|puffs|喷|吸|揿")
    add("ampoule", one, "ampoule|ampoules|vial|vials|支|瓶")
    add("sachet", one, "sachet|sachets|袋")
    add("times", one, "times|fold|-fold|倍")
    add("beat", one, "bpm|beats/min|beats per minute|次/分|次/分钟")
    add("dose", one, "doses|剂")
    add("kcal", one, "kcal|千卡")
    add("points", one, "points|point|分")
    return units


UNITS: Final = _table()
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
#: What may stand under a fraction bar besides a unit: body surface 1.73 m2.
_PER = rf"(?:/|\s?per\s|每)(?P<per>1\.73 ?m2|1\.73平方米|{_UNIT})(?![a-z0-9])"
_ONE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:[.,]\d+)?"
_LATIN = r"(?<![a-z0-9.])(?<!\d,)(?<![a-z]-)"
NUMBER = re.compile(
    rf"(?:{_LATIN}|(?<=\bq))(?P<lo>{_ONE})(?P<exp> ?(?:x|×) ?10\^\d+)?(?P<wan>[万亿])?"
    rf"(?:(?: ?[a-z%μ]{{0,4}})? ?(?:-|~|to|and|至|到|a) ?(?P<hi>{_ONE})(?P<wan2>万)?)?"
    rf"(?:[ -]?(?P<unit>{_UNIT})(?![a-z]|(?<=[a-z])\d))?"
)
FOLLOW = re.compile(_PER)
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
    rf"\b({'|'.join(WORDS)})\b(?=[ -](?:\w+ )?(?:{_UNIT})\b| times\b)|\bone(?=[ -](?:{_UNIT})\b)"
)
_HAN_DIGIT: Final = {char: n for n, char in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in base units. ``unit`` is a dimension or a fraction of two (``g/l``), empty for a bare number.

    ``start`` and ``end`` span it and its comparison in the folded text; ``hi`` is set for a range.
    """

    comparison: str
    value: Fraction
    unit: str
    hi: Fraction | None
    written: str
    start: int
    end: int
    #: Comparison words that stand farther off, read with the number: their span, empty when none.
    far: tuple[int, int] = (0, 0)

    @property
    def key(self) -> tuple[str, Fraction, str, Fraction | None]:
        return (self.comparison, self.value, self.unit, self.hi)


@dataclass(frozen=True, slots=True)
class Often:
    """How often: ``n`` times a period, or every ``n`` seconds; ``n`` 0 is "a day" with no count."""

    n: Fraction
    period: str
    start: int
    end: int
    written: str

    @property
    def key(self) -> tuple[Fraction, str]:
        return (self.n, self.period)


def spell_out(text: str) -> str:
    """Number words before what they count as digits; lengths change, so this comes before any offset is taken."""
    text = COUNTED.sub(lambda m: "0.5" if m["n"] == "半" else str(han_number(m["n"])), text)
    return SPELLED.sub(lambda m: WORDS.get(m[0], "1"), text)


def han_number(text: str) -> int:
    if "十" not in text:
        return _HAN_DIGIT[text]
    tens, ones = text.split("十")
    return 10 * (_HAN_DIGIT[tens] if tens else 1) + (_HAN_DIGIT[ones] if ones else 0)


#: Comparison words right before a number, then those that may stand farther off, then those behind.
NEAR: Final = (
    (
        r"<=|≤|not (?:more|greater|higher|longer) than|no (?:more|greater|higher|longer) than|at most|up to|not above|within"
        r"|不超过|不高于|不大于|不多于|至多|最多|小于等于|小于或等于|≦|au maximum|jusqu'a",
        "<=",
    ),
    (
        r">=|≥|at least|not (?:less|lower|fewer) than|no (?:less|lower|fewer) than|not below|a minimum of"
        r"|不低于|不少于|不小于|至少|大于等于|大于或等于|≧|au moins",
        ">=",
    ),
    (
        r"<|less than|lower than|fewer than|below|under|younger than|smaller than|shorter than|falls? (?:to )?below"
        r"|低于|小于|少于|不足|未满|不满|inferieure? a",
        "<",
    ),
    (
        r">|more than|greater than|higher than|above|exceeds?|exceeding|older than|longer than|over"
        r"|(?:高于|大于|超过)正常(?:值)?上限的?|高于|大于|超过|多于|超出|superieure? a",
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
_GAP = r"(?: ?(?:of|to|a|an|is|the|by|:|为|至|到|是))*[ ]?$"
_NEAR = [(re.compile(rf"(?:(?<![a-z])(?:{words}))" + _GAP), told) for words, told in NEAR]
_FAR = [(re.compile(rf"(?<![a-z])(?P<far>{words})[^\d;.。；,，]{{0,70}}$"), told) for words, told in FAR]
_BEHIND = [(re.compile(words), told) for words, told in BEHIND]
#: "infused over 30 minutes" is a length of time, no bound.
_DURING = re.compile(
    r"(?:infus\w*|inject\w*|administer\w*|given|bolus)[^\d;.]{0,30}\bover (?:a period of )?$"
)


_GOES_ON = re.compile(r"(?!.*(?:dose|start|then|剂量|起始))[^,;.，；。]{0,50}?(?:\band|\bor|和|或) ?")


def decimal(text: str) -> Fraction:
    """ "1,000" is a thousand, "1,5" one and a half, "10 000" ten thousand."""
    bare = text.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
        return Fraction(bare.replace(",", ""))
    return Fraction(bare.replace(",", "."))


def read_amounts(text: str) -> Iterator[Amount]:
    """The amounts of a folded text in order. Raises ValueError where a number cannot be read."""
    reached, last = 0, None
    for match in NUMBER.finditer(text):
        if match.start() < reached:
            continue
        amount = one_amount(text, match, reached)
        if last is not None and goes_on(text, last, amount):
            amount = replace(amount, comparison=last.comparison, far=last.far)
        reached, last = amount.end, amount
        yield amount


def goes_on(text: str, last: Amount, amount: Amount) -> bool:
    """Whether a bound is said of a second amount too: "not exceed 20 mg with A and 10 mg with B"."""
    alike = amount.comparison == "=" and last.far != (0, 0) and last.unit == amount.unit
    return alike and _GOES_ON.fullmatch(text[last.end : amount.start]) is not None


def one_amount(text: str, match: re.Match[str], reached: int) -> Amount:
    """A number with its unit behind and its comparison before or behind."""
    scale = Fraction({"万": 10**4, "亿": 10**8}.get(match["wan"] or match["wan2"] or "", 1))
    if match["exp"]:
        scale *= Fraction(10) ** int(match["exp"].split("^")[1])
    dimension, factor, end = unit_behind(text, match)
    comparison, start, far = before(text, match.start(), reached)
    for pattern, told in _BEHIND:
        behind = pattern.match(text, end)
        if behind and comparison == "=":
            # "12岁以下" is what is said for "under 12 years"; of other amounts the bound is meant as well.
            young = told == "<=" and dimension == "month" and behind[0] == "以下"
            comparison, end = "<" if young else told, behind.end()
    low = decimal(match["lo"]) * scale * factor
    high = decimal(match["hi"]) * scale * factor if match["hi"] else None
    return Amount(comparison, low, dimension, high, text[start:end], start, end, far)


def unit_behind(text: str, match: re.Match[str]) -> tuple[str, Fraction, int]:
    """Dimension, factor and end of a unit and what it is divided by. A day below the bar is how often, not a unit."""
    if not match["unit"] and not match["exp"]:
        return "", Fraction(1), match.end()
    dimension, factor = UNITS[match["unit"]] if match["unit"] else ("", Fraction(1))
    end = match.end()
    while (per := FOLLOW.match(text, end)) is not None:
        if per["per"].startswith("1.73"):
            dimension += "/1.73m2"
        else:
            below, size = UNITS[per["per"]]
            if size in (86400, 604800) or below == "month":
                break
            if per["per"] in ("kg", "公斤", "千克", "kilogram"):
                below, size = "body kg", Fraction(1)
            dimension, factor = f"{dimension}/{below}", factor / size
        end = per.end()
    return dimension, factor, end


def before(text: str, at: int, reached: int) -> tuple[str, int, tuple[int, int]]:
    """The comparison in front of a number, where number and comparison begin, and where words farther off stand."""
    front = text[max(reached, at - 110) : at]
    shift = at - len(front)
    if _DURING.search(front):
        return "=", at, (0, 0)
    for patterns, near in ((_FAR[:1], False), (_NEAR, True), (_FAR[1:], False)):
        for pattern, told in patterns:
            found = pattern.search(front)
            if found and near:
                return told, shift + found.start(), (0, 0)
            if found:
                return told, nearer(front, at, told), (shift + found.start("far"), shift + found.end("far"))
    return "=", at, (0, 0)


def nearer(front: str, at: int, told: str) -> int:
    """Where a second word for the same comparison begins, as in "maximum, not more than 4 g"; else the number."""
    found = next((m for pattern, same in _NEAR if same == told and (m := pattern.search(front))), None)
    return at - len(front) + found.start() if found else at


_COUNT = r"(?P<n>\d+(?:\.\d+)?|once|twice|thrice|one|two|three|four|five|six)"
_TIMES: Final = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
}
_PERIODS: Final = {
    "d": "day", "day": "day", "daily": "day", "jour": "day", "日": "day", "天": "day",
    "week": "week", "weekly": "week", "wk": "week", "semaine": "week", "周": "week", "星期": "week",
    "month": "month", "monthly": "month", "月": "month", "mois": "month", "year": "year", "yearly": "year", "年": "year",
    "h": "hour", "hour": "hour", "小时": "hour",
}  # fmt: skip
_CODES: Final = {"qd": (1, "day"), "bid": (2, "day"), "tid": (3, "day"), "qid": (4, "day"), "qw": (1, "week"),
                 "biw": (2, "week"), "tiw": (3, "week"), "od": (1, "day"), "bd": (2, "day"), "tds": (3, "day")}  # fmt: skip
_EVERY: Final = {"h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "小时": 3600, "heure": 3600, "heures": 3600,
                 "day": 86400, "days": 86400, "d": 86400, "日": 86400, "天": 86400, "jour": 86400, "jours": 86400,
                 "week": 604800, "weeks": 604800, "周": 604800, "星期": 604800, "wk": 604800,
                 "min": 60, "minutes": 60, "分钟": 60, "month": 2592000, "months": 2592000, "月": 2592000, "mois": 2592000}  # fmt: skip  # noqa: E501
_EVERY_WORD = "|".join(sorted(_EVERY, key=len, reverse=True))
OFTEN = re.compile(
    rf"(?:(?<![a-z0-9])|(?=[^\x00-\x7f]))(?:"
    rf"(?P<code>{'|'.join(_CODES)})(?![a-z])"
    rf"|q ?(?P<q>\d+) ?(?P<qu>h|hr|hrs|hours|d|w)?(?![a-z])"
    rf"|(?P<other>every other day|on alternate days|alternate days|every second day|qod(?![a-z])|隔日(?:一次|1次)?|隔天(?:一次|1次)?)"  # noqa: E501
    rf"|{_COUNT}(?: (?:times|time|doses))?[ -](?:(?:a|per|each|every|in a) )?(?P<p>daily|day|weekly|week|wk|monthly|month|yearly|year)(?![a-z])"  # noqa: E501
    rf"|(?P<fn>\d+|une|deux|trois|quatre) fois par (?P<fp>jour|semaine|mois)"
    rf"|(?:every|toutes les|tous les|每|每隔) ?(?P<e>\d+(?:\.\d+)?)(?:-\d+)? ?(?:个)?(?P<eu>{_EVERY_WORD})(?![a-z])(?:(?:1次|一次|给药1次|1次给药))?"  # noqa: E501
    rf"|(?P<en>\d+)[ -](?:hourly|weekly)"
    rf"|(?:每|1|一|/)(?:个)?(?P<zp>日|天|周|星期|月|年)(?:给药|服用|口服|注射|用药|内)?(?P<zn>\d+)次"
    rf"|(?P<zn2>\d+)次/(?P<zp2>日|天|周|月|d)"
    rf"|(?P<rate>daily|(?:per|a|each|every|/|par)(?:24 ?h|[ ]?day|[ ]?jour)|/ ?d(?![a-z])|每日|每天|[1一]日|[1一]天|/日|/天|日剂量)(?![a-z])"  # noqa: E501
    rf"|(?P<ratew>weekly|(?:per|a|each|every|par) (?:week|semaine)|/ ?(?:week|wk)|每周|每星期|/周)(?![a-z])"
    rf"|(?P<ratem>monthly|(?:per|a|each|every) month|每月|/月)(?![a-z])"
    rf")|(?P<slash>/(?:day|d|日|天)(?![a-z]))"
)


def read_often(text: str) -> Iterator[Often]:
    """How often, in order of the folded text."""
    for m in OFTEN.finditer(text):
        n, period = told_often(m)
        yield Often(Fraction(n), period, m.start(), m.end(), m[0].strip())


def told_often(m: re.Match[str]) -> tuple[Fraction | int, str]:
    if m["code"]:
        return _CODES[m["code"]]
    if m["q"]:
        return Fraction(m["q"]) * {"d": 86400, "w": 604800}.get(m["qu"] or "h", 3600), "every"
    if m["other"]:
        return 2 * 86400, "every"
    if m["p"]:
        return Fraction(_TIMES.get(m["n"]) or Fraction(m["n"])), _PERIODS[m["p"]]
    if m["fn"]:
        return int({"une": "1", "deux": "2", "trois": "3", "quatre": "4"}.get(m["fn"], m["fn"])), _PERIODS[
            m["fp"]
        ]
    if m["e"]:
        return Fraction(m["e"]) * _EVERY[m["eu"]], "every"
    if m["en"]:
        return int(m["en"]) * (3600 if "hour" in m[0] else 604800), "every"
    if m["zp"]:
        return int(m["zn"]), _PERIODS[m["zp"]]
    if m["zn2"]:
        return int(m["zn2"]), _PERIODS[m["zp2"]]
    if m["rate"] or m["slash"]:
        return 0, "day"
    # "weekly" alone is said of one dose a week; "per week" of a total.
    return (1 if m[0] in ("weekly", "monthly") else 0), ("week" if m["ratew"] else "month")
