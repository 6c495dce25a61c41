"""The door to the rules: reads one mechanism text or one management text of the ANSM thesaurus into facts."""

from __future__ import annotations

from medrag_graph.pddi.management import read_management
from medrag_graph.pddi.mechanism import read_mechanism

__all__ = ["read_management", "read_mechanism"]
