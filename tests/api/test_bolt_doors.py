"""Every door over a real Bolt server: published to, read, killed, half emptied, and back again without a restart."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from bolt_server import PASSWORD, BoltServer
from review_shelf import add_pairs
from sample_shelf import KIDNEY, NOTES, add_edition
from test_command_line import document, run
from test_http import talk

from medrag.catalogue import Catalogue, Publication
from medrag.errors import GraphUnavailable
from medrag.settings import Settings
from medrag_api.doctor import run_checks
from medrag_api.holder import ShelfHolder
from medrag_api.intake import prepare_graph, run_ingest
from medrag_api.wiring import open_workshop
from medrag_graph.stores.address import read_address
from medrag_graph.stores.session import Server
from medrag_ingest.keeping import publish

pytestmark = pytest.mark.bolt
PAIR = ["warfarin", "ibuprofen"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, bolt_server: BoltServer) -> Settings:
    """The review shelf, its graph on the server. Address, user, key and database are settings of their own."""
    address = read_address(bolt_server.url)
    told = {"graph_url": address.url, "graph_user": address.user, "graph_database": address.database}
    made = Settings(
        home=tmp_path_factory.mktemp("served"), encoder="hash", graph_key=address.password, **told
    )  # type: ignore[arg-type]
    workshop = open_workshop(made)
    add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
    add_pairs(workshop.catalogue)
    publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    return made


@pytest.fixture
def loaded(served: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The graph is on the server, whatever the test before left there; commands read the environment."""
    prepare_graph(served, lambda *_: None)
    monkeypatch.setenv("MEDRAG_GRAPH_URL", served.graph_url)
    monkeypatch.setenv("MEDRAG_GRAPH_USER", served.graph_user)
    monkeypatch.setenv("MEDRAG_GRAPH_KEY", served.graph_key.get_secret_value())
    monkeypatch.setenv("MEDRAG_GRAPH_DATABASE", served.graph_database)
    return served


@pytest.fixture
def behind(bolt_server: BoltServer) -> Iterator[Server]:
    """A way to the server that goes round every door."""
    server = Server(read_address(bolt_server.url))
    yield server
    server.close()


def check(settings: Settings, *words: str) -> Any:
    return run("check", *PAIR, *words, "--home", str(settings.home))


async def until(client: httpx.AsyncClient, path: str, status: int, seconds: float = 60.0) -> httpx.Response:
    """Asks until the door answers so; a server that was started again takes some seconds to know who asks."""
    end = time.monotonic() + seconds
    while True:
        response = await client.get(path)
        if response.status_code == status or time.monotonic() > end:
            assert response.status_code == status, response.text
            return response
        await asyncio.sleep(0.2)


def moves(settings: Settings) -> list[Publication]:
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        return catalogue.publications()


