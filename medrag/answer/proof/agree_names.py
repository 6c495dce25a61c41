"""Whether the names agree: none is added, and none that narrows the quote is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from medrag.answer.proof.amounts import is_bound
from medrag.answer.proof.general import said_alike
from medrag.answer.proof.marks import DRUGLIKE, Named, Piece
from medrag.answer.proof.naming import proof_linker
from medrag.answer.proof.senses import find_senses
from medrag.answer.proof.stems import stems_of
from medrag.answer.proof.window import Told, Window, ids, offset_of
from medrag.text.normalise import HAN

__all__ = ["names_held", "names_kept"]

#: Kinds of names a statement may not leave out.
#: Groups of people that a bound of age says better.
AGES: Final = frozenset(
    ["term:older adults", "term:children", "term:adults", "term:adolescents", "term:infants"]
)
KEPT: Final = frozenset(["drug", "class", "disease", "population", "lab", "finding", "procedure"])
_LIST = re.compile(
    r"[\s,，、/()]*(?:(?:and/or|and|or|such as|including|e\.?g\.?|like|et|ou|和|与|或|及|以及|如|等|包括)[\s,，、/(]*)*$"
)

#: A list of diseases may hold words of one of them: "bradycardia, or severe shock"; a list of "or" and commas only.
_MODIFIER = rf"(?: ?(?:[a-z]+ ){{0,2}}[{HAN}]{{0,3}})"
_OR = r"(?:,|、|/|\bor\b|\bou\b|或)"
_MODIFIED = re.compile(
    rf"{_LIST.pattern[:-1]}|(?:过敏)?者?[及或]有?|(?:{_MODIFIER}{_OR})+ ?(?:or |ou |或)?{_MODIFIER}"
)


#: Who says so: an answer may name its source as a guideline or a label.
SPEAKERS: Final = frozenset(
    ["guideline", "guidelines", "指南", "label", "说明书", "score", "scores", "评分", "得分"]
)


def names_held(claim: Piece, window: Window) -> Told:
    """Everything named stands in the quote, under this or another of its names."""
    held = ids((*window.all("names"), *window.all("head"), *window.all("opening"), *window.context))
    own = any(name.kind in DRUGLIKE for name in window.all("names"))
    carried = frozenset() if own else window.around
    held |= {
        id for n in window.all("names") for part, rest in parts_of(n) if _IDLE.fullmatch(rest) for id in part
    }
    for name in (*claim.names, *claim.head, *claim.opening):
        if name.ids & held or any(stands(name.written, piece.text) for piece in window.pieces):
            continue
        if (name.ids & carried and name not in claim.names) or name.written in SPEAKERS:
            continue
        if any(part_ids & held and told_by(rest, window.pieces) for part_ids, rest in parts_of(name)):
            continue
        if not any(alike(name, piece) for piece in window.pieces):
            yield "name", name.written


@lru_cache(maxsize=4096)
def parts_of(name: Named) -> tuple[tuple[frozenset[str], str], ...]:
    """The ways a name is made of another name and words beside it: "severe" and "renal impairment". Of drugs none."""
    if name.kind in DRUGLIKE:
        return ()
    text, linker = name.written, proof_linker()
    cuts = (
        at
        for at in range(1, len(text))
        if not text[at - 1 : at + 1].isascii() or " " in text[at - 1 : at + 1]
    )
    halves = [pair for at in cuts for pair in ((text[:at], text[at:]), (text[at:], text[:at]))]
    found = [
        (frozenset(t.id for t in linker.named(half.strip(" -"))), rest.strip(" -")) for half, rest in halves
    ]
    return tuple((ids, rest) for ids, rest in dict.fromkeys(found) if ids - name.ids and rest)


#: Words beside a name that say nothing more.
_IDLE = re.compile(r"(?:期|性|的|类|类药物|药物|治疗|疗法|treatment|therapy|in|of|with|during|tests?)+")


def told_by(rest: str, pieces: Sequence[Piece]) -> bool:
    """Whether clauses say the words beside a name: as a name, as senses or as they are."""
    if _IDLE.fullmatch(rest):
        return True
    named = {thing.id for thing in proof_linker().named(rest)}
    if named & ids(name for piece in pieces for name in (*piece.names, *piece.opening)):
        return True
    text = " ".join(piece.text for piece in pieces)
    senses, words = find_senses(rest), frozenset(id for piece in pieces for id in piece.words())
    if senses and sum(len(s.written) for s in senses) == len(rest.replace(" ", "")):
        return all(s.kind == "neutral" or (s.kind == "word" and {s.id, *s.also} & words) for s in senses)
    return said_alike(rest, text, stems_of(text))


def alike(name: Named, piece: Piece) -> bool:
    """Whether a clause says a name in other words: of no drug, no class and no group of people."""
    if name.kind in DRUGLIKE or name.kind in ("population", "lab"):
        return False
    senses = find_senses(name.written)
    plain = "".join(name.written.split())
    if senses and sum(len("".join(s.written.split())) for s in senses) == len(plain):
        return all(s.kind == "word" and {s.id, *s.also} & piece.words() for s in senses)
    return said_alike(name.written, piece.text, stems_of(piece.text))


def stands(written: str, sentence: str) -> bool:
    """Whether words stand in the quote as they are; of Latin words, whole."""
    latin = written[:1].isascii()
    pattern = rf"(?<![a-z0-9]){re.escape(written)}(?![a-z0-9])" if latin else re.escape(written)
    return re.search(pattern, sentence.replace("-", " ")) is not None


def names_kept(claim: Piece, window: Window) -> Told:
    """No name of the quoted clauses is left out; of names in a list, one is enough."""
    said = ids((*claim.names, *claim.head, *claim.opening))
    said |= {id for name in claim.names for part, rest in parts_of(name) for id in (*part, *named_ids(rest))}
    said |= {"term:lactation"} if _MILK.search(claim.text) else frozenset()
    text = claim.text.replace("-", " ")
    for piece in window.pieces:
        for group in lists_of(piece):
            if group[0].ids <= AGES and aged(claim, window):
                continue
            if any(name.ids & claim.elsewhere_names for name in group) and understood(group[0], piece, claim):
                continue
            if reasoned(group[0], piece, claim) or led(group, piece, said):
                continue
            if group[0].kind == "class" and paired(window) and paired(window) <= said:
                continue
            if not any(
                name.ids & said
                or stands(name.written, text)
                or alike(name, claim)
                or apart(name, said, claim)
                for name in group
            ):
                yield "qualifier_dropped", group[0].written
        for name in piece.opening:
            if not name.ids & said:
                yield "qualifier_dropped", name.written
    if window.needed and not ids(window.needed) & said:
        yield "qualifier_dropped", window.needed[0].written


#: What passes into milk is said of breastfeeding.
_MILK = re.compile(r"breast[ -]?milk|human milk|乳汁|母乳|lait maternel")


def apart(name: Named, said: frozenset[str], claim: Piece) -> bool:
    """Whether the statement says a name in its parts."""
    return any(part & said and told_by(rest, (claim,)) for part, rest in parts_of(name))


def named_ids(words: str) -> frozenset[str]:
    return frozenset(thing.id for thing in proof_linker().named(words))


#: What begins a reason.
_REASON = re.compile(
    r"\b(?:because|since|as (?:it|they|this|these)|due to|owing to|en raison|car)\b"
    r"|因为|由于|(?<=[,，])因(?!此|而)|以防|以免|以避免|以减少"
)


def reasoned(name: Named, piece: Piece, claim: Piece) -> bool:
    """Whether a name stands only in the reason of the quote, and the statement gives none: no drug, no group of people."""
    if name.kind in DRUGLIKE or name.kind == "population" or _REASON.search(claim.text):
        return False
    found = _REASON.search(piece.text)
    return found is not None and name.start - offset_of(piece) > found.start()


def understood(name: Named, piece: Piece, claim: Piece) -> bool:
    """Whether a name that another clause of the statement says is meant in this one: what is tested, where the clause
    tests nothing else; the other drug, where both say that the two are combined."""
    if name.kind in ("lab", "procedure"):
        return not any(other.kind == name.kind for other in claim.names) and "monitor" in claim.words()
    return name.kind in DRUGLIKE and "together" in piece.words() and "together" in claim.elsewhere


def led(group: list[Named], piece: Piece, said: frozenset[str]) -> bool:
    """Whether what the name stands for is told one by one behind it, and said: "dual therapy with aspirin and ..."."""
    if group[0].kind not in ("class", "procedure"):
        return False
    offset = offset_of(piece)
    behind = [name for name in piece.names if name.kind == "drug" and name.start > group[-1].end]
    between = piece.text[group[-1].end - offset : behind[0].start - offset] if behind else ""
    told = re.fullmatch(r"\s*(?:with|using|consisting of|such as|\(|（|[:：]|即|包括|用)\s*", between)
    return told is not None and all(name.ids & said for name in behind)


def paired(window: Window) -> frozenset[str]:
    """The two drugs of the headings: under them "la cephalosporine" is one of the two."""
    drugs = {name.ids for name in window.context if name.kind == "drug"}
    return ids(name for name in window.context if name.kind == "drug") if len(drugs) == 2 else frozenset()


def aged(claim: Piece, window: Window) -> bool:
    """Whether both bound the age, in months."""
    theirs = {amount.key for amount in window.all("amounts") if amount.unit == "month" and is_bound(amount)}
    return bool(theirs & {amount.key for amount in claim.amounts})


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
            listed = _LIST if name.kind in DRUGLIKE else _MODIFIED
            if same and listed.fullmatch(between) and between.strip():
                groups[-1].append(name)
                continue
        groups.append([name])
    return groups
