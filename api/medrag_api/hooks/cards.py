"""Makes the cards of a review: one for each finding, one for what was not checked, one for what was not found."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from medrag.catalogue.alert_levels import Level
from medrag.catalogue.alerts import AlertCard
from medrag.vocabulary import SEVERITY_ORDER, Language, Severity
from medrag_api.fhir.findings import (
    advice_of,
    medicines_of,
    primary,
    quote_of,
    source_of,
    url_of,
    why_unchecked,
)
from medrag_api.fhir.issues import finding_id
from medrag_api.fhir.outcome import pairs_without
from medrag_api.fhir.records import Record
from medrag_api.fhir.words import told
from medrag_api.hooks.levels import indicator_of, interrupts
from medrag_api.hooks.reasons import override_reasons
from medrag_api.review_words import SEVERITIES
from medrag_api.web.check_view import place_of
from medrag_graph.interactions import InteractionReport
from medrag_graph.interactions.report import Citation, Finding, ReportedAssertion

__all__ = ["INDICATORS", "Made", "cards_of", "shorten"]

Json = dict[str, Any]
#: The specification: a summary has less than 140 characters.
LONGEST_SUMMARY: Final = 139
#: Below it nothing interrupts unless an operator wants it so; a level above it is told on a card.
USUAL: Final[Level] = "moderate"
INDICATORS: Final[Mapping[Severity, str]] = {item: indicator_of(item, USUAL) for item in SEVERITY_ORDER}
#: Extensions of CDS Hooks are named as packages are; this one holds what every door gives of a finding.
EXTENSION: Final = "org.medrag.finding"
TOPICS: Final = "urn:medrag:finding-kind"
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:medrag:card")
#: What Markdown, and HTML in it, would take for its own.
MARKS: Final = re.compile(r"([\\`*_\[\]<>#|&])")


@dataclass(frozen=True, slots=True)
class Made:
    """A card as it goes out, and as it is counted."""

    card: Json
    counted: AlertCard


@dataclass(frozen=True, slots=True)
class Showing:
    """What every card of one answer shares."""

    record: Record
    report: InteractionReport
    language: Language
    #: Address the console is reached at, without a slash at its end.
    base: str
    #: The severity from which findings interrupt.
    level: Level


def cards_of(
    record: Record,
    report: InteractionReport | None,
    language: Language,
    base: str,
    *,
    hide_standing: bool,
    level: Level = USUAL,
) -> list[Made]:
    """Every card, gravest first. ``hide_standing`` leaves out what is only about drugs already taken, and ``level`` lets
    less than itself not interrupt; a card says so of each."""
    if report is None:
        return unchecked_cards(record, None, language)
    showing = Showing(record, report, language, base, level)
    hidden = [item for item in report.findings if hide_standing and is_standing(item, record, report)]
    kept = [item for item in report.findings if not any(item is other for other in hidden)]
    return [
        *unchecked_cards(record, report, language),
        *(finding_card(item, showing) for item in kept),
        *hidden_card(len(hidden), language),
        *quiet_card(kept, level, language),
        *coverage_card(showing),
    ]


def is_standing(finding: Finding, record: Record, report: InteractionReport) -> bool:
    """Whether no order at hand has a part in it. What is contraindicated is never hidden."""
    about = medicines_of(finding.members, record, report)
    return finding.severity != "contraindicated" and bool(about) and not any(item.draft for item in about)


def finding_card(finding: Finding, showing: Showing) -> Made:
    first = primary(finding)
    indicator = indicator_of(finding.severity, showing.level)
    source: Json = {"label": source_of(first)}
    if url := url_of(first.citation):
        source["url"] = url
    source["topic"] = {"system": TOPICS, "code": finding.kind, "display": finding.kind.replace("_", " ")}
    card: Json = {
        "uuid": finding_id(finding, showing.report.basis.snapshot),
        "summary": shorten(finding.headline),
        "indicator": indicator,
        "detail": detail_of(finding, showing.language),
        "source": source,
    }
    if links := links_of(finding, showing):
        card["links"] = links
    if indicator != "info":
        card["overrideReasons"] = override_reasons()
    rules = tuple(dict.fromkeys(item.id for item in finding.assertions))
    card["extension"] = {EXTENSION: {"severity": finding.severity, "assertions": list(rules)}}
    return Made(card, AlertCard(card["uuid"], finding.kind, finding.severity, indicator, rules))


def detail_of(finding: Finding, language: Language) -> str:
    """Markdown: every source's word with its edition and quote, then what this patient changes in it."""
    parts = [f"**{escape(finding.headline)}**"]
    if finding.severity == "unknown":
        parts.append(told("ungraded", language))
    stated_first = sorted(finding.assertions, key=lambda item: item.derivation == "inferred")
    parts += [assertion_text(item, language) for item in stated_first]
    parts += [f"- {escape(effect.factor)}: {escape(effect.change)}" for effect in finding.patient_effect]
    if finding.sources_disagree:
        parts.append(f"**{told('disagree', language)}**")
    for item in finding.denials:
        quote = quote_of(item)
        said = f"{escape(source_of(item))} {told('denies', language)}"
        parts.append(said + (f"\n\n> {escape(quote)}" if quote else ""))
    return "\n\n".join(parts)


