"""Risks that add up, drugs of one class, and interactions inferred from enzymes."""

from __future__ import annotations

import pytest
from asking import ask, of_kind, pair
from small_graph import TextSources

from medrag.lexicon import load_names
from medrag.vocabulary import SEVERITY_ORDER
from medrag_graph.facts import load_codes, load_risks
from medrag_graph.interactions.cumulative import RULES
from medrag_graph.interactions.duplicates import COMBINED_ON_PURPOSE
from medrag_graph.interactions.profiles import GROUPS, load_classes, profile_of
from medrag_graph.stores import MemoryGraph


def test_a_heap_names_who_contributes_with_the_premises(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "warfarin", "ibuprofen", "sertraline", "metformin")
    (finding,) = of_kind(report, "cumulative_risk", "bleeding")
    assert finding.members == tuple(sorted(("rxnorm:11289", "rxnorm:5640", "rxnorm:36437")))
    assert finding.severity == "major"
    (item,) = finding.assertions
    assert item.derivation == "inferred"
    assert {premise.drug for premise in item.premises} == set(finding.members)
    assert all(premise.source.source for premise in item.premises)


def test_two_make_less_than_three(memory: MemoryGraph, sources: TextSources) -> None:
    (finding,) = of_kind(ask(memory, sources, "warfarin", "ibuprofen"), "cumulative_risk", "bleeding")
    assert finding.severity == "moderate"
    assert not of_kind(ask(memory, sources, "warfarin"), "cumulative_risk")


def test_no_rule_grades_above_major_and_every_property_is_known() -> None:
    effects = {code.code for code in load_codes() if code.kind == "effect"}
    for rule in RULES:
        assert rule.property in effects
        worst = min(rule.base, rule.raised, key=SEVERITY_ORDER.index)
        assert SEVERITY_ORDER.index(worst) >= SEVERITY_ORDER.index("major")
        assert SEVERITY_ORDER.index(rule.raised) <= SEVERITY_ORDER.index(rule.base)
    assert len({rule.property for rule in RULES}) == len(RULES)


def test_effects_that_do_not_add_up_are_left_out_on_purpose() -> None:
    effects = {code.code for code in load_codes() if code.kind == "effect"}
    assert effects - {rule.property for rule in RULES} == {"narrow-index", "disulfiram-reaction"}


def test_values_that_would_decide_about_a_heap_are_asked_for(
    memory: MemoryGraph, sources: TextSources
) -> None:
    asked = {m.rule: m.field for m in ask(memory, sources, "lisinopril", "spironolactone").missing_context}
    assert asked["cumulative/hyperkalaemia"] == "potassium"
    told = {"potassium": {"value": 4.2, "unit": "mmol/L"}}
    again = ask(memory, sources, "lisinopril", "spironolactone", patient=told)
    assert "cumulative/hyperkalaemia" not in {m.rule for m in again.missing_context}


def test_two_statins_are_a_duplicate_and_the_parts_of_a_product_are_not(
    memory: MemoryGraph, sources: TextSources
) -> None:
    (finding,) = of_kind(ask(memory, sources, "simvastatin", "atorvastatin"), "duplicate_therapy")
    assert (finding.topic, finding.severity) == ("statins", "moderate")
    assert not of_kind(ask(memory, sources, "Bactrim"), "duplicate_therapy")


def test_classes_meant_to_be_combined_are_in_no_class() -> None:
    for held in load_classes():
        for prefix in held.atc:
            for combined in COMBINED_ON_PURPOSE:
                clash = prefix.startswith(combined) or combined.startswith(prefix)
                assert not clash or (prefix, combined) == ("N03AE", "N03A"), (held.key, combined)


def test_every_therapeutic_class_has_two_drugs_and_three_names() -> None:
    codes = {row.en: [code for system, code in row.codes if system == "atc"] for row in load_names("drug")}
    for held in load_classes():
        members = [name for name, atc in codes.items() if any(code.startswith(held.atc) for code in atc)]
        assert len(members) > 1, held.key
        assert all(held.name(language) for language in ("en", "zh", "fr"))
    assert len({held.key for held in load_classes()}) == len(load_classes())


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_of_a_rule_has_a_member(group: str) -> None:
    assert any(group in profile_of((row.en,), "").groups for row in load_names("drug"))


def test_a_strong_inhibitor_and_a_sensitive_substrate(memory: MemoryGraph, sources: TextSources) -> None:
    finding = pair(ask(memory, sources, "clarithromycin", "simvastatin"), "rxnorm:21212", "rxnorm:36567")
    assert finding.severity == "contraindicated"
    inferred = {item.id: item for item in finding.assertions if item.derivation == "inferred"}
    item = inferred["kinetic/CYP3A4/inhibitor"]
    assert item.severity == "major"
    assert {(p.drug, p.role) for p in item.premises} == {
        ("rxnorm:21212", "inhibitor"),
        ("rxnorm:36567", "sensitive_substrate"),
    }
    assert item.said is not None
    assert (
        item.said.mechanism
        == "clarithromycin inhibits CYP3A4, which clears simvastatin: its concentration may rise."
    )


def test_what_only_we_infer_says_so(memory: MemoryGraph, sources: TextSources) -> None:
    finding = pair(ask(memory, sources, "clarithromycin", "atorvastatin"), "rxnorm:21212", "rxnorm:83367")
    assert all(item.derivation == "inferred" for item in finding.assertions)
    assert "inferred" in finding.headline
    assert SEVERITY_ORDER.index(finding.severity) >= SEVERITY_ORDER.index("major")


def test_what_is_inferred_does_not_raise_what_a_source_grades(
    memory: MemoryGraph, sources: TextSources
) -> None:
    """A source grades warfarin with amiodarone moderate; its enzymes alone would say more."""
    finding = pair(ask(memory, sources, "warfarin", "amiodarone"), "rxnorm:11289", "rxnorm:703")
    assert finding.severity == "moderate"
    assert any(item.derivation == "inferred" for item in finding.assertions)


def test_most_facts_reach_a_profile() -> None:
    missed = [risk for risk in load_risks() if risk not in profile_of((risk.drug,), "").risks]
    assert missed == []
