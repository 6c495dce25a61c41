"""Arranges a report for the check page: chips, matrix, ranked findings with their sources side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.review_terms import TONGUES, field_named, role_said, work_said
from medrag_api.review_words import OUTCOMES, SEVERITIES
from medrag_api.show_check import name_in, names_of, nos, pair_words
from medrag_api.show_finding import rank, tongue_of, trimmed
from medrag_graph.interactions.risks import label_of

__all__ = ["SHAPES", "check_view"]

Json = Mapping[str, Any]
#: A shape for each severity and kind of no, told apart without colours.
SHAPES: Final[Mapping[str, str]] = {
    "contraindicated": "✕",
    "major": "▲",
    "moderate": "◆",
    "unknown": "?",
    "minor": "●",
    "none_found": "–",
    "not_covered": "○",
    "unresolved_drug": "!",
    "source_unavailable": "!",
}
#: Drugs a matrix shows within a page.
WIDEST: Final = 20
#: What quotes say that a reader of a side needs; the level stands in its own line, members of a class in the source.
TELLING: Final = ("mechanism", "management", "statement", "row", "condition")


def check_view(report: Json, language: Language) -> dict[str, Any]:
    """What the page shows, in the order a pharmacist reads."""
    names = names_of(report, language)
    ranked = sorted(report["findings"], key=rank)
    view = Viewing(report, names, language)
    findings = [view.finding(item, f"f{at}") for at, item in enumerate(ranked, 1)]
    return {
        "chips": [chip(item, language) for item in report["drugs"]],
        "lost": [
            chip(item, language)
            for item in (*report["drugs"], *report["conditions"], *report["allergies"])
            if item["status"] != "resolved" and item["how"] != "source_unavailable"
        ],
        "matrix": matrix(report, names, findings, language),
        "findings": findings,
        "nos": list(nos(report, names, language)),
        "missing": missing(report["missing_context"], language),
        "searched": [work_said(source, language) for source in report["basis"]["sources_searched"]],
        "basis": report["basis"],
        "complete": report["complete"],
    }


def chip(item: Json, language: Language) -> dict[str, Any]:
    """A name as it was typed, and what it stands for; one that is not known, with what a person may choose from."""
    concept = item["concept"]
    return {
        "input": item["input"],
        "resolved": item["status"] == "resolved",
        "name": name_in(concept, language) if concept else "",
        "id": concept["id"] if concept else "",
        "parts": [name_in(part, language) for part in item["ingredients"]],
        "candidates": [{"name": name_in(c, language), "id": c["id"]} for c in item["candidates"]],
    }


def missing(told: Iterable[Json], language: Language) -> list[dict[str, str]]:
    unique = {(item["field"], item["why"]): item for item in told}
    return [{"field": field_named(field, language), "why": why} for field, why in unique]


def matrix(
    report: Json, names: Mapping[str, str], findings: Sequence[Json], language: Language
) -> dict[str, Any] | None:
    """Rows of cells below the diagonal, each with its word and the finding it leads to; None for less than a pair."""
    cells = pair_words(report)
    ids = list(dict.fromkeys(end for pair in report["pairs"] for end in (pair["a"], pair["b"])))
    order = [i for i in names if i in ids] + [i for i in ids if i not in names]
    if not cells or len(order) > WIDEST:
        return None
    places = {
        frozenset(item["members"]): item["anchor"]
        for item in reversed(findings)
        if item["kind"] == "drug_drug"
    }
    rows = []
    for at, one in enumerate(order[1:], 1):
        pairs = [frozenset((one, other)) for other in order[:at]]
        rows.append(
            {
                "name": names.get(one, one),
                "cells": [
                    cell(cells.get(pair, ""), places.get(pair, ""), pair_said(one, other, names), language)
                    for pair, other in zip(pairs, order[:at], strict=True)
                ],
            }
        )
    heads = [names.get(one, one) for one in order[:-1]]
    words = [word for word in (*SEVERITY_ORDER, *OUTCOMES) if word in cells.values()]
    key = [{"word": word, "shape": SHAPES[word], "said": word_said(word, language)} for word in words]
    return {"heads": heads, "rows": rows, "key": key}


def pair_said(one: str, other: str, names: Mapping[str, str]) -> str:
    return f"{names.get(one, one)} + {names.get(other, other)}"


def cell(word: str, anchor: str, pair: str, language: Language) -> dict[str, str]:
    said = word_said(word, language) if word else ""
    return {
        "word": word,
        "shape": SHAPES.get(word, ""),
        "anchor": anchor,
        "said": f"{pair}: {said}" if said else "",
    }


def word_said(word: str, language: Language) -> str:
    """A severity or a kind of no in a few words."""
    if word in SEVERITIES:
        return SEVERITIES[word][language]
    return OUTCOMES[word][language].split(":")[0].split("：")[0]


class Viewing:
    """One report's findings, arranged in one language."""

    def __init__(self, report: Json, names: Mapping[str, str], language: Language) -> None:
        self.names, self.language = names, language
        self.missing = report["missing_context"]

    def finding(self, item: Json, anchor: str) -> dict[str, Any]:
        """Headline, what to do, every source's words beside the others, and what would change it."""
        language = self.language
        ordered = sorted(item["assertions"], key=lambda told: told["derivation"] == "inferred")
        asked = [told for told in self.missing if set(told["members"]) & set(item["members"])]
        return {
            "anchor": anchor,
            "kind": item["kind"],
            "members": item["members"],
            "severity": item["severity"],
            "shape": SHAPES[item["severity"]],
            "word": SEVERITIES[item["severity"]][language],
            "headline": item["headline"],
            "open": item["severity"] in ("contraindicated", "major"),
            "disagree": item["sources_disagree"],
            "do": unique(told["said"]["management"] for told in ordered),
            "why": unique(told["said"]["mechanism"] for told in ordered),
            "effects": item["patient_effect"],
            "sides": [self.side(told) for told in ordered],
            "denials": [self.denial(told) for told in item["denials"]],
            "change": missing(asked, language),
        }

    def side(self, told: Json) -> dict[str, Any]:
        """One source: its own grade and ours, its dates, its words, and the way the claim reached these drugs."""
        language = self.language
        inferred = told["derivation"] == "inferred"
        return {
            "inferred": inferred,
            "source": work_said({"id": told["source"], "edition": told["edition"]}, language),
            "native": told["native_severity"],
            "severity": told["severity"],
            "shape": SHAPES[told["severity"]],
            "word": SEVERITIES[told["severity"]][language],
            "since": told["in_force"]["from"],
            "condition": trimmed(told["condition"]),
            "path": [step["name"] for step in told["path"]] if told["derivation"] == "by_class" else [],
            "quotes": list(self.quotes(told)),
            "place": place_of(told["citation"]),
            "premises": [self.premise(premise) for premise in told["premises"]],
        }

    def quotes(self, told: Json) -> Iterator[dict[str, str]]:
        """The source's words, each once, with their language where it is not the reader's."""
        shown: list[str] = []
        tongue = tongue_of(told)
        for quote in told["quotes"]:
            words = quote["quote"]["exact"].strip()
            if quote["role"] in TELLING and words and not any(words in before for before in shown):
                shown.append(words)
                other = tongue if tongue != self.language and tongue in TONGUES else ""
                yield {
                    "words": words,
                    "lang": tongue,
                    "tongue": TONGUES[other][self.language] if other else "",
                    "place": place_of({**(told["citation"] or {}), "position": quote["position"]}),
                }

    def denial(self, told: Json) -> dict[str, Any]:
        source = work_said({"id": told["source"], "edition": told["edition"]}, self.language)
        return {"source": source, "quotes": list(self.quotes(told))}

    def premise(self, premise: Json) -> dict[str, Any]:
        named = self.names.get(premise["drug"], premise["drug"])
        role = role_said(premise["role"], premise["strength"], self.language)
        citation = premise["citation"]
        return {
            "said": f"{named}: {label_of(premise['property'], self.language)}, {role}",
            "source": citation["source"],
            "url": citation["url"] if str(citation["url"]).startswith("https://") else "",
        }


def place_of(citation: Json | None) -> str:
    """The console's address of a cited place; empty for a fact that no document held states."""
    if not citation or "passage_id" not in citation:
        return ""
    at = citation["position"]
    return f"/console/passages/{citation['passage_id']}?start={at['start']}&end={at['end']}#quote"


def unique(told: Iterable[str]) -> list[str]:
    return [words for words in dict.fromkeys(told) if words]
