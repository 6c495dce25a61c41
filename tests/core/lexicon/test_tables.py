"""The term, intent, section and expansion tables keep their promises, and a damaged table is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import IntegrityError
from medrag.lexicon import (
    INTENTS,
    TERM_KINDS,
    Cue,
    compile_cue,
    load_expansions,
    load_intents,
    load_names,
    load_sections,
    load_terms,
)
from medrag.lexicon.tables import parse_table
from medrag.vocabulary import LANGUAGES, Language


def signalled(question: str, language: Language, weight: str = "strong") -> set[str]:
    return {
        cue.intent
        for cue in load_intents()
        if cue.language == language and cue.weight == weight and compile_cue(cue).search(question)
    }


# Terms


def test_terms_are_many_and_of_every_kind() -> None:
    terms = load_terms()
    assert len(terms) >= 500
    assert {term.kind for term in terms} == set(TERM_KINDS)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("肌酐清除率", "creatinine clearance"),
        ("溶栓", "thrombolysis"),
        ("血压目标", "blood pressure target"),
        ("停药", "discontinuation"),
        ("一线治疗", "first-line treatment"),
        ("负荷剂量", "loading dose"),
        ("餐前", "before meals"),
        ("餐后", "after meals"),
        ("肌内注射", "intramuscular injection"),
    ],
)
def test_terms_that_questions_use_are_there(zh: str, en: str) -> None:
    assert [term.en for term in load_terms() if zh in term.names("zh")] == [en]


# Intents


def test_every_intent_has_strong_cues_in_every_language() -> None:
    strong = {(cue.intent, cue.language) for cue in load_intents() if cue.weight == "strong"}
    assert strong == {(intent, language) for intent in INTENTS for language in LANGUAGES}


def test_cues_compile_and_none_matches_nothing() -> None:
    for cue in load_intents():
        assert compile_cue(cue).search("") is None, cue


def test_no_cue_is_written_twice() -> None:
    cues = [(cue.intent, cue.language, cue.cue) for cue in load_intents()]
    assert len(set(cues)) == len(cues)


@pytest.mark.parametrize(
    ("question", "language", "wanted"),
    [
        ("阿司匹林能不能和布洛芬一起吃？", "zh", "interaction"),
        ("他汀不能跟什么药同服", "zh", "interaction"),
        ("吃头孢期间可以喝酒吗", "zh", "interaction"),
        ("地高辛和胺碘酮合用要注意什么", "zh", "interaction"),
        ("二甲双胍一天最多吃多少", "zh", "dose"),
        ("eGFR 25时万古霉素怎么调量", "zh", "kidney"),
        ("肝硬化患者对乙酰氨基酚能用吗", "zh", "liver"),
        ("孕早期可以用丙戊酸钠吗", "zh", "pregnancy"),
        ("喂奶的时候能吃左氧氟沙星吗", "zh", "lactation"),
        ("哪些人不能用异维A酸", "zh", "contraindication"),
        ("利奈唑胺的适应症", "zh", "indication"),
        ("胺碘酮会不会引起甲减", "zh", "adverse_effect"),
        ("误服了十片扑热息痛", "zh", "overdose"),
        ("用锂盐多久查一次血药浓度", "zh", "monitoring"),
        ("房颤患者首选什么抗凝药", "zh", "recommendation"),
        ("沙库巴曲缬沙坦的作用机制", "zh", "mechanism"),
        ("胰岛素开封后能放多久", "zh", "storage"),
        ("3岁宝宝发烧用什么", "zh", "paediatric"),
        ("80岁以上老人降压", "zh", "geriatric"),
        ("奥美拉唑饭前吃还是饭后吃", "zh", "administration"),
        ("阿哌沙班属于哪类药", "zh", "definition"),
        ("Can warfarin be taken with ibuprofen?", "en", "interaction"),
        ("Is it OK to use tramadol and sertraline together", "en", "interaction"),
        ("What is the maximum dose of metformin?", "en", "dose"),
        ("apixaban on hemodialysis", "en", "kidney"),
        ("statins in cirrhosis", "en", "liver"),
        ("Is lisinopril safe in the second trimester?", "en", "pregnancy"),
        ("sertraline while breast-feeding", "en", "lactation"),
        ("Who should not take methotrexate?", "en", "contraindication"),
        ("What is gabapentin used for?", "en", "indication"),
        ("Can amlodipine cause ankle swelling?", "en", "adverse_effect"),
        ("antidote for dabigatran", "en", "overdose"),
        ("How often should I check TSH on amiodarone?", "en", "monitoring"),
        ("first-line therapy for COPD", "en", "recommendation"),
        ("How does clopidogrel work?", "en", "mechanism"),
        ("Does semaglutide need to be refrigerated?", "en", "storage"),
        ("amoxicillin for toddlers", "en", "paediatric"),
        ("zolpidem in a 78-year-old", "en", "geriatric"),
        ("levothyroxine on an empty stomach?", "en", "administration"),
        ("What class of drug is apixaban?", "en", "definition"),
        ("Quelle est la posologie du méthotrexate ?", "fr", "dose"),
        ("colchicine et insuffisance rénale", "fr", "kidney"),
        ("paracétamol en cas de cirrhose", "fr", "liver"),
        ("ibuprofène pendant la grossesse", "fr", "pregnancy"),
        ("codéine et allaitement", "fr", "lactation"),
        ("Peut-on associer warfarine et miconazole ?", "fr", "interaction"),
        ("contre-indications des triptans", "fr", "contraindication"),
        ("À quoi sert le lithium ?", "fr", "indication"),
        ("effets indésirables de l'amiodarone", "fr", "adverse_effect"),
        ("surdosage en digoxine", "fr", "overdose"),
        ("surveillance de l'INR", "fr", "monitoring"),
        ("traitement de première intention", "fr", "recommendation"),
        ("mécanisme d'action de la metformine", "fr", "mechanism"),
        ("comment conserver l'insuline", "fr", "storage"),
        ("amoxicilline chez le nourrisson", "fr", "paediatric"),
        ("benzodiazépines chez la personne âgée", "fr", "geriatric"),
        ("lévothyroxine à jeun", "fr", "administration"),
        ("Qu'est-ce que la digoxine ?", "fr", "definition"),
    ],
)
def test_a_question_signals_its_intent(question: str, language: Language, wanted: str) -> None:
    assert wanted in signalled(question, language)


@pytest.mark.parametrize(
    ("question", "language", "unwanted"),
    [
        ("肾上腺素的用法用量", "zh", "kidney"),
        ("肝素怎么监测", "zh", "liver"),
        ("两岁以上怎么用", "zh", "geriatric"),
        ("华法林的作用机制", "zh", "interaction"),
        ("What is the half-life of digoxin?", "en", "interaction"),
        ("dosages of doxycycline", "en", "kidney"),
        ("the capital of Peru", "en", "recommendation"),
        ("秘鲁的首都在哪里", "zh", "recommendation"),
        ("mécanisme d'action de la digoxine", "fr", "interaction"),
    ],
)
def test_a_look_alike_does_not_signal(question: str, language: Language, unwanted: str) -> None:
    assert unwanted not in signalled(question, language)


def test_latin_cues_end_at_han_characters_and_respect_words() -> None:
    cue = Cue(intent="kidney", language="en", cue="e ?gfr|gfr", weight="strong")
    assert compile_cue(cue).search("慢性肾病患者eGFR多少可以开始")
    assert compile_cue(cue).search("GFR")
    assert not compile_cue(cue).search("EGFR2-mutated")
    assert not compile_cue(cue).search("xgfr")


# Sections


def loinc_check_digit(number: str) -> int:
    """Modulus 10 (Luhn) check digit, as the LOINC Users' Guide gives it in its appendix on check digits."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[0::2]]
    return -(sum(doubled) + sum(digits[1::2])) % 10


