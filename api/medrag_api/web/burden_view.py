"""Arranges what alerts ask of clinicians for the operator's page: levels side by side, their picture, and every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from medrag.catalogue import Catalogue
from medrag.catalogue.alert_levels import LEVELS, AlertLevels, Level
from medrag.catalogue.alerts import Alerts, RuleBurden
from medrag.catalogue.feedback import Feedbacks
from medrag.settings import Settings
from medrag_api.hooks.levels import Change, changes, level_in_force
from medrag_api.hooks.reasons import REASONS
from medrag_api.review_words import SEVERITIES
from medrag_api.web.check_view import SHAPES
from medrag_api.web.desk_words import ANSWER_REASONS, FINDING_KINDS
from medrag_api.web.words import ConsoleLanguage

__all__ = ["burden_view"]

#: Rules listed; how many more there are is said.
MOST_RULES: Final = 100
#: Comments shown, of those whose words may be kept.
MOST_COMMENTS: Final = 20
#: Points: a bar's line, the width bars share, and the room of the words beside them.
LINE, WIDE, LABEL = 34, 360, 150
Heads = Mapping[str, tuple[str, str, str]]


def burden_view(
    settings: Settings, catalogue: Catalogue, chosen: Level | None, language: ConsoleLanguage
) -> dict[str, Any]:
    """The page's tables; ``chosen`` is the level whose rules are listed, before it is set."""
    burden, now = Alerts(catalogue).burden(), level_in_force(settings, catalogue)
    told = changes(catalogue, now)
    looked = told[chosen] if chosen is not None and chosen != now else None
    listed = burden.rules[:MOST_RULES]
    named = (*listed, *(looked.silent + looked.loud)[:MOST_RULES]) if looked else listed
    heads = catalogue.assertion_heads({rule.rule for rule in named})
    return {
        "burden": burden,
        "now": now,
        "levels": [level_row(told[level], now, language) for level in LEVELS],
        "bars": bars([told[level] for level in LEVELS], now, language),
        "looked": looked and looked_at(looked, heads, language),
        "rules": [rule_row(rule, heads, language) for rule in listed],
        "more": len(burden.rules) - len(listed),
        "history": AlertLevels(catalogue).all()[:20],
        "severities": {level: SEVERITIES[level][language] for level in LEVELS},
        **feedback_view(Feedbacks(catalogue, days=settings.feedback_days), language),
    }


def feedback_view(held: Feedbacks, language: ConsoleLanguage) -> dict[str, Any]:
    """How often what was said of answers and findings, and the last comments whose words may be kept."""
    zh = language == "zh"
    told = [
        {
            "about": item.about,
            "helpful": item.helpful,
            "reason": said_reason(item.reason, zh),
            "times": item.times,
        }
        for item in held.tally()
    ]
    comments = [
        {
            "day": item.day,
            "about": item.answer,
            "reason": said_reason(item.reason, zh),
            "words": item.comment,
        }
        for item in held.comments(MOST_COMMENTS)
    ]
    return {"feedback": told, "comments": comments}


def said_reason(code: str, zh: bool) -> str:
    """A reason of an answer or of a finding in the reader's language; empty for none."""
    return ANSWER_REASONS[code][zh] if code in ANSWER_REASONS else reason_said(code, zh)


def level_row(change: Change, now: Level, language: ConsoleLanguage) -> dict[str, Any]:
    return {
        "level": change.level,
        "word": SEVERITIES[change.level][language],
        "shape": SHAPES[change.level],
        "interruptive": change.interruptive,
        "per_thousand": change.per_thousand,
        "silent": len(change.silent),
        "loud": len(change.loud),
        "now": change.level == now,
    }


def bars(told: Sequence[Change], now: Level, language: ConsoleLanguage) -> dict[str, Any]:
    """A bar a level, as long as the cards that would have interrupted."""
    most = max((change.interruptive for change in told), default=0) or 1
    lines = [
        {
            "level": change.level,
            "word": SEVERITIES[change.level][language],
            "y": at * LINE,
            "width": round(WIDE * change.interruptive / most, 1),
            "count": change.interruptive,
            "now": change.level == now,
        }
        for at, change in enumerate(told)
    ]
    return {"lines": lines, "label": LABEL, "width": LABEL + WIDE + 90, "height": LINE * len(lines)}


def looked_at(change: Change, heads: Heads, language: ConsoleLanguage) -> dict[str, Any]:
    """The rules a level would silence or wake, the most shown first."""
    return {
        "level": change.level,
        "word": SEVERITIES[change.level][language],
        "shape": SHAPES[change.level],
        "silent": rows_of(change.silent, heads, language),
        "loud": rows_of(change.loud, heads, language),
        "more": max(0, len(change.silent) - MOST_RULES) + max(0, len(change.loud) - MOST_RULES),
    }


def rows_of(rules: Iterable[RuleBurden], heads: Heads, language: ConsoleLanguage) -> list[dict[str, Any]]:
    ranked = sorted(rules, key=lambda rule: (-rule.shown, rule.rule))
    return [rule_row(rule, heads, language) for rule in ranked[:MOST_RULES]]


def rule_row(rule: RuleBurden, heads: Heads, language: ConsoleLanguage) -> dict[str, Any]:
    """A rule by what it is about; by its id where its source is no longer held, or it is one of ours."""
    zh, head = language == "zh", heads.get(rule.rule)
    rate = rule.override_rate
    return {
        "name": f"{head[1]} + {head[2]}" if head else rule.rule,
        "source": head[0] if head else "",
        "id": rule.rule,
        "kind": FINDING_KINDS.get(rule.kind, (rule.kind, rule.kind))[zh],
        "severity": rule.severity,
        "word": SEVERITIES[rule.severity][language] if rule.severity in SEVERITIES else "",
        "shape": SHAPES.get(rule.severity, ""),
        "shown": rule.shown,
        "accepted": rule.accepted,
        "overridden": rule.overridden,
        "rate": None if rate is None else round(100 * rate),
        "reasons": ", ".join(
            f"{reason_said(code, zh)} ({times})" for code, times in sorted(rule.reasons.items())
        ),
    }


def reason_said(code: str, zh: bool) -> str:
    """The half of the reason's display that is in the reader's language."""
    english, _, chinese = REASONS.get(code, "").partition(" / ")
    return (chinese if zh else english) or code
