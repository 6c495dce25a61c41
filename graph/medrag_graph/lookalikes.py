"""Pairs of drug names that are mistaken for each other: where one is offered for a typo, the other is offered too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from medrag.lexicon.tables import parse_table
from medrag.text.normalise import fold_name

__all__ = ["load_lookalikes"]

_COLUMNS = ("one", "other", "language", "source")


@cache
def load_lookalikes() -> Mapping[str, tuple[str, ...]]:
    """Folded name -> the folded names it is mistaken for, both ways. Raises IntegrityError when the table is damaged."""
    text = files("medrag_graph").joinpath("lookalikes.csv").read_text(encoding="utf-8")
    held: dict[str, list[str]] = {}
    for row in parse_table(text, "medrag_graph/lookalikes.csv", _COLUMNS, required=_COLUMNS):
        one, other = fold_name(row["one"]), fold_name(row["other"])
        held.setdefault(one, []).append(other)
        held.setdefault(other, []).append(one)
    return {name: tuple(sorted(others)) for name, others in held.items()}
