"""One suite for every home of the graph: in memory, and on a real Bolt server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from random_graphs import EDITIONS, PREDICATES, graphs
from small_graph import ANSM, LABELS, NDFRT, SNAPSHOT, Drawing

from medrag.errors import GraphUnavailable
from medrag_graph.model import GraphData
from medrag_graph.stores import GraphHome, MemoryGraph
from medrag_graph.stores.protocol import INTERACTIONS

HOMES = ["memory", pytest.param("bolt", marks=pytest.mark.bolt)]


@pytest.fixture(params=HOMES)
def empty(request: pytest.FixtureRequest) -> Callable[[], GraphHome]:
    """Makes a home that holds nothing."""
    if request.param == "memory":
        return MemoryGraph
    from medrag_graph.stores.address import read_address
    from medrag_graph.stores.bolt import BoltGraph

    home = BoltGraph(read_address(request.getfixturevalue("bolt_url")))
    request.addfinalizer(home.close)
    home._server.run("MATCH (p:MedragPointer) DETACH DELETE p")
    return lambda: home


@pytest.fixture
def home(empty: Callable[[], GraphHome], drawing: Drawing) -> GraphHome:
    made = empty()
    made.load(drawing.data())
    return made


def test_a_home_that_holds_nothing_refuses_every_read(empty: Callable[[], GraphHome]) -> None:
    made = empty()
    assert made.snapshot() is None
    for read in (
        lambda: made.concept("rxnorm:11289"),
        lambda: made.named(["warfarin"]),
        lambda: made.starting("warf", 5),
        lambda: made.links_from(["rxnorm:11289"], ("form_of",)),
        lambda: made.claims_of(["rxnorm:11289"], INTERACTIONS, [ANSM]),
        lambda: made.claims_between(["a"], ["b"], INTERACTIONS, [ANSM]),
        lambda: made.holding(["rxnorm:11289"]),
        made.claim_editions,
        made.check,
        made.counts,
    ):
        with pytest.raises(GraphUnavailable):
            read()


def test_concepts_come_whole_and_by_id(home: GraphHome, drawing: Drawing) -> None:
    by_id = {concept.id: concept for concept in drawing.concepts}
    assert home.concept("rxnorm:11289") == by_id["rxnorm:11289"]
    assert home.concept("rxnorm:0") is None
    found = home.concepts(["rxnorm:5640", "rxnorm:0", "doid:750", "doid:750"])
    assert list(found) == ["doid:750", "rxnorm:5640"]
    assert found["doid:750"].names["zh"] == ("消化性溃疡",)


def test_names_lead_to_every_concept_they_may_mean(home: GraphHome) -> None:
    assert home.named(["warfarine", "华法林", "nothing"]) == {
        "warfarine": ("rxnorm:11289",),
        "华法林": ("rxnorm:11289",),
    }


def test_names_are_found_by_how_they_begin(home: GraphHome, drawing: Drawing) -> None:
    names = drawing.data().names
    every = sorted(names)
    assert list(home.starting("", len(every))) == every
    for prefix in ("warf", "华", "nothing like it", "'"):
        begun = [name for name in every if name.startswith(prefix)]
        assert list(home.starting(prefix, 100)) == begun
        assert dict(home.starting(prefix, 1)) == {name: tuple(names[name]) for name in begun[:1]}


def test_links_are_read_both_ways(home: GraphHome) -> None:
    up = home.links_from(["rxnorm:11289", "rxnorm:5640"], ("member_of",))
    assert [(link.source, link.target) for link in up] == [
        ("rxnorm:11289", "medrag:vka"),
        ("rxnorm:5640", "medrag:nsaids"),
    ]
    down = home.links_to(["medrag:nsaids"], ("member_of", "form_of"))
    assert [(link.source, link.edition) for link in down] == [
        ("rxnorm:161", NDFRT),
        ("rxnorm:3355", ANSM),
        ("rxnorm:5640", ANSM),
    ]
    assert home.links_from(["rxnorm:11289"], ("form_of",)) == ()


def test_claims_between_are_found_whichever_way_round(home: GraphHome) -> None:
    sides = (["rxnorm:11289"], ["rxnorm:5640", "rxnorm:703"])
    everything = [ANSM, LABELS, NDFRT]
    one = home.claims_between(*sides, INTERACTIONS, everything)
    other = home.claims_between(*reversed(sides), INTERACTIONS, everything)
    assert one == other
    assert [claim.edition for claim in one] == [LABELS, NDFRT, ANSM]
    assert [claim.id for claim in one] == sorted(claim.id for claim in one)


def test_claims_of_other_editions_and_predicates_stay_out(home: GraphHome) -> None:
    pair = (["rxnorm:11289"], ["rxnorm:5640"])
    assert [c.edition for c in home.claims_between(*pair, INTERACTIONS, [NDFRT])] == [NDFRT]
    assert home.claims_between(*pair, ("contraindicated_in",), [NDFRT]) == ()
    assert home.claims_between(*pair, INTERACTIONS, []) == ()


def test_claims_of_one_concept_are_those_with_it_at_either_end(home: GraphHome) -> None:
    found = home.claims_of(["rxnorm:5640"], (*INTERACTIONS, "contraindicated_in"), [ANSM, LABELS, NDFRT])
    assert [(claim.subject, claim.object) for claim in found] == [
        ("rxnorm:11289", "rxnorm:5640"),
        ("rxnorm:5640", "rxnorm:11289"),
        ("rxnorm:5640", "doid:750"),
    ]


def test_a_class_claimed_against_itself_is_one_claim(home: GraphHome) -> None:
    classes = ["medrag:antihypertensives"]
    assert len(home.claims_between(classes, classes, INTERACTIONS, [ANSM])) == 1


def test_what_each_source_speaks_of_is_told(home: GraphHome) -> None:
    held = home.holding(["rxnorm:3355", "rxnorm:5640", "rxnorm:8640"])
    assert held == {"rxnorm:3355": (ANSM,), "rxnorm:5640": (ANSM, LABELS, NDFRT)}
    assert home.class_editions() == (ANSM, NDFRT)
    assert LABELS in home.claim_editions()
    assert home.identifiers("food") == ("medrag:grapefruit",)


def test_counts_say_what_is_held(home: GraphHome, drawing: Drawing) -> None:
    counts = home.counts()
    assert counts["concepts.food"] == 1
    assert sum(count for name, count in counts.items() if name.startswith("concepts.")) == len(
        drawing.concepts
    )
    assert sum(count for name, count in counts.items() if name.startswith("claims.")) == len(drawing.claims)


def test_loading_replaces_everything(home: GraphHome, drawing: Drawing) -> None:
    smaller = Drawing(concepts=drawing.concepts[:1]).data("s_next")
    home.load(smaller)
    assert home.snapshot() == "s_next"
    assert home.concept(drawing.concepts[0].id) == drawing.concepts[0]
    assert home.concept(drawing.concepts[5].id) is None
    assert home.claims_of(["rxnorm:11289"], INTERACTIONS, [ANSM, LABELS, NDFRT]) == ()
    home.load(drawing.data())
    assert home.snapshot() == SNAPSHOT


@given(graphs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_between_is_what_a_walk_over_all_claims_finds(data: GraphData) -> None:
    home = MemoryGraph(data)
    ids = [concept.id for concept in data.concepts]
    left, right = set(ids[::2]), set(ids[::3])
    for predicates in (PREDICATES, ("interacts_with",)):
        expected = [
            claim.id
            for claim in data.claims
            if claim.predicate in predicates
            and claim.edition in EDITIONS[:2]
            and (
                (claim.subject in left and claim.object in right)
                or (claim.subject in right and claim.object in left)
            )
        ]
        found = home.claims_between(left, right, predicates, EDITIONS[:2])  # type: ignore[arg-type]
        assert [claim.id for claim in found] == sorted(expected)


def test_the_network_has_every_link_and_claim(memory: MemoryGraph, drawing: Drawing) -> None:
    graph = memory.network()
    assert graph.number_of_nodes() == len(drawing.concepts)
    assert graph.number_of_edges() == len(drawing.links) + len(drawing.claims)
    assert graph is memory.network()
