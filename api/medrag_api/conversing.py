"""Holds a conversation at a door: takes a turn, asks what it comes to, says what was understood and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from medrag.answer.question import Question
from medrag.concepts import Mention, default_linker
from medrag.dialogue.asking import Ask, with_asked, worth_asking
from medrag.dialogue.follow import patient_of
from medrag.dialogue.keeping import Conversations, Kept
from medrag.dialogue.records import Dialogue, Slot, Turn
from medrag.dialogue.turn import edit_slots, take_turn
from medrag.dialogue.words import main_name
from medrag.errors import Unavailable
from medrag.retrieve.names import find_listed
from medrag_api.desk import Desk
from medrag_api.requests import AskRequest
from medrag_graph.interactions import InteractionReport, read_regimen
from medrag_graph.resolve import resolve

__all__ = [
    "NEW",
    "Said",
    "conversation_json",
    "export_json",
    "hear",
    "patient_of",
    "replayed",
    "reply",
    "review_slots",
]

#: The conversation_id that opens one.
NEW: Final = "new"
#: Lists that are told beside a question join those of the conversation.
JOINED: Final = ("drugs", "conditions", "allergies")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A turn that was taken and not yet kept: it is kept when its answer is there, so that a failure loses nothing."""

    kept: Kept | None
    turn: Turn
    owner: str
    #: The contract's Patient without what the question itself names.
    question: Question


def hear(asked: AskRequest, desk: Desk, store: Conversations, owner: str) -> Said:
    """Takes the turn of a request. Raises NotFound (unknown, expired, another's), InputRefused, QuestionRefused."""
    identifier = str(asked.conversation_id)
    kept = None if identifier == NEW else store.get(identifier, owner)
    dialogue = kept.dialogue if kept is not None else Dialogue()
    question = asked.record()
    if question.patient:
        dialogue = told_beside(dialogue, question.patient)
    turn = take_turn(dialogue, asked.question, listed=lister(desk), near=near(desk))
    return Said(kept, turn, owner, as_understood(question, turn))


def replayed(asked: AskRequest, earlier: Sequence[str], desk: Desk) -> Question:
    """The question of a caller who holds the conversation: the person's turns before it are taken again, and nothing is
    kept. Raises InputRefused (too many turns), QuestionRefused (a turn that cannot be read)."""
    question, dialogue = asked.record(), Dialogue()
    listed, offered = lister(desk), near(desk)
    if question.patient:
        dialogue = told_beside(dialogue, question.patient)
    for text in earlier:
        dialogue = take_turn(dialogue, text, listed=listed, near=offered).dialogue
    return as_understood(question, take_turn(dialogue, asked.question, listed=listed, near=offered))


def as_understood(question: Question, turn: Turn) -> Question:
    """What a turn comes to, asked as the request said."""
    patient = unnamed(turn.dialogue.slots, turn.question)
    return Question(
        turn.question, question.answerer, question.as_of, question.filters, question.top_k, patient or None
    )


def told_beside(dialogue: Dialogue, patient: Mapping[str, Any]) -> Dialogue:
    """The conversation with the patient fields sent beside the question; lists grow."""
    told = dict(patient)
    for name in JOINED:
        if told.get(name):
            told[name] = [*(slot.said or slot.value for slot in dialogue.of(name)), *told[name]]
        else:
            told.pop(name, None)
    return edit_slots(dialogue, told)


def lister(desk: Desk) -> Callable[[str], Sequence[Mention]]:
    """Finds brands, salts and new substances that the shelf's name lists know."""
    standing = desk.shelf.standing(None)
    return lambda text: find_listed(standing, text, default_linker(), default_linker().find(text))


def near(desk: Desk) -> Callable[[str], Sequence[str]]:
    """Offers names near to one that no source has; none where the graph cannot be read."""

    def offered(word: str) -> Sequence[str]:
        try:
            found = resolve(desk.graph(), word)
        except Unavailable:
            return ()
        return [] if found.status == "resolved" else [item.name for item in found.candidates]

    return offered


def unnamed(slots: Sequence[Slot], question: str) -> Json:
    """The patient, without the drugs and conditions the question names: each is reviewed once."""
    named = {main_name(mention.thing) for mention in default_linker().find(question)}
    return patient_of(
        [slot for slot in slots if slot.field not in ("drugs", "conditions") or slot.value not in named]
    )


def review_slots(desk: Desk, dialogue: Dialogue) -> InteractionReport | None:
    """The review of what the conversation knows; None while it knows no drug. Raises InputRefused."""
    patient = patient_of(dialogue.slots)
    drugs = patient.pop("drugs", [])
    if not drugs:
        return None
    told = {"drugs": drugs, "conditions": patient.pop("conditions", []), "patient": patient}
    return desk.review(read_regimen(told | {"language": dialogue.language}))


def reply(said: Said, document: Json, desk: Desk, store: Conversations) -> Json:
    """Keeps the turn and gives the answer with its conversation. Raises NotFound, ConversationBusy."""
    missing = missing_of(document, desk, said.turn.dialogue)
    asks = worth_asking(said.turn.dialogue, missing) if document["status"] != "refused" else ()
    kept = said.kept or store.open(said.owner)
    kept = store.put(kept, with_asked(said.turn.dialogue, asks), said.owner)
    return {**document, "conversation": conversation_json(kept, said.turn, asks)}


def missing_of(document: Json, desk: Desk, dialogue: Dialogue) -> Sequence[Mapping[str, Any]]:
    """What the rules want to know: of the answer's own review, or of one made for it."""
    told = document["interactions"]
    if told is None:
        report = review_slots(desk, dialogue)
        told = report.as_json() if report is not None else {"missing_context": []}
    missing: Sequence[Mapping[str, Any]] = told["missing_context"]
    return missing


def conversation_json(kept: Kept, turn: Turn, asks: Sequence[Ask]) -> Json:
    """What an answer says of its conversation."""
    return {
        "id": kept.id,
        "turn": turn.dialogue.turns,
        "question": turn.question,
        "started_anew": turn.started_anew,
        "slots": [slot.as_json() for slot in turn.dialogue.slots],
        "understood": [change.as_json() for change in turn.understood],
        "unclear": [item.as_json() for item in turn.unclear],
        "questions": [ask.as_json() for ask in asks],
        "expires": stamp(kept.expires),
    }


def export_json(kept: Kept, where: str) -> Json:
    """Everything that is kept of a conversation."""
    held = kept.dialogue
    return {
        "id": kept.id,
        "kept": where,
        "expires": stamp(kept.expires),
        "turns": held.turns,
        "language": held.language,
        "question": held.question,
        "slots": [slot.as_json() for slot in held.slots],
        "denied": list(held.denied),
        "unclear": [item.as_json() for item in held.unclear],
        "asked": list(held.asked),
        "log": [{"turn": turn, "changes": [change.as_json() for change in some]} for turn, some in held.log],
    }


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
