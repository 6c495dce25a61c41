"""Writes a French drug name as the English name it would be, by named rules; a name counts only where a source has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Final

__all__ = ["RULES", "english_forms"]

#: French words of drug names that no rule makes English. Folded: no accents, small letters.
IRREGULAR: Final[dict[str, tuple[str, ...]]] = {
    "argent": ("silver",),
    "aurothiopropanolsulfonate": ("aurothiopropanolsulfonate", "allochrysine"),
    "camphre": ("camphor",),
    "charbon": ("charcoal",),
    "cuivre": ("copper",),
    "etain": ("tin",),
    "fer": ("iron",),
    "ferreux": ("ferrous",),
    "ferrique": ("ferric",),
    "huile": ("oil",),
    "mercure": ("mercury",),
    "millepertuis": ("st. john's wort", "hypericum perforatum"),
    "or": ("gold",),
    "phosphore": ("phosphorus",),
    "paraffine": ("paraffin", "mineral oil"),
    "reglisse": ("licorice", "glycyrrhiza glabra"),
    "soufre": ("sulfur",),
    "trinitrine": ("nitroglycerin",),
    "tuberculinique": ("tuberculin",),
    "vaccin": ("vaccine",),
    "vitamine": ("vitamin",),
}
#: Anions as French salts name them, "chlorure de sodium" -> "sodium chloride".
ANIONS: Final[dict[str, str]] = {
    "bromure": "bromide",
    "carbonate": "carbonate",
    "bicarbonate": "bicarbonate",
    "chlorure": "chloride",
    "citrate": "citrate",
    "fluorure": "fluoride",
    "gluconate": "gluconate",
    "hydroxyde": "hydroxide",
    "iodure": "iodide",
    "nitrate": "nitrate",
    "oxyde": "oxide",
    "phosphate": "phosphate",
    "silicate": "silicate",
    "sulfate": "sulfate",
    "trisilicate": "trisilicate",
    "trioxyde": "trioxide",
}
#: Word ends and middles: name of the rule, what to look for, what to write. INN spelling: WHO, International
#: Nonproprietary Names, Guidance on INN (ph -> f, th -> t, y -> i) and the French and English INN lists side by side.
SPELLINGS: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = (
    ("final-e", re.compile(r"(?<=[a-z]{3})e$"), ""),
    ("ique-ic", re.compile(r"ique$"), "ic"),
    ("ique-ate", re.compile(r"ique$"), "ate"),
    ("ole-ol", re.compile(r"ole$"), "ol"),
    ("o-desoxy", re.compile(r"desoxy"), "deoxy"),
    ("oe-e", re.compile(r"oe"), "e"),
    ("i-y", re.compile(r"(?<=[bcdfglmnprst])i(?=[bcdfghlmnprst])"), "y"),
    ("y-i", re.compile(r"y"), "i"),
    ("f-ph", re.compile(r"f"), "ph"),
    ("t-th", re.compile(r"t(?=[aeiouy])"), "th"),
    ("ure-ide", re.compile(r"ure$"), "ide"),
    ("yde-ide", re.compile(r"yde$"), "ide"),
    ("e-a", re.compile(r"e$"), "a"),
    ("c-k", re.compile(r"(?<=[a-z])c(?=i)"), "k"),
)
MAX_FORMS: Final = 256

_ACID: Final = re.compile(r"(?:acide )(?P<stem>.+ique)|(?P<after>.+ique) \(acide\)|(?P<bare>.+ique), acide")
_OF: Final = re.compile(r"(?P<what>[a-z]+) (?:de |d')(?P<of>[a-z ]+)")
_INVERTED: Final = re.compile(r"(?P<main>[^(),]+?),? \(\s*(?P<first>[a-z']+(?: de| d')?)\s*\)")

Rule = Callable[[str], Iterator[tuple[str, str]]]


def words_of(name: str) -> Iterator[tuple[str, str]]:
    """Each word by the spellings and irregular words above: the rule's name, what it makes."""
    choices = [list(word_forms(word)) for word in name.split()]
    for picked in islice(product(*choices), MAX_FORMS):
        told = [rule for rule, _ in picked if rule]
        if told:
            yield "+".join(dict.fromkeys(told)), " ".join(word for _, word in picked)


def word_forms(word: str) -> Iterator[tuple[str, str]]:
    yield "", word
    for other in IRREGULAR.get(word, ()):
        yield "irregular", other
    made: dict[str, str] = {}
    for rule, pattern, written in SPELLINGS:
        if pattern.search(word):
            made.setdefault(pattern.sub(written, word), rule)
    shorter = word[:-1] if word.endswith("e") and len(word) > 4 else None
    for rule, pattern, written in SPELLINGS if shorter else ():
        if pattern.search(shorter or "") and rule != "final-e":
            made.setdefault(pattern.sub(written, shorter or ""), f"final-e+{rule}")
    yield from ((rule, text) for text, rule in made.items() if text != word)


def acids(name: str) -> Iterator[tuple[str, str]]:
    """``acide valproique`` and ``valproique (acide)`` -> ``valproic acid``, or the acid's anion ``valproate``."""
    match = _ACID.fullmatch(name)
    if match:
        stem = next(part for part in match.groups() if part)
        for written in dict.fromkeys((stem, stem.replace("desoxy", "deoxy"))):
            yield "acid", f"{written[:-4]}ic acid"
            yield "acid-anion", f"{written[:-4]}ate"


def salts(name: str) -> Iterator[tuple[str, str]]:
    """``chlorure de sodium`` -> ``sodium chloride``; ``trinitrate de glyceryle`` -> ``glyceryl trinitrate``."""
    match = _OF.fullmatch(name)
    if match:
        what = ANIONS.get(match["what"], match["what"])
        for _, of in [("", match["of"]), *words_of(match["of"])]:
            yield "of", f"{of} {what}"


def inverted(name: str) -> Iterator[tuple[str, str]]:
    """``sodium (chlorure de)`` -> what the other rules make of ``chlorure de sodium``."""
    match = _INVERTED.fullmatch(name)
    if match:
        first = match["first"]
        joined = f"{first}{'' if first.endswith(chr(39)) else ' '}{match['main']}"
        yield "inverted", joined
        for rule in (acids, salts, words_of):
            yield from ((f"inverted+{told}", made) for told, made in rule(joined))


#: In the order they are tried.
RULES: Final[tuple[Rule, ...]] = (acids, salts, inverted, words_of)


def english_forms(folded: str) -> Iterator[tuple[str, str]]:
    """(rule, English form) of a folded French name, likeliest first, each form once; the name itself is not among them."""
    seen = {folded}
    for rule in RULES:
        for told, made in rule(folded):
            if made not in seen:
                seen.add(made)
                yield told, made
