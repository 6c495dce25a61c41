"""Reads true statements with the quotes they lean on, what each is about, and whether the proof was tuned on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from medrag.errors import InputRefused, Place
from medrag.text.normalise import detect_language
from medrag.vocabulary import Language

__all__ = ["PARTS", "Part", "Truth", "read_truths"]

#: ``tuned on``: its failures are read and mended. ``fresh``: written after the last mending, counted and not read.
Part = Literal["tuned on", "fresh"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
#: How a file names its part.
SPLITS: Final[dict[str, Part]] = {"open": "tuned on", "fresh": "fresh"}


@dataclass(frozen=True, slots=True)
class Truth:
    """A true statement with the quote it leans on and the headings that quote stands under, outermost first.

    ``row`` counts the quotes of all files from 0; ``about`` is what the statement is about, as its file says.
    """

    row: int
    text: str
    language: Language
    quote: str
    headings: tuple[str, ...]
    part: Part
    paraphrase: bool
    about: str = ""


def read_truths(folder: Path) -> list[Truth]:
    """The statements and paraphrases of every ``*.yaml`` of a folder, files by name.

    Raises `InputRefused` for a folder without any, an unknown split and a row that lacks a field.
    """
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not files:
        raise InputRefused(
            "there is no such folder of truths",
            place=Place(str(folder)),
            remedy="Give the folder that holds truths/*.yaml.",
        )
    told: list[Truth] = []
    row = 0
    for file in files:
        held = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(held, dict) or held.get("split") not in SPLITS or not held.get("truths"):
            raise InputRefused(
                "a file of truths needs truths and a split", place=Place(str(file), None, "split")
            )
        for at, item in enumerate(held["truths"]):
            if not {"q", "s", "p"} <= set(item):
                raise InputRefused("a truth needs q, s and p", place=Place(str(file), None, f"truths[{at}]"))
            told += truths_of(row, item, SPLITS[held["split"]])
            row += 1
    return told


def truths_of(row: int, item: dict[str, Any], part: Part) -> Iterator[Truth]:
    """The statement of a row, then its paraphrases."""
    for at, text in enumerate((item["s"], *item["p"])):
        yield Truth(
            row,
            text,
            detect_language(text),
            item["q"],
            tuple(item.get("h", ())),
            part,
            at > 0,
            item.get("k", "other"),
        )
