"""Identity, passport, record, insurance, telephone and card numbers, and network addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from medrag.privacy.checks import (
    is_card,
    is_chinese_id,
    is_french_nir,
    is_hong_kong_id,
    is_iban,
    is_nhs_number,
    is_ssn,
    is_taiwan_id,
)
from medrag.privacy.records import Identifier, Kind

__all__ = ["find_numbers"]

Check = Callable[["re.Match[str]"], bool]


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern; what goes is its group ``it`` where it has one, else the whole match."""

    kind: Kind
    pattern: re.Pattern[str]
    check: Check = lambda match: True


def sign(kind: Kind, pattern: str, check: Check | None = None) -> Sign:
    compiled = re.compile(pattern, re.IGNORECASE)
    return Sign(kind, compiled) if check is None else Sign(kind, compiled, check)


def plain(match: re.Match[str]) -> str:
    """The number without its spaces and dashes."""
    return re.sub(r"[\s.\-/]", "", match["it"] if "it" in match.re.groupindex else match[0]).upper()


def is_ipv4(match: re.Match[str]) -> bool:
    try:
        IPv4Address(match["it"])
    except AddressValueError:
        return False
    return True


def is_ipv6(match: re.Match[str]) -> bool:
    try:
        IPv6Address(match["it"])
    except AddressValueError:
        return False
    return match["it"].count(":") >= 3 or len(match["it"]) > 9


#: Nothing of a longer number, code or decimal goes on at either end.
FREE = r"(?<![0-9A-Za-z])(?<![0-9][.,])"
END = r"(?![0-9A-Za-z])(?![.,][0-9])"
#: Between a cue and its number: "number is", "no.", "#", "：", 是, 为.
LINK = (
    r"(?:['’]s)?[\s:#,.\-(]{0,3}(?:(?:number|no|num|nr|id|card|code|ref|n°|numéro|号码?|卡号|编号"
    r"|账号)\.?[\s:#]{0,3})?"
    r"(?:(?:is|was|are|being|of|on|at|=|est|是|为|:|#)\s?){0,2}[\s:#(]{0,2}"
)
#: Such as 00-123456, A12/3456, B123 456: with a digit in it, no dose.
CODE = (
    r"(?P<it>(?=[A-Z/\-]{0,6}[0-9])[A-Z0-9]{1,20}(?:[\-/][A-Z0-9]{1,12}){0,4}(?: [0-9]{2,6}){0,4})"
    r"(?!\s?(?:mg|mcg|ml|g|kg|%|mmol|岁|years?|yo|天|日|周|月|年|片|次))" + END
)

IDENTITY: Final = (
    sign(
        "national_id",
        FREE + r"(?P<it>[1-9][0-9]{5}[ -]?(?:18|19|20)[0-9]{2}[ -]?[0-9]{4}[ -]?[0-9]{3}[0-9X])" + END,
        lambda match: is_chinese_id(plain(match)),
    ),
    sign(
        "national_id",
        FREE + r"(?P<it>[1-9][0-9]{5}[0-9]{6}[0-9]{3})" + END,
        lambda match: is_chinese_id(plain(match)),
    ),
    sign(
        "national_id",
        FREE + r"([0-9]{3})([ -])([0-9]{2})\2([0-9]{4})" + END,
        lambda match: is_ssn(match[1], match[3], match[4]),
    ),
    sign(
        "national_id",
        FREE
        + r"(?P<it>[12] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3}[ /-]?[ ]?[0-9]{2})"
        + END,
        lambda match: is_french_nir(plain(match)),
    ),
    sign(
        "national_id",
        FREE + r"(?P<it>[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4})" + END,
        lambda match: is_nhs_number(plain(match)) and not match[0].isdigit(),
    ),
    sign(
        "national_id",
        FREE + r"([A-Z]{1,2})([0-9]{6})\(([0-9A])\)",
        lambda match: is_hong_kong_id(match[1].upper(), match[2], match[3].upper()),
    ),
    sign("national_id", FREE + r"(?P<it>[A-Z][12][0-9]{8})" + END, lambda match: is_taiwan_id(plain(match))),
    #: HMRC, NIM39110: the form of a national insurance number.
    sign(
        "national_id",
        FREE + r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:[0-9]{2} ?){3}[A-D]" + END,
    ),
    sign(
        "national_id",
        r"(?:\bSSN|social security|\bNHS\b|\bSIN\b|national (?:id|insurance)|\bNINO\b|\bNIR\b"
        r"|identity card|\bID card"
        r"|s[ée]curit[ée] sociale|身份证件?|公民身份|居民身份|身份号)" + LINK + CODE,
    ),
    sign("passport", r"(?:passports?|passeport|护照|通行证|travel document)" + LINK + CODE),
    sign("passport", r"(?<!准字)" + FREE + r"(?:E[A-HJ-NP-Z]?[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8})" + END),
)

