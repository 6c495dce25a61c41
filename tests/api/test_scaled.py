"""The scaled form on real servers: several workers over one PostgreSQL; two servers over PostgreSQL, Bolt and Qdrant's client."""

from __future__ import annotations

import base64
import contextlib
import os
import runpy
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from bolt_server import BoltServer
from guarded import bearing, give_key
from review_shelf import add_pairs
from sample_shelf import BLOOD, KIDNEY, LEAFLETS, NOTES, add_edition
from served_shelf import serving_shelf
from test_examples import EXAMPLES
from test_workers import free_port

from medrag.catalogue import Catalogue
from medrag.catalogue.audit import Act
from medrag.catalogue.jobs import ENDED, Jobs
from medrag.errors import ShelfBusy
from medrag.settings import Settings
from medrag_api.jobs import JobRunner
from medrag_api.security.log import audit_of
from medrag_api.wiring import open_workshop, putting_graph
from medrag_graph.stores.address import read_address
from medrag_ingest.keeping import publish

pytestmark = [pytest.mark.postgres, pytest.mark.network]
QUESTION = "At what eGFR is metformin stopped?"


def quiet(*_: object) -> None: ...


@pytest.fixture
def house(tmp_path: Path, postgres: Any) -> Settings:
    """A shelf whose catalogue is on PostgreSQL; consultations are kept there too."""
    home = tmp_path / "house"
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    settings = Settings(
        home=home,
        encoder="hash",
        catalogue_url=postgres.of_home(home),
        conversations="disk",
        conversations_key=key,  # type: ignore[arg-type]
    )
    workshop = open_workshop(settings)
    with closing(workshop.catalogue):
        add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
        add_pairs(workshop.catalogue)
        publish(workshop, quiet)
    return settings


@contextlib.contextmanager
def serving(settings: Settings, workers: int) -> Iterator[tuple[str, int]]:
    """``medrag serve`` itself: its address and the number of its process."""
    port = free_port()
    told = {
        "MEDRAG_CATALOGUE_URL": settings.catalogue_url,
        "MEDRAG_ENCODER": "hash",
        "MEDRAG_CONVERSATIONS": "disk",
        "MEDRAG_CONVERSATIONS_KEY": settings.conversations_key.get_secret_value(),
    }
    words = ["serve", "--home", str(settings.home), "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen([sys.executable, "-m", "medrag_api", *words], env={**os.environ, **told})
    try:
        until = time.monotonic() + 120
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                    break
            assert time.monotonic() < until and process.poll() is None, "the server did not start"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def workers_of(pid: int) -> int:
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split())


def test_two_workers_share_keys_conversations_jobs_and_one_log(house: Settings) -> None:
    text, key = give_key(house, "ask", "check", "publish", "admin", tenant="*")
    workshop = open_workshop(house)
    with closing(workshop.catalogue):
        add_edition(workshop.catalogue, LEAFLETS, "1", "2021-01-01", BLOOD)
    with serving(house, 2) as (address, pid):
        assert workers_of(pid) == 2
        told = {**bearing(text), "Connection": "close"}

        def say(path: str, **body: Any) -> httpx.Response:
            return httpx.post(address + path, json=body, headers=told, timeout=60)

        def turn(number: int) -> list[int]:
            """A conversation whose every turn may reach another worker."""
            first = say("/ask", question="78 year old man on warfarin.", conversation_id="new").json()
            other = say("/ask", question=f"He is {60 + number}.", conversation_id=first["conversation"]["id"])
            held = {slot["field"]: slot["value"] for slot in other.json()["conversation"]["slots"]}
            assert held["age_years"] == 60 + number and held["drugs"] == "warfarin", held
            return [say("/ask", question=QUESTION).status_code for _ in range(4)]

        with ThreadPoolExecutor(4) as pool:
            assert {status for told_ in pool.map(turn, range(4)) for status in told_} == {200}
        assert httpx.post(f"{address}/ask", json={"question": QUESTION}).status_code == 401
        asked = [say(f"/shelf/{LEAFLETS.id}@1/publish") for _ in range(2)]
        assert {answer.status_code for answer in asked} == {202}
        with closing(Catalogue(house.catalogue)) as catalogue:
            until = time.monotonic() + 120
            while any(job.state not in ENDED for job in Jobs(catalogue).last()) and time.monotonic() < until:
                time.sleep(0.2)
            ends = [(job.state, job.problem) for job in Jobs(catalogue).last()]
            assert ("done", None) in ends, ends
            current = catalogue.current()
            assert current is not None and f"{LEAFLETS.id}@1" in current.editions
    with closing(Catalogue(house.catalogue)) as catalogue:
        chain = audit_of(house, catalogue).verify()
        acts = [record.act for record in audit_of(house, catalogue).last(1000)]
    assert chain.problem == ""
    assert sum(act.times for act in acts if act.who == key.id and act.act == "POST /ask") == 4 * 6
    assert [act.outcome for act in acts if act.act == "POST /ask" and act.who != key.id] == ["401"]


