"""Reads a text into marks that can be compared across languages: names, amounts, frequencies, routes, senses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from medrag.answer.proof.amounts import read_amounts
from medrag.answer.proof.clauses import Marks, inherit
from medrag.answer.proof.general import AFFIXES, load_general
from medrag.answer.proof.marks import DRUGLIKE, PLAIN, Named, Reading
from medrag.answer.proof.naming import hard_names, soft_names, spell_greek
from medrag.answer.proof.numerals import spell_out
from medrag.answer.proof.often import Often, read_often
from medrag.answer.proof.senses import Sensed, find_senses
from medrag.concepts import Linker
from medrag.text.normalise import HAN, fold_name, to_simplified
from medrag.text.sentences import split_sentences

__all__ = ["fold", "prepare", "read_sentence", "read_text"]

_MARKS = re.compile("[\u0300-\u036f]+")
_GAPS = re.compile("[\\s\u00ad\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d\u200b\u2060\ufeff-]+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
#: "升高血钾" raises the potassium; it does not name a high one.
_RAISING = re.compile(r"((?:升|降|增|减)[高低])(?=血|尿)")
#: A metal alone is the salt that is given.
_SALT = re.compile(
    r"(?<!清(?=[钾镁钙]))(?<![血低高酸化尿补保排降骨汀林素])([锂钾镁钙])(?![血离盐剂通拮化泊尔片])"
)
#: "一次0.5 g" is so much each time.
_EACH = re.compile(r"(?<![\d单首第])[一1]次(?=\s*\d)")
#: "每公斤体重20 mg" is 20 mg/kg.
_BY_WEIGHT = re.compile(
    r"(?:每|按)(?:公斤|千克|kg)(?:体重)?\s*(\d[\d.～~-]*\s*(?:mg|μg|µg|g|ml|毫克|微克|克|毫升|单位))(?!/)",
    re.IGNORECASE,
)
#: "每次" and "1次" beside how often say nothing more.
_ANY_TIME = re.compile("[在于]?[一1]天[之当]?中(?=的?任[何意])")
#: "一剂可待因" is a dose of it, "一个周期" a cycle.
_HAN = re.compile(f"[{HAN}]")
#: Senses of one character that may be part of a longer word.
PARTS = frozenset(
    "blood heart_ renal_ pulmonary bone brain eye white pressure sugar inflame urinary muscle bleed nerve skin_ gastro".split()
)
_A_DOSE = re.compile("(?<![单首第十])[一1](?:(?=剂[^量])|个(?=周期|疗程|月经))")
_ONCE = re.compile(r"(?<![单首\d])(\d)次")
#: How strong a guideline's advice is, and how good its evidence: a word of its own, no number.
_GRADE = re.compile(
    r"\b(?:Class|COR|Grade|LOE|Level(?: of [Ee]vidence)?)[ :]+"
    r"(?P<en>(?:I{1,3}|IV)?[1-4]?[abAB]?|[1-4]?[A-D](?:-[A-Z]{1,3})?|[1-4][a-dA-D])(?![A-Za-z0-9-])"
    r"|(?P<zh>(?:I{1,3}|IV)[ab]?)类(?:推荐)?|(?P<zh2>[1-4][A-D])级(?:推荐)?"
)
_ROMAN = {"iv": "4", "iii": "3", "ii": "2", "i": "1"}


def graded(match: re.Match[str]) -> str:
    """A grade as one word: "Class IIa" and "IIa类" are "advice2a"."""
    told = (match["en"] or match["zh"] or match["zh2"] or "").lower()
    for roman, digit in _ROMAN.items():
        told = told.replace(roman, digit)
    told = told.replace("-", "")
    evidence = match[0].upper().startswith(("LOE", "LEVEL"))
    return f" {'evidence' if evidence else 'advice'}{told} " if told else match[0]


#: "K+" is potassium, and "ER" behind a name and before a dose extended-release.
_ION = {"K+": "potassium", "Na+": "sodium", "Mg2+": "magnesium", "Ca2+": "calcium"}
_IONS = re.compile(r"(?<![A-Za-z0-9])(?:K|Na|Mg2|Ca2)\+(?![A-Za-z0-9])")
_RELEASE = re.compile(r"(?<=[a-z] )(?:ER|XR|SR)(?= \d)")
#: An arrow leads on to what follows; it is no "greater than". Marks of emphasis say nothing.
_ARROW = re.compile(r"\s*(?:-{1,3}>|={1,2}>|→|⇒|➔|►)\s*")
_MARKUP = re.compile(r"\*\*|__|`|(?m:^\s*(?:[-*•]|#{1,6})\s+)")
#: "(RRT)" behind what it abbreviates ends no clause; "AHA/ASA 2019" names a guideline, no drug; "a FIB-4" is no fibrillation.
_SHORT = re.compile(r"\((?=[A-Za-z]*[A-Z][A-Za-z]*[A-Z])([A-Za-z]{2,7})\)")
_MOST = re.compile(r"[(（]\s*((?:max(?:imum)?\.?|up to|最大|最多|不超过)[^()（）]{1,24})[)）]", re.IGNORECASE)
_CITED = re.compile(r"\b(?:in )?[A-Z]{2,6}(?:/[A-Z]{2,6})+ (?:19|20)\d\d\b")
_FIB = re.compile(r"\b[Aa] (?=FIB[- ]?4)")
_FIRST_HOUR = re.compile(r"第[一1]个?小时|首个?小时")
#: "older than age 65" and "Age >= 65" are of years.
_AGED = re.compile(
    r"\b((?:older|younger) than|over|under|above|below)(?: the)? age(?: of)? (\d{1,3})(?![\d.%]| ?(?:years|months|weeks|days))"
)
_AGE = re.compile(r"\b([Aa]ge) ?([<>≤≥]=?) ?(\d{1,3})(?![\d.%]| ?(?:years|months|weeks|days))")
#: A stage of a disease is a name of it, no amount.
_STAGED = re.compile(
    r"\b[Ss]tages? (?P<en>[1-5]|I{1,3}|IV|V)\b(?![-–])|(?P<zh>[1-5一二三四五])[级期](?=[\u4e00-\u9fff])"
)
_DIGITS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"} | {
    han: str(n) for n, han in enumerate("一二三四五", start=1)
}


def staged(match: re.Match[str]) -> str:
    """A stage as one word: "stage II" and "2级" are "stage2"."""
    told = (match["en"] or match["zh"]).lower()
    return f" stage{_DIGITS.get(told, told)} "


#: An arrow, bullet or number that only begins a line.
_LEADING = re.compile(
    r"\A\s*(?:(?:-{1,3}>|={1,2}>|→|⇒)\s*|[-*•]\s+)?(?:(?:\*\*)?\d{1,2}[.)]\s+(?=\*\*|[A-Z]))?"
)
#: How sure a guideline is of its evidence: one word, nothing of a level or a dose.
_SURE = r"very low|low|moderate|high"
_QUALITY = re.compile(
    rf"\b(?P<en>{_SURE})[- ](?:certainty|quality)(?: of)?(?: the)?(?: evidence)?\b"
    rf"|(?:(?<=\(strong[,;] )|(?<=\(weak[,;] )|(?<=\(conditional[,;] ))(?P<only>{_SURE})(?=\))"
    r"|(?P<zh>极低|低|中等?|高)(?:质量|确定性)(?:的?证据)?",
    re.IGNORECASE,
)
_SURE_ZH = {"极低": "very low", "低": "low", "中": "moderate", "中等": "moderate", "高": "high"}
#: The number a recommendation has in its guideline, and marks of grade: "Rec 25", "1|++++".
_REC = re.compile(
    r"\bRec(?:ommendation)?s?\.? \d{1,2}[a-z]?\b[,;]?|\(?\bnot graded\)?|,? ?\b[12]\|[+⊕]+|[⨁⊕○]{2,}"
    r"|\bStatements? \d{1,2}(?:-\d{1,2})?(?: ?\(\d[A-D]\))?:?",
    re.IGNORECASE,
)


def certain(match: re.Match[str]) -> str:
    """A grade of evidence as one word: "Low quality of evidence" is "evidencelow"."""
    told = (match["en"] or match["only"] or _SURE_ZH[match["zh"]]).lower()
    return f" evidence{told.replace(' ', '')} "


#: Routes written short, in capitals; "stage IV" is none.
MANNERS = {
    "IM": "intramuscularly", "IV": "intravenously", "SC": "subcutaneously", "SQ": "subcutaneously", "SUBQ": "subcutaneously",
    "PO": "orally", "SL": "sublingually",
}  # fmt: skip
ABBREVIATED = re.compile(
    r"(?<![A-Za-z0-9-])(?<!stage )(?<!grade )(?<!class )(?<!type )(?<!NYHA )(?<!phase )(?<!factor )"
    r"(?:I\.?M|I\.?V|S\.?C|SQ|SubQ|P\.?O|SL)\b\.?(?=[\s,;.]|$)(?! (?:infusion|bolus|push|drip))"
)
_DOTTED = re.compile(r"\b([a-z])\.\s?([a-z])\.(?:\s?([a-z])\.)?(?=[\s,;)]|$)", re.IGNORECASE)


#: "评分≥7分" is a bare number of points, "2023年" a year by its number, and "增加一倍" to double.
_POINTS = re.compile(r"(?<=\d)分(?![钟之次为级期泌解开数])")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?!龄|代)")
#: Ways of writing one thing: "entre 45 et 59", "38 degrees C", "最后一次", "neither A nor B", "non-diabetic".
_BETWEEN = re.compile(r"\b(?:comprise? )?entre (\d+(?:,\d+)?) et (\d+(?:,\d+)?)")
_DEGREES = re.compile(r" ?degrees? (?:C\b|[Cc]elsius)|℃|摄氏度")
_LAST_TIME = re.compile("最[后近](?:一|1)次")
_NEITHER = re.compile(r"\b[Nn]either ([^.;]{2,80}?) nor\b")
_MID_HIGH = re.compile("中高(?=疾病|风险|强度|活动|剂量)")
_WITHOUT = re.compile(r"\b[Nn]on-?diabetics?\b|非糖尿病")
_ONE_MORE = re.compile(r"(?:增加|升高|增高|提高)(?:了)?(?:一|1)倍")


def read_text(text: str, linker: Linker) -> tuple[Reading, ...]:
    """Every sentence of a text. Raises ValueError where folding moves offsets or a number cannot be read.

    A sentence that names no drug is about the one named last.
    """
    readings: list[Reading] = []
    subject: tuple[Named, ...] = ()
    for span in split_sentences(text):
        reading = read_sentence(span.of(text), linker)
        drugs = [name for piece in reading.pieces for name in piece.names if name.kind in DRUGLIKE]
        readings.append(reading if drugs else carried(reading, subject))
        subject = (drugs[0],) if drugs else subject
    return tuple(readings)


def carried(reading: Reading, subject: tuple[Named, ...]) -> Reading:
    """The sentence with the subject of the one before."""
    pieces = tuple(replace(piece, head=(*subject, *piece.head)) for piece in reading.pieces)
    return Reading(reading.text, pieces)


@lru_cache(maxsize=4096)
def read_sentence(text: str, linker: Linker) -> Reading:
    """One sentence, read once however often it is quoted."""
    prepared = prepare(text).strip(" -\t\n")
    folded = fold(prepared)
    mentions = linker.find(prepared.replace("'s", "").replace("’s", ""))
    if len(fold_name(folded)) != len(folded):
        raise ValueError(text)
    masked = list(folded)
    names = take(iter(without_parts(list(hard_names(mentions)), folded)), masked)
    often = []
    for found in read_often("".join(masked)):
        often.append(found)
        blank(masked, found.start, found.end)
    for once in _ONCE.finditer("".join(masked)):
        if any(counted(found, int(once[1])) for found in often):
            blank(masked, once.start(), once.end())
    amounts = []
    for amount in read_amounts("".join(masked)):
        amounts.append(amount)
        blank(masked, amount.start, amount.end)
        blank(masked, *amount.far)
    routes = take(soft_names(mentions, masked), masked)
    senses = whole_words(find_senses("".join(masked)), masked)
    for sensed in senses:
        blank(masked, sensed.start, sensed.end)
    marks = Marks(
        folded, "".join(masked), tuple(names), tuple(often), tuple(amounts), tuple(routes), tuple(senses)
    )
    return Reading(folded, tuple(inherit(marks.pieces())))


def fold(text: str) -> str:
    """Folded as names are, but with hyphens kept: one character of it for each of `fold_name`'s."""
    text = text.replace("'s", "").replace("’s", "")
    folded = text
    for _ in range(3):
        wide = to_simplified(unicodedata.normalize("NFKC", folded)).casefold()
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", wide)).casefold()
        folded = unicodedata.normalize("NFKC", bare)
    return _GAPS.sub(lambda m: "-" if m[0].strip() else " ", folded).strip(" -")


