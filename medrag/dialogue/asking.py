"""Decides what is asked next: at most two things a turn, what was left unclear first, each with the rule that wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from medrag.dialogue.records import Dialogue, Unclear
from medrag.dialogue.words import table
from medrag.vocabulary import Language

__all__ = ["MOST_ASKED", "Ask", "question_for", "with_asked", "worth_asking"]

#: Questions a turn may put.
MOST_ASKED: Final = 2
#: The house's own rules, by what was unclear; and how they say why they ask.
RULES: Final[Mapping[str, tuple[str, Mapping[Language, str]]]] = {
    "unit": (
        "medrag/value-with-unit",
        {
            "en": "{said} is told without a unit: {candidates}?",
            "zh": "{said}没有单位：{candidates}？",
            "fr": "{said} est donné sans unité : {candidates} ?",
        },
    ),
    "near": (
        "medrag/no-drug-is-guessed",
        {
            "en": "No source names “{said}”. Did you mean {candidates}?",
            "zh": "没有来源收录“{said}”。您是指{candidates}吗？",
            "fr": "Aucune source ne nomme « {said} ». Vouliez-vous dire {candidates} ?",
        },
    ),
    "ambiguous": (
        "medrag/no-drug-is-guessed",
        {
            "en": "“{said}” can mean {candidates}. Which?",
            "zh": "“{said}”可能是{candidates}。是哪一个？",
            "fr": "« {said} » peut désigner {candidates}. Lequel ?",
        },
    ),
    "which_replaced": (
        "medrag/no-drug-is-guessed",
        {
            "en": "Which drug does “{said}” replace: {candidates}?",
            "zh": "“{said}”替换的是哪个药：{candidates}？",
            "fr": "Quel médicament « {said} » remplace-t-il : {candidates} ?",
        },
    ),
    "range": (
        "medrag/possible-values",
        {
            "en": "{said} cannot be in a living person. What is the value?",
            "zh": "{said}不是人体可能的数值。正确的数值是多少？",
            "fr": "{said} est impossible chez un vivant. Quelle est la valeur ?",
        },
    ),
    "contradiction": (
        "medrag/facts-that-exclude",
        {
            "en": "This contradicts the sex told before. Which is right?",
            "zh": "这与之前所说的性别矛盾。哪个是对的？",
            "fr": "Cela contredit le sexe indiqué. Lequel est exact ?",
        },
    ),
    "too_many": (
        "medrag/most-names",
        {
            "en": "“{said}” was not added: the list is full.",
            "zh": "“{said}”未加入：列表已满。",
            "fr": "« {said} » n'a pas été ajouté : la liste est pleine.",
        },
    ),
}
OR: Final[Mapping[Language, str]] = {"en": " or ", "zh": "还是", "fr": " ou "}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the person, why it is put, and the rule that wants the answer."""

    field: str
    question: str
    why: str
    rule: str
    candidates: tuple[str, ...] = ()
    #: Where the rule can be read, as the review gives it; None of the house's own rules.
    citation: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "question": self.question,
            "why": self.why,
            "rule": self.rule,
            "candidates": list(self.candidates),
            "citation": None if self.citation is None else dict(self.citation),
        }


@cache
def wordings() -> dict[str, dict[Language, str]]:
    columns = ("field", "en", "zh", "fr")
    return {
        row["field"]: {"en": row["en"], "zh": row["zh"], "fr": row["fr"]}
        for row in table("questions.csv", columns)
    }


def question_for(field_name: str, language: Language) -> str:
    """The words that ask for a field."""
    return wordings()[field_name][language]


def worth_asking(dialogue: Dialogue, missing: Sequence[Mapping[str, Any]]) -> tuple[Ask, ...]:
    """At most two questions: what the turn left unclear, then what the review's rules want to know, what has not been
    asked just before first. ``missing`` is the review's ``missing_context``."""
    language = dialogue.language
    asked: dict[str, Ask] = {}
    for item in dialogue.unclear:
        asked.setdefault(f"{item.field} {item.said}", of_unclear(item, language))
    wanted = sorted(of_review(dialogue, missing), key=lambda ask: ask.field in dialogue.asked)
    for ask in wanted:
        asked.setdefault(ask.field, ask)
    return tuple(asked.values())[:MOST_ASKED]


def of_unclear(item: Unclear, language: Language) -> Ask:
    rule, words = RULES[item.why]
    said = f"{item.said:g}" if isinstance(item.said, float) else str(item.said)
    why = words[language].format(said=said, candidates=OR[language].join(item.candidates))
    question = question_for(item.field, language) if item.field in wordings() else why
    return Ask(item.field, question, why, rule, item.candidates)


def of_review(dialogue: Dialogue, missing: Sequence[Mapping[str, Any]]) -> Iterator[Ask]:
    """What is not told; conditions are not asked for once some were said not to be there."""
    for item in missing:
        field_name = str(item["field"])
        told = dialogue.value(field_name) is not None or (field_name == "conditions" and dialogue.denied)
        if field_name in wordings() and not told:
            question = question_for(field_name, dialogue.language)
            yield Ask(field_name, question, str(item["why"]), str(item["rule"]), (), item["citation"])


def with_asked(dialogue: Dialogue, asks: Sequence[Ask]) -> Dialogue:
    """The conversation that remembers what it asked."""
    return replace(dialogue, asked=tuple(ask.field for ask in asks))
