"""Every door gives the same evidence for the same question: the same claims, the same citations, the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from every_door import ASKING, CHECKING, Door, Evidence, evidence_of_answer, evidence_of_report, table
from record_doors import RECORDING
from review_shelf import ROWS
from served_shelf import serving_shelf

from medrag.settings import Settings, load_settings
from medrag_api.wiring import open_workshop
from medrag_ingest.cards import starter_cards
from medrag_ingest.pipeline import ingest

Json = dict[str, Any]
QUALITY = Path(__file__).resolve().parents[1] / "quality"

FEW_QUESTIONS = [
    "At what eGFR is metformin stopped?",
    f"Can {ROWS[0][0]} be taken with {ROWS[0][1]}?",
    "西地那非和硝酸甘油能一起用吗？",
    "Who won the cup in 1998?",
    "Diagnose my headache.",
    "What is the dose of colchicine in kidney disease?",
]
FEW_REGIMENS: list[Json] = [
    {"drugs": [ROWS[0][0], ROWS[0][1]]},
    {"drugs": [ROWS[1][0], ROWS[1][1]], "patient": {"age_years": 82}},
    {"drugs": ["Coumadin", "布洛芬"], "conditions": ["gout"]},
    {"drugs": ["lisinopril", "spironolactone"], "patient": {"egfr_ml_min_1_73m2": 25}},
    {"drugs": ["warfarn", "ibuprofen"]},
    {"drugs": ["metformin"]},
]


def compare(
    url: str,
    settings: Settings,
    doors: Mapping[str, Door],
    requests: Sequence[Json],
    read: Callable[[Json], Evidence],
    title: str,
) -> None:
    told = {name: [read(item) for item in door(url, settings, requests)] for name, door in doors.items()}
    print(table(title, told))
    for name, evidence in told.items():
        differing = [
            request
            for request, one, other in zip(requests, evidence, told["HTTP"], strict=True)
            if one != other
        ]
        assert not differing, f"{name}: {differing}"


def compare_records(url: str, settings: Settings, regimens: Sequence[Json]) -> None:
    """The doors of record systems carry regimens: they are held to the claims of the review at HTTP."""
    told = {name: door(url, settings, regimens) for name, door in RECORDING.items()}
    print(table("records", told))
    for name, claims in told.items():
        pairs = zip(regimens, claims, told["HTTP"], strict=True)
        assert not [regimen for regimen, one, other in pairs if one != other], name
    assert any(told["HTTP"])


def questions(texts: Sequence[str]) -> list[Json]:
    return [{"question": text, "answerer": "extractive"} for text in texts]


def test_six_questions_and_six_regimens_rest_on_the_same_evidence(standing_copy: Settings) -> None:
    with serving_shelf(standing_copy) as url:
        compare(url, standing_copy, ASKING, questions(FEW_QUESTIONS), evidence_of_answer, "questions")
        compare(url, standing_copy, CHECKING, FEW_REGIMENS, evidence_of_report, "regimens")
        compare_records(url, standing_copy, FEW_REGIMENS)


def test_the_comparison_sees_a_difference() -> None:
    one: Json = {"findings": [], "pairs": [{"a": "a", "b": "b", "outcome": "found"}]}
    other: Json = {"findings": [], "pairs": [{"a": "a", "b": "b", "outcome": "none_found"}]}
    told = {"HTTP": [evidence_of_report(one)], "MCP": [evidence_of_report(other)]}
    assert table("regimens", told).splitlines()[2].split() == ["MCP", "0", "1"]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Iterator[Settings]:
    """The starter shelf, by words alone."""
    from medrag_ingest.keeping import publish

    settings = load_settings(home=tmp_path_factory.mktemp("doors"), mirror=(wheels,), encoder="none")
    workshop = open_workshop(settings)
    report = ingest(list(starter_cards().values()), workshop, lambda *_: None)
    assert {receipt.outcome for receipt in report.receipts} <= {"staged", "published"}
    if workshop.catalogue.current() is None:
        publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    yield settings


def hundred_questions() -> list[str]:
    """The forty of the starter shelf, and sixty it answers or does not, spread over four hundred."""
    read = [
        yaml.safe_load((QUALITY / name).read_text(encoding="utf-8"))["questions"]
        for name in ("starter_questions.yaml", "abstention_test.yaml")
    ]
    return [item["question"] for item in (*read[0], *read[1][::6][:60])]


def hundred_regimens() -> list[Json]:
    told = yaml.safe_load((QUALITY / "regimens.yaml").read_text(encoding="utf-8"))["regimens"][:100]
    return [{key: item[key] for key in ("drugs", "conditions", "patient") if key in item} for item in told]


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_hundred_questions_and_a_hundred_regimens_rest_on_the_same_evidence(
    starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDRAG_ENCODER", "none")
    asked, regimens = questions(hundred_questions()), hundred_regimens()
    assert len(asked) == len(regimens) == 100
    with serving_shelf(starter) as url:
        compare(url, starter, ASKING, asked, evidence_of_answer, "questions")
        compare(url, starter, CHECKING, regimens, evidence_of_report, "regimens")
        compare_records(url, starter, regimens)
        named = [
            {
                "question": "Can these be taken together: " + ", ".join(item["drugs"]) + "?",
                "answerer": "extractive",
                **({"patient": item["patient"]} if "patient" in item else {}),
            }
            for item in regimens
        ]
        asking = {name: door for name, door in ASKING.items() if name != "command line"}
        compare(url, starter, asking, named, evidence_of_answer, "regimens asked")
