"""What the rule tables of mechanism and management share: a rule, how spaces in it read, populations, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from medrag_graph.pddi.facts import Condition
from medrag_graph.pddi.fold import Folded

__all__ = ["Rule", "codes_in", "compile_rules", "condition_at", "condition_before", "populations_in"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over folded French and the code it yields; ``id`` is what facts cite."""

    id: str
    code: str
    pattern: re.Pattern[str]


def compile_rules(prefix: str, rows: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:
    """(code, pattern) rows as rules, numbered where a code has several. Patterns match from a word's start."""
    counts: dict[str, int] = {}
    rules = []
    for code, pattern in rows:
        counts[code] = counts.get(code, 0) + 1
        name = f"{prefix}.{code.split('.')[-1]}.{counts[code]}"
        rules.append(Rule(name, code, re.compile(rf"(?<![a-z])(?:{pattern})")))
    return tuple(rules)


def codes_in(rules: Iterable[Rule], text: str) -> tuple[str, ...]:
    """The codes of the rules that hold in ``text``, in the table's order, each once."""
    return tuple(dict.fromkeys(rule.code for rule in rules if rule.pattern.search(text)))


_POPULATIONS: Final = compile_rules(
    "population",
    [
        ("population.elderly", r"(?:sujets?|patients?|personnes?) ages?e?s?\b(?! de)"),
        ("population.elderly", r"chez les? (?:plus )?ages?\b"),
        ("population.child", r"(?:chez|pour) (?:l'enfant|les enfants|le nourrisson)"),
        (
            "population.renal",
            r"(?:insuffisant|insuffisants) renal|insuffisants? renaux|(?:en cas d'|lors d'une "
            r"|patients? (?:avec une |en )|facteurs de risque d')insuffisance renale"
            r"|fonction renale (?:alteree|faible)|alteration (?:\(meme legere\) )?de la fonction renale",
        ),
        (
            "population.hepatic",
            r"insuffisants? hepatique|en cas d'insuffisance (?:renale ou )?hepat"
            r"|insuffisance hepatocellulaire",
        ),
        (
            "population.heart_failure",
            r"insuffisants? cardiaque|(?:en cas d'|chez les (?:patients|malades) en )insuffisance cardiaque",
        ),
        ("population.fertile", r"femmes? en age de procreer"),
        ("population.parkinson", r"patients? parkinsonien"),
        ("population.hypothyroid", r"patients hypothyroidiens|patients substitues par hormones thyroid"),
    ],
)

#: How a restriction opens.
_OPENS: Final = (
    r"(?:avec|chez|en cas|en dehors|en l'absence|pour|dans|lorsqu[e']|sauf|uniquement"
    r"|seulement|si|entre|a doses?|aux doses?"
    r"|a fortes?|a l'arret|par voie|a l'exception|pendant|decrit"
    r"|et pendant|ainsi que pendant|au cours|lors|contre-indique sauf"
    r"|\(sauf|(?:seules? )?les? autres|d'une part|par extrapolation|in vitro|chez l'animal)\b"
)
_ADVERB: Final = r"(?:(?:de plus|par ailleurs|en outre|ainsi|cependant|de surcroit|toutefois),? )?"
_CONDITION: Final = re.compile(rf"[\s:.(\-\ufffd\x1e]*{_ADVERB}(?P<words>(?:- )?{_OPENS}.*)")
#: A restriction inside a sentence, right before what it restricts: "..., avec le gemfibrozil, ...".
_LOCAL: Final = re.compile(
    rf"(?:^|[(]|[;:,] ){_ADVERB}(?:le cas echeant, )?(?P<words>(?:avec|pour"
    r"|chez) [^,;:()]{3,80})[,:] (?:[a-z' ]{0,24})$"
)
#: Openings that say "if you give both", which is no restriction.
_PLAIN: Final = re.compile(
    r"(?:si|lorsque|dans le cas ou|en cas) ?(?:l'association|elle|cette association|l'usage d"
    r"|une telle|d'association|d'une association"
    r"|de co-?administration|de traitement|besoin|necessaire|possible|cela)|en regle generale"
    r"|par mesure|pendant l'association"
    r"|dans l'attente|dans tous les cas|pour ces raisons|lors du relais|pour connaitre"
    r"|en particulier|avec (?:un )?risque|avec possib"
)


#: Words that only lead over to the action.
_UNFINISHED: Final = re.compile(
    r"(?:,? il (?:faut|est|convient)\b[^,]*|(?: -)? (?:soit|le|la|les|l'|une?|d'|de|du|des|et|ou)"
    r"|(?: ?:|,) (?:un |le )?risque\b.*| (?:si|lorsque) (?:l'association|elle|cette association) .*)*\s*$"
)


def populations_in(text: str) -> tuple[str, ...]:
    """Codes of the patients a folded sentence singles out."""
    return codes_in(_POPULATIONS, text)


def condition_at(folded: Folded, start: int, end: int) -> Condition | None:
    """The restriction that [start, end) opens with, when it opens with one."""
    found = _CONDITION.match(folded.text, start, end)
    if found is None or _PLAIN.match(found["words"].removeprefix("- ")):
        return None
    kept = _UNFINISHED.sub("", found["words"]).rstrip(" ,:;.(\x1e-")
    kept = kept.rstrip(")") if kept.count(")") > kept.count("(") else kept
    stop = found.start("words") + len(kept)
    if stop <= found.start("words"):
        return None
    span = folded.span(found.start("words"), stop)
    return Condition(span, " ".join(span.of(folded.source).split()))


def condition_before(folded: Folded, start: int, end: int) -> Condition | None:
    """The restriction that stands right before ``end`` inside a sentence that began at ``start``."""
    found = _LOCAL.search(folded.text[start:end])
    if found is None or _PLAIN.match(found["words"]):
        return None
    span = folded.span(start + found.start("words"), start + found.end("words"))
    return Condition(span, " ".join(span.of(folded.source).split()))
