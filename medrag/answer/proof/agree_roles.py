"""Whether the same drug acts on the same other, and what stands on each side of a relation stays there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from medrag.answer.proof.agree_force import directions
from medrag.answer.proof.marks import DRUGLIKE, Piece
from medrag.answer.proof.window import Told, Window, offset_of, turned

__all__ = ["LEVEL", "roles_agree", "sides_agree"]

#: Words next to a drug that make it the one acted upon.
_MEASURE = (
    r"(?:plasma |serum |blood )?(?:levels?|concentrations?|exposure|auc|clearance|effects?|action|efficacy|metabolism"
    r"|absorption|excretion|elimination|(?:\w+ )?toxicity)"
)
_OF = re.compile(
    rf"{_MEASURE}(?: (?:of|to))(?: the)? $"
    r"|(?:concentrations?|taux|fraction|effets?|toxicite|efficacite|metabolisme|clairance|absorption|exposition)"
    r"(?!(?: \w+)? (?:induct|inhibit)\w*)(?: \w+){0,3} (?:de la |de l'|de |du |des |d')$"
)
#: "raises lithium": what is raised is its level.
_OBJECT = re.compile(r"\b(?:rais|increas|elevat|lower|reduc|decreas)(?:es?|s|ing)?(?: the)? $")
_BEHIND = re.compile(
    rf"^(?:'s)? (?:(?:[a-z-]*(?:ing|ive|tic|ant|ory)|blood|plasma) ){{0,2}}{_MEASURE}\b"
    r"|^(?:及其(?:活性)?代谢产?物)?的?(?:血药|血浆|血清|肝脏|肝|肠道|体内)?(?:浓度|水平|暴露|作用|疗效|效应|效果|清除|代谢|吸收|排泄|抗凝"
    r"|(?:血液学|肾|肝|心脏|神经)?毒性|不良反应|auc|含量)"
)
#: Relations that say another thing when their two sides change places.
SIDED: Final = frozenset(
    "cause inhibit induce worsen prevent risk_factor first_line alternative instead".split()
)
_PASSIVE = re.compile(
    r"\bby\b(?! (?:\w+ly )?\w+ing\b)|\b(?:result\w*|arise\w*) from\b|\bdue to\b|\bpar\b|[被由因]"
)

#: What comes about stands before such words: "associated with", "X引起的Y".
RESULT = re.compile(
    r"associated with|secondary to|com\w+ from|caused|induced|lie[es]* a|所致|(?:引起|导致|造成|诱发|引发)的"
)
#: Names that are a level themselves: lithémie, 血锂.
LEVEL = re.compile(r"\w+emie$|血")


def sides_agree(claim: Piece, window: Window) -> Told:
    """What stands on each side of a relation stays there, or changes places with the voice of the verb."""
    several = len({name.ids for name in claim.names if name.kind in DRUGLIKE}) > 1
    for sense in sorted(claim.of_kind("word") & SIDED):
        if (sense in CHOICES and not several) or (sense == "prevent" and nominal(claim, *window.pieces)):
            continue
        mine = sides([claim], sense)
        theirs = sides(window.pieces, sense)
        passive = bool(_PASSIVE.search(claim.text)) != any(_PASSIVE.search(p.text) for p in window.pieces)
        crossed = mine[0] & theirs[1] or mine[1] & theirs[0]
        kept = mine[0] & theirs[0] or mine[1] & theirs[1]
        # "The first choice for X is A" is "A is the first choice for X", where nothing else is chosen from.
        if sense in ("first_line", "inhibit", "induce") and not (theirs[0] and theirs[1]):
            continue
        if sense in ("worsen", "improve") and not mine[1]:
            continue
        if kept and crossed and sense == "cause" and not passive:
            continue
        if (kept and not crossed) if passive else crossed:
            yield "roles", claim.text.strip()
        if (
            sense in ("cause", "worsen")
            and acts_backwards(sense, claim)
            and not acts_backwards(sense, *window.pieces)
        ):
            yield "roles", claim.text.strip()
        if sense in ("alternative", "instead", "first_line") and not passive and turned(claim, window):
            yield "roles", claim.text.strip()
    if refused(claim) and not any(refused(claim) & refused(piece) for piece in window.pieces):
        yield "negation", claim.text.strip()


#: "Relapse prevention" and "预防性" tell of no two sides.
_NOMINAL = re.compile(r"prevention|prophyla|preventive|预防性|预防(?![\u4e00-\u9fff])")


def nominal(*pieces: Piece) -> bool:
    """Whether a prevention is named, not said of one thing by another: of one drug at most."""
    drugs = {name.ids for piece in pieces for name in piece.names if name.kind in DRUGLIKE}
    return len(drugs) < 2 and any(_NOMINAL.search(piece.text) for piece in pieces)


def acts_backwards(sense: str, *pieces: Piece) -> bool:
    """Whether drugs stand only behind a relation that is told in the active voice: "fatigue causes metoprolol"."""
    if any(_PASSIVE.search(piece.text) or RESULT.search(piece.text) for piece in pieces):
        return False
    drugs = {id for piece in pieces for name in piece.names if name.kind in DRUGLIKE for id in name.ids}
    before, behind = sides(pieces, sense)
    return bool(drugs & behind and not drugs & before)


def sides(pieces: Sequence[Piece], sense: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names before and behind a relation."""
    before: set[str] = set()
    behind: set[str] = set()
    for piece in pieces:
        at = next((s.start for s in piece.senses if s.id == sense), None)
        if at is None:
            continue
        stop = piece.text.find(",", at - offset_of(piece))
        for name in piece.names:
            if name.kind == "population" or (sense in OF_DRUGS and name.kind not in DRUGLIKE):
                continue
            if name.start < at:
                before.update(name.ids)
            elif stop < 0 or name.start < stop + offset_of(piece):
                behind.update(name.ids)
    return frozenset(before), frozenset(behind)


