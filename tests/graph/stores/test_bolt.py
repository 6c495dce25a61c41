"""The Bolt home: addresses, servers that are not there, loads that fail half way, readers beside a load."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from random_graphs import EDITIONS, PREDICATES
from small_graph import Drawing

from medrag.errors import GraphUnavailable, Unavailable, UsageError
from medrag.settings import Settings
from medrag_graph.model import GraphData
from medrag_graph.stores import MemoryGraph
from medrag_graph.stores.address import address_of, read_address
from medrag_graph.stores.bodies import claim_body, claim_of, concept_body, concept_of, link_body, link_of
from medrag_graph.stores.bolt import BoltGraph
from medrag_graph.stores.upload import migrate


def test_an_address_is_taken_apart() -> None:
    address = read_address("bolt+s://me:p%40ss@graph.example:7688/drugs")
    assert (address.url, address.database) == ("bolt+s://graph.example:7688", "drugs")
    assert (address.user, address.password) == ("me", "p@ss")
    assert "p@ss" not in repr(address)
    bare = read_address("neo4j://graph.example")
    assert (bare.url, bare.database, bare.user) == ("neo4j://graph.example", None, "")


@pytest.mark.parametrize(
    "url", ["http://graph.example", "bolt://", "graph.example:7687", "secret", "bolt://h:port"]
)
def test_an_address_that_is_none_is_refused_without_being_told_back(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_address(url)
    assert url not in str(caught.value).replace("bolt://host:7687", "")


def test_settings_of_their_own_count_before_the_address() -> None:
    told = {"graph_user": "you", "graph_key": "other", "graph_database": "medrag"}
    named = address_of(Settings(graph_url="bolt://me:secret@db:7687/x", **told))  # type: ignore[arg-type]
    assert (named.user, named.password, named.database) == ("you", "other", "medrag")
    bare = address_of(Settings(graph_url="bolt://me:secret@db:7687/x"))
    assert (bare.user, bare.password, bare.database) == ("me", "secret", "x")
    assert bare.url == named.url == "bolt://db:7687"


@pytest.mark.network
def test_a_server_that_is_not_there_is_unavailable_and_its_password_untold() -> None:
    address = read_address("bolt://root:hidden@127.0.0.1:9/medrag")
    with (
        closing(BoltGraph(replace(address))) as home,
        pytest.raises(GraphUnavailable) as caught,
    ):
        home.check()
    assert isinstance(caught.value, Unavailable)
    assert "hidden" not in str(caught.value)


def test_bodies_come_back_as_they_went(drawing: Drawing) -> None:
    data = drawing.data()
    assert [concept_of(concept_body(item)) for item in data.concepts] == list(data.concepts)
    assert [link_of(link_body(item)) for item in data.links] == list(data.links)
    assert [claim_of(claim_body(item)) for item in data.claims] == list(data.claims)


@pytest.fixture
def bolt(bolt_url: str) -> Iterator[BoltGraph]:
    home = BoltGraph(read_address(bolt_url))
    migrate(home._server)
    home.forget([])
    yield home
    home.close()


def generations(home: BoltGraph) -> set[str]:
    from medrag_graph.stores import cypher

    return {row["generation"] for statement in cypher.GENERATIONS for row in home._server.ask(statement)}


@pytest.mark.bolt
def test_a_load_that_fails_half_way_leaves_the_old_snapshot_served(bolt: BoltGraph, drawing: Drawing) -> None:
    data = drawing.data()
    bolt.load(data)
    broken = replace(data, snapshot="s_broken", names={"warfarin": (object(),)})  # type: ignore[dict-item]
    with pytest.raises((GraphUnavailable, TypeError, ValueError)):
        bolt.load(broken)
    assert bolt.snapshot() == data.snapshot
    assert bolt.concepts([c.id for c in data.concepts]) == {c.id: c for c in data.concepts}
    bolt.load(data)
    bolt.load(data)
    assert len(generations(bolt)) == 2


@pytest.mark.bolt
def test_readers_beside_a_load_see_one_snapshot_or_the_other(bolt: BoltGraph, drawing: Drawing) -> None:
    first, second = drawing.data("s_first"), renamed(drawing.data("s_second"))
    bolt.load(first)
    allowed = {"warfarin", "WARFARIN"}
    seen: list[str] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                held = bolt.concepts([concept.id for concept in first.concepts])
            except GraphUnavailable as error:
                failures.append(error)
                return
            names = {held["rxnorm:11289"].name} if "rxnorm:11289" in held else set()
            seen.append(next(iter(names & allowed), "torn") if len(held) == len(first.concepts) else "torn")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    bolt.load(second)
    time.sleep(0.2)
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert seen
    assert set(seen) <= allowed
    assert bolt.snapshot() == "s_second"


def renamed(data: GraphData) -> GraphData:
    """The same concepts with loud names."""
    return replace(data, concepts=tuple(replace(item, name=item.name.upper()) for item in data.concepts))


@pytest.mark.bolt
def test_quotes_and_braces_in_values_stay_values(bolt: BoltGraph) -> None:
    name = "'}) DETACH DELETE n // \" ` $x \\ 华法林"
    drawing = Drawing()
    drawing.concept("x:'1", "drug", name)
    drawing.claim("x:'1", "x:'1", "major", EDITIONS[0], statement=name)
    data = drawing.data("s_odd")
    bolt.load(data)
    memory = MemoryGraph(data)
    assert bolt.concept("x:'1") == memory.concept("x:'1")
    assert bolt.claims_of(["x:'1"], PREDICATES, EDITIONS) == memory.claims_of(["x:'1"], PREDICATES, EDITIONS)  # type: ignore[arg-type]
    assert list(bolt.named(list(data.names))) == sorted(data.names)
