"""The laws of joining: one concept a substance, nothing merged in silence, no evidence lost, no order felt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrag_graph.build import Built, build_graph, build_parts
from medrag_graph.graph_file import read_graph, write_graph
from medrag_graph.model import GraphConcept, GraphData
from tests.graph.small_sources import Entry, Source, Statement, open_catalogue, write_sources

#: No drug of medrag's own tables has these names, so that the small sources stand alone.
VOCABULARY = Source(
    "vocabulary",
    (
        Entry.of("drugbank:DB90001", "Zorbafarin", "zorbacoum", unii="AAAA"),
        Entry.of("drugbank:DB90002", "Zorbapril", unii="BBBB"),
        Entry.of("drugbank:DB90003", "Zorbacid", "zorbasalicylic acid"),
        Entry.of("drugbank:DB90004", "Zorbamycin"),
    ),
)
PAIRS = Source(
    "pairs",
    (
        Entry.of("ndfrt:N1", "ZORBAFARIN", rxnorm="9000001"),
        Entry.of("ndfrt:N2", "ZORBAFARIN SODIUM", rxnorm="9000002"),
        Entry.of("ndfrt:N3", "ZORBAPRIL/ZORBAFARIN", rxnorm="9000003"),
        Entry.of("ndfrt:N4", "ZORBAPRIL"),
    ),
    (Statement("ZORBAFARIN SODIUM", "ZORBAPRIL"),),
)
FRENCH = Source(
    "french",
    (
        Entry.of("fr:zorbafarine", "zorbafarine", language="fr", rxnorm="9000001"),
        Entry.of("fr:acide", "acide zorbasalicylique", language="fr"),
        Entry.of("fr:zorbamycine", "zorbamycine", language="fr"),
        Entry.of("fr:zorbamacrolides", "zorbamacrolides (sauf zorbamycine)", language="fr").as_kind("class"),
    ),
    (
        Statement("zorbafarine", "zorbamacrolides (sauf zorbamycine)", qualifiers={"mechanism": "m"}),
        Statement("zorbamacrolides (sauf zorbamycine)", "zorbafarine", qualifiers={"mechanism": "M"}),
        Statement("zorbafarine", "acide zorbasalicylique", qualifiers={"note": "one"}),
        Statement("acide zorbasalicylique", "zorbafarine", qualifiers={"note": "two"}),
        Statement("zorbafarine", "what nobody knows"),
        Statement("zorbamycine", "zorbamacrolides (sauf zorbamycine)", "member_of", "unknown", ""),
    ),
    "fr",
)
SOURCES = (VOCABULARY, PAIRS, FRENCH)


def build(folder: Path, sources: tuple[Source, ...] = SOURCES) -> Built:
    catalogue = open_catalogue(folder)
    editions = write_sources(catalogue, sources)
    built = build_parts(catalogue, editions, "s_test")
    catalogue.close()
    return built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("joined"))


@pytest.fixture(scope="module")
def data(built: Built) -> GraphData:
    return built.data


def named(data: GraphData, name: str) -> GraphConcept:
    (identifier,) = data.names[name]
    return next(concept for concept in data.concepts if concept.id == identifier)


def test_one_substance_is_one_concept_by_code_and_name(data: GraphData) -> None:
    concept = named(data, "zorbafarin")
    assert concept.id == "rxnorm:9000001"
    assert concept.codes["drugbank"] == "DB90001"
    assert concept.codes["unii"] == "AAAA"
    assert concept.names["fr"] == ("zorbafarine",)
    assert named(data, "zorbafarine") == concept


def test_a_french_name_joins_by_a_named_rule(built: Built) -> None:
    assert named(built.data, "acide zorbasalicylique").codes["drugbank"] == "DB90003"
    rules = {step.detail for step in built.join.steps if step.how == "stem"}
    assert "acid: acide zorbasalicylique -> zorbasalicylic acid" in rules
    assert "final-e: zorbamycine -> zorbamycin" in rules


def test_a_salt_is_a_form_of_its_base(data: GraphData) -> None:
    salt, base = named(data, "zorbafarin sodium"), named(data, "zorbafarin")
    assert salt.id != base.id
    targets = [link.target for link in data.links if link.kind == "form_of" and link.source == salt.id]
    assert targets == [base.id]


def test_a_combination_has_its_parts(data: GraphData) -> None:
    product = named(data, "zorbapril/zorbafarin")
    parts = {link.source for link in data.links if link.kind == "part_of" and link.target == product.id}
    assert parts == {named(data, "zorbafarin").id, named(data, "zorbapril").id}


def test_the_mirrored_entries_of_a_pair_are_one_claim_with_both_evidences(data: GraphData) -> None:
    mirrored = [claim for claim in data.claims if len(claim.evidence) == 2]
    assert len(mirrored) == 2
    notes = [set(claim.qualifiers["note"].split("\n")) for claim in mirrored if "note" in claim.qualifiers]
    assert notes == [{"one", "two"}]


def test_what_a_class_excepts_is_kept_with_the_claim(data: GraphData) -> None:
    (claim,) = [item for item in data.claims if item.excepted]
    assert claim.excepted == (named(data, "zorbamycine").id,)


def test_a_name_nobody_knows_dangles_and_is_told(built: Built) -> None:
    assert [item.name for item in built.dangling] == ["what nobody knows"]


def test_no_evidence_is_lost(built: Built) -> None:
    spans = {(e.document, e.span) for claim in built.data.claims for e in claim.evidence}
    linked = {(e.document, e.span) for link in built.data.links for e in link.evidence}
    stated = len(PAIRS.statements) + len(FRENCH.statements)
    assert len(spans | linked) == stated - 1


def test_codes_are_names_too(data: GraphData) -> None:
    assert data.names["drugbank:db90001"] == ("rxnorm:9000001",)


@settings(max_examples=3, deadline=None)
@given(order=st.permutations(SOURCES))
def test_the_order_of_sources_is_not_felt(
    order: list[Source], built: Built, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("order")
    assert build(folder, tuple(order)).data == built.data
    one, other = folder / "one.graph", folder / "other.graph"
    write_graph(one, "key", built.data)
    write_graph(other, "key", build_again(folder, order))
    assert one.read_bytes() == other.read_bytes()


def build_again(folder: Path, order: list[Source]) -> GraphData:
    catalogue = open_catalogue(folder)
    data = build_graph(catalogue, [source.edition for source in reversed(order)], "s_test")
    catalogue.close()
    return data


def test_one_name_with_two_codes_is_two_concepts_and_a_conflict(tmp_path: Path) -> None:
    other = Source("other", (Entry.of("drugbank:DB99999", "Zorbafarin"),))
    joined = build(tmp_path, (VOCABULARY, other))
    assert len(joined.data.names["zorbafarin"]) == 2
    assert [item.kind for item in joined.join.conflicts] == ["name_against_code"]


def test_a_code_against_a_name_that_belongs_elsewhere_does_not_join(tmp_path: Path) -> None:
    wrong = Source("wrong", (Entry.of("drugbank:DB90002", "Zorbafarin"),))
    joined = build(tmp_path, (VOCABULARY, wrong))
    assert "code_against_name" in {item.kind for item in joined.join.conflicts}
    assert named(joined.data, "zorbapril").codes["drugbank"] == "DB90002"
    assert named(joined.data, "zorbafarin").codes["drugbank"] == "DB90001"


def test_names_that_only_resemble_stay_apart(tmp_path: Path) -> None:
    near = Source("near", (Entry.of("near:1", "Zorbafarim"), Entry.of("near:2", "Zorbaprol")))
    joined = build(tmp_path, (VOCABULARY, near))
    assert named(joined.data, "zorbafarim").id == "medrag:zorbafarim"
    assert "drugbank" not in named(joined.data, "zorbaprol").codes


def test_adding_a_source_drops_no_claim(tmp_path: Path, built: Built) -> None:
    fewer = build(tmp_path, (PAIRS, FRENCH)).data
    held = {e for claim in built.data.claims for e in claim.evidence}
    assert {e for claim in fewer.claims for e in claim.evidence} <= held


def test_a_cached_graph_is_the_graph(data: GraphData, tmp_path: Path) -> None:
    path = tmp_path / "a.graph"
    write_graph(path, "key", data)
    assert read_graph(path, "key", data.snapshot) == data
