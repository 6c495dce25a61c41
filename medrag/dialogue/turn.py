"""Takes a turn of a conversation: what it tells, corrects and asks, and the question it comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from medrag.answer.question import read_question
from medrag.answer.refuse import refusal_kind
from medrag.concepts import Mention, default_linker
from medrag.dialogue.draft import Draft
from medrag.dialogue.follow import base_question, kept_true, patient_of, stand_alone
from medrag.dialogue.marks import DRUGS, Marked, mark_turn
from medrag.dialogue.people import read_allergies, read_conditions, read_nursing, read_pregnancy, read_sex
from medrag.dialogue.records import LISTS, MOST_TURNS, Change, Dialogue, Role, Turn, Unclear
from medrag.dialogue.regimen import read_regimen
from medrag.dialogue.values import BOUNDS, put_value, read_values
from medrag.dialogue.words import alternatives, cue, main_name
from medrag.errors import InputRefused, Place
from medrag.text.normalise import detect_language, has_han
from medrag.vocabulary import Language

__all__ = ["Lister", "Near", "edit_slots", "take_turn"]

#: Finds drugs that only the shelf's name lists know, with places in the folded text.
Lister = Callable[[str], Sequence[Mention]]
#: Names near to one that is not held, best first: offered, never used.
Near = Callable[[str], Sequence[str]]

#: Names looked up for their neighbours in one turn: each costs some milliseconds.
MOST_LOOKED_UP: Final = 4


def take_turn(
    dialogue: Dialogue, text: str, *, listed: Lister | None = None, near: Near | None = None
) -> Turn:
    """The conversation after a turn. Raises QuestionRefused (empty, too long) and InputRefused (too many turns); the
    conversation is then as it was."""
    if dialogue.turns >= MOST_TURNS:
        raise InputRefused(
            f"a conversation has at most {MOST_TURNS} turns",
            place=Place(field="conversation_id"),
            remedy="Open a new one; GET exports this one",
        )
    said = read_question(text)
    language = language_of(said, dialogue)
    draft = Draft.of(dialogue)
    if refusal_kind(said) is not None:
        return refused(draft, said)
    said, anew = turn_to_another(said, draft)
    marked = mark_turn(said, language, listed(said) if listed is not None else ())
    answered = answer_open(marked, draft)
    if not answered:
        read_all(marked, draft)
        if near is not None:
            find_unknown(marked, draft, near)
    base = base_question(said, marked.text, draft)
    return turned(draft, base, language, anew)


def refused(draft: Draft, said: str) -> Turn:
    """A turn that medrag does not answer: it is asked as it is, so that it is refused, and nothing is read from it."""
    held = replace(
        draft.dialogue, turns=draft.turn, log=(*draft.dialogue.log, (draft.turn, ())), unclear=(), asked=()
    )
    return Turn(held, said, {})


def language_of(text: str, dialogue: Dialogue) -> Language:
    """A turn of numbers and units alone is in the language of the turns before."""
    if dialogue.turns and not has_han(text) and len(re.findall(r"[a-z]{4,}", text.lower())) < 3:
        return dialogue.language
    return detect_language(text)


def turn_to_another(text: str, draft: Draft) -> tuple[str, bool]:
    """What is said of another patient is all that counts from there on."""
    if not draft.dialogue.turns:
        return text, False
    found = re.search(alternatives("other"), text, re.IGNORECASE)
    if found is None:
        return text, False
    draft.clear()
    rest = text[found.end() :].lstrip(" ,，:：.。-")
    return (rest if any(char.isalnum() for char in rest) else text), True


def read_all(marked: Marked, draft: Draft) -> None:
    """Every kind of fact of a turn."""
    text = read_allergies(marked, marked.text, draft)
    read_sex(text, draft)
    read_pregnancy(text, draft)
    read_nursing(text, draft)
    read_conditions(marked, text, draft)
    read_values(text, draft)
    read_regimen(marked, text, draft)


def answer_open(marked: Marked, draft: Draft) -> bool:
    """Takes a turn that is an answer and nothing else: yes or no, or which of the names offered."""
    said = marked.folded.strip(" .。!,")
    yes, no = (re.fullmatch(alternatives(kind), said) is not None for kind in ("yes", "no"))
    offered = [item for item in draft.dialogue.unclear if item.field == "drugs" and item.candidates]
    if offered and (choice := chosen(said, yes, offered[0])):
        draft.add("drugs", choice, choice, offered[0].role or "asked", "answered")
        return True
    flags = [name for name in draft.dialogue.asked if name in ("pregnant", "breastfeeding")]
    if flags and (yes or no):
        draft.put(flags[0], yes, "answered")
        return True
    return False


def chosen(said: str, yes: bool, offer: Unclear) -> str | None:
    """The candidate a person takes: the only one by yes, any by its number."""
    if offer.why == "which_replaced":
        return None
    if yes:
        return offer.candidates[0] if len(offer.candidates) == 1 else None
    number = re.fullmatch(r"(?:第)?([1-5一二三四五])(?:个)?", said)
    if number is None:
        return None
    at = int(number[1]) if number[1].isdigit() else "一二三四五".index(number[1]) + 1
    return offer.candidates[at - 1] if at <= len(offer.candidates) else None


#: Where a drug would stand, and a word stands that is none we know.
STRANGER: Final = re.compile(
    r"(?:(?<![a-z])(?:takes?|taking|on|add|adding|to|about|and|with|stopped|give|using|use|for|or|prescribed)"
    r" (?:the |some |an? |his |her )?(?P<w>[a-z]{5,24}))"
    r"|(?:服用|在吃|吃着|正在用|在用|换成|改用|改成|加用|再加|停用|加|吃|用)(?P<h>[\u4e00-\u9fff]{2,8}?)(?=[,。?!吗呢和与跟能可会有]|$)"
    r"|(?<=[\u4e00-\u9fff])(?P<l>[a-z]{5,24})(?![a-z])"
)


def find_unknown(marked: Marked, draft: Draft, near: Near) -> None:
    """Words in the place of a drug that no source names, where names near to them are held: offered for choice."""
    looked = 0
    for match in STRANGER.finditer(re.sub(DRUGS, " § ", marked.text)):
        word = match["w"] or match["h"] or match["l"]
        if looked >= MOST_LOOKED_UP or default_linker().named(word):
            continue
        looked += 1
        if candidates := tuple(near(word))[:5]:
            role: Role = "asked" if cue("question").search(marked.text) else "taken"
            draft.unclear.append(Unclear("drugs", "near", word, candidates, role))


def turned(draft: Draft, base: str, language: Language, anew: bool) -> Turn:
    """The turn as it is handed on."""
    changes = tuple(draft.changes)
    dialogue = Dialogue(
        draft.turn,
        tuple(draft.slots),
        base,
        tuple(draft.denied),
        language,
        (*draft.dialogue.log, (draft.turn, changes)),
        tuple(draft.unclear),
    )
    patient = patient_of(dialogue.slots)
    return Turn(
        dialogue,
        stand_alone(base, draft, language),
        patient,
        changes,
        tuple(draft.unclear),
        anew,
        tuple(patient.get("drugs", ())),
        tuple(patient.get("conditions", ())),
    )


def edit_slots(dialogue: Dialogue, told: dict[str, Any]) -> Dialogue:
    """The conversation with slots written by hand: a value, a whole list, or None to forget. Raises InputRefused."""
    draft = Draft.of(dialogue)
    for field_name, value in told.items():
        if field_name in LISTS:
            edit_list(draft, field_name, value or [])
        elif value is None:
            draft.drop(field_name)
        else:
            before = len(draft.unclear)
            put_value(field_name, float(value) if field_name in BOUNDS else value, draft)
            if len(draft.unclear) > before:
                raise InputRefused("the value cannot be", place=Place(field=field_name))
    edited = tuple(
        replace(slot, turn=0, how="edited") if slot not in dialogue.slots else slot for slot in draft.slots
    )
    changes: tuple[Change, ...] = tuple(draft.changes)
    # Asked again, the last question must not tell anew what was just taken back.
    question = kept_true(dialogue.question, draft)
    log = (*dialogue.log, (0, changes))
    return replace(dialogue, slots=edited, question=question, denied=tuple(draft.denied), log=log)


def edit_list(draft: Draft, field_name: str, names: Sequence[str]) -> None:
    """Makes a list hold exactly these names."""
    meant = {english(name, field_name): name for name in names}
    draft.remove(field_name, [name for name in draft.names(field_name) if name not in meant])
    for name, said in meant.items():
        draft.add(field_name, name, said, "taken" if field_name == "drugs" else "", "edited")


def english(name: str, field_name: str) -> str:
    """The main name of what is written, where it names one thing; else as it is written."""
    kinds = ("drug", "class") if field_name != "conditions" else ("disease", "term")
    known = {
        main_name(thing)
        for thing in default_linker().named(name)
        if thing.kind in kinds or (field_name == "conditions" and thing.id.startswith("term:"))
    }
    return known.pop() if len(known) == 1 else name.strip()
