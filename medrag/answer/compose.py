"""Composes the extractive answer: picks the sentences that answer and quotes them with the headings they need."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from medrag.answer.cite import CitationList
from medrag.answer.facts import cite_facts
from medrag.answer.records import Citation, Source, Statement, Support
from medrag.answer.units import Unit, cut_units
from medrag.answer.verify import JOINERS
from medrag.answer.words import frame
from medrag.concepts import Thing
from medrag.protocols import ReviewedFact
from medrag.records import Document, Hit, Span
from medrag.retrieve.plan import Plan
from medrag.retrieve.relevance import NAMED_WEIGHT, covers
from medrag.shelf import OpenShelf
from medrag.text.normalise import fold_name
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["GOOD_ENOUGH", "PASSAGES", "Composed", "Scored", "compose", "join_quotes", "needed", "score_units"]

HEADING_JOINER, LINE_JOINER = JOINERS

#: At most this many passages speak, and this many statements are made: an answer is read at the counter.
PASSAGES, STATEMENTS = 5, 6
#: A unit speaks when it scores at least this share of the best unit's score.
GOOD_ENOUGH = 0.55
#: A word found only in the unit's headings counts this much of one found in the unit itself.
SCOPE_SHARE = 0.6
#: A passage ranked lower speaks more softly: its units' scores fall by this much a rank.
RANK_FALL = 0.06
#: Added per named thing covered, in units of the question's whole word weight.
NAMED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of an answer with its parts; nothing in it is proved yet."""

    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]


#: Words, the numbers of their citations, and how these support them.
Said = tuple[str, tuple[int, ...], Support]


@dataclass(frozen=True, slots=True)
class Scored:
    unit: Unit
    source: Source
    rank: int
    score: float


def compose(
    shelf: OpenShelf,
    plan: Plan,
    hits: Sequence[Hit],
    facts: Sequence[ReviewedFact] = (),
    editions: Collection[str] = (),
) -> Composed:
    """Says the facts of the editions, then quotes at most six units of at most five passages. ``hits`` are best first;
    nothing to say gives an empty answer."""
    cited = CitationList()
    told, documents = cite_facts(shelf, facts, editions, cited)
    chosen = choose(list(score_units(shelf, plan, hits[:PASSAGES])))
    texts: list[Said] = [(text, numbers, "fact") for text, numbers in told]
    texts += [(text, numbers, "verbatim") for text, numbers in quote_all(chosen, plan, cited)]
    return lay_out(plan, texts, cited, documents | {item.source.document.id for item in chosen})


def score_units(shelf: OpenShelf, plan: Plan, hits: Sequence[Hit]) -> Iterator[Scored]:
    documents = shelf.catalogue.documents_of(hit.passage.document for hit in hits)
    weights = word_weights(shelf, plan)
    total = sum(weights.values()) or 1.0
    for position, hit in enumerate(hits):
        document = documents[hit.passage.document]
        edition = shelf.editions[hit.passage.edition]
        source = Source(document, edition, shelf.works[edition.work])
        limit = source.work.rights.max_quote_chars
        for unit in cut_units(document, hit.passage):
            if limit is not None and unit.span.end - unit.span.start > limit:
                continue
            score = score_unit(unit, document, plan, weights) / total
            yield Scored(unit, source, position, score * (1.0 - RANK_FALL * position))


def word_weights(shelf: OpenShelf, plan: Plan) -> dict[int, float]:
    """Token id to query weight times inverse document frequency; words the shelf has not are left out."""
    idf = shelf.index.idf(plan.words.indices)
    return {
        token: weight * idf[token]
        for token, weight in zip(plan.words.indices, plan.words.values, strict=True)
        if token in idf
    }


def score_unit(unit: Unit, document: Document, plan: Plan, weights: Mapping[int, float]) -> float:
    """Weight of the question's words in the unit, less for those only in its headings, more for what it names."""
    own, scope = unit.span.of(document.text), scope_text(unit, document)
    mine, above = tokens_of(own), tokens_of(scope)
    words = sum(w for t, w in weights.items() if t in mine)
    words += SCOPE_SHARE * sum(w for t, w in weights.items() if t in above and t not in mine)
    return words / length_damping(len(own)) + NAMED_SHARE * sum(weights.values()) * named_share(
        plan.things, fold_name(f"{scope} {own}")
    )


def length_damping(characters: int) -> float:
    """Long units hold more words by chance: divide by 1 at 160 characters, 1.35 at 640."""
    return max(1.0, math.sqrt(1.0 + math.log2(max(characters, 1) / 160) * 0.41)) if characters > 160 else 1.0


