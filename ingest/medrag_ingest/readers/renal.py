"""Reads OpenMedicine's renal dosing tables: one document per drug, one row per band of kidney function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from medrag.records import Span
from medrag.vocabulary import Severity
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import check_keys, load_json, no_options, text_at, unforeseen

__all__ = ["read_renal"]

_DRUG = frozenset(
    {
        "drug_name",
        "brand_names",
        "drug_class",
        "route",
        "label_renal_metric",
        "normal_dose",
        "requires_tdm",
        "monitoring_parameters",
        "hepatic_interaction_flag",
        "source_doi",
        "source_description",
        "evidence_level",
        "tiers",
    }
)
_TIER = frozenset({"min", "max", "dose", "adjustment_type", "dialysis_note", "warnings"})
#: The measure a table counts in and its unit, as the package's own calculator prints them.
_MEASURES: Final[Mapping[str, tuple[str, str]]] = {
    "crcl": ("CrCl", "mL/min"),
    "egfr": ("eGFR", "mL/min/1.73m2"),
}
#: The source's own words for a row, graded: an advice to change the dose is a precaution with an action stated.
_GRADES: Final[Mapping[str, Severity]] = {
    "contraindicated": "contraindicated",
    "use_with_caution": "moderate",
    "dose_reduction": "moderate",
    "interval_extension": "moderate",
    "no_adjustment": "minor",
}
_NONE = "-"


def read_renal(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document per drug, keyed by the drug's key in the file, with a ``dose_by_kidney_function`` assertion a row.

    The bounds of a band are whole numbers in the source and both belong to it; a value between two bands (49.5) is
    meant to be read by its whole part, which is the lower band. The qualifier ``upper`` is "" where there is no
    bound. Raises DocumentRefused with a JSON pointer for an unknown key, measure or type, and for bands that overlap
    or leave a gap. No options.
    """
    no_options(options, "renal_json")
    drugs = load_json(raw)
    if not isinstance(drugs, dict) or not drugs:
        unforeseen(raw, "an object of drugs was expected", field="/")
    for key, value in drugs.items():
        pointer = f"/{key.replace('~', '~0').replace('/', '~1')}"
        yield _Table(raw, key, check_keys(raw, value, _DRUG, pointer), pointer).document()


@dataclass(frozen=True, slots=True)
class _Band:
    """One row of a table: its cells by column name, in order, and its bounds as printed."""

    pointer: str
    lower: int
    upper: int | None
    cells: Mapping[str, str]


