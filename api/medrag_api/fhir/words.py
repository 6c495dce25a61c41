"""The words of the FHIR and CDS Hooks doors, in English, Chinese and French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from medrag.vocabulary import LANGUAGES, Language

__all__ = ["WORDS", "language_asked", "told"]

WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "status": (
        "{n} {kind} with status {status} left out",
        "{n}个{kind}因状态为{status}未计入",
        "{n} {kind} au statut {status} laissé(s) de côté",
    ),
    "not_to_do": (
        "{n} {kind} that says not to give the drug left out",
        "{n}个{kind}注明不得给药，未计入",
        "{n} {kind} demandant de ne pas donner le médicament laissé(s) de côté",
    ),
    "other_kinds": (
        "{n} {kind} not looked at: this check does not read that kind",
        "{n}个{kind}未读取：本检查不读取此类资源",
        "{n} {kind} non lu(s) : cette vérification ne lit pas ce type",
    ),
    "other_observations": (
        "{n} Observation not looked at: this check does not use their codes",
        "{n}个Observation未读取：本检查不使用其代码",
        "{n} Observation non lue(s) : leurs codes ne servent pas ici",
    ),
    "no_name": (
        "it has neither a code nor a name that can be read here",
        "既无可识别的代码，也无名称",
        "ni code ni nom lisible ici",
    ),
    "no_reference": (
        "the Medication it refers to is not in the request",
        "所引用的Medication不在请求中",
        "le Medication référencé n'est pas dans la requête",
    ),
    "codes_disagree": (
        "its codes and names stand for different drugs",
        "其代码与名称指向不同药物",
        "ses codes et noms désignent des médicaments différents",
    ),
    "long_name": (
        "its name is longer than a name can be",
        "名称过长",
        "son nom est trop long",
    ),
    "same_therapy": (
        "taken as the same therapy as the request for the same drug",
        "视为与同一药物的医嘱相同的治疗",
        "considéré comme le même traitement que la prescription du même médicament",
    ),
    "value_unit": (
        "{field}: the newest value cannot be used, its unit or value is not one that is known here; taken as not told",
        "{field}：最新值的单位或数值无法识别，视为未提供",
        "{field} : la valeur la plus récente n'est pas utilisable (unité ou valeur inconnue) ; considérée non fournie",
    ),
    "value_limit": (
        "{field}: the newest value is a limit (< or >), not a value; taken as not told",
        "{field}：最新值仅为界限（<或>），视为未提供",
        "{field} : la valeur la plus récente est une borne (< ou >) ; considérée non fournie",
    ),
    "value_twice": (
        "{field}: several newest values disagree; taken as not told",
        "{field}：最新的多个值不一致，视为未提供",
        "{field} : plusieurs valeurs les plus récentes divergent ; considérée non fournie",
    ),
    "value_range": (
        "{field}: the newest value cannot be a living person's; taken as not told",
        "{field}：最新值超出可能范围，视为未提供",
        "{field} : la valeur la plus récente est impossible ; considérée non fournie",
    ),
    "birth_year": (
        "the birth date is not told to the day: the age may be a year off",
        "出生日期不完整，年龄可能相差一岁",
        "date de naissance incomplète : l'âge peut différer d'un an",
    ),
    "unknown_name": (
        "{kind} {text}: not recognised, so not taken into account",
        "{kind} {text}：未能识别，未计入",
        "{kind} {text} : non reconnu, donc non pris en compte",
    ),
    "unnamed": (
        "{kind} without a code or name that can be read here, so not taken into account",
        "{kind}无可识别的代码或名称，未计入",
        "{kind} sans code ni nom lisible ici, donc non pris en compte",
    ),
    "not_checked": ("Not checked: {text}", "未检查：{text}", "Non vérifié : {text}"),
    "not_checked_why": (
        "This medication was not checked against anything: {why}.",
        "该药物未与任何药物核对：{why}。",
        "Ce médicament n'a été confronté à rien : {why}.",
    ),
    "unresolved": (
        "the name was not resolved to a drug",
        "名称未能识别为药物",
        "le nom n'a pas été reconnu comme un médicament",
    ),
    "ambiguous": (
        "several drugs have this name ({names})",
        "名称对应多种药物（{names}）",
        "plusieurs médicaments portent ce nom ({names})",
    ),
    "near": ("near names: {names}", "相近名称：{names}", "noms proches : {names}"),
    "no_drugs": (
        "There is no medication to check: that is no statement about the patient.",
        "没有可检查的药物：这不是对患者的任何判断。",
        "Aucun médicament à vérifier : ce n'est pas un avis sur le patient.",
    ),
    "ungraded": (
        "Its severity is stated by no source",
        "来源未给出严重程度",
        "Aucune source n'en énonce la gravité",
    ),
    "incomplete": (
        "Something the check needs could not be read: what is shown is not all there is.",
        "检查所需内容未能全部读取：所示并非全部。",
        "Une partie nécessaire n'a pas pu être lue : ce qui est montré n'est pas tout.",
    ),
    "checked": (
        "{drugs} medications, {pairs} pairs; snapshot {snapshot}; searched: {sources}",
        "药物{drugs}种，组合{pairs}对；快照{snapshot}；已检索：{sources}",
        "{drugs} médicaments, {pairs} couples ; instantané {snapshot} ; consulté : {sources}",
    ),
    "missing": ("Not told: {field}. {why}", "未提供：{field}。{why}", "Non fourni : {field}. {why}"),
    "disagree": ("The sources disagree", "各来源说法不一", "Les sources divergent"),
    "denies": ("states no interaction", "称无相互作用", "énonce l'absence d'interaction"),
    "pair": ("{a} and {b}", "{a}与{b}", "{a} et {b}"),
    "coverage": (
        "What this check does not say",
        "本次检查未涵盖的内容",
        "Ce que cette vérification ne dit pas",
    ),
    "unfound": (
        "No finding for {n} of {all} pairs: that is no statement that they can be combined",
        "{all}对组合中{n}对无发现：这不表示可以合用",
        "Rien pour {n} des {all} couples : ce n'est pas dire qu'ils peuvent être associés",
    ),
    "unread": (
        "Not read: {n} things, listed below",
        "{n}项未能读取，详见下文",
        "{n} éléments non lus, listés ci-dessous",
    ),
    "hidden": (
        "{n} findings about drugs already taken are not shown",
        "{n}项关于已用药物的发现未显示",
        "{n} résultats sur des médicaments déjà pris ne sont pas montrés",
    ),
    "hidden_detail": (
        "This server is set to show, when orders are made, only what concerns them; contraindicated findings are "
        "always shown. The patient-view service shows the rest.",
        "本服务器设置为开立医嘱时仅显示与其相关的发现；禁忌始终显示。其余见patient-view服务。",
        "Ce serveur ne montre, à la prescription, que ce qui la concerne ; les contre-indications le sont toujours. "
        "Le service patient-view montre le reste.",
    ),
    "quiet": (
        "{n} findings are shown without interrupting",
        "{n}项发现仅显示，不作打断式提醒",
        "{n} résultats sont montrés sans interrompre",
    ),
    "quiet_detail": (
        "This server is set to interrupt from this severity on: {level}. Less severe findings are shown as information. "
        "Contraindicated findings, and risks whose source gives no grade, always interrupt.",
        "本服务器设置为自此级别起打断提醒：{level}。较轻的发现仅作为信息显示。禁忌以及来源未分级的风险始终打断提醒。",
        "Ce serveur est réglé pour interrompre à partir de ce niveau : {level}. Les résultats moins graves sont montrés "
        "pour information. Les contre-indications, et les risques que leur source ne grade pas, interrompent toujours.",
    ),
    "source": ("Source", "来源", "Source"),
    "show": ("Show the quote in its source", "在来源中查看原文", "Voir la citation dans sa source"),
    "unavailable": (
        "Nothing was checked: the sources cannot be read now",
        "未作检查：目前无法读取来源",
        "Rien n'a été vérifié : les sources sont illisibles",
    ),
    "inferred": (
        "inferred from facts of this project, not reviewed by a pharmacist",
        "由本项目的药物特性推断，未经药师审核",
        "déduit de faits de ce projet, non relus par un pharmacien",
    ),
}


def told(key: str, language: Language, **values: object) -> str:
    """The sentence of a key in a language."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def language_asked(header: str) -> Language:
    """The first language of an Accept-Language header that there are words in; English when there is none."""
    for part in header.split(","):
        found = part.strip()[:2].lower()
        for language in ("en", "zh", "fr"):
            if found == language:
                return language
    return "en"
