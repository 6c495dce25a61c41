"""Lists come in pages, what is held already is not sent again, what may be compressed is."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import httpx
import pytest
from guarded import calling
from sample_shelf import KIDNEY

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import Jobs
from medrag.settings import Settings


def walk(settings: Settings, path: str, name: str, limit: int) -> list[list[Any]]:
    """The pages of a list, each as its items' ids."""

    async def said(client: httpx.AsyncClient) -> list[list[Any]]:
        pages, cursor = [], ""
        while True:
            more = f"&cursor={cursor}" if cursor else ""
            reply = (await client.get(f"{path}limit={limit}{more}")).json()
            pages.append([item["id"] for item in reply[name]])
            cursor = reply["next"]
            if cursor is None:
                return pages

    return calling(settings, said)  # type: ignore[no-any-return]


@pytest.fixture
def busy(standing_copy: Settings) -> Settings:
    """A shelf with five jobs and three answers."""
    with closing(Catalogue(standing_copy.catalogue)) as catalogue:
        for at in range(5):
            Jobs(catalogue).add("publish", {"editions": []}, f"job_{at}")

    async def ask(client: httpx.AsyncClient) -> None:
        for sentence in KIDNEY[:3]:
            await client.post("/ask", json={"question": sentence[:200], "answerer": "extractive"})

    calling(standing_copy, ask)
    return standing_copy


@pytest.mark.parametrize(
    ("path", "name"), [("/jobs?", "jobs"), ("/shelf?", "works"), ("/answers?", "answers")]
)
def test_pages_hold_everything_once_and_in_order(busy: Settings, path: str, name: str) -> None:
    whole = walk(busy, path, name, 200)
    assert len(whole) == 1 and len(whole[0]) == len(set(whole[0])) >= 2
    for limit in (1, 2):
        pages = walk(busy, path, name, limit)
        assert [item for page in pages for item in page] == whole[0]
        assert all(len(page) == limit for page in pages[:-1])


def test_candidates_come_in_pages_too(standing_copy: Settings) -> None:
    whole = walk(standing_copy, "/drugs?q=ibuprofin&", "drugs", 200)
    assert [
        item for page in walk(standing_copy, "/drugs?q=ibuprofin&", "drugs", 1) for item in page
    ] == whole[0]


@pytest.mark.parametrize("path", ["/jobs", "/shelf", "/answers", "/drugs?q=warfarin"])
def test_a_mark_that_no_page_gave_is_refused(busy: Settings, path: str) -> None:
    async def said(client: httpx.AsyncClient) -> list[int]:
        join = "&" if "?" in path else "?"
        marks = ["e30", "!", "WyJhIiwiYiIsImMiXQ", "IjEi", "_w", "A" * 401]
        return [(await client.get(f"{path}{join}cursor={mark}")).status_code for mark in marks]

    assert set(calling(busy, said)) == {422}


def test_what_a_caller_has_is_not_sent_again(standing_copy: Settings) -> None:
    async def said(client: httpx.AsyncClient) -> None:
        hit = (await client.post("/search", json={"query": "metformin"})).json()["hits"][0]
        found = (await client.get("/drugs", params={"q": "warfarin"})).json()["drugs"][0]
        paths = (f"/passages/{hit['passage_id']}", f"/documents/{hit['document']['id']}/text")
        for path in (*paths, f"/drugs/{found['id']}"):
            first = await client.get(path, headers={"accept-encoding": "identity"})
            tag = first.headers["etag"]
            assert (
                "no-cache" in first.headers["cache-control"] and "private" in first.headers["cache-control"]
            )
            for told in (tag, f"W/{tag}", f'"x", {tag}', "*"):
                again = await client.get(path, headers={"if-none-match": told})
                assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert (await client.get(path, headers={"if-none-match": '"x"'})).status_code == 200

    calling(standing_copy, said)


def test_what_is_long_is_compressed_for_who_asks_and_no_stream_is(standing_copy: Settings) -> None:
    asked = {"question": KIDNEY[0], "answerer": "extractive"}

    async def said(client: httpx.AsyncClient) -> None:
        gzip, plain = {"accept-encoding": "gzip"}, {"accept-encoding": "identity"}
        squeezed = await client.post("/ask", json=asked, headers=gzip)
        assert squeezed.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in squeezed.headers["vary"].lower()
        whole = await client.post("/ask", json=asked, headers=plain)
        assert "content-encoding" not in whole.headers
        assert {**squeezed.json(), "timings_ms": 0} == {**whole.json(), "timings_ms": 0}
        stream = await client.post("/ask", json={**asked, "stream": True}, headers=gzip)
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        card = (await client.get("/drugs", params={"q": "warfarin"})).json()["drugs"][0]["id"]
        tagged = await client.get(f"/drugs/{card}", headers=gzip)
        assert tagged.headers["content-encoding"] == "gzip" and tagged.headers["etag"].startswith('W/"')

    calling(standing_copy, said)


def test_an_address_names_every_method_it_takes(standing_copy: Settings) -> None:
    async def said(client: httpx.AsyncClient) -> list[str]:
        return [(await client.put(path)).headers["allow"] for path in ("/jobs/1", "/consultations/1", "/ask")]

    assert calling(standing_copy, said) == ["DELETE, GET", "DELETE, GET", "POST"]


def test_a_day_before_every_edition_is_not_found_and_asks_nobody_to_come_again(
    standing_copy: Settings,
) -> None:
    async def said(client: httpx.AsyncClient) -> list[httpx.Response]:
        old = {"as_of": "1900-01-01"}
        return [
            await client.post("/search", json={"query": "eGFR", **old}),
            await client.post("/ask", json={"question": "eGFR?", **old}),
        ]

    for reply in calling(standing_copy, said):
        assert reply.status_code == 404 and "retry-after" not in reply.headers
        assert reply.json()["title"] == "Nothing was in force"
