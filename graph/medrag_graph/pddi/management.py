"""Reads an ANSM management text: what to do, what to watch, when, how far apart, and under which condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, cast

from medrag.records import Span
from medrag.vocabulary import Severity
from medrag_graph.pddi.facts import Action, Condition, DrugWord, ManagementFact
from medrag_graph.pddi.fold import Folded, fold, sentences
from medrag_graph.pddi.management_rules import (
    DELAYED,
    EXCEPT,
    HEADS,
    INTENSITIES,
    LEAD,
    MONITORED,
    POSSIBLE,
    UNAVOIDABLE,
    WHEN,
)
from medrag_graph.pddi.matching import codes_in, condition_at, condition_before, populations_in
from medrag_graph.pddi.quantities import dose_in, interval_in, lasting_in
from medrag_graph.pddi.targets import find_target, says_own_dose

__all__ = ["read_management"]

#: What a level asks for when its text only says for whom or with what it holds.
_OF_LEVEL: Final[dict[str, Action]] = {
    "contraindicated": "contraindicated",
    "major": "avoid",
    "moderate": "caution",
    "minor": "be_aware",
}
_DOSED: Final = frozenset(
    {"adjust_dose", "reduce_dose", "increase_dose", "limit_dose", "lowest_dose", "stop", "monitor"}
)
_SPACED: Final = frozenset({"space_intake", "delay", "stop_before"})
_OR_BEFORE: Final = re.compile(r"(?:soit|ou|voire)(?: une?)? $")
_OR_AFTER: Final = re.compile(r" (?:ou|voire)(?: une?)?$| ou(?: une?)? $|, ou $")
#: A list of what a level forbids, at its text's start.
_FORBIDS: Final = re.compile(r"[\s:\x1e]*(?:-|avec\b|sauf\b|entre\b)")
#: What keeps two things to watch apart.
_APART: Final = re.compile(r"\(|prealable")
#: The level holds during treatment and for a time after it.
_ALSO_AFTER: Final = re.compile(r"(?:et|ainsi que) pendant les? .*suivant")
_LEVEL: Final = re.compile(
    r"[\s:.\-\x1e]*(?:(?P<contraindicated>contre-indication)"
    r"|(?P<avoid>association deconseillee)|(?P<caution>precaution d'emploi)"
    r"|(?P<be_aware>(?:il convient de |a |association a )prendre en compte)) ?:? ?(?=$|-"
    r"|avec\b|sauf\b|dans\b|pour\b|chez\b|entre\b|en cas)"
)


@dataclass(slots=True)
class _Reading:
    folded: Folded
    main: str
    plus: str
    #: What the level in force asks for.
    action: Action | None
    #: The restriction in force, in folded offsets; ``pending`` until an action has used it.
    opened: tuple[int, int] | None = None
    #: Where the text of the level in force begins.
    governed: int = 0
    pending: bool = False
    #: The drug last named as one to dose or to measure.
    last: DrugWord | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    start: int
    end: int
    action: Action
    rule: str


def read_management(text: str, level: Severity, main: str, plus: str) -> tuple[ManagementFact, ...]:
    """The facts one level's text states, in its order; none where no rule reads it.

    ``level`` is the severity the text belongs to: a text that only restricts it ("avec la nimodipine") yields that
    level's own action under the condition. Spans count code points of ``text``.
    """
    reading = _Reading(fold(text), main, plus, _OF_LEVEL.get(level))
    facts: list[ManagementFact] = []
    for start, end in sentences(reading.folded):
        start = _printed_level(reading, start, end, facts)
        if start >= end:
            continue
        heads = _heads(reading.folded.text, start, end)
        facts += _open(reading, start, heads[0].start if heads else end, bool(heads))
        if heads:
            facts += [*_restricted(reading), *_facts_of(reading, start, end, heads)]
            reading.pending = False
    return (*facts, *_left_over(reading))


def _restricted(reading: _Reading) -> list[ManagementFact]:
    """A text that opens with whom or what its level forbids: the level holds there, beside what to do about it."""
    condition = _condition(reading)
    if condition is None or not reading.pending or reading.action not in {"contraindicated", "avoid"}:
        return []
    if not _FORBIDS.match(reading.folded.text, reading.governed):
        return []
    return [_restriction(reading, reading.action, condition, condition.span)]


def _printed_level(reading: _Reading, start: int, end: int, facts: list[ManagementFact]) -> int:
    """Where a sentence goes on after a level printed at its start, which then governs what follows."""
    found = _LEVEL.match(reading.folded.text, start, end)
    if found is None:
        return start
    action = cast(Action, next(name for name, said in found.groupdict().items() if said))
    if reading.pending and action == reading.action:
        return start  # "Avec A : - contre-indication avec B": the level said again inside its own restriction
    facts += _left_over(reading)
    reading.action = action
    reading.opened = None
    reading.governed = found.end()
    return found.end()


def _open(reading: _Reading, start: int, end: int, acts: bool) -> list[ManagementFact]:
    """Takes in the restriction a sentence opens with; bullets under one that is still open belong to it.

    A bullet with its own restriction and its own action ("- avec B : surveillance") leaves the bullets before it to
    the level itself; those are returned.
    """
    text = reading.folded.text
    found = condition_at(reading.folded, start, end)
    bullet = text[start : start + 2] == "- "
    own = found is not None and acts and text[start:end].rstrip().endswith((":", ","))
    if reading.opened and reading.pending and (found or bullet) and text[start:end].strip() and not own:
        reading.opened = (reading.opened[0], end)
        return []
    left = _left_over(reading) if own else []
    if found:
        reading.opened = (start, end)
        reading.pending = True
    return left


def _condition(reading: _Reading) -> Condition | None:
    return condition_at(reading.folded, *reading.opened) if reading.opened else None


def _left_over(reading: _Reading) -> list[ManagementFact]:
    """A restriction that no action followed restricts the level itself."""
    condition = _condition(reading)
    if not reading.pending or condition is None or reading.action is None:
        return []
    reading.pending = False
    return [_restriction(reading, reading.action, condition, condition.span)]


def _heads(text: str, start: int, end: int) -> list[_Head]:
    found: list[_Head] = []
    for rule in HEADS:
        for match in rule.pattern.finditer(text, start, end):
            if not any(match.start() < held.end and held.start < match.end() for held in found):
                found.append(_Head(match.start(), match.end(), cast(Action, rule.code), rule.id))
    found.sort(key=lambda head: head.start)
    return _joined(found, text)


def _joined(heads: list[_Head], text: str) -> list[_Head]:
    """Two heads to watch that follow each other are one: "surveillance clinique et contrôle de l'INR"."""
    kept: list[_Head] = []
    for head in heads:
        between = text[kept[-1].end : head.start] if kept else ""
        same = kept and head.action == kept[-1].action == "monitor"
        if (
            same
            and not _APART.search(text[kept[-1].start : head.start])
            and not LEAD.search(between)
            and not codes_in(DELAYED, text[head.start : head.end])
        ):
            continue
        kept.append(head)
    return kept


def _facts_of(reading: _Reading, start: int, end: int, heads: list[_Head]) -> list[ManagementFact]:
    unavoidable = bool(codes_in(UNAVOIDABLE, reading.folded.text[start:end]))
    condition = _condition(reading)
    made = []
    for at, head in enumerate(heads):
        until = heads[at + 1].start if at + 1 < len(heads) else end
        opens = max(start, heads[at - 1].end if at else start)
        made.append(_fact(reading, head, opens, until, condition, unavoidable))
    return [fact for fact in made if fact is not None]


def _fact(
    reading: _Reading, head: _Head, opens: int, until: int, condition: Condition | None, unavoidable: bool
) -> ManagementFact | None:
    text = reading.folded.text
    trailing = LEAD.search(text, head.end, until)
    body = text[head.start : trailing.start() if trailing else until]
    needed = bool(LEAD.search(text, opens, head.start)) or bool(codes_in(DELAYED, body))
    watched = codes_in(MONITORED, body) if head.action == "monitor" else ()
    if head.action == "monitor" and not watched:
        return None
    target = None
    if head.action in _DOSED:
        told = find_target(reading.folded, head.action, (head.start, until), reading.main, reading.plus)
        target = told or (reading.last if says_own_dose(reading.folded, head.start, until) else None)
    reading.last = target or reading.last
    return ManagementFact(
        action=head.action,
        target=target,
        monitor=watched,
        intensity=next(iter(codes_in(INTENSITIES, body)), "") if head.action == "monitor" else "",
        if_needed=needed and head.action not in _SPACED,
        if_possible=bool(POSSIBLE.search(text, max(opens, head.start - 30), until)),
        option=_is_option(text[opens : head.start], text[head.start : until]),
        if_unavoidable=unavoidable,
        when=codes_in(WHEN, body) if head.action not in _SPACED else (),
        lasting=lasting_in(body) if head.action not in _SPACED else None,
        interval=interval_in(body) if head.action in _SPACED else None,
        dose=dose_in(body) if head.action in _DOSED else None,
        population=populations_in(body),
        condition=condition_before(reading.folded, opens, head.start)
        or condition
        or _exception(reading, head.start, until),
        span=reading.folded.span(head.start, max(head.end, until)),
        rule=head.rule,
    )


def _is_option(lead: str, body: str) -> bool:
    """The action is one way among several."""
    return bool(_OR_BEFORE.search(lead)) or body.startswith("ou ") or bool(_OR_AFTER.search(body))


def _exception(reading: _Reading, start: int, end: int) -> Condition | None:
    """ "... sauf en cas d'hypokaliémie", said after the action."""
    found = EXCEPT.search(reading.folded.text, start, end)
    if found is None:
        return None
    span = reading.folded.span(found.start(), found.end())
    return Condition(span, " ".join(span.of(reading.folded.source).split()))


def _restriction(
    reading: _Reading, action: Action, condition: Condition | None, span: Span
) -> ManagementFact:
    """The level's own action, under the words that say for whom, with what or how long it holds."""
    words = fold(span.of(reading.folded.source)).text
    longer = _ALSO_AFTER.match(words) and lasting_in(words)
    return ManagementFact(
        action=action,
        target=None,
        monitor=(),
        intensity="",
        if_needed=False,
        if_possible=False,
        option=False,
        if_unavoidable=False,
        when=("when.during_treatment", "when.after_stopping") if longer else (),
        lasting=lasting_in(words) if longer else None,
        interval=None,
        dose=None,
        population=populations_in(words),
        condition=None if longer else condition,
        span=span,
        rule="management.restriction.1",
    )
