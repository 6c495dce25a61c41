"""Measures what is kept from a model: planted identifiers that go, by kind, and words of medicine that must stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medrag.concepts import default_linker
from medrag.privacy import Identifier, find_identifiers
from medrag_api.evaluate.planting import Planted, plant, read_tables

__all__ = ["PLANTED", "Kept", "PrivacyReport", "measure_privacy"]

#: How many are planted, half of them held out.
PLANTED = 2000
#: A dose, a value or an age of the frames: what may not be lost.
CLINICAL = re.compile(
    r"\d[\d.,]*\s?(?:mg|g|mcg|μg|units|单位|mmol/L|岁|周|hours|小时)|(?:eGFR|INR|DFG de|eGFR of)\s?\d[\d.]*"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One half. ``leaked`` holds (kind, text, what was left of it); ``harmed`` (kind, text, what was lost)."""

    planted: Mapping[str, int]
    leaked: tuple[tuple[str, str, str], ...]
    harmed: tuple[tuple[str, str, str], ...]

    @property
    def share(self) -> float:
        """Of the planted, how many went whole."""
        made = sum(self.planted.values())
        return (made - len(self.leaked)) / made if made else 0.0


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """Both halves."""

    parts: Mapping[str, Kept]

    def as_json(self) -> dict[str, Any]:
        return {"suite": "privacy", "parts": {name: part_json(told) for name, told in self.parts.items()}}

    def as_text(self) -> str:
        return "\n".join(
            line for name, told in self.parts.items() for line in part_lines(name, told)
        ).rstrip()


def part_json(told: Kept) -> dict[str, Any]:
    leaks = Counter(kind for kind, _, _ in told.leaked)
    return {
        "kept": round(told.share, 5),
        "kinds": {kind: {"planted": made, "leaked": leaks[kind]} for kind, made in told.planted.items()},
        "leaked": [list(item) for item in told.leaked],
        "harmed": [list(item) for item in told.harmed],
    }


def part_lines(name: str, told: Kept) -> list[str]:
    leaks = Counter(kind for kind, _, _ in told.leaked)
    lines = [name, f"{'kind':14}{'planted':>8}{'kept':>7}{'leaked':>8}"]
    lines += [f"{k:14}{made:8}{made - leaks[k]:7}{leaks[k]:8}" for k, made in told.planted.items()]
    made = sum(told.planted.values())
    lines.append(f"kept from the model: {made - len(told.leaked)} of {made} ({told.share:.2%})")
    lines += [f"  leaked {kind}: {left!r} of {text}" for kind, text, left in told.leaked]
    lines.append(f"questions that lost a drug, dose or value: {len(told.harmed)}")
    lines += [f"  lost {lost!r} of {text}" for _, text, lost in told.harmed]
    return [*lines, ""]


def measure_privacy(
    path: Path, count: int = PLANTED, progress: Callable[[str, int, int | None], None] | None = None
) -> PrivacyReport:
    """Plants ``count`` identifiers made of the tables at ``path`` and removes them. Raises InputRefused."""
    planted = plant(read_tables(path), count)
    parts = {}
    for name, held in (("tuned on", False), ("held out", True)):
        mine = [item for item in planted if item.held_out is held]
        parts[name] = remove_all(mine)
        if progress is not None:
            progress("privacy", len(mine), len(planted))
    return PrivacyReport(parts)


def remove_all(planted: Sequence[Planted]) -> Kept:
    leaked, harmed = [], []
    for item in planted:
        spans = find_identifiers(item.text)
        if left := remainder(item, spans):
            leaked.append((item.kind, item.text, left))
        if lost := losses(item, spans):
            harmed.append((item.kind, item.text, lost))
    made = Counter(item.kind for item in planted)
    return Kept(dict(made), tuple(leaked), tuple(harmed))


def remainder(item: Planted, spans: Sequence[Identifier]) -> str:
    """The letters and digits of the planted that no span covers; one left over is a leak."""
    gone = {at for span in spans for at in range(span.start, span.end)}
    left = (item.text[at] for at in range(item.start, item.end) if at not in gone)
    return "".join(char for char in left if char.isalnum())


def losses(item: Planted, spans: Sequence[Identifier]) -> str:
    """A drug, dose, value or age of the frame that a span took with it."""
    frame = (item.text[: item.start], item.text[item.end :])
    for span in spans:
        for part, base in zip(frame, (0, item.end), strict=True):
            cut = part[max(0, span.start - base) : max(0, span.end - base)]
            if cut.strip() and (CLINICAL.search(cut) or drugs_in(cut)):
                return cut.strip()
    return ""


def drugs_in(text: str) -> bool:
    return any(mention.thing.kind in ("drug", "disease") for mention in default_linker().find(text))
