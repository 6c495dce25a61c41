"""Reads who the patient is: sex, pregnancy, breastfeeding, conditions that are there or are not, allergies."""

from __future__ import annotations

import re
from typing import Final

from medrag.dialogue.draft import Draft
from medrag.dialogue.marks import DRUGS, Clause, Marked, clauses_of, marks_in
from medrag.dialogue.records import Unclear
from medrag.dialogue.values import trimester_of
from medrag.dialogue.words import alternatives, cue

__all__ = ["read_allergies", "read_conditions", "read_nursing", "read_pregnancy", "read_sex"]

#: People beside the patient.
OTHERS: Final = re.compile(r"女儿|子女|男友|女友|男朋友|女朋友|儿媳|女婿|men's|women's")
SHORTHAND: Final = re.compile(r"(?<![\d.a-z])\d{1,3} ?(?:y/?o ?)?([fm])(?![a-z0-9])")


def read_sex(text: str, draft: Draft) -> None:
    """Sex by a word for it; by a pronoun where nothing else says it. Two sexes in one turn say nothing."""
    bare = OTHERS.sub(" ", text)
    short = {match[1] for match in SHORTHAND.finditer(bare)}
    told = {sex for sex in ("female", "male") if cue(sex).search(bare) or sex[0] in short}
    if len(told) == 1:
        put_sex(draft, told.pop(), "told")
        return
    spoken = {sex for sex, word in (("female", "she"), ("male", "he")) if cue(word).search(bare)}
    if not told and len(spoken) == 1 and draft.value("sex") is None:
        put_sex(draft, spoken.pop(), "pronoun")


def put_sex(draft: Draft, sex: str, how: str) -> None:
    """Sets the sex unless it contradicts what is known."""
    if sex == "male" and (draft.value("pregnant") or draft.value("breastfeeding")):
        draft.unclear.append(Unclear("sex", "contradiction", sex))
    else:
        draft.put("sex", sex, how)


NOT_PREGNANT: Final = re.compile(
    r"(?:(?<![a-z])(?:not|isn't|no longer|never|wasn't|denies(?: being)?|ruled out|no|non)(?: currently"
    r"| actually| yet| known to be| in)? pregnan\w+)"
    r"|pregnancy test (?:was |is |came back )?negative|negative pregnancy test|gave birth|delivered (?:the|her)"
    r" baby|post ?partum|miscarried|had an? (?:miscarriage|abortion)"
    r"|(?:没有?|未|否认|不是|并未|并没有|非|不在|不)(?:再)?(?:怀孕|妊娠|孕妇|孕期|受孕|怀上)|没怀(?:上|孕)?"
    r"|(?:已经?|刚|刚刚)?分娩|生完孩子|已生产|产后|流产了|非孕|未孕"
)
#: Words of pregnancy that tell nothing of this patient.
NO_TALE: Final = re.compile(
    r"备孕|(?:计划|准备|打算|想要?|希望|考虑)怀孕|避孕|(?:是否|有没有|是不是|有无)(?:怀孕|妊娠|哺乳)"
    r"|怀孕了?(?:吗|没有)|可能怀孕|妊娠分级"
    r"|childbearing|planning (?:a )?pregnancy|trying to (?:conceive|get pregnant)|(?:get|become|getting|becoming) pregnant"
    r"|(?<![a-z])is (?:she|the patient) (?:pregnant|breast ?feeding)|might be pregnant|pregnancy (?:category|test|prevention)"
)
WEEKS: Final = re.compile(
    r"(\d{1,2})(?:\+\d)? ?(?:weeks?|wks?|w)(?: and \d days?)? (?:pregnan|gestation|of pregnan|gestational)"
    r"|(?:pregnant,? (?:at |for )?|gestational age (?:of |is )?)(\d{1,2}) ?(?:weeks?|wks?)"
    r"|(?:孕|妊娠|怀孕)(?:约|已|了|现|周)?(\d{1,2})(?:\+\d)? ?周"
)
MONTHS: Final = re.compile(
    r"(?:孕|妊娠|怀孕)(?:约|已|了|现)?([一二三四五六七八九\d]) ?个月|(\d) months pregnant"
)
TRIMESTERS: Final = (
    re.compile(r"(?:first|1st) trimester|early pregnancy|孕早期|妊娠早期|早孕|孕前期|第一孕期"),
    re.compile(r"(?:second|2nd) trimester|mid pregnancy|孕中期|妊娠中期|第二孕期"),
    re.compile(r"(?:third|3rd) trimester|late pregnancy|孕晚期|妊娠晚期|孕后期|第三孕期"),
)
PREGNANT: Final = re.compile(
    r"pregnan|gestation|trimester|怀孕|妊娠|孕妇|孕早|孕中|孕晚|孕后|孕期|有孕|怀着|孕妈"
    r"|第[一二三]孕|孕 ?\d|(?<![a-z])expectant mother"
)


