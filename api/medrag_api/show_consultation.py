"""Shows a conversation at a terminal: what was understood, what is asked, the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from medrag_api.review_terms import FIELDS
from medrag_api.show import console, plain, put

__all__ = ["show_conversation", "show_plan", "show_slots"]

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "known": {"en": "Known", "zh": "已知", "fr": "Connu"},
    "understood": {"en": "Understood from this turn", "zh": "本轮理解", "fr": "Compris de ce tour"},
    "anew": {
        "en": "Another patient: everything before is forgotten",
        "zh": "换了病人：之前的信息已清空",
        "fr": "Un autre patient : tout ce qui précède est oublié",
    },
    "asked": {"en": "To know", "zh": "需要了解", "fr": "À savoir"},
    "checklist": {"en": "Find out first", "zh": "用药前核对", "fr": "À vérifier d'abord"},
    "actions": {"en": "Do", "zh": "处理", "fr": "À faire"},
    "monitoring": {"en": "Monitor", "zh": "监测", "fr": "À surveiller"},
    "silent": {
        "en": "Nothing held says what to do or monitor for",
        "zh": "馆藏来源未说明如何处理或监测",
        "fr": "Aucune source détenue ne dit que faire ou surveiller pour",
    },
}
#: Slots that are no field a patient is asked for.
MORE: Final[Mapping[str, Mapping[str, str]]] = {
    "drugs": {"en": "drug", "zh": "药物", "fr": "médicament"},
    "trimester": {"en": "trimester", "zh": "孕期（三分期）", "fr": "trimestre"},
}


def show_conversation(told: Mapping[str, Any], language: str) -> None:
    """What is known, what this turn changed, and what is asked."""
    out = console()
    if told["started_anew"]:
        put(out, WORDS["anew"][language], style="yellow")
    if told["understood"]:
        changes = "; ".join(change_text(item, language) for item in told["understood"])
        put(out, f"{WORDS['understood'][language]}: {changes}", style="dim")
    show_slots(told["slots"], language)
    for ask in told["questions"]:
        put(out, f"{WORDS['asked'][language]}: {ask['question']} {ask['why']}", style="cyan")
        put(out, ask["rule"], indent=4, style="dim")


def show_slots(slots: Sequence[Mapping[str, Any]], language: str = "en") -> None:
    """Every slot with the turn that set it."""
    known = "; ".join(
        f"{named(slot['field'], language)} {slot.get('said') or value_text(slot['value'])} ({slot['turn']})"
        for slot in slots
    )
    put(console(), f"{WORDS['known'][language]}: {known}", style="dim", after=1)


def show_plan(plan: Mapping[str, Any]) -> None:
    """The three lists, each line with its source."""
    out, language = console(), plan["language"]
    for part in ("checklist", "actions", "monitoring"):
        if plan[part]:
            put(out, WORDS[part][language], style="bold")
        for item in plan[part]:
            put(out, f"{', '.join(item['about'])}: {item['text']}", indent=2)
            put(out, source_text(item["citation"]), indent=4, style="dim")
    if plan["silent"]:
        put(out, f"{WORDS['silent'][language]}: {', '.join(plan['silent'])}", style="yellow", after=1)


def source_text(citation: Mapping[str, Any]) -> str:
    """The quote with its document, or the source a rule is read in."""
    if "document" in citation:
        document = citation["document"]
        return f"“{plain(citation['quote']['exact'])}” {document['work_title']}, {document['edition']}"
    return f"{citation['source']} {citation.get('url', '')}".strip()


def change_text(change: Mapping[str, Any], language: str) -> str:
    before = "" if change["before"] is None else f"{value_text(change['before'])} -> "
    sign = {"removed": "-", "denied": "-"}.get(change["kind"], "")
    return f"{sign}{named(change['field'], language)} {before}{value_text(change['value'])}".strip()


def value_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value['value']:g} {value['unit']}"
    if isinstance(value, bool):
        return "+" if value else "-"
    return f"{value:g}" if isinstance(value, float) else plain(value)


def named(field: str, language: str) -> str:
    """What a person calls a field."""
    known = {key: str(word) for key, word in (MORE.get(field) or FIELDS.get(field, ({}, ""))[0]).items()}
    return known.get(language, field)
