"""Documents over HTTP: a job, its progress, its end; what is asked wrongly, cancelled or cut off."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import ENDED, Jobs
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.jobs import JobRunner

NOTE = b"# Gout\n\n## Dosing\n\nColchicine 0.5 mg is given twice daily in gout. It is halved in severe kidney disease.\n"
ABOUT = {"title": "Gout note", "publisher": "Ward", "published": "2024-01-01", "jurisdiction": "US"}


@pytest.fixture
def settings(home: Path) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    return Settings(home=home, encoder="none", offline=True)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as made:
        yield made


def send(client: TestClient, data: bytes = NOTE, name: str = "note.md", **about: object) -> dict[str, object]:
    form = {"about": json.dumps({**ABOUT, **about})}
    answer = client.post("/ingest", files={"file": (name, data)}, data=form)
    assert answer.status_code == 202, answer.text
    return client_end(client, answer.headers["location"])


def client_end(client: TestClient, place: str) -> dict[str, object]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job: dict[str, object] = client.get(place).json()
        if job["state"] in ENDED:
            return job
        time.sleep(0.2)
    raise AssertionError(f"the job did not end: {job}")


def test_a_document_that_is_sent_is_answered_from_and_taken_back(
    client: TestClient, settings: Settings
) -> None:
    job = send(client, name="../../etc/note.md")
    assert job["state"] == "done" and job["result"]["published"], job  # type: ignore[index]
    client.app.state.holder.refresh()  # type: ignore[attr-defined]
    found = client.post("/search", json={"query": "colchicine in gout"}).json()
    assert "halved" in found["hits"][0]["text"]
    assert not list((settings.home / "incoming").iterdir()) and not (settings.home.parent / "etc").exists()
    again = send(client)
    assert again["result"] == {"duplicate_of": "gout-note@2024-01-01", "published": False}
    with client.stream("GET", f"/jobs/{again['id']}/events") as stream:
        told = "".join(stream.iter_text())
    assert told.startswith("event: done\ndata: ") and told.endswith("\n\n")
    gone = client.post("/shelf/gout-note/withdraw", json={"reason": "a wrong dose"})
    assert client_end(client, gone.headers["location"])["state"] == "done"
    client.app.state.holder.refresh()  # type: ignore[attr-defined]
    assert client.get("/shelf").status_code == 503
    kept = client.get("/jobs").json()["jobs"]
    assert [item["kind"] for item in kept] == ["withdraw", "ingest", "ingest"]


def test_staging_shows_readers_nothing_until_it_is_published(client: TestClient) -> None:
    form = {"about": json.dumps(ABOUT), "stage": "true"}
    place = client.post("/ingest", files={"file": ("note.md", NOTE)}, data=form).headers["location"]
    assert client_end(client, place)["result"]["waiting"] == ["gout-note@2024-01-01"]  # type: ignore[index]
    assert client.get("/shelf").status_code == 503
    done = client.post("/shelf/gout-note@2024-01-01/publish", json={})
    assert client_end(client, done.headers["location"])["state"] == "done"
    client.app.state.holder.refresh()  # type: ignore[attr-defined]
    assert [work["id"] for work in client.get("/shelf").json()["works"]] == ["gout-note"]
    other = send(client, NOTE + b"\nMore of it.\n", published="2025-01-01")
    assert other["state"] == "done"
    back = client.post("/shelf/previous/rollback", json={"reason": "too early"})
    assert back.status_code == 200 and back.json()["editions"] == ["gout-note@2024-01-01"]


@pytest.mark.parametrize(
    ("files", "data", "status", "field"),
    [
        ({"file": ("a.md", NOTE)}, {"about": "no json"}, 422, "about"),
        ({"file": ("a.md", NOTE)}, {"about": json.dumps({"title": "x"})}, 422, "about.publisher"),
        ({"file": ("a.md", NOTE)}, {"about": json.dumps({**ABOUT, "colour": "red"})}, 422, "about.colour"),
        ({"other": ("a.md", NOTE)}, {}, 422, "file"),
    ],
)
def test_what_is_sent_wrongly_is_told_by_field(
    client: TestClient,
    settings: Settings,
    files: dict[str, object],
    data: dict[str, str],
    status: int,
    field: str,
) -> None:
    answer = client.post("/ingest", files=files, data=data)  # type: ignore[arg-type]
    assert answer.status_code == status and answer.json()["errors"][0]["field"] == field
    assert not list((settings.home / "incoming").glob("*"))


def test_a_document_nobody_can_read_fails_its_job_and_leaves_the_shelf(client: TestClient) -> None:
    job = send(client, b"\x00\x01\x02", "note.md")
    assert job["state"] == "failed" and "NUL" in json.dumps(job["result"])
    late = send(client, published="2099-01-01")
    assert late["state"] == "failed" and "future" in late["problem"]["detail"]  # type: ignore[index]
    assert client.get("/jobs/job_nothing").status_code == 404


def test_a_card_that_is_sent_may_not_name_files_of_the_machine(client: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_bytes(NOTE)
    card = f"""
