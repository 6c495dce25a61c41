"""Reads what a class' name itself excepts: "sauf esmolol et sotalol", "hors anti-TNF alpha", "except sotalol"."""

from __future__ import annotations

import re
from typing import Final

from medrag.text.normalise import fold_name

__all__ = ["HEADINGS", "excepted_names"]

#: What an exception calls by one word and the thesaurus by a longer heading, compared folded. Read by eye in ANSM 2020-10.
HEADINGS: Final[dict[str, str]] = {
    "alpha bloquants": "antihypertenseurs alpha-bloquants",
    "antiparasitaires": "antiparasitaires susceptibles de donner des torsades de pointes",
    "neuroleptiques": "neuroleptiques susceptibles de donner des torsades de pointes",
}
_SAUF: Final = re.compile(
    r"\b(?:sauf|hors|except|excluding|à l'exception (?:de |du |des |d'))\s*(?P<what>[^()]+)", re.I
)
_BETWEEN: Final = re.compile(r"\s*,\s*(?:et\s+|and\s+)?|\s+et\s+|\s+and\s+", re.I)


def excepted_names(name: str) -> tuple[str, ...]:
    """The names a class' name excepts, as written, in order; () when it excepts none."""
    match = _SAUF.search(name)
    if match is None:
        return ()
    told = (part.strip(" .…") for part in _BETWEEN.split(match["what"]))
    return tuple(HEADINGS.get(fold_name(part), part) for part in told if part)
