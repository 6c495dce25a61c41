"""Finds text that gives orders to a machine: what speaks to a model is no evidence, whoever put it into a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["find_orders", "gives_orders"]

#: Characters that are not seen and may hide letters or break words apart.
UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
#: Unicode tag characters spell ASCII that no one sees; no clinical text has them.
TAGS: Final = re.compile("[\U000e0000-\U000e007f]+")
#: What is told of an order written in tag characters, which cannot be shown as it stands.
TAGGED: Final = "words in Unicode tag characters"
#: A list of words in a pattern.
LIST: Final = re.compile(r"\{([A-Z]+)\}")
#: Letters written one by one: "i g n o r e".
SPACED: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_][ .\-_*]){5,}[^\W\d_](?![^\W\d_])")
#: A pattern of a language is looked for only where a letter of its script is.
SCRIPTS: Final = {"zh": re.compile(r"[\u3400-\u9fff]"), "en": re.compile("[A-Za-z]")}


@cache
def orders() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Script and pattern of every row of ``orders.tsv``: orders to forget, roles, template tokens, replies in a form,
    grades to be told."""
    text = files("medrag.text").joinpath("orders.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    lists = {kind: pattern for kind, language, pattern in rows if language == "list"}
    return tuple(
        (
            "zh" if language == "zh" else "en",
            re.compile(LIST.sub(lambda match: lists[match[1]], pattern), re.IGNORECASE),
        )
        for _, language, pattern in rows
        if language != "list"
    )


def gives_orders(text: str) -> bool:
    """Whether any part of a text speaks to a machine, also when hidden: invisible characters, wide letters, letters apart."""
    return next(orders_in(text), None) is not None


def find_orders(text: str) -> list[str]:
    """The words by which a text speaks to a machine, as a reader would see them, each once."""
    return list(dict.fromkeys(orders_in(text)))


def orders_in(text: str) -> Iterator[str]:
    if TAGS.search(text):
        yield TAGGED
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", TAGS.sub("", text)))
    joined = SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), plain)
    for form in dict.fromkeys((plain, joined)):
        held = {script for script, letter in SCRIPTS.items() if letter.search(form)}
        for script, order in orders():
            if script in held:
                yield from (" ".join(match.group().split()) for match in order.finditer(form))