def read_pregnancy(text: str, draft: Draft) -> None:
    """Pregnant or not, and the trimester."""
    text = NO_TALE.sub(" ", text)
    if NOT_PREGNANT.search(text):
        draft.put("pregnant", False)
        draft.drop("trimester")
        return
    if not PREGNANT.search(text):
        return
    if draft.value("sex") == "male":
        draft.unclear.append(Unclear("pregnant", "contradiction", True))
        return
    draft.put("pregnant", True, "supposed" if cue("suppose").search(text) else "told")
    trimester = told_trimester(text)
    if trimester is not None:
        draft.put("trimester", trimester)


def told_trimester(text: str) -> int | None:
    """1 to 3; a month of pregnancy is 30.4 days."""
    for match in WEEKS.finditer(text):
        return trimester_of(float(next(group for group in match.groups() if group)))
    for match in MONTHS.finditer(text):
        told = next(group for group in match.groups() if group)
        months = int(told) if told.isdigit() else "一二三四五六七八九".index(told) + 1
        return trimester_of(months * 30.4 / 7)
    return next((at for at, words in enumerate(TRIMESTERS, start=1) if words.search(text)), None)


NOT_NURSING: Final = re.compile(
    r"(?<![a-z])(?:not|isn't|no longer|stopped|never|finished|quit|done)(?: currently)? (?:breast ?feeding"
    r"|nursing|lactating)|weaned|bottle ?feed|formula ?(?:feed|fed)"
    r"|(?:没有?|未|不|不再|停止|停|非|不是)(?:在|再|是)?(?:哺乳|喂奶|母乳喂养|喂母乳)|断奶|[不没]再?喂奶?了"
)
NURSING: Final = re.compile(
    r"breast ?feed|breast ?fed|lactat|nursing (?:mother|mom|mum|woman|her)|哺乳|喂奶|母乳喂养|喂母乳|(?<![a-z])nurses her"
)
#: 乳酸 has the word for milk in it; so has lactic acid.
LACTIC: Final = re.compile(r"lactate|lactic|lactated|prolactin|乳酸")


def read_nursing(text: str, draft: Draft) -> None:
    """Breastfeeding or not."""
    text = NO_TALE.sub(" ", LACTIC.sub(" ", text))
    if NOT_NURSING.search(text):
        draft.put("breastfeeding", False)
    elif NURSING.search(text):
        if draft.value("sex") == "male":
            draft.unclear.append(Unclear("breastfeeding", "contradiction", True))
            return
        draft.put("breastfeeding", True, "supposed" if cue("suppose").search(text) else "told")


LISTED: Final = r"(?:¤\d+¤(?: ?(?:,|、|and|or|和|或|及|&) ?)?)*"


def read_conditions(marked: Marked, text: str, draft: Draft) -> None:
    """Conditions that are there, and those that are said not to be."""
    for clause in clauses_of(text):
        for match in re.finditer(r"¤(\d+)¤", clause.text):
            before = re.sub(rf"{LISTED}$", "", clause.text[: match.start()])
            name = marked.conditions[int(match[1])]
            told = standing(clause, before, clause.text[match.end() :])
            if told == "denied":
                draft.deny(name.name)
            elif told == "held":
                draft.denied = [item for item in draft.denied if item != name.name]
                how = "supposed" if cue("suppose").search(clause.sentence) else "told"
                draft.add("conditions", name.name, name.said, how=how)


