"""What a check answers: pairs, classes, combinations, outcomes, foods, conditions, editions, and the four kinds of no."""

from __future__ import annotations

import json

import pytest
from asking import DICLOFENAC, IBUPROFEN, WARFARIN, ask, of_kind, outcomes, pair
from small_graph import ANSM, Drawing, TextSources

from medrag.vocabulary import SEVERITY_ORDER
from medrag_graph.stores import MemoryGraph


def test_every_source_stands_beside_the_others_on_its_own_scale(
    memory: MemoryGraph, sources: TextSources
) -> None:
    finding = pair(ask(memory, sources, "warfarin", "ibuprofen"), WARFARIN, IBUPROFEN)
    assert finding.severity == "major"
    assert finding.sources_disagree
    told = [
        (item.source, item.native_severity, item.severity, item.derivation) for item in finding.assertions
    ]
    assert told == [
        ("ansm", "Association DECONSEILLEE", "major", "by_class"),
        ("ndfrt", "Significant", "moderate", "stated"),
        ("labels", "unknown", "unknown", "stated"),
    ]


def test_a_class_claim_names_the_classes_it_came_by_and_who_says_so(
    memory: MemoryGraph, sources: TextSources
) -> None:
    finding = pair(ask(memory, sources, "warfarin", "diclofenac"), WARFARIN, DICLOFENAC)
    path = finding.assertions[0].path
    assert [step.id for step in path] == [WARFARIN, "medrag:vka", "medrag:oac", "medrag:nsaids", DICLOFENAC]
    assert [step.how for step in path] == ["", "member_of", "member_of", "member_of", ""]
    assert path[1].edition == ANSM


def test_every_quote_stands_in_its_document(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "warfarin", "ibuprofen", "simvastatin", "clarithromycin")
    quotes = 0
    for finding in report.findings:
        for item in finding.assertions:
            if item.derivation == "inferred":
                assert item.premises or item.citation
                continue
            assert item.quotes
            for quote in item.quotes:
                assert sources.texts[f"d_{item.id}"][quote.start : quote.end] == quote.exact
                quotes += 1
    assert quotes > 5


def test_another_source_s_class_does_not_widen_a_closed_list(
    memory: MemoryGraph, sources: TextSources
) -> None:
    """One source puts acetaminophen among the NSAIDs; the thesaurus, whose claim it is, does not."""
    report = ask(memory, sources, "warfarin", "acetaminophen")
    assert all("ansm" not in {a.source for a in f.assertions} for f in of_kind(report, "drug_drug"))
    assert outcomes(report)["rxnorm:11289", "rxnorm:161"] == "none_found"


def test_what_a_class_excepts_it_does_not_hold_for(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "lisinopril", "amlodipine", "spironolactone")
    pair(report, "rxnorm:29046", "rxnorm:17767")
    held = pair(report, "rxnorm:29046", "rxnorm:9997")
    assert all(item.derivation == "stated" for item in held.assertions if item.source == "ansm")
    assert outcomes(report)["rxnorm:17767", "rxnorm:9997"] == "none_found"


def test_both_ingredients_of_a_combination_are_checked_and_not_against_each_other(
    memory: MemoryGraph, sources: TextSources
) -> None:
    report = ask(memory, sources, "Bactrim", "metformin")
    assert [concept.name for concept in report.drugs[0].ingredients] == ["sulfamethoxazole", "trimethoprim"]
    assert outcomes(report) == {
        ("rxnorm:10180", "rxnorm:6809"): "found",
        ("rxnorm:10829", "rxnorm:6809"): "found",
    }
    step = pair(report, "rxnorm:10180", "rxnorm:6809").assertions[0].path[1]
    assert (step.id, step.how) == ("medrag:cotrimoxazole", "part_of")


def test_names_of_every_kind_lead_to_the_same_findings(memory: MemoryGraph, sources: TextSources) -> None:
    asked = [
        ("warfarin", "ibuprofen"),
        ("Coumadin", "Advil"),
        ("华法林钠", "布洛芬"),
        ("IBUPROFÈNE", "warfarine"),
    ]
    reports = [ask(memory, sources, *drugs) for drugs in asked]
    first = reports[0].as_json()
    for report in reports[1:]:
        told = report.as_json()
        assert told["findings"] == first["findings"]
        assert told["pairs"] == first["pairs"]


