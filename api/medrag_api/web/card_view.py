"""Arranges a drug's card for its page: interactions by severity, kidney bands, risks by property."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medrag.vocabulary import Language
from medrag_api.review_terms import PREDICATES, TONGUES, role_said, work_said
from medrag_api.review_words import SEVERITIES
from medrag_api.show_card import band_said, facts_of, own_first
from medrag_api.show_finding import trimmed
from medrag_api.web.check_view import SHAPES

__all__ = ["card_name", "card_view"]

Json = Mapping[str, Any]


def card_view(card: Json, language: Language) -> dict[str, Any]:
    """What the page shows beside the card itself."""
    return {
        "name": card_name(card, language),
        "facts": list(facts_of(card, language, whole=True).items()),
        "interactions": [
            {
                "severity": severity,
                "shape": SHAPES[severity],
                "word": SEVERITIES[severity][language],
                "rows": [{**row, "condition": trimmed(row["condition"])} for row in held],
            }
            for severity, held in card["interactions"].items()
        ],
        "kidney": [kidney_row(band, language) for band in card["kidney"]],
        "conditions": list(conditions(card, language)),
        "risks": list(risks(card, language).items()),
        "labels": labels(card),
        "searched": [work_said(source, language) for source in card["sources_searched"]],
    }


def card_name(card: Json, language: Language) -> str:
    """What the reader calls it."""
    names = card["concept"]["names"].get(language) or [card["concept"]["name"]]
    return str(names[0])


def kidney_row(band: Json, language: Language) -> dict[str, str]:
    """A band, the source's words for it with their language where it is not the reader's, and the source."""
    tongue = band["language"]
    told = f" [{TONGUES[tongue][language]}]" if tongue != language and tongue in TONGUES else ""
    words = "; ".join(part for part in (band["dose"], band["warnings"]) if part)
    return {
        "when": band_said(band),
        "said": f"{words}{told}",
        "source": f"{band['source']} {band['edition']}",
    }


def labels(card: Json) -> list[dict[str, Any]]:
    """The labels held, each with its sections."""
    held: dict[str, dict[str, Any]] = {}
    for section in card["sections"]:
        source = f"{section['work']} {section['edition']}"
        told = {"id": section["document"], "title": section["title"], "source": source, "sections": []}
        held.setdefault(section["document"], told)["sections"].append(section)
    return list(held.values())


def conditions(card: Json, language: Language) -> list[dict[str, str]]:
    held: dict[str, list[str]] = {}
    for item in card["conditions"]:
        said = f"{PREDICATES[item['predicate']][language]} ({item['source']} {item['edition']})"
        held.setdefault(said, []).append(item["other"]["name"])
    between = "、" if language == "zh" else ", "
    return [
        {"said": said, "names": between.join(dict.fromkeys(own_first(names, language)))}
        for said, names in held.items()
    ]


def risks(card: Json, language: Language) -> dict[str, str]:
    """Property to every role it has, with where each is written."""
    held: dict[str, list[str]] = {}
    for risk in card["risks"]:
        when = f" ({risk['threshold']})" if risk["threshold"] else ""
        role = role_said(risk["role"], risk["strength"], language)
        held.setdefault(risk["label"], []).append(f"{role}{when} [{risk['source']}]")
    return {label: "; ".join(roles) for label, roles in held.items()}