RECORDS: Final = (
    sign(
        "record",
        r"(?:\bMRN|\bURN|\bEMPI|\bIPP\b|(?:medical|hospital|health|patient|clinic|chart|case|unit"
        r"|dental)[ -]records?|"
        r"\b(?:chart|patient|hospital|case|file|folder|encounter|admission|visit|accession|specimen"
        r"|sample|account|acct|"
        r"claim|registration|inpatient|outpatient|hospital unit|prescription|order|study|subject)"
        r"(?: (?:no|number|num|id|identifier|ref|#)\b\.?| ?#)|\b(?:patient|member|subscriber) ?id\b|"
        r"\brecord (?:no|number|id)\b\.?|n° (?:de )?dossier|dossier (?:patient|m[ée]dical)?)" + LINK + CODE,
    ),
    sign(
        "record",
        r"(?:insurance|policy|medicare|medicaid|\bmember(?:ship)?|subscriber|beneficiary|health ?card"
        r"|health plan|\bMBI\b"
        r"|\bgroup (?:no|number))(?: (?:policy|member|plan|card|id|no|number|group)){0,2}"
        + LINK
        + r"(?=\S{0,6}[0-9]\S{3})"
        + CODE,
    ),
    sign(
        "record",
        r"(?:住院|门诊|急诊|病历|病案|病人|患者|就诊|登记|档案|床位|医保|社保|医疗保险|社会保险|新农合"
        r"|就诊卡|医疗卡|健康|"
        r"诊疗|条码|条形码|标本|样本|检查|检验|影像|病理|处方|保单|保险单?|工|员工|体检|挂号|发票|流水"
        r"|学)(?:卡|单|证)?"
        r"(?:号码?|编号|卡号|ID)[\s:#是为]{0,3}" + CODE,
    ),
    sign(
        "record",
        r"(?:医保卡|社保卡|就诊卡|健康卡|诊疗卡|病案|病历)[\s:#是为]{0,3}(?=[A-Z]{0,4}[0-9]{4})" + CODE,
    ),
    sign(
        "record",
        r"(?:床号|床位号?|病床|病房|房号"
        r"|房间)[\s:#是为]{0,3}(?P<it>[A-Z]?[0-9]{1,4}[A-Z]?(?:-[0-9]{1,3})?)",
    ),
    sign("record", r"(?<![0-9.\-第])(?P<it>\+?[0-9]{1,3})床(?!旁)"),
    sign(
        "record",
        r"\b(?:bed|room|ward) ?(?:no\.?|number"
        r"|#)?[: ]{1,2}(?P<it>[A-Z]?-?[0-9]{1,4}[A-Z]?)\b(?! (?:rest|hours?))",
    ),
)

