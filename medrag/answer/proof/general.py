"""General words that say the same in other letters: a table of English words with Chinese ones and with each other.

The table is ``general.tsv``: an English stem, stems of the same sense, Chinese words. It is made of two dictionaries by
``benchmarks/make_general_words.py``, which says their licences; see also ``general.md``. It is asked only for words
that no other reader of the proof claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from medrag.answer.proof.stems import LATIN, stem_of
from medrag.errors import IntegrityError, Place
from medrag.text.normalise import HAN

__all__ = ["AFFIXES", "GUARDED", "RENDERINGS", "TABLE", "load_general", "said_alike"]

TABLE: Final = "general.tsv"
#: Words that are put for each other, written for this package: English, Chinese and French ones of a row say the same.
RENDERINGS: Final = "renderings.tsv"
#: Senses that carry a relation, a degree, a time or a case: only their own reader may find them, never the table.
GUARDED: Final = frozenset(
    (
        "cause prevent worsen improve stop start interrupt restart monitor interact inhibit induce affect "
        "ineffective impair severe mild moderate active rapid high low long short history bedtime morning fasting "
        "diet exercise rebound consecutive nephrotoxic hepatotoxic ototoxic cardiotoxic neurotoxic marked most_ some_ all_ "
        "chronic_ atleast "
        "poorresponse weeks_ days_ months_ loading maintenance single divided total half double before after "
        "during first second_ third_ once_ missed first_line second_line instead alternative risk_factor "
        "uncontrolled controlled unstable stable reversible irreversible acute fatal highrisk highrisk2 lowrisk "
        "ifneeded possible notyet notlike likely preferably regardless anytime food peak trough newborn fetal "
        "childbearing women_ men_ overdose toxic effective safe resist sensitive narrow slow_ fast_ initial_ "
        "insufficient deficient together separate direct_ uncomplicated outweigh equal repeat underpart prolongrel "
        "kin person_ nonx_ controlrel common rare chew_ asap unexplained dosedep unavoidable morefrequent then_ "
    ).split()
)


@dataclass(frozen=True, slots=True)
class General:
    """Stems of the same sense and Chinese words by English stem, and English stems by Chinese word."""

    same: dict[str, frozenset[str]]
    chinese: dict[str, tuple[str, ...]]
    english: dict[str, frozenset[str]]


#: Characters that say of a word before them only what kind of thing it is.
AFFIXES: Final = frozenset("部性化处样状感症区者型量科率项行")


@cache
def load_general() -> General:
    """The table. Raises `IntegrityError` where a row is damaged."""
    same: dict[str, frozenset[str]] = {}
    chinese: dict[str, tuple[str, ...]] = {}
    english: dict[str, set[str]] = {}
    held = files("medrag.answer.proof").joinpath(TABLE).read_text(encoding="utf-8")
    for line, row in enumerate(held.splitlines(), start=1):
        cells = row.split("\t")
        if len(cells) != 3 or not cells[0] or cells[0] in same:
            raise IntegrityError("a damaged row of the general words", place=Place(TABLE, line, "word"))
        same[cells[0]] = frozenset(cells[1].split())
        chinese[cells[0]] = tuple(cells[2].split())
        for han in chinese[cells[0]]:
            english.setdefault(han, set()).add(cells[0])
    for stems, hans in renderings():
        for stem in stems:
            same[stem] = same.get(stem, frozenset()) | (stems - {stem})
            chinese[stem] = (*chinese.get(stem, ()), *hans)
        for han in hans:
            english.setdefault(han, set()).update(stems)
    return General(same, chinese, {han: frozenset(stems) for han, stems in english.items()})


def renderings() -> Iterator[tuple[frozenset[str], tuple[str, ...]]]:
    """The stems and the Chinese words of each row. Raises `IntegrityError` where a row is damaged."""
    held = files("medrag.answer.proof").joinpath(RENDERINGS).read_text(encoding="utf-8")
    for line, row in enumerate(held.splitlines(), start=1):
        cells = row.split("\t")
        if len(cells) not in (2, 3) or not cells[0]:
            raise IntegrityError("a damaged row of the renderings", place=Place(RENDERINGS, line, "word"))
        words = " ".join((cells[0], *cells[2:])).split()
        yield frozenset(stem_of(word) for word in words), tuple(cells[1].split())


def said_alike(written: str, text: str, stems: frozenset[str]) -> bool:
    """Whether every part of what is written stands in a text under another word; ``stems`` are those of the text."""
    if written[:1].isascii():
        return all(latin_alike(stem_of(word), text, stems) for word in LATIN.findall(written))
    return han_alike(written, text, stems)


def latin_alike(stem: str, text: str, stems: frozenset[str]) -> bool:
    table = load_general()
    if stem in stems or table.same.get(stem, frozenset()) & stems:
        return True
    return any(han in text for han in table.chinese.get(stem, ()))


def han_alike(written: str, text: str, stems: frozenset[str]) -> bool:
    """Whether the run can be parted into words that stand in the text, as they are or in English."""
    reached = {0}
    for at in range(len(written)):
        if at in reached:
            if at and written[at] in AFFIXES:
                reached.add(at + 1)
            if load_general().english.get(written[at], frozenset()) & stems:
                reached.add(at + 1)
            for end in range(at + 2, min(len(written), at + 6) + 1):
                if stands_for(written[at:end], text, stems):
                    reached.add(end)
    return len(written) in reached


def stands_for(han: str, text: str, stems: frozenset[str]) -> bool:
    table = load_general()
    mine = table.english.get(han, frozenset())
    if han in text or mine & stems:
        return True
    return any(len(mine & table.english.get(other, frozenset())) > 1 for other in han_words(text))


@lru_cache(maxsize=4096)
def han_words(text: str) -> frozenset[str]:
    """The Chinese words of the table that stand in a text."""
    table = load_general()
    runs = re.findall(f"[{HAN}]+", text)
    found = {
        run[a:b] for run in runs for a in range(len(run)) for b in range(a + 2, min(len(run), a + 5) + 1)
    }
    return frozenset(word for word in found if word in table.english)
