"""Our own sentence frames for facts, in English, Chinese and French."""

from __future__ import annotations

from typing import Final

from medrag.vocabulary import Language

__all__ = ["ACTIONS", "AND", "CASES", "DRUGS", "EVENTS", "FRAMES", "JOINS", "STOPS"]

_Said = dict[Language, str]

#: (comma, last comma) of a list; joins of clauses; full stops.
AND: Final[dict[Language, tuple[str, str]]] = {
    "en": (", ", " and "),
    "zh": ("、", "和"),
    "fr": (", ", " et "),
}
JOINS: Final[_Said] = {"en": "; ", "zh": "；", "fr": " ; "}
STOPS: Final[_Said] = {"en": ".", "zh": "。", "fr": "."}

DRUGS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "none": "the drug concerned",
        "both": "the two drugs",
        "named": "the drug the source calls “{words}”",
    },
    "zh": {"none": "相关药物", "both": "两药", "named": "原文所称“{words}”"},
    "fr": {"none": "le médicament concerné", "both": "les deux médicaments", "named": "« {words} »"},
}


def _said(en: str, zh: str, fr: str) -> _Said:
    return {"en": en, "zh": zh, "fr": fr}


#: (kind, direction) -> a clause. {may} and {how} are empty where the text is plain.
EVENTS: Final[dict[tuple[str, str], _Said]] = {
    ("exposure", "increase"): _said(
        "concentrations of {drug}{may} rise{how}{fold}",
        "{drug}的血药浓度{may}{how}升高{fold}",
        "{drug} : augmentation{may} des concentrations{how}{fold}",
    ),
    ("exposure", "decrease"): _said(
        "concentrations of {drug}{may} fall{how}{fold}",
        "{drug}的血药浓度{may}{how}降低{fold}",
        "{drug} : diminution{may} des concentrations{how}{fold}",
    ),
    ("exposure", "variable"): _said(
        "concentrations of {drug} may change",
        "{drug}的血药浓度可能发生变化",
        "{drug} : variation possible des concentrations",
    ),
    ("exposure_metabolite", "increase"): _said(
        "concentrations of the active metabolite of {drug}{may} rise{how}{fold}",
        "{drug}的活性代谢物浓度{may}{how}升高{fold}",
        "{drug} : augmentation{may} des concentrations du métabolite actif{how}{fold}",
    ),
    ("exposure_metabolite", "decrease"): _said(
        "concentrations of the active metabolite of {drug}{may} fall{how}{fold}",
        "{drug}的活性代谢物浓度{may}{how}降低{fold}",
        "{drug} : diminution{may} des concentrations du métabolite actif{how}{fold}",
    ),
    ("exposure_metabolite", "variable"): _said(
        "concentrations of the active metabolite of {drug} may change",
        "{drug}的活性代谢物浓度可能发生变化",
        "{drug} : variation possible des concentrations du métabolite actif",
    ),
    ("metabolism", "increase"): _said(
        "the metabolism of {drug} is increased", "{drug}的代谢增强", "{drug} : métabolisme augmenté"
    ),
    ("metabolism", "decrease"): _said(
        "the metabolism of {drug} is reduced", "{drug}的代谢减弱", "{drug} : métabolisme diminué"
    ),
    ("metabolism", "variable"): _said(
        "the metabolism of {drug} is altered", "{drug}的代谢发生改变", "{drug} : métabolisme modifié"
    ),
    ("metabolism_metabolite", "increase"): _said(
        "formation of the active metabolite of {drug} is increased",
        "{drug}活性代谢物的生成增加",
        "{drug} : formation du métabolite actif augmentée",
    ),
    ("metabolism_metabolite", "decrease"): _said(
        "formation of the active metabolite of {drug} is reduced",
        "{drug}活性代谢物的生成减少",
        "{drug} : formation du métabolite actif diminuée",
    ),
    ("metabolism_metabolite", "variable"): _said(
        "formation of the active metabolite of {drug} is altered",
        "{drug}活性代谢物的生成发生改变",
        "{drug} : formation du métabolite actif modifiée",
    ),
    ("absorption", "increase"): _said(
        "absorption of {drug} is increased", "{drug}的吸收增加", "{drug} : absorption augmentée"
    ),
    ("absorption", "decrease"): _said(
        "absorption of {drug} is reduced", "{drug}的吸收减少", "{drug} : absorption diminuée"
    ),
    ("absorption", "variable"): _said(
        "absorption of {drug} is altered", "{drug}的吸收发生改变", "{drug} : absorption modifiée"
    ),
    ("absorption", "none"): _said(
        "absorption of {drug} depends on gastric pH",
        "{drug}的吸收受胃内pH影响",
        "{drug} : absorption dépendante du pH gastrique",
    ),
    ("elimination", "increase"): _said(
        "elimination of {drug} is increased", "{drug}的消除增加", "{drug} : élimination augmentée"
    ),
    ("elimination", "decrease"): _said(
        "elimination of {drug} is reduced", "{drug}的消除减少", "{drug} : élimination diminuée"
    ),
    ("elimination", "variable"): _said(
        "elimination of {drug} is altered", "{drug}的消除发生改变", "{drug} : élimination modifiée"
    ),
    ("transport", "increase"): _said(
        "transport of {drug} is increased", "{drug}的转运增加", "{drug} : transport augmenté"
    ),
    ("transport", "decrease"): _said(
        "transport of {drug} is inhibited", "{drug}的转运受抑制", "{drug} : transport inhibé"
    ),
    ("transport", "variable"): _said(
        "transport of {drug} is altered", "{drug}的转运发生改变", "{drug} : transport modifié"
    ),
    ("protein_binding", "decrease"): _said(
        "{drug}: protein binding is reduced (displacement)",
        "{drug}：蛋白结合减少（被置换）",
        "{drug} : liaison aux protéines diminuée (déplacement)",
    ),
    ("chemical", "none"): _said(
        "a complex or precipitate forms",
        "形成复合物或沉淀",
        "formation d'un complexe ou d'un précipité",
    ),
    ("additive", "increase"): _said(
        "the effects of {drug} add up", "{drug}的作用相加", "addition des effets ({drug})"
    ),
    ("antagonism", "none"): _said(
        "the effects of {drug} oppose each other", "{drug}的作用相互拮抗", "effets antagonistes ({drug})"
    ),
    ("effect", "increase"): _said(
        "the effects of {drug}{may} increase{how}", "{drug}的作用{may}{how}增强", "{drug} : effet majoré"
    ),
    ("effect", "decrease"): _said(
        "the effects of {drug}{may} decrease{how}", "{drug}的作用{may}{how}减弱", "{drug} : effet diminué"
    ),
    ("effect", "variable"): _said(
        "the effects of {drug} may change", "{drug}的作用可能发生变化", "{drug} : effet modifié"
    ),
}

