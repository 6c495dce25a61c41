"""Reads a text into marks that can be compared across languages: names, amounts, frequencies, routes, senses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from medrag.answer.proof.quantities import Amount, Often, read_amounts, read_often, spell_out
from medrag.answer.proof.senses import Sensed, find_senses
from medrag.concepts import Linker, Mention, lexicon_things
from medrag.text.normalise import HAN, fold_name, to_simplified
from medrag.text.sentences import split_sentences

__all__ = ["DRUGLIKE", "Named", "Piece", "Reading", "proof_linker", "read_sentence", "read_text"]

DRUGLIKE: Final = frozenset(["drug", "class"])
#: Kinds of names that carry a fact by themselves; the rest is read as routes or senses.
HARD: Final = frozenset(
    ["drug", "class", "disease", "population", "lab", "finding", "procedure", "anatomy", "other"]
)
#: Rows of the term table that the senses or the amounts read instead.
LEFT: Final = frozenset(
    f"term:{name}"
    for name in (
        "milligram|microgram|milliliter|international units|millimoles per liter|millimeters of mercury"
        "|per kilogram of body weight|patient|threshold|reference range|risk factor|treatment|symptoms|prescription"
        "|clinician|adults only|bleeding risk|pain control|control|high risk|low risk|intermediate risk|very high risk"
        "|drug therapy|pharmacotherapy|drug plasma concentration|enzyme inhibitor|enzyme inducer|pathogen|men|women|medical history"  # noqa: E501
        "|etiology|diet|alcohol consumption|food effect|prophylaxis|preventive treatment|milk"
    ).split("|")
)
#: Foods that act as drugs do; the term table has them among actions.
FOODS: Final = frozenset(["term:grapefruit juice", "term:St. John's wort", "term:milk"])
#: Two rows of the table that say one thing in a statement.
ONE: Final = {
    "term:pregnant women": "term:pregnancy",
    "term:breastfeeding women": "term:lactation",
    "term:dialysis patients": "term:dialysis",
    "term:anticoagulant therapy": "class:anticoagulants",
    "term:insulin therapy": "class:insulins",
}
#: A route that is a manner of another.
WITHIN: Final = {
    "term:intravenous infusion": "term:intravenous",
    "term:intravenous bolus": "term:intravenous",
    "term:oral solution": "term:oral",
}
ROUTES: Final = frozenset(
    f"term:{name}"
    for name in (
        "oral|intravenous|intravenous infusion|intravenous bolus|subcutaneous injection|intramuscular injection|inhalation"
        "|topical|rectal|vaginal|sublingual|intrathecal|intranasal|ophthalmic|otic|transdermal patch|nebulization"
        "|intra-articular injection|intravitreal injection|nasogastric tube"
    ).split("|")
)
_MARKS = re.compile("[\u0300-\u036f]+")
_GAPS = re.compile("[\\s\u00ad\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d\u200b\u2060\ufeff-]+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DOTTED = re.compile(r"\b([a-z])\.\s?([a-z])\.(?:\s?([a-z])\.)?(?=[\s,;)]|$)", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9α-ω]+(?:'[a-z]+)?|[<>=≤≥≠±%]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_STRONG = re.compile(
    r"[;；。！!？?]|\bbut\b|\bwhereas\b|\bwhile\b|\bhowever\b|\bbecause\b|\bsince\b|\bas (?:it|they|this|these|the combination)\b|\bwhich\b|但是?|然而|(?<=[,;，；])而(?!且)|因为|(?<=[,，])(?:因(?!子|此|而|素|为)|由于)"  # noqa: E501
)
_WEAK = re.compile(r"[,，:：]|\band\b|\bor\b|\bthen\b|并(?!发|非)|且|或|然后|随后")
DOSE_UNITS: Final = frozenset(
    "g l iu meq mol tablet capsule drop puff ampoule sachet dose g/body kg iu/body kg g/s l/s g/m2 mol/body kg ml/body kg"
    " l/body kg g/body kg/s iu/s iu/body kg/s".split(" ")
) | {"g/body kg", "iu/body kg", "l/body kg", "mol/body kg", "g/body kg/s", "iu/body kg/s"}
_LEADS = re.compile(
    r"[\s(]*(?:in|for|among|during|with|on|if|when|whenever|once|after|before|若|如|当|对于?|一旦|在)"
)
_TRAILS = re.compile(r"(?:时|者|患者|病人|期间|前|后|情况下|的话)[\s,，]*$")
_IMPERATIVE = re.compile(
    r"(?:^|[,;:，；]\s?|\bthen |\band |\bor )(?:use|take|give|administer|monitor|check|measure|reduce|lower|decrease"
    r"|increase|raise|stop|discontinue|start|begin|initiate|adjust|withhold|hold|restart|resume|titrate|taper|halve"
    r"|double|swallow|separate|repeat|limit|switch|test|keep|treat|add|inject|infuse|interrupt|suspend|replace|wait"
    r"|continue|maintain|choose|assess|review|watch|observe|withdraw|cut|follow|prescribe)\b"
)
_ACTIONS: Final = frozenset(
    "stop interrupt start restart monitor adjust titrate separate swallow repeat half double".split()
)


#: Actions that make a clause of their own.
_STEPS: Final = frozenset(["stop", "start", "interrupt", "restart"])


@dataclass(frozen=True, slots=True)
class Named:
    """A name found: every thing it may stand for."""

    ids: frozenset[str]
    kind: str
    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause with what stands in it. Offsets count in the folded sentence."""

    text: str
    names: tuple[Named, ...]
    amounts: tuple[Amount, ...]
    often: tuple[Often, ...]
    routes: frozenset[str]
    senses: tuple[Sensed, ...]
    unknown: tuple[str, ...]
    #: Names the clause is said of and does not repeat.
    head: tuple[Named, ...] = ()
    #: Names of the condition the sentence opens with, when the clause has none of its own.
    opening: tuple[Named, ...] = ()

    def of_kind(self, kind: str) -> frozenset[str]:
        return frozenset(sensed.id for sensed in self.senses if sensed.kind == kind)

    @property
    def doses(self) -> tuple[Amount, ...]:
        return tuple(amount for amount in self.amounts if amount.unit in DOSE_UNITS and not is_bound(amount))

    @property
    def orders(self) -> bool:
        """Whether the clause tells what to do without a word that says how strongly."""
        if self.of_kind("force"):
            return False
        actions = self.of_kind("word") & _ACTIONS or self.of_kind("direction")
        return bool(_IMPERATIVE.search(self.text) or (actions and _HAN_RUN.search(self.text)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as its clauses, in order, with its folded words."""

    text: str
    pieces: tuple[Piece, ...]


@cache
def proof_linker() -> Linker:
    """Over the names a proof compares as names: what senses and amounts read would hide names inside it."""
    return Linker(
        thing
        for thing in lexicon_things()
        if thing.id in ROUTES or thing.id in FOODS or (thing.kind in HARD and thing.id not in LEFT)
    )


def is_bound(amount: Amount) -> bool:
    return amount.comparison in ("<", ">", ">=")


def fold(text: str) -> str:
    """Folded as names are, but with hyphens kept: one character of it for each of `fold_name`'s."""
    text = text.replace("'s", "").replace("’s", "")
    folded = text
    for _ in range(3):
        wide = to_simplified(unicodedata.normalize("NFKC", folded)).casefold()
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", wide)).casefold()
        folded = unicodedata.normalize("NFKC", bare)
    return _GAPS.sub(lambda m: "-" if m[0].strip() else " ", folded).strip(" -")


def prepare(text: str) -> str:
    """The text with raised digits, dotted abbreviations and spelled numbers written plainly; names keep their case."""
    text = _RAISED.sub(
        lambda m: "^" + unicodedata.normalize("NFKC", m[0]) if m[0] not in "²³" else m[0], text
    )
    text = _DOTTED.sub(lambda m: "".join(part for part in m.groups() if part), text)
    return spell_out(text)


def read_text(text: str, linker: Linker) -> tuple[Reading, ...]:
    """Every sentence of a text. Raises ValueError where folding moves offsets or a number cannot be read.

    A sentence that names no drug is about the one named last.
    """
    readings: list[Reading] = []
    subject: tuple[Named, ...] = ()
    for span in split_sentences(text):
        reading = read_sentence(span.of(text), linker)
        drugs = [name for piece in reading.pieces for name in piece.names if name.kind in DRUGLIKE]
        readings.append(reading if drugs else carried(reading, subject))
        subject = (drugs[0],) if drugs else subject
    return tuple(readings)


def carried(reading: Reading, subject: tuple[Named, ...]) -> Reading:
    """The sentence with the subject of the one before."""
    pieces = tuple(replace(piece, head=(*subject, *piece.head)) for piece in reading.pieces)
    return Reading(reading.text, pieces)


@lru_cache(maxsize=4096)
def read_sentence(text: str, linker: Linker) -> Reading:
    """One sentence, read once however often it is quoted."""
    prepared = prepare(text).strip(" -\t\n")
    folded = fold(prepared)
    mentions = linker.find(prepared.replace("'s", "").replace("’s", ""))
    if len(fold_name(folded)) != len(folded):
        raise ValueError(text)
    masked = list(folded)
    names = take(hard_names(mentions), masked)
    often = []
    for found in read_often("".join(masked)):
        often.append(found)
        blank(masked, found.start, found.end)
    amounts = []
    for amount in read_amounts("".join(masked)):
        amounts.append(amount)
        blank(masked, amount.start, amount.end)
        blank(masked, *amount.far)
    routes = take(soft_names(mentions, masked), masked)
    senses = find_senses("".join(masked))
    for sensed in senses:
        blank(masked, sensed.start, sensed.end)
    marks = Marks(
        folded, "".join(masked), tuple(names), tuple(often), tuple(amounts), tuple(routes), tuple(senses)
    )
    return Reading(folded, tuple(inherit(marks.pieces())))


def take(names: Iterator[Named], masked: list[str]) -> list[Named]:
    taken = list(names)
    for name in taken:
        blank(masked, name.start, name.end)
    return taken


def blank(masked: list[str], start: int, end: int) -> None:
    masked[start:end] = "\0" * (end - start)


def grouped(mentions: list[Mention]) -> Iterator[tuple[tuple[int, int], list[Mention]]]:
    spans: dict[tuple[int, int], list[Mention]] = {}
    for mention in mentions:
        spans.setdefault((mention.start, mention.end), []).append(mention)
    yield from spans.items()


def hard_names(mentions: list[Mention]) -> Iterator[Named]:
    for (start, end), found in grouped(mentions):
        kept = [m.thing for m in found if m.thing.kind in HARD or m.thing.id in FOODS]
        if kept:
            ids = frozenset(ONE.get(thing.id, thing.id) for thing in kept)
            kind = "drug" if kept[0].id in FOODS else kept[0].kind
            yield Named(ids, kind, start, end, found[0].text)


def soft_names(mentions: list[Mention], masked: list[str]) -> Iterator[Named]:
    for (start, end), found in grouped(mentions):
        ids = frozenset(m.thing.id for m in found) & ROUTES
        if ids and "\0" not in masked[start:end]:
            yield Named(ids, "route", start, end, found[0].text)


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
            following = spans[at + 1][0] if at + 1 < len(spans) else len(self.text)
            ahead = end
            # Looks past clauses that say nothing of their own, up to the next strong cut.
            while not self.says(ahead, following) and at + 1 < len(spans) and not spans[at + 1][2]:
                at += 1
                following = spans[at + 1][0] if at + 1 < len(spans) else len(self.text)
            if self.parts(begin, end, following, strong):
                cuts.append(end)
                begin = end
        return cuts

    def inside(self, at: int) -> bool:
        """Whether a cut would fall inside a name or an amount."""
        taken: tuple[Named | Amount | Often, ...] = (*self.names, *self.amounts, *self.often)
        return any(found.start <= at < found.end for found in taken)

    def says(self, start: int, end: int) -> bool:
        return self.predicates(start, end) or self.dosed(start, end)

    def predicates(self, start: int, end: int) -> bool:
        told = (s for s in self.senses if start <= s.start < end)
        return any(s.kind in ("force", "direction", "negation") or s.id in _STEPS for s in told)

    def dosed(self, start: int, end: int) -> bool:
        return any(a.unit in DOSE_UNITS and not is_bound(a) for a in self.amounts if start <= a.start < end)

    def parts(self, begin: int, cut: int, end: int, strong: bool) -> bool:
        """Whether the clauses before and behind a cut are said apart."""
        front, behind = self.text[begin:cut], self.text[cut:end]
        if not self.says(begin, cut) or not self.says(cut, end):
            return False
        if strong:
            return True
        if _LEADS.match(behind) and not self.dosed(cut, end):
            return False
        if (_LEADS.match(front) or _TRAILS.search(front.strip(" ,，"))) and "," not in front.strip(" ,，"):
            return self.dosed(begin, cut) and self.dosed(cut, end)
        both = self.predicates(begin, cut) and self.predicates(cut, end)
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
    leads = _LEADS.match(first.text) is not None or any(s.kind == "condition" for s in first.senses)
    opening = [name for name in front if name.kind not in DRUGLIKE] if leads else []
    for piece in pieces[1:]:
        own = any(name.kind in ("population", "disease", "lab") for name in piece.names)
        yield Piece(
            piece.text, piece.names, piece.amounts, piece.often, piece.routes, piece.senses, piece.unknown,
            tuple(head if any(n.kind in DRUGLIKE for n in piece.names) else every), () if own else tuple(opening),
        )  # fmt: skip
