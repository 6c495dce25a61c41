"""Asks the small graph, as a caller would."""

from __future__ import annotations

from typing import Any

from small_graph import TextSources

from medrag_graph.interactions import InteractionReport, read_regimen, review
from medrag_graph.interactions.report import Finding
from medrag_graph.stores import GraphHome

WARFARIN, IBUPROFEN, DICLOFENAC = "rxnorm:11289", "rxnorm:5640", "rxnorm:3355"


def ask(store: GraphHome, sources: TextSources, *drugs: Any, **told: Any) -> InteractionReport:
    return review(store, read_regimen({"drugs": list(drugs), **told}), sources)


def of_kind(report: InteractionReport, kind: str, topic: str | None = None) -> list[Finding]:
    return [item for item in report.findings if item.kind == kind and topic in (None, item.topic)]


def pair(report: InteractionReport, *members: str) -> Finding:
    """The one finding about a pair."""
    found = [item for item in of_kind(report, "drug_drug") if set(item.members) == set(members)]
    assert len(found) == 1, [item.headline for item in report.findings]
    return found[0]


def outcomes(report: InteractionReport) -> dict[tuple[str, str], str]:
    return {(item.a, item.b): item.outcome for item in report.pairs}
