"""Keeps out of the evidence what gives orders to a machine, with every other passage of its document."""

from __future__ import annotations

from collections.abc import Sequence

from medrag.records import Hit
from medrag.text.orders import gives_orders

__all__ = ["without_orders"]


def without_orders(hits: Sequence[Hit]) -> tuple[tuple[Hit, ...], int]:
    """The hits that may speak, and how many may not: a passage that gives orders, and every other of its document."""
    ordering = {hit.passage.document for hit in hits if gives_orders(hit.passage.text)}
    kept = tuple(hit for hit in hits if hit.passage.document not in ordering)
    return kept, len(hits) - len(kept)
