"""``medrag check``, ``drug`` and ``graph``: what they show, and their exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sample_shelf import copy_home
from test_command_line import document, run

from medrag.settings import Settings
from medrag_api.interaction_models import DrugCardOut, InteractionReportOut


def at(settings: Settings, *words: str) -> tuple[str, ...]:
    return (*words, "--home", str(settings.home))


def report(settings: Settings, *words: str) -> tuple[int, dict[str, Any]]:
    result = run(*at(settings, "check", *words, "--json"))
    told = document(result)
    InteractionReportOut.model_validate(told)
    return result.exit_code, told


def test_english_and_chinese_names_give_the_same_report(reviewing: Settings) -> None:
    code, one = report(reviewing, "warfarin", "ibuprofen")
    code_too, two = report(reviewing, "华法林", "布洛芬")
    assert code == code_too == 0
    for field in ("findings", "pairs", "missing_context", "basis"):
        assert one[field] == two[field]


def test_a_check_at_a_terminal_says_it_in_letters_and_words(reviewing: Settings) -> None:
    shown = run(*at(reviewing, "check", "simvastatin", "clarithromycin", "lisinopril", "metformin"))
    assert shown.exit_code == 0
    for words in (
        "X CONTRAINDICATED",
        "none found: pair-list",
        "no source held speaks of both",
        "“clarithromycin with simvastatin: Never.”",
        "pair-list 1",
        "2022-05-01",
    ):
        assert words in " ".join(shown.stdout.split())
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100
    assert "\x1b[" not in shown.stdout


def test_a_check_typed_in_chinese_is_told_in_chinese(reviewing: Settings) -> None:
    shown = run(*at(reviewing, "check", "华法林", "布洛芬"))
    assert "华法林" in shown.stdout and "严重相互作用" in shown.stdout
    assert "D 严重" in shown.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("warfarin", "ibuprofen"), 0),
        (("warfarin",), 0),
        (("warfrin", "ibuprofen"), 4),
        (("zzzumab", "aspirin"), 4),
        (("warfarin", "ibuprofen", "--condition", "zzz no such disease"), 4),
    ],
)
def test_a_name_that_is_not_resolved_is_exit_4(
    reviewing: Settings, words: tuple[str, ...], code: int
) -> None:
    assert report(reviewing, *words)[0] == code


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [
        (("hypertension", "ibuprofen"), ["unresolved_drug"]),
        (("warfarin", "warfarin"), []),
        (("warfarin", "华法林"), []),
        (("warfarin",), []),
    ],
    ids=str,
)
def test_odd_regimens_get_statuses_and_never_a_silence(
    reviewing: Settings, words: tuple[str, ...], outcomes: list[str]
) -> None:
    _, told = report(reviewing, *words)
    assert [pair["outcome"] for pair in told["pairs"]] == outcomes
    assert told["basis"]["limits"]
    if words[1:] and not outcomes:
        assert [item["kind"] for item in told["findings"]][:1] == ["duplicate_therapy"]
    shown = " ".join(run(*at(reviewing, "check", *words)).stdout.split())
    assert "does not mean that there is no risk" in shown or "不代表没有风险" in shown
    assert ("Not resolved, so not checked: hypertension" in shown) == ("hypertension" in words)


def test_a_report_of_many_findings_folds_what_is_less_than_major(reviewing: Settings) -> None:
    regimen = ("spironolactone", "lisinopril", "ibuprofen", "warfarin", "simvastatin", "clarithromycin")
    words = (
        *regimen,
        "--potassium",
        "5.8 mmol/L",
        "--age",
        "82",
        "--egfr",
        "22",
        "--qtc",
        "520",
        "--inr",
        "5",
    )
    _, told = report(reviewing, *words)
    shown = " ".join(run(*at(reviewing, "check", *words)).stdout.split())
    whole = " ".join(run(*at(reviewing, "check", *words, "--all")).stdout.split())
    headlines = [" ".join(item["headline"].split()) for item in told["findings"]]
    assert len(headlines) > 8
    assert [line for line in headlines if line not in shown] == []
    assert "--all shows them whole" in shown and "--all shows them whole" not in whole
    assert len(whole) > len(shown)


def test_limits_are_told_in_the_language_of_the_report(reviewing: Settings) -> None:
    for language, words in (("zh", "未知"), ("fr", "inconnu"), ("en", "is not known")):
        _, told = report(reviewing, "warfarin", "ibuprofen", "--language", language)
        assert words in told["basis"]["limits"][0]


def test_a_typo_is_offered_in_words(reviewing: Settings) -> None:
    shown = run(*at(reviewing, "check", "warfrin", "ibuprofen"))
    assert shown.exit_code == 4
    assert "warfarin" in shown.stdout and "Not resolved, so not checked: warfrin" in shown.stdout
    assert "warfrin" in shown.stderr


def test_an_unknown_drug_is_unresolved_and_not_none_found(reviewing: Settings) -> None:
    _, told = report(reviewing, "zzzumab", "warfarin")
    assert [pair["outcome"] for pair in told["pairs"]] == ["unresolved_drug"]


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        ((), 2, "names"),
        (("a",) * 51, 3, "drugs"),
        (("",), 3, "drugs.0"),
        (("x" * 10_000,), 3, "drugs.0"),
        (("a", "--egfr", "-5"), 3, "patient.egfr_ml_min_1_73m2"),
        (("a", "--potassium", "5.8"), 2, "potassium"),
        (("a", "--potassium", "5.8 mg"), 2, "potassium"),
        (("a", "--potassium", "58 mmol/L"), 3, "patient.potassium.value"),
        (("a", "--potassium", "58 mg/dL"), 3, "patient.potassium.value"),
        (("a", "--potassium", "5.8 mmol/l", "--egfr", "many"), 2, "egfr_ml_min_1_73m2"),
        (("a", "--sex", "male", "--pregnant"), 3, "patient.pregnant"),
        (("a", "--minimum-severity", "huge"), 2, "minimum_severity"),
        (("a", "--as-of", "2024-13-45"), 2, "as_of"),
    ],
    ids=str,
)
def test_a_bad_check_names_its_field(
    reviewing: Settings, words: tuple[str, ...], code: int, field: str
) -> None:
    result = run(*at(reviewing, "check", *words, "--json"))
    problem = document(result)
    assert (result.exit_code, problem["exit_code"]) == (code, code)
    assert [item["field"] for item in problem["errors"]] == [field]


@pytest.mark.parametrize(
    "words", [("--potassium", "5.8 mmol/L"), ("--potassium", "5.8", "mmol/L"), ("--potassium=5.8mmol/l",)]
)
def test_a_measure_is_read_with_its_unit(reviewing: Settings, words: tuple[str, ...]) -> None:
    code, told = report(reviewing, "spironolactone", *words)
    assert code == 0
    assert "patient_factor" in {item["kind"] for item in told["findings"]}


def test_a_graph_that_cannot_be_read_is_exit_5_and_says_so(reviewing: Settings, tmp_path: Path) -> None:
    home = tmp_path / "home"
    copy_home(reviewing.home, home, "graph")
    (home / "graph").write_text("not a folder")
    result = run("check", "warfarin", "ibuprofen", "--json", "--home", str(home))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["complete"]) == (5, False)
    assert [pair["outcome"] for pair in told["pairs"]] == ["source_unavailable"]
    assert "Unavailable" in result.stderr
    shown = run("check", "warfarin", "ibuprofen", "--home", str(home))
    assert shown.exit_code == 5
    assert "could not be read" in " ".join(shown.stdout.split())


def test_an_empty_home_is_exit_5(settings: Settings) -> None:
    result = run("check", "warfarin", "--json", "--home", str(settings.home))
    assert (result.exit_code, document(result)["exit_code"]) == (5, 5)


def test_a_damaged_kept_graph_is_made_anew(
    reviewing: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "home"
    copy_home(reviewing.home, home, "graph")
    first = run("check", "warfarin", "ibuprofen", "--json", "--home", str(home))
    (kept,) = (home / "graph").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    again = run("check", "warfarin", "ibuprofen", "--json", "--home", str(home))
    assert (first.exit_code, first.stdout) == (0, again.stdout)
    assert kept.read_bytes() == whole
    assert [item.name for item in caplog.records] == ["medrag.graph"]
    assert str(kept) in caplog.text


def test_a_card_is_read_without_english(reviewing: Settings) -> None:
    shown = run(*at(reviewing, "drug", "华法林"))
    assert shown.exit_code == 0
    for words in ("华法林", "编码", "风险特性", "相互作用", "D 严重", "布洛芬"):
        assert words in shown.stdout


def test_a_card_as_json_and_a_name_that_is_near(reviewing: Settings) -> None:
    told = document(run(*at(reviewing, "drug", "Warfarin 5 mg tab", "--json")))
    DrugCardOut.model_validate(told)
    assert told["concept"]["name"] == "warfarin"
    near = run(*at(reviewing, "drug", "warfrin", "--json"))
    assert near.exit_code == 4
    assert [item["name"] for item in document(near)["drugs"]] == ["warfarin"]


def test_the_graph_tells_its_sizes_and_paths(reviewing: Settings) -> None:
    counts = document(run(*at(reviewing, "graph", "stats", "--json")))["counts"]
    assert counts["claims.interacts_with"] == 4
    found = document(run(*at(reviewing, "graph", "path", "clarithromycin", "simvastatin", "--json")))
    (path,) = found["paths"]
    assert [step["name"] for step in path["steps"]] == ["clarithromycin", "simvastatin"]
    assert run(*at(reviewing, "graph", "path", "warfrin", "simvastatin")).exit_code == 4


def test_the_graph_is_reported_on(reviewing: Settings) -> None:
    told = document(run(*at(reviewing, "graph", "report", "--json")))
    assert told["snapshot"].startswith("s_")
    assert "Dangling" in run(*at(reviewing, "graph", "report")).stdout


@pytest.mark.parametrize("name", ["graph.graphml", "graph.jsonld", "tables"])
def test_the_graph_is_written_for_others(reviewing: Settings, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    told = document(run(*at(reviewing, "graph", "export", str(target), "--json")))
    counts = document(run(*at(reviewing, "graph", "stats", "--json")))["counts"]
    concepts = sum(count for key, count in counts.items() if key.startswith("concepts."))
    if name == "tables":
        assert told["files"]["concepts.csv"] == concepts
        rows = list(csv.DictReader((target / "claims.csv").open(encoding="utf-8", newline="")))
        assert {row["severity"] for row in rows} == {"major", "contraindicated", "moderate"}
        assert all("#char=" in row["evidence"] for row in rows) and len(rows) == 4
    elif name == "graph.jsonld":
        held = json.loads(target.read_text())
        graph, context = held["@graph"], held["@context"]
        assert sum("names" in item for item in graph) == concepts
        ids = [end for item in graph for end in (item.get("id"), item.get("subject")) if end]
        assert all(end.partition(":")[0] in {*context, "urn"} for end in ids)
    else:
        import networkx

        read = networkx.read_graphml(target)
        assert read.number_of_nodes() == concepts
        assert "华法林" in read.nodes["medrag:warfarin"]["zh"]
