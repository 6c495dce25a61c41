"""Reads name tables that travel inside Python packages, importing nothing of them: drug names and their synonyms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from medrag_ingest.parsed import ParsedDocument, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import no_options, unforeseen
from medrag_ingest.readers.faker_tables import read_faker_names
from medrag_ingest.readers.pickles import load_plain_pickle

__all__ = ["read_drug_dictionary", "read_faker_names"]

#: Bytes after decompression; version 2.0.9 holds 8.4 MB.
_LIMIT: Final = 64 * 1024 * 1024
_PARTS: Final = ("drug_variant_to_canonical", "drug_canonical_to_data", "drug_variant_to_variant_data")
# Our name of a code system -> the package's field and how its codes look. Its mesh_id is left out: it names the
# pharmacological action instead of the drug (warfarin has D012378, rodenticides; aspirin D058633, antipyretics).
_CODES: Final[Mapping[str, tuple[str, re.Pattern[str]]]] = {
    "drugbank": ("drugbank_id", re.compile(r"DB\d{5}")),
    "medlineplus": ("medline_plus_id", re.compile(r"[ad]\d{6}")),
}
#: Fields that only entries of drugs have; the others come from MeSH's chemical tree, receptors and effects included.
_DRUG_FIELDS: Final = frozenset({"drugbank_id", "medline_plus_id", "nhs_url", "wikipedia_url"})
#: MeSH tree of chemical actions and uses: "Anti-Bacterial Agents".
_ACTIONS: Final = "D27."
_SHORT: Final = 5

_Form = Literal["synonym", "brand", "abbreviation"]
_Data = Mapping[str, Mapping[str, object]]


def read_drug_dictionary(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """The pickle of drug-named-entity-recognition: one document per first letter, one ``entry`` line per drug.

    Each variant becomes one name; a drug whose own name is no variant gets one more. ``kind`` is ``drug`` only where
    DrugBank, MedlinePlus, the NHS or Wikipedia know it; what comes from MeSH alone is ``class`` (a chemical action)
    or ``chemical``, which includes receptors, enzymes and antibodies. All names are lower case in the source. Short
    names without a vowel, or with a digit, are marked ``abbreviation``: they are common in other senses. The package
    holds no name of three letters or fewer, and none of the plain English words its own list names. Raises
    DocumentRefused for anything but plain data of this shape. No options.
    """
    no_options(options, "drug_dictionary")
    variants, data, flags, notes = _tables(raw)
    grouped: dict[str, list[str]] = {}
    for variant, drug in variants.items():
        grouped.setdefault(drug, []).append(variant)
    for drug in data:
        grouped.setdefault(drug, [])
    concepts = _concepts(grouped, data)
    letters: dict[str, list[str]] = {}
    for drug in sorted(grouped):
        letters.setdefault(drug[0] if "a" <= drug[0] <= "z" else "0-9", []).append(drug)
    for letter, drugs in sorted(letters.items()):
        yield _letter(raw, letter, [(drug, grouped[drug]) for drug in drugs], data, flags, concepts, notes)
        notes = Counter()


def _tables(raw: RawFile) -> tuple[dict[str, str], _Data, _Data, Counter[str]]:
    """(variant -> drug, drug -> data, variant -> flags, counts), every text and container checked."""
    held = load_plain_pickle(raw, _LIMIT)
    if not isinstance(held, dict) or set(held) != set(_PARTS):
        unforeseen(raw, f"a dict of {', '.join(_PARTS)} was expected", field="/")
    notes: Counter[str] = Counter()
    variants: dict[str, str] = {}
    parts = [_checked(raw, held[part], part) for part in _PARTS]
    for variant, drugs in parts[0].items():
        if not isinstance(drugs, list) or len(drugs) != 1 or not isinstance(drugs[0], str) or not drugs[0]:
            unforeseen(raw, "a list of one drug was expected", field=f"/{_PARTS[0]}/{variant}")
        variants[variant] = drugs[0]
    data, flags = ({name: _fields(raw, row, name) for name, row in part.items()} for part in parts[1:])
    notes["drugs_without_data"] = len(set(variants.values()) - set(data))
    notes["flags_without_variant"] = len(set(flags) - set(variants))
    return variants, data, flags, notes


def _checked(raw: RawFile, part: object, name: str) -> dict[str, object]:
    if not isinstance(part, dict) or not all(isinstance(key, str) and key.strip() for key in part):
        unforeseen(raw, "a dict with names as keys was expected", field=f"/{name}")
    return part


def _fields(raw: RawFile, row: object, name: str) -> Mapping[str, object]:
    if not isinstance(row, dict):
        unforeseen(raw, "a dict of fields was expected", field=f"/{name}")
    return row


def _codes(row: Mapping[str, object]) -> dict[str, str]:
    found = {system: row.get(field) for system, (field, _) in _CODES.items()}
    return {
        system: code
        for system, code in found.items()
        if isinstance(code, str) and _CODES[system][1].fullmatch(code)
    }


def _concepts(drugs: Mapping[str, object], data: _Data) -> dict[str, str]:
    """Drug -> CURIE: DrugBank's, else MedlinePlus's, where one drug alone has the code; else the package's name."""
    held = {drug: _codes(data.get(drug, {})) for drug in drugs}
    uses = Counter(f"{system}:{code}" for codes in held.values() for system, code in codes.items())
    made = {}
    for drug, codes in held.items():
        own = [f"{system}:{codes[system]}" for system in _CODES if system in codes]
        single = [curie for curie in own if uses[curie] == 1]
        made[drug] = single[0] if single else f"drug_dictionary:{'_'.join(drug.split())}"
    return made