def outcomes(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [pair["outcome"] for pair in response.json()["pairs"]]


def test_a_check_over_a_server_is_the_check_from_memory(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = check(loaded, "--json")
    assert over.exit_code == 0, over.stderr
    assert [pair["outcome"] for pair in document(over)["pairs"]] == ["found"]
    monkeypatch.delenv("MEDRAG_GRAPH_URL")
    assert check(loaded, "--json").stdout == over.stdout


def test_the_other_doors_read_the_server_too(loaded: Settings) -> None:
    async def prove(client: httpx.AsyncClient) -> None:
        assert (await client.get("/health/ready")).status_code == 200
        assert outcomes(await client.post("/interactions", json={"drugs": PAIR})) == ["found"]
        drugs = (await client.get("/drugs", params={"q": "华法林"})).json()["drugs"]
        assert drugs[0]["name"] == "warfarin"

    talk(loaded, prove)
    counts = document(run("graph", "stats", "--json", "--home", str(loaded.home)))["counts"]
    assert counts["claims.interacts_with"] == 4


def test_the_doctor_finds_it_whole_and_shows_no_key(loaded: Settings) -> None:
    (told,) = [item for item in run_checks(loaded, lambda *_: None) if item.name == "graph"]
    assert (told.status, told.detail[:19]) == ("ok", "whole on the server")
    shown = run("doctor", "--json", "--home", str(loaded.home))
    assert PASSWORD not in shown.output
    assert json.loads(shown.stdout)["settings"]["graph_key"] == {"value": "set", "from": "environment"}


def test_a_graph_that_is_there_is_not_written_again(loaded: Settings) -> None:
    told: list[str] = []
    prepare_graph(loaded, lambda stage, *_: told.append(stage))
    assert set(told) == {"graph"}


def test_every_publication_loads_before_it_moves_the_pointer(loaded: Settings) -> None:
    """With the server out of reach nothing is published, and what was published stays."""
    workshop = open_workshop(loaded)
    before = workshop.catalogue.current()
    add_edition(workshop.catalogue, NOTES, "2", "2021-01-01", KIDNEY)
    workshop.catalogue.close()
    away = loaded.model_copy(update={"graph_url": "bolt://127.0.0.1:9"})
    with pytest.raises(GraphUnavailable):
        run_ingest([], away, lambda *_: None)
    assert [move.action for move in moves(loaded)] == ["publish"]
    assert check(loaded, "--json").exit_code == 0
    report = run_ingest([], loaded, lambda *_: None)
    assert before is not None
    assert report.snapshot is not None
    assert report.published
    assert report.snapshot.id != before.id
    assert check(loaded, "--json").exit_code == 0


@pytest.mark.parametrize(
    "damage",
    [
        "MATCH (n:MedragClaim) WHERE n.predicate = 'interacts_with' DETACH DELETE n",
        "MATCH (n:MedragName) WHERE n.name STARTS WITH 'w' DETACH DELETE n",
        "MATCH (n:MedragPointer) DETACH DELETE n",
    ],
)
def test_a_graph_that_is_there_in_part_is_told_and_never_read(
    loaded: Settings, behind: Server, damage: str
) -> None:
    async def prove(client: httpx.AsyncClient) -> None:
        await until(client, "/health/ready", 200)
        behind.run(damage)
        told = (await until(client, "/health/ready", 503)).json()
        assert told["title"] == "Graph unavailable"
        report = await client.post("/interactions", json={"drugs": PAIR})
        assert outcomes(report) == ["source_unavailable"]
        refused = check(loaded)
        assert refused.exit_code == 5
        assert "graph server" in refused.stderr
        (doctor,) = [item for item in run_checks(loaded, lambda *_: None) if item.name == "graph"]
        assert (doctor.status, doctor.remedy) == ("fail", "Run: medrag graph build")
        healed = run("graph", "build", "--json", "--home", str(loaded.home))
        assert healed.exit_code == 0, healed.output
        await until(client, "/health/ready", 200)
        assert outcomes(await client.post("/interactions", json={"drugs": PAIR})) == ["found"]

    talk(loaded, prove, ShelfHolder(loaded, every_s=3600))


def test_relationships_that_are_gone_are_found_by_the_doctor(loaded: Settings, behind: Server) -> None:
    behind.run("MATCH (:MedragClaim)-[r]->(:MedragConcept) DELETE r")
    (told,) = [item for item in run_checks(loaded, lambda *_: None) if item.name == "graph"]
    assert told.status == "fail"
    assert "links" in told.detail


def test_a_server_that_is_killed_is_told_and_read_again_when_it_is_back(
    loaded: Settings, bolt_server: BoltServer
) -> None:
    async def prove(client: httpx.AsyncClient) -> None:
        await until(client, "/health/ready", 200)
        assert outcomes(await client.post("/interactions", json={"drugs": PAIR})) == ["found"]
        bolt_server.stop()
        try:
            refused = await client.get("/health/ready")
            assert refused.status_code == 503
            assert refused.headers["Retry-After"]
            report = await client.post("/interactions", json={"drugs": PAIR})
            assert outcomes(report) == ["source_unavailable"]
            assert report.json()["complete"] is False
            assert report.json()["findings"] == []
            shown = check(loaded, "--json")
            assert (shown.exit_code, document(shown)["complete"]) == (5, False)
            assert "cannot be read" in shown.stderr
            assert run("drug", "warfarin", "--home", str(loaded.home)).exit_code == 5
            assert run("doctor", "--home", str(loaded.home)).exit_code == 5
            assert PASSWORD not in shown.output + report.text + refused.text
        finally:
            bolt_server.start()
        await until(client, "/health/ready", 200)
        assert outcomes(await client.post("/interactions", json={"drugs": PAIR})) == ["found"]

    talk(loaded, prove, ShelfHolder(loaded, every_s=3600))


def test_a_password_that_is_wrong_is_unavailable_and_untold(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDRAG_GRAPH_KEY", "wrong-and-hidden")
    refused = check(loaded)
    assert refused.exit_code == 5
    assert "wrong-and-hidden" not in refused.output + refused.stderr
