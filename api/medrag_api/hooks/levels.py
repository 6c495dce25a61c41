"""From which severity findings interrupt a clinician, and what another choice would change over what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from medrag.catalogue import Catalogue
from medrag.catalogue.alert_levels import LEVELS, AlertLevels, Level
from medrag.catalogue.alerts import Alerts, RuleBurden
from medrag.settings import Settings
from medrag.vocabulary import SEVERITY_ORDER

__all__ = ["ALWAYS", "Change", "changes", "indicator_of", "interrupts", "level_in_force"]

#: What no choice can silence: what must never be given together (the must-fire class that ONC's contractors named,
#: Phansalkar et al., J Am Med Inform Assoc 2012;19:735-43), and risks whose source gives no grade to go by.
ALWAYS: Final[frozenset[str]] = frozenset({"contraindicated", "unknown"})


def interrupts(severity: str, level: Level) -> bool:
    """Whether a finding of this severity interrupts when those from ``level`` on do."""
    return severity in ALWAYS or severity in SEVERITY_ORDER[: SEVERITY_ORDER.index(level) + 1]


def indicator_of(severity: str, level: Level) -> str:
    """critical | warning | info, as CDS Hooks calls them; the first two interrupt."""
    if severity == "contraindicated":
        return "critical"
    return "warning" if interrupts(severity, level) else "info"


def level_in_force(settings: Settings, catalogue: Catalogue) -> Level:
    """What an operator chose last, else the settings' value. Raises CatalogueUnavailable."""
    chosen = AlertLevels(catalogue).current()
    return chosen.level if chosen is not None else settings.hooks_interrupt_from


@dataclass(frozen=True, slots=True)
class Change:
    """What a level makes of the cards counted so far, beside the one in force."""

    level: Level
    checks: int
    #: Cards that would have interrupted, those about the check itself with them.
    interruptive: int
    #: Rules whose cards would interrupt no more, and those whose cards would begin to.
    silent: tuple[RuleBurden, ...]
    loud: tuple[RuleBurden, ...]

    @property
    def per_thousand(self) -> float | None:
        """Interruptive cards for each 1,000 checks; None before the first check."""
        return 1000 * self.interruptive / self.checks if self.checks else None


def changes(catalogue: Catalogue, now: Level) -> dict[Level, Change]:
    """Every level's change against ``now``, over all that was counted."""
    alerts = Alerts(catalogue)
    burden, shown = alerts.burden(), alerts.shown()
    graded = [rule for rule in burden.rules if rule.severity in SEVERITY_ORDER]
    told: dict[Level, Change] = {}
    for level in LEVELS:
        would = sum(
            times
            for (severity, indicator), times in shown.items()
            if (interrupts(severity, level) if severity in SEVERITY_ORDER else indicator != "info")
        )
        told[level] = Change(
            level,
            burden.checks,
            would,
            tuple(rule for rule in graded if turned(rule, now, level)),
            tuple(rule for rule in graded if turned(rule, level, now)),
        )
    return told


def turned(rule: RuleBurden, before: Level, after: Level) -> bool:
    """Whether a rule interrupts with the one level and not with the other."""
    return interrupts(rule.severity, before) and not interrupts(rule.severity, after)
