"""Makes claims of assertions: both ends joined to concepts, the mirrored entries of a pair one claim with both evidences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast, get_args

from medrag.records import Assertion
from medrag.text.normalise import fold_name
from medrag_graph.ends import ANY, Ends
from medrag_graph.exceptions import excepted_names
from medrag_graph.links import evidence_of
from medrag_graph.model import Claim, Evidence, Predicate

__all__ = ["CLAIMS", "SYMMETRIC", "make_claims"]

#: Predicates of assertions that are claims in the graph.
CLAIMS: Final[frozenset[str]] = frozenset(get_args(Predicate))
#: Said of a pair, whichever end is named first.
SYMMETRIC: Final[frozenset[str]] = frozenset({"interacts_with", "no_interaction_with"})

#: Said of one concept, which then stands at both ends; what is said stands in the condition and the qualifiers.
OF_ONE: Final[frozenset[str]] = frozenset({"dose_by_kidney_function"})


def make_claims(stated: Iterable[Assertion], ends: Ends) -> tuple[Claim, ...]:
    """Claims in the order of their ids. Entries of one edition on one pair that say the same are one claim."""
    grouped: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for item in stated:
        pair = ends.itself(item) if item.predicate in OF_ONE else ends.both(item)
        if pair is not None:
            claim = claim_of(item, pair, ends)
            grouped[same_claim(claim)].append(claim)
    return tuple(sorted((merge(held) for held in grouped.values()), key=lambda claim: claim.id))


def claim_of(item: Assertion, pair: tuple[str, str], ends: Ends) -> Claim:
    return Claim(
        item.id,
        item.edition,
        cast(Predicate, item.predicate),
        *pair,
        item.severity,
        item.native_scale,
        item.native_level,
        item.condition,
        dict(sorted(item.qualifiers.items())),
        evidence_of(item),
        excepted(item, ends),
    )


def excepted(item: Assertion, ends: Ends) -> tuple[str, ...]:
    """The concepts that either end's name excepts; a name that is not known excepts nothing it could be mistaken for."""
    told = (*excepted_names(item.subject), *excepted_names(item.object))
    found = {ends.one(item.edition, name, ANY) for name in told}
    return tuple(sorted(concept for concept in found if concept is not None))


def same_claim(claim: Claim) -> tuple[str, ...]:
    """What two entries share that are one claim: the pair, the level, and the words, compared folded."""
    pair = (claim.subject, claim.object)
    ends = tuple(sorted(pair)) if claim.predicate in SYMMETRIC else pair
    words = tuple(f"{role}={fold_name(text)}" for role, text in claim.qualifiers.items() if role != "note")
    level = (claim.native_scale, fold_name(claim.native_level), fold_name(claim.condition))
    return (claim.edition, claim.predicate, *ends, claim.severity, *level, *words)


def merge(held: Sequence[Claim]) -> Claim:
    """The entry of the first id, with the evidence of all; the notes of the others are kept beside its own."""
    ordered = sorted(held, key=lambda claim: claim.id)
    first = ordered[0]
    evidence: dict[Evidence, None] = {}
    for claim in ordered:
        evidence.update(dict.fromkeys(claim.evidence))
    exceptions = tuple(sorted({concept for claim in ordered for concept in claim.excepted}))
    return Claim(
        first.id,
        first.edition,
        first.predicate,
        first.subject,
        first.object,
        first.severity,
        first.native_scale,
        first.native_level,
        first.condition,
        qualifiers_of(ordered),
        tuple(evidence),
        exceptions,
    )


def qualifiers_of(ordered: Sequence[Claim]) -> Mapping[str, str]:
    told = dict(ordered[0].qualifiers)
    notes = dict.fromkeys(claim.qualifiers["note"] for claim in ordered if "note" in claim.qualifiers)
    if notes:
        told["note"] = "\n".join(notes)
    return dict(sorted(told.items()))
