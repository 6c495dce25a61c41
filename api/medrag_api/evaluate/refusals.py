"""Measures what is refused: questions that must be, by kind, and questions of pharmacists that must not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from medrag.answer.refuse import KINDS, refusal_kind
from medrag.errors import InputRefused, Place

__all__ = ["Asked", "Judged", "RefusalsReport", "measure_refusals", "read_asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the kind it must be refused as; ``expected`` is None for one that must be answered."""

    kind: str
    language: str
    text: str
    expected: str | None
    held_out: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One half: how many of each kind, and those judged wrong as (kind, question, what it was taken for)."""

    asked: Mapping[str, int]
    wrong: tuple[tuple[str, str, str], ...]

    @property
    def share(self) -> float:
        """How many were judged right."""
        made = sum(self.asked.values())
        return (made - len(self.wrong)) / made if made else 0.0


@dataclass(frozen=True, slots=True)
class RefusalsReport:
    """Both halves."""

    parts: Mapping[str, Judged]

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": "refusals",
            "parts": {
                name: {
                    "right": round(told.share, 4),
                    "asked": dict(told.asked),
                    "wrong": [list(item) for item in told.wrong],
                }
                for name, told in self.parts.items()
            },
        }

    def as_text(self) -> str:
        return "\n".join(line for name, told in self.parts.items() for line in lines_of(name, told)).rstrip()


def lines_of(name: str, told: Judged) -> list[str]:
    lines = [name, f"{'kind':22}{'asked':>6}{'right':>8}"]
    for kind, made in told.asked.items():
        wrong = sum(item[0] == kind for item in told.wrong)
        lines.append(f"{kind:22}{made:6}{(made - wrong) / made:8.1%}")
    lines.append(f"right: {told.share:.1%} of {sum(told.asked.values())}")
    return [*lines, *(f"  {kind}, taken for {taken}: {text}" for kind, text, taken in told.wrong), ""]


def read_asked(path: Path) -> list[Asked]:
    """The questions of a file; every second of a list is held out. Raises InputRefused."""
    if not path.is_file():
        raise InputRefused(
            "there is no such file of questions", place=Place(str(path)), remedy="Give its folder."
        )
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked: list[Asked] = []
    for part in ("refused", "answered"):
        if not isinstance(told, dict) or not isinstance(told.get(part), dict):
            raise InputRefused("a part is missing", place=Place(str(path), None, part))
        for kind, languages in told[part].items():
            if part == "refused" and kind not in KINDS:
                raise InputRefused(
                    f"{kind!r} is no kind of refusal; one of {', '.join(KINDS)}",
                    place=Place(str(path), None, f"refused.{kind}"),
                )
            expected = kind if part == "refused" else None
            for language, texts in languages.items():
                asked += [
                    Asked(kind, language, text, expected, bool(at % 2)) for at, text in enumerate(texts)
                ]
    return asked


def measure_refusals(
    path: Path, progress: Callable[[str, int, int | None], None] | None = None
) -> RefusalsReport:
    """Judges every question of the file. Raises InputRefused."""
    asked = read_asked(path)
    parts = {}
    for name, held in (("tuned on", False), ("held out", True)):
        mine = [item for item in asked if item.held_out is held]
        parts[name] = judge(mine)
        if progress is not None:
            progress("refusals", len(mine), len(asked))
    return RefusalsReport(parts)


def judge(asked: Sequence[Asked]) -> Judged:
    counts: dict[str, int] = {}
    wrong = []
    for item in asked:
        counts[item.kind] = counts.get(item.kind, 0) + 1
        taken = refusal_kind(item.text)
        if taken != item.expected:
            wrong.append((item.kind, item.text, taken or "medrag's to answer"))
    return Judged(counts, tuple(wrong))
