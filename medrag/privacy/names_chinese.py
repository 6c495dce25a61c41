"""People's names in Chinese: a surname of the table with a cue, a title or an age beside it, and given characters after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from medrag.concepts import Linker
from medrag.privacy.records import Identifier
from medrag.privacy.tables import word_list
from medrag.text.normalise import HAN, has_han

__all__ = ["find_chinese_names"]

H = f"[{HAN}]"
#: A field or a sentence that says a name comes: no surname is asked for.
FIELD: Final = re.compile(
    r"(?:姓名|名字|真名|签名|签字|联系人|收件人|患者名|病人名|监护人|紧急联系人|申请人|报告人|记录人"
    r"|家属签字|用户名|称呼|署名|经办人|主诉人|法人"
    r"|(?:主治|经治|主管|责任|开方|开单|接诊|值班|审核|审方|调配|发药|管床|住院|送检|报告|检查|主任"
    r"|副主任)?(?:医师|医生|药师|护士|大夫))"
    rf"\s?(?:[:=]|是|为|叫)\s?(?P<it>{H}{{2,4}}?(?:·{H}{{1,6}})*)(?=[^{HAN}·]|$|先生|女士|[男女]|今年"
    rf"|现年|患者|的|在|于|说|因|服|使|用|吃|可|能|住|电|身份|年龄|性别|病历|门诊|有|和|，)"
)
CALLED: Final = re.compile(
    r"(?:我(?:的名字)?(?:叫做?|是)|(?:他|她|患者|病人|孩子|宝宝|本人|家人|老人|这位|那位|邻居|同事"
    r"|朋友|[妈爸父母儿女夫妻哥姐弟妹爷奶公婆])(?:[的]?名字)?叫做?|名叫|叫做|名为|本人)(?P<at>)"
)
#: Someone is meant: a name may follow.
PERSON: Final = re.compile(
    r"(?:患者|病人|病号|病友|家属|产妇|孕妇|患儿|婴儿|老人|伤者|死者|逝者|居民|住户|村民|学生|客户|顾客|用户|会员|投保人|受试者"
    r"|志愿者|同学|同事|朋友|邻居|邻床|室友|师傅|爸爸|妈妈|爸|妈|父亲|母亲|丈夫|妻子|老公|老婆|爱人|太太|儿子|女儿|爷爷|奶奶"
    r"|外公|外婆|姥姥|姥爷|哥哥|姐姐|弟弟|妹妹|叔叔|阿姨|舅舅|姑姑|伯伯|岳父|岳母|婆婆|公公|孙子|孙女|侄子|表哥|表姐|堂弟|男友"
    rf"|女友|孩子|宝宝|闺女|尊敬的|亲爱的|{H}{{0,3}}[人者员](?=[:=]))\s?[:=]?\s?(?P<at>)"
)
#: Words before a name that stand before much else too.
NEAR: Final = re.compile(
    r"(?:医生|医师|大夫|护士|药师|主任|教授|院长|老师|同志|先生|替|帮|给|跟|请|说|人|由|找|问|为|是|和|与|对|代|陪|让|您好|你好)\s?(?P<at>)"
)
TITLE = (
    r"(?:先生|女士|小姐|太太|夫人|大爷|大妈|大叔|大娘|大哥|大姐|阿姨|叔叔|奶奶|爷爷|伯伯|婆婆"
    r"|师傅|同志|同学|医生|医师|大夫|主任|副主任|护士长?|护师|药师|教授|院长|老师"
    r"|老人|老太太?|老先生|女士们|某某?|×+|XX?|\*+)"
)
TITLED: Final = re.compile(rf"(?={TITLE})")
#: An age or a sex after a name.
AGED: Final = re.compile(
    r"(?=[\s,，、(（]{0,2}(?:[男女](?:性|[\s,，、)）\d]|$)|(?:今年|现年|年龄)|\d{1,3}岁|\d{1,3}周岁))"
)
#: What may come after a name; longest sought first.
AFTER: Final = re.compile(rf"$|[^{HAN}]|" + "|".join(sorted(word_list("after_name_han"))))
#: Words of every day that begin with a surname and stand after a cue.
NO_NAMES: Final = word_list("words_han")
#: One character before a title makes another word of it: 由于医生, 主治医生, 家庭医生.
NOT_BEFORE_TITLE: Final = frozenset("由对关属至位基鉴低等处终")


def find_chinese_names(text: str, linker: Linker) -> Iterator[Identifier]:
    """Names written in Han. What the linker knows for a drug, disease or term is never a name."""
    if not has_han(text):
        return
    clinical = clinical_spans(text, linker)
    for match in FIELD.finditer(text):
        if not overlaps(match.start("it"), match.end("it"), clinical):
            yield Identifier(match.start("it"), match.end("it"), "name")
    yield from after(CALLED, text, clinical, SURE)
    yield from after(PERSON, text, clinical, PERSONAL)
    yield from after(NEAR, text, clinical, WEAK)
    yield from before(TITLED, text, clinical, titled=True)
    yield from before(AGED, text, clinical, titled=False)
    yield from segmented(text, clinical)
    yield from at_start(text, clinical)


def clinical_spans(text: str, linker: Linker) -> list[tuple[int, int]]:
    """Where the linker's Chinese names stand. A text without Latin marks folds one for one but for its spaces."""
    return [
        (run.start() + mention.start, run.start() + mention.end)
        for run in re.finditer(f"{H}+", text)
        for mention in linker.find(run[0], "zh")
    ]


def overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def surname_at(text: str, at: int) -> int:
    """How many characters of a surname begin here: 2, 1 or 0."""
    known = word_list("surnames_han")
    return 2 if text[at : at + 2] in known else 1 if text[at : at + 1] in known else 0


