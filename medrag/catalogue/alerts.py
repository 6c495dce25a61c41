"""Counts what clinicians were shown and what they did with it: cards, rules, outcomes, days; never a patient or a time of day."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from medrag.catalogue.schema import alert_cards, alert_checks, alert_outcomes
from medrag.catalogue.store import Catalogue
from medrag.errors import NotFound, Place

__all__ = ["AlertBurden", "AlertCard", "AlertCounts", "Alerts", "RuleBurden"]


@dataclass(frozen=True, slots=True)
class AlertCard:
    """A card that may be shown: the same for everyone it is shown to."""

    #: The card's UUID: of its finding and the snapshot alone.
    id: str
    kind: str
    severity: str
    #: critical | warning | info; the first two interrupt.
    indicator: str
    #: Ids of the assertions or rules it rests on.
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """What one or more checks of one service on one day showed."""

    checks: int = 0
    interruptive: int = 0


@dataclass(frozen=True, slots=True)
class RuleBurden:
    """How often a rule's cards were shown, and how many of those that were answered were overridden."""

    rule: str
    kind: str
    severity: str
    shown: int
    accepted: int
    overridden: int
    #: Overrides by their reason's code.
    reasons: Mapping[str, int]

    @property
    def override_rate(self) -> float | None:
        """0 to 1 of those answered; None where nobody answered."""
        answered = self.accepted + self.overridden
        return self.overridden / answered if answered else None


@dataclass(frozen=True, slots=True)
class AlertBurden:
    """What the alerts of a server ask of those who read them."""

    checks: int
    interruptive: int
    rules: tuple[RuleBurden, ...]

    @property
    def per_thousand(self) -> float | None:
        """Interruptive cards for each 1,000 checks; None before the first check."""
        return 1000 * self.interruptive / self.checks if self.checks else None


class Alerts:
    """The counters of one catalogue. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def count(self, counts: Mapping[tuple[str, str], AlertCounts], shown: Mapping[AlertCard, int]) -> None:
        """Adds (day, service) counts and how often each card was shown, in one transaction."""
        with self._catalogue.writing() as connection:
            # In one order, so that two processes never wait for each other's rows.
            for (day, service), item in sorted(counts.items()):
                values = {"checks": item.checks, "interruptive": item.interruptive}
                add(connection, alert_checks, {"day": day, "service": service}, values, {})
            for card, times in sorted(shown.items(), key=lambda item: item[0].id):
                about = {"kind": card.kind, "severity": card.severity, "indicator": card.indicator}
                told = {**about, "rules": json.dumps(card.rules)}
                add(connection, alert_cards, {"id": card.id}, {"shown": times}, told)

    def answer(self, outcomes: Sequence[tuple[str, str, str]], day: str) -> None:
        """Counts (card, outcome, reason) in one transaction. Raises NotFound, and counts none, when a card was not given."""
        cards = {card for card, _, _ in outcomes}
        known = self._catalogue.all(select(alert_cards.c.id).where(alert_cards.c.id.in_(sorted(cards))))
        if len(known) < len(cards):
            raise NotFound("a card of that id was not given here", place=Place(field="feedback.card"))
        with self._catalogue.writing() as connection:
            for card, outcome, reason in sorted(outcomes):
                key = {"card": card, "outcome": outcome, "reason": reason, "day": day}
                add(connection, alert_outcomes, key, {"times": 1}, {})

    def shown(self) -> dict[tuple[str, str], int]:
        """(severity, indicator when it was first given) to how often such cards were given; severity "" for cards about
        the check itself."""
        told = select(
            alert_cards.c.severity, alert_cards.c.indicator, func.sum(alert_cards.c.shown).label("n")
        )
        rows = self._catalogue.all(told.group_by(alert_cards.c.severity, alert_cards.c.indicator))
        return {(str(row["severity"]), str(row["indicator"])): int(row["n"]) for row in rows}

    def answer_finding(self, card: AlertCard, outcome: str, reason: str, day: str) -> None:
        """Counts what was done with a finding that another door showed; it counts as no card shown."""
        with self._catalogue.writing() as connection:
            about = {"kind": card.kind, "severity": card.severity, "indicator": card.indicator}
            add(
                connection,
                alert_cards,
                {"id": card.id},
                {"shown": 0},
                {**about, "rules": json.dumps(card.rules)},
            )
            key = {"card": card.id, "outcome": outcome, "reason": reason, "day": day}
            add(connection, alert_outcomes, key, {"times": 1}, {})

    def burden(self) -> AlertBurden:
        """Everything counted so far, by rule; the most overridden first."""
        checks = self._catalogue.first(
            select(
                func.sum(alert_checks.c.checks).label("checks"),
                func.sum(alert_checks.c.interruptive).label("interruptive"),
            )
        )
        done, cards = self._catalogue.all(select(alert_outcomes)), self._catalogue.all(select(alert_cards))
        outcomes: dict[str, dict[tuple[str, str], int]] = {}
        for row in done:
            held = outcomes.setdefault(str(row["card"]), {})
            key = str(row["outcome"]), str(row["reason"])
            held[key] = held.get(key, 0) + int(row["times"])
        total, interruptive = (int(checks[name] or 0) for name in ("checks", "interruptive"))
        return AlertBurden(total, interruptive, rules_of(cards, outcomes))


def rules_of(
    cards: Sequence[Mapping[str, object]], outcomes: Mapping[str, Mapping[tuple[str, str], int]]
) -> tuple[RuleBurden, ...]:
    """A card of several rules counts for each of them."""
    rules: dict[tuple[str, str, str], list[tuple[int, Mapping[tuple[str, str], int]]]] = {}
    for card in cards:
        done = outcomes.get(str(card["id"]), {})
        for rule in json.loads(str(card["rules"])):
            key = (str(rule), str(card["kind"]), str(card["severity"]))
            rules.setdefault(key, []).append((int(str(card["shown"])), done))
    made = [rule_burden(key, held) for key, held in rules.items()]
    return tuple(sorted(made, key=lambda item: (-item.overridden, -item.shown, item.rule)))


def rule_burden(
    key: tuple[str, str, str], held: list[tuple[int, Mapping[tuple[str, str], int]]]
) -> RuleBurden:
    reasons: dict[str, int] = {}
    accepted = 0
    for _, done in held:
        for (outcome, reason), times in done.items():
            if outcome == "accepted":
                accepted += times
            else:
                reasons[reason] = reasons.get(reason, 0) + times
    shown = sum(times for times, _ in held)
    return RuleBurden(*key, shown, accepted, sum(reasons.values()), reasons)


def add(
    connection: Connection,
    table: Table,
    key: Mapping[str, object],
    counts: Mapping[str, int],
    told: Mapping[str, object],
) -> None:
    """Adds to the counts of a row, which is made where it is missing; another process may make it meanwhile."""
    mine = [table.c[name] == value for name, value in key.items()]
    more = update(table).where(*mine).values({name: table.c[name] + n for name, n in counts.items()})
    if connection.execute(more).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(table), {**key, **told, **counts})
    except IntegrityError:
        connection.execute(more)
