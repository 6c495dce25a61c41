"""Labels in the graph: one claim a pair with every label's sentence as evidence, the same in any order of documents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from label_texts import CONTRAINDICATIONS, INTERACTIONS, WARNINGS, write_label

from medrag.catalogue import Catalogue
from medrag.records import Document, Edition, Rights, Work
from medrag_graph.build import Built, build_parts
from medrag_graph.model import Claim
from tests.graph.small_sources import open_catalogue

FIRST = write_label(
    "ZORBIL (lisinopril)",
    (CONTRAINDICATIONS, [("paragraph", "Do not use Zorbil with aliskiren in patients with diabetes.")]),
    (WARNINGS, [("paragraph", "Bleeding is more likely in patients receiving digoxin with Zorbil.")]),
    (INTERACTIONS, [("paragraph", "Zorbil increases digoxin levels. Zorbil does not affect warfarin.")]),
)
SECOND = write_label(
    "ZORBAPRIL (lisinopril)",
    (INTERACTIONS, [("paragraph", "Digoxin levels may be increased by lisinopril.")]),
)
OTHER = write_label(
    "ZORBOXIN (digoxin)", (INTERACTIONS, [("paragraph", "Lisinopril may raise the levels of digoxin.")])
)
NAMELESS = write_label("Drug label 77", (INTERACTIONS, [("paragraph", "It may raise digoxin levels.")]))
LABELS = (FIRST, SECOND, OTHER, NAMELESS)


def build(folder: Path, documents: tuple[Document, ...], kind: str = "label") -> Built:
    catalogue = open_catalogue(folder)
    write_labels(catalogue, documents, kind)
    return build_parts(catalogue, ["labels@1"], "s_labels")


def write_labels(catalogue: Catalogue, documents: tuple[Document, ...], kind: str) -> None:
    rights = Rights("CC0", None, True, None)
    catalogue.put_work(Work("labels", "l", "p", kind, "label", "US", "en", None, rights))  # type: ignore[arg-type]
    day = date(2020, 1, 1)
    catalogue.open_edition(Edition("labels@1", "labels", "1", "2020", day, day, "0" * 64))
    held = [(number, document, []) for number, document in enumerate(documents)]
    catalogue.add_batch("labels@1", held, [], [], [])
    catalogue.seal_edition("labels@1", "0" * 64)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("labels"), LABELS)


def named(built: Built, predicate: str) -> dict[tuple[str, str], Claim]:
    """Claims of the labels by the names of their ends, ascending."""
    names = {concept.id: concept.name for concept in built.data.concepts}
    held = [claim for claim in built.data.claims if claim.predicate == predicate]
    return {tuple(sorted((names[c.subject], names[c.object]))): c for c in held}  # type: ignore[misc]


def test_labels_of_two_drugs_that_name_each_other_are_one_claim(built: Built) -> None:
    claim = named(built, "interacts_with")["digoxin", "lisinopril"]
    assert (claim.severity, claim.native_scale) == ("unknown", "label_section")
    assert claim.native_level == "Drug Interactions, Warnings and Precautions"
    assert claim.qualifiers == {"labels": "3"}
    assert {item.document for item in claim.evidence} == {FIRST.id, SECOND.id, OTHER.id}


def test_every_quote_is_a_sentence_of_its_label(built: Built) -> None:
    texts = {document.id: document.text for document in LABELS}
    told = [item.span.of(texts[item.document]) for claim in built.data.claims for item in claim.evidence]
    assert told and all(words.strip() == words and words.endswith(".") for words in told)


def test_what_the_contraindications_say_is_contraindicated_under_its_condition(built: Built) -> None:
    claim = named(built, "interacts_with")["aliskiren", "lisinopril"]
    assert (claim.severity, claim.native_level) == ("contraindicated", "Contraindications")
    assert claim.condition == "in patients with diabetes"


def test_a_denial_is_a_claim_of_its_own(built: Built) -> None:
    assert ("lisinopril", "warfarin") in named(built, "no_interaction_with")
    assert ("lisinopril", "warfarin") not in named(built, "interacts_with")


def test_labels_that_could_not_be_read_are_told_of(built: Built) -> None:
    assert (built.labels.labels, built.labels.unread) == (4, ("Drug label 77",))


def test_the_order_of_documents_is_not_felt_but_in_the_evidence(built: Built, tmp_path: Path) -> None:
    again = build(tmp_path, tuple(reversed(LABELS)))
    assert [claim.id for claim in again.data.claims] == [claim.id for claim in built.data.claims]
    for one, other in zip(again.data.claims, built.data.claims, strict=True):
        assert set(one.evidence) == set(other.evidence)


def test_a_guideline_is_not_read_as_a_label(tmp_path: Path) -> None:
    assert build(tmp_path, LABELS, "guideline").labels.claims == ()


def test_inhibitors_of_our_facts_are_members_of_the_class_a_label_names(built: Built) -> None:
    names = {concept.id: concept.name for concept in built.data.concepts}
    members = {
        names[link.source]
        for link in built.data.links
        if names[link.target] == "strong inhibitors of CYP3A4" and link.edition == "medrag"
    }
    assert {"clarithromycin", "itraconazole", "ketoconazole", "ritonavir"} <= members
    assert "lisinopril" not in members
