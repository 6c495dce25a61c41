"""Whether the names agree: none is added, and none that narrows the quote is left out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from medrag.answer.proof.amounts import is_bound
from medrag.answer.proof.general import said_alike
from medrag.answer.proof.marks import DRUGLIKE, Named, Piece
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


def names_held(claim: Piece, window: Window) -> Told:
    """Everything named stands in the quote, under this or another of its names."""
    held = ids((*window.all("names"), *window.all("head"), *window.all("opening"), *window.context))
    for name in (*claim.names, *claim.head, *claim.opening):
        if name.ids & held or any(stands(name.written, piece.text) for piece in window.pieces):
            continue
        if not any(alike(name, piece) for piece in window.pieces):
            yield "name", name.written


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
    text = claim.text.replace("-", " ")
    for piece in window.pieces:
        for group in lists_of(piece):
            if group[0].ids <= AGES and aged(claim, window):
                continue
            if group[0].kind == "class" and paired(window) and paired(window) <= said:
                continue
            if not any(name.ids & said or stands(name.written, text) or alike(name, claim) for name in group):
                yield "qualifier_dropped", group[0].written
        for name in piece.opening:
            if not name.ids & said:
                yield "qualifier_dropped", name.written
    if window.needed and not ids(window.needed) & said:
        yield "qualifier_dropped", window.needed[0].written


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
