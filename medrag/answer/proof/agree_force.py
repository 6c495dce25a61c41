"""Whether it is said as strongly, with the same negation and in the same direction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from medrag.answer.proof.marks import ACTIONS, DRUGLIKE, IMPERATIVE, Piece
from medrag.answer.proof.window import Told, Window, doses

__all__ = ["directions", "directions_agree", "forces_agree", "negations_agree"]


def forces_agree(claim: Piece, window: Window) -> Told:
    """Said as strongly as quoted; an order without a word of force says "should"."""
    mine, theirs = forces([claim]), forces(window.pieces)
    if UNFIT.search(claim.text) and any(MUST_NOT.search(piece.text) for piece in window.pieces):
        yield "modality", "不宜"
    if forbidden([claim]) > forbidden(window.pieces):
        yield "modality", "one thing more is forbidden"
    if {bool(forbidden([p])) for p in window.pieces if bids(p)} == {True, False} and not mixed(claim):
        yield "modality", "one thing is forbidden and another is not"
    if (
        any(risky(piece) and risked(piece, claim) for piece in window.pieces)
        and not risky(claim)
        and "may" not in mine
    ):
        yield "modality", "risk"
    told = any(bids(piece) or piece.doses or piece.often for piece in window.pieces)
    if IMPERATIVE.match(claim.text.lstrip(" ,，")) and not told:
        yield "modality", "an order"
    if mine == theirs:
        return
    if mine == {"recommend"} and not theirs and TARGET.search(f"{window.sentence} {window.heads}"):
        return
    apart = mine ^ theirs
    if not apart - {"recommend"} and freely(claim, window):
        return
    if apart == {"recommend"} <= mine and ordered(theirs, window):
        return
    if apart <= {"recommend", "must"} and apart <= mine and not theirs and REQUIRED.search(window.sentence):
        return
    if apart == theirs == {"recommend"} and DONE.search(claim.text):
        return
    if not theirs and any(
        mine <= strength for grade, strength in ADVICE if any(grade.search(p.text) for p in window.pieces)
    ):
        return
    if mine == {"may"} and not theirs and not told and (claim.of_kind("direction") or claim.words() & COMES):
        return
    if apart == mine == {"may"} and ALLOWS.search(window.sentence):
        return
    if mine == {"contraindicated"} and theirs == {"avoid"} and DO_NOT.search(window.sentence):
        return
    if theirs == {"must"} and not mine and claim.orders:
        return
    strict = mine - {"must"} == theirs == {"avoid"}
    if strict and any(DO_NOT.search(piece.text) for piece in window.pieces):
        return
    if mine == {"avoid"} and theirs == {"contraindicated"} and DO_NOT.search(claim.text):
        return
    if apart == theirs == {"may"} and all(ABLE.search(p.text) for p in window.pieces if p.of_kind("force")):
        return
    if (
        mine == {"avoid"}
        and theirs == {"not_recommended"}
        and any(AGAINST.search(p.text) for p in window.pieces)
    ):
        return
    acts = claim.words() & (ACTIONS | {"stop", "start"})
    if apart == mine == {"may"} and PERMITS.search(claim.text) and not acts and freely(claim, window):
        return
    if apart == {"may"} and (WILL.search(claim.text) or risky(claim) != any(risky(p) for p in window.pieces)):
        return
    yield "modality", ", ".join(sorted(mine ^ theirs))


def ordered(theirs: frozenset[str], window: Window) -> bool:
    """Whether the quote is an order, or says that a thing is needed: it says what should be done."""
    weak = theirs & {"recommend", "consider", "may"}
    return not weak and (
        STEP in window.sentence
        or any(piece.orders or IMPERATIVE.match(piece.text.lstrip(" ,;:，：；")) for piece in window.pieces)
        or bool(theirs & {"avoid"} and AVOID.match(window.sentence.lstrip(" ,;:，：；-")))
    )


#: What is required must be and should be.
REQUIRED = re.compile(r"\brequired\b|\brequires\b|\bnecessary\b|\bnecessite|需要|需(?!求)")
#: What a step of an algorithm says is to be done.
STEP: Final = "→"
#: An order to avoid.
AVOID = re.compile(r"avoid|do not|never|避免|勿|不要|eviter")
#: What is done: guidelines say "is given" for "should be given".
DONE = re.compile(r"\b(?:is|are) (?:\w+ly )?(?:\w+ed|given|taken|kept|held|begun|done|put|chosen|cut|made)\b")
#: A target is what should be reached.
TARGET = re.compile(r"\b(?:target|goal)s?\b|目标", re.IGNORECASE)
#: "会" says that it will or can.
WILL = re.compile("(?<![定必总都然不])会")


#: What comes about: that it may is less than that it does. That a drug may be used is not.
COMES: Final = frozenset(
    "cause prevent worsen improve interact inhibit induce affect impair cross occur colour fatal reversible irreversible".split()
)
#: What is allowed may be.
ALLOWS = re.compile(r"\b(?:allow|enable|permit)s?\b|\bpermet|\beventuel")
#: An order not to, said of what is forbidden.
DO_NOT = re.compile(
    r"\bdo not\b|\bnever\b|\bcannot be (?:used|given|taken)\b|不要|勿|不(?:能|可)(?:使|应|服)?用"
)
#: "可静脉滴注" says how it is given.
PERMITS = re.compile("可(?!能)")

#: "可抑制" says what a drug does; "可能抑制" that it may.
ABLE = re.compile("可(?=抑制|诱导|影响|通过|透过|分泌)")
#: A guideline that recommends against a thing says it should not be.
AGAINST = re.compile(r"\brecommends? against\b")

#: What a grade of advice says where no word does: classes 1 and 2a recommend, 2b lets consider.
ADVICE: Final = (
    (re.compile(r"\badvice(?:1|2a)(?![0-9])"), frozenset(["recommend", "may"])),
    (re.compile(r"\badvice2b\b"), frozenset(["consider", "may"])),
)
#: "不宜超过" is less than "不得超过"; both are read with the amount.
UNFIT, MUST_NOT = re.compile("不宜(?:超过|多于|大于)"), re.compile("不得(?:超过|多于|大于)|must not exceed")

#: Forces that forbid.
FORBID: Final = frozenset(["contraindicated", "not_recommended", "avoid", "cannot"])


def bids(piece: Piece) -> bool:
    """Whether the clause says what to do or not to do."""
    return bool(piece.of_kind("force") or piece.orders)


def mixed(claim: Piece) -> bool:
    """Whether one thing is forbidden in it and another is not."""
    return bool(claim.of_kind("force") & FORBID and claim.of_kind("force") - FORBID)


def forbidden(pieces: Sequence[Piece]) -> int:
    """How many things are forbidden."""
    return sum(sensed.id in FORBID for piece in pieces for sensed in piece.senses)


def freely(claim: Piece, window: Window) -> bool:
    """Whether "should" may be put in or left out: an order, a dose or how often is said either way."""
    if claim.orders or any(piece.orders for piece in window.pieces):
        return True
    acts = frozenset(id for piece in window.pieces for id in piece.of_kind("word")) & ACTIONS
    timed = (claim.doses or claim.often) and (doses(window) or window.all("often"))
    hasty = (
        claim.words() & frozenset(id for piece in window.pieces for id in piece.words()) & {"asap", "rapid"}
    )
    return bool(timed or hasty or claim.of_kind("word") & acts)


def risky(piece: Piece) -> bool:
    """Whether it is a risk that is spoken of: "a risk of X" is that X may come about."""
    return "risk" in piece.of_kind("word")


def risked(piece: Piece, claim: Piece) -> bool:
    """Whether the claim speaks of what there is a risk of; "levels increase" leaves it out. Its names may stand before
    the word in Chinese, so where none stands behind it the whole clause is meant."""
    at = next(s.start for s in piece.senses if s.id == "risk")
    names = [name for name in piece.names if name.start > at and name.kind not in DRUGLIKE]
    words = {s.id for s in piece.senses if s.start > at and s.kind == "word"}
    near = [n for n in piece.names if n.end <= at and n.kind in ("finding", "disease") and at - n.end < 3]
    told = frozenset(id for name in (*names, *near) for id in name.ids)
    if not told and not words:
        return True
    return bool(told & frozenset(id for name in claim.names for id in name.ids) or words & claim.words())


def forces(pieces: Sequence[Piece]) -> frozenset[str]:
    """The forces of clauses: "should be avoided" is to avoid, nothing beside it, and so is "cannot be"; with a "no"
    nothing is left of a need: "no adjustment is needed"."""
    found = set()
    for piece in pieces:
        own = {SAME.get(id, id) for id in piece.of_kind("force")}
        if piece.of_kind("negation"):
            own -= {"must", "recommend"} if NEED.search(piece.text) else set()
        found |= own
    return frozenset(found - {"recommend"} if len(found) > 1 else found)


#: Forces that forbid alike.
SAME: Final = {"cannot": "avoid"}
NEED = re.compile(r"\bneed|\brequir|\bnecessary\b|需")


def negations_agree(claim: Piece, window: Window) -> Told:
    mine = sum(s.kind == "negation" for s in claim.senses) % 2
    theirs = sum(s.kind == "negation" for s in window.all("senses")) % 2
    if mine != theirs or bool(claim.of_kind("negation")) != any(p.of_kind("negation") for p in window.pieces):
        yield "negation", claim.text.strip()
    restricted = frozenset(id for piece in window.pieces for id in piece.of_kind("restrict"))
    if claim.of_kind("restrict") != restricted:
        yield "restriction", ", ".join(sorted(claim.of_kind("restrict") ^ restricted))


def directions_agree(claim: Piece, window: Window) -> Told:
    theirs_of = {s.id for s in window.all("senses")}
    spaced = theirs_of & {"separate", "space_"} and not theirs_of & {"dose", "dose_up", "dose_down"}
    dosed = "dose" in claim.words() and not claim.words() & {"separate", "space_"}
    if spaced and (dosed or any(s.id.startswith("dose_") for s in claim.senses)):
        yield "direction", claim.text.strip()
    for way in ("up", "down"):
        said = [s for s in claim.senses if s.id.removeprefix("dose_") == way]
        if len(said) > 1 and len(said) > sum(s.id.removeprefix("dose_") == way for s in window.all("senses")):
            yield "direction", said[-1].written
    mine, theirs = directions([claim]), directions(window.pieces)
    aimed = any(s.id == "holding" for s in window.all("senses"))
    if mine - theirs == {"down"} and aimed and any(a.comparison in ("<", "<=") for a in claim.amounts):
        return
    if mine != theirs:
        yield "direction", ", ".join(sorted(mine ^ theirs))


def directions(pieces: Sequence[Piece]) -> frozenset[str]:
    """Up or down; to halve is to lower and to double to raise, so the direction beside them says nothing more."""
    found = {id.removeprefix("dose_") for piece in pieces for id in piece.of_kind("direction")}
    words = {id for piece in pieces for id in piece.of_kind("word")}
    if "half" in words:
        found.discard("down")
    if "double" in words:
        found.discard("up")
    return frozenset(found)