def named_share(things: Sequence[Thing], folded: str) -> float:
    named = [thing for thing in things if thing.kind in NAMED_WEIGHT]
    return sum(covers(thing, folded) for thing in named) / len(named) if named else 0.0


def tokens_of(text: str) -> set[int]:
    return {token_id(token) for token in default_tokenizer().tokenize(text)}


def scope_text(unit: Unit, document: Document) -> str:
    return " ".join([document.title, *(span.of(document.text) for span in (*unit.headings, *unit.lead))])


def choose(scored: Iterable[Scored]) -> list[Scored]:
    """The best units, then in the order of their passages and places; an entry speaks whole or not at all."""
    ranked = sorted(scored, key=lambda item: (-item.score, item.rank, item.unit.span))
    if not ranked:
        return []
    good = [item for item in ranked if item.score >= GOOD_ENOUGH * ranked[0].score]
    good = whole_entries(good, ranked)
    chosen: list[Scored] = []
    said: set[str] = set()
    for item in good:
        words = " ".join(item.unit.span.of(item.source.document.text).split())
        if words not in said and len(chosen) < STATEMENTS:
            said.add(words)
            chosen.append(item)
    return sorted(chosen, key=lambda item: (item.rank, item.unit.span))


def whole_entries(good: Sequence[Scored], ranked: Sequence[Scored]) -> list[Scored]:
    """Where a unit of an entry is good, the entry's other units follow it: level, advice and mechanism belong together."""
    told: list[Scored] = []
    for item in good:
        told.append(item)
        if item.unit.kind == "entry":
            mates = (other for other in ranked if other.unit.passage.id == item.unit.passage.id)
            told += sorted(mates, key=lambda other: other.unit.span)
    return list({(item.unit.passage.id, item.unit.span): item for item in told}.values())


def quote(
    item: Scored, plan: Plan, cited: CitationList, above: Sequence[Span]
) -> tuple[str, tuple[int, ...]]:
    """A unit's words below what it needs, and the numbers of the quotes they are made of.

    ``above``: spans the statement before it in the same document has just shown; they are not shown twice.
    """
    unit, text = item.unit, item.source.document.text
    spans = [span for span in needed(item, plan) if span not in above] + [unit.span]
    numbers = tuple(cited.cite(item.source, unit.passage, span) for span in spans)
    return join_quotes(spans, unit, text), numbers


def join_quotes(spans: Sequence[Span], unit: Unit, text: str) -> str:
    """The words of the spans with joiners between them that say which are headings."""
    said = spans[0].of(text)
    for before, span in pairwise(spans):
        said += (HEADING_JOINER if before in unit.headings else LINE_JOINER) + span.of(text)
    return said


def needed(item: Scored, plan: Plan) -> list[Span]:
    """What a unit cannot be read without: headings, a table's header row, the sentence before a list."""
    return [*needed_headings(item.unit, item.source.document.text, plan), *item.unit.lead]


def quote_all(chosen: Sequence[Scored], plan: Plan, cited: CitationList) -> list[tuple[str, tuple[int, ...]]]:
    """The chosen units' quotes; a heading shared with the one before is shown once."""
    said: list[tuple[str, tuple[int, ...]]] = []
    shown: tuple[str, list[Span]] = ("", [])
    for item in chosen:
        document = item.source.document.id
        said.append(quote(item, plan, cited, shown[1] if shown[0] == document else ()))
        shown = (document, needed(item, plan))
    return said


def needed_headings(unit: Unit, text: str, plan: Plan) -> list[Span]:
    """The innermost heading, and any outer one that alone names something the question names."""
    needed = list(unit.headings[-1:])
    said = fold_name(" ".join(span.of(text) for span in (*needed, *unit.lead, unit.span)))
    missing = [thing for thing in plan.things if thing.kind in NAMED_WEIGHT and not covers(thing, said)]
    outer = [s for s in unit.headings[:-1] if any(covers(thing, fold_name(s.of(text))) for thing in missing)]
    return outer + needed


def lay_out(plan: Plan, texts: Sequence[Said], cited: CitationList, documents: set[str]) -> Composed:
    """Frame, then one numbered statement a paragraph; offsets count code points of the whole."""
    if not texts:
        return Composed("", (), ())
    whole = frame(plan.language, len(documents), facts=any(support == "fact" for _, _, support in texts))
    statements = []
    for said, numbers, support in texts:
        start = len(whole) + 2
        marks = "".join(f"[{number}]" for number in numbers)
        whole += f"\n\n{said} {marks}"
        statements.append(Statement(said, start, start + len(said), numbers, support))
    return Composed(whole, tuple(statements), cited.all())
