"""Infers interactions of two drugs from their roles at an enzyme or transporter; marked inferred, never above major."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from medrag.vocabulary import Severity
from medrag_graph.interactions.pairs import apart
from medrag_graph.interactions.risks import code_of
from medrag_graph.interactions.units import Unit

if TYPE_CHECKING:
    from medrag_graph.facts import Risk

__all__ = ["Inference", "infer_pairs"]

#: Strength of the inhibitor or inducer, then sensitivity of the substrate, to a severity. After FDA, Clinical Drug
#: Interaction Studies (2020): strong changes exposure of a sensitive substrate fivefold and more, moderate two- to
#: fivefold, weak less than twofold. A narrow therapeutic index counts as sensitive.
GRADES: Final[dict[tuple[str, bool], Severity]] = {
    ("strong", True): "major",
    ("strong", False): "moderate",
    ("moderate", True): "moderate",
    ("moderate", False): "minor",
    ("weak", True): "minor",
    ("", True): "moderate",
    ("", False): "minor",
}
SUBSTRATES: Final = frozenset({"substrate", "sensitive_substrate", "narrow_index", "activated"})
SENSITIVE: Final = frozenset({"sensitive_substrate", "narrow_index"})
CHANGERS: Final = frozenset({"inhibitor", "inducer"})


class Inference(NamedTuple):
    """One inferred interaction and the facts it rests on."""

    pair: tuple[str, str]
    #: ``kinetic/CYP3A4/inhibitor`` ...; ``kinetic/CYP2D6/inhibitor-activation`` where the enzyme makes what acts.
    rule: str
    severity: Severity
    changer: Unit
    substrate: Unit
    premises: tuple[tuple[Unit, Risk], ...]


def infer_pairs(units: Sequence[Unit]) -> tuple[Inference, ...]:
    """Every inferred interaction between two units, by pair and rule."""
    cleared: dict[str, list[tuple[Unit, tuple[Risk, ...]]]] = {}
    for unit in units:
        for prop, risks in unit.profile.by_property.items():
            beside = tuple(risk for risk in risks if risk.role in SUBSTRATES)
            if beside and code_of(prop).kind == "kinetic":
                cleared.setdefault(prop, []).append((unit, beside))
    found: dict[tuple[tuple[str, str], str, str], Inference] = {}
    for changer in units:
        for risk in changer.profile.risks:
            if risk.role in CHANGERS:
                for item in inferences(changer, risk, cleared.get(risk.property, ())):
                    found[item.pair, item.rule, item.changer.id] = item
    return tuple(found[key] for key in sorted(found))


def inferences(
    changer: Unit, risk: Risk, cleared: Sequence[tuple[Unit, tuple[Risk, ...]]]
) -> Iterator[Inference]:
    """What one drug's effect on an enzyme does to each drug the enzyme clears."""
    for substrate, beside in cleared:
        if substrate.id == changer.id or not apart(changer, substrate):
            continue
        sensitive = any(item.role in SENSITIVE for item in beside)
        severity = GRADES.get((risk.strength, sensitive))
        if severity is None:
            continue
        pair = (changer.id, substrate.id) if changer.id < substrate.id else (substrate.id, changer.id)
        premises = ((changer, risk), *((substrate, item) for item in beside))
        how = f"{risk.role}-activation" if any(item.role == "activated" for item in beside) else risk.role
        yield Inference(pair, f"kinetic/{risk.property}/{how}", severity, changer, substrate, premises)
