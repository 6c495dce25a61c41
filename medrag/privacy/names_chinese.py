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
    r"(?:患者|病人|病号|病友|家属|产妇|孕妇|患儿|婴儿|老人|伤者|死者|逝者|居民|住户|村民|学生|客户"
    r"|顾客|用户|会员|投保人|受试者|志愿者|同志|同学|同事|朋友|邻居|邻床|室友|师傅|医生|医师|大夫|护士"
    r"|药师|主任|教授|院长|老师"
    r"|(?:[我他她你您](?:的|们|们的)?)?(?:爸爸|妈妈|爸|妈|父亲|母亲|丈夫|妻子|老公|老婆|爱人|先生|太太"
    r"|儿子|女儿|爷爷|奶奶|外公|外婆|姥姥|姥爷|哥哥|姐姐|弟弟|妹妹|哥|姐|弟|妹|叔叔|阿姨|舅舅|姑姑"
    r"|伯伯|岳父|岳母|婆婆|公公|孙子|孙女|侄子|表哥|表姐|堂弟|男友|女友|孩子|宝宝|闺女)"
    r"|替|帮|给|跟|请|由|找|问|为|是|和|与|对|代|陪|让|您好|你好|尊敬的|亲爱的|咨询人|提问者"
    r"|主人公)\s?(?P<at>)"
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
    yield from after(CALLED, text, clinical, sure=True)
    yield from after(PERSON, text, clinical, sure=False)
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


def given_lengths(text: str, at: int, most: int = 2) -> Iterator[int]:
    """Two characters or one that could be a given name and end where a name may end; the likelier first."""
    for length in range(most, 0, -1):
        part = text[at : at + length]
        if len(part) == length and re.fullmatch(f"{H}+", part) and AFTER.match(text, at + length):
            yield length


def after(
    cue: re.Pattern[str], text: str, clinical: Sequence[tuple[int, int]], *, sure: bool
) -> Iterator[Identifier]:
    """Names that begin right after a cue."""
    for match in cue.finditer(text):
        start = match.end()
        length = surname_at(text, start)
        if not length or text[start : start + 2] in NO_NAMES:
            continue
        if not sure and is_word(text, start):
            continue
        for given in given_lengths(text, start + length):
            end = start + length + given
            if overlaps(start, end, clinical) or (
                given == 2 and not typical(text, start + length, end, sure)
            ):
                continue
            if given == 1 and not sure and not typical(text, start + length, end, sure):
                continue
            yield Identifier(start, end, "name")
            break


def typical(text: str, start: int, end: int, sure: bool) -> bool:
    """Whether the characters are usual in given names: all, or after a sure cue whatever they are but 的 and such."""
    if sure:
        return not set(text[start:end]) & set("的了在是有吗呢吧，我你他她们药病")
    return all(char in word_list("given_han") for char in text[start:end])


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
        return text[start - 1 : start] in NOT_BEFORE_TITLE or is_word(text, start - 1, 2)
    if given and not all(char in word_list("given_han") for char in text[start + 1 : end]):
        return not titled or is_word(text, start)
    return is_word(text, start) and not titled


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


def is_word(text: str, at: int, size: int = 0) -> bool:
    """Whether a word of the dictionary that is no person's name covers this character and the next."""
    window = text[max(0, at - 6) : at + 8]
    here = at - max(0, at - 6)
    for start, end, tag in words_of(window):
        if start <= here < end:
            return end - start >= 2 and end > here + 1 and not tag.startswith("nr")
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
            if AFTER.match(text, end) and typical(text, start + length, end, sure=False):
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
            if not overlaps(start, end, clinical) and typical(text, start + length, end, sure=False):
                yield Identifier(start, end, "name")
                break
