"""Makes the catalogue's records of documents as read: ids from content, passages cut, claims with their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from medrag.errors import DocumentRefused, Place
from medrag.identifiers import content_id, sha256_text
from medrag.records import Assertion, Concept, Document, Name, Passage, Stated
from medrag.text.damage import clean_damage
from medrag.text.normalise import fold_name, has_han
from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName
from medrag_ingest.passages import PassageRules, split_passages
from medrag_ingest.raw import RawFile

__all__ = ["Concepts", "Mint", "Minted", "count_damage", "mint_names"]


@dataclass(frozen=True, slots=True)
class Minted:
    """One document as the catalogue keeps it, and what came with it."""

    document: Document
    passages: Sequence[Passage]
    claims: Sequence[Assertion]
    names: Sequence[RawName]


@dataclass(frozen=True, slots=True)
class Mint:
    """What the records of one edition have in common."""

    edition: str
    language: Language
    rules: PassageRules
    #: A terminology's documents are there to be quoted, not to be found by their words.
    cut: bool = True

    def mint(self, parsed: ParsedDocument, raw: RawFile, member: str) -> Minted:
        """The records of one document. Raises DocumentRefused when its blocks or claims cannot be kept."""
        document = self.document(parsed, raw, member)
        passages = (
            split_passages(parsed, self.edition, document.id, self.rules)
            if self.cut and parsed.searchable
            else []
        )
        claims = [self.assertion(claim, document) for claim in parsed.assertions]
        if len({claim.id for claim in claims}) < len(claims):
            raise DocumentRefused(
                f"document {parsed.key!r} states one claim twice", place=Place(raw.place, field="assertions")
            )
        return Minted(document, passages, claims, parsed.names)

    def document(self, parsed: ParsedDocument, raw: RawFile, member: str) -> Document:
        digest = sha256_text(parsed.text)
        return Document(
            content_id("d_", self.edition, parsed.key, digest),
            self.edition,
            parsed.key,
            parsed.title,
            parsed.language or self.language,
            parsed.text,
            digest,
            raw.sha256,
            member,
            parsed.segments,
            parsed.blocks,
            parsed.publisher,
            parsed.published,
            parsed.jurisdiction,
            parsed.url,
            parsed.lost_characters,
        )

    def assertion(self, raw: RawAssertion, document: Document) -> Assertion:
        spans = [f"{role}:{span.start}-{span.end}" for role, span in raw.evidence]
        identifier = content_id(
            "a_", document.id, raw.predicate, raw.subject, raw.object, raw.native_level, raw.condition, *spans
        )
        return Assertion(
            identifier,
            self.edition,
            raw.predicate,
            raw.subject,
            raw.object,
            raw.severity,
            raw.native_scale,
            raw.native_level,
            raw.condition,
            raw.qualifiers,
            tuple(Stated(document.id, span, role) for role, span in raw.evidence),
        )


def mint_names(raw: Iterable[RawName], edition: str) -> list[Name]:
    """Every name with the form it is compared in."""
    return [Name(n.concept, n.text, fold_name(n.text), n.language, n.form, edition) for n in raw]


@dataclass(slots=True)
class Concepts:
    """The concepts an edition names, however its names are spread over files and batches.

    A concept goes by the first name its source prefers, else by its first; the codes of all its names are its own.
    """

    #: By id: the concept, and whether it goes by a preferred name.
    held: dict[str, tuple[Concept, bool]] = field(default_factory=dict)

    def take(self, names: Iterable[RawName]) -> list[Concept]:
        """Learns names; the concepts that are new or changed."""
        changed: dict[str, None] = {}
        for name in names:
            concept, preferred = self.held.get(name.concept, (None, False))
            better = name.form == "preferred" and not preferred
            if concept is None:
                concept = Concept(name.concept, name.kind, name.text, dict(name.codes))
            elif better or not name.codes.items() <= concept.codes.items():
                kind, text = (name.kind, name.text) if better else (concept.kind, concept.name)
                concept = replace(concept, kind=kind, name=text, codes={**concept.codes, **name.codes})
            else:
                continue
            self.held[name.concept] = concept, preferred or better
            changed[name.concept] = None
        return [self.held[identifier][0] for identifier in changed]


def count_damage(parsed: ParsedDocument) -> ParsedDocument:
    """The document with what scraping did to its Chinese counted: readings put in brackets, characters lost.

    The text stays as it is and is quoted so; only what it is found by is cleaned, see ``medrag.text.damage``.
    """
    if not has_han(parsed.text):
        return parsed
    found = clean_damage(parsed.text)
    if not found.readings and not found.lost:
        return parsed
    notes = {**parsed.notes, "bracketed_readings": found.readings}
    return replace(parsed, lost_characters=parsed.lost_characters + found.lost, notes=notes)
