"""Tables of pairs: a row is an assertion with itself as evidence; a level nobody named is refused."""

from __future__ import annotations

from typing import Any

import pytest

from medrag.errors import DocumentRefused, ManifestRefused
from tests.ingest.readers.laws import read_one

TABLE = (
    "drug_id\tdrug\tdoid\tdisease\tcategory\n"
    "DB1\tCordil\tDOID:7\tangina\tDM\n"
    "DB2\tFentaol\tDOID:7\tangina\tNOT\n"
    "DB2\tFentaol\tDOID:8\tcough\tSYM\n"
)
END = {"name": "drug", "id": "drug_id", "prefixes": {"DB": "drugbank"}, "kind": "drug"}
OTHER = {"name": "disease", "id": "doid", "prefixes": {"DOID:": ""}, "kind": "disease"}
OPTIONS: dict[str, Any] = {
    "scale": "made",
    "tables": [
        {
            "file": "t.tsv",
            "subject": END,
            "object": OTHER,
            "level": "category",
            "predicates": {"DM": "indicated_for", "SYM": "palliates"},
            "left_out": ["NOT"],
        }
    ],
}


def test_rows_are_assertions_with_their_row_as_evidence() -> None:
    document = read_one("pairs", TABLE, "t.tsv", **OPTIONS)
    told = [
        (claim.predicate, claim.subject, claim.object, claim.native_level) for claim in document.assertions
    ]
    assert told == [
        ("indicated_for", "drugbank:DB1", "DOID:7", "DM"),
        ("palliates", "drugbank:DB2", "DOID:8", "SYM"),
    ]
    assert [claim.evidence[0][1].of(document.text) for claim in document.assertions] == [
        "Cordil | DB1 | angina | DOID:7 | DM",
        "Fentaol | DB2 | cough | DOID:8 | SYM",
    ]
    assert not document.searchable


def test_a_row_left_out_is_shown_and_counted() -> None:
    document = read_one("pairs", TABLE, "t.tsv", **OPTIONS)
    assert "NOT" in document.text
    assert dict(document.notes) == {"rows": 3, "left_out_not": 1}


def test_each_thing_is_named_once() -> None:
    document = read_one("pairs", TABLE, "t.tsv", **OPTIONS)
    assert [(name.concept, name.kind, name.text) for name in document.names] == [
        ("drugbank:DB1", "drug", "Cordil"),
        ("DOID:7", "disease", "angina"),
        ("drugbank:DB2", "drug", "Fentaol"),
        ("DOID:8", "disease", "cough"),
    ]


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (TABLE.replace("SYM", "MAYBE"), "level"),
        (TABLE.replace("DB2", "XX2"), "known form"),
        (TABLE.replace("\tNOT", ""), "5 columns"),
        (TABLE.replace("doid", "odid"), "no column"),
        (TABLE.split("\n")[0] + "\n", "no row"),
    ],
)
def test_what_is_not_as_announced_is_refused(table: str, match: str) -> None:
    with pytest.raises(DocumentRefused, match=match):
        read_one("pairs", table, "t.tsv", **OPTIONS)


def test_a_file_the_card_does_not_name_is_refused() -> None:
    with pytest.raises(DocumentRefused, match=r"other\.tsv"):
        read_one("pairs", TABLE, "other.tsv", **OPTIONS)


def test_a_table_says_one_predicate_or_one_a_level() -> None:
    table = {**OPTIONS["tables"][0], "predicate": "member_of"}
    with pytest.raises(ManifestRefused, match="predicate"):
        read_one("pairs", TABLE, "t.tsv", scale="made", tables=[table])
