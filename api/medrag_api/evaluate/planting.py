"""Plants made-up identifiers of every kind into questions: names, numbers with right check digits, addresses, dates."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from medrag.errors import InputRefused, Place
from medrag.privacy.checks import CHINESE_CHECK, CHINESE_WEIGHTS, luhn

__all__ = ["Planted", "Tables", "plant", "read_tables"]

#: Fields every file of tables has.
FIELDS: Final = (
    "people streets ways towns states postcodes rues villes zh_cities zh_roads zh_estates frames".split()
)
#: Region codes of real counties (GB/T 2260), for identity numbers.
REGIONS: Final = ("110105", "310104", "330106", "440305", "510107", "420111", "610113", "370202")
#: Names are the hardest to tell and the most frequent: planted so many times as often as any other kind.
NAMES: Final = 4
MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A question with an identifier at ``text[start:end]``."""

    kind: str
    language: str
    text: str
    start: int
    end: int
    held_out: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """The half of the tables that is tuned on, or the half that is held out."""

    words: Mapping[str, Any]
    held_out: bool

    def half(self, items: Sequence[str]) -> Sequence[str]:
        return items[self.held_out :: 2]


Maker = Callable[[random.Random, Tables, str], str]


def read_tables(path: Path) -> Mapping[str, Any]:
    """The names, places and frames of a file. Raises InputRefused naming what is not there."""
    if not path.is_file():
        raise InputRefused(
            "there is no such file of names", place=Place(str(path)), remedy="Give its folder."
        )
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    for field in FIELDS:
        if not isinstance(told, dict) or not told.get(field):
            raise InputRefused("a table is missing", place=Place(str(path), None, field))
    return dict(told)


