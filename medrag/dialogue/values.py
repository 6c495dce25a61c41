"""Reads numbers that are facts of a patient: age, weight, kidney function, potassium, INR, QTc, Child-Pugh."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from medrag.dialogue.draft import Draft
from medrag.dialogue.records import Unclear

__all__ = ["BOUNDS", "read_values", "trimester_of"]

NUMBER: Final = r"\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a value is told. ``units`` map a unit to the factor to the field's own, or to the unit's name when kept."""

    field: str
    label: str
    units: Mapping[str, float | str]
    #: Whether a number with the unit is enough, without the label.
    alone: bool = False
    #: Whether a number without a unit is asked for its unit.
    needs_unit: bool = False
    #: What a number without a unit is in, when it needs none.
    bare: float | str = 1.0


UMOL: Final = {"umol/l": "umol/L", "μmol/l": "umol/L", "micromol/l": "umol/L", "微摩尔/升": "umol/L", "微摩尔每升": "umol/L",
               "umol": "umol/L", "μmol": "umol/L"}  # fmt: skip
MGDL: Final = {"mg/dl": "mg/dL", "毫克/分升": "mg/dL"}
#: Order matters: a creatinine clearance is no creatinine. One inch is 2.54 cm, one pound 0.45359237 kg (exact), one jin 0.5 kg.
MEASURES: Final = (
    Measure("crcl_ml_min", r"crcl|clcr|ccr|creatinine clearance|肌酐清除率|内生肌酐清除率", {"ml/min": 1.0}),
    Measure("egfr_ml_min_1_73m2", r"egfr|(?<![a-z])gfr|(?:估算|估计)?肾小球滤过率", {"ml/min": 1.0}),
    Measure(
        "creatinine",
        r"serum creatinine|creatinine|(?<![a-z])scr(?![a-z])|(?<![a-z])cr(?![a-z+])|血清肌酐|血肌酐|肌酐(?!清除)",
        {**UMOL, **MGDL},
        needs_unit=True,
    ),
    Measure(
        "potassium",
        r"serum potassium|potassium|serum k|(?<![a-z])k\+?(?=[ :=]*\d)|(?<![a-z])k level|血清钾|血钾|钾离子",
        {"mmol/l": "mmol/L", "meq/l": "mEq/L", **MGDL, "mmol": "mmol/L", "meq": "mEq/L", "毫摩尔/升": "mmol/L"},
        bare="mmol/L",
    ),
    Measure("inr", r"(?<![a-z])inr|国际标准化比值", {}),
    Measure("qtc_ms", r"qtcf?b?(?:间期)?|校正qt(?:间期)?",
            {"ms": 1.0, "msec": 1.0, "毫秒": 1.0, "seconds": 1000.0, "sec": 1000.0}),
    Measure(
        "weight_kg",
        r"body weight|weight|weighs?|weighing|(?<![a-z])wt|体重",
        {"kgs": 1.0, "kg": 1.0, "kilograms": 1.0, "kilos": 1.0, "公斤": 1.0, "千克": 1.0, "lbs": 0.45359237,
         "lb": 0.45359237, "pounds": 0.45359237, "斤": 0.5, "市斤": 0.5},
        alone=True,
    ),
    Measure("height_cm", r"body height|height|身高|个子", {"cm": 1.0, "厘米": 1.0, "公分": 1.0, "m": 100.0, "米": 100.0}),
)  # fmt: skip
#: What cannot be in a living person, by field: the bounds of the contract's Patient.
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "age_years": (0.0, 130.0),
    "weight_kg": (0.2, 650.0),
    "height_cm": (20.0, 280.0),
    "egfr_ml_min_1_73m2": (0.0, 250.0),
    "crcl_ml_min": (0.0, 400.0),
    "qtc_ms": (200.0, 900.0),
    "inr": (0.5, 30.0),
    "creatinine mg/dL": (0.05, 45.0),
    "creatinine umol/L": (4.0, 4000.0),
    "potassium mmol/L": (1.0, 12.0),
    "potassium mEq/L": (1.0, 12.0),
    "potassium mg/dL": (4.0, 46.0),
}
ANY_LABEL: Final = re.compile(
    "|".join(f"(?:{m.label})" for m in MEASURES) + r"|(?<![a-z])age|岁|years?|血压|血糖|mg"
)
#: A limit is no value: "if eGFR is below 30", "eGFR 45以上".
LIMIT_BEFORE: Final = re.compile(
    r"[<>≤≥§¤]|below|above|under|over|less than|greater than|more than|target|goal|range|cut ?off|threshold|limit|at least|"
    r"低于|高于|小于|大于|不足|超过|目标|范围|阈值|标准"
)
LIMIT_BEHIND: Final = re.compile(
    r"\s?(?:以上|以下|以内|or (?:less|below|lower|more|above|higher)|and (?:above|below))|\s?[-~到至]\s?\d"
)
PER: Final = re.compile(r"\s?(?:/|per )")
UNITS_LAST: Final = re.compile(
    r"(?:单位|unit)?s?(?:是|为|:|is)?\s*(mg/dl|umol/l|μmol/l|micromol/l|mmol/l|meq/l|umol|μmol|微摩尔/升)"
)

