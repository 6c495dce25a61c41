"""Reads what the sources name, each in its own words: the catalogue's concepts with their names, and medrag's own tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

from sqlalchemy import select

from medrag.catalogue import Catalogue
from medrag.catalogue.schema import concepts, names
from medrag.lexicon import NAME_KINDS, NameRow, load_names, load_terms
from medrag.lexicon.tables import parse_table
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language
from medrag_graph.enzymes import enzyme_classes
from medrag_graph.foods import FOODS, Food

__all__ = [
    "BRAND",
    "LANGUAGE_ORDER",
    "MEDRAG",
    "Thing",
    "ThingName",
    "catalogue_things",
    "lexicon_things",
    "read_things",
    "tier_of",
]

#: What our own tables are called where an edition is asked for.
MEDRAG: Final = "medrag"
LANGUAGE_ORDER: Final[tuple[Language, ...]] = ("en", "zh", "fr")
#: Kinds of clinical terms that are findings of a patient.
FINDINGS: Final[frozenset[str]] = frozenset({"finding", "population"})
#: The CURIE prefixes that say a code, and what the code's system is called.
PREFIXES: Final[Mapping[str, str]] = {
    "drugbank": "drugbank",
    "medlineplus": "medlineplus",
    "ndfrt": "ndfrt",
    "rxnorm": "rxnorm",
    "unii": "unii",
    "DOID": "doid",
    "CHEBI": "chebi",
    "icd10": "icd10",
    "mesh": "mesh",
    "chebi": "chebi",
}


#: How a name stands for a concept, the surest first: the main name of our tables, a name a source prefers, another
#: name of our tables, any other of a source, an abbreviation.
OURS: Final[Mapping[str, int]] = {"preferred": 0, "synonym": 2}
THEIRS: Final[Mapping[str, int]] = {"preferred": 1, "synonym": 3, "brand": 3, "abbreviation": 4}
#: A brand of our own table is said of this one thing.
BRAND: Final = f"{MEDRAG}:brand/"


@dataclass(frozen=True, slots=True, order=True)
class ThingName:
    """One name of a thing as its source writes it."""

    text: str
    folded: str
    language: Language
    form: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What one source says of one concept. ``kind`` is the source's: drug, class, disease, finding, food, chemical, other."""

    edition: str
    id: str
    kind: str
    name: str
    names: tuple[ThingName, ...]
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Unique over all sources; things are sorted by it, so that the order of sources does not matter."""
        return self.edition, self.id

    def preferred(self) -> Iterator[ThingName]:
        """The names its source prefers."""
        return (name for name in self.names if name.form == "preferred")


def read_things(catalogue: Catalogue, editions: Sequence[str]) -> list[Thing]:
    """Everything the editions and our tables name, in the order of their keys."""
    held = [*lexicon_things(), *term_things(), *food_things(), *brand_things(), *enzyme_things()]
    for edition in sorted(set(editions)):
        held += catalogue_things(catalogue, edition)
    return sorted(held, key=lambda thing: thing.key)


def catalogue_things(catalogue: Catalogue, edition: str) -> Iterator[Thing]:
    """The concepts of one edition with all their names."""
    asked = (names.c.concept, names.c.text, names.c.folded, names.c.language, names.c.form)
    called: dict[str, set[ThingName]] = {}
    for concept, *name in catalogue.tuples(select(*asked).where(names.c.edition == edition)):
        called.setdefault(concept, set()).add(ThingName(*name))
    columns = (concepts.c.id, concepts.c.kind, concepts.c.name, concepts.c.codes)
    for identifier, kind, name, codes in catalogue.tuples(
        select(*columns).where(concepts.c.edition == edition)
    ):
        told = tuple(sorted(called.get(identifier, ())))
        yield Thing(edition, identifier, kind, name, told, codes_of(identifier, json.loads(codes)))


def codes_of(identifier: str, told: Mapping[str, str]) -> dict[str, str]:
    """The codes a source gives, and the one its own id is."""
    prefix, _, local = identifier.partition(":")
    system = PREFIXES.get(prefix)
    own = {system: identifier if prefix == "DOID" else local} if system else {}
    return {**own, **told}


def lexicon_things() -> Iterator[Thing]:
    """The rows of medrag's name tables."""
    for kind in NAME_KINDS:
        for row in load_names(kind):
            codes: dict[str, str] = {}
            for system, code in row.codes:
                codes.setdefault(system, code)
            yield Thing(MEDRAG, f"{MEDRAG}:{kind}/{row.en}", kind, row.en, tuple(row_names(row)), codes)


def row_names(row: NameRow) -> Iterator[ThingName]:
    """The main name of each language is its preferred one."""
    return named({language: row.names(language) for language in LANGUAGE_ORDER})


def named(told: Mapping[Language, Sequence[str]]) -> Iterator[ThingName]:
    """Names by language, the first of each its preferred one."""
    for language, texts in told.items():
        for number, text in enumerate(texts):
            form = "preferred" if number == 0 else "synonym"
            yield ThingName(text, fold_name(text), language, form)


def term_things() -> Iterator[Thing]:
    """Findings and populations of the clinical terms: what a person may have or be, such as pregnancy."""
    for term in load_terms():
        if term.kind in FINDINGS:
            told = named({language: term.names(language) for language in LANGUAGE_ORDER})
            yield Thing(MEDRAG, f"{MEDRAG}:finding/{term.en}", "finding", term.en, tuple(told))


def food_things() -> Iterator[Thing]:
    """Foods and devices that interaction sources name beside drugs."""
    for food in FOODS:
        told = tuple(named(food.names))
        yield Thing(MEDRAG, food_id(food), "food", food.names["en"][0], told)


def brand_things() -> Iterator[Thing]:
    """Brands that the lists of names lack or know as something else, mostly of combination products."""
    columns = ("brand", "substances", "source")
    text = files("medrag_graph").joinpath("brands.csv").read_text(encoding="utf-8")
    for row in parse_table(text, "medrag_graph/brands.csv", columns, required=columns):
        told = tuple(named({"en": (row["substances"], row["brand"])}))
        yield Thing(MEDRAG, f"{MEDRAG}:brand/{row['brand']}", "drug", row["substances"], told)


def enzyme_things() -> Iterator[Thing]:
    """Classes of enzyme inhibitors and inducers, whose members our facts name."""
    for name in enzyme_classes():
        yield Thing(MEDRAG, f"{MEDRAG}:enzyme/{name}", "class", name, tuple(named({"en": (name,)})))


def food_id(food: Food) -> str:
    return f"{MEDRAG}:food/{food.names['en'][0]}"


def tier_of(thing: Thing, name: ThingName) -> int:
    if thing.id.startswith(BRAND):
        return 0
    return OURS[name.form] if thing.edition == MEDRAG else THEIRS[name.form]
