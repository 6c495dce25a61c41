"""Resolves the patient's conditions, told and implied by values, and finds what is contraindicated in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from medrag.text.normalise import fold_name
from medrag_graph.interactions.classes import Hop, Path, climb
from medrag_graph.interactions.condition_facts import codes_of, condition_assertions
from medrag_graph.interactions.known import Broader, Known
from medrag_graph.interactions.merge import Telling, claim_assertion, joined, make_finding
from medrag_graph.interactions.pairs import Hit, ways_to
from medrag_graph.interactions.patient import Patient
from medrag_graph.interactions.regimen import Regimen
from medrag_graph.interactions.report import DrugReport, Finding, ReportedAssertion
from medrag_graph.interactions.units import Unit, exactly
from medrag_graph.interactions.words import STATE, say
from medrag_graph.model import ConceptKind, GraphConcept
from medrag_graph.resolve import DISEASE_KINDS, resolve_condition
from medrag_graph.stores import GraphHome

__all__ = ["Conditions", "condition_findings", "find_condition_hits", "read_conditions"]

DISEASES: Final[frozenset[ConceptKind]] = frozenset({"disease", "finding"})


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the patient has. ``paths`` leads from each condition to its broader ones."""

    reports: tuple[DrugReport, ...]
    concepts: tuple[GraphConcept, ...]
    paths: Mapping[str, Mapping[str, Path]]
    #: Folded names of all of them, for rules that know conditions by name; and how to say them.
    folded: frozenset[str]
    said: Mapping[str, str]
    #: The codes our facts know each by: by concept id, or by the text told where that names no concept.
    codes: Mapping[str, frozenset[str]]


def implied(patient: Patient) -> Iterator[tuple[str, ...]]:
    """Names of conditions the patient's values amount to, for sources that name them instead of values."""
    kidney = patient.egfr() or patient.clearance()
    if patient.pregnant:
        yield ("pregnancy", "grossesse", "pregnant state")
    if patient.breastfeeding:
        yield ("breast feeding", "breastfeeding", "lactation", "allaitement")
    if kidney is not None and kidney[0] < 60:
        yield ("renal insufficiency", "renal impairment", "kidney disease", "chronic kidney disease")
    if kidney is not None and kidney[0] < 30:
        yield ("severe renal impairment", "renal failure", "kidney failure")
    if patient.child_pugh in ("B", "C"):
        yield ("hepatic insufficiency", "hepatic impairment", "liver disease", "liver failure")
    if patient.potassium_mmol_l is not None and patient.potassium_mmol_l > 5.5:
        yield ("hyperkalemia", "hyperkalaemia")
    if patient.potassium_mmol_l is not None and patient.potassium_mmol_l < 3.5:
        yield ("hypokalemia", "hypokalaemia")
    if patient.qtc_ms is not None and patient.qtc_ms >= 500:
        yield ("long QT syndrome", "QT prolongation")


def read_conditions(store: GraphHome, regimen: Regimen, known: Known | None = None) -> Conditions:
    """Conditions by their exact names. One that is not known is reported so, and rules by name still see it."""
    told = tuple(dict.fromkeys((*regimen.conditions, *regimen.patient.conditions)))
    reports, concepts = [], {}
    said: dict[str, str] = {fold_name(text): text for text in told}
    for text in told:
        found = exactly(store, text, DISEASE_KINDS, known) or resolve_condition(store, text)
        # Of several concepts of one name all are looked at: to miss a contraindication is the worse mistake.
        meant = found.candidates if found.status == "ambiguous" else ()
        concepts.update({item.id: item for item in meant or (found.concept,) if item is not None})
        reports.append(DrugReport(text, found.status, found.concept, found.candidates, (), found.how))
    concepts.update({item.id: item for item in named_conditions(store, implied(regimen.patient))})
    above = broader_of(store, sorted(concepts), known or Known())
    for item, found_above in above.items():
        for folded in found_above.folded:
            said.setdefault(folded, concepts[item].name)
    ordered = tuple(concepts[item] for item in sorted(concepts))
    paths = {item: found_above.paths for item, found_above in above.items()}
    codes = condition_codes(reports, above)
    return Conditions(tuple(reports), ordered, paths, frozenset(said), said, codes)


