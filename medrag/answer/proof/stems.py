"""Stems of Latin words, those of English words that French ones resemble among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

__all__ = ["LATIN", "stem_of", "stems_of"]

#: A word, without the elided article before a French one: "l'activite" is "activite".
LATIN = re.compile(r"(?:(?<![a-z0-9])(?:[cdjlmnst]|qu)')?([a-z0-9]+(?:'[a-z]+)?)")


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text's words, and of the English words its French ones may be."""
    words = LATIN.findall(text)
    return frozenset(stem_of(word) for each in words for word in (each, *cognates(each)))


@lru_cache(maxsize=20000)
def stem_of(word: str) -> str:
    return str(stemmer().stemWord(IRREGULAR.get(word, word)))


#: Forms of verbs and nouns whose stem no ending gives away.
IRREGULAR: Final = {
    form: word
    for word, forms in {
        "shake": "shaken shook", "drink": "drunk drank", "take": "taken took", "give": "given gave", "fall": "fallen fell",
        "rise": "risen rose", "break": "broken broke", "choose": "chosen chose", "see": "seen saw", "swell": "swollen",
        "eat": "eaten ate", "freeze": "frozen froze", "grow": "grown grew", "lie": "lain lying", "wear": "worn wore",
        "drive": "driven drove", "tear": "torn tore", "bite": "bitten bit", "forget": "forgotten forgot", "keep": "kept",
        "hold": "held", "feel": "felt", "lose": "lost", "sleep": "slept", "bleed": "bled", "feed": "fed", "lead": "led",
        "breastfeed": "breastfed", "find": "found", "build": "built", "spread": "spread", "think": "thought", "bring": "brought",
        "seek": "sought", "teach": "taught", "leave": "left", "stand": "stood", "wake": "woken woke", "show": "shown",
        "child": "children", "woman": "women", "man": "men", "tooth": "teeth", "foot": "feet", "fetus": "fetuses fetal foetus",
        "bacterium": "bacteria", "stimulus": "stimuli", "diagnosis": "diagnoses", "crisis": "crises", "analysis": "analyses",
        "hear": "heard", "store": "storage", "swallow": "swallowed", "freezer": "freezers", "hydrate": "hydration",
    }.items()
    for form in forms.split()
}  # fmt: skip


@cache
def stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


#: French endings and the English ones of the same Latin or Greek word.
ENDINGS: Final = (
    ("atation", "ation"), ("iques", "ic"), ("ique", "ic"), ("ites", "ity"), ("ite", "ity"), ("ies", "y"), ("ie", "y"),
    ("euses", "ous"), ("euse", "ous"), ("eux", "ous"), ("ismes", "ism"), ("isme", "ism"), ("eurs", "or"), ("eur", "or"),
    ("aires", "ary"), ("aire", "ary"), ("ives", "ive"), ("ifs", "ive"), ("if", "ive"), ("ences", "ence"),
    ("ements", "ment"), ("ement", "ment"), ("iser", "ize"), ("er", "ate"), ("er", ""), ("ees", "ed"), ("es", "ed"),
    ("e", "ed"), ("ee", "ed"), ("elle", "al"), ("el", "al"), ("elles", "al"), ("ales", "al"), ("ale", "al"),
    ("aux", "al"), ("ie", "ia"), ("e", ""), ("es", ""), ("ome", "oma"), ("ose", "osis"),
)  # fmt: skip
#: Shorter words resemble each other by chance.
COGNATE: Final = 6


@lru_cache(maxsize=8192)
def cognates(word: str) -> tuple[str, ...]:
    """The English words a folded French one may be by its ending."""
    return tuple(dict.fromkeys(told(word))) if len(word) >= COGNATE else ()


def told(word: str) -> Iterator[str]:
    for french, english in ENDINGS:
        if word.endswith(french):
            yield word[: -len(french)] + english
