"""Resolves what was asked to ingredients: each checked once, however many inputs hold it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medrag.text.normalise import fold_name
from medrag_graph.common_words import COMMON_WORDS
from medrag_graph.interactions.classes import Hop, Path, Reach, climb
from medrag_graph.interactions.known import Known
from medrag_graph.interactions.profiles import Profile, profile_of
from medrag_graph.interactions.regimen import DrugInput, Regimen
from medrag_graph.interactions.report import DrugReport
from medrag_graph.model import ConceptKind, GraphConcept
from medrag_graph.resolve import DRUG_KINDS, Resolution, Resolver, resolve, resolve_condition
from medrag_graph.stores import GraphHome

#: Candidates offered for an ambiguous name.
OFFERED = 5

__all__ = ["Resolved", "Unit", "build_units", "exactly", "forms_of", "resolve_input", "resolve_regimen"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One ingredient of the regimen."""

    id: str
    concept: GraphConcept
    #: Positions in the regimen of the inputs that hold it, ascending.
    inputs: tuple[int, ...]
    #: Every concept a claim may name it by.
    reach: Reach
    #: Its own concepts without its classes: itself, its forms, the products of the regimen it is part of.
    own: tuple[str, ...]
    #: What our own tables know of it, by the English names of itself and its forms.
    profile: Profile


@dataclass(frozen=True, slots=True)
class Resolved:
    """A regimen with its names resolved. ``unresolved`` are positions whose input names no drug."""

    inputs: tuple[DrugInput, ...]
    reports: tuple[DrugReport, ...]
    units: tuple[Unit, ...]
    unresolved: tuple[int, ...]

    def unit(self, identifier: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == identifier), None)


def resolve_regimen(
    store: GraphHome, regimen: Regimen, editions: Sequence[str], known: Known | None = None
) -> Resolved:
    """Resolves drugs of the request, then those the patient takes that the request does not name."""
    asked = {fold_name(item.text) for item in regimen.drugs}
    beside = (DrugInput(text) for text in regimen.patient.drugs if fold_name(text) not in asked)
    inputs = (*regimen.drugs, *beside)
    known = Known() if known is None else known
    reports = tuple(resolve_input(store, item, known) for item in inputs)
    units = build_units(store, reports, editions, known)
    unresolved = tuple(at for at, report in enumerate(reports) if report.status != "resolved")
    return Resolved(inputs, reports, units, unresolved)


def resolve_input(store: GraphHome, item: DrugInput, known: Known | None = None) -> DrugReport:
    """One input. A name of something that is no drug is unresolved, and says what it is."""
    code = {"system": item.system, "code": item.code}
    found = (
        resolve(store, code)
        if item.code
        else exactly(store, item.text, DRUG_KINDS, known) or resolve(store, item.text)
    )
    if found.status == "unresolved" and not item.code:
        others = resolve_condition(store, item.text)
        if others.concept is not None:
            how = f"this names a {others.concept.kind}, not a drug"
            return DrugReport(item.text, "unresolved", None, (others.concept,), (), how)
    return DrugReport(item.text, found.status, found.concept, found.candidates, found.ingredients, found.how)


def exactly(
    store: GraphHome, text: str, kinds: tuple[ConceptKind, ...], known: Known | None = None
) -> Resolution | None:
    """The resolver's first reading of a text, the text itself, before it makes the others: most names are exact."""
    folded = fold_name(text)
    if folded in COMMON_WORDS:
        return None
    ids = store.named([folded]).get(folded)
    if ids is None:
        return None
    held = {} if known is None else known.resolved
    if (kinds, ids) not in held:
        resolver = Resolver(store, kinds, OFFERED)
        held[kinds, ids] = resolver.answer("", resolver.held([folded]).get(folded, ()), "exact")
    found = held[kinds, ids]
    return None if found is None else replace(found, input=text)


def build_units(
    store: GraphHome, reports: Sequence[DrugReport], editions: Sequence[str], known: Known | None = None
) -> tuple[Unit, ...]:
    """One unit for each ingredient, by id."""
    inputs: dict[str, set[int]] = {}
    products: dict[str, set[str]] = {}
    for at, report in enumerate(reports):
        if report.status != "resolved" or report.concept is None:
            continue
        for part in report.ingredients or (report.concept,):
            inputs.setdefault(part.id, set()).add(at)
            if len(report.ingredients) > 1:
                products.setdefault(part.id, set()).add(report.concept.id)
    wholes = {top: tuple(sorted(products.get(top, ()))) for top in sorted(inputs)}
    return tuple(
        Unit(unit.id, unit.concept, tuple(sorted(inputs[unit.id])), unit.reach, unit.own, unit.profile)
        for unit in stand_alone(store, wholes, editions, Known() if known is None else known)
    )


def stand_alone(
    store: GraphHome, products: Mapping[str, tuple[str, ...]], editions: Iterable[str], known: Known
) -> list[Unit]:
    """The unit of each drug without inputs, by the products it is part of; what is not known yet becomes known."""
    held, forced = known.units, frozenset(editions)
    keys = {top: (top, wholes, forced) for top, wholes in products.items()}
    fresh = {top: products[top] for top, key in keys.items() if key not in held}
    held.update((keys[top], unit) for top, unit in assemble(store, fresh, forced).items())
    return [unit for unit in (held[key] for key in keys.values()) if unit is not None]


def assemble(
    store: GraphHome, products: Mapping[str, Sequence[str]], editions: Collection[str]
) -> dict[str, Unit | None]:
    """A unit without inputs of each drug, by the products of the regimen it is part of; None of what is not held.

    A source may speak of a drug by its salts or by its base, whichever was asked: both are its own.
    """
    if not products:
        return {}
    forms = forms_of(store, products)
    starts: dict[str, Sequence[Path]] = {
        top: (
            (Hop(top),),
            *((Hop(top), Hop(form, "form_of")) for form in forms.get(top, ())),
            *((Hop(top), Hop(product, "part_of")) for product in wholes),
        )
        for top, wholes in products.items()
    }
    reach = climb(store, starts, ("member_of",), editions)
    named = store.concepts([path[-1].id for paths in starts.values() for path in paths])
    return {
        top: Unit(
            top,
            named[top],
            (),
            reach[top],
            tuple(path[-1].id for path in paths),
            profile_of(
                english([named[item] for item in (top, *forms.get(top, ())) if item in named]),
                named[top].codes.get("atc", ""),
            ),
        )
        if top in named
        else None
        for top, paths in starts.items()
    }


def forms_of(store: GraphHome, identifiers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The salts and esters of each drug, and what it is itself a salt of."""
    wanted = sorted(set(identifiers))
    held: dict[str, set[str]] = {}
    for link in store.links_to(wanted, ("form_of",)):
        held.setdefault(link.target, set()).add(link.source)
    for link in store.links_from(wanted, ("form_of",)):
        held.setdefault(link.source, set()).add(link.target)
    return {identifier: tuple(sorted(forms)) for identifier, forms in held.items()}


def english(concepts: Sequence[GraphConcept]) -> tuple[str, ...]:
    """Preferred names first, then the others, each once."""
    first = [concept.name for concept in concepts]
    return tuple(dict.fromkeys([*first, *(name for item in concepts for name in item.names.get("en", ()))]))
