"""Compares one clause of a statement with clauses of a quote, mark by mark; whatever is not seen to agree does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from medrag.answer.proof.quantities import Amount, Often
from medrag.answer.proof.read import DRUGLIKE, WITHIN, Named, Piece, is_bound
from medrag.answer.proof.records import Reason

__all__ = ["Difference", "Window", "compare"]

#: Kinds of names a statement may not leave out.
KEPT: Final = frozenset(["drug", "class", "disease", "population", "lab", "finding", "procedure"])
_LIST = re.compile(
    r"[\s,，、/()]*(?:(?:and/or|and|or|such as|including|e\.?g\.?|like|et|ou|和|与|或|及|以及|如|等|包括)[\s,，、/(]*)*$"
)
_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
#: Words next to a drug that make it the one acted upon.
_MEASURE = r"(?:plasma |serum |blood )?(?:levels?|concentrations?|exposure|auc|clearance|effects?|action|efficacy|metabolism|absorption|excretion|elimination)"  # noqa: E501
_OF = re.compile(rf"{_MEASURE}(?: (?:of|to))(?: the)? $")
_BEHIND = re.compile(
    rf"^(?:'s)? {_MEASURE}\b|^的?(?:血药|血浆|血清)?(?:浓度|水平|暴露|作用|疗效|效应|效果|清除|代谢|吸收|排泄|抗凝|auc|含量)"
)
#: What is done or comes about: a statement may not leave it out, or "causes" becomes "is used in".
RELATIONS: Final = frozenset(
    "cause prevent worsen improve stop start interrupt restart monitor interact inhibit affect ineffective impair".split()
)
#: What narrows how something is done or to whom it applies.
NARROWING: Final = frozenset(
    "severe mild moderate active rapid high low long short history bedtime loading maintenance single".split()
)
#: Relations that say another thing when their two sides change places.
SIDED: Final = frozenset(
    "cause inhibit induce worsen prevent risk_factor first_line alternative instead".split()
)
_PASSIVE = re.compile(r"\bby\b|\bdue to\b|\bpar\b|[被由因]")
#: What joins two drugs as "together" does.
_WITH = re.compile(r"\bwith\b|\bavec\b|[与和同]")
#: What a bare filtration rate or clearance is measured in.
CUSTOM: Final = {
    "term:estimated glomerular filtration rate": "l/s/1.73m2",
    "term:glomerular filtration rate": "l/s/1.73m2",
    "term:creatinine clearance": "l/s",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a clause does not follow; ``rank`` says how far the comparison came."""

    reason: Reason
    what: str
    rank: int


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring clauses of one quoted sentence. ``context`` are names from headings, the title and the subject
    before; ``needed`` names of headings that narrow it; ``quoted`` the folded words of the quote itself."""

    pieces: tuple[Piece, ...]
    context: tuple[Named, ...]
    needed: tuple[Named, ...]
    sentence: str
    quoted: frozenset[tuple[Any, ...]] = field(default=frozenset())

    def all(self, what: str) -> list[Any]:
        return [mark for piece in self.pieces for mark in getattr(piece, what)]


def compare(claim: Piece, window: Window) -> Difference | None:
    """None when the clause follows from the window; else the first difference."""
    for rank, check in enumerate(CHECKS):
        for reason, what in check(claim, window):
            return Difference(reason, what, rank)
    return None


Told = Iterator[tuple[Reason, str]]


def ids(names: Iterable[Named]) -> frozenset[str]:
    return frozenset(id for name in names for id in name.ids)


def names_held(claim: Piece, window: Window) -> Told:
    """Everything named stands in the quote, under this or another of its names."""
    held = ids((*window.all("names"), *window.all("head"), *window.all("opening"), *window.context))
    for name in (*claim.names, *claim.head, *claim.opening):
        if not name.ids & held and not any(stands(name.written, piece.text) for piece in window.pieces):
            yield "name", name.written


def stands(written: str, sentence: str) -> bool:
    """Whether words stand in the quote as they are; of Latin words, whole."""
    latin = written[:1].isascii()
    pattern = rf"(?<![a-z0-9]){re.escape(written)}(?![a-z0-9])" if latin else re.escape(written)
    return re.search(pattern, sentence.replace("-", " ")) is not None


def names_kept(claim: Piece, window: Window) -> Told:
    """No name of the quoted clauses is left out; of names in a list, one is enough."""
    said = ids((*claim.names, *claim.head, *claim.opening))
    text = claim.text.replace("-", " ")
    for piece in window.pieces:
        for group in lists_of(piece):
            if not any(name.ids & said or stands(name.written, text) for name in group):
                yield "qualifier_dropped", group[0].written
        for name in piece.opening:
            if not name.ids & said:
                yield "qualifier_dropped", name.written
    if window.needed and not ids(window.needed) & said:
        yield "qualifier_dropped", window.needed[0].written


@lru_cache(maxsize=4096)
def lists_of(piece: Piece) -> list[list[Named]]:
    """The names that may not be left out, those joined as a list together."""
    groups: list[list[Named]] = []
    kept = [name for name in piece.names if name.kind in KEPT]
    offset = offset_of(piece)
    for name in kept:
        if groups:
            between = piece.text[groups[-1][-1].end - offset : name.start - offset]
            same = (groups[-1][-1].kind in DRUGLIKE) == (name.kind in DRUGLIKE)
            same = same and not (name.kind in DRUGLIKE and piece.of_kind("word") & {"together", "interact"})
            if same and _LIST.fullmatch(between) and between.strip():
                groups[-1].append(name)
                continue
        groups.append([name])
    return groups


def offset_of(piece: Piece) -> int:
    """Where the clause begins in its sentence, told by a mark of it."""
    for name in piece.names:
        at = piece.text.replace("-", " ").find(name.written)
        if at >= 0:
            return name.start - at
    return 0


def amounts_held(claim: Piece, window: Window) -> Told:
    """Each amount with its unit and comparison stands in the quote, and no bound or second dose is left out."""
    held: list[Amount] = window.all("amounts")
    keys = {amount.key for amount in held}
    customs = [CUSTOM[id] for id in ids((*claim.names, *claim.head)) if id in CUSTOM]
    mine = set()
    for amount in claim.amounts:
        key = amount.key
        if key not in keys and not amount.unit:
            key = next((k for k in keys if k[2] in customs and same_bare(amount, k)), key)
        if key not in keys:
            yield "number", amount.written
        if key[1:] not in window.quoted:
            yield "number", amount.written
        mine.add(key)
    for amount in held:
        needed = is_bound(amount) or amount.comparison in ("<=", "~") or amount not in doses(window)
        if amount.key not in mine and (needed or claim.doses):
            yield "qualifier_dropped", amount.written
    for times in (True, False):
        said, quoted = sizes(claim.amounts, times), sizes(held, times)
        if len(said) > 1 and (said != [size for size in quoted if size in said] or turned(claim, window)):
            yield "number", "the order of the amounts"


def doses(window: Window) -> list[Amount]:
    return [amount for piece in window.pieces for amount in piece.doses]


def same_bare(amount: Amount, key: tuple[Any, ...]) -> bool:
    """A bare filtration rate is in millilitres a minute."""
    factor = 60000
    return bool(amount.comparison == key[0] and amount.value == key[1] * factor)


def sizes(amounts: Iterable[Amount], times: bool) -> list[Any]:
    """The sizes of amounts as they come, of lengths of time or of all else; bounds may be moved within a clause."""
    return [a.value for a in amounts if not is_bound(a) and (a.unit in ("s", "month")) is times]


def turned(claim: Piece, window: Window) -> bool:
    """Whether the drugs both name come in another order."""
    mine = [name.ids for name in claim.names if name.kind in DRUGLIKE]
    theirs = [name.ids for name in window.all("names") if name.kind in DRUGLIKE]
    shared = [own for own in mine if any(own & other for other in theirs)]
    matched = [
        next(own for own in mine if own & other) for other in theirs if any(own & other for own in mine)
    ]
    return len(shared) > 1 and list(dict.fromkeys(shared)) != list(dict.fromkeys(matched))


def often_held(claim: Piece, window: Window) -> Told:
    """Frequencies are those of the quote; beside a dose none is left out."""
    held: list[Often] = window.all("often")
    for often in claim.often:
        if not any(covers(other, often) for other in held):
            yield "frequency", often.written
    if claim.doses:
        for often in held:
            if not any(covers(often, mine) for mine in claim.often):
                yield "qualifier_dropped", often.written
    mine, theirs = [o.key for o in claim.often if o.n], [o.key for o in held if o.n]
    if len(mine) > 1 and mine != [key for key in theirs if key in mine]:
        yield "frequency", "the order of the frequencies"


def covers(held: Often, said: Often) -> bool:
    """Whether what is held says what is said: "twice a day" also says "a day"."""
    return held.key == said.key or (held.period == said.period and not said.n)


def routes_held(claim: Piece, window: Window) -> Told:
    held = {route for piece in window.pieces for route in piece.routes}
    wide = held | {WITHIN[route] for route in held if route in WITHIN}
    for route in claim.routes:
        if route not in wide:
            yield "route", route.removeprefix("term:")


def forces_agree(claim: Piece, window: Window) -> Told:
    """Said as strongly as quoted; an order without a word of force says "should"."""
    mine, theirs = forces([claim]), forces(window.pieces)
    if mine == theirs:
        return
    free = claim.orders or any(piece.orders for piece in window.pieces) or (claim.doses and doses(window))
    if free and not (mine ^ theirs) - {"recommend"}:
        return
    yield "modality", ", ".join(sorted(mine ^ theirs))


def forces(pieces: Sequence[Piece]) -> frozenset[str]:
    """The forces of clauses: "should be avoided" is to avoid, nothing beside it."""
    found = frozenset(id for piece in pieces for id in piece.of_kind("force"))
    return found - {"recommend"} if len(found) > 1 else found


def negations_agree(claim: Piece, window: Window) -> Told:
    mine = sum(s.kind == "negation" for s in claim.senses) % 2
    theirs = sum(s.kind == "negation" for s in window.all("senses")) % 2
    if mine != theirs or bool(claim.of_kind("negation")) != any(p.of_kind("negation") for p in window.pieces):
        yield "negation", claim.text.strip()
    restricted = frozenset(id for piece in window.pieces for id in piece.of_kind("restrict"))
    if claim.of_kind("restrict") != restricted:
        yield "restriction", ", ".join(sorted(claim.of_kind("restrict") ^ restricted))


def directions_agree(claim: Piece, window: Window) -> Told:
    mine, theirs = directions([claim]), directions(window.pieces)
    if mine != theirs:
        yield "direction", ", ".join(sorted(mine ^ theirs))


def directions(pieces: Sequence[Piece]) -> frozenset[str]:
    """Up or down; to halve is to lower and to double to raise, so the direction beside them says nothing more."""
    found = {id.removeprefix("dose_") for piece in pieces for id in piece.of_kind("direction")}
    words = {id for piece in pieces for id in piece.of_kind("word")}
    if "half" in words:
        found.discard("down")
    if "double" in words:
        found.discard("up")
    return frozenset(found)


def sides_agree(claim: Piece, window: Window) -> Told:
    """What stands on each side of a relation stays there, or changes places with the voice of the verb."""
    for sense in sorted(claim.of_kind("word") & SIDED):
        mine = sides([claim], sense)
        theirs = sides(window.pieces, sense)
        passive = bool(_PASSIVE.search(claim.text)) != any(_PASSIVE.search(p.text) for p in window.pieces)
        crossed = mine[0] & theirs[1] or mine[1] & theirs[0]
        kept = mine[0] & theirs[0] or mine[1] & theirs[1]
        if (kept and not crossed) if passive else crossed:
            yield "roles", claim.text.strip()
        if sense in ("alternative", "instead", "first_line") and not passive and turned(claim, window):
            yield "roles", claim.text.strip()
    if refused(claim) and not any(refused(claim) & refused(piece) for piece in window.pieces):
        yield "negation", claim.text.strip()


def sides(pieces: Sequence[Piece], sense: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names before and behind a relation."""
    before: set[str] = set()
    behind: set[str] = set()
    for piece in pieces:
        at = next((s.start for s in piece.senses if s.id == sense), None)
        if at is None:
            continue
        for name in piece.names:
            (before if name.start < at else behind).update(name.ids)
    return frozenset(before), frozenset(behind)


