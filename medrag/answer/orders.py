"""Finds text that gives orders to a machine: what speaks to a model is no evidence, whoever put it into a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from medrag.records import Hit

__all__ = ["gives_orders", "without_orders"]

#: Characters that are not seen and may hide letters or break words apart.
UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
#: Unicode tag characters spell ASCII that no one sees; no clinical text has them.
TAGS: Final = re.compile("[\U000e0000-\U000e007f]")
#: A list of words in a pattern.
LIST: Final = re.compile(r"\{([A-Z]+)\}")
#: Letters written one by one: "i g n o r e".
SPACED: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_][ .\-_*]){5,}[^\W\d_](?![^\W\d_])")


@cache
def orders() -> tuple[re.Pattern[str], ...]:
    """The patterns of ``orders.tsv``: orders to forget, roles, template tokens, replies in a form, grades to be told."""
    text = files("medrag.answer").joinpath("orders.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    lists = {kind: pattern for kind, language, pattern in rows if language == "list"}
    return tuple(
        re.compile(LIST.sub(lambda match: lists[match[1]], pattern), re.IGNORECASE)
        for _, language, pattern in rows
        if language != "list"
    )


def gives_orders(text: str) -> bool:
    """Whether any part of a text speaks to a machine, also when hidden: invisible characters, wide letters, letters apart."""
    if TAGS.search(text):
        return True
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    joined = SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), plain)
    return any(order.search(form) for form in {plain, joined} for order in orders())


def without_orders(hits: Sequence[Hit]) -> tuple[tuple[Hit, ...], int]:
    """The hits that may speak, and how many may not: a passage that gives orders, and every other of its document."""
    ordering = {hit.passage.document for hit in hits if gives_orders(hit.passage.text)}
    kept = tuple(hit for hit in hits if hit.passage.document not in ordering)
    return kept, len(hits) - len(kept)
