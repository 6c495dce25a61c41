"""The slots while a turn is read: every change goes through here, so that each is noted once and can be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from medrag.dialogue.records import MOST_SLOTS, Change, Dialogue, Role, Slot, Unclear

__all__ = ["Draft"]


@dataclass(slots=True)
class Draft:
    """A conversation being changed by one turn; ``turn`` is that turn's number."""

    dialogue: Dialogue
    turn: int
    slots: list[Slot] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)

    @classmethod
    def of(cls, dialogue: Dialogue) -> Draft:
        return cls(dialogue, dialogue.turns + 1, list(dialogue.slots), list(dialogue.denied))

    def clear(self) -> None:
        """Forgets everything: another patient is spoken of."""
        self.slots, self.denied = [], []
        self.changes = [Change("started_anew", "", None)]

    def held(self, field_name: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.field == field_name]

    def value(self, field_name: str) -> Any:
        held = self.held(field_name)
        return held[-1].value if held else None

    def names(self, field_name: str) -> list[str]:
        return [str(slot.value) for slot in self.held(field_name)]

    def put(self, field_name: str, value: Any, how: str = "told") -> None:
        """Sets a field a person has one of."""
        before = self.value(field_name)
        if before == value:
            return
        self.slots = [slot for slot in self.slots if slot.field != field_name]
        self.slots.append(Slot(field_name, value, self.turn, how))
        kind = "set" if before is None else "corrected"
        self.changes.append(Change(kind, field_name, value, before))  # type: ignore[arg-type]

    def add(self, field_name: str, name: str, said: str, role: Role = "", how: str = "told") -> None:
        """Adds a drug, condition or allergy; one that is held keeps its place, and becomes taken if it is now."""
        for at, slot in enumerate(self.slots):
            if slot.field == field_name and slot.value == name:
                if role == "taken" and slot.role == "asked":
                    self.slots[at] = replace(slot, role=role)
                return
        if len(self.held(field_name)) >= MOST_SLOTS:
            self.unclear.append(Unclear(field_name, "too_many", said))
            return
        self.slots.append(Slot(field_name, name, self.turn, how, said, role))
        self.changes.append(Change("added", field_name, name))

    def remove(self, field_name: str, names: Iterable[str]) -> list[str]:
        """Takes out what is held of these; gives what was."""
        wanted = set(names)
        gone = [str(s.value) for s in self.slots if s.field == field_name and s.value in wanted]
        self.slots = [s for s in self.slots if s.field != field_name or s.value not in wanted]
        self.changes += [Change("removed", field_name, name) for name in gone]
        return gone

    def drop(self, field_name: str) -> None:
        """Takes out every slot of a field."""
        for slot in self.held(field_name):
            self.changes.append(Change("removed", field_name, slot.value))
        self.slots = [slot for slot in self.slots if slot.field != field_name]

    def exchange(self, old: str, name: str, said: str, role: Role, how: str = "told") -> None:
        """Puts a drug in the place of another."""
        if name in self.names("drugs"):
            self.remove("drugs", [old])
            return
        for at, slot in enumerate(self.slots):
            if slot.field == "drugs" and slot.value == old:
                self.slots[at] = Slot("drugs", name, self.turn, how, said, role or slot.role)
                self.changes.append(Change("replaced", "drugs", name, old))
                return
        self.add("drugs", name, said, role, how)

    def deny(self, name: str) -> None:
        """Notes that a condition is not there, and takes it out if it was held."""
        self.remove("conditions", [name])
        if name not in self.denied:
            self.denied.append(name)
            self.changes.append(Change("denied", "conditions", name))
