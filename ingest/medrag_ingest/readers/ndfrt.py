"""Reads NDF-RT's drug interactions as public-PDDI-analysis holds them: pairs with a level, names with RxNorm codes."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from medrag.errors import UsageError
from medrag.vocabulary import Severity
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import no_options, unforeseen
from medrag_ingest.readers.guard import iter_lines

__all__ = ["read_ndfrt"]

SCALE: Final = "ndfrt"
#: The VA's two levels. Critical: the pair is not to be given without a reason; significant: it is to be watched.
LEVELS: Final[Mapping[str, Severity]] = {"Critical": "major", "Significant": "moderate"}
_PAIRS: Final = ("nui", "label", "drug1_nui", "drug2_nui", "severity")
_CODES: Final = ("rxcui", "nui", "drugname")
#: What else brackets say: a product, a dose form, an established class, the code of a VA class before its name. The file
#: cuts names at 50 characters, brackets included.
_OTHER: Final = re.compile(r"\[")
_INGREDIENT: Final = re.compile(r"\s*\[Chemical/Ingredient\]$")
_CUT_AT: Final = 50
_NUI: Final = re.compile(r"N\d{10}")
#: Pairs a document: 5,265 pairs make some 27 documents.
_PAIRS_A_DOCUMENT: Final = 200
_NAMES_A_DOCUMENT: Final = 1000


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Coded:
    """A name of the mapping table."""

    line: int
    nui: str
    text: str
    rxcui: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair with (identifier, name) of both its drugs."""

    row: _Row
    ends: tuple[tuple[str, str], tuple[str, str]]


