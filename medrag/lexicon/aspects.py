"""The sides of a thing a question may ask for, and the words by which evidence tells them; and the words that ask nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from medrag.lexicon.tables import Row, read_table
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language

__all__ = ["Aspect", "AspectKind", "asked_aspects", "load_aspects", "load_plain_words"]

#: ``side``: a side of a thing that a source may leave out (storage, price, use in children). ``form``: what an answer
#: looks like (a dose, an interval, an advice), which most passages on a topic have in some measure.
AspectKind = Literal["side", "form"]

COLUMNS = ("aspect", "language", "kind", "asks", "tells")


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect. Both patterns are searched in folded text (`fold_name`): no accents, no hyphens, small letters."""

    name: str
    kind: AspectKind
    #: By language of the question.
    asks: Mapping[Language, re.Pattern[str]]
    #: Of every language, since evidence may be in another than the question.
    tells: tuple[re.Pattern[str], ...]

    def told_in(self, folded: str) -> bool:
        """Whether a folded text speaks of this aspect of anything."""
        return any(pattern.search(folded) for pattern in self.tells)


@cache
def load_aspects() -> tuple[Aspect, ...]:
    """The aspects, in the table's order. Raises `IntegrityError` when the table is damaged."""
    rows: dict[str, list[Row]] = {}
    for row in read_table("aspects.csv", COLUMNS, required=COLUMNS):
        rows.setdefault(row["aspect"], []).append(row)
    return tuple(aspect_of(name, told) for name, told in rows.items())


def aspect_of(name: str, rows: list[Row]) -> Aspect:
    languages = [row.one_of("language", get_args(Language)) for row in rows]
    return Aspect(
        name,
        rows[0].one_of("kind", get_args(AspectKind)),
        {language: compiled(row, "asks") for language, row in zip(languages, rows, strict=True)},
        tuple(compiled(row, "tells") for row in rows),
    )


def compiled(row: Row, column: str) -> re.Pattern[str]:
    """A Chinese pattern matches anywhere, others whole words. A unit may follow its number at once: ``tells`` only
    minds letters, ``asks`` digits too."""
    text, edge = row[column], "a-z" if column == "tells" else "0-9a-z"
    try:
        return re.compile(text if row["language"] == "zh" else rf"(?<![{edge}])(?:{text})(?![{edge}])")
    except re.error as problem:
        row.refuse(column, f"not a regular expression: {problem}")


def asked_aspects(question: str, language: Language) -> tuple[Aspect, ...]:
    """The aspects a question asks for, by the cues of its language."""
    folded = fold_name(question)
    return tuple(a for a in load_aspects() if language in a.asks and a.asks[language].search(folded))


@cache
def load_plain_words() -> Mapping[Language, frozenset[str]]:
    """Words that stand in questions of any topic: a passage that lacks them is no worse for it."""
    columns = ("language", "words")
    rows = read_table("plain.csv", columns, required=columns)
    return {row.one_of("language", get_args(Language)): frozenset(row.words("words")) for row in rows}