def test_section_codes_are_loinc_and_unique() -> None:
    codes = [section.loinc for section in load_sections()]
    assert len(set(codes)) == len(codes)
    for code in codes:
        number, _, check = code.partition("-")
        assert re.fullmatch(r"\d{5}", number) and check == str(loinc_check_digit(number)), code


def test_every_intent_has_a_section() -> None:
    assert {intent for section in load_sections() for intent in section.intents} == set(INTENTS)


@pytest.mark.parametrize(
    ("loinc", "heading", "zh", "intent"),
    [
        ("34073-7", "DRUG INTERACTIONS", "【药物相互作用】", "interaction"),
        ("34066-1", "BOXED WARNING", "【警示语】", "adverse_effect"),
        ("34068-7", "DOSAGE & ADMINISTRATION", "【用法用量】", "dose"),
        ("34070-3", "CONTRAINDICATIONS", "【禁忌】", "contraindication"),
        ("34081-0", "PEDIATRIC USE", "【儿童用药】", "paediatric"),
        ("34082-8", "GERIATRIC USE", "【老年用药】", "geriatric"),
        ("34088-5", "OVERDOSAGE", "【药物过量】", "overdose"),
        ("42228-7", "PREGNANCY", "【孕妇及哺乳期妇女用药】", "pregnancy"),
        ("44425-7", "STORAGE AND HANDLING", "【贮藏】", "storage"),
    ],
)
def test_main_headings_join_codes(loinc: str, heading: str, zh: str, intent: str) -> None:
    first = next(section for section in load_sections() if zh in section.zh)
    assert (first.loinc, first.heading) == (loinc, heading)
    assert intent in first.intents


