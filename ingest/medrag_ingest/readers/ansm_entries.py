"""Writes one document for each main drug of the ANSM thesaurus, with an assertion for every level it states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from medrag.records import Span
from medrag.vocabulary import Severity
from medrag_ingest.parsed import BlockKind, ParsedDocument, RawAssertion, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.ansm_levels import LEVELS, Field, Statement, codes_of, own_statements, stated_in
from medrag_ingest.readers.ansm_spacing import lost_spaces, spaced_in
from medrag_ingest.readers.checked import check_keys, text_at, unforeseen

__all__ = ["SCALE", "read_main_drugs"]

SCALE: Final = "ansm"

_NOTE = "between_main_and_plus_drug"
_TEXTS = ("main_drug", "plus_drug", _NOTE, "interaction_mechanism", "description")
_ENTRY = frozenset({*_TEXTS, "severity_levels"})
_LEVEL = frozenset({"level", "info"})

#: What stood at the foot of the printed pages; the editions of 2016-01 and 2018-05 kept it in the text above it.
_FOOT = re.compile(
    r"(?:\s*\n\s*|(?<=[.)]))(?:Thésaurus des interactions médicamenteuses|Interactions médicamenteuses - Thésaurus)\s*$"
)

#: (position in the file, the texts by key, the levels)
_Row = tuple[int, dict[str, str], list[object]]


def read_main_drugs(raw: RawFile, rows: Sequence[object]) -> Iterator[ParsedDocument]:
    """One document per main drug, in the order of first mention. Raises DocumentRefused with a JSON pointer."""
    grouped: dict[str, list[_Row]] = {}
    for at, value in enumerate(rows):
        row = _checked(raw, value, at)
        grouped.setdefault(row[1]["main_drug"], []).append(row)
    for main, entries in grouped.items():
        yield _MainDrug(raw, main, entries).document()


def _checked(raw: RawFile, value: object, at: int) -> _Row:
    entry = check_keys(raw, value, _ENTRY, f"/{at}")
    texts = {
        key: text_at(raw, entry[key], f"/{at}/{key}", filled=key in {"main_drug", "plus_drug"})
        for key in _TEXTS
    }
    levels = entry["severity_levels"]
    if not isinstance(levels, list) or not levels:
        unforeseen(raw, "a list of at least one level was expected", field=f"/{at}/severity_levels")
    return at, texts, levels


class _MainDrug:
    """The document of one main drug while it is written."""

    def __init__(self, raw: RawFile, main: str, rows: Sequence[_Row]) -> None:
        self._raw = raw
        self._main = main
        self._builder = TextBuilder()
        self._notes: Counter[str] = Counter()
        self._assertions: list[RawAssertion] = []
        self._builder.heading(main, 1, locator=f"/{rows[0][0]}/main_drug")
        # The source repeats the note under a main drug ("Voir aussi", members) with every entry: written once.
        at, texts, _ = rows[0]
        self._shared_note = self._write(texts[_NOTE], f"/{at}/{_NOTE}", "paragraph", "\n\n")
        for at, texts, levels in rows:
            self._read_entry(at, texts, levels)

    def document(self) -> ParsedDocument:
        text, blocks, segments = self._builder.finish()
        return ParsedDocument(
            key=self._main,
            title=self._main,
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=self._raw.member,
            lost_characters=text.count("\ufffd"),
            assertions=tuple(self._assertions),
            notes=dict(+self._notes),
        )

    def _write(
        self, text: str, pointer: str, kind: BlockKind = "entry", separator: str = "\n"
    ) -> Field | None:
        if not text.strip():
            return None
        return Field(text, self._builder.write(kind, text, locator=pointer, separator=separator))

    def _read_entry(self, at: int, texts: Mapping[str, str], rows: Sequence[object]) -> None:
        self._builder.heading(texts["plus_drug"], 2, locator=f"/{at}/plus_drug")
        note = self._note_of(at, texts[_NOTE])
        described = texts["description"]
        levels = [self._read_level(at, n, row, described) for n, row in enumerate(rows)]
        told = self._without_foot(texts["interaction_mechanism"])
        mechanism = self._write_spaced(at, "interaction_mechanism", told, described)
        statements = own_statements(levels, mechanism)
        self._count(levels, mechanism, statements)
        statements += self._only_described(at, described, {item.severity for item in statements})
        self._assertions += [
            self._assertion(texts["plus_drug"], item, mechanism, note) for item in statements
        ]

    def _without_foot(self, text: str) -> str:
        """A text that a page ended behind, without the page's foot."""
        bare = _FOOT.sub("", text)
        self._notes["page_feet_removed"] += bare != text
        return bare

    def _note_of(self, at: int, text: str) -> Field | None:
        if self._shared_note and self._shared_note.text == text:
            return self._shared_note
        return self._write(text, f"/{at}/{_NOTE}")

    def _write_spaced(self, at: int, pointer: str, text: str, description: str) -> Field | None:
        """Writes a text as the entry's description spaces it where the field itself lost the space between words."""
        if not text.strip() or not lost_spaces(text, description):
            return self._write(text, f"/{at}/{pointer}")
        spaced = spaced_in(text, description)
        self._notes["texts_with_joined_words"] += 1
        self._notes["texts_spaced_from_description"] += spaced is not None
        return self._write(spaced, f"/{at}/description") if spaced else self._write(text, f"/{at}/{pointer}")

    def _read_level(
        self, at: int, n: int, value: object, description: str
    ) -> tuple[Severity, Field, Field | None]:
        pointer = f"severity_levels/{n}"
        row = check_keys(self._raw, value, _LEVEL, f"/{at}/{pointer}")
        level, info = (text_at(self._raw, row[key], f"/{at}/{pointer}/{key}") for key in ("level", "info"))
        if level not in LEVELS:
            unforeseen(self._raw, f"a level not known: {level!r}", field=f"/{at}/{pointer}/level")
        span = self._builder.write("entry", level, locator=f"/{at}/{pointer}/level", separator="\n")
        return LEVELS[level], Field(level, span), self._write_spaced(at, f"{pointer}/info", info, description)

    def _count(
        self,
        levels: Sequence[tuple[Severity, Field, Field | None]],
        mechanism: Field | None,
        statements: Sequence[Statement],
    ) -> None:
        self._notes["entries"] += 1
        self._notes["entries_without_mechanism"] += mechanism is None
        self._notes["levels"] += len(levels)
        self._notes["levels_found_in_text"] += len(statements) - len(levels)

    def _only_described(self, at: int, description: str, held: set[Severity]) -> list[Statement]:
        """Levels the entry's own head line names and its level fields lack; the description is then written too."""
        missing = [code for code in codes_of(description) if code[0] not in held]
        if not missing:
            return []
        span = self._builder.write("entry", description, locator=f"/{at}/description", separator="\n")
        field = Field(description, span)
        printed = {item.severity: item for item in stated_in(field)}
        self._notes["levels_found_in_description"] += len(missing)
        return [
            printed.get(severity, Statement(severity, field.part(start, end), None, None))
            for severity, start, end in missing
        ]

    def _assertion(
        self, other: str, item: Statement, mechanism: Field | None, note: Field | None
    ) -> RawAssertion:
        fields = {
            "condition": item.condition,
            "management": item.management,
            "mechanism": mechanism,
            "note": note,
        }
        evidence: list[tuple[str, Span]] = [("level", item.level.span)]
        evidence += [(role, field.span) for role, field in fields.items() if field]
        return RawAssertion(
            predicate="interacts_with",
            subject=self._main,
            object=other,
            severity=item.severity,
            native_scale=SCALE,
            native_level=item.level.text,
            condition=item.condition.text if item.condition else "",
            qualifiers={role: field.text for role, field in fields.items() if field and role != "condition"},
            evidence=tuple(evidence),
        )
