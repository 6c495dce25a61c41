"""The terms that reviews and cards name things by, in English, Chinese and French: roles, measures, works, languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from medrag.vocabulary import Language

__all__ = [
    "FIELDS",
    "PREDICATES",
    "ROLES",
    "STRENGTHS",
    "TONGUES",
    "field_asked",
    "field_named",
    "marked",
    "pairs_counted",
    "role_said",
    "work_said",
]

Words = Mapping[Language, str]

ROLES: Final[Mapping[str, Words]] = {
    "substrate": {"en": "substrate", "zh": "底物", "fr": "substrat"},
    "sensitive_substrate": {"en": "sensitive substrate", "zh": "敏感底物", "fr": "substrat sensible"},
    "narrow_index": {
        "en": "substrate of narrow therapeutic index",
        "zh": "治疗窗窄的底物",
        "fr": "substrat à marge étroite",
    },
    "inhibitor": {"en": "inhibitor", "zh": "抑制剂", "fr": "inhibiteur"},
    "inducer": {"en": "inducer", "zh": "诱导剂", "fr": "inducteur"},
    "carries": {"en": "carries this risk", "zh": "有此风险", "fr": "porte ce risque"},
    "contraindicated": {"en": "contraindicated", "zh": "禁用", "fr": "contre-indiqué"},
    "avoid": {"en": "avoid", "zh": "避免使用", "fr": "à éviter"},
    "caution": {"en": "caution", "zh": "慎用", "fr": "prudence"},
    "member": {"en": "member", "zh": "属于该类", "fr": "membre"},
    "cross_reacts": {"en": "cross-reacts", "zh": "可交叉过敏", "fr": "réaction croisée"},
}
#: Weak, moderate and strong inhibitors are FDA's terms; {role} is the word the strength belongs to.
STRENGTHS: Final[Mapping[str, Words]] = {
    "strong": {"en": "strong {role}", "zh": "强{role}", "fr": "{role} fort"},
    "moderate": {"en": "moderate {role}", "zh": "中等强度{role}", "fr": "{role} modéré"},
    "weak": {"en": "weak {role}", "zh": "弱{role}", "fr": "{role} faible"},
}
#: "Strong" of a risk that is carried, not of an inhibitor.
CARRIED: Final[Mapping[str, Words]] = {
    "strong": {"en": "high risk", "zh": "高风险", "fr": "risque élevé"},
    "moderate": {"en": "moderate risk", "zh": "中等风险", "fr": "risque modéré"},
    "weak": {"en": "low risk", "zh": "低风险", "fr": "risque faible"},
}
PREDICATES: Final[Mapping[str, Words]] = {
    "contraindicated_in": {"en": "Contraindicated in", "zh": "禁用于", "fr": "Contre-indiqué en cas de"},
    "indicated_for": {"en": "Indicated for", "zh": "适应症", "fr": "Indiqué dans"},
    "palliates": {"en": "Eases", "zh": "缓解", "fr": "Soulage"},
    "no_interaction_with": {
        "en": "stated not to interact",
        "zh": "来源称无相互作用",
        "fr": "sans interaction selon la source",
    },
}
#: Patient fields that are asked for: what they are called, and the option that gives them.
FIELDS: Final[Mapping[str, tuple[Words, str]]] = {
    "age_years": ({"en": "age", "zh": "年龄", "fr": "âge"}, "--age"),
    "sex": ({"en": "sex", "zh": "性别", "fr": "sexe"}, "--sex"),
    "weight_kg": ({"en": "weight", "zh": "体重", "fr": "poids"}, "--weight"),
    "height_cm": ({"en": "height", "zh": "身高", "fr": "taille"}, "--height"),
    "egfr_ml_min_1_73m2": ({"en": "eGFR", "zh": "eGFR（估算肾小球滤过率）", "fr": "DFGe"}, "--egfr"),
    "crcl_ml_min": ({"en": "creatinine clearance", "zh": "肌酐清除率", "fr": "clairance"}, "--crcl"),
    "creatinine": ({"en": "creatinine", "zh": "血肌酐", "fr": "créatinine"}, "--creatinine"),
    "potassium": ({"en": "potassium", "zh": "血钾", "fr": "kaliémie"}, "--potassium"),
    "qtc_ms": ({"en": "QTc", "zh": "QTc", "fr": "QTc"}, "--qtc"),
    "inr": ({"en": "INR", "zh": "INR", "fr": "INR"}, "--inr"),
    "pregnant": ({"en": "pregnancy", "zh": "是否妊娠", "fr": "grossesse"}, "--pregnant"),
    "breastfeeding": ({"en": "breastfeeding", "zh": "是否哺乳", "fr": "allaitement"}, "--breastfeeding"),
    "child_pugh": (
        {"en": "Child-Pugh class", "zh": "Child-Pugh分级", "fr": "classe de Child-Pugh"},
        "--child-pugh",
    ),
    "conditions": ({"en": "history", "zh": "病史", "fr": "antécédents"}, "--condition"),
    "allergies": ({"en": "allergies", "zh": "过敏史", "fr": "allergies"}, "--allergy"),
}
#: What works are called beside their ids; a work that is not here is called by its id alone.
WORKS: Final[Mapping[str, Words]] = {
    "ansm": {
        "en": "French regulator's interaction thesaurus",
        "zh": "法国药品监管机构相互作用汇编",
        "fr": "thésaurus des interactions de l'ANSM",
    },
    "ndfrt": {
        "en": "US Veterans Affairs interaction list",
        "zh": "美国退伍军人事务部相互作用表",
        "fr": "liste d'interactions du ministère américain des Anciens combattants",
    },
    "openmedicine-renal": {
        "en": "renal dosing tables, third-party digest",
        "zh": "肾功能给药表（第三方摘要）",
        "fr": "tables de posologie rénale, résumé de tiers",
    },
    "openmedicine-guidelines": {
        "en": "guideline digests, third party",
        "zh": "指南摘要（第三方）",
        "fr": "résumés de recommandations par des tiers",
    },
    "fda-labels-cardio": {
        "en": "FDA label texts of 2014",
        "zh": "美国FDA说明书（2014年）",
        "fr": "notices FDA de 2014",
    },
    "openfda-spl": {"en": "FDA labels (SPL)", "zh": "美国FDA说明书（SPL）", "fr": "notices FDA (SPL)"},
    "drugcentral": {"en": "classes and indications", "zh": "分类与适应症", "fr": "classes et indications"},
    "pharmacotherapydb": {"en": "indications", "zh": "适应症", "fr": "indications"},
    "hetionet": {"en": "disease facts", "zh": "疾病知识", "fr": "faits sur les maladies"},
    "disease-ontology": {"en": "disease names", "zh": "疾病本体", "fr": "noms de maladies"},
}
#: A language as each language calls it.
TONGUES: Final[Mapping[str, Words]] = {
    "en": {"en": "English", "zh": "英文", "fr": "anglais"},
    "zh": {"en": "Chinese", "zh": "中文", "fr": "chinois"},
    "fr": {"en": "French", "zh": "法文", "fr": "français"},
}
PAIRS: Final[Mapping[Language, tuple[str, str]]] = {
    "en": ("{n} pair", "{n} pairs"),
    "zh": ("{n}对", "{n}对"),
    "fr": ("{n} couple", "{n} couples"),
}


def role_said(role: str, strength: str, language: Language) -> str:
    """``strong inhibitor``, ``强抑制剂``; a role that is not known is told as it is."""
    said = ROLES[role][language] if role in ROLES else role
    if not strength:
        return said
    if role == "carries":
        return CARRIED[strength][language]
    return STRENGTHS[strength][language].format(role=said)


def field_named(field: str, language: Language) -> str:
    """``age``; a field that is not known is told as it is."""
    return FIELDS[field][0][language] if field in FIELDS else field


def field_asked(field: str, language: Language) -> str:
    """``age (--age)``; a field that is not known is told as it is."""
    if field not in FIELDS:
        return field
    return f"{field_named(field, language)} ({FIELDS[field][1]})"


def marked(words: str, tongue: str, language: Language) -> str:
    """The words in quotation marks, with their language where it is not the reader's."""
    if tongue == language or tongue not in TONGUES:
        return f"“{words}”"
    return f"“{words}” [{TONGUES[tongue][language]}]"


def pairs_counted(n: int, language: Language) -> str:
    return PAIRS[language][n != 1].format(n=n)


def work_said(source: Mapping[str, Any], language: Language) -> str:
    """``ansm 2020-10 (French regulator's interaction thesaurus)``: a work of the searched ones, with its edition."""
    told = f"{source['id']} {source['edition']}"
    words = WORKS.get(source["id"])
    left, right = ("（", "）") if language == "zh" else (" (", ")")
    return f"{told}{left}{words[language]}{right}" if words else told
