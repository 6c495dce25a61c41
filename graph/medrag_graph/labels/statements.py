"""Reads what one label says of other drugs: each statement with the line it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medrag.records import Document, Span
from medrag.vocabulary import Severity
from medrag_graph.labels.cues import (
    ADVISED_AGAINST,
    EFFECT,
    TOGETHER,
    Verdict,
    condition_of,
    is_aside,
    is_other_matter,
    is_property,
    split_clauses,
    verdict_of,
)
from medrag_graph.labels.lines import CONTRAINDICATIONS, INTERACTIONS, Line
from medrag_graph.labels.names import Book, Mention
from medrag_graph.labels.owners import Owner

__all__ = ["Statement", "other_drugs", "owners_of", "read_statements"]

_NUMBER: Final = re.compile(r"^\s*[\d.]+\s*")
_FORBIDS: Final = re.compile(
    r"\bcontra-?indicat|\b(?:should|must|do|may|can) not (?:\w+ ){0,2}?(?:be )?(?:co-?\s?administ|"
    r"combin|use|given|give|administ|take)"
    r"|\bavoid",
    re.IGNORECASE,
)
#: A line of the section on contraindications that names a use, under the section's own words.
_ITEM: Final = re.compile(
    r"^\W*(?:[\d.]+ )?(?:concomitant|concurrent|co-?\s?administ|use with|use of|used with|combin|"
    r"taking|patients (?:receiving|taking|on))",
    re.IGNORECASE,
)
_WEAKENS: Final = re.compile(r"\b(?:caution|monitor|relative(?:ly)? contra|may be contra)", re.IGNORECASE)


_INTERACT: Final = re.compile(r"\binteract(?!ions? (?:stud|trial))", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s*(?:,|,?\s*(?:and|or|and/or|/))\s*", re.IGNORECASE)
_USED_WITH: Final = re.compile(
    r"\b(?:co-?\s?administ\w*|us(?:e|ed|ing)|taking|receiving|combin\w*|given?|taken?) [^.;]{0,80}?\bwith\b(?! (?:a |"
    r"an )?(?:history|diabetes|renal|hepatic|heart))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A label's own drug and another drug, class or food, and what the line says of the two."""

    subject: str
    object: str
    denied: bool
    severity: Severity
    condition: str
    line: Line
    #: Whether the other drug stands in the heading and not in the line.
    by_heading: bool = False


def read_statements(line: Line, document: Document, owner: Owner, book: Book) -> list[Statement]:
    """Every statement of one line; none where it is about something else. What a line both denies and states of one
    drug, in two clauses, it states."""
    if is_other_matter(line.text):
        return []
    mentions = book.drugs.find(line.text)
    others = across(line.text, other_drugs(line.text, mentions, owner, book), mentions, owner, book)
    by_heading = all(is_own(item, owner, book) for mention in mentions for item in mention.concepts)
    if by_heading:
        others = heading_drugs(line, document, owner, book)
    subjects = owners_of(line, mentions, document, owner, book) if others else ()
    introduced = line.introduction.of(document.text) if line.introduction else ""
    plain = masked(line.text, mentions)
    found = []
    for mention in others:
        span = None if by_heading else mention.span
        verdict = judge(line.code, plain, span, introduced)
        limits = (condition_of(introduced, None), condition_of(line.text, span))
        condition = "; ".join(filter(None, limits))
        severity = severity_of(line, introduced) if verdict == "interaction" else "unknown"
        for part in parts_of(mention, book) if verdict else ():
            found += [
                Statement(subject, part, verdict == "none", severity, condition, line, by_heading)
                for subject in subjects
            ]
    stated = {item.object for item in found if not item.denied}
    return [item for item in found if not item.denied or item.object not in stated]


def parts_of(mention: Mention, book: Book) -> list[str]:
    """The concepts a mention means, combinations as their ingredients."""
    return [part for concept in mention.concepts for part in book.parts.get(concept, (concept,))]


def masked(text: str, mentions: list[Mention]) -> str:
    """The text with each name as so many ``X``: "inhibitors" in a name is no sign of inhibition."""
    for mention in mentions:
        start, end = mention.span.start, mention.span.end
        text = f"{text[:start]}{'X' * (end - start)}{text[end:]}"
    return text


def other_drugs(text: str, mentions: list[Mention], owner: Owner, book: Book) -> list[Mention]:
    """Mentions that name neither the label's drugs nor a class they are in, and are more than an aside."""
    kept = []
    for number, mention in enumerate(mentions):
        concepts = tuple(item for item in mention.concepts if not is_own(item, owner, book))
        following = mentions[number + 1] if number + 1 < len(mentions) else None
        if concepts and not is_aside(text, mention.span) and not only_kind(text, mention, following, book):
            kept.append(Mention(mention.span, concepts))
    return kept


def only_kind(text: str, mention: Mention, following: Mention | None, book: Book) -> bool:
    """Whether a class says what kind of drug another mention is: "the protease inhibitor telaprevir"."""
    if any(book.kinds[item] != "class" for item in mention.concepts):
        return False
    if is_property(text, mention.span):
        return True
    plural = text[mention.span.start : mention.span.end].endswith("s")
    return (
        not plural and following is not None and text[mention.span.end : following.span.start] in (" ", " (")
    )


