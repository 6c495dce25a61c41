"""Measures conversations: scripted turns whose slots are known, right or wrong, by kind of slot and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from medrag.concepts import default_linker
from medrag.dialogue.records import LISTS, Dialogue
from medrag.dialogue.turn import take_turn
from medrag.errors import InputRefused, Place
from medrag.text.normalise import detect_language

__all__ = ["DialogueReport", "Failed", "Part", "measure_dialogues", "slots_told", "slots_wanted"]

#: The file's short words for fields.
FIELDS: Final[Mapping[str, str]] = {
    "age": "age_years",
    "egfr": "egfr_ml_min_1_73m2",
    "crcl": "crcl_ml_min",
    "qtc": "qtc_ms",
}
#: Numbers are the same within this much: pounds and months are converted.
NEAR: Final = 0.06


@dataclass(frozen=True, slots=True)
class Failed:
    """A turn whose slots are not all right: (field, wanted, got) of each that is not."""

    conversation: str
    turn: int
    said: str
    wrong: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The turns of one half and language. ``slots`` counts what was due or told, ``right`` what was both."""

    half: str
    language: str
    turns: int
    failed: tuple[Failed, ...]
    slots: Mapping[str, int]
    right: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DialogueReport:
    """Every part; the half called test is not looked into while rules are mended."""

    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": "dialogue",
            "parts": [
                {
                    "half": part.half,
                    "language": part.language,
                    "turns": part.turns,
                    "right": part.turns - len(part.failed),
                    "slots": {
                        name: {"due": due, "right": part.right.get(name, 0)}
                        for name, due in part.slots.items()
                    },
                    "failed": [
                        {
                            "conversation": f.conversation,
                            "turn": f.turn,
                            "said": f.said,
                            "wrong": list(f.wrong),
                        }
                        for f in part.failed
                    ],
                }
                for part in self.parts
            ],
        }

    def as_text(self) -> str:
        lines = [f"{'half':6}{'language':10}{'turns':>6}{'right':>7}{'share':>8}"]
        for half in dict.fromkeys(part.half for part in self.parts):
            mine = [part for part in self.parts if part.half == half]
            lines += [part_line(half, part.language, [part]) for part in mine] + [
                part_line(half, "both", mine)
            ]
        lines += ["", f"{'slot':22}{'due or told':>12}{'right':>7}{'share':>8}"]
        due, right = Counter[str](), Counter[str]()
        for part in self.parts:
            due.update(part.slots)
            right.update(part.right)
        lines += [
            f"{name:22}{due[name]:12}{right[name]:7}{right[name] / due[name]:8.1%}" for name in sorted(due)
        ]
        for part in self.parts:
            for failed in part.failed:
                lines += ["", f"{failed.conversation} turn {failed.turn}: {failed.said}"]
                lines += [f"    {name}: due {want}, got {got}" for name, want, got in failed.wrong]
        return "\n".join(lines)


def part_line(half: str, language: str, parts: Sequence[Part]) -> str:
    turns, failed = sum(part.turns for part in parts), sum(len(part.failed) for part in parts)
    return f"{half:6}{language:10}{turns:6}{turns - failed:7}{(turns - failed) / turns:8.1%}"


def measure_dialogues(path: Path) -> DialogueReport:
    """Takes every conversation of a file. Raises InputRefused for one that lacks a field."""
    if not path.is_file():
        raise InputRefused(
            "there is no such file of conversations", place=Place(str(path)), remedy="Give its folder."
        )
    told = yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]
    parts: dict[tuple[str, str], list[Any]] = {}
    for row, item in enumerate(told):
        if not {"id", "half", "turns"} <= set(item):
            place = Place(str(path), None, f"conversations[{row}]")
            raise InputRefused("a conversation needs id, half and turns", place=place)
        language = detect_language(" ".join(turn["say"] for turn in item["turns"]))
        parts.setdefault((item["half"], language), []).append(item)
    return DialogueReport(tuple(measure(half, language, some) for (half, language), some in parts.items()))


def measure(half: str, language: str, conversations: Sequence[Mapping[str, Any]]) -> Part:
    failed, slots, right, turns = [], Counter[str](), Counter[str](), 0
    for item in conversations:
        dialogue = Dialogue()
        for at, turn in enumerate(item["turns"], start=1):
            dialogue = take_turn(dialogue, turn["say"]).dialogue
            turns += 1
            wanted, got = slots_wanted(turn["slots"]), slots_told(dialogue)
            fields = sorted(wanted.keys() | got.keys())
            wrong = [name for name in fields if not same(wanted.get(name), got.get(name))]
            slots.update(fields)
            right.update(name for name in fields if name not in wrong)
            if wrong:
                told = tuple((name, shown(wanted.get(name)), shown(got.get(name))) for name in wrong)
                failed.append(Failed(item["id"], at, turn["say"], told))
    return Part(half, language, turns, tuple(failed), dict(slots), dict(right))


def slots_wanted(told: Mapping[str, Any]) -> dict[str, Any]:
    """The file's slots as the conversation has them: names as things of the lexicon, measures with their unit."""
    wanted: dict[str, Any] = {}
    for name, value in told.items():
        if name in LISTS:
            wanted[name] = frozenset(meant(item) for item in value)
        elif name in ("creatinine", "potassium"):
            number, unit = value.split()
            wanted[name] = (float(number), unit)
        else:
            wanted[FIELDS.get(name, name)] = value
    return wanted


def slots_told(dialogue: Dialogue) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for slot in dialogue.slots:
        if slot.field in LISTS:
            told[slot.field] = told.get(slot.field, frozenset()) | {meant(str(slot.value))}
        elif isinstance(slot.value, dict):
            told[slot.field] = (slot.value["value"], slot.value["unit"])
        else:
            told[slot.field] = slot.value
    return told


def meant(name: str) -> str:
    """The thing a name stands for; the name itself where the lexicon has none."""
    things = sorted(thing.id for thing in default_linker().named(name))
    return " or ".join(things) or name


def same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= NEAR
    return bool(one == other)


def shown(value: Any) -> str:
    return (
        ", ".join(sorted(value))
        if isinstance(value, frozenset)
        else "nothing"
        if value is None
        else str(value)
    )
