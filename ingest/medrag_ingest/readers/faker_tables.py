"""Reads the drug and disease names of faker-healthcare-provider from its Python files, as literals, unimported."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from medrag.errors import UsageError
from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import no_options, unforeseen
from medrag_ingest.readers.guard import decode_bytes, read_bytes

__all__ = ["read_faker_names"]

#: Folder of a catalogue -> its language; the package's own folder holds the English one.
_LANGUAGES: Final[Mapping[str, Language]] = {"faker_healthcare": "en", "zh_CN": "zh", "fr_FR": "fr"}
_DISEASES, _DRUGS, _NO_DRUGS = "DISEASE_CORRELATIONS", "MEDICATION_NAMES", "NON_DRUG_INTERVENTIONS"
_WANTED: Final = frozenset({_DISEASES, _DRUGS, _NO_DRUGS})
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
#: English terms of the medication lists that name a group: their last word is one of these plurals.
_GROUP = re.compile(
    r"(?:^|[\s-])(?:agonists|analogues|antacids|antagonists|antibiotics|anticoagulants|antidiarrheals|antihistamines"
    r"|antihypertensives|antivirals|blockers|bronchodilators|contraceptives|corticosteroids|decongestants|diuretics"
    r"|enzymes|immunosuppressants|inhibitors|moisturizers|probiotics|progestins|prokinetics|relievers|retinoids"
    r"|softeners|statins|steroids|supplements|thiazides|thrombolytics|vasodilators|vasopressors|nausea)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """One language's tables, and the line of each text in its file."""

    language: Language
    diseases: Mapping[str, Mapping[str, object]]
    drugs: Mapping[str, str]
    others: frozenset[str]
    raw: RawFile
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Term:
    """One thing with its name in each language, English first, and its ICD-10 code where it has one."""

    kind: str
    names: tuple[tuple[Language, str], ...]
    icd10: str


def read_faker_names(files: Sequence[RawFile], options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """Two documents, ``diseases`` and ``drugs``: a line per term, its names in every language given.

    ``files``: ``disease_correlations.py`` of the English catalogue and of any of zh_CN and fr_FR; each folder's
    ``clinical_labels.py`` and the English ``constants.py`` where named. Diseases are joined by position, which must
    carry the same ICD-10 code in each language; drugs by position inside a disease, and by key in the label table; a
    term with two translations, or whose translation is the English word, is left out and counted. The package makes
    test data and is no clinical source: use its names only. Raises DocumentRefused where the catalogues do not align,
    or hold anything but literals. No options.
    """
    no_options(options, "faker_names")
    catalogues = _read_catalogues(files)
    english = catalogues.pop("en", None)
    if english is None or not catalogues:
        raise UsageError(
            "the English catalogue and one in another language are needed",
            remedy="Name disease_correlations.py of faker_healthcare and of zh_CN or fr_FR on the card",
        )
    others = [catalogues[language] for language in sorted(catalogues)]
    yield _document(english, others, "diseases", *_join_diseases(english, others))
    yield _document(english, others, "drugs", *_join_drugs(english, others))


def _read_catalogues(files: Sequence[RawFile]) -> dict[Language, _Catalogue]:
    tables: dict[Language, dict[str, object]] = {}
    places: dict[Language, tuple[RawFile, dict[str, int]]] = {}
    for raw in files:
        folder = PurePosixPath(raw.member or raw.name).parent.name
        if folder not in _LANGUAGES:
            unforeseen(raw, f"the folder {folder!r} is none of {', '.join(_LANGUAGES)}")
        language = _LANGUAGES[folder]
        found, lines = _read_literals(raw)
        tables.setdefault(language, {}).update(found)
        if _DISEASES in found:
            places[language] = raw, lines
    return {language: _catalogue(language, tables[language], *places[language]) for language in places}


def _read_literals(raw: RawFile) -> tuple[dict[str, object], dict[str, int]]:
    """The wanted assignments of a module and the first line of each text; the module is parsed, never run."""
    try:
        module = ast.parse(decode_bytes(raw, read_bytes(raw)))
        found = dict(_assignments(module))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        unforeseen(raw, f"not a Python file of literal tables: {error}", line=getattr(error, "lineno", None))
    lines: dict[str, int] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines[node.value] = min(node.lineno, lines.get(node.value, node.lineno))
    return found, lines


def _assignments(module: ast.Module) -> Iterator[tuple[str, object]]:
    for node in module.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(target, ast.Name)
            and target.id in _WANTED
        ):
            if node.value is None:
                raise ValueError(f"{target.id} has no value")
            yield target.id, ast.literal_eval(node.value)