def refused(piece: Piece) -> frozenset[str]:
    """The names right behind a "not": clopidogrel, not ticagrelor."""
    ends = [sensed.end for sensed in piece.senses if sensed.kind == "negation"]
    return frozenset(
        id for name in piece.names if any(0 <= name.start - end <= 1 for end in ends) for id in name.ids
    )


def roles_agree(claim: Piece, window: Window) -> Told:
    """Of two drugs the one acted upon is the same."""
    drugs = {name.ids for name in claim.names if name.kind in DRUGLIKE}
    if len(drugs) < 2 or not directions([claim]):
        return
    mine, theirs = acted_upon(claim), frozenset(id for piece in window.pieces for id in acted_upon(piece))
    if mine and theirs and not mine & theirs:
        yield "roles", ", ".join(sorted(mine))
    if bool(mine) != bool(theirs):
        first = next(name.ids for name in claim.names if name.kind in DRUGLIKE)
        theirs_first: frozenset[str] = next(
            (n.ids for n in window.all("names") if n.kind in DRUGLIKE), frozenset()
        )
        if not first & theirs_first:
            yield "roles", claim.text.strip()


@lru_cache(maxsize=4096)
def acted_upon(piece: Piece) -> frozenset[str]:
    """The drug whose level, effect or clearance changes."""
    offset = offset_of(piece)
    found: set[str] = set()
    for name in piece.names:
        before, behind = piece.text[: name.start - offset], piece.text[name.end - offset :]
        if name.kind in DRUGLIKE and (_OF.search(before) or _BEHIND.match(behind)):
            found |= name.ids
    return frozenset(found)


