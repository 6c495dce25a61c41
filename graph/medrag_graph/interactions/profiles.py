"""What the project's own tables know of a drug by its English names: ATC codes, classes, groups of rules, risk facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, TypeVar

from medrag.lexicon import load_names
from medrag.lexicon.tables import parse_table
from medrag.text.normalise import fold_name
from medrag.vocabulary import SEVERITY_ORDER, Language, Severity

if TYPE_CHECKING:
    from medrag_graph.facts import Risk

T = TypeVar("T")

__all__ = ["GROUPS", "Profile", "TherapeuticClass", "load_classes", "profile_of"]

TABLE: Final = "medrag_graph/interactions/therapeutic_classes.csv"
#: Groups that rules speak of, by ATC prefixes and English names.
GROUPS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "warfarin": (("B01AA03",), ("warfarin",)),
    "vitamin_k_antagonist": (("B01AA",), ()),
    "nsaid": (("M01A",), ()),
    "diclofenac": ((), ("diclofenac",)),
    "digoxin": (("C01AA05",), ("digoxin",)),
    "gastroprotection": (("A02BC", "A02BB01"), ("misoprostol",)),
    "corticosteroid": (("H02AB",), ()),
    "aldosterone_antagonist": (("C03DA",), ("spironolactone", "eplerenone")),
}


@dataclass(frozen=True, slots=True)
class TherapeuticClass:
    """A class of which one at a time is enough, by ATC prefixes, with its name in three languages."""

    key: str
    atc: tuple[str, ...]
    en: str
    zh: str
    fr: str
    #: How grave two of it are.
    severity: Severity

    def name(self, language: Language) -> str:
        return {"en": self.en, "zh": self.zh, "fr": self.fr}[language]


@dataclass(frozen=True, slots=True)
class Profile:
    """One drug by its names. Made once for a set of names."""

    folded: frozenset[str]
    atc: tuple[str, ...]
    #: Keys of its therapeutic classes, and groups of rules it is in.
    classes: frozenset[str]
    groups: frozenset[str]
    risks: tuple[Risk, ...]
    by_property: Mapping[str, tuple[Risk, ...]]

    def with_role(self, prop: str, roles: Iterable[str]) -> tuple[Risk, ...]:
        """Its facts of one property in some roles."""
        return tuple(risk for risk in self.by_property.get(prop, ()) if risk.role in roles)

    def carried(self) -> frozenset[str]:
        """The risks it carries."""
        return frozenset(risk.property for risk in self.risks if risk.role == "carries")


@lru_cache(maxsize=32_768)
def profile_of(names: tuple[str, ...], told: str) -> Profile:
    """The profile of a drug of these English names, preferred first; ``told`` are ATC codes of its concept."""
    folded = tuple(dict.fromkeys(fold_name(name) for name in names))
    atc = (*told.replace(";", " ").replace("|", " ").split(), *first_held(atc_table(), folded))
    groups = (
        group
        for group, (prefixes, called) in GROUPS.items()
        if any(code.startswith(prefixes) for code in atc) or not {*called}.isdisjoint(folded)
    )
    classes = (item.key for item in load_classes() if any(code.startswith(item.atc) for code in atc))
    risks = first_held(risk_table(), folded)
    by_property: dict[str, tuple[Risk, ...]] = {}
    for risk in risks:
        by_property[risk.property] = (*by_property.get(risk.property, ()), risk)
    return Profile(frozenset(folded), atc, frozenset(classes), frozenset(groups), risks, by_property)


def first_held(table: Mapping[str, tuple[T, ...]], names: Iterable[str]) -> tuple[T, ...]:
    """What the first name that the table has says: a salt's own row never adds to its base's."""
    return next((table[name] for name in names if name in table), ())


@cache
def atc_table() -> dict[str, tuple[str, ...]]:
    """Folded English name of the lexicon to its ATC codes; a main name beats another row's synonym."""
    return {
        fold_name(name): tuple(code for system, code in row.codes if system == "atc")
        for main in (False, True)
        for row in load_names("drug")
        for name in ((row.en,) if main else row.en_alt)
    }


@cache
def risk_table() -> dict[str, tuple[Risk, ...]]:
    """Folded drug name to its facts."""
    from medrag_graph.facts import load_risks

    held: dict[str, list[Risk]] = {}
    for risk in load_risks():
        held.setdefault(fold_name(risk.drug), []).append(risk)
    return {name: tuple(risks) for name, risks in held.items()}


@cache
def load_classes() -> tuple[TherapeuticClass, ...]:
    """The closed list, in the table's order. Raises IntegrityError when the table is damaged."""
    text = files("medrag_graph.interactions").joinpath("therapeutic_classes.csv").read_text(encoding="utf-8")
    columns = ("key", "atc", "severity", "en", "zh", "fr")
    return tuple(
        TherapeuticClass(
            row["key"],
            row.words("atc"),
            row["en"],
            row["zh"],
            row["fr"],
            row.one_of("severity", SEVERITY_ORDER),
        )
        for row in parse_table(text, TABLE, columns, required=columns)
    )
