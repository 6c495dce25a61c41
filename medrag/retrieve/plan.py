"""Turns a question into what is searched: concepts, intents, weighted words, and the text the encoder sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from medrag.concepts import Linker, Mention, Thing, default_linker
from medrag.lexicon import Cue, Intent, compile_cue, load_expansions, load_intents, load_sections
from medrag.protocols import SparseVector
from medrag.retrieve.names import find_listed
from medrag.shelf import Standing
from medrag.text.normalise import detect_language, fold_name, to_simplified
from medrag.text.tokens import default_tokenizer, token_id
from medrag.vocabulary import Language

__all__ = ["NAMED", "Plan", "QueryWeights", "find_intents", "plan_question"]


#: Terms that stand in half of all questions and tell passages apart in none.
TOO_COMMON = frozenset(
    [
        "term:patient",
        "term:dosage and administration",
        "term:drug",
        "term:concomitant administration",
        "term:oral",
    ]
)


#: What a question is about; everything else it mentions is a general clinical term.
NAMED = frozenset(["drug", "class", "disease"])


@dataclass(frozen=True, slots=True)
class QueryWeights:
    """How much each kind of word counts beside the asker's own (1.0); chosen on the development questions."""

    #: The main name of a concept in another language than the question's.
    translation: float = 1.0
    #: The same of a general clinical term, which is said in more ways.
    term: float = 0.6
    #: Its other names, and its names in the question's own language.
    synonym: float = 0.4
    #: The names of the classes a drug belongs to.
    group: float = 0.3
    #: Words that evidence on the question's intent uses.
    intent: float = 0.15


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be searched for a question."""

    question: str
    language: Language
    mentions: tuple[Mention, ...]
    #: Intent to strength: 1.0 for a strong cue, 0.5 for weak ones only.
    intents: Mapping[Intent, float]
    words: SparseVector
    #: What the encoder is given.
    dense_text: str
    #: LOINC section codes that answer the intents.
    codes: frozenset[str]
    #: The question's own tokens, without expansion.
    tokens: tuple[str, ...] = field(default=())

    @property
    def things(self) -> tuple[Thing, ...]:
        """What is mentioned, each once, in the order of the question."""
        return tuple({mention.thing.id: mention.thing for mention in self.mentions}.values())


@cache
def cues() -> tuple[tuple[Intent, float, object], ...]:
    return tuple(signal(cue) for cue in load_intents())


def signal(cue: Cue) -> tuple[Intent, float, object]:
    return cue.intent, 1.0 if cue.weight == "strong" else 0.5, compile_cue(cue)


def find_intents(question: str, more: Sequence[Cue] = ()) -> dict[Intent, float]:
    """The intents a question's words signal, strongest first; ``more`` cues count beside the lexicon's."""
    text = to_simplified(question)
    found: dict[Intent, float] = {}
    for intent, weight, pattern in (*cues(), *map(signal, more)):
        if weight > found.get(intent, 0.0) and pattern.search(text):  # type: ignore[attr-defined]
            found[intent] = weight
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def plan_question(
    question: str,
    *,
    standing: Standing | None = None,
    linker: Linker | None = None,
    weights: QueryWeights | None = None,
    more: Sequence[Cue] = (),
) -> Plan:
    """Reads a question: language, what it names, what it wants, and how the evidence would say it.

    ``more`` are the cues of packs.

    With what is ``standing``, drugs its name lists know are found too, and the classes its sources put a drug in.
    """
    weights, linker = weights or QueryWeights(), linker or default_linker()
    language = detect_language(question)
    intents = find_intents(question, more)
    mentions = tuple(
        mention for mention in linker.find(question, language) if mention.thing.id not in TOO_COMMON
    )
    if standing is not None:
        mentions = (*mentions, *find_listed(standing, question, linker, mentions))
        if asks_of_pairs(mentions, intents):
            mentions = tuple(with_classes(mention, standing.classes, linker) for mention in mentions)
    tokens = tuple(default_tokenizer().tokenize(question))
    things = {mention.thing.id: mention.thing for mention in mentions}.values()
    return Plan(
        question,
        language,
        mentions,
        intents,
        weigh_words(tokens, things, intents, language, weights),
        dense_text(question, things, language),
        section_codes(intents),
        tokens,
    )


def asks_of_pairs(mentions: Sequence[Mention], intents: Mapping[Intent, float]) -> bool:
    """Whether a question is of drugs together, so that what is said of their classes answers it."""
    drugs = {mention.thing.id for mention in mentions if mention.thing.kind in ("drug", "class")}
    return len(drugs) > 1 or (bool(drugs) and "interaction" in intents)


def with_classes(mention: Mention, classes: Mapping[str, tuple[str, ...]], linker: Linker) -> Mention:
    """The mention of a drug with its classes, under every name the lexicon has for them, and with the parts of a
    combination: what a source states of a part or a class it states of the drug."""
    if mention.thing.kind != "drug":
        return mention
    parts = [part for name in mention.thing.all_names() for part in parts_of(name)]
    named = [
        group for name in (*mention.thing.all_names(), *parts) for group in classes.get(fold_name(name), ())
    ]
    known = [name for group in named for thing in linker.named(group) for name in thing.all_names()]
    classed = replace(
        mention.thing,
        groups=tuple(dict.fromkeys([*parts, *named])),
        classes=tuple(dict.fromkeys([*parts, *named, *known])),
    )
    return replace(mention, thing=classed)


def parts_of(name: str) -> list[str]:
    """The substances of a combination as the lexicon writes one: "a/b" in English, "a + b" in French; else none."""
    parts = [part.strip() for part in re.split(r"/| \+ ", name)]
    return parts if len(parts) > 1 else []


def weigh_words(
    tokens: Iterable[str],
    things: Iterable[Thing],
    intents: Mapping[Intent, float],
    language: Language,
    weights: QueryWeights,
) -> SparseVector:
    """Query weights by token: the asker's words count as often as written, others as much as they are sure.

    A token the asker wrote keeps the asker's weight; of several reasons to add a token the strongest counts once.
    """
    asked: Counter[int] = Counter(token_id(token) for token in tokens)
    added: dict[int, float] = {}
    for words, weight in expansions(things, intents, language, weights):
        for token in default_tokenizer().tokenize(words):
            key = token_id(token)
            if key not in asked:
                added[key] = max(added.get(key, 0.0), weight)
    both = sorted({**added, **asked}.items())
    return SparseVector(tuple(key for key, _ in both), tuple(float(weight) for _, weight in both))


def expansions(
    things: Iterable[Thing],
    intents: Mapping[Intent, float],
    language: Language,
    weights: QueryWeights,
) -> Iterable[tuple[str, float]]:
    """(words, weight) to add: names in the other languages, synonyms, what evidence says of the intents."""
    table = expansion_table()
    for thing in things:
        for other in ("en", "fr", "zh"):
            names = thing.names.get(other, ())
            for position, name in enumerate(names):
                main = position == 0 and other != language
                full = weights.translation if thing.kind in NAMED else weights.term
                yield name, full if main else weights.synonym
        for name in thing.groups:
            yield name, weights.group
        for name in thing.names.get("zh", ())[:1]:
            for words in table.get(name, ()):
                yield words, weights.intent
    for intent, strength in intents.items():
        for words in table.get(intent, ()):
            yield words, weights.intent * strength


@cache
def expansion_table() -> dict[str, tuple[str, ...]]:
    """Key to the words evidence uses, over the languages."""
    table: dict[str, tuple[str, ...]] = {}
    for row in load_expansions():
        table[row.key] = table.get(row.key, ()) + row.words
    return table


def dense_text(question: str, things: Iterable[Thing], language: Language) -> str:
    """The question, and for a Chinese one the English names of what it mentions: the evidence is mostly English."""
    if language != "zh":
        return question
    names = [thing.names["en"][0] for thing in things if thing.names.get("en")]
    return " ".join([question, *dict.fromkeys(names)])


def section_codes(intents: Mapping[Intent, float]) -> frozenset[str]:
    """The label sections that answer any of the intents."""
    return frozenset(section.loinc for section in load_sections() if intents.keys() & set(section.intents))
