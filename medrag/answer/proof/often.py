"""Reads how often: so many times a day, week or month, or every so many hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

__all__ = ["Often", "read_often"]


@dataclass(frozen=True, slots=True)
class Often:
    """How often: ``n`` times a period, or every ``n`` seconds; ``n`` 0 is "a day" with no count."""

    n: Fraction
    period: str
    start: int
    end: int
    written: str
    #: The upper end of "every 4 to 6 hours", in seconds.
    hi: Fraction | None = None

    @property
    def key(self) -> tuple[Fraction, str, Fraction | None]:
        return (self.n, self.period, self.hi)


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
                 "min": 60, "minutes": 60, "分钟": 60, "年": 31104000, "year": 31104000, "years": 31104000, "month": 2592000, "months": 2592000, "月": 2592000, "mois": 2592000}  # fmt: skip  # noqa: E501
_EVERY_WORD = "|".join(sorted(_EVERY, key=len, reverse=True))
OFTEN = re.compile(
    rf"(?:(?<![a-z0-9])|(?=[^\x00-\x7f]))(?:"
    rf"(?P<code>{'|'.join(_CODES)})(?![a-z])"
    rf"|q ?(?P<q>\d+) ?(?P<qu>h|hr|hrs|hours|d|w)?(?![a-z])"
    rf"|(?P<other>every other day|on alternate days|alternate days|every second day|qod(?![a-z])|隔日(?:一次|1次)?|隔天(?:一次|1次)?)"  # noqa: E501
    rf"|(?!\d+(?:\.\d+)?[ -](?:day|week|month|year)(?![a-z])){_COUNT}(?: (?:times|time|doses))?[ -](?:(?:a|per|each|every|in a) )?(?P<p>daily|day|weekly|week|wk|monthly|month|yearly|year)(?![a-z])"  # noqa: E501
    rf"|(?P<fn>\d+|une|deux|trois|quatre) fois par (?P<fp>jour|semaine|mois)"
    rf"|(?:every|toutes les|tous les|每|每隔) ?(?P<e>\d+(?:\.\d+)?)(?: ?(?:-|~|to|and|至|到|a) ?(?P<eh>\d+))? ?(?:个)?(?P<eu>{_EVERY_WORD})(?![a-z])(?:1次|给药1次|1次给药)?"  # noqa: E501
    rf"|(?P<en>\d+)[ -](?:hourly|weekly)"
    rf"|(?:每|1|一|/)(?:个)?(?P<zp>日|天|周|星期|月|年)(?:给药|服用|口服|注射|用药|内)?(?P<zn>\d+)次"
    rf"|(?P<zn2>\d+)次/(?P<zp2>日|天|周|月|d)"
    rf"|(?P<rate>daily|quotidien(?:ne)?s?|(?:per|a|each|every|/|par)(?:24 ?h|[ ]?day|[ ]?jour)|/ ?[dj](?![a-z])|每日|每天|[1一][日天](?=(?:\d|最|不|总|量|剂|仅|只|可|应|给|服|用|口))|/日|/天|日剂量)(?![a-z])"  # noqa: E501
    rf"|(?P<ratew>weekly|hebdomadaires?|(?:per|a|each|every|par) (?:week|semaine)|/ ?(?:week|wk|semaine|sem)|每周|每星期|/周)(?![a-z])"  # noqa: E501
    rf"|(?P<ratey>annual(?:ly)?|yearly|(?:per|a|each|every|par) (?:year|an)|每年|/年)(?![a-z])"
    rf"|(?P<ratem>monthly|mensuel(?:le)?s?|(?:per|a|each|every) month|每月|/月)(?![a-z])"
    rf")|(?P<slash>/(?:day|d|j|jour|日|天)(?![a-z]))|(?P<slashw>/(?:week|wk|semaine|周)(?![a-z]))"
)


#: "每周皮下注射1次": the count may stand behind what is done.
_COUNTED = re.compile(r"[^\d,，。;；、\0]{0,8}?(?P<n>\d+)(?=次)")


def read_often(text: str) -> Iterator[Often]:
    """How often, in order of the folded text."""
    for m in OFTEN.finditer(text):
        n, period = told_often(m)
        counted = _COUNTED.match(text, m.end()) if n == 0 and m[0].startswith(("每", "一", "1")) else None
        n = Fraction(counted["n"]) if counted else n
        high = Fraction(m["eh"]) * _EVERY[m["eu"]] if m["eh"] else None
        yield Often(Fraction(n), period, m.start(), m.end(), m[0].strip(), high)


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
    if m["slashw"]:
        return 0, "week"
    # "weekly" and "every week" are said of one dose a week; "per week" of a total.
    once = m[0].startswith(("weekly", "hebdo", "mensuel", "monthly", "annual", "yearly", "every"))
    return int(once), ("week" if m["ratew"] else "month" if m["ratem"] else "year")
