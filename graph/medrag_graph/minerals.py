"""Knows which mineral a salt is given for: potassium chloride for potassium, ferrous sulfate for iron."""

from __future__ import annotations

import re
from typing import Final

from medrag_graph.stems import english_forms
from medrag_graph.wordlists import listed

__all__ = ["ELEMENTS", "mineral_of", "salts_of"]

#: How salts name the mineral -> the mineral itself. Sodium is not here: its salts are given for the other half, or for
#: water; nor is lithium, whose salts the tables hold as lithium.
ELEMENTS: Final[dict[str, str]] = {
    "aluminium": "aluminum",
    "aluminum": "aluminum",
    "calcium": "calcium",
    "copper": "copper",
    "cupric": "copper",
    "ferric": "iron",
    "ferrous": "iron",
    "iron": "iron",
    "magnesium": "magnesium",
    "potassium": "potassium",
    "strontium": "strontium",
    "zinc": "zinc",
}
#: Counter-ions that do nothing of their own at the dose given, so that the salt acts by its mineral (ATC A02A, A12 and
#: B03A list these salts under their mineral). Iodide, bromide, fluoride, permanganate, perchlorate, folinate,
#: salicylate and the like act by themselves and are not here.
PLAIN: Final = listed(
    """
    acetate ascorbate aspartate bicarbonate biphosphate bisglycinate carbonate chloride citrate dextran
    fumarate glubionate gluceptate glucoheptonate gluconate glutamate glycerophosphate glycinate
    hydroxide lactate lactobionate levulinate malate maltol oxide orotate peroxide phosphate pidolate
    polymaltose ranelate saccharate stearate subacetate succinate sucrose sulfate sulphate tartrate
    trisilicate tristearate
    """
)
#: What may stand between or behind: how much of which, and water.
_BESIDE: Final = listed(
    """
    anhydrous basic carboxymaltose complex dibasic dihydrate dried gel heptahydrate hexahydrate hydrate
    hydrogen monobasic monohydrate pentahydrate tetrahydrate trihydrate tribasic
    """
)
#: What the name of a mineral's salt holds in English or French: the spelling rules are slow, most names hold none.
_HINT: Final = re.compile(
    r"alumini?um|calci|cuivr|cupri|copper|\bfer\b|ferr|iron|magnesi|potassi|strontium|zinc"
)
#: VA names salts by what they give: "CALCIUM (AS CARBONATE)", "IRON (AS FERROUS SULFATE)".
_GIVEN_AS: Final = re.compile(r"(?P<mineral>[a-z]+) \(as [a-z ,]+\)")
#: "aluminium (sels)", "sels de fer": a class of all salts of a mineral.
_SALTS: Final = re.compile(
    r"(?P<before>[a-z]+) \((?:sels|salts)\)|sels (?:de |d')(?P<after>[a-z]+)|(?P<en>[a-z]+) salts"
)


def mineral_of(folded: str) -> str | None:
    """The mineral, in English, that a folded salt's name in English or French says it is given for; else None.

    ``aluminium hydroxide`` -> ``aluminum``; ``chlorure de potassium`` -> ``potassium``; ``potassium iodide`` -> None.
    """
    if not _HINT.search(folded):
        return None
    given = _GIVEN_AS.fullmatch(folded)
    if given:
        return ELEMENTS.get(given["mineral"])
    for form in (folded, *(form for _, form in english_forms(folded))):
        words = re.split(r"[ ,]+", form)
        for first, *others in (words, words[::-1]):
            if first in ELEMENTS and others and _plain(others):
                return ELEMENTS[first]
    return None


def _plain(words: list[str]) -> bool:
    return all(word in PLAIN or word in _BESIDE for word in words)


def salts_of(folded: str) -> str | None:
    """The mineral whose salts a class is by its folded name: ``aluminium (sels)`` -> ``aluminum``; else None."""
    match = _SALTS.fullmatch(folded)
    if match is None:
        return None
    told = next(part for part in match.groups() if part)
    return next((ELEMENTS[f] for f in (told, *(f for _, f in english_forms(told))) if f in ELEMENTS), None)
