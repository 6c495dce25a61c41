"""Makes lies that sound like their truth: another organ, grade, time, group, finding, test or action, two sides exchanged,
an exception left out.

The words are this file's own and share nothing with the tables of the proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from medrag.concepts import Linker
from medrag_api.evaluate.truths import Truth

__all__ = ["MISPLACED"]

Made = Iterator[tuple[str, Truth]]
Maker = Callable[[Truth, Sequence[Truth], int, Linker], Made]

#: Words of one group stand for different things; each becomes two others, unless its quote holds those.
GROUPS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "organ": (
        ("kidney", "liver", "heart", "lung", "brain", "stomach", "thyroid"), ("renal", "hepatic", "cardiac", "pulmonary", "cerebral"),  # noqa: E501
        ("ankles", "fingers", "eyelids"), ("bone marrow", "adrenal gland", "spleen"), ("retina", "cochlea", "cornea"),
        ("肾", "肝", "肺", "脑", "胃", "甲状腺"), ("踝", "手指", "眼睑"), ("骨髓", "肾上腺", "脾脏"), ("听力", "视力", "嗅觉"), ("胎儿", "乳房"),  # noqa: E501
    ),
    "grade": (
        ("severe", "moderate", "mild"), ("serious", "trivial"), ("life-threatening", "harmless"), ("fatal", "mild"), ("irreversible", "reversible"),  # noqa: E501
        ("marked", "slight"), ("significantly", "slightly"), ("closely", "loosely"), ("high-dose", "low-dose"), ("high risk", "low risk"),  # noqa: E501
        ("重度", "中度", "轻度"), ("严重", "轻微"), ("致命", "轻微"), ("不可逆", "可逆"), ("显著", "略微"), ("大剂量", "小剂量"), ("高风险", "低风险"), ("完全", "部分"),  # noqa: E501
    ),
    "time": (
        ("before", "after", "during"), ("after", "before", "during"), ("during", "before", "after"), ("until", "after"), ("within", "after"),  # noqa: E501
        ("first", "last"), ("monitored daily", "monitored once"), ("immediately", "later"), ("bedtime", "noon"), ("evening", "noon"), ("morning", "bedtime"),  # noqa: E501
        ("之前", "期间"), ("之后", "期间"), ("期间", "之后", "之前"), ("前", "后"), ("后", "前"), ("睡前", "清晨"), ("餐后", "餐前"), ("餐前", "餐后"), ("立即", "日后"), ("早晨", "中午"), ("首次", "末次"),  # noqa: E501
    ),
    "group": (
        ("children", "adults", "elderly patients"), ("adults", "children", "infants"), ("pregnant women", "elderly women"), ("pregnancy", "old age"), ("breastfeeding", "menopause"), ("women", "men"),  # noqa: E501
        ("elderly", "young"), ("smokers", "drinkers"), ("renal impairment", "obesity", "hepatic impairment"), ("dialysis", "chemotherapy"), ("newborns", "teenagers"),  # noqa: E501
        ("儿童", "成人", "老年人"), ("成人", "儿童"), ("孕妇", "老年妇女"), ("妊娠", "更年期"), ("哺乳", "更年"), ("老年", "青年"), ("女性", "男性"), ("妇女", "男子"), ("透析", "化疗"),  # noqa: E501
    ),
    "finding": (
        ("bleeding", "headache", "seizures"), ("hyperkalemia", "hyponatremia", "hypokalemia"), ("hypoglycemia", "hyperglycemia"), ("hypotension", "hypertension"), ("bradycardia", "tachycardia"),  # noqa: E501
        ("rash", "cough", "jaundice"), ("diarrhea", "constipation"), ("vomiting", "sweating"), ("hepatotoxicity", "nephrotoxicity"), ("nephrotoxicity", "ototoxicity"), ("myopathy", "neuropathy"), ("cough", "rash"), ("nausea", "itching"), ("drowsiness", "insomnia"),  # noqa: E501
        ("heart failure", "asthma"), ("hypertension", "epilepsy", "gout"), ("gout", "asthma"), ("asthma", "gout"), ("epilepsy", "migraine"), ("depression", "psoriasis"), ("pneumonia", "cystitis"), ("atrial fibrillation", "heart failure"),  # noqa: E501
        ("出血", "头痛", "抽搐"), ("高钾血症", "低钠血症"), ("低血糖", "高血糖"), ("低血压", "高血压"), ("心动过缓", "心动过速"), ("皮疹", "黄疸"), ("腹泻", "便秘"), ("呕吐", "出汗"), ("肝毒性", "肾毒性"), ("肾毒性", "耳毒性"), ("肌病", "神经病"), ("嗜睡", "失眠"), ("恶心", "瘙痒"),  # noqa: E501
        ("心力衰竭", "哮喘"), ("高血压", "癫痫", "痛风"), ("痛风", "哮喘"), ("癫痫", "偏头痛"), ("抑郁症", "银屑病"), ("房颤", "心衰"), ("肺炎", "膀胱炎"),  # noqa: E501
    ),
    "test": (
        ("renal function", "lung function"), ("liver function", "lung function"), ("blood count", "bone density"), ("potassium", "calcium", "glucose"), ("INR", "ECG", "blood pressure"), ("ECG", "EEG"), ("blood pressure", "weight"), ("blood glucose", "uric acid"), ("platelet", "lymphocyte"), ("creatinine", "bilirubin"), ("TSH", "cortisol"),  # noqa: E501
        ("肾功能", "肺功能"), ("肝功能", "肺功能"), ("血常规", "骨密度"), ("血钾", "血钙", "血糖"), ("INR", "心电图"), ("心电图", "脑电图"), ("血压", "体重"), ("血糖", "尿酸"), ("血小板", "淋巴细胞"), ("肌酐", "胆红素"),  # noqa: E501
    ),
    "action": (
        ("Stop", "Continue", "Reduce"), ("stopped", "continued", "reduced"), ("discontinued", "continued", "doubled"), ("Discontinue", "Continue"), ("monitored", "treated", "corrected"), ("Monitor", "Correct", "Ignore"), ("reduced", "stopped"), ("Reduce", "Stop"), ("halved", "stopped"), ("checked", "corrected"), ("withheld", "doubled"), ("adjusted", "stopped"), ("separated", "combined"), ("replaced", "supplemented"), ("Check", "Ignore"), ("swallowed whole", "crushed"),  # noqa: E501
        ("停用", "继续使用", "减少"), ("停药", "继续用药"), ("监测", "纠正", "忽略"), ("减量", "停药"), ("减半", "停用"), ("检查", "治疗"), ("减少", "停止"), ("暂停", "加用"), ("调整", "停用"), ("吞服", "嚼服"), ("间隔", "同时"),  # noqa: E501
    ),
    "some": (
        ("most adults", "all adults"), ("most patients", "all patients"), ("in most", "in all"), ("for most", "for all"), ("some", "all"), ("all", "some"), ("usually", "always", "never"), ("often", "always"), ("rarely", "always", "never"), ("both", "either"), ("may", "always"), ("can", "always"), ("each use", "some uses"), ("occasionally", "always"), ("common", "universal"),  # noqa: E501
        ("多数", "所有"), ("部分", "所有"), ("所有", "部分"), ("偶", "必"), ("常见", "必然"), ("少数", "所有"), ("罕见", "必然"), ("可能", "总会"), ("通常", "总是"),  # noqa: E501
    ),
}  # fmt: skip


def regrouped(kind: str) -> Maker:
    """A word of a group becomes another that its quote does not hold."""

    def make(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
        quote = truth.quote.casefold()
        for was, *others in GROUPS[kind]:
            found = re.search(whole(was), truth.text)
            for now in others if found else ():
                if found and now not in quote and now.casefold() not in truth.text.casefold():
                    yield truth.text[: found.start()] + now + truth.text[found.end() :], truth

    return make


def whole(word: str) -> str:
    """Latin words stand whole; "后" is no part of another word here."""
    if word.isascii():
        return rf"(?<![A-Za-z-]){re.escape(word)}(?![A-Za-z-])"
    return rf"(?<![目先最以饭餐睡术]){word}(?![列叶])" if word in ("前", "后") else re.escape(word)


#: Where a grade of its own may be put that the quote does not hold.
GRADED: Final = {"en": ("severe ", "mild ", "chronic "), "zh": ("重度", "轻度", "慢性")}
GRADES = re.compile(
    r"life-threatening|fatal|致命|危及|severe|serious|mild|moderate|chronic|acute|long-term|major|grave|重|轻|慢性|急性|中度|legere?|chronique",
    re.IGNORECASE,
)


def graded(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """A grade is put before a disease that has none in the quote."""
    if GRADES.search(truth.quote) or GRADES.search(truth.text):
        return
    for mention in linker.find(truth.text):
        if mention.thing.kind == "disease" and len(truth.text) == len(truth.text.casefold()):
            start = mention.start
            for grade in GRADED["zh" if truth.language == "zh" else "en"][at % 3 :][:2]:
                yield truth.text[:start] + grade + truth.text[start:], truth
            return


_CAUSES = (
    re.compile(
        r"^(?P<a>[A-Z][^,.;]{2,60}?)(?P<v> (?:may|can|could)? ?(?:cause|causes|lead to|leads to|result in"
        r"|results in|worsen|worsens"
        r"|induce|induces|trigger) )(?P<b>[^,.;]{3,80})(?P<rest>[,.;].*)$"
    ),
    re.compile(
        r"^(?P<a>[^，。；]{2,20}?)(?P<v>(?:可能|可)?(?:引起|导致|诱发|加重|造成))(?P<b>[^，。；]{2,30})(?P<rest>[，。；].*)$"
    ),
)


def effect(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """Cause and effect change places."""
    for pattern in _CAUSES:
        found = pattern.match(truth.text)
        if found:
            yield found["b"] + found["v"] + found["a"] + found["rest"], truth


_ACTS = re.compile(
    r"increas|rais|reduc|lower|decreas|inhibit|induc|enhanc|potentiat|weaken|diminish|增加|升高|降低|减少|抑制|诱导|增强|减弱|提高|下降"
)
_ACTED = re.compile(
    r"level|concentration|effect|metabolism|clearance|exposure|absorption|efficacy|浓度|作用|代谢|清除|暴露|吸收|疗效|效果"
)
#: What makes two drugs two of a kind, or a pronoun that may be either of them.
_LIKE = re.compile(r"each other|both|mutual|\bits\b|互相|相互|均|都|其")


def subject(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """Of two drugs, one of which acts on the other, each takes the other's place."""
    text = truth.text
    drugs = [m for m in linker.find(text) if m.thing.kind in ("drug", "class")]
    spans = sorted({(m.start, m.end) for m in drugs})
    apart = {m.thing.id for m in drugs}
    if len(spans) != 2 or len(apart) < 2 or len(text) != len(text.casefold()) or _LIKE.search(text):
        return
    (a, b), (c, d) = spans
    one_acts = _ACTS.search(text) and _ACTED.search(text)
    joined = re.fullmatch(r"\s*(?:and|or|plus|with|/|与|和|及|联合|同)\s*", text[b:c])
    if one_acts and not joined and not re.search(r"combin|together|合用|联用|同用|并用|同时", text):
        yield text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:], truth


