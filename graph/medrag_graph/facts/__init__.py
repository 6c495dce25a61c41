"""Risk properties of drugs, written for this project as facts with sources, and the closed list of what they may say.

The tables are UTF-8 CSV files beside this one; ``README.md`` there says what each column means, what confirms a row and
what none of them is: a graded interaction. They are the premises of inferred findings, never a finding by themselves.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast, get_args

from medrag.lexicon import load_names
from medrag.lexicon.tables import Row, parse_table
from medrag.text.normalise import fold_name

__all__ = [
    "CODE_KINDS",
    "OUTSIDE_LEXICON",
    "RISK_ROLES",
    "RISK_STRENGTHS",
    "ROLES_OF",
    "STRENGTHS_OF",
    "CodeKind",
    "Risk",
    "RiskCode",
    "RiskRole",
    "RiskStrength",
    "Threshold",
    "load_codes",
    "load_conditions",
    "load_risks",
    "parse_codes",
    "parse_conditions",
    "parse_risks",
]

CodeKind = Literal["kinetic", "effect", "patient", "condition", "food", "allergy"]
RiskRole = Literal[
    "substrate",
    "sensitive_substrate",
    "narrow_index",
    "activated",
    "inhibitor",
    "inducer",
    "carries",
    "contraindicated",
    "avoid",
    "caution",
    "member",
    "cross_reacts",
]
RiskStrength = Literal["strong", "moderate", "weak", ""]

CODE_KINDS: Final[tuple[CodeKind, ...]] = get_args(CodeKind)
RISK_ROLES: Final[tuple[RiskRole, ...]] = get_args(RiskRole)
RISK_STRENGTHS: Final[tuple[RiskStrength, ...]] = get_args(RiskStrength)

#: The roles a property of each kind may give a drug; the first ones of ``kinetic`` exclude one another.
ROLES_OF: Final[dict[CodeKind, tuple[RiskRole, ...]]] = {
    "kinetic": ("substrate", "sensitive_substrate", "narrow_index", "activated", "inhibitor", "inducer"),
    "effect": ("carries",),
    "patient": ("contraindicated", "avoid", "caution"),
    "condition": ("contraindicated", "avoid", "caution"),
    "food": ("contraindicated", "avoid", "caution"),
    "allergy": ("member", "cross_reacts"),
}

#: The strengths a role may have. Strong, moderate and weak follow FDA's definitions for inhibitors and inducers.
STRENGTHS_OF: Final[dict[RiskRole, tuple[RiskStrength, ...]]] = {
    "substrate": ("",),
    "sensitive_substrate": ("",),
    "narrow_index": ("",),
    "activated": ("",),
    "inhibitor": ("strong", "moderate", "weak", ""),
    "inducer": ("strong", "moderate", "weak", ""),
    "carries": ("strong", "weak", ""),
    "contraindicated": ("",),
    "avoid": ("strong", ""),
    "caution": ("",),
    "member": ("",),
    "cross_reacts": ("moderate", "weak"),
}

#: Drugs and foods with risk rows that the drug lexicon does not name; everything else must stand there.
OUTSIDE_LEXICON: Final[frozenset[str]] = frozenset(
    {
        "St John's wort",
        "avanafil",
        "cangrelor",
        "caplacizumab",
        "carisoprodol",
        "cefamandole",
        "cidofovir",
        "conivaptan",
        "darifenacin",
        "eliglustat",
        "encorafenib",
        "estramustine",
        "ethanol",
        "fampridine",
        "felbamate",
        "gilteritinib",
        "glasdegib",
        "grapefruit juice",
        "halofantrine",
        "iomeprol",
        "iproniazid",
        "isocarboxazid",
        "ivosidenib",
        "lofexidine",
        "lomitapide",
        "loxapine",
        "lumefantrine",
        "meclozine",
        "miltefosine",
        "moexipril",
        "naloxegol",
        "nefazodone",
        "nisoldipine",
        "omacetaxine",
        "ospemifene",
        "oxitriptan",
        "pasireotide",
        "pegloticase",
        "selpercatinib",
        "sodium oxybate",
        "streptozocin",
        "tafenoquine",
        "telithromycin",
        "tipranavir",
        "tobacco smoke",
        "tranylcypromine",
        "tryptophan",
        "vorapaxar",
    }
)

_CODE_COLUMNS = ("code", "kind", "en", "zh", "fr", "definition", "source", "url")
_RISK_COLUMNS = (
    "drug",
    "property",
    "role",
    "strength",
    "threshold",
    "note",
    "source",
    "url",
    "second",
    "held",
    "reviewed",
)
_LIMIT = re.compile(r"(eGFR|CrCl|age)<(\d{1,3})")
#: What the threshold of a property may measure; other properties have none.
_MEASURES: Final = {"renal": ("eGFR", "CrCl"), "child": ("age",)}


@dataclass(frozen=True, slots=True)
class RiskCode:
    """A risk property that a row may name: its labels in three languages and what it means in one line."""

    code: str
    kind: CodeKind
    en: str
    zh: str
    fr: str
    definition: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a row holds below: eGFR in mL/min/1.73 m2, CrCl in mL/min, age in years."""

    measure: Literal["eGFR", "CrCl", "age"]
    below: int