class _Table:
    """The document of one drug while it is written."""

    def __init__(self, raw: RawFile, key: str, drug: Mapping[str, object], pointer: str) -> None:
        self._raw = raw
        self._key = key
        self._drug = drug
        self._pointer = pointer
        self._name = self._text("drug_name")
        metric = self._text("label_renal_metric")
        if metric not in _MEASURES:
            unforeseen(raw, f"a measure not known: {metric!r}", field=f"{pointer}/label_renal_metric")
        self._measure, self._unit = _MEASURES[metric]

    def document(self) -> ParsedDocument:
        builder = TextBuilder()
        title = f"Renal dosing: {self._name[0].upper()}{self._name[1:].replace('_', ' ')} (OpenMedicine)"
        builder.heading(title, 1, locator=f"{self._pointer}/drug_name")
        for label, words, field in self._facts():
            builder.write(
                "paragraph", f"{label}: {words}", locator=f"{self._pointer}/{field}", separator="\n"
            )
        assertions = self._write_rows(builder)
        text, blocks, segments = builder.finish()
        return ParsedDocument(
            key=self._key,
            title=title,
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=self._raw.member,
            url=f"https://doi.org/{self._text('source_doi')}",
            assertions=tuple(assertions),
            names=self._names(),
            notes={"drugs": 1, "bands": len(assertions)},
        )

    def _text(self, field: str) -> str:
        return text_at(self._raw, self._drug[field], f"{self._pointer}/{field}", filled=True)

    def _list(self, values: object, pointer: str) -> list[str]:
        if not isinstance(values, list):
            unforeseen(self._raw, "a list of texts was expected", field=pointer)
        return [text_at(self._raw, item, f"{pointer}/{n}", filled=True) for n, item in enumerate(values)]

    def _flag(self, field: str) -> str:
        value = self._drug[field]
        if not isinstance(value, bool):
            unforeseen(self._raw, "true or false was expected", field=f"{self._pointer}/{field}")
        return "yes" if value else "no"

    def _facts(self) -> Iterator[tuple[str, str, str]]:
        """(label, words, field) of what holds for the whole table; lists are joined with semicolons."""
        for label, field in (("Drug", "drug_name"), ("Brand names", "brand_names"), ("Class", "drug_class")):
            yield label, self._words(field), field
        yield "Route", self._words("route"), "route"
        yield "Normal dose", self._words("normal_dose"), "normal_dose"
        yield "Monitoring", self._words("monitoring_parameters"), "monitoring_parameters"
        yield "Therapeutic drug monitoring required", self._flag("requires_tdm"), "requires_tdm"
        yield (
            "Hepatic interaction flagged",
            self._flag("hepatic_interaction_flag"),
            "hepatic_interaction_flag",
        )
        yield "Source", self._words("source_description"), "source_description"
        yield "DOI", self._words("source_doi"), "source_doi"
        yield "Evidence level", self._words("evidence_level"), "evidence_level"

    def _words(self, field: str) -> str:
        value = self._drug[field]
        if isinstance(value, str):
            return self._text(field)
        return "; ".join(self._list(value, f"{self._pointer}/{field}")) or _NONE

    def _names(self) -> tuple[RawName, ...]:
        concept = f"open_medicine:{self._key}"
        brands = self._list(self._drug["brand_names"], f"{self._pointer}/brand_names")
        first = RawName(concept, "drug", self._name.replace("_", "/"), "en", "preferred")
        return (first, *(RawName(concept, "drug", brand, "en", "brand") for brand in brands))

    def _bands(self) -> list[_Band]:
        rows = self._drug["tiers"]
        if not isinstance(rows, list) or not rows:
            unforeseen(self._raw, "a list of bands was expected", field=f"{self._pointer}/tiers")
        bands = [self._band(f"{self._pointer}/tiers/{n}", row) for n, row in enumerate(rows)]
        above: int | None = None
        for band in bands:
            if (
                band.upper != (None if above is None else above - 1)
                or (band.upper or band.lower) < band.lower
            ):
                unforeseen(self._raw, "the bands overlap or leave a gap", field=f"{band.pointer}/max")
            above = band.lower
        if above != 0:
            unforeseen(self._raw, "the bands do not reach down to 0", field=f"{bands[-1].pointer}/min")
        return bands

    def _band(self, pointer: str, value: object) -> _Band:
        row = check_keys(self._raw, value, _TIER, pointer)
        lower, upper = row["min"], row["max"]
        if type(lower) is not int or (upper is not None and type(upper) is not int) or lower < 0:
            unforeseen(self._raw, "whole numbers of 0 or more were expected", field=f"{pointer}/min")
        note = row["dialysis_note"]
        cells = {
            "condition": f"{self._measure} {f'>= {lower}' if upper is None else f'{lower}-{upper}'} {self._unit}",
            "dose": text_at(self._raw, row["dose"], f"{pointer}/dose", filled=True),
            "level": text_at(self._raw, row["adjustment_type"], f"{pointer}/adjustment_type", filled=True),
            "warnings": "; ".join(self._list(row["warnings"], f"{pointer}/warnings")),
            "dialysis": ""
            if note is None
            else text_at(self._raw, note, f"{pointer}/dialysis_note", filled=True),
        }
        if cells["level"] not in _GRADES:
            unforeseen(
                self._raw, f"an adjustment not known: {cells['level']!r}", field=f"{pointer}/adjustment_type"
            )
        return _Band(pointer, lower, upper, cells)

    def _write_rows(self, builder: TextBuilder) -> list[RawAssertion]:
        columns = ("Kidney function", "Dose", "Adjustment", "Warnings", "Dialysis")
        header = builder.write("table_header", " | ".join(columns), locator=f"{self._pointer}/tiers")
        made = []
        for band in self._bands():
            row = " | ".join(cell or _NONE for cell in band.cells.values())
            span = builder.write("table_row", row, locator=band.pointer, separator="\n", scope=(header,))
            made.append(self._assertion(band, span))
        return made

    def _assertion(self, band: _Band, row: Span) -> RawAssertion:
        evidence: list[tuple[str, Span]] = [("row", row)]
        at = row.start
        for role, cell in band.cells.items():
            if cell:
                evidence.append((role, Span(at, at + len(cell))))
            at += len(cell or _NONE) + len(" | ")
        told = {
            "measure": self._measure,
            "lower": str(band.lower),
            "upper": "" if band.upper is None else str(band.upper),
            "unit": self._unit,
            "dose": band.cells["dose"],
            "warnings": band.cells["warnings"],
            "dialysis": band.cells["dialysis"],
        }
        return RawAssertion(
            predicate="dose_by_kidney_function",
            subject=self._name.replace("_", "/"),
            object=band.cells["condition"],
            severity=_GRADES[band.cells["level"]],
            native_scale="open_medicine_renal",
            native_level=band.cells["level"],
            condition=band.cells["condition"],
            qualifiers={name: words for name, words in told.items() if words or name == "upper"},
            evidence=tuple(evidence),
        )
