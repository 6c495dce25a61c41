"""The console's own words in English and Chinese; those of checks and cards are the command line's."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Final, Literal

__all__ = ["WORDS", "ConsoleLanguage", "words_in"]

ConsoleLanguage = Literal["en", "zh"]

#: Key to (English, Chinese).
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # frame
    "skip": ("Skip to the content", "跳到正文"),
    "pages": ("Pages", "页面"),
    "theme": ("Light or dark", "切换明暗"),
    "check": ("Check a regimen", "检查用药方案"),
    "ask": ("Ask", "提问"),
    "drugs": ("Drugs", "药物"),
    "foot": (
        "medrag shows what named sources state. It does not diagnose, triage or prescribe; that nothing was found does "
        "not mean that there is no risk.",
        "medrag仅展示所列来源的记载，不作诊断、分诊或处方；未找到不等于没有风险。",
    ),
    # check
    "check_lead": (
        "Type drugs by any name, brand or code, in English or Chinese. Every pair is looked up in every source held.",
        "可输入任意药名、商品名或编码（中英文均可）。每一对药物都会在所持的全部来源中检索。",
    ),
    "drug_box": ("Drugs", "药物"),
    "drug_hint": ("warfarin, Advil, 二甲双胍 …", "华法林、布洛芬、metformin ……"),
    "add": ("Add", "添加"),
    "remove": ("Remove", "移除"),
    "run_check": ("Check", "检查"),
    "clear": ("Start anew", "重新开始"),
    "patient": ("Patient", "患者"),
    "patient_note": (
        "Never stored, never logged, and never part of a link.",
        "不保存、不记录，也不会出现在链接中。",
    ),
    "age": ("Age, years", "年龄（岁）"),
    "sex": ("Sex", "性别"),
    "female": ("female", "女"),
    "male": ("male", "男"),
    "unsaid": ("not said", "未填"),
    "weight": ("Weight, kg", "体重（kg）"),
    "height": ("Height, cm", "身高（cm）"),
    "egfr": ("eGFR, mL/min/1.73 m²", "eGFR（mL/min/1.73 m²）"),
    "creatinine": ("Creatinine", "血肌酐"),
    "potassium": ("Potassium", "血钾"),
    "inr": ("INR", "INR"),
    "qtc": ("QTc, ms", "QTc（ms）"),
    "child_pugh": ("Child-Pugh", "Child-Pugh分级"),
    "pregnant": ("pregnant", "妊娠"),
    "breastfeeding": ("breastfeeding", "哺乳"),
    "conditions": ("Conditions, one a line", "疾病史（每行一项）"),
    "allergies": ("Allergies, one a line", "过敏史（每行一项）"),
    "as_of": ("As of (day)", "按此日期的版本"),
    "unit": ("unit", "单位"),
    "matrix": ("Every pair", "逐对结果"),
    "findings": ("Findings", "发现"),
    "no_findings": ("No finding among what was checked.", "在已检查范围内没有发现。"),
    "nos": ("What was not found, and what that means", "未找到的部分及其含义"),
    "together": ("Drugs together", "药物合计"),
    "sources": ("What each source states", "各来源的记载"),
    "native": ("Grade of the source", "来源分级"),
    "ours": ("shown as", "显示为"),
    "since": ("In force from", "生效日期"),
    "published": ("Published", "发布日期"),
    "change": ("What would change this", "哪些信息会改变结论"),
    "for_patient": ("For this patient", "对该患者"),
    "open_source": ("Open the source at the place", "打开来源原文"),
    "premises": ("Rests on", "依据"),
    "searched": ("Searched", "已检索"),
    "limits": ("Limits", "局限"),
    "basis": ("Basis", "依据与版本"),
    "snapshot": ("Snapshot", "快照"),
    "logic": ("Logic", "规则版本"),
    "checked_at": ("Checked", "检查时间"),
    "print": ("Print", "打印"),
    "share": ("Link without the patient", "分享链接（不含患者信息）"),
    "asked": ("To decide, this must be known", "尚需了解以下信息"),
    "signed": ("Checked by (name, signature, date)", "审核人（姓名、签字、日期）"),
    "received": ("Received by", "接收人"),
    "not_checked": ("Not checked", "未检查"),
    "choose": ("Was it", "是否指"),
    "denies": ("states that there is no interaction", "称无相互作用"),
    # ask
    "ask_lead": (
        "Ask about a medicine or a guideline, in English or Chinese. Every sentence of the answer stands on a quote.",
        "可用中文或英文询问用药或指南问题。回答的每一句话都有原文依据。",
    ),
    "question": ("Question", "问题"),
    "question_hint": (
        "Can a patient on warfarin take ibuprofen for knee pain?",
        "二甲双胍在肾功能不全时如何调整剂量？",
    ),
    "run_ask": ("Ask", "提问"),
    "answer": ("Answer", "回答"),
    "quotes": ("The words it stands on", "所依据的原文"),
    "withheld": ("Withheld: said by the model, not held by the quotes", "已扣留：模型所述但原文不支持"),
    "review": ("The drugs it names, checked", "所涉药物的检查结果"),
    "abstained": ("No answer from the sources held", "所持来源未能回答"),
    "refused": ("Not answered", "不予回答"),
    "partial": ("In part", "部分回答"),
    "answered": ("Answered", "已回答"),
    "needs_context": ("More must be known", "需要更多信息"),
    "degraded": (
        "Answered without a part that was unavailable; see the limits.",
        "部分组件不可用，回答受限，详见局限。",
    ),
    "answerer": ("Answered by", "回答方式"),
    "about_patient": ("About a patient", "填写患者信息"),
    # drug card
    "drugs_lead": (
        "One drug: its names and codes, what it belongs to, kidney dosing, risks, and what every source states.",
        "单个药物：名称与编码、所属类别、肾功能给药、风险，以及各来源的记载。",
    ),
    "find": ("Find", "查找"),
    "names": ("Names", "名称"),
    "codes": ("Codes", "编码"),
    "classes": ("Classes", "类别"),
    "forms": ("Salts and forms", "盐与剂型"),
    "ingredients": ("Ingredients", "成分"),
    "products": ("In the products", "所含制剂"),
    "kidney": ("Kidney", "肾功能"),
    "risks": ("Risks", "风险"),
    "unreviewed": (
        "Facts of this project, not reviewed by a pharmacist.",
        "本项目整理，未经药师审核。",
    ),
    "interactions": ("Interactions", "相互作用"),
    "with": ("With", "与"),
    "through": ("through", "经由"),
    "when": ("Holds when", "适用条件"),
    "source": ("Source", "来源"),
    "severity": ("Severity", "严重程度"),
    "sections": ("Label sections held", "所持说明书章节"),
    "stated_of": ("Conditions", "疾病"),
    "check_with": ("Check with other drugs", "与其他药物一起检查"),
    "nothing_held": ("Nothing is held.", "没有收录。"),
    # passage
    "passage": ("Passage", "段落"),
    "whole_work": ("Work", "文献"),
    "edition": ("Edition", "版本"),
    "publisher": ("Publisher", "发布者"),
    "authority": ("Authority", "权威性"),
    "licence": ("Licence", "许可"),
    "page_number": ("Page", "页"),
    "origin": ("Origin", "出处"),
    "not_in_force": ("This edition is not in force.", "该版本目前不在效力期内。"),
    "before_after": ("The passage in its context", "段落及上下文"),
    # problems
    "problem": ("This could not be done", "无法完成"),
    "back": ("Back to the check", "返回检查"),
}


def words_in(language: ConsoleLanguage) -> SimpleNamespace:
    """Every word of the console in one language, each an attribute."""
    at = 1 if language == "zh" else 0
    return SimpleNamespace(**{key: both[at] for key, both in WORDS.items()})
