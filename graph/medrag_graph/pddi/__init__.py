"""ANSM's mechanism and management texts read as HL7 PDDI facts, and those facts said in English, Chinese and French.

What is asked for is loaded then: the rules are some hundred expressions, which a check of coded claims never needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from medrag_graph.pddi.facts import Condition, DrugWord, ManagementFact, MechanismFact, Quantity
    from medrag_graph.pddi.labels import label, load_labels
    from medrag_graph.pddi.render import render_management, render_mechanism
    from medrag_graph.pddi.rules import read_management, read_mechanism

__all__ = [
    "Condition",
    "DrugWord",
    "ManagementFact",
    "MechanismFact",
    "Quantity",
    "label",
    "load_labels",
    "read_management",
    "read_mechanism",
    "render_management",
    "render_mechanism",
]

#: Name to the module that holds it.
HELD: Final = {
    **dict.fromkeys(("Condition", "DrugWord", "ManagementFact", "MechanismFact", "Quantity"), "facts"),
    **dict.fromkeys(("label", "load_labels"), "labels"),
    **dict.fromkeys(("render_management", "render_mechanism"), "render"),
    **dict.fromkeys(("read_management", "read_mechanism"), "rules"),
}


def __getattr__(name: str) -> Any:
    if name not in HELD:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HELD[name]}"), name)