def plant(words: Mapping[str, Any], count: int, seed: int = 5) -> list[Planted]:
    """``count`` questions, half of them held out, the kinds and languages in turn."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    told = []
    kinds = [
        (kind, language)
        for kind, frames in words["frames"].items()
        for language in frames
        for _ in range(NAMES if kind == "name" else 1)
    ]
    for at in range(count):
        tables = Tables(words, bool(at % 2))
        kind, language = kinds[at // 2 % len(kinds)]
        frame = chance.choice(tables.half(words["frames"][kind][language]))
        secret = MAKERS[kind](chance, tables, language)
        start = frame.index("{x}")
        text = frame.replace("{x}", secret)
        told.append(Planted(kind, language, text, start, start + len(secret), tables.held_out))
    return told


def digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def some_day(chance: random.Random) -> date:
    return date(1930, 1, 1) + timedelta(days=chance.randrange(28_000))


def name(chance: random.Random, tables: Tables, language: str) -> str:
    return chance.choice(tables.half(tables.words["people"][language]))


def chinese_id(chance: random.Random) -> str:
    body = chance.choice(REGIONS) + some_day(chance).strftime("%Y%m%d") + digits(chance, 3)
    total = sum(int(digit) * weight for digit, weight in zip(body, CHINESE_WEIGHTS, strict=True))
    return body + CHINESE_CHECK[total % 11]


def old_chinese_id(chance: random.Random) -> str:
    return chance.choice(REGIONS) + some_day(chance).strftime("%y%m%d") + digits(chance, 3)


def ssn(chance: random.Random) -> str:
    return f"{chance.randrange(1, 666):03d}-{chance.randrange(1, 100):02d}-{chance.randrange(1, 10_000):04d}"


def nhs_number(chance: random.Random) -> str:
    while True:
        body = digits(chance, 9)
        check = 11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check % 11}"


def nir(chance: random.Random) -> str:
    day = some_day(chance)
    body = f"{chance.randrange(1, 3)}{day:%y%m}{chance.randrange(1, 96):02d}{digits(chance, 6)}"
    key = f"{97 - int(body) % 97:02d}"
    parts = (body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:], key)
    return (" " if chance.random() < 0.5 else "").join(parts)


def national_id(chance: random.Random, tables: Tables, language: str) -> str:
    makers = (
        (chinese_id, chinese_id, old_chinese_id) if language == "zh" else (ssn, nhs_number, nir, chinese_id)
    )
    return chance.choice(makers)(chance)


def passport(chance: random.Random, tables: Tables, language: str) -> str:
    letters = chance.choice(["E", "EA", "G"] if language == "zh" else ["E", "C", "X", "", "K"])
    return letters + digits(chance, 9 - max(1, len(letters)))


def phone(chance: random.Random, tables: Tables, language: str) -> str:
    if language == "zh":
        mobile = f"1{chance.choice('35789')}{digits(chance, 9)}"
        written = (
            mobile,
            f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
            f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
            f"+86 {mobile}",
            f"0{chance.choice(['10', '21', '571', '755'])}-{chance.randrange(2, 9)}{digits(chance, 7)}",
            mobile.translate({ord("0") + n: ord("０") + n for n in range(10)}),
        )
        return chance.choice(written)
    area, middle, last = (chance.randrange(201, 990), chance.randrange(200, 1000), digits(chance, 4))
    pairs = " ".join(digits(chance, 2) for _ in range(4))
    forms = (
        f"({area}) {middle}-{last}",
        f"{area}-{middle}-{last}",
        f"{area}.{middle}.{last}",
        f"+1 {area} {middle} {last}",
        f"0{chance.randrange(1, 8)} {pairs}",
        f"+33 {chance.randrange(1, 8)} {pairs}",
        f"07{digits(chance, 3)} {digits(chance, 6)}",
        f"020 7{digits(chance, 3)} {digits(chance, 4)}",
        f"+44 20 7{digits(chance, 3)} {digits(chance, 4)}",
        f"+49 30 {digits(chance, 8)}",
    )
    return chance.choice(forms)


def user(chance: random.Random, tables: Tables) -> str:
    first, _, last = name(chance, tables, "en").lower().partition(" ")
    plain = [re.sub("[^a-z]", "", part) for part in (first, last)]
    return chance.choice(
        [".".join(plain), "".join(plain) + digits(chance, 2), f"{plain[0]}_{digits(chance, 4)}"]
    )


def email(chance: random.Random, tables: Tables, language: str) -> str:
    hosts = (
        ["qq.com", "163.com", "sina.com.cn"]
        if language == "zh"
        else ["gmail.com", "nhs.net", "hopital-nord.fr"]
    )
    who = digits(chance, 9) if language == "zh" and chance.random() < 0.4 else user(chance, tables)
    return f"{who}@{chance.choice(hosts)}"


def url(chance: random.Random, tables: Tables, language: str) -> str:
    who = user(chance, tables)
    hosts = (
        ["weibo.com", "www.zhihu.com/people"] if language == "zh" else ["www.facebook.com", "linkedin.com/in"]
    )
    forms = (
        f"https://{chance.choice(hosts)}/{who}",
        f"https://{who}:{digits(chance, 6)}@ehr.example.org/chart",
        f"https://portal.example.org/patients/{digits(chance, 6)}",
        f"http://care.example.net/view?patient={who}",
    )
    return chance.choice(forms)


def address(chance: random.Random, tables: Tables, language: str) -> str:
    def pick(field: str) -> str:
        return chance.choice(tables.half(tables.words[field]))

    number = chance.randrange(1, 999)
    if language == "zh":
        road = f"{pick('zh_cities')}{pick('zh_roads')}{number}号"
        estate = (
            f"{pick('zh_estates')}{number % 30 + 1}栋{number % 6 + 1}单元{number % 20 + 1}0{number % 4 + 1}室"
        )
        return chance.choice([road, road + estate, road + f"{number % 30 + 1}号楼{number % 9 + 1}层"])
    street = f"{number} {pick('streets')} {pick('ways')}"
    rue = pick("rues")
    forms = (
        street,
        f"{street}, {pick('towns')}, {pick('states')}",
        f"{street}, Apt {number % 40 + 1}, {pick('towns')}, {pick('states')}",
        f"{street}, {pick('towns')} {pick('postcodes')}",
        f"{'' if rue[0].isdigit() else f'{number % 200 + 1} '}{rue}, {pick('villes')}",
    )
    return chance.choice(forms)


def birth_date(chance: random.Random, tables: Tables, language: str) -> str:
    day = some_day(chance)
    if language == "zh":
        forms = (f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f"{day:%Y%m%d}", f"{day:%Y/%m/%d}")
        return chance.choice(forms)
    month = MONTHS[day.month - 1]
    forms = (
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
    )
    return chance.choice((*forms, f"{day:%m-%d-%Y}"))


def record(chance: random.Random, tables: Tables, language: str) -> str:
    forms = (
        digits(chance, 8),
        f"{chance.choice('ABHMZ')}{digits(chance, 7)}",
        f"{digits(chance, 4)}-{digits(chance, 5)}",
    )
    return chance.choice((*forms, f"ZY{digits(chance, 8)}", f"{digits(chance, 2)}/{digits(chance, 6)}"))


def bed(chance: random.Random, tables: Tables, language: str) -> str:
    return str(chance.randrange(1, 60))


def card(chance: random.Random, tables: Tables, language: str) -> str:
    body = chance.choice(["4", "51", "62", "6222"])
    body += digits(chance, (18 if language == "zh" and chance.random() < 0.5 else 15) - len(body))
    whole = next(body + last for last in "0123456789" if luhn(body + last))
    return whole if chance.random() < 0.5 else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def ip(chance: random.Random, tables: Tables, language: str) -> str:
    if chance.random() < 0.3:
        return ":".join(f"{chance.randrange(1, 65536):x}" for _ in range(8))
    return ".".join(str(chance.randrange(1, 255)) for _ in range(4))


MAKERS: Final[Mapping[str, Maker]] = {
    "name": name,
    "national_id": national_id,
    "passport": passport,
    "phone": phone,
    "email": email,
    "url": url,
    "address": address,
    "birth_date": birth_date,
    "record": record,
    "bed": bed,
    "card": card,
    "ip": ip,
}