NOT_THEN: Final = re.compile(
    rf"(?:(?<![a-z])not|不是|并非|isn't)\s*({NUMBER})\s*([a-z\u4e00-\u9fff/]{{0,8}}?)[,\s]*(?:but |it is |it's "
    rf"|he is |she is |而)?"
    rf"(?:应该|应)?(?:是|为)?\s*({NUMBER})\s?(kg|mg/dl|岁|公斤|cm|斤)?"
)
THEN_NOT: Final = re.compile(
    rf"({NUMBER})\s*((?:kg|lb|years? old|years?|岁|公斤|cm|mg/dl|umol/l|μmol/l|mmol/l)?)"
    rf"[,\s]*(?:and )?(?:(?<![a-z])not|而?不是)\s*({NUMBER})"
    r"(?:\s?(?:kg|years? old|years?|岁|公斤|cm))?"
)


#: "1.2, no, 1.6 mg/dL": the second holds.
NO_THEN: Final = re.compile(
    rf"({NUMBER})(\s?(?:kg|mg/dl|岁|公斤|cm|斤|umol/l|μmol/l|mmol/l)?)[,.。]?\s*(?:不对|哦不|不不|错了|写错了"
    rf"|sorry|no wait|no|wait|i mean|correction)"
    rf"[,:]?\s*(?:i mean |it's |it is |应该是|应是|是)?({NUMBER})\s?(kg|mg/dl|岁|公斤|cm|斤|umol/l|μmol/l|mmol/l)?"
)

#: "from 60 to 35": what it is now.
FROM_TO: Final = re.compile(
    rf"(?:(?<![a-z])from|从) ?{NUMBER} ?[a-zμ/%]*[, ]*(?:to|降到了?|降至|降低到|降为|升到了?|升至|到|变成|变为) ?(?={NUMBER})"
)


def read_values(text: str, draft: Draft) -> None:
    """Puts every value that a marked text tells; what has no unit or cannot be is left unclear."""
    text, corrected = settle(text)
    before = len(draft.changes)
    complete_unit(text, draft)
    for field_name, value in [*ages(text, draft), *measured(text, draft), *heights(text), *child_pugh(text)]:
        put_value(field_name, value, draft)
    if len(draft.changes) == before:
        bare_values(text, corrected, draft)


def put_value(field_name: str, value: Any, draft: Draft) -> None:
    """Sets a value that a living person can have."""
    key, number = (
        (f"{field_name} {value['unit']}", value["value"]) if isinstance(value, dict) else (field_name, value)
    )
    least, most = BOUNDS.get(key, (float("-inf"), float("inf")))
    if isinstance(number, float) and not least <= number <= most:
        draft.unclear.append(Unclear(field_name, "range", number))
        return
    draft.put(field_name, value)


def settle(text: str) -> tuple[str, list[tuple[float, float]]]:
    """Corrections of the kind "not 78 but 68" leave the number that holds; gives (old, new) of each."""
    found: list[tuple[float, float]] = []

    def last(match: re.Match[str]) -> str:
        found.append((float(match[1]), float(match[3])))
        return f" {match[3]}{match[4] or match[2]} "

    def first(match: re.Match[str]) -> str:
        found.append((float(match[3]), float(match[1])))
        return f"{match[1]} {match[2]} "

    text = FROM_TO.sub(" ", text)
    return NO_THEN.sub(last, NOT_THEN.sub(last, THEN_NOT.sub(first, text))), found


