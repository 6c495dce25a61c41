"""Diseases with their broader ones and their codes in other systems."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused, UsageError
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from tests.ingest.readers.laws import check_document

LABELS = (
    '"id"\t"label"\t"subClassOf"\n'
    '"DOID:1"\t"red fever"\t"fever"\n'
    '"DOID:1"\t"red fever"\t"redness"\n'
    '"DOID:2"\t"fever"\t""\n'
)
CODES = '"id"\t"label"\t"xref"\n' + "".join(
    f'"DOID:1"\t"red fever"\t"{code}"\n' for code in ("MESH:D1", "ICD10CM:A1", "ICD10CM:A2", "GARD:9")
)


def read(labels: str = LABELS, codes: str | None = CODES) -> list[ParsedDocument]:
    files = [RawFile.from_bytes("HumanDO.tsv", labels.encode())]
    files += [RawFile.from_bytes("allXREFinDO.tsv", codes.encode())] if codes else []
    documents = list(READERS["disease_ontology"].load_together()(files, {}))
    for document in documents:
        check_document(document)
    return documents


def test_a_disease_has_each_broader_one_with_its_row() -> None:
    (document,) = read()
    assert [(c.subject, c.predicate, c.object) for c in document.assertions] == [
        ("DOID:1", "is_a", "fever"),
        ("DOID:1", "is_a", "redness"),
    ]
    spans = {c.evidence[0][1].of(document.text) for c in document.assertions}
    assert spans == {"DOID:1 red fever is a fever; redness; icd10 A1; icd10_other A2; mesh D1"}


def test_codes_of_known_systems_are_kept_and_the_others_counted() -> None:
    (document,) = read()
    assert [(n.concept, n.text, dict(n.codes)) for n in document.names] == [
        ("DOID:1", "red fever", {"icd10": "A1", "icd10_other": "A2", "mesh": "D1"}),
        ("DOID:2", "fever", {}),
    ]
    assert document.notes["references_left_out"] == 1


def test_the_references_may_be_missing_and_the_labels_may_not() -> None:
    assert read(codes=None)[0].names[0].codes == {}
    with pytest.raises(UsageError, match="HumanDO"):
        list(READERS["disease_ontology"].load_together()([RawFile.from_bytes("x.tsv", CODES.encode())], {}))


def test_a_row_without_an_id_is_refused_with_its_line() -> None:
    with pytest.raises(DocumentRefused) as caught:
        read(LABELS.replace("DOID:2", "X:2"))
    assert caught.value.place.line == 4


@pytest.mark.shared
def test_the_whole_source(shared: Path) -> None:
    folder = shared / "corpora" / "disease-ontology"
    files = [
        RawFile.from_bytes(name, gzip.decompress((folder / f"{name}.gz").read_bytes()))
        for name in ("HumanDO.tsv", "allXREFinDO.tsv")
    ]
    documents = list(READERS["disease_ontology"].load_together()(files, {}))
    assert sum(len(document.names) for document in documents) == 12_246
    assert sum(len(document.assertions) for document in documents) == 12_296