def test_the_same_drug_twice_is_a_duplicate_and_no_pair(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "ibuprofen", "Advil")
    assert report.pairs == ()
    (finding,) = of_kind(report, "duplicate_therapy")
    assert (finding.topic, finding.members, finding.severity) == ("ingredient", (IBUPROFEN,), "major")


def test_one_drug_is_checked_by_itself(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "metformin", patient={"egfr_ml_min_1_73m2": 22})
    assert report.pairs == ()
    assert {item.kind for item in report.findings} == {"patient_factor", "food"}


@pytest.mark.parametrize("name", ["warfrin", "zzzumab", "heart failure", "心力衰竭"])
def test_a_name_of_no_drug_is_unresolved_and_never_none_found(
    memory: MemoryGraph, sources: TextSources, name: str
) -> None:
    report = ask(memory, sources, name, "ibuprofen")
    assert report.drugs[0].status == "unresolved"
    assert [item.outcome for item in report.pairs] == ["unresolved_drug"]
    assert not of_kind(report, "drug_drug")


def test_a_disease_as_a_drug_says_what_it_is(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "heart failure")
    assert report.drugs[0].how == "this names a disease, not a drug"
    assert report.drugs[0].candidates[0].id == "doid:6000"


def test_none_found_names_who_was_asked_and_not_covered_names_no_one(
    memory: MemoryGraph, sources: TextSources
) -> None:
    report = ask(memory, sources, "metformin", "clarithromycin", "glycerin")
    told = {(item.a, item.b): (item.outcome, item.searched) for item in report.pairs}
    assert told["rxnorm:21212", "rxnorm:6809"] == ("none_found", ("ansm",))
    assert told["rxnorm:21212", "rxnorm:5032"] == ("not_covered", ())
    assert "safe" not in json.dumps(report.as_json()["pairs"])


def test_a_source_that_denies_an_interaction_is_heard(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "digoxin", "amlodipine", "atorvastatin")
    finding = pair(report, "rxnorm:3407", "rxnorm:17767")
    assert finding.sources_disagree
    assert [item.source for item in finding.denials] == ["labels"]
    # A denial alone is no finding: the pair says who denies, in the source's words.
    assert outcomes(report)["rxnorm:17767", "rxnorm:83367"] == "none_found"
    told = {(item.a, item.b): [denial.source for denial in item.denials] for item in report.pairs}
    assert told["rxnorm:17767", "rxnorm:83367"] == ["labels"]
    assert told["rxnorm:17767", "rxnorm:3407"] == []


def test_foods_are_warned_of_unasked(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "simvastatin", "metformin")
    told = {item.members: item.severity for item in of_kind(report, "food")}
    assert told == {
        ("medrag:grapefruit", "rxnorm:36567"): "major",
        ("rxnorm:448", "rxnorm:6809"): "major",
    }


def test_a_food_asked_for_is_a_pair(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "simvastatin", "grapefruit juice")
    assert outcomes(report) == {("medrag:grapefruit", "rxnorm:36567"): "found"}
    assert not [item for item in of_kind(report, "food") if "medrag:grapefruit" in item.members]


@pytest.mark.parametrize("name", ["gastric ulcer", "胃溃疡", "ulcère gastrique", "Peptic Ulcer Disease"])
def test_a_contraindication_reaches_the_narrower_condition(
    memory: MemoryGraph, sources: TextSources, name: str
) -> None:
    report = ask(memory, sources, "ibuprofen", conditions=[name])
    (finding,) = of_kind(report, "drug_condition")
    assert finding.severity == "contraindicated"
    assert finding.assertions[0].path[-2].id == "doid:750" or finding.members == ("doid:750", IBUPROFEN)
    again = ask(memory, sources, "ibuprofen", patient={"conditions": [name]})
    assert again.as_json()["findings"] == report.as_json()["findings"]


def test_a_condition_that_is_not_known_is_reported(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "ibuprofen", conditions=["martian flu"])
    assert [(item.input, item.status) for item in report.conditions] == [("martian flu", "unresolved")]
    assert any("name nothing known" in limit for limit in report.basis.limits)


