"""What measured values change: potassium, QTc, INR, liver class; each limit with where it can be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.vocabulary import Language, Severity
from medrag_graph.interactions.patient import Patient
from medrag_graph.interactions.report import FactSource, PatientEffect
from medrag_graph.interactions.words import say

__all__ = ["Signal", "effects_on", "signals"]

POTASSIUM_HIGH: Final = FactSource(
    "FDA labels of spironolactone and eplerenone, hyperkalaemia",
    "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=eplerenone",
)
POTASSIUM_LOST: Final = FactSource(
    "FDA label of furosemide, hypokalaemia",
    "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=furosemide",
)
#: Drew et al. 2010: QTc over 500 ms, low potassium and female sex make torsades de pointes likelier.
TORSADES: Final = FactSource(
    "Prevention of torsade de pointes in hospital settings, AHA and ACCF scientific statement, 2010",
    "https://doi.org/10.1161/CIRCULATIONAHA.109.192704",
)
INR_SOURCE: Final = FactSource(
    "Evidence-based management of anticoagulant therapy, ACCP guidelines 9th edition, 2012",
    "https://doi.org/10.1378/chest.11-2295",
)
LIVER_SOURCE: Final = FactSource(
    "EMA guideline on pharmacokinetics in patients with impaired hepatic function, CPMP/EWP/2339/02",
    "https://www.ema.europa.eu/en/evaluation-pharmacokinetics-medicinal-products-patients-impaired-hepatic-function-scientific-guideline",
)
#: mmol/L: above normal, and where labels say not to start.
POTASSIUM_RAISED, POTASSIUM_DANGER = 5.0, 5.5
POTASSIUM_LOW, POTASSIUM_VERY_LOW = 3.5, 3.0
#: ms: dangerous for anyone; prolonged for women and for men (99th centiles).
QTC_DANGER, QTC_LONG_FEMALE, QTC_LONG_MALE = 500.0, 480.0, 470.0
INR_RAISED, INR_DANGER = 3.0, 5.0


@dataclass(frozen=True, slots=True)
class Signal:
    """A value out of range, the risk property it bears on, and how grave it makes a drug that carries it."""

    field: str
    property: str
    value: str
    severity: Severity
    change: str
    citation: FactSource

    def factor(self, language: Language) -> str:
        return say(f"factor.{self.field}", language, value=self.value)

    def effect(self, language: Language) -> PatientEffect:
        return PatientEffect(self.factor(language), say(self.change, language), self.citation)


def signals(patient: Patient) -> tuple[Signal, ...]:
    """Every value out of range; a value not told signals nothing."""
    found: list[Signal] = []
    potassium = patient.potassium_mmol_l
    if potassium is not None and potassium > POTASSIUM_RAISED:
        grade: Severity = "major" if potassium >= POTASSIUM_DANGER else "moderate"
        found.append(
            Signal(
                "potassium",
                "hyperkalaemia",
                f"{potassium:.3g}",
                grade,
                "change.potassium_high",
                POTASSIUM_HIGH,
            )
        )
    if potassium is not None and potassium < POTASSIUM_LOW:
        grade = "major" if potassium < POTASSIUM_VERY_LOW else "moderate"
        said = f"{potassium:.3g}"
        found += [
            Signal("potassium", "QT", said, grade, "change.potassium_low", TORSADES),
            Signal("potassium", "hypokalaemia", said, grade, "change.potassium_lost", POTASSIUM_LOST),
        ]
    return (*found, *heart_signals(patient), *other_signals(patient))


def heart_signals(patient: Patient) -> tuple[Signal, ...]:
    limit = QTC_LONG_FEMALE if patient.sex == "female" else QTC_LONG_MALE
    if patient.qtc_ms is None or patient.qtc_ms < limit:
        return ()
    grade: Severity = "major" if patient.qtc_ms >= QTC_DANGER else "moderate"
    return (Signal("qtc", "QT", f"{patient.qtc_ms:g}", grade, "change.qtc_long", TORSADES),)


def other_signals(patient: Patient) -> tuple[Signal, ...]:
    found: list[Signal] = []
    if patient.inr is not None and patient.inr > INR_RAISED:
        grade: Severity = "major" if patient.inr >= INR_DANGER else "moderate"
        found.append(Signal("inr", "bleeding", f"{patient.inr:g}", grade, "change.inr_high", INR_SOURCE))
    if patient.child_pugh in ("B", "C"):
        grade = "major" if patient.child_pugh == "C" else "moderate"
        found.append(
            Signal("child_pugh", "hepatotoxic", patient.child_pugh, grade, "change.liver", LIVER_SOURCE)
        )
    return tuple(found)


def effects_on(
    properties: Collection[str], found: Sequence[Signal], language: Language
) -> tuple[PatientEffect, ...]:
    """What the signals change in a finding about these properties."""
    return tuple(signal.effect(language) for signal in found if signal.property in properties)
