"""Shows a drug's card at a terminal, in the language its name was typed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from rich.console import Console

from medrag.text.normalise import has_han
from medrag.vocabulary import LANGUAGES, Language
from medrag_api.review_terms import PREDICATES, TONGUES, marked, role_said, work_said
from medrag_api.review_words import LETTERS, OUTCOMES, SEVERITIES, STYLES, VIEW
from medrag_api.show import console, pairs, put
from medrag_api.show_check import show_unresolved

__all__ = ["band_said", "facts_of", "own_first", "show_candidates", "show_card"]

Json = Mapping[str, Any]
Words = Mapping[Language, str]
#: Names of a long list, of any severity and of contraindicated and major; ``--all`` and --json have them all.
SHOWN: Final = 24
SHOWN_GRAVE: Final = 60
LONGEST_CONDITION: Final = 160

WORDS: Final[Mapping[str, Words]] = {
    "names": {"en": "names", "zh": "名称", "fr": "noms"},
    "codes": {"en": "codes", "zh": "编码", "fr": "codes"},
    "classes": {"en": "classes", "zh": "所属类别", "fr": "classes"},
    "ingredients": {"en": "ingredients", "zh": "成分", "fr": "composants"},
    "forms": {"en": "forms", "zh": "盐及其他形式", "fr": "formes"},
    "products": {"en": "in combinations", "zh": "复方制剂", "fr": "en association"},
    "risks": {"en": "Risk properties", "zh": "风险特性", "fr": "Propriétés à risque"},
    "people": {"en": "Special populations", "zh": "特殊人群用药", "fr": "Populations particulières"},
    "allergy": {"en": "Allergy groups", "zh": "过敏相关", "fr": "Allergies croisées"},
    "kidney": {
        "en": "Dose by kidney function",
        "zh": "按肾功能给药",
        "fr": "Posologie selon la fonction rénale",
    },
    "interactions": {"en": "Interactions", "zh": "相互作用", "fr": "Interactions"},
    "conditions": {"en": "Conditions", "zh": "疾病", "fr": "Maladies"},
    "sections": {"en": "Label sections held", "zh": "收录的说明书章节", "fr": "Sections de notices détenues"},
    "none": {
        "en": "No interaction of it is held. That does not mean that there is none.",
        "zh": "未收录其相互作用，但不代表没有。",
        "fr": "Aucune interaction n'est détenue. Cela ne signifie pas qu'il n'y en a pas.",
    },
    "more": {
        "en": "and {n} more (--all)",
        "zh": "另有{n}项（--all 显示全部）",
        "fr": "et {n} autres (--all)",
    },
    "starred": {
        "en": "* under a condition the source states",
        "zh": "* 仅在来源所述条件下",
        "fr": "* sous une condition énoncée par la source",
    },
    "unreviewed": {
        "en": "Facts of this project, not reviewed by a pharmacist.",
        "zh": "本项目整理，未经药师审核。",
        "fr": "Faits de ce projet, non relus par un pharmacien.",
    },
}


def show_candidates(told: Json, language: Language) -> None:
    """What was not resolved, and what a person may have meant."""
    out = console()
    item = {"input": told["q"], "status": told["status"], "candidates": told["drugs"]}
    show_unresolved(out, item, language)
    put(out, OUTCOMES["unresolved_drug"][language], indent=2)


def show_card(card: Json, *, whole: bool = False) -> None:
    """The card from names to label sections, in the order it is asked for; ``whole`` cuts no list."""
    out, language = console(), card["language"]
    concept = card["concept"]
    mine = concept["names"].get(language) or [concept["name"]]
    out.print()
    put(out, f"{mine[0]}  [{concept['id']}]", style="bold")
    out.print(pairs(facts_of(card, language, whole=whole)))
    show_conditions(out, card, language, whole=whole)
    show_risks(out, card, "people", ("patient",), language)
    show_kidney(out, card, language)
    show_interactions(out, card, language, whole=whole)
    show_risks(out, card, "risks", ("kinetic", "effect"), language)
    show_risks(out, card, "allergy", ("allergy",), language)
    if card["risks"]:
        put(out, WORDS["unreviewed"][language], style="dim")
    show_sections(out, card, language)
    searched = ", ".join(work_said(source, language) for source in card["sources_searched"])
    out.print()
    day = f" ({card['as_of']})" if card["as_of"] else ""
    put(out, f"{VIEW['searched'][language]}{day}: {searched}", style="dim")


def facts_of(card: Json, language: Language, *, whole: bool) -> dict[str, str]:
    concept = card["concept"]
    most = len(card["classes"]) + 1000 if whole else SHOWN // 2
    facts: dict[str, str] = {}
    for spoken in (language, *(other for other in LANGUAGES if other != language)):
        names = concept["names"].get(spoken, ())
        if names:
            facts[f"{WORDS['names'][language]} ({TONGUES[spoken][language]})"] = listed(names, language, most)
    facts[WORDS["codes"][language]] = ", ".join(f"{k} {v}" for k, v in concept["codes"].items())
    for key in ("classes", "ingredients", "forms", "products"):
        names = own_first([item["name"] for item in card[key]], language)
        if names:
            facts[WORDS[key][language]] = listed(names, language, most)
    return {name: told for name, told in facts.items() if told}


def listed(names: Iterable[str], language: Language, most: int) -> str:
    """At most so many names, then how many more. Chinese names are parted by the Chinese mark, others by a comma."""
    unique = list(dict.fromkeys(names))
    shown = unique[:most]
    if len(unique) > most:
        shown.append(WORDS["more"][language].format(n=len(unique) - most))
    told = shown[0] if shown else ""
    for before, name in pairwise(shown):
        told += ("、" if language == "zh" and (has_han(before) or has_han(name)) else ", ") + name
    return told


def own_first(names: Iterable[str], language: Language) -> list[str]:
    """Names a Chinese reader reads stand before those no table has in Chinese."""
    return sorted(names, key=lambda name: not has_han(name)) if language == "zh" else list(names)


def show_risks(out: Console, card: Json, title: str, kinds: Sequence[str], language: Language) -> None:
    """Risk facts of some kinds, each property on one line with every role and where it is written."""
    held = [risk for risk in card["risks"] if risk["kind"] in kinds]
    if not held:
        return
    heading(out, title, language)
    by_label: dict[str, list[str]] = {}
    for risk in held:
        role = role_said(risk["role"], risk["strength"], language)
        when = f" ({risk['threshold']})" if risk["threshold"] else ""
        by_label.setdefault(risk["label"], []).append(f"{role}{when} [{risk['source']}]")
    for label, roles in by_label.items():
        put(out, f"{label}: {'; '.join(roles)}", indent=2)


def show_kidney(out: Console, card: Json, language: Language) -> None:
    """A line a band: our word for it, then the source's."""
    if not card["kidney"]:
        return
    heading(out, "kidney", language)
    for band in card["kidney"]:
        word = SEVERITIES[band["severity"]][language] if band["severity"] != "minor" else ""
        told = f"{band_said(band)}: {word + ' ' if word else ''}"
        put(out, f"{told}{marked(band['dose'], band['language'], language)}", indent=2)
        if band["warnings"]:
            put(out, marked(band["warnings"], band["language"], language), indent=4, style="dim")
    sources = dict.fromkeys(f"{band['source']} {band['edition']}" for band in card["kidney"])
    put(out, ", ".join(sources), indent=2, style="dim")


