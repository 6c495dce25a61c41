"""Tells which drug of a pair a French word stands for; when it is not certain the word itself is kept."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from medrag_graph.pddi.facts import DrugWord, Role
from medrag_graph.pddi.fold import Folded, fold

__all__ = ["DRUG", "OF", "name_drug", "name_drugs"]

#: "of" with its article, before a drug.
OF: Final = (
    r"(?:du |des |de la |de l'|de l |de le |de ces |de ce |de cet |de cette |de |d'|d |en |a la |a l')"
)
#: A drug's name inside a sentence: up to the word that leads on.
DRUG: Final = (
    r"(?P<drug>(?!cas\b|raison\b|presence\b|fonction\b|particulier|effets? |concentrations?\b"
    r"|posolog|doses?\b|consequences|traitement concom|plus\b|moins\b)"
    r"[^,.;:()\x1e]+?)(?= par | avec | risque| dont | pouvant | chez | en (?:cas|raison|association|presence"
    r"|fonction|favorisant|debut|particulier|general)| jusqu| sans | voire | d'environ "
    r"| de (?:pres|plus|l'ordre|facon|maniere)"
    r"| plus | suite | apres | lors| pendant | durant | dans | entrain| lie[es]*\b| due?s?\b"
    r"| a (?:l'|des|dose|type|visee|forte|"
    r"la (?:fois|mise))| au | aux | lorsque| notamment| mais | ainsi | comme| selon| si | s'"
    r"| est | sont | peut| et"
    r" (?:de (?!sod|pot|cal)|du (?!met)|d'(?!alu)|des |un |une |risque|par|inhib|augment|dimin"
    r"|majoration|possib|a |leur|son|ses|addit)| ou (?:de|du|par|augm|dimin) "
    r"| - |[,.;:()\x1e]|$)"
)

_TWO = re.compile(
    r"(?:ces |les |des |chacun des |chacune des )?deux (?!tiers|fois).*|l'un (?:et"
    r"|ou) l'autre.*|chaque \w+|chacun\b.*"
)
_METABOLITE = re.compile(
    r"^(?:(?:son|ses|leurs?|le|du|des|des? |d')? ?metabolites? actifs? (?:du |de la |de l'|des |de |d'))"
)
_SECOND = re.compile(rf"(?P<link> (?:et|ou) ){OF}{DRUG}")
_NO_SECOND = re.compile(
    r"(?:son |sa |ses |leurs? |la |le |l'|du |de |d'|un |une )*(?:risques?|effets?|efficacite"
    r"|metabolite|neurotox|creatinin|augment|diminu|adapt|controle|effica)"
)
_TRAIL = re.compile(r"(?:,| et| ou| de| du| des| d')*\s*$")
_ARTICLE = re.compile(r"^(?:(?:le|la|les|du|de|des|ce|cet|cette|ces|leur|leurs|son|sa|ses)\s+|[ld]')+")
_SMALL: Final = frozenset(
    {
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "ou",
        "par",
        "pour",
        "que",
        "s",
        "sa",
        "ses",
        "son",
        "un",
        "une",
        "voie",
    }
)
_GENERAL: Final = frozenset(
    {
        "medicament",
        "medicaments",
        "substance",
        "substances",
        "traitement",
        "produit",
        "produits",
        "autre",
        "autres",
        "association",
        "associe",
        "metabolite",
        "metabolites",
        "actif",
        "actifs",
        "consequences",
        "molecules",
        "type",
        "dernier",
        "premier",
    }
)


def name_drug(folded: Folded, start: int, end: int, main: str, plus: str) -> DrugWord | None:
    """Who [start, end) of a folded text names, among a pair's names as the thesaurus writes them; None if no drug."""
    words = folded.text[start:end]
    if _TWO.fullmatch(words.strip()):
        return DrugWord("both", "")
    while cut := (_METABOLITE.match(words) or _ARTICLE.match(words)):
        start, words = start + cut.end(), words[cut.end() :]
    words = _TRAIL.sub("", words)
    end = start + len(words)
    if not _stems(words) - _GENERAL or re.match(r"un des deux|deux tiers", words):
        return None
    span = folded.span(start, end)
    return DrugWord(_role(words, main, plus), " ".join(span.of(folded.source).split()))


def name_drugs(folded: Folded, start: int, end: int, main: str, plus: str) -> DrugWord | None:
    """As `name_drug`, with the drug that follows it: "de la phénytoïne et du voriconazole" may be both of the pair."""
    first = name_drug(folded, start, end, main, plus)
    tail = _SECOND.match(folded.text, end)
    second = tail and name_drug(folded, tail.start("drug"), tail.end("drug"), main, plus)
    if first is None or not tail or not second or _NO_SECOND.match(tail["drug"]):
        return first
    if {first.role, second.role} == {"main", "plus"}:
        return DrugWord("both", "")
    alike = first.role == second.role == "named"
    return DrugWord("named", f"{first.words}{tail['link']}{second.words}") if alike else first


def _role(words: str, main: str, plus: str) -> Role:
    first, second = _score(words, main), _score(words, plus)
    if first > second:
        return "main"
    return "plus" if second > first else "named"


def _score(words: str, name: str) -> int:
    """How many of the words stand in the name; none unless the first one does."""
    held = _name_stems(name)
    said = [stem for stem in _ordered(words) if stem not in _SMALL]
    if not said or not any(_same(said[0], stem) for stem in held):
        return 0
    return sum(any(_same(word, stem) for stem in held) for word in said)


def _same(word: str, stem: str) -> bool:
    """Equal, or the longer goes on from the shorter one (``sulfamide``/``sulfamides``, ``azole``/``azoles``)."""
    if word == stem:
        return True
    short, long = sorted((word, stem), key=len)
    return len(short) >= 7 and long.startswith(short) and len(long) - len(short) <= 3


def _ordered(words: str) -> list[str]:
    return [word.rstrip("sx") for word in re.findall(r"[a-z0-9]+", words)]


def _stems(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", words)) - _SMALL


@lru_cache(maxsize=4096)
def _name_stems(name: str) -> frozenset[str]:
    return frozenset(_ordered(fold(name).text)) - _SMALL
