"""Our own name and term tables, typed: what lets a Chinese question find English and French evidence with no vector.

The tables are UTF-8 CSV files beside this one, so an installed wheel carries them; ``README.md`` there says what each
column means and what confirms a row. Every loader reads its table once, checks it, and answers the same frozen records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal, get_args

from medrag.lexicon.brands import brand_names
from medrag.lexicon.tables import Row, read_table
from medrag.vocabulary import Language

__all__ = [
    "INTENTS",
    "NAME_KINDS",
    "TERM_KINDS",
    "Cue",
    "Expansion",
    "Intent",
    "NameKind",
    "NameRow",
    "Section",
    "Term",
    "TermKind",
    "Weight",
    "compile_cue",
    "load_expansions",
    "load_intents",
    "load_names",
    "load_sections",
    "load_terms",
]

Intent = Literal[
    "dose",
    "kidney",
    "liver",
    "pregnancy",
    "lactation",
    "interaction",
    "contraindication",
    "indication",
    "adverse_effect",
    "overdose",
    "monitoring",
    "recommendation",
    "mechanism",
    "storage",
    "paediatric",
    "geriatric",
    "administration",
    "definition",
]
TermKind = Literal["lab", "procedure", "population", "action", "finding", "anatomy", "route", "time", "other"]
NameKind = Literal["drug", "class", "disease"]
Weight = Literal["strong", "weak"]

INTENTS: Final[tuple[Intent, ...]] = get_args(Intent)
TERM_KINDS: Final[tuple[TermKind, ...]] = get_args(TermKind)
NAME_KINDS: Final[tuple[NameKind, ...]] = get_args(NameKind)


@dataclass(frozen=True, slots=True)
class Term:
    """A clinical word that is not the name of a drug, class or disease: a lab, an action, a population, a route.

    ``source``, ``second`` and ``reviewed`` are as those of :class:`NameRow`.
    """

    zh: str
    zh_alt: tuple[str, ...]
    en: str
    en_alt: tuple[str, ...]
    fr: str
    kind: TermKind
    source: str
    second: str
    reviewed: bool

    def names(self, language: Language) -> tuple[str, ...]:
        """Every way to say it in ``language``, the main one first."""
        said: dict[Language, tuple[str, ...]] = {
            "zh": (self.zh, *self.zh_alt),
            "en": (self.en, *self.en_alt),
            "fr": (self.fr,) if self.fr else (),
        }
        return said[language]


@dataclass(frozen=True, slots=True)
class NameRow:
    """One drug, drug class or disease with its names. ``codes`` holds (system, code) pairs: atc, doid, icd10.

    ``source`` says what confirms the English-Chinese pair, ``second`` an independent source or ``none``;
    ``reviewed`` is true only after a pharmacist or physician has read the row.
    """

    kind: NameKind
    en: str
    en_alt: tuple[str, ...]
    zh: str
    zh_alt: tuple[str, ...]
    zh_tw: tuple[str, ...]
    fr: str
    codes: tuple[tuple[str, str], ...]
    source: str
    second: str
    reviewed: bool

    def names(self, language: Language) -> tuple[str, ...]:
        """Every name in ``language``, the main one first; Taiwan names come last among the Chinese ones."""
        said: dict[Language, tuple[str, ...]] = {
            "zh": (self.zh, *self.zh_alt, *self.zh_tw),
            "en": (self.en, *self.en_alt),
            "fr": (self.fr,) if self.fr else (),
        }
        return said[language]


@dataclass(frozen=True, slots=True)
class Cue:
    """A regular expression that signals ``intent`` in a question of ``language``; see `compile_cue`."""

    intent: Intent
    language: Language
    cue: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class Section:
    """An SPL section code (LOINC), its official English display name, Chinese label headings, and the intents it answers."""

    loinc: str
    en: str
    zh: tuple[str, ...]
    intents: tuple[Intent, ...]
    source: str

    @property
    def heading(self) -> str:
        """The English heading as labels print it: ``DRUG INTERACTIONS SECTION`` -> ``DRUG INTERACTIONS``."""
        return self.en.removesuffix(" SUBSECTION").removesuffix(" SECTION")


@dataclass(frozen=True, slots=True)
class Expansion:
    """The words that evidence in ``language`` uses for ``key``: an intent, or the Chinese name of a term or disease."""

    key: str
    language: Language
    words: tuple[str, ...]


@cache
def load_terms() -> tuple[Term, ...]:
    """The clinical terms, in the table's order. Raises `IntegrityError` when the table is damaged."""
    columns = ("zh", "zh_alt", "en", "en_alt", "fr", "kind", "source", "second", "reviewed")
    rows = read_table("terms.csv", columns, required=("zh", "en", "kind", "source", "second", "reviewed"))
    return tuple(
        Term(
            zh=row["zh"],
            zh_alt=row.words("zh_alt"),
            en=row["en"],
            en_alt=row.words("en_alt"),
            fr=row["fr"],
            kind=row.one_of("kind", TERM_KINDS),
            source=row["source"],
            second=row["second"],
            reviewed=row.one_of("reviewed", ("true", "false")) == "true",
        )
        for row in rows
    )