def measured(text: str, draft: Draft) -> Iterator[tuple[str, Any]]:
    """(field, value) of every labelled value, and of weights by their unit."""
    covered: list[tuple[int, int]] = []
    for measure in MEASURES:
        units = "|".join(re.escape(unit) for unit in sorted(measure.units, key=len, reverse=True))
        behind = rf"\s?(?P<unit>(?:{units})(?![a-z]))?" if units else "(?P<unit>)"
        pattern = re.compile(rf"(?:{measure.label})(?P<gap>[^0-9]{{0,24}}?)(?P<n>{NUMBER}){behind}")
        alone = re.compile(rf"(?P<gap>)(?<![\d.])(?P<n>{NUMBER})\s?(?P<unit>(?:{units})(?![a-z]))")
        for match in [*pattern.finditer(text), *(alone.finditer(text) if measure.alone else ())]:
            if any(match.start("n") < end and start < match.end("n") for start, end in covered):
                continue
            if is_value(match, text):
                covered.append((match.start("n"), match.end("n")))
                yield from valued(measure, match, draft)


def is_value(match: re.Match[str], text: str) -> bool:
    """Whether a number is the patient's, not a limit, a dose by weight or another label's."""
    gap = match["gap"]
    if ANY_LABEL.search(gap) or LIMIT_BEFORE.search(gap) or LIMIT_BEHIND.match(text, match.end()):
        return False
    if re.search(r"[;?!。]|(?<!\d)\.", gap):
        return False
    return not (match["unit"] and PER.match(text, match.end()) and not gap)


def valued(measure: Measure, match: re.Match[str], draft: Draft) -> Iterator[tuple[str, Any]]:
    number, told = float(match["n"]), match["unit"] or ""
    unit = measure.units[told] if told else measure.bare
    if not told and measure.needs_unit:
        allowed = tuple(sorted({str(name) for name in measure.units.values()}))
        draft.unclear.append(Unclear(measure.field, "unit", number, allowed))
    elif isinstance(unit, str):
        yield measure.field, {"value": number, "unit": unit}
    else:
        yield measure.field, round(number * unit, 1) if unit != 1.0 else number


def complete_unit(text: str, draft: Draft) -> None:
    """A unit that answers the question for one."""
    waiting = [item for item in draft.dialogue.unclear if item.why == "unit"]
    said = UNITS_LAST.search(text)
    if not waiting or said is None or re.search(r"\d", text[: said.start()]):
        return
    unit = {**UMOL, **MGDL, "mmol/l": "mmol/L", "meq/l": "mEq/L"}[said[1]]
    item = waiting[0]
    if unit in item.candidates:
        put_value(item.field, {"value": float(item.said), "unit": unit}, draft)


HAN_DIGITS: Final = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
HAN_NUMBER: Final = "[零一二两三四五六七八九十百]{1,5}"


def han_number(words: str) -> float:
    """八十二 is 82, 一百零二 is 102, 十五 is 15."""
    total, last = 0, 0
    for char in words:
        if char == "百":
            total, last = total + (last or 1) * 100, 0
        elif char == "十":
            total, last = total + (last or 1) * 10, 0
        else:
            last = HAN_DIGITS[char]
    return float(total + last)


AGE: Final = rf"(?P<n>{NUMBER}|{HAN_NUMBER})"
BEFORE_AGE: Final = r"(?<![\d.a-z/])"
AGES: Final = (
    (re.compile(rf"{BEFORE_AGE}{AGE}\s?(?:years? old|yrs? old|years? of age|y/o|y\.o\.?|yo(?![a-z])|yrs?(?![a-z]))"), 1.0),
    (re.compile(rf"(?<![a-z])(?:aged?|age is|age of|age was)\s?(?:is |of |: ?|= ?|now )?{AGE}(?!\s?(?:mg|weeks"
    rf"|months|month|kg))"), 1.0),
    (re.compile(rf"{BEFORE_AGE}{AGE}\s?(?:y/?o )?[fm](?![a-z])"), 1.0),
    (re.compile(rf"(?:(?<![a-z])(?:s?he|patient|pt)(?:'s| is| was)|(?<![a-z])i'm|(?<![a-z])i am)(?: now"
    rf"| actually| only| in fact| really)*\s{AGE}(?=\s*(?:[,.;!?]|and |yo|$))"), 1.0),
    (re.compile(rf"(?<![a-z])(?:s?he|patient)(?![a-z])[^.;?!]{{0,60}} and is {AGE}(?=\s*(?:[,.;!?]|and |$))"), 1.0),
    (re.compile(rf"{AGE}\s?(?:周岁|岁)(?!以上|以下|以内|及以)"), 1.0),
    (re.compile(rf"(?:今年|年龄)(?:是|为|应该是|应为|:)?\s?{AGE}(?!\s?(?:年|月|个|岁以))"), 1.0),
    (re.compile(rf"{BEFORE_AGE}{AGE} ?months? old|(?<![孕娠])(?<![孕娠]了)"
    rf"(?<![孕娠]约){AGE.replace('<n>', '<m>')} ?个?月(?:大|龄|的?(?:婴|宝|孩|患儿))"), 1 / 12),
    (re.compile(rf"(?:宝宝|婴儿|孩子|小孩|患儿|女婴|男婴|幼儿)(?:现在|今年|才|已经)?{AGE} ?个月"), 1 / 12),
    (re.compile(rf"{BEFORE_AGE}{AGE} ?weeks? old|{AGE.replace('<n>', '<m>')} ?周大"), 7 / 365.25),
    (re.compile(rf"{BEFORE_AGE}{AGE} ?days? old|{AGE.replace('<n>', '<m>')} ?天大"), 1 / 365.25),
)  # fmt: skip
#: Months alone are an age where one was told in months: of an infant.
MONTHS: Final = re.compile(rf"(?:^|[,:是]|应该是)\s?{AGE}\s?(?:个月|months?)(?=[,。.]|$)")