def condition_codes(reports: Sequence[DrugReport], above: Mapping[str, Broader]) -> dict[str, frozenset[str]]:
    """What our facts call each condition, by the names of it and of its broader ones."""
    told: dict[str, set[str]] = {}
    for report in reports:
        meant = report.candidates if report.status == "ambiguous" else ()
        keys = [item.id for item in meant or (report.concept,) if item is not None] or [report.input]
        for key in keys:
            told.setdefault(key, set()).update(codes_of((fold_name(report.input),)))
    codes = {key: frozenset(found) for key, found in told.items()}
    for item, found_above in above.items():
        named = codes_of(found_above.folded)
        # A QTc that was measured already bears on every drug that prolongs it.
        codes[item] = codes.get(item, frozenset()) | (named if item in told else named - {"long-QT"})
    return {key: found for key, found in codes.items() if found}


def broader_of(store: GraphHome, identifiers: Sequence[str], known: Known) -> dict[str, Broader]:
    """Each condition with the broader ones it is a kind of."""
    fresh = [item for item in identifiers if item not in known.broader]
    reach = climb(store, {item: ((Hop(item),),) for item in fresh}, ("is_a",), None)
    held = store.concepts({node for nodes in reach.values() for node in nodes}) if reach else {}
    for item, nodes in reach.items():
        paths = {node: min(ways.values(), key=lambda path: (len(path), path)) for node, ways in nodes.items()}
        concepts = [held[node] for node in nodes if node in held]
        named = (name for one in concepts for name in (one.name, *one.names.get("en", ())))
        known.broader[item] = Broader(paths, tuple(dict.fromkeys(map(fold_name, named))))
    return {item: known.broader[item] for item in identifiers}


def named_conditions(store: GraphHome, names: Iterable[Sequence[str]]) -> tuple[GraphConcept, ...]:
    """The diseases of exactly these names that the graph holds."""
    folded = [fold_name(name) for some in names for name in some]
    held = (
        store.concepts({item for found in store.named(folded).values() for item in found}) if folded else {}
    )
    return tuple(concept for concept in held.values() if concept.kind in DISEASES)


def find_condition_hits(
    store: GraphHome, units: Sequence[Unit], conditions: Conditions, editions: Sequence[str]
) -> tuple[Hit, ...]:
    """Claims that a drug, or a class of it, must not be used in a condition or a broader one."""
    diseases = {node for paths in conditions.paths.values() for node in paths}
    if not diseases:
        return ()
    nodes = {node for unit in units for node in unit.reach}
    listed = frozenset(store.class_editions())
    best: dict[tuple[str, str, str], Hit] = {}
    for claim in store.claims_between(nodes, diseases, ("contraindicated_in",), editions):
        for unit, path in ways_to(
            claim, claim.subject, [u for u in units if claim.subject in u.reach], listed
        ):
            for condition, paths in conditions.paths.items():
                if claim.object in paths:
                    key = (unit.id, condition, claim.id)
                    best.setdefault(key, Hit(claim, unit.id, condition, path, paths[claim.object]))
    return tuple(best[key] for key in sorted(best))


def condition_findings(
    hits: Sequence[Hit], units: Sequence[Unit], conditions: Conditions, telling: Telling
) -> tuple[Finding, ...]:
    """One finding for each drug and condition: what sources state of them, and what our facts do."""
    grouped: dict[tuple[str, str], list[ReportedAssertion]] = {}
    for hit in hits:
        path = joined(telling.steps(hit.path_a), telling.steps(hit.path_b))
        made = claim_assertion(hit.claim, path, hit.by_class, telling)
        grouped.setdefault((hit.a, hit.b), []).append(made)
    for condition, codes in conditions.codes.items():
        for unit in units:
            for assertion in condition_assertions(unit, codes, telling):
                grouped.setdefault((unit.id, condition), []).append(assertion)
    known = {item.id for item in conditions.concepts}
    return tuple(
        condition_finding(drug, condition, condition in known, told, telling)
        for (drug, condition), told in sorted(grouped.items())
    )


def condition_finding(
    drug: str, condition: str, known: bool, told: Sequence[ReportedAssertion], telling: Telling
) -> Finding:
    """A condition that names no concept is said as it was told, and is no member."""
    members = (drug, condition) if known else (drug,)
    made = make_finding("drug_condition", condition, members, "", told)
    headline = say(
        "drug_condition",
        telling.language,
        a=telling.name(drug),
        b=telling.name(condition) if known else condition,
        what=STATE[made.severity][telling.language],
    )
    if all(item.condition for item in made.assertions if item.severity == made.severity):
        headline = say("conditional", telling.language, said=headline)
    return replace(made, headline=headline)
