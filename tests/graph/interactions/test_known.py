"""What is kept between reviews changes no byte of a report, holds nothing that was typed, and nothing of two snapshots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_graphs import NAMES, drawings, sources_of
from small_graph import Drawing, TextSources

from medrag.errors import GraphUnavailable
from medrag_graph.coded import code_claims
from medrag_graph.interactions import Known, read_regimen, review
from medrag_graph.interactions import known as room
from medrag_graph.interactions.gather import learn
from medrag_graph.interactions.known import KINDS
from medrag_graph.stores import MemoryGraph

REGIMENS = st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), min_size=2, max_size=5)
PATIENTS = st.sampled_from(
    [
        None,
        {
            "age_years": 78,
            "egfr_ml_min_1_73m2": 28,
            "allergies": ["aspirin"],
            "conditions": ["heart failure"],
        },
    ]
)


@given(drawings(), REGIMENS, PATIENTS, st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_report_is_the_same_whatever_is_known(
    drawing: Drawing, regimens: list[list[str]], patient: dict[str, Any] | None, learnt: bool
) -> None:
    store, sources, known = MemoryGraph(drawing.data()), sources_of(drawing), Known()
    if learnt:
        learn(store, sources, known)
    for drugs in [*regimens, *regimens]:
        regimen = read_regimen({"drugs": drugs, "patient": patient})
        assert review(store, regimen, sources, known).as_json() == review(store, regimen, sources).as_json()


def test_facts_read_when_the_graph_was_built_say_the_same(drawing: Drawing, sources: TextSources) -> None:
    data = drawing.data()
    coded = replace(data, claims=code_claims(data.claims, data.concepts))
    assert any(claim.coded for claim in coded.claims)
    for language in ("en", "zh", "fr"):
        told = {"drugs": ["warfarin", "ibuprofen", "diclofenac"], "language": language}
        regimen = read_regimen({**told, "patient": {"age_years": 80}})
        assert review(MemoryGraph(coded), regimen, sources) == review(MemoryGraph(data), regimen, sources)


def test_nothing_a_person_wrote_is_kept(memory: MemoryGraph, sources: TextSources) -> None:
    known = Known()
    told = {"conditions": ["Geheimnis 1"], "allergies": ["Geheimnis 2", "WARFARIN"], "drugs": ["Geheimnis 3"]}
    review(
        memory,
        read_regimen({"drugs": ["Geheimnis 4", "WaRfArIn", "ibuprofen"], "patient": told}),
        sources,
        known,
    )
    kept = repr(known)
    assert "rxnorm:11289" in kept
    assert "Geheimnis" not in kept
    assert "WaRfArIn" not in kept


class Swapped(MemoryGraph):
    """A home that holds another snapshot after its first read, as a server does that somebody else loads."""

    reads = 0

    def snapshot(self) -> str | None:
        self.reads += 1
        return super().snapshot() if self.reads % 2 else "s_other"


def test_what_was_read_while_the_graph_changed_is_not_kept(drawing: Drawing, sources: TextSources) -> None:
    known = Known()
    swapped = Swapped(drawing.data())
    report = review(swapped, read_regimen({"drugs": ["warfarin", "ibuprofen"]}), sources, known)
    learn(swapped, sources, known)
    assert not report.complete
    assert all(not getattr(known, kind) for kind in KINDS)


def test_another_snapshot_than_the_shelf_s_is_not_learnt(memory: MemoryGraph, sources: TextSources) -> None:
    with pytest.raises(GraphUnavailable):
        learn(memory, replace(sources, snapshot="s_other"), Known())


def test_what_is_kept_has_a_bound(
    memory: MemoryGraph, sources: TextSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_KEPT", 2)
    known = Known()
    for drugs in (["warfarin"], ["ibuprofen"], ["diclofenac"], ["warfarin", "ibuprofen"]):
        asked = read_regimen({"drugs": drugs})
        assert review(memory, asked, sources, known) == review(memory, asked, sources)
        assert len(known.units) <= 2
