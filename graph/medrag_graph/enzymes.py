"""Makes classes of enzyme inhibitors and inducers from our facts, so that a label's "strong CYP3A4 inhibitors" has members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Final

from medrag_graph.facts import load_risks

__all__ = ["enzyme_classes", "enzyme_phrases"]

#: How labels write each enzyme or transporter, the first form being ours.
WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {
    "CYP3A4": (
        "CYP3A4",
        "CYP3A",
        "CYP 3A4",
        "CYP 3A",
        "CYP450 3A4",
        "cytochrome P450 3A4",
        "cytochrome P-450 3A4",
        "cytochrome P450 3A",
    ),
    "CYP2D6": ("CYP2D6", "CYP 2D6", "cytochrome P450 2D6"),
    "CYP2C9": ("CYP2C9", "CYP 2C9", "cytochrome P450 2C9"),
    "CYP2C19": ("CYP2C19", "CYP 2C19", "cytochrome P450 2C19"),
    "CYP1A2": ("CYP1A2", "CYP 1A2", "cytochrome P450 1A2"),
    "CYP2C8": ("CYP2C8", "CYP 2C8", "cytochrome P450 2C8"),
    "OATP1B1": ("OATP1B1", "OATP 1B1"),
    "P-gp": ("P-gp", "P-glycoprotein", "Pgp"),
}
ROLES: Final[tuple[str, ...]] = ("inhibitor", "inducer")
#: A label's word for how strong it means them, to the strengths of our facts that it takes in.
STRENGTHS: Final[Mapping[str, frozenset[str]]] = {
    "strong": frozenset({"strong"}),
    "moderate": frozenset({"moderate"}),
    "": frozenset({"strong", "moderate", ""}),
}
SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "strong": ("strong", "potent"),
    "moderate": ("moderate",),
    "": ("",),
}


@cache
def enzyme_classes() -> Mapping[str, tuple[str, ...]]:
    """Class name -> the drugs of our facts that belong to it; classes without drugs are left out."""
    held: dict[str, tuple[str, ...]] = {}
    for enzyme, role, strength in product(WRITTEN, ROLES, STRENGTHS):
        drugs = {
            risk.drug
            for risk in load_risks()
            if risk.property == enzyme and risk.role == role and risk.strength in STRENGTHS[strength]
        }
        if drugs:
            held[class_name(enzyme, role, strength)] = tuple(sorted(drugs))
    return held


def class_name(enzyme: str, role: str, strength: str) -> str:
    """``strong inhibitors of CYP3A4``: a form no other source writes, so that none is mistaken for this one."""
    return " ".join(filter(None, (strength, f"{role}s of", enzyme)))


def enzyme_phrases() -> Iterator[tuple[str, str]]:
    """(how a label may write it, class name), for every class with drugs."""
    for enzyme, role, strength in product(WRITTEN, ROLES, STRENGTHS):
        name = class_name(enzyme, role, strength)
        if name not in enzyme_classes():
            continue
        for form, said in product(WRITTEN[enzyme], SAID[strength]):
            for ending in (role, f"{role}s"):
                yield f"{said} {form} {ending}".strip(), name
                yield f"{said} {form} enzyme {ending}".strip(), name
                yield f"{said} {ending} of {form}".strip(), name
                yield f"{said} {ending} of the {form}".strip(), name