def refused(piece: Piece) -> frozenset[str]:
    """The names right behind a "not": clopidogrel, not ticagrelor."""
    ends = [sensed.end for sensed in piece.senses if sensed.id == "negation"]
    return frozenset(
        id for name in piece.names if any(0 <= name.start - end <= 1 for end in ends) for id in name.ids
    )


def roles_agree(claim: Piece, window: Window) -> Told:
    """Of two drugs the one acted upon is the same."""
    drugs = {name.ids for name in claim.names if name.kind in DRUGLIKE}
    if len(drugs) < 2 or not directions([claim]):
        return
    mine, theirs = acted_upon(claim), frozenset(id for piece in window.pieces for id in acted_upon(piece))
    if mine and theirs and not mine & theirs:
        yield "roles", ", ".join(sorted(mine))
    if bool(mine) != bool(theirs):
        first = next(name.ids for name in claim.names if name.kind in DRUGLIKE)
        theirs_first: frozenset[str] = next(
            (n.ids for n in window.all("names") if n.kind in DRUGLIKE), frozenset()
        )
        joined = any(p.of_kind("word") & {"together"} for p in window.pieces)
        if not first & theirs_first and not (mine & theirs_first and joined):
            yield "roles", claim.text.strip()


#: Relations whose sides are drugs; the disease they are chosen for may stand anywhere.
CHOICES: Final = frozenset(["first_line", "alternative", "instead"])
#: Relations whose sides are compared by their drugs alone.
OF_DRUGS: Final = CHOICES | {"inhibit", "induce"}


@lru_cache(maxsize=4096)
def acted_upon(piece: Piece) -> frozenset[str]:
    """The drug whose level, effect or clearance changes."""
    offset = offset_of(piece)
    found: set[str] = set()
    for name in piece.names:
        before, behind = piece.text[: name.start - offset], piece.text[name.end - offset :]
        if name.kind in DRUGLIKE and (
            _OF.search(before) or _OBJECT.search(before) or _BEHIND.match(behind) or LEVEL.match(name.written)
        ):
            found |= name.ids
    return frozenset(found)