def across(
    text: str, others: list[Mention], mentions: list[Mention], owner: Owner, book: Book
) -> list[Mention]:
    """Of "do not use A with B" the drugs on the other side of "with" than the label's own."""
    match = _USED_WITH.search(text)
    own = [item for item in mentions if any(is_own(concept, owner, book) for concept in item.concepts)]
    if match is None or not own:
        return others
    sides = {item.span.start > match.end() for item in own}
    left = [item for item in others if item.span.start < match.end()]
    right = [item for item in others if item.span.start > match.end()]
    if len(sides) > 1 or not left or (not right and sides == {False}):
        return others
    return left if sides == {True} else right


def is_own(concept: str, owner: Owner, book: Book) -> bool:
    """Whether a concept is a drug of the label, a product with one in it, or a class one belongs to."""
    if concept in owner.ingredients or any(part in owner.ingredients for part in book.parts.get(concept, ())):
        return True
    return concept in book.carriers or any(
        concept in book.classes.get(drug, ()) for drug in owner.ingredients
    )


def owners_of(
    line: Line, mentions: list[Mention], document: Document, owner: Owner, book: Book
) -> tuple[str, ...]:
    """Which of the label's drugs a line is about: those it names, else its headings name, else the product as a whole.

    A label of several drugs that says not which, and that is of no product the graph holds, is about none of them.
    """
    if len(owner.ingredients) == 1:
        return owner.ingredients
    introduced = line.introduction.of(document.text) if line.introduction else ""
    above = [book.drugs.find(words) for words in (introduced, *reversed(line.section[1:]))]
    alone = [mention for mention in mentions if not is_listed(line.text, mention, mentions)]
    for found in (alone, *above):
        told = {
            drug for mention in found for item in mention.concepts for drug in meant_by(item, owner, book)
        }
        exact = told & {item for mention in found for item in mention.concepts}
        if told and len(told) < len(owner.ingredients):
            return tuple(sorted(exact or told))
        if exact and len(exact) < len(owner.ingredients):
            return tuple(sorted(exact))
    return (owner.product,) if owner.product is not None else ()


def is_listed(text: str, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a mention is one of a list of drugs, and so what a line speaks of beside its subject."""
    at = mentions.index(mention)
    before = text[mentions[at - 1].span.end : mention.span.start] if at else ""
    after = text[mention.span.end : mentions[at + 1].span.start] if at + 1 < len(mentions) else ""
    return bool(_BETWEEN.fullmatch(before) or _BETWEEN.fullmatch(after))


def meant_by(concept: str, owner: Owner, book: Book) -> frozenset[str]:
    """The label's drugs that a concept is or, being a class, takes in."""
    return frozenset(
        drug for drug in owner.ingredients if drug == concept or concept in book.classes.get(drug, ())
    )


def heading_drugs(line: Line, document: Document, owner: Owner, book: Book) -> list[Mention]:
    """The drugs of an interaction section's heading that says nothing else, for a line that names none itself."""
    if line.heading is None or line.code != INTERACTIONS or not line.first:
        return []
    words = _NUMBER.sub("", line.heading.of(document.text))
    found = book.drugs.find(words)
    told = sum(mention.span.end - mention.span.start for mention in found)
    return other_drugs(words, found, owner, book) if told * 2 > len(words) else []


def judge(code: str, plain: str, span: Span | None, introduced: str) -> Verdict:
    """What a masked line says of a mention, by its own clause, in the light of the section and of what introduces it."""
    clause, others = clause_of(plain, span)
    verdict = verdict_of(clause)
    if verdict == "none" and any(
        EFFECT.search(text) and verdict_of(text) == "interaction" for text in others
    ):
        verdict = "interaction"
    if verdict != "interaction":
        return verdict
    told = f"{introduced} {plain}"
    acts = ADVISED_AGAINST.search(told) or EFFECT.search(told) or _INTERACT.search(told)
    acts = acts or (_ITEM.match(plain) if code == CONTRAINDICATIONS else None)
    return verdict if acts and (code == INTERACTIONS or TOGETHER.search(told)) else ""


def clause_of(text: str, span: Span | None) -> tuple[str, list[str]]:
    """The clause a mention stands in, and the others; the whole sentence where it stands in the heading."""
    own, others = text, []
    for clause in split_clauses(text) if span is not None else ():
        if span is not None and clause.span.start <= span.start < clause.span.end:
            own = clause.text
        else:
            others.append(clause.text)
    return own, others


def severity_of(line: Line, introduced: str) -> Severity:
    """Contraindicated where the section on contraindications says so, else not graded: labels have no scale."""
    if line.code != CONTRAINDICATIONS or _WEAKENS.search(line.text):
        return "unknown"
    said = _FORBIDS.search(f"{introduced} {line.text}") or _ITEM.match(line.text)
    return "contraindicated" if said else "unknown"