def given_lengths(text: str, at: int, trust: int = 0) -> Iterator[int]:
    """Two characters or one that could be a given name and end where a name may end; after a cue that says a person
    is meant, where the segmenter sees a word end is enough."""
    for length in (2, 1):
        part = text[at : at + length]
        if len(part) < length or not re.fullmatch(f"{H}+", part):
            continue
        if AFTER.match(text, at + length) or (trust and not splits_word(text, at + length)):
            yield length


#: How much a cue says: a name comes; a person is meant; perhaps one is.
SURE, PERSONAL, WEAK = 2, 1, 0


def after(
    cue: re.Pattern[str], text: str, clinical: Sequence[tuple[int, int]], trust: int
) -> Iterator[Identifier]:
    """Names that begin right after a cue."""
    for match in cue.finditer(text):
        start = match.end()
        length = surname_at(text, start)
        if not length or text[start : start + 2] in NO_NAMES or (trust < SURE and is_word(text, start)):
            continue
        for given in given_lengths(text, start + length, trust):
            end = start + length + given
            if not overlaps(start, end, clinical) and name_like(text, start + length, end, trust):
                yield Identifier(start, end, "name")
                break


def name_like(text: str, start: int, end: int, trust: int) -> bool:
    """Whether characters after a surname could be a given name: usual ones, or any that end where a word ends."""
    given = text[start:end]
    if set(given) & NEVER:
        return False
    if trust == SURE or usual(given):
        return True
    return trust == PERSONAL and not splits_word(text, end) and not (len(given) == 2 and is_word(text, start))


#: Characters no given name holds.
NEVER: Final = frozenset("的了在是有吗呢吧我你他她们药病吃服用不与和或能要该及")


def usual(given: str) -> bool:
    """Whether every character is usual in given names."""
    return all(char in word_list("given_han") for char in given)


def splits_word(text: str, at: int) -> bool:
    """Whether a word of the segmenter goes on across this place."""
    base = max(0, at - 6)
    return any(start < at - base < end for start, end, _ in words_of(text[base : at + 8]))


def before(
    cue: re.Pattern[str], text: str, clinical: Sequence[tuple[int, int]], *, titled: bool
) -> Iterator[Identifier]:
    """Names that end right before a title or an age."""
    for match in cue.finditer(text):
        end = match.start()
        for size in (4, 3, 2, 1) if titled else (4, 3, 2):
            start = end - size
            length = surname_at(text, start) if start >= 0 else 0
            given = size - length
            if not length or given > 2 or (given == 0 and not titled) or (length == 1 and given == 3):
                continue
            if not re.fullmatch(f"{H}+", text[start:end]) or overlaps(start, end, clinical):
                continue
            if blocked(text, start, end, given, titled):
                continue
            yield Identifier(start, end, "name")
            break


def blocked(text: str, start: int, end: int, given: int, titled: bool) -> bool:
    """Whether what stands before a title or an age is another word."""
    if text[start : start + 2] in NO_NAMES or text[start - 1 : start + 1] in NO_NAMES:
        return True
    if given == 0:
        return text[start - 1 : start] in NOT_BEFORE_TITLE or is_word(text, start - 1)
    if titled:
        return not usual(text[end - given : end]) and is_word(text, start)
    opens = start == 0 or re.match(rf"[^{HAN}]", text[start - 1]) is not None
    return (
        is_word(text, start)
        or bool(set(text[start:end]) & NEVER)
        or not (opens or usual(text[end - given : end]))
    )


@cache
def words_of(text: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, tag) of the words of a text, as the segmenter sees them."""
    import rjieba

    told: list[tuple[int, int, str]] = []
    at = 0
    for word, tag in rjieba.tag(text):
        told.append((at, at + len(word), tag))
        at += len(word)
    return tuple(told)


def is_word(text: str, at: int) -> bool:
    """Whether a word of the dictionary that is no person's name covers this character and the next."""
    import rjieba

    base = max(0, at - 6)
    window = text[base : at + 8]
    for start, end, tag in words_of(window):
        if start <= at - base < end - 1:
            name = end - start == 3 and start == at - base and usual(window[start + 1 : end])
            return not tag.startswith("nr") and not name and bool(rjieba.has_word(window[start:end]))
    return False


def segmented(text: str, clinical: Sequence[tuple[int, int]]) -> Iterator[Identifier]:
    """What the segmenter tags as a person's name, when it is a surname with usual given characters."""
    for run in re.finditer(f"{H}{{2,}}", text):
        for first, last, tag in words_of(run[0]) if len(run[0]) <= 200 else ():
            start, end = run.start() + first, run.start() + last
            length = surname_at(text, start)
            if not tag.startswith("nr") or not length or not 1 <= end - start - length <= 2:
                continue
            if overlaps(start, end, clinical) or text[start : start + 2] in NO_NAMES:
                continue
            if AFTER.match(text, end) and usual(text[start + length : end]):
                yield Identifier(start, end, "name")


def at_start(text: str, clinical: Sequence[tuple[int, int]]) -> Iterator[Identifier]:
    """A name that opens a clause: surname, two usual given characters, then a word that goes on."""
    for match in re.finditer(rf"(?:^|(?<=[\s,，。;；:：(（、]))(?={H}{{2}})", text):
        start = match.end()
        length = surname_at(text, start)
        if not length or text[start : start + 2] in NO_NAMES or is_word(text, start):
            continue
        for given in given_lengths(text, start + length):
            end = start + length + given
            if not overlaps(start, end, clinical) and usual(text[start + length : end]):
                yield Identifier(start, end, "name")
                break
