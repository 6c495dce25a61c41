"""Reads from a question what a passage must hold to answer it: things, aspects, words; and what nobody here knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from medrag.concepts import Thing
from medrag.lexicon.aspects import Aspect, asked_aspects, load_aspects, load_plain_words
from medrag.retrieve.plan import Plan
from medrag.shelf import OpenShelf
from medrag.text.normalise import HAN, fold_name
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["Wanted", "read_wanted"]

#: Terms of these kinds are what a question turns on; others (oral, duration, once daily) stand in most of them.
TELLING = frozenset(["finding", "lab", "procedure", "anatomy", "population"])
#: The idf above which words weigh alike: a word in 1 of some 1,000 passages is as rare as need be.
RARE = 8.0

RUNS = re.compile(f"[{HAN}]+")
NUMBER = re.compile(r"[0-9.,]+")
#: How Chinese names of medicines and herbs end, and what follows one in a question. A run that no table knows and that
#: looks like one is most likely a medicine the shelf has never heard of.
DRUG_ENDS = re.compile(
    "(列汀|列净|鲁肽|单抗|替尼|沙班|他汀|普利|沙坦|洛尔|地平|西林|霉素|沙星|康唑|韦|司他|格雷|酶|洛芬|昔布|拉唑|替丁"
    "|唑仑|西泮|普坦|酮|胺|嗪|啶|苷|酸|宁|林|素|定|平|汀|净|肽|丸|散|膏|胶囊|颗粒|冲剂|口服液|糖浆|草|参|芪|粉|汤|茶|清瘟|片|注射液)$"
)
DRUG_FORMS = re.compile(
    "(缓释|肠溶|软)?(片|胶囊|颗粒|注射|口服液|滴丸|丸|冲剂|粉|软膏|乳膏|滴眼液|喷雾|糖浆|和|与|跟)"
)
#: Cues longer than this span what they should not hide: "能和……一起吃" holds a name inside.
SHORT_CUE = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a passage is held against."""

    drugs: tuple[Thing, ...]
    classes: tuple[Thing, ...]
    diseases: tuple[Thing, ...]
    #: Findings, labs, procedures, parts and populations named.
    findings: tuple[Thing, ...]
    #: Every other clinical term.
    terms: tuple[Thing, ...]
    sides: tuple[Aspect, ...]
    forms: tuple[Aspect, ...]
    #: Token id to weight, 0..1 by rarity, of the Latin words that are neither part of a name nor said in any question.
    words: Mapping[int, float]
    #: How many of those words no passage of the shelf has.
    absent: int
    #: Runs of Han characters that are no name, no cue and no plain word.
    strange: tuple[str, ...]
    #: How many Han characters the question has.
    han: int
    #: How many of the strange runs look like the name of a medicine.
    unknown_drugs: int


def read_wanted(shelf: OpenShelf, plan: Plan) -> Wanted:
    """Takes a question apart."""
    aspects = asked_aspects(plan.question, plan.language)
    things = [thing for thing in plan.things if thing.id not in said_by_aspects(plan, aspects)]
    folded, rest = fold_name(plan.question), unnamed(plan)
    ids = [token_id(token) for token in latin_words(rest)]
    idf = shelf.index.idf(ids)
    strange = tuple(strange_runs(folded, rest))
    return Wanted(
        of_kind(things, "drug"),
        of_kind(things, "class"),
        of_kind(things, "disease"),
        tuple(thing for thing in things if thing.kind in TELLING),
        tuple(thing for thing in things if thing.kind not in TELLING | {"drug", "class", "disease"}),
        tuple(aspect for aspect in aspects if aspect.kind == "side"),
        tuple(aspect for aspect in aspects if aspect.kind == "form"),
        {token: min(idf.get(token, RARE), RARE) / RARE for token in ids},
        sum(token not in idf for token in ids),
        strange,
        sum(map(len, RUNS.findall(folded))),
        sum(like_a_drug(run, folded) for run in strange),
    )


def said_by_aspects(plan: Plan, aspects: Sequence[Aspect]) -> frozenset[str]:
    """Diseases, tests and people whose very name asks for an aspect: where "chronic kidney disease" or "GFR 25" is
    asked, a passage that speaks of creatinine clearance answers, so it is held as the aspect and not as a name."""
    asks = [aspect.asks[plan.language] for aspect in aspects]
    return frozenset(
        mention.thing.id
        for mention in plan.mentions
        if mention.thing.kind in TELLING | {"disease"} and any(cue.search(mention.text) for cue in asks)
    )


def of_kind(things: Sequence[Thing], kind: str) -> tuple[Thing, ...]:
    return tuple(thing for thing in things if thing.kind == kind)


def unnamed(plan: Plan) -> str:
    """The folded question with every mention blanked, character for character."""
    text = fold_name(plan.question)
    for mention in plan.mentions:
        text = blank(text, mention.start, mention.end)
    return text


def blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def latin_words(rest: str) -> list[str]:
    """The words of any language but Chinese that say what is asked, each once, in order."""
    told = dict.fromkeys(default_tokenizer().tokenize(rest))
    return [t for t in told if t.isascii() and t not in plain_tokens() and not NUMBER.fullmatch(t)]


@cache
def plain_tokens() -> frozenset[str]:
    words = load_plain_words()
    return frozenset(default_tokenizer().tokenize(" ".join([*words["en"], *words["fr"]])))


def strange_runs(folded: str, rest: str) -> Iterator[str]:
    """What is left of the Han text when names, short cues and plain words are taken out; single characters too."""
    for aspect in load_aspects():
        for cue in aspect.asks["zh"].finditer(folded):
            if cue.end() - cue.start() <= SHORT_CUE:
                rest = blank(rest, cue.start(), cue.end())
    for run in RUNS.findall(rest):
        left = "".join(" " * len(word) if plain(word) else word for word in default_tokenizer().cut(run))
        yield from (part for part in left.split() if len(part) > 1)


def plain(word: str) -> bool:
    """Whether a word is one that any question may hold, or is made of such words."""
    known = load_plain_words()["zh"]
    reached = {0}
    for end in range(1, len(word) + 1):
        if any(word[start:end] in known for start in reached):
            reached.add(end)
    return len(word) in reached


def like_a_drug(run: str, folded: str) -> bool:
    """Whether a strange run ends, or is followed, as names of medicines are."""
    after = folded[folded.find(run) + len(run) :]
    return DRUG_ENDS.search(run) is not None or DRUG_FORMS.match(after) is not None
