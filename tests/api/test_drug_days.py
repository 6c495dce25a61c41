"""A drug's card of a day: what was stated by the editions in force then, at both doors."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from review_shelf import PAIRS, ROWS, add_pairs
from test_http import send
from test_kept_answers import command

from medrag.catalogue import Catalogue
from medrag.settings import Settings
from medrag_api.wiring import open_workshop
from medrag_ingest.keeping import publish


@pytest.fixture
def two_editions(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The list of pairs as of May 2022, and a later edition that holds one pair less."""
    workshop = open_workshop(settings)
    add_pairs(workshop.catalogue)
    add_later(workshop.catalogue, monkeypatch)
    publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    return settings


def add_later(catalogue: Catalogue, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("review_shelf.edition_id", lambda work, _: f"{work}@2")
    whole = catalogue.open_edition
    later: dict[str, Any] = {"label": "2", "published": "2024-05-01", "valid_from": date(2024, 5, 1)}

    def opened(edition: Any) -> None:
        from dataclasses import replace

        whole(replace(edition, **later))

    patch.setattr(catalogue, "open_edition", opened)
    add_pairs(catalogue, rows=tuple(row for row in ROWS if row[1] != "ibuprofen"))


def test_a_card_of_a_day_holds_what_was_stated_then(two_editions: Settings) -> None:
    now = json.loads(command(two_editions, "drug", "warfarin", "--json").stdout)
    then = json.loads(command(two_editions, "drug", "warfarin", "--as-of", "2023-01-01", "--json").stdout)
    assert (now["as_of"], then["as_of"]) == (None, "2023-01-01")
    assert "ibuprofen" in json.dumps(then["interactions"]) and "ibuprofen" not in json.dumps(
        now["interactions"]
    )
    assert {"id": PAIRS.id, "edition": "1"} in then["sources_searched"]
    assert {"id": PAIRS.id, "edition": "2"} in now["sources_searched"]
    identifier = then["concept"]["id"]
    assert send(two_editions, "GET", f"/drugs/{identifier}?as_of=2023-01-01").json() == then
    assert send(two_editions, "GET", f"/drugs/{identifier}").json() == now


def test_a_day_that_is_none_is_told_by_its_field(two_editions: Settings) -> None:
    told = send(two_editions, "GET", "/drugs/x?as_of=2023-1-1")
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "as_of")
    assert send(two_editions, "GET", "/drugs/x?as_of=1990-01-01").status_code == 404