#: Digits that a person may group as they like.
GROUPED = r"[0-9](?:[ .\-/]?[0-9]){4,14}"
PHONES: Final = (
    sign(
        "phone",
        r"(?<![0-9A-Za-z+])(?:\+"
        r"|00)[1-9][0-9]{0,2}[ .\-]?(?:\(0?[0-9]{1,4}\)[ .\-]?)?(?:[0-9][ .\-]?){6,12}[0-9]" + END,
    ),
    sign("phone", FREE + r"(?:86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}" + END),
    sign("phone", FREE + r"(?:86[ -]?)?1[3-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{4}" + END),
    sign(
        "phone",
        r"(?<![0-9A-Za-z.])\(?0[1-9][0-9]{1,2}\)?[ -]?[2-9][0-9]{2,3}[ -]?[0-9]{4}(?:[ -]?(?:转"
        r"|ext\.?)[ ]?[0-9]{1,5})?" + END,
    ),
    sign(
        "phone",
        FREE + r"(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}(?: ?(?:x"
        r"|ext\.?) ?[0-9]{1,5})?" + END,
    ),
    sign("phone", r"(?<![0-9A-Za-z])\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .\-]?[0-9]{4}" + END),
    sign("phone", FREE + r"0[1-9](?:[ .\-]?[0-9]{2}){4}" + END),
    sign("phone", r"(?<![0-9A-Za-z.])\(?0[0-9]{2,4}\)?[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}" + END),
    sign("phone", FREE + r"(?:400|800)-?[0-9]{3}-?[0-9]{4}" + END),
    sign(
        "phone",
        r"(?:\b(?:tel(?:ephone|s)?|t[ée]l(?:[ée]phone)?|phone|mobile|cell(?:phone)?|fax|pager|whatsapp"
        r"|landline|portable|"
        r"call(?:ed|ing)?|ring|text|reach(?:ed|able)?|contact(?:ed)?|dial|callback)\b"
        r"|电话|手机|座机|固话|传真|联系方式|联系|致电|拨打|来电|回电|短信)"
        r"[^0-9\n]{0,24}?(?P<it>\+?\(?" + GROUPED + ")" + END,
        lambda match: len(plain(match).strip("+(")) >= 7,
    ),
)

CARDS: Final = (
    sign("card", FREE + r"(?P<it>[0-9](?:[ -]?[0-9]){12,18})" + END, lambda match: is_card(plain(match))),
    sign(
        "card",
        r"(?:银行卡|信用卡|储蓄卡|借记卡|卡号|银行账号|账号|(?:credit|debit|bank) ?(?:card|account)"
        r"|carte bancaire)" + LINK + r"(?P<it>[0-9](?:[ -]?[0-9]){7,20})" + END,
    ),
    sign(
        "card",
        FREE + r"(?P<it>(?-i:[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}))" + END,
        lambda match: is_iban(plain(match)),
    ),
    sign(
        "account",
        r"(?:微信号?|\bwechat(?: id)?|\bQQ号?|支付宝|\bskype(?: id)?|\btelegram)[\s:#是为]{0,3}(?:is )?"
        r"(?P<it>@?[A-Z0-9][A-Z0-9_\-]{4,30})" + END,
    ),
)

NETWORK: Final = (
    sign(
        "ip",
        r"(?<![0-9A-Za-z.])(?<!section )(?<!version )(?<!chapter )(?<!第)(?<!§)(?<!§ )"
        r"(?P<it>[0-9]{1,3}(?:\.[0-9]{1,3}){3})(?![0-9.]*[0-9])",
        is_ipv4,
    ),
    sign("ip", r"(?<![0-9A-Za-z:])(?P<it>[0-9A-F]{0,4}(?::[0-9A-F]{0,4}){2,7})(?!:?[0-9A-Za-z])", is_ipv6),
    sign("ip", r"(?<![0-9A-Za-z:])[0-9A-F]{2}(?:([:\-])[0-9A-F]{2})(?:\1[0-9A-F]{2}){4}(?![0-9A-Za-z:])"),
)
SIGNS: Final = (*IDENTITY, *RECORDS, *PHONES, *CARDS, *NETWORK)


def find_numbers(text: str) -> Iterator[Identifier]:
    """Every number that names a person, a device or an account; those found by two signs come twice."""
    if not any(char.isdigit() for char in text):
        return
    for told in SIGNS:
        group: str | int = "it" if "it" in told.pattern.groupindex else 0
        for match in told.pattern.finditer(text):
            if told.check(match):
                yield Identifier(match.start(group), match.end(group), told.kind)