def test_one_writes_whichever_home_it_comes_from(house: Settings, tmp_path: Path) -> None:
    """Two machines with a catalogue between them: a lock of a home's file would let both in."""
    away = house.model_copy(update={"home": tmp_path / "another-machine"})
    here, there = open_workshop(house), open_workshop(away)
    with closing(here.catalogue), closing(there.catalogue):
        with (
            here.writing("ingest"),
            pytest.raises(ShelfBusy, match="from a home of its own"),
            there.writing("x"),
        ):
            pass
        with there.writing("publish"):
            pass


def test_runners_on_two_machines_run_one_job_at_a_time(house: Settings) -> None:
    with closing(Catalogue(house.catalogue)) as catalogue:
        jobs = Jobs(catalogue)
        asked = [jobs.add("publish", {}).id for _ in range(3)]
        runners, most = [JobRunner(house) for _ in range(2)], 0
        for runner in runners:
            runner.start()
        try:
            until = time.monotonic() + 120
            while any(jobs.get(job).state not in ENDED for job in asked) and time.monotonic() < until:
                most = max(most, len(jobs.running()))
                time.sleep(0.05)
        finally:
            for runner in runners:
                runner.close()
        assert [jobs.get(job).state for job in asked] == ["done"] * 3
        assert most == 1 and all("taken over" not in jobs.get(job).note for job in asked)


def test_servers_that_write_one_log_at_once_make_one_chain(house: Settings) -> None:
    def write(who: str) -> None:
        with closing(Catalogue(house.catalogue)) as catalogue:
            for number in range(10):
                audit_of(house, catalogue).add([Act("2026-01-01", who, f"POST /ask {number}", "", "200")])

    give_key(house, "ask")
    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(Catalogue(house.catalogue)) as catalogue:
        chain = audit_of(house, catalogue).verify()
    assert (chain.problem, chain.records) == ("", 40)


@pytest.mark.bolt
def test_two_servers_over_postgresql_bolt_and_qdrant_say_the_same(
    tmp_path: Path, postgres: Any, bolt_server: BoltServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a home of its own, as two machines have; catalogue, graph and index are the servers'. Qdrant's protocol is
    spoken to its own client, which answers itself."""
    import qdrant_client

    double = qdrant_client.QdrantClient(location=":memory:")
    monkeypatch.setattr(qdrant_client, "QdrantClient", lambda **_: double)
    bolt = read_address(bolt_server.url)
    shared: dict[str, Any] = {
        "encoder": "hash",
        "catalogue_url": postgres.of_home(tmp_path),
        "qdrant_url": "http://qdrant.invalid:6333",
        "graph_url": bolt.url,
        "graph_user": bolt.user,
        "graph_key": bolt.password,
        "graph_database": bolt.database,
    }
    one, other = (Settings(home=tmp_path / name, **shared) for name in ("one", "other"))
    workshop = open_workshop(one)
    with closing(workshop.catalogue):
        add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
        add_pairs(workshop.catalogue)
        publish(putting_graph(workshop, quiet), quiet)
    with serving_shelf(one) as first, serving_shelf(other) as second:
        assert said_by(first) == said_by(second)
        again = open_workshop(other)
        with closing(again.catalogue):
            add_edition(again.catalogue, LEAFLETS, "1", "2021-01-01", BLOOD)
            publish(putting_graph(again, quiet), quiet)
        until = time.monotonic() + 60
        while said_by(first) != said_by(second) and time.monotonic() < until:
            time.sleep(0.2)
        answers = said_by(first)
        assert answers == said_by(second)
        assert answers[0]["status"] == "answered" and answers[1]["findings"][0]["severity"] == "major"
        assert not (one.home / "index").exists() and not (other.home / "index").exists()


def said_by(address: str) -> list[Any]:
    asks: list[tuple[str, dict[str, Any]]] = [
        ("/ask", {"question": QUESTION}),
        ("/interactions", {"drugs": ["warfarin", "ibuprofen"]}),
        ("/search", {"query": "metformin eGFR"}),
    ]
    told = [httpx.post(address + path, json=body, timeout=60).json() for path, body in asks]
    for answer in told:
        answer.pop("timings_ms", None)
    return told


def test_the_smoke_script_goes_through_with_the_client_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import qdrant_client

    double = qdrant_client.QdrantClient(location=":memory:")
    monkeypatch.setattr(qdrant_client, "QdrantClient", lambda **_: double)
    runpy.run_path(str(EXAMPLES / "qdrant_smoke.py"))["main"]("http://qdrant.invalid:6333")
    assert "all is as it should be" in capsys.readouterr().out
    assert double.get_collections().collections == []
