"""Makes a turn a question that can be understood alone: what it leaves out stands in the turns before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from medrag.answer.question import LONGEST_QUESTION
from medrag.dialogue.draft import Draft
from medrag.dialogue.marks import clauses_of
from medrag.dialogue.records import Change
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language

__all__ = ["base_question", "patient_of", "stand_alone"]

#: What is left of a turn that only points back, once its drugs and conditions are taken out.
POINTING: Final = re.compile(
    r"(?:what|how|about|and|or|then|if|with|for|instead|is|are|she|he|it|the|patient|in|a|an|would|be|better|safer|alternative|option|"
    r"switch|to|use|try|ok|okay|fine|pregnant|pregnancy|breast ?feeding|first|second|third|trimester|has|have|had|him|her|them|us|we|i|"
    r"should|can|could|please|"
    r"那么?|换成|改成|改用|换|如果|要是|假如|她|他|是|有|怀孕了?|在|哺乳|呢|怎么样|如何|吗|可以|行不行|行|用|吃|孕\S期|妊娠|患者|病人|\W|_)+"
)
BESIDE: Final[Mapping[Language, tuple[str, str, str]]] = {
    "en": (" (", ", ", ")"),
    "fr": (" (", ", ", ")"),
    "zh": ("（", "、", "）"),
}
STATES: Final[Mapping[str, Mapping[Language, str]]] = {
    "pregnant": {"en": "pregnancy", "zh": "妊娠", "fr": "grossesse"},
    "breastfeeding": {"en": "breastfeeding", "zh": "哺乳", "fr": "allaitement"},
}


def base_question(text: str, masked: str, draft: Draft) -> str:
    """The turn's own question; where it has none, or only points back, the last one with its drugs exchanged."""
    last = draft.dialogue.question
    if not last or any(change.kind == "started_anew" for change in draft.changes):
        return text
    if asks_itself(masked):
        return text
    return exchanged(last, draft.changes, draft)


def asks_itself(masked: str) -> bool:
    """Whether some clause is a question with more in it than names and pointing words."""
    for clause in clauses_of(masked):
        bare = re.sub(r"[§¤]\d+[§¤]&?", " ", clause.text)
        if clause.asks and not POINTING.fullmatch(bare):
            return True
    return False


def exchanged(question: str, changes: Iterable[Change], draft: Draft) -> str:
    """The question with each drug that was replaced called by the new one's name."""
    called = {str(slot.value): slot.said for slot in draft.slots}
    before = {str(slot.value): slot.said for slot in draft.dialogue.slots}
    for change in changes:
        if change.kind == "replaced" and change.field == "drugs":
            for name in filter(None, (before.get(str(change.before)), str(change.before))):
                pattern = re.compile(re.escape(name), re.IGNORECASE)
                new = called.get(str(change.value), str(change.value))
                question, done = pattern.subn(lambda _, new=new: new, question)  # type: ignore[misc]
                if done:
                    break
    return question


def stand_alone(base: str, draft: Draft, language: Language) -> str:
    """The question with the drugs, states and conditions it does not name behind it."""
    folded = fold_name(base)
    more = [
        slot.said or str(slot.value)
        for field_name in ("drugs", "conditions")
        for slot in draft.held(field_name)
        if not {fold_name(slot.said or "-"), fold_name(str(slot.value))} & {n for n in named_in(folded, slot)}
    ]
    more += [
        words[language]
        for field_name, words in STATES.items()
        if draft.value(field_name) and not any(fold_name(word) in folded for word in words.values())
    ]
    if not more:
        return base
    opening, between, closing = BESIDE[language]
    whole = base.rstrip() + opening + between.join(more) + closing
    return whole if len(whole) <= LONGEST_QUESTION else base


def named_in(folded: str, slot: Any) -> set[str]:
    """Those of a slot's names that stand in a folded text."""
    return {fold_name(name) for name in (slot.said, str(slot.value)) if name and fold_name(name) in folded}


#: Slots that are no field of the contract's Patient.
NOT_PATIENT: Final = frozenset(["trimester"])


def patient_of(slots: Sequence[Any]) -> dict[str, Any]:
    """The contract's Patient as the slots tell it. Drugs and the rest stand by what they were called."""
    told: dict[str, Any] = {}
    for slot in slots:
        if slot.field in ("drugs", "conditions", "allergies"):
            told.setdefault(slot.field, []).append(slot.said or str(slot.value))
        elif slot.field not in NOT_PATIENT:
            told[slot.field] = slot.value
    return told
