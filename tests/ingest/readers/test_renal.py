"""Renal dosing tables: 23 drugs, 76 bands, each value where its evidence says it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused, ManifestRefused
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.renal import read_renal
from tests.ingest.readers.laws import check_document
from tests.ingest.readers.packaged import counted, golden, wheel_members

WHEEL = "open_medicine-0.12.0-py3-none-any.whl"
MEMBER = "open_medicine/mcp/calculators/data/renal_dose_adjustments.json"
GOLDEN = [
    ("vancomycin", "cab35e6cba18"),
    ("morphine", "3537e1df9d02"),
    ("sacubitril_valsartan", "28cdb1a63e4a"),
]


def band(lower: object, upper: object, **changes: object) -> dict[str, object]:
    made: dict[str, object] = {
        "min": lower,
        "max": upper,
        "dose": "5 mg daily",
        "adjustment_type": "dose_reduction",
        "dialysis_note": None,
        "warnings": [],
    }
    return made | changes


def drug(*bands: dict[str, object], **changes: object) -> dict[str, object]:
    made: dict[str, object] = {
        "drug_name": "alphamine",
        "brand_names": ["Alpha"],
        "drug_class": "trial",
        "route": "PO",
        "label_renal_metric": "egfr",
        "normal_dose": "10 mg daily",
        "requires_tdm": False,
        "monitoring_parameters": ["eGFR", "weight"],
        "hepatic_interaction_flag": True,
        "source_doi": "10.1/x",
        "source_description": "Our own.",
        "evidence_level": "None",
        "tiers": list(bands)
        or [band(30, None), band(0, 29, adjustment_type="contraindicated", warnings=["Stop"])],
    }
    return made | changes


def read(value: object) -> list[ParsedDocument]:
    documents = list(read_renal(RawFile.from_bytes("renal.json", json.dumps(value).encode()), {}))
    for document in documents:
        check_document(document)
    return documents


def test_a_row_travels_with_its_header_and_states_its_band() -> None:
    (document,) = read({"alphamine": drug()})
    rows = [block for block in document.blocks if block.kind == "table_row"]
    assert [document.text[row.start : row.end] for row in rows] == [
        "eGFR >= 30 mL/min/1.73m2 | 5 mg daily | dose_reduction | - | -",
        "eGFR 0-29 mL/min/1.73m2 | 5 mg daily | contraindicated | Stop | -",
    ]
    assert all(row.scope[-1].of(document.text).startswith("Kidney function | Dose") for row in rows)
    first, last = document.assertions
    assert (first.severity, last.severity) == ("moderate", "contraindicated")
    assert last.qualifiers == {
        "measure": "eGFR",
        "lower": "0",
        "upper": "29",
        "unit": "mL/min/1.73m2",
        "dose": "5 mg daily",
        "warnings": "Stop",
    }
    assert first.qualifiers["upper"] == ""
    assert document.url == "https://doi.org/10.1/x"
    assert document.segments[-1].locator == "/alphamine/tiers/1"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (drug(label_renal_metric="gfr"), "/a/label_renal_metric"),
        (drug(band(30, None), band(0, 30)), "/a/tiers/1/max"),
        (drug(band(30, None), band(0, 28)), "/a/tiers/1/max"),
        (drug(band(30, None)), "/a/tiers/0/min"),
        (drug(band(30.5, None), band(0, 29)), "/a/tiers/0/min"),
        (drug(band(True, None)), "/a/tiers/0/min"),
        (drug(band(0, None, adjustment_type="perhaps")), "/a/tiers/0/adjustment_type"),
        (drug(band(0, None, warnings="none")), "/a/tiers/0/warnings"),
        (drug(tiers=[]), "/a/tiers"),
        (drug(requires_tdm="no"), "/a/requires_tdm"),
        ({"drug_name": "a"}, "/a"),
    ],
)
def test_what_is_not_foreseen_is_refused_with_its_pointer(changed: dict[str, object], field: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read({"a": changed})
    assert refused.value.place.field == field


def test_options_are_refused() -> None:
    with pytest.raises(ManifestRefused, match="none"):
        list(read_renal(RawFile.from_bytes("renal.json", b"{}"), {"columns": 3}))


def test_the_packaged_tables(wheels: Path) -> None:
    (raw,) = wheel_members(wheels, WHEEL, MEMBER)
    told = json.loads(raw.open().read())
    documents = list(read_renal(raw, {}))
    assert counted(documents) == {"drugs": 23, "bands": 76}
    assert golden(documents) == GOLDEN
    for document in documents:
        check_document(document)
        assert len(document.assertions) == len(told[document.key]["tiers"])
        for assertion, row in zip(document.assertions, told[document.key]["tiers"], strict=True):
            words = {role: span.of(document.text) for role, span in assertion.evidence}
            assert (words["dose"], words["level"]) == (row["dose"], row["adjustment_type"])
            assert words.get("dialysis") == row["dialysis_note"]
            assert all(warning in words["warnings"] for warning in row["warnings"])
            assert (assertion.qualifiers["lower"], assertion.qualifiers["upper"]) == (
                str(row["min"]),
                "" if row["max"] is None else str(row["max"]),
            )
