"""What a finished index in a folder says of itself, and whether its files still are what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medrag.errors import IndexUnavailable, Place
from medrag.identifiers import sha256_text
from medrag.index.folder import spoilt_file, write_durably
from medrag.index.points import (
    DOCTOR,
)
from medrag.index.shard import SHARD

__all__ = ["META", "Card", "checked_card"]

META = "meta.json"


#: Of the layout described above; another number is refused, not guessed at.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Card:
    """``meta.json``: the index's own description beside what ``finish`` was given."""

    dimension: int | None
    points: int
    dense: int
    dead: int
    files: Mapping[str, str]
    meta: Mapping[str, str]

    def write(self, folder: Path) -> None:
        told: dict[str, object] = {"layout": LAYOUT, "dimension": self.dimension, "points": self.points}
        told |= {"dense": self.dense, "dead": self.dead, "files": dict(self.files), "meta": dict(self.meta)}
        write_durably(folder / META, json.dumps({**told, "sha256": digest(told)}, sort_keys=True, indent=1))

    @classmethod
    def read(cls, folder: Path) -> Card:
        """Raises IndexUnavailable when the index is missing, unfinished, or its card cannot be read."""
        place = Place(file=str(folder / META))
        try:
            told = json.loads((folder / META).read_text(encoding="utf-8"))
            if told.pop("sha256") != digest(told):
                raise IndexUnavailable("its digest does not match", place=place, remedy=DOCTOR)
            if told["layout"] != LAYOUT:
                raise IndexUnavailable(f"layout {told['layout']} is not {LAYOUT}", place=place, remedy=DOCTOR)
            counts = (told["dimension"], told["points"], told["dense"], told["dead"])
            return cls(*counts, told["files"], told["meta"])
        except FileNotFoundError as error:
            raise IndexUnavailable("there is no finished index here", place=place, remedy=DOCTOR) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexUnavailable(f"is damaged: {error}", place=place, remedy=DOCTOR) from error


def digest(told: Mapping[str, object]) -> str:
    """Of the card's own words, so that a flipped bit in a count or a name is seen too."""
    return sha256_text(json.dumps(told, sort_keys=True))


def checked_card(folder: Path) -> Card:
    """The card of a finished index whose every file is as it was when it was finished. Raises IndexUnavailable."""
    card = Card.read(folder)
    try:
        spoilt = spoilt_file(folder / SHARD, card.files)
    except OSError as error:
        raise IndexUnavailable(
            f"cannot be read: {error}", place=Place(file=str(folder)), remedy=DOCTOR
        ) from error
    if spoilt is not None:
        raise IndexUnavailable(
            "missing, added or changed since the index was finished",
            place=Place(file=str(folder / SHARD / spoilt)),
            remedy=DOCTOR,
        )
    return card
