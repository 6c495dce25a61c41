"""Cuts a sentence into the clauses that say something of their own, and gives each its subject and condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from medrag.answer.proof.amounts import Amount
from medrag.answer.proof.marks import DRUGLIKE, IMPERATIVE, LEADS, Named, Piece, is_dose
from medrag.answer.proof.often import Often
from medrag.answer.proof.senses import Sensed
from medrag.text.normalise import HAN

__all__ = ["Marks", "inherit"]

_WORD = re.compile(r"[a-z0-9α-ω]+(?:'[a-z]+)?|[<>=≤≥≠±%]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_STRONG = re.compile(
    r"[;；。！!？?]|\bbut\b|\bwhereas\b|\bwhile\b|\bhowever\b|\bbecause\b|\bsince\b|\bas(?= (?:it|they|this|these|the combination)\b)|\bwhich\b|(?<=, )so\b(?! that)|\b(?:therefore|hence|thus)\b|但是?|然而|(?<=[,;，；])而(?!且)|(?<=[^可予加足难得所用])以(?=减轻|减少|避免|防|降低|预防|免)|因为|所以|因此|故(?!障)|(?<=[,，])(?:因(?!子|此|而|素|为)|由于)"  # noqa: E501
)
_WEAK = re.compile(r"[,，:：()（）]|\band\b|\bor\b|\bthen\b|并(?!发|非)|且|或|然后|随后")
SEMICOLON: Final = (";", "；", "。")
_REASON = re.compile(r"\s*(?:because|since|由于|因为)")
_BECAUSE = re.compile(r"(?:\bbecause|\bsince|因为|由于|[,，]\s*因|[,，]\s*as)\s*$")
_OR = re.compile(r"(?:\bor\b|或)\s*$")
_TRAILS = re.compile(r"(?:时|者|患者|病人|期间|前|后|情况下|的话)[\s,，]*$")
#: Actions that make a clause of their own.
_STEPS: Final = frozenset(["stop", "start", "interrupt", "restart"])
#: Forms of a drug, said once for every clause.
_FORMS: Final = frozenset(["controlrel", "prolongrel", "solution", "inject", "inhale"])
_SAYING: Final = _STEPS | {
    "common",
    "rare",
    "monitor",
    "affect",
    "interact",
    "inhibit",
    "induce",
    "worsen",
    "fatal",
    "cross",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything found in one sentence."""

    text: str
    left: str
    names: tuple[Named, ...]
    often: tuple[Often, ...]
    amounts: tuple[Amount, ...]
    routes: tuple[Named, ...]
    senses: tuple[Sensed, ...]

    def pieces(self) -> list[Piece]:
        cuts = self.cuts()
        bounds = [0, *cuts, len(self.text)]
        return [self.piece(start, end) for start, end in pairwise(bounds) if start < end]

    def cuts(self) -> list[int]:
        """Where one clause ends and another that says something of its own begins."""
        spans = [(m.start(), m.end(), True) for m in _STRONG.finditer(self.text)]
        spans += [(m.start(), m.end(), False) for m in _WEAK.finditer(self.text)]
        spans = sorted(span for span in spans if not self.inside(span[0]))
        cuts, begin = [], 0
        for at, (_start, end, strong) in enumerate(spans):
            following = behind = spans[at + 1][0] if at + 1 < len(spans) else len(self.text)
            ahead = end
            # Looks past clauses that say nothing of their own, up to the next strong cut.
            while not self.says(ahead, following) and at + 1 < len(spans) and not spans[at + 1][2]:
                at += 1
                if self.belongs(end, spans[at][0]):
                    end = spans[at][1]
                following = spans[at + 1][0] if at + 1 < len(spans) else len(self.text)
            # "不能掰开或咀嚼，应整片吞服": what is joined by "or" ends where the next clause begins.
            alone = ahead == end and following != behind and _OR.search(self.text[begin:end])
            if not alone and self.parts(begin, end, following, strong):
                cuts.append(end)
                begin = end
        return cuts

    def belongs(self, start: int, end: int) -> bool:
        """Whether the words only go on with what stood before: "80 mg, once daily, ..."."""
        names = any(start <= n.start < end for n in self.names)
        timed = any(a.unit == "s" and start <= a.start < end for a in self.amounts)
        return not names and (timed or any(start <= o.start < end for o in self.often))

    def inside(self, at: int) -> bool:
        """Whether a cut would fall inside a name or an amount."""
        taken: tuple[Named | Amount | Often, ...] = (*self.names, *self.amounts, *self.often)
        return any(found.start <= at < found.end for found in taken)

    def says(self, start: int, end: int) -> bool:
        return self.predicates(start, end) or self.dosed(start, end) or self.told(start, end)

    def speaks(self, start: int, end: int) -> bool:
        """Whether the words name something and say something of it."""
        told = any(start <= s.start < end and s.kind != "neutral" for s in self.senses)
        return told and any(start <= n.start < end for n in self.names)

    def told(self, start: int, end: int) -> bool:
        """Whether the words begin with an order: "take it at night"."""
        return IMPERATIVE.match(self.text[start:end].lstrip(" ,，:：;；")) is not None

    def predicates(self, start: int, end: int) -> bool:
        told = (s for s in self.senses if start <= s.start < end)
        limited = any(a.far != (0, 0) and start <= a.start < end for a in self.amounts)
        return limited or any(s.kind in ("force", "direction", "negation") or s.id in _SAYING for s in told)

    def bids(self, start: int, end: int) -> bool:
        """Whether more is said than that something is not: "without a pacemaker or ..." goes on."""
        told = (s for s in self.senses if start <= s.start < end)
        limited = any(a.far != (0, 0) and start <= a.start < end for a in self.amounts)
        return limited or any(s.kind in ("force", "direction") or s.id in _STEPS for s in told)

    def dosed(self, start: int, end: int) -> bool:
        return any(is_dose(a) for a in self.amounts if start <= a.start < end)

    def parts(self, begin: int, cut: int, end: int, strong: bool) -> bool:
        """Whether the clauses before and behind a cut are said apart."""
        front, behind = self.text[begin:cut], self.text[cut:end]
        if front.rstrip()[-1:] in SEMICOLON and self.speaks(begin, cut) and self.speaks(cut, end):
            return True
        if _REASON.match(front) and any(begin <= n.start < cut for n in self.names) and self.says(cut, end):
            return True
        cause = _BECAUSE.search(front) and not behind.startswith(" of ")
        if cause and self.speaks(begin, cut) and self.speaks(cut, end):
            return True
        if strong and IMPERATIVE.search(front) and self.says(cut, end):
            return True
        if not self.says(begin, cut) or not self.says(cut, end):
            return False
        if strong:
            return True
        if LEADS.match(behind) and not self.dosed(cut, end):
            return False
        if (LEADS.match(front) or _TRAILS.search(front.strip(" ,，"))) and "," not in front.strip(" ,，"):
            return self.dosed(begin, cut) and self.dosed(cut, end)
        both = self.predicates(begin, cut) and self.predicates(cut, end)
        if both and _OR.search(front):
            both = self.bids(begin, cut) and self.bids(cut, end)
        return both or (self.dosed(begin, cut) and self.dosed(cut, end))

    def piece(self, start: int, end: int) -> Piece:
        def here(at: int) -> bool:
            return start <= at < end

        left = self.left[start:end]
        unknown = [*_WORD.findall(left), *_HAN_RUN.findall(left)]
        return Piece(
            self.text[start:end],
            tuple(n for n in self.names if here(n.start)),
            tuple(a for a in self.amounts if here(a.start)),
            tuple(o for o in self.often if here(o.start)),
            frozenset(id for r in self.routes if here(r.start) for id in r.ids),
            tuple(s for s in self.senses if here(s.start)),
            tuple(unknown),
        )