@pytest.mark.shared
def test_codes_said_to_stand_in_labels_do(shared: Path) -> None:
    labels = "".join(
        path.read_text(encoding="utf-8") for path in (shared / "corpora/openfda-spl").glob("*.xml")
    )
    said = {section.loinc for section in load_sections() if "openfda-spl" in section.source.split("|")}
    assert said and all(f'code="{code}"' in labels for code in said)


# Expansions


def test_every_intent_expands_in_english_and_french() -> None:
    held = {(expansion.key, expansion.language) for expansion in load_expansions()}
    assert {(intent, language) for intent in INTENTS for language in ("en", "fr")} <= held


def test_expansion_keys_are_known_and_said_once() -> None:
    names = {name for term in load_terms() for name in term.names("zh")}
    names |= {name for row in load_names("disease") for name in row.names("zh")}
    keys = [(expansion.key, expansion.language) for expansion in load_expansions()]
    assert len(set(keys)) == len(keys)
    assert {key for key, _ in keys} <= names | set(INTENTS)
    for expansion in load_expansions():
        assert len({word.casefold() for word in expansion.words}) == len(expansion.words), expansion.key


# A damaged table

COLUMNS = ("zh", "en")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1"),
        ("zh,fr\n", "line 1"),
        ("zh,en\n溶栓\n", "line 2"),
        ("zh,en\n溶栓,thrombolysis,extra\n", "line 2"),
        ("zh,en\n溶栓,thrombolysis\n停药,\n", "line 3, en"),
        ("zh,en\n溶栓, thrombolysis\n", "line 2, en"),
        ('zh,en\n溶栓,"thrombo\n', "line 2"),
    ],
)
def test_a_damaged_table_is_refused_by_file_and_line(text: str, place: str) -> None:
    with pytest.raises(IntegrityError, match=re.escape(f"names.csv, {place}")):
        parse_table(text, "names.csv", COLUMNS, required=COLUMNS)


@pytest.mark.parametrize("cell", ["a||b", "|a", "a|", "a | b"])
def test_an_empty_or_padded_word_is_refused(cell: str) -> None:
    (row,) = parse_table(f"zh,en\n溶栓,{cell}\n", "names.csv", COLUMNS, required=COLUMNS)
    with pytest.raises(IntegrityError, match="empty or padded word"):
        row.words("en")


def test_a_word_outside_a_closed_list_is_refused() -> None:
    (row,) = parse_table("zh,en\n溶栓,maybe\n", "names.csv", COLUMNS, required=COLUMNS)
    with pytest.raises(IntegrityError, match="not one of dose, kidney"):
        row.one_of("en", INTENTS)


WORD = st.text(alphabet="abcé溶栓ùœ -,\"'", min_size=1).filter(lambda word: word == word.strip())


@given(st.lists(WORD, min_size=1))
def test_words_survive_a_cell(words: list[str]) -> None:
    cell = '"' + "|".join(words).replace('"', '""') + '"'
    (row,) = parse_table(f"zh,en\n{cell},x\n", "names.csv", COLUMNS, required=COLUMNS)
    assert row.words("zh") == tuple(words)