def _kind(row: Mapping[str, object]) -> str:
    if _DRUG_FIELDS & set(row) or not row:
        return "drug"
    tree = row.get("mesh_tree")
    places = [place for place in tree if isinstance(place, str)] if isinstance(tree, list) else []
    return "class" if places and all(place.startswith(_ACTIONS) for place in places) else "chemical"


def _letter(
    raw: RawFile,
    letter: str,
    drugs: Sequence[tuple[str, list[str]]],
    data: _Data,
    flags: _Data,
    concepts: Mapping[str, str],
    notes: Counter[str],
) -> ParsedDocument:
    builder = TextBuilder()
    names: list[RawName] = []
    for drug, variants in drugs:
        row = data.get(drug, {})
        made = _names(drug, variants, row, flags, concepts[drug])
        names += made
        codes = ", ".join(_codes(row).values())
        line = f"{made[0].text}{f' ({codes})' if codes else ''}: {'; '.join(item.text for item in made)}"
        locator = f"/{_PARTS[1]}/{drug.replace('~', '~0').replace('/', '~1')}"
        builder.write("entry", " ".join(line.split()), locator=locator, separator="\n")
        notes[f"kind_{made[0].kind}"] += 1
    notes["drugs"] += len(drugs)
    notes["variants"] += sum(len(variants) for _, variants in drugs)
    notes["brands"] += sum(item.form == "brand" for item in names)
    notes["abbreviations"] += sum(item.form == "abbreviation" for item in names)
    text, blocks, segments = builder.finish()
    return ParsedDocument(
        key=f"drugs/{letter}",
        title=f"Drug names: {letter.upper()}",
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        language="en",
        names=tuple(names),
        notes=dict(+notes),
    )


def _names(
    drug: str, variants: Sequence[str], row: Mapping[str, object], flags: _Data, concept: str
) -> list[RawName]:
    """The preferred name first. The package's data spell it with capitals; its variants are all lower case."""
    told = row.get("name")
    preferred = " ".join(told.split()) if isinstance(told, str) and told.strip() else drug
    kind, codes = _kind(row), _codes(row)
    made = [RawName(concept, kind, preferred, "en", "preferred", codes)]
    for variant in variants:
        if variant == preferred.casefold():
            continue
        brand = flags.get(variant, {}).get("is_brand") is True
        form: _Form = (
            "brand" if brand else "abbreviation" if variant != drug and _is_short(variant) else "synonym"
        )
        made.append(RawName(concept, kind, variant, "en", form, codes))
    return made


def _is_short(variant: str) -> bool:
    if len(variant) > _SHORT or " " in variant:
        return False
    return not re.search("[aeiouy]", variant) or bool(re.search(r"\d", variant))
