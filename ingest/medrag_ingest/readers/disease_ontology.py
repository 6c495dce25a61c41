"""Reads the Disease Ontology's reports: labels with their broader diseases, and cross-references to other systems."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from medrag.errors import UsageError
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import no_options, unforeseen
from medrag_ingest.readers.guard import iter_lines

__all__ = ["read_disease_ontology"]

SCALE: Final = "disease_ontology"
_LABELS: Final = ("id", "label", "subClassOf")
_CODES: Final = ("id", "label", "xref")
#: The ontology's name of a code system -> ours. The others (genes, registries, cancers' morphology) are counted.
SYSTEMS: Final[Mapping[str, str]] = {"ICD10CM": "icd10", "MESH": "mesh", "UMLS_CUI": "umls"}
_DISEASES_A_DOCUMENT: Final = 1000


@dataclass(slots=True)
class _Disease:
    line: int
    id: str
    label: str
    broader: list[str] = field(default_factory=list)
    codes: dict[str, list[str]] = field(default_factory=dict)

    def told(self) -> dict[str, str]:
        """The first code of each system, and the others beside it."""
        made = {}
        for system, held in sorted(self.codes.items()):
            made[system] = held[0]
            if len(held) > 1:
                made[f"{system}_other"] = " ".join(held[1:])
        return made


def read_disease_ontology(
    files: Sequence[RawFile], options: Mapping[str, object]
) -> Iterator[ParsedDocument]:
    """Documents of 1,000 diseases each, an ``entry`` line a disease, with an ``is_a`` assertion for each broader one.

    ``files``: HumanDO.tsv (id, label, subClassOf; a line for each parent) and, where named, allXREFinDO.tsv (id, label,
    xref). Raises DocumentRefused with the line of a row without id or label. No options.
    """
    no_options(options, "disease_ontology")
    tables = {head: (raw, rows) for raw in files for head, rows in [_table(raw)]}
    if _LABELS not in tables or set(tables) - {_LABELS, _CODES}:
        raise UsageError(
            "the Disease Ontology reader needs HumanDO.tsv, and allXREFinDO.tsv where it is held"
        )
    raw, rows = tables[_LABELS]
    diseases = _diseases(raw, rows)
    notes = _add_codes(diseases, tables[_CODES][1]) if _CODES in tables else Counter()
    held = list(diseases.values())
    for start in range(0, len(held), _DISEASES_A_DOCUMENT):
        yield _document(raw, held[start : start + _DISEASES_A_DOCUMENT], start + 1, notes)
        notes = Counter()


def _table(raw: RawFile) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    rows = list(csv.reader(iter_lines(raw), delimiter="\t", strict=True))
    for number, cells in enumerate(rows, 1):
        if len(cells) != len(rows[0]):
            unforeseen(raw, f"{len(rows[0])} columns were expected, {len(cells)} found", line=number)
    return tuple(rows[0]), list(enumerate(rows[1:], 2))


def _diseases(raw: RawFile, rows: Sequence[tuple[int, list[str]]]) -> dict[str, _Disease]:
    held: dict[str, _Disease] = {}
    for line, (identifier, label, broader) in rows:
        if not identifier.startswith("DOID:") or not label.strip():
            unforeseen(raw, f"not a DOID and a label: {identifier!r}, {label!r}", line=line)
        disease = held.setdefault(identifier, _Disease(line, identifier, label.strip()))
        if broader.strip() and broader.strip() not in disease.broader:
            disease.broader.append(broader.strip())
    return held


def _add_codes(diseases: Mapping[str, _Disease], rows: Sequence[tuple[int, list[str]]]) -> Counter[str]:
    notes: Counter[str] = Counter()
    for _, (identifier, _, xref) in rows:
        system, _, code = xref.partition(":")
        disease = diseases.get(identifier)
        if system not in SYSTEMS or disease is None or not code.strip():
            notes["references_left_out"] += 1
            continue
        held = disease.codes.setdefault(SYSTEMS[system], [])
        if code.strip() not in held:
            held.append(code.strip())
        notes[f"references_{SYSTEMS[system]}"] += 1
    return notes


def _document(raw: RawFile, diseases: Sequence[_Disease], first: int, notes: Counter[str]) -> ParsedDocument:
    builder = TextBuilder()
    claims = []
    for disease in diseases:
        words = f"{disease.id} {disease.label}"
        words += f" is a {'; '.join(disease.broader)}" if disease.broader else ""
        words += "".join(f"; {system} {code}" for system, code in disease.told().items())
        locator = f"lines:{disease.line}-{disease.line}"
        span = builder.write("entry", words, locator=locator, separator="\n")
        claims += [
            RawAssertion("is_a", disease.id, broader, "unknown", SCALE, "", evidence=(("row", span),))
            for broader in disease.broader
        ]
    text, blocks, segments = builder.finish()
    span_of_rows = f"{first}-{first + len(diseases) - 1}"
    return ParsedDocument(
        key=f"diseases#{span_of_rows}",
        title=f"Diseases {span_of_rows}",
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        searchable=False,
        assertions=tuple(claims),
        names=tuple(RawName(d.id, "disease", d.label, "en", "preferred", d.told()) for d in diseases),
        notes=dict(notes),
    )