_MEASURE = re.compile(
    r"(?<![A-Za-z0-9.,-])\d+(?:\.\d+)?"
    r"(?= ?(?P<unit>mg/kg|mg|µg|g|mL/min|hours?|days?|weeks?|months?|years?|毫克|克|小时|天|周|个月|月|岁|年)(?![A-Za-z]))"
)
#: Between two amounts of one list or range.
_LISTED = re.compile(r"[^\d]{0,14}?(?:and|or|to|-|–|~|～|至|和|或|、|,|，|/)\s*")


TIMES: Final = frozenset(
    "hour hours day days week weeks month months year years 小时 天 周 个月 月 年".split(" ")
)


def unit_end(found: re.Match[str]) -> int:
    """Where the unit behind a number ends."""
    return found.string.index(found["unit"], found.end()) + len(found["unit"])


def crossed(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """Two numbers of one unit, or two lengths of time, change places, where they are said of different things."""
    found = list(_MEASURE.finditer(truth.text))
    for one, two in pairwise(found):
        between = truth.text[one.end() + len(one["unit"]) : two.start()].strip()
        alike = one["unit"].rstrip("s") == two["unit"].rstrip("s") and one[0] != two[0]
        said_apart = len(between) > 4 and not _LISTED.fullmatch(between)
        times = {one["unit"], two["unit"]} <= TIMES and one["unit"].rstrip("s") != two["unit"].rstrip("s")
        if times and said_apart:
            text, first, second = truth.text, (one.start(), unit_end(one)), (two.start(), unit_end(two))
            yield (
                (
                    text[: first[0]]
                    + text[slice(*second)]
                    + text[first[1] : second[0]]
                    + text[slice(*first)]
                    + text[second[1] :]
                ),
                truth,
            )
        if alike and said_apart:
            text = truth.text
            yield (
                text[: one.start()] + two[0] + text[one.end() : two.start()] + one[0] + text[two.end() :],
                truth,
            )


_EXCEPTIONS = (
    re.compile(
        r",? (?:unless|except|other than|apart from|if|when|until|once (?!daily|weekly|monthly|a |an |every|per|in ))[^,.;]*"
    ),
    re.compile(r"^(?:Unless|Except|If|When|Until|Once) (?!daily|weekly|monthly|a week|a day|every)[^,.;]+, "),
    re.compile(r"^除(?!去|了)[^，。；]+[，]"),
    re.compile(r"，?除非[^，。；]+"),
    re.compile(r"[（(][^（()）]*除外[）)]"),
)


def exception(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """The exception, or the case it is limited to, is cut off."""
    for pattern in _EXCEPTIONS:
        for found in pattern.finditer(truth.text):
            left = (truth.text[: found.start()] + truth.text[found.end() :]).strip()
            if len(left) > 8 and any(m.thing.kind in ("drug", "class") for m in linker.find(left)):
                yield left[:1].upper() + left[1:], truth


#: The kinds and what makes each, in the order of the table.
MISPLACED: Final[dict[str, Maker]] = {
    **{kind: regrouped(kind) for kind in GROUPS},
    "graded": graded,
    "cause_effect": effect,
    "subject": subject,
    "crossed": crossed,
    "exception": exception,
}