FRAMES: Final[dict[str, _Said]] = {
    "may": _said(" may", "可能", " possible"),
    "how": _said(" {how}", "{how}", " ({how})"),
    "fold": _said(" {how}", "（{how}）", " ({how})"),
    "risk": _said("Risk of {risks}.", "有{risks}的风险。", "Risque : {risks}."),
    "risk_of": _said("Risk with {drug}: {risks}.", "{drug}：有{risks}的风险。", "{drug} — risque : {risks}."),
    "fatal": _said("The outcome may be fatal.", "可能致死。", "L'issue peut être fatale."),
    "people": _said("Mentioned in particular: {who}.", "原文特别提及：{who}。", "En particulier : {who}."),
    "closely": _said(" {how}", "{how}", " {how}"),
    "when": _said(" {when}", "{when}", " {when}"),
    "lasting": _said("for {time} after stopping", "停药后{time}内", "pendant {time} après l'arrêt"),
    "dose": _said(" (in the source: {dose})", "（原文：{dose}）", " ({dose})"),
    "apart": _said("the interval the source states", "原文所述的间隔", "l'intervalle indiqué"),
    "level_of": _said("concentrations of {drug}", "{drug}的血药浓度", "les concentrations ({drug})"),
    "if_needed": _said("If needed, ", "必要时，", "Si besoin, "),
    "if_possible": _said("If possible, ", "如有可能，", "Si possible, "),
    "apart_if_possible": _said("{apart}, if possible", "{apart}（如有可能）", "{apart}, si possible"),
    "option": _said("One option: ", "可选措施之一：", "Une possibilité : "),
    "if_unavoidable": _said(
        "If the combination cannot be avoided: ", "如必须合用：", "Si l'association ne peut être évitée : "
    ),
}

