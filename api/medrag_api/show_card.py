"""Shows a drug's card at a terminal, in the language its name was typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console

from medrag.vocabulary import LANGUAGES, Language
from medrag_api.review_terms import PREDICATES, role_said
from medrag_api.review_words import LETTERS, OUTCOMES, SEVERITIES, STYLES, VIEW
from medrag_api.show import console, pairs, put
from medrag_api.show_check import show_unresolved

__all__ = ["show_candidates", "show_card"]

Json = Mapping[str, Any]
Words = Mapping[Language, str]
#: Lines of a long list; --json has them all.
SHOWN: Final = 40

WORDS: Final[Mapping[str, Words]] = {
    "names": {"en": "names", "zh": "名称", "fr": "noms"},
    "codes": {"en": "codes", "zh": "编码", "fr": "codes"},
    "classes": {"en": "classes", "zh": "所属类别", "fr": "classes"},
    "ingredients": {"en": "ingredients", "zh": "成分", "fr": "composants"},
    "forms": {"en": "forms", "zh": "盐及其他形式", "fr": "formes"},
    "products": {"en": "in combinations", "zh": "复方制剂", "fr": "en association"},
    "risks": {"en": "Risks", "zh": "风险特性", "fr": "Risques"},
    "interactions": {"en": "Interactions", "zh": "相互作用", "fr": "Interactions"},
    "conditions": {"en": "Conditions", "zh": "疾病", "fr": "Maladies"},
    "sections": {"en": "Label sections held", "zh": "收录的说明书章节", "fr": "Sections de notices détenues"},
    "none": {
        "en": "No interaction of it is held. That does not mean that there is none.",
        "zh": "未收录其相互作用，但不代表没有。",
        "fr": "Aucune interaction n'est détenue. Cela ne signifie pas qu'il n'y en a pas.",
    },
    "more": {"en": "and {n} more", "zh": "及另外{n}项", "fr": "et {n} autres"},
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


def show_card(card: Json) -> None:
    """The card from names to label sections."""
    out, language = console(), card["language"]
    concept = card["concept"]
    mine = concept["names"].get(language) or [concept["name"]]
    out.print()
    put(out, f"{mine[0]}  [{concept['id']}]", style="bold")
    out.print(pairs(facts_of(card, language)))
    show_risks(out, card, language)
    show_interactions(out, card, language)
    show_conditions(out, card, language)
    show_sections(out, card, language)
    searched = ", ".join(f"{s['id']} {s['edition']}" for s in card["sources_searched"])
    out.print()
    put(out, f"{VIEW['searched'][language]}: {searched}", style="dim")


def facts_of(card: Json, language: Language) -> dict[str, str]:
    concept = card["concept"]
    facts: dict[str, str] = {}
    for spoken in (language, *(other for other in LANGUAGES if other != language)):
        names = concept["names"].get(spoken, ())
        if names:
            facts[f"{WORDS['names'][language]} ({spoken})"] = listed(names, language)
    facts[WORDS["codes"][language]] = ", ".join(f"{k} {v}" for k, v in concept["codes"].items())
    for key in ("classes", "ingredients", "forms", "products"):
        if card[key]:
            facts[WORDS[key][language]] = listed([item["name"] for item in card[key]], language)
    return {name: told for name, told in facts.items() if told}


def listed(names: Sequence[str], language: Language, most: int = 12) -> str:
    comma = "、" if language == "zh" else ", "
    told = comma.join(dict.fromkeys(names[:most]))
    more = WORDS["more"][language].format(n=len(names) - most) if len(names) > most else ""
    return f"{told}{comma}{more}" if more else told


def show_risks(out: Console, card: Json, language: Language) -> None:
    if not card["risks"]:
        return
    heading(out, "risks", language)
    for risk in card["risks"]:
        role = role_said(risk["role"], risk["strength"], language)
        put(out, f"{risk['label']}: {role} ({risk['source']})", indent=2)
    put(out, WORDS["unreviewed"][language], indent=2, style="dim")


def show_interactions(out: Console, card: Json, language: Language) -> None:
    """By severity, most severe first: who with, who says so, and through which class."""
    heading(out, "interactions", language)
    if not card["interactions"]:
        put(out, WORDS["none"][language], indent=2)
    for severity, held in card["interactions"].items():
        told = f"{LETTERS[severity]} {SEVERITIES[severity][language]}: {len(held)}"
        put(out, told, indent=2, style=STYLES[severity])
        for item in held[:SHOWN]:
            put(out, stated_line(item, language), indent=4)
        if len(held) > SHOWN:
            put(out, WORDS["more"][language].format(n=len(held) - SHOWN), indent=4, style="dim")


def stated_line(item: Json, language: Language) -> str:
    through = f" ({VIEW['through'][language]} {item['through']['name']})" if item["through"] else ""
    denied = PREDICATES["no_interaction_with"][language]
    told = f"{denied}: " if item["predicate"] == "no_interaction_with" else ""
    return f"{told}{item['other']['name']}{through}: {item['source']} {item['edition']}, {item['native_severity']}"


def show_conditions(out: Console, card: Json, language: Language) -> None:
    for predicate in ("contraindicated_in", "indicated_for", "palliates"):
        held = [item for item in card["conditions"] if item["predicate"] == predicate]
        if held:
            names = listed([item["other"]["name"] for item in held], language, SHOWN)
            out.print()
            put(out, f"{PREDICATES[predicate][language]}: {names}")


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
    for title, sections in list(by_title.items())[:SHOWN]:
        put(out, title, indent=2, style="dim")
        put(out, "; ".join(sections), indent=4)


def heading(out: Console, key: str, language: Language) -> None:
    out.print()
    put(out, WORDS[key][language], style="bold")
