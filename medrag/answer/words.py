"""The fixed words of every answer, in English, Chinese and French: frames, abstentions, refusals. None states a clinical fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from medrag.vocabulary import Language

__all__ = ["ABSTAINED", "REFUSALS", "abstention", "frame", "limits", "model_frame", "refusal"]

FRAME: Final[Mapping[Language, str]] = {
    "en": "From {count} named below, in its own words:",
    "zh": "以下为{count}的原文引用：",
    "fr": "D'après {count}, dans ses propres termes :",
}
#: The same where some statements are graded facts said in the asker's language, each resting on a quote.
FACT_FRAME: Final[Mapping[Language, str]] = {
    "en": "From {count} named below; each statement rests on the words quoted for it:",
    "zh": "以下内容依据{count}，每条均附原文引用：",
    "fr": "D'après {count} ; chaque énoncé repose sur les termes cités :",
}
#: The same where a model wrote the statements; it stands before it is known how many sources there will be.
MODEL_FRAME: Final[Mapping[Language, str]] = {
    "en": "Written by a model from the sources named below; each statement was checked against the words quoted for it:",
    "zh": "以下内容由模型依据所列来源撰写，每条均已与所附原文核对：",
    "fr": "Rédigé par un modèle d'après les sources ci-dessous ; chaque énoncé a été vérifié sur les termes cités :",
}
COUNT: Final[Mapping[Language, tuple[str, str]]] = {
    "en": ("one source", "{n} sources"),
    "zh": ("1个来源", "{n}个来源"),
    "fr": ("une source", "{n} sources"),
}
ABSTAINED: Final[Mapping[Language, str]] = {
    "en": "The sources held do not answer this question. Searched: {searched}. "
    "That nothing was found does not mean that there is no risk. Ask a pharmacist or physician, or consult the full label.",
    "zh": "现有来源未能回答这个问题。已检索：{searched}。未找到并不表示没有风险，请咨询药师或医生，或查阅完整说明书。",
    "fr": "Les sources détenues ne répondent pas à cette question. Sources consultées : {searched}. "
    "L'absence de résultat ne signifie pas l'absence de risque. Demandez à un pharmacien ou à un médecin.",
}
NOTHING_SEARCHED: Final[Mapping[Language, str]] = {
    "en": "no source passes the filters",
    "zh": "没有符合筛选条件的来源",
    "fr": "aucune source ne passe les filtres",
}
REFUSALS: Final[Mapping[str, Mapping[Language, str]]] = {
    "emergency": {
        "en": "This may be an emergency. Call your local emergency number now (112 in Europe, 120 in China, 911 in the US) "
        "or a poison control centre. medrag cannot help with an emergency.",
        "zh": "这可能是紧急情况。请立即拨打当地急救电话（中国120，欧洲112，美国911）或联系中毒控制中心。medrag不能处理急症。",
        "fr": "Ceci peut être une urgence. Appelez tout de suite le 15 ou le 112, ou un centre antipoison. "
        "medrag ne peut pas aider dans une urgence.",
    },
    "diagnosis": {
        "en": "medrag does not diagnose. It answers questions about medicines and guidelines from sources it can show. "
        "Please see a physician.",
        "zh": "medrag不作诊断，只依据可出示的来源回答用药和指南问题。请就医，由医生诊断。",
        "fr": "medrag ne pose pas de diagnostic. Il répond sur les médicaments et les recommandations, sources à l'appui. "
        "Consultez un médecin.",
    },
    "prescription": {
        "en": "medrag does not write prescriptions or choose a treatment for a person. "
        "Please ask the physician or pharmacist in charge.",
        "zh": "medrag不开处方，也不为个人选择治疗方案。请咨询主管医生或药师。",
        "fr": "medrag ne rédige pas d'ordonnance et ne choisit pas de traitement pour une personne. "
        "Demandez au médecin ou au pharmacien.",
    },
    "self_harm": {
        "en": "If you are thinking of harming yourself, please talk to someone now: a local crisis line (988 in the US, "
        "12356 in China, 3114 in France) or your emergency number. medrag does not answer this question.",
        "zh": "如果您有伤害自己的想法，请立即与人联系：心理援助热线（中国12356，美国988，法国3114）或当地急救电话。"
        "medrag不回答此问题。",
        "fr": "Si vous pensez à vous faire du mal, parlez-en tout de suite : le 3114 (France), le 988 (États-Unis), "
        "le 12356 (Chine) ou les urgences. medrag ne répond pas à cette question.",
    },
    "harm_others": {
        "en": "medrag does not help to harm anyone. If someone may be in danger, call the police or your local emergency "
        "number (112 in Europe, 110 or 120 in China, 911 in the US).",
        "zh": "medrag不协助伤害任何人。如有人可能处于危险之中，请拨打报警或急救电话（中国110或120，欧洲112，美国911）。",
        "fr": "medrag n'aide à nuire à personne. Si quelqu'un est en danger, appelez le 17, le 15 ou le 112.",
    },
    "triage": {
        "en": "medrag does not judge how urgent a complaint is. If in doubt, call your doctor, a medical advice line or the "
        "emergency number (112 in Europe, 120 in China, 911 in the US).",
        "zh": "medrag不判断病情的轻重缓急。如有疑问，请联系医生或医疗咨询热线；"
        "紧急时请拨打急救电话（中国120，欧洲112，美国911）。",
        "fr": "medrag ne juge pas de l'urgence d'un symptôme. Dans le doute, appelez votre médecin, ou le 15 ou le 112.",
    },
    "out_of_scope": {
        "en": "medrag answers questions about medicines and clinical guidelines only.",
        "zh": "medrag只回答用药和临床指南方面的问题。",
        "fr": "medrag ne répond qu'aux questions sur les médicaments et les recommandations cliniques.",
    },
}


#: What an answer does not do, by key; stands in every basis.
LIMITS: Final[Mapping[str, Mapping[Language, str]]] = {
    "extractive": {
        "en": "quotes sources and composes nothing",
        "zh": "仅引用原文，不作改写",
        "fr": "cite les sources et ne compose rien",
    },
    "no_review": {
        "en": "interactions are quoted from passages; the regimen is not reviewed",
        "zh": "相互作用取自原文段落，未对整个用药方案作审查",
        "fr": "les interactions sont citées ; l'ordonnance n'est pas analysée",
    },
    "facts": {
        "en": "graded facts are said in fixed words from the source quoted; the rest is quoted as it stands",
        "zh": "分级结论按固定用语转述所引来源，其余为原文",
        "fr": "les faits gradués sont dits en termes fixes d'après la source citée ; le reste est cité tel quel",
    },
    "review_unavailable": {
        "en": "the drugs could not be reviewed: what the review needs cannot be read now",
        "zh": "未能审查所述药物：审查所需来源当前无法读取",
        "fr": "les médicaments n'ont pas pu être analysés : une source nécessaire est illisible",
    },
    "no_vectors": {
        "en": "no vectors: words alone were searched",
        "zh": "无向量索引：仅按词检索",
        "fr": "sans vecteurs : recherche par mots seulement",
    },
    "model": {
        "en": "a model wrote from the sources; what the quotes did not hold was withheld",
        "zh": "由模型依据来源撰写，引文不支持的内容已被扣留",
        "fr": "un modèle a rédigé d'après les sources ; ce que les citations ne prouvent pas est retenu",
    },
    "model_down": {
        "en": "the model could not be reached or took too long, so that the sources are quoted instead",
        "zh": "模型无法连接或超时，改为引用原文",
        "fr": "le modèle est injoignable ou trop lent : les sources sont citées à la place",
    },
    "model_withheld": {
        "en": "too little of what the model said is held by the sources, so that they are quoted instead",
        "zh": "模型所述内容有来源支持的过少，改为引用原文",
        "fr": "trop peu de ce que dit le modèle est prouvé par les sources : elles sont citées à la place",
    },
    "model_silent": {
        "en": "the model found no answer in the evidence, so that the sources are quoted instead",
        "zh": "模型未在证据中找到答案，改为引用原文",
        "fr": "le modèle n'a pas trouvé de réponse dans les sources : elles sont citées à la place",
    },
    "model_no_room": {
        "en": "no evidence fits into the model's context, so that the sources are quoted instead",
        "zh": "证据超出模型上下文，改为引用原文",
        "fr": "le contexte du modèle ne peut contenir les sources : elles sont citées à la place",
    },
    "model_not_asked": {
        "en": "no passage is evidence for a model to write from, so that none was asked",
        "zh": "没有可供模型撰写的段落，未调用模型",
        "fr": "aucun passage ne permet à un modèle de rédiger : aucun n'a été interrogé",
    },
    "model_cut": {
        "en": "the model's reply broke off; what stands was proved",
        "zh": "模型回复中断，已显示的内容均已核对",
        "fr": "la réponse du modèle s'est interrompue ; ce qui est montré est prouvé",
    },
    "trimmed": {
        "en": "the model was not given {count} of {whole} passages in full: its context has no room for them",
        "zh": "因模型上下文所限，{whole}个段落中有{count}个未完整提供给模型",
        "fr": "{count} passages sur {whole} n'ont pas été donnés en entier au modèle, faute de place",
    },
    "orders": {
        "en": "{count} passages were left out: their document addresses a machine, not a reader",
        "zh": "已排除{count}个段落：其文档含有针对机器的指令",
        "fr": "{count} passages écartés : leur document s'adresse à une machine, non au lecteur",
    },
}


def limits(language: Language, *keys: str, **told: int) -> tuple[str, ...]:
    """The limits of an answer in the asker's language; ``told`` fills the numbers some of them hold."""
    return tuple(LIMITS[key][language].format(**told) for key in keys)


def model_frame(language: Language) -> str:
    """The line above the statements of a model."""
    return MODEL_FRAME[language]


def frame(language: Language, sources: int, *, facts: bool = False) -> str:
    """The line above the statements; ``facts`` when some are not the sources' own words."""
    one, many = COUNT[language]
    return (FACT_FRAME if facts else FRAME)[language].format(
        count=one if sources == 1 else many.format(n=sources)
    )


def abstention(language: Language, searched: Sequence[str]) -> str:
    """Says that nothing held answers, and names what was searched."""
    told = ("、" if language == "zh" else "; ").join(searched)
    return ABSTAINED[language].format(searched=told or NOTHING_SEARCHED[language])


def refusal(kind: str, language: Language) -> str:
    """The fixed words for a question medrag does not answer."""
    return REFUSALS[kind][language]