#: Kinds of names that tell of whom or in what case something is said.
_CASES: Final = frozenset(["population", "disease", "finding", "lab"])


def subjects(front: list[Named], first: Piece) -> list[Named]:
    """The people a sentence begins with: "肝功能不全患者使用吗啡应减少剂量并延长给药间隔" says both of them."""
    name = first.names[0] if first.names and first.names[0] in front else None
    if name is None or name.kind not in ("population", "disease"):
        return []
    whose = name.kind == "population" or _WHOSE.match(first.text[len(name.written) :])
    return [name] if whose and first.text.startswith(name.written) else []


_WHOSE = re.compile("的?(?:患者|病人|者)")


#: Forces that a further verb shares, and where such a verb begins.
_SHARED: Final = frozenset(["may", "must", "recommend"])
_GOES_ON = re.compile(r"(?:\band|\bor|,|并|且|、|，)\s*$")
_VERB = re.compile(rf"\s*(?:(?:be )?[a-z]+ed\b|[a-z]+(?<!s) |[{HAN}])")
_PARTICIPLE = re.compile(r"[a-z]+ed\.?\s*$")


def carried_force(before: Piece, piece: Piece) -> tuple[Sensed, ...]:
    """The "may" or "should" that a clause shares with the one before: "may reduce ... and worsen ..."."""
    shared = tuple(s for s in before.senses if s.id in _SHARED)
    forces = [s for s in (*before.senses, *piece.senses) if s.kind == "force"]
    if (
        len(shared) != 1
        or len(forces) != 1
        or not _GOES_ON.search(before.text)
        or IMPERATIVE.match(piece.text)
    ):
        return ()
    marks = [*(name.start for name in piece.names), *(sensed.start for sensed in piece.senses)]
    verb = _VERB.match(piece.text) and not any(n.start == min(marks, default=-1) for n in piece.names)
    done = shared[0].id != "may" and _PARTICIPLE.search(piece.text)
    return (
        (replace(shared[0], start=min(marks, default=0), end=min(marks, default=0)),) if verb or done else ()
    )