id: stolen
title: Stolen
publisher: x
kind: guideline
authority: digest
jurisdiction: US
language: en
edition: "1"
published: "2020"
rights: {{licence: CC0-1.0, redistributable: true}}
sources: [{{file: {secret}, sha256: "{"0" * 64}"}}]
reader: {{name: markdown}}
expect: {{documents: 1}}
"""
    answer = client.post("/ingest", files={"card": ("card.yaml", card.encode())})
    job = client_end(client, answer.headers["location"])
    assert job["state"] == "failed" and job["problem"]["errors"][0]["field"] == "sources"  # type: ignore[index]


def test_another_site_may_not_write(client: TestClient) -> None:
    for method, place in (("POST", "/ingest"), ("POST", "/shelf/a/withdraw"), ("DELETE", "/jobs/x")):
        for host in ("127.0.0.1", "elsewhere.example"):
            headers = {"origin": "https://elsewhere.example", "host": host}
            assert client.request(method, place, headers=headers, json={}).status_code == 403
    own = {"origin": "http://127.0.0.1", "host": "127.0.0.1"}
    assert client.request("DELETE", "/jobs/x", headers=own).status_code != 403
    assert client.post("/ingest", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_one_that_waits_is_cancelled_at_once(settings: Settings) -> None:
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        jobs = Jobs(catalogue)
        first, second = jobs.add("publish", {}), jobs.add("publish", {})
        taken = jobs.claim("here:1")
        assert taken is not None and taken.id == first.id and jobs.claim("here:2") is None
        assert jobs.cancel(second.id).state == "cancelled"
        assert jobs.cancel(first.id).state == "running" and not jobs.tell(first.id, "x", 1, 2, fresh=True)
        jobs.end(first.id, "cancelled")
        jobs.end(first.id, "done")
        assert jobs.get(first.id).state == "cancelled" and jobs.claim("here:2") is None


def test_a_job_whose_process_died_is_taken_over(settings: Settings) -> None:
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        jobs = Jobs(catalogue)
        job = jobs.add("publish", {})
        jobs.claim("a-machine-that-is-gone:7")
        runner = JobRunner(settings)
        runner.start()
        try:
            until = time.monotonic() + 60
            while jobs.get(job.id).state not in ENDED and time.monotonic() < until:
                time.sleep(0.2)
        finally:
            runner.close()
        done = jobs.get(job.id)
        assert done.state == "done" and "taken over" in done.note and done.result is not None


def test_a_job_whose_process_is_killed_says_so(settings: Settings) -> None:
    from medrag_api.wiring import open_workshop

    workshop = open_workshop(settings)
    with closing(workshop.catalogue), workshop.writing("test"):
        jobs = Jobs(workshop.catalogue)
        job = jobs.add("publish", {})
        runner = JobRunner(settings)
        runner.start()
        try:
            until = time.monotonic() + 60
            while jobs.get(job.id).note != "waits for another writer" and time.monotonic() < until:
                time.sleep(0.1)
            children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            pids = [int(pid) for held in children for pid in held.read_text().split()]
            for pid in pids:
                if job.id in Path(f"/proc/{pid}/cmdline").read_text():
                    os.kill(pid, signal.SIGKILL)
            while jobs.get(job.id).state not in ENDED and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            runner.close()
        ended = jobs.get(job.id)
        assert (
            ended.state == "failed" and ended.problem is not None and "Exit code" in ended.problem["detail"]
        )


def test_a_removed_document_leaves_no_job_that_tells_of_it(client: TestClient, settings: Settings) -> None:
    from medrag_api.wiring import open_workshop
    from medrag_ingest.keeping import remove

    first, again = send(client), send(client)
    assert "duplicate_of" in again["result"]  # type: ignore[operator]
    send(client, NOTE + b"\nMore of it.\n", title="Another note")
    workshop = open_workshop(settings)
    with closing(workshop.catalogue):
        remove(workshop, "gout-note", progress=lambda *_: None)
        kept = Jobs(workshop.catalogue).last()
    assert first["state"] == "done" and len(kept) == 1
    assert kept[0].request["document"]["title"] == "Another note"
