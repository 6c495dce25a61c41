"""What a comparison of two editions is told in, in English, Chinese and French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from medrag.vocabulary import Language, Severity

__all__ = ["KIND", "LEVEL", "WORDS"]

Words = Mapping[Language, str]

#: Our grade in one word.
LEVEL: Final[Mapping[Severity, Words]] = {
    "contraindicated": {"en": "contraindicated", "zh": "禁忌", "fr": "contre-indiqué"},
    "major": {"en": "major", "zh": "严重", "fr": "majeur"},
    "moderate": {"en": "moderate", "zh": "中度", "fr": "modéré"},
    "unknown": {"en": "not graded", "zh": "未分级", "fr": "non gradué"},
    "minor": {"en": "minor", "zh": "轻度", "fr": "mineur"},
}
#: What happened.
KIND: Final[Mapping[str, Words]] = {
    "raised": {"en": "raised", "zh": "升级", "fr": "aggravé"},
    "added": {"en": "added", "zh": "新增", "fr": "ajouté"},
    "regraded": {"en": "graded otherwise", "zh": "分级调整", "fr": "gradué autrement"},
    "lowered": {"en": "lowered", "zh": "降级", "fr": "allégé"},
    "removed": {"en": "removed", "zh": "删除", "fr": "retiré"},
    "moved": {
        "en": "moved to or from a class",
        "zh": "改由类别说明",
        "fr": "déplacé vers ou depuis une classe",
    },
    "management": {"en": "management changed", "zh": "处置变更", "fr": "conduite à tenir modifiée"},
    "mechanism": {"en": "mechanism reworded", "zh": "机制表述变更", "fr": "mécanisme reformulé"},
    "members": {"en": "members changed", "zh": "类别成员变更", "fr": "membres modifiés"},
    "renamed": {"en": "renamed", "zh": "更名", "fr": "renommé"},
    "numbers": {"en": "numbers changed", "zh": "数值变更", "fr": "nombres modifiés"},
    "changed": {"en": "wording changed", "zh": "文字变更", "fr": "texte modifié"},
    "retitled": {"en": "under another heading", "zh": "标题变更", "fr": "sous un autre titre"},
    "same": {"en": "unchanged", "zh": "未变", "fr": "inchangé"},
}
WORDS: Final[Mapping[str, Words]] = {
    "title": {"en": "What changed", "zh": "变更对照", "fr": "Ce qui a changé"},
    "before": {"en": "before", "zh": "旧版", "fr": "avant"},
    "after": {"en": "after", "zh": "新版", "fr": "après"},
    "by_class_before": {
        "en": "until then, through {a} with {b}: {level}",
        "zh": "旧版经由类别：{a} 与 {b}，{level}",
        "fr": "jusque-là, par {a} avec {b} : {level}",
    },
    "by_class_after": {
        "en": "still stated through {a} with {b}: {level}",
        "zh": "新版仍经由类别：{a} 与 {b}，{level}",
        "fr": "toujours énoncé par {a} avec {b} : {level}",
    },
    "not_stated": {
        "en": "no entry; that is no statement about risk",
        "zh": "无条目；这不代表没有风险",
        "fr": "pas d'entrée ; cela ne dit rien du risque",
    },
    "came": {"en": "came in", "zh": "新增成员", "fr": "entrés"},
    "went": {"en": "left", "zh": "移出成员", "fr": "sortis"},
    "concerns": {
        "en": "{n} entries of the class, the gravest {level}",
        "zh": "涉及该类别 {n} 个条目，最重为{level}",
        "fr": "{n} entrées de la classe, la plus grave : {level}",
    },
    "evidence": {
        "en": "members {before} and {after}, {shared} in common; "
        "{partners} % of the other parties in common; names {likeness} % alike",
        "zh": "成员 {before} 与 {after}，共有 {shared}；相同对象 {partners} %；名称相似 {likeness} %",
        "fr": "membres {before} et {after}, {shared} en commun ; "
        "{partners} % des autres parties en commun ; noms semblables à {likeness} %",
    },
    "nothing": {"en": "Nothing changed.", "zh": "没有变更。", "fr": "Rien n'a changé."},
    "numbers": {"en": "numbers", "zh": "数值", "fr": "nombres"},
    "source_names": {
        "en": "Names are as the source writes them: the graph could not be read.",
        "zh": "名称按来源原文显示：无法读取图谱。",
        "fr": "Noms tels que la source les écrit : le graphe n'a pas pu être lu.",
    },
    "our_words": {
        "en": "in our words",
        "zh": "本系统转述",
        "fr": "en nos mots",
    },
}