def assertion_text(item: ReportedAssertion, language: Language) -> str:
    """One source: name and edition, its grade and ours, its words, its mechanism and advice."""
    native = f" ({escape(item.native_severity)})" if item.native_severity not in ("", item.severity) else ""
    head = f"**{escape(source_of(item))}**: {SEVERITIES[item.severity][language]}{native}"
    if item.derivation == "inferred":
        head += f" — {told('inferred', language)}"
    quote = quote_of(item)
    quoted = "\n".join(f"> {escape(line)}" for line in quote.splitlines()) if quote else ""
    return "\n\n".join(
        part for part in (head, quoted, escape(item.condition), escape(advice_of(item))) if part
    )


def links_of(finding: Finding, showing: Showing) -> list[Json]:
    """The console's page of each quote, each place once."""
    links: dict[str, Json] = {}
    for item in finding.assertions:
        if isinstance(item.citation, Citation) and item.citation.passage:
            url = showing.base + place_of(item.citation.as_json())
            label = f"{told('show', showing.language)}: {source_of(item)}"
            links.setdefault(url, {"label": label, "url": url, "type": "absolute"})
    return list(links.values())


def unchecked_cards(record: Record, report: InteractionReport | None, language: Language) -> list[Made]:
    """One card for all that was not checked, or for a check that could not be made at all."""
    if report is not None and not report.complete:
        detail = "\n\n".join(escape(text) for text in (told("incomplete", language), *report.basis.limits))
        return [plain_card("unavailable", told("unavailable", language), "warning", detail, language)]
    lines = [(item.text, item.why) for item in record.unchecked]
    if report is not None:
        pairs = zip(record.medicines, report.drugs, strict=False)
        lines += [(m.text, why_unchecked(d, language)) for m, d in pairs if d.status != "resolved"]
    if not lines:
        return []
    summary = told("not_checked", language, text=", ".join(text for text, _ in lines))
    detail = "\n".join(f"- {escape(text)}: {escape(why)}" for text, why in lines)
    return [plain_card("not-checked", summary, "warning", detail, language)]


def hidden_card(hidden: int, language: Language) -> list[Made]:
    if not hidden:
        return []
    summary = told("hidden", language, n=hidden)
    return [plain_card("hidden", summary, "info", told("hidden_detail", language), language)]


def quiet_card(findings: Sequence[Finding], level: Level, language: Language) -> list[Made]:
    """Says that findings are shown without interrupting which usually do."""
    quiet = [f for f in findings if interrupts(f.severity, USUAL) and not interrupts(f.severity, level)]
    if not quiet:
        return []
    summary = told("quiet", language, n=len(quiet))
    detail = told("quiet_detail", language, level=SEVERITIES[level][language])
    return [plain_card("quiet", summary, "info", detail, language)]


def coverage_card(showing: Showing) -> list[Made]:
    """The kinds of no, what was not told and what was not read. None of it says that something is safe."""
    record, report, language = showing.record, showing.report, showing.language
    lines = [f"- {escape(words)}: {escape(pairs)}" for _, words, pairs in pairs_without(report, language)]
    missing = {(item.field, item.why): None for item in report.missing_context}
    lines += [f"- {escape(told('missing', language, field=field, why=why))}" for field, why in missing]
    lines += [f"- {escape(note.text)}" for note in record.notes]
    if not lines:
        return []
    nothing = sum(pair.outcome != "found" for pair in report.pairs)
    summary = told("coverage", language)
    if nothing:
        summary = told("unfound", language, n=nothing, all=len(report.pairs))
    return [plain_card("coverage", summary, "info", "\n".join(lines), language)]


def plain_card(kind: str, summary: str, indicator: str, detail: str, language: Language) -> Made:
    """A card of ours about the check itself. Its id names its kind alone, so that nothing of the patient is in it."""
    identifier = str(uuid.uuid5(NAMESPACE, kind))
    card: Json = {
        "uuid": identifier,
        "summary": shorten(summary),
        "indicator": indicator,
        "detail": detail,
        "source": {"label": "medrag"},
    }
    if indicator != "info":
        card["overrideReasons"] = override_reasons()
    return Made(card, AlertCard(identifier, kind, "", indicator, (f"card/{kind}",)))


def shorten(text: str, most: int = LONGEST_SUMMARY) -> str:
    """At most ``most`` characters, cut between words where there are words."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > most // 2 else cut).rstrip(" ,;:") + "…"


def escape(text: str) -> str:
    """Words as Markdown shows them: nothing in a quote is markup."""
    return MARKS.sub(r"\\\1", text).replace("\\&", "&amp;").replace("\\<", "&lt;")


def interruptive(made: Sequence[Made]) -> int:
    return sum(item.counted.indicator != "info" for item in made)