def standing(clause: Clause, before: str, after: str) -> str:
    """held | denied | asked (neither): of a condition by what stands before and after it in its clause."""
    if re.search(rf"(?:{alternatives('polar')})[^§¤]{{0,3}}$", before) or "家族史" in clause.text:
        return "asked"
    if re.search(rf"(?:{alternatives('kin')})(?: also)? ?(?:has|had|with|is|有|得过|得了|患)", before):
        return "asked"
    if re.search(
        rf"(?:{alternatives('effect')})(?: [a-z']+){{0,3}} ?$|(?:引起|导致|诱发|引发|预防)[^§¤]{{0,4}}$",
        before,
    ):
        return "asked"
    if re.match(r" ?(?:的?风险|发生率|risk|incidence)", after):
        return "asked"
    if re.match(rf"[^§¤]{{0,4}}(?:{alternatives('denial')})", after):
        return "denied"
    if re.search(rf"(?:{alternatives('negation')})(?: [a-z']+){{0,4}} ?$", before):
        return "denied"
    return (
        "denied"
        if re.search(r"(?:没有?|无|不是|否认|未见?|不患|排除|并非|不伴|非|没得)[^§¤,]{0,4}$", before)
        else "held"
    )


REACTION: Final = r"rash|hives|anaphylaxis|angioedema|reacted|allergic reaction|allergies|allergy"
ALLERGIES: Final = (
    re.compile(rf"(?P<before>.{{0,24}}?)allergic to (?:the )?(?P<d>{DRUGS})"),
    re.compile(
        rf"(?P<before>.{{0,24}}?)(?<![a-z])(?:{REACTION}) (?:with|to|from|after|on|:) ?(?P<d>{DRUGS})"
    ),
    re.compile(
        rf"(?P<before>.{{0,24}}?)(?P<d>{DRUGS})(?: drugs?)?(?: (?:is |are )?an?)? allerg(?:y|ic|ies)(?! to)"
    ),
    re.compile(
        rf"(?P<before>.{{0,10}}?)对?(?P<d>{DRUGS})(?:类|药物?|制剂)*(?:严重|轻度)?(?P<no>不|没有?"
        rf"|无)?(?:有)?过敏(?:史)?(?P<after>.{{0,8}})"
    ),
)
NO_ALLERGY: Final = re.compile(
    r"(?<![a-z])nkd?a(?![a-z])|no (?:known )?(?:drug |medication )?allerg(?:y|ies)(?! to)|(?:没有|无|否认)"
    r"(?:任何)?(?:药物)?(?:及?食物)?过敏(?:史)?"
)


def read_allergies(marked: Marked, text: str, draft: Draft) -> str:
    """Puts allergies; gives the text without the drugs that are only named as allergens."""
    for pattern in ALLERGIES:
        for match in list(pattern.finditer(text)):
            names = [marked.drugs[at] for at in marks_in(match["d"])]
            if unfounded(match):
                draft.remove("allergies", [name.name for name in names])
            else:
                for name in names:
                    draft.add("allergies", name.name, name.said)
        text = pattern.sub(lambda match: match[0].replace(match["d"], " "), text)
    if NO_ALLERGY.search(text):
        draft.drop("allergies")
        if "allergy" not in draft.denied:
            draft.denied.append("allergy")
    return text


def unfounded(match: re.Match[str]) -> bool:
    """Whether an allergy is said not to be there."""
    found = match.groupdict()
    before = re.split(r"[,;.?!。]", found["before"])[-1]
    after = found.get("after") or ""
    return (
        bool(found.get("no"))
        or cue("negation").search(before) is not None
        or cue("denial").match(after.lstrip("是")) is not None
    )
