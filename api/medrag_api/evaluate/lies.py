"""Measures the proof of free statements: lies that pass, by kind, and true statements wrongly withheld."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Proof, Quote
from medrag.concepts import default_linker
from medrag.errors import InputRefused, Place
from medrag.text.normalise import detect_language
from medrag_api.evaluate.falsify import GRAVE, KINDS, Lie, Truth, falsify

__all__ = ["LiesReport", "Told", "measure_lies", "read_truths"]

#: Every third row of the file is held out from tuning.
HELD_OUT = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Lies that passed and true statements that were withheld, with the reason: (kind or reason, text, quote)."""

    lies: Mapping[str, int]
    passed: tuple[tuple[str, str, str], ...]
    truths: int
    withheld: tuple[tuple[str, str, str], ...]

    def rate(self, grave: bool) -> tuple[int, int]:
        """Passed and all, of the grave kinds or of the rest."""
        passed = sum((kind in GRAVE) is grave for kind, _, _ in self.passed)
        return passed, sum(count for kind, count in self.lies.items() if (kind in GRAVE) is grave)


@dataclass(frozen=True, slots=True)
class LiesReport:
    """Both parts, and milliseconds for ten statements: median and 95th percentile."""

    parts: Mapping[str, Told]
    median_ms: float
    p95_ms: float

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": "lies",
            "ten_statements_ms": {"median": self.median_ms, "p95": self.p95_ms},
            "parts": {name: part_json(told) for name, told in self.parts.items()},
        }

    def as_text(self) -> str:
        lines = []
        for name, told in self.parts.items():
            lines += part_lines(name, told)
        lines.append(f"ten statements: median {self.median_ms:.1f} ms, p95 {self.p95_ms:.1f} ms")
        return "\n".join(lines)


def part_json(told: Told) -> dict[str, Any]:
    counts = Counter(kind for kind, _, _ in told.passed)
    return {
        "lies": {kind: {"made": made, "passed": counts[kind]} for kind, made in told.lies.items()},
        "passed": [list(item) for item in told.passed],
        "true": told.truths,
        "wrongly_withheld": [list(item) for item in told.withheld],
    }


def part_lines(name: str, told: Told) -> list[str]:
    counts = Counter(kind for kind, _, _ in told.passed)
    lines = [f"{name}", f"{'kind of lie':16}{'made':>7}{'caught':>8}{'passed':>8}"]
    for kind, made in told.lies.items():
        mark = "  grave" if kind in GRAVE else ""
        lines.append(f"{kind:16}{made:7}{made - counts[kind]:8}{counts[kind]:8}{mark}")
    lost = len(told.withheld)
    share = lost / told.truths if told.truths else 0.0
    for words, grave in (("grave", True), ("other", False)):
        passed, made = told.rate(grave)
        lines.append(f"{words} lies passed: {passed} of {made}")
    return [*lines, f"true, wrongly withheld: {lost} of {told.truths} ({share:.1%})", ""]


def read_truths(path: Path) -> list[Truth]:
    """The statements and paraphrases of a file. Raises InputRefused for a row that lacks a field."""
    if not path.is_file():
        raise InputRefused(
            "there is no such file of truths", place=Place(str(path)), remedy="Give its folder."
        )
    told: list[Truth] = []
    for row, item in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["truths"]):
        if not {"q", "s", "p"} <= set(item):
            raise InputRefused("a truth needs q, s and p", place=Place(str(path), None, f"truths[{row}]"))
        for text in (item["s"], *item["p"]):
            held = row % HELD_OUT == HELD_OUT - 1
            told.append(Truth(row, text, detect_language(text), item["q"], held, text != item["s"]))
    return told


def measure_lies(
    path: Path, most: int | None = None, progress: Callable[[str, int, int | None], None] | None = None
) -> LiesReport:
    """Tells every true statement and every lie. ``most`` takes that many lies, spread evenly."""
    truths = read_truths(path)
    lies = list(falsify(truths, default_linker()))
    if most is not None and most < len(lies):
        lies = [lies[at * len(lies) // most] for at in range(most)]
    spent: list[float] = []
    parts = {}
    for name, held in (("tuned on", False), ("held out", True)):
        mine = [truth for truth in truths if truth.held_out is held]
        told = [lie for lie in lies if lie.truth.held_out is held]
        parts[name] = tell(mine, told, spent)
        if progress is not None:
            progress("lies", len(told), len(lies))
    tens = [sum(spent[at : at + 10]) for at in range(0, len(spent) - 9, 10)]
    p95 = statistics.quantiles(tens, n=20)[-1] if len(tens) > 1 else sum(tens)
    return LiesReport(parts, statistics.median(tens), p95)


def tell(truths: Sequence[Truth], lies: Sequence[Lie], spent: list[float]) -> Told:
    withheld = []
    for truth in truths:
        proof = timed(truth.text, truth, truth.quote, spent)
        if not proof.entailed:
            withheld.append((proof.words, truth.text, truth.quote))
    passed = [
        (lie.kind, lie.text, lie.quote)
        for lie in lies
        if timed(lie.text, lie.truth, lie.quote, spent).entailed
    ]
    made = Counter(lie.kind for lie in lies)
    return Told({kind: made[kind] for kind in KINDS}, tuple(passed), len(truths), tuple(withheld))


def timed(text: str, truth: Truth, quote: str, spent: list[float]) -> Proof:
    """The proof, with milliseconds added to ``spent``."""
    began = time.perf_counter()
    claim = Claim(text, truth.language, (Quote(quote, quote, language=detect_language(quote)),))
    proof = prove(claim)
    spent.append((time.perf_counter() - began) * 1000)
    return proof
