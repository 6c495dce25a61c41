"""What a rule may read out of a French text: frozen records after the HL7 PDDI information model, each with its span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from medrag.records import Span

__all__ = [
    "ACTIONS",
    "KINDS",
    "Action",
    "Condition",
    "Direction",
    "DrugWord",
    "ManagementFact",
    "MechanismFact",
    "MechanismKind",
    "Quantity",
    "Role",
]

#: What happens. The first six are pharmacokinetic, ``additive`` ... ``effect`` pharmacodynamic; ``outcome`` is a
#: consequence for the patient, whatever brings it about.
MechanismKind = Literal[
    "exposure",
    "metabolism",
    "absorption",
    "transport",
    "elimination",
    "protein_binding",
    "chemical",
    "additive",
    "antagonism",
    "effect",
    "outcome",
]
Direction = Literal["increase", "decrease", "variable", "none"]
#: Which drug of the pair a French word stands for; ``named`` keeps the word because it is neither for certain.
Role = Literal["main", "plus", "both", "named"]
Action = Literal[
    "contraindicated",
    "avoid",
    "caution",
    "be_aware",
    "monitor",
    "adjust_dose",
    "reduce_dose",
    "increase_dose",
    "limit_dose",
    "lowest_dose",
    "space_intake",
    "delay",
    "take_together",
    "stop",
    "stop_before",
    "do_not_stop_abruptly",
    "do_not_use",
    "alternative",
    "contraception",
    "hydrate",
    "correct_potassium",
    "supplement",
    "avoid_alcohol",
    "avoid_sodium",
    "inform_patient",
    "supervise",
    "weigh_benefit",
    "interpret_levels",
    "see_label",
]

KINDS: Final[tuple[MechanismKind, ...]] = get_args(MechanismKind)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)


@dataclass(frozen=True, slots=True)
class DrugWord:
    """The word a text uses for a drug, and which drug of the pair it is."""

    role: Role
    #: As the text writes it, accents and all; "" for ``both``.
    words: str


@dataclass(frozen=True, slots=True)
class Condition:
    """The words that restrict a fact ("chez le sujet âgé", "à doses élevées"), exactly where they stand."""

    span: Span
    words: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number copied from the text, never computed: ``value`` keeps the text's own digits or folded number word.

    ``unit`` is a code of the labels (``unit.hour``, ``unit.mg``); ``per`` the codes of "par jour", "deux fois par
    jour" in the text's order; ``bound`` a code (``bound.at_least``) or "".
    """

    value: str
    unit: str
    #: Upper end of a range ("1 à 2 semaines"), "" without one.
    upper: str = ""
    per: tuple[str, ...] = ()
    bound: str = ""


@dataclass(frozen=True, slots=True)
class MechanismFact:
    """One thing a mechanism text says."""

    kind: MechanismKind
    direction: Direction
    affected: DrugWord | None
    #: Code of the consequence (``outcome.bleeding``), "" where the fact is about the drug alone.
    consequence: str
    #: Code of the degree the text gives (``degree.marked``), or "".
    degree: str
    #: True where the text says "risque de", "possible": it may happen.
    possible: bool
    #: The concentration of the active metabolite is meant, not of the drug.
    metabolite: bool
    #: Codes of the patients the text singles out (``population.elderly``).
    population: tuple[str, ...]
    condition: Condition | None
    span: Span
    rule: str


@dataclass(frozen=True, slots=True)
class ManagementFact:
    """One thing a management text asks for."""

    action: Action
    #: The drug whose dose, intake or use is meant; None where the text names none.
    target: DrugWord | None
    #: Codes of what to watch (``monitor.inr``).
    monitor: tuple[str, ...]
    #: Code of how closely (``intensity.close``), or "".
    intensity: str
    #: The text says "si besoin", "éventuellement".
    if_needed: bool
    #: The text says "si possible".
    if_possible: bool
    #: One of several ways the text offers: "soit ... soit", "ou".
    option: bool
    #: The text says "si l'association ne peut être évitée" or the like.
    if_unavoidable: bool
    #: Codes of when (``when.during``, ``when.after_stopping``).
    when: tuple[str, ...]
    #: How long ``when.after_stopping`` lasts, where told.
    lasting: Quantity | None
    #: Between intakes, or between the end of one drug and the start of the other.
    interval: Quantity | None
    dose: Quantity | None
    population: tuple[str, ...]
    condition: Condition | None
    span: Span
    rule: str
