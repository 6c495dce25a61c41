"""What a conversation is made of: slots with the turn that set them, what a turn changed, and what it left unclear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from medrag.vocabulary import Language

__all__ = [
    "LISTS",
    "MOST_SLOTS",
    "MOST_TURNS",
    "Change",
    "ChangeKind",
    "Dialogue",
    "Role",
    "Slot",
    "Turn",
    "Unclear",
]

#: Turns one conversation may have; a longer one has become another one.
MOST_TURNS = 100
#: Drugs, conditions or allergies one conversation may hold: as many drugs as a review takes.
MOST_SLOTS = 50
#: Slots of which a person has several.
LISTS = ("drugs", "conditions", "allergies")

#: A drug is taken, or only asked about: "what about naproxen?" takes the place of the latter alone.
Role = Literal["", "taken", "asked"]
ChangeKind = Literal["set", "corrected", "added", "removed", "replaced", "denied", "started_anew"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that is known. ``field`` is a field of the contract's Patient, or trimester.

    ``value`` is a number in the field's unit, a word, a flag or {value, unit}; of drugs, conditions and allergies the
    English main name.
    """

    field: str
    value: Any
    #: The turn that set it, from 1; 0 when it was written in by hand.
    turn: int
    #: told | pronoun | supposed ("if she is pregnant") | answered | edited
    how: str = "told"
    #: What the person calls it.
    said: str = ""
    role: Role = ""

    def as_json(self) -> Json:
        told: Json = {"field": self.field, "value": self.value, "turn": self.turn, "how": self.how}
        if self.said:
            told["said"] = self.said
        return {**told, "role": self.role} if self.role else told


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a turn did to the slots: shown, so that it can be corrected."""

    kind: ChangeKind
    field: str
    value: Any
    before: Any = None

    def as_json(self) -> Json:
        return {"kind": self.kind, "field": self.field, "value": self.value, "before": self.before}


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that was said and is not used until a person says what is meant. ``why`` is unit | near | ambiguous |
    which_replaced | range | contradiction."""

    field: str
    why: str
    #: What was said of it: a number that lacks its unit, a name that is held by none.
    said: Any = None
    candidates: tuple[str, ...] = ()
    role: Role = ""

    def as_json(self) -> Json:
        return {
            "field": self.field,
            "why": self.why,
            "said": self.said,
            "candidates": list(self.candidates),
        }


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation as it stands. Of the turns' words only the last question is kept, to be asked again of other
    drugs."""

    turns: int = 0
    slots: tuple[Slot, ...] = ()
    #: The last question, before what is known beside it is added.
    question: str = ""
    #: Names of conditions said not to be there.
    denied: tuple[str, ...] = ()
    language: Language = "en"
    #: What each turn changed.
    log: tuple[tuple[int, tuple[Change, ...]], ...] = ()
    #: What the last turn left unclear, and the fields asked for.
    unclear: tuple[Unclear, ...] = ()
    asked: tuple[str, ...] = ()

    def of(self, field_name: str) -> tuple[Slot, ...]:
        """The slots of a field, in the order they were told."""
        return tuple(slot for slot in self.slots if slot.field == field_name)

    def value(self, field_name: str) -> Any:
        """The value of a field that a person has one of; None when it is not told."""
        held = self.of(field_name)
        return held[-1].value if held else None


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn comes to: the conversation after it and what is to be asked of the shelf."""

    dialogue: Dialogue
    #: A question that can be understood alone.
    question: str
    #: The contract's Patient, with drugs and conditions by what they were called.
    patient: Mapping[str, Any]
    understood: tuple[Change, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    #: Whether the slots were emptied first, for the turn speaks of another patient.
    started_anew: bool = False
    drugs: tuple[str, ...] = field(default=())
    conditions: tuple[str, ...] = field(default=())