@cache
def load_names(kind: NameKind) -> tuple[NameRow, ...]:
    """The drugs, the drug classes or the diseases, in the table's order. Raises `IntegrityError` when damaged.

    A drug bears its brands (`medrag.lexicon.brands`) after the names of its own row.
    """
    table, codes = _NAME_TABLES[kind]
    rows = read_table(table, _name_columns(kind), required=("en", "zh", "source", "second", "reviewed"))
    names = tuple(_name_of(row, kind, codes) for row in rows)
    return _branded(names) if kind == "drug" else names


@cache
def load_intents() -> tuple[Cue, ...]:
    """The cues of every intent, in the table's order. Raises `IntegrityError` when the table is damaged."""
    columns = ("intent", "language", "cue", "weight")
    return tuple(
        Cue(
            intent=row.one_of("intent", INTENTS),
            language=row.one_of("language", get_args(Language)),
            cue=row["cue"],
            weight=row.one_of("weight", get_args(Weight)),
        )
        for row in read_table("intents.csv", columns, required=columns)
    )


@cache
def load_sections() -> tuple[Section, ...]:
    """The SPL sections. Where a Chinese heading stands under several codes, the first row is its main code."""
    columns = ("loinc", "en", "zh", "intents", "source")
    return tuple(
        Section(
            loinc=row["loinc"],
            en=row["en"],
            zh=row.words("zh"),
            intents=row.all_of("intents", INTENTS),
            source=row["source"],
        )
        for row in read_table("sections.csv", columns, required=columns)
    )


@cache
def load_expansions() -> tuple[Expansion, ...]:
    """What evidence calls an intent or a term, one row for each language. Raises `IntegrityError` when damaged."""
    columns = ("key", "language", "words")
    return tuple(
        Expansion(
            key=row["key"],
            language=row.one_of("language", get_args(Language)),
            words=row.words("words"),
        )
        for row in read_table("expansions.csv", columns, required=columns)
    )


@cache
def compile_cue(cue: Cue) -> re.Pattern[str]:
    """The pattern to search a question with, case ignored.

    English and French cues match whole words; Han characters next to them end a word, so that ``eGFR多少`` still holds
    the cue ``eGFR`` (Python's ``\\b`` would see one word there). Chinese cues match anywhere.
    """
    if cue.language == "zh":
        return re.compile(cue.cue, re.IGNORECASE)
    return re.compile(rf"(?<!{_LATIN})(?:{cue.cue})(?!{_LATIN})", re.IGNORECASE)


#: Letters and digits of Latin script, accents and œ included: what may not touch an English or French cue.
_LATIN = r"[0-9A-Za-zÀ-ÖØ-öø-ÿŒœ]"

_NAME_TABLES: Final[dict[NameKind, tuple[str, tuple[str, ...]]]] = {
    "drug": ("drugs.csv", ("atc",)),
    "class": ("classes.csv", ()),
    "disease": ("diseases.csv", ("doid", "icd10")),
}


def _name_columns(kind: NameKind) -> tuple[str, ...]:
    taiwan = () if kind == "class" else ("zh_tw",)
    codes = _NAME_TABLES[kind][1]
    return ("en", "en_alt", "zh", "zh_alt", *taiwan, "fr", *codes, "source", "second", "reviewed")


def _name_of(row: Row, kind: NameKind, codes: tuple[str, ...]) -> NameRow:
    return NameRow(
        kind=kind,
        en=row["en"],
        en_alt=row.words("en_alt"),
        zh=row["zh"],
        zh_alt=row.words("zh_alt"),
        zh_tw=row.words("zh_tw") if kind != "class" else (),
        fr=row["fr"],
        codes=tuple((system, code) for system in codes for code in row.words(system)),
        source=row["source"],
        second=row["second"],
        reviewed=row.one_of("reviewed", ("true", "false")) == "true",
    )


def _branded(drugs: tuple[NameRow, ...]) -> tuple[NameRow, ...]:
    brands = brand_names({row.en for row in drugs})
    return tuple(
        replace(
            row,
            en_alt=row.en_alt + brands.get((row.en, "en"), ()),
            zh_alt=row.zh_alt + brands.get((row.en, "zh"), ()),
            zh_tw=row.zh_tw + brands.get((row.en, "zh-tw"), ()),
        )
        for row in drugs
    )
