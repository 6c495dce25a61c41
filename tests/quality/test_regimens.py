"""Regimens as a ward sees them, reviewed with every source of the mirror: what must be said is, what must not is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from medrag.settings import load_settings
from medrag.vocabulary import SEVERITY_ORDER
from medrag_api.desk import Desk
from medrag_api.wiring import open_graph, open_workshop, reading_desk
from medrag_graph.interactions import read_regimen
from medrag_ingest.cards import load_cards
from medrag_ingest.pipeline import ingest

Json = dict[str, Any]

REGIMENS: list[Json] = yaml.safe_load((Path(__file__).parent / "regimens.yaml").read_text(encoding="utf-8"))[
    "regimens"
]
#: The works whose graph the expectations were written for.
WORKS = (
    "ansm",
    "disease-ontology",
    "drug-names",
    "drugbank-vocabulary",
    "drugcentral",
    "hetionet",
    "names-zh-faker",
    "ndfrt",
    "openmedicine-renal",
    "pharmacotherapydb",
    "zh-names",
)


def rank(severity: str) -> int:
    return [*SEVERITY_ORDER].index(severity)


@pytest.fixture(scope="module")
def desk(shared: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("regimens")
    settings = load_settings(home=home, mirror=(wheels, shared / "corpora"), encoder="none", offline=True)
    cards = load_cards()
    report = ingest([cards[name] for name in WORKS], open_workshop(settings), lambda *_: None)
    assert {receipt.outcome for receipt in report.receipts} == {"staged"}, [r.reason for r in report.receipts]
    with reading_desk(settings, open_graph) as opened:
        yield opened


def asked(regimen: Json) -> Json:
    return {key: regimen[key] for key in ("drugs", "conditions", "patient") if key in regimen}


def reviewed(desk: Desk, regimen: Json) -> Json:
    return desk.review(read_regimen(asked(regimen))).as_json()


def members(finding: Json, report: Json) -> set[str]:
    """The names of a finding's drugs as the report gives them."""
    named = {
        concept["id"]: concept["name"]
        for drug in report["drugs"]
        for concept in (drug["concept"], *drug["ingredients"])
        if concept
    }
    return {named.get(member, member) for member in finding["members"]}


def fits(finding: Json, wanted: Json, report: Json) -> bool:
    return (
        all(finding[key] == wanted[key] for key in ("kind", "topic") if key in wanted)
        and members(finding, report) >= set(wanted.get("of", ()))
        and wanted.get("says", "") in json.dumps(finding, ensure_ascii=False)
    )


def interrupts(finding: Json) -> bool:
    """What a counter is stopped by: not a food nobody said is eaten, not what holds only under a stated condition."""
    worst = [item for item in finding["assertions"] if item["severity"] == finding["severity"]]
    return finding["kind"] != "food" and not all(item["condition"] for item in worst)


def test_regimens_are_many_and_each_rests_on_something() -> None:
    assert len(REGIMENS) >= 100
    assert len({item["id"] for item in REGIMENS}) == len(REGIMENS)
    assert sum("most" in item for item in REGIMENS) >= 20
    for item in REGIMENS:
        assert item["why"], item["id"]
        assert "find" in item or "most" in item, item["id"]
        read_regimen(asked(item))


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("regimen", REGIMENS, ids=[item["id"] for item in REGIMENS])
def test_a_regimen(desk: Desk, regimen: Json) -> None:
    report = reviewed(desk, regimen)
    assert all(drug["status"] == "resolved" for drug in report["drugs"]), report["drugs"]
    told = [(item["severity"], item["kind"], item["headline"]) for item in report["findings"]]
    for wanted in regimen.get("find", ()):
        found = [item for item in report["findings"] if fits(item, wanted, report)]
        assert found, (wanted, told)
        assert rank(found[0]["severity"]) <= rank(wanted["least"]), (wanted, told)
    for wanted in regimen.get("never", ()):
        worst = [item for item in report["findings"] if rank(item["severity"]) <= rank(wanted["from"])]
        assert not [item for item in worst if fits(item, wanted, report)], told
    fields = {item["field"] for item in report["missing_context"]}
    assert fields >= set(regimen.get("asks", ())), fields
    if "most" in regimen:
        loud = [item for item in report["findings"] if interrupts(item)]
        assert not [item for item in loud if rank(item["severity"]) < rank(regimen["most"])], told


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("regimen", REGIMENS[:40], ids=[item["id"] for item in REGIMENS[:40]])
def test_a_drug_more_removes_no_finding_and_order_changes_none(desk: Desk, regimen: Json) -> None:
    """Severities may rise and effects may change; what was found stays found, for the same members or more."""
    before = reviewed(desk, regimen)
    turned = reviewed(desk, regimen | {"drugs": regimen["drugs"][::-1]})
    assert turned["findings"] == before["findings"]
    more = reviewed(desk, regimen | {"drugs": [*regimen["drugs"], "omeprazole", "ibuprofen", "metformin"]})
    for item in before["findings"]:
        kept = [
            other
            for other in more["findings"]
            if (other["kind"], other["topic"]) == (item["kind"], item["topic"])
            and set(other["members"]) >= set(item["members"])
        ]
        assert kept, item["headline"]
        assert min(rank(other["severity"]) for other in kept) <= rank(item["severity"])


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("regimen", REGIMENS, ids=[item["id"] for item in REGIMENS])
def test_what_is_inferred_is_never_above_major_and_a_pair_is_as_grave_as_its_worst_source(
    desk: Desk, regimen: Json
) -> None:
    report = reviewed(desk, regimen)
    for item in report["findings"]:
        graded = [
            assertion["severity"]
            for assertion in item["assertions"]
            if assertion["derivation"] != "inferred" and assertion["severity"] != "unknown"
        ]
        assert all(
            rank(assertion["severity"]) >= rank("major")
            for assertion in item["assertions"]
            if assertion["derivation"] == "inferred"
        )
        if graded:
            assert item["severity"] == min(graded, key=rank)
        for assertion in item["assertions"]:
            assert assertion["citation"], (item["headline"], assertion["id"])
    for asked_for in report["missing_context"]:
        assert asked_for["rule"] and asked_for["why"]
