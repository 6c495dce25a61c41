"""Whether every other word that says something stands in the quote, and none that narrows it is left out."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

from medrag.answer.proof.agree_roles import LEVEL
from medrag.answer.proof.carriers import LIGHT
from medrag.answer.proof.general import AFFIXES, GUARDED, load_general, said_alike
from medrag.answer.proof.marks import DRUGLIKE, Piece
from medrag.answer.proof.numerals import WORDS
from medrag.answer.proof.senses import Sensed, find_senses
from medrag.answer.proof.stems import LATIN, stem_of, stems_of
from medrag.answer.proof.window import Told, Window, offset_of
from medrag.text.normalise import HAN

__all__ = ["conditions_kept", "words_held"]

#: What is done or comes about: a statement may not leave it out, or "causes" becomes "is used in".
RELATIONS: Final = frozenset(
    "cause prevent worsen improve stop start interrupt restart monitor interact inhibit affect ineffective impair".split()
)
#: Relations that say another thing, or its contrary, when they are left out.
TURNING: Final = frozenset(
    "prevent worsen improve stop start interrupt restart ineffective impair monitor separate".split()
)
#: Words behind a name that say only what kind of thing it names.
OF_NAMES: Final = frozenset(["illness", "disorder"])
#: What narrows how something is done or to whom it applies.
NARROWING: Final = frozenset(
    "severe mild moderate active rapid high low long short history bedtime loading maintenance single most_ some_ ifneeded"
    " chronic_ regardless possible stable unstable controlled uncontrolled".split()
)
#: Parts of the body said with one character, which no name is found by.
BODY: Final = {
    "肝": "term:liver", "肾": "term:kidney", "心": "term:heart", "肺": "term:lung", "脑": "term:brain", "胃": "term:stomach",
    "皮": "term:skin", "眼": "term:eye", "骨": "term:bone",
}  # fmt: skip
#: What joins two drugs as "together" does.
_WITH = re.compile(r"\bwith\b|\bavec\b|[与和同]")


#: Tests are made to monitor, and some routes are manners of giving.
TESTS = re.compile(r"\btests?\b|\bexamination|检查")
USED = re.compile(r"用于|\bused (?:in|for)\b|\bindicated\b")
#: "A is recommended over B" is A rather than B; "A followed by B" is B after A.
OVER = re.compile(r"\bover\b(?! (?:the (?:age|course|next)|\d|a period|time|several))")
FOLLOWED = re.compile(r"\bfollowed by\b|\bthen\b|\bsuivie? (?:de|par)\b")
#: Who acts or is spoken of beside the patient: a cardiologist is not said by a heart.
PERSONS: Final = frozenset(["person_", "kin"])
MANNER = re.compile("infusion|injection|bolus")
#: What lasts until a thing is so is done before it is.
#: What is done once a thing is so is done after it.
ONCE: Final = frozenset(["once", "一旦"])
UNTIL: Final = frozenset(["until", "直至", "直到", "jusqu"])


def words_held(claim: Piece, window: Window) -> Told:
    """Every other word that says something stands in the quote, itself or in the same sense."""
    theirs = frozenset(id for p in window.pieces for id in p.of_kind("word") | p.of_kind("direction"))
    held = theirs | frozenset(id for p in window.pieces for id in p.words())
    held |= frozenset(s.id for p in window.pieces for s in p.lead)
    if any(s.kind == "condition" and s.written in UNTIL for p in window.pieces for s in p.senses):
        held |= {"before"}
    if claim.doses or any(id.startswith("dose_") for p in window.pieces for id in p.of_kind("direction")):
        held |= {"dose"}
    if any(piece.of_kind("condition") for piece in window.pieces) or not theirs & {
        "before",
        "after",
        "then_",
    }:
        held |= {"during"}
    held |= {s.id for name in window.all("names") for s in senses_in(name.written)}
    if (
        _WITH.search(window.sentence)
        and len({n.ids for n in (*claim.names, *claim.head) if n.kind in DRUGLIKE}) > 1
    ):
        held |= {"together"}
    if _WITH.search(window.sentence) and "food" in theirs & claim.words():
        held |= {"together"}
    if "后" in claim.text and any(
        s.kind == "condition" and s.written in ONCE for p in window.pieces for s in p.senses
    ):
        held |= {"after"}
    if len({name.ids for name in window.context}) > 1:
        held |= {"together", "cause"}
    lengths = {a.key for a in window.all("amounts") if a.unit in ("s", "month")}
    if any(amount.key in lengths for amount in claim.amounts):
        held |= {"during", "consecutive", "total"}
    if any(name.kind in ("lab", "procedure") and TESTS.search(name.written) for name in window.all("names")):
        held |= {"monitor"}
    if held & {"together", "after"} and any(s.id == "occur" for p in window.pieces for s in p.senses):
        held |= {"cause"}
    if any("/s" in amount.unit for amount in window.all("amounts")):
        held |= {"rate_"}
    if USED.search(window.sentence):
        held |= {"treat"}
    if OVER.search(window.sentence):
        held |= {"instead"}
    if FOLLOWED.search(window.sentence):
        held |= {"after"}
    held |= {"include"}
    for route in (route for piece in window.pieces for route in piece.routes):
        held |= {"infuse" if "infusion" in route else "inject"} if MANNER.search(route) else set()
    if any(LEVEL.match(name.written) for name in window.all("names")):
        held |= {"level"}
    held |= lent_senses(window.heads)
    if treated(claim) and "treat" not in theirs:
        yield "word", "治疗"
    tested = any(name.kind == "lab" for name in claim.names)
    if tested and TREATED.search(claim.text) and not TREATED.search(window.sentence):
        yield "word", "treated"
    for sense in left_out(claim, window):
        yield "word", sense
    for sense in (*repeated(claim, window), *moved(claim, window)):
        yield "word", sense
    how_often = claim.words() & HOW_OFTEN
    if how_often and how_often != theirs & HOW_OFTEN:
        yield "word", sorted(how_often)[0]
    held |= implied(claim, held)
    text = " ".join(piece.text for piece in window.pieces)
    stems, lent = stems_of(text), stems_of(window.heads)
    strange: list[str] = []
    for sensed in claim.senses:
        if (
            sensed.kind != "word"
            or sensed.written in LIGHT
            or ({sensed.id} if sensed.id in PERSONS else {sensed.id, *sensed.also}) & held
            or own_words(sensed.written, text, stems)
        ):
            continue
        if sensed.id in OF_NAMES and any(0 <= sensed.start - name.end <= 1 for name in claim.names):
            continue
        if said_inside(sensed.written, claim.text, text):
            continue
        if sensed.id in GUARDED:
            yield "word", sensed.written
        elif not (said_alike(sensed.written, text, stems) or own_words(sensed.written, window.heads, lent)):
            strange.append(sensed.written)
    parts = {id for piece in window.pieces for name in (*piece.names, *piece.head) for id in name.ids}
    for word in claim.unknown:
        if (
            word in LIGHT
            or word in AFFIXES
            or BODY.get(word) in parts
            or (word in ("amount", "amounts") and "dose" in held)
        ):
            continue
        if not word[:1].isalpha() and not word.isalnum():
            yield "number", word
        if said_inside(word, claim.text, text) or (word in WORDS and counted(WORDS[word], window)):
            continue
        if word.isdigit() and any(name in text for name in re.findall(rf"[a-z]+-{word}(?!\d)", claim.text)):
            continue
        if word.isdigit() or not (
            own_words(word, text, stems)
            or said_alike(word, text, stems)
            or own_words(word, window.heads, lent)
            or (word.isalpha() and said_alike(word, window.heads, lent))
        ):
            strange.append(word)
    yield from (("word", word) for word in strange)


def counted(number: str, window: Window) -> bool:
    """Whether a number word stands in the quote as a bare number."""
    return any(a.value == int(number) and not a.unit and a.comparison == "=" for a in window.all("amounts"))


_RUNS = re.compile(f"[{HAN}]{{2,}}")


@lru_cache(maxsize=8192)
def words_inside(told: str, text: str) -> frozenset[tuple[int, int]]:
    """The spans of the general Chinese words of a clause whose English stands in the quote."""
    table, stems = load_general(), stems_of(text)
    return frozenset(
        (run.start() + at, run.start() + at + long)
        for run in _RUNS.finditer(told)
        for long in (1, 2, 3, 4, 5)
        for at in range(len(run[0]) - long + 1)
        if (long > 1 and run[0][at : at + long] in text)
        or table.english.get(run[0][at : at + long], frozenset()) & stems
    )


def said_inside(written: str, told: str, text: str) -> bool:
    """Whether Chinese words stand, wherever they stand, inside longer words that the quote says: the "量" of "输出量"."""
    if written.isascii():
        return False
    words = words_inside(told, text)
    places = [m.start() for m in re.finditer(re.escape(written), told)]
    return bool(places) and all(
        all(
            told[i] in AFFIXES or any(a <= i < b and (a, b) != (at, at + len(written)) for a, b in words)
            for i in range(at, at + len(written))
        )
        for at in places
    )


#: How often something comes about: one quote may say it of two things.
HOW_OFTEN: Final = frozenset(["common", "rare"])
#: Times that lie apart.
TIMES: Final = frozenset(["before", "after", "during"])
#: Times that a statement may not say more often than the quote: "before ... or after" is not "before ... or before".
ORDERED: Final = ("before", "after", "first", "during")


@lru_cache(maxsize=2048)
def lent_senses(heads: str) -> frozenset[str]:
    """The plain senses of title and headings that carry no relation, degree, time or case."""
    kept = (s.id for s in find_senses(heads) if s.kind == "word")
    return frozenset(kept) - GUARDED - RELATIONS - NARROWING - set(TIMES)


#: "Liver enzymes should be treated" is not said by "during treatment".
TREATED = re.compile(r"\btreated\b(?! with)")
#: "治疗肾功能" treats what the quote checks.
_TREATS = re.compile(r"(?<!经)治疗(?:\d次|一次)?$")


def treated(claim: Piece) -> bool:
    """Whether a test is said to be treated."""
    offset = offset_of(claim)
    return any(n.kind == "lab" and _TREATS.search(claim.text[: n.start - offset]) for n in claim.names)


@lru_cache(maxsize=4096)
def senses_in(written: str) -> tuple[Sensed, ...]:
    """The plain senses inside a name: the "uncomplicated" of "uncomplicated cystitis"."""
    return tuple(s for s in find_senses(written) if s.kind == "word")


def repeated(claim: Piece, window: Window) -> list[str]:
    """The times said more often than quoted."""
    mine = Counter(time_of(s) for s in claim.senses)
    theirs = Counter(time_of(s) for p in window.pieces for s in p.senses)
    return [id for id, count in mine.items() if id in ORDERED and count > max(1, theirs[id])]


def time_of(sensed: Sensed) -> str:
    """The time a word says: "之后" is "after" as well as "afterwards"."""
    return "after" if "after" in sensed.also else sensed.id


def moved(claim: Piece, window: Window) -> list[str]:
    """The times of the quote that the statement puts another in place of: "30 minutes during a meal" for "before". Where
    a length of time or how often is told, each of its times is needed."""
    mine = {time_of(s) for s in claim.senses} & TIMES
    theirs = {time_of(s) for p in window.pieces for s in p.senses} & TIMES
    told = bool(claim.often) or any(amount.unit in ("s", "month") for amount in claim.amounts)
    if any(s.kind == "condition" and s.written in UNTIL for p in window.pieces for s in p.senses):
        theirs |= {"before"}
    gone = (theirs - mine) & ({"before", "after", "during"} if claim.often else {"before", "after"})
    if mine == {"during"} and mine <= theirs:
        return []
    extra = mine - theirs
    return sorted(gone) if gone and (extra or (mine and (told or len(window.pieces) > 1))) else []


def left_out(claim: Piece, window: Window) -> list[str]:
    """Relations and narrowing words of the quote that the statement leaves out. What turns a meaning round never may be;
    a further relation may, where the statement holds another of the quote, or its direction or order."""
    theirs = frozenset(id for p in window.pieces for id in p.of_kind("word"))
    mine = claim.words() | (claim.elsewhere if len(window.pieces) == 1 else frozenset())
    if any(sensed.id == "occur" for sensed in claim.senses):
        mine |= {"cause"}
    comparisons = {amount.comparison for amount in claim.amounts}
    mine |= ({"low"} if {"<", "<="} & comparisons else set()) | (
        {"high"} if {">", ">="} & comparisons else set()
    )
    if claim.often and any(name.kind == "lab" for name in claim.names):
        mine |= {"monitor"}
    mine |= {s.id for name in claim.names for s in senses_in(name.written)}
    if "only" in claim.of_kind("restrict") or (
        "may" in claim.of_kind("force") and "eventuel" in window.sentence
    ):
        mine |= {"ifneeded"}
    told = (
        claim.words() & theirs & RELATIONS or claim.of_kind("direction") or claim.of_kind("force") - {"may"}
    )
    needed = (TURNING if told else RELATIONS) | NARROWING
    needed |= {"swallow"} if mine & {"crush", "chew_"} else frozenset()
    may_be = frozenset(id for p in window.pieces for s in p.senses if s.also & mine for id in (s.id, *s.also))
    return sorted((theirs & needed) - mine - may_be)


def implied(claim: Piece, held: frozenset[str]) -> frozenset[str]:
    """What the words of the quote say besides: a risk is of causing, what comes "then" comes in the order of the names."""
    more: set[str] = set()
    if held & {"risk", "sideeffect"}:
        more.add("cause")
    if "then_" in held:
        more.add("once_")
    if held & {"fast_", "slow_"}:
        more.add("rate_")
    if "after" in held & claim.words():
        more.add("complete")
    if "asap" in held:
        more.add("rapid")
    if held & {"second_", "third_"}:
        more.add("degree")
    if "before" in held & claim.words():
        more.add("start")
    if "high" in held:
        more.add("dose")
    if len({name.ids for name in claim.names if name.kind in DRUGLIKE}) < 2:
        more.add("then_")
    return frozenset(more)


def own_words(written: str, text: str, stems: frozenset[str]) -> bool:
    """Whether the very words stand in the quote."""
    if written[:1].isascii():
        return all(stem_of(word) in stems for word in LATIN.findall(written))
    return written in text


def conditions_kept(claim: Piece, window: Window) -> Told:
    """A case the quote is limited to is still there: its condition word, or something of what follows it."""
    for piece in window.pieces:
        for word in piece.unknown:
            if STAGE.fullmatch(word) and word not in claim.unknown:
                yield "qualifier_dropped", word
        for sensed in piece.senses:
            if sensed.kind == "condition" and not timed(claim) and not carried(claim, piece, sensed):
                yield "qualifier_dropped", sensed.written

            tail = [s.id for s in piece.senses if s.kind == "word" and s.start > sensed.end]
            if sensed.id == "during" and tail and not timed(claim) and not set(tail) & claim.of_kind("word"):
                yield "qualifier_dropped", sensed.written


#: A stage of a disease, as one word.
STAGE = re.compile(r"stage[1-5]")


def timed(claim: Piece) -> bool:
    """Whether the claim names a case or a time itself."""
    return bool(claim.of_kind("condition") or "during" in claim.of_kind("word"))


def carried(claim: Piece, piece: Piece, condition: Sensed) -> bool:
    """Whether the words of the case are in the claim; its names and bounds have been compared before."""
    mine = claim.words()
    if len({name.ids for name in (*claim.names, *claim.head) if name.kind in DRUGLIKE}) > 1:
        mine |= {"together"}
    mine |= claim.elsewhere & {"together"}
    offset = offset_of(piece)
    start, end = span_of(piece.text, condition.start - offset, condition.written)
    theirs = [s for s in piece.senses if s.kind == "word" and start <= s.start - offset < end]
    part, stems = piece.text[start:end], stems_of(claim.text)
    strange = [word for word in piece.unknown if word in part]
    return all({s.id, *s.also} & mine for s in theirs) and all(
        own_words(word, claim.text, stems) or said_alike(word, claim.text, stems) for word in strange
    )


def span_of(text: str, at: int, written: str) -> tuple[int, int]:
    """The words a condition word governs: those before "时", those behind "if", up to a comma."""
    if written in ("时", "的话"):
        return max(text.rfind(mark, 0, at) for mark in ",，;；") + 1, at
    stops = [stop for mark in ",，;；" if (stop := text.find(mark, at)) >= 0]
    return at, min(stops, default=len(text))
