"""A turn with its drugs and conditions marked, so that grammar reads places and not names: ``stopped §0§``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from medrag.concepts import Mention
from medrag.dialogue.words import CONDITION_TERMS, CONDITION_THINGS, cue, find_things, main_name
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language

__all__ = [
    "DRUGS",
    "Clause",
    "Marked",
    "Name",
    "asking",
    "clauses_of",
    "mark_turn",
    "marks_in",
    "sentences_of",
]

DRUGLIKE: Final = frozenset(["drug", "class"])
#: One drug or several in a row, as marked.
DRUGS: Final = r"(?:§\d+§&?)+"
JOINT: Final = re.compile(
    r"(§\d+§) ?(?:, ?and |, ?or |,|、|/|\+|&| and | or | plus |和|与|跟|及|以及|还有|或者?|加|,? ?as well as ) ?(?=§)"
)
#: Strength, form and times of day behind a drug: they are no facts of the patient.
FORM: Final = (
    r"缓释|控释|肠溶|分散|泡腾|滴丸|片|胶囊|颗粒|混悬液|混悬滴剂|注射液|口服液|软膏|乳膏|凝胶|栓|tablets?|tabs?|capsules?|caps|"
    r"er|xr|sr|cr|xl|sodium|hydrochloride|sulfate"
)
DOSE: Final = r"\d+(?:\.\d+)? ?(?:mg|mcg|ug|μg|g|ml|units?|iu|毫克|微克|克|毫升|片|粒|单位)(?![a-z])(?: ?/ ?(?:d|day|天|日))?"
TIMES: Final = (
    r"once daily|twice daily|three times (?:a day|daily)|once a day|twice a day|daily|nightly|weekly|bid|tid|qid|qd|od|hs|prn|"
    r"(?:每[日天]|一[日天])[一二三两四1234] ?次"
)
STRENGTH: Final = re.compile(
    rf"(§\d+§)(?: ?(?:{FORM})(?![a-z])| ?(?:{DOSE})| ?(?:{TIMES})(?![a-z])| ?\d+\.\d+(?=[,.;?! ]|$))+"
)
SENTENCE: Final = re.compile(r"(?<!\d)\.|\.(?!\d)|[;?!。;]")
CLAUSE: Final = re.compile(r",|、| but | while | whereas |但是|但|而且|而是")


@dataclass(frozen=True, slots=True)
class Name:
    """A drug or condition as a turn names it. Several ``names``: it can mean any of them."""

    names: tuple[str, ...]
    said: str
    kind: str

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence. ``asks``: it is a question, or a wish to know."""

    text: str
    asks: bool
    #: The sentence it stands in.
    sentence: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The folded turn, and the same with names as §n§ (drugs) and ¤n¤ (conditions)."""

    folded: str
    text: str
    drugs: tuple[Name, ...]
    conditions: tuple[Name, ...]


def mark_turn(text: str, language: Language, listed: Sequence[Mention] = ()) -> Marked:
    """The turn with its names marked."""
    folded = fold_name(text).replace("’", "'")
    parts, at = [], 0
    drugs: list[Name] = []
    conditions: list[Name] = []
    for mention, kind, name in named(find_things(text, language, listed)):
        held = drugs if kind in DRUGLIKE else conditions
        mark = "§" if kind in DRUGLIKE else "¤"
        parts += [folded[at : mention.start], f"{mark}{len(held)}{mark}"]
        held.append(name)
        at = mention.end
    marked = "".join([*parts, folded[at:]])
    joined = JOINT.sub(r"\1&", STRENGTH.sub(r"\1", marked))
    return Marked(folded, JOINT.sub(r"\1&", joined), tuple(drugs), tuple(conditions))


def named(mentions: Sequence[Mention]) -> list[tuple[Mention, str, Name]]:
    """Each place once: as a drug if it can be one, else as a condition."""
    places: dict[tuple[int, int], list[Mention]] = {}
    for mention in mentions:
        places.setdefault((mention.start, mention.end), []).append(mention)
    found = []
    for some in places.values():
        meant = [one for one in some if one.thing.kind in DRUGLIKE] or [one for one in some if condition(one)]
        if meant:
            names = tuple(dict.fromkeys(main_name(one.thing) for one in meant))
            kind = meant[0].thing.kind
            found.append((meant[0], kind, Name(names, meant[0].text, kind)))
    return found


def condition(mention: Mention) -> bool:
    """Child-Pugh classes are names of liver impairment too, but they are values."""
    known = mention.thing.kind in CONDITION_THINGS or mention.thing.id in CONDITION_TERMS
    return known and "child" not in mention.text


def marks_in(text: str, mark: str = "§") -> tuple[int, ...]:
    """The numbers of what is marked in a text, in order."""
    return tuple(int(found) for found in re.findall(f"{mark}(\\d+){mark}", text))


def sentences_of(text: str) -> list[tuple[str, bool]]:
    """(sentence, whether it ends as a question)."""
    found, at = [], 0
    for stop in SENTENCE.finditer(text):
        found.append((text[at : stop.start()].strip(), stop.group() == "?"))
        at = stop.end()
    found.append((text[at:].strip(), False))
    return [(sentence, asks) for sentence, asks in found if sentence]


def clauses_of(text: str) -> list[Clause]:
    """The parts of every sentence; the last of a sentence that ends with a question mark asks."""
    found = []
    for sentence, ends in sentences_of(text):
        parts = [part.strip() for part in CLAUSE.split(sentence) if part.strip()]
        for at, part in enumerate(parts):
            found.append(Clause(part, (ends and at == len(parts) - 1) or asking(part), sentence))
    return found


def asking(part: str) -> bool:
    """Whether a clause is worded as a question: "does she take ...", but not "she does not take ..."."""
    return cue("question").search(part) is not None or cue("opens").match(part) is not None
