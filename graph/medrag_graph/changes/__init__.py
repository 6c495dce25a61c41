"""What one edition of an interaction source says otherwise than another: in entries, levels, advice, members and names."""

from __future__ import annotations

from medrag_graph.changes.compare import compare_editions
from medrag_graph.changes.records import (
    KINDS,
    Change,
    Comparison,
    Entry,
    Graded,
    MemberChange,
    Quoted,
    Renaming,
)

__all__ = [
    "KINDS",
    "Change",
    "Comparison",
    "Entry",
    "Graded",
    "MemberChange",
    "Quoted",
    "Renaming",
    "compare_editions",
]
