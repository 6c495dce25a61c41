"""Every sentence of our own that a report says, in English, Chinese and French; names and numbers are filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from medrag.vocabulary import Language, Severity
from medrag_graph.model import GraphConcept

__all__ = ["PAIR", "SENTENCES", "STATE", "listed", "name_of", "say", "severity_word"]

Words = Mapping[Language, str]

#: What two drugs together are.
PAIR: Final[Mapping[Severity, Words]] = {
    "contraindicated": {
        "en": "contraindicated together",
        "zh": "禁止合用",
        "fr": "association contre-indiquée",
    },
    "major": {"en": "major interaction", "zh": "严重相互作用", "fr": "interaction majeure"},
    "moderate": {"en": "moderate interaction", "zh": "中度相互作用", "fr": "interaction modérée"},
    "unknown": {
        "en": "interaction stated, not graded",
        "zh": "有相互作用记载，来源未分级",
        "fr": "interaction signalée, non graduée",
    },
    "minor": {"en": "minor interaction", "zh": "轻度相互作用", "fr": "interaction mineure"},
}
#: What one drug is for one person.
STATE: Final[Mapping[Severity, Words]] = {
    "contraindicated": {"en": "contraindicated", "zh": "禁用", "fr": "contre-indiqué"},
    "major": {"en": "major concern", "zh": "严重问题", "fr": "problème majeur"},
    "moderate": {"en": "caution or adjustment", "zh": "需谨慎或调整", "fr": "précaution ou adaptation"},
    "unknown": {"en": "warned of, not graded", "zh": "有警示，来源未分级", "fr": "signalé, non gradué"},
    "minor": {"en": "minor concern", "zh": "轻微问题", "fr": "problème mineur"},
}
SENTENCES: Final[Mapping[str, Words]] = {
    "drug_drug": {"en": "{a} and {b}: {what}", "zh": "{a}与{b}：{what}", "fr": "{a} et {b} : {what}"},
    "inferred": {
        "en": "{said} (inferred from properties of the drugs, stated by no source held)",
        "zh": "{said}（由药物特性推断，所持来源均未直接说明）",
        "fr": "{said} (déduit des propriétés, énoncé par aucune source détenue)",
    },
    "conditional": {
        "en": "{said}, under a condition the source states",
        "zh": "{said}（仅在来源所述条件下）",
        "fr": "{said}, sous une condition énoncée par la source",
    },
    "drug_condition": {
        "en": "{a} with {b}: {what}",
        "zh": "{b}患者使用{a}：{what}",
        "fr": "{a} en cas de {b} : {what}",
    },
    "same_ingredient": {
        "en": "{a} is taken in {n} products",
        "zh": "{a}重复：{n}个药品含有同一成分",
        "fr": "{a} est présent dans {n} produits",
    },
    "same_class": {
        "en": "Two or more {group}: {names}",
        "zh": "重复使用同类药（{group}）：{names}",
        "fr": "Plusieurs médicaments d'une même classe ({group}) : {names}",
    },
    "cumulative": {
        "en": "{risk} adds up: {names}",
        "zh": "{risk}叠加：{names}",
        "fr": "Cumul ({risk}) : {names}",
    },
    "patient": {"en": "{a}, {factor}: {what}", "zh": "{a}，{factor}：{what}", "fr": "{a}, {factor} : {what}"},
    "food": {
        "en": "{a}, if taken with {b}: {what}",
        "zh": "{a}若与{b}同服：{what}",
        "fr": "{a}, en cas de prise avec {b} : {what}",
    },
    "ensemble": {"en": "{risk}: {names}", "zh": "{risk}：{names}", "fr": "{risk} : {names}"},
    "inhibitor": {
        "en": "{changer} inhibits {enzyme}, which clears {substrate}: its concentration may rise.",
        "zh": "{changer}抑制{enzyme}，而{substrate}经其代谢或转运：后者浓度可能升高。",
        "fr": "{changer} inhibe {enzyme}, qui élimine {substrate} : sa concentration peut augmenter.",
    },
    "inducer": {
        "en": "{changer} induces {enzyme}, which clears {substrate}: its concentration may fall.",
        "zh": "{changer}诱导{enzyme}，而{substrate}经其代谢或转运：后者浓度可能降低。",
        "fr": "{changer} induit {enzyme}, qui élimine {substrate} : sa concentration peut diminuer.",
    },
    "inhibitor-activation": {
        "en": "{changer} inhibits {enzyme}, which forms what acts from {substrate}: its effect may weaken.",
        "zh": "{changer}抑制{enzyme}，而{substrate}经其转化为活性物质：疗效可能减弱。",
        "fr": "{changer} inhibe {enzyme}, qui forme la substance active de {substrate} : son effet peut diminuer.",
    },
    "inducer-activation": {
        "en": "{changer} induces {enzyme}, which forms what acts from {substrate}: its effect may change.",
        "zh": "{changer}诱导{enzyme}，而{substrate}经其转化为活性物质：疗效可能改变。",
        "fr": "{changer} induit {enzyme}, qui forme la substance active de {substrate} : son effet peut changer.",
    },
    "carried": {
        "en": "Each of these drugs carries this risk: {risk}.",
        "zh": "以下各药均有此风险：{risk}。",
        "fr": "Chacun de ces médicaments porte ce risque : {risk}.",
    },
    "carries": {
        "en": "{a} carries this risk: {risk}.",
        "zh": "{a}有此风险：{risk}。",
        "fr": "{a} porte ce risque : {risk}.",
    },
    # --- factors ------------------------------------------------------------------------------------
    "factor.egfr": {
        "en": "eGFR {value} mL/min/1.73 m2 ({how})",
        "zh": "eGFR {value} mL/min/1.73 m2（{how}）",
        "fr": "DFGe {value} mL/min/1,73 m2 ({how})",
    },
    "factor.crcl": {
        "en": "creatinine clearance {value} mL/min ({how})",
        "zh": "肌酐清除率 {value} mL/min（{how}）",
        "fr": "clairance de la créatinine {value} mL/min ({how})",
    },
    "factor.egfr_for_crcl": {
        "en": "eGFR {value} mL/min/1.73 m2 in place of creatinine clearance ({how})",
        "zh": "以eGFR {value} mL/min/1.73 m2 代替肌酐清除率（{how}）",
        "fr": "DFGe {value} mL/min/1,73 m2 à la place de la clairance ({how})",
    },
    "factor.crcl_for_egfr": {
        "en": "creatinine clearance {value} mL/min in place of eGFR ({how})",
        "zh": "以肌酐清除率 {value} mL/min 代替eGFR（{how}）",
        "fr": "clairance {value} mL/min à la place du DFGe ({how})",
    },
    "factor.pregnancy": {"en": "pregnancy", "zh": "妊娠", "fr": "grossesse"},
    "factor.lactation": {"en": "breastfeeding", "zh": "哺乳", "fr": "allaitement"},
    "factor.age": {"en": "age {value}", "zh": "{value}岁", "fr": "{value} ans"},
    "factor.qtc": {"en": "QTc {value} ms", "zh": "QTc {value} ms", "fr": "QTc {value} ms"},
    "factor.potassium": {
        "en": "potassium {value} mmol/L",
        "zh": "血钾 {value} mmol/L",
        "fr": "kaliémie {value} mmol/L",
    },
    "factor.inr": {"en": "INR {value}", "zh": "INR {value}", "fr": "INR {value}"},
    "factor.child_pugh": {
        "en": "Child-Pugh class {value}",
        "zh": "Child-Pugh {value}级",
        "fr": "classe Child-Pugh {value}",
    },
    "factor.allergy": {
        "en": "allergy to {value}",
        "zh": "对{value}过敏",
        "fr": "allergie : {value}",
    },
    "factor.group": {"en": "{value}", "zh": "{value}", "fr": "{value}"},
    "factor.cross": {
        "en": "{value}, which may cross-react",
        "zh": "{value}，可能交叉反应",
        "fr": "{value}, réaction croisée possible",
    },
    "factor.condition": {"en": "history: {value}", "zh": "病史：{value}", "fr": "antécédent : {value}"},
    "factor.population": {"en": "{value}", "zh": "{value}", "fr": "{value}"},
    "factor.with": {"en": "taken with {value}", "zh": "同时使用{value}", "fr": "associé à {value}"},
    "factor.topical_diclofenac": {
        "en": "topical diclofenac",
        "zh": "外用双氯芬酸",
        "fr": "diclofénac topique",
    },
    "factor.high_dose": {
        "en": "high daily dose of {value}",
        "zh": "{value}日剂量较高",
        "fr": "dose journalière élevée de {value}",
    },
    "factor.no_bleeding_factor": {
        "en": "no further factor for bleeding told",
        "zh": "未提供其他出血危险因素",
        "fr": "aucun autre facteur de saignement signalé",
    },
    "factor.multiple_nsaids": {
        "en": "more than one NSAID",
        "zh": "同时使用多种非甾体抗炎药",
        "fr": "plusieurs AINS",
    },
    # --- changes ------------------------------------------------------------------------------------
    "change.no_precautions": {
        "en": "No special precautions: little of it reaches the blood.",
        "zh": "无需特殊注意：全身吸收很少。",
        "fr": "Pas de précaution particulière : le passage dans le sang est faible.",
    },
    "change.assess": {
        "en": "Assess the risk and act if necessary.",
        "zh": "评估风险，必要时采取措施。",
        "fr": "Évaluer le risque et agir si nécessaire.",
    },
    "change.gastroprotected": {
        "en": "Assess the risk and act if necessary: gastroprotection may lower the risk of upper gastrointestinal bleeding.",
        "zh": "评估风险，必要时采取措施：胃黏膜保护药可能降低上消化道出血风险。",
        "fr": "Évaluer le risque et agir si nécessaire : la gastroprotection peut réduire les hémorragies digestives hautes.",
    },
    "change.benefit_outweighs": {
        "en": "Use only if the benefit outweighs the risk: bleeding is likelier in this patient.",
        "zh": "仅在获益大于风险时使用：该患者出血风险更高。",
        "fr": "N'utiliser que si le bénéfice l'emporte : le saignement est plus probable chez ce patient.",
    },
    "change.contraindicated": {
        "en": "Not to be used.",
        "zh": "不应使用。",
        "fr": "Ne pas utiliser.",
    },
    "change.avoid": {
        "en": "Avoid where there is an alternative.",
        "zh": "有替代方案时避免使用。",
        "fr": "À éviter s'il existe une alternative.",
    },
    "change.caution": {
        "en": "Use with caution.",
        "zh": "谨慎使用。",
        "fr": "À utiliser avec prudence.",
    },
    "change.population": {
        "en": "The source singles out these patients.",
        "zh": "来源特别指出此类患者。",
        "fr": "La source signale particulièrement ces patients.",
    },
    "change.potassium_high": {
        "en": "Potassium is already above normal: do not start or add; correct it first and monitor closely.",
        "zh": "血钾已高于正常：不宜开始或加用，应先纠正并密切监测。",
        "fr": "La kaliémie est déjà élevée : ne pas débuter ni associer ; corriger d'abord et surveiller étroitement.",
    },
    "change.potassium_low": {
        "en": "Low potassium makes torsades de pointes and digoxin toxicity likelier: correct it first.",
        "zh": "低血钾增加尖端扭转型室速及地高辛中毒风险：应先纠正。",
        "fr": "L'hypokaliémie favorise torsades de pointes et toxicité de la digoxine : corriger d'abord.",
    },
    "change.potassium_lost": {
        "en": "Potassium is already low: correct it before giving what lowers it further, and monitor.",
        "zh": "血钾已偏低：应先纠正，再使用会进一步降低血钾的药物，并监测。",
        "fr": "La kaliémie est déjà basse : la corriger avant ce qui l'abaisse encore, et surveiller.",
    },
    "change.qtc_long": {
        "en": "QTc is already prolonged: avoid adding, or monitor the ECG.",
        "zh": "QTc已延长：避免加用，或监测心电图。",
        "fr": "Le QTc est déjà allongé : éviter d'ajouter, ou surveiller l'ECG.",
    },
    "change.inr_high": {
        "en": "INR is already above the usual range of 2 to 3: bleeding is likelier.",
        "zh": "INR已高于常用目标范围2至3：出血风险升高。",
        "fr": "L'INR dépasse déjà l'intervalle habituel de 2 à 3 : le saignement est plus probable.",
    },
    "change.liver": {
        "en": "The liver is impaired: avoid hepatotoxic drugs or monitor liver function.",
        "zh": "肝功能受损：避免使用肝毒性药物或监测肝功能。",
        "fr": "Le foie est atteint : éviter les médicaments hépatotoxiques ou surveiller la fonction hépatique.",
    },
    # --- what is asked for --------------------------------------------------------------------------
    "why.renal": {
        "en": "The dose of {names} depends on kidney function.",
        "zh": "{names}的剂量取决于肾功能。",
        "fr": "La dose de {names} dépend de la fonction rénale.",
    },
    "why.clearance": {
        "en": "The source doses {names} by creatinine clearance, which needs creatinine, age, weight and sex.",
        "zh": "来源按肌酐清除率给出{names}的剂量，计算需要肌酐、年龄、体重和性别。",
        "fr": "La source dose {names} selon la clairance de la créatinine : créatinine, âge, poids et sexe sont nécessaires.",
    },
    "why.pregnancy": {
        "en": "{names} may harm an unborn child.",
        "zh": "{names}可能对胎儿有害。",
        "fr": "{names} peut nuire à l'enfant à naître.",
    },
    "why.age": {
        "en": "What is advised for {names} depends on age.",
        "zh": "{names}的建议取决于年龄。",
        "fr": "La conduite à tenir pour {names} dépend de l'âge.",
    },
    "why.qtc": {
        "en": "{names} prolong the QT interval together.",
        "zh": "{names}合用可延长QT间期。",
        "fr": "{names} allongent ensemble l'intervalle QT.",
    },
    "why.potassium": {
        "en": "{names} raise potassium together.",
        "zh": "{names}合用可升高血钾。",
        "fr": "{names} élèvent ensemble la kaliémie.",
    },
    "why.inr": {
        "en": "The INR guides {names}.",
        "zh": "{names}依据INR调整。",
        "fr": "L'INR guide {names}.",
    },
    "why.ulcer": {
        "en": "A history of ulcer or upper gastrointestinal bleeding decides what is advised for {names}.",
        "zh": "是否有消化性溃疡或上消化道出血史决定{names}的建议。",
        "fr": "Un antécédent d'ulcère ou d'hémorragie digestive décide de la conduite pour {names}.",
    },
    # --- what a report does not do ------------------------------------------------------------------
    "limit.sources": {
        "en": "Only the sources listed were searched; what they do not hold is not known, "
        "which does not mean that there is no risk.",
        "zh": "仅检索了所列来源；来源未收录的即为未知，不代表没有风险。",
        "fr": "Seules les sources listées ont été consultées ; ce qu'elles ne contiennent pas est inconnu, "
        "ce qui ne signifie pas l'absence de risque.",
    },
    "limit.facts": {
        "en": "Inferred findings rest on facts written for this project that no pharmacist has reviewed yet.",
        "zh": "推断所得的发现依据本项目整理的药物特性，尚未经药师审核。",
        "fr": "Les résultats déduits reposent sur des faits écrits pour ce projet, qu'aucun pharmacien n'a encore relus.",
    },
    "limit.doses": {
        "en": "Doses, routes and times are taken into account only where a rule says so.",
        "zh": "剂量、给药途径和时间仅在规则有说明时才予考虑。",
        "fr": "Doses, voies et horaires ne sont pris en compte que là où une règle le dit.",
    },
    "limit.unknown": {
        "en": "Conditions and allergies that name nothing known were compared with rules by their words alone.",
        "zh": "未能识别的疾病和过敏史仅按字面与规则比对。",
        "fr": "Les affections et allergies non reconnues n'ont été comparées aux règles que par leurs mots.",
    },
    "limit.unavailable": {
        "en": "Nothing was checked: {problem}.",
        "zh": "未作任何检查：{problem}。",
        "fr": "Rien n'a été vérifié : {problem}.",
    },
}
AND: Final[Mapping[Language, tuple[str, str]]] = {
    "en": (", ", " and "),
    "zh": ("、", "和"),
    "fr": (", ", " et "),
}


def say(key: str, language: Language, **words: str) -> str:
    """A sentence with its words filled in. Raises KeyError for a sentence there is not."""
    return SENTENCES[key][language].format(**words)


def severity_word(severity: Severity, language: Language) -> str:
    return PAIR[severity][language]


def name_of(concept: GraphConcept, language: Language) -> str:
    """The concept's first name in the asker's language, else its English one."""
    held = concept.names.get(language, ())
    return concept.name if language == "en" or not held else held[0]


def listed(names: Sequence[str], language: Language) -> str:
    """Names with the language's comma and "and"."""
    comma, last = AND[language]
    kept = list(dict.fromkeys(names))
    return last.join((comma.join(kept[:-1]), kept[-1])) if len(kept) > 1 else "".join(kept)
