"""The review of a regimen: every source in force asked about every pair, the patient taken into account, nothing guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product
from typing import Final

from medrag.answer.records import Basis
from medrag.errors import Unavailable
from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_graph.interactions.allergies import allergy_findings
from medrag_graph.interactions.conditions import condition_findings
from medrag_graph.interactions.context import Situation, pair_missing
from medrag_graph.interactions.ensembles import ensemble_findings
from medrag_graph.interactions.factors import factor_findings, factor_missing
from medrag_graph.interactions.findings import (
    duplicate_findings,
    food_findings,
    heap_findings,
    heap_missing,
    pair_findings,
)
from medrag_graph.interactions.gather import Gathered, gather
from medrag_graph.interactions.known import Known
from medrag_graph.interactions.labs import signals
from medrag_graph.interactions.merge import hit_assertion, ordered, severity_rank
from medrag_graph.interactions.pairs import Hit, apart
from medrag_graph.interactions.regimen import Regimen
from medrag_graph.interactions.report import (
    DrugReport,
    Finding,
    InteractionReport,
    Missing,
    Outcome,
    PairReport,
    ReportedAssertion,
)
from medrag_graph.interactions.sources import ShelfSources
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.words import say
from medrag_graph.stores import GraphHome

__all__ = ["LOGIC", "review"]

#: Version of the rules; a change that changes reports changes it.
LOGIC: Final = "medrag-interactions/2"
#: What no report does, by the sentence that says so.
LIMITS: Final = ("limit.sources", "limit.facts", "limit.doses")


def review(
    store: GraphHome, regimen: Regimen, sources: ShelfSources, known: Known | None = None
) -> InteractionReport:
    """Checks a regimen. A graph or shelf that cannot be read gives a report that says so for every pair.

    ``known`` is kept by whoever reviews often, one for each snapshot: it changes the time, never the report.
    """
    try:
        gathered = gather(store, regimen, sources, known)
    except Unavailable as error:
        return unavailable(regimen, sources, error)
    situation = situation_of(regimen, gathered)
    findings = all_findings(regimen, gathered, situation)
    shown = [item for item in findings if is_shown(item, regimen)]
    return InteractionReport(
        drugs=gathered.resolved.reports,
        conditions=gathered.conditions.reports,
        allergies=gathered.allergies.reports,
        findings=tuple(sorted(shown, key=order)),
        pairs=pair_reports(gathered, findings),
        missing_context=all_missing(regimen, gathered, situation),
        basis=basis_of(sources, gathered, regimen.language),
        hidden=count_hidden(findings, regimen),
    )


def situation_of(regimen: Regimen, gathered: Gathered) -> Situation:
    resolved, conditions = gathered.resolved, gathered.conditions
    return Situation(
        regimen.patient, resolved.units, resolved.inputs, conditions.folded, conditions.said, regimen.language
    )


def all_findings(regimen: Regimen, gathered: Gathered, situation: Situation) -> list[Finding]:
    """Everything found, in no order."""
    units, telling = gathered.resolved.units, gathered.telling
    found = signals(regimen.patient)
    return [
        *pair_findings(units, gathered.hits, situation, found, telling),
        *condition_findings(gathered.condition_hits, units, gathered.conditions, telling),
        *duplicate_findings(units, telling),
        *heap_findings(systemic(units, situation), found, telling),
        *ensemble_findings(units, situation, telling),
        *factor_findings(units, gathered.kidney, regimen.patient, found, telling),
        *allergy_findings(units, gathered.allergies, telling),
        *food_findings(gathered.food_hits, units, gathered.foods, telling),
    ]


def systemic(units: Sequence[Unit], situation: Situation) -> tuple[Unit, ...]:
    """Those that are not only rubbed into the skin: a gel adds nothing to a risk of the blood."""
    return tuple(unit for unit in units if not (unit.inputs and situation.only_routes(unit, ("topical",))))


def all_missing(regimen: Regimen, gathered: Gathered, situation: Situation) -> tuple[Missing, ...]:
    """What is asked for, each once, by field, rule and members."""
    units, telling = gathered.resolved.units, gathered.telling
    asked: list[Missing] = [
        *factor_missing(units, gathered.kidney, regimen.patient, telling),
        *heap_missing(systemic(units, situation), regimen.patient, telling),
    ]
    for one, other in product(situation.in_group("warfarin"), situation.in_group("nsaid")):
        if apart(one, other):
            asked += pair_missing(one, other, situation)
    unique = {(item.field, item.rule, item.members): item for item in asked}
    return tuple(unique[key] for key in sorted(unique))


def is_shown(finding: Finding, regimen: Regimen) -> bool:
    """At or above the least severity asked for; what no source graded is always shown."""
    return finding.severity == "unknown" or severity_rank(finding.severity) <= severity_rank(
        regimen.minimum_severity
    )


def count_hidden(findings: Iterable[Finding], regimen: Regimen) -> dict[str, int]:
    hidden = [item.severity for item in findings if not is_shown(item, regimen)]
    return {severity: hidden.count(severity) for severity in SEVERITY_ORDER if severity in hidden}


def order(finding: Finding) -> tuple[int, tuple[str, ...], str, str]:
    """By severity, then members."""
    return severity_rank(finding.severity), finding.members, finding.kind, finding.topic


def pair_reports(gathered: Gathered, findings: Sequence[Finding]) -> tuple[PairReport, ...]:
    """The outcome for every pair of ingredients of different inputs, and for every input that names none."""
    resolved = gathered.resolved
    found = {item.members for item in findings if item.kind == "drug_drug"}
    works = {edition: item.work for edition, item in gathered.telling.editions.items()}
    denials = denials_of(gathered, found)
    pairs = []
    #: Many drugs are held by the same few editions.
    both: dict[tuple[frozenset[str], frozenset[str]], tuple[str, ...]] = {}
    for one, other in combinations(resolved.units, 2):
        if apart(one, other):
            held = gathered.searched[one.id], gathered.searched[other.id]
            common = both.get(held)
            if common is None:
                common = both[held] = tuple(sorted({works[e] for e in held[0] & held[1]}))
            outcome: Outcome = "none_found" if common else "not_covered"
            members = (one.id, other.id)
            told = "found" if members in found else outcome
            pairs.append(PairReport(*members, told, common, denials.get(members, ())))
    lost = [resolved.inputs[at].text for at in resolved.unresolved]
    pairs += [PairReport(unit.id, text, "unresolved_drug") for unit in resolved.units for text in lost]
    pairs += [PairReport(a, b, "unresolved_drug") for a, b in combinations(sorted(lost), 2)]
    return tuple(sorted(pairs, key=lambda pair: (pair.a, pair.b)))


def denials_of(
    gathered: Gathered, found: Collection[tuple[str, ...]]
) -> dict[tuple[str, str], tuple[ReportedAssertion, ...]]:
    """What sources say who found no interaction between two drugs, by pair; a finding of a pair holds its own."""
    held: dict[tuple[str, str], list[Hit]] = {}
    for hit in gathered.hits:
        if hit.denies and hit.pair not in found:
            held.setdefault(hit.pair, []).append(hit)
    return {
        pair: ordered(hit_assertion(hit, gathered.telling) for hit in hits) for pair, hits in held.items()
    }


def basis_of(sources: ShelfSources, gathered: Gathered, language: Language) -> Basis:
    searched = tuple((item.work, item.label) for item in gathered.editions)
    told = (*gathered.conditions.reports, *gathered.allergies.reports)
    unknown = any(report.status == "unresolved" for report in told)
    keys = (*LIMITS, *(("limit.unknown",) if unknown else ()))
    limits = tuple(say(key, language) for key in keys)
    return Basis(sources.snapshot, sources.settings, searched, "graph", LOGIC, limits)


def unavailable(regimen: Regimen, sources: ShelfSources, error: Unavailable) -> InteractionReport:
    """A report that says what could not be read, for every pair; it finds nothing and says that this means nothing."""
    texts = [item.text for item in regimen.drugs]
    how = "source_unavailable"
    pairs = [PairReport(a, b, "source_unavailable") for a, b in combinations(sorted(texts), 2)]
    nothing = say("limit.unavailable", regimen.language, problem=error.problem)
    limits = (nothing, *(say(key, regimen.language) for key in LIMITS))
    basis = Basis(sources.snapshot, sources.settings, (), "graph", LOGIC, limits)
    return InteractionReport(
        drugs=tuple(DrugReport(text, "unresolved", None, how=how) for text in texts),
        conditions=tuple(DrugReport(text, "unresolved", None, how=how) for text in regimen.conditions),
        allergies=tuple(DrugReport(text, "unresolved", None, how=how) for text in regimen.patient.allergies),
        findings=(),
        pairs=tuple(sorted(pairs, key=lambda pair: (pair.a, pair.b))),
        missing_context=(),
        basis=basis,
        complete=False,
    )
