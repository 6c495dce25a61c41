"""Tells the proof faithful paraphrases of the shelf's own passages, and counts how many it withholds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote
from medrag.errors import InputRefused, NotFound, Place
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag.text.normalise import detect_language
from medrag.vocabulary import Language

__all__ = ["ParaphraseReport", "measure_paraphrases"]

#: The tongues each row is paraphrased in; each is a field of the row.
TONGUES: Final[tuple[Language, ...]] = ("en", "zh")


#: The halves of the file: the proof is mended by the first alone.
HALVES: Final = ("development", "held out")


@dataclass(frozen=True, slots=True)
class ParaphraseReport:
    """Quotes read, statements told and withheld by language and by half, and of the development half why. No statement is
    told: nobody is to mend for one of the held-out half."""

    quotes: int
    told: Mapping[str, int]
    withheld: Mapping[str, int]
    reasons: Mapping[str, int]
    #: Statements told and withheld by half: the development half, and the one nobody mends for.
    halves: Mapping[str, tuple[int, int]]

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": "paraphrases",
            "quotes": self.quotes,
            "told": dict(self.told),
            "wrongly_withheld": dict(self.withheld),
            "reasons": dict(self.reasons),
            "halves": {
                half: {"told": told, "wrongly_withheld": lost} for half, (told, lost) in self.halves.items()
            },
        }

    def as_text(self) -> str:
        lost, made = sum(self.withheld.values()), sum(self.told.values())
        shares = ", ".join(
            f"{tongue} {self.withheld.get(tongue, 0)} of {self.told[tongue]}" for tongue in TONGUES
        )
        return "\n".join(
            [
                f"{made} faithful paraphrases of {self.quotes} quotes of the shelf",
                f"wrongly withheld: {lost} of {made} ({lost / made:.1%}): {shares}",
                *(
                    f"{half}: {lost} of {told} ({lost / told:.1%})"
                    for half, (told, lost) in self.halves.items()
                ),
                *(f"  {reason}: {count}" for reason, count in sorted(self.reasons.items())),
            ]
        )


def measure_paraphrases(path: Path, settings: Settings) -> ParaphraseReport:
    """Proves every paraphrase of a file by its quote, read from the published shelf, which should be the starter shelf.

    Raises `InputRefused` when the shelf does not hold a quote as the file places it.
    """
    from medrag_api.wiring import reading_shelf

    told: Counter[str] = Counter()
    withheld: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    halves = {half: [0, 0] for half in HALVES}
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["paraphrases"]
    with reading_shelf(settings) as shelf:
        for at, row in enumerate(rows):
            half = half_of(row["quote_sha256"])
            for claim in claims_of(shelf, row, Place(str(path), None, f"paraphrases[{at}]")):
                told[claim.language] += 1
                halves[half][0] += 1
                proof = prove(claim)
                if not proof.entailed:
                    withheld[claim.language] += 1
                    halves[half][1] += 1
                    reasons[proof.reason or ""] += half == HALVES[0]
    by_half = {half: (made, lost) for half, (made, lost) in halves.items() if made}
    return ParaphraseReport(len(rows), told, withheld, +reasons, by_half)


def half_of(quote_sha256: str) -> str:
    """The half a row belongs to: development where the last hexadecimal digit of its quote's hash is even."""
    return HALVES[int(quote_sha256[-1], 16) % 2]


def claims_of(shelf: OpenShelf, row: Mapping[str, Any], place: Place) -> Iterator[Claim]:
    """Each paraphrase of a row with the quote it leans on, as an answer would cite it."""
    quote = quote_of(shelf, row, place)
    for tongue in TONGUES:
        yield Claim(row[tongue], tongue, (quote,))


def quote_of(shelf: OpenShelf, row: Mapping[str, Any], place: Place) -> Quote:
    try:
        passage = shelf.catalogue.passage(row["passage"])
    except NotFound as error:
        raise not_held(place) from error
    exact = passage.text[row["start"] : row["start"] + row["length"]]
    if hashlib.sha256(exact.encode()).hexdigest() != row["quote_sha256"]:
        raise not_held(place)
    title = shelf.catalogue.document(passage.document).title
    return Quote(exact, passage.text, passage.section, title, detect_language(exact))


def not_held(place: Place) -> InputRefused:
    return InputRefused(
        "the shelf does not hold the quote of this row",
        place=place,
        remedy="Give the home of a starter shelf: medrag --home DIR try.",
    )
