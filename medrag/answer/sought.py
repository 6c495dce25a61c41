"""The words of a question that say what is asked, beside the names in it: how rare they are and how evidence may tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from medrag.lexicon.aspects import load_aspects, load_plain_words
from medrag.lexicon.common import load_common_words, load_meanings
from medrag.shelf import OpenShelf
from medrag.text.normalise import HAN
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["RUNS", "Sought", "blank", "latin_words", "like_a_drug", "read_chinese", "weigh_latin"]

#: The idf above which words weigh alike: a word in 1 of some 1,000 passages is as rare as need be.
RARE = 8.0
#: What a word of everyday language weighs of that.
EVERYDAY = 0.3
#: Herbs whose names are made of plain words: notoginseng is "three seven".
HERBS = frozenset(["三七", "田七"])
#: Longest Han word looked up.
LONGEST = 8

RUNS = re.compile(f"[{HAN}]+")
NUMBER = re.compile(r"[0-9.,]+")
#: How Chinese names of medicines and herbs end, and what follows one in a question. A run that no table knows and that
#: looks like one is most likely a medicine the shelf has never heard of.
DRUG_ENDS = re.compile(
    "(列汀|列净|鲁肽|单抗|替尼|沙班|他汀|普利|沙坦|洛尔|地平|西林|霉素|沙星|康唑|韦|司他|格雷|酶|洛芬|昔布|拉唑|替丁"
    "|唑仑|西泮|普坦|酮|胺|嗪|啶|苷|酸|宁|林|素|定|平|汀|净|肽|丸|散|膏|胶囊|颗粒|冲剂|口服液|糖浆|草|参|芪|粉|汤|茶|清瘟|片|注射液)$"
)
DRUG_FORMS = re.compile(
    "(缓释|肠溶|软)?(片|胶囊|颗粒|注射|口服液|滴丸|丸|冲剂|粉|软膏|乳膏|滴眼液|喷雾|糖浆|和|与|跟)"
)
#: Cues longer than this span what they should not hide: "能和……一起吃" holds a name inside.
SHORT_CUE = 6


@dataclass(frozen=True, slots=True)
class Sought:
    """A word that says what is asked, and how evidence may tell it."""

    written: str
    #: 0..1: by rarity on the shelf, less of everyday language.
    weight: float
    #: Ids of tokens that together are the word, or mean it; one such set is enough.
    ways: tuple[frozenset[int], ...]

    def told_in(self, tokens: frozenset[int], folded: str) -> bool:
        """Whether a text of these tokens tells it."""
        return any(way <= tokens for way in self.ways) or (
            not self.written.isascii() and self.written in folded
        )


def blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def latin_words(rest: str) -> list[str]:
    """The words of any language but Chinese that say what is asked, each once, in order."""
    told = dict.fromkeys(default_tokenizer().tokenize(rest))
    return [t for t in told if t.isascii() and t not in plain_tokens() and not NUMBER.fullmatch(t)]


def weigh_latin(tokens: Sequence[str], shelf: OpenShelf) -> tuple[tuple[Sought, ...], int]:
    """The words with their weights, and how many of them the shelf has not and everyday language has not either."""
    ids = [token_id(token) for token in tokens]
    idf = shelf.index.idf(ids)
    words = [
        Sought(
            token, rarity(idf.get(key)) * (EVERYDAY if token in common_tokens() else 1.0), (frozenset([key]),)
        )
        for token, key in zip(tokens, ids, strict=True)
    ]
    absent = sum(
        key not in idf and token not in common_tokens() for token, key in zip(tokens, ids, strict=True)
    )
    return tuple(words), absent


def rarity(idf: float | None) -> float:
    """0..1; what the shelf does not have is as rare as need be."""
    return 1.0 if idf is None else min(idf, RARE) / RARE


@cache
def common_tokens() -> frozenset[str]:
    return frozenset(default_tokenizer().tokenize(" ".join(load_common_words()["en"])))


@cache
def plain_tokens() -> frozenset[str]:
    words = load_plain_words()
    return frozenset(default_tokenizer().tokenize(" ".join([*words["en"], *words["fr"]])))


def read_chinese(folded: str, rest: str) -> tuple[tuple[Sought, ...], tuple[str, ...]]:
    """The Han words the tables know the English of, and the runs that nothing here knows.

    A run that looks like the name of a medicine is one, whatever words it may be made of.
    """
    words: dict[str, Sought] = {}
    strange: list[str] = []
    for run in unplain_runs(folded, rest):
        if run in HERBS or (not told(run) and like_a_drug(run, folded)):
            strange.append(run)
            continue
        known, left = part_run(run)
        words |= {word: chinese_word(word) for word in known}
        strange += left
    return tuple(words.values()), tuple(strange)


def part_run(run: str) -> tuple[list[str], list[str]]:
    """The run's words that have a meaning in the table, longest first from the left, and the rest of two characters and
    more that is none of everyday language."""
    known: list[str] = []
    left = ""
    at = 0
    while at < len(run):
        word = next(
            (run[at:end] for end in range(min(len(run), at + LONGEST), at + 1, -1) if told(run[at:end])), ""
        )
        if word and word not in load_common_words()["zh"]:
            known.append(word)
        left += " " * len(word) or run[at]
        at += len(word) or 1
    return known, [part for part in left.split() if len(part) > 1]


def told(word: str) -> bool:
    return word in load_common_words()["zh"] or word in load_meanings()


@lru_cache(maxsize=4096)
def chinese_word(word: str) -> Sought:
    return Sought(word, 1.0, tuple(map(token_ids, load_meanings()[word])))


def token_ids(text: str) -> frozenset[int]:
    return frozenset(map(token_id, default_tokenizer().tokenize(text)))


def unplain_runs(folded: str, rest: str) -> Iterator[str]:
    """What is left of the Han text when names, short cues and plain words are taken out; no single characters."""
    for aspect in load_aspects():
        for cue in aspect.asks["zh"].finditer(folded):
            if cue.end() - cue.start() <= SHORT_CUE:
                rest = blank(rest, cue.start(), cue.end())
    for run in RUNS.findall(rest):
        left = "".join(" " * len(word) if plain(word) else word for word in default_tokenizer().cut(run))
        yield from (part for part in left.split() if len(part) > 1)


def plain(word: str) -> bool:
    """Whether a word is one that any question may hold, or is made of such words."""
    if word in HERBS:
        return False
    known = load_plain_words()["zh"]
    reached = {0}
    for end in range(1, len(word) + 1):
        if any(word[start:end] in known for start in reached):
            reached.add(end)
    return len(word) in reached


def like_a_drug(run: str, folded: str) -> bool:
    """Whether a strange run ends, or is followed, as names of medicines are."""
    after = folded[folded.find(run) + len(run) :]
    return DRUG_ENDS.search(run) is not None or DRUG_FORMS.match(after) is not None
