"""Reads an ANSM mechanism text: what happens to which drug, and what it leads to, each with the rule that read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from medrag_graph.pddi.consequences import CONSEQUENCES, FIRST
from medrag_graph.pddi.facts import Condition, Direction, DrugWord, MechanismFact, MechanismKind
from medrag_graph.pddi.fold import Folded, fold, sentences
from medrag_graph.pddi.matching import Rule, condition_at, condition_before, populations_in
from medrag_graph.pddi.mechanism_rules import DEGREES, GUARDS, PHARMACOLOGY, PharmacologyRule, direction_of
from medrag_graph.pddi.party import DRUG, OF, name_drugs

__all__ = ["read_mechanism"]

#: After an outcome's words: whose effect, toxicity or efficacy it is.
_TAIL: Final = re.compile(
    rf"(?: (?:\w+iques?|\w+-dependants?|graves?|majeurs?|importants?|potentiels?)){{0,2}}"
    rf"(?:,? (?:notamment|en particulier|surtout) [a-z' -]{{3,40}}?,|,)? {OF}{DRUG}"
)
_POSSIBLE: Final = re.compile(
    r"risques?\b|possib|peut\b|peuvent|pouvant|susceptible|eventuel|potentiel|probable"
)
#: Outcomes that belong to a drug rather than to the patient alone.
_OF_A_DRUG: Final = frozenset(
    {
        "outcome.adverse_effects",
        "outcome.toxicity",
        "outcome.reduced_efficacy",
        "outcome.overdose",
        "outcome.treatment_failure",
    }
)
_ITS_OWN: Final = re.compile(r"(?:son|ses|leurs?) metabolite")
_OWN: Final = re.compile(r"(?:de |d')?(?:son|sa|ses|leurs?) [a-z' ]*$")
_RULES: Final[tuple[PharmacologyRule | Rule, ...]] = (*FIRST, *PHARMACOLOGY, *CONSEQUENCES)
#: Longest sentence of nothing but a restriction ("Décrit pour la prednisolone.") that the next one stands under.
_CARRIES: Final = 80
_EFFICACY: Final = re.compile(
    r"[^.;:()]{0,60}?(?P<words>(?: et|,) (?:par consequent )?(?:de |d')?(?:l'|leur |son "
    r"|une )?(?:efficacite|effet therapeutique))"
)
_LEVEL_OF: Final = {
    "lithemie": "lithium",
    "theophyllinemie": "theophylline",
    "digoxinemie": "digoxine",
    "quinidinemie": "quinidine",
    "uricemie": "urique",
}
_CLAUSE: Final = re.compile(r"[,;:(]")


@dataclass(slots=True)
class _Reading:
    """One text while it is read: the drug last named carries over to "son métabolisme"."""

    folded: Folded
    main: str
    plus: str
    last: DrugWord | None = None
    last_metabolite: bool = False
    facts: dict[tuple[object, ...], MechanismFact] = field(default_factory=dict)


def read_mechanism(text: str, main: str, plus: str) -> tuple[MechanismFact, ...]:
    """The facts a mechanism text states, in its order; none where no rule reads it.

    ``text`` is the canonical text of the mechanism, ``main`` and ``plus`` the entry's drugs as the thesaurus writes
    them. Every span counts code points of ``text``.
    """
    folded, scanned = _scan(text)
    reading = _Reading(folded, main, plus)
    carried: Condition | None = None
    for start, end, hits in scanned:
        found = [item for match, rule in hits for item in _facts_of(reading, start, end, match, rule)]
        if not found:
            carried = condition_at(reading.folded, start, end) if end - start <= _CARRIES else None
            continue
        condition = condition_at(reading.folded, start, found[0].start) or carried
        carried = None
        people = populations_in(reading.folded.text[start:end])
        for item in found:
            if not _said_by_outcome(item, found):
                local = condition_before(reading.folded, start, item.start)
                _add(reading, item, local or condition, people)
    return tuple(reading.facts.values())


_Hit = tuple[re.Match[str], PharmacologyRule | Rule]


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: MechanismKind
    direction: Direction
    affected: DrugWord | None
    consequence: str
    degree: str
    possible: bool
    metabolite: bool
    rule: str


def _add(reading: _Reading, item: _Found, condition: Condition | None, people: tuple[str, ...]) -> None:
    key = (item.kind, item.direction, item.affected, item.consequence, item.metabolite, condition)
    reading.facts.setdefault(
        key,
        MechanismFact(
            item.kind,
            item.direction,
            item.affected,
            item.consequence,
            item.degree,
            item.possible,
            item.metabolite,
            people,
            condition,
            reading.folded.span(item.start, item.end),
            item.rule,
        ),
    )


@lru_cache(maxsize=4096)
def _scan(text: str) -> tuple[Folded, tuple[tuple[int, int, list[_Hit]], ...]]:
    """The folded text and what the rules find in each sentence: the same whoever the drugs are, so done once."""
    folded = fold(text)
    return folded, tuple((start, end, _hits(folded.text, start, end)) for start, end in sentences(folded))


def _hits(text: str, start: int, end: int) -> list[_Hit]:
    """What the rules find in one sentence, in its order; a stretch that one rule took is not read by the next."""
    hits: list[_Hit] = []
    taken: list[tuple[int, int]] = []
    for rule in _RULES:
        for match in rule.pattern.finditer(text, start, end):
            head = _head_of(match, rule)
            if not _taken(*head, taken) and not _denied(text, start, match.start(), match.end()):
                hits.append((match, rule))
                taken.append(head)
    return sorted(hits, key=lambda hit: hit[0].start())


def _said_by_outcome(item: _Found, found: list[_Found]) -> bool:
    """ "Majoration de l'effet hypotenseur" names no drug: the hypotension says it all."""
    if item.kind != "effect" or item.affected is not None:
        return False
    return any(other.kind == "outcome" and item.start < other.start < item.end for other in found)


def _head_of(match: re.Match[str], rule: PharmacologyRule | Rule) -> tuple[int, int]:
    """What a match takes for itself. "Majoration de l'effet" leaves "effet sédatif" to the consequences."""
    if isinstance(rule, Rule):
        return match.start(), match.end()
    if (
        rule.kind in {"effect", "additive"}
        and direction_of(match.groupdict().get("verb") or "addition") != "decrease"
    ):
        return match.start(), match.start() + 1
    return match.start(), match.end("head")


def _facts_of(
    reading: _Reading, start: int, end: int, match: re.Match[str], rule: PharmacologyRule | Rule
) -> Iterator[_Found]:
    text = reading.folded.text
    clause = _clause(text, start, match.start())
    if isinstance(rule, Rule):
        drug = _of_outcome(reading, rule.code, match.end(), end)
        possible = bool(_POSSIBLE.search(clause + match[0]))
        yield _Found(
            match.start(), match.end(), "outcome", "increase", drug, rule.code, "", possible, False, rule.id
        )
        return
    drug, metabolite = _drug_of(reading, match, rule)
    direction = rule.direction or direction_of(match.groupdict().get("verb") or "")
    if match.groupdict().get("other"):
        direction = "variable"
    degree = next((code for code, pattern in DEGREES if pattern.search(match["head"])), "")
    possible = bool(_POSSIBLE.search(clause + match["head"]))
    yield _Found(
        match.start(), match.end(), rule.kind, direction, drug, "", degree, possible, metabolite, rule.id
    )
    also = _EFFICACY.match(text, match.end("head"), end)
    if also and rule.kind == "exposure" and direction == "decrease":
        at = (also.start("words"), also.end("words"))
        yield _Found(
            *at,
            "outcome",
            "increase",
            drug,
            "outcome.reduced_efficacy",
            "",
            possible,
            False,
            f"{rule.id}.efficacy",
        )


def _drug_of(reading: _Reading, match: re.Match[str], rule: PharmacologyRule) -> tuple[DrugWord | None, bool]:
    """The drug a match is about: the one it names, or the last one named where it says "son"."""
    groups = match.groupdict()
    metabolite = "metabolite" in match["head"] + (groups.get("drug") or "")
    named: DrugWord | None = None
    if groups.get("drug"):
        named = name_drugs(reading.folded, match.start("drug"), match.end("drug"), reading.main, reading.plus)
    elif groups.get("level"):
        named = _of_level(reading, match)
    elif rule.both:
        return DrugWord("both", ""), False
    if named is None and (groups.get("own") or rule.inherits or _ITS_OWN.match(groups.get("drug") or "")):
        return reading.last, metabolite
    reading.last = named or reading.last
    return named, metabolite


def _of_level(reading: _Reading, match: re.Match[str]) -> DrugWord | None:
    """The drug of a level named in one word: "lithémie" is the lithium's."""
    held = [fold(name).text for name in (reading.main, reading.plus)]
    sides = [_LEVEL_OF[match["level"]] in name for name in held]
    span = reading.folded.span(match.start("level"), match.end("level"))
    if sides == [True, False]:
        return DrugWord("main", span.of(reading.folded.source))
    if sides == [False, True]:
        return DrugWord("plus", span.of(reading.folded.source))
    return None


def _of_outcome(reading: _Reading, code: str, at: int, end: int) -> DrugWord | None:
    tail = _TAIL.match(reading.folded.text, at, end)
    if tail is None:
        if code in _OF_A_DRUG and _OWN.search(reading.folded.text, max(0, at - 34), at):
            return reading.last
        return None
    drug = name_drugs(reading.folded, tail.start("drug"), tail.end("drug"), reading.main, reading.plus)
    if drug is None or (drug.role == "named" and code not in _OF_A_DRUG):
        return None
    reading.last = drug
    return drug


def _clause(text: str, start: int, at: int) -> str:
    """The words of the clause before ``at``."""
    before = text[start:at]
    cuts = [match.end() for match in _CLAUSE.finditer(before)]
    return before[cuts[-1] :] if cuts else before


def _taken(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < held_end and held_start < end for held_start, held_end in spans)


def _denied(text: str, start: int, at: int, to: int) -> bool:
    """True where the words before, or those the sentence goes on with, take the claim back or make it a premise."""
    rest = re.split(r"[.;]", text[to : to + 160], maxsplit=1)[0]
    return any(
        guard.pattern.search(text[start:at] if guard.code == "before" else rest) is not None
        for guard in GUARDS
    )