def read_ndfrt(files: Sequence[RawFile], options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """Documents of 200 pairs each, then documents of the names with their codes.

    ``files``: the interactions (TSV: nui, label, drug1_nui, drug2_nui, severity) and the RxNorm mapping (CSV with ``;``:
    rxcui, nui, drugname), told apart by their header. A pair's two names stand in its label; which is which is learnt
    from the mapping, and from other pairs for drugs the mapping lacks. Raises DocumentRefused with the line of a pair
    whose label cannot be divided, whose level is not known, or whose identifier is malformed. No options.
    """
    no_options(options, "ndfrt")
    tables = _sort_files(files)
    coded = list(_coded(*tables[_CODES]))
    raw, rows = tables[_PAIRS]
    pairs = _divided(raw, rows, {item.nui: item.text for item in reversed(coded)})
    yield from _pair_documents(raw, pairs, {item.nui: item.rxcui for item in coded})
    yield from _name_documents(tables[_CODES][0], coded)


def _sort_files(files: Sequence[RawFile]) -> dict[tuple[str, ...], tuple[RawFile, list[_Row]]]:
    tables: dict[tuple[str, ...], tuple[RawFile, list[_Row]]] = {}
    for raw in files:
        delimiter = "\t" if raw.path.endswith(".tsv") else ";"
        lines = list(csv.reader(iter_lines(raw), delimiter=delimiter, quoting=csv.QUOTE_NONE))
        header = tuple(lines[0])
        if header not in (_PAIRS, _CODES) or header in tables:
            unforeseen(raw, f"columns {', '.join(_PAIRS)} or {', '.join(_CODES)} were expected, once", line=1)
        for number, cells in enumerate(lines[1:], 2):
            if len(cells) != len(header):
                unforeseen(raw, f"{len(header)} columns were expected, {len(cells)} found", line=number)
        rows = [_Row(n, dict(zip(header, cells, strict=True))) for n, cells in enumerate(lines[1:], 2)]
        tables[header] = raw, rows
    if len(tables) < 2:
        raise UsageError("the NDF-RT reader needs the interactions and the RxNorm mapping")
    return tables


def _coded(raw: RawFile, rows: Sequence[_Row]) -> Iterator[_Coded]:
    """Names of substances. Products, and names the file has cut short, are left out."""
    for row in rows:
        rxcui, nui, text = (row.cells[name].strip() for name in _CODES)
        if not rxcui.isdigit() or not _NUI.fullmatch(nui) or not text:
            unforeseen(raw, f"not a code, an identifier and a name: {rxcui};{nui};{text}", line=row.line)
        bare = _INGREDIENT.sub("", text)
        if not _OTHER.search(bare) and (bare != text or len(text) < _CUT_AT):
            yield _Coded(row.line, nui, bare, rxcui)


def _divided(raw: RawFile, rows: Sequence[_Row], mapped: Mapping[str, str]) -> list[_Pair]:
    """Every pair with its two names, each beside its identifier: the label is divided by whichever name is known."""
    known: dict[str, list[str]] = {nui: [text] for nui, text in mapped.items()}
    made: list[_Pair] = []
    waiting = list(rows)
    while waiting:
        left: list[_Row] = []
        for row in waiting:
            pair = _divide(row, known)
            (made if pair else left).append(pair or row)  # type: ignore[arg-type]
        if len(left) == len(waiting):
            unforeseen(raw, f"the label {left[0].cells['label']!r} cannot be divided", line=left[0].line)
        waiting = left
    return sorted(made, key=lambda pair: (pair.row.cells["label"], pair.row.line))


def _divide(row: _Row, known: dict[str, list[str]]) -> _Pair | None:
    """Learns the other name of a pair from the one that is known; None when neither is known yet."""
    label, ends = row.cells["label"], (row.cells["drug1_nui"], row.cells["drug2_nui"])
    for one, other in (ends, ends[::-1]):
        for name in known.get(one, ()):
            rest = _rest(label, name)
            if rest:
                names = known.setdefault(other, [])
                names += [] if rest in names else [rest]
                return _Pair(row, ((one, name), (other, rest)))
    return None


def _rest(label: str, known: str) -> str | None:
    if label.startswith(f"{known}/"):
        return label[len(known) + 1 :]
    return label[: -len(known) - 1] if label.endswith(f"/{known}") else None


def _pair_documents(
    raw: RawFile, pairs: Sequence[_Pair], codes: Mapping[str, str]
) -> Iterator[ParsedDocument]:
    for number, start in enumerate(range(0, len(pairs), _PAIRS_A_DOCUMENT), 1):
        batch = pairs[start : start + _PAIRS_A_DOCUMENT]
        builder = TextBuilder()
        first, last = (pair.row.cells["label"] for pair in (batch[0], batch[-1]))
        line = batch[0].row.line
        builder.heading(f"VA drug interactions, {first} to {last}", 1, locator=f"lines:{line}-{line}")
        claims = tuple(_claim(raw, pair, builder) for pair in batch)
        text, blocks, segments = builder.finish()
        yield ParsedDocument(
            key=f"pairs/{number:03}",
            title=f"VA drug interactions, {first} to {last}",
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=raw.member,
            assertions=claims,
            names=tuple(
                _name(nui, name, codes.get(nui)) for nui, name in sorted({e for p in batch for e in p.ends})
            ),
            notes=dict(Counter(claim.native_level.casefold() for claim in claims)),
        )


def _claim(raw: RawFile, pair: _Pair, builder: TextBuilder) -> RawAssertion:
    row, level = pair.row, pair.row.cells["severity"]
    if level not in LEVELS:
        unforeseen(raw, f"a level not known: {level!r}", line=row.line)
    words = f"{row.cells['label']}: {level} ({row.cells['nui']})"
    span = builder.write("table_row", words, locator=f"lines:{row.line}-{row.line}", separator="\n")
    (_, one), (_, other) = pair.ends
    return RawAssertion("interacts_with", one, other, LEVELS[level], SCALE, level, evidence=(("row", span),))


def _name(nui: str, text: str, rxcui: str | None) -> RawName:
    codes = {"ndfrt": nui} | ({"rxnorm": rxcui} if rxcui else {})
    return RawName(f"ndfrt:{nui}", "drug", text, "en", "preferred", codes)


def _name_documents(raw: RawFile, coded: Sequence[_Coded]) -> Iterator[ParsedDocument]:
    """The mapping's substances, not searched: they are there to join by code."""
    left = iter(coded)
    number = 0
    while batch := list(islice(left, _NAMES_A_DOCUMENT)):
        number += 1
        builder = TextBuilder()
        for item in batch:
            line = f"{item.text} (RxNorm {item.rxcui}, {item.nui})"
            builder.write("entry", line, locator=f"lines:{item.line}-{item.line}", separator="\n")
        text, blocks, segments = builder.finish()
        yield ParsedDocument(
            key=f"names/{number:03}",
            title=f"Names with RxNorm codes, {batch[0].text} to {batch[-1].text}",
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=raw.member,
            searchable=False,
            names=tuple(_name(item.nui, item.text, item.rxcui) for item in batch),
        )