#: A restriction before a sentence; ``long`` leaves the words to the quote beside it.
CASES: Final[dict[str, _Said]] = {
    "short": _said("In this case (“{words}”): ", "在此情况下（“{words}”）：", "Dans ce cas (« {words} ») : "),
    "long": _said(
        "In the case the quoted text describes: ",
        "在引文所述情况下：",
        "Dans le cas décrit par le texte cité : ",
    ),
}

ACTIONS: Final[dict[str, _Said]] = {
    "contraindicated": _said("Contraindicated{when}", "{when}禁止合用", "Contre-indiqué{when}"),
    "avoid": _said("Not recommended{when}", "{when}不推荐合用", "Association déconseillée{when}"),
    "caution": _said("Use with precaution{when}", "{when}合用需谨慎", "Précaution d'emploi{when}"),
    "be_aware": _said(
        "Take the interaction into account{when}", "{when}合用时应予注意", "A prendre en compte{when}"
    ),
    "monitor": _said("Monitor {what}{how}{when}", "{when}{how}监测{what}", "Surveiller {what}{how}{when}"),
    "adjust_dose": _said(
        "Adjust the dose{dose}{when}", "{when}调整剂量{dose}", "Adapter la posologie{dose}{when}"
    ),
    "adjust_dose_of": _said(
        "Adjust the dose of {drug}{dose}{when}",
        "{when}调整{drug}的剂量{dose}",
        "Adapter la posologie ({drug}){dose}{when}",
    ),
    "reduce_dose": _said(
        "Reduce the dose{dose}{when}", "{when}减少剂量{dose}", "Réduire la posologie{dose}{when}"
    ),
    "reduce_dose_of": _said(
        "Reduce the dose of {drug}{dose}{when}",
        "{when}减少{drug}的剂量{dose}",
        "Réduire la posologie ({drug}){dose}{when}",
    ),
    "increase_dose": _said(
        "Increase the dose{dose}{when}", "{when}增加剂量{dose}", "Augmenter la posologie{dose}{when}"
    ),
    "increase_dose_of": _said(
        "Increase the dose of {drug}{dose}{when}",
        "{when}增加{drug}的剂量{dose}",
        "Augmenter la posologie ({drug}){dose}{when}",
    ),
    "limit_dose": _said(
        "Do not exceed the dose limit{dose}{when}",
        "{when}不得超过剂量上限{dose}",
        "Ne pas dépasser la dose limite{dose}{when}",
    ),
    "limit_dose_of": _said(
        "Do not exceed the dose limit of {drug}{dose}{when}",
        "{when}{drug}不得超过剂量上限{dose}",
        "Ne pas dépasser la dose limite ({drug}){dose}{when}",
    ),
    "lowest_dose": _said(
        "Use a low dose (lowest or reduced){dose}{when}",
        "{when}使用低剂量（最低剂量或减量）{dose}",
        "Utiliser une dose faible (minimale ou réduite){dose}{when}",
    ),
    "lowest_dose_of": _said(
        "Use a low dose (lowest or reduced) of {drug}{dose}{when}",
        "{when}{drug}使用低剂量（最低剂量或减量）{dose}",
        "Utiliser une dose faible (minimale ou réduite) ({drug}){dose}{when}",
    ),
    "space_intake": _said(
        "Take the two drugs apart: {apart}", "两药分开服用：{apart}", "Espacer les prises : {apart}"
    ),
    "delay": _said(
        "Leave an interval between the two treatments: {apart}",
        "两种治疗之间应有间隔：{apart}",
        "Respecter un délai entre les deux traitements : {apart}",
    ),
    "take_together": _said(
        "Take as the quoted text says: together or with a meal",
        "按引文所述服用：同时服用或随餐服用",
        "Prendre comme l'indique le texte cité : simultanément ou au cours d'un repas",
    ),
    "stop": _said(
        "Stop or interrupt one treatment as the quoted text says",
        "按引文所述停用或暂停其中一种治疗",
        "Arrêter ou interrompre un traitement comme l'indique le texte cité",
    ),
    "stop_of": _said(
        "Stop or interrupt {drug}", "停用或暂停{drug}", "Arrêter ou interrompre le traitement ({drug})"
    ),
    "stop_before": _said(
        "Stop the treatment beforehand, as the quoted text says: {apart}",
        "按引文所述提前停药：{apart}",
        "Arrêter le traitement à l'avance, comme l'indique le texte cité : {apart}",
    ),
    "do_not_stop_abruptly": _said(
        "Do not stop the treatment abruptly", "不得突然停药", "Ne pas arrêter brutalement le traitement"
    ),
    "do_not_use": _said(
        "Do not use in the way the quoted text excludes",
        "不得按引文所排除的方式使用",
        "Ne pas utiliser de la façon que le texte cité exclut",
    ),
    "alternative": _said(
        "Prefer an alternative, as the quoted text says",
        "按引文所述优先选用其他药物或方法",
        "Préférer une alternative, comme l'indique le texte cité",
    ),
    "contraception": _said(
        "Use a reliable additional or alternative method of contraception{when}",
        "{when}采用可靠的附加或替代避孕方法",
        "Utiliser une contraception fiable, additionnelle ou alternative,{when}",
    ),
    "hydrate": _said("Hydrate the patient{when}", "{when}为患者补液", "Hydrater le patient{when}"),
    "correct_potassium": _said(
        "Correct any hypokalaemia{when}", "{when}纠正低钾血症", "Corriger toute hypokaliémie{when}"
    ),
    "supplement": _said(
        "Give the supplement the quoted text names",
        "给予引文所述的补充治疗",
        "Donner la supplémentation citée",
    ),
    "avoid_alcohol": _said(
        "Avoid alcoholic drinks and medicines that contain alcohol",
        "避免饮用含酒精饮料及使用含酒精的药品",
        "Éviter les boissons alcoolisées et les médicaments contenant de l'alcool",
    ),
    "avoid_sodium": _said(
        "Avoid excess sodium, that in medicines included",
        "避免钠摄入过多（包括药品中的钠）",
        "Éviter les apports excessifs de sodium, y compris dans les médicaments",
    ),
    "inform_patient": _said("Inform the patient", "告知患者", "Informer le patient"),
    "supervise": _said(
        "Use only under strict supervision", "仅在严格监督下使用", "N'utiliser que sous contrôle strict"
    ),
    "weigh_benefit": _said(
        "Weigh benefit against risk", "权衡获益与风险", "Évaluer le rapport bénéfice/risque"
    ),
    "interpret_levels": _said(
        "Interpret drug concentrations with caution",
        "谨慎解读血药浓度",
        "Interpréter avec prudence les concentrations plasmatiques",
    ),
    "see_label": _said(
        "See the product's official labelling", "参见药品说明书", "Se reporter à l'AMM du produit"
    ),
}
