"""What the graph holds: concepts with their names, what belongs to what, and what sources state between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from medrag.records import Span
from medrag.vocabulary import Language, Severity

__all__ = [
    "Claim",
    "ConceptKind",
    "Evidence",
    "GraphConcept",
    "GraphData",
    "GraphStore",
    "Link",
    "LinkKind",
    "Predicate",
]

ConceptKind = Literal["drug", "class", "disease", "finding", "food"]
#: member_of: drug or class to class; form_of: salt, ester or brand to its ingredient; part_of: ingredient to the
#: combination product that holds it; is_a: disease to a broader disease.
LinkKind = Literal["member_of", "form_of", "part_of", "is_a"]
Predicate = Literal[
    "interacts_with",
    "no_interaction_with",
    "contraindicated_in",
    "indicated_for",
    "palliates",
    "presents_with",
    "dose_by_kidney_function",
]


@dataclass(frozen=True, slots=True)
class GraphConcept:
    """One thing, joined over every source that names it."""

    #: CURIE of the best code it has, in this order: rxnorm, drugbank, unii, doid, mesh, else medrag:slug.
    id: str
    kind: ConceptKind
    #: English preferred name where any source has one.
    name: str
    names: Mapping[Language, tuple[str, ...]]
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a source says it: a span of a document, and what the span says (level, mechanism, management, statement, row)."""

    document: str
    span: Span
    role: str


@dataclass(frozen=True, slots=True)
class Link:
    """Belonging, as a source has it. ``edition`` is the edition that says so, or ``medrag`` for our own tables."""

    kind: LinkKind
    source: str
    target: str
    edition: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion of the catalogue with its ends joined to concepts."""

    #: The catalogue's assertion id; mirrored entries of one pair share the first of their ids.
    id: str
    edition: str
    predicate: Predicate
    subject: str
    object: str
    severity: Severity
    native_scale: str
    native_level: str
    #: The condition the level holds under, in the source's words; "" when it always holds.
    condition: str
    #: mechanism, management, note, measure, lower, upper, unit, dose ... in the source's words.
    qualifiers: Mapping[str, str]
    evidence: tuple[Evidence, ...]
    #: Concepts the source excepts from a class ("sauf ..."): the claim does not hold for them.
    excepted: tuple[str, ...] = ()
    #: The texts of a coded scale as HL7 PDDI facts, read when the graph was built; "" where they were not.
    coded: str = ""


@dataclass(frozen=True, slots=True)
class GraphData:
    """Everything of one snapshot, in canonical order (by id), so that equal content is equal bytes."""

    snapshot: str
    concepts: tuple[GraphConcept, ...]
    links: tuple[Link, ...]
    claims: tuple[Claim, ...]
    #: Folded name to the concepts it may mean, most specific first.
    names: Mapping[str, tuple[str, ...]]


class GraphStore(Protocol):
    """One home of the graph: networkx in memory, or a Bolt/openCypher server. Results come in canonical order.

    Every read raises medrag.errors.Unavailable when the home cannot be read; it never answers less in silence.
    """

    def load(self, data: GraphData) -> None:
        """Replaces what is held by this snapshot, all or nothing."""

    def snapshot(self) -> str | None: ...

    def concept(self, identifier: str) -> GraphConcept | None: ...

    def concepts(self, identifiers: Iterable[str]) -> Mapping[str, GraphConcept]: ...

    def named(self, folded: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Folded name to concept ids, for those names that are held."""

    def links_from(self, identifiers: Iterable[str], kinds: Sequence[LinkKind]) -> Sequence[Link]: ...

    def links_to(self, identifiers: Iterable[str], kinds: Sequence[LinkKind]) -> Sequence[Link]: ...

    def claims_between(
        self,
        one: Iterable[str],
        other: Iterable[str],
        predicates: Sequence[Predicate],
        editions: Iterable[str],
    ) -> Sequence[Claim]:
        """Claims with one end in each set, either way round."""

    def claims_of(
        self, identifiers: Iterable[str], predicates: Sequence[Predicate], editions: Iterable[str]
    ) -> Sequence[Claim]:
        """Claims with the subject or object in the set."""

    def counts(self) -> Mapping[str, int]: ...

    def close(self) -> None: ...
