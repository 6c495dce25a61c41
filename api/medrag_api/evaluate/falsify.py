"""Makes lies of true statements: one thing changed at a time, of a kind that has a name, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.concepts import Linker
from medrag.text.normalise import fold_name
from medrag_api.evaluate.invent import INVENT
from medrag_api.evaluate.misplace import MISPLACED
from medrag_api.evaluate.truths import Truth

__all__ = ["GRAVE", "KINDS", "Lie", "falsify"]

#: Kinds of lies that may never pass: they change a number, a unit, a drug or a negation.
GRAVE: Final = frozenset(["digits", "point", "unit", "drug", "negation", "foreign_number", "crossed"])


@dataclass(frozen=True, slots=True)
class Lie:
    """A text made of ``truth``, with the truth whose quote it leans on, which is its own but for a swapped citation."""

    kind: str
    text: str
    truth: Truth
    source: Truth


NUMBER = re.compile(r"(?<![A-Za-z0-9.,-])\d+(?:\.\d+)?(?![\d]*-?[A-Za-z]{4,}\d)(?!\.\d)")
#: A number with its unit, to be carried to another statement.
MEASURED = re.compile(
    r"(?<![A-Za-z0-9.,-])\d+(?:\.\d+)? ?(?:mg/kg|mg|µg|mL/min/1\.73 m2|mL/min|mmol/L|g|hours|days|minutes|毫克|小时|天|分钟)(?![A-Za-z/0-9])"  # noqa: E501
)
SIZES: Final = {
    "g": (1e6, "µg"), "克": (1e6, "µg"), "mg": (1e3, "µg"), "毫克": (1e3, "µg"), "days": (1440.0, "minutes"), "天": (1440.0, "minutes"),  # noqa: E501
    "hours": (60.0, "minutes"), "小时": (60.0, "minutes"), "分钟": (1.0, "minutes"),
}  # fmt: skip
UNITS: Final = (
    ("mg/kg", "mg"), ("mg", "g"), ("mg", "µg"), ("mg", "mL"), ("µg", "mg"), ("g", "mg"), ("mL/min", "L/min"),
    ("mmol/L", "mol/L"), ("units", "mg"), ("hours", "days"), ("days", "weeks"), ("minutes", "hours"), ("mmHg", "mg"),
    ("毫克", "克"), ("毫克", "微克"), ("毫克", "毫升"), ("小时", "天"), ("天", "周"), ("分钟", "小时"), ("单位", "毫克"), ("years", "months"), ("岁", "个月"),  # noqa: E501
)  # fmt: skip
PAIRS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "frequency": (
        ("three times daily", "once daily"), ("three times a day", "twice a day"), ("twice daily", "three times daily"),
        ("twice daily", "once daily"), ("twice a day", "four times a day"), ("once daily", "twice daily"), ("once a day", "twice a day"),  # noqa: E501
        ("once weekly", "once daily"), ("once a week", "once a day"), ("every 8 hours", "every 6 hours"), ("every 12 hours", "every 8 hours"),  # noqa: E501
        ("q8h", "q4h"), ("q12h", "q6h"), (" bid", " tid"), ("per day", "per week"), (" daily", " weekly"),
        ("每日两次", "每日三次"), ("每日一次", "每日两次"), ("每日1次", "每日3次"), ("一日一次", "一日三次"), ("一日三次", "一日一次"), ("每日三次", "每日一次"),  # noqa: E501
        ("每周一次", "每日一次"), ("每周1次", "每日1次"), ("每8小时", "每6小时"), ("每12小时", "每8小时"), ("每日3次", "每日2次"), ("一日2次", "一日4次"), ("每天一次", "每天两次"), ("每6-8小时", "每4小时"),  # noqa: E501
    ),
    "route": (
        ("orally", "intravenously"), ("by mouth", "intravenously"), ("oral", "intravenous"), ("intravenously", "orally"), ("intravenous", "oral"),  # noqa: E501
        (" IV ", " oral "), ("subcutaneously", "intramuscularly"), ("subcutaneous", "intravenous"), (" SC ", " IV "), ("intramuscular", "intravenous"),  # noqa: E501
        ("口服", "静脉注射"), ("口服", "皮下注射"), ("皮下注射", "静脉注射"), ("皮下注射", "口服"), ("静脉给药", "口服"), ("静脉推注", "口服"), ("静脉注射", "肌内注射"),  # noqa: E501
        ("静脉滴注", "口服"), ("肌内注射", "静脉注射"), ("肌注", "口服"), ("静滴", "口服"),
    ),
    "negation": (
        ("should not be", "should be"), ("should not", "should"), ("must not be", "must be"), ("must not", "must"), ("does not", "does"), ("is not", "is"), ("not recommended", "recommended"),  # noqa: E501
        ("Do not", "Always"), ("has no ", "has an "), ("There is no ", "There is an "), ("Avoid", "Use"), ("should avoid", "should use"), ("avoided", "used"),  # noqa: E501
        ("is contraindicated", "is not contraindicated"), ("are contraindicated", "are not contraindicated"), ("should be", "should not be"), ("may be", "may not be"), ("is given", "is not given"),  # noqa: E501
        (" may ", " does not "), (" can ", " cannot "), ("increases", "does not increase"), ("raises", "does not raise"), ("reduces", "does not reduce"), ("lowers", "does not lower"), ("decreases", "does not decrease"),  # noqa: E501
        (" without ", " with "), ("ineffective", "effective"), (", not daily", ", daily"), ("is taken", "is not taken"), ("Take ", "Do not take "), ("Give ", "Do not give "), ("is increased", "is not increased"),  # noqa: E501
        ("不应", "应"), ("不宜", "宜"), ("不推荐", "推荐"), ("不得", "可以"), ("禁用于", "可用于"), ("禁用", "可用"), ("禁止", "可以"), ("应避免", "应"), ("避免", "可以"), ("无相互作用", "有相互作用"), ("没有", "有"), ("而无", "而有"), ("且无", "且有"),  # noqa: E501
        ("可引起", "不引起"), ("可导致", "不导致"), ("可能", "不可能"), ("可增加", "不增加"), ("可降低", "不降低"), ("应监测", "不应监测"), ("升高", "不升高"), ("增加", "不增加"), ("降低", "不降低"), ("可以", "不可以"), ("应停用", "不应停用"), ("应定期", "无需定期"), ("不是", "是"),  # noqa: E501
        ("推荐剂量", "不推荐剂量"), ("用于", "不用于"), ("应从", "不应从"), ("应减", "不应减"), ("不影响", "影响"), ("慎用", "无需慎用"), ("无效", "有效"),  # noqa: E501
    ),
    "comparison": (
        ("below", "above"), ("less than", "more than"), ("<", ">"), (">", "<"), ("younger than", "older than"), ("under 1", "over 1"), ("under 8", "over 8"), ("above", "below"), ("exceeds", "is below"), ("more than", "less than"),  # noqa: E501
        ("at least", "at most"), ("not exceed", "exceed"), ("maximum", "minimum"), ("within", "at least"),
        ("低于", "高于"), ("高于", "低于"), ("大于", "小于"), ("≥", "<"), ("及以上", "以下"), ("以下", "以上"), ("至少", "最多"), ("不超过", "至少"), ("不应超过", "应超过"), ("最大", "最小"), ("不少于", "不超过"), ("超过", "低于"), ("以上", "以下"),  # noqa: E501
    ),
    "direction": (
        ("increases", "decreases"), ("raises", "lowers"), ("increased", "decreased"), ("increase ", "decrease "), ("reduces", "increases"), ("lowers", "raises"), ("decreases", "increases"), ("reduced", "increased"), ("lowered", "raised"), ("decreased", "increased"),  # noqa: E501
        ("Reduce", "Increase"), ("reduce ", "increase "), ("decrease ", "increase "), ("prolong", "shorten"), ("halved", "doubled"), ("Halve", "Double"), ("worsen", "improve"),  # noqa: E501
        ("增加", "减少"), ("升高", "降低"), ("降低", "升高"), ("减少", "增加"), ("减半", "加倍"), ("增强", "减弱"), ("减弱", "增强"), ("延长", "缩短"), ("减量", "加量"), ("恶化", "改善"), ("加重", "改善"), ("上升", "下降"), ("下降", "上升"),  # noqa: E501
    ),
    "modality": (
        ("is contraindicated", "may be used with caution"), ("are contraindicated", "should be used with caution"), ("must not be", "should not be"), ("should be avoided", "may be used"), ("should not be", "may be"), ("should be", "may be"), ("should be", "must be"), ("may cause", "causes"), ("can cause", "causes"),  # noqa: E501
        (" may reduce", " reduces"), (" may decrease", " decreases"), ("with caution", "freely"), ("is not recommended", "is contraindicated"), ("must be", "may be"), ("must not", "may"), ("may be", "must be"), ("Avoid", "Consider"),  # noqa: E501
        ("禁用于", "慎用于"), ("禁用", "慎用"), ("慎用", "禁用"), ("应避免", "可以"), ("不应", "可以"), ("不推荐", "禁止"), ("可能", "一定会"), ("应监测", "可监测"), ("必须", "可以"), ("不宜", "禁止"), ("不得", "不宜"), ("禁止", "建议"), ("可引起", "必然引起"), ("应停用", "可停用"), ("可以", "必须"), ("应", "必须"), ("推荐", "必须"),  # noqa: E501
    ),
    "word": (
        ("toxicity", "efficacy"), ("absorption", "excretion"), ("metabolism", "absorption"), ("plasma", "urine"), ("severe", "mild"), ("acute", "chronic"),  # noqa: E501
        ("bleeding", "thrombosis"), ("Stop", "Start"), ("stopped", "started"), ("discontinued", "started"), ("before", "after"), ("after", "before"), ("morning", "evening"),  # noqa: E501
        ("evening", "morning"), ("initial", "maintenance"), ("starting", "maintenance"), ("maximum", "usual"), ("maintenance", "starting"), ("inhibits", "induces"), ("induces", "inhibits"),  # noqa: E501
        ("liver", "kidney"), ("renal", "hepatic"), ("hepatic", "renal"), ("pregnan", "breastfeeding"), ("causes", "prevents"), ("cause", "prevent"), ("risk of", "protection from"),  # noqa: E501
        ("active", "previous"), ("rapid", "slow"), ("gradually", "abruptly"), ("long-term", "short-term"), ("with food", "on an empty stomach"), ("empty stomach", "full stomach"), ("ineffective", "dangerous"),  # noqa: E501
        ("blood", "sputum"), ("skin", "eye"), ("common", "rare"), ("rare", "common"), ("first-line", "second-line"), ("treatment", "prevention"), ("prevention", "treatment"), ("stable", "unstable"),  # noqa: E501
        ("毒性", "疗效"), ("吸收", "排泄"), ("代谢", "吸收"), ("血药浓度", "尿药浓度"), ("严重", "轻微"), ("重度", "轻度"), ("急性", "慢性"), ("出血", "血栓"), ("停用", "开始使用"), ("停药", "加量"), ("之前", "之后"), ("前", "后"), ("早晨", "晚上"),  # noqa: E501
        ("起始", "维持"), ("维持", "起始"), ("最大", "常用"), ("抑制", "诱导"), ("诱导", "抑制"), ("肝", "肾"), ("肾", "肝"), ("妊娠", "哺乳"), ("孕妇", "哺乳期妇女"), ("引起", "预防"), ("导致", "预防"), ("活动性", "既往"), ("长期", "短期"),  # noqa: E501
        ("逐渐", "立即"), ("空腹", "餐后"), ("餐后", "空腹"), ("随餐", "空腹"), ("常见", "罕见"), ("治疗", "预防"), ("预防", "治疗"), ("首选", "次选"), ("稳定", "恶化"), ("皮肤", "眼睛"), ("血液", "痰液"),  # noqa: E501
    ),
}  # fmt: skip
#: Claims that no quote of the files makes, put behind a statement.
INVENTED: Final = {
    "en": (
        " and protects the kidneys", " during the first week", " at home", " under supervision",
        " and causes hair loss", " in smokers",
        " with plenty of milk", " to prevent stroke", " after surgery",
        " without monitoring", " and improves survival", " in obese patients",
    ),
    "zh": (
        "，并可保护肾脏", "，限于第一周", "，须住院进行", "，并可引起脱发", "，尤其是吸烟者",
        "，并改善生存", "，可预防脑卒中", "，手术后使用", "，无需监测", "，限肥胖患者",
    ),
}  # fmt: skip
OTHER_DRUGS: Final = {
    "en": ("nabumetone", "torasemide", "quetiapine", "cefuroxime", "perindopril", "letrozole"),
    "zh": ("托拉塞米", "喹硫平", "头孢呋辛", "培哚普利", "来曲唑", "阿卡波糖"),
}
CUTS: Final = (
    re.compile(r",? (?:in|for|when|if|during|after|before|with|on) (?:patients |children |adults |the elderly|elderly |those |active |severe |moderate |heart |renal |pregnan|eGFR |INR |creatinine |CrCl |atrial |dialysis |breast|lactation|systolic |serum |long-term )[^,.;]*", re.IGNORECASE),  # noqa: E501
    re.compile(r"^(?:In|For|When|If|During|After|Before) [^,.;]+, "),
    re.compile(r"^[^，。；：]{2,40}?(?:的患者|患者|患有[^，]{2,8}者|过敏者|者|期间|妇女|孕妇|老年人|以下儿童|时)[，]?(?=.*(?:应|用|禁|不|慎|避))"),
    re.compile(r"用于(?:[^，。；]{2,30})(?:患者|妇女|老年人|儿童|孕妇)(?=[，。])"),
    re.compile(r"于(?:[^，。；]{2,40})(?:患者|妇女|老年人|儿童|孕妇|者)(?=[，。])"),
)  # fmt: skip


def falsify(truths: Sequence[Truth], linker: Linker) -> Iterator[Lie]:
    """Every lie of every kind, in a fixed order; a text that happens to stay true is left out."""
    for at, truth in enumerate(truths):
        for kind, make in KINDS.items():
            seen = {truth.text}
            for text, source in make(truth, truths, at, linker):
                if text not in seen or source is not truth:
                    seen.add(text)
                    yield Lie(kind, text, truth, source)


Made = Iterator[tuple[str, Truth]]


def replaced(truth: Truth, start: int, end: int, by: str) -> tuple[str, Truth]:
    return truth.text[:start] + by + truth.text[end:], truth


def digits(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """Another number of about the same size; one that stands in the quote is no sure lie."""
    held = {float(m[0]) for m in NUMBER.finditer(truth.quote)}
    for m in numbers(truth, linker):
        for other in (float(m[0]) * 2, float(m[0]) + 1, float(m[0]) * 3, float(m[0]) + 5, float(m[0]) * 1.5):
            if other not in held and other != 1:
                yield replaced(truth, m.start(), m.end(), f"{other:g}")


def point(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    held = {float(m[0]) for m in NUMBER.finditer(truth.quote)}
    for m in numbers(truth, linker):
        for other in (float(m[0]) * 10, float(m[0]) / 10, float(m[0]) * 100, float(m[0]) / 100):
            if other not in held:
                yield replaced(truth, m.start(), m.end(), f"{other:.6g}")


def numbers(truth: Truth, linker: Linker) -> Iterator[re.Match[str]]:
    """The numbers that are no part of a name or of a unit."""
    names = [
        mention.text for mention in linker.find(truth.text) if any(char.isdigit() for char in mention.text)
    ]
    for m in NUMBER.finditer(truth.text):
        around = fold_name(truth.text[max(0, m.start() - 12) : m.end() + 12])
        if not any(name in around for name in names) and not truth.text.startswith(
            ("1.73", "HbA1c"), m.start()
        ):
            yield m


def unit(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    for was, now in UNITS:
        latin = r"(?![A-Za-z])" if was.isascii() else ""
        after = r"(?!/)" if was in ("mg", "g") else ""
        for m in re.finditer(rf"(?<=\d)( ?){re.escape(was)}{latin}{after}", truth.text):
            yield replaced(truth, m.start(), m.end(), m[1] + now)


def drug(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """A drug it names becomes one the quote does not name."""
    folded = fold_name(truth.text)
    for mention in {m.text: m for m in linker.find(truth.text) if m.thing.kind in ("drug", "class")}.values():
        start = folded.find(mention.text)
        found = re.search(re.escape(truth.text[start : start + len(mention.text)]), truth.text, re.IGNORECASE)
        if len(folded) != len(truth.text) or found is None:
            continue
        for other in OTHER_DRUGS["zh" if truth.language == "zh" else "en"]:
            # The same drug in small letters is no lie.
            if other != mention.text:
                yield replaced(truth, mention.start, mention.end, other)


def swapped(kind: str) -> Callable[[Truth, Sequence[Truth], int, Linker], Made]:
    def make(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
        for was, now in PAIRS[kind]:
            start = truth.text.find(was)
            guarded = (
                truth.text[max(0, start - 1) : start] in ("不", "无")
                or "not " in truth.text[max(0, start - 4) : start]
            )
            if start >= 0 and not guarded:
                yield replaced(truth, start, start + len(was), now)

    return make


def population(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """The case it is said of is cut away."""
    for pattern in CUTS:
        for m in pattern.finditer(truth.text):
            cut = truth.text[m.start() : m.end()]
            narrows = any(x.thing.kind in ("population", "disease", "lab") for x in linker.find(cut))
            left = truth.text[: m.start()] + truth.text[m.end() :]
            if (
                narrows
                and len(left) > 5
                and any(x.thing.kind in ("drug", "class") for x in linker.find(left))
            ):
                yield left, truth


def invention(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """A claim is put behind it that its quote does not make."""
    for step in range(3):
        told = INVENTED[truth.language if truth.language == "zh" else "en"]
        more = told[(at + 5 * step) % len(told)]
        end = len(truth.text.rstrip(".。"))
        yield replaced(truth, end, end, more)


def citation(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """The statement leans on the quote of another."""
    mine = drugs_of(truth, linker)
    for step in (7, 31, 64, 101, 150, 200):
        other = truths[(at + step) % len(truths)]
        if not mine & drugs_of(other, linker):
            yield truth.text, other


def drugs_of(truth: Truth, linker: Linker) -> frozenset[str]:
    """The drugs and classes of a quote and its headings."""
    told = (truth.quote, *truth.headings)
    return frozenset(
        m.thing.id for text in told for m in linker.find(text) if m.thing.kind in ("drug", "class")
    )


def foreign_number(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
    """A measure of it becomes one of another passage."""
    for m in MEASURED.finditer(truth.text):
        for step in range(1, len(truths), 23):
            for other in MEASURED.findall(truths[(at + step) % len(truths)].text)[:1]:
                if not same(other, truth.quote) and not same(other, truth.text):
                    yield replaced(truth, m.start(), m.end(), other)


def same(measured: str, text: str) -> bool:
    """Whether the number stands in the text already, whatever its unit, or the same measure in another unit."""
    number = re.match(r"[\d.]+", measured)
    held = {sized(found) for found in MEASURED.findall(text)}
    return number is not None and (number[0] in NUMBER.findall(text) or sized(measured) in held)


def sized(measured: str) -> tuple[float, str]:
    """Micrograms, minutes or the unit itself: its own small table, so that it shares no error with the proof."""
    number, unit = re.fullmatch(r"([\d.]+) ?(.+)", measured).groups()  # type: ignore[union-attr]
    factor, base = SIZES.get(unit, (1.0, unit))
    return round(float(number) * factor, 6), base


KINDS: Final[dict[str, Callable[[Truth, Sequence[Truth], int, Linker], Made]]] = {
    "digits": digits,
    "point": point,
    "unit": unit,
    "frequency": swapped("frequency"),
    "route": swapped("route"),
    "negation": swapped("negation"),
    "drug": drug,
    "comparison": swapped("comparison"),
    "direction": swapped("direction"),
    "modality": swapped("modality"),
    "population": population,
    "word": swapped("word"),
    "invention": invention,
    "citation": citation,
    "foreign_number": foreign_number,
    **MISPLACED,
    **INVENT,
}
