"""Makes a turn a question that can be understood alone: what it leaves out stands in the turns before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from medrag.answer.question import LONGEST_QUESTION
from medrag.dialogue.draft import Draft
from medrag.dialogue.marks import asking, clauses_of
from medrag.dialogue.records import Change, Slot
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language

__all__ = ["base_question", "kept_true", "patient_of", "stand_alone"]

#: What is left of a turn that only points back, once its drugs and conditions are taken out.
POINTING: Final = re.compile(
    r"(?:what|how|about|and|or|then|if|with|for|instead|is|are|she|he|it|the|patient|in|a|an|would|be|better"
    r"|safer|alternative|option|"
    r"switch|to|use|try|ok|okay|fine|pregnant|pregnancy|breast ?feeding|first|second|third|trimester|has|have"
    r"|had|him|her|them|us|we|i|"
    r"should|can|could|please|"
    r"那么?|换成|改成|改用|换|如果|要是|假如|她|他|是|有|怀孕了?|在|哺乳|呢|怎么样|如何|吗|可以|行不行|行|用|吃"
    r"|孕\S期|妊娠|患者|病人|\W|_)+"
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
#: How a question says a state that turned out not to be there.
STATE_WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    "pregnant": re.compile(
        r"(?:\s?(?:in|during|with))?(?: a| the| early| late| first trimester of)? ?(?<![a-z])pregnan(?:cy|t)"
        r"(?: of \d+ weeks)?|孕妇|妊娠期?\d*周?|怀孕的?|孕期",
        re.IGNORECASE,
    ),
    "breastfeeding": re.compile(
        r"(?:\s?(?:while|during|in))?(?: a| the)? ?(?<![a-z])breast-? ?feeding|哺乳期的?|哺乳", re.IGNORECASE
    ),
}
CUT: Final = re.compile(r"(?<=[,，;；?？!！。])|(?<=\.)(?!\d)")
#: What joins a name to the one before it.
JOINING: Final = r"(?:[\s,、]*(?:(?<![a-z])(?:and|with|or)(?![a-z])|和|与|跟|及|以及|、|,|\+)?\s*)"
#: The strength and times of day that go with a name that is left out.
STRENGTH: Final = (
    r"(?:\s?\d+(?:\.\d+)?\s?(?:mg|mcg|ug|μg|g|ml|毫克|片)(?![a-z])"
    r"(?:\s?(?:od|qd|bid|bd|tds|tid|qid|daily)(?![a-z]))?)?"
)


def base_question(text: str, masked: str, draft: Draft) -> str:
    """The turn's own question; where it has none, or only points back, the last one with what has changed changed."""
    last = draft.dialogue.question
    anew = any(change.kind == "started_anew" for change in draft.changes)
    if last and not anew and not asks_itself(masked):
        return kept_true(last, draft)
    return only_question(text)


def only_question(text: str) -> str:
    """The clauses that ask, for what is told beside them is kept in the slots; all of it when none asks."""
    parts = [part for part in CUT.split(text) if part.strip()]
    asked = [
        part
        for part in parts
        if part.rstrip().endswith(("?", "？")) or asking(fold_name(part).strip(" ,.;!。"))
    ]
    return "".join(asked).strip(" ,，") or text


def asks_itself(masked: str) -> bool:
    """Whether some clause is a question with more in it than names and pointing words."""
    for clause in clauses_of(masked):
        bare = re.sub(r"[§¤]\d+[§¤]&?", " ", clause.text)
        if clause.asks and not POINTING.fullmatch(bare):
            return True
    return False


def kept_true(question: str, draft: Draft) -> str:
    """The question without what a turn, or a hand, took back: replaced drugs under the new one's name, corrected numbers."""
    called = {str(slot.value): slot.said for slot in draft.slots}
    before = {str(slot.value): slot.said for slot in draft.dialogue.slots}
    for change in draft.changes:
        if change.field in STATE_WORDS and change.value is False:
            question = STATE_WORDS[change.field].sub("", question)
        elif change.kind == "replaced":
            old = str(change.before)
            question = swapped(
                question, (before.get(old), old), called.get(str(change.value), str(change.value))
            )
        elif change.kind == "removed" and isinstance(change.value, str):
            question = left_out(question, (before.get(change.value), change.value))
        elif change.kind == "corrected":
            question = renumbered(question, change)
    return question if any(char.isalnum() for char in question) else draft.dialogue.question


def swapped(question: str, names: Iterable[str | None], new: str) -> str:
    """The first of the names that stands in the question, exchanged for the new one."""
    for name in filter(None, names):
        changed, done = named(name).subn(lambda _: new, question)
        if done:
            return changed
    return question


def left_out(question: str, names: Iterable[str | None]) -> str:
    """The question without a name and what joins it."""
    for name in filter(None, names):
        question = re.sub(JOINING + re.escape(name) + STRENGTH, "", question, flags=re.IGNORECASE)
    return question.strip()


def renumbered(question: str, change: Change) -> str:
    """The question with a corrected number."""
    old, new = (one["value"] if isinstance(one, dict) else one for one in (change.before, change.value))
    if isinstance(old, bool) or not isinstance(old, float | int) or not isinstance(new, float | int):
        return question
    return re.sub(rf"(?<![\d.]){re.escape(f'{old:g}')}(?![\d.]\d|\d)", f"{new:g}", question)


def named(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(name), re.IGNORECASE)


def stand_alone(base: str, draft: Draft, language: Language) -> str:
    """The question with the drugs, states and conditions it does not name behind it."""
    folded = fold_name(base)
    more = [
        slot.said or str(slot.value)
        for field_name in ("drugs", "conditions")
        for slot in draft.held(field_name)
        if not stands_in(folded, slot)
    ]
    more += [
        words[language]
        for field_name, words in STATES.items()
        if draft.value(field_name) and not STATE_WORDS[field_name].search(base)
    ]
    if not more:
        return base
    opening, between, closing = BESIDE[language]
    whole = base.rstrip() + opening + between.join(more) + closing
    return whole if len(whole) <= LONGEST_QUESTION else base


def stands_in(folded: str, slot: Slot) -> bool:
    """Whether a folded text has one of a slot's names."""
    return any(fold_name(name) in folded for name in (slot.said, str(slot.value)) if name)


#: Slots that are no field of the contract's Patient.
NOT_PATIENT: Final = frozenset(["trimester"])


def patient_of(slots: Sequence[Slot]) -> dict[str, Any]:
    """The contract's Patient as the slots tell it. Drugs and the rest stand by what they were called."""
    told: dict[str, Any] = {}
    for slot in slots:
        if slot.field in ("drugs", "conditions", "allergies"):
            told.setdefault(slot.field, []).append(slot.said or str(slot.value))
        elif slot.field not in NOT_PATIENT:
            told[slot.field] = slot.value
    return told
