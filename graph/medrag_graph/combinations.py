"""Divides the names of combination products into their parts, and knows the co-names of the British Pharmacopoeia."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from medrag_graph.minerals import ELEMENTS

__all__ = ["CO_NAMES", "split_parts"]

#: British Approved Names of compounded preparations (British Pharmacopoeia Commission), with what they hold.
CO_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "co amilofruse": ("amiloride", "furosemide"),
    "co amilozide": ("amiloride", "hydrochlorothiazide"),
    "co amoxiclav": ("amoxicillin", "clavulanic acid"),
    "co beneldopa": ("levodopa", "benserazide"),
    "co careldopa": ("levodopa", "carbidopa"),
    "co codamol": ("codeine", "acetaminophen"),
    "co codaprin": ("codeine", "aspirin"),
    "co cyprindiol": ("cyproterone acetate", "ethinylestradiol"),
    "co danthramer": ("dantron", "poloxamer 188"),
    "co dydramol": ("dihydrocodeine", "acetaminophen"),
    "co fluampicil": ("flucloxacillin", "ampicillin"),
    "co magaldrox": ("magnesium hydroxide", "aluminum hydroxide"),
    "co phenotrope": ("diphenoxylate", "atropine"),
    "co proxamol": ("dextropropoxyphene", "acetaminophen"),
    "co tenidone": ("atenolol", "chlorthalidone"),
    "co triamterzide": ("triamterene", "hydrochlorothiazide"),
    "co trimoxazole": ("sulfamethoxazole", "trimethoprim"),
    "co zidocapt": ("captopril", "hydrochlorothiazide"),
}

#: Between the parts, in the languages of the names; a comma counts only beside another of them.
_BETWEEN: Final = re.compile(
    r"\s*(?:[/+＋／&]|\s(?:and|with|et|avec|plus)\s|\sassocié(?:e|s|es)? (?:à|au|aux)\s|、|(?<=[^\W\d_])和(?=[^\W\d_]))\s*"
)
_COMMA: Final = re.compile(r",\s*(?:and\s+|et\s+)?")


def split_parts(text: str) -> tuple[str, ...]:
    """The parts a name of a combination is made of, as written; one part when it is no combination.

    A divider between digits belongs to a number (``70/30``), and one inside brackets to a remark.
    """
    co = CO_NAMES.get(" ".join(text.casefold().replace("-", " ").split()))
    if co:
        return co
    bare = re.sub(r"\([^)]*\)", " ", text)
    if re.fullmatch(r".*\d\s*/\s*\d.*", bare):
        return (text,)
    parts = [part.strip() for part in _BETWEEN.split(bare)]
    if len(parts) > 1:
        parts = [piece.strip() for part in parts for piece in _COMMA.split(part)]
    kept = shared_salt([part for part in parts if part])
    return kept if len(kept) > 1 else (text,)


def shared_salt(parts: list[str]) -> tuple[str, ...]:
    """``aluminum``, ``magnesium hydroxide`` -> both hydroxides: a mineral named alone shares the last one's salt."""
    first, *salt = parts[-1].split() if parts else [""]
    if not salt or first.casefold() not in ELEMENTS:
        return tuple(parts)
    return tuple(f"{part} {' '.join(salt)}" if part.casefold() in ELEMENTS else part for part in parts)