def inherit(pieces: list[Piece]) -> Iterator[Piece]:
    """Gives each later clause the subject of the sentence, and the condition it opens with."""
    if not pieces:
        return
    first = pieces[0]
    yield first
    told = [s.start for s in first.senses if s.kind in ("force", "direction", "negation")]
    told += [a.start for a in first.doses]
    front = [name for name in first.names if name.start < min(told, default=10**6)]
    head = [name for name in front if name.kind in DRUGLIKE]
    if not head:
        drugs = [name for name in first.names if name.kind in DRUGLIKE]
        head = drugs[:1] if len({name.ids for name in drugs}) == 1 else []
    # "because the combination ..." is said of every drug named before, when it names none itself.
    every = [name for name in first.names if name.kind in DRUGLIKE]
    leads = LEADS.match(first.text) is not None or any(s.kind == "condition" for s in first.senses)
    opening = [name for name in front if name.kind in _CASES] if leads else subjects(front, first)
    lead = tuple(s for s in first.senses if s.id in _FORMS and s.start < min(told, default=0))
    before = first
    for piece in pieces[1:]:
        force = carried_force(before, piece)
        piece = replace(piece, senses=(*force, *piece.senses)) if force else piece
        kinds = {"population", "disease", "lab", *(name.kind for name in opening)}
        own = any(name.kind in kinds for name in piece.names) or (not leads and _BECAUSE.search(before.text))
        yield Piece(
            piece.text, piece.names, piece.amounts, piece.often, piece.routes, piece.senses, piece.unknown,
            tuple(head if any(n.kind in DRUGLIKE for n in piece.names) else every), () if own else tuple(opening), lead,
        )  # fmt: skip
        before = piece
