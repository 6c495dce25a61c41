"""Measures the proof of free statements: lies that pass, by kind and language, and true statements wrongly withheld."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Proof, Quote
from medrag.concepts import default_linker
from medrag.text.normalise import detect_language
from medrag_api.evaluate.falsify import GRAVE, KINDS, Lie, falsify
from medrag_api.evaluate.truths import PARTS, Part, Truth, read_truths

__all__ = ["LiesReport", "Missed", "Told", "measure_lies"]

#: Languages of statements, as the table shows them.
SHOWN: Final = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Missed:
    """A lie that passed or a true statement that was withheld: its kind of lie or the reason's words; ``about`` is what
    a true statement is about."""

    why: str
    text: str
    quote: str
    language: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One part: lies made by (kind, language), those that passed, true statements by language and by what they are
    about, those withheld."""

    lies: Mapping[tuple[str, str], int]
    passed: tuple[Missed, ...]
    truths: Mapping[str, int]
    withheld: tuple[Missed, ...]
    about: Mapping[str, int]

    def rate(self, grave: bool) -> tuple[int, int]:
        """Passed and all, of the grave kinds or of the rest."""
        passed = sum((lie.why in GRAVE) is grave for lie in self.passed)
        return passed, sum(count for (kind, _), count in self.lies.items() if (kind in GRAVE) is grave)

    @property
    def true(self) -> int:
        return sum(self.truths.values())


@dataclass(frozen=True, slots=True)
class LiesReport:
    """Every part, the quotes there are, milliseconds for ten statements and seconds in all."""

    parts: Mapping[Part, Told]
    quotes: int
    paraphrases: int
    median_ms: float
    p95_ms: float
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": "lies",
            "quotes": self.quotes,
            "paraphrases": self.paraphrases,
            "ten_statements_ms": {"median": self.median_ms, "p95": self.p95_ms},
            "seconds": round(self.seconds, 1),
            "parts": {name: part_json(name, told) for name, told in self.parts.items()},
        }

    def as_text(self) -> str:
        made = sum(sum(told.lies.values()) for told in self.parts.values())
        lines = [
            f"{self.quotes} true statements with their quotes, {self.paraphrases} paraphrases, {made:,} lies",
            "",
        ]
        for name, told in self.parts.items():
            lines += part_lines(name, told)
        lines.append(f"ten statements: median {self.median_ms:.1f} ms, p95 {self.p95_ms:.1f} ms")
        return "\n".join([*lines, f"in all: {self.seconds:.0f} s"])


def part_json(name: Part, told: Told) -> dict[str, Any]:
    """The counts; which true statements were withheld is told only of the part that is tuned on."""
    passed = Counter((lie.why, lie.language) for lie in told.passed)
    open_ = name == "tuned on"
    return {
        "lies": {
            kind: {
                language: {"made": told.lies[kind, language], "passed": passed[kind, language]}
                for language in SHOWN
            }
            for kind in KINDS
        },
        "passed": [[lie.why, lie.text, lie.quote] for lie in told.passed],
        "true": dict(told.truths),
        "true_about": dict(told.about),
        "wrongly_withheld_about": dict(Counter(lost.about for lost in told.withheld)),
        "wrongly_withheld": dict(Counter(lost.language for lost in told.withheld)),
        "withheld": [[lost.why, lost.text, lost.quote] for lost in told.withheld] if open_ else [],
    }


def part_lines(name: str, told: Told) -> Iterator[str]:
    passed = Counter((lie.why, lie.language) for lie in told.passed)
    yield f"{name:16}" + "".join(f"{language + ' made':>10}{'passed':>8}" for language in SHOWN)
    for kind in KINDS:
        cells = "".join(f"{told.lies[kind, lang]:10,}{passed[kind, lang]:8}" for lang in SHOWN)
        yield f"{kind:16}{cells}{'  grave' if kind in GRAVE else ''}"
    for words, grave in (("grave", True), ("other", False)):
        through, made = told.rate(grave)
        yield f"{words} lies passed: {through} of {made:,}"
    lost = Counter(missed.language for missed in told.withheld)
    shares = ", ".join(f"{language} {lost[language]} of {count}" for language, count in told.truths.items())
    about = Counter(missed.about for missed in told.withheld)
    kinds = (f"{kind} {about[kind]} of {count}" for kind, count in sorted(told.about.items()))
    yield f"true statements withheld by what they are about: {', '.join(kinds)}"
    share = len(told.withheld) / told.true if told.true else 0.0
    yield f"true, wrongly withheld: {len(told.withheld)} of {told.true} ({share:.1%}): {shares}"
    yield ""


def measure_lies(
    folder: Path, most: int | None = None, progress: Callable[[str, int, int | None], None] | None = None
) -> LiesReport:
    """Tells every true statement and every lie. ``most`` takes that many lies, spread evenly.

    Raises what `read_truths` raises.
    """
    began = time.perf_counter()
    truths = read_truths(folder)
    lies = list(falsify(truths, default_linker()))
    if most is not None and most < len(lies):
        lies = [lies[at * len(lies) // most] for at in range(most)]
    spent: list[float] = []
    parts: dict[Part, Told] = {}
    for part in PARTS:
        mine = [truth for truth in truths if truth.part == part]
        if mine:
            parts[part] = tell(mine, [lie for lie in lies if lie.truth.part == part], spent)
        if progress is not None:
            progress("lies", sum(sum(told.lies.values()) for told in parts.values()), len(lies))
    tens = [sum(spent[at : at + 10]) for at in range(0, len(spent) - 9, 10)]
    p95 = statistics.quantiles(tens, n=20)[-1] if len(tens) > 1 else sum(tens)
    return LiesReport(
        parts,
        sum(not truth.paraphrase for truth in truths),
        sum(truth.paraphrase for truth in truths),
        statistics.median(tens),
        p95,
        time.perf_counter() - began,
    )


def tell(truths: Sequence[Truth], lies: Sequence[Lie], spent: list[float]) -> Told:
    withheld = []
    for truth in truths:
        proof = timed(truth.text, truth, truth, spent)
        if not proof.entailed:
            withheld.append(Missed(proof.words, truth.text, truth.quote, truth.language, truth.about))
    passed = [
        Missed(lie.kind, lie.text, lie.source.quote, lie.truth.language)
        for lie in lies
        if timed(lie.text, lie.truth, lie.source, spent).entailed
    ]
    made: Counter[tuple[str, str]] = Counter((lie.kind, lie.truth.language) for lie in lies)
    languages: Counter[str] = Counter(truth.language for truth in truths)
    about = Counter(truth.about for truth in truths)
    return Told(made, tuple(passed), languages, tuple(withheld), about)


def timed(text: str, truth: Truth, source: Truth, spent: list[float]) -> Proof:
    """The proof of a text by the quote of a truth, with milliseconds added to ``spent``."""
    began = time.perf_counter()
    quote = Quote(source.quote, source.quote, source.headings, language=detect_language(source.quote))
    proof = prove(Claim(text, truth.language, (quote,)))
    spent.append((time.perf_counter() - began) * 1000)
    return proof
