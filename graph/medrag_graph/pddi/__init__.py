"""ANSM's mechanism and management texts read as HL7 PDDI facts, and those facts said in English, Chinese and French."""

from __future__ import annotations

from medrag_graph.pddi.facts import (
    Condition,
    DrugWord,
    ManagementFact,
    MechanismFact,
    Quantity,
)
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
