"""Says facts as sentences of our own in English, Chinese and French; every number in them is one the facts copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from medrag.records import Span
from medrag.vocabulary import Language
from medrag_graph.pddi.facts import Condition, DrugWord, ManagementFact, MechanismFact
from medrag_graph.pddi.fold import fold
from medrag_graph.pddi.labels import class_word, label
from medrag_graph.pddi.matching import populations_in
from medrag_graph.pddi.phrases import (
    ACTIONS,
    AND,
    CASES,
    DRUGS,
    EVENTS,
    FRAMES,
    JOINS,
    STOPS,
)
from medrag_graph.pddi.quantity_words import say_dose, say_time

__all__ = ["Said", "Speaker", "render_management", "render_mechanism"]

#: Longest condition that is quoted inside a sentence; a longer one is left to the quote beside it.
_QUOTED = 240


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, and where the French it renders stands."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is spoken to: the language, the pair's names in it, and names for other drugs by the text's own word."""

    language: Language
    main: str
    plus: str
    named: Mapping[str, str] = field(default_factory=dict)

    def drug(self, word: DrugWord | None) -> str:
        """The name of a drug; a word that is neither of the pair is quoted as the source has it."""
        if word is None:
            return DRUGS[self.language]["none"]
        if word.role in {"main", "plus"}:
            return self.main if word.role == "main" else self.plus
        if word.role == "both":
            return DRUGS[self.language]["both"]
        known = self.named.get(word.words) or class_word(word.words, self.language)
        return known or DRUGS[self.language]["named"].format(words=word.words)

    def listed(self, items: Sequence[str]) -> str:
        """A list with the language's comma and "and"."""
        kept = list(dict.fromkeys(items))
        comma, last = AND[self.language]
        return last.join((comma.join(kept[:-1]), kept[-1])) if len(kept) > 1 else kept[0]


def render_mechanism(facts: Sequence[MechanismFact], speaker: Speaker) -> tuple[Said, ...]:
    """Sentences in the facts' order: what happens to each drug, then the risks, one sentence for each restriction."""
    said: list[Said] = []
    for condition in dict.fromkeys(fact.condition for fact in facts):
        held = [fact for fact in facts if fact.condition == condition]
        said += _in_case(_mechanism(held, speaker), condition, speaker)
    return tuple(said)


def _mechanism(facts: Sequence[MechanismFact], speaker: Speaker) -> list[Said]:
    said = []
    happens = [fact for fact in facts if fact.kind != "outcome"]
    for drug in dict.fromkeys(_who(fact.affected) for fact in happens):
        about = [fact for fact in happens if _who(fact.affected) == drug]
        said.append(_sentence([_event(fact, speaker) for fact in about], about, speaker))
    outcomes = [fact for fact in facts if fact.kind == "outcome" and fact.consequence != "outcome.fatal"]
    for drug in dict.fromkeys(_who(fact.affected) for fact in outcomes):
        about = [fact for fact in outcomes if _who(fact.affected) == drug]
        said.append(Said(_risk(about, about[0].affected, speaker), tuple(fact.span for fact in about)))
    fatal = [fact for fact in facts if fact.consequence == "outcome.fatal"]
    if fatal:
        said.append(Said(FRAMES["fatal"][speaker.language], tuple(fact.span for fact in fatal)))
    return said + _people(facts, speaker)


def _who(drug: DrugWord | None) -> tuple[str, str]:
    """A drug of the pair is the same whatever the text calls it."""
    return ("", "") if drug is None else (drug.role, drug.words if drug.role == "named" else "")


def _people(facts: Sequence[MechanismFact] | Sequence[ManagementFact], speaker: Speaker) -> list[Said]:
    told = {
        code for fact in facts if fact.condition for code in populations_in(fold(fact.condition.words).text)
    }
    codes = list(dict.fromkeys(code for fact in facts for code in fact.population if code not in told))
    if not codes:
        return []
    who = speaker.listed([label(code, speaker.language) for code in codes])
    spans = tuple(fact.span for fact in facts if fact.population)
    return [Said(FRAMES["people"][speaker.language].format(who=who), spans)]


def _event(fact: MechanismFact, speaker: Speaker) -> str:
    language = speaker.language
    kind = (
        f"{fact.kind}_metabolite"
        if fact.metabolite and fact.kind in {"exposure", "metabolism"}
        else fact.kind
    )
    frame = EVENTS[kind, fact.direction][language]
    how = label(fact.degree, language) if fact.degree and fact.kind == "exposure" else ""
    fold = fact.degree.endswith("fold")
    return frame.format(
        drug=speaker.drug(fact.affected),
        may=FRAMES["may"][language] if fact.possible else "",
        how=FRAMES["how"][language].format(how=how) if how and not fold else "",
        fold=FRAMES["fold"][language].format(how=how) if how and fold else "",
    )


