"""The records a reading is made of: names, clauses and sentences with what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medrag.answer.proof.amounts import Amount, is_bound
from medrag.answer.proof.often import Often
from medrag.answer.proof.senses import Sensed
from medrag.text.normalise import HAN

__all__ = [
    "ACTIONS",
    "DOSE_UNITS",
    "DRUGLIKE",
    "IMPERATIVE",
    "LEADS",
    "PLAIN",
    "Named",
    "Piece",
    "Reading",
    "is_dose",
]

DRUGLIKE: Final = frozenset(["drug", "class"])
#: Kinds of names that other words may say too.
PLAIN: Final = frozenset(["finding", "procedure", "anatomy", "other"])
DOSE_UNITS: Final = frozenset(
    "g l iu meq mol tablet capsule drop puff ampoule sachet dose g/body kg iu/body kg g/s g/m2 mol/body kg ml/body kg"
    " l/body kg g/body kg/s iu/s iu/body kg/s".split(" ")
) | {"g/body kg", "iu/body kg", "l/body kg", "mol/body kg", "g/body kg/s", "iu/body kg/s"}
#: Grams from which on a mass is a body's.
BODY: Final = 1000
LEADS = re.compile(
    r"[\s(]*(?:in|for|among|during|with|on|if|when|whenever|once|after|before|unless|until|除非|直到|直至|若|如|当|对于?|一旦|在)"
)
IMPERATIVE = re.compile(
    r"(?:^\s*|[,;:，；]\s?|\bthen |\band |\bor )(?:use|take|give|administer|monitor|check|measure|reduce|lower|decrease"
    r"|increase|raise|stop|discontinue|start|begin|initiate|adjust|withhold|hold|restart|resume|titrate|taper|halve"
    r"|double|swallow|separate|repeat|limit|switch|test|keep|treat|add|inject|infuse|interrupt|suspend|replace|wait"
    r"|continue|maintain|choose|assess|review|watch|observe|withdraw|cut|follow|prescribe|recheck|shake|store|dilute|reconstitute|mix|apply|place|remove|rinse|protect|discard|warn|advise|ensure|obtain|perform|evaluate|determine|confirm|exclude|delay|postpone|extend|shorten|dissolve|rotate|insert|inhale|screen|wean|reserve|correct|rule|keep|aim|interrupt"
    r"|provide|counsel|refer|encourage|feed|optimi[sz]e|educate|prepare|identify|consult|document|anticipate|prioriti[sz]e|transfer|admit"
    r"|position|elevate|cool|dry|suction|clear|achieve|establish|proceed|offer|escalate|narrow|hydrate|schedule|reassess|compress|ventilate"
    r"|prendre|utiliser|surveill(?:er|ance)|controler?|adapt(?:er|ation)|verifier|dosage|eviter|ne pas|arreter|interrompre"
    r"|administrer|espacer|respecter|preferer|diminuer|reduire|augmenter)\b"
)
ACTIONS: Final = frozenset(
    "stop interrupt start restart monitor adjust titrate separate swallow repeat half double exchange keep".split()
)
_HAN_RUN = re.compile(f"[{HAN}]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A name found: every thing it may stand for."""

    ids: frozenset[str]
    kind: str
    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause with what stands in it. Offsets count in the folded sentence."""

    text: str
    names: tuple[Named, ...]
    amounts: tuple[Amount, ...]
    often: tuple[Often, ...]
    routes: frozenset[str]
    senses: tuple[Sensed, ...]
    unknown: tuple[str, ...]
    #: Names the clause is said of and does not repeat.
    head: tuple[Named, ...] = ()
    #: Names of the condition the sentence opens with, when the clause has none of its own.
    opening: tuple[Named, ...] = ()
    #: The words the sentence opens with, before anything is said of them: "nifedipine controlled-release tablets".
    lead: tuple[Sensed, ...] = ()
    #: Plain senses of the other clauses of the statement.
    elsewhere: frozenset[str] = frozenset()
    #: What those clauses name, and their amounts.
    elsewhere_names: frozenset[str] = frozenset()
    elsewhere_amounts: frozenset[tuple[object, ...]] = frozenset()

    def words(self) -> frozenset[str]:
        """Every plain sense its words may have."""
        return frozenset(id for s in self.senses if s.kind == "word" for id in (s.id, *s.also))

    def of_kind(self, kind: str) -> frozenset[str]:
        return frozenset(sensed.id for sensed in self.senses if sensed.kind == kind)

    @property
    def doses(self) -> tuple[Amount, ...]:
        return tuple(amount for amount in self.amounts if is_dose(amount))

    @property
    def orders(self) -> bool:
        """Whether the clause tells what to do without a word that says how strongly."""
        if self.of_kind("force"):
            return False
        actions = self.of_kind("word") & ACTIONS or self.of_kind("direction")
        return bool(IMPERATIVE.search(self.text) or (actions and _HAN_RUN.search(self.text)))


def is_dose(amount: Amount) -> bool:
    """Whether an amount is one that is given: no bound, and lighter than a body."""
    heavy = amount.unit == "g" and amount.value >= BODY
    return amount.unit in DOSE_UNITS and not is_bound(amount) and not heavy


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as its clauses, in order, with its folded words."""

    text: str
    pieces: tuple[Piece, ...]