def prepare(text: str) -> str:
    """The text with raised digits, dotted abbreviations and spelled numbers written plainly; names keep their case."""
    text = _RAISED.sub(
        lambda m: "^" + unicodedata.normalize("NFKC", m[0]) if m[0] not in "²³" else m[0], text
    )
    text = _ARROW.sub(": ", _LEADING.sub("", text))
    text = _QUALITY.sub(certain, _REC.sub("", _GRADE.sub(graded, _MARKUP.sub(" ", text))))
    text = _IONS.sub(lambda m: _ION[m[0]], _RELEASE.sub("extended-release", text))
    text = _SHORT.sub(r" \1 ", _MOST.sub(r" \1 ", _CITED.sub("", _FIB.sub("", text))))
    text = _AGE.sub(r"\1 \2 \3 years", _AGED.sub(r"\1 \2 years", text))
    text = _STAGED.sub(staged, _FIRST_HOUR.sub(" first hour ", text))
    text = ABBREVIATED.sub(lambda m: MANNERS[m[0].upper().replace(".", "")], text)
    text = _DOTTED.sub(lambda m: "".join(part for part in m.groups() if part), text)
    text = _A_DOSE.sub("", _ANY_TIME.sub("", text))
    text = _BETWEEN.sub(
        r"\1-\2", _DEGREES.sub(" °C", _LAST_TIME.sub("最后", _NEITHER.sub(r"Not \1 or", text)))
    )
    text = _MID_HIGH.sub("中度至高", _WITHOUT.sub("without diabetes", text)).replace("_", " ")
    text = _ONE_MORE.sub("加倍", _YEAR.sub(r"\1", _POINTS.sub("", text)))
    return spell_out(
        spell_greek(
            _SALT.sub(r"\1盐", _BY_WEIGHT.sub(r"\1/kg", _EACH.sub("每次", _RAISING.sub(r"\1的", text))))
        )
    )