def ages(text: str, draft: Draft) -> Iterator[tuple[str, float]]:
    """The age in years: of infants in twelfths."""
    for pattern, factor in AGES:
        for match in pattern.finditer(text):
            words = next(group for group in match.groups() if group)
            number = float(words) if words[0].isdigit() else han_number(words)
            yield "age_years", round(number * factor, 3)
    held = draft.value("age_years")
    if held is not None and held < 2:
        for match in MONTHS.finditer(text):
            words = match["n"]
            yield "age_years", round((float(words) if words[0].isdigit() else han_number(words)) / 12, 3)


FEET: Final = re.compile(r"(\d) ?(?:ft|feet|foot|') ?(\d{1,2})? ?(?:in|inches|\")?")
METRES: Final = re.compile(r"(?:身高)?(?P<m>1|一)米(?P<d>[一二三四五六七八九]{1,2}|\d{1,2})")


def heights(text: str) -> Iterator[tuple[str, float]]:
    """Heights said in feet and inches, or as 一米七."""
    for match in FEET.finditer(text):
        yield "height_cm", round(int(match[1]) * 30.48 + int(match[2] or 0) * 2.54, 1)
    for match in METRES.finditer(text):
        digits = "".join(str(HAN_DIGITS.get(char, char)) for char in match["d"])
        yield "height_cm", 100.0 + float(digits.ljust(2, "0"))
    for match in re.finditer(r"(\d{2,3}(?:\.\d)?) ?cm tall", text):
        yield "height_cm", float(match[1])


CHILD_PUGH: Final = re.compile(
    r"child ?(?:pugh)? ?(?:class|grade|score|stage|分级|评分|分类)?(?:是|为|:|is| of)? ?(?:(?P<l>[abc])(?![a-z])"
    r"|(?P<n>\d{1,2}) ?(?:分|points?)?)"
)


def child_pugh(text: str) -> Iterator[tuple[str, str]]:
    """The class, or the class of a score: A is 5 to 6 points, B 7 to 9, C 10 to 15 (Pugh et al. 1973)."""
    for match in CHILD_PUGH.finditer(text):
        if match["l"]:
            yield "child_pugh", match["l"].upper()
        elif 5 <= int(match["n"]) <= 15:
            yield "child_pugh", "A" if int(match["n"]) < 7 else "B" if int(match["n"]) < 10 else "C"


def trimester_of(weeks: float) -> int:
    """First to 13 weeks 6 days, second to 27 weeks 6 days, then third (ACOG Committee Opinion 579)."""
    return 1 if weeks < 14 else 2 if weeks < 28 else 3


ONLY_NUMBER: Final = re.compile(
    rf"(?:it's|it is|that's|是|应该是|应为|about|大概|约|现在|now)?\s?({NUMBER})\s?(?:[a-z/%\d.]*|左右|吧|了)?"
)


def bare_values(text: str, corrected: list[tuple[float, float]], draft: Draft) -> None:
    """A number alone: it takes the place of the one it corrects, or answers the first question that wants a number."""
    for old, new in corrected:
        for slot in draft.slots:
            if slot.value == old:
                put_value(slot.field, new, draft)
                return
            if isinstance(slot.value, dict) and slot.value.get("value") == old:
                put_value(slot.field, {**slot.value, "value": new}, draft)
                return
    said = ONLY_NUMBER.fullmatch(text.strip(" .。,!"))
    wanted = [name for name in draft.dialogue.asked if name in BOUNDS]
    if said and wanted:
        put_value(wanted[0], float(said[1]), draft)
