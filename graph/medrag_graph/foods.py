"""The foods, drinks and devices that interaction sources name beside drugs, with their names: a closed table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from medrag.vocabulary import Language

__all__ = ["FOODS", "Food"]


@dataclass(frozen=True, slots=True)
class Food:
    """One food by the names sources and people use; the French ones include the ANSM thesaurus' headings."""

    names: Mapping[Language, tuple[str, ...]]
    #: The preferred English name, folded, under which lists of drugs hold the same thing; "" where none does.
    substance: str = ""


#: What lists of drugs call ethanol is one with what is drunk. French headings: ANSM thesaurus 2020-10.
FOODS: Final[tuple[Food, ...]] = (
    Food(
        {
            "en": ("alcohol", "alcohol (drink or excipient)", "alcoholic drinks", "alcoholic beverages"),
            "zh": ("酒精饮料", "酒精", "含酒精饮料", "饮酒"),
            "fr": ("alcool (boisson ou excipient)", "alcool", "boissons alcoolisées"),
        },
        "ethanol",
    ),
    Food(
        {
            "en": ("grapefruit", "grapefruit juice", "grapefruit (juice and fruit)"),
            "zh": ("葡萄柚", "西柚", "葡萄柚汁", "西柚汁"),
            "fr": ("pamplemousse (jus et fruit)", "pamplemousse", "jus de pamplemousse"),
        },
        "grapefruit",
    ),
    Food(
        {
            "en": ("latex condoms", "latex condom"),
            "zh": ("乳胶避孕套", "乳胶安全套"),
            "fr": ("préservatifs en latex",),
        }
    ),
)