@dataclass(frozen=True, slots=True)
class Risk:
    """One fact: ``drug`` has ``role`` for ``property``.

    ``source`` says where a person can read it and ``second`` what else says so, or ``none``. ``held`` names the places
    in sources the project holds whose words confirm it (`README.md` gives their form); empty when none does, and then
    the row rests on knowledge of the public source alone. ``reviewed`` turns true only when a pharmacist has read it.
    """

    drug: str
    property: str
    role: RiskRole
    strength: RiskStrength
    threshold: Threshold | None
    note: str
    source: str
    url: str
    second: str
    held: tuple[str, ...]
    reviewed: bool

    @builtins.property  # the field above hides the plain name
    def key(self) -> tuple[str, str, RiskRole]:
        """What may stand only once in the table."""
        return self.drug, self.property, self.role


@cache
def load_codes() -> tuple[RiskCode, ...]:
    """Every risk property, in the table's order. Raises `IntegrityError` when the table is damaged."""
    return parse_codes(_read("codes.csv"))


@cache
def load_risks() -> tuple[Risk, ...]:
    """Every risk row, sorted by drug, property and role. Raises `IntegrityError` when the table is damaged."""
    drugs = {row.en for row in load_names("drug")} | OUTSIDE_LEXICON
    return parse_risks(_read("risks.csv"), load_codes(), drugs)


@cache
def load_conditions() -> dict[str, frozenset[str]]:
    """Folded name of a condition to the codes it means. Raises `IntegrityError` when the table is damaged."""
    known = frozenset(code.code for code in load_codes() if code.kind == "condition")
    return parse_conditions(_read("conditions.csv"), known)


def parse_conditions(text: str, known: frozenset[str]) -> dict[str, frozenset[str]]:
    """As `load_conditions`, from text; ``known`` are the codes of conditions."""
    held: dict[str, set[str]] = {}
    for row in parse_table(text, _file("conditions.csv"), ("code", "names"), required=("code", "names")):
        if row["code"] not in known:
            row.refuse("code", f"{row['code']!r} is no condition of codes.csv")
        for name in row.words("names"):
            held.setdefault(fold_name(name), set()).add(row["code"])
    return {name: frozenset(codes) for name, codes in held.items()}


def parse_codes(text: str) -> tuple[RiskCode, ...]:
    """As `load_codes`, from text."""
    rows = parse_table(text, _file("codes.csv"), _CODE_COLUMNS, required=_CODE_COLUMNS)
    _refuse_repeats(((row["code"],), row) for row in rows)
    return tuple(
        RiskCode(
            code=row["code"],
            kind=row.one_of("kind", CODE_KINDS),
            en=row["en"],
            zh=row["zh"],
            fr=row["fr"],
            definition=row["definition"],
            source=row["source"],
            url=row["url"],
        )
        for row in rows
    )


def parse_risks(text: str, codes: Iterable[RiskCode], drugs: Iterable[str]) -> tuple[Risk, ...]:
    """As `load_risks`, from text; ``codes`` and ``drugs`` are the closed lists that rows may name."""
    kinds = {code.code: code.kind for code in codes}
    known = frozenset(drugs)
    required = ("drug", "property", "role", "source", "second", "reviewed")
    rows = parse_table(text, _file("risks.csv"), _RISK_COLUMNS, required=required)
    _refuse_repeats((_exclusive_key(row), row) for row in rows)
    return tuple(_risk_of(row, kinds, known) for row in rows)


def _risk_of(row: Row, kinds: dict[str, CodeKind], drugs: frozenset[str]) -> Risk:
    if row["drug"] not in drugs:
        row.refuse("drug", f"{row['drug']!r} is not an English name of the drug lexicon")
    name = row.one_of("property", tuple(kinds))
    role = row.one_of("role", ROLES_OF[kinds[name]])
    return Risk(
        drug=row["drug"],
        property=name,
        role=role,
        strength=_strength_of(row, name, role),
        threshold=_threshold_of(row),
        note=row["note"],
        source=row["source"],
        url=row["url"],
        second=row["second"],
        held=row.words("held"),
        reviewed=row.one_of("reviewed", ("true", "false")) == "true",
    )


def _strength_of(row: Row, name: str, role: RiskRole) -> RiskStrength:
    strength = row.one_of("strength", STRENGTHS_OF[role])
    if name == "QT" and strength:
        row.refuse("strength", "QT rows carry no grade")
    return strength


def _threshold_of(row: Row) -> Threshold | None:
    """Rows about kidneys and children must name a threshold of their own measure, other rows none."""
    text, measures = row["threshold"], _MEASURES.get(row["property"], ())
    found = _LIMIT.fullmatch(text)
    if not measures and not text:
        return None
    if found is None or found[1] not in measures:
        due = " or ".join(f"{measure}<N" for measure in measures) or "nothing"
        row.refuse("threshold", f"{text!r} where {due} is due")
    return Threshold(cast(Literal["eGFR", "CrCl", "age"], found[1]), int(found[2]))


def _exclusive_key(row: Row) -> tuple[str, ...]:
    """What two rows may not share: a role for a property, a grade of avoidance, a degree of being a substrate."""
    role = row["role"]
    exclusive = {
        "sensitive_substrate": "substrate",
        "activated": "substrate",
        "contraindicated": "grade",
        "avoid": "grade",
        "caution": "grade",
        "cross_reacts": "member",
    }
    return row["drug"], row["property"], exclusive.get(role, role)


def _refuse_repeats(keyed: Iterable[tuple[tuple[str, ...], Row]]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for key, row in keyed:
        if key in seen:
            row.refuse("", f"{' '.join(key)} was said on line {seen[key]} already")
        seen[key] = row.line


def _file(name: str) -> str:
    return f"medrag_graph/facts/{name}"


def _read(name: str) -> str:
    return files("medrag_graph.facts").joinpath(name).read_text(encoding="utf-8")
