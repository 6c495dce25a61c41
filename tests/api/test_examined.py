"""Golden questions asked at the gate and on demand, sources compared, each kept with its snapshot until a work is removed."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import httpx
import pytest
from guarded import bearing, calling, give_key
from sample_shelf import KIDNEY, NOTES, add_edition
from test_console import Elements
from test_http import send

from medrag.catalogue import Catalogue
from medrag.catalogue.examinations import Examinations
from medrag.settings import Settings
from medrag_api.examine import ShelfExaminer
from medrag_api.examining import compare_sources, run_golden, shortened
from medrag_api.web.compared_view import CELL, WORDS, compared_view
from medrag_api.wiring import open_workshop
from medrag_ingest.keeping import publish, remove

SITE = """golden:
  - check: [simvastatin, clarithromycin]
    at_least: contraindicated
  - check: [warfarin, ibuprofen]
    at_least: contraindicated
"""


NAMED = {
    "edition": "a@1",
    "kind": "drug",
    "things": 8,
    "joined": 6,
    "english": 6,
    "share": 0.75,
    "unjoined": ["y"] * 2,
}


def quiet(*_: Any) -> None:
    """No one watches."""


def test_golden_questions_are_asked_and_their_last_result_is_shown(standing_copy: Settings) -> None:
    (standing_copy.home / "golden.yaml").write_text(SITE, "utf-8")
    before = Elements(send(standing_copy, "GET", "/console/golden").text).words
    assert "simvastatin + clarithromycin" in before and "not asked" in before
    told = run_golden(standing_copy, quiet)
    assert (told["asked"], told["not_held"]) == (2, 1)
    after = Elements(send(standing_copy, "GET", "/console/golden").text).words
    assert "1 / 2" in after
    assert "is not found as contraindicated or worse any more" in after


def test_the_gate_keeps_how_they_went_with_the_publication(settings: Settings) -> None:
    workshop = open_workshop(settings)
    try:
        add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
        body = '{"ask": "What is done in kidney disease?", "within": 50}'
        workshop.catalogue.put_golden(NOTES.id, [body])
        move = publish(workshop, quiet, examine=ShelfExaminer(settings, quiet))
        assert move.snapshot is not None
        held = Examinations(workshop.catalogue).of("golden")
        assert held[move.snapshot.id].results["asked"] == 1
        assert held[move.snapshot.id].results["not_held"] == 0
        remove(workshop, NOTES.id, progress=quiet)
        assert Examinations(workshop.catalogue).of("golden") == {}
    finally:
        workshop.catalogue.close()


def test_the_sources_are_compared_for_what_readers_see(standing_copy: Settings) -> None:
    before = send(standing_copy, "GET", "/console/compared")
    assert "Not counted yet" in Elements(before.text).words
    compare_sources(standing_copy, quiet)
    page = Elements(send(standing_copy, "GET", "/console/compared").text)
    assert page.all("svg") and "nothing to compare" in page.words
    with closing(Catalogue(standing_copy.catalogue)) as catalogue:
        (kept,) = Examinations(catalogue).of("compared").values()
    assert kept.snapshot == send(standing_copy, "GET", "/shelf").json()["snapshot"]["id"]


def test_every_cell_of_a_comparison_is_drawn_and_told() -> None:
    levels = [[3, 1, 0, 0], [0, 900, 20, 0], [0, 0, 0, 0], [0, 0, 0, 7]]
    pair = {"one": "a@1", "other": "b@1", "levels": levels, "listed_kappa": 0.5, "level_kappa": None}
    report = {"agreement": [pair], "named_in_claims": [NAMED], "unspoken": ["x"] * 300, "conflicts": []}
    told = compared_view(shortened(report), "zh")
    (drawn,) = told["pairs"]
    assert [cell["count"] for cell in drawn["cells"]] == [count for row in levels for count in row]
    depths = {cell["count"]: cell["depth"] for cell in drawn["cells"]}
    assert depths[0] == 0 and depths[900] == max(depths.values()) <= 0.6
    assert len({(cell["x"], cell["y"]) for cell in drawn["cells"]}) == 16
    assert max(cell["x"] for cell in drawn["cells"]) == WORDS + 3 * CELL
    assert (drawn["listed_kappa"], drawn["level_kappa"]) == ("0.50", "–")
    (bar,) = told["bars"]["lines"]
    assert (bar["share"], bar["width"]) == ("75 %", 0.75 * told["bars"]["wide"])
    assert "unjoined" not in told["coverage"][0]
    assert (len(told["unspoken"]), told["unspoken_count"]) == (100, 300)


@pytest.mark.parametrize("what", ["golden", "compared"])
def test_an_examination_is_a_job_of_who_acts_on_the_whole_shelf(standing_copy: Settings, what: str) -> None:
    whole, _ = give_key(standing_copy, "publish", tenant="*")
    acme, _ = give_key(standing_copy, "publish", tenant="acme")

    async def ask(client: httpx.AsyncClient) -> list[int]:
        told = []
        for key in (whole, acme):
            form = {"what": what}
            sent = await client.post("/console/shelf/examine", data=form, headers=bearing(key))
            told.append(sent.status_code)
            told.append((await client.get(f"/console/{what}", headers=bearing(key))).status_code)
        odd = await client.post("/console/shelf/examine", data={"what": "else"}, headers=bearing(whole))
        return [*told, odd.status_code]

    assert calling(standing_copy, ask) == [303, 200, 403, 403, 422]
