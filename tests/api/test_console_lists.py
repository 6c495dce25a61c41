"""Guidelines listed by what they are of and what they write, documents by section, and what stands around a drug."""

from __future__ import annotations

import re
from itertools import pairwise

import httpx
import pytest
from test_console import Elements
from test_http import talk

from medrag.settings import Settings
from medrag_api.web.around import MOST, STEP, lay_out
from medrag_api.web.guidelines import conditions_in, grades_in, publisher_in


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Give it to all (Class I, LOE A).", ("Class I",)),
        ("Class IIa recommendation; elsewhere a class IIb one, level of evidence C", ("Class IIa", "Class IIb")),
        ("Patients in NYHA Class III or Killip class II", ()),
        ("a Strong Recommendation, and a conditional recommendation", ("conditional recommendation", "strong recommendation")),
        ("Grade B: good evidence. Tumours of grade C.", ("Grade B",)),
        ("A Class I recommendation", ("Class I",)),
    ],
)  # fmt: skip
def test_a_grade_is_told_as_it_is_written_and_no_class_of_a_disease_is_one(
    text: str, grades: tuple[str, ...]
) -> None:
    assert grades_in(text) == grades


def test_a_title_names_its_body_and_its_condition() -> None:
    title = "Guideline on Heart Failure — Device Therapy — ACC/AHA 2022 (digest)"
    assert publisher_in(title) == "ACC/AHA"
    assert conditions_in(title) == ("heart failure",)
    assert publisher_in("A guideline of 2022") == ""


def test_guidelines_are_narrowed_and_open_at_a_section(standing: Settings) -> None:
    async def browse(client: httpx.AsyncClient) -> None:
        listed = Elements((await client.get("/console/guidelines")).text)
        documents = [a["href"] for a in listed.all("a") if "/console/documents/" in (a.get("href") or "")]
        assert documents
        none = Elements((await client.get("/console/guidelines", params={"q": "zzz no such words"})).text)
        assert not [a for a in none.all("a") if "/console/documents/" in (a.get("href") or "")]
        page = await client.get(str(documents[0]))
        assert page.status_code == 200
        read = Elements(page.text)
        places = {str(section.get("id")) for section in read.all("section")}
        inward = [str(a["href"])[1:] for a in read.all("a") if re.fullmatch(r"#s\d+", a.get("href") or "")]
        assert {"s0", *inward} <= places
        assert (await client.get("/console/documents/d_0")).status_code == 404

    talk(standing, browse)


def test_what_stands_around_a_drug_is_a_picture_to_walk_and_a_list(reviewing: Settings) -> None:
    async def walk(client: httpx.AsyncClient) -> None:
        found = await client.get("/console/drugs", params={"q": "simvastatin"}, follow_redirects=False)
        here = f"{found.headers['location']}/around"
        read = Elements((await client.get(here)).text)
        onward = [a for a in read.all("a") if str(a.get("href")).endswith("/around")]
        drawn = {a["href"] for a in onward if a.get("tabindex") == "-1"}
        listed = {a["href"] for a in onward if a.get("tabindex") is None}
        assert drawn and drawn <= listed
        assert (await client.get(str(next(iter(drawn))))).status_code == 200
        assert (await client.get("/console/drugs/rxnorm:0/around")).status_code == 404

    talk(reviewing, walk)


def test_no_name_of_the_picture_covers_another_and_the_graver_is_nearer() -> None:
    def some(key: str, count: int) -> dict[str, object]:
        members = [{"id": f"{key}:{at}", "name": f"{key} {at}"} for at in range(count)]
        return {"key": key, "word": key, "shape": "x", "members": members, "walks": True}

    made = lay_out([some("contraindicated", 3), some("major", 40), some("minor", 9), some("class", 5)])
    assert made["left_out"] == 40 - MOST
    for side in (-1, 1):
        lines = sorted(node.y for node in made["nodes"] if node.side == side)
        assert all(after - before >= STEP - 0.2 for before, after in pairwise(lines))
    nearest = {
        group: min(abs(n.x) for n in made["nodes"] if n.group == group)
        for group in ("contraindicated", "minor")
    }
    assert nearest["contraindicated"] < nearest["minor"]
    assert lay_out([])["nodes"] == []


def test_a_card_of_another_day_says_so_and_a_wrong_day_is_told(reviewing: Settings) -> None:
    async def look(client: httpx.AsyncClient) -> None:
        found = await client.get("/console/drugs", params={"q": "simvastatin"}, follow_redirects=False)
        here = found.headers["location"]
        assert "2024-05-31" in (await client.get(here, params={"as_of": "2024-05-31"})).text
        assert (await client.get(here, params={"as_of": "yesterday"})).status_code == 422

    talk(reviewing, look)