def words_held(claim: Piece, window: Window) -> Told:
    """Every other word that says something stands in the quote, itself or in the same sense."""
    held = frozenset(
        id for piece in window.pieces for id in piece.of_kind("word") | piece.of_kind("direction")
    )
    theirs = held
    if claim.doses:
        held |= {"dose"}
    if (
        _WITH.search(window.sentence)
        and len({n.ids for n in (*claim.names, *claim.head) if n.kind in DRUGLIKE}) > 1
    ):
        held |= {"together"}
    mine = claim.of_kind("word")
    for sense in sorted((theirs & (RELATIONS | NARROWING)) - mine):
        yield "word", sense
    stems = stems_of(window.sentence)
    for sensed in claim.senses:
        if sensed.kind == "word" and sensed.id not in held and not own_words(sensed.written, window, stems):
            yield "word", sensed.written
    for word in claim.unknown:
        if not word[:1].isalpha() and not word.isalnum():
            yield "number", word
        if word.isdigit() or not own_words(word, window, stems):
            yield "word", word


def own_words(written: str, window: Window, stems: frozenset[str]) -> bool:
    """Whether the very words stand in the quote."""
    if written[:1].isascii():
        return all(stem_of(word) in stems for word in _LATIN.findall(written))
    return written in window.sentence


def conditions_kept(claim: Piece, window: Window) -> Told:
    """A case the quote is limited to is still there: its condition word, or something of what follows it."""
    for piece in window.pieces:
        for sensed in piece.senses:
            if sensed.kind == "condition" and not claim.of_kind("condition") and not carried(claim, piece):
                yield "qualifier_dropped", sensed.written


def carried(claim: Piece, piece: Piece) -> bool:
    """Whether all the quote names and bounds, and its other words that stand for a case, are in the claim."""
    mine = claim.of_kind("word") | frozenset(claim.unknown)
    theirs = piece.of_kind("word") | frozenset(piece.unknown)
    return theirs <= mine


CHECKS: Final = (
    names_held,
    amounts_held,
    often_held,
    routes_held,
    names_kept,
    negations_agree,
    forces_agree,
    directions_agree,
    roles_agree,
    sides_agree,
    conditions_kept,
    words_held,
)


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    return frozenset(stem_of(word) for word in _LATIN.findall(text))


@lru_cache(maxsize=20000)
def stem_of(word: str) -> str:
    return str(stemmer().stemWord(word))


@cache
def stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