def _sentence(clauses: Sequence[str], facts: Sequence[MechanismFact], speaker: Speaker) -> Said:
    text = JOINS[speaker.language].join(dict.fromkeys(clauses))
    return Said(text[:1].upper() + text[1:] + STOPS[speaker.language], tuple(fact.span for fact in facts))


def _risk(facts: Sequence[MechanismFact], drug: DrugWord | None, speaker: Speaker) -> str:
    risks = speaker.listed([label(fact.consequence, speaker.language) for fact in facts])
    frame = FRAMES["risk" if drug is None else "risk_of"][speaker.language]
    return frame.format(risks=risks, drug=speaker.drug(drug) if drug else "")


def render_management(facts: Sequence[ManagementFact], speaker: Speaker) -> tuple[Said, ...]:
    """One sentence for each fact, in the text's order, then whom it is about."""
    said: list[Said] = []
    for condition in dict.fromkeys(fact.condition for fact in facts):
        held = [fact for fact in facts if fact.condition == condition]
        sentences = _once(
            [_together(some, speaker) for _, some in groupby(held, key=lambda fact: fact.if_unavoidable)]
        )
        said += _in_case(sentences + _people(held, speaker), condition, speaker)
    return tuple(said)


def _together(facts: Iterable[ManagementFact], speaker: Speaker) -> Said:
    """Actions that hold alike in one sentence; "if it cannot be avoided" is said once."""
    held = list(facts)
    language = speaker.language
    clauses = list(dict.fromkeys(_action(fact, speaker) for fact in held))
    lead = FRAMES["if_unavoidable"][language] if held[0].if_unavoidable else ""
    lower = [_lower(clause, language) for clause in clauses]
    text = lead + JOINS[language].join([lower[0] if lead else clauses[0], *lower[1:]])
    return Said(text + STOPS[language], tuple(fact.span for fact in held))


def _once(said: Sequence[Said]) -> list[Said]:
    spans: dict[str, tuple[Span, ...]] = {}
    for item in said:
        spans[item.text] = (*spans.get(item.text, ()), *item.spans)
    return [Said(text, held) for text, held in spans.items()]


def _action(fact: ManagementFact, speaker: Speaker) -> str:
    language = speaker.language
    key = fact.action if fact.target is None else f"{fact.action}_of"
    frame = ACTIONS.get(key, ACTIONS[fact.action])[language]
    text = frame.format(
        drug=speaker.drug(fact.target),
        what=_watched(fact, speaker),
        how=FRAMES["closely"][language].format(how=label(fact.intensity, language)) if fact.intensity else "",
        when=_when(fact, speaker),
        dose=FRAMES["dose"][language].format(dose=say_dose(fact.dose, language)) if fact.dose else "",
        apart=_apart(fact, language),
    )
    for flag, frame in (
        (fact.if_possible and fact.interval is None, "if_possible"),
        (fact.if_needed, "if_needed"),
        (fact.option, "option"),
    ):
        text = FRAMES[frame][language] + _lower(text, language) if flag else text
    return text


def _apart(fact: ManagementFact, language: Language) -> str:
    """How far apart; "si possible" qualifies the interval, not the need for one."""
    if fact.interval is None:
        return FRAMES["apart"][language]
    said = say_time(fact.interval, language)
    return FRAMES["apart_if_possible"][language].format(apart=said) if fact.if_possible else said


def _lower(text: str, language: Language) -> str:
    return text if language == "zh" else text[:1].lower() + text[1:]


def _watched(fact: ManagementFact, speaker: Speaker) -> str:
    if not fact.monitor:
        return ""
    items = []
    for code in fact.monitor:
        if code == "monitor.drug_level" and fact.target:
            items.append(FRAMES["level_of"][speaker.language].format(drug=speaker.drug(fact.target)))
        else:
            items.append(label(code, speaker.language))
    return speaker.listed(items)


def _when(fact: ManagementFact, speaker: Speaker) -> str:
    language = speaker.language
    parts = []
    for code in fact.when:
        if code == "when.after_stopping" and fact.lasting:
            parts.append(FRAMES["lasting"][language].format(time=say_time(fact.lasting, language)))
        else:
            parts.append(label(code, language))
    if not parts:
        return ""
    return FRAMES["when"][language].format(when=speaker.listed(parts))


def _in_case(said: Sequence[Said], condition: Condition | None, speaker: Speaker) -> list[Said]:
    """Sentences that hold under a restriction become one that says so, in the source's own words where they are short."""
    if condition is None:
        return list(said)
    language = speaker.language
    frame = CASES["short" if len(condition.words) <= _QUOTED else "long"][language]
    clauses = [_lower(item.text, language).removesuffix(STOPS[language]) for item in said]
    text = frame.format(words=condition.words) + JOINS[language].join(clauses) + STOPS[language]
    return [Said(text, (condition.span, *(span for item in said for span in item.spans)))]
