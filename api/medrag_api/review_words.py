"""The words of a check at a terminal, in English, Chinese and French: severities, the four kinds of no, headings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from medrag.vocabulary import Language

__all__ = ["LETTERS", "OUTCOMES", "SEVERITIES", "STYLES", "VIEW"]

Words = Mapping[Language, str]

#: One letter a severity or outcome, so that a matrix reads without colours. They stand with their words below it.
#: X, D, C and B stand for what they do in Lexicomp's risk ratings, where A is "no known interaction": A is never used.
LETTERS: Final[Mapping[str, str]] = {
    "contraindicated": "X",
    "major": "D",
    "moderate": "C",
    "unknown": "?",
    "minor": "B",
    "none_found": "-",
    "not_covered": "o",
    "unresolved_drug": "!",
    "source_unavailable": "!",
}
#: Colours go with letters and words, never alone.
STYLES: Final[Mapping[str, str]] = {
    "contraindicated": "bold white on red",
    "major": "bold red",
    "moderate": "yellow",
    "unknown": "magenta",
    "minor": "cyan",
    "unresolved_drug": "bold",
    "source_unavailable": "bold",
}
SEVERITIES: Final[Mapping[str, Words]] = {
    "contraindicated": {"en": "contraindicated", "zh": "禁忌", "fr": "contre-indiqué"},
    "major": {"en": "major", "zh": "严重", "fr": "majeur"},
    "moderate": {"en": "moderate", "zh": "中度", "fr": "modéré"},
    "unknown": {"en": "stated, not graded", "zh": "有记载，未分级", "fr": "signalé, non gradué"},
    "minor": {"en": "minor", "zh": "轻度", "fr": "mineur"},
}
#: The four kinds of no, and what each means. None of them speaks of safety.
OUTCOMES: Final[Mapping[str, Words]] = {
    "none_found": {
        "en": "none found: {sources} hold both and state nothing. That nothing was found does not mean that there is no risk",
        "zh": "未找到：{sources} 收录了两药，但未见相互作用记载。未找到不等于没有风险",
        "fr": "rien trouvé : {sources} connaissent les deux et n'énoncent rien. Cela ne signifie pas l'absence de risque",
    },
    "not_covered": {
        "en": "not covered: no source held speaks of both drugs, so nothing is known here",
        "zh": "未覆盖：所持来源均未同时收录两药，无从判断",
        "fr": "non couvert : aucune source détenue ne traite des deux, rien n'est donc connu ici",
    },
    "unresolved_drug": {
        "en": "not checked: this name was not resolved to a drug",
        "zh": "未检查：该名称未能识别为药物",
        "fr": "non vérifié : ce nom n'a pas été reconnu comme un médicament",
    },
    "source_unavailable": {
        "en": "not checked: what the check needs could not be read",
        "zh": "未检查：所需来源当前无法读取",
        "fr": "non vérifié : une source nécessaire n'a pas pu être lue",
    },
}
VIEW: Final[Mapping[str, Words]] = {
    "nothing": {
        "en": "No finding. What was searched, and for which pairs, stands above.",
        "zh": "未有发现。已检索的来源与药对见上。",
        "fr": "Aucun résultat. Ce qui a été consulté, et pour quels couples, figure ci-dessus.",
    },
    "unchecked": {
        "en": "No finding among the names resolved. What was not resolved was not checked.",
        "zh": "已识别的药名未有发现；未识别的名称未作检查。",
        "fr": "Aucun résultat parmi les noms reconnus. Ce qui n'est pas reconnu n'a pas été vérifié.",
    },
    "not_resolved": {
        "en": "Not resolved, so not checked",
        "zh": "未能识别，故未检查",
        "fr": "Non reconnu, donc non vérifié",
    },
    "ambiguous": {
        "en": "Several have this name, so not checked",
        "zh": "名称不唯一，故未检查",
        "fr": "Plusieurs portent ce nom, donc non vérifié",
    },
    "meant": {"en": "Was it", "zh": "是否指", "fr": "S'agit-il de"},
    "no_near": {
        "en": "no name like it is held",
        "zh": "未收录相近名称",
        "fr": "aucun nom proche n'est connu",
    },
    "do": {"en": "What to do", "zh": "处理", "fr": "Conduite à tenir"},
    "why": {"en": "Mechanism", "zh": "机制", "fr": "Mécanisme"},
    "when": {"en": "Holds when", "zh": "适用条件", "fr": "Si"},
    "through": {"en": "through", "zh": "经由", "fr": "par"},
    "inferred": {
        "en": "Inferred from facts of this project, not reviewed by a pharmacist",
        "zh": "由本项目的药物特性推断，未经药师审核",
        "fr": "Déduit de faits de ce projet, non relus par un pharmacien",
    },
    "disagree": {"en": "The sources disagree", "zh": "各来源说法不一", "fr": "Les sources divergent"},
    "denies": {
        "en": "states that there is no interaction",
        "zh": "称无相互作用",
        "fr": "énonce l'absence d'interaction",
    },
    "patient": {"en": "This patient", "zh": "对该患者", "fr": "Ce patient"},
    "asked": {
        "en": "To decide, this must be known",
        "zh": "尚需了解以下信息才能判断",
        "fr": "Pour décider, il faut savoir",
    },
    "more_said": {
        "en": "and {n} more statements of sources: --all shows them",
        "zh": "另有{n}条来源记载：--all 显示全部",
        "fr": "et {n} autres énoncés de sources : --all les montre",
    },
    "brief": {
        "en": "Findings below major after the first {n} are shown by their first line: --all shows them whole.",
        "zh": "前{n}项之后，低于严重级的发现仅显示首行：--all 显示全部。",
        "fr": "Après les {n} premiers, les résultats moins que majeurs sont réduits à leur première ligne : --all.",
    },
    "hidden": {"en": "Not shown, less severe", "zh": "未显示（较轻）", "fr": "Non affichés, moins graves"},
    "limits": {"en": "Limits", "zh": "局限", "fr": "Limites"},
    "searched": {"en": "Searched", "zh": "已检索", "fr": "Sources consultées"},
    "in_force": {"en": "in force from", "zh": "生效自", "fr": "en vigueur depuis"},
    "many": {
        "en": "Too many drugs for a matrix: the pairs follow as counts.",
        "zh": "药物过多，不显示矩阵，仅列计数。",
        "fr": "Trop de médicaments pour un tableau : les couples sont comptés.",
    },
}
