"""One regimen at four doors: the command line, HTTP, CDS Hooks and FHIR rest on the same assertions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from clinical_records import PATIENT, bundle, call, medicine, observation
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from test_http import talk

from medrag.settings import Settings
from medrag_api.cli import main
from medrag_api.fhir.values import age_at

Json = dict[str, Any]
DRUGS = (
    "warfarin",
    "ibuprofen",
    "clarithromycin",
    "simvastatin",
    "lisinopril",
    "spironolactone",
    "sildenafil",
    "nitroglycerin",
    "布洛芬",
    "metformin",
)
REGIMENS = st.lists(st.sampled_from(DRUGS), min_size=1, max_size=5, unique=True)
EGFRS = st.one_of(st.none(), st.integers(5, 120))


def person(egfr: int | None) -> Json:
    """The patient of the records, as the contract writes one."""
    from datetime import UTC, date, datetime

    age = age_at(date.fromisoformat(PATIENT["birthDate"]), datetime.now(UTC).date())
    return {"age_years": age, "sex": "female"} | ({} if egfr is None else {"egfr_ml_min_1_73m2": egfr})


def of_report(report: Json) -> list[list[str]]:
    """The assertion ids of each finding."""
    return sorted(sorted({item["id"] for item in found["assertions"]}) for found in report["findings"])


def of_bundle(answer: Json) -> list[list[str]]:
    issues = [entry["resource"] for entry in answer["entry"]]
    return sorted(sorted(i["value"] for i in item["identifier"]) for item in issues if "identifier" in item)


def of_cards(answer: Json) -> list[list[str]]:
    held = [card["extension"]["org.medrag.finding"] for card in answer["cards"] if "extension" in card]
    return sorted(sorted(item["assertions"]) for item in held)


def at_doors(settings: Settings, drugs: list[str], egfr: int | None) -> dict[str, list[list[str]]]:
    """Door to the assertion ids of every finding it gives."""
    values = [] if egfr is None else [observation("o", "98979-8", egfr, "mL/min/{1.73_m2}", "2026-05-01")]
    orders = [medicine(f"m{n}", drug) for n, drug in enumerate(drugs)]
    record = json.dumps(bundle(PATIENT, *orders, *values))
    drafts = [medicine("d0", drugs[0], "draft")]
    called = call(drafts, orders[1:], observations=bundle(*values, kind="searchset"))

    async def ask(client: Any) -> dict[str, list[list[str]]]:
        http = await client.post("/interactions", json={"drugs": drugs, "patient": person(egfr)})
        fhir = await client.post(
            "/fhir/$check-interactions", content=record, headers={"content-type": "application/fhir+json"}
        )
        hooks = await client.post("/cds-services/medrag-order-sign", json=called)
        return {
            "http": of_report(http.json()),
            "fhir": of_bundle(fhir.json()),
            "hooks": of_cards(hooks.json()),
        }

    found: dict[str, list[list[str]]] = talk(settings, ask)
    return found


@examples(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drugs=REGIMENS, egfr=EGFRS)
def test_http_fhir_and_hooks_rest_on_the_same_assertions(
    standing_copy: Settings, drugs: list[str], egfr: int | None
) -> None:
    doors = at_doors(standing_copy, drugs, egfr)
    assert doors["fhir"] == doors["http"]
    assert doors["hooks"] == doors["http"]


@pytest.mark.parametrize(
    "drugs", [["warfarin", "ibuprofen"], ["simvastatin", "clarithromycin", "lisinopril"]]
)
def test_the_command_line_rests_on_them_too(standing_copy: Settings, drugs: list[str]) -> None:
    doors = at_doors(standing_copy, drugs, 28)
    told = person(28)
    words = ["check", *drugs, "--json", "--home", str(standing_copy.home)]
    words += ["--age", str(told["age_years"]), "--sex", "female", "--egfr", "28"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert of_report(json.loads(done.stdout)) == doors["http"] == doors["fhir"] == doors["hooks"]