def whole_words(senses: list[Sensed], masked: list[str]) -> list[Sensed]:
    """The senses but those of one character that is only part of an unread word: the "血" of "溶血"."""
    read = {at for sensed in senses for at in range(sensed.start, sensed.end)}

    def unread(at: int) -> bool:
        char = masked[at] if 0 <= at < len(masked) else ""
        return at not in read and char not in AFFIXES and _HAN.fullmatch(char) is not None

    return [
        s
        for s in senses
        if s.end - s.start > 1 or s.id not in PARTS or not (unread(s.start - 1) or unread(s.end))
    ]


def without_parts(names: list[Named], folded: str) -> list[Named]:
    """The names but those that are only part of words with a sense of their own."""
    if not any(name.kind in PLAIN for name in names):
        return names
    raw = [(s.start, s.end, s.id == "stop") for s in find_senses(folded)]
    return [name for name in names if not within(name, raw) and not begins_word(name, folded)]


def begins_word(name: Named, folded: str) -> bool:
    """Whether a part of the body only begins a general word: the "结肠" of "结肠炎"."""
    if name.kind != "anatomy" or name.written.isascii():
        return False
    table = load_general()
    return any(folded[name.start : name.end + more] in table.english for more in (1, 2, 3))


def within(name: Named, senses: list[tuple[int, int, bool]]) -> bool:
    """Whether a plain name is only part of words with a sense of their own: the stomach of "on an empty stomach"."""
    inner = name.kind in PLAIN
    return inner and any(
        a <= name.start and name.end <= b and (b - a > name.end - name.start or stop) for a, b, stop in senses
    )


def counted(often: Often, times: int) -> bool:
    """Whether a count of times behind it says nothing more: "every 8 hours, once", or the count it was read with."""
    told = any(char.isdigit() for char in often.written)
    return times == 1 if often.period == "every" else often.n == times and not told


def take(names: Iterator[Named], masked: list[str]) -> list[Named]:
    taken = list(names)
    for name in taken:
        blank(masked, name.start, name.end)
    return taken


def blank(masked: list[str], start: int, end: int) -> None:
    masked[start:end] = "\0" * (end - start)