def band_said(band: Json) -> str:
    """``eGFR 30-44``, ``eGFR ≥ 45``, ``CrCl < 15``."""
    lower, upper = band["lower"], band["upper"]
    span = f"{lower}-{upper}" if lower and upper else f"≥ {lower}" if lower else f"≤ {upper}"
    return f"{band['measure']} {span} {band['unit']}".rstrip()


def show_interactions(out: Console, card: Json, language: Language, *, whole: bool) -> None:
    """By severity, most severe first: with how many, who says so, and through which class."""
    heading(out, "interactions", language)
    if not card["interactions"]:
        put(out, WORDS["none"][language], indent=2)
    starred = False
    for severity, held in card["interactions"].items():
        count = len({item["other"]["id"] for item in held})
        told = f"{LETTERS[severity]} {SEVERITIES[severity][language]}: {count}"
        put(out, told, indent=2, style=STYLES[severity])
        grave = severity in ("contraindicated", "major")
        for head, items in grouped(held, language).items():
            names = [f"{item['other']['name']}{'*' if conditional(item) else ''}" for item in items]
            starred = starred or any(conditional(item) for item in items)
            most = len(names) if whole else SHOWN_GRAVE if grave else SHOWN
            put(out, f"{head}: {listed(own_first(names, language), language, most)}", indent=4)
            for item in items if grave else ():
                if conditional(item):
                    words = marked(shortened(item["condition"]), item["language"], language)
                    put(out, f"* {item['other']['name']}: {words}", indent=6, style="dim")
    if starred:
        put(out, WORDS["starred"][language], indent=2, style="dim")


def conditional(item: Json) -> bool:
    """Whether a level does not hold for all of the other end: its source says for whom or when."""
    from medrag_graph.interactions.whom import names_only

    whole = item["other"]["kind"] != "class" and names_only(item["condition"])
    return bool(item["condition"]) and not whole


def shortened(words: str) -> str:
    """A condition on one line, cut where it grows long; ``medrag check`` and --json have it whole."""
    line = " ".join(words.split()).lstrip(":- ")
    return line if len(line) <= LONGEST_CONDITION else line[:LONGEST_CONDITION].rstrip() + " …"


def grouped(held: Sequence[Json], language: Language) -> dict[str, list[Json]]:
    """By source, its own level, and the class it speaks of."""
    told: dict[str, list[Json]] = {}
    for item in sorted(held, key=lambda item: (item["source"], item["through"] is not None)):
        through = f", {VIEW['through'][language]} {item['through']['name']}" if item["through"] else ""
        denied = f"{PREDICATES[item['predicate']][language]}, " if item["predicate"] in PREDICATES else ""
        level = f" {item['native_severity']}" if item["native_severity"] else ""
        told.setdefault(f"{denied}{item['source']}{level}{through}", []).append(item)
    return told


def show_conditions(out: Console, card: Json, language: Language, *, whole: bool) -> None:
    for predicate in ("contraindicated_in", "indicated_for", "palliates"):
        held = [item for item in card["conditions"] if item["predicate"] == predicate]
        if held:
            out.print()
            put(out, PREDICATES[predicate][language], style="bold")
            names = own_first((item["other"]["name"] for item in held), language)
            put(out, listed(names, language, len(names) if whole else SHOWN), indent=2)
            sources = dict.fromkeys(f"{item['source']} {item['edition']}" for item in held)
            put(out, ", ".join(sources), indent=2, style="dim")


def show_sections(out: Console, card: Json, language: Language) -> None:
    """Each label with the sections held of it, by heading and code."""
    if not card["sections"]:
        return
    heading(out, "sections", language)
    by_title: dict[str, list[str]] = {}
    for item in card["sections"]:
        by_title.setdefault(f"{item['title']} ({item['work']} {item['edition']})", []).append(
            f"{item['heading']} {item['code']}"
        )
    for title, sections in by_title.items():
        put(out, title, indent=2, style="dim")
        put(out, "; ".join(sections), indent=4)


def heading(out: Console, key: str, language: Language) -> None:
    out.print()
    put(out, WORDS[key][language], style="bold")