def _catalogue(
    language: Language, found: Mapping[str, object], raw: RawFile, lines: Mapping[str, int]
) -> _Catalogue:
    diseases, drugs, others = found[_DISEASES], found.get(_DRUGS, {}), found.get(_NO_DRUGS, ())
    if not isinstance(diseases, dict) or not isinstance(drugs, dict) or not isinstance(others, tuple):
        unforeseen(raw, f"{_DISEASES} and {_DRUGS} as dicts and {_NO_DRUGS} as a tuple were expected")
    for name, row in diseases.items():
        if not isinstance(row, dict) or not _ICD10.fullmatch(str(row.get("icd10"))):
            unforeseen(raw, "a disease with an ICD-10 code was expected", field=f"/{name}")
        medications = row.get("medications")
        if not isinstance(medications, list) or not all(isinstance(item, str) for item in medications):
            unforeseen(raw, "a list of medication names was expected", field=f"/{name}/medications")
    return _Catalogue(language, diseases, drugs, frozenset(others), raw, lines)


def _rows(
    english: _Catalogue, other: _Catalogue
) -> Iterator[tuple[str, str, Mapping[str, object], Mapping[str, object]]]:
    """Pairs of diseases at the same position. Raises DocumentRefused when they do not align."""
    if len(english.diseases) != len(other.diseases):
        unforeseen(other.raw, f"{len(other.diseases)} diseases, but {len(english.diseases)} in English")
    for (name, row), (their, theirs) in zip(english.diseases.items(), other.diseases.items(), strict=True):
        if row["icd10"] != theirs["icd10"]:
            unforeseen(other.raw, f"its code is not that of {name!r} in English", field=f"/{their}/icd10")
        yield name, their, row, theirs


def _join_diseases(english: _Catalogue, others: Sequence[_Catalogue]) -> tuple[list[_Term], Counter[str]]:
    names: dict[str, list[tuple[Language, str]]] = {name: [("en", name)] for name in english.diseases}
    for other in others:
        for name, their, _, _ in _rows(english, other):
            names[name].append((other.language, their))
    terms = [
        _Term("disease", tuple(held), str(english.diseases[name]["icd10"])) for name, held in names.items()
    ]
    return terms, Counter(diseases=len(terms))


def _join_drugs(english: _Catalogue, others: Sequence[_Catalogue]) -> tuple[list[_Term], Counter[str]]:
    notes: Counter[str] = Counter()
    found: dict[str, list[tuple[Language, str]]] = {}
    for other in others:
        for name, theirs in _translations(english, other).items():
            if len(theirs) > 1:
                notes["terms_of_two_translations"] += 1
                continue
            told = next(iter(theirs))
            if told.casefold() == name.casefold():
                notes[f"terms_untranslated_{other.language}"] += 1
                continue
            found.setdefault(name, [("en", name)]).append((other.language, told))
    terms = [_Term(_kind(name, english), tuple(held), "") for name, held in sorted(found.items())]
    notes.update(f"kind_{term.kind}" for term in terms)
    return terms, notes


def _translations(english: _Catalogue, other: _Catalogue) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for _, their, row, theirs in _rows(english, other):
        ours, others = row["medications"], theirs["medications"]
        if not isinstance(ours, list) or not isinstance(others, list) or len(ours) != len(others):
            unforeseen(
                other.raw, "as many medications as in English were expected", field=f"/{their}/medications"
            )
        for name, told in zip(ours, others, strict=True):
            found.setdefault(name, set()).add(told)
    for key, name in english.drugs.items():
        if key in other.drugs:
            found.setdefault(name, set()).add(other.drugs[key])
    return found


def _kind(name: str, english: _Catalogue) -> str:
    if name in english.others:
        return "other"
    return "class" if _GROUP.search(name) else "drug"


def _document(
    english: _Catalogue, others: Sequence[_Catalogue], key: str, terms: Sequence[_Term], notes: Counter[str]
) -> ParsedDocument:
    builder = TextBuilder()
    names: list[RawName] = []
    for term in terms:
        english_name = term.names[0][1]
        line = " = ".join(text for _, text in term.names) + (f" (ICD-10 {term.icd10})" if term.icd10 else "")
        number = english.lines.get(english_name, 1)
        builder.write("entry", line, locator=f"lines:{number}-{number}", separator="\n")
        slug = "_".join(english_name.casefold().split())
        concept = f"icd10:{term.icd10}" if term.icd10 else f"faker_healthcare:{slug}"
        codes = {"icd10": term.icd10} if term.icd10 else {}
        names += [
            RawName(concept, term.kind, text, language, "preferred", codes) for language, text in term.names
        ]
    text, blocks, segments = builder.finish()
    languages = ", ".join(["en", *(other.language for other in others)])
    return ParsedDocument(
        key=key,
        title=f"Names of {key} ({languages})",
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=english.raw.member,
        language="en",
        names=tuple(names),
        notes=dict(+notes),
    )
