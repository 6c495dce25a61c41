"""Which severities one entry of the ANSM thesaurus states, where it states them and under which condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from medrag.records import Span
from medrag.vocabulary import Severity

__all__ = ["CODES", "LEVELS", "Field", "Statement", "codes_of", "own_statements", "stated_in"]

#: The level strings of the five editions 2016-01 to 2020-10; anything else is refused.
LEVELS: Final[Mapping[str, Severity]] = {
    "CONTRE-INDICATION": "contraindicated",
    "Association DECONSEILLEE": "major",
    "Précaution d'emploi": "moderate",
    "A prendre en compte": "minor",
    "Il convient de prendre en compte": "minor",
}

#: The abbreviations that head an entry of several levels, such as ``CI - ASDEC - PE``.
CODES: Final[Mapping[str, Severity]] = {
    "CI": "contraindicated",
    "ASDEC": "major",
    "PE": "moderate",
    "APEC": "minor",
}

_HEAD = re.compile(r"(?:CI|ASDEC|PE|APEC)(?: *- *(?:CI|ASDEC|PE|APEC))*")

# A level printed with a capital inside another field: the table's columns were lost when the thesaurus was turned
# into JSON, and the level stayed behind in the text (AMINOSIDES with AUTRES AMINOSIDES is such an entry).
_PHRASE = re.compile(
    r"(?P<contraindicated>Contre-indication|Contre-indiqué)"
    r"|(?P<major>Association déconseillée)"
    r"|(?P<moderate>Précaution d['’]emploi)"
    r"|(?P<minor>(?:A|Association à) prendre en compte)"
)
_LEAD = re.compile(r"[\s:]*")
#: A phrase's own words end at a blank line, at a colon that opens a line, or at the next phrase.
_STOP = re.compile(r"\n\s*\n|\n\s*:")

# How the text of a single level opens when it restricts the level. "En cas d'association ..." and "Lorsque
# l'association est justifiée ..." say what to do, so they are no condition.
_CONDITION = re.compile(
    r"[\s:-]*(?:sauf\b|uniquement\b|seulement\b|avec\b|chez\b|pendant\b|à l['’]exception|contre-indiqué sauf"
    r"|lorsqu(?!e l['’]association)|en cas d(?!['’]association|e co-?administration)"
    r"|dans (?:l['’]|la |le |les |son |ses )(?!attente)|pour (?:des |les |la |une )?doses?\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One text of an entry as it stands in the canonical text."""

    text: str
    span: Span

    def part(self, start: int, end: int) -> Field:
        """The stretch between two offsets of the field's own text."""
        return Field(self.text[start:end], Span(self.span.start + start, self.span.start + end))


@dataclass(frozen=True, slots=True)
class Statement:
    """One severity with its native words, the condition it holds under and what to do."""

    severity: Severity
    level: Field
    condition: Field | None
    management: Field | None


def stated_in(field: Field) -> list[Statement]:
    """The levels that stand as printed phrases inside a field, in order, each with the words that follow it."""
    found = list(_PHRASE.finditer(field.text))
    made = []
    for at, match in enumerate(found):
        limit = found[at + 1].start() if at + 1 < len(found) else len(field.text)
        lead = _LEAD.match(field.text, match.end(), limit)
        start = lead.end() if lead else match.end()
        stop = _STOP.search(field.text, start, limit)
        end = len(field.text[: stop.start() if stop else limit].rstrip())
        words = field.part(start, end) if end > start else None
        severity = cast(Severity, match.lastgroup)
        made.append(Statement(severity, field.part(match.start(), match.end()), words, words))
    return made


def _condition(
    text: Field | None, several: bool, severity: Severity, printed: Iterable[Statement]
) -> Field | None:
    """With several levels every text tells which case is meant; a single level's text may be plain advice."""
    said = [item for item in printed if item.severity == severity and item.condition]
    if text is not None:
        inside = stated_in(text)
        if inside and inside[0].level.span.start == text.span.start and inside[0].severity != severity:
            return said[0].condition if said else None
        if several or _CONDITION.match(text.text):
            return text
    return said[0].condition if said else None


def own_statements(
    levels: Sequence[tuple[Severity, Field, Field | None]], mechanism: Field | None
) -> list[Statement]:
    """All statements of an entry: its level fields first, then the levels printed only inside its texts."""
    printed = [item for _, _, text in levels if text for item in stated_in(text)]
    printed += stated_in(mechanism) if mechanism else []
    several = len({item[0] for item in levels} | {item.severity for item in printed}) > 1
    made = [
        Statement(severity, level, _condition(text, several, severity, printed), text)
        for severity, level, text in levels
    ]
    held = {severity for severity, _, _ in levels}
    return made + [item for item in printed if item.severity not in held]


def codes_of(description: str) -> list[tuple[Severity, int, int]]:
    """(severity, start, end) of each abbreviation that heads the description; none when it has no such head."""
    head = _HEAD.match(description)
    if head is None:
        return []
    return [(CODES[match[0]], match.start(), match.end()) for match in re.finditer(r"[A-Z]+", head[0])]
