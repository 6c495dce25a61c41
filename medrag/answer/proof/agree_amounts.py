"""Whether amounts, frequencies and routes agree: same value, unit and comparison, none left out beside a dose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final

from medrag.answer.proof.amounts import Amount, is_bound
from medrag.answer.proof.marks import Piece
from medrag.answer.proof.molar import converts
from medrag.answer.proof.naming import WITHIN
from medrag.answer.proof.numerals import WORDS
from medrag.answer.proof.often import Often
from medrag.answer.proof.window import Told, Window, doses, ids, turned

__all__ = ["amounts_held", "both_name", "often_held", "routes_held"]

#: What a bare filtration rate or clearance is measured in.
CUSTOM: Final = {
    "term:estimated glomerular filtration rate": "l/s/1.73m2",
    "term:glomerular filtration rate": "l/s/1.73m2",
    "term:creatinine clearance": "l/s",
}


def amounts_held(claim: Piece, window: Window) -> Told:
    """Each amount with its unit and comparison stands in the quote, and no bound or second dose is left out."""
    held: list[Amount] = window.all("amounts")
    keys = {amount.key for amount in held}
    keys |= {(">", *a.key[1:]) for a in held if loose(a.written)}
    keys |= {("<", *a.key[1:]) for a in held if under(a, held)}
    customs = [CUSTOM[id] for id in ids((*claim.names, *claim.head)) if id in CUSTOM]
    mine: set[tuple[Any, ...]] = {
        ("=", Fraction(WORDS[word]), "", None) for word in claim.unknown if word in WORDS
    }
    for amount in claim.amounts:
        key = amount.key
        if key not in keys and not amount.unit:
            key = next((k for k in keys if k[2] in customs and same_bare(amount, k)), key)
        if key not in keys and loose(amount.written) and amount.comparison == ">=":
            key = next((k for k in keys if k == (">", *key[1:])), key)
        if key not in keys and not amount.unit and is_bound(amount):
            key = next((k for k in keys if k[0] == key[0] and k[1:3] == (key[1] * 12, "month")), key)
        if key not in keys and (amount.written.endswith("以下") or under(amount, claim.amounts)):
            key = next((k for k in keys if k == ("<", *key[1:])), key)
        if (
            key not in keys
            and amount.comparison == "<="
            and amount.written.endswith("内")
            and spans(claim, amount)
        ):
            key = next((k for k in keys if k == ("=", *key[1:])), key)
        if key not in keys and amount.comparison == "=" and "after" in claim.words():
            key = next((k for k in keys if k == ("<=", *key[1:]) and within_after(held, k)), key)
        if key not in keys:
            same = [other.key for other in held if converts(other, amount, both_name(claim, window))]
            key = same[0] if same else key
        if key not in keys:
            yield "number", amount.written
        if key[1:] not in window.quoted:
            yield "number", amount.written
        mine |= {key, (">=", *key[1:])} if loose(amount.written) else {key}
    for amount in held:
        needed = is_bound(amount) or amount.comparison in ("<=", "~") or amount not in doses(window)
        if (
            amount.key not in mine
            and not (loose(amount.written) and (">", *amount.key[1:]) in mine)
            and not (under(amount, held) and ("<", *amount.key[1:]) in mine)
            and (needed or claim.doses)
            and not any(alike(amount, own, both_name(claim, window)) for own in claim.amounts)
            and not (amount.unit == "%" and OF_PATIENTS.search(window.sentence))
            and not (len(window.pieces) == 1 and amount.key in claim.elsewhere_amounts)
        ):
            yield "qualifier_dropped", amount.written
    for sort in sorted({sort_of(amount) for amount in claim.amounts}):
        said, quoted = sizes(claim.amounts, sort), sizes(held, sort)
        if len(said) > 1 and (said != [size for size in quoted if size in said] or turned(claim, window)):
            yield "number", "the order of the amounts"


#: How many come to harm: said of an effect, it narrows nothing.
OF_PATIENTS = re.compile(r"(?:%|percent) of (?:the )?(?:patients|cases|people)|%的(?:患者|病例|病人)|%患者")


def alike(amount: Amount, own: Amount, named: frozenset[str]) -> bool:
    """Whether one is the other in another unit, as in "110 mg/dL (6.1 mmol/L)"."""
    return converts(amount, own, named) or converts(own, amount, named)


def both_name(claim: Piece, window: Window) -> frozenset[str]:
    """What an amount is said of: the names of the clause that the quote has too."""
    mine = ids((*claim.names, *claim.head, *claim.opening))
    return mine & (ids((*window.all("names"), *window.all("head"), *window.context)) | window.around)


def within_after(held: list[Amount], key: tuple[Any, ...]) -> bool:
    """Whether a length of time is written as "3天内": to the end of three days after something is for three days after."""
    return key[2] in ("s", "month") and any(a.key == key and a.written.endswith("内") for a in held)


def spans(claim: Piece, amount: Amount) -> bool:
    """Whether "6周内" is the length of a time told: the first six weeks, six weeks after, in two to four days."""
    return amount.unit in ("s", "month") and bool({"first", "after", "titrate"} & claim.words())


def under(amount: Amount, held: Sequence[Amount]) -> bool:
    """Whether a bound is written as "130/80 mmHg以下", which is said for less than and for at most."""
    same = [other for other in held if other.unit == amount.unit == "mmhg"]
    return any(other.written.endswith("以下") for other in (amount, *same))


def loose(written: str) -> bool:
    """Whether a bound is written as "2小时以上", which is said for more than and for at least."""
    return written.endswith("以上") and not written.endswith(("及以上", "或以上"))


def same_bare(amount: Amount, key: tuple[Any, ...]) -> bool:
    """A bare filtration rate is in millilitres a minute."""
    factor = 60000
    return bool(amount.comparison == key[0] and amount.value == key[1] * factor)


def sort_of(amount: Amount) -> str:
    """What an amount may change places with: a length of time with another, a clearance, a bare value, all else."""
    if amount.unit.startswith("l/s"):
        return "clearance"
    return "time" if amount.unit in ("s", "month") else "measure" if amount.unit else "value"


def sizes(amounts: Iterable[Amount], sort: str) -> list[Any]:
    """The sizes of amounts of one sort as they come; bounds may be moved within a clause."""
    return [a.value for a in amounts if not is_bound(a) and sort_of(a) == sort]


def often_held(claim: Piece, window: Window) -> Told:
    """Frequencies are those of the quote; beside a dose none is left out."""
    held: list[Often] = window.all("often")
    for often in claim.often:
        if not any(covers(other, often) or (not claim.doses and once(other, often)) for other in held):
            yield "frequency", often.written
    if claim.doses:
        for often in held:
            if not any(covers(often, mine) for mine in claim.often):
                yield "qualifier_dropped", often.written
    mine, theirs = [o.key for o in claim.often if o.n], [o.key for o in held if o.n]
    if len(mine) > 1 and mine != [key for key in theirs if key in mine]:
        yield "frequency", "the order of the frequencies"


def covers(held: Often, said: Often) -> bool:
    """Whether what is held says what is said: "twice a day" also says "a day"."""
    return held.key == said.key or (held.period == said.period and not said.n)


def once(held: Often, said: Often) -> bool:
    """Whether both say once a period: a test "every week" is one "weekly"; of doses the first may be a total."""
    return held.period == said.period != "every" and {held.n, said.n} <= {0, 1}


#: What is taken, as tablets or capsules, is taken by mouth.
SWALLOWED = re.compile(
    r"服用|服药|[餐饭]后?服|送服|片剂?|胶囊|\btablets?\b|\bcapsules?\b|\bswallow|\btaken?\b|comprime|gelule"
)


#: "静脉" may be the vein.
_VEIN = re.compile(r"\bveins?\b|\bvenous\b")
_INTO = re.compile(r"静脉(?:内)?[给注滴推输用途]|静[注滴推]|intraven")


def of_vein(route: str, claim: Piece) -> bool:
    """Whether a route is read of a vein that is only named."""
    return route == "term:intravenous" and "静脉" in claim.text and not _INTO.search(claim.text)


def routes_held(claim: Piece, window: Window) -> Told:
    held = {route for piece in window.pieces for route in piece.routes}
    if not held and SWALLOWED.search(window.sentence):
        held = {"term:oral"}
    wide = held | {WITHIN[route] for route in held if route in WITHIN}
    for route in claim.routes:
        if route not in wide and not (_VEIN.search(window.sentence) and of_vein(route, claim)):
            yield "route", route.removeprefix("term:")
