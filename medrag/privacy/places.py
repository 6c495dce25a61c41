"""E-mail addresses, web addresses that name a person, streets and houses, days of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from medrag.privacy.records import Identifier, Kind
from medrag.text.normalise import HAN

__all__ = ["find_birth_dates", "find_places", "find_web"]

H = f"[{HAN}]"
CAP = r"(?:Sta?e?\.|[A-ZÀ-Ý][A-Za-zÀ-ÿ'\-]*)"
#: Written out or hidden from robots: "john dot smith at mail dot com" needs both words.
EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+'\-]{0,63}(?:@|\s?[\[(]at[\])]\s?| at (?=[A-Za-z0-9\-]+ dot ))"
    r"[A-Za-z0-9\-]+(?:(?:\.|\s?[\[(]dot[\])]\s?| dot )[A-Za-z0-9\-]+){1,5}"
)
#: Sites where the path is a person's own name.
SOCIAL = (
    r"(?:facebook|twitter|x|instagram|linkedin|weibo|github|gitlab|tiktok|douyin|zhihu|xiaohongshu"
    r"|douban|t|vk|youtube"
    r"|medium|reddit|pinterest|snapchat|researchgate|orcid|doximity|haodf|patientslikeme"
    r"|mychart)\.(?:com|net|org|me|cn|tv)"
)
URL = re.compile(
    r"(?:https?|ftp)://[^\s/@<>\"'，。；、）)]+@[^\s<>\"'，。；、）)]+"
    rf"|(?:https?://)?(?:[a-z]{{2,5}}\.)?{SOCIAL}/[^\s<>\"'，。；、）)]+"
    r"|(?:https?://|www\.)[^\s<>\"'，。；、）)]*(?:/~|/@|/(?:users?|u|profiles?|people|members?"
    r"|patients?|home|in|space|blog|author)/"
    r"|[?&](?:user|username|uid|name|patient|patient_?id|mrn|email|phone|dob|member|account|token"
    r"|ssn)=)[^\s<>\"'，。；、）)]*",
    re.IGNORECASE,
)

#: States, territories and their two letters stand before a ZIP code.
STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY PR"
).replace(" ", "|")
WAY = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq"
    r"|Terrace|Ter|Way|Crescent"
    r"|Cres|Close|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Trl|Row|Gardens|Grove|Hill|Mews|Walk|Park"
    r"|Heights|View|Path"
    r"|Alley|Plaza|Loop|Wharf|Turnpike|Pike|Crossing|Green|Quay|Rise|Vale)"
)
POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
ZIP = rf"(?:{STATES})\.?,? [0-9]{{5}}(?:-[0-9]{{4}})?"
UNIT = r"(?:,? ?(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Room|Rm|#)\.? ?#?[0-9A-Z]{1,6}(?![a-z]))"
TOWN = rf"(?:,? {CAP}(?: {CAP}){{0,2}})"
ENGLISH: Final = (
    rf"(?<![0-9A-Za-z.])(?:(?:Flat|Apt|Unit|Apartment"
    rf"|Suite)\.? [0-9A-Z]{{1,5}},? )?[0-9]{{1,5}}[A-Z]?(?:[-/][0-9]{{1,4}})?,? "
    rf"(?:(?:[NSEW]|North|South|East|West|[0-9]{{1,3}}(?:st|nd|rd|th))\.? )?(?:{CAP} ){{0,4}}?{WAY}\b\.?"
    rf"(?:,? (?:[NSEW]{{1,2}}|North|South|East|West)\b)?{UNIT}?(?:{TOWN}?,? (?:{ZIP}"
    rf"|{POSTCODE}))?(?:,{TOWN}(?={TOWN}?,|[.;\n]|$))?",
    rf"{CAP}(?: {CAP}){{0,2}},? {ZIP}(?![0-9])",
    rf"(?<![A-Za-z0-9]){POSTCODE}(?![A-Za-z0-9])",
    r"(?i:P\.? ?O\.? ?Box ?#?:? ?[0-9]{1,7})",
    r"(?i:\b(?:ZIP|postal|post) ?code)[: ]{1,3}(?:is )?[A-Z0-9]{2,5}[ -]?[A-Z0-9]{2,5}",
)
FRENCH: Final = (
    r"(?<![0-9A-Za-z.])[0-9]{1,4}(?: ?(?:bis|ter|quater|[A-D]))?,? "
    r"(?i:rue|avenue|av\.|boulevard|bd\.?|place|chemin|allée|impasse|quai|route|cours|square|passage"
    r"|villa|faubourg)"
    rf" (?:(?i:de|du|des|la|le|les|l'|d'|et|à|saint|sainte)[ -]?){{0,3}}(?:{CAP}|[0-9]{{1,2}})"
    rf"(?:[ -](?:(?i:de|du|des|la|le|les|et|sur|en)[ -])?{CAP}){{0,4}}"
    rf"(?:,? ?(?:à )?[0-9]{{5}}(?: {CAP}(?:[ -]{CAP}){{0,3}})?)?",
)
#: What follows is an address whatever its form: to the end of the clause.
CUED: Final = re.compile(
    r"(?:\b(?:(?:home |mailing |postal |street )?address(?: is|:)|(?:lives?|living|resid(?:es|ing)"
    r"|domiciled) (?:at|on)|adresse ?:"
    r"|(?:habite|demeurant|domicilié[e]?) (?:au|à))\s*:?\s*(?P<latin>[^\n;。；]*?(?=$|[\n;。；]"
    r"|\.(?:\s|$)|,? (?:and|who|he|she|is|has|takes?"
    r"|on|with|can|et|qui|prend|needs|phone|tel|was|wants|asks|takes|taking)\b|[?!]))"
    rf"|(?:住址|地址|家住|住在|现住|户籍|居住地|居住于|住所|寄到|寄往"
    rf"|籍贯)[:是为在于\s]*(?P<han>[^\s,，。;；、?？!！]*[{HAN}0-9][^\s,，。;；、?？!！]*))",
    re.IGNORECASE,
)

#: Provinces, regions and municipalities of GB/T 2260 by their short names.
PROVINCE = (
    "北京|天津|上海|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南"
    "|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
)
AREA = rf"{H}{{1,7}}?(?:自治[州县旗区]|特别行政区|地区|新区|开发区|街道|[市州盟区县旗镇乡村])"
ROAD = rf"{H}{{1,7}}?(?:大道|胡同|路|街|道|巷|弄|里|条)(?:[东西南北中一二三四五六七八九十]{{1,2}}[路段街])?"
HOUSE = (
    r"[0-9A-Z]{1,5}(?:-[0-9]{1,4})?(?:号院?|弄|栋|幢|座|楼|单元|室|层|户|组|门|#)"
    rf"(?:{H}{{1,8}}?(?=[0-9]))?(?:[0-9A-Z]{{1,5}}(?:-[0-9]{{1,4}})*(?:号楼?|栋|幢|座|楼|单元|室|层|户"
    rf"|组|门|房)?)*"
)
ESTATE = rf"{H}{{2,8}}?(?:小区|花园|公寓|家园|新村|苑|园|大厦|广场|村|城|府|里)"
CHINESE: Final = (
    rf"(?:{PROVINCE})(?:省|市|壮族自治区|回族自治区|维吾尔自治区"
    rf"|自治区)?(?:{AREA}){{1,4}}(?:{ROAD})?(?:{ESTATE})?(?:{HOUSE})?",
    rf"(?:{PROVINCE})(?:省|市)?(?:{AREA}){{0,3}}(?:{ROAD}|{ESTATE})(?:{HOUSE})",
    rf"(?:{H}{{2,4}}市)?(?:{H}{{1,4}}[区县镇乡])?{H}{{2,5}}(?:大道|胡同|路|街|巷|弄)[0-9]{{1,5}}(?:号"
    rf"|弄)(?:{HOUSE})?",
    rf"{H}{{2,6}}(?:小区|花园|公寓|家园|新村|苑){HOUSE}",
    rf"{H}{{2,4}}(?:市|县)(?:{H}{{1,4}}[区县镇乡])(?:{ROAD})?(?:{ESTATE})?{HOUSE}",
)
STREETS: Final = tuple(re.compile(pattern) for pattern in (*ENGLISH, *FRENCH, *CHINESE))

MONTH = (
    r"(?:jan(?:uary|vier|v)?|feb(?:ruary)?|f[ée]v(?:rier|r)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may"
    r"|mai|june?|juin|july?|juil(?:let)?"
    r"|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|d[ée]c(?:ember"
    r"|embre)?)\.?"
)
DAY = r"[0-3]?[0-9](?:st|nd|rd|th|er)?"
DATE = (
    rf"(?:(?:1[89]|20)[0-9]{{2}}(?:[-/. ]|年)[0-1]?[0-9](?:[-/. ]|月)[0-3]?[0-9](?:日|号)?|(?:1[89]"
    rf"|20)[0-9]{{2}}[0-1][0-9][0-3][0-9]"
    rf"|[0-3]?[0-9][-/. ][0-3]?[0-9][-/. ](?:(?:1[89]|20)[0-9]{{2}}|[0-9]{{2}})"
    rf"|{DAY}[ -](?:of )?{MONTH},?[ -](?:(?:1[89]|20)[0-9]{{2}}|[0-9]{{2}})"
    rf"|{MONTH} {DAY},? (?:1[89]|20)[0-9]{{2}}|{MONTH},? (?:1[89]|20)[0-9]{{2}}|(?:1[89]"
    rf"|20)[0-9]{{2}}年(?:[0-1]?[0-9]月(?:[0-3]?[0-9][日号])?)?"
    rf"|[0-9]{{2}}年[0-1]?[0-9]月[0-3]?[0-9][日号])"
)
BORN: Final = (
    re.compile(
        r"(?:\b(?:born|b\.|d\.?o\.?b\.?|date of birth|birth ?date|birthday|date de naissance|n[ée](?:e"
        r"|\(e\))? le|naissance)\b\.?|出生|生日|生于|诞辰)"
        rf"[^0-9\n]{{0,18}}?(?P<it>(?<![0-9A-Za-z]){DATE})(?![0-9])",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<it>{DATE})(?:[^0-9\n。;；]{{0,4}})(?:出生|生人|生(?![化物理长])|诞生)", re.IGNORECASE),
    re.compile(rf"(?P<it>{DATE})[ )]{{0,2}}\(?(?:d\.?o\.?b\b|birth|born)", re.IGNORECASE),
)  # fmt: skip


def find_web(text: str) -> Iterator[Identifier]:
    """E-mail addresses, and web addresses that hold a user's name or password."""
    for pattern, kind in ((EMAIL, "email"), (URL, "url")):
        yield from (Identifier(match.start(), match.end(), kind_of(kind)) for match in pattern.finditer(text))


def kind_of(kind: str) -> Kind:
    return "email" if kind == "email" else "url"


def find_places(text: str) -> Iterator[Identifier]:
    """Streets with their houses, and what a cue says is an address."""
    for pattern in STREETS:
        yield from (Identifier(match.start(), match.end(), "address") for match in pattern.finditer(text))
    for match in CUED.finditer(text):
        group = "latin" if match["latin"] is not None else "han"
        if match[group] and any(char.isdigit() or char.isupper() or char > "㐀" for char in match[group]):
            yield Identifier(match.start(group), match.end(group), "address")


def find_birth_dates(text: str) -> Iterator[Identifier]:
    """Dates that a cue says are a day of birth; every other date stays."""
    for pattern in BORN:
        for match in pattern.finditer(text):
            yield Identifier(match.start("it"), match.end("it"), "birth_date")
