"""Complete kinds of Hetionet's edges become assertions; the others are counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from medrag.errors import DocumentRefused, UsageError
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from tests.ingest.readers.laws import check_document

NODES = (
    "id\tname\tkind\nCompound::DB1\tCordil\tCompound\nDisease::DOID:7\tangina\tDisease\n"
    "Symptom::D2\tPain\tSymptom\nPharmacologic Class::N3\tCordils\tPharmacologic Class\nGene::9\tG\tGene\n"
)
EDGES = (
    "source\tmetaedge\ttarget\nCompound::DB1\tCtD\tDisease::DOID:7\nDisease::DOID:7\tDpS\tSymptom::D2\n"
    "Pharmacologic Class::N3\tPCiC\tCompound::DB1\nCompound::DB1\tCbG\tGene::9\n"
)


def read(nodes: str = NODES, edges: str = EDGES) -> list[ParsedDocument]:
    files = [RawFile.from_bytes("edges.sif", edges.encode()), RawFile.from_bytes("nodes.tsv", nodes.encode())]
    documents = list(READERS["hetionet"].load_together()(files, {}))
    for document in documents:
        check_document(document)
    return documents


def test_edges_say_what_their_kind_means_and_a_class_edge_turns_round() -> None:
    told = {(c.predicate, c.subject, c.object) for document in read() for c in document.assertions}
    assert told == {
        ("indicated_for", "drugbank:DB1", "DOID:7"),
        ("presents_with", "DOID:7", "mesh:D2"),
        ("member_of", "drugbank:DB1", "ndfrt:N3"),
    }


def test_the_row_is_the_evidence_and_other_kinds_are_counted() -> None:
    documents = read()
    rows = {c.evidence[0][1].of(d.text) for d in documents for c in d.assertions}
    assert "Cordil treats angina (CtD)" in rows
    assert "Cordil is of the class Cordils (PCiC)" in rows
    assert documents[0].notes["edges_of_other_kinds"] == 1


def test_an_edge_to_a_node_that_is_not_there_is_refused_with_its_line() -> None:
    with pytest.raises(DocumentRefused, match="DOID:9") as caught:
        read(edges=EDGES.replace("CtD\tDisease::DOID:7", "CtD\tDisease::DOID:9"))
    assert caught.value.place.line == 2


def test_both_files_are_needed() -> None:
    with pytest.raises(UsageError, match="nodes"):
        list(READERS["hetionet"].load_together()([RawFile.from_bytes("nodes.tsv", NODES.encode())], {}))


@pytest.mark.shared
def test_the_whole_source(shared: Path) -> None:
    import gzip

    folder = shared / "corpora" / "hetionet"
    edges = gzip.decompress((folder / "edges-5k.sif.gz").read_bytes())
    files = [
        RawFile.from_bytes("edges-5k.sif", edges),
        RawFile.from_bytes("nodes.tsv", (folder / "nodes.tsv").read_bytes()),
    ]
    documents = list(READERS["hetionet"].load_together()(files, {}))
    kinds = Counter(claim.native_level for document in documents for claim in document.assertions)
    assert kinds == {"CtD": 755, "CpD": 390, "DpS": 3357, "PCiC": 1029}
