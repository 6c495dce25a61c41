"""Reads the tables of words that a turn is understood by: cues as patterns, and what people call things beside the lexicon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from medrag.concepts import Linker, Mention, Thing, default_linker, lexicon_things
from medrag.lexicon import load_names
from medrag.lexicon.tables import Row, parse_table
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language

__all__ = [
    "CONDITION_TERMS",
    "CONDITION_THINGS",
    "alternatives",
    "cue",
    "find_things",
    "kin_codes",
    "main_name",
]

#: Clinical terms that are conditions of a patient; the others are findings, places and procedures.
CONDITION_TERMS: Final = frozenset(
    f"term:{name}"
    for name in (
        "renal impairment|mild renal impairment|moderate renal impairment|severe renal impairment|hepatic impairment|"
        "mild hepatic impairment|moderate hepatic impairment|severe hepatic impairment|dialysis|hemodialysis|"
        "peritoneal dialysis|kidney transplantation|liver transplantation|organ transplantation|"
        "QT interval prolongation|bradycardia|seizure"
    ).split("|")
)
CONDITION_THINGS: Final = frozenset(["disease"])
HAN: Final = re.compile("[\u3400-\u9fff]")


@cache
def table(name: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    text = files("medrag.dialogue").joinpath(name).read_text(encoding="utf-8")
    return parse_table(text, f"medrag/dialogue/{name}", columns, required=columns)


@cache
def alternatives(kind: str) -> str:
    """The words of a kind as the inside of a pattern, longest first; Latin words stand alone, Han words anywhere."""
    words = [
        word for row in table("cues.csv", ("kind", "language", "words")) if row["kind"] == kind
        for word in row.words("words")
    ]  # fmt: skip
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(bounded(word) for word in ordered)


def bounded(word: str) -> str:
    escaped = re.escape(word).replace(r"\ ", " ")
    return escaped if HAN.search(word) else rf"(?<![a-z]){escaped}(?![a-z])"


@cache
def cue(kind: str) -> re.Pattern[str]:
    """The words of a kind as a pattern over folded text."""
    return re.compile(alternatives(kind))


#: Names that hide the drug in them.
HIDING: Final = frozenset(["term:penicillin allergy", "term:sulfonamide allergy"])


@cache
def turn_linker() -> Linker:
    """Finds the lexicon's things also by what people call them beside its names."""
    things = [thing for thing in lexicon_things() if thing.id not in HIDING]
    for row in table("aliases.csv", ("alias", "language", "name")):
        meant = default_linker().named(row["name"])
        things += [Thing(thing.id, thing.kind, {"en": (row["alias"],)}) for thing in meant]
    return Linker(things)


def find_things(text: str, language: Language, listed: Sequence[Mention] = ()) -> list[Mention]:
    """Drugs, classes, diseases and terms in a text, placed in its folded form; where names overlap the longest counts,
    then the earliest. Things of one name all stand there."""
    found = [*turn_linker().find(text, language), *listed]
    found.sort(key=lambda mention: (mention.start - mention.end, mention.start))
    kept: list[Mention] = []
    for mention in found:
        clash = [one for one in kept if mention.start < one.end and one.start < mention.end]
        if all((one.start, one.end) == (mention.start, mention.end) for one in clash):
            kept.append(mention)
    return sorted(kept, key=lambda mention: (mention.start, mention.thing.id))


def main_name(thing: Thing) -> str:
    """The English name the lexicon puts first; a listed drug's own."""
    kind, _, name = thing.id.partition(":")
    return name if kind in ("drug", "class", "disease", "term") else thing.names["en"][0]


@cache
def atc_codes() -> dict[str, str]:
    return {
        fold_name(row.en): code for row in load_names("drug") for system, code in row.codes if system == "atc"
    }


def kin_codes(name: str) -> tuple[str, ...]:
    """The ATC groups of a drug, the narrowest first: of chemistry (five characters), of use (four, three)."""
    code = atc_codes().get(fold_name(name), "")
    return tuple(code[:length] for length in (5, 4, 3) if len(code) >= length)
