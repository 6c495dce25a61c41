"""Laws that hold on any graph: more drugs never mean fewer findings, order and names change none, ignorance is told."""

from __future__ import annotations

import random
from typing import Any

from asking import ask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_graphs import NAMES, drawings, sources_of
from small_graph import Drawing

from medrag.vocabulary import SEVERITY_ORDER
from medrag_graph.interactions import InteractionReport
from medrag_graph.stores import MemoryGraph

RULES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REGIMENS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)
PATIENT = {"age_years": 78, "egfr_ml_min_1_73m2": 28, "potassium": {"value": 5.6, "unit": "mmol/L"}}


def check(drawing: Drawing, drugs: list[str], **told: Any) -> InteractionReport:
    return ask(MemoryGraph(drawing.data()), sources_of(drawing), *drugs, **told)


@given(drawings(), REGIMENS, st.sampled_from(NAMES))
@RULES
def test_adding_a_drug_never_removes_a_finding(drawing: Drawing, drugs: list[str], added: str) -> None:
    """A heap or class may gain a member; it never loses one, and nothing becomes less severe."""
    less = check(drawing, drugs, patient=PATIENT)
    more = check(drawing, [*drugs, added], patient=PATIENT)
    for finding in less.findings:
        assert any(
            other.kind == finding.kind
            and other.topic == finding.topic
            and set(finding.members) <= set(other.members)
            and SEVERITY_ORDER.index(other.severity) <= SEVERITY_ORDER.index(finding.severity)
            and {a.id for a in finding.assertions} <= {a.id for a in other.assertions}
            for other in more.findings
        ), finding.headline
    kept = {(item.a, item.b): item.outcome for item in more.pairs}
    assert all(kept[item.a, item.b] == item.outcome for item in less.pairs)


@given(drawings(), REGIMENS, st.randoms())
@RULES
def test_order_and_the_form_of_names_change_no_finding(
    drawing: Drawing, drugs: list[str], chance: random.Random
) -> None:
    first = check(drawing, drugs, patient=PATIENT).as_json()
    other = [chance.choice([name, f"Brand{at}", f"药{at}", name.upper()]) for name, at in numbered(drugs)]
    chance.shuffle(other)
    second = check(drawing, other, patient=PATIENT).as_json()
    for part in ("findings", "pairs", "missing_context", "basis"):
        assert first[part] == second[part]


def numbered(drugs: list[str]) -> list[tuple[str, int]]:
    return [(name, NAMES.index(name)) for name in drugs]


@given(drawings(), REGIMENS)
@RULES
def test_every_pair_has_an_outcome_and_none_found_names_a_source(drawing: Drawing, drugs: list[str]) -> None:
    report = check(drawing, [*drugs, "zzzumab"])
    size = len(drugs) + 1
    assert len(report.pairs) == size * (size - 1) // 2
    found = {item.members for item in report.findings if item.kind == "drug_drug"}
    for item in report.pairs:
        assert (item.outcome == "unresolved_drug") == ("zzzumab" in (item.a, item.b))
        assert (item.outcome == "found") == ((item.a, item.b) in found)
        if item.outcome == "none_found":
            assert item.searched
        if item.outcome == "not_covered":
            assert not item.searched


@given(drawings(), REGIMENS)
@RULES
def test_what_is_inferred_is_marked_and_never_above_major(drawing: Drawing, drugs: list[str]) -> None:
    for finding in check(drawing, drugs, patient=PATIENT).findings:
        for item in finding.assertions:
            if item.derivation == "inferred":
                assert SEVERITY_ORDER.index(item.severity) >= SEVERITY_ORDER.index("major")
                assert item.premises or item.citation
            else:
                assert item.quotes


@given(drawings(), REGIMENS)
@RULES
def test_every_claim_between_two_drugs_is_told(drawing: Drawing, drugs: list[str]) -> None:
    """The index and the climb lose nothing that a plain look at every claim would find."""
    report = check(drawing, drugs)
    told = {(item.members, a.id) for item in report.findings for a in (*item.assertions, *item.denials)}
    ids = {name: f"d:{at:02d}" for name, at in numbered(drugs)}
    for claim in drawing.claims:
        ends = {claim.subject, claim.object}
        if claim.predicate == "interacts_with" and len(ends) == 2 and ends <= set(ids.values()):
            assert (tuple(sorted(ends)), claim.id) in told


@given(drawings(), REGIMENS)
@RULES
def test_the_same_question_gets_the_same_bytes(drawing: Drawing, drugs: list[str]) -> None:
    data, sources = drawing.data(), sources_of(drawing)
    assert (
        ask(MemoryGraph(data), sources, *drugs).as_json() == ask(MemoryGraph(data), sources, *drugs).as_json()
    )