def test_editions_answer_for_their_day(memory: MemoryGraph, sources: TextSources) -> None:
    now = ask(memory, sources, "warfarin", "amoxicillin")
    then = ask(memory, sources, "warfarin", "amoxicillin", as_of="2018-01-01")
    assert not of_kind(now, "drug_drug")
    assertion = pair(then, WARFARIN, "rxnorm:723").assertions[0]
    assert (assertion.edition, assertion.as_json()["in_force"]) == (
        "2016-01",
        {"from": "2016-01-01", "to": "2020-10-01"},
    )
    assert ("ansm", "2016-01") in then.basis.sources_searched
    assert ("ansm", "2020-10") not in then.basis.sources_searched


@pytest.mark.parametrize("least", SEVERITY_ORDER)
def test_no_threshold_hides_what_is_ungraded(memory: MemoryGraph, least: str) -> None:
    drawing = Drawing()
    for at, name in enumerate(("alpha", "beta", "gamma", "delta")):
        drawing.concept(f"x:{at}", "drug", name)
    severities = ("unknown", "minor", "contraindicated")
    for at, severity in enumerate(severities, 1):
        drawing.claim("x:0", f"x:{at}", severity, statement="said")  # type: ignore[arg-type]
    from small_graph import small_editions

    sources = TextSources(drawing.texts, small_editions())
    report = ask(
        MemoryGraph(drawing.data()), sources, "alpha", "beta", "gamma", "delta", minimum_severity=least
    )
    shown = {item.severity for item in report.findings}
    kept = set(SEVERITY_ORDER[: SEVERITY_ORDER.index(least) + 1]) | {"unknown"}  # type: ignore[arg-type]
    assert shown == kept & set(severities)
    assert set(report.hidden) == set(severities) - shown
    assert outcomes(report)["x:0", "x:2"] == "found"


def test_findings_come_by_severity_then_members(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(
        memory, sources, "warfarin", "ibuprofen", "simvastatin", "clarithromycin", "lisinopril", "metformin"
    )
    keys = [(SEVERITY_ORDER.index(item.severity), item.members) for item in report.findings]
    assert keys == sorted(keys)
    assert all(list(item.members) == sorted(item.members) for item in report.findings)


def test_a_level_under_a_condition_says_so(memory: MemoryGraph) -> None:
    drawing = Drawing()
    drawing.concept("x:0", "drug", "alpha")
    drawing.concept("x:1", "drug", "beta")
    drawing.claim("x:0", "x:1", "contraindicated", condition="à forte dose", management="à forte dose")
    drawing.claim("x:0", "x:1", "minor", statement="sinon")
    from small_graph import small_editions

    report = ask(MemoryGraph(drawing.data()), TextSources(drawing.texts, small_editions()), "alpha", "beta")
    (finding,) = report.findings
    assert finding.severity == "contraindicated"
    assert finding.headline == "alpha and beta: contraindicated together, under a condition the source states"
    assert [item.condition for item in finding.assertions] == ["à forte dose", ""]


def test_the_json_has_the_contract_s_shape(memory: MemoryGraph, sources: TextSources) -> None:
    told = ask(memory, sources, "warfarin", "ibuprofen", "zzzumab", patient={"age_years": 78}).as_json()
    json.dumps(told, allow_nan=False)
    assert {"drugs", "findings", "pairs", "missing_context", "basis"} <= told.keys()
    assert told["drugs"][0].keys() >= {"input", "status", "concept", "candidates", "ingredients"}
    assert told["drugs"][0]["concept"].keys() == {"id", "kind", "name", "names", "codes"}
    finding = told["findings"][0]
    assert finding.keys() >= {
        "kind",
        "members",
        "severity",
        "headline",
        "assertions",
        "sources_disagree",
        "patient_effect",
    }
    assert finding["assertions"][0].keys() >= {
        "source",
        "edition",
        "native_severity",
        "severity",
        "mechanism",
        "management",
        "derivation",
        "path",
        "in_force",
        "citation",
    }
    assert told["pairs"][0].keys() == {"a", "b", "outcome", "searched", "denials"}
    assert told["missing_context"][0].keys() >= {"field", "why", "citation"}
    assert told["basis"].keys() == {"snapshot", "settings", "sources_searched", "answerer", "logic", "limits"}
    assert finding["patient_effect"][0].keys() == {"factor", "change", "citation"}
