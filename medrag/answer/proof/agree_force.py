"""Whether it is said as strongly, with the same negation and in the same direction."""

from __future__ import annotations

from collections.abc import Sequence

from medrag.answer.proof.marks import Piece
from medrag.answer.proof.window import Told, Window, doses

__all__ = ["directions", "directions_agree", "forces_agree", "negations_agree"]


def forces_agree(claim: Piece, window: Window) -> Told:
    """Said as strongly as quoted; an order without a word of force says "should"."""
    mine, theirs = forces([claim]), forces(window.pieces)
    if mine == theirs:
        return
    free = claim.orders or any(piece.orders for piece in window.pieces) or (claim.doses and doses(window))
    if free and not (mine ^ theirs) - {"recommend"}:
        return
    yield "modality", ", ".join(sorted(mine ^ theirs))


def forces(pieces: Sequence[Piece]) -> frozenset[str]:
    """The forces of clauses: "should be avoided" is to avoid, nothing beside it."""
    found = frozenset(id for piece in pieces for id in piece.of_kind("force"))
    return found - {"recommend"} if len(found) > 1 else found


def negations_agree(claim: Piece, window: Window) -> Told:
    mine = sum(s.kind == "negation" for s in claim.senses) % 2
    theirs = sum(s.kind == "negation" for s in window.all("senses")) % 2
    if mine != theirs or bool(claim.of_kind("negation")) != any(p.of_kind("negation") for p in window.pieces):
        yield "negation", claim.text.strip()
    restricted = frozenset(id for piece in window.pieces for id in piece.of_kind("restrict"))
    if claim.of_kind("restrict") != restricted:
        yield "restriction", ", ".join(sorted(claim.of_kind("restrict") ^ restricted))


def directions_agree(claim: Piece, window: Window) -> Told:
    mine, theirs = directions([claim]), directions(window.pieces)
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
